//! The best of a picture's several sources.
//!
//! <https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute>

/// Widest picture that is worth its transfer, in pixels: a column of text on a dense screen.
const MAX_WIDTH: f32 = 2_000.0;

/// Pixels that a density of 1 is taken for.
const PLAIN_WIDTH: f32 = 800.0;

/// The largest source of a fitting size, otherwise the smallest.
pub(super) fn best(set: &str) -> Option<String> {
    let mut fitting: Option<(f32, &str)> = None;
    let mut smallest: Option<(f32, &str)> = None;
    for (address, width) in sources(set) {
        if width <= MAX_WIDTH && fitting.is_none_or(|(known, _)| width > known) {
            fitting = Some((width, address));
        }
        if smallest.is_none_or(|(known, _)| width < known) {
            smallest = Some((width, address));
        }
    }
    fitting.or(smallest).map(|(_, address)| address.to_owned())
}

/// The addresses with their widths. An address ends at white space: commas may be part of it.
fn sources(set: &str) -> impl Iterator<Item = (&str, f32)> {
    let mut rest = set;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        if rest.is_empty() {
            return None;
        }
        let (address, after) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        // A comma at its end separates it from the next.
        let bare = address.trim_end_matches(',');
        if bare.len() < address.len() {
            rest = after;
            return Some((bare, PLAIN_WIDTH));
        }
        let (descriptor, after) = after.split_at(after.find(',').unwrap_or(after.len()));
        rest = after;
        Some((address, width(descriptor.trim())))
    })
}

/// The width that a descriptor stands for: `480w`, `2x`.
fn width(descriptor: &str) -> f32 {
    let first = descriptor.split_whitespace().next().unwrap_or_default();
    let number = |sign| {
        first
            .strip_suffix(sign)
            .and_then(|number| number.parse::<f32>().ok())
    };
    match (number('w'), number('x')) {
        (Some(width), _) => width,
        (None, Some(density)) => density * PLAIN_WIDTH,
        (None, None) => PLAIN_WIDTH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_that_fits_is_taken() {
        for (set, expected) in [
            ("a.jpg 480w, b.jpg 1200w", Some("b.jpg")),
            ("a.jpg, b.jpg 2x", Some("b.jpg")),
            ("a.jpg 1200w,b.jpg 4000w", Some("a.jpg")),
            (
                "https://c.example/w_424,c_limit/x 424w, https://c.example/w_848,c_limit/x 848w",
                Some("https://c.example/w_848,c_limit/x"),
            ),
            ("b.jpg 5000w, a.jpg 4000w", Some("a.jpg")),
            ("a.jpg", Some("a.jpg")),
            (" , ", None),
        ] {
            assert_eq!(best(set).as_deref(), expected, "{set}");
        }
    }
}
