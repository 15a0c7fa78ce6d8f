//! Passwords: argon2id, on a thread that the request waits for.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, UserError};
use crate::datastore::StoreError;
use crate::random::Chance;

/// Memory in KiB, passes and lanes (OWASP's second recommendation, 2024): about 20 ms, and small instances have room.
const MEMORY: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

fn argon() -> Argon2<'static> {
    // The three numbers are within the crate's bounds; its default is the fallback that never happens.
    let params = Params::new(MEMORY, PASSES, LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Whether a new password is neither too short nor too long.
///
/// # Errors
/// Which of both.
pub fn check(password: &str) -> Result<(), UserError> {
    if password.chars().count() < MIN_PASSWORD_CHARS {
        return Err(UserError::ShortPassword);
    }
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(UserError::LongPassword);
    }
    Ok(())
}

/// The hash of a password, in the PHC string format.
///
/// # Errors
/// Those of [`check`].
pub async fn hash(password: &str, chance: &Chance) -> Result<String, UserError> {
    check(password)?;
    let password = password.to_owned();
    let salt = chance.bytes::<16>();
    let hashed = blocking(move || {
        let hash = argon().hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).ok()
    });
    let hashed = hashed.await?;
    Ok(hashed.ok_or_else(|| StoreError::Unavailable("argon2".into()))?)
}

/// Whether a password is the hashed one. Without a hash it takes as long, and the answer is no: an unknown address must
/// not answer faster.
///
/// # Errors
/// Only where the thread fails.
pub async fn verify(password: &str, hash: Option<String>) -> Result<bool, UserError> {
    // A hash of nothing that anybody can type.
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

/// Passwords that are hashed at the same time: each takes 19 MiB, and instances are small.
static ROOM: Semaphore = Semaphore::const_new(2);

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, UserError> {
    // Never closed, so that it can't fail; a caller who leaves gives his place back when his hash is done.
    let permit = ROOM.acquire().await;
    let work = move || {
        let _permit = permit;
        work()
    };
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|error| StoreError::Unavailable(error.to_string()))?)
}
