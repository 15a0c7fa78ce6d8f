//! The words of pages, in the reader's language: Fluent messages from `locales/`.
//!
//! The language belongs to a request, as its deadline does: a task-local holds it while the request is answered, so that
//! no function that says something has to be handed it. A message without arguments is resolved once per language.
//!
//! <https://projectfluent.org/fluent/guide/>

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::{LazyLock, OnceLock};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_langneg::{NegotiationStrategy, negotiate_languages, parse_accepted_languages};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};
use http::{HeaderMap, header};
use rustc_hash::FxHashMap;
use unic_langid::LanguageIdentifier;

use crate::timestamp::Timestamp;
use crate::users::preferences::{Counts, Language, Preferences};
use crate::web::program_paths::is_by_token;

/// A file of messages in every language, compiled in.
struct Source {
    english: &'static str,
    german: &'static str,
    chinese: &'static str,
}

macro_rules! sources {
    ($($name:literal),* $(,)?) => {
        [$(Source {
            english: include_str!(concat!("../../../locales/en/", $name, ".ftl")),
            german: include_str!(concat!("../../../locales/de/", $name, ".ftl")),
            chinese: include_str!(concat!("../../../locales/zh-CN/", $name, ".ftl")),
        }),*]
    };
}

/// All files of messages.
static SOURCES: &[Source] = &sources!(
    "account", "admin", "article", "costs", "data", "device", "door", "edition", "feeds", "frame",
    "help", "house", "journal", "list", "mail", "media", "polling", "rules", "scripts", "search",
    "security", "settings", "shared", "times", "told",
);

/// The messages of one language: each is parsed when it is first said. A page says a tenth of them, and all together take
/// longer to parse than a process takes to start.
struct Catalogue {
    language: Language,
    messages: FxHashMap<&'static str, Message>,
    /// The messages that the scripts say, as one JSON object.
    scripts: OnceLock<String>,
}

/// A message as it stands in its file, and what it says once it was asked for.
struct Message {
    source: &'static str,
    said: OnceLock<Saying>,
}

/// What a message says.
enum Saying {
    /// The same always.
    Plain(String),
    /// Something that depends on its arguments: it is the only one in its bundle.
    OfArguments(FluentBundle<FluentResource>),
}

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::of(Language::English));
static GERMAN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::of(Language::German));
static CHINESE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::of(Language::Chinese));

/// Messages whose names begin so are for the scripts.
const FOR_SCRIPTS: &str = "js-";

/// The patterns of the messages in `told.ftl`, in English: what [`super::told`] recognises.
pub(super) fn told_patterns() -> Vec<(String, Vec<Piece>)> {
    let told = SOURCES.last().map_or("", |source| source.english);
    let resource = match FluentResource::try_new(told.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let patterns = resource.entries().filter_map(|entry| match entry {
        Entry::Message(message) => {
            let pieces = message.value.as_ref()?.elements.iter().map(piece);
            Some((message.id.name.to_owned(), pieces.collect()))
        }
        _ => None,
    });
    patterns.collect()
}

/// A part of a message: its own words, or an argument's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Words(String),
    Argument(String),
}

fn piece(element: &PatternElement<&str>) -> Piece {
    match element {
        PatternElement::TextElement { value } => Piece::Words((*value).to_owned()),
        PatternElement::Placeable {
            expression: Expression::Inline(InlineExpression::VariableReference { id }),
        } => Piece::Argument(id.name.to_owned()),
        // No other kind stands in that file; a test sees to it.
        PatternElement::Placeable { .. } => Piece::Argument(String::new()),
    }
}

impl Catalogue {
    fn of(language: Language) -> Self {
        let texts = SOURCES.iter().map(|source| match language {
            Language::English => source.english,
            Language::German => source.german,
            Language::Chinese => source.chinese,
        });
        let messages = texts.flat_map(cut).map(|(name, source)| {
            let said = OnceLock::new();
            (name, Message { source, said })
        });
        Self {
            language,
            messages: messages.collect(),
            scripts: OnceLock::new(),
        }
    }

    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::Chinese => &CHINESE,
        }
    }

    fn saying(&self, name: &str) -> Option<&Saying> {
        let message = self.messages.get(name)?;
        let parse = || Saying::of(name, message.source, self.language);
        Some(message.said.get_or_init(parse))
    }

    /// A message that takes no arguments.
    fn plain(&self, name: &str) -> Option<&str> {
        match self.saying(name)? {
            Saying::Plain(text) => Some(text),
            Saying::OfArguments(_) => None,
        }
    }

    fn scripts(&self) -> &str {
        self.scripts.get_or_init(|| {
            let names = self.messages.keys();
            let said = names.filter_map(|name| {
                let short = name.strip_prefix(FOR_SCRIPTS)?;
                Some((short, self.plain(name)?))
            });
            let said: std::collections::BTreeMap<&str, &str> = said.collect();
            serde_json::to_string(&said).unwrap_or_default()
        })
    }
}

