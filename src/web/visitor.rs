//! What a session is begun with: the browser and the network.

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};

use super::{browser, client_address};
use crate::app::AppState;
use crate::ids::UserId;
use crate::users::device::{Device, network_of};

/// Who knocks, as their session is to be called.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// The browser.
    pub device: Device,
    /// The network; empty if the address isn't known.
    pub network: String,
    /// The account that was last used in this browser.
    known: Option<UserId>,
}

impl Visitor {
    /// Whether somebody used this account in this browser before, and nobody another one since.
    pub fn is_known_to(&self, user: UserId) -> bool {
        self.known == Some(user)
    }
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let address = client_address::of(app, &parts.extensions, &parts.headers);
        Ok(Self {
            device: device(&parts.headers),
            network: address.map(network_of).unwrap_or_default(),
            known: browser::known(app, &parts.headers).map(|known| UserId(known.user)),
        })
    }
}

fn device(headers: &HeaderMap) -> Device {
    let agent = headers.get(header::USER_AGENT);
    Device::of(
        agent
            .and_then(|agent| agent.to_str().ok())
            .unwrap_or_default(),
    )
}
