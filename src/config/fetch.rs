//! How we fetch feeds.

use std::net::SocketAddr;
use std::time::Duration;

use url::Url;

use super::{Ceiling, ConfigError, Env};

/// Settings of fetching.
#[derive(Clone, Debug)]
pub struct FetchConfig {
    /// Whether loopback and private addresses may be fetched: for tests, and feeds at home. `ALLOW_PRIVATE_NETWORKS`,
    /// default 0.
    pub allow_private: bool,
    /// Pause between two requests to one host. `HOST_SPACING_MS`, default 1000, at most 60000.
    pub host_spacing: Duration,
    /// Whether we subscribe to hubs for push. `WEBSUB`, default 1; has no effect without a scheduler or a public
    /// `BASE_URL`.
    pub websub: bool,
    /// How long one tick may work before it saves its position. `TICK_SECONDS`, default 240, at most 540.
    pub tick_time: Duration,
    /// In how many shards the tick is done, so that as many callers can work on it at once. `TICK_SHARDS`, default 1, at most 64.
    pub tick_shards: u32,
    /// The contact that publishers see: the address of a page, or `mailto:`. `FETCH_CONTACT`, default `about/fetcher`
    /// below `BASE_URL`.
    pub contact: Option<String>,
    /// Who runs this installation, for publishers: named in our user agent. `OPERATOR`, default none.
    pub operator: Option<String>,
    /// What is kept of each feed. `KEEP`: articles and days, such as `100,30d`; default and most articles 200, default 90
    /// days, at most 3650.
    pub keep: Keep,
    /// Bytes that the articles of one feed may have, about: `feed_mb` of `QUOTA`; 0 for any number.
    pub feed_bytes: u64,
    /// Bytes of all articles' texts, about, above which nothing more is fetched: `STORE_MAX_MB`; 0 for any number.
    pub store_bytes: u64,
    /// The name server for publishers' names: an address with a port. `NAME_SERVER`, default the system's.
    pub name_server: Option<SocketAddr>,
}

/// How many articles of a feed are kept, and for how many days those that its publisher doesn't show any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// The newest articles.
    pub articles: u32,
    /// Days.
    pub days: i64,
}

/// Most articles that can be kept.
const MOST_ARTICLES: u32 = 200;

/// `KEEP`; what it leaves out is the usual, or the ceiling where that is lower.
fn keep(env: &Env, ceiling: &Ceiling) -> Result<Keep, ConfigError> {
    let usual = Keep {
        articles: MOST_ARTICLES.min(ceiling.articles),
        days: i64::from(ceiling.days).min(90),
    };
    let Some(text) = env.get("KEEP") else {
        return Ok(usual);
    };
    let read = || {
        let (articles, days) = text.split_once(',').unwrap_or((text, ""));
        let articles = articles.trim().parse().ok()?;
        let days = match days.trim() {
            "" => usual.days,
            days => days.strip_suffix('d')?.parse().ok()?,
        };
        let fits = (1..=MOST_ARTICLES).contains(&articles) && (1..=3_650).contains(&days);
        fits.then_some(Keep { articles, days })
    };
    let kept = read().ok_or_else(|| {
        let takes = format!(
            "is {text:?}; it takes articles and days, such as 200,90d: 1 to {MOST_ARTICLES} and 1d to 3650d"
        );
        ConfigError::new("KEEP", takes)
    })?;
    if kept.articles > ceiling.articles || kept.days > i64::from(ceiling.days) {
        let (articles, days) = (ceiling.articles, ceiling.days);
        let allows = format!("is {text:?}; CEILING allows {articles} articles and {days} days");
        return Err(ConfigError::new("KEEP", allows));
    }
    Ok(kept)
}

impl FetchConfig {
    pub(super) fn from_env(env: &Env, ceiling: &Ceiling) -> Result<Self, ConfigError> {
        let spacing = env.number("HOST_SPACING_MS", 1_000, 0..=60_000)?;
        let seconds = env.number("TICK_SECONDS", 240, 1..=540)?;
        let shards = env.number("TICK_SHARDS", 1, 1..=64)?;
        let contact = env.get("FETCH_CONTACT").map(str::to_owned);
        let is_contact = |text: &String| {
            Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto"))
                && text.is_ascii()
        };
        if let Some(wrong) = contact.as_ref().filter(|text| !is_contact(text)) {
            return Err(ConfigError::new(
                "FETCH_CONTACT",
                format!(
                    "is {wrong:?}; it takes a page’s address, or one such as mailto:you@example.org"
                ),
            ));
        }
        let operator = env.get("OPERATOR").map(|name| name.trim().to_owned());
        let operator = operator.filter(|name| !name.is_empty());
        let is_name = |name: &String| {
            let fits =
                |c: char| c == ' ' || c.is_ascii_graphic() && !matches!(c, '(' | ')' | ';' | '\\');
            name.len() <= 100 && name.chars().all(fits)
        };
        if let Some(wrong) = operator.as_ref().filter(|name| !is_name(name)) {
            return Err(ConfigError::new(
                "OPERATOR",
                format!(
                    "is {wrong:?}; it takes up to 100 ASCII characters, without brackets and semicolons"
                ),
            ));
        }
        let server = env.get("NAME_SERVER").map(|text| {
            let wrong =
                format!("is {text:?}; it takes an address and a port, such as 192.0.2.1:53");
            let server = text.parse::<SocketAddr>();
            server.map_err(|_| ConfigError::new("NAME_SERVER", wrong))
        });
        Ok(Self {
            allow_private: env.boolean("ALLOW_PRIVATE_NETWORKS", false)?,
            websub: env.boolean("WEBSUB", true)?,
            host_spacing: Duration::from_millis(spacing),
            tick_time: Duration::from_secs(seconds),
            // At most 64.
            tick_shards: u32::try_from(shards).unwrap_or(1),
            contact,
            operator,
            name_server: server.transpose()?,
            keep: keep(env, ceiling)?,
            feed_bytes: 0,
            store_bytes: 0,
        })
    }

    /// The contact in our user agent; `base` is the service's address, if it has one.
    pub fn contact(&self, base: Option<&Url>) -> String {
        let page = || base.and_then(|base| base.join("about/fetcher").ok());
        match &self.contact {
            Some(contact) => contact.clone(),
            None => page().map_or_else(|| "http://localhost/about/fetcher".into(), String::from),
        }
    }
}
