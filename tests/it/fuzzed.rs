//! Regression tests: runs the fuzzer's checks on the inputs kept in `fuzz/corpus`.

#[expect(
    unreachable_pub,
    reason = "they are a crate of their own to the fuzzer"
)]
#[path = "../../fuzz/src/lib.rs"]
mod checks;

use std::path::Path;

/// Runs a check on each file of a corpus; fails if one panics, and names the file.
fn all(name: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut checked = 0;
    for file in std::fs::read_dir(folder.join(name)).unwrap() {
        let path = file.unwrap().path();
        println!("{}", path.display());
        check(&std::fs::read(&path).unwrap());
        checked += 1;
    }
    assert!(checked > 5, "only {checked} files in {name}");
}

#[test]
fn documents_are_read_as_promised() {
    all("parser", checks::parser::check);
}

#[test]
fn html_is_cleaned_as_promised() {
    all("sanitizer", checks::sanitizer::check);
}

#[test]
fn lists_are_read_as_promised() {
    all("opml", checks::opml::check);
}
