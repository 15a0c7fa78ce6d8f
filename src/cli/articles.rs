//! `dormouse articles`

use clap::Args;

use super::{Context, done, print};
use crate::app;
use crate::ids::FeedId;
use crate::shelf::json_list::{self, Listing};
use crate::shelf::timeline::Filter;
use crate::shelf::{Scope, Shelf};
use crate::users::ListOrder;

#[derive(Debug, Args)]
pub(super) struct ArticlesArgs {
    /// Whose shelf.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// Only unread ones.
    #[arg(long)]
    unread: bool,
    /// Only those of one feed.
    #[arg(long, value_name = "ID")]
    feed: Option<String>,
    /// The oldest first.
    #[arg(long)]
    oldest: bool,
    /// Where to go on: the cursor of the page before.
    #[arg(long)]
    cursor: Option<String>,
    /// At most so many, up to 200.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=200))]
    limit: u16,
    /// As an object with `articles` and `cursor`, instead of a line for each.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    context: &Context,
    args: ArticlesArgs,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("GET /api/v1/articles")?;
    let user = context.user(&store, &args.user).await?;
    let secrets = app::secrets(&context.config, &context.clock);
    let secret = app::secret_key(&context.config, &secrets, &store, &context.chance).await?;
    let shelf = Shelf::load(&store, user).await?;
    let feed = args.feed.as_deref().map(str::parse::<FeedId>).transpose();
    let scope = match feed.map_err(|_| anyhow::anyhow!("--feed takes a feed's number"))? {
        Some(feed) => Scope::Feed(feed),
        None => Scope::Everything,
    };
    let listing = Listing {
        scope,
        filter: if args.unread {
            Filter::Unread
        } else {
            Filter::All
        },
        order: if args.oldest {
            ListOrder::Oldest
        } else {
            ListOrder::Newest
        },
        cursor: args.cursor,
        limit: usize::from(args.limit),
    };
    let page = json_list::page(&store, secret.as_bytes(), &shelf, &listing).await?;
    let page = page.ok_or_else(|| anyhow::anyhow!("this cursor belongs to another list"))?;
    if args.json {
        print(&serde_json::to_string_pretty(&page)?);
        return done();
    }
    for article in page.articles {
        let mark = if article.read { ' ' } else { '*' };
        print(&format!(
            "{mark} {}\t{}\t{}\t{}",
            article.id, article.at, article.feed_title, article.title
        ));
    }
    if let Some(cursor) = page.cursor {
        eprintln!("more: --cursor {cursor}");
    }
    done()
}
