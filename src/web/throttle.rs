//! Failed attempts to sign in, counted per account and per address, on this instance.

use std::net::IpAddr;
use std::time::Duration;

use moka::sync::Cache;

/// How long failures are remembered after the last one.
const MEMORY: Duration = Duration::from_secs(15 * 60);
/// Failures after which an account isn't tried any more for a while.
const PER_ACCOUNT: u32 = 8;
/// Failures after which an address isn't answered any more for a while: a family shares one.
const PER_ADDRESS: u32 = 30;
/// Accounts and addresses that are remembered, so that memory is bounded.
const REMEMBERED: u64 = 20_000;

/// Counts failures. Nothing sweeps: what is old is forgotten when it is asked for.
#[derive(Debug)]
pub struct Throttle {
    accounts: Cache<String, u32>,
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

impl Throttle {
    /// Whether an attempt may be made. Seconds to wait otherwise.
    ///
    /// # Errors
    /// The seconds after which to try again.
    pub fn check(&self, account: &str, address: Option<IpAddr>) -> Result<(), u64> {
        let account = self.accounts.get(&account.to_lowercase()).unwrap_or(0);
        let address = address.and_then(|ip| self.addresses.get(&ip)).unwrap_or(0);
        if account >= PER_ACCOUNT || address >= PER_ADDRESS {
            return Err(MEMORY.as_secs());
        }
        Ok(())
    }

    /// Counts a failure.
    pub fn failed(&self, account: &str, address: Option<IpAddr>) {
        let account = account.to_lowercase();
        let count = self.accounts.get(&account).unwrap_or(0);
        self.accounts.insert(account, count + 1);
        if let Some(ip) = address {
            let count = self.addresses.get(&ip).unwrap_or(0);
            self.addresses.insert(ip, count + 1);
        }
    }

    /// Forgets an account's failures: its owner got in.
    pub fn succeeded(&self, account: &str) {
        self.accounts.invalidate(&account.to_lowercase());
    }
}
