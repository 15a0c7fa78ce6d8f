//! Sending an article on: to services of the user's own, inside the request, with the result said.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::app::AppState;
use crate::articles::Article;
use crate::ids::ArticleId;
use crate::users::preferences::{Preferences, Service};
use crate::web::actions::targets::{self, Wanted, expanded};
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::ShareLink;
use crate::web::words::{msg, t};

/// Where an article can be sent: the user's services. Without a page of its own it can't be.
pub(super) fn links(article: &Article, own: &Preferences) -> Vec<ShareLink> {
    let Some(link) = &article.body.link else {
        return Vec::new();
    };
    let each = own.targets.iter().enumerate();
    each.map(|(number, target)| ShareLink {
        label: target.name.clone(),
        href: match target.service {
            Service::Link => expanded(&target.address, link, &article.body.title),
            _ => String::new(),
        },
        number,
    })
    .collect()
}

/// A service as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    name: String,
    service: String,
    address: String,
    secret: String,
    /// The number of the one to remove.
    remove: Option<usize>,
}

/// Adds a service, or removes one.
pub(super) async fn set(
    State(app): State<AppState>,
    current: CurrentUser,
    from: ClientAddress,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let to = "/settings#targets";
    if let Some(number) = typed.remove {
        targets::remove(&app, current.user.id, from, |_| Some(number)).await?;
        return Ok(flash::redirect(to, t("share-removed"), None));
    }
    let service = Service::ALL.iter().find(|one| one.word() == typed.service);
    let service = *service.ok_or_else(|| super::choices::wrong("service", &typed.service))?;
    let wanted = Wanted {
        name: &typed.name,
        service,
        address: &typed.address,
        secret: &typed.secret,
    };
    targets::add(&app, current.user.id, from, wanted).await?;
    Ok(flash::redirect(to, t("share-added"), None))
}

/// Which service, and where to go then.
#[derive(Debug, Deserialize)]
pub(super) struct Chosen {
    to: usize,
    #[serde(rename = "return", default)]
    return_to: String,
}

/// Sends an article to one of the user's services, and says what came of it.
pub(super) async fn send(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<ArticleId>,
    Form(chosen): Form<Chosen>,
) -> HandlerResult<Response> {
    let own = &current.user.profile.preferences;
    let target = own.targets.get(chosen.to);
    // A link is opened, and nothing is sent to it.
    let target = target.filter(|target| target.service != Service::Link);
    let target = target.ok_or_else(Problem::not_found)?;
    let said = targets::send(&app, &current.user, target, id).await?;
    let text: String = match said {
        Ok(()) => msg("share-sent").text("name", &target.name).into(),
        Err(why) => msg("share-failed")
            .text("name", &target.name)
            .text("why", why)
            .into(),
    };
    Ok(flash::redirect(
        &flash::local(&chosen.return_to),
        text,
        None,
    ))
}
