//! The list of the house, as the administrator keeps it.

use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, Path, RawForm, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use super::Administrator;
use crate::app::AppState;
use crate::shelf::house::{House, HouseError, MOST, source, store};
use crate::shelf::opml;
use crate::shelf::subscription::{folder_text, typed_folder};
use crate::timestamp::{from_micros, minute_of};
use crate::users::audit::By;
use crate::web::client_address::ClientAddress;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::pages::house::joined;
use crate::web::pages::with_flash;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{AdminHousePage, AdminTab, HouseRow, Trouble};
use crate::web::words::{self, msg, t, told};

/// Where it stands.
const PAGE: &str = "/admin/house";
/// Minutes after which the file may be asked for again by a press.
const READ_AGAIN: i64 = 5;

/// One read, besides those of the frame.
pub(super) async fn show(
    State(app): State<AppState>,
    admin: Administrator,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let page = page(&app, &admin, None, HouseRow::default()).await?;
    Ok(with_flash(Html(page), &headers))
}

async fn page(
    app: &AppState,
    admin: &Administrator,
    trouble: Option<Trouble>,
    typed: HouseRow,
) -> HandlerResult<AdminHousePage> {
    let (house, _) = store::get(&app.store).await?;
    let rows = house.feeds.iter().map(|one| {
        let origin = match one.is_sourced {
            true => t("house-from-file"),
            false => "",
        };
        HouseRow {
            title: one.title().to_owned(),
            address: one.address.clone(),
            about: joined(&[&folder_text(&one.folder), origin]),
        }
    });
    let count = words::count(house.feeds.len() as u64, "count-feed");
    let said = source_said(&house, admin.0.now);
    let source = house.source.as_ref();
    Ok(AdminHousePage {
        frame: admin.frame(app, t("house-title")).await?,
        tab: AdminTab::House,
        count: msg("house-count")
            .text("feeds", count)
            .number("most", MOST)
            .into(),
        feeds: rows.collect(),
        usual: t("house-name-usual"),
        source: source.map_or_else(String::new, |source| source.address.clone()),
        source_said: said,
        has_failed: source.is_some_and(|source| source.error.is_some()),
        trouble,
        typed,
        name: house.name,
    })
}

fn source_said(house: &House, now: crate::timestamp::Timestamp) -> String {
    let Some(source) = &house.source else {
        return String::new();
    };
    let Some(minute) = source.read else {
        return t("house-source-never").to_owned();
    };
    let when = words::age(from_micros(minute * 60_000_000), now);
    let said = match &source.error {
        Some(why) => {
            msg("house-source-failed").text("why", told(&words::sentence(why)).into_owned())
        }
        None => msg("house-source-was"),
    };
    said.text("when", when).into()
}

/// What a form says.
struct Form(Vec<(String, String)>);

impl Form {
    fn get(&self, name: &str) -> &str {
        let field = self.0.iter().find(|(known, _)| known == name);
        field.map_or("", |(_, value)| value.as_str().trim())
    }
}

/// An act on the list, by its name in the address.
pub(super) async fn act(
    State(app): State<AppState>,
    admin: Administrator,
    address: ClientAddress,
    Path(act): Path<String>,
    request: Request,
) -> HandlerResult<Response> {
    if act == "file" {
        let bytes = file(request).await;
        return import(&app, &admin, address, bytes).await;
    }
    let form = RawForm::from_request(request, &app).await;
    let RawForm(form) = form.map_err(|_| unreadable())?;
    let fields = url::form_urlencoded::parse(&form).into_owned();
    let form = Form(fields.collect());
    let private = app.config.fetch.allow_private;
    let line = |event, about: &str| {
        let by = (By::User(admin.user().id), None, about);
        security::line(&app, event, address.0, by)
    };
    let refused = async |error: HouseError| match error {
        HouseError::Store(error) => Err(error.into()),
        error => {
            let typed = HouseRow {
                title: form.get("title").to_owned(),
                // Without what can’t be in the list anyway.
                address: crate::feeds::door::bare(form.get("url")).into_owned(),
                about: form.get("folder").to_owned(),
            };
            refuse(&app, &admin, &error.to_string(), typed).await
        }
    };
    let done = |event, text: String| {
        security::note(event, address.0, Some(admin.user().id));
        Ok(flash::redirect(PAGE, text, None))
    };
    match act.as_str() {
        "add" => {
            let (typed, title) = (form.get("url"), form.get("title"));
            let folder = typed_folder(form.get("folder"));
            let add = |house: &mut House| house.add(typed, title, &folder, private);
            let about = crate::feeds::door::bare(typed);
            let line = |added: &bool| added.then(|| line(Event::HouseAdded, &about));
            match store::change(&app.store, line, add).await {
                Ok(true) => done(Event::HouseAdded, t("house-added").into()),
                Ok(false) => Ok(flash::redirect(PAGE, t("house-is-there"), None)),
                Err(error) => refused(error).await,
            }
        }
        "remove" => {
            let url = form.get("url");
            let remove = |house: &mut House| Ok::<bool, HouseError>(house.remove(url));
            let line = |gone: &bool| gone.then(|| line(Event::HouseRemoved, url));
            match store::change(&app.store, line, remove).await {
                Ok(true) => done(Event::HouseRemoved, t("house-removed").into()),
                Ok(false) => Ok(flash::redirect(PAGE, t("user-was-so"), None)),
                Err(error) => refused(error).await,
            }
        }
        "paste" => {
            let text = form.get("opml").as_bytes().to_vec();
            import(&app, &admin, address, Some(text)).await
        }
        "name" => {
            let set = |house: &mut House| house.rename(form.get("name"));
            let line = |(): &()| Some(line(Event::HouseSet, ""));
            match store::change(&app.store, line, set).await {
                Ok(()) => done(Event::HouseSet, t("house-saved").into()),
                Err(error) => refused(error).await,
            }
        }
        "source" => {
            let typed = form.get("source");
            let line = line(Event::HouseSet, &crate::feeds::door::bare(typed));
            match source::set(&app.store, typed, private, line).await {
                Ok(()) => done(Event::HouseSet, t("house-saved").into()),
                Err(error) => refused(error).await,
            }
        }
        "read" => read(&app, &admin, address).await,
        _ => Err(Problem::not_found()),
    }
}

