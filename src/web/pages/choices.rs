//! The choices of how to read: as the settings show them, and as their form sends them.

use std::collections::BTreeMap;

use http::StatusCode;

use crate::users::preferences::{
    Counts, Density, Face, Keys, Language, ListStyle, Pictures, Preferences, Size, Spacing, Theme,
    Width,
};
use crate::users::{ListOrder, Profile};
use crate::web::keys::{self, BadKeys};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{ChoiceGroup, ChoiceOption};
use crate::web::words::t;

/// The languages, and the browser's choice first.
pub(super) fn languages(preferences: &Preferences) -> Vec<ChoiceOption> {
    let browser = ChoiceOption {
        value: String::new(),
        label: t("settings-language-browser").to_owned(),
        chosen: preferences.language.is_none(),
    };
    let named = Language::ALL.iter().map(|language| ChoiceOption {
        value: language.tag().to_owned(),
        label: language.name().to_owned(),
        chosen: preferences.language == Some(*language),
    });
    std::iter::once(browser).chain(named).collect()
}

/// A group of all values of a type with `ALL` and `word`.
macro_rules! group {
    ($kind:ident, $name:literal, $chosen:expr) => {
        ChoiceGroup {
            name: $name,
            legend: t(concat!("settings-", $name)),
            hint: "",
            options: $kind::ALL
                .iter()
                .map(|one| ChoiceOption {
                    value: one.word().to_owned(),
                    label: t(&format!("settings-{}-{}", $name, one.word())).to_owned(),
                    chosen: *one == $chosen,
                })
                .collect(),
        }
    };
}

/// How pages and articles look.
pub(super) fn appearance(own: &Preferences) -> Vec<ChoiceGroup> {
    let links = [("new", own.new_tab), ("here", !own.new_tab)];
    vec![
        group!(Theme, "theme", own.theme),
        group!(Face, "face", own.face),
        group!(Size, "size", own.size),
        group!(Width, "width", own.width),
        group!(Spacing, "spacing", own.spacing),
        group!(Density, "density", own.density),
        group!(ListStyle, "list", own.list),
        group!(Pictures, "pictures", own.pictures),
        ChoiceGroup {
            name: "links",
            legend: t("settings-links"),
            hint: "",
            options: two("links", links),
        },
    ]
}

/// How unread articles are counted, as it is asked first.
pub(super) fn counts_first(own: &Preferences) -> ChoiceGroup {
    ChoiceGroup {
        legend: t("first-counts"),
        ..group!(Counts, "counts", own.counts)
    }
}

/// How lists behave.
pub(super) fn habits(profile: &Profile) -> Vec<ChoiceGroup> {
    let own = &profile.preferences;
    let oldest = profile.order == ListOrder::Oldest;
    let counts = group!(Counts, "counts", own.counts);
    vec![
        ChoiceGroup {
            name: "order",
            legend: t("settings-order"),
            hint: "",
            options: two("order", [("newest", !oldest), ("oldest", oldest)]),
        },
        ChoiceGroup {
            hint: t("settings-counts-hint"),
            ..counts
        },
        group!(Keys, "keys", own.keys),
    ]
}

fn two(name: &str, options: [(&str, bool); 2]) -> Vec<ChoiceOption> {
    let options = options.into_iter().map(|(value, chosen)| ChoiceOption {
        value: value.to_owned(),
        label: t(&format!("settings-{name}-{value}")).to_owned(),
        chosen,
    });
    options.collect()
}

/// What a form asks for. What it doesn't name stays as it is, but for its boxes, which aren't sent when they are empty:
/// they count if any is named.
pub(super) struct Wanted(BTreeMap<String, String>);

/// A value of a type with `ALL` and `word`, if the form has one.
macro_rules! chosen {
    ($wanted:expr, $kind:ident, $name:literal) => {
        $wanted
            .get($name)
            .map(|word| {
                let found = $kind::ALL.iter().find(|one| one.word() == word).copied();
                found.ok_or_else(|| wrong($name, word))
            })
            .transpose()
    };
}

