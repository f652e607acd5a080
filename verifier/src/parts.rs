//! A file as a series of QR texts, and back: a bundle goes from screen to camera where there is no network.
//!
//! `shared/FORMAT.md` section 8 is the form. Nothing here reads files, clocks or the network; whatever text a camera
//! sees may be given to [`Parts::take`].

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use shared::bundle;
use shared::keys::hex;
use shared::qr_text::MAX_TEXT;
use thiserror::Error;

/// Bytes of the file in each part. With its head such a part is a QR code of version 17 at level L, 85 modules across:
/// at 6 dots a module it fits on a laptop's screen, and where it fills 70 % of a camera's 720 lines a module is five of them.
/// Level L, since a screen has no scratches and a part that was missed comes again.
pub const PART_LEN: usize = 600;
/// Most parts of one file.
pub const MAX_PARTS: u32 = 4096;

const FORM: &str = "LCB1";
/// Hexadecimal digits of the digest that tell one file's parts from another's.
const DIGITS: usize = 8;

/// Why a text is not taken. What was taken before stays, but after [`PartError::Damaged`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PartError {
    /// Some other code.
    #[error("not a part of a bundle")]
    NotAPart,
    /// A part, but its number, count or content is impossible.
    #[error("a damaged part of a bundle")]
    IllFormed,
    /// A part of another file than those taken before.
    #[error("a part of another bundle")]
    OtherFile,
    /// All parts are there and do not give the file: they have to be scanned again.
    #[error("the parts do not give the bundle that they name")]
    Damaged,
    /// The file would need more than [`MAX_PARTS`], or is empty.
    #[error("a file of {length} bytes does not fit into {MAX_PARTS} parts")]
    Length {
        /// Its length in bytes.
        length: usize,
    },
}

/// What a part brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// More parts are needed.
    Missing {
        /// How many are here.
        here: u32,
        /// How many there are.
        of: u32,
    },
    /// The whole file, its digest checked.
    Whole(Vec<u8>),
}

/// The texts of a file's parts, in order.
///
/// # Errors
/// [`PartError::Length`].
pub fn split(file: &[u8]) -> Result<Vec<String>, PartError> {
    let length = PartError::Length { length: file.len() };
    let count = u32::try_from(file.len().div_ceil(PART_LEN)).map_err(|_| length)?;
    if !(1..=MAX_PARTS).contains(&count) {
        return Err(length);
    }
    let name = name(file);
    let text = |(number, bytes)| format!("{FORM}/{name}/{number}/{count}/{}", base45::encode(bytes));
    Ok((1_u32..).zip(file.chunks(PART_LEN)).map(text).collect())
}

/// The first digits of a file's SHA-256, in capitals: those are shorter in a QR code.
fn name(file: &[u8]) -> String {
    let mut digits = hex(&Sha256::digest(file)).to_ascii_uppercase();
    digits.truncate(DIGITS);
    digits
}

/// The parts of one file that were seen so far, in any order.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// Name and count of the file, from its first part on.
    file: Option<(String, u32)>,
    here: BTreeMap<u32, Vec<u8>>,
}

impl Parts {
    /// Takes the text of a code. A part that is here already changes nothing.
    ///
    /// # Errors
    /// Why it was not taken.
    pub fn take(&mut self, text: &str) -> Result<Progress, PartError> {
        let part = Part::parse(text)?;
        let file = (part.name.to_ascii_uppercase(), part.count);
        if *self.file.get_or_insert_with(|| file.clone()) != file {
            return Err(PartError::OtherFile);
        }
        self.here.entry(part.number).or_insert(part.bytes);
        let here = u32::try_from(self.here.len()).unwrap_or(u32::MAX);
        if here < part.count {
            return Ok(Progress::Missing { here, of: part.count });
        }
        // Which part is wrong cannot be told, so a file that is not the one named begins anew.
        let whole: Vec<u8> = std::mem::take(self).here.into_values().flatten().collect();
        if whole.len() <= bundle::MAX_LEN && name(&whole) == file.0 {
            Ok(Progress::Whole(whole))
        } else {
            Err(PartError::Damaged)
        }
    }

    /// The numbers that are still missing; empty before the first part.
    pub fn missing(&self) -> impl Iterator<Item = u32> {
        let count = self.file.as_ref().map_or(0, |(_, count)| *count);
        (1..=count).filter(|number| !self.here.contains_key(number))
    }
}

struct Part<'a> {
    name: &'a str,
    number: u32,
    count: u32,
    bytes: Vec<u8>,
}

