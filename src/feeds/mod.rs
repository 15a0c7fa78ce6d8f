//! Feeds: what polling needs on the card, what deciding needs in the body.

pub mod address;
pub mod hub;
pub mod phase;
pub mod polling_hints;
pub mod store;

use serde::{Deserialize, Serialize};

pub use hub::Hub;

use crate::codec::cut;
use crate::datastore::Version;
use crate::ids::FeedId;
use crate::ids::Numbers;
use polling_hints::Wishes;

/// The most bytes of a validator on a card; a longer one is in the body alone, for one read more.
const VALIDATOR_BYTES: usize = 120;
/// The most bytes of a title on a card.
const TITLE_BYTES: usize = 200;
/// The most bytes of an error's text on a card.
const ERROR_BYTES: usize = 160;

/// The steps of the ladder in minutes, from hourly to weekly. Every feed is polled at one of these periods.
pub const LADDER: [i64; 9] = [60, 120, 240, 480, 720, 1_440, 2_880, 5_760, 10_080];

/// Where a feed stands on the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub enum Rung {
    /// Nobody who is awake reads it, it moved onto another, or it is gone for good: not polled.
    Off,
    /// Never fetched, or just woken: taken first.
    New,
    /// `LADDER[n]`.
    Step(u8),
}

impl Rung {
    /// All rungs that are polled, first the new feeds'.
    pub fn polled() -> impl Iterator<Item = Self> {
        let steps = (0_u8..).zip(LADDER).map(|(step, _)| Self::Step(step));
        std::iter::once(Self::New).chain(steps)
    }

    /// The period in minutes; `None` off the ladder and for new feeds.
    pub fn period(self) -> Option<i64> {
        match self {
            Self::Step(step) => LADDER.get(usize::from(step)).copied(),
            Self::Off | Self::New => None,
        }
    }
}

impl From<Rung> for i64 {
    fn from(rung: Rung) -> Self {
        match rung {
            Rung::Off => -1,
            Rung::New => 0,
            Rung::Step(step) => i64::from(step) + 1,
        }
    }
}

impl TryFrom<i64> for Rung {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        match number {
            -1 => Ok(Self::Off),
            0 => Ok(Self::New),
            1..=9 => Ok(Self::Step(u8::try_from(number - 1).unwrap_or_default())),
            other => Err(format!("{other} is no rung")),
        }
    }
}

/// What a server gave to ask "has it changed since" with: opaque, sent back byte for byte, replaced together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified`.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// The address that they belong to, where a redirect led away from the feed's own: they are sent to no other.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

