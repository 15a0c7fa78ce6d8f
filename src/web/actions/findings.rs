//! What a search has found, on its way to the page that shows it: sealed, in that page's address, so that it can be reloaded
//! and nothing is stored.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::codec;
use crate::sealed::Seal;

/// What the seal is for.
const PURPOSE: &str = "findings";
/// Longest text that an address has room for, in bytes.
const MAX_BYTES: usize = 6_000;

/// The findings as text for an address, as many of them as have room, the first ones first; `None` if none has.
pub(crate) fn carried<T: Serialize>(app: &App, mut found: Vec<T>) -> Option<String> {
    let seal = Seal::new(&app.secret, PURPOSE)?;
    loop {
        // Packed, since an address has room for so much.
        let packed = STANDARD_NO_PAD.encode(codec::pack(&found).ok()?);
        let text = seal.close(&packed, &app.random)?;
        if text.len() <= MAX_BYTES {
            return Some(text);
        }
        found.pop()?;
    }
}

/// What [`carried`] carried; `None` for everything else.
pub(crate) fn opened<T: DeserializeOwned>(app: &App, text: &str) -> Option<Vec<T>> {
    match text {
        "" => None,
        text => {
            let packed: String = Seal::new(&app.secret, PURPOSE)?.open(text)?;
            codec::unpack(&STANDARD_NO_PAD.decode(packed).ok()?).ok()
        }
    }
}