impl<'a> Part<'a> {
    fn parse(text: &'a str) -> Result<Self, PartError> {
        let text = text.trim_matches(['\r', '\n', '\t']);
        let mut pieces = text.splitn(5, '/');
        if pieces.next() != Some(FORM) {
            return Err(PartError::NotAPart);
        }
        let (Some(name), Some(number), Some(count), Some(content)) =
            (pieces.next(), pieces.next(), pieces.next(), pieces.next())
        else {
            return Err(PartError::IllFormed);
        };
        let (number, count) = (digits(number)?, digits(count)?);
        let is_name = name.len() == DIGITS && name.bytes().all(|digit| digit.is_ascii_hexdigit());
        let is_placed = (1..=MAX_PARTS).contains(&count) && (1..=count).contains(&number);
        if !is_name || !is_placed || text.len() > MAX_TEXT {
            return Err(PartError::IllFormed);
        }
        let bytes = base45::decode(content).map_err(|_| PartError::IllFormed)?;
        if bytes.is_empty() {
            return Err(PartError::IllFormed);
        }
        Ok(Self { name, number, count, bytes })
    }
}

/// A number in its shortest form: one part has one text.
fn digits(text: &str) -> Result<u32, PartError> {
    let plain = !text.starts_with('0') && text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| plain).ok_or(PartError::IllFormed)
}

#[cfg(test)]
mod tests {
    use ::tests::city::City;

    use super::*;

    #[test]
    fn a_bundle_comes_back_in_any_order_and_after_a_break() {
        let bundle = City::port_alder().bundle();
        let texts = split(&bundle).unwrap();
        assert!(texts.len() > 3, "{} parts", texts.len());
        let mut parts = Parts::default();
        let of = u32::try_from(texts.len()).unwrap();
        for (here, text) in (1..).zip(texts.iter().rev().take(texts.len() - 1)) {
            assert_eq!(parts.take(text), Ok(Progress::Missing { here, of }));
            assert_eq!(parts.take(text), Ok(Progress::Missing { here, of }));
        }
        assert_eq!(parts.missing().collect::<Vec<_>>(), [1]);
        let lower = texts[0].replacen(&name(&bundle), &name(&bundle).to_lowercase(), 1);
        assert_eq!(parts.take(&format!("{lower}\r\n")), Ok(Progress::Whole(bundle)));
        assert_eq!(parts.missing().count(), 0);
    }

    #[test]
    fn every_text_of_a_part_is_a_code_of_85_modules() {
        let texts = split(&City::port_alder().bundle()).unwrap();
        for text in &texts[..texts.len() - 1] {
            let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::L).unwrap();
            assert_eq!(code.width(), 85, "{} characters", text.len());
        }
    }

    #[test]
    fn other_codes_and_other_files_change_nothing() {
        let texts = split(&[7; 1_500]).unwrap();
        let other = split(&[8; 1_500]).unwrap();
        let mut parts = Parts::default();
        parts.take(&texts[1]).unwrap();
        assert_eq!(parts.take(&other[0]), Err(PartError::OtherFile));
        assert_eq!(parts.take("5901234123457"), Err(PartError::NotAPart));
        let head = texts[0].rsplit_once('/').unwrap().0;
        for bad in [
            "LCB1/",
            "LCB1/12345678/1/1",
            "LCB1/12345678/0/1/00",
            "LCB1/12345678/2/1/00",
            "LCB1/12345678/01/1/00",
            "LCB1/12345678/+1/1/00",
            "LCB1/12345678/1/4097/00",
            "LCB1/12345678/1/99999999999999999999/00",
            "LCB1/1234567/1/1/00",
            "LCB1/1234567G/1/1/00",
            "LCB1/12345678/1/1/",
            &format!("{head}/:::"),
            &format!("{head}/{}", "0".repeat(MAX_TEXT)),
        ] {
            assert_eq!(parts.take(bad), Err(PartError::IllFormed), "{bad}");
        }
        assert_eq!(parts.missing().collect::<Vec<_>>(), [1, 3]);
        parts.take(&texts[2]).unwrap();
        assert_eq!(parts.take(&texts[0]), Ok(Progress::Whole(vec![7; 1_500])));
    }

    #[test]
    fn parts_that_do_not_fit_together_begin_anew() {
        let texts = split(&[7; 1_500]).unwrap();
        let mut parts = Parts::default();
        parts.take(&texts[2]).unwrap();
        parts.take(&texts[0]).unwrap();
        let head = texts[1].split_once("/2/3/").unwrap().0;
        let forged = format!("{head}/2/3/00");
        assert_eq!(parts.take(&forged), Err(PartError::Damaged));
        assert_eq!(parts.missing().count(), 0);
        for text in &texts[..2] {
            parts.take(text).unwrap();
        }
        assert_eq!(parts.take(&texts[2]), Ok(Progress::Whole(vec![7; 1_500])));
    }

    #[test]
    fn what_is_too_long_or_empty_is_no_series() {
        let longest = PART_LEN * usize::try_from(MAX_PARTS).unwrap();
        assert_eq!(split(&vec![0; longest]).unwrap().len(), 4_096);
        assert_eq!(split(&vec![0; longest + 1]), Err(PartError::Length { length: longest + 1 }));
        assert_eq!(split(&[]), Err(PartError::Length { length: 0 }));
    }
}
