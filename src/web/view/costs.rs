//! What the service costs.

use askama::Template;

use super::said::*;
use super::{AdminTab, Frame, Place};

/// The cost of a route, a day or a user, as formatted text.
#[derive(Clone, Debug, Default)]
pub struct CostRow {
    /// A route, a day, or a user's id.
    pub name: String,
    /// The number of requests, or of ticks.
    pub count: String,
    pub reads: String,
    pub writes: String,
    pub deletes: String,
}

/// How much of a free quota was used today.
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
    pub tab: AdminTab,
    /// "$0.00 for a month of 30 days like the last days".
    pub forecast: String,
    /// The date of the price list.
    pub prices_of: String,
    pub region: String,
    /// All regions with prices.
    pub regions: Vec<String>,
    pub quotas: Vec<QuotaRow>,
    pub bars: Vec<Bar>,
    /// The chart's width.
    pub width: u32,
    /// Routes, most expensive first.
    pub today: Vec<CostRow>,
    pub month: Vec<CostRow>,
    pub ticks_today: CostRow,
    pub ticks_month: CostRow,
    /// Users by id, most expensive first.
    pub readers: Vec<CostRow>,
    /// The newest first.
    pub days: Vec<CostRow>,
}
