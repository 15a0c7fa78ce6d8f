//! Feeds: the summary holds what polling needs, the body what deciding needs.

pub mod address;
pub mod arrivals;
pub mod door;
pub mod edits;
pub mod hub;
pub mod phase;
pub mod podcast;
pub mod polling_hints;
pub mod probe;
pub mod shorthand;
pub mod sign;
pub mod store;
pub mod times;
pub mod wall;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use address::FeedAddress;
pub use arrivals::Arrivals;
pub use door::Door;
pub use edits::Edits;
pub use hub::Hub;
pub use sign::Sign;
pub use times::Times;
pub use wall::Wall;

use crate::codec::cut;
use crate::datastore::Version;
use crate::ids::FeedId;
use crate::ids::{Numbers, UserId};
use polling_hints::PollingHints;

/// Longest validator in a summary, in bytes; a longer one is only in the body, at the cost of one more read.
const VALIDATOR_BYTES: usize = 120;
/// Longest title in a summary, in bytes.
const TITLE_BYTES: usize = 200;
/// Longest sealed pass in a summary, in bytes; a longer one is only in the body, at the cost of one more read for each fetch.
const SEALED_BYTES: usize = 400;
/// What the times, or the arrivals, take in a summary besides themselves: `,"T":""`.
const TIMES_FRAME: usize = 7;
/// Longest error text in a summary, in bytes.
const ERROR_BYTES: usize = 160;

/// Days without a subscriber after which a feed is deleted.
pub const ORPHAN_DAYS: i64 = 90;

/// The poll periods in minutes, from hourly to weekly. Every feed is polled at one of them.
pub const POLL_PERIODS: [i64; 9] = [60, 120, 240, 480, 720, 1_440, 2_880, 5_760, 10_080];

/// How often a feed is polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub enum PollTier {
    /// Not polled: it has no active subscriber, was merged into another feed, or is gone for good.
    Off,
    /// Never fetched, or just reactivated: polled first.
    New,
    /// Polled every `POLL_PERIODS[n]` minutes.
    Step(u8),
}

impl PollTier {
    /// All polled tiers, the new feeds' first.
    pub fn polled() -> impl Iterator<Item = Self> {
        let steps = (0_u8..).zip(POLL_PERIODS).map(|(step, _)| Self::Step(step));
        std::iter::once(Self::New).chain(steps)
    }

    /// The period in minutes; `None` for new and unscheduled feeds.
    pub fn period(self) -> Option<i64> {
        match self {
            Self::Step(step) => POLL_PERIODS.get(usize::from(step)).copied(),
            Self::Off | Self::New => None,
        }
    }
}

impl From<PollTier> for i64 {
    fn from(tier: PollTier) -> Self {
        match tier {
            PollTier::Off => -1,
            PollTier::New => 0,
            PollTier::Step(step) => i64::from(step) + 1,
        }
    }
}

impl TryFrom<i64> for PollTier {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        match number {
            -1 => Ok(Self::Off),
            0 => Ok(Self::New),
            1..=9 => Ok(Self::Step(u8::try_from(number - 1).unwrap_or_default())),
            other => Err(format!("{other} is not a poll tier")),
        }
    }
}

/// A server's validators for conditional requests: opaque, sent back byte for byte, replaced together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The value of `ETag`, quotes included; `None` if the server sent none.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The value of `Last-Modified`, unparsed; `None` if the server sent none.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// The address they belong to, if a redirect led away from the feed's own: they are sent to no other.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

impl Validators {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    fn fit_a_card(&self) -> bool {
        [&self.etag, &self.last_modified, &self.of]
            .into_iter()
            .flatten()
            .all(|text| text.len() <= VALIDATOR_BYTES)
    }
}

