//! When something is due by email.

use chrono::{Datelike, Weekday};

use crate::shelf::edition::hours;
use crate::shelf::journal::zone;
use crate::users::Profile;
use crate::users::mail_habits::MailHabits;
use crate::users::preferences::EditionHabits;

/// The minute at which an edition or a digest is due next; `None` if none is wanted.
pub(crate) fn next(mail: &MailHabits, habits: &EditionHabits, now: i64) -> Option<i64> {
    let zone = zone::named(&mail.zone);
    let mut at = hours::next(habits, zone, now);
    if mail.edition {
        return Some(at);
    }
    // A digest comes on Mondays.
    let is_monday = |at: i64| zone::day_of(at, zone).weekday() == Weekday::Mon;
    for _ in 0..7 {
        if is_monday(at) {
            break;
        }
        at = hours::next(habits, zone, at);
    }
    mail.digest.then_some(at)
}

/// Reckons anew when something is due, after what is wanted or its hour changed. What is waiting already stays due.
pub(crate) fn reckon(profile: &mut Profile, now: i64) {
    let next = next(&profile.mail, &profile.preferences.edition, now);
    let waiting = profile.mail.due.filter(|due| *due <= now);
    profile.mail.due = waiting.filter(|_| next.is_some()).or(next);
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn minute(day: u32, hour: i64) -> i64 {
        let day = NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
        let days = day.signed_duration_since(NaiveDate::default()).num_days();
        days * 24 * 60 + hour * 60
    }

    #[test]
    fn an_edition_comes_each_day_and_a_digest_on_mondays() {
        let habits = EditionHabits::default();
        let mail = |edition, digest| MailHabits {
            edition,
            digest,
            ..MailHabits::default()
        };
        // The second of March is a Monday; the hour is 7.
        for (mail, now, due) in [
            (mail(false, false), minute(2, 12), None),
            (mail(true, false), minute(2, 12), Some(minute(3, 7))),
            (mail(false, true), minute(2, 12), Some(minute(9, 7))),
            (mail(false, true), minute(2, 6), Some(minute(2, 7))),
        ] {
            assert_eq!(next(&mail, &habits, now), due, "{mail:?}");
        }
        let berlin = MailHabits {
            zone: "Europe/Berlin".into(),
            ..mail(true, true)
        };
        assert_eq!(next(&berlin, &habits, minute(2, 12)), Some(minute(3, 6)));
    }
}
