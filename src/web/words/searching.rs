//! Queries in words.

use super::{msg, t};
use crate::search::query::{Leaf, Term};

/// What a term asks for: “before 1 November 2026”, “without “drone””.
pub fn term(term: &Term) -> String {
    let value = || {
        let value = term
            .typed
            .split_once([':', '：'])
            .map_or(term.typed.as_str(), |(_, value)| value);
        value
            .trim_matches(['"', '“', '”', '„', '«', '»'])
            .to_owned()
    };
    let named = |name: &'static str| msg(name).text("text", value()).to_string();
    let said = match &term.leaf {
        Leaf::Words(phrase) => match phrase.field {
            crate::search::query::Field::Any => term.typed.clone(),
            crate::search::query::Field::Title => named("search-in-title"),
            crate::search::query::Field::Author => named("search-in-author"),
        },
        Leaf::Feed(_) => named("search-in-feed"),
        Leaf::Folder(_) => named("search-in-folder"),
        Leaf::Tag(_) => named("search-in-tag"),
        Leaf::Unread => t("search-is-unread").to_owned(),
        Leaf::Read => t("search-is-read").to_owned(),
        Leaf::Starred => t("search-is-starred").to_owned(),
        Leaf::Has(1) => t("search-has-audio").to_owned(),
        Leaf::Has(2) => t("search-has-video").to_owned(),
        Leaf::Has(_) => t("search-has-image").to_owned(),
        Leaf::Before(second) => msg("search-before").text("day", day(*second)).into(),
        Leaf::After(second) => msg("search-after").text("day", day(*second)).into(),
        Leaf::Links(target) => msg("search-links").text("text", target.as_str()).into(),
    };
    match term.not {
        true => msg("search-without").text("what", said).into(),
        false => said,
    }
}

fn day(second: i64) -> String {
    let at = chrono::DateTime::from_timestamp(second, 0).unwrap_or_default();
    super::day_in_utc(at)
}
