//! The pages: one file for each, with a template of the same name.

mod about;
mod acts;
mod add;
mod admin;
mod api;
mod apps;
mod article;
mod backup;
mod chapters;
mod choices;
mod clean;
mod codes;
mod data;
mod device;
mod digest;
mod edition;
mod feed_door;
mod feed_rows;
mod feed_settings;
mod feeds;
mod first_run;
mod folder_settings;
mod folders;
mod footprint;
mod full_text;
mod garden;
mod help;
mod history_import;
mod hooks;
mod house;
mod import;
mod insights;
mod insights_pictures;
mod invitations;
mod journal;
mod journal_files;
mod kept;
mod leave;
mod list;
mod list_address;
mod list_lines;
mod mail;
mod marks;
mod muting;
mod opml;
mod overview;
mod pane;
mod passkeys;
mod pausing;
mod plan;
mod private_feed;
mod pulse;
mod refresh_feed;
mod replace;
mod returning_reader;
mod rolled_up;
mod rule_form;
mod rule_trial;
mod rules;
mod search;
mod searches;
mod security;
mod settings;
mod share;
mod shared;
mod starring;
mod text_choice;
mod twins;
mod whole;

pub(super) use settings::show_openid_error;

use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::HeaderMap;

use super::current_user::CurrentUser;
use super::frame::frame;
use super::problem::HandlerResult;
use super::view::{Frame, Place};
use super::{Route, flash, route};
use crate::app::AppState;
use crate::shelf::timeline::Filter;
use crate::shelf::{Scope, Shelf};

/// Maximum bytes of an uploaded OPML file, with its form.
const UPLOAD_BYTES: usize = 11 * 1_024 * 1_024;

/// The same of a part of an export, which is made so that platforms take it.
const DATA_BYTES: usize = 32 * 1_024 * 1_024;

