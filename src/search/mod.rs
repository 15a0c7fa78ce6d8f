//! Search, as far as it is pure: words out of texts, the list of them that a feed's record keeps, queries, and whether an
//! article is what a query asks for. It knows neither store nor network nor clock.
//!
//! The list only ever proposes: what is shown was confirmed by [`Search::confirm`], on the article itself. So the list may know
//! less than the texts (no places of words), and a hit is never false.

mod ceiling;
pub mod confirm;
pub mod fold;
pub mod links;
pub mod packed;
pub mod query;
pub mod rewrite;
pub mod stem;
pub mod tokens;
pub mod words;

pub use confirm::{Facts, Found, Search, Texts};
pub use query::{Question, QuestionError};
pub use words::{Doc, Entry, Pieces, Words};
