//! An answer with many articles' texts. Up to 8 MiB it is sent as a whole; a longer one flows: its rest is read while it is sent, so that no
//! account's texts fill the memory, and no client that asks for thousands at once is refused.
//!
//! All of it happens while the answer goes out. What fails on the way ends the connection before the answer's end, so that nobody takes the
//! beginning for the whole.

use axum::body::Body;

use super::texts::{Hungry, Texts};
use crate::app::AppState;
use crate::articles::Article;
use crate::datastore::{metered, within};
use crate::ids::ArticleId;
use crate::shelf::streams::Library;
use crate::web::problem::{HandlerResult, Problem};

/// Bytes up to which an answer is sent as a whole, and after which a page of a stream ends.
pub(crate) const ANSWER_BYTES: usize = 8 * 1_024 * 1_024;
/// Bytes of texts that are held at the same time, about.
const HELD_BYTES: usize = 4 * 1_024 * 1_024;
/// Texts that are read in one round: first so many, then as their length allows.
const AT_FIRST: usize = 20;
const AT_ONCE: usize = 100;
/// How long one round may take.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(30);
/// Under which name the costs of a rest are counted.
const ROUTE: &str = "the rest of a long answer";

/// How many texts to read next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    next: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { next: AT_FIRST }
    }
}

impl Pace {
    /// So many.
    pub(crate) fn next(self) -> usize {
        self.next
    }

    /// After so many had so many bytes, `room` for more being left.
    pub(crate) fn after(&mut self, count: usize, bytes: usize, room: usize) {
        let each = (bytes / count.max(1)).max(1);
        // At most twice as many as before, since the next may be longer.
        let most = AT_ONCE.min(self.next * 2);
        self.next = (HELD_BYTES.min(room) / each).clamp(1, most);
    }
}

/// What stands around the articles of an answer, which are between commas.
#[derive(Debug)]
pub(crate) struct Around {
    before: String,
    after: &'static str,
}

impl Around {
    /// Of an answer in JSON, written with no article in its list `items`, the last of its fields.
    ///
    /// # Errors
    /// An internal [`Problem`] if there is no such list.
    pub(crate) fn items(json: &str) -> HandlerResult<Self> {
        // Within a text the quotes would have a backslash before them.
        let before = json
            .strip_suffix("]}")
            .filter(|before| before.ends_with("\"items\":["));
        let missing = || Problem::internal(&std::io::Error::other("an answer without a list"));
        Ok(Self {
            before: before.ok_or_else(missing)?.to_owned(),
            after: "]}",
        })
    }
}

/// How an article is written; `None` if it isn't.
pub(crate) type Writes =
    Box<dyn Fn(&Library, &Article, Option<&str>) -> Option<String> + Send + Sync>;

/// An answer on its way.
pub(crate) struct Flow {
    app: AppState,
    library: Library,
    hungry: Hungry,
    ids: Vec<ArticleId>,
    at: usize,
    has_any: bool,
    pace: Pace,
    after: &'static str,
    writes: Writes,
}

impl Flow {
    /// The body of an answer with these articles, in their order. What is missing is left out. One read for each text that isn't cached.
    ///
    /// # Errors
    /// A [`Problem`] from the store's error, as far as the answer is sent as a whole.
    pub(crate) async fn body(
        app: &AppState,
        library: Library,
        hungry: Hungry,
        ids: Vec<ArticleId>,
        around: Around,
        writes: Writes,
    ) -> HandlerResult<Body> {
        let mut flow = Self {
            app: app.clone(),
            library,
            hungry,
            ids,
            at: 0,
            has_any: false,
            pace: Pace::default(),
            after: around.after,
            writes,
        };
        let mut text = around.before;
        while text.len() <= ANSWER_BYTES {
            if !flow.writes_more(&mut text).await? {
                return Ok(Body::from(text));
            }
        }
        let first = futures_util::stream::iter([Ok::<_, std::io::Error>(text)]);
        let rest = futures_util::stream::unfold(Some(flow), |flow| async {
            let mut flow = flow?;
            let mut text = String::new();
            let round = within(DEADLINE, flow.writes_more(&mut text));
            let (wrote, cost) = metered(Box::pin(round)).await;
            let now = flow.app.clock.now();
            let reader = Some(flow.library.shelf.user.0);
            flow.app.tally.request(now, ROUTE, reader, cost);
            match wrote {
                Ok(more) => Some((Ok(text), more.then_some(flow))),
                Err(problem) => {
                    tracing::error!(title = problem.title, "a long answer was broken off");
                    let error = std::io::Error::other("the answer is broken off");
                    Some((Err(error), None))
                }
            }
        });
        use futures_util::StreamExt;
        Ok(Body::from_stream(first.chain(rest)))
    }

    /// Writes some more; false once that was the end.
    async fn writes_more(&mut self, text: &mut String) -> HandlerResult<bool> {
        let until = self.ids.len().min(self.at + self.pace.next());
        let next = self.ids.get(self.at..until).unwrap_or_default();
        let found = Texts::of(&self.app, &self.library).read(next).await?;
        self.hungry.ate(&self.app, found.len()).await?;
        let before = text.len();
        for (article, title) in &found {
            if let Some(one) = (self.writes)(&self.library, article, title.as_deref()) {
                if std::mem::replace(&mut self.has_any, true) {
                    text.push(',');
                }
                text.push_str(&one);
            }
        }
        self.pace
            .after(found.len(), text.len() - before, HELD_BYTES);
        self.at = until;
        let is_over = until == self.ids.len();
        if is_over {
            text.push_str(self.after);
        }
        Ok(!is_over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_read_few_at_once() {
        let mut pace = Pace::default();
        assert_eq!(pace.next(), 20);
        for expected in [40, 80, 100, 100] {
            pace.after(pace.next(), pace.next() * 2_000, HELD_BYTES);
            assert_eq!(pace.next(), expected);
        }
        pace.after(100, 100 * 1_024 * 1_024, HELD_BYTES);
        assert_eq!(pace.next(), 4);
        pace.after(4, 4_000, 100);
        assert_eq!(pace.next(), 1, "there is hardly any room left");
        pace.after(0, 0, HELD_BYTES);
        assert_eq!(pace.next(), 2);
    }

    #[test]
    fn articles_stand_in_the_last_list() {
        let around = Around::items(r#"{"title":"\"items\":[]","items":[]}"#).unwrap();
        assert_eq!(around.before, r#"{"title":"\"items\":[]","items":["#);
        assert!(Around::items(r#"{"items":[],"x":1}"#).is_err());
    }
}
