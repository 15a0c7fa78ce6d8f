//! Calls of apps for a shelf of 24,000 articles: the ids of everything, and the texts of 250, half of all and of all but the slowest.

use std::time::{Duration, Instant};

use http::Request;

use super::shelves::{Shelf, empty};
use super::table::{ms, note};

/// How often each is asked for.
const ROUNDS: usize = 300;

/// The time that a share of all samples stays below.
fn below(samples: &[Duration], share: f64) -> Duration {
    let at = (samples.len() as f64 * share) as usize;
    samples[at.min(samples.len() - 1)]
}

/// Sends a call again and again; records both of its times beside an empty page of its size.
async fn row(shelf: &Shelf, auth: &str, name: &str, path: &str, form: &str) -> Vec<u8> {
    let mut samples = Vec::new();
    let mut answer = Vec::new();
    for round in 0..ROUNDS + 20 {
        let ask = match form {
            "" => Request::get(path),
            _ => Request::post(path).header("content-type", "application/x-www-form-urlencoded"),
        };
        let began = Instant::now();
        let (status, body) = shelf
            .send_whole(ask.header("authorization", auth), form.to_owned())
            .await;
        if round >= 20 {
            samples.push(began.elapsed());
        }
        assert_eq!(status, 200, "{path}");
        answer = body;
    }
    samples.sort_unstable();
    let empty = empty(answer.len()).await;
    for (what, share) in [("p50", 0.5), ("p99", 0.99)] {
        let name = format!("{name}, {:.0} kB, {what}", answer.len() as f64 / 1e3);
        let time = below(&samples, share);
        note(
            &name,
            ms(time),
            "ms",
            Some(("an empty page of its size", ms(empty))),
        );
    }
    answer
}

/// `cargo bench --bench figures -- programs`
pub(super) async fn figures() {
    let shelf = Shelf::of(120, 200, 30).await;
    let auth = format!("GoogleLogin auth=dormouse/{}", shelf.token());
    let path = "/reader/api/0/stream/items/ids?n=50000";
    let ids = row(&shelf, &auth, "ids of 24,000 articles", path, "").await;
    let ids: serde_json::Value = serde_json::from_slice(&ids).unwrap();
    let ids = ids["itemRefs"].as_array().unwrap();
    assert_eq!(ids.len(), 24_000);
    let path = "/reader/api/0/stream/items/ids?n=50000&xt=user/-/state/com.google/read";
    row(&shelf, &auth, "ids of what is unread of them", path, "").await;
    let form: String = ids
        .iter()
        .take(250)
        .map(|one| format!("i={}&", one["id"].as_str().unwrap()))
        .collect();
    let path = "/reader/api/0/stream/items/contents";
    row(
        &shelf,
        &auth,
        "texts of 250 articles, remembered",
        path,
        &form,
    )
    .await;
}
