//! Passwords that everybody tries first.
//!
//! A password is compared as guessers change it: without case, with letters for the figures that stand for them, and
//! without what is put around a word (`P@ssw0rd2026!` is `password`). Rows of a keyboard, runs and repetitions are known by
//! what they are, so that the list has words only. It is short on purpose: who guesses at our sign-in is slowed down, so
//! that what matters is what is tried in the first thousand attempts.

/// What common passwords are made of, by frequency in published leaks; one a line.
const WORDS: &str = include_str!("common_passwords.txt");

/// What is typed along a keyboard or an alphabet.
const ROWS: [&str; 8] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopqwertyuiop",
    "qwertzuiopqwertzuiop",
    "azertyuiopazertyuiop",
    "asdfghjklasdfghjkl",
    "zxcvbnmzxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
];
/// The shortest part of a row that counts as one.
const RUN: usize = 4;
/// The longest part that a repetition repeats.
const UNIT: usize = 5;

/// Whether a password is one of the most common.
pub fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    if is_repetition(&lower) || is_typed_along(&lower) {
        return true;
    }
    let plain = folded(&lower);
    let around = |c: char| !c.is_alphabetic();
    [lower.as_str(), plain.as_str(), bare(&lower), bare(&plain)]
        .into_iter()
        .any(|form| is_listed(form) || is_listed(&form.replace(around, "")))
}

fn is_listed(word: &str) -> bool {
    !word.is_empty() && WORDS.lines().any(|listed| listed == word)
}

/// Without figures and signs around it.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphabetic())
}

/// With letters for what stands for them.
fn folded(text: &str) -> String {
    // What stands at the end is rather a number or a sign: it stays, and is taken off.
    let word = text.trim_end_matches(|c: char| !c.is_alphabetic());
    let letters = word.chars().map(|c| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c => c,
    });
    letters.collect()
}

/// One short part again and again: `abcabcabcabc`.
fn is_repetition(text: &str) -> bool {
    let all: Vec<char> = text.chars().collect();
    (1..=UNIT).any(|unit| {
        all.len() >= 2 * unit && all.iter().enumerate().all(|(at, c)| *c == all[at % unit])
    })
}

/// Only parts of rows, forwards or backwards: `qwertyuiop`, `12345asdfg`, `0987654321`.
fn is_typed_along(text: &str) -> bool {
    let backwards: String = text.chars().rev().collect();
    [text, &backwards].into_iter().any(|text| {
        let mut rest = text;
        if rest.is_empty() {
            return false;
        }
        while !rest.is_empty() {
            let longest = (RUN..=rest.len())
                .rev()
                .filter_map(|length| rest.get(..length))
                .find(|part| ROWS.iter().any(|row| row.contains(part)));
            match longest {
                Some(part) => rest = &rest[part.len()..],
                None => return false,
            }
        }
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_is_common_however_it_is_dressed() {
        for common in [
            "password12",
            "P@ssw0rd2026!",
            "Passwort123",
            "1234567890",
            "0987654321",
            "qwertyuiop",
            "12345qwert",
            "aaaaaaaaaa",
            "abcabcabcabc",
            "iloveyou123",
            "ILoveYou!!!!",
            "letmein2026",
            "dormouse2026",
            "qwerty12345",
            "changeme123",
        ] {
            assert!(is_common(common), "{common}");
        }
    }

    #[test]
    fn a_few_words_of_ones_own_are_not() {
        for own in [
            "correct horse",
            "my passwords are better",
            "lamplight-harbour",
            "x7Kq!vP2mZ",
            "密码不在这里面的一句话",
            "sieben Zwetschgen",
            "",
        ] {
            assert!(!is_common(own), "{own}");
        }
    }
}
