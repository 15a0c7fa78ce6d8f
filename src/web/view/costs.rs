//! What the service costs.

use askama::Template;

use super::{Frame, Place};

/// What something has cost, in finished words.
#[derive(Clone, Debug, Default)]
pub struct CostRow {
    /// A route, a day, or a reader's id.
    pub name: String,
    /// How often.
    pub count: String,
    pub reads: String,
    pub writes: String,
    pub deletes: String,
}

/// How much of what is free was used today.
#[derive(Clone, Debug, Default)]
pub struct QuotaRow {
    pub name: &'static str,
    pub used: String,
    pub free: String,
    pub percent: u64,
}

/// A bar of the chart of days.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    pub x: u32,
    pub y: String,
    pub height: String,
    /// `reads` or `writes`.
    pub kind: &'static str,
    /// "3 March: 1,200 reads".
    pub title: String,
}

/// What the service costs.
#[derive(Debug, Template)]
#[template(path = "pages/costs.html")]
pub struct CostsPage {
    pub frame: Frame,
    /// "$0.00 for a month of 30 days like the last days".
    pub forecast: String,
    /// The day of the price list.
    pub prices_of: String,
    pub region: String,
    /// All that have prices.
    pub regions: Vec<String>,
    pub quotas: Vec<QuotaRow>,
    pub bars: Vec<Bar>,
    /// The chart's width.
    pub width: u32,
    /// Routes, the dearest first.
    pub today: Vec<CostRow>,
    pub month: Vec<CostRow>,
    pub ticks_today: CostRow,
    pub ticks_month: CostRow,
    /// By id, the dearest first.
    pub readers: Vec<CostRow>,
    /// The newest first.
    pub days: Vec<CostRow>,
}
