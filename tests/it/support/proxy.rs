//! A bad line: a proxy before the emulator that cuts, delays and refuses.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

/// What the line does to whoever calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Everything passes.
    Good,
    /// Every piece passes after a while.
    Slow,
    /// Whoever calls is hung up on.
    Refuses,
    /// The next question is swallowed, and the line cut.
    CutsQuestion,
    /// The next question arrives; its answer is swallowed, and the line cut.
    CutsAnswer,
    /// Nothing comes back any more, and nobody hangs up.
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

/// The proxy, on threads of its own, until the process ends.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    mode: Arc<AtomicU32>,
    /// How often a mode is in force before the line is good again.
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

    /// From now on the line does this, so many times; and then it is good again.
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

    /// Carries bytes one way. What belongs to a call of ours is longer than what merely keeps a connection.
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
