//! The editor of a rule: as it is drawn, and as it is sent.

use crate::shelf::Shelf;
use crate::shelf::rulebook::rule::MOST_CONDITIONS;
use crate::shelf::rulebook::{BadRule, Condition, How, Rule, What, Where};
use crate::shelf::subscription::folder_text;
use crate::users::preferences::Service;
use crate::web::current_user::CurrentUser;
use crate::web::view::{ChoiceOption, ConditionRow, RuleForm};
use crate::web::words::{self, msg, t};

fn choices<T: Copy + PartialEq>(
    all: &[T],
    word: impl Fn(T) -> &'static str,
    label: impl Fn(T) -> &'static str,
    chosen: T,
) -> Vec<ChoiceOption> {
    let choice = |one: &T| ChoiceOption {
        value: word(*one).to_owned(),
        label: label(*one).to_owned(),
        chosen: *one == chosen,
    };
    all.iter().map(choice).collect()
}

fn condition_row(number: usize, what: What, how: How, text: &str) -> ConditionRow {
    ConditionRow {
        number,
        what: choices(What::ALL, What::word, what_label, what),
        how: choices(How::ALL, How::word, how_label, how),
        text: text.to_owned(),
    }
}

fn what_label(what: What) -> &'static str {
    t(match what {
        What::Title => "rules-what-title",
        What::Author => "rules-what-author",
        What::Snippet => "rules-what-snippet",
        What::Text => "rules-what-text",
        What::Link => "rules-what-link",
        What::Category => "rules-what-category",
        What::Feed => "rules-what-feed",
        What::Folder => "rules-what-folder",
        What::Language => "rules-what-language",
        What::Age => "rules-what-age",
        What::Media => "rules-what-media",
    })
}

fn how_label(how: How) -> &'static str {
    t(match how {
        How::Words => "rules-how-words",
        How::Without => "rules-how-without",
        How::Contains => "rules-how-contains",
        How::Lacks => "rules-how-lacks",
        How::Is => "rules-how-is",
        How::Isnt => "rules-how-isnt",
        How::Matches => "rules-how-matches",
    })
}

/// The editor, filled in.
pub(super) fn form(current: &CurrentUser, shelf: &Shelf, rule: &Rule, blank: usize) -> RuleForm {
    let filled = rule.conditions.iter().enumerate();
    let mut conditions: Vec<ConditionRow> = filled
        .map(|(n, one)| condition_row(n, one.what, one.how, &one.text))
        .collect();
    let wanted = (conditions.len() + blank).clamp(1, MOST_CONDITIONS);
    for n in conditions.len()..wanted {
        conditions.push(condition_row(n, What::Title, How::Words, ""));
    }
    let place = |value: String, label: String, chosen: bool| ChoiceOption {
        value,
        label,
        chosen,
    };
    let mut paths = shelf.folders();
    // One that is gone stays chosen until another is.
    if let Where::Folder(path) = &rule.place
        && !paths.contains(path)
    {
        paths.push(path.clone());
    }
    let folders = paths.into_iter().map(|path| {
        let (value, text) = (folder_value(&path), folder_text(&path));
        place(value, text, rule.place == Where::Folder(path))
    });
    let left = match rule.place {
        Where::Feed(feed) if shelf.subscription(feed).is_none() => Some(feed),
        _ => None,
    };
    let left = left.map(|feed| {
        let label = t("rules-feed-gone").to_owned();
        place(format!("feed:{feed}"), label, true)
    });
    let feeds = shelf.subscriptions.iter().map(|one| {
        let title = shelf.title_of(one).to_owned();
        place(
            format!("feed:{}", one.feed),
            title,
            rule.place == Where::Feed(one.feed),
        )
    });
    let targets = current.user.profile.preferences.targets.iter();
    let hooks = targets
        .filter(|one| one.service != Service::Link)
        .map(|one| {
            let chosen = one.name == rule.acts.hook;
            place(one.name.clone(), one.name.clone(), chosen)
        });
    RuleForm {
        id: rule.id,
        name: rule.name.clone(),
        any: rule.any,
        is_everywhere: rule.place == Where::Everywhere,
        folders: folders.collect(),
        feeds: feeds.chain(left).collect(),
        conditions,
        read: rule.acts.read,
        star: rule.acts.star,
        hide: rule.acts.hide,
        keep: rule.acts.keep,
        light: rule.acts.light,
        tag: rule.acts.tag.clone(),
        hooks: hooks.collect(),
        price: match rule.needs_text() {
            true => t("rules-price-text"),
            false => t("rules-price"),
        },
    }
}

/// A rule as its form sends it: a condition's parts by its number.
pub(super) struct Typed {
    /// Whether something in it can't be meant: from an older page, or a program.
    pub is_odd: bool,
    pub rule: Rule,
    pub act: String,
    pub applies: bool,
    pub blank: usize,
}

