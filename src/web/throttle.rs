//! Attempts to sign in, counted per account and per address, on this instance.

use std::net::IpAddr;
use std::time::Duration;

use moka::sync::Cache;
use sha2::{Digest, Sha256};

/// How long attempts are remembered after the last one.
const MEMORY: Duration = Duration::from_secs(15 * 60);
/// Attempts after which an account isn't tried any more for a while.
const PER_ACCOUNT: u32 = 8;
/// Attempts after which an address isn't answered any more for a while: a family shares one.
const PER_ADDRESS: u32 = 30;
/// Accounts and addresses that are remembered, so that memory is bounded.
const REMEMBERED: u64 = 20_000;

/// Counts attempts. Nothing sweeps: what is old is forgotten when it is asked for.
#[derive(Debug)]
pub struct Throttle {
    accounts: Cache<[u8; 32], u32>,
    addresses: Cache<IpAddr, u32>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            accounts: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(MEMORY)
                .build(),
            addresses: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(MEMORY)
                .build(),
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

impl Throttle {
    /// Counts an attempt to open an account, before it is made: a hundred at once are a hundred.
    ///
    /// # Errors
    /// The seconds after which to try again, where there were too many.
    pub fn attempt(&self, account: &str, address: Option<IpAddr>) -> Result<(), u64> {
        let account = self
            .accounts
            .entry(account_key(account))
            .and_upsert_with(|count| count.map_or(1, |count| count.into_value() + 1));
        let account = account.into_value();
        self.visit(address)?;
        if account > PER_ACCOUNT {
            return Err(MEMORY.as_secs());
        }
        Ok(())
    }

    /// Counts an attempt of an address, whatever account it is about.
    ///
    /// # Errors
    /// As [`attempt`](Self::attempt).
    pub fn visit(&self, address: Option<IpAddr>) -> Result<(), u64> {
        let Some(address) = address else {
            return Ok(());
        };
        let count = self
            .addresses
            .entry(address_key(address))
            .and_upsert_with(|count| count.map_or(1, |count| count.into_value() + 1));
        if count.into_value() > PER_ADDRESS {
            return Err(MEMORY.as_secs());
        }
        Ok(())
    }

    /// Forgets an account's attempts, since its owner got in, and takes this one off its address. What else came from there
    /// stays counted: who guesses at others may have an account of his own.
    pub fn succeeded(&self, account: &str, address: Option<IpAddr>) {
        self.accounts.invalidate(&account_key(account));
        if let Some(address) = address {
            self.addresses
                .entry(address_key(address))
                .and_upsert_with(|count| {
                    count.map_or(0, |count| count.into_value().saturating_sub(1))
                });
        }
    }
}
