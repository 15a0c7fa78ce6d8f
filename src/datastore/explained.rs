//! What the store itself says about a query: which indexes it used, and what it bills.

/// A store's own account of a query that it ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// Results it returned.
    pub results: u64,
    /// Read operations it bills.
    pub read_operations: u64,
    /// What these are made of: names and numbers as the store gives them, such as `index_entries_billable`.
    pub billing: Vec<(String, String)>,
    /// What else it counted, such as `index_entries_scanned`.
    pub other: Vec<(String, String)>,
    /// The indexes it used, each as the store writes it.
    pub indexes: Vec<String>,
}
