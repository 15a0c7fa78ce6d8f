//! The fields in which one says what opens a feed.

/// What the fields of a door have in them. A secret never is.
#[derive(Clone, Debug, Default)]
pub struct DoorFields {
    /// `basic`, `bearer` or `header`.
    pub kind: &'static str,
    /// The user's name, or the header's.
    pub name: String,
    /// Whether they are shown at once.
    pub is_open: bool,
    /// What is wrong with what was entered.
    pub error: Option<String>,
    /// What kind of door the feed has, in a sentence; `None` if it has none.
    pub said: Option<String>,
}