/// What polling and lists need of a feed, in one indexed string: read by projection, up to 1,000 for one read.
///
/// Names are short because they are stored with each feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedSummary {
    /// The address to fetch.
    #[serde(rename = "u")]
    pub url: FeedAddress,
    /// Its validators, unless they are too long for the summary.
    #[serde(rename = "v", default, skip_serializing_if = "Validators::is_empty")]
    pub validators: Validators,
    /// Whether the validators are only in the body.
    #[serde(rename = "V", default, skip_serializing_if = "is_false")]
    pub validators_in_body: bool,
    /// Digest of the last document's entries.
    #[serde(rename = "d", default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// The oldest article kept.
    #[serde(rename = "f")]
    pub first: u32,
    /// The newest article; 0 if there was never one.
    #[serde(rename = "l")]
    pub last: u32,
    /// The timeline key of the newest article, in microseconds; 0 if there is none.
    #[serde(rename = "n", default)]
    pub newest: i64,
    /// The minute before which it isn't fetched; 0 for none.
    #[serde(rename = "b", default, skip_serializing_if = "is_zero")]
    pub not_before: i64,
    /// The minute of the last check when this summary was written; 0 if unknown.
    #[serde(rename = "a", default, skip_serializing_if = "is_zero")]
    pub asked: i64,
    /// The publisher's polling hints.
    #[serde(rename = "k", default, skip_serializing_if = "PollingHints::is_none")]
    pub hints: PollingHints,
    /// The minute since which all responses came from one other address by permanent redirects; 0 for none.
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    pub moved_since: i64,
    /// The feed it was merged into after a permanent move: this one is inactive, and its subscribers are moved. Absent
    /// from nearly all.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub onto: Option<FeedId>,
    /// The publisher's title; empty until the first fetch.
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The website's address.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Number of subscribers, active or inactive.
    #[serde(rename = "s", default)]
    pub subscribers: u32,
    /// How many of them are inactive. Absent from older summaries, whose subscribers are all active.
    #[serde(rename = "z", default, skip_serializing_if = "is_zero_u32")]
    pub asleep: u32,
    /// The day since which it has no subscribers, in days since 1970; 0 while it has some.
    #[serde(rename = "y", default, skip_serializing_if = "is_zero")]
    pub orphaned_day: i64,
    /// How often it is polled; [`PollTier::Off`] for never.
    #[serde(rename = "r")]
    pub tier: PollTier,
    /// The typical gap between its articles in minutes; 0 if unknown.
    #[serde(rename = "g", default, skip_serializing_if = "is_zero")]
    pub gap: i64,
    /// Failed polls in a row.
    #[serde(rename = "c", default, skip_serializing_if = "is_zero_u32")]
    pub failures: u32,
    /// The last failure in plain words, while it lasts.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What the last failure is a sign of, while it lasts.
    #[serde(rename = "q", default, skip_serializing_if = "Sign::is_none")]
    pub sign: Sign,
    /// The minute until which its hub pushes updates, so that it is polled at most once a day; 0 if none does.
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    pub pushed_until: i64,
    /// The newest article of the first document: earlier subscribers start with these.
    #[serde(rename = "j", default, skip_serializing_if = "is_zero_u32")]
    pub opening: u32,
    /// Bytes of its articles' texts, about; 0 in summaries from before this was reckoned.
    #[serde(rename = "i", default, skip_serializing_if = "is_zero_u64")]
    pub bytes: u64,
    /// Whether an administrator has paused it for everybody.
    #[serde(rename = "P", default, skip_serializing_if = "is_false")]
    pub is_stopped: bool,
    /// How many webhooks are told of its news.
    #[serde(rename = "H", default, skip_serializing_if = "is_zero_u32")]
    pub hooks: u32,
    /// The article from which on all are in its list of words; 0 if none is, as in summaries from before there was one.
    #[serde(rename = "h", default, skip_serializing_if = "is_zero_u32")]
    pub indexed: u32,
    /// The articles that its publisher changed last.
    #[serde(rename = "e", default, skip_serializing_if = "Edits::is_empty")]
    pub edits: Edits,
    /// When its articles stand in timelines; unknown in older summaries.
    #[serde(rename = "T", default, skip_serializing_if = "Times::are_unknown")]
    pub times: Times,
    /// How long after that they came.
    #[serde(rename = "L", default, skip_serializing_if = "Arrivals::are_unknown")]
    pub arrivals: Arrivals,
    /// The door that it stands behind: then it is one reader's own. Absent from nearly all.
    #[serde(rename = "D", default, skip_serializing_if = "Option::is_none")]
    pub door: Option<Door>,
}

