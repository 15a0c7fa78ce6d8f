//! Lists by address: which feeds, which of their articles, in which order, which page.

use serde::Deserialize;

use crate::app::App;
use crate::articles::store::ListDirection;
use crate::ids::ArticleId;
use crate::shelf::search::Order;
use crate::shelf::timeline::{self, Filter};
use crate::shelf::{Scope, Shelf};
use crate::timestamp::Timestamp;
use crate::users::ListOrder;
use crate::web::current_user::CurrentUser;
use crate::web::frame::{LOOSE_HREF, feed_href, folder_href};
use crate::web::words::{self, decode_path};

/// The options of a list in an address.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Choices {
    pub order: Option<ListOrder>,
    pub state: Option<Shown>,
    pub cursor: Option<String>,
    /// Only articles of this category of the publisher's.
    pub category: Option<String>,
}

/// Which articles of a feed or a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shown {
    Unread,
    All,
}

/// A list as an address names it.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub scope: Scope,
    pub filter: Filter,
    pub order: ListOrder,
    /// The page's cursor, as in the address.
    pub cursor: Option<String>,
    /// Whether the address names the order, so that the links do too.
    pub order_named: bool,
    /// Only articles of this category of the publisher's.
    pub category: Option<String>,
    /// What was searched for, if it is a list of hits.
    pub search: Option<Asked>,
}

/// What an address asks to search for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// The query, as it was typed.
    #[serde(default)]
    pub q: String,
    #[serde(default)]
    pub sort: Order,
    /// Where the page begins.
    #[serde(default)]
    pub after: String,
    /// The number of the saved search that was opened; empty for none.
    #[serde(default)]
    pub saved: String,
}

impl Asked {
    /// The page's address.
    pub(super) fn href(&self) -> String {
        format!("/search?{}", self.query())
    }

    fn query(&self) -> String {
        let mut query = format!("q={}", words::segment(&self.q));
        if self.sort != Order::default() {
            query.push_str(&format!("&sort={}", self.sort.word()));
        }
        if !self.saved.is_empty() {
            query.push_str(&format!("&saved={}", words::segment(&self.saved)));
        }
        if !self.after.is_empty() {
            query.push_str(&format!("&after={}", words::segment(&self.after)));
        }
        query
    }
}

impl List {
    /// The hits of a search.
    pub(super) fn of_hits(asked: Asked) -> Self {
        Self {
            scope: Scope::Everything,
            filter: Filter::All,
            order: ListOrder::Newest,
            cursor: None,
            order_named: false,
            category: None,
            search: Some(asked),
        }
    }

    /// The starred articles, most recently starred first.
    pub(super) fn of_stars(cursor: Option<String>) -> Self {
        Self {
            scope: Scope::Starred,
            filter: Filter::All,
            order: ListOrder::Newest,
            cursor,
            order_named: false,
            category: None,
            search: None,
        }
    }

    /// Whether its address chooses between unread and all articles. The whole shelf has a path for each.
    pub(super) fn has_states(&self) -> bool {
        matches!(
            self.scope,
            Scope::Folder(_) | Scope::Loose | Scope::Seldom | Scope::Feed(_)
        )
    }

    pub(super) fn flow(&self) -> ListDirection {
        match self.order {
            ListOrder::Newest => ListDirection::NewestFirst,
            ListOrder::Oldest => ListDirection::OldestFirst,
        }
    }

    /// The name for which cursors of this list are signed.
    pub(super) fn name(&self) -> String {
        format!("{:?} {:?} {:?}", self.scope, self.filter, self.order)
    }

    pub(super) fn path(&self) -> String {
        match (&self.scope, self.filter) {
            (Scope::Everything, Filter::Unread) => "/unread".into(),
            (Scope::Everything, Filter::All) => "/all".into(),
            (Scope::Everything, Filter::Passed) => "/passed".into(),
            (Scope::Folder(path), _) => folder_href(path),
            (Scope::Loose, _) => LOOSE_HREF.into(),
            (Scope::Seldom, _) => "/seldom".into(),
            (Scope::Feed(feed), _) => feed_href(*feed),
            (Scope::Starred, _) => "/starred".into(),
        }
    }

    /// An address of this list with some choices made.
    pub(super) fn href_with(
        &self,
        order: Option<ListOrder>,
        filter: Filter,
        cursor: Option<&str>,
    ) -> String {
        let mut query = Vec::new();
        if self.has_states() && filter == Filter::All {
            query.push("state=all".to_owned());
        }
        match order {
            Some(ListOrder::Newest) => query.push("order=newest".into()),
            Some(ListOrder::Oldest) => query.push("order=oldest".into()),
            None => {}
        }
        let category = self.category.as_deref();
        query.extend(category.map(|name| format!("category={}", words::segment(name))));
        query.extend(cursor.map(|cursor| format!("cursor={}", words::segment(cursor))));
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", self.path(), query.join("&"))
    }

