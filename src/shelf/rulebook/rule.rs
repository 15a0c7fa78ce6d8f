//! A rule as it is stored, and what one must be.

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use crate::html::language;
use crate::html::visible::visible;
use crate::ids::FeedId;
use crate::search::fold::folded;
use crate::search::tokens;
use crate::shelf::tags::{BadTag, one_tag};

/// Most rules of a reader.
pub const MOST_RULES: usize = 60;
/// Most conditions of a rule.
pub const MOST_CONDITIONS: usize = 10;
/// Longest name, in bytes.
const NAME_BYTES: usize = 80;
/// Longest text of a condition, in bytes.
pub const TEXT_BYTES: usize = 300;
/// Size of a compiled expression, in bytes, and of what it remembers while it matches.
const REGEX_BYTES: usize = 256 * 1_024;

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// All of them, as they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its word in forms and the store.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// From that word.
            pub fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let mut text = utoipa::openapi::Object::with_type(utoipa::openapi::Type::String);
                let words = Self::ALL.iter().map(|one| one.word().into());
                text.enum_values = Some(words.collect());
                utoipa::openapi::RefOr::T(text.into())
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                concat!("Rule", stringify!($name)).into()
            }
        }
    };
}

words! {
    /// What a condition looks at.
    What {
        /// The title.
        Title = "title",
        /// The author's name.
        Author = "author",
        /// The beginning of the text.
        Snippet = "snippet",
        /// The whole text, by the words that its feed's record has.
        Text = "text",
        /// The address.
        Link = "link",
        /// One of the first three categories.
        Category = "category",
        /// The feed's name.
        Feed = "feed",
        /// The path of a folder that the feed stands in.
        Folder = "folder",
        /// The language of the text: `en`, `de`.
        Language = "language",
        /// How old it is, in days.
        Age = "age",
        /// `audio`, `video` or `image`.
        Media = "media",
    }
}

words! {
    /// How it must look.
    How {
        /// It has these words, one after another; case, width and accents don't count.
        Words = "words",
        /// It hasn't these words.
        Without = "without",
        /// It has these letters somewhere; case, width and accents don't count.
        Contains = "contains",
        /// It hasn't.
        Lacks = "lacks",
        /// It is exactly that; of an age: it is at least so many days.
        Is = "is",
        /// It isn't.
        Isnt = "isnt",
        /// A regular expression is found in it.
        Matches = "matches",
    }
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What it looks at.
    #[serde(rename = "w")]
    pub what: What,
    /// How that must look.
    #[serde(rename = "h")]
    pub how: How,
    /// The text, the expression, the days.
    #[serde(rename = "t")]
    pub text: String,
}

/// Of which feeds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Where {
    /// All.
    #[default]
    #[serde(rename = "all")]
    Everywhere,
    /// Those in a folder, with its subfolders.
    #[serde(rename = "folder")]
    Folder(Vec<String>),
    /// One.
    #[serde(rename = "feed")]
    Feed(FeedId),
}

/// What is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Acts {
    /// It counts as read.
    #[serde(rename = "r", skip_serializing_if = "std::ops::Not::not")]
    pub read: bool,
    /// It is starred.
    #[serde(rename = "s", skip_serializing_if = "std::ops::Not::not")]
    pub star: bool,
    /// It isn't in lists.
    #[serde(rename = "h", skip_serializing_if = "std::ops::Not::not")]
    pub hide: bool,
    /// It stays unread until it is marked by hand.
    #[serde(rename = "k", skip_serializing_if = "std::ops::Not::not")]
    pub keep: bool,
    /// It stands out in lists.
    #[serde(rename = "l", skip_serializing_if = "std::ops::Not::not")]
    pub light: bool,
    /// It gets this tag; none if empty.
    #[serde(rename = "t", skip_serializing_if = "String::is_empty")]
    pub tag: String,
    /// It is sent to the service of this name; none if empty.
    #[serde(rename = "w", skip_serializing_if = "String::is_empty")]
    pub hook: String,
}