/// The messages of a file, each by its name with its lines: none refers to another. A message begins where a line does, with
/// its name; what follows it is indented, or a closing brace.
fn cut(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut at = 0;
    let mut begun: Option<(&str, usize)> = None;
    let mut lines = text.split_inclusive('\n');
    std::iter::from_fn(move || {
        loop {
            let Some(line) = lines.next() else {
                let (name, from) = begun.take()?;
                return Some((name, &text[from..]));
            };
            let from = at;
            at += line.len();
            let name = name_of(line);
            if name.is_none() && !line.starts_with('#') {
                continue;
            }
            let before = std::mem::replace(&mut begun, name.map(|name| (name, from)));
            if let Some((name, began)) = before {
                return Some((name, &text[began..from]));
            }
        }
    })
}

/// The name of the message that begins with this line.
fn name_of(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end_matches(' ');
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    is_name.then_some(name)
}

impl Saying {
    /// What can't be parsed says nothing, and is missed by a test.
    fn of(name: &str, source: &str, language: Language) -> Self {
        let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Marks around arguments would be seen in titles, and copied with text; blocks have their own direction.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match language {
            Language::German => |value, _| number(value, '.'),
            Language::English | Language::Chinese => |value, _| number(value, ','),
        }));
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        let plain = bundle.get_message(name).and_then(|found| {
            let mut faults = Vec::new();
            let text = bundle.format_pattern(found.value()?, None, &mut faults);
            faults.is_empty().then(|| text.into_owned())
        });
        match plain {
            Some(text) => Self::Plain(text),
            None => Self::OfArguments(bundle),
        }
    }
}

/// A number with a separator between its thousands; everything else as it is.
fn number(value: &FluentValue<'_>, separator: char) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value >= 0.0 && number.value.fract() == 0.0 => {
            Some(super::grouped(number.value as u64, separator))
        }
        _ => None,
    }
}

/// How a request's pages say things.
#[derive(Clone, Copy, Debug, Default)]
struct Manner {
    language: Language,
    counts: Counts,
    /// The browser's time zone, as its script last told.
    zone: Option<Tz>,
}

tokio::task_local! {
    static MANNER: Cell<Manner>;
}

fn manner() -> Manner {
    MANNER.try_with(Cell::get).unwrap_or_default()
}

/// The language of the request that is being answered; English outside of one.
pub fn language() -> Language {
    manner().language
}

/// How unread articles are counted on the pages of this request.
pub fn counts() -> Counts {
    manner().counts
}

/// What stands between the thousands of a number.
pub fn separator() -> char {
    match language() {
        Language::German => '.',
        Language::English | Language::Chinese => ',',
    }
}

/// The account's own choices take the place of the browser's.
pub fn speak_as(preferences: &Preferences) {
    // Outside of a request nobody listens.
    let _ = MANNER.try_with(|manner| {
        manner.set(Manner {
            language: preferences.language.unwrap_or(manner.get().language),
            counts: preferences.counts,
            ..manner.get()
        });
    });
}

/// Answers a request in the best language of its `Accept-Language`. Programs are answered in English.
pub async fn layer(request: Request, next: Next) -> Response {
    let language = match is_by_token(request.uri().path()) {
        true => Language::English,
        false => accepted(request.headers()),
    };
    let manner = Manner {
        language,
        zone: zone(request.headers()),
        ..Manner::default()
    };
    MANNER.scope(Cell::new(manner), next.run(request)).await
}

/// The cookie that the script sets: the name of a zone in the IANA database.
const ZONE: &str = "dormouse-zone=";

fn zone(headers: &HeaderMap) -> Option<Tz> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    let mut named = pairs.filter_map(|pair| pair.trim().strip_prefix(ZONE));
    named.next()?.parse().ok()
}

/// A time in the reader's zone; in UTC if that isn't known.
pub fn local(at: Timestamp) -> DateTime<FixedOffset> {
    match manner().zone {
        Some(zone) => at.with_timezone(&zone).fixed_offset(),
        None => at.fixed_offset(),
    }
}

/// The name of the browser's zone; empty if it isn't known.
pub fn zone_name() -> &'static str {
    manner().zone.map_or("", Tz::name)
}

/// Whether the reader's zone is known.
pub fn has_zone() -> bool {
    manner().zone.is_some()
}

/// Runs `body` in a language.
pub fn in_language<T>(language: Language, body: impl FnOnce() -> T) -> T {
    let manner = Manner {
        language,
        ..Manner::default()
    };
    MANNER.sync_scope(Cell::new(manner), body)
}

/// The language that a browser asks for, of those that we speak.
pub fn accepted(headers: &HeaderMap) -> Language {
    static OURS: LazyLock<Vec<LanguageIdentifier>> = LazyLock::new(|| {
        let tags = Language::ALL.iter().map(|language| language.tag().parse());
        tags.filter_map(Result::ok).collect()
    });
    let asked = headers.get(header::ACCEPT_LANGUAGE);
    let Some(asked) = asked.and_then(|asked| asked.to_str().ok()) else {
        return Language::English;
    };
    // Longer ones aren't from a browser.
    let asked = parse_accepted_languages(&asked[..asked.len().min(200)]);
    let found = negotiate_languages(&asked, &OURS, None, NegotiationStrategy::Filtering);
    let found = found.first().map(|tag| tag.to_string());
    let named = |language: &&Language| found.as_deref() == Some(language.tag());
    Language::ALL
        .iter()
        .find(named)
        .copied()
        .unwrap_or_default()
}