impl Validators {
    /// Whether there is none.
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
/// Names are short because they are stored with each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The address that is asked.
    #[serde(rename = "u")]
    pub url: String,
    /// Its validators, unless they are too long for a card.
    #[serde(rename = "v", default, skip_serializing_if = "Validators::is_empty")]
    pub validators: Validators,
    /// Whether the validators are in the body alone.
    #[serde(rename = "V", default, skip_serializing_if = "is_false")]
    pub validators_in_body: bool,
    /// Digest of the last document's entries.
    #[serde(rename = "d", default, skip_serializing_if = "String::is_empty")]
    pub digest: String,
    /// The oldest article kept.
    #[serde(rename = "f")]
    pub first: u32,
    /// The newest article; 0 where there was never one.
    #[serde(rename = "l")]
    pub last: u32,
    /// The river's key of the newest article, in microseconds; 0 where there is none.
    #[serde(rename = "n", default)]
    pub newest: i64,
    /// The minute before which it isn't asked; 0 for none.
    #[serde(rename = "b", default, skip_serializing_if = "is_zero")]
    pub not_before: i64,
    /// The minute at which it was asked when this card was written; 0 where nothing is known.
    #[serde(rename = "a", default, skip_serializing_if = "is_zero")]
    pub asked: i64,
    /// What its publisher asks of those who ask.
    #[serde(rename = "k", default, skip_serializing_if = "Wishes::is_none")]
    pub wishes: Wishes,
    /// The minute since which all answers came from one other address, by permanent redirects; 0 for none.
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    pub moved_since: i64,
    /// The feed that it moved onto for good: it rests, and its readers follow. Absent from nearly all.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub onto: Option<FeedId>,
    /// The publisher's title; empty until the first fetch.
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The site's address.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Who reads it, awake or asleep.
    #[serde(rename = "s", default)]
    pub subscribers: u32,
    /// How many of them are asleep. Absent from older cards, whose readers are all awake.
    #[serde(rename = "z", default, skip_serializing_if = "is_zero_u32")]
    pub asleep: u32,
    /// The day since which nobody reads it, in days since 1970; 0 while somebody does.
    #[serde(rename = "y", default, skip_serializing_if = "is_zero")]
    pub orphaned_day: i64,
    /// Where it stands on the ladder.
    #[serde(rename = "r")]
    pub rung: Rung,
    /// The typical gap between its articles in minutes; 0 where unknown.
    #[serde(rename = "g", default, skip_serializing_if = "is_zero")]
    pub gap: i64,
    /// Failed polls in a row.
    #[serde(rename = "c", default, skip_serializing_if = "is_zero_u32")]
    pub failures: u32,
    /// The last failure in plain words, while it lasts.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The minute until which its hub pushes what is new, so that it is polled once a day at most; 0 while none does.
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    pub pushed_until: i64,
    /// The newest article of the first document: whoever came before that found these.
    #[serde(rename = "j", default, skip_serializing_if = "is_zero_u32")]
    pub opening: u32,
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

impl Card {
    /// A feed that nobody has asked yet.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            validators: Validators::default(),
            validators_in_body: false,
            digest: String::new(),
            first: 1,
            last: 0,
            newest: 0,
            not_before: 0,
            asked: 0,
            wishes: Wishes::default(),
            moved_since: 0,
            onto: None,
            title: String::new(),
            site: None,
            subscribers: 0,
            asleep: 0,
            orphaned_day: 0,
            rung: Rung::New,
            gap: 0,
            failures: 0,
            error: None,
            pushed_until: 0,
            opening: 0,
        }
    }

    /// Whether a document of it was ever read.
    pub fn is_read(&self) -> bool {
        self.last > 0 || !self.digest.is_empty()
    }

    /// The newest article that somebody who comes now finds; `None` where that is only known when the feed is fetched.
    pub fn found_last(&self) -> Option<u32> {
        self.is_read().then_some(self.last)
    }

    /// Whether its server gives something to ask with whether it has changed.
    pub fn has_validators(&self) -> bool {
        self.validators_in_body || !self.validators.is_empty()
    }

    /// How many of its readers are awake: nobody is asked for a feed with none.
    pub fn awake(&self) -> u32 {
        self.subscribers.saturating_sub(self.asleep)
    }

    /// Whether its publisher has taken it down for good. A feed that only rests has no error.
    pub fn is_gone(&self) -> bool {
        self.rung == Rung::Off && self.error.is_some()
    }

    /// Whether nobody will be asked for it, whoever reads it: it is gone, or moved onto another.
    pub fn is_over(&self) -> bool {
        self.is_gone() || self.onto.is_some()
    }

    /// Whether it waits for its first fetch, or for the one after its sleep, and may be asked at once. One whose first fetches failed doesn't: it stands on the first rung too, and
    /// is asked again when its pause is over.
    pub fn is_waiting(&self) -> bool {
        self.rung == Rung::New && self.failures == 0 && self.not_before == 0
    }

    /// The numbers of the articles that it has.
    pub fn numbers(&self, feed: FeedId) -> Numbers {
        Numbers {
            feed,
            first: self.first,
            last: self.last,
        }
    }

    /// The card's JSON, at most 1,500 bytes: an address has at most 1,000, and what is too long gives up the site, then
    /// the error's words, then the title's end.
    fn to_json(&self) -> String {
        let mut card = self.clone();
        card.title = cut(&card.title, TITLE_BYTES);
        card.error = card.error.map(|error| cut(&error, ERROR_BYTES));
        card.site = card.site.filter(|site| site.len() <= address::LONGEST);
        if !card.validators.fit_a_card() {
            card.validators = Validators::default();
            card.validators_in_body = true;
        }
        let drops: [fn(&mut Self); 5] = [
            |_| {},
            |card| card.site = None,
            |card| card.error = card.error.take().map(|_| "The last fetch failed.".into()),
            |card| card.title = cut(&card.title, 60),
            |card| {
                card.validators_in_body |= !card.validators.is_empty();
                card.validators = Validators::default();
            },
        ];
        let mut json = String::new();
        for drop in drops {
            drop(&mut card);
            json = serde_json::to_string(&card).unwrap_or_default();
            if json.len() <= crate::codec::CARD_BYTES {
                break;
            }
        }
        json
    }
}

