//! Takes an export in, file after file, up to a bound.

use std::collections::HashSet;
use std::io::{Read, Seek};

use super::base::{BadFile, DataError, Import, Mine, bare, here_of};
use super::item::feed_of;
use super::report::Report;
use super::settings::Settings;
use super::starred::Keeper;
use super::unpack::Unpacked;
use super::{reading, take_settings};
use crate::feeds::door;
use crate::refresh::heavy::heavy;
use crate::shelf::history::bring;
use crate::shelf::history::brought::{self, Brought, Unreadable};
use crate::shelf::import_report::LineResult;
use crate::shelf::{Shelf, import as opml_in, opml, store as shelf_store};
use crate::timestamp::minute_of;

/// Bytes of unpacked files after which a step ends.
const STEP_BYTES: usize = 96 * 1_024 * 1_024;
/// Lines of a journal that count as one item.
const JOURNAL_LINES: usize = 20;

/// What came of a step.
pub type Progress = Result<Report, DataError>;

/// Takes in some of a ZIP's files, from one on. What is there already stays as it is, so it can be done again.
///
/// Feeds cost what an OPML file costs; each star and each thing kept a write, and a read for its feed; a read for each feed of which it
/// is said what is read; each month of the journal a read and a write.
///
/// # Errors
/// [`DataError::File`] if a file can't be read: those before it are taken in. [`DataError::Store`] if the store can't be reached.
pub async fn import<R: Read + Seek + Send + 'static>(
    import: Import<'_>,
    file: &mut Unpacked<R>,
    from: usize,
) -> Progress {
    let mine = import.mine;
    let mut report = Report {
        minute: minute_of(mine.now),
        part: file.manifest.part,
        parts: file.manifest.parts,
        made: crate::codec::cut(&file.manifest.made, 40),
        foreign: file.foreign,
        ..Report::default()
    };
    let mut shelf = Shelf::reload(mine.store, mine.user).await?;
    let mut keeper = None;
    let (mut place, mut items, mut bytes) = (from, 0, 0);
    while let Some((kind, name)) = file.file(place) {
        if items >= mine.step() || bytes >= STEP_BYTES {
            break;
        }
        let name = name.to_owned();
        let damaged = || BadFile::Damaged(name.clone());
        let content = file.read(place).await?;
        bytes += content.len();
        match kind {
            "feeds.opml" => {
                let titled = titled(file).await?;
                items += feeds(&import, content, titled, &mut report).await?;
                report.has_beginning = true;
                shelf = Shelf::reload(mine.store, mine.user).await?;
            }
            "settings.json" => {
                let settings: Settings = serde_json::from_slice(&content).map_err(|_| damaged())?;
                take_settings::take(&import, &mut shelf, settings, &mut report).await?;
                shelf = Shelf::reload(mine.store, mine.user).await?;
            }
            "journal.jsonl" => {
                items += journal(mine, &shelf, content, &mut report)
                    .await?
                    .ok_or_else(damaged)?;
            }
            "read-state.jsonl" => {
                let lines = read_lines(&content).ok_or_else(damaged)?;
                items += lines.len();
                let here = here_of(&shelf);
                reading::mark(mine, &mut shelf, &here, lines, &mut report).await?;
            }
            _ => {
                let parsed = heavy(move || feed_of(&content)).await;
                let parsed = parsed.ok_or(DataError::BrokeOff)?.ok_or_else(damaged)?;
                items += parsed.items.len();
                let keeper = match &mut keeper {
                    Some(keeper) => keeper,
                    none => none.insert(Keeper::new(mine, &shelf, import.quota).await?),
                };
                match kind {
                    "kept.json" => keeper.keep(&shelf, parsed.items, &mut report).await?,
                    _ => keeper.star(&shelf, parsed.items, &mut report).await?,
                }
            }
        }
        place += 1;
    }
    let count = file.count();
    report.next = (place < count).then(|| (place, count, file.id().to_owned()));
    Ok(report)
}

