//! The sign-in limit, by account and by network address.

use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{Counter, MAX_KEYS, Wait};
use crate::timestamp::Timestamp;

/// The window in which attempts are counted.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Attempts per account.
const PER_ACCOUNT: u32 = 8;
/// Attempts per address, which a household shares.
const PER_ADDRESS: u32 = 30;

/// Counts attempts to sign in.
#[derive(Debug)]
pub struct SignInLimit {
    accounts: Counter<[u8; 32]>,
    addresses: Counter<IpAddr>,
}

impl Default for SignInLimit {
    fn default() -> Self {
        Self {
            accounts: Counter::new(WINDOW, MAX_KEYS),
            addresses: Counter::new(WINDOW, MAX_KEYS),
        }
    }
}

/// The key of an account: the form by which accounts are found, and of one size whatever was typed.
fn account_key(typed: &str) -> [u8; 32] {
    Sha256::digest(typed.trim().to_lowercase()).into()
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

impl SignInLimit {
    /// Counts an attempt to open an account, before it is made: a hundred concurrent ones count as a hundred.
    ///
    /// # Errors
    /// [`Wait`] if the account or the address had too many.
    pub fn attempt(
        &self,
        account: &str,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), Wait> {
        let account = self.accounts.count(account_key(account), PER_ACCOUNT, now);
        self.visit(address, now)?;
        account
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

    /// Resets an account's attempts after its owner got in, and takes this one off its address. Other attempts from
    /// there still count: someone who guesses at others' accounts may have one too.
    pub fn succeeded(&self, account: &str, address: Option<IpAddr>, now: Timestamp) {
        self.accounts.reset(&account_key(account));
        if let Some(address) = address {
            self.addresses.take_back(address_key(address), now);
        }
    }
}
