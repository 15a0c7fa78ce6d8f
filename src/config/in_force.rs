//! The settings in force, for the administrator's page: by variable, with secrets masked. A setting that is added doesn't compile before
//! it is here.

use std::fmt::Display;

use super::{
    Ceiling, Config, CredentialsFrom, CronConfig, FetchConfig, Images, Inviting, IpRange,
    MailConfig, OpenIdConfig, Quota, Quotas, Secret, ServerConfig, SignUp, StoreConfig,
};

/// A variable, and its value in words.
type Row = (&'static str, String);

/// What stands for a value that isn't set.
const NONE: &str = "–";
/// What stands for a secret.
const MASKED: &str = "••••••••";

impl Config {
    /// All settings by their variables, with their values in force. Of a secret it is said only whether it is set, or where it is kept.
    pub fn in_force(&self) -> Vec<Row> {
        let Self {
            store,
            server,
            fetch,
            cron,
            openid,
            mail,
            quotas,
        } = self;
        let mut rows = of_store(store);
        rows.extend(of_server(server));
        rows.extend(of_fetch(fetch));
        rows.extend(of_cron(cron));
        rows.extend(of_openid(openid.as_ref()));
        rows.extend(of_mail(mail.as_ref()));
        let Quotas {
            ceiling: most,
            readers,
            admin,
        } = quotas;
        rows.push(("QUOTA", quota(readers)));
        rows.push(("QUOTA_ADMIN", quota(admin)));
        rows.push(("CEILING", ceiling(most)));
        rows
    }
}

fn said(value: Option<impl Display>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| value.to_string())
}

fn secret(value: Option<&Secret>) -> String {
    match value {
        None => NONE.to_owned(),
        Some(Secret::Plain(_)) => MASKED.to_owned(),
        Some(Secret::Resource(name)) => name.clone(),
    }
}

fn number(yes: bool) -> String {
    u8::from(yes).to_string()
}

fn list(parts: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = parts.collect();
    match all.is_empty() {
        true => NONE.to_owned(),
        false => all.join(", "),
    }
}

fn of_store(config: &StoreConfig) -> Vec<Row> {
    let StoreConfig {
        address,
        emulator,
        credentials,
        cache_mb,
        reserve_mb,
        max_mb,
        backups,
        project,
    } = config;
    let credentials = match credentials {
        CredentialsFrom::Metadata(_) => NONE.to_owned(),
        CredentialsFrom::Json(_) => MASKED.to_owned(),
        CredentialsFrom::File(path) => path.display().to_string(),
    };
    vec![
        ("STORE", address.to_string()),
        ("STORE_CACHE_MB", cache_mb.to_string()),
        ("DISK_RESERVE_MB", reserve_mb.to_string()),
        ("STORE_MAX_MB", max_mb.to_string()),
        (
            "BACKUP_DIR",
            said(backups.as_ref().map(|all| all.folder.display())),
        ),
        ("BACKUP_KEEP", said(backups.as_ref().map(|all| all.keep))),
        ("GOOGLE_CLOUD_PROJECT", said(project.as_ref())),
        ("DATASTORE_EMULATOR_HOST", said(emulator.as_ref())),
        ("GOOGLE_APPLICATION_CREDENTIALS", credentials),
    ]
}

fn of_server(config: &ServerConfig) -> Vec<Row> {
    let ServerConfig {
        host,
        port,
        base_url,
        secret_key,
        signup,
        signup_note,
        inviting,
        admin_email,
        cache_mb,
        server_timing,
        // It follows from the platform.
        behind_proxy: _,
        trusted_proxies,
        proxy_sign_in,
        also_hosts,
        images,
        idle_exit,
        api_heads_minutes,
        api_bodies,
        data_part_bytes,
    } = config;
    let signup = match signup {
        SignUp::Closed => "closed".to_owned(),
        SignUp::Open => "open".to_owned(),
        SignUp::Listed(entries) => list(entries.iter().cloned()),
    };
    let inviting = match inviting {
        Inviting::Administrators => "admin",
        Inviting::Readers => "readers",
    };
    let images = match images {
        Images::Direct => "direct",
        Images::Proxy => "proxy",
    };
    vec![
        ("HOST", host.to_string()),
        ("PORT", port.to_string()),
        ("BASE_URL", said(base_url.as_ref())),
        ("SECRET_KEY", secret(secret_key.as_ref())),
        ("SIGNUP", signup),
        ("SIGNUP_NOTE", said(signup_note.as_ref())),
        ("INVITATIONS", inviting.to_owned()),
        ("ADMIN_EMAIL", said(admin_email.as_ref())),
        ("CACHE_MB", cache_mb.to_string()),
        ("SERVER_TIMING", number(*server_timing)),
        (
            "TRUSTED_PROXIES",
            list(trusted_proxies.iter().map(IpRange::to_string)),
        ),
        (
            "AUTH_HEADER",
            said(proxy_sign_in.as_ref().map(|proxy| proxy.header.as_str())),
        ),
        (
            "AUTH_HEADER_SIGNUP",
            said(proxy_sign_in.as_ref().map(|proxy| number(proxy.creates))),
        ),
        ("ALSO_HOSTS", list(also_hosts.iter().cloned())),
        ("IMAGES", images.to_owned()),
        (
            "IDLE_EXIT",
            said(idle_exit.map(|time| format!("{}s", time.as_secs()))),
        ),
        ("API_HEADS_MINUTES", api_heads_minutes.to_string()),
        ("API_BODIES_A_DAY", api_bodies.to_string()),
        ("DATA_PART_BYTES", data_part_bytes.to_string()),
    ]
}

