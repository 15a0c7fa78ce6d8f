//! Everything of one's own: taking it along, and bringing it.

use http::Method;

use super::{Drive, Sent};
use crate::support::{Client, TestApp};

/// Takes a reader's data along, and brings it: where it is already, and to a new shelf elsewhere.
pub(super) async fn drive(d: &mut Drive<'_>, last: &Client<'_>) {
    d.get(last, "/settings/data", "/settings/data").await;
    d.get(last, "/export/data.zip", "/export/data.zip").await;
    let zip = last.get("/export/data.zip").await.body;
    let way = ("POST", "/settings/data/import");
    d.route(last, way, 303, |_| (way.1.into(), Sent::Data(zip.clone())))
        .await;
    let apart = TestApp::in_memory(&[("SIGNUP", "open")]).await;
    let other = apart.reader("other").await;
    apart.forgets();
    let sent = d.send(&other, &Method::POST, way.1, Sent::Data(zip)).await;
    let name = "POST /settings/data/import, a new shelf";
    d.note(name, "cold", sent.is(303).cost);
}
