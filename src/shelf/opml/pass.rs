//! What opens a feed's door, in attributes of our own. A name and a password stand in the address, as other programs have it.

use super::Outline;
use crate::feeds::door::{BadPass, Kind, Pass};

/// A token.
const BEARER: &str = "dormouseBearer";
/// A header: its name, a colon, and its value.
const HEADER: &str = "dormouseHeader";

/// Whether an attribute of this name is one of them.
pub fn is_pass(name: &str) -> bool {
    [BEARER, HEADER]
        .iter()
        .any(|ours| name.eq_ignore_ascii_case(ours))
}

/// The pass that a line brings in its attributes.
///
/// # Errors
/// [`BadPass`] if it can't be one.
pub fn pass_of(outline: &Outline) -> Result<Option<Pass>, BadPass> {
    let of = |wanted: &str| {
        let mut all = outline.attributes.iter();
        let found = all.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    };
    if let Some(token) = of(BEARER) {
        return Pass::new(Kind::Bearer, "", token).map(Some);
    }
    let Some(header) = of(HEADER) else {
        return Ok(None);
    };
    let (name, value) = header.split_once(':').ok_or(BadPass::Nameless)?;
    Pass::new(Kind::Header, name, value).map(Some)
}

/// The attribute that brings a pass along; `None` for what stands in the address.
pub fn attribute_of(pass: &Pass) -> Option<(String, String)> {
    match pass.kind() {
        Kind::Basic => None,
        Kind::Bearer => Some((BEARER.to_owned(), pass.secret().to_owned())),
        Kind::Header => {
            let both = format!("{}: {}", pass.name(), pass.secret());
            Some((HEADER.to_owned(), both))
        }
    }
}