    /// Its own address, page included.
    pub(super) fn href(&self) -> String {
        if let Some(asked) = &self.search {
            return asked.href();
        }
        let order = self.order_named.then_some(self.order);
        self.href_with(order, self.filter, self.cursor.as_deref())
    }

    pub(super) fn next_href(&self, app: &App, place: Timestamp) -> String {
        let cursor = timeline::to_cursor(&app.secret, &self.name(), place);
        let order = self.order_named.then_some(self.order);
        self.href_with(order, self.filter, Some(&cursor))
    }

    /// The query with which an article's address names the list it was opened from.
    pub(super) fn context(&self) -> String {
        let list = match (&self.scope, self.filter) {
            (Scope::Starred, _) => "starred".to_owned(),
            (Scope::Everything, Filter::Unread) => "unread".to_owned(),
            (Scope::Everything, Filter::All) => "all".to_owned(),
            (Scope::Everything, Filter::Passed) => "passed".to_owned(),
            (Scope::Loose, _) => "loose".to_owned(),
            (Scope::Seldom, _) => "seldom".to_owned(),
            (Scope::Feed(_), _) => "feed".to_owned(),
            (Scope::Folder(path), _) => {
                let segments: Vec<String> = path.iter().map(|name| words::segment(name)).collect();
                format!("folder:{}", words::segment(&segments.join("/")))
            }
        };
        if let Some(asked) = &self.search {
            return format!("in=search&{}", asked.query());
        }
        let mut context = format!("in={list}");
        if self.has_states() && self.filter == Filter::All {
            context.push_str("&state=all");
        }
        if self.order_named {
            let order = if self.order == ListOrder::Oldest {
                "oldest"
            } else {
                "newest"
            };
            context.push_str(&format!("&order={order}"));
        }
        if let Some(category) = &self.category {
            context.push_str(&format!("&category={}", words::segment(category)));
        }
        if let Some(cursor) = &self.cursor {
            context.push_str(&format!("&cursor={}", words::segment(cursor)));
        }
        context
    }

    /// An article's address within this list.
    pub(super) fn article_href(&self, id: ArticleId) -> String {
        format!("/article/{id}?{}", self.context())
    }
}

/// Where an article was opened from.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Context {
    #[serde(rename = "in")]
    list: Option<String>,
    #[serde(flatten)]
    choices: Choices,
    #[serde(flatten)]
    asked: Asked,
    /// Which of the two texts to show: by default the full text, if it is stored.
    pub(super) text: Option<Text>,
    /// The same page in other feeds, as ids between commas: opening it reads them, too.
    #[serde(default)]
    pub(super) with: String,
    /// `site` to go on to the publisher's page.
    #[serde(default)]
    pub(super) go: String,
}

/// The order in which a part of the shelf is read: a feed may have one of its own.
pub(super) fn order_of(current: &CurrentUser, shelf: &Shelf, scope: &Scope) -> ListOrder {
    let own = match scope {
        Scope::Feed(feed) => shelf.subscription(*feed).and_then(|one| one.habits.order),
        Scope::Folder(path) => current.user.profile.preferences.folder(path).order,
        _ => None,
    };
    own.unwrap_or(current.user.profile.order)
}

/// The list that an article's address names.
pub(super) fn list_of(
    current: &CurrentUser,
    shelf: &Shelf,
    id: ArticleId,
    context: Context,
) -> List {
    let Context {
        list,
        choices,
        asked,
        ..
    } = context;
    let all = choices.state == Some(Shown::All);
    let chosen = if all { Filter::All } else { Filter::Unread };
    let (scope, filter) = match list.as_deref() {
        Some("starred") => return List::of_stars(choices.cursor),
        Some("search") => return List::of_hits(asked),
        Some("all") => (Scope::Everything, Filter::All),
        Some("passed") => (Scope::Everything, Filter::Passed),
        Some("loose") => (Scope::Loose, chosen),
        Some("seldom") => (Scope::Seldom, chosen),
        Some("feed") => (Scope::Feed(id.feed), chosen),
        Some(list) => match list.strip_prefix("folder:") {
            Some(path) => (Scope::Folder(decode_path(path)), chosen),
            None => (Scope::Everything, Filter::Unread),
        },
        None => (Scope::Feed(id.feed), Filter::All),
    };
    List {
        order: choices
            .order
            .unwrap_or_else(|| order_of(current, shelf, &scope)),
        scope,
        filter,
        cursor: choices.cursor,
        category: choices.category.filter(|name| !name.is_empty()),
        order_named: choices.order.is_some(),
        search: None,
    }
}

/// Which text an address asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Text {
    /// The full text of the article's page, if it is stored.
    #[default]
    Full,
    /// The feed's own.
    Feed,
}