/// A message that takes no arguments.
pub fn t(name: &str) -> &'static str {
    let own = Catalogue::in_language(language()).plain(name);
    match own.or_else(|| ENGLISH.plain(name)) {
        Some(text) => text,
        None => {
            tracing::error!(message = name, "there is no such message");
            ""
        }
    }
}

/// The messages of the scripts, as a JSON object.
pub fn for_scripts() -> &'static str {
    Catalogue::in_language(language()).scripts()
}

/// A number that a message can be given, or a reference to one, as templates have them.
pub trait Amount {
    /// The number.
    fn amount(self) -> u64;
}

impl Amount for i64 {
    /// Nothing is counted below 0.
    fn amount(self) -> u64 {
        self.max(0).unsigned_abs()
    }
}

macro_rules! amounts {
    ($($kind:ty),*) => {$(
        impl Amount for $kind {
            fn amount(self) -> u64 {
                self as u64
            }
        }
        impl Amount for &$kind {
            fn amount(self) -> u64 {
                *self as u64
            }
        }
    )*};
}

impl Amount for &i64 {
    fn amount(self) -> u64 {
        Amount::amount(*self)
    }
}

amounts!(u8, u16, u32, u64, usize);

/// A message with arguments.
pub fn msg(name: impl Into<Cow<'static, str>>) -> Said {
    Said {
        name: name.into(),
        arguments: FluentArgs::new(),
    }
}

/// A message whose arguments are being given. Its `Display` is the text.
#[derive(Debug)]
pub struct Said {
    name: Cow<'static, str>,
    arguments: FluentArgs<'static>,
}

impl Said {
    /// With a text.
    #[must_use]
    pub fn text(mut self, name: impl Into<Cow<'static, str>>, value: impl ToString) -> Self {
        self.arguments.set(name, value.to_string());
        self
    }

    /// With a number, which chooses the plural form and is grouped by thousands.
    #[must_use]
    pub fn number(mut self, name: &'static str, value: impl Amount) -> Self {
        self.arguments.set(name, value.amount());
        self
    }

    fn in_catalogue(&self, catalogue: &Catalogue) -> Option<String> {
        let bundle = match catalogue.saying(&self.name)? {
            Saying::Plain(text) => return Some(text.clone()),
            Saying::OfArguments(bundle) => bundle,
        };
        let pattern = bundle.get_message(&self.name)?.value()?;
        let mut faults = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&self.arguments), &mut faults);
        if !faults.is_empty() {
            tracing::error!(message = %self.name, ?faults, "a message lacks an argument");
        }
        Some(text.into_owned())
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let own = Catalogue::in_language(language());
        let text = self
            .in_catalogue(own)
            .or_else(|| self.in_catalogue(&ENGLISH));
        if text.is_none() {
            tracing::error!(message = %self.name, "there is no such message");
        }
        out.write_str(&text.unwrap_or_default())
    }
}

impl From<Said> for String {
    fn from(said: Said) -> Self {
        said.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each file read whole and read message by message is the same.
    #[test]
    fn a_file_cut_into_messages_loses_none() {
        for source in SOURCES {
            for text in [source.english, source.german, source.chinese] {
                let whole = FluentResource::try_new(text.to_owned()).unwrap();
                let mut cut = cut(text);
                for entry in whole.entries() {
                    let Entry::Message(message) = entry else {
                        let is_comment = matches!(
                            entry,
                            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_)
                        );
                        assert!(is_comment, "{entry:?}");
                        continue;
                    };
                    let (name, source) = cut.next().unwrap();
                    assert_eq!(name, message.id.name);
                    let alone = FluentResource::try_new(source.to_owned()).unwrap();
                    let alone: Vec<_> = alone.entries().collect();
                    let [Entry::Message(own)] = alone.as_slice() else {
                        panic!("{name}: {alone:?}");
                    };
                    assert_eq!(
                        (&own.value, &own.attributes),
                        (&message.value, &message.attributes)
                    );
                }
                assert_eq!(cut.next(), None);
            }
        }
    }

    /// A message of several lines ends with its last; what stands behind it in the file is another's.
    #[test]
    fn a_message_is_cut_where_the_next_begins() {
        let text =
            "# Of both.\none = { $n ->\n    [one] a = b\n   *[other] c\n}\n\n# More.\ntwo-b = d\n";
        let all: Vec<_> = cut(text).collect();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].0, "one");
        assert!(all[0].1.ends_with("}\n\n"), "{:?}", all[0]);
        assert_eq!(all[1], ("two-b", "two-b = d\n"));
    }
}
