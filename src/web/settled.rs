//! Settings that came from elsewhere, put in order as forms would have it.

use std::collections::BTreeMap;

use super::actions::posting;
use super::keys;
use crate::users::Profile;

/// Leaves out keys that can't be, and reckons when email is due, at a minute.
pub fn settle(profile: &mut Profile, minute: i64) {
    let mut typed: BTreeMap<String, String> = std::mem::take(&mut profile.preferences.own_keys)
        .into_iter()
        .map(|(action, ways)| (action, ways.replace('\n', ", ")))
        .collect();
    loop {
        let wanted = typed
            .iter()
            .map(|(action, ways)| (action.as_str(), ways.as_str()));
        let Err((action, _)) = keys::set(&mut profile.preferences, &wanted.collect()) else {
            break;
        };
        // Each round has one less: of two that can't be together, one goes.
        let action = action.to_owned();
        if typed.remove(&action).is_none() {
            break;
        }
    }
    if profile.mail.edition || profile.mail.digest {
        posting::reckon(profile, minute);
    }
}
