//! What packing a page costs and saves: bytes and processor time, beside the same page as it is.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use http::Request;
use tower::ServiceExt;

use super::cpu;
use super::shelves::Shelf;
use super::table::note;

/// What browsers offer, one by one.
const PACKERS: [&str; 4] = ["identity", "zstd", "br", "gzip"];
/// How often each is asked for; the least time counts, since everything else is somebody else's.
const ROUNDS: usize = 300;

/// `cargo bench --bench figures -- packing`
pub(super) async fn figures() {
    for (feeds, articles, in_folder) in [(300, 50, 30), (5_000, 4, 100)] {
        let shelf = Shelf::of(feeds, articles, in_folder).await;
        of_page(&shelf, &format!("/unread of {feeds} feeds")).await;
    }
}

async fn of_page(shelf: &Shelf, name: &str) {
    let mut least = [(0, Duration::MAX); PACKERS.len()];
    // In turn, so that what else the machine does meets all alike.
    for _ in 0..ROUNDS {
        for (packer, least) in PACKERS.iter().zip(&mut least) {
            let (bytes, time) = packed(shelf, packer).await;
            *least = (bytes, time.min(least.1));
        }
    }
    let (plain_bytes, plain) = least[0];
    for (packer, (bytes, time)) in PACKERS.iter().zip(least) {
        let (size, micros) = (bytes as f64 / 1e3, time.as_secs_f64() * 1e6);
        if *packer == PACKERS[0] {
            note(&format!("{name}, as it is"), size, "kB", None);
            note("– processor time", micros, "µs", None);
            continue;
        }
        let beside = Some(("as it is", plain_bytes as f64 / 1e3));
        note(&format!("{name}, by {packer}"), size, "kB", beside);
        let beside = Some(("as it is", plain.as_secs_f64() * 1e6));
        note("– processor time", micros, "µs", beside);
    }
}

async fn packed(shelf: &Shelf, packer: &str) -> (usize, Duration) {
    let before = cpu::of_this_thread();
    let ask = Request::get("/unread")
        .header("host", "reader.example")
        .header("cookie", &shelf.cookie)
        .header("accept-encoding", packer)
        .body(Body::empty());
    let answer = shelf.router.clone().oneshot(ask.unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let by = answer.headers().get("content-encoding");
    let by = by.map_or(PACKERS[0], |by| by.to_str().unwrap());
    assert_eq!(by, packer);
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (body.len(), cpu::of_this_thread() - before)
}
