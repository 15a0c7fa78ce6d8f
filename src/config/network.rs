//! Who is in front of us, and under which names we are called.

use std::net::IpAddr;

use super::{ConfigError, Env};

/// A range of addresses, such as `10.0.0.0/8`; a single one has all its bits fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpRange {
    first: IpAddr,
    bits: u8,
}

impl std::fmt::Display for IpRange {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.first, self.bits)
    }
}

impl IpRange {
    /// From `192.0.2.1` or `192.0.2.0/24`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().ok()?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { first, bits })
    }

    /// Whether an address is in it. An IPv4 address written as IPv6 is one.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(other)) => {
                let shift = 32_u32.saturating_sub(self.bits.into());
                let top = |ip: u32| ip.checked_shr(shift).unwrap_or_default();
                top(first.into()) == top(other.into())
            }
            (IpAddr::V6(first), IpAddr::V6(other)) => {
                let shift = 128_u32.saturating_sub(self.bits.into());
                let top = |ip: u128| ip.checked_shr(shift).unwrap_or_default();
                top(first.into()) == top(other.into())
            }
            _ => false,
        }
    }
}

/// `TRUSTED_PROXIES`.
pub(super) fn trusted_proxies(env: &Env) -> Result<Vec<IpRange>, ConfigError> {
    const NAME: &str = "TRUSTED_PROXIES";
    let Some(text) = env.get(NAME) else {
        return Ok(Vec::new());
    };
    let range = |part: &str| {
        IpRange::parse(part).ok_or_else(|| {
            let takes = format!(
                "has {part:?}; it takes addresses and ranges, such as 127.0.0.1, ::1, 10.0.0.0/8"
            );
            ConfigError::new(NAME, takes)
        })
    };
    parts(text).map(range).collect()
}

/// `ALSO_HOSTS`: hosts, with a port where it isn't the usual one, in lower case.
pub(super) fn also_hosts(env: &Env) -> Result<Vec<String>, ConfigError> {
    const NAME: &str = "ALSO_HOSTS";
    let Some(text) = env.get(NAME) else {
        return Ok(Vec::new());
    };
    let host = |part: &str| {
        let fits = part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
        fits.then(|| part.to_ascii_lowercase()).ok_or_else(|| {
            let takes = format!("has {part:?}; it takes hosts, such as pages.example.org");
            ConfigError::new(NAME, takes)
        })
    };
    parts(text).map(host).collect()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_its_addresses_and_no_others() {
        for (range, address, is_in) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("127.0.0.1", "::ffff:127.0.0.1", true),
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:9::1", true),
            ("::1", "::1", true),
            ("::/0", "2001:db8::1", true),
        ] {
            let found = IpRange::parse(range)
                .unwrap()
                .contains(address.parse().unwrap());
            assert_eq!(found, is_in, "{range} and {address}");
        }
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "all", "::1/129"] {
            assert_eq!(IpRange::parse(wrong), None, "{wrong}");
        }
    }
}
