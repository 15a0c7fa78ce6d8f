//! The server: its addresses, its keys, and who may sign up.

use std::net::IpAddr;
use std::time::Duration;

use url::Url;

use super::mail;
use super::network::{self, IpRange};
use super::{ConfigError, Env, Inviting, ProxySignIn, Secret, SignUp};

/// Settings of the server.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// The address to listen on. `HOST`, default 127.0.0.1, and 0.0.0.0 on App Engine and Cloud Run.
    pub host: IpAddr,
    /// The port to listen on; 0 picks a free one and prints it. `PORT`, default 8080.
    pub port: u16,
    /// The public address, as readers and publishers see it, with a slash at its end. `BASE_URL`, which may have a path; default `http://HOST:PORT`.
    pub base_url: Option<Url>,
    /// Signs cursors and cookies and seals secrets, the same on every instance: at least 32 characters, or its name in
    /// Secret Manager (`projects/PROJECT/secrets/NAME`). While it is replaced, a new key and the old one, with a comma
    /// between. `SECRET_KEY`; without it one is generated and kept in the store.
    pub secret_key: Option<Secret>,
    /// Who may create an account, with a password or OpenID. `SIGNUP`: `closed` (default), `open`, or a list of
    /// addresses and domains, such as `anna@example.org, @example.com`.
    pub signup: SignUp,
    /// A line of the operator's own where sign-up is closed, such as whom to ask. `SIGNUP_NOTE`: plain text, at most 300
    /// characters; default none.
    pub signup_note: Option<String>,
    /// Who may invite others, also where sign-up is closed. `INVITATIONS`: `admin` (default) or `readers`.
    pub inviting: Inviting,
    /// The only address that may become the first account, and so the administrator. `ADMIN_EMAIL`; needed on App
    /// Engine and Cloud Run, where a stranger could be first.
    pub admin_email: Option<String>,
    /// The size limit of this instance's cache, in MiB; 0 for no cache. `CACHE_MB`, default 96, at most 4096.
    pub cache_mb: u64,
    /// Whether each response says what it cost, in a `Server-Timing` header. `SERVER_TIMING`, default 0.
    pub server_timing: bool,
    /// Whether we are behind a platform's proxy, whose `X-Forwarded-For` ends with the client's address. Follows from
    /// `K_SERVICE` or `GAE_ENV`.
    pub behind_proxy: bool,
    /// The proxies in front of us, whose `X-Forwarded-For` or `Forwarded` is believed. `TRUSTED_PROXIES`: addresses and
    /// ranges, such as `127.0.0.1, 10.0.0.0/8`; default none.
    pub trusted_proxies: Vec<IpRange>,
    /// A proxy of these that signs people in, if there is one.
    pub proxy_sign_in: Option<ProxySignIn>,
    /// Further hosts under which shared pages (`/s/…`) may be asked for. `ALSO_HOSTS`, such as `pages.example.org`;
    /// default none.
    pub also_hosts: Vec<String>,
    /// How pictures in articles are loaded: by browsers from their publishers, or through us, so that publishers see us
    /// and not who reads. `IMAGES`: `direct` (default) or `proxy`.
    pub images: Images,
    /// For how many minutes programs are answered with what is known of feeds; pages ask again after 5. `API_HEADS_MINUTES`, 5 to 60,
    /// default 15.
    pub api_heads_minutes: i64,
    /// How long nobody may come before the server ends itself, to be started by the next connection: with systemd's socket
    /// activation. `IDLE_EXIT`, such as `15m`; default never.
    pub idle_exit: Option<Duration>,
    /// How many articles' texts one token is given on a day. `API_BODIES_A_DAY`, default 2000; 0 for any number.
    pub api_bodies: u32,
    /// Most bytes of a part of somebody's exported data: App Engine and Cloud Run answer with no more than 32 MB. `DATA_PART_BYTES`,
    /// default 30000000.
    pub data_part_bytes: usize,
}

/// How pictures in articles are loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Images {
    /// By the browser, from the publisher.
    #[default]
    Direct,
    /// Through us.
    Proxy,
}

fn images(env: &Env) -> Result<Images, ConfigError> {
    match env.get("IMAGES") {
        None | Some("direct") => Ok(Images::Direct),
        Some("proxy") => Ok(Images::Proxy),
        Some(other) => Err(ConfigError::new(
            "IMAGES",
            format!("is {other:?}; it takes direct or proxy"),
        )),
    }
}

