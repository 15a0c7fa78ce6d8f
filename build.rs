//! Packs the static files, so that no request does: `OUT_DIR/static/PATH.br` and `.zst`.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a build that can't go on stops; cargo speaks to build scripts through the environment"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=static");
    let out = PathBuf::from(std::env::var("OUT_DIR").unwrap()).join("static");
    pack_folder(Path::new("static"), &out);
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
        let bytes = fs::read(&path).unwrap();
        let with = |ending: &str| {
            let mut name = target.clone().into_os_string();
            name.push(ending);
            name
        };
        // The best that each can do: this is done once, and read often.
        let mut brotli = brotli::CompressorWriter::new(Vec::new(), 4_096, 11, 22);
        brotli.write_all(&bytes).unwrap();
        fs::write(with(".br"), brotli.into_inner()).unwrap();
        let zstd = zstd::bulk::compress(&bytes, 19).unwrap();
        fs::write(with(".zst"), zstd).unwrap();
    }
}