impl Acts {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A rule; by default a new one, for all feeds, without conditions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its number, which is never given again.
    #[serde(rename = "i")]
    pub id: u32,
    /// What the reader calls it.
    #[serde(rename = "n")]
    pub name: String,
    /// Whether it is switched off.
    #[serde(rename = "o", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_off: bool,
    /// Of which feeds.
    #[serde(rename = "p", default)]
    pub place: Where,
    /// Whether one condition is enough.
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    pub any: bool,
    /// When it is met.
    #[serde(rename = "c")]
    pub conditions: Vec<Condition>,
    /// What it does.
    #[serde(rename = "d")]
    pub acts: Acts,
    /// The minute at which it ends; 0 for never.
    #[serde(rename = "u", default, skip_serializing_if = "is_zero")]
    pub until: i64,
}

fn is_zero(minute: &i64) -> bool {
    *minute == 0
}

/// Why a rule can't be kept as it is, in words for its author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRule {
    /// No condition has a text.
    #[error("The rule has no condition. Fill in at least one.")]
    NoCondition,
    /// It does nothing.
    #[error("The rule does nothing. Choose at least one thing that it does.")]
    NoAct,
    /// An expression can't be compiled.
    #[error("“{0}” isn’t a regular expression that can be used. {1}")]
    Expression(String, &'static str),
    /// An age that is no number.
    #[error("“{0}” isn’t a number of days.")]
    Days(String),
    /// A kind of media that isn't known.
    #[error("“{0}” isn’t a kind of media. Write audio, video or image.")]
    Media(String),
    /// A language that has no such code.
    #[error("“{0}” isn’t the code of a language. Write two letters, such as en, de or zh.")]
    Language(String),
    /// A feed that isn't on the shelf.
    #[error("There is no feed “{0}” on your shelf.")]
    Feed(FeedId),
    /// A folder that isn't there.
    #[error("There is no folder “{0}” on your shelf.")]
    Folder(String),
    /// Something else than words is looked for in whole texts.
    #[error(
        "The text can only be searched for words: choose “has the words” or “lacks the words”."
    )]
    TextByWords,
    /// Some conditions have a text, and this one hasn't: its number from 1, and what it looks at.
    #[error("Condition {0}, about the {name}, has no text. Write one, or leave the condition out.", name = .1.word())]
    Empty(usize, What),
    /// A text of which nothing is seen, or that no list of words can have.
    #[error("“{0}” has nothing that can be looked for. Write a letter, a digit or a sign.")]
    Unseen(String),
    /// Signs are looked for in whole texts, whose words are known and no more.
    #[error("The text can only be searched for words of letters or digits, and “{0}” has none.")]
    TextOfSigns(String),
    /// An age is asked for in a way that is none of its own.
    #[error("An age is at least so many days, or it isn’t: choose “is” or “isn’t”.")]
    AgeByWay,
    /// It has several tags.
    #[error("A rule gives one tag: leave the comma out.")]
    Tags,
    /// A tag that can't be kept as it is.
    #[error("“{0}” can’t be a tag: write at least one letter, and at most 40 bytes.")]
    Tag(String),
    /// It keeps unread what it has count as read.
    #[error("A rule can’t keep unread what it marks read or hides: choose one of them.")]
    KeepsRead,
    /// A text that is too long.
    #[error("A condition’s text is too long: at most 300 bytes.")]
    TooLong,
    /// There are enough.
    #[error("There is room for 60 rules. Delete one first.")]
    TooMany,
}

