//! The cookies with which a browser tells one instance what its user has changed on another, so that the instance
//! doesn't show older cached values. They live as long as cached values do.
//!
//! Signed, so that forged cookies can't force reads. There is one cookie for each of several instances, since two may
//! answer a browser at the same time, and neither must overwrite the other's.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::cookies::{self, Cookie};
use crate::app::App;
use crate::datastore::cache::{Changed, SeenVersions};
use crate::sealed::SecretKeys;

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

/// The same for programs: one header with the stamps of all instances, which they send back as it is.
pub(super) const HEADER: &str = "dormouse-seen";

/// The versions in a request's cookies, or in its header.
pub(super) fn seen(app: &App, headers: &HeaderMap) -> SeenVersions {
    let slots = cookies::ours(app, headers).filter(|(name, _)| name.starts_with(COOKIE.name));
    let slots = slots.map(|(_, value)| value);
    let all = slots.chain(echoed(headers));
    SeenVersions::new(all.filter_map(|value| read(&app.secret, value)))
}

/// The headers of a request that [`add_header`] needs.
pub(super) fn sent(headers: &HeaderMap) -> HeaderMap {
    let names = [header::AUTHORIZATION, HeaderName::from_static(HEADER)];
    let sent = names.into_iter().filter_map(|name| {
        let value = headers.get(&name)?.clone();
        Some((name, value))
    });
    sent.collect()
}

/// The stamps that a program sends back.
fn echoed(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let sent = headers.get(HEADER).and_then(|value| value.to_str().ok());
    sent.into_iter()
        .flat_map(|text| text.split(','))
        .map(str::trim)
}

/// Parses `instance.stamp-stamp-….signature`, with hexadecimal numbers; `None` if it isn't signed by us.
fn read(secret: &SecretKeys, value: &str) -> Option<(u32, Vec<i64>)> {
    let text = cookies::verified(secret, PURPOSE, value)?;
    let (instance, stamps) = text.split_once('.')?;
    let instance = u32::from_str_radix(instance, 16).ok()?;
    let stamps = stamps
        .split('-')
        .map(|stamp| i64::from_str_radix(stamp, 16));
    Some((instance, stamps.collect::<Result<_, _>>().ok()?))
}

/// Sets this instance's cookie to what the request changed, merged with what the browser had seen of this instance; for a
/// program, the header.
pub(super) fn add_header(
    app: &App,
    (seen, sent): (&SeenVersions, &HeaderMap),
    changed: &Changed,
    headers: &mut HeaderMap,
) {
    let by_token = sent.contains_key(header::AUTHORIZATION);
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
    if by_token {
        // Those of other instances stay as they were sent, signatures and all.
        let is_other =
            |value: &&str| read(&app.secret, value).is_some_and(|(other, _)| other != instance);
        let others = echoed(sent).filter(is_other).take(SLOTS as usize - 1);
        let all: Vec<&str> = others.chain([value.as_str()]).collect();
        if let Ok(all) = HeaderValue::from_str(&all.join(", ")) {
            headers.insert(HEADER, all);
        }
        return;
    }
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
        let value = cookies::signed(&SecretKeys::one(b"secret"), PURPOSE, text);
        assert_eq!(
            read(&SecretKeys::one(b"secret"), &value),
            Some((42, vec![0, 0, 127]))
        );
        assert_eq!(read(&SecretKeys::one(b"another"), &value), None);
        for wrong in ["", "2a.0-0-7f", "2a.0-0-80.AAAAAAAAAAA", "x.y.z"] {
            assert_eq!(read(&SecretKeys::one(b"secret"), wrong), None, "{wrong}");
        }
    }
}
