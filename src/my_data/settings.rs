//! `settings.json`: what is set, as far as it is nobody’s secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::base::{Mine, VERSION};
use crate::datastore::StoreError;
use crate::feeds;
use crate::ids::FeedId;
use crate::shelf::Shelf;
use crate::shelf::history::view::Journal;
use crate::shelf::journal::Keep;
use crate::shelf::rulebook::{Acts, Condition, Rule, Where};
use crate::shelf::subscription::{Habits, Subscription};
use crate::users::ListOrder;
use crate::users::User;
use crate::users::preferences::{Counts, ListStyle, Preferences};

/// What the file calls its format.
pub(super) const FORMAT: &str = "dormouse-settings";

/// The file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    pub format: String,
    pub version: u32,
    pub order: ListOrder,
    /// Without the keys of services.
    pub preferences: Preferences,
    pub mail: Mail,
    pub journal: JournalSettings,
    pub rules: Vec<PlainRule>,
    pub searches: Vec<Search>,
    pub feeds: Vec<FeedSettings>,
}

/// What is wanted by email.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Mail {
    pub edition: bool,
    pub digest: bool,
    pub notices: bool,
}

/// How the journal is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct JournalSettings {
    pub paused: bool,
    pub keep: Keep,
    /// If it was chosen, by its name in the IANA database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Feeds that rankings leave out, by their addresses, and authors.
    pub left_out_feeds: Vec<String>,
    pub left_out_authors: Vec<String>,
}

/// A saved search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    pub name: String,
    pub query: String,
}

/// Of which feeds a rule is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    #[default]
    All,
    Folder(Vec<String>),
    /// By its address; empty where that isn’t known any more.
    Feed(String),
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PlainCondition {
    pub what: crate::shelf::rulebook::What,
    pub how: crate::shelf::rulebook::How,
    pub text: String,
}

/// A rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PlainRule {
    pub name: String,
    pub off: bool,
    pub place: Place,
    /// Whether one condition is enough.
    pub any: bool,
    pub conditions: Vec<PlainCondition>,
    pub read: bool,
    pub star: bool,
    pub hide: bool,
    pub keep_unread: bool,
    pub highlight: bool,
    pub tag: String,
    pub send_to: String,
    /// The minute since 1970 at which it ends; 0 for never.
    pub until: i64,
}

impl PlainRule {
    fn of(rule: &Rule, address: impl Fn(FeedId) -> Option<String>) -> Self {
        let conditions = rule.conditions.iter().map(|one| PlainCondition {
            what: one.what,
            how: one.how,
            text: one.text.clone(),
        });
        Self {
            name: rule.name.clone(),
            off: rule.is_off,
            place: match &rule.place {
                Where::Everywhere => Place::All,
                Where::Folder(path) => Place::Folder(path.clone()),
                // Of a feed that is gone it can’t be a rule elsewhere, but an import says its name.
                Where::Feed(feed) => Place::Feed(address(*feed).unwrap_or_default()),
            },
            any: rule.any,
            conditions: conditions.collect(),
            read: rule.acts.read,
            star: rule.acts.star,
            hide: rule.acts.hide,
            keep_unread: rule.acts.keep,
            highlight: rule.acts.light,
            tag: rule.acts.tag.clone(),
            send_to: rule.acts.hook.clone(),
            until: rule.until,
        }
    }

    /// How it is called: by its name, or as its first condition.
    pub(super) fn called(&self) -> String {
        let first = self.conditions.first().map(|one| one.text.as_str());
        match self.name.trim() {
            "" => first.unwrap_or_default().to_owned(),
            name => name.to_owned(),
        }
    }

    /// The rule here, without a number; `None` if its feed isn’t here.
    pub(super) fn rule(self, feed: impl Fn(&str) -> Option<FeedId>) -> Option<Rule> {
        let conditions = self.conditions.into_iter().map(|one| Condition {
            what: one.what,
            how: one.how,
            text: one.text,
        });
        Some(Rule {
            id: 0,
            name: self.name,
            is_off: self.off,
            place: match self.place {
                Place::All => Where::Everywhere,
                Place::Folder(path) => Where::Folder(path),
                Place::Feed(address) => Where::Feed(feed(&address)?),
            },
            any: self.any,
            conditions: conditions.collect(),
            acts: Acts {
                read: self.read,
                star: self.star,
                hide: self.hide,
                keep: self.keep_unread,
                light: self.highlight,
                tag: self.tag,
                hook: self.send_to,
            },
            until: self.until,
        })
    }
}

