//! Packs the static files, so that no request does: `OUT_DIR/static/PATH.br` and `.zst`. The scripts become one file, so that
//! a page asks for one. A print of all of them is `OUT_DIR/static/version`.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a build that can't go on stops; cargo speaks to build scripts through the environment"
)]

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=static");
    let out = PathBuf::from(std::env::var("OUT_DIR").unwrap()).join("static");
    pack_folder(Path::new("static"), &out);
    let script = out.join("js/main.js");
    fs::write(&script, bundled(Path::new("static/js"))).unwrap();
    pack(&script, &script);
    let mut print = DefaultHasher::new();
    add_to_print(Path::new("static"), &mut print);
    // Twelve digits: it stands in every address of an icon.
    let print = print.finish() >> 16;
    fs::write(out.join("version"), format!("{print:012x}")).unwrap();
}

/// Adds a folder's files to the print by which browsers know which version they have.
fn add_to_print(folder: &Path, print: &mut DefaultHasher) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            add_to_print(&path, print);
        } else {
            path.hash(print);
            fs::read(&path).unwrap().hash(print);
        }
    }
}

/// The scripts as one: each module a function that is called once, in the order of their imports. They use only
/// `import { a, b } from "./c.js"` and `export` before functions and constants.
fn bundled(folder: &Path) -> String {
    let mut done = Vec::new();
    let mut out = String::new();
    add(folder, "main.js", &mut done, &mut Vec::new(), &mut out);
    out
}

fn add(
    folder: &Path,
    name: &str,
    done: &mut Vec<String>,
    above: &mut Vec<String>,
    out: &mut String,
) {
    if done.iter().any(|one| one == name) {
        return;
    }
    assert!(
        !above.iter().any(|one| one == name),
        "{name} imports itself: {above:?}"
    );
    above.push(name.to_owned());
    let text = fs::read_to_string(folder.join(name)).unwrap();
    let mut body = String::new();
    let mut exports = Vec::new();
    for line in text.lines() {
        let bare = line.trim_start();
        if ["//", "/**", "* ", "*/"]
            .iter()
            .any(|begin| bare.starts_with(begin))
            || bare == "*"
        {
            continue;
        }
        if let Some(import) = line.strip_prefix("import ") {
            let (names, from) = import.split_once(" from ").unwrap();
            let from = from.trim_matches(['"', ';', '.', '/']);
            let from = format!("{}.js", from.trim_end_matches(".js"));
            add(folder, &from, done, above, out);
            body.push_str(&format!("const {names} = {};\n", variable(&from)));
            continue;
        }
        if let Some(export) = line.strip_prefix("export ") {
            let mut words = export.split([' ', '(']);
            let known = ["async", "function", "const"];
            let own = words.find(|word| !known.contains(word));
            exports.push(own.unwrap().to_owned());
            body.push_str(export);
        } else {
            body.push_str(line);
        }
        body.push('\n');
    }
    above.pop();
    done.push(name.to_owned());
    out.push_str(&format!(
        "const {} = (() => {{\n{body}return {{ {} }};\n}})();\n",
        variable(name),
        exports.join(", ")
    ));
}

fn variable(name: &str) -> String {
    format!("${}", name.trim_end_matches(".js"))
}

fn pack_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            pack_folder(&path, &target);
            continue;
        }
        pack(&path, &target);
    }
}

/// Packs a file as well as each packer can: this is done once, and read often.
fn pack(path: &Path, target: &Path) {
    let bytes = fs::read(path).unwrap();
    let with = |ending: &str| {
        let mut name = target.to_path_buf().into_os_string();
        name.push(ending);
        name
    };
    let mut brotli = brotli::CompressorWriter::new(Vec::new(), 4_096, 11, 22);
    brotli.write_all(&bytes).unwrap();
    fs::write(with(".br"), brotli.into_inner()).unwrap();
    let zstd = zstd::bulk::compress(&bytes, 19).unwrap();
    fs::write(with(".zst"), zstd).unwrap();
}
