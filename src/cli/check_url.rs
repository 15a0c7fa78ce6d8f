//! `dormouse check-url`

use serde_json::json;
use url::Url;

use super::{Context, done, no, print, print_json};
use crate::client::guard::{check_ip, check_text};
use crate::client::guarded_resolver::resolve;

/// Exit 0 if the address would be fetched; exit 1 with the reason if not.
pub(super) async fn run(
    context: &Context,
    text: &str,
    no_resolve: bool,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let verdict = judged(context, text, no_resolve).await;
    if json {
        let (url, at, reason) = match &verdict {
            Ok((url, at)) => (Some(url.as_str()), at.as_slice(), None),
            Err(reason) => (None, &[][..], Some(reason.as_str())),
        };
        print_json(&json!({
            "allowed": verdict.is_ok(),
            "url": url,
            "addresses": at,
            "reason": reason,
        }))?;
    } else {
        print(&match &verdict {
            Ok((url, _)) if no_resolve => format!("allowed, by its text: {url}"),
            Ok((url, at)) => format!("allowed: {url} at {}", at.join(", ")),
            Err(reason) => format!("blocked: {reason}"),
        });
    }
    match verdict {
        Ok(_) => done(),
        Err(_) => no(),
    }
}

/// The address with those of its server, or why it wouldn't be fetched.
async fn judged(
    context: &Context,
    text: &str,
    no_resolve: bool,
) -> Result<(Url, Vec<String>), String> {
    let private = context.config.fetch.allow_private;
    let url = check_text(text, private).map_err(|block| block.to_string())?;
    if no_resolve {
        return Ok((url, Vec::new()));
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let addresses = match host.parse() {
        Ok(ip) => vec![ip],
        Err(_) => resolve(host, context.config.fetch.name_server).await,
    };
    if addresses.is_empty() {
        return Err(format!(
            "there is no server named {host}, or no name server answers"
        ));
    }
    let verdicts = addresses.iter().map(|&ip| (ip, check_ip(ip, private)));
    let (good, bad): (Vec<_>, Vec<_>) = verdicts.partition(|(_, verdict)| verdict.is_ok());
    if let (true, Some((_, Err(block)))) = (good.is_empty(), bad.first()) {
        return Err(block.to_string());
    }
    let at = good.iter().map(|(ip, _)| ip.to_string()).collect();
    Ok((url, at))
}
