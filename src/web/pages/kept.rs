//! What a user keeps: pages from anywhere, articles with tags or a note. By age, by tag, and let go of with undo.

use axum::Form;
use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, Path, Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::shelf::Shelf;
use crate::shelf::kept::list::MAX_LINES;
use crate::shelf::kept::store as kepts;
use crate::shelf::kept::{Card, is_same};
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::actions::article::kept_article;
use crate::web::actions::asking::for_a_text;
use crate::web::actions::keeping::{self, NotKept, known};
use crate::web::actions::kept_list;
use crate::web::actions::stored_text;
use crate::web::actions::tagging::{checked_note, checked_tags, tag};
use crate::web::as_wanted::as_wanted;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::image::all_through;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security;
use crate::web::view::{KeepPage, KeptLine, KeptPage, KeptTextPage, Link, Place, Trouble};
use crate::web::words::{self, decode_path, msg, segment, t, told};

/// Lines on a page.
const A_PAGE: usize = 100;

/// The address of a tag's list.
pub(super) fn tag_href(tag: &str) -> String {
    format!("/tags/{}", segment(tag))
}

pub(super) fn tag_links(tags: &[String]) -> Vec<Link> {
    let links = tags.iter().map(|tag| Link {
        label: tag.clone(),
        href: tag_href(tag),
    });
    links.collect()
}

/// The address of what is kept: an article's own while it may be there.
fn href_of(name: &str) -> String {
    format!("/kept/{name}")
}

/// Fills in the tags of a list's lines: a read where the user ever kept any, and these aren't cached.
pub(super) async fn fill_tags(
    app: &crate::app::App,
    shelf: &Shelf,
    lines: &mut [crate::web::view::ArticleLine],
) -> HandlerResult<()> {
    if !shelf.read.has_kept() {
        return Ok(());
    }
    let all = kepts::cached(&app.store, shelf.user).await?;
    let known: std::collections::HashMap<&str, &Card> = all
        .iter()
        .map(|(name, card)| (name.as_str(), card))
        .collect();
    for line in lines {
        let id = line.id.parse::<ArticleId>().map(kepts::name_of);
        if let Some(card) = id.ok().and_then(|name| known.get(name.as_str()).copied()) {
            line.tags = tag_links(&card.tags);
            line.note.clone_from(&card.note);
        }
    }
    Ok(())
}

fn line(name: &str, card: &Card, now: Timestamp) -> KeptLine {
    let at = Timestamp::from_timestamp(card.kept, 0).unwrap_or(now);
    KeptLine {
        name: name.to_owned(),
        href: href_of(name),
        title: card.title.clone(),
        source: card.source.clone(),
        snippet: card.snippet.clone(),
        tags: tag_links(&card.tags),
        note: card.note.clone(),
        age: words::age(at, now),
        datetime: rfc3339(at),
        reading: words::reading_time(card.words),
    }
}

/// Where a list begins.
#[derive(Debug, Default, Deserialize)]
pub(super) struct From {
    #[serde(default)]
    from: usize,
}

pub(super) async fn all(
    app: State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    from: Query<From>,
) -> HandlerResult<Response> {
    listed(app, current, headers, from, None).await
}

pub(super) async fn tagged(
    app: State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    uri: axum::extract::OriginalUri,
    from: Query<From>,
) -> HandlerResult<Response> {
    let raw = uri.0.path().strip_prefix("/tags/").unwrap_or_default();
    let tag = decode_path(raw).join("/");
    listed(app, current, headers, from, Some(tag)).await
}

