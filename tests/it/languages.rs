//! The words of pages: all of them in every language, all in the files, and none in the files that nobody says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use dormouse::users::preferences::Language;
use dormouse::web::words::locale::in_language;
use dormouse::web::words::{about, age, count, date_time, t, told};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;

fn at(text: &str) -> dormouse::timestamp::Timestamp {
    text.parse().unwrap()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder with an ending, with their texts.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|is| is == ending) {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The arguments that a pattern takes, those of its variants included.
fn arguments(pattern: &Pattern<&str>, into: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        let inline = match expression {
            Expression::Inline(inline) => inline,
            Expression::Select { selector, variants } => {
                variants
                    .iter()
                    .for_each(|variant| arguments(&variant.value, into));
                selector
            }
        };
        if let InlineExpression::VariableReference { id } = inline {
            into.insert(id.name.to_owned());
        }
    }
}

/// Every message of a language with its arguments.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for (name, text) in files(&format!("locales/{}", language.tag()), "ftl") {
        let resource =
            parse(text.as_str()).unwrap_or_else(|(_, faults)| panic!("{name}: {faults:?}"));
        for entry in resource.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let mut found = BTreeSet::new();
            arguments(message.value.as_ref().unwrap(), &mut found);
            let before = all.insert(message.id.name.to_owned(), found);
            assert!(before.is_none(), "{name} has {} again", message.id.name);
        }
    }
    all
}

#[test]
fn every_language_has_every_message_with_the_same_arguments() {
    let english = messages(Language::English);
    assert!(english.len() > 500, "{}", english.len());
    for language in Language::ALL {
        let own = messages(language);
        for (name, arguments) in &english {
            let theirs = own.get(name);
            let theirs = theirs.unwrap_or_else(|| panic!("{} lacks {name}", language.tag()));
            // A language needn't say a number that is in its form, and takes of a date what it needs.
            let is_part = theirs.is_subset(arguments);
            assert!(is_part, "{} has other arguments for {name}", language.tag());
        }
        assert_eq!(own.len(), english.len(), "{} has more", language.tag());
    }
}

/// The names in quotes behind these words: `t("list-more")`.
fn named<'t>(text: &'t str, before: &str) -> Vec<&'t str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(before) {
        let is_word = text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = &text[at + before.len()..];
        if let Some(end) = rest.find('"').filter(|_| !is_word) {
            found.push(&rest[..end]);
        }
    }
    found
}

#[test]
fn what_is_said_is_in_the_files_and_what_is_in_the_files_is_said() {
    let english = messages(Language::English);
    let mut places = files("templates", "html");
    places.extend(files("src/web", "rs"));
    let scripts = files("static/js", "js");
    let mut said: BTreeSet<String> = BTreeSet::new();
    for (place, text) in &places {
        for before in ["t(\"", "msg(\""] {
            for name in named(text, before) {
                // A name that is put together has its beginning here.
                if name.contains('{') {
                    continue;
                }
                assert!(
                    english.contains_key(name),
                    "{place} says “{name}”, which no file has"
                );
                said.insert(name.to_owned());
            }
        }
    }
    for (place, text) in &scripts {
        for before in ["word(\"", "counted(\"", "? \"", ": \""] {
            for name in named(text, before) {
                let forms = [
                    name.to_owned(),
                    format!("{name}-one"),
                    format!("{name}-other"),
                ];
                let forms = forms.map(|name| format!("js-{name}"));
                let known: Vec<_> = forms
                    .iter()
                    .filter(|name| english.contains_key(*name))
                    .collect();
                let must = before.starts_with("word") || before.starts_with("counted");
                assert!(
                    !must || !known.is_empty(),
                    "{place} says “{name}”, which no file has"
                );
                said.extend(known.into_iter().cloned());
            }
        }
        // Groups of the palette, and the language itself.
        for name in [
            "palette-feeds",
            "palette-pages",
            "palette-commands",
            "locale",
        ] {
            said.insert(format!("js-{name}"));
        }
    }
    // These are chosen by a value.
    let whole = places
        .iter()
        .map(|(_, text)| text.as_str())
        .collect::<String>();
    let mut unsaid = Vec::new();
    for name in english.keys() {
        let by_value = ["date-", "settings-", "told-"];
        let by_value = by_value.iter().any(|start| name.starts_with(start));
        let is_named = said.contains(name) || whole.contains(&format!("\"{name}\""));
        if !by_value && !is_named {
            unsaid.push(name);
        }
    }
    assert!(unsaid.is_empty(), "nothing says {unsaid:?}");
    for language in Language::ALL {
        in_language(language, || {
            for name in &said {
                if english[name].is_empty() {
                    assert!(!t(name).is_empty(), "{name} is empty");
                }
            }
        });
    }
}

