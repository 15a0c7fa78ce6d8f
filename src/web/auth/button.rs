//! The links to the OpenID Connect provider.

use crate::app::AppState;
use crate::web::flash::local;
use crate::web::view::Link;
use crate::web::words::{msg, segment};

/// The link "Continue with Google"; `None` if no provider is configured.
pub(super) fn button(app: &AppState, next: &str) -> Option<Link> {
    let set = app.config.openid.as_ref()?;
    Some(Link {
        label: msg("account-continue-with").text("name", &set.name).into(),
        href: match next {
            "" => "/auth/openid".into(),
            next => format!("/auth/openid?next={}", segment(&local(next))),
        },
    })
}

/// The link by which a signed-in user proves at the provider that they are the owner.
pub(super) fn proof_button(app: &AppState, next: &str) -> Option<Link> {
    let set = app.config.openid.as_ref()?;
    Some(Link {
        label: msg("account-continue-with").text("name", &set.name).into(),
        href: format!("/auth/openid/prove?next={}", segment(next)),
    })
}