pub(super) fn routes() -> Vec<Route> {
    let whole = || Scope::Everything;
    let upload = axum::extract::DefaultBodyLimit::max(UPLOAD_BYTES);
    vec![
        // Reading
        route("GET", "/", get(list::home)),
        route("GET", "/unread", list::of(whole(), Some(Filter::Unread))),
        route("GET", "/all", list::of(whole(), Some(Filter::All))),
        route("GET", "/passed", list::of(whole(), Some(Filter::Passed))),
        route("GET", "/seldom", list::of(Scope::Seldom, None)),
        route("GET", "/starred", get(list::starred)),
        route("GET", "/feed/{feed}", get(list::feed)),
        route("GET", "/folder/{*path}", get(list::folder)),
        route("GET", "/loose", list::of(Scope::Loose, None)),
        route("GET", "/search", get(search::show)),
        route("POST", "/searches", post(searches::save)),
        route("POST", "/searches/{id}", post(searches::change)),
        // Rules
        route("GET, POST", "/rules", get(rules::show).post(rules::submit)),
        route("POST", "/rules/send", post(rules::send)),
        route("POST", "/rules/{id}", post(rules::change)),
        route("POST", "/article/{id}/mute", post(muting::mute)),
        route("GET", "/export/searches.json", get(rules::export)),
        route("GET", "/article/{id}", get(article::show)),
        route("POST", "/article/{id}/full-text", post(full_text::fetch)),
        route("GET", "/article/{id}/chapters", get(chapters::show)),
        // Marking
        route("POST", "/article/{id}/read", post(marks::read)),
        route("POST", "/article/{id}/unread", post(marks::unread)),
        route("POST", "/article/{id}/star", post(starring::set::<true>)),
        route("POST", "/article/{id}/unstar", post(starring::set::<false>)),
        route("POST", "/mark-all", post(marks::mark_all)),
        route("POST", "/undo", post(marks::undo)),
        route("POST", "/marks", post(marks::batch)),
        route("POST", "/pulse", post(pulse::pulse)),
        // On the device
        route("GET", "/offline", get(device::shell)),
        route("GET", "/settings/device", get(device::show)),
        route("POST", "/pack", post(device::pack)),
        route("POST", "/acts", post(acts::apply)),
        route("POST", "/wake/step", post(returning_reader::step)),
        // The shelf
        route("GET, POST", "/feeds", get(feeds::show).post(garden::submit)),
        route("GET", "/feeds/clean", get(clean::show)),
        route("GET", "/feed/{feed}/plan", get(plan::show)),
        route("POST", "/folders", post(folders::make_folder)),
        route("POST", "/feed/{feed}/pause", post(pausing::pause)),
        route("POST", "/feed/{feed}/resume", post(pausing::resume)),
        route("POST", "/feed/{feed}/trial", post(pausing::trial)),
        route("POST", "/holiday", post(pausing::holiday)),
        route("POST", "/holiday/end", post(pausing::end_holiday)),
        route("GET", "/feeds/in/{*path}", get(feeds::inside)),
        route("GET", "/feeds/loose", get(feeds::loose)),
        route(
            "GET, POST",
            "/folders/settings/{*path}",
            get(folder_settings::show).post(folder_settings::submit),
        ),
        route("GET, POST", "/add", get(add::show).post(add::submit)),
        route(
            "GET, POST",
            "/feed/{feed}/settings",
            get(feed_settings::show).post(feed_settings::submit),
        ),
        route("POST", "/feed/{feed}/door", post(feed_door::submit)),
        route("POST", "/feed/{feed}/remove", post(feed_settings::remove)),
        route("POST", "/feed/{feed}/webhooks", post(hooks::make)),
        route(
            "POST",
            "/feed/{feed}/webhooks/{id}/remove",
            post(hooks::remove),
        ),
        route(
            "POST",
            "/feed/{feed}/refresh",
            post(super::pages::refresh_feed::refresh),
        ),
        route(
            "GET, POST",
            "/feed/{feed}/replace",
            get(replace::show).post(replace::look),
        ),
        route("POST", "/feed/{feed}/switch", post(replace::switch)),
        route(
            "GET, POST",
            "/import",
            get(import::show).post(import::submit).layer(upload),
        ),
        route(
            "GET, POST",
            "/packs/{pack}",
            get(first_run::file).post(first_run::take),
        ),
        route("GET", "/house", get(house::show)),
        route("POST", "/house/{act}", post(house::act)),
        route("POST", "/add/several", post(add::several)),
        route("GET", "/import/last", get(import::result)),
        route("POST", "/import/step", post(import::step)),
        route("GET", "/export.opml", get(opml::export)),
        route("GET", "/export/starred.json", get(starring::export)),
        // Sending on
        route("POST", "/article/{id}/send", post(share::send)),
        route("POST", "/settings/targets", post(share::set)),
        // What is kept
        route("GET, POST", "/keep", get(kept::ask).post(kept::keep)),
        route("GET", "/kept", get(kept::all)),
        route(
            "GET, POST",
            "/kept/{name}",
            get(kept::show).post(kept::change),
        ),
        route("POST", "/kept/let-go", post(kept::let_go)),
        route("POST", "/kept/import", post(kept::import).layer(upload)),
        route("GET", "/tags/{*tag}", get(kept::tagged)),
        route("POST", "/article/{id}/tags", post(kept::set_tags)),
        route("GET", "/export/kept.json", get(kept::export)),
        // The edition
        route(
            "GET, POST",
            "/edition",
            get(edition::show).post(edition::settings),
        ),
        route("GET", "/edition/read", get(edition::read)),
        route("GET", "/edition/book.epub", get(edition::book)),
        route("GET", "/digest", get(digest::show)),
        route("GET", "/digest/book.epub", get(digest::book)),
        route("GET", "/f/{name}", get(private_feed::show)),
        route("GET", "/footprint", get(footprint::show)),
        // The journal
        route("GET", "/journal", get(journal::show)),
        route("GET", "/journal/recent", get(journal::recent)),
        route("GET", "/journal/export", get(journal_files::show)),
        route(
            "POST",
            "/journal/import",
            post(history_import::import).layer(upload),
        ),
        route("POST", "/journal/erase", post(journal::erase)),
        route("POST", "/journal/settings", post(journal::settings)),
        route("GET", "/insights", get(insights::show)),
        route("GET", "/insights/year", get(insights::usual_review)),
        route("GET", "/insights/{year}", get(insights::review)),
        route("POST", "/insights/leave-out", post(journal::leave_out)),
        route("GET", "/export/{file}", get(journal_files::file)),
        // Everything of one's own
        route("GET", "/settings/data", get(data::show)),
        route("GET", "/export/data.zip", get(data::file)),
        route(
            "POST",
            "/settings/data/import",
            post(data::take).layer(axum::extract::DefaultBodyLimit::max(DATA_BYTES)),
        ),
        // Settings and help
        route("GET", "/settings", get(settings::show)),
        route("POST", "/settings/reading", post(settings::reading)),
        route("POST", "/settings/password", post(settings::password)),
        route(
            "GET, POST",
            "/settings/mail",
            get(mail::show).post(mail::save),
        ),
        route("POST", "/settings/mail/verify", post(mail::verify)),
        route("POST", "/settings/mail/address", post(mail::change)),
        route("POST", "/settings/mail/cancel", post(mail::cancel)),
        route(
            "GET, POST",
            "/settings/invitations",
            get(invitations::show::<{ invitations::OWN }>)
                .post(invitations::make::<{ invitations::OWN }>),
        ),
        route(
            "POST",
            "/settings/invitations/{id}/revoke",
            post(invitations::revoke::<{ invitations::OWN }>),
        ),
        route(
            "GET, POST",
            "/admin/invitations",
            get(invitations::show::<{ invitations::ALL }>)
                .post(invitations::make::<{ invitations::ALL }>),
        ),
        route(
            "POST",
            "/admin/invitations/{id}/revoke",
            post(invitations::revoke::<{ invitations::ALL }>),
        ),
        route("GET", "/settings/security", get(security::show)),
        route(
            "POST",
            "/settings/security/sessions/end",
            post(security::end_others),
        ),
        route(
            "POST",
            "/settings/security/sessions/{id}/end",
            post(security::end_session),
        ),
        route("POST", "/settings/security/second", post(security::second)),
        route(
            "POST",
            "/settings/security/password/remove",
            post(security::remove_password),
        ),
        route(
            "POST",
            "/settings/security/passkeys/options",
            post(passkeys::options),
        ),
        route("POST", "/settings/security/passkeys", post(passkeys::add)),
        route(
            "POST",
            "/settings/security/passkeys/{id}/rename",
            post(security::rename_passkey),
        ),
        route(
            "POST",
            "/settings/security/passkeys/{id}/remove",
            post(security::remove_passkey),
        ),
        route(
            "GET, POST",
            "/settings/security/codes",
            get(codes::show).post(codes::set_up),
        ),
        route(
            "POST",
            "/settings/security/codes/recovery",
            post(codes::renew),
        ),
        route(
            "POST",
            "/settings/security/codes/off",
            post(codes::switch_off),
        ),
        route(
            "GET, POST",
            "/settings/delete-account",
            get(leave::ask).post(leave::leave),
        ),
        route("GET", "/settings/apps", get(apps::show)),
        route("POST", "/settings/tokens", post(apps::make)),
        route("POST", "/settings/tokens/{id}/revoke", post(apps::revoke)),
        // What is open to others
        route(
            "GET, POST",
            "/settings/shared",
            get(shared::show).post(shared::open),
        ),
        route("POST", "/settings/shared/{id}/renew", post(shared::renew)),
        route("POST", "/settings/shared/{id}/close", post(shared::close)),
        route("GET", "/help", get(help::show)),
        // Publishers
        route("GET", "/about/fetcher", get(about::fetcher)),
        // Programs
        route("GET", "/api", get(api::show)),
        // The administrator
        route("GET", "/admin/backup", get(backup::download)),
    ]
    .into_iter()
    .chain(admin::routes())
    .collect()
}