/// Words between the tags of a template, without what the engine writes.
fn loose_words(template: &str) -> Vec<String> {
    let mut text = String::new();
    let mut rest = template;
    // The engine's blocks and comments, then the tags with their attributes.
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let (end, skip) = match rest[at..].get(..2) {
            Some("{{") => ("}}", 2),
            Some("{%") => ("%}", 2),
            Some("{#") => ("#}", 2),
            _ => ("{", 1),
        };
        let from = at + skip;
        let to = rest[from..]
            .find(end)
            .map_or(rest.len(), |to| from + to + end.len());
        rest = if skip == 1 {
            &rest[from..]
        } else {
            &rest[to..]
        };
    }
    text.push_str(rest);
    let mut words = Vec::new();
    let mut between = String::new();
    let mut depth = 0;
    for character in text.chars() {
        match character {
            '<' => depth += 1,
            '>' => depth = 0,
            other if depth == 0 => between.push(other),
            _ => {}
        }
        if character == '<' {
            words.push(std::mem::take(&mut between));
        }
    }
    words.push(between);
    // A block of the layout that holds a class.
    words.retain(|text| !text.contains("signed-in"));
    let is_word = |text: &String| text.chars().filter(|c| c.is_alphabetic()).count() > 1;
    words.retain(is_word);
    words.iter().map(|word| word.trim().to_owned()).collect()
}

/// Attributes whose values people read.
const READ: [&str; 4] = ["title=\"", "aria-label=\"", "placeholder=\"", "alt=\""];

#[test]
fn no_words_stand_outside_the_files() {
    /// The product's name; keys; examples of addresses.
    const MAY: [&str; 8] = [
        "Dormouse",
        "· Dormouse",
        "Enter",
        "example.org",
        "https://example.org/feed",
        "Shift",
        "doctype html",
        "Esc",
    ];
    for (place, text) in files("templates", "html") {
        for word in loose_words(&text) {
            assert!(MAY.contains(&word.as_str()), "{place} has “{word}”");
        }
        for attribute in READ {
            for value in named(&text, attribute) {
                let is_ours =
                    value.starts_with("{{") || value.starts_with("{%") || value.is_empty();
                assert!(
                    is_ours || MAY.contains(&value),
                    "{place} has {attribute}{value}"
                );
            }
        }
    }
    for (place, text) in files("static/js", "js") {
        for line in text
            .lines()
            .filter(|line| !line.trim_start().starts_with(['/', '*']))
        {
            let code = line.split(" //").next().unwrap();
            for literal in code.split('"').skip(1).step_by(2) {
                let is_sentence =
                    literal.contains(' ') && literal.starts_with(|c: char| c.is_uppercase());
                assert!(!is_sentence, "{place} has “{literal}”");
            }
        }
    }
}

