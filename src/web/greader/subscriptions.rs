//! Changes to subscriptions, and OPML.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;

use super::caller::{Call, Caller};
use super::question::bad;
use super::{json as answer, lists, names, ok, plain};
use crate::app::AppState;
use crate::datastore::StoreError;
use crate::feeds::door::bare;
use crate::ids::FeedId;
use crate::shelf::find::SubscribeError;
use crate::shelf::streams::label_of;
use crate::shelf::subscribe::{Added, Wish, subscribe, unsubscribe};
use crate::shelf::subscription::{Subscription, typed_folder, typed_title};
use crate::shelf::{Shelf, export as exports, store};
use crate::web::actions::asking::for_a_feed;
use crate::web::actions::import_opml::import_opml;
use crate::web::actions::labels;
use crate::web::by_token::quota_of;
use crate::web::params::Params;
use crate::web::problem::{HandlerResult, Problem};

/// Most feeds that one call changes.
const MOST: usize = 50;

/// Whether a feed is on the shelf.
pub(super) async fn subscribed(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    let shelf = caller.shelf(&app).await?;
    let name = params.one("s").unwrap_or_default();
    let feed = names::feed_of(&shelf, name);
    Ok(plain(feed.is_some().to_string()))
}

/// What `subscription/edit` does with a feed's title and labels.
struct Changes {
    title: Option<String>,
    add: Vec<Vec<String>>,
    remove: Vec<String>,
}

impl Changes {
    /// Those for the feed in this place of the call: each may have a title of its own.
    fn of(params: &Params, shelf: &Shelf, place: usize) -> HandlerResult<Self> {
        let labels = |name: &str| -> HandlerResult<Vec<String>> {
            let texts = params.all(name).filter(|text| !text.is_empty());
            let labels = texts.map(|text| {
                let label = names::label_name(text).map(str::to_owned);
                label.ok_or_else(|| bad(name, text))
            });
            labels.collect()
        };
        // A folder's own name may have a slash in it; of a new one it tells the folders above.
        let path = |label: &String| {
            let mut all = shelf.subscriptions.iter().flat_map(Subscription::folders);
            let known = all.find(|path| label_of(path) == *label);
            known.map_or_else(|| typed_folder(label), <[String]>::to_vec)
        };
        let add = labels("a")?.iter().map(path).collect();
        Ok(Self {
            title: params.all("t").nth(place).and_then(typed_title),
            add,
            remove: labels("r")?,
        })
    }

    fn apply(&self, one: &mut Subscription) {
        if let Some(title) = &self.title {
            one.title = Some(title.clone());
        }
        if self.add.is_empty() && self.remove.is_empty() {
            return;
        }
        let stays = one
            .folders()
            .filter(|path| !self.remove.contains(&label_of(path)));
        let stays: Vec<Vec<String>> = stays.map(<[String]>::to_vec).collect();
        one.set_folders(stays.into_iter().chain(self.add.iter().cloned()));
    }
}

/// Subscribes to feeds, leaves them, or changes their titles and folders.
pub(super) async fn edit(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    caller.manages()?;
    let named: Vec<&str> = params.all("s").filter(|text| !text.is_empty()).collect();
    if named.is_empty() {
        // So some make a folder.
        let folders: Vec<&str> = params.all("a").filter_map(names::label_name).collect();
        if folders.is_empty() {
            let advice = "Name feeds in s. Nothing was changed.";
            return Err(Problem::bad_request(
                "bad_parameter",
                "Nothing was named",
                advice,
            ));
        }
        for text in folders {
            labels::make_folder(&app, caller.user, text).await?;
        }
        return Ok(ok());
    }
    if named.len() > MOST {
        let title = format!("At most {MOST} feeds can be changed at once");
        let advice = "Nothing was changed. Send fewer in one call.";
        return Err(Problem::bad_request("too_many_feeds", title, advice));
    }
    let action = params.one("ac").unwrap_or_default();
    let shelf = caller.shelf(&app).await?;
    // What can't be read comes first, so that a refusal has changed nothing.
    let mut all = Vec::with_capacity(named.len());
    for (place, name) in named.into_iter().enumerate() {
        if action == "edit" && names::feed_of(&shelf, address(name)).is_none() {
            return Err(Problem::not_found());
        }
        all.push((name, Changes::of(&params, &shelf, place)?));
    }
    for (name, changes) in all {
        match action {
            "subscribe" => {
                let folder = changes.add.first().cloned().unwrap_or_default();
                let feed = add(&app, &caller, address(name), folder).await?;
                change(&app, &caller, feed, &changes).await?;
            }
            "unsubscribe" => {
                // One that was left already is gone, as was wanted.
                if let Some(feed) = names::feed_of(&shelf, address(name)) {
                    unsubscribe(&app.store, caller.user, feed, app.clock.now()).await?;
                }
            }
            "edit" => {
                let feed = names::feed_of(&shelf, address(name)).ok_or_else(Problem::not_found)?;
                change(&app, &caller, feed, &changes).await?;
            }
            other => return Err(bad("ac", other)),
        }
    }
    Ok(ok())
}

