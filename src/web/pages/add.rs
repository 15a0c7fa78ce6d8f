//! Adding a feed, by its own address or by its site's.

use axum::Form;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use super::{first_run, folder_texts, plain_frame, with_flash};
use crate::app::AppState;
use crate::feeds::door::{BadPass, Kind, Pass, bare, split};
use crate::shelf::find::SubscribeError;
use crate::shelf::preview::{Preview, look};
use crate::shelf::subscribe::{Added, Wish, subscribe};
use crate::shelf::subscription::{folder_text, typed_folder};
use crate::shelf::{Shelf, Subscription, store};
use crate::timestamp::{Timestamp, minute_of};
use crate::web::actions::asking::for_a_feed;
use crate::web::actions::door::{self, Hidden};
use crate::web::actions::findings;
use crate::web::current_user::CurrentUser;
use crate::web::frame::feed_href;
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::view::{AddPage, Candidate, DoorFields, Place, PreviewRow, Trouble};
use crate::web::words::{letter, msg, t, told};
use crate::web::{flash, words};

/// The submitted form, or what an address brings along.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    url: String,
    folder: String,
    /// What a search has found, sealed.
    found: String,
    /// What was looked at, sealed.
    seen: String,
    /// How many addresses there was no room for.
    more: usize,
    /// What a device shares besides an address: some put the address there.
    text: String,
    title: String,
    /// `look` to look before subscribing.
    #[serde(rename = "do")]
    act: String,
    /// What opens it, if it asks for a password: `basic`, `bearer` or `header`, the name, and the secret.
    door: String,
    door_name: String,
    door_secret: Hidden,
}

/// Most addresses that are looked at at once.
const MOST: usize = 8;
/// Addresses that are looked at at the same time.
const AT_ONCE: usize = 4;

/// What an address turned out to be.
#[derive(Debug, Serialize, Deserialize)]
struct Seen {
    /// As it was typed.
    typed: String,
    preview: Option<Preview>,
    /// Why there is none.
    why: Option<String>,
}

/// The addresses in what was typed, each once: several stand between white space or commas. Words that are no addresses stay
/// together, so that what is wrong with them is said of all.
fn addresses(typed: &str) -> Vec<String> {
    if !typed.contains(['.', ':', '/', '@']) {
        return Some(typed.trim().to_owned())
            .filter(|typed| !typed.is_empty())
            .into_iter()
            .collect();
    }
    let parts = typed.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
    let mut all: Vec<String> = Vec::new();
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        if !all.iter().any(|known| known == part) {
            all.push(part.to_owned());
        }
    }
    all
}

/// The first address in what a device shares.
fn shared(typed: &Typed) -> String {
    let is_address = |part: &&str| part.starts_with("http://") || part.starts_with("https://");
    let texts = [&typed.url, &typed.text, &typed.title].into_iter();
    let found = texts
        .flat_map(|text| text.split_whitespace())
        .find(is_address);
    match typed.url.trim() {
        "" => found.unwrap_or_default().to_owned(),
        url => url.to_owned(),
    }
}

/// A feed that a site names.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    title: String,
    url: String,
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(typed): Query<Typed>,
) -> HandlerResult<Response> {
    let found: Vec<Found> = findings::opened(&app, &typed.found).unwrap_or_default();
    let candidates = found
        .into_iter()
        .enumerate()
        .map(|(index, found)| Candidate {
            title: found.title,
            url: found.url,
            chosen: index == 0,
        });
    let candidates = candidates.collect();
    let seen: Vec<Seen> = findings::opened(&app, &typed.seen).unwrap_or_default();
    let more = typed.more;
    let typed = Typed {
        url: shared(&typed),
        ..typed
    };
    let mut page = page(&app, &current, typed, None, candidates).await?;
    if !seen.is_empty() {
        let shelf = Shelf::load(&app.store, current.user.id).await?;
        let now = app.clock.now();
        page.previews = seen.iter().map(|one| preview(&shelf, one, now)).collect();
        page.new = page.previews.iter().filter(|one| one.may_add).count();
        page.left_out = (more > 0).then(|| msg("add-left-out").number("n", more).into());
    }
    Ok(with_flash(Html(page), &headers))
}

