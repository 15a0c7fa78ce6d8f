//! The sign-in limits: by network address, by account and address, and by browser.
//!
//! Nobody can shut somebody else out: an account isn't counted by itself, but together with the address that the attempts
//! come from, and a browser in which it was used before has a count of its own. What is refused isn't counted, so a wait
//! ends however often somebody tries. Attempts from ever new addresses are slowed down instead.

use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{Counter, MAX_KEYS, Wait};
use crate::timestamp::Timestamp;
use crate::users::normal_email;

/// The window in which attempts are counted.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Attempts per account from one address, or in one known browser.
const PER_ACCOUNT: u32 = 8;
/// Attempts per account from addresses that nobody knows: by way of a proxy that isn't named in `TRUSTED_PROXIES`, all
/// strangers come from there, and few must not shut the others out.
const PER_ACCOUNT_SOMEWHERE: u32 = 100;
/// Attempts per address, which a household shares.
const PER_ADDRESS: u32 = 30;
/// Failures of an account, wherever they come from, after which strangers' attempts are slowed down.
const UNHURRIED: u32 = 10;
/// The longest that an attempt is slowed down.
const LONGEST_DELAY: Duration = Duration::from_secs(3);

/// Where an attempt to sign in comes from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'o> {
    /// The account, as typed.
    pub account: &'o str,
    /// The network address, if it is known.
    pub address: Option<IpAddr>,
    /// The number of the browser, if the account was used in it before.
    pub browser: Option<&'o str>,
}

/// Counts attempts to sign in.
#[derive(Debug)]
pub struct SignInLimit {
    accounts: Counter<[u8; 32]>,
    addresses: Counter<IpAddr>,
    failures: Counter<[u8; 32]>,
    tokens: Counter<IpAddr>,
}

impl Default for SignInLimit {
    fn default() -> Self {
        Self {
            accounts: Counter::new(WINDOW, MAX_KEYS),
            addresses: Counter::new(WINDOW, MAX_KEYS),
            failures: Counter::new(WINDOW, MAX_KEYS),
            tokens: Counter::new(WINDOW, MAX_KEYS),
        }
    }
}

/// The key of a text: of one size, whatever was typed.
fn key(parts: [&str; 2]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The form by which accounts are found.
fn typed(account: &str) -> String {
    normal_email(account).unwrap_or_else(|_| account.trim().to_lowercase())
}

/// The key of an address: for IPv6 the /64, which is what one customer has.
fn address_key(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(ip) => {
            let network = u128::from(ip) & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
    }
}

impl Origin<'_> {
    fn key(&self) -> [u8; 32] {
        let account = typed(self.account);
        match (self.browser, self.address) {
            (Some(browser), _) => key([&account, &format!("browser {browser}")]),
            (None, Some(address)) => key([&account, &address_key(address).to_string()]),
            (None, None) => key([&account, "somewhere"]),
        }
    }
}

impl SignInLimit {
    /// Counts an attempt to open an account, before it is made: a hundred concurrent ones count as a hundred. Returns
    /// how long it is slowed down: strangers are, where an account has had many failures lately.
    ///
    /// # Errors
    /// [`Wait`] if there were too many from there.
    pub fn attempt(&self, origin: Origin<'_>, now: Timestamp) -> Result<Duration, Wait> {
        // A known browser isn't its address's guest: a neighbour may have used that up.
        if origin.browser.is_none() {
            self.visit(origin.address, now)?;
        }
        let most = match (origin.browser, origin.address) {
            (None, None) => PER_ACCOUNT_SOMEWHERE,
            _ => PER_ACCOUNT,
        };
        if let Err(wait) = self.accounts.count(origin.key(), most, now) {
            // What is refused isn't counted, for the household neither.
            if let (None, Some(address)) = (origin.browser, origin.address) {
                self.addresses.take_back(address_key(address), now);
            }
            return Err(wait);
        }
        if origin.browser.is_some() {
            return Ok(Duration::ZERO);
        }
        let failed = self.failures.of(&key([&typed(origin.account), ""]), now);
        let extra = failed.saturating_sub(UNHURRIED).min(30);
        Ok((Duration::from_millis(100) * extra).min(LONGEST_DELAY))
    }

