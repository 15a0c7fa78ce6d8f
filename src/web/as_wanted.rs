//! An article's text as the user wants it: its pictures at once, each when it is pressed, or never; its links here, or in a
//! new tab.

use crate::html::tags::{Part, parts};
use crate::users::preferences::{Pictures, Preferences};
use crate::web::words::t;

/// A cleaned text as the user wants it.
pub(super) fn as_wanted(html: String, own: &Preferences) -> String {
    if own.pictures == Pictures::AtOnce && !own.new_tab {
        return html;
    }
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut links = 0_usize;
    for part in parts(&html) {
        let tag = match part {
            Part::Text(text) => {
                out.push_str(text);
                continue;
            }
            Part::Tag(tag) => tag,
        };
        match (tag.name, tag.closes) {
            ("a", false) => links += 1,
            ("a", true) => links = links.saturating_sub(1),
            _ => {}
        }
        let hides = own.pictures != Pictures::AtOnce;
        if tag.is("img") && hides {
            if own.pictures == Pictures::OnTap {
                out.push_str(&on_tap(&tag.attributes(), links > 0));
            }
        } else if tag.is("source") && hides && tag.whole.contains(" srcset=") {
            // Of a picture, which isn't there.
        } else if tag.is("video") && !tag.closes && hides {
            out.push_str(&without(tag.whole, " poster=\""));
        } else if tag.is("a") && !tag.closes && own.new_tab && leads_away(tag.whole) {
            let (begin, rest) = tag.whole.split_at(2);
            out.push_str(begin);
            out.push_str(" target=\"_blank\"");
            out.push_str(rest);
        } else {
            out.push_str(tag.whole);
        }
    }
    out
}

/// Whether a link leads to another page, and not to a place in this one.
fn leads_away(tag: &str) -> bool {
    tag.contains(" href=\"http") && !tag.contains(" target=")
}

/// A picture that is loaded when it is pressed. Inside a link it can't be one itself.
fn on_tap(attributes: &[(&str, std::borrow::Cow<'_, str>)], is_in_link: bool) -> String {
    let of = |name: &str| {
        let found = attributes.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value.as_ref())
    };
    let (address, alt) = (escaped(of("src")), escaped(of("alt")));
    let label = match alt.trim() {
        "" => t("js-picture").to_owned(),
        alt => format!("{}: {alt}", t("js-picture")),
    };
    match is_in_link {
        true => format!(
            r#"<span class="picture" role="button" tabindex="0" data-picture="{address}" data-alt="{alt}">{label}</span>"#
        ),
        false => format!(
            r#"<a class="picture" href="{address}" data-picture="{address}" data-alt="{alt}" target="_blank" rel="noopener noreferrer">{label}</a>"#
        ),
    }
}

/// A tag without an attribute, whose value stands in double quotes as the cleaner writes it.
fn without(tag: &str, attribute: &str) -> String {
    let Some((before, rest)) = tag.split_once(attribute) else {
        return tag.to_owned();
    };
    let after = rest.split_once('"').map_or("", |(_, after)| after);
    format!("{before}{after}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(pictures: Pictures, new_tab: bool, html: &str) -> String {
        let own = Preferences {
            pictures,
            new_tab,
            ..Preferences::default()
        };
        as_wanted(html.to_owned(), &own)
    }

    #[test]
    fn no_picture_is_named_that_would_be_loaded() {
        let html = r#"<p>a<img src="https://x.test/a.png?b=1&amp;c=2" alt="A &quot;cat&quot;"> <a href="https://x.test/"><img src="https://x.test/b.png"></a><video src="https://x.test/v" poster="https://x.test/p.png" controls=""></video></p>"#;
        let never = wanted(Pictures::Never, false, html);
        assert!(!never.contains(".png"), "{never}");
        assert!(
            never.contains("<video src=\"https://x.test/v\" controls"),
            "{never}"
        );
        let on_tap = wanted(Pictures::OnTap, false, html);
        assert!(
            !on_tap.contains("<img") && !on_tap.contains("poster"),
            "{on_tap}"
        );
        assert!(
            on_tap.contains(r#"href="https://x.test/a.png?b=1&amp;c=2""#),
            "{on_tap}"
        );
        assert!(on_tap.contains("<span class=\"picture\""), "{on_tap}");
        assert_eq!(wanted(Pictures::AtOnce, false, html), html);
    }

    #[test]
    fn only_links_that_lead_away_open_a_tab() {
        let html = r##"<a href="https://x.test/">x</a><a href="#n">n</a>"##;
        assert_eq!(
            wanted(Pictures::AtOnce, true, html),
            r##"<a target="_blank" href="https://x.test/">x</a><a href="#n">n</a>"##
        );
    }
}
