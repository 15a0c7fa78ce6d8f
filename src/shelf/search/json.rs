//! An answer for programs, the same from the API and the command.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, snippet};

/// What was searched.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Searched {
    /// Articles.
    pub articles: usize,
    /// Feeds.
    pub feeds: usize,
    /// Articles that aren't indexed yet; absent if all are.
    #[serde(skip_serializing_if = "is_zero")]
    pub unindexed: usize,
    /// Articles among those that were searched that are so long that only their titles and commoner words are; absent if there are
    /// none.
    #[serde(skip_serializing_if = "is_zero")]
    pub in_part: usize,
    /// Whether the query was longer than what is searched; absent if it wasn't.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A hit.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SearchHit)]
pub struct JsonHit {
    /// An article's id, or the name under which something is kept.
    pub id: String,
    /// The title.
    pub title: String,
    /// The feed's title, or the page's host.
    pub feed: String,
    /// The publisher's page; `None` if it has none.
    pub link: Option<String>,
    /// The text around what was found.
    pub snippet: String,
}

/// A page of hits.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SearchAnswer)]
pub struct JsonAnswer {
    /// What was searched.
    pub searched: Searched,
    /// The hits.
    pub hits: Vec<JsonHit>,
    /// Where the next page begins; `None` at the end.
    pub cursor: Option<String>,
}

impl JsonAnswer {
    /// Of an answer.
    pub fn of(answer: &Answer, is_cut: bool) -> Self {
        let hits = answer.hits.iter().map(|hit| JsonHit {
            id: hit.id.to_string(),
            title: snippet::plain(&hit.title),
            feed: hit.source.clone(),
            link: hit.link.clone(),
            snippet: snippet::plain(&hit.snippet),
        });
        Self {
            searched: Searched {
                articles: answer.articles,
                feeds: answer.feeds,
                unindexed: answer.unindexed,
                in_part: answer.in_part,
                cut: is_cut,
            },
            hits: hits.collect(),
            cursor: answer.next.map(|cursor| cursor.to_string()),
        }
    }
}
