//! Imports OPML: insert first, fetch after.
//!
//! All lines are put on the shelf at once, in bounded commits; new feeds start in the tier `New` and are fetched by the
//! next sweeps, or in steps that the import's page requests. Every line gets a result. Importing the same file again
//! adds nothing.

use std::collections::{HashMap, HashSet};

use super::departure::end_of;
use super::import_report::{ImportReport, Line, LineResult};
use super::opml::{self, Opml, Outline};
use super::place::Place;
use super::room::{self, Room};
use super::store;
use super::subscriber_counts::joins;
use super::subscription::{Extra, Subscription, folder_path, typed_title};
use crate::client::guard;
use crate::clock::Clock;
use crate::codec::cut;
use crate::config::ShelfLimits;
use crate::datastore::{Attempt, Datastore, Mutation, StoreError, retry_on_conflict};
use crate::feeds::door::{self, Pass};
use crate::feeds::{self, Door, FeedAddress, Head, unknown};
use crate::ids::{FEED_IDS, FeedId, UserId};
use crate::random::Random;
use crate::refresh::batch::{Batch, Occasion, Results};
use crate::refresh::context::RefreshContext;
use crate::sealed::SecretKeys;

/// Lines per commit: three entities each.
const LINES_A_COMMIT: usize = 150;
/// How long the batch works at a time.
const HOST_PAUSE: std::time::Duration = std::time::Duration::from_secs(1);
/// Longest title or address in the report, in bytes.
const LINE_BYTES: usize = 300;
/// Most bytes kept of one feed's attributes that we don't use; beyond that, all are dropped.
const EXTRA_BYTES: usize = 100_000;

/// A line that can be put on a shelf.
struct Wanted<'o> {
    place: usize,
    url: FeedAddress,
    /// What opens it, if it is behind a door.
    pass: Option<Pass>,
    outline: &'o Outline,
}

impl Wanted<'_> {
    /// What tells it from other lines: behind a door, it is another feed.
    fn name(&self) -> String {
        match self.pass {
            None => self.url.to_string(),
            Some(_) => format!("behind a door: {}", self.url),
        }
    }

    /// Its address, for everybody or for one reader.
    fn address(&self, user: UserId) -> feeds::store::Address<'_> {
        (self.url.as_str(), self.pass.as_ref().map(|_| user))
    }
}

/// Puts a file's feeds on a shelf, without a request to any publisher.
///
/// One read per address, and one per feed that is already stored (two if it was merged into another), and two or more for what
/// is on the shelf; one to three writes per line, and one for each 150.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts. What is already on the shelf stays, and importing again continues
/// from there.
pub async fn import(
    store: &Datastore,
    clock: &Clock,
    (keys, random): (&SecretKeys, &Random),
    user: UserId,
    opml: &Opml,
    allow_private: bool,
    most: ShelfLimits,
) -> Result<ImportReport, StoreError> {
    // An import may bring more than a full disk can take.
    store.check_reserve(0)?;
    let mut room = Room::of(store, user, most).await?;
    let mut report = ImportReport {
        lines: Vec::with_capacity(opml.outlines.len()),
        notes: opml.notes.clone(),
        recent: Vec::new(),
    };
    let mut wanted = Vec::new();
    for (place, outline) in opml.outlines.iter().enumerate() {
        let result = match checked(outline, allow_private) {
            Ok((url, pass)) => {
                wanted.push(Wanted {
                    place,
                    url,
                    pass,
                    outline,
                });
                LineResult::Refused(String::new())
            }
            Err(why) => LineResult::Refused(why),
        };
        report.lines.push(Line {
            title: cut(&shown_title(outline).unwrap_or_default(), LINE_BYTES),
            address: cut(&door::bare(&outline.xml_url), LINE_BYTES),
            folder: folder_path(outline.folder.iter().map(String::as_str)),
            result,
        });
    }
    let folders = folders_of(&wanted);
    let mut done: HashMap<String, FeedId> = HashMap::new();
    let (mut settled, all) = (0_u64, wanted.len() as u64);
    for chunk in wanted.chunks(LINES_A_COMMIT) {
        store.progress().at("importing feeds", settled, all);
        settled += chunk.len() as u64;
        let mut is_again = false;
        let committed: Result<_, StoreError> = retry_on_conflict!("the shelf", {
            if is_again {
                // Another tab, a double click, or a feed that was just deleted.
                room = Room::of(store, user, most).await?;
            }
            is_again = true;
            let lines = Chunk {
                store,
                clock,
                keys,
                random,
                user,
                opml,
                folders: &folders,
            };
            let mut known = done.clone();
            match lines.commit(chunk, &mut known, &mut room).await {
                Err(error)
                    if feeds::store::has_gone(&error)
                        || feeds::store::is_taken(&error)
                        || store::is_there(&error)
                        || room::is_lost(&error) =>
                {
                    Ok(Attempt::Conflict)
                }
                results => {
                    let results = Attempt::of(results)?;
                    Ok(results.map(|results| (results, known)))
                }
            }
        });
        let results;
        (results, done) = committed?;
        for (wanted, result) in chunk.iter().zip(results) {
            report.lines[wanted.place].result = result;
        }
    }
    Ok(report)
}

