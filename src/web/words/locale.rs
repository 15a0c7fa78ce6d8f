//! The words of pages, in the reader's language: Fluent messages from `locales/`.
//!
//! The language belongs to a request, as its deadline does: a task-local holds it while the request is answered, so that
//! no function that says something has to be handed it. A message without arguments is resolved once per language.
//!
//! <https://projectfluent.org/fluent/guide/>

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::LazyLock;

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
    "account", "article", "costs", "edition", "feeds", "frame", "help", "journal", "list", "media",
    "polling", "rules", "scripts", "search", "settings", "shared", "times", "told",
);

/// The messages of one language.
struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    /// Those that take no arguments, resolved.
    plain: FxHashMap<String, String>,
    /// The messages that the scripts say, as one JSON object.
    scripts: String,
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
        let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Marks around arguments would be seen in titles, and copied with text; blocks have their own direction.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match language {
            Language::German => |value, _| number(value, '.'),
            Language::English | Language::Chinese => |value, _| number(value, ','),
        }));
        let mut names = Vec::new();
        for source in SOURCES {
            let text = match language {
                Language::English => source.english,
                Language::German => source.german,
                Language::Chinese => source.chinese,
            };
            // What can't be parsed is left out, and missed by a test.
            let resource = match FluentResource::try_new(text.to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            names.extend(resource.entries().filter_map(|entry| match entry {
                Entry::Message(message) => Some(message.id.name.to_owned()),
                _ => None,
            }));
            bundle.add_resource_overriding(resource);
        }
        let mut plain = FxHashMap::default();
        for name in names {
            let Some(pattern) = bundle.get_message(&name).and_then(|found| found.value()) else {
                continue;
            };
            let mut faults = Vec::new();
            let text = bundle.format_pattern(pattern, None, &mut faults);
            if faults.is_empty() {
                plain.insert(name, text.into_owned());
            }
        }
        let scripts = plain
            .iter()
            .filter_map(|(name, text)| Some((name.strip_prefix(FOR_SCRIPTS)?, text.as_str())));
        let scripts: std::collections::BTreeMap<&str, &str> = scripts.collect();
        let scripts = serde_json::to_string(&scripts).unwrap_or_default();
        Self {
            bundle,
            plain,
            scripts,
        }
    }

    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::Chinese => &CHINESE,
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
    let own = Catalogue::in_language(language()).plain.get(name);
    match own.or_else(|| ENGLISH.plain.get(name)) {
        Some(text) => text,
        None => {
            tracing::error!(message = name, "there is no such message");
            ""
        }
    }
}

/// The messages of the scripts, as a JSON object.
pub fn for_scripts() -> &'static str {
    &Catalogue::in_language(language()).scripts
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
        let pattern = catalogue.bundle.get_message(&self.name)?.value()?;
        let mut faults = Vec::new();
        let text = catalogue
            .bundle
            .format_pattern(pattern, Some(&self.arguments), &mut faults);
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
