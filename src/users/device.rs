//! What a browser and a network are called in the list of one's sessions.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Longest name of a program that we don't know.
const NAME_CHARS: usize = 40;

/// Browsers by what only their user agents contain, those that also say they are another one first.
const BROWSERS: [(&str, &str); 12] = [
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("OPR/", "Opera"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edg/", "Edge"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Systems by what their user agents contain.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("Linux", "Linux"),
];

/// What a session was begun with. Names are the products' own, the same in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// "Firefox"; another program by the first word of its user agent; empty if it sent none.
    pub browser: String,
    /// "Linux"; empty if it isn't known.
    pub system: String,
}

impl std::fmt::Display for Device {
    /// "Firefox, Linux": names only, the same in every language.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.browser.as_str(), self.system.as_str()) {
            (browser, "") => out.write_str(browser),
            ("", system) => out.write_str(system),
            (browser, system) => write!(out, "{browser}, {system}"),
        }
    }
}

impl Device {
    /// What a user agent stands for (RFC 9110, section 10.1.5).
    pub fn of(agent: &str) -> Self {
        let named = |all: &[(&str, &str)]| {
            let known = all.iter().find(|(mark, _)| agent.contains(mark));
            known.map(|(_, name)| (*name).to_owned())
        };
        let first = || {
            let word = agent.split([' ', '/']).next().unwrap_or_default();
            let plain = word.chars().filter(|c| c.is_ascii_graphic());
            plain.take(NAME_CHARS).collect()
        };
        Self {
            browser: named(&BROWSERS).unwrap_or_else(first),
            system: named(&SYSTEMS).unwrap_or_default(),
        }
    }

    /// Whether it is held in a hand.
    pub fn is_handheld(&self) -> bool {
        matches!(self.system.as_str(), "iPhone" | "iPad" | "Android")
    }
}

/// The network of an address, wide enough not to be an address: /16 of IPv4, /48 of IPv6.
pub fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            format!("{}/16", Ipv4Addr::new(a, b, 0, 0))
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_systems_have_their_names() {
        for (agent, browser, system) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox",
                "Linux",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36",
                "Chrome",
                "Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0",
                "Edge",
                "Windows",
            ),
            ("curl/8.14.1", "curl", ""),
            ("", "", ""),
        ] {
            let device = Device::of(agent);
            assert_eq!(
                (&*device.browser, &*device.system),
                (browser, system),
                "{agent}"
            );
        }
        assert!(Device::of(&"x".repeat(10_000)).browser.len() <= NAME_CHARS);
        assert!(Device::of("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)").is_handheld());
    }

    #[test]
    fn a_network_is_wider_than_an_address() {
        for (address, network) in [
            ("192.0.2.77", "192.0.0.0/16"),
            ("::ffff:192.0.2.77", "192.0.0.0/16"),
            ("2001:db8:7:8::9", "2001:db8:7::/48"),
        ] {
            assert_eq!(network_of(address.parse().unwrap()), network);
        }
    }
}
