//! Takes settings in: what is as usual here becomes as it is in the file, and what was changed here stays.

use std::collections::HashMap;

use serde_json::Value;

use super::base::{DataError, Import, Mine, bare, here_of};
use super::report::Report;
use super::settings::{FeedSettings, Place, PlainRule, Settings};
use crate::codec::cut;
use crate::datastore::StoreError;
use crate::html::visible::visible;
use crate::ids::FeedId;
use crate::search::Question;
use crate::shelf::history::erase;
use crate::shelf::history::view::Journal;
use crate::shelf::journal::{Habits, MOST_LEFT_OUT};
use crate::shelf::rulebook::rule::MOST_RULES;
use crate::shelf::rulebook::saved::NAME_BYTES;
use crate::shelf::subscription::{self, Subscription};
use crate::shelf::{Shelf, pausing, store as shelf_store};
use crate::timestamp::minute_of;
use crate::users::preferences::{MOST_FOLDERS, MOST_TARGETS, Preferences, Service, Target};
use crate::users::{self, ListOrder, Profile};

/// Longest query that is kept, name and address of a service, in bytes.
const QUERY_BYTES: usize = 300;
const SERVICE_BYTES: usize = 40;
const ADDRESS_BYTES: usize = 500;
/// Most pauses of one file: each is a commit of its own.
const MOST_PAUSES: usize = 200;
/// Most articles that a feed may keep, as its form takes them.
const MOST_KEPT: u32 = 10_000;

/// Takes all of them in. The account is one read and one write, if it changes; each rule, search and changed feed a write.
pub(super) async fn take(
    import: &Import<'_>,
    shelf: &mut Shelf,
    settings: Settings,
    report: &mut Report,
) -> Result<(), DataError> {
    let here = here_of(shelf);
    let find = |address: &str| here.get(&bare(address)).copied();
    account(import, &settings, report).await?;
    journal(import.mine, shelf, &settings, &find, report).await?;
    feeds(import.mine, shelf, &settings.feeds, &here, report).await?;
    rules(import.mine, shelf, settings.rules, &find, report).await?;
    for one in settings.searches {
        search(import.mine, shelf, (&one.name, &one.query), report).await?;
    }
    Ok(())
}

async fn account(
    import: &Import<'_>,
    settings: &Settings,
    report: &mut Report,
) -> Result<(), DataError> {
    let (mine, minute) = (import.mine, minute_of(import.mine.now));
    let settle = import.settle;
    let merge = |profile: &Profile| {
        let mut after = profile.clone();
        let counts = merged(&mut after, settings);
        settle(&mut after, minute);
        (after, counts)
    };
    let Some(user) = users::store::get(mine.store, mine.user).await? else {
        return Ok(());
    };
    let (after, (taken, stay, services)) = merge(&user.profile);
    report.settings.0 += taken;
    report.settings.1 += stay;
    report.services += services;
    let mail = &user.profile.mail;
    let wants = &settings.mail;
    report.wants_mail |= (wants.edition && !mail.edition) || (wants.digest && !mail.digest);
    if after != user.profile {
        users::store::change(mine.store, mine.user, |user| {
            user.profile = merge(&user.profile).0;
        })
        .await?;
    }
    Ok(())
}

/// Merges settings into a profile: how many are taken, how many stay, and how many services need a key.
fn merged(profile: &mut Profile, settings: &Settings) -> (usize, usize, usize) {
    let (mut taken, mut stay) = (0, 0);
    if settings.order != profile.order && settings.order != ListOrder::default() {
        match profile.order == ListOrder::default() {
            true => (profile.order, taken) = (settings.order, taken + 1),
            false => stay += 1,
        }
    }
    if settings.format == super::settings::FORMAT && !settings.mail.notices {
        taken += usize::from(!profile.mail.no_notices);
        profile.mail.no_notices = true;
    }
    let theirs = &settings.preferences;
    let plain = |own: &Preferences| {
        let own = Preferences {
            targets: Vec::new(),
            folders: Default::default(),
            ..own.clone()
        };
        serde_json::to_value(own).unwrap_or_default()
    };
    let (mut ours, usual) = (plain(&profile.preferences), plain(&Preferences::default()));
    if let (Value::Object(theirs), Value::Object(own)) = (plain(theirs), &mut ours) {
        for (name, value) in theirs {
            let stands = own.get(&name);
            if stands == Some(&value) || usual.get(&name) == Some(&value) {
                continue;
            }
            match stands.is_none() || stands == usual.get(&name) {
                true => {
                    own.insert(name, value);
                    taken += 1;
                }
                false => stay += 1,
            }
        }
    }
    if let Ok(after) = serde_json::from_value::<Preferences>(ours) {
        profile.preferences = Preferences {
            targets: std::mem::take(&mut profile.preferences.targets),
            folders: std::mem::take(&mut profile.preferences.folders),
            ..after
        };
    }
    let own = &mut profile.preferences;
    own.edition.hour = own.edition.hour.min(23);
    own.edition.before = own.edition.before.min(23);
    for (name, habits) in &theirs.folders {
        let path = subscription::folder_path(name.split('\u{1f}'));
        let name = path.join("\u{1f}");
        if !path.is_empty() && own.folders.len() < MOST_FOLDERS && !own.folders.contains_key(&name)
        {
            own.folders.insert(name, *habits);
            taken += 1;
        }
    }
    let mut services = 0;
    for target in &theirs.targets {
        let is_here =
            |known: &Target| (known.service, &known.address) == (target.service, &target.address);
        if own.targets.iter().any(is_here) {
            continue;
        }
        match checked(target).filter(|_| own.targets.len() < MOST_TARGETS) {
            Some(target) => {
                own.targets.push(target);
                taken += 1;
            }
            None => services += 1,
        }
    }
    (taken, stay, services)
}