impl ServerConfig {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let platform = env.get("K_SERVICE").is_some() || env.get("GAE_ENV").is_some();
        let admin_email = env.get("ADMIN_EMAIL").map(str::to_lowercase);
        if admin_email
            .as_ref()
            .is_some_and(|email| !email.contains('@'))
        {
            return Err(ConfigError::new("ADMIN_EMAIL", "takes an email address"));
        }
        if platform && admin_email.is_none() {
            let needed =
                "must be set on App Engine and Cloud Run: the address of the first administrator";
            return Err(ConfigError::new("ADMIN_EMAIL", needed));
        }
        let base_url = base_url(env)?;
        if platform && base_url.as_ref().is_none_or(|url| url.scheme() != "https") {
            let needed = "must be set on App Engine and Cloud Run: the https address that readers, schedulers and \
                publishers know";
            return Err(ConfigError::new("BASE_URL", needed));
        }
        let trusted_proxies = network::trusted_proxies(env)?;
        Ok(Self {
            host: host(env, platform)?,
            // In range by the bounds in this line.
            port: u16::try_from(env.number("PORT", 8080, 0..=65_535)?).unwrap_or(8080),
            base_url,
            secret_key: secret_key(env)?,
            signup: SignUp::from_env(env)?,
            signup_note: mail::sign_up_note(env)?,
            inviting: Inviting::from_env(env)?,
            admin_email,
            cache_mb: env.number("CACHE_MB", 96, 0..=4_096)?,
            server_timing: env.boolean("SERVER_TIMING", false)?,
            behind_proxy: platform,
            proxy_sign_in: ProxySignIn::from_env(env, &trusted_proxies)?,
            trusted_proxies,
            also_hosts: network::also_hosts(env)?,
            images: images(env)?,
            idle_exit: env.time("IDLE_EXIT")?,
            // In range by the bounds in these lines.
            api_heads_minutes: env.number("API_HEADS_MINUTES", 15, 5..=60)?.cast_signed(),
            api_bodies: u32::try_from(env.number("API_BODIES_A_DAY", 2_000, 0..=1_000_000)?)
                .unwrap_or(2_000),
            data_part_bytes: usize::try_from(env.number(
                "DATA_PART_BYTES",
                30_000_000,
                10_000..=1_000_000_000,
            )?)
            .unwrap_or(30_000_000),
        })
    }
}

/// Bytes that a key has at least.
const KEY_BYTES: usize = 32;

/// One key, or a new one and an old one. A comma at which one side is too short to be a key is more likely a slip than a part of one key:
/// taken for that, it would sign everybody out.
fn secret_key(env: &Env) -> Result<Option<Secret>, ConfigError> {
    let secret = Secret::from_env(env, "SECRET_KEY", KEY_BYTES)?;
    let Some(Secret::Plain(text)) = &secret else {
        return Ok(secret);
    };
    let keys: Vec<&str> = text.split(',').map(str::trim).collect();
    let long = keys.iter().filter(|key| key.len() >= KEY_BYTES).count();
    if (long > 0 && long < keys.len()) || long > 2 {
        let takes = format!(
            "has {} parts between commas; it takes one key of at least {KEY_BYTES} characters, or a new one and an old one, of \
             {KEY_BYTES} each, with a comma between",
            keys.len()
        );
        return Err(ConfigError::new("SECRET_KEY", takes));
    }
    Ok(secret)
}

fn host(env: &Env, platform: bool) -> Result<IpAddr, ConfigError> {
    let default = if platform { "0.0.0.0" } else { "127.0.0.1" };
    let text = env.get("HOST").unwrap_or(default);
    text.parse().map_err(|_| {
        let takes = format!("is {text:?}; it takes an IP address, such as 127.0.0.1 or 0.0.0.0");
        ConfigError::new("HOST", takes)
    })
}

fn base_url(env: &Env) -> Result<Option<Url>, ConfigError> {
    let Some(text) = env.get("BASE_URL") else {
        return Ok(None);
    };
    let parsed = Url::parse(text).ok();
    // Of a path only what needs no escapes, so that it is the same in headers, cookies and attributes.
    let is_plain =
        |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'/' | b'-' | b'_' | b'.' | b'~');
    let fits = |url: &Url| {
        let is_web = matches!(url.scheme(), "http" | "https");
        let is_bare = url.query().is_none() && url.fragment().is_none();
        is_web && is_bare && !url.path().contains("//") && url.path().bytes().all(is_plain)
    };
    match parsed.filter(fits) {
        Some(mut url) => {
            // Below it, as addresses are joined.
            let path = format!("{}/", url.path().trim_end_matches('/'));
            url.set_path(&path);
            Ok(Some(url))
        }
        None => Err(ConfigError::new(
            "BASE_URL",
            format!(
                "is {text:?}; it takes http or https and a host, and a path of letters, digits and -._~ if need be"
            ),
        )),
    }
}