    /// Counts an attempt from an address, whatever the account.
    ///
    /// # Errors
    /// [`Wait`] if the address had too many.
    pub fn visit(&self, address: Option<IpAddr>, now: Timestamp) -> Result<(), Wait> {
        match address {
            Some(address) => self.addresses.count(address_key(address), PER_ADDRESS, now),
            None => Ok(()),
        }
    }

    /// Whether an address may try a token: only wrong ones count, since apps send a right one with every call. They are
    /// counted apart from sign-in, which an app with an old token mustn't shut.
    ///
    /// # Errors
    /// [`Wait`] if it sent too many wrong ones.
    pub fn may_try_token(&self, address: Option<IpAddr>, now: Timestamp) -> Result<(), Wait> {
        let Some(address) = address.map(address_key) else {
            return Ok(());
        };
        if self.tokens.of(&address, now) < PER_ADDRESS {
            return Ok(());
        }
        self.tokens.count(address, PER_ADDRESS, now)
    }

    /// Notes that an address sent a wrong token.
    pub fn wrong_token(&self, address: Option<IpAddr>, now: Timestamp) {
        if let Some(address) = address {
            // Only noted: `may_try_token` says how many are too many.
            let _ = self.tokens.count(address_key(address), PER_ADDRESS, now);
        }
    }

    /// Notes that an attempt failed.
    pub fn failed(&self, origin: Origin<'_>, now: Timestamp) {
        let account = key([&typed(origin.account), ""]);
        // Only noted: the count says how much slower the next one is.
        let _ = self.failures.count(account, u32::MAX, now);
    }

    /// Resets the attempts from there after the owner got in, and takes this one off its address. Other attempts from
    /// there still count: someone who guesses at others' accounts may have one too.
    pub fn succeeded(&self, origin: Origin<'_>, now: Timestamp) {
        self.accounts.reset(&origin.key());
        if let (None, Some(address)) = (origin.browser, origin.address) {
            self.addresses.take_back(address_key(address), now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000 + seconds, 0).expect("a moment of this century")
    }

    fn from(address: [u8; 4]) -> Origin<'static> {
        Origin {
            account: "ann@example.org",
            address: Some(address.into()),
            browser: None,
        }
    }

    #[test]
    fn a_stranger_shuts_nobody_out() {
        let limit = SignInLimit::default();
        let eve = from([203, 0, 113, 1]);
        for n in 0..8 {
            limit.attempt(eve, at(n)).expect("the first eight");
            limit.failed(eve, at(n));
        }
        let wait = limit.attempt(eve, at(10)).unwrap_err();
        // Trying again doesn't make it longer, and takes nothing from others of the household.
        for n in 11..20 {
            assert!(limit.attempt(eve, at(n)).unwrap_err().seconds < wait.seconds + 1);
        }
        for n in 20..60 {
            limit.attempt(eve, at(n)).expect_err("refused");
        }
        let bob = Origin {
            account: "bob@example.org",
            ..eve
        };
        limit.attempt(bob, at(61)).expect("a neighbour");
        assert!(limit.attempt(eve, at(15 * 60)).is_ok());
        assert_eq!(
            limit.attempt(from([192, 0, 2, 7]), at(20)),
            Ok(Duration::ZERO)
        );
    }

    #[test]
    fn attempts_from_ever_new_addresses_are_slowed_down_but_not_in_a_known_browser() {
        let limit = SignInLimit::default();
        let mut slowest = Duration::ZERO;
        for n in 0..200_u8 {
            let one = from([203, 0, 113, n]);
            slowest = limit.attempt(one, at(n.into())).expect("new addresses");
            limit.failed(one, at(n.into()));
        }
        assert_eq!(slowest, LONGEST_DELAY);
        let home = Origin {
            browser: Some("b1"),
            ..from([203, 0, 113, 1])
        };
        for n in 0..8 {
            assert_eq!(limit.attempt(home, at(300 + n)), Ok(Duration::ZERO));
        }
        assert!(
            limit.attempt(home, at(310)).is_err(),
            "it has its own count"
        );
    }
}
