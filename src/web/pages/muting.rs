//! Hiding titles with some words, in front of an article.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::rule_form::said;
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::search::fold::{Class, class_of};
use crate::shelf::rulebook::{Acts, Condition, How, Rule, What};
use crate::shelf::rules::Reach;
use crate::timestamp::minute_of;
use crate::web::actions::rules::new_act;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::{self, msg, t};

const DAY_MINUTES: i64 = 24 * 60;

/// Which words, and for how long.
#[derive(Debug, Deserialize)]
pub(super) struct Mute {
    words: String,
    /// `day`, `week` or `ever`.
    #[serde(rename = "for")]
    span: String,
    #[serde(rename = "return", default)]
    return_to: String,
}

/// Hides articles whose titles have some words: those that arrive, and those that are there, or the newest of them; then it says so.
pub(super) async fn mute(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<ArticleId>,
    Form(mute): Form<Mute>,
) -> HandlerResult<Response> {
    let mut shelf = current.arrives(&app).await?;
    shelf.subscription(id.feed).ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let bad = |said: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_rule", said, "");
    let minutes = match mute.span.as_str() {
        "day" => DAY_MINUTES,
        "week" => 7 * DAY_MINUTES,
        "ever" => 0,
        _ => return Err(bad(t("mute-bad-span").to_owned())),
    };
    if mute.words.trim().is_empty() {
        return Err(bad(t("mute-bad-words").to_owned()));
    }
    let wanted = Rule {
        name: msg("mute-name").text("words", mute.words.trim()).into(),
        conditions: vec![Condition {
            what: What::Title,
            how: How::Words,
            text: mute.words.clone(),
        }],
        acts: Acts {
            hide: true,
            ..Acts::default()
        },
        until: if minutes > 0 {
            minute_of(now) + minutes
        } else {
            0
        },
        ..Rule::default()
    };
    let wanted = wanted.checked().map_err(|error| bad(said(&error)))?;
    let Reach { trial, looked, all } = shelf.look_through(&app.store, &wanted, id, now).await?;
    let count = trial.met.len() as u64;
    let act = new_act(&app);
    let saved = shelf
        .save_rule(&app.store, now, &act, wanted, Some(trial))
        .await?;
    saved.map_err(|error| bad(said(&error)))?;
    let done = msg("mute-done").text("words", mute.words.trim());
    let mut text = done.number("n", count).to_string();
    if looked < all {
        let part = msg("mute-part").text("looked", words::thousands(looked as u64));
        let part = part.text("all", words::thousands(all as u64));
        text = format!("{text} {part}");
    }
    Ok(flash::redirect(
        &flash::local(&mute.return_to),
        text,
        Some(act),
    ))
}

/// Longest suggestion, in characters, and of a script without spaces: a title of one would be a single word.
const MOST: usize = 40;
const DENSE_MOST: usize = 8;

/// What stands together in a title: letters of a script with spaces, or of one kind of a script without.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Between,
    Letters,
    Hiragana,
    Dense(u8),
}

fn kind_of(c: char, before: Kind) -> Kind {
    match (class_of(c), c) {
        (Class::Between, _) => Kind::Between,
        (Class::Unseen, _) => before,
        (Class::Letter, _) => Kind::Letters,
        // A mark of length belongs to what it makes long.
        (Class::Dense, 'ー') => before,
        (Class::Dense, '\u{3041}'..='\u{309f}') => Kind::Hiragana,
        (Class::Dense, '\u{30a0}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}') => Kind::Dense(0),
        (Class::Dense, _) => Kind::Dense(1),
    }
}

/// The word of a title that it is most likely muted for: the longest. Of Chinese, Japanese or Thai, which have no spaces, a short run.
pub(super) fn suggested(title: &str) -> String {
    let mut runs: Vec<(Kind, String)> = Vec::new();
    let mut kind = Kind::Between;
    for c in title.chars() {
        let next = kind_of(c, kind);
        match runs.last_mut() {
            Some((_, run)) if next == kind => run.push(c),
            _ => runs.push((next, c.to_string())),
        }
        kind = next;
    }
    let cut = |(kind, run): &(Kind, String)| -> String {
        let most = match kind {
            Kind::Letters => MOST,
            _ => DENSE_MOST,
        };
        run.chars().take(most).collect()
    };
    // Endings and small words are of the one script of Japanese that names few things.
    let rank = |(kind, run): &(Kind, String)| match kind {
        Kind::Between => (0, 0),
        Kind::Hiragana => (1, run.chars().count()),
        Kind::Letters | Kind::Dense(_) => (2, run.chars().count()),
    };
    let best = runs.iter().max_by_key(|run| rank(run));
    let best = best.filter(|(kind, _)| *kind != Kind::Between);
    best.map(cut).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::suggested;

    #[test]
    fn one_word_of_a_title_is_suggested() {
        for (title, word) in [
            ("The election is near", "election"),
            ("“Über-Wahlen” — 3 News", "Wahlen"),
            ("美国总统选举结果今天公布，各方反应不一", "美国总统选举结果"),
            ("東京でロボットの大会が開かれる", "ロボット"),
            ("スーパーが休み", "スーパー"),
            ("ข่าวการเลือกตั้งวันนี้", "ข่าวการเ"),
            ("한국 선거관리위원회 발표", "선거관리위원회"),
            ("AI技術の本", "技術"),
            ("🦊!!!", ""),
        ] {
            assert_eq!(suggested(title), word, "{title}");
        }
    }
}
