//! A list by its address: which feeds, which of their articles, which way, which page.

use serde::Deserialize;

use crate::app::App;
use crate::articles::store::Flow;
use crate::ids::ArticleId;
use crate::shelf::Scope;
use crate::shelf::timeline::{self, Filter};
use crate::timestamp::Timestamp;
use crate::users::ListOrder;
use crate::web::frame::{feed_href, folder_href};
use crate::web::reader::Reader;
use crate::web::words::{self, decode_path};

/// What an address says about a list.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Choices {
    pub order: Option<ListOrder>,
    pub state: Option<Shown>,
    pub cursor: Option<String>,
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
    /// The page's cursor, as the address has it.
    pub cursor: Option<String>,
    /// Whether the address names the order, and so must the next.
    pub order_named: bool,
    /// Whether it is the list of stars, which has no order but its own.
    pub starred: bool,
}

impl List {
    /// What a reader has starred, the last first.
    pub(super) fn of_stars(cursor: Option<String>) -> Self {
        Self {
            scope: Scope::Everything,
            filter: Filter::All,
            order: ListOrder::Newest,
            cursor,
            order_named: false,
            starred: true,
        }
    }

    pub(super) fn flow(&self) -> Flow {
        match self.order {
            ListOrder::Newest => Flow::NewestFirst,
            ListOrder::Oldest => Flow::OldestFirst,
        }
    }

    /// What a cursor of this list is signed for.
    pub(super) fn name(&self) -> String {
        format!("{:?} {:?} {:?}", self.scope, self.filter, self.order)
    }

    pub(super) fn path(&self) -> String {
        if self.starred {
            return "/starred".into();
        }
        match (&self.scope, self.filter) {
            (Scope::Everything, Filter::Unread) => "/unread".into(),
            (Scope::Everything, Filter::All) => "/all".into(),
            (Scope::Folder(path), _) => folder_href(path),
            (Scope::Feed(feed), _) => feed_href(*feed),
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
        if !matches!(self.scope, Scope::Everything) && filter == Filter::All {
            query.push("state=all".to_owned());
        }
        match order {
            Some(ListOrder::Newest) => query.push("order=newest".into()),
            Some(ListOrder::Oldest) => query.push("order=oldest".into()),
            None => {}
        }
        query.extend(cursor.map(|cursor| format!("cursor={}", words::segment(cursor))));
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", self.path(), query.join("&"))
    }

    /// Its own address, page included.
    pub(super) fn href(&self) -> String {
        let order = self.order_named.then_some(self.order);
        self.href_with(order, self.filter, self.cursor.as_deref())
    }

    pub(super) fn next_href(&self, app: &App, place: Timestamp) -> String {
        let cursor = timeline::to_cursor(&app.secret, &self.name(), place);
        let order = self.order_named.then_some(self.order);
        self.href_with(order, self.filter, Some(&cursor))
    }

    /// How an article's address names the list that it was opened from.
    pub(super) fn context(&self) -> String {
        let list = match (&self.scope, self.filter) {
            _ if self.starred => "starred".to_owned(),
            (Scope::Everything, Filter::Unread) => "unread".to_owned(),
            (Scope::Everything, Filter::All) => "all".to_owned(),
            (Scope::Feed(_), _) => "feed".to_owned(),
            (Scope::Folder(path), _) => {
                let segments: Vec<String> = path.iter().map(|name| words::segment(name)).collect();
                format!("folder:{}", words::segment(&segments.join("/")))
            }
        };
        let mut context = format!("in={list}");
        if !matches!(self.scope, Scope::Everything) && self.filter == Filter::All {
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
    /// Which of the two texts, where there are two: the page's unless it says otherwise.
    pub(super) text: Option<Text>,
}

/// The list that an article's address names.
pub(super) fn list_of(reader: &Reader, id: ArticleId, context: Context) -> List {
    let Context { list, choices, .. } = context;
    let all = choices.state == Some(Shown::All);
    let chosen = if all { Filter::All } else { Filter::Unread };
    let (scope, filter) = match list.as_deref() {
        Some("starred") => return List::of_stars(choices.cursor),
        Some("all") => (Scope::Everything, Filter::All),
        Some("feed") => (Scope::Feed(id.feed), chosen),
        Some(list) => match list.strip_prefix("folder:") {
            Some(path) => (Scope::Folder(decode_path(path)), chosen),
            None => (Scope::Everything, Filter::Unread),
        },
        None => (Scope::Feed(id.feed), Filter::All),
    };
    List {
        scope,
        filter,
        order: choices.order.unwrap_or(reader.user.profile.order),
        cursor: choices.cursor,
        order_named: choices.order.is_some(),
        starred: false,
    }
}

/// Which text an address asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Text {
    /// The page's, where it is there.
    #[default]
    Full,
    /// The feed's own.
    Feed,
}
