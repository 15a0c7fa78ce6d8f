//! The static files: compiled in, and served under an address with their hash, which changes when any of them does.

use std::sync::OnceLock;

use super::view::Assets;

/// A static file.
#[derive(Debug)]
pub(crate) struct StaticFile {
    /// Its path below `/static/HASH/`.
    pub path: &'static str,
    /// Its contents, and the same packed by `build.rs`.
    pub bytes: &'static [u8],
    pub brotli: &'static [u8],
    pub zstd: &'static [u8],
}

macro_rules! file {
    ($path:literal, $from:expr) => {
        StaticFile {
            path: $path,
            bytes: include_bytes!($from),
            brotli: include_bytes!(concat!(env!("OUT_DIR"), "/static/", $path, ".br")),
            zstd: include_bytes!(concat!(env!("OUT_DIR"), "/static/", $path, ".zst")),
        }
    };
}

/// All of them. The scripts are one file, which `build.rs` makes of their modules.
pub(crate) static FILES: &[StaticFile] = &[
    file!("app.css", "../../static/app.css"),
    file!("favicon.svg", "../../static/favicon.svg"),
    file!("favicon-unread.svg", "../../static/favicon-unread.svg"),
    file!("icons.svg", "../../static/icons.svg"),
    file!("icons/192.png", "../../static/icons/192.png"),
    file!("icons/512.png", "../../static/icons/512.png"),
    file!("icons/apple.png", "../../static/icons/apple.png"),
    file!("icons/maskable.png", "../../static/icons/maskable.png"),
    file!("js/main.js", concat!(env!("OUT_DIR"), "/static/js/main.js")),
];

/// The print of all of them, which `build.rs` takes.
pub(crate) fn version() -> &'static str {
    include_str!(concat!(env!("OUT_DIR"), "/static/version"))
}

/// The addresses of the static files that pages link to.
pub fn assets() -> &'static Assets {
    static ASSETS: OnceLock<Assets> = OnceLock::new();
    ASSETS.get_or_init(|| {
        let at = |path: &str| format!("/static/{}/{path}", version());
        Assets {
            css: at("app.css"),
            js: at("js/main.js"),
            icons: at("icons.svg"),
            favicon: at("favicon.svg"),
            touch_icon: at("icons/apple.png"),
        }
    })
}