/// A service that needs no key; `None` for others, and what isn't one.
fn checked(target: &Target) -> Option<Target> {
    let name = cut(visible(target.name.trim()).trim(), SERVICE_BYTES);
    let address = target.address.trim();
    let filled = address.replace("{url}", "u").replace("{title}", "t");
    let url = url::Url::parse(&filled).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_open = url.username().is_empty() && url.password().is_none();
    let is_link = target.service == Service::Link && address.contains("{url}");
    let fits = !name.is_empty() && address.len() <= ADDRESS_BYTES;
    (is_web && is_open && is_link && fits).then(|| Target {
        name,
        service: Service::Link,
        address: address.to_owned(),
        secret: String::new(),
    })
}

async fn journal(
    mine: Mine<'_>,
    shelf: &Shelf,
    settings: &Settings,
    find: &impl Fn(&str) -> Option<FeedId>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let Mine {
        store, user, now, ..
    } = mine;
    let wanted = &settings.journal;
    let before = shelf.read.habits();
    let mut habits = before.clone();
    habits.is_paused |= wanted.paused;
    if let Some(zone) = &wanted.zone
        && !habits.is_chosen
        && zone.len() <= 60
        && crate::shelf::journal::zone::named(zone).name() == zone
    {
        habits = Habits {
            zone: zone.clone(),
            is_chosen: true,
            ..habits
        };
    }
    // A shorter time would delete what is older here.
    let known = Journal::open(store, user, &shelf.read, now).await?;
    if known.sums().months.is_empty() && habits.keep == Habits::default().keep {
        habits.keep = wanted.keep;
    }
    if habits != before {
        report.settings.0 += 1;
        erase::set_habits(store, user, &habits, now).await?;
    }
    let feeds: Vec<FeedId> = wanted
        .left_out_feeds
        .iter()
        .filter_map(|url| find(url))
        .collect();
    let authors = wanted.left_out_authors.iter().take(MOST_LEFT_OUT);
    let authors: Vec<String> = authors.map(|author| cut(author, 200)).collect();
    if feeds.is_empty() && authors.is_empty() {
        return Ok(());
    }
    erase::leave_out(store, user, |left| {
        for feed in &feeds {
            if left.feeds.len() < MOST_LEFT_OUT {
                left.feeds.insert(*feed);
            }
        }
        for author in &authors {
            if left.authors.len() < MOST_LEFT_OUT {
                left.authors.insert(author.clone());
            }
        }
    })
    .await
}

/// Sets of a feed what is as usual here; how many settings that changes, and how many stay.
fn set(one: &mut Subscription, wanted: &FeedSettings, minute: i64) -> (usize, usize) {
    let (mut taken, mut stay) = (0, 0);
    fn put<T: PartialEq>(own: &mut Option<T>, theirs: Option<T>, counts: (&mut usize, &mut usize)) {
        match (own.as_ref(), theirs) {
            (None, Some(theirs)) => {
                *own = Some(theirs);
                *counts.0 += 1;
            }
            (Some(own), Some(theirs)) if *own != theirs => *counts.1 += 1,
            _ => {}
        }
    }
    let mut tick = |own: &mut bool, theirs: bool| {
        taken += usize::from(theirs && !*own);
        *own |= theirs;
    };
    let habits = &mut one.habits;
    tick(&mut one.full_text, wanted.full_text);
    tick(&mut habits.rolled_up, wanted.rolled_up);
    tick(&mut habits.keeps_scrolled, wanted.keeps_scrolled);
    tick(&mut habits.opens_site, wanted.opens_site);
    let title = wanted.title.as_deref().and_then(subscription::typed_title);
    let terms = subscription::Habits::TERMS;
    let fresh = wanted.fresh.filter(|term| terms.contains(term));
    let keep = wanted.keep.map(|keep| keep.clamp(1, MOST_KEPT));
    put(&mut one.title, title, (&mut taken, &mut stay));
    put(&mut one.keep, keep, (&mut taken, &mut stay));
    put(&mut habits.order, wanted.order, (&mut taken, &mut stay));
    put(&mut habits.counts, wanted.counts, (&mut taken, &mut stay));
    put(&mut habits.fresh, fresh, (&mut taken, &mut stay));
    put(&mut habits.view, wanted.view, (&mut taken, &mut stay));
    let trial = wanted.trial.filter(|end| *end > minute);
    put(&mut one.trial, trial, (&mut taken, &mut stay));
    if wanted.unread_when_edited && one.unread_when_edited.is_none() {
        one.set_unread_when_edited(true, minute);
        taken += 1;
    }
    (taken, stay)
}