/// The folders in which a file lists each address, in the order of the file.
fn folders_of(wanted: &[Wanted<'_>]) -> HashMap<String, Vec<Vec<String>>> {
    let mut folders: HashMap<String, Vec<Vec<String>>> = HashMap::new();
    for one in wanted {
        let path = folder_path(one.outline.folder.iter().map(String::as_str));
        folders.entry(one.name()).or_default().push(path);
    }
    folders
}

/// A line's address, and what opens it.
fn checked(outline: &Outline, allow_private: bool) -> Result<(FeedAddress, Option<Pass>), String> {
    let (bare, in_address) = door::split(&outline.xml_url).map_err(|error| error.to_string())?;
    let pass = opml::pass_of(outline).map_err(|error| error.to_string())?;
    let url = FeedAddress::parse(&bare).map_err(|error| error.to_string())?;
    guard::check_text(url.as_str(), allow_private).map_err(|error| error.to_string())?;
    Ok((url, pass.or(in_address)))
}

/// A line's title. Some programs write the address in its place.
fn shown_title(outline: &Outline) -> Option<String> {
    let title = outline.title.as_deref()?;
    Some(door::bare(title).into_owned())
}

struct Chunk<'a> {
    store: &'a Datastore,
    clock: &'a Clock,
    keys: &'a SecretKeys,
    random: &'a Random,
    user: UserId,
    opml: &'a Opml,
    folders: &'a HashMap<String, Vec<Vec<String>>>,
}