/// Compiles an expression: linear in time, limited in size, case doesn't count.
///
/// # Errors
/// [`BadRule::Expression`] if it is none, or too large.
pub fn compiled(text: &str) -> Result<Regex, BadRule> {
    let built = RegexBuilder::new(text)
        .case_insensitive(true)
        .size_limit(REGEX_BYTES)
        .dfa_size_limit(REGEX_BYTES)
        .nest_limit(50)
        .build();
    built.map_err(|error| {
        let why = match error {
            regex::Error::CompiledTooBig(_) => "It is too large: use fewer repetitions.",
            _ => "Look for a bracket that isn’t closed, or write plain words.",
        };
        BadRule::Expression(text.to_owned(), why)
    })
}

impl Rule {
    /// Whether it is in force.
    pub fn is_on(&self, minute: i64) -> bool {
        !self.is_off && (self.until == 0 || minute < self.until)
    }

    /// Whether it looks at whole texts: then the feed's words are read.
    pub fn needs_text(&self) -> bool {
        self.conditions.iter().any(|one| one.what == What::Text)
    }

    /// The rule with its texts cleaned, as it is kept.
    ///
    /// # Errors
    /// [`BadRule`], the first thing that is wrong with it: with its conditions, then with what it does.
    pub fn checked(self) -> Result<Self, BadRule> {
        let mut rule = self.with_conditions()?;
        let acts = &mut rule.acts;
        acts.tag = match one_tag(&acts.tag) {
            Ok(tag) => tag,
            Err(BadTag::Several) => return Err(BadRule::Tags),
            Err(BadTag::Unfit) => return Err(BadRule::Tag(acts.tag.trim().to_owned())),
        };
        if acts.is_empty() {
            return Err(BadRule::NoAct);
        }
        if acts.keep && (acts.read || acts.hide) {
            return Err(BadRule::KeepsRead);
        }
        Ok(rule)
    }

