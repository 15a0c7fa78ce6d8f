//! The network address that a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use http::{Extensions, HeaderMap, header};

use crate::app::{App, AppState};

/// The client's address; `None` if it isn't known.
///
/// On App Engine and Cloud Run it is the last hop of `X-Forwarded-For`, which their front ends write. Behind proxies of
/// `TRUSTED_PROXIES` it is the rightmost hop that isn't one of them, of `X-Forwarded-For` or else of `Forwarded` (RFC
/// 7239). Otherwise it is the connection's; a connection from this machine may be a proxy that nobody told us of, so
/// that everybody would be one stranger, and counts as unknown.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientAddress(pub Option<IpAddr>);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &AppState,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self(of(app, &parts.extensions, &parts.headers)))
    }
}

/// The address of a request with these extensions and headers.
pub(super) fn of(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|info| info.0.ip().to_canonical());
    let server = &app.config.server;
    let (hops, is_contradicted) = hops(headers);
    if server.behind_proxy {
        let last = hops.last().and_then(|hop| address(hop));
        return last.or(peer);
    }
    let is_trusted = |address: IpAddr| {
        let mut ranges = server.trusted_proxies.iter();
        ranges.any(|range| range.contains(address))
    };
    match peer {
        // A proxy writes one of the two and passes the client's own on in the other: nobody knows which.
        Some(peer) if is_trusted(peer) && is_contradicted => Some(peer),
        Some(peer) if is_trusted(peer) => {
            for hop in hops.iter().rev() {
                match address(hop) {
                    Some(address) if is_trusted(address) => {}
                    // What isn't an address hides who it is: then the proxy is who counts.
                    other => return other.or(Some(peer)),
                }
            }
            None
        }
        Some(peer) if peer.is_loopback() => None,
        other => other,
    }
}

/// Whether a request came from a proxy of `TRUSTED_PROXIES` itself, whatever it says of who is behind it.
pub(super) fn is_from_proxy(app: &App, extensions: &Extensions) -> bool {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|info| info.0.ip().to_canonical());
    let mut ranges = app.config.server.trusted_proxies.iter();
    peer.is_some_and(|peer| ranges.any(|range| range.contains(peer)))
}

/// The hops that proxies have noted, the nearest last; and whether the two headers name different last ones.
fn hops(headers: &HeaderMap) -> (Vec<&str>, bool) {
    let lines = |name: &str| {
        let lines = headers.get_all(name).into_iter();
        let lines = lines.filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(','))
    };
    let noted: Vec<&str> = lines("x-forwarded-for").map(str::trim).collect();
    let hop = |element| {
        let mut pairs = str::split(element, ';').filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = pairs.find(|(name, _)| name.eq_ignore_ascii_case("for"))?;
        Some(value.trim_matches('"'))
    };
    let forwarded: Vec<&str> = lines(header::FORWARDED.as_str()).filter_map(hop).collect();
    let last = |hops: &[&str]| hops.last().and_then(|hop| address(hop));
    let is_contradicted =
        !noted.is_empty() && !forwarded.is_empty() && last(&noted) != last(&forwarded);
    match noted.is_empty() {
        true => (forwarded, false),
        false => (noted, is_contradicted),
    }
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    let address = bare.parse().ok().or_else(with_port);
    address.map(|address: IpAddr| address.to_canonical())
}
