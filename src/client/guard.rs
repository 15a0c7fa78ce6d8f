//! Decides which addresses may be requested.
//!
//! Users give us URLs and publishers redirect us to more; neither may make this server talk to itself, to its
//! neighbors or to the platform's metadata service. Two checks are needed: [`check_text`] checks the URL as written,
//! before anything is resolved, and [`check_ip`] checks every address that the name resolves to. The connection must
//! then go to the checked address, not to the result of a second look-up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;
use url::{Host, Url};

/// Why an address is blocked, in words for the user who entered it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Block {
    /// Not a URL.
    #[error("“{0}” is not a web address. Give one that begins with https:// or http://")]
    NotAUrl(String),
    /// A URL that programs parse differently.
    #[error("the address contains a backslash. Copy it again from the site, with / in its place")]
    Ambiguous,
    /// A URL with another scheme.
    #[error("“{0}:” addresses cannot be read. Give one that begins with https:// or http://")]
    Scheme(String),
    /// A user name or password in the URL.
    #[error(
        "the address contains a user name or password. Leave it out; a feed’s password has a place of its own"
    )]
    Credentials,
    /// A name for this machine or its network.
    #[error("“{0}” is a name on a private network. Give an address that everyone can reach")]
    PrivateName(String),
    /// A name that isn't looked up.
    #[error("“{0}” is a name that no public name server knows. Give the server’s address instead")]
    NotInDns(String),
    /// A name that leads to an address which is not on the public internet; which one is nobody's business.
    #[error(
        "“{0}” leads to an address that not everyone can reach. Give the address of a public site"
    )]
    LeadsInside(String),
    /// A port of a service other than the web.
    #[error("port {0} isn’t used for web sites. Give the address of a web server")]
    Port(u16),
    /// An address that is not on the public internet.
    #[error("the address {ip} is {kind}. Give an address that everyone can reach")]
    Address {
        /// The resolved address.
        ip: IpAddr,
        /// What such addresses are for.
        kind: &'static str,
    },
}

/// Checks a URL by its text alone.
///
/// `allow_private` permits loopback and private networks, for people who run their own reader at home; see
/// [`check_ip`]. A name that passes must still be resolved, and each of its addresses given to [`check_ip`].
///
/// ```text
/// check_text("http://2130706433/", false)  // blocked: that is 127.0.0.1
/// check_text("https://example.org/", false)  // passes, but is yet to be resolved
/// ```
pub fn check_text(url: &str, allow_private: bool) -> Result<Url, Block> {
    if url.contains('\\') {
        return Err(Block::Ambiguous);
    }
    let url = Url::parse(url).map_err(|_| Block::NotAUrl(shortened(url)))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Block::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Block::Credentials);
    }
    if let Some(port) = url.port().filter(|port| FOREIGN_PORTS.contains(port)) {
        return Err(Block::Port(port));
    }
    match url.host() {
        None => return Err(Block::NotAUrl(shortened(url.as_str()))),
        Some(Host::Ipv4(ip)) => check_ip(ip.into(), allow_private)?,
        Some(Host::Ipv6(ip)) => check_ip(ip.into(), allow_private)?,
        Some(Host::Domain(name)) => check_name(name, allow_private)?,
    }
    Ok(url)
}

/// Ports of services that the lines of an HTTP request can abuse: the Fetch standard's (section 2.9, “bad port”), and
/// those of databases, caches and the tools that run machines.
const FOREIGN_PORTS: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    445, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989,
    990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666,
    6667, 6668, 6669, 6679, 6697, 10080,
    // Oracle, SQL Server, MySQL, PostgreSQL, Redis, CouchDB, Cassandra, Elasticsearch, memcached, MongoDB, etcd, Docker,
    // Kubernetes, ZooKeeper, RabbitMQ, InfluxDB.
    1433, 1434, 1521, 2181, 2375, 2376, 2379, 2380, 3306, 5432, 5433, 5672, 5984, 6379, 6380, 7000,
    7001, 8086, 9042, 9160, 9200, 9300, 10250, 10255, 11211, 27017, 27018, 27019, 33060, 50000,
];

/// Endings of names that no name server knows, and none is asked (RFC 7686, RFC 6762, ICANN's `internal`).
const NOT_IN_DNS: &[&str] = &["onion", "local", "internal"];

/// Names of metadata services, blocked under any setting.
const METADATA_NAMES: &[&str] = &["metadata.google.internal", "metadata", "instance-data"];

/// Domain endings used internally by routers, companies and clusters: RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`,
/// and common practice.
const PRIVATE_ENDINGS: &[&str] = &[
    "localhost",
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "localdomain",
    "home.arpa",
    "svc",
];

fn check_name(name: &str, allow_private: bool) -> Result<(), Block> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let ends_with = |ending: &&str| {
        name.strip_suffix(*ending)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let metadata = METADATA_NAMES.iter().any(ends_with);
    let private = !name.contains('.') || PRIVATE_ENDINGS.iter().any(ends_with);
    if metadata || (private && !allow_private) {
        return Err(Block::PrivateName(shortened(&name)));
    }
    if NOT_IN_DNS.iter().any(ends_with) {
        return Err(Block::NotInDns(shortened(&name)));
    }
    Ok(())
}

