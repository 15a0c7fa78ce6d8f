//! A DNS server on loopback: real DNS over UDP (RFC 1035) with configured names.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A question for an IPv4 address.
const A: [u8; 2] = [0, 1];

/// Resolves every unconfigured name to 127.0.0.1.
#[derive(Debug)]
pub(crate) struct NameServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// No address: there is no such name.
    names: Mutex<HashMap<String, Vec<Ipv4Addr>>>,
    /// Response codes (RFC 1035, section 4.1.1) that are answered instead of an address.
    codes: Mutex<HashMap<String, u8>>,
    over: AtomicBool,
}

impl NameServer {
    pub(crate) fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let own = shared.clone();
        #[expect(
            clippy::disallowed_methods,
            reason = "the name server is another machine's thread, as it were"
        )]
        std::thread::spawn(move || serve(&socket, &own));
        Self { address, shared }
    }

    /// What `NAME_SERVER` is set to.
    pub(crate) fn setting(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A name's addresses; with none there is no such name.
    pub(crate) fn put(&self, name: &str, addresses: &[[u8; 4]]) {
        let addresses = addresses.iter().copied().map(Ipv4Addr::from).collect();
        let mut names = self.shared.names.lock();
        let names = names.as_mut().unwrap();
        names.insert(name.to_owned(), addresses);
    }
}

impl NameServer {
    /// Answers every question for a name with a response code.
    pub(crate) fn put_code(&self, name: &str, code: u8) {
        let mut codes = self.shared.codes.lock();
        codes.as_mut().unwrap().insert(name.to_owned(), code);
    }
}

impl NameServer {
    /// Instead of a code: no answer.
    pub(crate) const SILENCE: u8 = u8::MAX;

    /// Answers every question with a response code, or as usual.
    pub(crate) fn put_code_for_all(&self, code: Option<u8>) {
        let mut codes = self.shared.codes.lock();
        let codes = codes.as_mut().unwrap();
        codes.remove("*");
        codes.extend(code.map(|code| ("*".to_owned(), code)));
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        // Wakes the thread, which then sees the flag and ends.
        if let Ok(socket) = UdpSocket::bind("127.0.0.1:0") {
            let _ = socket.send_to(&[0], self.address);
        }
    }
}

fn serve(socket: &UdpSocket, shared: &Shared) {
    let mut packet = [0; 512];
    while let Ok((length, from)) = socket.recv_from(&mut packet) {
        if shared.over.load(Ordering::Relaxed) {
            return;
        }
        if let Some(answer) = answer(&packet[..length], shared) {
            let _ = socket.send_to(&answer, from);
        }
    }
}

/// The response to a packet with one question; the rest of the packet is ignored.
fn answer(packet: &[u8], shared: &Shared) -> Option<Vec<u8>> {
    let (head, rest) = packet.split_at_checked(12)?;
    let mut labels = Vec::new();
    let mut at = 0;
    while let length @ 1.. = usize::from(*rest.get(at)?) {
        labels.push(String::from_utf8_lossy(rest.get(at + 1..at + 1 + length)?).to_lowercase());
        at += 1 + length;
    }
    let question = rest.get(..at + 5)?;
    let names = shared.names.lock().unwrap_or_else(PoisonError::into_inner);
    let known = names.get(&labels.join("."));
    let here = vec![Ipv4Addr::LOCALHOST];
    let found = known.unwrap_or(&here);
    let codes = shared.codes.lock().unwrap_or_else(PoisonError::into_inner);
    let told = codes
        .get("*")
        .or_else(|| codes.get(&labels.join(".")))
        .copied();
    if told == Some(NameServer::SILENCE) {
        return None;
    }
    let code = told.unwrap_or(if found.is_empty() { 3 } else { 0 });
    let found = if told.is_some() {
        &[]
    } else if question[at + 1..at + 3] == A {
        found.as_slice()
    } else {
        &[]
    };
    // The question's id; a recursive answer; one question, so many answers.
    let mut out = vec![head[0], head[1], 0x81, 0x80 | code, 0, 1, 0];
    out.push(u8::try_from(found.len()).ok()?);
    out.extend([0; 4]);
    out.extend(question);
    for address in found {
        // The question's name, an address, of the internet, for a minute, four bytes.
        out.extend([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        out.extend(address.octets());
    }
    Some(out)
}
