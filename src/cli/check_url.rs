//! `dormouse check-url`

use super::{Context, done, no, print};
use crate::client::guard::{check_ip, check_text};
use crate::client::guarded_resolver::resolve;

/// Exit 0 if the address would be fetched; exit 1 with the reason if not.
pub(super) async fn run(
    context: &Context,
    text: &str,
    no_resolve: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let private = context.config.fetch.allow_private;
    let url = match check_text(text, private) {
        Ok(url) => url,
        Err(block) => {
            print(&format!("blocked: {block}"));
            return no();
        }
    };
    if no_resolve {
        print(&format!("allowed, by its text: {url}"));
        return done();
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let addresses = match host.parse() {
        Ok(ip) => vec![ip],
        Err(_) => resolve(host, context.config.fetch.name_server).await,
    };
    if addresses.is_empty() {
        print(&format!(
            "blocked: there is no server named {host}, or no name server answers"
        ));
        return no();
    }
    let verdicts = addresses.iter().map(|&ip| (ip, check_ip(ip, private)));
    let (good, bad): (Vec<_>, Vec<_>) = verdicts.partition(|(_, verdict)| verdict.is_ok());
    if let (true, Some((_, Err(block)))) = (good.is_empty(), bad.first()) {
        print(&format!("blocked: {block}"));
        return no();
    }
    let list: Vec<String> = good.iter().map(|(ip, _)| ip.to_string()).collect();
    print(&format!("allowed: {url} at {}", list.join(", ")));
    done()
}
