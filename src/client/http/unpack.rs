//! Unpacks bodies as browsers do: by the name of the coding, whatever its case, and by the bytes where the name is wrong.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// Largest window accepted, as a power of two: 128 MiB, what the zstd program accepts by default.
const ZSTD_WINDOW: u32 = 27;

/// Most codings on top of each other.
const MAX_CODINGS: usize = 2;

/// What was unpacked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unpacked {
    pub(super) bytes: Vec<u8>,
    /// Whether the packed data broke off, or was damaged from some place on.
    pub(super) is_cut: bool,
    /// Whether it wasn't packed as declared.
    pub(super) is_mislabelled: bool,
    /// Whether there is more than the limit allows.
    pub(super) is_too_large: bool,
}

/// A content coding (RFC 9110, section 8.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    /// Deflate, in zlib's format as the standard has it, or raw as some servers send it.
    Deflate,
    Brotli,
    Zstd,
}

/// Whether a body with this `Content-Encoding` has to be unpacked.
pub(super) fn is_packed(encoding: &str, bytes: &[u8]) -> bool {
    !codings(encoding).is_empty() || is_gzip(bytes)
}

/// Unpacks a body with this `Content-Encoding`, up to `limit` bytes.
pub(super) fn unpack(encoding: &str, bytes: Vec<u8>, limit: usize) -> Unpacked {
    let mut out = Unpacked {
        bytes,
        ..Unpacked::default()
    };
    for coding in codings(encoding).into_iter().rev() {
        // Some servers name a coding that they didn't apply.
        if coding == Coding::Gzip && !is_gzip(&out.bytes) {
            out.is_mislabelled |= !out.bytes.is_empty();
            continue;
        }
        out.peel(coding, limit);
    }
    if is_gzip(&out.bytes) {
        out.is_mislabelled = true;
        out.peel(Coding::Gzip, limit);
    }
    out
}

/// The codings in the order in which they were applied; unknown ones are none.
fn codings(encoding: &str) -> Vec<Coding> {
    let names = encoding
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase());
    let known = names.filter_map(|name| match name.as_str() {
        "gzip" | "x-gzip" => Some(Coding::Gzip),
        "deflate" | "x-deflate" | "zlib" => Some(Coding::Deflate),
        "br" => Some(Coding::Brotli),
        "zstd" => Some(Coding::Zstd),
        _ => None,
    });
    known.take(MAX_CODINGS).collect()
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b, 8])
}

/// Whether the bytes begin like zlib's format (RFC 1950, section 2.2).
fn is_zlib(bytes: &[u8]) -> bool {
    match *bytes {
        [method, flags, ..] => {
            method & 0x0f == 8 && u16::from_be_bytes([method, flags]).is_multiple_of(31)
        }
        _ => false,
    }
}

impl Unpacked {
    fn peel(&mut self, coding: Coding, limit: usize) {
        let packed = std::mem::take(&mut self.bytes);
        let packed = packed.as_slice();
        let ends_well = match coding {
            Coding::Gzip => self.read(MultiGzDecoder::new(packed), limit),
            Coding::Deflate if is_zlib(packed) => self.read(ZlibDecoder::new(packed), limit),
            Coding::Deflate => self.read(DeflateDecoder::new(packed), limit),
            Coding::Brotli => self.read(brotli::Decompressor::new(packed, 64 * 1_024), limit),
            Coding::Zstd => match zstd::stream::read::Decoder::new(packed) {
                Ok(mut decoder) => {
                    let _ = decoder.window_log_max(ZSTD_WINDOW);
                    self.read(decoder, limit)
                }
                Err(_) => false,
            },
        };
        self.is_cut |= !ends_well;
    }

    /// Whether everything could be read; what could be is kept.
    fn read(&mut self, from: impl Read, limit: usize) -> bool {
        let mut from = from.take(limit as u64 + 1);
        // Bytes read before an error stay.
        let result = from.read_to_end(&mut self.bytes);
        if self.bytes.len() > limit {
            self.bytes.truncate(limit);
            self.is_too_large = true;
        }
        result.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = b"<rss><channel><title>T</title></channel></rss>";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = GzEncoder::new(Vec::new(), Compression::default());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut out = ZlibEncoder::new(Vec::new(), Compression::default());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn raw(bytes: &[u8]) -> Vec<u8> {
        let mut out = DeflateEncoder::new(Vec::new(), Compression::default());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn what_browsers_unpack_is_unpacked() {
        for (encoding, packed, is_mislabelled) in [
            ("gzip", gzip(TEXT), false),
            ("x-gzip", gzip(TEXT), false),
            ("GZIP", gzip(TEXT), false),
            ("gzip, gzip", gzip(&gzip(TEXT)), false),
            ("deflate, gzip", gzip(&zlib(TEXT)), false),
            ("deflate", zlib(TEXT), false),
            ("Deflate", raw(TEXT), false),
            ("zstd", zstd::encode_all(TEXT, 1).unwrap(), false),
            ("", gzip(TEXT), true),
            ("utf-8", gzip(TEXT), true),
            ("gzip", TEXT.to_vec(), true),
            ("", TEXT.to_vec(), false),
            ("identity", TEXT.to_vec(), false),
        ] {
            let out = unpack(encoding, packed, 1_000);
            assert_eq!(out.bytes, TEXT, "{encoding}");
            assert_eq!(
                (out.is_cut, out.is_mislabelled),
                (false, is_mislabelled),
                "{encoding}"
            );
        }
    }

    #[test]
    fn what_breaks_off_is_kept_so_far() {
        let long: Vec<u8> = (0..60_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut packed = gzip(&long);
        packed.truncate(packed.len() / 2);
        let out = unpack("gzip", packed, 1_000_000);
        assert!(out.is_cut && !out.bytes.is_empty());
        assert!(long.starts_with(&out.bytes));
        let out = unpack("gzip", gzip(&long), 1_000);
        assert_eq!((out.bytes.len(), out.is_too_large), (1_000, true));
        assert!(unpack("br", b"<rss>".to_vec(), 1_000).is_cut);
    }
}
