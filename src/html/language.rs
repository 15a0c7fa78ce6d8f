//! The language of a text, and how many words it has.

use whatlang::{Detector, Lang, detect};

/// Bytes of a text that are looked at: more tells nothing new.
const LOOK_BYTES: usize = 1_000;
/// Shortest text whose language can be told, in bytes.
const MIN_BYTES: usize = 100;

/// Shortest text of which a guess is worth anything, in bytes.
const LIKELY_BYTES: usize = 40;

/// The language of a text, as two letters where there are two (ISO 639-1): as its words tell, otherwise as `declared` (BCP 47).
///
/// The words come first: half the blogs declare the language that their program was installed with.
pub fn of(text: &str, declared: Option<&str>) -> Option<String> {
    let start = &text[..text.floor_char_boundary(LOOK_BYTES)];
    let found = Some(start)
        .filter(|start| start.len() >= MIN_BYTES)
        .and_then(detect);
    let told = found
        .filter(whatlang::Info::is_reliable)
        .map(|info| code(info.lang()).to_owned());
    told.or_else(|| {
        let primary = declared?.split(['-', '_']).next()?.to_ascii_lowercase();
        let is_code =
            (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic());
        is_code.then_some(primary)
    })
}

/// The language that a text is most likely in, of the European ones whose words have forms, as two letters: for the words' sake
/// a guess is better than none.
pub fn likely(text: &str) -> Option<&'static str> {
    static DETECTOR: std::sync::LazyLock<Detector> = std::sync::LazyLock::new(|| {
        Detector::with_allowlist(vec![
            Lang::Eng,
            Lang::Deu,
            Lang::Fra,
            Lang::Spa,
            Lang::Ita,
            Lang::Por,
            Lang::Nld,
            Lang::Swe,
            Lang::Dan,
            Lang::Nob,
            Lang::Fin,
            Lang::Hun,
            Lang::Ron,
            Lang::Rus,
            Lang::Tur,
        ])
    });
    let start = &text[..text.floor_char_boundary(LOOK_BYTES)];
    if start.len() < LIKELY_BYTES {
        return None;
    }
    DETECTOR.detect(start).map(|info| code(info.lang()))
}

/// How many words a plain text has. In scripts without spaces, two characters count as a word.
pub fn words(text: &str) -> u32 {
    let (mut words, mut dense, mut in_word) = (0_u32, 0_u32, false);
    for character in text.chars() {
        if is_dense(character) {
            dense += 1;
            in_word = false;
        } else if character.is_alphanumeric() {
            words += u32::from(!in_word);
            in_word = true;
        } else if !matches!(character, '\'' | '’' | '-') {
            in_word = false;
        }
    }
    words + dense.div_ceil(2)
}

/// Characters of scripts that are written without spaces: Chinese, Japanese and Thai.
fn is_dense(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{e00}'..='\u{e7f}'
        | '\u{20000}'..='\u{2fa1f}')
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "nb",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        other => other.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_tell_before_the_label() {
        let german = "Der schnelle braune Fuchs springt über den faulen Hund, und niemand im ganzen Dorf hat es an diesem \
            Morgen gesehen, weil alle noch schliefen.";
        let japanese = "昨日の夜、村の人々はみんな眠っていたので、誰もその小さな狐を見ませんでした。朝になると、雪の上に足跡だけが残っていました。";
        assert_eq!(of(german, Some("en-US")).as_deref(), Some("de"));
        assert_eq!(of(japanese, None).as_deref(), Some("ja"));
        assert_eq!(of("Hallo", Some("de-AT")).as_deref(), Some("de"));
        assert_eq!(of("Hallo", Some("x")), None);
        assert_eq!(of("", None), None);
    }

    #[test]
    fn words_are_counted_in_any_script() {
        for (text, expected) in [
            ("", 0),
            ("One two", 2),
            ("It’s a well-known 3.5", 5),
            ("東京", 1),
            ("日本語 and more", 4),
            ("— !", 0),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