fn address(name: &str) -> &str {
    let rest = name.trim();
    let rest = rest.strip_prefix("feed/").unwrap_or(rest);
    rest.strip_prefix("feed/").unwrap_or(rest)
}

async fn change(
    app: &AppState,
    caller: &Caller,
    feed: FeedId,
    changes: &Changes,
) -> HandlerResult<()> {
    let Some((one, ..)) = store::get(&app.store, caller.user, feed).await? else {
        return Err(Problem::not_found());
    };
    let mut after = one.clone();
    changes.apply(&mut after);
    if after == one {
        return Ok(());
    }
    let changed = store::change(&app.store, caller.user, feed, |one| changes.apply(one)).await;
    match changed {
        Err(StoreError::NotFound(_)) => Err(Problem::not_found()),
        other => Ok(other?),
    }
}

/// Subscribes to an address. A site with several feeds gives its first: a program can't be asked which.
async fn add(
    app: &AppState,
    caller: &Caller,
    address: &str,
    folder: Vec<String>,
) -> HandlerResult<FeedId> {
    if let Ok(feed) = address.parse::<FeedId>() {
        let shelf = caller.shelf(app).await?;
        let known = shelf.subscription(feed).map(|one| one.feed);
        return known.ok_or_else(Problem::not_found);
    }
    let context = app.refresh_context()?;
    let quota = quota_of(app, caller.user).await?;
    for_a_feed(app, caller.user, quota).await?;
    let most = quota.shelf();
    let asked = |address: String, folder| {
        let (context, random, user) = (&context, &app.random, caller.user);
        async move {
            let wish = Wish {
                typed: &address,
                pass: None,
                folder,
            };
            subscribe(context, random, user, wish, most).await
        }
    };
    let added = match asked(address.to_owned(), folder.clone()).await {
        Err(SubscribeError::Several(found)) => match found.first() {
            Some(first) => asked(first.url.to_string(), folder).await,
            None => return Err(Problem::not_found()),
        },
        added => added,
    };
    match added? {
        Added::New(feed) | Added::Already(feed) => Ok(feed),
    }
}

/// Subscribes to one address. What is no feed is said in the answer, as clients expect it.
pub(super) async fn quickadd(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    caller.manages()?;
    let typed = params.one("quickadd").unwrap_or_default();
    if typed.is_empty() {
        return Err(bad("quickadd", typed));
    }
    let feed = match add(&app, &caller, address(typed), Vec::new()).await {
        Ok(feed) => feed,
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let error = format!("{} {}", problem.title, problem.advice);
            return answer(
                &json!({ "numResults": 0, "query": bare(typed), "error": error.trim() }),
            );
        }
        Err(problem) => return Err(problem),
    };
    let shelf = Shelf::load_around(&app.store, caller.user, &[feed]).await?;
    answer(&json!({
        "numResults": 1,
        "query": bare(typed),
        "streamId": names::feed(feed),
        "streamName": lists::title_of(&shelf, feed),
    }))
}

/// The subscriptions as OPML.
pub(super) async fn export(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, caller.user).await?;
    let text = exports::export(&app.store, &shelf, None, app.clock.now()).await?;
    Ok(([(header::CONTENT_TYPE, "text/x-opml; charset=utf-8")], text).into_response())
}

/// Imports an OPML file, sent as the body, whatever type it is said to have, or as a form's file.
pub(super) async fn import(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    caller.manages()?;
    import_opml(&app, caller.user, params.body).await?;
    Ok(ok())
}
