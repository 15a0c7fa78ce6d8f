//! `dormouse edition`

use std::io::Write;

use clap::{Args, ValueEnum};
use futures_util::future::try_join_all;
use serde_json::json;

use super::{Context, done, print};
use crate::articles::store as articles;
use crate::html::sanitize::{SANITIZER_VERSION, SafeHtml};
use crate::shelf::Shelf;
use crate::shelf::edition::epub::{Book, Chapter};
use crate::shelf::edition::issue::{Issue, Piece};
use crate::shelf::edition::{hours, issue};
use crate::shelf::journal::zone;
use crate::timestamp::{from_micros, minute_of, rfc3339};
use crate::users;

#[derive(Debug, Args)]
pub(super) struct EditionArgs {
    /// The user's email address.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// What is written to standard output.
    #[arg(long, required_unless_present = "json")]
    format: Option<EditionFormat>,
    /// Print a JSON object, as `--format json` does.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum EditionFormat {
    /// Its articles, as one object.
    Json,
    /// A book, without pictures.
    Epub,
}

/// The latest edition.
pub(super) async fn run(
    context: &Context,
    args: EditionArgs,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("the page /edition")?;
    let user = context.user(&store, &args.user).await?;
    let account = users::store::get(&store, user).await?;
    let habits = account
        .map(|user| user.profile.preferences.edition)
        .unwrap_or_default();
    let shelf = Shelf::load(&store, user).await?;
    let now = context.clock.now();
    let zone = shelf.read.habits().zone();
    let span = hours::latest(&habits, zone, minute_of(now));
    let issue = issue::issue(&store, &shelf, span).await?;
    let day = zone::day_of(span.to, zone);
    match args.format.unwrap_or(EditionFormat::Json) {
        EditionFormat::Json => {
            let minute = |minute: i64| rfc3339(from_micros(minute * 60_000_000));
            let all = json!({
                "day": day.to_string(),
                "from": minute(span.from),
                "to": minute(span.to),
                "minutes": issue.minutes(),
                "others": issue.others,
                "articles": listed(&shelf, &issue),
            });
            print(&serde_json::to_string_pretty(&all)?);
        }
        EditionFormat::Epub => {
            let loads = issue
                .pieces()
                .map(|piece| articles::cached(&store, piece.row.id));
            let bodies = try_join_all(loads).await?;
            let pieces = issue.pieces().zip(bodies);
            let chapters = pieces.filter_map(|(piece, known)| {
                let known = known?;
                let body = &known.0.body;
                let html = match body.sanitizer == SANITIZER_VERSION {
                    true => body.html.clone(),
                    false => SafeHtml::clean(&body.html, None).into_string(),
                };
                Some(Chapter {
                    title: titled(&body.title).to_owned(),
                    byline: format!("{} · {} min", shelf.title(piece.row.id.feed), piece.minutes),
                    link: body.link.clone().unwrap_or_default(),
                    html,
                    lang: body.lang.clone().unwrap_or_default(),
                })
            });
            let book = Book {
                title: format!("Edition of {day}"),
                end: "That was today’s. The dormouse sleeps.".to_owned(),
                contents: "Contents".to_owned(),
                original: "Original".to_owned(),
                language: "en".to_owned(),
                id: format!("{user}/{day}"),
                chapters: chapters.collect(),
                pictures: Vec::new(),
            };
            std::io::stdout().write_all(&book.to_epub(now)?)?;
        }
    }
    done()
}

fn titled(title: &str) -> &str {
    match title.is_empty() {
        true => "Untitled",
        false => title,
    }
}

/// Its articles in order, each with the folder under which it stands.
fn listed(shelf: &Shelf, issue: &Issue) -> Vec<serde_json::Value> {
    let one = |section: &str, piece: &Piece| {
        let summary = &piece.row.summary;
        json!({
            "id": piece.row.id.to_string(),
            "section": section,
            "title": titled(&summary.title),
            "feed": shelf.title(piece.row.id.feed),
            "link": summary.link,
            "minutes": piece.minutes,
            "read": piece.is_read,
            "also": piece.also.iter().map(|feed| shelf.title(*feed)).collect::<Vec<_>>(),
        })
    };
    let lead = issue.lead.iter().map(|piece| one("lead", piece));
    let inner = issue.sections.iter().flat_map(|section| {
        section
            .pieces
            .iter()
            .map(|piece| one(&section.name, piece))
            .collect::<Vec<_>>()
    });
    let last = issue.last.iter().map(|piece| one("last", piece));
    lead.chain(inner).chain(last).collect()
}
