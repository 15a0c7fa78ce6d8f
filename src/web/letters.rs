//! Letters: what each of them says, in its reader's language. They are sent within the request that is their reason.

use askama::Template;
use chrono_tz::Tz;
use url::Url;

use super::view::{HtmlLetter, PlainLetter, Says};
use super::visitor::Visitor;
use super::words::{self, day_name, locale, msg, t};
use crate::app::App;
use crate::mail::{Letter, MailError};
use crate::shelf::journal::zone;
use crate::timestamp::{Timestamp, minute_of};
use crate::users::User;
use crate::users::mailed::ChangeLinks;
use crate::users::preferences::Language;

/// What is said where a letter can't even be drawn: a fault of ours.
fn undrawn(error: &askama::Error) -> MailError {
    MailError::Refused(error.to_string())
}

/// The service's name in letters: its host.
pub(super) fn site(app: &App) -> String {
    let base = &app.base_url;
    let host = base.host_str().unwrap_or("localhost");
    match base.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// A page's whole address.
pub(super) fn address(app: &App, path: &str) -> String {
    let joined = app.base_url.join(path.trim_start_matches('/'));
    joined.map_or_else(|_| app.base_url.to_string(), String::from)
}

/// The language of letters to a user: their own, the one that they chose letters in, or the request's.
pub(super) fn language_of(user: &User) -> Language {
    let profile = &user.profile;
    let own = profile.preferences.language.or(profile.mail.language);
    own.unwrap_or_else(locale::language)
}

/// A letter, drawn in the language that holds now.
pub(super) fn drawn(to: &str, says: &Says) -> Result<Letter, MailError> {
    let text = PlainLetter { says }.render();
    let html = HtmlLetter { says }.render();
    let stop = says.stop.as_deref().and_then(|stop| Url::parse(stop).ok());
    Ok(Letter {
        to: to.to_owned(),
        subject: says.subject.clone(),
        text: text.map_err(|error| undrawn(&error))?,
        html: html.map_err(|error| undrawn(&error))?,
        language: locale::language().tag(),
        unsubscribe: stop,
    })
}

/// Sends what was drawn. Without a relay nothing can be sent, and no page offers it.
pub(super) async fn send(app: &App, letter: Result<Letter, MailError>) -> Result<(), MailError> {
    let letter = letter?;
    let none = || Err(MailError::Refused("there is no relay".into()));
    app.send(&letter).await.unwrap_or_else(none)
}

/// To the owner of an account: a link for a new password.
pub(super) async fn reset(app: &App, user: &User, link: &str) -> Result<(), MailError> {
    let letter = locale::in_language(language_of(user), || {
        let site = site(app);
        let says = Says {
            subject: msg("letter-reset-subject").text("site", &site).into(),
            lines: vec![
                msg("letter-reset-text")
                    .text("email", &user.profile.email)
                    .text("site", &site)
                    .into(),
                t("letter-reset-lasts").to_owned(),
            ],
            link: Some((
                t("letter-reset-link").to_owned(),
                address(app, &format!("/reset/{link}")),
            )),
            foot: t("letter-reset-foot").to_owned(),
            ..Says::default()
        };
        drawn(&user.profile.email, &says)
    });
    send(app, letter).await
}

/// To the owner of an account: whether the address is theirs.
pub(super) async fn confirm(app: &App, user: &User, link: &str) -> Result<(), MailError> {
    let letter = locale::in_language(language_of(user), || {
        let site = site(app);
        let says = Says {
            subject: msg("letter-confirm-subject").text("site", &site).into(),
            lines: vec![msg("letter-confirm-text").text("site", &site).into()],
            link: Some((
                t("letter-confirm-link").to_owned(),
                address(app, &format!("/mail/confirm/{link}")),
            )),
            foot: t("letter-confirm-foot").to_owned(),
            ..Says::default()
        };
        drawn(&user.profile.email, &says)
    });
    send(app, letter).await
}

/// To both addresses of a change: whether each agrees.
pub(super) async fn change(app: &App, user: &User, links: &ChangeLinks) -> Result<(), MailError> {
    let (old, new) = (&user.profile.email, &links.address);
    let (leave, arrive) = locale::in_language(language_of(user), || {
        let site = site(app);
        let subject: String = msg("letter-change-subject").text("site", &site).into();
        let both = |name: &'static str| -> String {
            let said = msg(name).text("old", old).text("new", new);
            said.text("site", &site).into()
        };
        let link = |link: &str| {
            let label = t("letter-change-link").to_owned();
            Some((label, address(app, &format!("/mail/confirm/{link}"))))
        };
        let leave = Says {
            subject: subject.clone(),
            lines: vec![both("letter-leave-text")],
            link: link(&links.leave),
            foot: t("letter-leave-foot").to_owned(),
            ..Says::default()
        };
        let arrive = match links.is_taken {
            false => Says {
                subject,
                lines: vec![both("letter-arrive-text")],
                link: link(&links.arrive),
                foot: t("letter-confirm-foot").to_owned(),
                ..Says::default()
            },
            true => Says {
                subject,
                lines: vec![both("letter-arrive-taken")],
                foot: t("letter-known-foot").to_owned(),
                ..Says::default()
            },
        };
        (drawn(old, &leave), drawn(new, &arrive))
    });
    // First the new one: if it takes no letters, the old one needs none.
    send(app, arrive).await?;
    send(app, leave).await
}

