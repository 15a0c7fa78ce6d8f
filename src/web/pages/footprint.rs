//! A reader's footprint: what this month took for them, from what was counted anyway.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::plain_frame;
use crate::app::AppState;
use crate::usage_log::Day;
use crate::web::actions::footprint::{Footprint, Share};
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::view::{FootprintDay, FootprintPage, JournalTab, Place};
use crate::web::words::{self, msg, t, thousands};

/// Two reads besides the frame's; none where the records were read in the last ten minutes.
pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
) -> HandlerResult<Response> {
    let title = t("footprint-title");
    let (frame, shelf) = plain_frame(&app, &current, title, Place::Journal).await?;
    let Footprint {
        month,
        share,
        days,
        dollars,
        priced,
    } = Footprint::of(&app, &shelf, current.user.id, current.now).await?;
    let money = money(dollars);
    let is_empty = month.woke == 0 && month.fetches.is_nothing();
    let sentence = match is_empty {
        true => t("footprint-empty").to_owned(),
        false => msg(match share {
            Share::Later => "footprint-sentence-all",
            _ => "footprint-sentence",
        })
        .text("woke", words::count(month.woke, "footprint-times"))
        .text(
            "sent",
            words::count(month.fetches.sent, "footprint-requests"),
        )
        .text(
            "spared",
            words::count(month.fetches.spared(), "footprint-downloads"),
        )
        .text("money", &money)
        .into(),
    };
    let figures = [
        (month.woke, "footprint-woke"),
        (month.fetches.sent, "footprint-sent"),
        (month.fetches.unchanged, "footprint-unchanged"),
        (month.fetches.shared, "footprint-shared"),
        (month.fetches.pushed, "footprint-pushed"),
    ];
    let figures = figures.map(|(number, what)| (thousands(number), t(what).to_owned()));
    let mut figures = figures.to_vec();
    figures.push((money, t("footprint-cost").to_owned()));
    let page = FootprintPage {
        tab: JournalTab::Footprint,
        sentence,
        figures,
        notes: notes(share, month.is_own_known, &priced),
        days: days.iter().rev().map(day_row).collect(),
        is_empty,
        frame,
    };
    Ok(Html(page).into_response())
}

/// `$0.0042`: as many digits as show that it isn't nothing.
fn money(dollars: f64) -> String {
    match dollars {
        dollars if dollars >= 0.1 => format!("${dollars:.2}"),
        dollars if dollars < 0.000_05 && dollars > 0.0 => "< $0.0001".to_owned(),
        dollars => format!("${dollars:.4}"),
    }
}

fn notes(share: Share, is_own_known: bool, date: &str) -> Vec<String> {
    let mut notes = Vec::new();
    notes.push(match share {
        Share::All => t("footprint-all").to_owned(),
        Share::Later => t("footprint-later").to_owned(),
        Share::About(share) => {
            let percent = format!("{:.1}", share * 100.0);
            msg("footprint-share").text("percent", percent).into()
        }
    });
    notes.push(msg("footprint-price").text("date", date).into());
    if !is_own_known {
        notes.push(t("footprint-own-unknown").to_owned());
    }
    notes
}

fn day_row(day: &Day) -> FootprintDay {
    let at = chrono::DateTime::from_timestamp(day.day * 24 * 60 * 60, 0).unwrap_or_default();
    FootprintDay {
        day: words::day_of_month(at),
        woke: thousands(day.ticks.count),
        sent: thousands(day.fetches.sent),
        spared: thousands(day.fetches.spared()),
    }
}