async fn feeds(
    mine: Mine<'_>,
    shelf: &Shelf,
    wanted: &[FeedSettings],
    here: &HashMap<String, FeedId>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let Mine {
        store, user, now, ..
    } = mine;
    let minute = minute_of(now);
    let mut by_feed: HashMap<FeedId, &FeedSettings> = HashMap::new();
    let (mut changed, mut paused) = (Vec::new(), Vec::new());
    for one in wanted {
        let Some(feed) = here.get(&bare(&one.feed)) else {
            continue;
        };
        let Some(known) = shelf.subscription(*feed) else {
            continue;
        };
        let (taken, stay) = set(&mut known.clone(), one, minute);
        report.settings.0 += taken;
        report.settings.1 += stay;
        if taken > 0 && by_feed.insert(*feed, one).is_none() {
            changed.push(*feed);
        }
        let is_over = one.paused_until.is_some_and(|until| until <= minute);
        if one.paused && !is_over && known.pause.is_none() && paused.len() < MOST_PAUSES {
            paused.push((*feed, one.paused_until));
        }
    }
    shelf_store::change_many(store, user, &changed, None, |one| {
        if let Some(wanted) = by_feed.get(&one.feed) {
            set(one, wanted, minute);
        }
    })
    .await?;
    for (feed, until) in paused {
        pausing::pause(store, user, feed, until, now).await?;
        report.settings.0 += 1;
    }
    Ok(())
}

async fn rules(
    mine: Mine<'_>,
    shelf: &mut Shelf,
    wanted: Vec<PlainRule>,
    find: &impl Fn(&str) -> Option<FeedId>,
    report: &mut Report,
) -> Result<(), StoreError> {
    for mut one in wanted.into_iter().take(2 * MOST_RULES) {
        if let Place::Folder(path) = &mut one.place {
            *path = subscription::folder_path(path.iter().map(String::as_str));
        }
        let tags = crate::shelf::kept::typed_tags(&one.tag);
        one.tag = tags.into_iter().next().unwrap_or_default();
        one.send_to = cut(&visible(&one.send_to), SERVICE_BYTES);
        let name = one.called();
        let rule = one.rule(find).and_then(|rule| rule.checked().ok());
        let Some(rule) = rule else {
            report.left_rule(name);
            continue;
        };
        let mut known = shelf.read.book().rules.iter();
        let is_same = |other: &crate::shelf::rulebook::Rule| {
            let numbered = crate::shelf::rulebook::Rule {
                id: other.id,
                ..rule.clone()
            };
            *other == numbered
        };
        if known.any(is_same) {
            report.rules.1 += 1;
            continue;
        }
        let act = mine.random.hex::<8>();
        match shelf
            .save_rule(mine.store, mine.now, &act, rule, None)
            .await?
        {
            Ok(_) => report.rules.0 += 1,
            Err(_) => report.left_rule(name),
        }
    }
    Ok(())
}

async fn search(
    mine: Mine<'_>,
    shelf: &mut Shelf,
    (name, query): (&str, &str),
    report: &mut Report,
) -> Result<(), StoreError> {
    let query = query.trim();
    if shelf
        .read
        .book()
        .searches
        .iter()
        .any(|one| one.query == query)
    {
        report.searches.1 += 1;
        return Ok(());
    }
    let is_question = Question::parse(query).is_ok_and(|asked| !asked.is_empty());
    if !is_question || query.len() > QUERY_BYTES {
        report.searches.2 += 1;
        return Ok(());
    }
    let name = cut(visible(name.trim()).trim(), NAME_BYTES);
    let name = if name.is_empty() { query } else { &name };
    let saved = shelf
        .save_search(mine.store, mine.now, (name, query), &[], false)
        .await?;
    match saved {
        Some(_) => report.searches.0 += 1,
        None => report.searches.2 += 1,
    }
    Ok(())
}
