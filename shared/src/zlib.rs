//! zlib (RFC 1950) with a cap on what comes out and nothing allowed behind.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use thiserror::Error;

/// Why bytes are not one zlib stream within the cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ZlibError {
    /// The first two bytes are not a zlib header.
    #[error("not a zlib stream")]
    NotZlib,
    /// It would inflate to more than the cap.
    #[error("inflates to more than {limit} bytes")]
    TooLarge {
        /// The cap in bytes.
        limit: usize,
    },
    /// The stream ends early, or its content or checksum is wrong.
    #[error("damaged zlib stream")]
    Damaged,
    /// Bytes stand behind the stream.
    #[error("{extra} bytes stand behind the zlib stream")]
    TrailingBytes {
        /// How many.
        extra: usize,
    },
}

/// Inflates one zlib stream that fills `input`.
pub(crate) fn inflate(input: &[u8], limit: usize) -> Result<Vec<u8>, ZlibError> {
    if !has_header(input) {
        return Err(ZlibError::NotZlib);
    }
    let mut state = DecompressorOxide::default();
    let mut output = vec![0; input.len().saturating_mul(2).clamp(64, limit.max(64))];
    let (mut consumed, mut written) = (0, 0);
    loop {
        let rest = input.get(consumed..).unwrap_or_default();
        let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, taken, made) = decompress(&mut state, rest, &mut output, written, flags);
        consumed += taken;
        written += made;
        match status {
            TINFLStatus::Done => break,
            TINFLStatus::HasMoreOutput if output.len() >= limit => return Err(ZlibError::TooLarge { limit }),
            TINFLStatus::HasMoreOutput => output.resize(output.len().saturating_mul(2).min(limit), 0),
            _ => return Err(ZlibError::Damaged),
        }
    }
    if written > limit {
        return Err(ZlibError::TooLarge { limit });
    }
    match input.len() - consumed {
        0 => {
            output.truncate(written);
            Ok(output)
        }
        extra => Err(ZlibError::TrailingBytes { extra }),
    }
}

/// Deflates at the best level, or stores where that comes out shorter.
pub(crate) fn deflate(input: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(input, 9)
}

/// Compression method 8, a window that exists, the header's own check, no
/// preset dictionary (RFC 1950 section 2.2).
pub(crate) fn has_header(input: &[u8]) -> bool {
    match input {
        [cmf, flg, ..] => {
            cmf & 0x0f == 8
                && cmf >> 4 <= 7
                && (u16::from(*cmf) * 256 + u16::from(*flg)) % 31 == 0
                && flg & 0x20 == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_deflated() {
        for length in [0, 1, 63, 64, 65, 1000, 100_000] {
            let bytes: Vec<u8> = (0..length).map(|n: u32| (n % 251).try_into().unwrap()).collect();
            assert_eq!(inflate(&deflate(&bytes), 100_000).unwrap(), bytes);
        }
    }

    #[test]
    fn a_bomb_stops_at_the_cap() {
        let bomb = deflate(&vec![0; 50_000_000]);
        assert_eq!(inflate(&bomb, 65_536), Err(ZlibError::TooLarge { limit: 65_536 }));
        assert_eq!(inflate(&deflate(&[0; 65]), 64), Err(ZlibError::TooLarge { limit: 64 }));
        assert_eq!(inflate(&deflate(&[0; 40]), 32), Err(ZlibError::TooLarge { limit: 32 }));
    }

    #[test]
    fn refuses_damage_and_company() {
        let mut stream = deflate(b"a card");
        assert_eq!(inflate(&stream[..stream.len() - 1], 64), Err(ZlibError::Damaged));
        stream.push(0);
        assert_eq!(inflate(&stream, 64), Err(ZlibError::TrailingBytes { extra: 1 }));
        assert_eq!(inflate(b"hello", 64), Err(ZlibError::NotZlib));
        assert_eq!(inflate(&[], 64), Err(ZlibError::NotZlib));
    }

    #[test]
    fn a_header_is_one_of_zlib_alone() {
        assert!(has_header(&[0x78, 0x9c]));
        // Another method, a window that there is not, a wrong check, a preset dictionary.
        for header in [[0x07, 0x06], [0x88, 0x1c], [0x78, 0x9d], [0x78, 0xbb]] {
            assert!(!has_header(&header), "{header:02x?}");
        }
    }
}
