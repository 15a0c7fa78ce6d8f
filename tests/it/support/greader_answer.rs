//! The answers of the Google Reader API as strict clients take them: a field that is missing, has another type, is empty where it
//! mustn't be, or that nobody knows, fails the test that got it.

use serde::Deserialize;

const DEMANDED: &str = "a client demands it";

/// Text that mustn't be empty.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Filled;

impl TryFrom<String> for Filled {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.trim() {
            "" => Err("empty"),
            _ => Ok(Self),
        }
    }
}

/// A positive number in decimal digits, sent as text.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Digits;

impl TryFrom<String> for Digits {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let number: Result<i64, _> = text.parse();
        match number {
            Ok(0..) if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Self),
            _ => Err("not digits"),
        }
    }
}

/// Text with one of some beginnings.
macro_rules! beginning {
    ($name:ident, $($start:literal),+) => {
        #[derive(Deserialize)]
        #[serde(try_from = "String")]
        struct $name;

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let starts = [$($start),+];
                match starts.iter().any(|start| text.len() > start.len() && text.starts_with(start)) {
                    true => Ok(Self),
                    false => Err(format!("{text:?} doesn’t begin with {starts:?}")),
                }
            }
        }
    };
}

beginning!(Address, "http://", "https://");
beginning!(LabelId, "user/-/label/");
beginning!(
    TagId,
    "user/-/state/com.google/",
    "user/-/label/",
    "user/-/state/org.freshrss/"
);
beginning!(StreamId, "feed/");
beginning!(CountId, "feed/", "user/-/");

/// The long form of an article's id: sixteen hexadecimal digits.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct ItemId;

impl TryFrom<String> for ItemId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let hex = text.strip_prefix("tag:google.com,2005:reader/item/");
        let is_hex = |hex: &str| hex.len() == 16 && hex.bytes().all(|one| one.is_ascii_hexdigit());
        hex.is_some_and(is_hex).then_some(Self).ok_or(text)
    }
}

macro_rules! shape {
    ($name:ident { $($(#[$of:meta])* $field:ident: $kind:ty),* $(,)? }) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        #[expect(dead_code, reason = "parsing is the check")]
        struct $name { $($(#[$of])* $field: $kind),* }
    };
}

shape!(Subscriptions {
    subscriptions: Vec<Subscription>
});
shape!(Subscription {
    id: StreamId,
    title: Filled,
    categories: Vec<Category>,
    url: Address,
    html_url: Address,
    icon_url: String,
    sortid: Filled,
    firstitemmsec: Digits,
});
shape!(Category {
    id: LabelId,
    label: Filled,
    #[serde(rename = "type")]
    kind: Filled
});
shape!(Tags { tags: Vec<Tag> });
/// One client's parse of the whole list fails on a third kind.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum TagKind {
    Folder,
    Tag,
}
shape!(Tag { id: TagId, sortid: Filled, #[serde(rename = "type")] kind: Option<TagKind> });
shape!(Counts { max: u32, unreadcounts: Vec<Count> });
shape!(Count {
    id: CountId,
    count: u32,
    newest_item_timestamp_usec: Digits,
});
shape!(Ids { item_refs: Vec<Reference>, continuation: Option<Filled> });
/// An article's number: sixteen digits, as one client needs.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Number;

impl TryFrom<String> for Number {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_one = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_one.then_some(Self).ok_or(text)
    }
}
shape!(Reference {
    id: Number,
    direct_stream_ids: Option<Vec<StreamId>>,
    timestamp_usec: Option<Digits>,
});
shape!(Contents {
    direction: Filled,
    id: Filled,
    title: String,
    updated: i64,
    items: Vec<Item>,
    continuation: Option<Filled>,
});
shape!(Item {
    id: ItemId,
    crawl_time_msec: Digits,
    timestamp_usec: Digits,
    published: i64,
    updated: i64,
    title: Filled,
    author: Option<Filled>,
    canonical: Links,
    alternate: Links,
    summary: Text,
    categories: Vec<TagId>,
    origin: Origin,
    #[serde(default)]
    enclosure: Vec<Enclosure>,
});
shape!(Link { href: Address, #[serde(rename = "type")] kind: Option<Filled> });
shape!(Text {
    direction: Filled,
    content: String
});
shape!(Origin {
    stream_id: StreamId,
    title: Filled,
    html_url: Address
});
shape!(Enclosure {
    href: Address,
    url: Address,
    #[serde(rename = "type")]
    kind: String,
    length: Option<u64>,
});
shape!(User {
    user_id: Filled,
    user_name: Filled,
    user_profile_id: Filled,
    user_email: Filled,
    #[serde(default)]
    is_blogger_user: bool,
    #[serde(default)]
    signup_time_sec: i64,
    #[serde(default)]
    is_multi_login_enabled: bool,
});

/// At least one: several clients take the first without looking.
#[derive(Deserialize)]
#[serde(try_from = "Vec<Link>")]
struct Links;

impl TryFrom<Vec<Link>> for Links {
    type Error = &'static str;

    fn try_from(links: Vec<Link>) -> Result<Self, Self::Error> {
        links.first().map(|_| Self).ok_or("no address")
    }
}

fn parse<T: serde::de::DeserializeOwned>(call: &str, text: &str) {
    if let Err(error) = serde_json::from_str::<T>(text) {
        panic!("{call}: {error}: {DEMANDED}: {text}");
    }
}

/// Fails if an answer isn't what the strictest client takes. `call` is what follows `/reader/api/0/`.
#[track_caller]
pub(crate) fn judge(call: &str, text: &str) {
    match call.split('?').next().unwrap_or_default() {
        "subscription/list" => parse::<Subscriptions>(call, text),
        "tag/list" => parse::<Tags>(call, text),
        "unread-count" => parse::<Counts>(call, text),
        "stream/items/ids" => parse::<Ids>(call, text),
        "user-info" => parse::<User>(call, text),
        path if path.starts_with("stream/contents") || path == "stream/items/contents" => {
            parse::<Contents>(call, text);
        }
        _ => {}
    }
}
