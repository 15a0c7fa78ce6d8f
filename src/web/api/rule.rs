//! A rule as programs send it.

use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::shelf::Shelf;
use crate::shelf::rulebook::book::Book;
use crate::shelf::rulebook::json::{JsonCondition, JsonDoes, JsonMatch};
use crate::shelf::rulebook::rule::MOST_CONDITIONS;
use crate::shelf::rulebook::{self, Acts, Where};
use crate::shelf::subscription::folder_path;
use crate::timestamp::Timestamp;
use crate::users::User;
use crate::users::preferences::Service;
use crate::web::actions::rules::checked;
use crate::web::actions::terms::days_from;
use crate::web::problem::{HandlerResult, Problem};

/// A rule, or what changes of one. What is absent stays, or is as usual in a new one.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = RuleChanges)]
pub(super) struct Changes {
    /// Without one it is called as its conditions are.
    name: Option<String>,
    on: Option<bool>,
    /// Its place among them, from 0; not for new ones.
    position: Option<usize>,
    /// The id of the one feed that it is for; null for all.
    #[serde(deserialize_with = "super::given")]
    #[schema(value_type = Option<String>)]
    feed: Option<Option<String>>,
    /// The folder that it is for, with those in it; null for all feeds.
    #[serde(deserialize_with = "super::given")]
    #[schema(value_type = Option<Vec<String>>)]
    folder: Option<Option<Vec<String>>>,
    /// `all` by default.
    #[serde(rename = "match")]
    matching: Option<JsonMatch>,
    /// One to ten.
    conditions: Option<Vec<JsonCondition>>,
    does: Option<Vec<JsonDoes>>,
    /// A tag that it gives; empty for none.
    tag: Option<String>,
    /// The name of a service that it sends to; empty for none.
    send_to: Option<String>,
    /// After how many days it ends: 1 to 366, or 0 for never.
    days: Option<i64>,
    /// Whether it is for the newest articles, too.
    apply: bool,
}

/// A 422 about a rule.
pub(super) fn refused(why: &str) -> Problem {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let title = why.trim_end_matches('.').to_owned();
    Problem::new(status, "bad_rule", title, "Nothing was changed.")
}

impl Changes {
    /// Whether it is for the newest articles, too.
    pub(super) fn applies(&self) -> bool {
        self.apply
    }

    /// Whether anything but its switch and its place changes.
    pub(super) fn changes_more(&self) -> bool {
        let is_given = [
            self.name.is_some(),
            self.feed.is_some(),
            self.folder.is_some(),
            self.matching.is_some(),
            self.conditions.is_some(),
            self.does.is_some(),
            self.tag.is_some(),
            self.send_to.is_some(),
            self.days.is_some(),
            self.apply,
        ];
        is_given.contains(&true)
    }

    /// Whether it is switched or moved.
    pub(super) fn is_moved(&self) -> bool {
        self.on.is_some() || self.position.is_some()
    }

    /// Switches and moves a rule. One that is over begins again when it is switched on.
    pub(super) fn moves(&self, book: &mut Book, id: u32, minute: i64) {
        let Some(place) = book.rules.iter().position(|one| one.id == id) else {
            return;
        };
        if let Some(on) = self.on {
            let rule = &mut book.rules[place];
            rule.is_off = !on;
            if on && rule.until <= minute {
                rule.until = 0;
            }
        }
        if let Some(to) = self.position {
            let one = book.rules.remove(place);
            book.rules.insert(to.min(book.rules.len()), one);
        }
    }

    /// The rule that it asks for.
    ///
    /// # Errors
    /// 422 if that can't be kept, or names a feed or a folder that isn't on the shelf.
    pub(super) fn of(
        &self,
        before: Option<rulebook::Rule>,
        (user, shelf): (&User, &Shelf),
        now: Timestamp,
    ) -> HandlerResult<rulebook::Rule> {
        let mut rule = before.unwrap_or_default();
        if let Some(name) = &self.name {
            rule.name.clone_from(name);
        }
        rule.is_off = self.on.map_or(rule.is_off, |on| !on);
        if let Some(place) = self.place()? {
            rule.place = place;
        }
        if let Some(matching) = self.matching {
            rule.any = matches!(matching, JsonMatch::Any);
        }
        if let Some(conditions) = &self.conditions {
            if conditions.len() > MOST_CONDITIONS {
                return Err(refused("A rule has room for ten conditions"));
            }
            let conditions = conditions.iter().map(|one| rulebook::Condition {
                what: one.what,
                how: one.how,
                text: one.text.clone(),
            });
            rule.conditions = conditions.collect();
        }
        self.set_acts(&mut rule.acts, user)?;
        if let Some(days) = self.days {
            rule.until = days_from(days, now)?.unwrap_or(0);
        }
        checked(rule, shelf).map_err(|error| refused(&error.to_string()))
    }

    /// Of which feeds; `None` if that stays.
    fn place(&self) -> HandlerResult<Option<Where>> {
        match (&self.feed, &self.folder) {
            (Some(Some(_)), Some(Some(_))) => Err(refused(
                "A rule is for a feed or for a folder, not for both",
            )),
            (Some(Some(feed)), _) => {
                let feed = feed.parse();
                let feed = feed.map_err(|_| refused("That isn’t the id of a feed"))?;
                Ok(Some(Where::Feed(feed)))
            }
            (_, Some(Some(path))) => {
                let path = folder_path(path.iter().map(String::as_str));
                match path.is_empty() {
                    true => Err(refused("The folder has no name")),
                    false => Ok(Some(Where::Folder(path))),
                }
            }
            (None, None) => Ok(None),
            _ => Ok(Some(Where::Everywhere)),
        }
    }

    fn set_acts(&self, acts: &mut Acts, user: &User) -> HandlerResult<()> {
        if let Some(wanted) = &self.does {
            let has = |what: JsonDoes| wanted.contains(&what);
            acts.read = has(JsonDoes::Read);
            acts.star = has(JsonDoes::Star);
            acts.hide = has(JsonDoes::Hide);
            acts.keep = has(JsonDoes::KeepUnread);
            acts.light = has(JsonDoes::Highlight);
        }
        if let Some(tag) = &self.tag {
            acts.tag.clone_from(tag);
        }
        if let Some(name) = &self.send_to {
            let mut all = user.profile.preferences.targets.iter();
            if !name.is_empty() && !all.any(|one| one.name == *name && one.service != Service::Link)
            {
                return Err(refused(
                    "There is no service of this name that a rule can send to",
                ));
            }
            acts.hook.clone_from(name);
        }
        Ok(())
    }
}
