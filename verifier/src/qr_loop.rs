//! A bundle as a loop of QR codes: a page in one file, for any screen and any browser, that needs no network.

use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;
use shared::keys::hex;

use crate::parts::{PartError, split};
use crate::words::Words;

const PAGE: &str = include_str!("qr_loop.html");

/// What the page shows, as its script reads it.
#[derive(Serialize)]
struct Loop {
    language: &'static str,
    direction: &'static str,
    words: [String; 6],
    codes: Vec<Code>,
}

/// One code: modules a row, and all modules row by row, a bit each, from the highest bit of each byte on.
#[derive(Serialize)]
struct Code {
    width: usize,
    modules: String,
}

/// The page that shows `bundle`, in a language.
///
/// # Errors
/// The bundle is too long for a series of codes.
pub fn page(bundle: &[u8], language: &'static str, words: &Words) -> Result<String, PartError> {
    let texts = split(bundle)?;
    let codes = texts.iter().map(|text| code(text).ok_or(PartError::Length { length: bundle.len() }));
    let shown = Loop {
        language,
        direction: if language == "ar" { "rtl" } else { "ltr" },
        words: ["title", "how", "part", "pause", "slower", "faster"]
            .map(|word| words.say(language, &format!("loop-{word}"))),
        codes: codes.collect::<Result<_, _>>()?,
    };
    // Of JSON only this could end a script early.
    let json = serde_json::to_string(&shown).unwrap_or_default().replace('<', "\\u003c");
    Ok(PAGE.replace("LOOP", &json))
}

fn code(text: &str) -> Option<Code> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let modules = code.to_colors();
    let byte = |eight: &[Color]| {
        let bits = eight.iter().zip((0..8).rev()).filter(|(module, _)| **module == Color::Dark);
        bits.fold(0_u8, |byte, (_, place)| byte | 1 << place)
    };
    let bytes: Vec<u8> = modules.chunks(8).map(byte).collect();
    Some(Code { width: code.width(), modules: hex(&bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands_alone() {
        let words = Words::built_in();
        let page = page(&[7; 1_300], "fr", &words).unwrap();
        assert!(page.contains("Les listes de la ville"));
        for elsewhere in ["http:", "https:", "src=", "href=", "@import", "url("] {
            assert!(!page.contains(elsewhere), "{elsewhere}");
        }
        assert_eq!(page.matches("\"width\"").count(), 3);
        assert_eq!(page.matches("</script>").count(), 2);
    }
}
