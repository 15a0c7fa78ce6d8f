//! An answer, section by section.

use serde::Serialize;

use crate::articles::Article;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::numbers::Numbers;
use crate::shelf::streams::{Library, Question, Stream};
use crate::web::greader::item;
use crate::web::params::Params;
use crate::web::problem::{HandlerResult, Problem};

/// Most items in one answer: the protocol's number.
const ITEMS: usize = 50;
/// What the group of feeds outside folders is called.
const LOOSE: &str = "Feeds";

#[derive(Debug, Serialize)]
struct Group {
    id: u32,
    title: String,
}

#[derive(Debug, Serialize)]
struct GroupFeeds {
    group_id: u32,
    /// Between commas.
    feed_ids: String,
}

#[derive(Debug, Serialize)]
struct Feed {
    id: u32,
    favicon_id: u32,
    title: String,
    url: String,
    site_url: String,
    is_spark: u8,
    last_updated_on_time: i64,
}

#[derive(Debug, Serialize)]
pub(super) struct Favicon {
    pub id: u32,
    /// `image/png;base64,…`
    pub data: String,
}

#[derive(Debug, Serialize)]
struct Item {
    id: u32,
    feed_id: u32,
    title: String,
    author: String,
    html: String,
    url: String,
    is_saved: u8,
    is_read: u8,
    created_on_time: i64,
}

/// In the order of its fields: one client reads them as they come.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    api_version: u8,
    auth: u8,
    last_refreshed_on_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<Group>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feeds: Option<Vec<Feed>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feeds_groups: Option<Vec<GroupFeeds>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub favicons: Option<Vec<Favicon>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unread_item_ids: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    saved_item_ids: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_items: Option<usize>,
    /// None here: they follow while the answer goes out.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<[Item; 0]>,
}

fn listed<T: ToString>(numbers: impl Iterator<Item = T>) -> String {
    let texts: Vec<String> = numbers.map(|number| number.to_string()).collect();
    texts.join(",")
}

/// The numbers of a parameter, between commas; those that can't be read are passed over.
pub(super) fn numbers_of(params: &Params, name: &str) -> Option<Vec<u32>> {
    let text = params.all(name).next()?;
    let numbers = text.split(',').filter_map(|one| one.trim().parse().ok());
    Some(numbers.collect())
}

impl Answer {
    /// To somebody who isn't known.
    pub(super) fn refused() -> Self {
        Self {
            api_version: 3,
            ..Self::default()
        }
    }

    /// To the owner of a library.
    pub(super) fn of(library: &Library) -> Self {
        let shelf = &library.shelf;
        let feeds = shelf.subscriptions.iter();
        let checked = feeds.filter_map(|one| {
            let summary = shelf.summary(one.feed)?;
            Some((summary.asked * 60).max(summary.newest.div_euclid(1_000_000)))
        });
        Self {
            auth: 1,
            last_refreshed_on_time: checked.max().unwrap_or_default(),
            ..Self::refused()
        }
    }

    pub(super) fn with_feeds(&mut self, library: &Library, numbers: &Numbers, params: &Params) {
        let groups = numbers.groups(library, LOOSE);
        let together = groups.iter().map(|(id, _, feeds)| GroupFeeds {
            group_id: *id,
            feed_ids: listed(feeds.iter()),
        });
        self.feeds_groups = Some(together.collect());
        if params.has("groups") {
            let groups = groups.into_iter();
            let groups = groups.map(|(id, title, _)| Group { id, title });
            self.groups = Some(groups.collect());
        }
        if params.has("feeds") {
            let shelf = &library.shelf;
            let feeds = shelf.subscriptions.iter();
            self.feeds = Some(feeds.filter_map(|one| feed(library, one.feed)).collect());
        }
    }

    /// Ascending, which one client needs.
    pub(super) fn with_unread(&mut self, library: &Library, numbers: &Numbers) {
        let question = Question::all_of(Stream::Unread, usize::MAX / 8);
        let unread = library.choose(&question).picks;
        let unread = unread.iter().filter_map(|pick| numbers.number(pick.id));
        let mut unread: Vec<u32> = unread.collect();
        unread.sort_unstable();
        self.unread_item_ids = Some(listed(unread.into_iter()));
    }

    pub(super) fn with_saved(&mut self, library: &Library, numbers: &Numbers) {
        let mut saved: Vec<u32> = library
            .stars()
            .filter_map(|id| numbers.number(id))
            .collect();
        saved.sort_unstable();
        self.saved_item_ids = Some(listed(saved.into_iter()));
    }