pub(super) fn typed(body: &[u8]) -> Typed {
    let mut is_odd = false;
    let mut rule = Rule::default();
    let mut act = String::new();
    let mut applies = false;
    let mut parts: Vec<(usize, &'static str, String)> = Vec::new();
    let mut rows = 0;
    let mut blanks: Vec<usize> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(body).take(80) {
        let value = value.into_owned();
        match &*name {
            "id" => rule.id = value.parse().unwrap_or_default(),
            "name" => rule.name = value,
            "any" => rule.any = value == "any",
            "place" => match place_of(&value) {
                Some(place) => rule.place = place,
                None => is_odd = true,
            },
            "read" => rule.acts.read = true,
            "star" => rule.acts.star = true,
            "hide" => rule.acts.hide = true,
            "keep" => rule.acts.keep = true,
            "light" => rule.acts.light = true,
            "tag" => rule.acts.tag = value,
            "hook" => rule.acts.hook = value,
            "applies" => applies = true,
            "do" => act = value,
            name if name.starts_with("blank.") => {
                blanks.extend(name["blank.".len()..].parse::<usize>());
            }
            name => {
                let known = ["what.", "how.", "text."].into_iter();
                for part in known {
                    if let Some(number) = name.strip_prefix(part).and_then(|n| n.parse().ok()) {
                        rows = rows.max(number + 1);
                        parts.push((number, part, value.clone()));
                    }
                }
            }
        }
    }
    let rows = rows.min(MOST_CONDITIONS);
    for n in 0..rows {
        let part = |name: &str| {
            let found = parts
                .iter()
                .find(|(number, part, _)| (*number, *part) == (n, name));
            found.map_or("", |(_, _, value)| value.as_str())
        };
        let (what, how) = (What::of(part("what.")), How::of(part("how.")));
        // What a form leaves out is as usual; what it names has to be known.
        is_odd |= !part("what.").is_empty() && what.is_none();
        is_odd |= !part("how.").is_empty() && how.is_none();
        rule.conditions.push(Condition {
            what: what.unwrap_or(What::Title),
            how: how.unwrap_or(How::Words),
            text: part("text.").to_owned(),
        });
    }
    // A row that was offered, and left alone.
    let is_alone = |n: usize, one: &Condition| {
        let is_usual = (one.what, one.how) == (What::Title, How::Words);
        blanks.contains(&n) && is_usual && one.text.trim().is_empty()
    };
    // The × beside a condition.
    let dropped: Option<usize> = act.strip_prefix("drop.").and_then(|n| n.parse().ok());
    let all = std::mem::take(&mut rule.conditions);
    let stays = |(n, one): &(usize, Condition)| Some(*n) != dropped && !is_alone(*n, one);
    let all = all.into_iter().enumerate().filter(stays);
    rule.conditions = all.map(|(_, one)| one).collect();
    Typed {
        is_odd,
        rule,
        applies,
        blank: if act == "more" { 1 } else { 0 },
        act,
    }
}

/// The place that a form names; `None` if it is none. A feed or a folder may be gone meanwhile: the rule stays with it.
fn place_of(value: &str) -> Option<Where> {
    if value.is_empty() {
        return Some(Where::Everywhere);
    }
    if let Some(folder) = value.strip_prefix("folder:") {
        let path = words::decode_path(folder);
        return (!path.is_empty()).then_some(Where::Folder(path));
    }
    let feed = value.strip_prefix("feed:")?;
    feed.parse().ok().map(Where::Feed)
}

/// The value of a folder in the form: its names, each encoded, as a name may have a slash in it.
fn folder_value(path: &[String]) -> String {
    let names: Vec<String> = path.iter().map(|name| words::segment(name)).collect();
    format!("folder:{}", names.join("/"))
}

/// What is wrong with a rule, in the reader's language.
pub(super) fn said(error: &BadRule) -> String {
    match error {
        BadRule::NoCondition => t("rules-bad-condition").to_owned(),
        BadRule::NoAct => t("rules-bad-act").to_owned(),
        BadRule::Expression(text, _) => msg("rules-bad-expression").text("text", text).into(),
        BadRule::Days(text) => msg("rules-bad-days").text("text", text).into(),
        BadRule::Media(text) => msg("rules-bad-media").text("text", text).into(),
        BadRule::Language(text) => msg("rules-bad-language").text("text", text).into(),
        BadRule::Feed(_) => t("rules-bad-feed").to_owned(),
        BadRule::Folder(name) => msg("rules-bad-folder").text("folder", name).into(),
        BadRule::TextByWords => t("rules-bad-text").to_owned(),
        BadRule::Empty(n, what) => msg("rules-bad-empty")
            .number("n", *n)
            .text("what", what_label(*what))
            .into(),
        BadRule::Unseen(text) => msg("rules-bad-unseen").text("text", text).into(),
        BadRule::TextOfSigns(text) => msg("rules-bad-signs").text("text", text).into(),
        BadRule::AgeByWay => t("rules-bad-age").to_owned(),
        BadRule::Tags => t("rules-one-tag").to_owned(),
        BadRule::Tag(text) => msg("rules-bad-tag").text("text", text).into(),
        BadRule::KeepsRead => t("rules-bad-keep").to_owned(),
        BadRule::TooLong => t("rules-bad-long").to_owned(),
        BadRule::TooMany => t("rules-bad-many").to_owned(),
    }
}