pub(super) async fn submit(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let all = addresses(&typed.url);
    let given = door::typed(&typed.door, &typed.door_name, &typed.door_secret);
    // What opens a feed isn't carried to the page that shows what was seen.
    let has_pass = !matches!(given, Ok(None)) || all.iter().any(|one| brings_pass(one));
    if all.len() > 1 || (typed.act == "look" && !has_pass) {
        return look_at(&app, &current, &typed, all).await;
    }
    for_a_feed(&app, current.user.id, app.quota_of(&current.user)).await?;
    let added = add(&app, &current, &typed, given).await;
    let is_closed = matches!(
        added,
        Err(SubscribeError::Closed { .. } | SubscribeError::Pass(_))
    );
    let trouble = match added {
        Ok(Added::New(feed)) => {
            return Ok(flash::redirect(&feed_href(feed), t("add-done"), None));
        }
        Ok(Added::Already(feed)) => {
            let text = t("add-already");
            return Ok(flash::redirect(&feed_href(feed), text, None));
        }
        Err(SubscribeError::Store(error)) => return Err(error.into()),
        Err(SubscribeError::Several(found)) => {
            let found = found.into_iter().map(|found| Found {
                title: found.title.unwrap_or_else(|| found.url.to_string()),
                url: found.url.into(),
            });
            // Reloading the page then searches no second time.
            let query = findings::carried(&app, found.collect()).unwrap_or_default();
            let folder = words::segment(&typed.folder);
            let kind = match has_pass {
                true => format!("&door={}", words::segment(&typed.door)),
                false => String::new(),
            };
            let to = format!("/add?found={query}&folder={folder}{kind}");
            return Ok(Redirect::to(&to).into_response());
        }
        Err(error) => Trouble {
            found: told(&words::sentence(&error.to_string())).into_owned(),
            advice: told(error.advice()).into_owned(),
            letter: letter::to_publisher_of(&error),
        },
    };
    let mut page = page(&app, &current, typed, Some(trouble), Vec::new()).await?;
    page.door.is_open |= is_closed;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

/// Whether an address has a name and a password in it, or what may be meant as such.
fn brings_pass(typed: &str) -> bool {
    !matches!(split(typed), Ok((_, None)))
}

async fn add(
    app: &AppState,
    current: &CurrentUser,
    typed: &Typed,
    given: Result<Option<Pass>, BadPass>,
) -> Result<Added, SubscribeError> {
    let context = app.refresh_context()?;
    let most = app.quota_of(&current.user).shelf();
    let wish = Wish {
        typed: &typed.url,
        pass: given?,
        folder: typed_folder(&typed.folder),
    };
    subscribe(&context, &app.random, current.user.id, wish, most).await
}

/// Looks at addresses, and goes to the page that shows what they are.
async fn look_at(
    app: &AppState,
    current: &CurrentUser,
    typed: &Typed,
    mut all: Vec<String>,
) -> HandlerResult<Response> {
    let mut left_out = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    let context = app.refresh_context()?;
    for _ in &all {
        for_a_feed(app, current.user.id, app.quota_of(&current.user)).await?;
    }
    let (context, user) = (&context, current.user.id);
    let looks = all.into_iter().map(async |typed| {
        if brings_pass(&typed) {
            let why = "That address has a password in it. Add it alone.".to_owned();
            return Ok(vec![Seen {
                typed: bare(&typed).into_owned(),
                preview: None,
                why: Some(why),
            }]);
        }
        let (preview, why) = match look(context, user, &typed).await {
            Ok(preview) => (Some(preview), None),
            Err(SubscribeError::Several(found)) => {
                let each = found.into_iter().take(MOST).map(|found| Seen {
                    typed: typed.clone(),
                    preview: Some(Preview {
                        title: found.title.unwrap_or_else(|| found.url.to_string()),
                        url: found.url.into(),
                        ..Preview::default()
                    }),
                    why: None,
                });
                return Ok(each.collect::<Vec<Seen>>());
            }
            Err(SubscribeError::Store(error)) => return Err(error),
            Err(error) => {
                let both = format!("{} {}", words::sentence(&error.to_string()), error.advice());
                (None, Some(both))
            }
        };
        Ok(vec![Seen {
            typed,
            preview,
            why,
        }])
    });
    let seen: Vec<Vec<Seen>> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    let seen: Vec<Seen> = seen.into_iter().flatten().collect();
    let count = seen.len();
    let query = findings::carried(app, seen);
    let shown = query
        .as_deref()
        .and_then(|query| findings::opened::<Seen>(app, query));
    left_out += count - shown.map_or(0, |shown| shown.len());
    let folder = words::segment(&typed.folder);
    let query = query.unwrap_or_default();
    let to = format!("/add?seen={query}&folder={folder}&more={left_out}");
    Ok(Redirect::to(&to).into_response())
}

/// What was seen of one address, in words.
fn preview(shelf: &Shelf, seen: &Seen, now: Timestamp) -> PreviewRow {
    let Some(found) = &seen.preview else {
        return PreviewRow {
            title: seen.typed.clone(),
            why: seen.why.as_deref().map(|why| told(why).into_owned()),
            letter: words::letter(&seen.typed),
            ..PreviewRow::default()
        };
    };
    let mine = found.mine.and_then(|feed| shelf.subscription(feed));
    let mut about = Vec::new();
    if let Some(one) = mine {
        about.push(match folder_text(&one.folder).as_str() {
            "" => t("add-mine").to_owned(),
            folder => msg("add-mine-in").text("folder", folder).into(),
        });
    } else {
        if found.gap > 0 {
            about.push(
                msg("feed-posts")
                    .text("every", words::every(found.gap))
                    .into(),
            );
        }
        if found.is_short {
            about.push(t("add-short").to_owned());
        }
        if found.subscribers > 0 {
            about.push(msg("add-serves").number("n", found.subscribers + 1).into());
        }
        if let Some(other) = found.sibling {
            about.push(msg("add-sibling").text("feed", shelf.title(other)).into());
        }
    }
    let newest = found.newest.iter().map(|(title, at)| {
        let at = at.and_then(|at| Timestamp::from_timestamp(at, 0));
        let title = match title.trim() {
            "" => t("list-untitled"),
            title => title,
        };
        (
            title.to_owned(),
            at.map(|at| words::age(at, now)).unwrap_or_default(),
        )
    });
    PreviewRow {
        url: found.url.clone(),
        title: found.title.clone(),
        letter: words::letter(&found.title),
        about: about.join(" "),
        newest: newest.collect(),
        href: found.mine.map(feed_href),
        why: None,
        may_add: mine.is_none(),
    }
}

/// Subscribes to the chosen ones of what was looked at, each into its folder.
pub(super) async fn several(
    State(app): State<AppState>,
    current: CurrentUser,
    body: Bytes,
) -> HandlerResult<Response> {
    let sent: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    let of = |name: &str| {
        let found = sent.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let chosen = sent.iter().filter(|(name, _)| name == "url");
    let chosen: Vec<&str> = chosen.map(|(_, url)| url.as_str()).take(MOST).collect();
    if chosen.is_empty() {
        return Ok(flash::redirect("/add", t("add-none-chosen"), None));
    }
    let context = app.refresh_context()?;
    let quota = app.quota_of(&current.user);
    let most = quota.shelf();
    let (mut added, mut failed, mut last) = (0_usize, Vec::new(), None);
    for url in chosen {
        for_a_feed(&app, current.user.id, quota).await?;
        let own = of(&format!("folder {url}"));
        let folder = typed_folder(own);
        let wish = Wish {
            typed: url,
            pass: None,
            folder,
        };
        let done = subscribe(&context, &app.random, current.user.id, wish, most).await;
        match done {
            Ok(Added::New(feed)) => {
                added += 1;
                last = Some(feed);
                if of("trial") == "1" {
                    let until = minute_of(current.now) + 14 * 24 * 60;
                    let set = |one: &mut Subscription| one.trial = Some(until);
                    store::change(&app.store, current.user.id, feed, set).await?;
                }
            }
            Ok(Added::Already(feed)) => last = Some(feed),
            Err(SubscribeError::Store(error)) => return Err(error.into()),
            Err(error) => failed.push(format!("{}: {error}", bare(url))),
        }
    }
    let mut text: String = msg("add-added").number("n", added).into();
    if let Some(first) = failed.first() {
        let why: String = msg("add-failed")
            .number("n", failed.len())
            .text("why", first)
            .into();
        text = format!("{text} {why}");
    }
    let to = match (last, added) {
        (Some(feed), 1) => feed_href(feed),
        _ => "/feeds".to_owned(),
    };
    Ok(flash::redirect(&to, text, None))
}

async fn page(
    app: &AppState,
    current: &CurrentUser,
    typed: Typed,
    trouble: Option<Trouble>,
    candidates: Vec<Candidate>,
) -> HandlerResult<AddPage> {
    let (frame, shelf) = plain_frame(app, current, t("add-title"), Place::Add).await?;
    let mut name = typed.door_name;
    if let Ok((_, Some(pass))) = split(&typed.url) {
        pass.name().clone_into(&mut name);
    }
    Ok(AddPage {
        frame,
        url: bare(&typed.url).into_owned(),
        folder: typed.folder,
        folders: folder_texts(&shelf),
        door: DoorFields {
            kind: Kind::of(&typed.door).map_or("basic", Kind::word),
            is_open: !name.is_empty() || (!candidates.is_empty() && !typed.door.is_empty()),
            name,
            error: None,
            said: None,
        },
        trouble,
        candidates,
        previews: Vec::new(),
        new: 0,
        left_out: None,
        packs: first_run::packs(),
        packs_checked: first_run::looked_through(),
        bookmarklet: format!(
            "javascript:location.href='{}add?url='+encodeURIComponent(location.href)",
            app.base_url
        ),
        bookmark_keep: format!(
            "javascript:location.href='{}keep?url='+encodeURIComponent(location.href)",
            app.base_url
        ),
    })
}
