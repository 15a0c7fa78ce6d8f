//! Queries whose folders have another name now.

use super::Question;
use super::query::Leaf;

/// The query with each folder that it names as `how` says; `None` if nothing changes, or it can't be read.
pub fn with_folders(text: &str, how: impl Fn(&str) -> Option<String>) -> Option<String> {
    let query = Question::parse(text).ok().filter(|query| !query.is_cut)?;
    let mut terms: Vec<_> = query.terms().collect();
    // From the end, so that places stay.
    terms.sort_by_key(|term| std::cmp::Reverse(term.at.start));
    let mut out = text.to_owned();
    for term in terms {
        if !matches!(term.leaf, Leaf::Folder(_)) {
            continue;
        }
        let Some((_, value)) = term.typed.split_once([':', '：']) else {
            continue;
        };
        let value = value.trim_matches(['"', '“', '”', '„', '«', '»', '＂']);
        let Some(name) = how(value.trim()) else {
            continue;
        };
        let minus = if term.not { "-" } else { "" };
        let plain: String = name.chars().filter(|c| *c != '"').collect();
        let written = match plain.contains(char::is_whitespace) {
            true => format!("{minus}folder:\"{plain}\""),
            false => format!("{minus}folder:{plain}"),
        };
        out.replace_range(term.at.clone(), &written);
    }
    (out != text).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_are_written_anew() {
        let how = |name: &str| (name == "field work").then(|| "Out doors".to_owned());
        for (from, to) in [
            (
                "curlew -folder:\"field work\" is:unread",
                Some("curlew -folder:\"Out doors\" is:unread"),
            ),
            ("folder:field work", None),
            ("feed:\"field work\"", None),
            ("before:soon folder:\"field work\"", None),
        ] {
            assert_eq!(with_folders(from, how).as_deref(), to, "{from}");
        }
        let short = |_: &str| Some("b".to_owned());
        assert_eq!(
            with_folders("folder:a OR folder:ab", short).as_deref(),
            Some("folder:b OR folder:b")
        );
    }
}
