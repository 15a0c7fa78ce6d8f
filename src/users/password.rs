//! Passwords: argon2id, on a thread that the request awaits.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, UserError, common_passwords};
use crate::datastore::StoreError;
use crate::random::Random;

/// Memory in KiB, passes and lanes (OWASP's second recommendation, 2024): about 20 ms, and it fits small instances.
const MEMORY: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

fn argon() -> Argon2<'static> {
    // The three numbers are within the crate's bounds, so the default is never used.
    let params = Params::new(MEMORY, PASSES, LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Checks the length of a new password, and that it isn't one of the most common.
///
/// # Errors
/// [`UserError::ShortPassword`], [`UserError::LongPassword`] or [`UserError::CommonPassword`].
pub fn check(password: &str) -> Result<(), UserError> {
    if password.chars().count() < MIN_PASSWORD_CHARS {
        return Err(UserError::ShortPassword);
    }
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(UserError::LongPassword);
    }
    if common_passwords::is_common(password) {
        return Err(UserError::CommonPassword);
    }
    Ok(())
}

/// The hash of a password, in the PHC string format.
///
/// # Errors
/// The same as [`check`].
pub async fn hash(password: &str, random: &Random) -> Result<String, UserError> {
    check(password)?;
    let password = password.to_owned();
    let salt = random.bytes::<16>();
    let hashed = blocking(move || {
        let hash = argon().hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).ok()
    });
    let hashed = hashed.await?;
    Ok(hashed.ok_or_else(|| StoreError::Unavailable("argon2".into()))?)
}

/// Whether a password matches the hash. Without a hash it takes as long and returns false: an unknown address must not
/// be refused faster.
///
/// # Errors
/// Only if the thread fails.
pub async fn verify(password: &str, hash: Option<String>) -> Result<bool, UserError> {
    // A hash that no password matches.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    if password.len() > MAX_PASSWORD_BYTES {
        return Ok(false);
    }
    let password = password.to_owned();
    blocking(move || {
        let known = hash.is_some();
        let text = hash.unwrap_or_else(|| NOBODY.to_owned());
        let Ok(parsed) = PasswordHash::new(&text) else {
            return false;
        };
        argon()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
            && known
    })
    .await
}

/// Concurrent hashes: each takes 19 MiB, and instances are small.
static HASH_PERMITS: Semaphore = Semaphore::const_new(2);

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, UserError> {
    // Never closed, so it can't fail; if the caller goes away, its permit is released when its hash is done.
    let permit = HASH_PERMITS.acquire().await;
    let work = move || {
        let _permit = permit;
        work()
    };
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|error| StoreError::Unavailable(error.to_string()))?)
}
