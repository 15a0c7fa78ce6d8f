//! Finds a feed and its document from an address the user entered.

use url::Url;

use crate::client::guard::Block;
use crate::client::http::{Answer, FetchError};
use crate::datastore::StoreError;
use crate::feeds::address::BadAddress;
use crate::feeds::door::{BadPass, Pass};
use crate::feeds::{self, FeedAddress, Validators, Wall, probe};
use crate::html::discover::{self, Candidate};
use crate::ids::{FeedId, UserId};
use crate::parse::ParseError;
use crate::refresh::context::RefreshContext;
use crate::refresh::feed::{get_with, read, refused, status_words};
use crate::timestamp::minute_of;
use crate::update::outcome::Document;

/// Why no feed was added. Each says what was found and what to try.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// Not an address.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// A blocked address.
    #[error(transparent)]
    Blocked(#[from] Block),
    /// The request failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The response is not a success.
    #[error("{}", status_words(*.0))]
    Status(u16),
    /// It is behind a door, and wasn't opened.
    #[error("{why}")]
    Closed {
        /// What the site says, in words.
        why: String,
        /// Whether it was tried with a pass.
        was_tried: bool,
    },
    /// What was given to open it can't be a pass.
    #[error(transparent)]
    Pass(#[from] BadPass),
    /// What was found is no feed, and links to none.
    #[error("{found}")]
    NotAFeed {
        /// What it is, in words.
        found: String,
    },
    /// The feeds that a page names aren't there.
    #[error("That page names a feed, but it can’t be read. {why}")]
    DeadFeed {
        /// Why not, in words.
        why: String,
    },
    /// A protection service answered in the publisher's place.
    #[error("{}", wall.words())]
    Walled {
        /// Which.
        wall: Wall,
        /// What was asked for.
        url: Url,
        /// The user agent that asked.
        agent: String,
    },
    /// The page links to several feeds.
    #[error("This site has several feeds.")]
    Several(Vec<Candidate>),
    /// The shelf is full.
    #[error("Your shelf is full: the limit here is {}.", feeds_in_words(*.0))]
    Full(u64),
    /// The articles of the shelf's feeds would have more MiB than they may.
    #[error("The articles of your feeds would have more than {0} MB here, which is the limit.")]
    Heavy(u64),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `1 feed`, `2 feeds`.
pub(super) fn feeds_in_words(count: u64) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} feed{plural}")
}

impl SubscribeError {
    /// Whether there is certainly no feed: not only for now.
    fn is_final(&self) -> bool {
        match self {
            Self::Status(status) => !matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Fetch(error) => {
                matches!(error, FetchError::NoSuchHost(_) | FetchError::Redirects(_))
            }
            Self::Walled { .. } | Self::Closed { .. } => false,
            _ => true,
        }
    }

    /// Whether the server didn't answer at all: another port may.
    pub(super) fn is_silence(&self) -> bool {
        use FetchError::{BadAnswer, NoConnection, Refused, Reset, Tls, TooSlow, Unreachable};
        let Self::Fetch(error) = self else {
            return false;
        };
        matches!(
            error,
            BadAnswer(_)
                | Refused(_)
                | Reset(_)
                | Tls { .. }
                | TooSlow(_)
                | Unreachable(_)
                | NoConnection(_)
        )
    }

    /// What the user can try.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Address(_) | Self::Blocked(_) => "Check the address, and try again.",
            Self::Fetch(_) => {
                "Open the address in a browser: if it works there, try again in a while."
            }
            Self::Status(_) => {
                "Open the site in a browser, look for its feed, and paste that address."
            }
            Self::Closed {
                was_tried: false, ..
            } => "Give the password, token or header that opens it, and try again.",
            Self::Closed { .. } | Self::Pass(_) => "Check what you entered, and try again.",
            Self::NotAFeed { .. } => {
                "Look on the site for “RSS”, “Atom” or “Feed”, and paste the address of that link."
            }
            Self::DeadFeed { .. } => {
                "Tell the site’s owner, or look there for another feed, and paste its address."
            }
            Self::Walled { .. } => "Only the site’s owner can let feed readers in: ask them to.",
            Self::Several(_) => "Choose one.",
            Self::Full(_) => "Remove one that you don’t read, and try again.",
            Self::Heavy(_) => "Remove a feed with large articles, and try again.",
            Self::Store(_) => "",
        }
    }
}