fn of_fetch(config: &FetchConfig) -> Vec<Row> {
    let FetchConfig {
        allow_private,
        host_spacing,
        websub,
        tick_time,
        tick_shards,
        contact,
        operator,
        keep,
        // These stand in QUOTA and STORE_MAX_MB.
        feed_bytes: _,
        store_bytes: _,
        name_server,
    } = config;
    vec![
        ("ALLOW_PRIVATE_NETWORKS", number(*allow_private)),
        ("HOST_SPACING_MS", host_spacing.as_millis().to_string()),
        ("WEBSUB", number(*websub)),
        ("TICK_SECONDS", tick_time.as_secs().to_string()),
        ("TICK_SHARDS", tick_shards.to_string()),
        ("FETCH_CONTACT", said(contact.as_ref())),
        ("OPERATOR", said(operator.as_ref())),
        ("KEEP", format!("{},{}d", keep.articles, keep.days)),
        ("NAME_SERVER", said(name_server.as_ref())),
    ]
}

fn of_cron(config: &CronConfig) -> Vec<Row> {
    let CronConfig {
        secret: shared,
        service_account,
        audience,
        on_app_engine: _,
        keys: _,
    } = config;
    vec![
        ("CRON_SECRET", secret(shared.as_ref())),
        ("CRON_SERVICE_ACCOUNT", said(service_account.as_ref())),
        ("CRON_AUDIENCE", said(audience.as_ref())),
    ]
}

fn of_openid(config: Option<&OpenIdConfig>) -> Vec<Row> {
    let Some(config) = config else {
        return vec![("OIDC_ISSUER", NONE.to_owned())];
    };
    let OpenIdConfig {
        issuer,
        client_id,
        client_secret,
        name,
    } = config;
    vec![
        ("OIDC_ISSUER", issuer.clone()),
        ("OIDC_CLIENT_ID", client_id.clone()),
        ("OIDC_CLIENT_SECRET", secret(Some(client_secret))),
        ("OIDC_NAME", name.clone()),
    ]
}

fn of_mail(config: Option<&MailConfig>) -> Vec<Row> {
    let (relay, from, authority) = match config {
        Some(MailConfig {
            relay,
            from,
            authority,
        }) => (Some(relay), Some(from), authority.is_some()),
        None => (None, None, false),
    };
    vec![
        ("SMTP_URL", secret(relay)),
        ("MAIL_FROM", said(from)),
        ("SMTP_CA", said(authority.then_some("a certificate"))),
    ]
}

fn ceiling(ceiling: &Ceiling) -> String {
    let Ceiling {
        feeds,
        stars,
        feed_mb,
        reader_mb,
        articles,
        days,
    } = ceiling;
    format!(
        "feeds={feeds} stars={stars} feed_mb={feed_mb} reader_mb={reader_mb} articles={articles} days={days}"
    )
}

fn quota(quota: &Quota) -> String {
    let Quota {
        feeds,
        imports,
        refreshes,
        unread,
        stars,
        adds,
        texts,
        feed_mb,
        reader_mb,
    } = quota;
    format!(
        "feeds={feeds} imports={imports} refreshes={refreshes} unread={unread} stars={stars} adds={adds} texts={texts} feed_mb={feed_mb} reader_mb={reader_mb}"
    )
}

#[cfg(test)]
mod tests {
    use crate::config::Env;

    use super::*;

    #[test]
    fn secrets_are_masked_and_everything_else_is_said() {
        let env = Env::of([
            ("SECRET_KEY", "a secret that is long enough, and hush"),
            ("CRON_SECRET", "hush, hush, hush"),
            ("OIDC_ISSUER", "https://id.example"),
            ("OIDC_CLIENT_ID", "reader"),
            ("OIDC_CLIENT_SECRET", "hush too"),
            ("TRUSTED_PROXIES", "10.0.0.0/8"),
            ("QUOTA", "feeds=7"),
        ]);
        let rows = Config::from_env(&env).unwrap().in_force();
        let of = |name: &str| {
            let row = rows.iter().find(|(known, _)| *known == name);
            row.map(|(_, value)| value.as_str()).unwrap()
        };
        assert!(rows.iter().all(|(_, value)| !value.contains("hush")));
        for name in ["SECRET_KEY", "CRON_SECRET", "OIDC_CLIENT_SECRET"] {
            assert_eq!(of(name), MASKED);
        }
        assert_eq!(of("TRUSTED_PROXIES"), "10.0.0.0/8");
        assert_eq!(of("ADMIN_EMAIL"), NONE);
        assert!(of("QUOTA").starts_with("feeds=7 imports=20 "));
    }
}
