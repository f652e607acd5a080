//! The text in the QR code: Base45 (RFC 9285) of zlib (RFC 1950) of the token.

use thiserror::Error;

pub use crate::base45::ALPHABET;
use crate::base45::Base45Error;
use crate::zlib;
pub use crate::zlib::ZlibError;

/// Longest text read: what the largest QR code holds in alphanumeric mode.
pub const MAX_TEXT: usize = 4296;
/// Largest token read, inflated, in bytes.
pub const MAX_TOKEN: usize = 65_536;

/// How the token lay in the zlib stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As its bytes, as this format writes it.
    Bytes,
    /// As the ASCII hexadecimal of its bytes (`PixelPass`).
    HexText,
}

/// A token taken out of a QR text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token's bytes.
    pub bytes: Vec<u8>,
    /// How they were packed.
    pub packing: Packing,
}

/// Why a text holds no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TextError {
    /// A character outside the Base45 alphabet: some other code.
    #[error("a character outside Base45 at {at}")]
    OtherAlphabet {
        /// Byte position.
        at: usize,
    },
    /// No text at all.
    #[error("an empty text")]
    Empty,
    /// Longer than [`MAX_TEXT`].
    #[error("a text of {length} characters")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// Base45 with a group that no two bytes give, or an impossible length.
    #[error("damaged Base45")]
    DamagedBase45,
    /// The bytes are not one zlib stream within [`MAX_TOKEN`].
    #[error(transparent)]
    Zlib(#[from] ZlibError),
    /// Hexadecimal with a digit too few.
    #[error("damaged hexadecimal")]
    DamagedHex,
}

/// Takes the token out of a QR text. Line ends around the text, as scanners
/// append them, do not count; a space is a Base45 character and does.
///
/// # Errors
/// Where and how the text departs from the format.
pub fn decode(text: &str) -> Result<Token, TextError> {
    let text = text.trim_matches(['\r', '\n', '\t']);
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.len() > MAX_TEXT {
        return Err(TextError::TooLong { length: text.len() });
    }
    let packed = match crate::base45::decode(text.as_bytes()) {
        // Digits and capitals of some other code are no damaged card.
        Err(Base45Error::Damaged) if !begins_as_zlib(text) => return Err(ZlibError::NotZlib.into()),
        decoded => decoded?,
    };
    let bytes = zlib::inflate(&packed, MAX_TOKEN)?;
    // A token begins with a CBOR tag or array, never with an ASCII digit.
    if bytes.first().is_some_and(u8::is_ascii_hexdigit) && bytes.iter().all(u8::is_ascii_hexdigit) {
        let bytes = base16ct::mixed::decode_vec(&bytes).map_err(|_| TextError::DamagedHex)?;
        return Ok(Token { bytes, packing: Packing::HexText });
    }
    Ok(Token { bytes, packing: Packing::Bytes })
}

/// Packs a token for a QR code.
#[must_use]
pub fn encode(token: &[u8]) -> String {
    ::base45::encode(zlib::deflate(token))
}

fn begins_as_zlib(text: &str) -> bool {
    let first = text.as_bytes().get(..3).and_then(|first| crate::base45::decode(first).ok());
    first.is_some_and(|header| zlib::has_header(&header))
}

impl From<Base45Error> for TextError {
    fn from(error: Base45Error) -> Self {
        match error {
            Base45Error::OtherAlphabet { at } => Self::OtherAlphabet { at },
            Base45Error::Damaged => Self::DamagedBase45,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_the_token_whatever_line_end_the_scanner_adds() {
        let text = encode(&[0xd2, 0x84, 0x00]);
        for ended in [text.clone(), format!("{text}\r\n"), format!("{text}\t"), format!("\n{text}")] {
            assert_eq!(
                decode(&ended).unwrap(),
                Token { bytes: vec![0xd2, 0x84, 0x00], packing: Packing::Bytes }
            );
        }
    }

    #[test]
    fn hexadecimal_inside_is_undone() {
        let token = decode(&encode(b"D284")).unwrap();
        assert_eq!(token, Token { bytes: vec![0xd2, 0x84], packing: Packing::HexText });
        assert_eq!(decode(&encode(b"D28")), Err(TextError::DamagedHex));
    }

    #[test]
    fn says_what_a_text_is_not() {
        assert_eq!(decode("https://city.example"), Err(TextError::OtherAlphabet { at: 0 }));
        assert_eq!(decode(" \u{e9}"), Err(TextError::OtherAlphabet { at: 1 }));
        assert_eq!(decode("\r\n"), Err(TextError::Empty));
        for other in [":::", "A", "::", "4006381333931", "HTTPS://CITY.EXAMPLE/"] {
            assert_eq!(decode(other), Err(TextError::Zlib(ZlibError::NotZlib)), "{other}");
        }
        assert_eq!(decode("NCF:::"), Err(TextError::DamagedBase45));
        assert_eq!(decode("NCFA"), Err(TextError::DamagedBase45));
        assert_eq!(decode("BB8"), Err(TextError::Zlib(ZlibError::NotZlib)));
        assert_eq!(decode(&"A".repeat(4297)), Err(TextError::TooLong { length: 4297 }));
    }
}
