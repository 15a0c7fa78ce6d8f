//! Articles with their texts, for programs that take many, and how many texts a token is given on a day.

use std::collections::HashMap;

use http::StatusCode;

use crate::app::App;
use crate::articles::{Article, store as articles};
use crate::ids::ArticleId;
use crate::shelf::kept::store as kepts;
use crate::shelf::stars;
use crate::shelf::streams::Library;
use crate::timestamp::Timestamp;
use crate::users::day_of;
use crate::users::token::{self, Owner};
use crate::web::problem::{HandlerResult, Problem};

/// How much more a token is given in its first two days, in which a program fetches everything once.
const AT_FIRST: u32 = 15;
/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// How many texts a token may have on a day; 0 for any number.
pub(crate) fn most_of(app: &App, day: i64, created: Timestamp, again: bool) -> u32 {
    let is_new = day - day_of(created) < 2;
    let times = if is_new && !again { AT_FIRST } else { 1 };
    app.config.server.api_bodies.saturating_mul(times)
}

/// A token that takes texts, and hasn't taken too many today.
#[derive(Debug)]
pub(crate) struct Hungry {
    owner: Owner,
    day: i64,
}

impl Hungry {
    /// Sees whether a token may have more today. `again` is for calls that fetch the newest of a feed, whether it is known or not:
    /// they are given no more at first.
    ///
    /// # Errors
    /// 429 if not, with the seconds until tomorrow.
    pub(crate) fn of(app: &App, owner: &Owner, again: bool) -> HandlerResult<Self> {
        let now = app.clock.now();
        let day = day_of(now);
        let hungry = Self {
            owner: owner.clone(),
            day,
        };
        let most = most_of(app, day, owner.created, again);
        let given = app.bodies.given(owner.memo(), day, owner.bodies);
        if most == 0 || given < most {
            return Ok(hungry);
        }
        let seconds = (day + 1) * DAY - now.timestamp();
        let title = format!("This token was given {given} articles today, which is enough");
        let advice = "Try again tomorrow (UTC). A program that asks for what is new, instead of everything each time, gets by with less.";
        Err(Problem {
            retry_after: Some(seconds.max(1).cast_unsigned()),
            ..Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_articles",
                title,
                advice,
            )
        })
    }

    /// Counts what it was given. A write after every 500.
    pub(crate) async fn ate(&self, app: &App, count: usize) -> HandlerResult<()> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let memo = self.owner.memo();
        let sum = app.bodies.add(memo, self.day, self.owner.bodies, count);
        if let Some(sum) = sum {
            token::note_bodies(&app.store, &self.owner, (self.day, sum)).await?;
        }
        Ok(())
    }
}

/// Reads the articles of a library.
pub(crate) struct Texts<'l> {
    app: &'l App,
    library: &'l Library,
}

impl<'l> Texts<'l> {
    pub(crate) fn of(app: &'l App, library: &'l Library) -> Self {
        Self { app, library }
    }

    /// The articles of these ids, in their order, each with its feed's title where it is a copy of the reader's. Those that are nowhere
    /// any more are left out. One read for each that isn't cached.
    ///
    /// # Errors
    /// A [`Problem`] from the store's error.
    pub(crate) async fn read(
        &mut self,
        ids: &[ArticleId],
    ) -> HandlerResult<Vec<(Article, Option<String>)>> {
        let (app, library) = (self.app, self.library);
        let here: Vec<ArticleId> = ids
            .iter()
            .copied()
            .filter(|id| library.is_stored(*id))
            .collect();
        let mut found: HashMap<ArticleId, (Article, Option<String>)> = HashMap::new();
        for (article, _) in articles::cached_many(&app.store, &here).await? {
            found.insert(article.id, (article, None));
        }
        let is_missing = |id: &ArticleId| !found.contains_key(id);
        let missing: Vec<ArticleId> = ids.iter().copied().filter(is_missing).collect();
        let starred = missing.iter().copied();
        let starred: Vec<ArticleId> = starred.filter(|id| library.shelf.is_starred(*id)).collect();
        let user = library.shelf.user;
        if !starred.is_empty() {
            for (article, title) in stars::get_many(&app.store, user, &starred).await? {
                found.insert(article.id, (article, Some(title)));
            }
        }
        let tagged = missing.iter().filter(|id| !found.contains_key(*id));
        let tagged: Vec<String> = tagged
            .filter(|id| !library.tags(**id).is_empty())
            .map(|id| kepts::name_of(*id))
            .collect();
        if !tagged.is_empty() {
            for (name, kept) in kepts::get_many(&app.store, user, &tagged).await? {
                if let Some(id) = kepts::article_of(&name) {
                    let source = kept.card.source.clone();
                    found.insert(id, (kept.article(id), Some(source)));
                }
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }
}