/// The feed at an address, everybody's or one reader's own.
pub(super) async fn known_feed(
    context: &RefreshContext,
    url: &str,
    of: Option<UserId>,
) -> Result<Option<FeedId>, StoreError> {
    let found = feeds::store::by_addresses(&context.store, &[(url, of)]).await?;
    Ok(found.into_iter().next().flatten())
}

/// Who asks: for feeds behind a door with a reader's pass, which is sent to the origin of the address that they typed only.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    context: &'a RefreshContext,
    pass: Option<(&'a Pass, &'a FeedAddress)>,
}

impl<'a> Asking<'a> {
    /// Without a pass.
    pub(super) fn openly(context: &'a RefreshContext) -> Self {
        Self {
            context,
            pass: None,
        }
    }

    /// With a pass for an address.
    pub(super) fn with(
        context: &'a RefreshContext,
        pass: Option<&'a Pass>,
        address: &'a FeedAddress,
    ) -> Self {
        let pass = pass.map(|pass| (pass, address));
        Self { context, pass }
    }

    /// The pass for another address.
    pub(super) fn pass_for(&self, url: &Url) -> Option<&'a Pass> {
        let (pass, address) = self.pass?;
        (address.origin() == url.origin()).then_some(pass)
    }

    /// Why a page that isn't a success can't be read.
    fn refusal(&self, url: &Url, answer: &Answer) -> SubscribeError {
        let was_tried = self.pass_for(url).is_some();
        match answer.status.as_u16() {
            401 => {}
            403 if was_tried => {}
            status => return SubscribeError::Status(status),
        }
        let why = refused(url, answer, was_tried);
        SubscribeError::Closed { why, was_tried }
    }
}

/// Most of the feeds that a page names that are requested.
const MAX_TRIED: usize = 10;

/// Most pages that send their visitors on.
const MAX_REFRESHES: usize = 2;