/// What the code says in English is recognised, so that it is said in every language.
#[test]
fn every_sentence_from_below_the_pages_is_recognised() {
    let mut places = files("src", "rs");
    // What operators are told stays English, too.
    let for_operators = [
        "/cli/",
        "/config/",
        "/parse/date/",
        "src/main.rs",
        "/store_copy/",
        "/cloud/",
        "/google/",
    ];
    places.retain(|(name, _)| !for_operators.iter().any(|part| name.contains(part)));
    // What programs are told stays English.
    let for_programs = [
        "/api/",
        "/words/letter.rs",
        "/cron/",
        "/websub.rs",
        "/actions/marks.rs",
        "/actions/labels.rs",
        "/actions/texts.rs",
        "/actions/import_opml.rs",
        "/greader/",
        "/fever/",
        "/by_token.rs",
        "/search/query.rs",
        "/search/place.rs",
        "/rulebook/rule.rs",
    ];
    places.retain(|(name, _)| !for_programs.iter().any(|part| name.contains(part)));
    let below = [
        "src/client/http/error.rs",
        "src/client/guard.rs",
        "src/parse/mod.rs",
        "src/feeds/address.rs",
        "src/full_text/mod.rs",
        "src/html/extract.rs",
        "src/users/mod.rs",
        "src/users/token.rs",
        "src/refresh/feed.rs",
        "src/shelf/opml/mod.rs",
    ];
    let read = |name: &&str| {
        (
            (*name).to_owned(),
            std::fs::read_to_string(root().join(name)).unwrap(),
        )
    };
    places.extend(below.iter().map(read));
    let mut unknown = Vec::new();
    for (place, text) in places {
        let text = text.split("\nmod tests {").next().unwrap();
        for sentence in sentences(text) {
            let is_said =
                in_language(Language::German, || told(&sentence).into_owned()) != sentence;
            if !is_said {
                unknown.push(format!("{place}: {sentence}"));
            }
        }
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

/// The literals of a source that are sentences for people, with something in the place of what they are given.
fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let code: String = text
        .lines()
        .filter(|line| {
            let line = line.trim_start();
            let is_log = line.contains("tracing::")
                || line.contains("expect(")
                || line.contains("reason = ");
            !line.starts_with("//") && !is_log
        })
        .map(|line| format!("{line}\n"))
        .collect();
    for literal in code.split('"').skip(1).step_by(2) {
        let literal = literal.replace("\\\n", "");
        let literal = literal.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_sentence = literal.starts_with(|c: char| c.is_uppercase())
            && literal.contains(' ')
            && literal.ends_with(['.', '!', '?']);
        if is_sentence {
            found.push(filled(&literal));
        }
    }
    found
}

/// A format string with `7` for each of its arguments.
fn filled(format: &str) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        out.push('7');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    out + rest
}

#[test]
fn numbers_times_and_plurals_are_said_as_each_language_says_them() {
    let now = at("2026-11-22T05:38:00Z");
    let then = at("2026-11-03T05:38:00Z");
    let said = |language| {
        in_language(language, || {
            [
                count(1, "count-article"),
                count(1_004, "count-article"),
                age(then, now),
                date_time(now),
                about(3 * 1_440),
            ]
        })
    };
    assert_eq!(
        said(Language::English),
        [
            "1 article",
            "1,004 articles",
            "3 Nov",
            "Sunday 22 November 2026, 05:38 UTC",
            "3 days"
        ]
    );
    assert_eq!(
        said(Language::German),
        [
            "1 Artikel",
            "1.004 Artikel",
            "3. Nov.",
            "Sonntag, 22. November 2026, 05:38 UTC",
            "3 Tage"
        ]
    );
    let chinese = said(Language::Chinese);
    assert!(chinese[1].contains("1,004"), "{chinese:?}");
    assert!(chinese[3].contains("2026年11月22日"), "{chinese:?}");
}

#[test]
fn a_stored_sentence_is_said_in_the_readers_language() {
    let stored = "The server at example.org took longer than 20 seconds to respond.";
    let said = in_language(Language::German, || told(stored).into_owned());
    assert!(
        said.contains("example.org") && said.contains("20"),
        "{said}"
    );
    assert_ne!(said, stored);
    let strange = "Something that nobody ever said.";
    assert_eq!(
        in_language(Language::German, || told(strange).into_owned()),
        strange
    );
    assert_eq!(told(stored), stored);
    // A sentence inside another.
    let both = "That page names a feed, but it can’t be read. That document is empty.";
    let said = in_language(Language::German, || told(both).into_owned());
    assert!(!said.contains("document is empty"), "{said}");
}
