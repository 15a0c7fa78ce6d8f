//! `dormouse search`

use clap::Args;

use super::{Context, done, print};
use crate::search::Question;
use crate::shelf::search::json::JsonAnswer;
use crate::shelf::search::{Cursor, Order, Request, search};

#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// The user's email address.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// What to look for, as on the page: words, "phrases", -word, OR, title:, before: and so on.
    #[arg(allow_hyphen_values = true)]
    query: String,
    /// The best hits first, instead of the newest.
    #[arg(long)]
    best: bool,
    /// Continue from this cursor, printed with the previous page.
    #[arg(long)]
    cursor: Option<String>,
    /// Maximum number of hits, 1 to 100.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=100))]
    limit: u16,
    /// Print a JSON object with `searched`, `hits` and `cursor`, instead of one line per hit.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    context: &Context,
    args: SearchArgs,
) -> anyhow::Result<std::process::ExitCode> {
    let query = Question::parse(&args.query)?;
    anyhow::ensure!(
        !query.is_empty(),
        "there is no word to look for in “{}”: signs and emoji can’t be searched for",
        args.query.trim()
    );
    let store = context.store("GET /api/v1/search")?;
    let shelf = context.shelf(&store, &args.user).await?;
    let order = match args.best {
        true => Order::Best,
        false => Order::Newest,
    };
    let read = |text| {
        let again = "leave out --cursor to start again";
        Cursor::read(text, &query, order).map_err(|error| anyhow::anyhow!("{error}; {again}"))
    };
    let request = Request {
        query: &query,
        order,
        after: args.cursor.as_deref().map(read).transpose()?,
        limit: usize::from(args.limit),
        now: context.clock.now(),
    };
    let answer = JsonAnswer::of(&search(&store, &shelf, request).await?, query.is_cut);
    if args.json {
        print(&serde_json::to_string_pretty(&answer)?);
        return done();
    }
    for hit in &answer.hits {
        print(&format!("{}\t{}\t{}", hit.id, hit.feed, hit.title));
        print(&format!("\t{}", hit.snippet));
    }
    let searched = &answer.searched;
    eprintln!(
        "searched: {} articles in {} feeds",
        searched.articles, searched.feeds
    );
    if searched.unindexed > 0 {
        eprintln!("not searched yet: {} articles", searched.unindexed);
    }
    if searched.in_part > 0 {
        eprintln!(
            "of {} long articles only the titles and the commoner words are searched",
            searched.in_part
        );
    }
    if searched.cut {
        eprintln!("the query is longer than what is searched: its end was left out");
    }
    if let Some(cursor) = &answer.cursor {
        eprintln!("more: --cursor {cursor}");
    }
    done()
}
