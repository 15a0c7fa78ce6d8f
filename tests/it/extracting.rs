//! Quality of the full-text extraction, measured on saved third-party pages, which aren't part of this project.

use std::collections::HashMap;
use std::path::Path;

use dom_smoothie::{CandidateSelectMode, Config, Readability};
use dormouse::html::extract::extract;
use dormouse::html::sanitize::plain_text;
use url::Url;

use crate::support::variable;

/// Word counts of a text; in scripts without spaces, character counts.
fn words(text: &str) -> HashMap<String, usize> {
    let mut words = HashMap::new();
    let mut add = |word: &str| {
        if !word.is_empty() {
            *words.entry(word.to_owned()).or_default() += 1;
        }
    };
    let mut word = String::new();
    for c in text.to_lowercase().chars() {
        // Thai, Burmese, Han, kana: scripts that don't separate words by spaces.
        let is_alone = matches!(u32::from(c), 0x0e00..=0x0e7f | 0x1000..=0x109f | 0x3040..=0x30ff | 0x3400..=0x9fff);
        if c.is_alphanumeric() && !is_alone {
            word.push(c);
            continue;
        }
        add(&word);
        word.clear();
        if is_alone {
            add(c.encode_utf8(&mut [0; 4]));
        }
    }
    add(&word);
    words
}

/// Precision, recall and F1 of a text's words against the expected text's.
fn judge(found: &str, wanted: &str) -> [f64; 3] {
    let (found, wanted) = (words(found), words(wanted));
    let common: usize = found
        .iter()
        .map(|(word, count)| wanted.get(word).copied().unwrap_or(0).min(*count))
        .sum();
    let share =
        |of: &HashMap<String, usize>| common as f64 / of.values().sum::<usize>().max(1) as f64;
    let (precision, recall) = (share(&found), share(&wanted));
    let sum = precision + recall;
    let f1 = if sum > 0.0 {
        2.0 * precision * recall / sum
    } else {
        0.0
    };
    [precision, recall, f1]
}

fn alone(html: &str, url: &Url, mode: CandidateSelectMode) -> String {
    let config = Config {
        candidate_select_mode: mode,
        ..Config::default()
    };
    let reader = Readability::new(html, Some(url.as_str()), Some(config));
    let article = reader.unwrap().parse();
    article.map_or_else(|_| String::new(), |article| plain_text(&article.content))
}

#[test]
fn words_are_judged_by_what_they_share() {
    assert_eq!(judge("a b c d", "a b"), [0.5, 1.0, 2.0 / 3.0]);
    assert_eq!(judge("日本", "日本語"), [1.0, 2.0 / 3.0, 0.8]);
    assert_eq!(judge("", "a"), [0.0, 0.0, 0.0]);
}

/// The largest and deepest pages within the limits, in an unoptimised build.
#[test]
fn the_worst_pages_take_a_bounded_time() {
    let url = Url::parse("https://publisher.example/").unwrap();
    let text = "A sentence, with commas, and something to say, at some length. ";
    let deep = format!(
        "{}{}",
        "<div>".repeat(250),
        format!("<p>{}</p>", text.repeat(3)).repeat(13_000)
    );
    let tables = format!(
        "<table>{}</table>",
        format!("<tr><td>{text}</td></tr>").repeat(12_000)
    );
    let lists = format!(
        "<ul>{}</ul>",
        format!("<li><a href=x>{text}</a></li>").repeat(12_000)
    );
    let twins = format!("<div><p>{text}</p></div>").repeat(12_000);
    let breaks = format!("{text}<br><br>").repeat(14_000);
    for (what, page) in [
        ("deep", deep),
        ("tables", tables),
        ("lists", lists),
        ("twins", twins),
        ("breaks", breaks),
    ] {
        let begun = tokio::time::Instant::now();
        let found = extract(page.as_bytes(), None, &url);
        let took = begun.elapsed();
        println!(
            "{what}: {} KB, {took:?}, {:?}",
            page.len() / 1_024,
            found.map(|html| html.as_str().len())
        );
        assert!(
            took < std::time::Duration::from_secs(60),
            "{what} took {took:?}"
        );
    }
}

/// `PAGES` names a folder with `html/NAME.html` and the expected text, `txt/NAME.txt`. Prints a line for each page.
#[test]
#[ignore = "needs saved pages: PAGES=folder cargo nextest run --run-ignored all -E 'test(saved_pages)' --no-capture"]
fn saved_pages() {
    let folder = variable("PAGES").expect("PAGES names the folder");
    let url = Url::parse("https://publisher.example/2026/article.html").unwrap();
    let mut names: Vec<String> = std::fs::read_dir(Path::new(&folder).join("txt"))
        .unwrap()
        .filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .filter(|name| {
            Path::new(&folder)
                .join(format!("html/{name}.html"))
                .exists()
        })
        .collect();
    names.sort();
    let mut sums = [[0.0; 3]; 4];
    let mut longest = std::time::Duration::ZERO;
    for name in &names {
        let html = std::fs::read(Path::new(&folder).join(format!("html/{name}.html"))).unwrap();
        let wanted =
            std::fs::read_to_string(Path::new(&folder).join(format!("txt/{name}.txt"))).unwrap();
        let text = String::from_utf8_lossy(&html).into_owned();
        let begun = tokio::time::Instant::now();
        let ours = extract(&html, None, &url);
        longest = longest.max(begun.elapsed());
        let ours = ours.map_or_else(
            |error| {
                println!("{name}: {error}");
                String::new()
            },
            |html| plain_text(html.as_str()),
        );
        let body = text.split_once("<body").map_or(&*text, |(_, body)| body);
        let found = [
            ours,
            alone(&text, &url, CandidateSelectMode::Readability),
            alone(&text, &url, CandidateSelectMode::DomSmoothie),
            plain_text(body),
        ];
        let marks = found.map(|found| judge(&found, &wanted));
        for (sum, mark) in sums.iter_mut().zip(marks) {
            for (sum, mark) in sum.iter_mut().zip(mark) {
                *sum += mark;
            }
        }
        let f1 = marks.map(|mark| format!("{:.3}", mark[2]));
        println!("{name:24} {}", f1.join(" "));
    }
    for (what, sum) in ["ours", "readability", "own mode", "all text"]
        .iter()
        .zip(sums)
    {
        let mean = sum.map(|sum| format!("{:.3}", sum / names.len() as f64));
        println!(
            "{what:12} precision {} recall {} F1 {}",
            mean[0], mean[1], mean[2]
        );
    }
    println!("{} pages, the slowest took {longest:?}", names.len());
    assert!(names.len() >= 20, "{} pages", names.len());
    assert!(sums[0][2] / names.len() as f64 > 0.8);
}
