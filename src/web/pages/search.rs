//! Searching: the hits in the list, what narrows them down beside it.

use axum::extract::{Query as FromQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::list_address::{Asked, List};
use super::{frame_of, with_flash};
use crate::app::AppState;
use crate::datastore::{is_frozen, meter};
use crate::html::tags;
use crate::search::fold::folded;
use crate::search::stem::Language;
use crate::search::{Question, QuestionError, Search};
use crate::shelf::Shelf;
use crate::shelf::search::{
    Answer, BadCursor, Cursor, Hit, HitId, Order, Pieces, Request, search, snippet,
};
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::current_user::CurrentUser;
use crate::web::frame::{feed_href, icon_href};
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::view::{
    ArticleLine, ArticleView, Chip, Link, MonthHits, NarrowFeed, Piece, Place, SavedSearch,
    SearchPage, Trouble,
};
use crate::web::words::{self, msg, t};

/// Hits on a page: each that isn't remembered is a read.
const A_PAGE: usize = 20;
/// Feeds that are offered because their names have what was typed.
const OFFERED: usize = 3;

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    FromQuery(asked): FromQuery<Asked>,
) -> HandlerResult<Response> {
    let mut shelf = current.arrives(&app).await?;
    let is_foreign = cursor(&asked).is_err();
    let page = draw(&app, &current, &mut shelf, asked, None).await?;
    let mut response = with_flash(Html(page), &headers);
    if is_foreign {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// The page of a search, with an article beside the hits if one is open.
pub(super) async fn draw(
    app: &AppState,
    current: &CurrentUser,
    shelf: &mut Shelf,
    asked: Asked,
    article: Option<ArticleView>,
) -> HandlerResult<SearchPage> {
    let now = app.clock.now();
    let parsed = Question::parse(&asked.q);
    let mut asked = asked;
    let (query, after, trouble) = match (parsed, cursor(&asked)) {
        (Ok(query), Ok(_)) if query.is_empty() && !asked.q.trim().is_empty() => {
            (query, None, Some(wordless(&asked.q)))
        }
        (Ok(query), Ok(after)) => (query, after, None),
        (Ok(_), Err(_)) => (Question::default(), None, Some(foreign())),
        (Err(error), _) => (Question::default(), None, Some(trouble_of(&error))),
    };
    // A refused page is no opening of a saved search.
    let is_opened = trouble.is_none() && after.is_none() && article.is_none() && !is_frozen();
    if after.is_none() {
        asked.after.clear();
    }
    let request = Request {
        query: &query,
        order: asked.sort,
        after,
        limit: A_PAGE,
        now,
    };
    let answer = search(&app.store, shelf, request).await?;
    let saved = shelf.read.book().searches.iter();
    let saved = saved
        .clone()
        .find(|one| one.query == asked.q.trim())
        .cloned();
    if let Some(saved) = saved.as_ref().filter(|_| is_opened) {
        let hits = crate::web::actions::searches::articles(&answer);
        shelf
            .opened_search(&app.store, now, saved.id, &hits)
            .await?;
    }
    let list = List::of_hits(asked.clone());
    let lines: Vec<ArticleLine> = answer
        .hits
        .iter()
        .map(|hit| line(shelf, &list, hit, now))
        .collect();
    let title = match query.is_empty() {
        true => t("place-search").to_owned(),
        false => msg("search-title").text("query", &asked.q).into(),
    };
    let mut frame = frame_of(current, shelf, &title, Place::Search, None);
    let shown = saved.as_ref().map(|saved| saved.id);
    for one in &mut frame.searches {
        one.is_current = Some(one.id) == shown;
    }
    let mut page = SearchPage {
        frame,
        query: asked.q.clone(),
        trouble,
        chips: chips(&query, &asked),
        lines,
        sum: String::new(),
        searched: String::new(),
        unindexed: unindexed(&answer),
        in_part: in_part(shelf, &answer),
        is_cut: query.is_cut,
        sort: asked.sort.word(),
        newest: with(&asked.q, Order::Newest),
        best: with(&asked.q, Order::Best),
        next: answer.next.map(|next| {
            let after = next.to_string();
            Asked {
                after,
                ..asked.clone()
            }
            .href()
        }),
        list_href: asked.href(),
        offered: offered(shelf, &asked.q),
        feeds: narrowed_feeds(shelf, &answer, &asked),
        months: narrowed_months(&answer, &asked),
        is_asked: !query.is_empty(),
        may_save: !query.is_empty() && asked.after.is_empty() && saved.is_none(),
        saved: saved.map(|one| SavedSearch {
            id: one.id,
            name: one.name,
        }),
        article,
    };
    if !query.is_empty() {
        page.sum = sum(&answer, asked.after.is_empty());
        page.searched = msg("search-searched")
            .number("articles", answer.articles)
            .text("feeds", words::count(answer.feeds as u64, "count-feed"))
            .text("reads", words::count(meter::current().reads, "count-read"))
            .into();
    }
    Ok(page)
}

/// Where the page begins; `None` for the first one, and for a query that can't be understood.
fn cursor(asked: &Asked) -> Result<Option<Cursor>, BadCursor> {
    match (asked.after.as_str(), Question::parse(&asked.q)) {
        ("", _) | (_, Err(_)) => Ok(None),
        (text, Ok(query)) => Cursor::read(text, &query, asked.sort).map(Some),
    }
}

/// The page is of another search than its address says.
fn foreign() -> Trouble {
    Trouble {
        found: t("search-foreign").to_owned(),
        advice: t("search-foreign-advice").to_owned(),
        letter: None,
    }
}

/// Nothing but signs, of which lists of words have none.
fn wordless(typed: &str) -> Trouble {
    Trouble {
        found: msg("search-no-word").text("text", typed.trim()).into(),
        advice: t("search-no-word-advice").to_owned(),
        letter: None,
    }
}

/// What can't be understood, in the reader's language.
fn trouble_of(error: &QuestionError) -> Trouble {
    let (found, advice, what) = match error {
        QuestionError::Date(text) => ("search-bad-date", "search-bad-date-advice", text),
        QuestionError::State(text) => ("search-bad-state", "search-bad-state-advice", text),
        QuestionError::Media(text) => ("search-bad-media", "search-bad-media-advice", text),
        QuestionError::Address(text) => ("search-bad-address", "search-bad-address-advice", text),
        QuestionError::Nothing(text) => ("search-bad-nothing", "search-bad-nothing-advice", text),
    };
    Trouble {
        found: msg(found).text("text", what).into(),
        advice: t(advice).to_owned(),
        letter: None,
    }
}

/// “7 articles”, or “about 340 articles” while not all of them were looked at.
fn sum(answer: &Answer, is_first: bool) -> String {
    let count = words::count(answer.proposed as u64, "count-article");
    match answer.is_exact && is_first {
        true => count,
        false => msg("search-about").text("articles", count).into(),
    }
}

fn unindexed(answer: &Answer) -> Option<String> {
    let said = msg("search-unindexed")
        .text(
            "articles",
            words::count(answer.unindexed as u64, "count-article"),
        )
        .number("feeds", answer.unindexed_feeds);
    (answer.unindexed > 0).then(|| said.into())
}

/// Feeds that are named because some of their articles are searched in part.
const NAMED: usize = 5;

/// Which long articles are searched in part, by their feeds.
fn in_part(shelf: &Shelf, answer: &Answer) -> Option<String> {
    let feeds = answer.part_feeds.iter().take(NAMED);
    let mut names: Vec<String> = feeds.map(|feed| shelf.title(*feed)).collect();
    if names.is_empty() {
        names.push(t("search-part-own").to_owned());
    }
    if answer.part_feeds.len() > NAMED {
        names.push("…".to_owned());
    }
    let said = msg("search-part").number("n", answer.in_part);
    let said = said.text("feeds", names.join(", "));
    (answer.in_part > 0).then(|| said.into())
}

pub(super) fn pieces(of: &Pieces) -> Vec<Piece> {
    let pieces = of.iter().map(|(text, is_marked)| Piece {
        text: text.clone(),
        is_marked: *is_marked,
    });
    pieces.collect()
}

fn line(shelf: &Shelf, list: &List, hit: &Hit, now: Timestamp) -> ArticleLine {
    let title = snippet::plain(&hit.title);
    let is_empty = title.trim().is_empty();
    let (href, feed_href, icon, hue) = match &hit.id {
        HitId::Article(id) => (
            list.article_href(*id),
            feed_href(id.feed),
            icon_href(id.feed),
            words::hue(id.feed),
        ),
        HitId::Kept(name) => (
            format!("/kept/{name}"),
            "/kept".to_owned(),
            String::new(),
            0,
        ),
    };
    let passed = match &hit.id {
        HitId::Article(id) => shelf.has_passed(*id),
        HitId::Kept(_) => false,
    };
    ArticleLine {
        id: hit.id.to_string(),
        href,
        marked: match is_empty {
            true => Vec::new(),
            false => pieces(&hit.title),
        },
        title: super::list_lines::title_or_untitled(&title),
        letter: words::letter(&hit.source),
        hue,
        icon,
        feed_title: hit.source.clone(),
        feed_href,
        age: Some(words::age(hit.at, now)),
        datetime: rfc3339(hit.at),
        exact: words::date_time(hit.at),
        order: hit.at.timestamp_micros(),
        read: hit.is_read,
        passed,
        starred: hit.is_starred,
        marked_snippet: pieces(&hit.snippet),
        lang: hit.lang.clone().unwrap_or_default(),
        original: hit.link.clone(),
        ..ArticleLine::default()
    }
}

fn with(query: &str, sort: Order) -> String {
    let asked = Asked {
        q: query.trim().to_owned(),
        sort,
        ..Asked::default()
    };
    match asked.q.is_empty() {
        true => "/search".to_owned(),
        false => asked.href(),
    }
}

/// Each group of the query as it was understood, and the query without it.
fn chips(query: &Question, asked: &Asked) -> Vec<Chip> {
    let typed = |terms: &[crate::search::query::Term]| {
        let terms = terms.iter().map(|term| match term.not {
            true => format!("-{}", term.typed),
            false => term.typed.clone(),
        });
        terms.collect::<Vec<_>>().join(" OR ")
    };
    let chip = |n: usize| {
        let others = query.groups.iter().enumerate().filter(|(m, _)| *m != n);
        let rest: Vec<String> = others.map(|(_, group)| typed(group)).collect();
        let labels: Vec<String> = query.groups[n].iter().map(words::searching::term).collect();
        Chip {
            label: labels.join(&format!(" {} ", t("search-or"))),
            without: with(&rest.join(" "), asked.sort),
        }
    };
    (0..query.groups.len()).map(chip).collect()
}

/// Feeds whose names have what was typed.
fn offered(shelf: &Shelf, typed: &str) -> Vec<Link> {
    let wanted = folded(typed.trim());
    if typed.trim().chars().count() < 2 || wanted.is_empty() || wanted.contains(':') {
        return Vec::new();
    }
    let all = shelf.subscriptions.iter();
    let fitting = all.filter(|one| folded(shelf.title_of(one)).contains(&wanted));
    let links = fitting.take(OFFERED).map(|one| Link {
        label: shelf.title_of(one).to_owned(),
        href: feed_href(one.feed),
    });
    links.collect()
}

/// A value as a query has it: in quotation marks where it has several words.
fn quoted(value: &str) -> String {
    let plain: String = value.chars().filter(|c| *c != '"').collect();
    match plain.contains(char::is_whitespace) {
        true => format!("\"{plain}\""),
        false => plain,
    }
}

fn narrowed_feeds(shelf: &Shelf, answer: &Answer, asked: &Asked) -> Vec<NarrowFeed> {
    let feeds = answer.by_feed.iter().map(|(feed, count)| {
        let title = shelf.title(*feed);
        let query = format!("{} feed:{}", asked.q, quoted(&title));
        NarrowFeed {
            letter: words::letter(&title),
            hue: words::hue(*feed),
            icon: icon_href(*feed),
            href: with(&query, asked.sort),
            count: words::thousands(*count as u64),
            title,
        }
    });
    feeds.collect()
}

fn narrowed_months(answer: &Answer, asked: &Asked) -> Vec<MonthHits> {
    let most = answer
        .by_month
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(1)
        .max(1);
    let bars = answer.by_month.iter().map(|((year, month), count)| {
        let (next_year, next) = match month {
            12 => (year + 1, 1),
            month => (*year, month + 1),
        };
        let query = format!(
            "{} after:{year:04}-{month:02} before:{next_year:04}-{next:02}",
            asked.q
        );
        MonthHits {
            label: words::month_of(*year, *month),
            href: with(&query, asked.sort),
            count: words::thousands(*count as u64),
            width: (count * 100 / most).max(2),
        }
    });
    bars.collect()
}

/// An article's HTML with what was searched for marked.
pub(super) fn with_marks(html: &str, asked: &Asked, lang: Option<&str>) -> String {
    let Ok(query) = Question::parse(&asked.q) else {
        return html.to_owned();
    };
    let search = Search::new(&query);
    let language = Language::of(lang);
    let mut out = String::with_capacity(html.len() + 200);
    let mut rest = html;
    while !rest.is_empty() {
        let end = rest.find('<').unwrap_or(rest.len());
        let text = &rest[..end];
        for (piece, is_marked) in snippet::marked(text, &search.marks(text, language)) {
            match is_marked {
                true => {
                    out.push_str("<mark>");
                    out.push_str(&piece);
                    out.push_str("</mark>");
                }
                false => out.push_str(&piece),
            }
        }
        let tag = &rest[end..];
        let length = tags::end(tag).unwrap_or(tag.len());
        out.push_str(&tag[..length]);
        rest = &tag[length..];
    }
    out
}
