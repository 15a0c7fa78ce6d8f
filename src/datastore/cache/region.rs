//! Cache regions, and which of a user's changes invalidate them.

/// A class of changes that users make themselves; other instances learn of each class separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Their account, sessions and tokens.
    Account,
    /// The feeds on their shelf.
    Shelf,
    /// What they have read.
    Read,
    /// What they have starred.
    Stars,
    /// What feeds bring when they refresh them.
    Feeds,
}

impl Class {
    /// The number of classes.
    pub(super) const COUNT: usize = 5;

    /// Its index among the stamps.
    pub(super) fn place(self) -> usize {
        self as usize
    }
}

/// A part of the cache, for values of one type. A static, identified by its address.
#[derive(Debug)]
pub struct Region {
    /// Its name in statistics.
    pub name: &'static str,
    /// How long a value is trusted, in minutes.
    pub minutes: i64,
    /// Its share of the cache's limit, in percent.
    pub share: u64,
    /// Which of a user's changes invalidate it, if any.
    pub class: Option<Class>,
    /// Whether requests that are [patient](super::patiently) trust a value for longer.
    pub is_patient: bool,
    /// Whether a full region keeps what came last, instead of what is asked for most: for values that are asked for soon after they came
    /// or not at all, which would find no room beside those that once were popular.
    pub keeps_latest: bool,
}