/// To somebody who wants an account: a link that finishes it.
pub(super) async fn sign_up(app: &App, email: &str, token: &str) -> Result<(), MailError> {
    let site = site(app);
    let says = Says {
        subject: msg("letter-signup-subject").text("site", &site).into(),
        lines: vec![msg("letter-signup-text").text("site", &site).into()],
        link: Some((
            t("letter-signup-link").to_owned(),
            address(app, &format!("/signup/{token}")),
        )),
        foot: t("letter-confirm-foot").to_owned(),
        ..Says::default()
    };
    send(app, drawn(email, &says)).await
}

/// To the owner of an account for which somebody wanted another: they are told, and nobody else.
pub(super) async fn sign_up_known(app: &App, user: &User) -> Result<(), MailError> {
    let letter = locale::in_language(language_of(user), || {
        let site = site(app);
        let says = Says {
            subject: msg("letter-signup-subject").text("site", &site).into(),
            lines: vec![msg("letter-known-text").text("site", &site).into()],
            link: Some((t("letter-known-link").to_owned(), address(app, "/reset"))),
            foot: t("letter-known-foot").to_owned(),
            ..Says::default()
        };
        drawn(&user.profile.email, &says)
    });
    send(app, letter).await
}

/// To the owner of an account: it was opened in a browser that it wasn't known in.
pub(super) async fn new_sign_in(
    app: &App,
    user: &User,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), MailError> {
    let letter = locale::in_language(language_of(user), || {
        let site = site(app);
        let mut facts = vec![
            words::device(&visitor.device),
            when(minute_of(now), zone::named(&user.profile.mail.zone)),
        ];
        if !visitor.network.is_empty() {
            let network = msg("letter-network").text("network", &visitor.network);
            facts.push(network.into());
        }
        let says = Says {
            subject: msg("letter-new-subject").text("site", &site).into(),
            lines: vec![
                msg("letter-new-text")
                    .text("email", &user.profile.email)
                    .text("site", &site)
                    .into(),
                facts.join(" · "),
                t("letter-new-advice").to_owned(),
            ],
            link: Some((
                t("letter-new-link").to_owned(),
                address(app, "/settings/security"),
            )),
            foot: t("letter-new-foot").to_owned(),
            ..Says::default()
        };
        drawn(&user.profile.email, &says)
    });
    send(app, letter).await
}

/// `2 March 2026, 12:00 (Europe/Berlin)`.
fn when(minute: i64, zone: Tz) -> String {
    let at = zone::local(minute, zone);
    let day = day_name(at.date_naive(), chrono::NaiveDate::MIN);
    format!("{day}, {} ({})", at.format("%H:%M"), zone.name())
}
