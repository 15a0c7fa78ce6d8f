//! The polling hints in a document: `ttl`, `skipHours`, `skipDays`, and the syndication module's period.

use crate::feeds::polling_hints::{MAX_INTERVAL, PollingHints};

/// The hints found so far, anywhere in the channel; those inside an entry don't count.
#[derive(Debug, Default)]
pub(super) struct Found {
    ttl: i64,
    hours: u32,
    days: u8,
    period: Option<i64>,
    frequency: Option<i64>,
}

impl Found {
    /// Records an element's value if it makes sense.
    pub(super) fn take(&mut self, local: &str, words: &str) {
        match local {
            "ttl" => self.ttl = words.parse().unwrap_or(0).clamp(0, MAX_INTERVAL),
            // 0 to 23 by the specification; some count from 1 to 24.
            "hour" => {
                if let Ok(hour @ 0..=24) = words.parse::<u32>() {
                    self.hours |= 1 << (hour % 24);
                }
            }
            "day" => {
                if let Some(day) = day(words) {
                    self.days |= 1 << day;
                }
            }
            "updateperiod" => self.period = period(words),
            "updatefrequency" => self.frequency = words.parse().ok().filter(|&times| times > 0),
            _ => {}
        }
    }

    pub(super) fn hints(self) -> PollingHints {
        let says_period = self.period.is_some() || self.frequency.is_some();
        let every = if says_period {
            // The module's default is once a day.
            self.period.unwrap_or(MAX_INTERVAL) / self.frequency.unwrap_or(1)
        } else {
            0
        };
        PollingHints {
            fresh: 0,
            ttl: self.ttl.max(every).min(MAX_INTERVAL),
            hours: self.hours,
            days: self.days,
        }
    }
}

/// A day's number, 0 for Monday, from its English name.
fn day(words: &str) -> Option<u8> {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let word = words.to_ascii_lowercase();
    let found = days.iter().position(|day| word.starts_with(day))?;
    u8::try_from(found).ok()
}

fn period(words: &str) -> Option<i64> {
    match words.to_ascii_lowercase().as_str() {
        "hourly" => Some(60),
        "daily" => Some(MAX_INTERVAL),
        "weekly" => Some(7 * MAX_INTERVAL),
        "monthly" => Some(30 * MAX_INTERVAL),
        "yearly" => Some(365 * MAX_INTERVAL),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::parse::hints::*;
    use crate::parse::parse;

    fn of_xml(text: &str) -> PollingHints {
        let base = url::Url::parse("http://s.example/").expect("a fixed URL");
        parse(text.as_bytes(), None, &base).expect("a feed").hints
    }

    fn hints(channel: &str) -> PollingHints {
        of_xml(&format!(
            "<rss><channel><title>x</title>{channel}<item><ttl>9</ttl></item></channel></rss>"
        ))
    }

    #[test]
    fn every_way_to_say_it_is_understood() {
        let ttl = |ttl| PollingHints {
            ttl,
            ..PollingHints::default()
        };
        for (channel, expected) in [
            ("", ttl(0)),
            ("<ttl>90</ttl>", ttl(90)),
            ("<ttl> 90 </ttl>", ttl(90)),
            ("<ttl><![CDATA[90]]></ttl>", ttl(90)),
            ("<ttl>99999999</ttl>", ttl(1_440)),
            ("<ttl>-5</ttl>", ttl(0)),
            ("<ttl>often</ttl>", ttl(0)),
            ("<ttl/>", ttl(0)),
            ("<sy:updatePeriod>hourly</sy:updatePeriod>", ttl(60)),
            (
                "<sy:updatePeriod>\n\tdaily\n</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
                ttl(360),
            ),
            ("<sy:updateFrequency>2</sy:updateFrequency>", ttl(720)),
            ("<sy:updatePeriod>weekly</sy:updatePeriod>", ttl(1_440)),
            (
                "<ttl>240</ttl><sy:updatePeriod>hourly</sy:updatePeriod>",
                ttl(240),
            ),
            (
                "<skipHours><hour>0</hour><hour>24</hour><hour>5</hour><hour>77</hour></skipHours>",
                PollingHints {
                    hours: 1 | 1 << 5,
                    ..PollingHints::default()
                },
            ),
            (
                "<skipDays><day>Saturday</day><day>sunday</day><day>Someday</day></skipDays>",
                PollingHints {
                    days: 0b110_0000,
                    ..PollingHints::default()
                },
            ),
        ] {
            assert_eq!(hints(channel), expected, "{channel}");
        }
    }

    #[test]
    fn an_entrys_own_words_are_not_the_feeds() {
        assert!(hints("").is_none());
        let after = "<rss><channel><item><ttl>9</ttl></item><ttl>30</ttl></channel></rss>";
        assert_eq!(of_xml(after).ttl, 30);
    }
}