/// What is remembered of one entry, so that it is known again. See `fetch::identity` for how the hashes are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Hash of what makes it this entry.
    #[serde(rename = "i")]
    pub identity: u64,
    /// Hash of what it says.
    #[serde(rename = "c")]
    pub content: u64,
    /// The article's number; below the feed's first, the article isn't kept any more.
    #[serde(rename = "s")]
    pub seq: u32,
    /// The minute of its arrival.
    #[serde(rename = "a")]
    pub arrived: i64,
    /// Whether it stood in the last document.
    #[serde(rename = "p", default)]
    pub present: bool,
    /// Its second identity: the publisher's id without scheme, host, case and trackers. 0 where the id isn't its
    /// identity, and in windows from before it was kept.
    #[serde(rename = "t", default, skip_serializing_if = "is_zero_u64")]
    pub second: u64,
    /// Hash of its link, stripped likewise; 0 for none.
    #[serde(rename = "l", default, skip_serializing_if = "is_zero_u64")]
    pub link: u64,
    /// Hash of its title and date; 0 where it has neither.
    #[serde(rename = "d", default, skip_serializing_if = "is_zero_u64")]
    pub title: u64,
    /// The minute of its last change, to its text or to its identity; 0 for none.
    #[serde(rename = "e", default, skip_serializing_if = "is_zero")]
    pub changed: i64,
}

/// What deciding and the feed's page need: read by key, one read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// The entries of the last document, the articles kept, and some that are neither any more.
    pub window: Vec<Fingerprint>,
    /// Hashes of ids, links and titles that stood at several entries of one document: none is anybody's identity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<u64>,
    /// The validators, wherever the card has no room for them.
    pub validators: Validators,
    /// What the publisher says it is about.
    pub subtitle: Option<String>,
    /// What had to be mended before the document could be read, in plain words.
    pub repairs: Vec<String>,
    /// The last failure in full, while it lasts.
    pub error: Option<String>,
    /// The minute of the first failure of the row that lasts; 0 for none.
    pub failing_since: i64,
    /// Where permanent redirects led at the last fetch, and the minute since when.
    pub moved_to: Option<(String, i64)>,
    /// Addresses that it had before: they lead to it as before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The hub that its publisher names, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub: Option<Hub>,
}

/// A feed's card with its id: what lists and polling work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which.
    pub id: FeedId,
    /// The card.
    pub card: Card,
}

/// A feed as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Which.
    pub id: FeedId,
    /// The card.
    pub card: Card,
    /// The body.
    pub body: Body,
    /// The version that was read; 0 for one that isn't stored yet.
    pub version: Version,
}

/// A feed that nobody has fetched yet, as what the first fetch is decided on.
pub fn unknown(id: crate::ids::FeedId, url: &str) -> Feed {
    Feed {
        id,
        card: Card::new(url),
        body: Body::default(),
        version: 0,
    }
}

impl Feed {
    /// Whether pushes replace polling at this minute: a hub has confirmed, and its lease lasts.
    pub fn is_pushed(&self, minute: i64) -> bool {
        self.card.pushed_until > minute
    }

    /// Nobody awake reads it: the lease is left to lapse, and the hub is asked anew as soon as somebody does. What it has
    /// refused before still counts.
    pub fn leave_hub(&mut self) {
        self.card.pushed_until = 0;
        if let Some(hub) = &mut self.body.hub {
            if hub.until > 0 || hub.asked > 0 {
                hub.due = 1;
            }
            (hub.asked, hub.until) = (0, 0);
        }
    }
}
