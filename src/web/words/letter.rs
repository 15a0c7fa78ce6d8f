//! The letter that a reader can send to a publisher whose wall keeps us out.

use url::Url;

use crate::feeds::Wall;
use crate::shelf::find::SubscribeError;

/// The letter for an error of subscribing, if a wall caused it.
pub(crate) fn to_publisher_of(error: &SubscribeError) -> Option<String> {
    match error {
        SubscribeError::Walled { wall, url, agent } => Some(to_publisher(*wall, url, agent)),
        _ => None,
    }
}

/// The letter: what is kept out, who is asking, and the rule that lets feed readers in.
pub(crate) fn to_publisher(wall: Wall, feed: &Url, agent: &str) -> String {
    let path = feed.path();
    let name = wall.name();
    // The version and the number of readers change.
    let agent_begin = agent.split('/').next().unwrap_or(agent);
    let rule = match wall {
        Wall::Cloudflare => format!(
            "In Cloudflare, under Security > Security rules, a custom rule with the expression\n\n    (http.request.uri.path eq \"{path}\")\n\nand the action “Skip” (all managed rules, Super Bot Fight Mode and Browser Integrity Check) lets feed readers in, and nothing else."
        ),
        Wall::Anubis => format!(
            "In Anubis’s bot policy, this rule lets feed readers in, and nothing else:\n\n    - name: feeds\n      path_regex: ^{}$\n      action: ALLOW",
            escaped(path)
        ),
        Wall::DataDome => format!(
            "In DataDome, an allow rule for the path {path}, or for user agents that contain “{agent_begin}/”, lets feed readers in."
        ),
        Wall::Akamai => format!(
            "In Akamai’s Bot Manager, a bypass for the path {path}, or for user agents that contain “{agent_begin}/”, lets feed readers in."
        ),
    };
    format!(
        "Hello,\n\nI read your site in a feed reader. Your feed at\n\n    {feed}\n\ndoesn’t reach it any more: {name} answers in its place, with a test that only browsers can pass. Feeds are made for programs, so nobody who subscribed to yours gets it now.\n\n{rule}\n\nThe program that asks names itself truly:\n\n    {agent}\n\nThank you for your feed!\n"
    )
}

/// A path as a regular expression that matches only itself.
fn escaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for character in path.chars() {
        if ".+*?()|[]{}^$\\".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
