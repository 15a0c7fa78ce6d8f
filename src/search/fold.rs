//! Folding: letters that a searcher takes for the same become the same. Case, width, accents, ligatures; what isn't seen goes.

use unicode_normalization::char::decompose_compatible;

/// What a character is for words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It stands between words.
    Between,
    /// It isn't seen, and parts nothing: soft hyphens, joiners, marks of direction, accents by themselves.
    Unseen,
    /// It belongs to a word that spaces part from others.
    Letter,
    /// It belongs to a script that is written without spaces, or whose words grow together: its pairs are indexed.
    Dense,
}

/// What a character is.
pub fn class_of(c: char) -> Class {
    if c.is_ascii() {
        return match c.is_ascii_alphanumeric() {
            true => Class::Letter,
            false => Class::Between,
        };
    }
    if is_unseen(c) || is_accent(c) {
        return Class::Unseen;
    }
    if is_dense(c) {
        return Class::Dense;
    }
    match c.is_alphanumeric() || joins(c) {
        true => Class::Letter,
        false => Class::Between,
    }
}

/// Appends a character, folded: nothing for what isn't seen.
pub fn push(out: &mut String, c: char) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    match c {
        'ß' | 'ẞ' => out.push_str("ss"),
        'æ' | 'Æ' => out.push_str("ae"),
        'œ' | 'Œ' => out.push_str("oe"),
        'ø' | 'Ø' => out.push('o'),
        'ł' | 'Ł' => out.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
        'þ' | 'Þ' => out.push_str("th"),
        'ı' => out.push('i'),
        'ς' => out.push('σ'),
        'ё' | 'Ё' => out.push('е'),
        // Cyrillic has letters whose marks are no accents; Hangul falls apart, and kana lose their voice.
        '\u{400}'..='\u{4ff}' => out.extend(c.to_lowercase()),
        '\u{ac00}'..='\u{d7a3}' | '\u{3041}'..='\u{30ff}' => push_kana(out, c),
        _ if is_unseen(c) || is_accent(c) => {
            if c == '\u{306}' && out.ends_with('и') {
                out.pop();
                out.push('й');
            }
        }
        _ => decompose_compatible(c, |part| {
            if matches!(part, '\u{3099}' | '\u{309a}') || ('\u{30a0}'..='\u{30ff}').contains(&part)
            {
                push_kana(out, part);
            } else if !is_accent(part) && !is_unseen(part) {
                match part {
                    'ς' => out.push('σ'),
                    _ => out.extend(part.to_lowercase()),
                }
            }
        }),
    }
}

/// Appends kana; a mark of voice by itself joins the letter before it.
fn push_kana(out: &mut String, c: char) {
    let step = match c {
        '\u{3099}' | '\u{309b}' => 1,
        '\u{309a}' | '\u{309c}' => 2,
        _ => {
            out.push(c);
            return;
        }
    };
    let voiced = out.chars().next_back().and_then(|before| match before {
        'う' | 'ウ' if step == 1 => char::from_u32(before as u32 + 0x4e),
        'か'..='ぢ' | 'つ'..='ど' | 'カ'..='ヂ' | 'ツ'..='ド' if step == 1 => {
            char::from_u32(before as u32 + 1)
        }
        'は'..='ぽ' | 'ハ'..='ポ' => char::from_u32(before as u32 + step),
        _ => None,
    });
    if let Some(voiced) = voiced {
        out.pop();
        out.push(voiced);
    }
}

/// A text, folded.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push(&mut out, c));
    out
}

/// Accents and vowel points that may be left out: Latin, Greek, Hebrew, Arabic.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Chinese, Japanese, Korean, Thai and its neighbours.
fn is_dense(c: char) -> bool {
    matches!(c,
        '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' | '\u{e81}'..='\u{ecd}' | '\u{1000}'..='\u{1049}'
        | '\u{1780}'..='\u{17d3}' | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{3099}'..='\u{309f}'
        | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{2fa1f}')
}

/// Marks inside words that count as no letters: viramas and nuktas of the Indic scripts.
fn joins(c: char) -> bool {
    matches!(
        c,
        '\u{93c}'
            | '\u{94d}'
            | '\u{9bc}'
            | '\u{9cd}'
            | '\u{a3c}'
            | '\u{a4d}'
            | '\u{abc}'
            | '\u{acd}'
            | '\u{b3c}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{cbc}'
            | '\u{ccd}'
            | '\u{d4d}'
            | '\u{dca}'
    )
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn what_looks_alike_is_alike() {
        for (text, plain) in [
            ("Über", "uber"),
            ("u\u{308}ber", "uber"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("Ａｐｐｌｅ", "apple"),
            ("ﬁsh", "fish"),
            ("Ærø", "aero"),
            ("Łódź", "lodz"),
            ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
            ("Σίσυφος", "σισυφοσ"),
            ("Ёлка", "елка"),
            ("Йод", "йод"),
            ("и\u{306}од", "йод"),
            ("שָׁלוֹם", "שלום"),
            ("كِتَاب", "كتاب"),
            ("أحمد", "احمد"),
            ("ﾎﾟｹｯﾄ", "ポケット"),
            ("ｶﾞｲﾄﾞ", "ガイド"),
            ("カ\u{3099}", "ガ"),
            ("한국어", "한국어"),
            ("soft\u{ad}hyphen", "softhyphen"),
        ] {
            assert_eq!(folded(text), plain, "{text}");
        }
    }
}
