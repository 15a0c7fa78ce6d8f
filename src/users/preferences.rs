//! How a user wants to read: language, appearance, habits. Part of their profile, so that a page costs no more for it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::random::Random;
use crate::sealed::{Renewal, Seal, SecretKeys};

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
    /// Chinese, in simplified characters.
    #[serde(rename = "zh-CN")]
    Chinese,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Chinese];

    /// Its tag, for `lang` and in addresses (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Chinese => "zh-CN",
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Chinese => "简体中文",
        }
    }
}

/// The stored words of a choice, which are also what forms send.
macro_rules! choices {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// All of them, as they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its word in forms, style sheets and the store.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
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

        impl utoipa::ToSchema for $name {}
    };
}

choices! {
    /// The colours.
    Theme {
        /// Light or dark, as the device is.
        #[default]
        System = "system",
        /// Always light.
        Light = "light",
        /// Always dark.
        Dark = "dark",
        /// Black, for screens whose dark pixels are off.
        Black = "black",
        /// Paper.
        Sepia = "sepia",
    }
}

choices! {
    /// The typeface of articles.
    Face {
        /// Without serifs.
        #[default]
        Sans = "sans",
        /// With serifs.
        Serif = "serif",
        /// With letters that are easily told apart.
        Easy = "easy",
    }
}

choices! {
    /// The size of an article's text.
    Size {
        /// 1 rem.
        Small = "small",
        /// 1.125 rem.
        #[default]
        Normal = "normal",
        /// 1.25 rem.
        Large = "large",
        /// 1.5 rem.
        Huge = "huge",
    }
}

choices! {
    /// The longest line of an article.
    Width {
        /// 55 characters.
        Narrow = "narrow",
        /// 68 characters.
        #[default]
        Normal = "normal",
        /// 90 characters.
        Wide = "wide",
    }
}

choices! {
    /// The space between an article's words and lines.
    Spacing {
        /// As the typeface has it.
        #[default]
        Normal = "normal",
        /// Wider.
        Wide = "wide",
    }
}

choices! {
    /// How much room a row takes.
    Density {
        /// As pictured.
        #[default]
        Normal = "normal",
        /// Closer together.
        Compact = "compact",
    }
}

choices! {
    /// How lists look.
    ListStyle {
        /// A row of one line: the title.
        Titles = "titles",
        /// Title, beginning and thumbnail.
        #[default]
        Lines = "lines",
        /// Title, large picture, beginning.
        Cards = "cards",
        /// One lead with its picture, then pairs.
        Magazine = "magazine",
        /// Whole articles, ten a page.
        Articles = "articles",
    }
}

choices! {
    /// When an article's pictures are loaded.
    Pictures {
        /// With the article.
        #[default]
        AtOnce = "at-once",
        /// Each when it is pressed.
        OnTap = "on-tap",
        /// Not at all.
        Never = "never",
    }
}

choices! {
    /// How unread articles are counted.
    Counts {
        /// By their number.
        #[default]
        Number = "number",
        /// By a dot.
        Dot = "dot",
        /// Not at all.
        None = "none",
    }
}

choices! {
    /// The keys.
    Keys {
        /// Ours.
        #[default]
        Dormouse = "dormouse",
        /// As Miniflux has them.
        Miniflux = "miniflux",
        /// As Feedly has them.
        Feedly = "feedly",
    }
}

/// How one folder is read. What is `None` is as in all lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FolderHabits {
    /// Which articles come first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<super::ListOrder>,
    /// How its unread articles are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// Its place among its siblings; `None` by its name, after those that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// Whether it stands without feeds.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stands: bool,
}

choices! {
    /// A kind of service that articles are sent to.
    Service {
        /// An address of the user's own, which is opened.
        #[default]
        Link = "link",
        /// A program of the user's own: JSON with a signature.
        Webhook = "webhook",
        /// wallabag.
        Wallabag = "wallabag",
        /// Readeck.
        Readeck = "readeck",
        /// linkding.
        Linkding = "linkding",
    }
}

/// A service that articles are sent to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// What it is called in menus.
    pub name: String,
    /// Its kind.
    pub service: Service,
    /// Its address; of a link with `{url}` and `{title}` in it.
    pub address: String,
    /// Its token or key, sealed; empty if it needs none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub secret: String,
}

/// What services' secrets are sealed for.
pub const TARGET_PURPOSE: &str = "target";

impl Target {
    /// Seals its secret with the newest key, if an older one did.
    pub fn reseal(&mut self, (keys, random): (&SecretKeys, &Random)) -> Renewal {
        if self.secret.is_empty() {
            return Renewal::Fresh;
        }
        let seal = Seal::new(keys, TARGET_PURPOSE);
        let renewal = seal.map_or(Renewal::Lost, |seal| seal.renew("", &self.secret, random));
        if let Renewal::Renewed(secret) = &renewal {
            self.secret.clone_from(secret);
        }
        renewal
    }
}

/// Most services that one user sends to.
pub const MOST_TARGETS: usize = 8;

/// When and how a user's edition is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EditionHabits {
    /// The hour at which it ends, in the reader's zone: 0 to 23.
    pub hour: u8,
    /// The hour before that was chosen.
    pub before: u8,
    /// The minute at which it was; 0 if it never was.
    pub changed: i64,
    /// Whether its book takes pictures along.
    pub pictures: bool,
}

impl Default for EditionHabits {
    fn default() -> Self {
        Self {
            hour: 7,
            before: 7,
            changed: 0,
            pictures: false,
        }
    }
}

