//! What a document asks of those who fetch it: `ttl`, `skipHours`, `skipDays`, and the syndication module's period.
//!
//! A pass of its own over the tags, since Atom has no place for any of it.

use super::tokens::{Token, Tokens};
use crate::feeds::polling_hints::{LONGEST, Wishes};

/// The wishes of a feed in XML, wherever its channel says them; those inside an entry aren't the feed's.
pub(super) fn of_xml(text: &str) -> Wishes {
    let mut found = Found::default();
    let mut element = String::new();
    let mut words = String::new();
    let mut is_inside = false;
    for token in Tokens::new(text) {
        match token {
            Token::Start { name, empty, .. } => {
                element = local(name);
                words.clear();
                is_inside |= is_entry(&element) && !empty;
            }
            Token::Text(text) | Token::Cdata(text) if !is_inside => words.push_str(text),
            Token::End(name) => {
                let name = local(name);
                if is_entry(&name) {
                    is_inside = false;
                } else if !is_inside && name == element {
                    found.take(&name, words.trim());
                }
                element.clear();
            }
            _ => {}
        }
    }
    found.wishes()
}

fn local(name: &str) -> String {
    let local = name.rsplit(':').next().unwrap_or(name);
    local.to_ascii_lowercase()
}

fn is_entry(local: &str) -> bool {
    matches!(local, "item" | "entry")
}

#[derive(Default)]
struct Found {
    ttl: i64,
    hours: u32,
    days: u8,
    period: Option<i64>,
    frequency: Option<i64>,
}

impl Found {
    /// Takes what an element says, if it says something of sense.
    fn take(&mut self, local: &str, words: &str) {
        match local {
            "ttl" => self.ttl = words.parse().unwrap_or(0).clamp(0, LONGEST),
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

    fn wishes(self) -> Wishes {
        let says_period = self.period.is_some() || self.frequency.is_some();
        let every = if says_period {
            // The module's defaults are once a day.
            self.period.unwrap_or(LONGEST) / self.frequency.unwrap_or(1)
        } else {
            0
        };
        Wishes {
            fresh: 0,
            ttl: self.ttl.max(every).min(LONGEST),
            hours: self.hours,
            days: self.days,
        }
    }
}

/// A day's number, 0 for Monday, by its English name.
fn day(words: &str) -> Option<u8> {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let word = words.to_ascii_lowercase();
    let found = days.iter().position(|day| word.starts_with(day))?;
    u8::try_from(found).ok()
}

fn period(words: &str) -> Option<i64> {
    match words.to_ascii_lowercase().as_str() {
        "hourly" => Some(60),
        "daily" => Some(LONGEST),
        "weekly" => Some(7 * LONGEST),
        "monthly" => Some(30 * LONGEST),
        "yearly" => Some(365 * LONGEST),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::parse::hints::*;

    fn wishes(channel: &str) -> Wishes {
        of_xml(&format!(
            "<rss><channel><title>x</title>{channel}<item><ttl>9</ttl></item></channel></rss>"
        ))
    }

    #[test]
    fn every_way_to_say_it_is_understood() {
        let ttl = |ttl| Wishes {
            ttl,
            ..Wishes::default()
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
                Wishes {
                    hours: 1 | 1 << 5,
                    ..Wishes::default()
                },
            ),
            (
                "<skipDays><day>Saturday</day><day>sunday</day><day>Someday</day></skipDays>",
                Wishes {
                    days: 0b110_0000,
                    ..Wishes::default()
                },
            ),
        ] {
            assert_eq!(wishes(channel), expected, "{channel}");
        }
    }

    #[test]
    fn an_entrys_own_words_are_not_the_feeds() {
        assert!(wishes("").is_none());
        let after = "<rss><channel><item><ttl>9</ttl></item><ttl>30</ttl></channel></rss>";
        assert_eq!(of_xml(after).ttl, 30);
    }
}