async fn listed(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(from): Query<From>,
    tag: Option<String>,
) -> HandlerResult<Response> {
    let title = tag.as_deref().unwrap_or_else(|| t("place-kept"));
    let (frame, shelf) = plain_frame(&app, &current, title, Place::Kept).await?;
    let known = match shelf.read.has_kept() {
        true => kepts::cached(&app.store, current.user.id).await?,
        false => Default::default(),
    };
    let has_tag = |card: &Card, tag: &str| card.tags.iter().any(|one| is_same(one, tag));
    let mut tags: Vec<(String, usize)> = Vec::new();
    for tag in known.iter().flat_map(|(_, card)| &card.tags) {
        match tags.iter_mut().find(|(known, _)| is_same(known, tag)) {
            Some((_, count)) => *count += 1,
            None => tags.push((tag.clone(), 1)),
        }
    }
    if let Some(tag) = &tag
        && !tags.iter().any(|(known, _)| is_same(known, tag))
    {
        return Err(Problem::not_found());
    }
    tags.sort_by_key(|(tag, _)| tag.to_lowercase());
    let wanted = known
        .iter()
        .filter(|(_, card)| tag.as_ref().is_none_or(|tag| has_tag(card, tag)));
    let total = wanted.clone().count();
    let now = app.clock.now();
    let lines = wanted.skip(from.from).take(A_PAGE);
    let lines: Vec<KeptLine> = lines.map(|(name, card)| line(name, card, now)).collect();
    let path = tag.as_deref().map_or("/kept".to_owned(), tag_href);
    let page = KeptPage {
        frame,
        summary: msg("kept-count").number("n", total).into(),
        tags: tags
            .into_iter()
            .map(|(tag, count)| crate::web::view::Choice {
                href: tag_href(&tag),
                current: title == tag,
                label: tag,
                count,
            })
            .collect(),
        is_tag: tag.is_some(),
        next: (from.from.saturating_add(A_PAGE) < total)
            .then(|| format!("{path}?from={}", from.from + A_PAGE)),
        lines,
    };
    Ok(with_flash(Html(page), &headers))
}

/// The text of what is kept; an article that is still there opens as an article.
pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> HandlerResult<Response> {
    let user = current.user.id;
    let kept = known(&app, user, &name).await?;
    let (frame, shelf) = plain_frame(&app, &current, &kept.card.title, Place::Kept).await?;
    if let Some(id) = kepts::article_of(&name)
        && let Ok(known) = kept_article(&app, &shelf, id).await
        && known.is_on_shelf
    {
        return Ok(Redirect::to(&format!("/article/{id}?in=feed")).into_response());
    }
    let body = &kept.body;
    let html = match &body.full {
        Some(full) => stored_text::clean(&full.html, full.sanitizer),
        None => stored_text::clean(&body.html, body.sanitizer),
    };
    let own = &current.user.profile.preferences;
    let page = KeptTextPage {
        frame,
        line: line(&name, &kept.card, app.clock.now()),
        original: body.link.clone().or_else(|| kept.card.link.clone()),
        html: as_wanted(all_through(&app, html.into_string()), own),
        tags: kept.card.tags.join(", "),
        action: href_of(&name),
    };
    Ok(with_flash(Html(page), &headers))
}

/// What is said of something that is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    tags: String,
    note: String,
    #[serde(rename = "return")]
    return_to: String,
    /// `remove` to keep it no longer.
    #[serde(rename = "do")]
    act: String,
}

/// Tags and a note for what is kept.
pub(super) async fn change(
    State(app): State<AppState>,
    current: CurrentUser,
    Path(name): Path<String>,
    Form(said): Form<Said>,
) -> HandlerResult<Response> {
    let user = current.user.id;
    let mut kept = known(&app, user, &name).await?;
    if said.act == "remove" {
        kepts::remove(&app.store, user, &name).await?;
        return Ok(flash::redirect("/kept", t("kept-removed"), None));
    }
    let note = checked_note(&said.note)?;
    kept.card.tags = checked_tags(&said.tags)?;
    kept.card.note = note;
    kepts::put(&app.store, user, &name, &kept, current.now, None).await?;
    Ok(flash::redirect(&href_of(&name), t("feed-saved"), None))
}

pub(super) async fn set_tags(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<ArticleId>,
    Form(said): Form<Said>,
) -> HandlerResult<Response> {
    let tags = checked_tags(&said.tags)?;
    tag(&app, current.user.id, id, tags, &said.note).await?;
    let to = flash::local(&said.return_to);
    Ok(flash::redirect(&to, t("kept-tags-saved"), None))
}

/// The page to keep.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    url: String,
    tags: String,
    note: String,
}

