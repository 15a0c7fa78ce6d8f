//! How often somebody may try to sign in, by account and by network address.

use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{Counter, MAX_KEYS, Wait};
use crate::timestamp::Timestamp;

/// The window in which attempts are counted.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Attempts at one account.
const PER_ACCOUNT: u32 = 8;
/// Attempts from one address, which a household shares.
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

/// An account as it is counted: in the form that accounts are found by, and of one size whatever was typed.
fn account_key(typed: &str) -> [u8; 32] {
    Sha256::digest(typed.trim().to_lowercase()).into()
}

/// An address as it is counted: of IPv6 the /64, which is what one customer has.
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
    /// Counts an attempt to open an account, before it is made: a hundred at once are a hundred.
    ///
    /// # Errors
    /// [`Wait`] where the account or the address had too many.
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

    /// Counts an attempt of an address, whatever account it is about.
    ///
    /// # Errors
    /// [`Wait`] where the address had too many.
    pub fn visit(&self, address: Option<IpAddr>, now: Timestamp) -> Result<(), Wait> {
        match address {
            Some(address) => self.addresses.count(address_key(address), PER_ADDRESS, now),
            None => Ok(()),
        }
    }

    /// Forgets an account's attempts, since its owner got in, and takes this one off its address. What else came from there
    /// stays counted: whoever guesses at others' accounts may have one too.
    pub fn succeeded(&self, account: &str, address: Option<IpAddr>, now: Timestamp) {
        self.accounts.reset(&account_key(account));
        if let Some(address) = address {
            self.addresses.take_back(address_key(address), now);
        }
    }
}
