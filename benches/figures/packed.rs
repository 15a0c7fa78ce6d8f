//! What packed records would weigh, and take to read, beside the rows that projections bring (docs/decisions/0037).

use std::time::{Duration, Instant};

use dormouse::codec::{compress, decompress, pack, unpack};
use dormouse::ids::FeedId;
use dormouse::shelf::subscription::Subscription;

use super::table::note;

/// Feeds of one shard of a board, and the bytes of each: id, first and last number, newest.
const SHARD: u32 = 4_000;
const HEAD: usize = 16;

/// `cargo bench --bench figures -- packed`
pub(super) fn figures() {
    for feeds in [20, 120, 1_000] {
        of_shelf(feeds);
    }
    of_board();
}

fn of_shelf(feeds: u32) {
    let one = |number: u32| {
        // As ids are drawn: far from each other.
        let id = FeedId(number.wrapping_mul(2_654_435_761) >> 4);
        let folder = vec![format!("Folder {}", number % 8)];
        let mut one = Subscription::new(id, folder, i64::from(number) * 1_024, Some(0));
        // Every fourth has a title of the reader's own.
        one.title = number
            .is_multiple_of(4)
            .then(|| format!("The blog of somebody, number {number}"));
        one
    };
    let shelf: Vec<Subscription> = (1..=feeds).map(one).collect();
    let cards: Vec<String> = shelf
        .iter()
        .map(|one| serde_json::to_string(one).unwrap())
        .collect();
    let bytes: usize = cards.iter().map(String::len).sum();
    let record = pack(&shelf).unwrap();
    let beside = Some(("the rows of a projection", bytes as f64 / 1e3));
    let name = format!("a shelf of {feeds} feeds as one record");
    note(&name, record.len() as f64 / 1e3, "kB", beside);
    let rows = least(|| {
        let all = cards.iter().map(|card| serde_json::from_str(card).unwrap());
        all.collect::<Vec<Subscription>>().len()
    });
    let whole = least(|| unpack::<Vec<Subscription>>(&record).unwrap().len());
    let beside = Some(("decoding the rows", rows.as_secs_f64() * 1e6));
    note("– decoding it", whole.as_secs_f64() * 1e6, "µs", beside);
}

fn of_board() {
    let mut raw = Vec::with_capacity(SHARD as usize * HEAD);
    for number in 1..=SHARD {
        let last = number * 7 % 5_000 + 200;
        let newest = 1_790_000_000 - number * 7_919 % 86_400 * 30;
        for part in [number * 67_108, last - 199, last, newest] {
            raw.extend_from_slice(&part.to_le_bytes());
        }
    }
    let packed = compress(&raw).unwrap();
    let beside = Some(("its bytes as they are", raw.len() as f64 / 1e3));
    let name = format!("a board’s shard of {SHARD} heads, packed");
    note(&name, packed.len() as f64 / 1e3, "kB", beside);
    let time = least(|| decompress(&packed).unwrap().len());
    let copied = least(|| std::hint::black_box(raw.clone()).len());
    let beside = Some(("copying its bytes", copied.as_secs_f64() * 1e6));
    note("– unpacking it", time.as_secs_f64() * 1e6, "µs", beside);
}

/// The least time of many.
fn least(mut work: impl FnMut() -> usize) -> Duration {
    let once = |_| {
        let began = Instant::now();
        assert!(work() > 0);
        began.elapsed()
    };
    (0..500).map(once).min().unwrap()
}