/// Asks before a page is fetched: an address alone fetches nothing.
pub(super) async fn ask(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> HandlerResult<Response> {
    let page = keep_page(&app, &current, wanted, None).await?;
    Ok(with_flash(Html(page), &headers))
}

async fn keep_page(
    app: &AppState,
    current: &CurrentUser,
    wanted: Wanted,
    trouble: Option<Trouble>,
) -> HandlerResult<KeepPage> {
    let (frame, _) = plain_frame(app, current, t("keep-title"), Place::Kept).await?;
    Ok(KeepPage {
        frame,
        url: wanted.url,
        tags: wanted.tags,
        note: wanted.note,
        trouble,
    })
}

/// Fetches a page and keeps its text. One request, one or two writes.
pub(super) async fn keep(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(wanted): Form<Wanted>,
) -> HandlerResult<Response> {
    let typed = keeping::Typed {
        url: &wanted.url,
        tags: &wanted.tags,
        note: &wanted.note,
    };
    let quota = app.quota_of(&current.user);
    match keeping::keep_page(&app, current.user.id, quota, typed).await {
        Ok(name) => Ok(flash::redirect(&href_of(&name), t("keep-done"), None)),
        Err(NotKept::Other(problem)) => Err(problem),
        Err(NotKept::Page(found, advice)) => {
            let no = Trouble {
                found: told(&found).into_owned(),
                advice: told(advice).into_owned(),
                letter: None,
            };
            let page = keep_page(&app, &current, wanted, Some(no)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

/// How old what goes is, in days.
#[derive(Debug, Deserialize)]
pub(super) struct Older {
    days: i64,
}

/// Lets go of the pages that are older than so many days: hidden at once, removed with the next ones.
pub(super) async fn let_go(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(older): Form<Older>,
) -> HandlerResult<Response> {
    if !(1..=36_500).contains(&older.days) {
        return Err(super::choices::wrong("days", &older.days.to_string()));
    }
    let gone = kept_list::let_go(&app, current.user.id, older.days, current.now).await?;
    let Some(act) = gone.act else {
        return Ok(flash::redirect("/kept", t("kept-none-older"), None));
    };
    let (count, left) = (gone.count, gone.left);
    let mut text: String = msg("kept-let-go").number("n", count).into();
    if left > 0 {
        text = format!("{text}. {}", msg("kept-left").number("n", left));
    }
    Ok(flash::redirect("/kept", text, Some(act)))
}

/// Brings back what was let go of; returns what is said of it.
pub(super) async fn undo(
    app: &AppState,
    current: &CurrentUser,
    act: &str,
) -> HandlerResult<String> {
    Ok(
        match kept_list::bring_back(app, current.user.id, act).await? {
            None => t("told-undo-late").to_owned(),
            Some(count) => msg("kept-returned").number("n", count).into(),
        },
    )
}

/// Reads another service's exported list.
pub(super) async fn import(
    State(app): State<AppState>,
    current: CurrentUser,
    request: Request,
) -> HandlerResult<Response> {
    for_a_text(&app, current.user.id, app.quota_of(&current.user)).await?;
    let bad = |title: &str, advice: &str| Problem::bad_request("bad_file", title, advice);
    let no_file = || bad("No file arrived", "Choose the file again.");
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| no_file())?;
    let mut bytes = None;
    while let Some(field) = form.next_field().await.map_err(|_| no_file())? {
        if field.name() == Some("list") {
            bytes = Some(field.bytes().await.map_err(|_| no_file())?);
        }
    }
    let bytes = bytes
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(no_file)?;
    let kept_list::Imported {
        added,
        without,
        is_full,
    } = kept_list::import(&app, current.user.id, bytes).await?;
    let mut text: String = msg("kept-imported").number("n", added).into();
    if without > 0 {
        let said: String = msg("kept-import-without").number("n", without).into();
        text = format!("{text} {said}");
    }
    if is_full {
        text = format!("{text} {}", msg("kept-import-full").number("n", MAX_LINES));
    }
    Ok(flash::redirect("/kept", text, None))
}

/// Everything that is kept, with its texts, as a JSON Feed (version 1.1); after 500 it continues at `next_url`.
pub(super) async fn export(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Query(from): Query<From>,
) -> HandlerResult<Response> {
    let feed = kept_list::exported(&app, current.user.id, from.from, "/export/kept.json").await?;
    if from.from == 0 {
        security::exported(&app, address.0, current.user.id, "kept.json").await?;
    }
    let mut response = feed.to_string().into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/feed+json; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = HeaderValue::from_static("attachment; filename=\"dormouse-kept.json\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
