//! A faulty connection: a proxy in front of the emulator that cuts, delays and refuses.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

/// What the proxy does with connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Everything passes.
    Good,
    /// All data is delayed.
    Slow,
    /// Connections are closed at once.
    Refuses,
    /// The next request is dropped, and the connection cut.
    CutsQuestion,
    /// The next request arrives; its response is dropped, and the connection cut.
    CutsAnswer,
    /// Responses are dropped, and the connection stays open.
    Silent,
}

const ALL: [Line; 6] = [
    Line::Good,
    Line::Slow,
    Line::Refuses,
    Line::CutsQuestion,
    Line::CutsAnswer,
    Line::Silent,
];

/// The proxy, on its own threads, until the process ends.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    mode: Arc<AtomicU32>,
    /// How many times the mode still applies before everything passes again.
    times: Arc<AtomicU32>,
    host: String,
}

impl Proxy {
    /// Starts before `target` (host and port).
    #[expect(
        clippy::disallowed_methods,
        reason = "it stands for a network, which waits for nobody"
    )]
    pub(crate) fn start(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            mode: Arc::default(),
            times: Arc::default(),
            host: listener.local_addr().unwrap().to_string(),
        };
        let (own, target) = (proxy.clone(), target.to_owned());
        std::thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                if own.mode() == Line::Refuses {
                    own.used();
                    continue;
                }
                let Ok(server) = TcpStream::connect(&target) else {
                    continue;
                };
                let (to, from) = (server.try_clone().unwrap(), caller.try_clone().unwrap());
                let (up, down) = (own.clone(), own.clone());
                std::thread::spawn(move || up.pump(from, to, true));
                std::thread::spawn(move || down.pump(server, caller, false));
            }
        });
        proxy
    }

    /// Where it listens.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Sets the mode for the given number of times, after which everything passes again.
    pub(crate) fn is(&self, line: Line, times: u32) {
        let number = ALL.iter().position(|one| *one == line).unwrap();
        self.times.store(times, SeqCst);
        self.mode.store(u32::try_from(number).unwrap(), SeqCst);
    }

    fn mode(&self) -> Line {
        ALL[self.mode.load(SeqCst) as usize]
    }

    fn used(&self) {
        if self.times.fetch_sub(1, SeqCst) <= 1 {
            self.mode.store(0, SeqCst);
        }
    }

    /// Copies bytes in one direction. Data of a call is recognised by its length: keep-alive frames are shorter.
    fn pump(&self, mut from: TcpStream, mut to: TcpStream, is_question: bool) {
        const CALL: usize = 60;
        let mut buffer = vec![0; 64 * 1_024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let cut = match (self.mode(), is_question) {
                (Line::CutsQuestion, true) | (Line::CutsAnswer, false) => length >= CALL,
                (Line::Refuses, _) => true,
                (Line::Silent, false) => continue,
                (Line::Slow, _) => {
                    std::thread::sleep(Duration::from_millis(30));
                    false
                }
                _ => false,
            };
            if cut {
                self.used();
                break;
            }
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}
