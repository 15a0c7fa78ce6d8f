//! What a reader's browser tells one instance of what he has changed at another: cookies that live as long as memories do.
//!
//! Signed, so that nobody can have us read everything anew by making one up; one for each of a few instances, since two may
//! answer a browser at the same moment, and neither may take the other's word away.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue, header};
use sha2::Sha256;

use crate::app::App;
use crate::datastore::cache::{Changed, Told};

const COOKIE: &str = "dormouse-v";
/// Cookies that a browser is given; instances share them by chance.
const SLOTS: u32 = 16;
/// Seconds: longer than what a reader can change is remembered anywhere.
const LIFE: u32 = 11 * 60;
/// Bytes of a signature.
const SIGNATURE: usize = 8;

fn sign(secret: &[u8], text: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return String::new();
    };
    mac.update(b"what was changed");
    mac.update(text.as_bytes());
    URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..SIGNATURE])
}

/// What a request tells.
pub(super) fn told(app: &App, headers: &HeaderMap) -> Told {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split("; "))
        .filter_map(|pair| pair.strip_prefix(COOKIE)?.split_once('='));
    Told::new(pairs.filter_map(|(_, value)| read(&app.secret, value)))
}

/// `instance.stamp-stamp-….signature`, in hexadecimal.
fn read(secret: &[u8], value: &str) -> Option<(u32, Vec<i64>)> {
    let (text, signature) = value.rsplit_once('.')?;
    if sign(secret, text) != signature {
        return None;
    }
    let (instance, stamps) = text.split_once('.')?;
    let instance = u32::from_str_radix(instance, 16).ok()?;
    let stamps = stamps
        .split('-')
        .map(|stamp| i64::from_str_radix(stamp, 16));
    Some((instance, stamps.collect::<Result<_, _>>().ok()?))
}

/// Has the browser tell what a request changed here, with what it was told of us before.
pub(super) fn tell(app: &App, told: &Told, changed: &Changed, headers: &mut HeaderMap) {
    let Some(memory) = app.store.memory() else {
        return;
    };
    if changed.iter().all(|&stamp| stamp == 0) {
        return;
    }
    let instance = memory.instance();
    let stamps = told.of(instance).into_iter().zip(changed);
    let stamps: Vec<String> = stamps
        .map(|(before, &now)| format!("{:x}", before.max(now)))
        .collect();
    let text = format!("{instance:x}.{}", stamps.join("-"));
    let signature = sign(&app.secret, &text);
    let secure = if app.is_secure() { "; Secure" } else { "" };
    let slot = instance % SLOTS;
    let cookie = format!(
        "{COOKIE}{slot}={text}.{signature}; Path=/; HttpOnly; SameSite=Lax; Max-Age={LIFE}{secure}"
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use crate::web::seen_versions::*;

    #[test]
    fn a_word_is_believed_with_its_signature_alone() {
        let text = "2a.0-0-7f";
        let value = format!("{text}.{}", sign(b"secret", text));
        assert_eq!(read(b"secret", &value), Some((42, vec![0, 0, 127])));
        assert_eq!(read(b"another", &value), None);
        for wrong in ["", "2a.0-0-7f", "2a.0-0-80.AAAAAAAAAAA", "x.y.z"] {
            assert_eq!(read(b"secret", wrong), None, "{wrong}");
        }
    }
}