fn is_false(yes: &bool) -> bool {
    !yes
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

fn is_zero_u64(number: &u64) -> bool {
    *number == 0
}

fn is_zero_u32(number: &u32) -> bool {
    *number == 0
}

impl FeedSummary {
    /// Whether something keeps it from being read by those who have it.
    pub fn is_troubled(&self) -> bool {
        self.subscribers > 0
            && !self.is_stopped
            && (self.is_gone() || (self.failures > 0 && self.error.is_some()))
    }

    /// Whether it posts less than once a week, as far as that is known.
    pub fn is_seldom(&self) -> bool {
        /// Minutes.
        const WEEK: i64 = 7 * 24 * 60;
        self.gap > WEEK
    }

    /// A feed that was never fetched.
    pub fn new(url: FeedAddress) -> Self {
        Self {
            url,
            validators: Validators::default(),
            validators_in_body: false,
            digest: String::new(),
            first: 1,
            last: 0,
            newest: 0,
            not_before: 0,
            asked: 0,
            hints: PollingHints::default(),
            moved_since: 0,
            onto: None,
            title: String::new(),
            site: None,
            subscribers: 0,
            asleep: 0,
            orphaned_day: 0,
            tier: PollTier::New,
            gap: 0,
            failures: 0,
            error: None,
            sign: Sign::NONE,
            pushed_until: 0,
            opening: 0,
            bytes: 0,
            is_stopped: false,
            hooks: 0,
            indexed: 0,
            edits: Edits::default(),
            times: Times::EMPTY,
            arrivals: Arrivals::default(),
            door: None,
        }
    }

    /// Whether a user may read it: all but what is behind another's door.
    pub fn is_open_to(&self, user: UserId) -> bool {
        self.door.as_ref().is_none_or(|door| door.of == user)
    }

    /// Whether it is behind a door, and this user's own.
    pub fn is_behind_door_of(&self, user: UserId) -> bool {
        self.door.as_ref().is_some_and(|door| door.of == user)
    }

    /// The day to note when its last subscriber leaves: a feed behind a door is nobody's any more, and goes with the clean-up
    /// of the day after the next.
    pub fn orphaned_on(&self, day: i64) -> i64 {
        match self.door {
            Some(_) => day + 1 - ORPHAN_DAYS,
            None => day,
        }
    }

    /// Whether a document of it was ever parsed.
    pub fn is_read(&self) -> bool {
        self.last > 0 || !self.digest.is_empty()
    }

    /// The newest article a new subscriber finds; `None` if that is only known after the first fetch.
    pub fn found_last(&self) -> Option<u32> {
        self.is_read().then_some(self.last)
    }

    /// Whether its server sends validators for conditional requests.
    pub fn has_validators(&self) -> bool {
        self.validators_in_body || !self.validators.is_empty()
    }

    /// Number of active subscribers: a feed with none isn't polled.
    pub fn awake(&self) -> u32 {
        self.subscribers.saturating_sub(self.asleep)
    }

    /// Whether pushes replace polling at this minute: a hub has confirmed, and its lease is valid.
    pub fn is_pushed(&self, minute: i64) -> bool {
        (minute + 1..minute + hub::TOO_FAR).contains(&self.pushed_until)
    }

    /// The numbers of its articles that aren't in its list of words yet; empty if all are.
    pub fn unindexed(&self) -> std::ops::Range<u32> {
        match self.indexed {
            0 => self.first..self.last + 1,
            indexed => self.first..indexed.max(self.first),
        }
    }

    /// Whether its publisher has removed it for good. A feed that is only inactive has no error.
    pub fn is_gone(&self) -> bool {
        self.tier == PollTier::Off && self.error.is_some()
    }

    /// Whether it isn't fetched even with subscribers: it is gone, merged into another, or paused for everybody.
    pub fn is_over(&self) -> bool {
        self.is_gone() || self.onto.is_some() || self.is_stopped
    }

    /// Whether it is waiting for its first fetch, or the first after a pause in polling, and may be fetched at once.
    ///
    /// A feed whose first fetches failed isn't: it is on the same tier, but is retried only when its pause is over.
    pub fn is_waiting(&self) -> bool {
        self.tier == PollTier::New && self.failures == 0 && self.not_before == 0
    }

    /// The numbers of its articles.
    pub fn numbers(&self, feed: FeedId) -> Numbers {
        Numbers {
            feed,
            first: self.first,
            last: self.last,
        }
    }

    /// The summary as JSON, at most 1,500 bytes. An address has at most 1,000; if the rest is too long, the arrivals and then the
    /// times of the oldest articles are dropped first, then the edits, the site, the error's text, then the end of the title, and
    /// then what the body has too: a door's pass, and the validators.
    fn to_json(&self) -> String {
        let mut summary = self.clone();
        let times = std::mem::take(&mut summary.times);
        let arrivals = std::mem::take(&mut summary.arrivals);
        summary.title = cut(&summary.title, TITLE_BYTES);
        summary.error = summary.error.map(|error| cut(&error, ERROR_BYTES));
        summary.site = summary
            .site
            .filter(|site| site.len() <= address::MAX_ADDRESS_BYTES);
        if !summary.validators.fit_a_card() {
            summary.validators = Validators::default();
            summary.validators_in_body = true;
        }
        if let Some(door) = summary.door.as_mut()
            && door.sealed.len() > SEALED_BYTES
        {
            door.sealed.clear();
        }
        let drops: [fn(&mut Self); 7] = [
            |_| {},
            |summary| summary.edits = Edits::default(),
            |summary| summary.site = None,
            |summary| {
                summary.error = summary
                    .error
                    .take()
                    .map(|_| "The last fetch failed.".into())
            },
            |summary| summary.title = cut(&summary.title, 60),
            |summary| {
                if let Some(door) = summary.door.as_mut() {
                    door.sealed.clear();
                }
            },
            |summary| {
                summary.validators_in_body |= !summary.validators.is_empty();
                summary.validators = Validators::default();
            },
        ];
        let mut json = String::new();
        for drop in drops {
            drop(&mut summary);
            json = serde_json::to_string(&summary).unwrap_or_default();
            if json.len() <= crate::codec::CARD_BYTES {
                break;
            }
        }
        let room = crate::codec::CARD_BYTES.saturating_sub(json.len() + TIMES_FRAME);
        summary.times = times.fitted(room);
        // Without room for any, they stay unknown.
        if room < 8 || summary.times.are_unknown() {
            return json;
        }
        let json = serde_json::to_string(&summary).unwrap_or(json);
        let room = crate::codec::CARD_BYTES.saturating_sub(json.len() + TIMES_FRAME);
        summary.arrivals = arrivals.fitted(room);
        if summary.arrivals.are_unknown() {
            return json;
        }
        serde_json::to_string(&summary).unwrap_or(json)
    }
}

/// What is remembered of one entry, to recognize it. See `update::entry_id` for how the hashes are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Hash of its identity.
    #[serde(rename = "i")]
    pub identity: u64,
    /// Hash of its content.
    #[serde(rename = "c")]
    pub content: u64,
    /// The article's number; below the feed's first, the article is no longer kept.
    #[serde(rename = "s")]
    pub seq: u32,
    /// The minute of its arrival.
    #[serde(rename = "a")]
    pub arrived: i64,
    /// Whether it was in the last document.
    #[serde(rename = "p", default)]
    pub present: bool,
    /// Its second identity: the publisher's id without scheme, host, case and trackers. 0 if the id isn't its identity,
    /// and in windows stored before this existed.
    #[serde(rename = "t", default, skip_serializing_if = "is_zero_u64")]
    pub second: u64,
    /// Hash of its link, normalized likewise; 0 for none.
    #[serde(rename = "l", default, skip_serializing_if = "is_zero_u64")]
    pub link: u64,
    /// Hash of its title and date; 0 if it has neither.
    #[serde(rename = "d", default, skip_serializing_if = "is_zero_u64")]
    pub title: u64,
    /// The minute of its last change, to its text or its identity; 0 for none.
    #[serde(rename = "e", default, skip_serializing_if = "is_zero")]
    pub changed: i64,
}

