//! `dormouse articles`

use clap::Args;

use super::{Context, done, print};
use crate::app;
use crate::ids::FeedId;
use crate::shelf::Scope;
use crate::shelf::json_list::{self, ListRequest};
use crate::shelf::timeline::Filter;
use crate::users::ListOrder;

#[derive(Debug, Args)]
pub(super) struct ArticlesArgs {
    /// The user's email address.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// Only unread articles.
    #[arg(long)]
    unread: bool,
    /// Only articles of this feed.
    #[arg(long, value_name = "ID")]
    feed: Option<String>,
    /// Oldest first.
    #[arg(long)]
    oldest: bool,
    /// Continue from this cursor, printed with the previous page.
    #[arg(long)]
    cursor: Option<String>,
    /// Maximum number of articles, 1 to 200.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=200))]
    limit: u16,
    /// Print a JSON object with `articles` and `cursor`, instead of one line per article.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    context: &Context,
    args: ArticlesArgs,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("GET /api/v1/articles")?;
    let secrets = app::secrets(&context.config, &context.clock);
    let secret = app::secret_key(&context.config, &secrets, &store, &context.random).await?;
    let shelf = context.shelf(&store, &args.user).await?;
    let feed = args.feed.as_deref().map(str::parse::<FeedId>).transpose();
    let scope = match feed.map_err(|_| anyhow::anyhow!("--feed takes a feed’s number"))? {
        Some(feed) => Scope::Feed(feed),
        None => Scope::Everything,
    };
    let listing = ListRequest {
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
    let page = json_list::page(&store, &secret, &shelf, &listing).await?;
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