    /// The rule with its texts cleaned, whatever it does: it can be tried.
    ///
    /// # Errors
    /// [`BadRule`], the first thing that is wrong with its conditions.
    pub fn with_conditions(mut self) -> Result<Self, BadRule> {
        let name = visible(self.name.trim());
        self.name = crate::codec::cut(name.trim(), NAME_BYTES);
        for one in &mut self.conditions {
            one.text = match one.how {
                How::Matches => one.text.trim().to_owned(),
                _ => visible(one.text.trim()),
            };
            // Articles have the language alone, without its region.
            if one.what == What::Language && matches!(one.how, How::Is | How::Isnt) {
                let primary = one.text.split(['-', '_']).next().unwrap_or_default();
                one.text = primary.to_lowercase();
            }
        }
        self.conditions.truncate(MOST_CONDITIONS);
        if self.conditions.iter().all(|one| one.text.is_empty()) {
            return Err(BadRule::NoCondition);
        }
        let mut all = self.conditions.iter().enumerate();
        if let Some((place, one)) = all.find(|(_, one)| one.text.is_empty()) {
            return Err(BadRule::Empty(place + 1, one.what));
        }
        for one in &self.conditions {
            if one.text.len() > TEXT_BYTES {
                return Err(BadRule::TooLong);
            }
            match (one.what, one.how) {
                (What::Age, _) if one.text.parse::<u32>().is_err() => {
                    return Err(BadRule::Days(one.text.clone()));
                }
                (What::Media, _)
                    if !matches!(
                        one.text.to_lowercase().as_str(),
                        "audio" | "video" | "image"
                    ) =>
                {
                    return Err(BadRule::Media(one.text.clone()));
                }
                // A feed's words say which articles have a word, and not what stands between words.
                (What::Text, how) if !matches!(how, How::Words | How::Without) => {
                    return Err(BadRule::TextByWords);
                }
                (What::Text, _) if tokens::of(&one.text).is_empty() => {
                    return Err(BadRule::TextOfSigns(one.text.clone()));
                }
                (What::Age, how) if !matches!(how, How::Is | How::Isnt) => {
                    return Err(BadRule::AgeByWay);
                }
                (What::Age | What::Media, _) => {}
                (What::Language, How::Is | How::Isnt) if !language::is_code(&one.text) => {
                    return Err(BadRule::Language(one.text.clone()));
                }
                (_, How::Matches) => drop(compiled(&one.text)?),
                (_, _) if folded(&one.text).trim().is_empty() => {
                    return Err(BadRule::Unseen(one.text.clone()));
                }
                _ => {}
            }
        }
        if self.name.is_empty() {
            self.name = self
                .conditions
                .first()
                .map(|one| one.text.clone())
                .unwrap_or_default();
            self.name = crate::codec::cut(&self.name, NAME_BYTES);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(what: What, how: How, text: &str) -> Rule {
        Rule {
            id: 1,
            name: String::new(),
            is_off: false,
            place: Where::Everywhere,
            any: false,
            conditions: vec![Condition {
                what,
                how,
                text: text.into(),
            }],
            acts: Acts {
                read: true,
                ..Acts::default()
            },
            until: 0,
        }
    }

    #[test]
    fn what_cannot_be_is_refused_with_advice() {
        let bad = |what, how, text: &str| rule(what, how, text).checked().unwrap_err();
        assert_eq!(bad(What::Title, How::Contains, "  "), BadRule::NoCondition);
        assert_eq!(
            bad(What::Age, How::Is, "soon"),
            BadRule::Days("soon".into())
        );
        assert_eq!(
            bad(What::Media, How::Is, "smell"),
            BadRule::Media("smell".into())
        );
        assert!(matches!(
            bad(What::Title, How::Matches, "(a"),
            BadRule::Expression(..)
        ));
        assert!(matches!(
            bad(What::Title, How::Matches, "((a{1000}){1000}){1000}"),
            BadRule::Expression(..)
        ));
        for text in ["english", "xx", "e"] {
            assert_eq!(
                bad(What::Language, How::Is, text),
                BadRule::Language(text.into())
            );
        }
        let spoken = rule(What::Language, How::Isnt, "pt-BR").checked().unwrap();
        assert_eq!(spoken.conditions[0].text, "pt");
        assert_eq!(
            bad(What::Title, How::Contains, &"a".repeat(301)),
            BadRule::TooLong
        );
        let none = Rule {
            acts: Acts::default(),
            ..rule(What::Title, How::Contains, "a")
        };
        assert_eq!(none.clone().checked(), Err(BadRule::NoAct));
        assert!(none.clone().with_conditions().is_ok());
        let doing = |tag: &str, keep: bool| {
            let mut one = none.clone();
            (one.acts.tag, one.acts.keep) = (tag.into(), keep);
            (one.acts.read, one.acts.star) = (keep, true);
            one.checked().map(|one| one.acts.tag)
        };
        assert_eq!(doing("", true), Err(BadRule::KeepsRead));
        assert_eq!(doing(" #Two  words ", false).as_deref(), Ok("Two words"));
        assert_eq!(doing("a, b", false), Err(BadRule::Tags));
        let long = "é".repeat(21);
        assert_eq!(doing(&long, false), Err(BadRule::Tag(long.clone())));
        assert_eq!(doing("#", false), Err(BadRule::Tag("#".into())));
        assert_eq!(bad(What::Age, How::Words, "3"), BadRule::AgeByWay);
        assert_eq!(
            bad(What::Text, How::Words, "!!!"),
            BadRule::TextOfSigns("!!!".into())
        );
        let mut part = rule(What::Author, How::Contains, "ann");
        part.conditions
            .extend(rule(What::Title, How::Words, " ").conditions);
        let refused = part.checked().unwrap_err();
        assert_eq!(refused, BadRule::Empty(2, What::Title));
        assert!(
            refused
                .to_string()
                .starts_with("Condition 2, about the title,")
        );
        let named = rule(What::Title, How::Contains, " hiring ")
            .checked()
            .unwrap();
        assert_eq!(
            (named.name.as_str(), named.conditions[0].text.as_str()),
            ("hiring", "hiring")
        );
    }
}