/// A 422: the value isn't one that is offered.
pub(super) fn wrong(name: &str, value: &str) -> Problem {
    let title = format!(
        "“{}” can’t be chosen for “{name}”",
        crate::codec::cut(value, 40)
    );
    let advice = "Nothing was changed. Go back to the settings, and choose from what is offered.";
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "bad_choice",
        title,
        advice,
    )
}

impl Wanted {
    /// From the form.
    ///
    /// # Errors
    /// 422 if a value isn't offered.
    pub(super) fn of(form: &[u8]) -> HandlerResult<Self> {
        let pairs = url::form_urlencoded::parse(form);
        let wanted = Self(pairs.into_owned().collect());
        if wanted.0.is_empty() {
            return Err(wrong("settings", ""));
        }
        wanted.applied(&mut ListOrder::default(), &mut Preferences::default())?;
        Ok(wanted)
    }

    /// The page to return to.
    pub(super) fn return_to(&self) -> &str {
        self.0.get("return").map_or("/settings", String::as_str)
    }

    /// Sets what was asked for; of the keys, nothing if they can't be as they were typed.
    ///
    /// # Errors
    /// The first action whose keys can't be, and why.
    pub(super) fn set(&self, profile: &mut Profile) -> Result<(), (&'static str, BadKeys)> {
        let before = profile.preferences.clone();
        // It was tried when it was read.
        let _ = self.applied(&mut profile.order, &mut profile.preferences);
        let own = &mut profile.preferences;
        let mut typed = self.typed_keys();
        if own.keys != before.keys {
            // The fields show the keys of the set before: only what was changed in them is meant.
            let shown = keys::shown(&before);
            typed.retain(|action, text| shown.get(action).map(String::as_str) != Some(*text));
            own.own_keys.clear();
        }
        keys::set(own, &typed)
    }

    /// The keys that were typed, by their actions.
    pub(super) fn typed_keys(&self) -> BTreeMap<&str, &str> {
        let fields = self.0.iter();
        let fields = fields.filter_map(|(name, text)| Some((name.strip_prefix("key.")?, text)));
        fields.map(|(action, text)| (action, text.trim())).collect()
    }

    fn applied(&self, order: &mut ListOrder, own: &mut Preferences) -> HandlerResult<()> {
        let all = &self.0;
        match all.get("order").map(String::as_str) {
            Some("newest") => *order = ListOrder::Newest,
            Some("oldest") => *order = ListOrder::Oldest,
            Some(other) => return Err(wrong("order", other)),
            None => {}
        }
        match all.get("language").map(String::as_str) {
            None => {}
            Some("") => own.language = None,
            Some(tag) => {
                let known = Language::ALL.iter().find(|one| one.tag() == tag);
                own.language = Some(*known.ok_or_else(|| wrong("language", tag))?);
            }
        }
        own.theme = chosen!(all, Theme, "theme")?.unwrap_or(own.theme);
        own.face = chosen!(all, Face, "face")?.unwrap_or(own.face);
        own.size = chosen!(all, Size, "size")?.unwrap_or(own.size);
        own.width = chosen!(all, Width, "width")?.unwrap_or(own.width);
        own.spacing = chosen!(all, Spacing, "spacing")?.unwrap_or(own.spacing);
        own.density = chosen!(all, Density, "density")?.unwrap_or(own.density);
        own.list = chosen!(all, ListStyle, "list")?.unwrap_or(own.list);
        own.pictures = chosen!(all, Pictures, "pictures")?.unwrap_or(own.pictures);
        own.counts = chosen!(all, Counts, "counts")?.unwrap_or(own.counts);
        own.keys = chosen!(all, Keys, "keys")?.unwrap_or(own.keys);
        match all.get("links").map(String::as_str) {
            Some("new") => own.new_tab = true,
            Some("here") => own.new_tab = false,
            Some(other) => return Err(wrong("links", other)),
            None => {}
        }
        if all.contains_key("boxes") {
            own.opening_marks = all.contains_key("opening_marks");
            own.scrolling_marks = all.contains_key("scrolling_marks");
            own.programs_see_passed = all.contains_key("programs_see_passed");
            own.hides_read = all.contains_key("hides_read");
            own.folds_twins = all.contains_key("folds_twins");
        }
        Ok(())
    }
}