/// Finds a feed's address and document: at the address itself, at those that its page names, and only then at the usual
/// places, at most once a month at any host.
pub(super) async fn find(
    asking: Asking<'_>,
    url: FeedAddress,
) -> Result<(FeedAddress, Document), SubscribeError> {
    let context = asking.context;
    let mut place = url;
    for _ in 0..=MAX_REFRESHES {
        let answer = get(asking, &place).await?;
        if let Some(wall) = answer.wall.filter(|_| !answer.status.is_success()) {
            return Err(walled(context, &answer.url, wall));
        }
        if !answer.status.is_success() {
            return Err(asking.refusal(&place, &answer));
        }
        let page = Page::of(&answer);
        let error = match accept(&place, answer).await {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        if let Some(wall) = page.wall {
            return Err(walled(context, &page.url, wall));
        }
        let dead = match page.named(asking).await? {
            Named::Alive(found) => return Ok(*found),
            Named::None => None,
            Named::Dead(why) => Some(why),
            Named::Untold(error) => return Err(error),
        };
        let next = discover::refresh(&page.body, page.content_type.as_deref(), &page.url);
        let next = next
            .and_then(|next| FeedAddress::try_from(next).ok())
            .filter(|next| *next != place);
        if let Some(next) = next.filter(|_| dead.is_none()) {
            place = next;
            continue;
        }
        if matches!(error, ParseError::NotAFeed { .. })
            && let Some(found) = page.guessed(asking).await?
        {
            return Ok(found);
        }
        return Err(match dead {
            Some(why) => SubscribeError::DeadFeed { why },
            None => SubscribeError::NotAFeed {
                found: error.to_string(),
            },
        });
    }
    Err(FetchError::Redirects(place.to_string()).into())
}

fn walled(context: &RefreshContext, url: &Url, wall: Wall) -> SubscribeError {
    SubscribeError::Walled {
        wall,
        url: url.clone(),
        agent: context.web.public_agent(),
    }
}

/// A page that isn't a feed itself.
struct Page {
    url: Url,
    content_type: Option<String>,
    body: Vec<u8>,
    wall: Option<Wall>,
}

/// What became of the feeds that a page names.
enum Named {
    /// It names none.
    None,
    /// The only one that is there.
    Alive(Box<(FeedAddress, Document)>),
    /// None of them is there: why not the last.
    Dead(String),
    /// None could be read, and at least one may be there: its server is in trouble, or a wall stands before it.
    Untold(SubscribeError),
}

impl Page {
    fn of(answer: &Answer) -> Self {
        Self {
            url: answer.url.clone(),
            content_type: answer.content_type.clone(),
            body: answer.body.clone(),
            wall: answer.wall,
        }
    }

    /// Requests the feeds that the page names. One that is there is the result, several are offered, and those that are dead
    /// are not.
    async fn named(&self, asking: Asking<'_>) -> Result<Named, SubscribeError> {
        let mut candidates =
            discover::candidates(&self.body, self.content_type.as_deref(), &self.url);
        candidates.retain(|found| FeedAddress::try_from(found.url.clone()).is_ok());
        let untried = candidates.split_off(candidates.len().min(MAX_TRIED));
        let (mut alive, mut only, mut dead, mut untold) = (Vec::new(), None, None, None);
        for candidate in candidates {
            let Ok(address) = FeedAddress::try_from(candidate.url.clone()) else {
                continue;
            };
            // Linked addresses are checked like typed ones.
            match one(asking, &address).await {
                Ok(found) => {
                    alive.push(candidate);
                    only = Some(found);
                }
                Err(SubscribeError::Store(error)) => return Err(error.into()),
                Err(error) if error.is_final() => dead = Some(error.to_string()),
                Err(error) => untold = Some(error),
            }
        }
        // Nobody waits for more requests: the rest is offered as the page names it.
        alive.extend(untried);
        match (only, alive.len()) {
            (Some(found), 1) => Ok(Named::Alive(Box::new(found))),
            (_, 1..) => Err(SubscribeError::Several(alive)),
            (_, 0) => Ok(match (untold, dead) {
                (Some(error), _) => Named::Untold(error),
                (None, Some(why)) => Named::Dead(why),
                (None, None) => Named::None,
            }),
        }
    }

    /// The feed at one of the usual places, if this host may be searched.
    async fn guessed(
        &self,
        asking: Asking<'_>,
    ) -> Result<Option<(FeedAddress, Document)>, StoreError> {
        let context = asking.context;
        let host = self.url.host_str().unwrap_or_default();
        let minute = minute_of(context.clock.now());
        if !probe::store::begin(&context.store, host, minute).await? {
            return Ok(None);
        }
        for guess in discover::guesses(&self.body, &self.url) {
            if let Ok(guess) = FeedAddress::try_from(guess)
                && let Ok(found) = one(asking, &guess).await
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

async fn one(
    asking: Asking<'_>,
    url: &FeedAddress,
) -> Result<(FeedAddress, Document), SubscribeError> {
    let answer = get(asking, url).await?;
    if let Some(wall) = answer.wall.filter(|_| !answer.status.is_success()) {
        return Err(walled(asking.context, &answer.url, wall));
    }
    if !answer.status.is_success() {
        return Err(asking.refusal(url, &answer));
    }
    let found = accept(url, answer).await;
    found.map_err(|error| SubscribeError::NotAFeed {
        found: error.to_string(),
    })
}

pub(super) async fn get(asking: Asking<'_>, url: &Url) -> Result<Answer, FetchError> {
    let none = Validators::default();
    let (web, now) = (&asking.context.web, asking.context.clock.now());
    match asking.pass_for(url) {
        Some(pass) => get_with(web, url, &none, pass, now).await,
        None => web.get(url, &none, 0, now).await,
    }
}

/// The feed's address: the requested one, or the target if there were only permanent redirects. Nothing is stored yet,
/// so a mistaken redirect can't break anything.
pub(super) async fn accept(
    asked: &FeedAddress,
    answer: Answer,
) -> Result<(FeedAddress, Document), ParseError> {
    let mut document = read(answer).await?;
    let moved = document.moved_to.take();
    Ok((moved.unwrap_or_else(|| asked.clone()), document))
}
