//! `dormouse parse`

use std::path::Path;

use url::Url;

use super::{done, no, print};
use crate::parse::{parse, to_json};

/// A feed, even one without entries, is exit 0; what is no feed, exit 1 with the reason.
pub(super) fn run(file: &Path, base: &Url) -> anyhow::Result<std::process::ExitCode> {
    let bytes =
        std::fs::read(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    match parse(&bytes, None, base) {
        Ok(feed) => {
            print(&serde_json::to_string_pretty(&to_json(&feed))?);
            done()
        }
        Err(error) => {
            eprintln!("{error}");
            no()
        }
    }
}