/// The feeds that have a title of the reader's own; `None` if it isn't told.
async fn titled<R: Read + Seek + Send + 'static>(
    file: &mut Unpacked<R>,
) -> Result<Option<HashSet<String>>, DataError> {
    let Some(place) = file.place_of("settings.json") else {
        return Ok(None);
    };
    let content = file.read(place).await?;
    let damaged = || BadFile::Damaged("settings.json".to_owned());
    let settings: Settings = serde_json::from_slice(&content).map_err(|_| damaged())?;
    let titled = settings.feeds.iter().filter(|one| one.title.is_some());
    Ok(Some(titled.map(|one| bare(&one.feed)).collect()))
}

async fn feeds(
    import: &Import<'_>,
    content: Vec<u8>,
    titled: Option<HashSet<String>>,
    report: &mut Report,
) -> Result<usize, DataError> {
    let mine = import.mine;
    let parsed = heavy(move || opml::read(&content))
        .await
        .ok_or(DataError::BrokeOff)?;
    let mut list = match parsed {
        Ok(list) => list,
        // A shelf without feeds.
        Err(opml::OpmlError::NoFeeds) => return Ok(0),
        Err(_) => return Err(BadFile::Damaged("feeds.opml".to_owned()).into()),
    };
    let titles: Vec<Option<String>> = list.outlines.iter().map(|one| one.title.clone()).collect();
    for outline in &mut list.outlines {
        let address = door::bare(&outline.xml_url);
        // What the publisher calls it would look like a title of the reader's own.
        if titled
            .as_ref()
            .is_some_and(|titled| !titled.contains(&bare(&address)))
        {
            outline.title = None;
        }
    }
    let keys = (mine.keys, mine.random);
    let (private, most) = (import.allow_private, import.quota.shelf());
    let done = opml_in::import(
        mine.store,
        import.clock,
        keys,
        mine.user,
        &list,
        private,
        most,
    );
    let mut done = done.await?;
    for (line, title) in done.lines.iter_mut().zip(titles) {
        if line.title.is_empty() {
            line.title = crate::codec::cut(&title.unwrap_or_default(), 300);
        }
    }
    // A feed stands once in each of its folders.
    let mut seen = HashSet::new();
    for line in &done.lines {
        match &line.result {
            LineResult::Added(id) if seen.insert(*id) => report.feeds.0 += 1,
            LineResult::Already(id) if seen.insert(*id) => report.feeds.1 += 1,
            LineResult::Refused(_) => report.feeds.2 += 1,
            _ => {}
        }
    }
    let last = shelf_store::last_import(mine.store, mine.user).await?;
    done.follow(&last.unwrap_or_default(), minute_of(mine.now));
    shelf_store::put_import(mine.store, mine.user, &done).await?;
    Ok(done.lines.len())
}

/// Brings lines of a journal; how many items they count as, or `None` if it isn't one.
async fn journal(
    mine: Mine<'_>,
    shelf: &Shelf,
    content: Vec<u8>,
    report: &mut Report,
) -> Result<Option<usize>, DataError> {
    let now = mine.now;
    let parsed = heavy(move || brought::read(&content, now)).await;
    let (lines, wrong, cut) = match parsed.ok_or(DataError::BrokeOff)? {
        Ok(Brought::Journal(lines, wrong, cut)) => (lines, wrong, cut),
        Err(Unreadable::Nothing) => return Ok(Some(0)),
        Ok(Brought::States(..)) | Err(_) => return Ok(None),
    };
    let count = lines.len();
    let done = bring::lines(mine.store, shelf, mine.user, lines, now).await?;
    report.journal.0 += done.added;
    report.journal.1 += done.known;
    report.journal.2 += done.too_old + wrong + cut;
    Ok(Some(count / JOURNAL_LINES))
}

/// The lines of a `read-state.jsonl`; `None` if one can't be read.
fn read_lines(content: &[u8]) -> Option<Vec<reading::Line>> {
    let text = std::str::from_utf8(content).ok()?;
    let (head, rest) = text.split_once('\n')?;
    if head.trim() != reading::HEAD.trim() {
        return None;
    }
    let lines = rest.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).ok()).collect()
}
