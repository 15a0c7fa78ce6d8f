//! A socket that another process keeps for us: systemd's socket activation (`sd_listen_fds(3)`).

use std::net::TcpListener;

/// Why what was handed over can't be used.
#[derive(Debug, thiserror::Error)]
pub enum Inherited {
    /// There are several.
    #[error(
        "{0} sockets were handed over, and one is needed: leave one ListenStream= in the socket’s unit"
    )]
    Several(usize),
    /// It can't be listened at.
    #[error("the socket that was handed over isn’t one of TCP: {0}. Use ListenStream= with a port")]
    Unfit(std::io::Error),
}

/// The socket that was handed over to this process (`LISTEN_FDS`, `LISTEN_PID`); `None` if there is none.
///
/// # Errors
/// [`Inherited`] if there are several, or it is of another kind.
pub fn inherited() -> Result<Option<TcpListener>, Inherited> {
    let mut sockets = listenfd::ListenFd::from_env();
    if sockets.len() > 1 {
        return Err(Inherited::Several(sockets.len()));
    }
    let found = sockets.take_tcp_listener(0).map_err(Inherited::Unfit)?;
    let Some(listener) = found else {
        return Ok(None);
    };
    listener.set_nonblocking(true).map_err(Inherited::Unfit)?;
    Ok(Some(listener))
}