impl EditionHabits {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// How a user wants to read. What isn't stored is as the product comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// `None` as the browser asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The colours.
    pub theme: Theme,
    /// The typeface of articles.
    pub face: Face,
    /// The size of an article's text.
    pub size: Size,
    /// The longest line of an article.
    pub width: Width,
    /// The space between an article's words.
    pub spacing: Spacing,
    /// How much room a row takes.
    pub density: Density,
    /// How lists look.
    pub list: ListStyle,
    /// When an article's pictures are loaded.
    pub pictures: Pictures,
    /// Whether an article's links open a new tab.
    pub new_tab: bool,
    /// Whether opening an article marks it as read.
    pub opening_marks: bool,
    /// Whether what is scrolled past becomes read.
    pub scrolling_marks: bool,
    /// Whether feeds and folders without unread articles leave the rail.
    pub hides_read: bool,
    /// Whether programs see what has passed by as unread; otherwise as read.
    pub programs_see_passed: bool,
    /// Whether the same page in several feeds stands once in lists.
    pub folds_twins: bool,
    /// How unread articles are counted.
    pub counts: Counts,
    /// The keys.
    pub keys: Keys,
    /// Keys that take the place of the set's, by the action; ways to press it are separated by line breaks.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub own_keys: BTreeMap<String, String>,
    /// Where articles can be sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// The edition.
    #[serde(skip_serializing_if = "EditionHabits::is_default")]
    pub edition: EditionHabits,
    /// How folders are read where that differs, by their paths as one text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub folders: BTreeMap<String, FolderHabits>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: None,
            theme: Theme::default(),
            face: Face::default(),
            size: Size::default(),
            width: Width::default(),
            spacing: Spacing::default(),
            density: Density::default(),
            list: ListStyle::default(),
            pictures: Pictures::default(),
            new_tab: false,
            opening_marks: true,
            scrolling_marks: false,
            hides_read: false,
            programs_see_passed: false,
            folds_twins: true,
            counts: Counts::default(),
            keys: Keys::default(),
            own_keys: BTreeMap::new(),
            targets: Vec::new(),
            edition: EditionHabits::default(),
            folders: BTreeMap::new(),
        }
    }
}

/// Most folders with habits of their own: an account is one record.
pub const MOST_FOLDERS: usize = 500;

impl Preferences {
    /// A folder's own habits; none for the empty path.
    pub fn folder(&self, path: &[String]) -> FolderHabits {
        let known = self.folders.get(&path.join("\u{1f}"));
        known.copied().unwrap_or_default()
    }

    /// The paths of the folders that stand without feeds, parents included.
    pub fn standing(&self) -> BTreeSet<Vec<String>> {
        let own = self.folders.iter().filter(|(_, habits)| habits.stands);
        own.flat_map(|(name, _)| {
            let path: Vec<String> = name.split('\u{1f}').map(str::to_owned).collect();
            (1..=path.len())
                .map(|length| path[..length].to_vec())
                .collect::<Vec<_>>()
        })
        .collect()
    }

    /// What folders are sorted by: at each level their place, then their name.
    pub fn sort_key(&self, path: &[String]) -> Vec<(u32, String)> {
        let each = (1..=path.len()).map(|length| {
            let place = self.folder(&path[..length]).place.unwrap_or(u32::MAX);
            (place, path[length - 1].to_lowercase())
        });
        each.collect()
    }

    /// Sets a folder's habits, and says whether they were taken; nothing is kept of one that is read as all are.
    /// At [`MOST_FOLDERS`] those go first that aren't among the standing; `false` if all stand.
    pub fn set_folder(
        &mut self,
        path: &[String],
        habits: FolderHabits,
        standing: &[Vec<String>],
    ) -> bool {
        let name = path.join("\u{1f}");
        if habits == FolderHabits::default() {
            self.folders.remove(&name);
            return true;
        }
        if self.folders.len() >= MOST_FOLDERS && !self.folders.contains_key(&name) {
            let stand: BTreeSet<String> = standing.iter().map(|one| one.join("\u{1f}")).collect();
            self.folders.retain(|known, _| stand.contains(known));
        }
        let taken = self.folders.len() < MOST_FOLDERS || self.folders.contains_key(&name);
        if taken {
            self.folders.insert(name, habits);
        }
        taken
    }

    /// Whether they are as the product comes, so that nothing need be stored.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_folders_that_are_gone_make_room_and_a_full_account_says_so() {
        let folder = |n: usize| vec![format!("Folder {n}")];
        let habits = FolderHabits {
            counts: Some(Counts::ALL[0]),
            ..FolderHabits::default()
        };
        let all: Vec<_> = (0..=MOST_FOLDERS).map(folder).collect();
        let mut preferences = Preferences::default();
        for path in &all[..MOST_FOLDERS] {
            assert!(preferences.set_folder(path, habits, &all));
        }
        let last = &all[MOST_FOLDERS];

        assert!(!preferences.set_folder(last, habits, &all), "all stand");
        assert_eq!(preferences.folder(last), FolderHabits::default());
        assert!(preferences.set_folder(&all[0], habits, &all), "a known one");

        let standing = &all[1..];
        assert!(preferences.set_folder(last, habits, standing));
        assert_eq!(preferences.folder(last), habits);
        assert_eq!(preferences.folder(&all[1]), habits);
        assert_eq!(preferences.folder(&all[0]), FolderHabits::default());
    }
}