impl Chunk<'_> {
    /// One commit for some lines. `done` holds the addresses of earlier lines, `room` what is on the shelf.
    async fn commit(
        &self,
        lines: &[Wanted<'_>],
        done: &mut HashMap<String, FeedId>,
        room: &mut Room,
    ) -> Result<Vec<LineResult>, StoreError> {
        let addresses: Vec<_> = lines.iter().map(|one| one.address(self.user)).collect();
        let mut found = feeds::store::by_addresses(self.store, &addresses).await?;
        let others: Vec<FeedId> = found.iter().flatten().copied().collect();
        let others = others
            .into_iter()
            .filter(|id| !room.has(*id))
            .collect::<Vec<_>>();
        let others = feeds::store::get_many(self.store, &others).await?;
        let mut others: HashMap<FeedId, feeds::Feed> =
            others.into_iter().map(|feed| (feed.id, feed)).collect();
        for id in found.iter_mut().flatten() {
            // A feed that was merged is replaced by its target.
            if let Some(feed) = others.get(id).filter(|feed| feed.summary.onto.is_some()) {
                let end = end_of(self.store, feed.clone()).await?;
                *id = end.id;
                others.insert(end.id, end);
            }
        }
        let mut changes = Vec::new();
        let mut results = Vec::with_capacity(lines.len());
        for (wanted, found) in lines.iter().zip(found) {
            if let Some(&id) = done.get(&wanted.name()) {
                results.push(LineResult::Already(id));
                continue;
            }
            // Two addresses in the file can lead to one feed.
            if let Some(id) = found.filter(|id| room.has(*id)) {
                done.insert(wanted.name(), id);
                results.push(LineResult::Already(id));
                continue;
            }
            let known = found.and_then(|id| others.get(&id));
            let new = || FeedId::from_number(self.random.id(FEED_IDS)).unwrap_or(FeedId(1));
            let id = known.map_or_else(new, |feed| feed.id);
            let place = match room.take(id, known.map_or(0, |feed| feed.summary.bytes)) {
                Ok(place) => place,
                Err(error) => {
                    results.push(LineResult::Refused(error.to_string()));
                    continue;
                }
            };
            let mut found_last = None;
            match others.remove(&id) {
                Some(mut feed) => {
                    joins(&mut feed, self.clock.now());
                    if wanted.pass.is_some() {
                        feed.summary.door = self.door(wanted)?;
                    }
                    changes.push(feeds::store::update(&feed)?);
                    found_last = feed.summary.found_last();
                }
                None => {
                    let mut feed = unknown(id, wanted.url.clone());
                    feed.summary.subscribers = 1;
                    feed.summary.door = self.door(wanted)?;
                    changes.extend(feeds::store::insert(&feed)?);
                }
            }
            changes.push(self.subscription(place, id, found_last, wanted)?);
            done.insert(wanted.name(), id);
            results.push(LineResult::Added(id));
        }
        if !changes.is_empty() {
            changes.push(room.latch());
            let versions = self.store.commit(changes).await?;
            room.committed(versions.last().copied().unwrap_or_default());
        }
        Ok(results)
    }

    /// The door of a line's feed, if it has one.
    fn door(&self, wanted: &Wanted<'_>) -> Result<Option<Door>, StoreError> {
        let Some(pass) = &wanted.pass else {
            return Ok(None);
        };
        let keys = (self.keys, self.random);
        let door = Door::new(keys, self.user, wanted.url.as_str(), pass);
        let fault = || StoreError::Invalid("the password can’t be sealed".to_owned());
        door.ok_or_else(fault).map(Some)
    }

    fn subscription(
        &self,
        place: Place,
        feed: FeedId,
        found: Option<u32>,
        wanted: &Wanted<'_>,
    ) -> Result<Mutation, StoreError> {
        let outline = wanted.outline;
        let nth = i64::try_from(wanted.place).unwrap_or_default();
        let position = self.clock.now().timestamp_micros() + nth;
        let mut one = Subscription {
            title: shown_title(outline).as_deref().and_then(typed_title),
            ..Subscription::new(feed, Vec::new(), position, found)
        };
        let folders = self.folders.get(&wanted.name());
        one.set_folders(folders.into_iter().flatten().cloned());
        let prefixes: HashSet<&str> = outline
            .attributes
            .iter()
            .filter_map(|(name, _)| name.split_once(':').map(|(prefix, _)| prefix))
            .collect();
        let namespaces = self.opml.namespaces.iter().filter(|(name, _)| {
            let prefix = name.strip_prefix("xmlns:").unwrap_or(name);
            prefixes.contains(prefix)
        });
        // What opens a door is sealed with the feed, and kept nowhere else.
        let kept = outline.attributes.iter();
        let kept = kept.filter(|(name, _)| !opml::is_pass(name));
        let site = outline.html_url.as_deref().map(door::bare);
        let extra = Extra {
            attributes: kept.cloned().collect(),
            namespaces: namespaces.cloned().collect(),
            html_url: site.map(std::borrow::Cow::into_owned),
        };
        let attributes = extra.attributes.iter();
        let size: usize = attributes
            .map(|(name, value)| name.len() + value.len())
            .sum();
        let extra = if size > EXTRA_BYTES {
            Extra::default()
        } else {
            extra
        };
        store::insert(place, self.user, &one, &extra)
    }
}

/// Those of the feeds that were never fetched. One read per 30.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn waiting(store: &Datastore, ids: &[FeedId]) -> Result<Vec<Head>, StoreError> {
    let mut heads = feeds::store::heads(store, ids).await?;
    heads.retain(|head| head.summary.is_waiting());
    // In the file's order, so that the page fills from its top.
    let place: HashMap<FeedId, usize> = ids.iter().enumerate().map(|(n, &id)| (id, n)).collect();
    heads.sort_by_key(|head| place.get(&head.id).copied());
    Ok(heads)
}

/// Fetches some of the feeds that were never fetched, until `deadline`.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; finished work is kept.
pub async fn fetch_some(
    context: &RefreshContext,
    waiting: Vec<Head>,
    deadline: tokio::time::Instant,
) -> Result<Results, StoreError> {
    let mut batch = Batch::new(context, waiting, deadline, Occasion::Request);
    while !batch.work(HOST_PAUSE).await? {}
    Ok(batch.done())
}