/// What deciding and the feed's page need: read by key, one read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// The entries of the last document, the articles kept, and some that are no longer either.
    pub window: Vec<Fingerprint>,
    /// Hashes of ids, links and titles that several entries of one document had: they don't identify an entry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<u64>,
    /// The validators, if they don't fit into the summary.
    pub validators: Validators,
    /// The publisher's description.
    pub subtitle: Option<String>,
    /// What had to be repaired before the document could be parsed, in plain words.
    pub repairs: Vec<String>,
    /// The last failure in full, while it lasts.
    pub error: Option<String>,
    /// How many articles fit into the bytes that a feed may have, if not all do that would be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fitting: Option<u32>,
    /// The protection service that keeps us out, while it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall: Option<Wall>,
    /// The minute of the first of the current failures in a row; 0 for none.
    pub failing_since: i64,
    /// Where permanent redirects led at the last fetch, and the minute since when.
    pub moved_to: Option<(FeedAddress, i64)>,
    /// Its former addresses, which still lead to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<FeedAddress>,
    /// The hub named by its publisher, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub: Option<Hub>,
    /// The sealed pass of its door, for a card that has no room for it: only as it is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
}

/// A feed's summary with its id: what lists and polling work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number in the key of its record.
    pub id: FeedId,
    /// The card: what lists and polling need.
    pub summary: FeedSummary,
}

/// A feed as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The number in the key of its record.
    pub id: FeedId,
    /// The card: what lists and polling need.
    pub summary: FeedSummary,
    /// What isn't on the card: read only with the whole record.
    pub body: Body,
    /// The words of its articles, packed, for [`Words::open`](crate::search::Words::open); empty if none is indexed.
    pub words: Arc<[u8]>,
    /// The version that was read; 0 if it isn't stored yet.
    pub version: Version,
}

/// A feed that was never fetched, as input for deciding its first fetch.
pub fn unknown(id: FeedId, url: FeedAddress) -> Feed {
    Feed {
        id,
        summary: FeedSummary::new(url),
        body: Body::default(),
        words: Arc::default(),
        version: 0,
    }
}

impl Feed {
    /// Whether pushes replace polling at this minute: a hub has confirmed, and its lease is valid.
    pub fn is_pushed(&self, minute: i64) -> bool {
        self.summary.is_pushed(minute)
    }

    /// Lets the lease lapse, since the feed has no active subscriber; the hub is subscribed to again once it has one.
    ///
    /// Earlier failures still count.
    pub fn leave_hub(&mut self) {
        self.summary.pushed_until = 0;
        if let Some(hub) = &mut self.body.hub {
            if hub.until > 0 || hub.asked > 0 {
                hub.due = 1;
            }
            (hub.asked, hub.until) = (0, 0);
        }
    }
}
