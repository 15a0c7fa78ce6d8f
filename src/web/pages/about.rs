//! The page for publishers, whose address is in our user agent.

use std::sync::LazyLock;

use crate::web::assets::assets;
use crate::web::html::Html;
use crate::web::view::{AboutPage, Frame};

/// `docs/manners.md` as HTML. It is our own text, so it isn't sanitized.
static MANNERS: LazyLock<String> = LazyLock::new(|| {
    let text = include_str!("../../../docs/manners.md");
    let parser = pulldown_cmark::Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES);
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, parser);
    // A wide table scrolls by itself, not the page.
    html.replace("<table>", "<div class=\"wide\" tabindex=\"0\"><table>")
        .replace("</table>", "</table></div>")
});

pub(super) async fn fetcher() -> Html<AboutPage> {
    Html(AboutPage {
        frame: Frame::signed_out("How Dormouse fetches feeds", assets().clone()),
        html: MANNERS.clone(),
    })
}