/// A page that shows the message about the last action, whose cookie is then deleted.
fn with_flash(page: impl IntoResponse, headers: &HeaderMap) -> Response {
    let mut response = page.into_response();
    if flash::is_carried(headers) {
        flash::clear(&mut response);
    }
    response
}

/// The frame of a page that isn't a list, with the shelf loaded for it.
async fn plain_frame(
    app: &AppState,
    current: &CurrentUser,
    title: &str,
    place: Place,
) -> HandlerResult<(Frame, Shelf)> {
    let shelf = current.arrives(app).await?;
    let frame = frame_of(current, &shelf, title, place, None);
    Ok((frame, shelf))
}

fn frame_of(
    current: &CurrentUser,
    shelf: &Shelf,
    title: &str,
    place: Place,
    here: Option<&Scope>,
) -> Frame {
    let frame = frame(
        &current.user,
        shelf,
        title,
        place,
        here,
        current.flash.clone(),
    );
    Frame {
        now: current.now.timestamp_micros(),
        ..frame
    }
}

/// The paths of a shelf's folders as text, for the suggestions of a field.
fn folder_texts(shelf: &Shelf) -> Vec<String> {
    let folders = shelf.folders();
    folders
        .iter()
        .map(|path| crate::shelf::subscription::folder_text(path))
        .collect()
}