    /// The page of articles that is asked for, whose texts are to follow.
    ///
    /// # Errors
    /// 400 for a number that can't be read.
    pub(super) fn with_items(
        &mut self,
        library: &Library,
        numbers: &Numbers,
        params: &Params,
    ) -> HandlerResult<Vec<ArticleId>> {
        let wanted = wanted(library, numbers, params)?;
        let total = numbers.above(0).filter(|(_, id)| library.has(*id)).count();
        self.total_items = Some(total);
        self.items = Some([]);
        Ok(wanted.into_iter().map(|(_, id)| id).collect())
    }
}

/// An article as programs take it; `None` without a number.
pub(super) fn written(library: &Library, numbers: &Numbers, article: &Article) -> Option<String> {
    let id = article.id;
    let body = &article.body;
    let link = body.link.clone().unwrap_or_default();
    let published = body.published.or(article.summary.published);
    let item = Item {
        id: numbers.number(id)?,
        feed_id: id.feed.0,
        title: item::title(article, &link),
        author: body.author.clone().unwrap_or_default(),
        html: item::html(library, article),
        url: link,
        is_saved: library.shelf.is_starred(id).into(),
        is_read: library.is_read(id).into(),
        created_on_time: published.unwrap_or(library.arrival(id) / 1_000_000),
    };
    serde_json::to_string(&item).ok()
}

fn feed(library: &Library, feed: FeedId) -> Option<Feed> {
    let shelf = &library.shelf;
    let summary = shelf.summary(feed)?;
    let newest = ArticleId {
        feed,
        seq: summary.last,
    };
    let updated = match summary.last {
        0 => 0,
        _ => crate::articles::arrival(summary, newest) / 1_000_000,
    };
    Some(Feed {
        id: feed.0,
        favicon_id: feed.0,
        title: shelf.title(feed),
        url: summary.url.as_str().to_owned(),
        site_url: summary.site.clone().unwrap_or_default(),
        is_spark: 0,
        last_updated_on_time: updated,
    })
}

/// The articles of a page: by name, below a number, or above one.
///
/// # Errors
/// 400 for a number that can't be read: to take it for the beginning, or the end, would be an answer to another question.
fn wanted(
    library: &Library,
    numbers: &Numbers,
    params: &Params,
) -> HandlerResult<Vec<(u32, ArticleId)>> {
    if let Some(named) = numbers_of(params, "with_ids") {
        let named = named.into_iter().take(ITEMS);
        let found = named.filter_map(|number| Some((number, numbers.article(number)?)));
        return Ok(found.filter(|(_, id)| library.has(*id)).collect());
    }
    let feeds = feeds_of(library, numbers, params);
    let is_meant = |(_, id): &(u32, ArticleId)| {
        library.has(*id) && feeds.as_ref().is_none_or(|feeds| feeds.contains(&id.feed))
    };
    if params.has("max_id") {
        // 0 means the newest, and so does nothing.
        let below = number(params, "max_id")?.filter(|number| *number > 0);
        let below = below.unwrap_or(u32::MAX);
        return Ok(numbers.below(below).filter(is_meant).take(ITEMS).collect());
    }
    let above = number(params, "since_id")?.unwrap_or_default();
    Ok(numbers.above(above).filter(is_meant).take(ITEMS).collect())
}

/// A number that a program gives: below the first means the beginning, above any article's the end.
fn number(params: &Params, name: &str) -> HandlerResult<Option<u32>> {
    let Some(text) = params
        .one(name)
        .map(str::trim)
        .filter(|text| !text.is_empty())
    else {
        return Ok(None);
    };
    let (is_below, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let title = format!("{name} isn’t a number");
        let advice = "Send the number of an article, or leave it out.";
        return Err(Problem::bad_request("bad_parameter", title, advice));
    }
    Ok(Some(match is_below {
        true => 0,
        false => digits.parse().unwrap_or(u32::MAX),
    }))
}

/// The feeds that a call is limited to; `None` for all.
fn feeds_of(library: &Library, numbers: &Numbers, params: &Params) -> Option<Vec<FeedId>> {
    let feeds = numbers_of(params, "feed_ids").filter(|ids| !ids.is_empty());
    let groups = numbers_of(params, "group_ids").filter(|ids| !ids.is_empty());
    if feeds.is_none() && groups.is_none() {
        return None;
    }
    let named = feeds.into_iter().flatten().map(FeedId);
    let in_groups = groups.into_iter().flatten();
    let in_groups = in_groups.flat_map(|group| numbers.feeds_of(library, group));
    Some(named.chain(in_groups).collect())
}
