//! The cookies with which a browser tells one instance what its user has changed on another, so that the instance
//! doesn't show older cached values. They live as long as cached values do.
//!
//! Signed, so that forged cookies can't force reads. There is one cookie for each of several instances, since two may
//! answer a browser at the same time, and neither must overwrite the other's.

use http::{HeaderMap, header};

use super::cookies::{self, Cookie};
use crate::app::App;
use crate::datastore::cache::{Changed, SeenVersions};

/// Its name is followed by a slot number. It lives longer than anything that a user can change stays cached.
const COOKIE: Cookie = Cookie {
    name: "dormouse-v",
    path: "/",
    max_age: 11 * 60,
};
/// Maximum number of these cookies in a browser. Instances have random slots, and may share one.
const SLOTS: u32 = 16;
/// The purpose of the signature.
const PURPOSE: &str = "what was changed";

/// The versions in a request's cookies.
pub(super) fn seen(app: &App, headers: &HeaderMap) -> SeenVersions {
    let slots = cookies::pairs(headers).filter(|(name, _)| name.starts_with(COOKIE.name));
    SeenVersions::new(slots.filter_map(|(_, value)| read(&app.secret, value)))
}

/// Parses `instance.stamp-stamp-….signature`, with hexadecimal numbers; `None` if it isn't signed by us.
fn read(secret: &[u8], value: &str) -> Option<(u32, Vec<i64>)> {
    let text = cookies::verified(secret, PURPOSE, value)?;
    let (instance, stamps) = text.split_once('.')?;
    let instance = u32::from_str_radix(instance, 16).ok()?;
    let stamps = stamps
        .split('-')
        .map(|stamp| i64::from_str_radix(stamp, 16));
    Some((instance, stamps.collect::<Result<_, _>>().ok()?))
}

/// Sets this instance's cookie to what the request changed, merged with what the browser had seen of this instance.
pub(super) fn add_header(
    app: &App,
    seen: &SeenVersions,
    changed: &Changed,
    headers: &mut HeaderMap,
) {
    let Some(cache) = app.store.cache() else {
        return;
    };
    if changed.iter().all(|&stamp| stamp == 0) {
        return;
    }
    let instance = cache.instance();
    let stamps = seen.of(instance).into_iter().zip(changed);
    let stamps: Vec<String> = stamps
        .map(|(before, &now)| format!("{:x}", before.max(now)))
        .collect();
    let text = format!("{instance:x}.{}", stamps.join("-"));
    let value = cookies::signed(&app.secret, PURPOSE, &text);
    let name = format!("{}{}", COOKIE.name, instance % SLOTS);
    if let Some(cookie) = COOKIE.set_as(app, &name, &value) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use crate::web::seen_versions::*;

    #[test]
    fn a_word_is_believed_with_its_signature_alone() {
        let text = "2a.0-0-7f";
        let value = cookies::signed(b"secret", PURPOSE, text);
        assert_eq!(read(b"secret", &value), Some((42, vec![0, 0, 127])));
        assert_eq!(read(b"another", &value), None);
        for wrong in ["", "2a.0-0-7f", "2a.0-0-80.AAAAAAAAAAA", "x.y.z"] {
            assert_eq!(read(b"secret", wrong), None, "{wrong}");
        }
    }
}
