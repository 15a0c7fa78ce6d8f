//! What a page covered, so that it can be marked later.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::codec::{put_varint, take_varint};
use crate::ids::FeedId;

/// What a page covered: for each feed with unread articles, the last number it knew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(Vec<(FeedId, u32)>);

impl Seen {
    pub(super) fn of(pairs: Vec<(FeedId, u32)>) -> Self {
        Self(pairs)
    }

    /// The feeds, each with the last number.
    pub fn feeds(&self) -> &[(FeedId, u32)] {
        &self.0
    }

    /// As text for a form, in the order of the feeds' numbers: of each the distance from the one before and the last number,
    /// in as many bits as such numbers take here (Rice's code). Some four characters a feed, and a page of thousands of feeds
    /// has all of them.
    pub fn to_text(&self) -> String {
        let mut pairs = self.0.clone();
        pairs.sort_unstable();
        let mut before = 0;
        let steps = pairs.iter().map(|(feed, last)| {
            let step = feed.0 - before;
            before = feed.0;
            (step, *last)
        });
        let steps: Vec<(u32, u32)> = steps.collect();
        let widths = (
            width_of(steps.iter().map(|step| step.0)),
            width_of(steps.iter().map(|step| step.1)),
        );
        let mut bits = Bits::default();
        for width in [widths.0, widths.1] {
            bits.put(width, 5);
        }
        for (step, last) in &steps {
            bits.put_rice(*step, widths.0);
            bits.put_rice(*last, widths.1);
        }
        let mut bytes = Vec::with_capacity(bits.bytes.len() + 3);
        put_varint(&mut bytes, steps.len() as u64);
        bytes.append(&mut bits.bytes);
        format!("{MARK}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Parses the output of [`to_text`](Self::to_text), also of earlier versions, whose pages may still be open; `None` for any
    /// other text.
    pub fn from_text(text: &str) -> Option<Self> {
        let Some(text) = text.strip_prefix(MARK) else {
            return match text.contains('.') {
                true => Self::from_older_text(text),
                false => Self::from_varints(text),
            };
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut rest = bytes.as_slice();
        let count = usize::try_from(take_varint(&mut rest)?).ok()?;
        // Each takes two bits at least, so that a made-up count can't make it wait.
        if count > rest.len() * 4 {
            return None;
        }
        let mut bits = Reader { bytes: rest, at: 0 };
        let widths = (bits.take(5)?, bits.take(5)?);
        let mut pairs = Vec::with_capacity(count);
        let mut feed = 0_u32;
        for _ in 0..count {
            feed = feed.checked_add(bits.take_rice(widths.0)?)?;
            pairs.push((FeedId(feed), bits.take_rice(widths.1)?));
        }
        Some(Self(pairs))
    }

    /// Parses pairs of variable length.
    fn from_varints(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut rest = bytes.as_slice();
        let mut pairs = Vec::new();
        let mut feed = 0_u32;
        while !rest.is_empty() {
            let step = u32::try_from(take_varint(&mut rest)?).ok()?;
            let last = u32::try_from(take_varint(&mut rest)?).ok()?;
            feed = feed.checked_add(step)?;
            pairs.push((FeedId(feed), last));
        }
        Some(Self(pairs))
    }

    /// Parses `feed.last` pairs in hexadecimal.
    fn from_older_text(text: &str) -> Option<Self> {
        let pair = |pair: &str| {
            let (feed, last) = pair.split_once('.')?;
            let feed = FeedId::from_number(i64::from_str_radix(feed, 16).ok()?)?;
            Some((feed, u32::from_str_radix(last, 16).ok()?))
        };
        text.split('_')
            .map(pair)
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }
}

/// What begins the text of this version.
const MARK: char = '~';
/// Multiples that are written one bit each; a number with more of them is written whole.
const MOST_MULTIPLES: u32 = 24;

/// The bits below which such numbers are written as they are: about their average.
fn width_of(numbers: impl ExactSizeIterator<Item = u32>) -> u32 {
    let count = numbers.len().max(1) as u64;
    let sum: u64 = numbers.map(u64::from).sum();
    (sum / count).checked_ilog2().unwrap_or(0)
}

/// Bits, the highest of each byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: usize,
}

impl Bits {
    fn put(&mut self, number: u32, width: u32) {
        for place in (0..width).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let bit = (number >> place & 1) as u8;
            if let Some(byte) = self.bytes.last_mut() {
                *byte |= bit << (7 - self.used % 8);
            }
            self.used += 1;
        }
    }

    /// The multiples of a power of two in ones with a zero behind them, then the rest.
    fn put_rice(&mut self, number: u32, width: u32) {
        let multiples = number >> width;
        if multiples >= MOST_MULTIPLES {
            self.put(u32::MAX, MOST_MULTIPLES);
            return self.put(number, 32);
        }
        self.put((1 << (multiples + 1)) - 2, multiples + 1);
        self.put(number, width);
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, width: u32) -> Option<u32> {
        let mut number = 0;
        for _ in 0..width {
            let byte = self.bytes.get(self.at / 8)?;
            number = number << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(number)
    }

    fn take_rice(&mut self, width: u32) -> Option<u32> {
        let mut multiples = 0;
        while self.take(1)? == 1 {
            multiples += 1;
            if multiples == MOST_MULTIPLES {
                return self.take(32);
            }
        }
        let rest = self.take(width)?;
        multiples
            .checked_mul(1_u32.checked_shl(width)?)?
            .checked_add(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(u32, u32)]) -> Seen {
        Seen::of(
            pairs
                .iter()
                .map(|(feed, last)| (FeedId(*feed), *last))
                .collect(),
        )
    }

    #[test]
    fn what_was_seen_comes_back_whatever_its_numbers() {
        let spread: Vec<(u32, u32)> = (1..2_000_u32)
            .map(|n| {
                (
                    n * 2_147_000 + n * n % 9_973,
                    n % 700 + u32::from(n == 50) * 4_000_000,
                )
            })
            .collect();
        for pairs in [
            &[] as &[_],
            &[(1, 0)],
            &[(u32::MAX, u32::MAX)],
            &[(1, 1), (2, 1), (u32::MAX, 1 << 22)],
            &spread,
        ] {
            let text = of(pairs).to_text();
            assert_eq!(Seen::from_text(&text), Some(of(pairs)), "{text}");
        }
    }

    #[test]
    fn pages_of_earlier_versions_are_understood() {
        let mut bytes = Vec::new();
        for number in [7, 300, 93, 2] {
            put_varint(&mut bytes, number);
        }
        let text = URL_SAFE_NO_PAD.encode(bytes);
        assert_eq!(Seen::from_text(&text), Some(of(&[(7, 300), (100, 2)])));
        assert_eq!(
            Seen::from_text("7.12c_64.2"),
            Some(of(&[(7, 300), (100, 2)]))
        );
    }

    #[test]
    fn what_isnt_its_text_is_refused() {
        for text in ["~", "~A", "~_____w", "~____________", "~gICAgICAgIAB", "%"] {
            assert_eq!(Seen::from_text(text), None, "{text}");
        }
    }

    /// 5,000 feeds of ids as they are drawn: four characters each, where two numbers of variable length took six.
    #[test]
    fn thousands_of_feeds_take_few_characters() {
        let pairs: Vec<(u32, u32)> = (1..=5_000_u32)
            .map(|n| {
                (
                    n * 13_400 + n.wrapping_mul(2_654_435_761) % 13_000,
                    n % 90 + 100,
                )
            })
            .collect();
        let text = of(&pairs).to_text();
        assert!(text.len() < 20_500, "{}", text.len());
    }
}