/// Reads the file at the address now. One request to its publisher; two reads and up to two writes.
async fn read(
    app: &AppState,
    admin: &Administrator,
    address: ClientAddress,
) -> HandlerResult<Response> {
    let (house, _) = store::get(&app.store).await?;
    let minute = minute_of(admin.0.now);
    let Some(known) = house.source else {
        return refuse(app, admin, t("house-no-source"), HouseRow::default()).await;
    };
    let is_fresh = |read: i64| (0..READ_AGAIN).contains(&(minute - read));
    if known.read.is_some_and(is_fresh) {
        return Ok(flash::redirect(PAGE, t("house-read-just"), None));
    }
    let by = (By::User(admin.user().id), None, known.address.as_str());
    let line = security::line(app, Event::HouseRead, address.0, by);
    let context = app.refresh_context()?;
    match Box::pin(source::read(&context, |_| Some(line.clone()))).await {
        Ok(None) => Ok(flash::redirect(PAGE, t("house-read-same"), None)),
        Ok(Some(changed)) if changed.added + changed.removed == 0 => {
            Ok(flash::redirect(PAGE, t("house-read-same"), None))
        }
        Ok(Some(changed)) => {
            security::note(Event::HouseRead, address.0, Some(admin.user().id));
            let said = msg("house-read-done").number("added", changed.added);
            let said = said.number("removed", changed.removed);
            Ok(flash::redirect(PAGE, said, None))
        }
        Err(HouseError::Store(error)) => Err(error.into()),
        // It stands beside the address.
        Err(_) => Ok(flash::redirect(PAGE, t("house-wrong-file"), None)),
    }
}

async fn import(
    app: &AppState,
    admin: &Administrator,
    address: ClientAddress,
    bytes: Option<Vec<u8>>,
) -> HandlerResult<Response> {
    let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else {
        return refuse(app, admin, t("house-nothing"), HouseRow::default()).await;
    };
    let parsed = tokio::task::spawn_blocking(move || opml::read(&bytes)).await;
    let opml = match parsed.map_err(|error| Problem::internal(&error))? {
        Ok(opml) => opml,
        Err(error) => return refuse(app, admin, &error.to_string(), HouseRow::default()).await,
    };
    let private = app.config.fetch.allow_private;
    let by = (By::User(admin.user().id), None, "");
    let line = security::line(app, Event::HouseImported, address.0, by);
    let import = |house: &mut House| Ok::<_, HouseError>(house.import(&opml, private));
    let done = store::change(&app.store, |_| Some(line.clone()), import).await;
    let done = match done {
        Ok(done) => done,
        Err(HouseError::Store(error)) => return Err(error.into()),
        Err(error) => return refuse(app, admin, &error.to_string(), HouseRow::default()).await,
    };
    security::note(Event::HouseImported, address.0, Some(admin.user().id));
    let text = msg("house-imported").number("added", done.added);
    let text = text.number("already", done.already);
    let text = text.number("refused", done.refused);
    Ok(flash::redirect(PAGE, text, None))
}

async fn refuse(
    app: &AppState,
    admin: &Administrator,
    error: &str,
    typed: HouseRow,
) -> HandlerResult<Response> {
    let trouble = Trouble {
        found: t("house-wrong").to_owned(),
        advice: told(&words::sentence(error)).into_owned(),
        letter: None,
    };
    let page = page(app, admin, Some(trouble), typed).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

fn unreadable() -> Problem {
    let advice = "Go back, reload the page, and try again.";
    Problem::bad_request("bad_form", "The request can’t be read", advice)
}

/// The uploaded file; `None` if there is none that can be read.
async fn file(request: Request) -> Option<Vec<u8>> {
    let mut multipart = Multipart::from_request(request, &()).await.ok()?;
    while let Some(field) = multipart.next_field().await.ok()? {
        if field.name() == Some("opml") {
            return Some(field.bytes().await.ok()?.to_vec());
        }
    }
    None
}
