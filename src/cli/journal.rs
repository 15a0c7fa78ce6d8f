//! `dormouse journal`, `dormouse insights`

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::{Context, done, print, print_json};
use crate::datastore::Datastore;
use crate::ids::UserId;
use crate::shelf::history::export::{self, Format, Start};
use crate::shelf::history::insights::{Insights, PlainRank, Range};
use crate::shelf::history::view::Journal;
use crate::shelf::journal::zone::{self, Month};
use crate::shelf::{Shelf, read_store};
use crate::users::audit::Act;

/// Lines of `dormouse journal show`.
const SHOWN: usize = 50;

#[derive(Debug, Subcommand)]
pub(super) enum JournalCommand {
    /// Write a user's journal to standard output.
    Export {
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// The kind of file.
        #[arg(long, required_unless_present = "json")]
        format: Option<FileFormat>,
        /// Print a JSON object with `entries`.
        #[arg(long, conflicts_with = "format")]
        json: bool,
        /// The first month, such as 2026-03.
        #[arg(long, value_parser = month)]
        from: Option<Month>,
        /// The last month.
        #[arg(long, value_parser = month)]
        to: Option<Month>,
    },
    /// Show the newest 50 entries of a user's journal.
    Show {
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Print a JSON object with `entries`, instead of one line per entry.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FileFormat {
    /// For spreadsheets.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// For `sqlite3` and `PostgreSQL`.
    Sql,
}

fn month(text: &str) -> Result<Month, String> {
    zone::month_from(text).ok_or_else(|| "a month looks like 2026-03".to_owned())
}

async fn open(context: &Context, store: &Datastore, user: UserId) -> anyhow::Result<Journal> {
    let read = read_store::cached(store, user).await?;
    Ok(Journal::open(store, user, &read, context.clock.now()).await?)
}

pub(super) async fn run(
    context: &Context,
    command: JournalCommand,
) -> anyhow::Result<std::process::ExitCode> {
    match command {
        JournalCommand::Export {
            user,
            format,
            json,
            from,
            to,
        } => {
            let store = context.store("the page /journal/export")?;
            let user = context.user(&store, &user).await?;
            let journal = open(context, &store, user).await?;
            let format = match format {
                Some(FileFormat::Csv) => Format::Csv,
                Some(FileFormat::Jsonl) | None => Format::JsonLines,
                Some(FileFormat::Sql) => Format::Sql,
            };
            // Nothing is handed out without its line.
            let name = match format {
                Format::Csv => "journal.csv",
                Format::JsonLines => "journal.jsonl",
                Format::Sql => "journal.sql",
            };
            let line = context.line(Act::Exported, user, name);
            store.commit(vec![line]).await?;
            let mut entries: Vec<serde_json::Value> = Vec::new();
            let to = to.unwrap_or(Month::MAX);
            let mut from = Start::of(from.unwrap_or(Month::MIN));
            let mut is_first = true;
            loop {
                let part = export::export(&store, &journal, format, (from, to)).await?;
                if json {
                    let lines = part.text.lines().map(serde_json::from_str);
                    entries.extend(lines.collect::<Result<Vec<_>, _>>()?);
                    match part.next {
                        Some(next) => from = next,
                        None => break,
                    }
                    continue;
                }
                // Titles are data here, and whoever reads the file decides what they do with them.
                // The head stands once, whatever the number of parts.
                let text = match part.text.split_once('\n') {
                    Some((_, rest)) if !is_first && format != Format::Sql => rest,
                    _ => part.text.as_str(),
                };
                is_first = false;
                std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
                match part.next {
                    Some(next) => from = next,
                    None => return done(),
                }
            }
            print_json(&json!({ "entries": entries }))?;
            done()
        }
        JournalCommand::Show { user, json } => {
            let store = context.store("the page /journal")?;
            let user = context.user(&store, &user).await?;
            let journal = open(context, &store, user).await?;
            show(&store, &journal, json).await
        }
    }
}

async fn show(
    store: &Datastore,
    journal: &Journal,
    as_json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let mut newest = Vec::new();
    for month in journal.months() {
        let (events, names) = journal.month(store, month).await?;
        newest.extend(
            events
                .iter()
                .rev()
                .map(|event| export::plain(event, &names)),
        );
        if newest.len() >= SHOWN {
            break;
        }
    }
    newest.truncate(SHOWN);
    if as_json {
        print_json(&json!({ "entries": newest }))?;
        return done();
    }
    for entry in newest {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let count = match entry["count"].as_i64() {
            Some(1) | None => String::new(),
            Some(count) => format!(" {count}"),
        };
        print(&format!(
            "{}\t{}{count}\t{}\t{}",
            text("at"),
            text("act"),
            text("feed"),
            text("title")
        ));
    }
    done()
}

/// `dormouse insights`: the rankings of the three ranges.
pub(super) async fn insights(
    context: &Context,
    user: &str,
    as_json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("the page /insights")?;
    let user = context.user(&store, user).await?;
    let shelf = Shelf::load(&store, user).await?;
    let mut journal = Journal::open(&store, user, &shelf.read, context.clock.now()).await?;
    let sums = journal.all_sums(&store).await?;
    let left_out = journal.sums().left_out.clone();
    let insights = Insights::new(&sums, journal.names_on(&shelf), left_out, journal.today);
    let ranking = |range| {
        let ranking = insights.ranking(range);
        let feeds: Vec<PlainRank> = ranking.feeds.iter().map(PlainRank::from).collect();
        let authors: Vec<PlainRank> = ranking.authors.iter().map(PlainRank::from).collect();
        json!({ "feeds": feeds, "authors": authors, "opened": ranking.opened.0, "before": ranking.opened.1 })
    };
    let all = json!({
        "month": ranking(Range::Month),
        "half_year": ranking(Range::HalfYear),
        "all": ranking(Range::All),
    });
    if as_json {
        print(&serde_json::to_string_pretty(&all)?);
        return done();
    }
    for (range, title) in [
        ("month", "Last 30 days"),
        ("half_year", "Half a year"),
        ("all", "All time"),
    ] {
        print(title);
        for feed in all[range]["feeds"].as_array().into_iter().flatten() {
            let change = match feed["change"].as_i64() {
                None => "new".to_owned(),
                Some(0) => "=".to_owned(),
                Some(by) => format!("{by:+}"),
            };
            let title = feed["title"].as_str().unwrap_or_default();
            print(&format!(
                "{}\t{}\t{change}\t{title}",
                feed["rank"], feed["opened"]
            ));
        }
    }
    done()
}