/// How one feed is read; what isn’t said is as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct FeedSettings {
    pub feed: String,
    /// The reader’s own title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub full_text: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unread_when_edited: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<ListOrder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// For how many minutes its articles are fresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fresh: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rolled_up: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keeps_scrolled: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub opens_site: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<ListStyle>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
    /// The minute since 1970 at which the pause ends, if it does by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<i64>,
    /// The minute after which is asked whether it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial: Option<i64>,
}

impl FeedSettings {
    fn of(one: &Subscription, feed: String) -> Self {
        let Habits {
            order,
            counts,
            fresh,
            rolled_up,
            keeps_scrolled,
            opens_site,
            view,
        } = one.habits;
        Self {
            feed,
            title: one.title.clone(),
            full_text: one.full_text,
            unread_when_edited: one.unread_when_edited.is_some(),
            keep: one.keep,
            order,
            counts,
            fresh,
            rolled_up,
            keeps_scrolled,
            opens_site,
            view,
            paused: one.pause.is_some(),
            paused_until: one.pause.and_then(|pause| pause.until),
            trial: one.trial,
        }
    }
}

/// What is set. A read for each 30 feeds that rules and rankings name and that aren’t on the shelf, and the journal’s sums.
pub(super) async fn settings(
    mine: Mine<'_>,
    shelf: &Shelf,
    user: &User,
) -> Result<Settings, StoreError> {
    let Mine { store, now, .. } = mine;
    let journal = Journal::open(store, mine.user, &shelf.read, now).await?;
    let left_out = &journal.sums().left_out;
    let book = shelf.read.book();
    let ruled = book.rules.iter().filter_map(|rule| match rule.place {
        Where::Feed(feed) => Some(feed),
        _ => None,
    });
    let named = ruled.chain(left_out.feeds.iter().copied());
    let addresses = addresses(mine, shelf, named.collect()).await?;
    let address = |feed: FeedId| addresses.get(&feed).cloned();
    let profile = &user.profile;
    let mut preferences = profile.preferences.clone();
    preferences
        .targets
        .iter_mut()
        .for_each(|target| target.secret.clear());
    // When the hour was chosen matters here alone.
    (preferences.edition.before, preferences.edition.changed) = (preferences.edition.hour, 0);
    let habits = &journal.habits;
    let feeds = shelf.subscriptions.iter().filter_map(|one| {
        let address = shelf.summary(one.feed)?.url.to_string();
        let told = FeedSettings::of(one, address.clone());
        let usual = FeedSettings {
            feed: address,
            ..FeedSettings::default()
        };
        (told != usual).then_some(told)
    });
    Ok(Settings {
        format: FORMAT.to_owned(),
        version: VERSION,
        order: profile.order,
        preferences,
        mail: Mail {
            edition: profile.mail.edition,
            digest: profile.mail.digest,
            notices: !profile.mail.no_notices,
        },
        journal: JournalSettings {
            paused: habits.is_paused,
            keep: habits.keep,
            zone: habits.is_chosen.then(|| habits.zone.clone()),
            left_out_feeds: left_out.feeds.iter().copied().filter_map(address).collect(),
            left_out_authors: left_out.authors.iter().cloned().collect(),
        },
        rules: book
            .rules
            .iter()
            .map(|rule| PlainRule::of(rule, address))
            .collect(),
        searches: book
            .searches
            .iter()
            .map(|one| Search {
                name: one.name.clone(),
                query: one.query.clone(),
            })
            .collect(),
        feeds: feeds.collect(),
    })
}

/// The addresses of feeds, on the shelf or not; none of what stands behind another’s door. A read for each 30 that aren’t on the shelf.
pub(super) async fn addresses(
    mine: Mine<'_>,
    shelf: &Shelf,
    wanted: std::collections::BTreeSet<FeedId>,
) -> Result<BTreeMap<FeedId, String>, StoreError> {
    let mut found = BTreeMap::new();
    let mut others = Vec::new();
    for feed in wanted {
        match shelf.summary(feed) {
            Some(summary) => drop(found.insert(feed, summary.url.to_string())),
            // Above are the numbers of those that aren’t stored.
            None if feed.number() <= crate::ids::FEED_IDS.cast_signed() => others.push(feed),
            None => {}
        }
    }
    for head in feeds::store::heads(mine.store, &others).await? {
        if head.summary.is_open_to(mine.user) {
            found.insert(head.id, head.summary.url.to_string());
        }
    }
    Ok(found)
}
