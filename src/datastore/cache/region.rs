//! Parts of the memory, and which of a reader's changes make them old.

/// What changes for a reader by his own doing; each is told to other instances by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// His account, sessions and tokens.
    Account,
    /// Which feeds he has.
    Shelf,
    /// What he has read.
    Read,
    /// What he has starred.
    Stars,
    /// What feeds bring, where he asked for it.
    Feeds,
}

impl Class {
    /// How many there are.
    pub(super) const COUNT: usize = 5;

    /// Its place among them.
    pub(super) fn place(self) -> usize {
        self as usize
    }
}

/// A part of the memory, for values of one kind. A static: it is known by its address.
#[derive(Debug)]
pub struct Region {
    /// For figures.
    pub name: &'static str,
    /// How long a value is believed.
    pub minutes: i64,
    /// Its share of the ceiling, of a hundred.
    pub share: u64,
    /// Which changes of a reader make it old, if any do.
    pub class: Option<Class>,
}