/// Checks one address against the IANA registries of special-purpose addresses.
///
/// An IPv6 address that stands for an IPv4 one is checked as that one. With `allow_private`, loopback, private and
/// link-local addresses pass, but never metadata services, unspecified addresses, multicast and broadcast.
pub fn check_ip(ip: IpAddr, allow_private: bool) -> Result<(), Block> {
    let verdict = match ip {
        IpAddr::V4(v4) => judge_v4(v4),
        IpAddr::V6(v6) => judge_v6(v6),
    };
    match verdict {
        Verdict::Public => Ok(()),
        Verdict::Private(_) if allow_private => Ok(()),
        Verdict::Private(kind) | Verdict::Never(kind) => Err(Block::Address { ip, kind }),
    }
}

enum Verdict {
    Public,
    Private(&'static str),
    Never(&'static str),
}

const METADATA: &str = "a cloud platform’s metadata service";

fn judge_v4(ip: Ipv4Addr) -> Verdict {
    use Verdict::{Never, Private, Public};
    match ip.octets() {
        [169, 254, 169, 254] | [169, 254, 170, 2] | [100, 100, 100, 200] | [168, 63, 129, 16] => {
            Never(METADATA)
        }
        [0, ..] => Never("no real address"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Private("on a private network"),
        [100, 64..=127, ..] => Private("inside a provider’s network"),
        [127, ..] => Private("this machine itself"),
        [169, 254, ..] => Private("on the local link"),
        [192, 0, 0, _] => Never("reserved for protocols"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => {
            Never("reserved for documentation")
        }
        [192, 88, 99, _] => Never("reserved for relays"),
        [198, 18..=19, ..] => Private("reserved for measurements"),
        [224..=239, ..] => Never("a multicast address"),
        [255, 255, 255, 255] => Never("the broadcast address"),
        [240..=255, ..] => Never("reserved"),
        _ => Public,
    }
}

fn judge_v6(ip: Ipv6Addr) -> Verdict {
    use Verdict::{Never, Private};
    let low = |a: u16, b: u16| judge_v4(Ipv4Addr::from((u32::from(a) << 16) | u32::from(b)));
    match ip.segments() {
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] => Never(METADATA),
        [0, 0, 0, 0, 0, 0, 0, 0] => Never("no real address"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Private("this machine itself"),
        // Mapped, translated (RFC 2765), compatible, and behind the well-known NAT64 prefix.
        [0, 0, 0, 0, 0, 0xffff, a, b] | [0, 0, 0, 0, 0xffff, 0, a, b] => low(a, b),
        [0, 0, 0, 0, 0, 0, a, b] | [0x64, 0xff9b, 0, 0, 0, 0, a, b] => low(a, b),
        [0x64, 0xff9b, 1, ..] => Never("behind a local translator"),
        [0x100, 0, 0, ..] => Never("a sink that discards everything"),
        // 6to4 embeds its IPv4 address at the front.
        [0x2002, a, b, ..] => low(a, b),
        [0x2001, 0..=0x1ff, ..] => Never("reserved for protocols"),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Never("reserved for documentation"),
        [0x5f00, ..] => Never("reserved for segment routing"),
        [0xfc00..=0xfdff, ..] => Private("on a private network"),
        [0xfe80..=0xfebf, ..] => Private("on the local link"),
        [0xfec0..=0xfeff, ..] => Private("on a private network"),
        [0xff00..=0xffff, ..] => Never("a multicast address"),
        // All assigned addresses are within 2000::/3.
        [0x2000..=0x3fff, ..] => Verdict::Public,
        _ => Never("reserved"),
    }
}

/// Long enough to be recognized, short enough for a message.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use crate::client::guard::*;

    fn passes(url: &str, allow_private: bool) -> bool {
        check_text(url, allow_private).is_ok()
    }

    #[test]
    fn every_spelling_of_this_machine_is_known() {
        for url in [
            "http://localhost/",
            "http://LOCALHOST./",
            "http://a.localhost/",
            "http://127.1/",
            "http://0x7f000001/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://１２７.0.0.1/",
            "http://router/",
        ] {
            assert!(!passes(url, false), "{url} passed");
        }
        for url in [
            "https://example.org/feed",
            "http://93.184.215.14:8080/",
            "https://[2606:4700::1]/",
        ] {
            assert!(passes(url, false), "{url} was blocked");
        }
    }

    #[test]
    fn a_reader_at_home_may_read_at_home_only() {
        for url in [
            "http://127.0.0.1:8080/",
            "http://192.168.1.2/",
            "http://nas.lan/",
            "http://[fd12::1]/",
        ] {
            assert!(passes(url, true), "{url} was blocked");
        }
        for url in [
            "file:///etc/passwd",
            "http://0.0.0.0/",
            "http://169.254.169.254/",
            "http://[fd00:ec2::254]/",
            "http://[::ffff:169.254.169.254]/",
            "http://metadata.google.internal/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://a:b@example.org/",
            "http://example.org:25/",
            "http://nas.local/",
            "http://wiki.internal/",
            "http://x.onion/",
        ] {
            assert!(!passes(url, true), "{url} passed");
        }
    }

    #[test]
    fn a_block_says_what_to_do() {
        let block = check_text("http://10.0.0.1/", false).unwrap_err();
        assert_eq!(
            block.to_string(),
            "the address 10.0.0.1 is on a private network. Give an address that everyone can reach"
        );
    }
}
