//! The two QR codes, as vector shapes that fall on whole printer dots.

pub(super) mod tiles;

use qrcode::bits::Bits;
use qrcode::ec::construct_codewords;
use qrcode::types::QrError;
use qrcode::{EcLevel, Version};
use thiserror::Error;

use crate::card::document::{Effort, deflated};
use crate::card::mask::{LARGEST_VERSION, Template};
use crate::card::units::dots_mm;

/// The smallest module in printer dots: 5 dots at 300 dpi are 0.4233 mm.
pub const MIN_DOTS: u32 = 5;
/// White modules around a code.
pub const QUIET_ZONE: u32 = 4;

/// `OpenCV` cannot read a version 21 code of level L however clean, so that version is left out.
const SKIPPED_VERSION: i16 = 21;

/// The error level of a printed code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// About 7 % of the code may be lost.
    L,
    /// About 15 % of the code may be lost.
    M,
}

impl Level {
    fn ec(self) -> EcLevel {
        match self {
            Self::L => EcLevel::L,
            Self::M => EcLevel::M,
        }
    }
}

/// What was chosen for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// QR version, 1 to 40.
    pub version: u32,
    /// Error level.
    pub level: Level,
    /// Printer dots (1/300 inch) a module.
    pub dots: u32,
}

impl Choice {
    /// Modules a side, without the quiet zone.
    #[must_use]
    pub fn modules(&self) -> u32 {
        17 + 4 * self.version
    }

    /// Printer dots a side, with the quiet zone.
    #[must_use]
    pub fn side_dots(&self) -> u32 {
        (self.modules() + 2 * QUIET_ZONE) * self.dots
    }

    /// Millimetres a side, with the quiet zone.
    #[must_use]
    pub fn side_mm(&self) -> f32 {
        dots_mm(self.side_dots())
    }

    /// Millimetres a module.
    #[must_use]
    pub fn module_mm(&self) -> f32 {
        dots_mm(self.dots)
    }
}

/// Why a text cannot become a code on the card.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeError {
    /// The text holds a character outside the QR alphanumeric set.
    #[error("{character:?} is not in the QR alphanumeric set")]
    NotAlphanumeric {
        /// The first such character.
        character: char,
    },
    /// The text needs a code larger than its box at the smallest module that still reads.
    #[error(
        "{characters} characters, but the box of {box_dots} dots takes {room} with modules of {MIN_DOTS} dots"
    )]
    TooLong {
        /// Characters of the text.
        characters: usize,
        /// The most characters that fit.
        room: usize,
        /// Side of the box in printer dots.
        box_dots: u32,
    },
    /// The encoder refused what the capacity tables allow.
    #[error("the code cannot be encoded")]
    Encode(#[source] QrError),
}

/// A QR code ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    choice: Choice,
    /// From the top, bit x set where the module in column x is dark.
    rows: Vec<u128>,
    /// How it is [set](tiles), deflated: made here, where many codes are made at once.
    deflated: Vec<u8>,
}

impl Code {
    /// Encodes an alphanumeric text for a square box of `box_dots` printer dots: level M if its modules have at
    /// least [`MIN_DOTS`] dots there, else level L.
    ///
    /// # Errors
    ///
    /// Refuses characters outside the alphanumeric set and texts that do not fit the box.
    pub fn fit(text: &str, box_dots: u32) -> Result<Self, CodeError> {
        if let Some(character) = text.chars().find(|character| !is_alphanumeric(*character)) {
            return Err(CodeError::NotAlphanumeric { character });
        }
        let choice = [Level::M, Level::L]
            .into_iter()
            .find_map(|level| choose(text.len(), level, box_dots))
            .ok_or_else(|| CodeError::TooLong {
            characters: text.len(),
            room: room(box_dots),
            box_dots,
        })?;
        let rows = rows(text, &choice).map_err(CodeError::Encode)?;
        let deflated = deflated(&tiles::set(&rows), Effort::Little);
        Ok(Self { choice, rows, deflated })
    }

    /// The version, level and module size chosen.
    #[must_use]
    pub fn choice(&self) -> Choice {
        self.choice
    }

    /// The code as PDF operators in a zlib stream, in units of one module, with the [resources](tiles::write) that
    /// all codes of a document share. The origin is the lower left corner of the quiet zone.
    pub(super) fn deflated(&self) -> &[u8] {
        &self.deflated
    }

    /// A PNG of the code with its quiet zone, `scale` pixels a module, for screens.
    ///
    /// # Errors
    ///
    /// Fails if the picture cannot be encoded.
    pub fn png(&self, scale: u32) -> Result<Vec<u8>, image::ImageError> {
        let side = (self.choice.modules() + 2 * QUIET_ZONE) * scale;
        let mut picture = image::GrayImage::from_pixel(side, side, image::Luma([255]));
        for (x, y) in (0..side).flat_map(|y| (0..side).map(move |x| (x, y))) {
            let (column, row) = ((x / scale).checked_sub(QUIET_ZONE), (y / scale).checked_sub(QUIET_ZONE));
            if column.zip(row).is_some_and(|(x, y)| self.dark(x, y)) {
                picture.put_pixel(x, y, image::Luma([0]));
            }
        }
        let mut png = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png)?;
        Ok(png.into_inner())
    }

    /// Whether the module in this column and row, from the upper left without the quiet zone, is dark.
    pub(super) fn dark(&self, x: u32, y: u32) -> bool {
        let row = usize::try_from(y).ok().and_then(|y| self.rows.get(y));
        row.and_then(|row| row.checked_shr(x)).is_some_and(|row| row & 1 == 1)
    }
}

/// Whether a character is in the alphanumeric set of QR codes.
fn is_alphanumeric(character: char) -> bool {
    matches!(character, '0'..='9' | 'A'..='Z' | ' ' | '$' | '%' | '*' | '+' | '-' | '.' | '/' | ':')
}

fn rows(text: &str, choice: &Choice) -> Result<Vec<u128>, QrError> {
    let (number, level) = (i16::try_from(choice.version).unwrap_or(i16::MAX), choice.level.ec());
    let version = Version::Normal(number);
    let mut bits = Bits::new(version);
    bits.push_alphanumeric_data(text.as_bytes())?;
    bits.push_terminator(level)?;
    let (data, correction) = construct_codewords(&bits.into_bytes(), version, level)?;
    let template = Template::of(number, level).ok_or(QrError::InvalidVersion)?;
    Ok(template.best(data.into_iter().chain(correction)))
}

/// The most alphanumeric characters that a box takes.
#[must_use]
pub fn room(box_dots: u32) -> usize {
    versions()
        .rev()
        .find(|version| largest_module(*version, box_dots) >= MIN_DOTS)
        .map_or(0, |version| capacity(version, Level::L))
}

/// The smallest version that holds the text, if its modules are large enough in the box.
fn choose(characters: usize, level: Level, box_dots: u32) -> Option<Choice> {
    let version = versions().find(|version| capacity(*version, level) >= characters)?;
    let dots = largest_module(version, box_dots);
    let version = u32::try_from(version).ok()?;
    (dots >= MIN_DOTS).then_some(Choice { version, level, dots })
}

fn versions() -> impl DoubleEndedIterator<Item = i16> {
    (1..=LARGEST_VERSION).filter(|version| *version != SKIPPED_VERSION)
}

/// Whole printer dots that a module of this version can have in the box.
fn largest_module(version: i16, box_dots: u32) -> u32 {
    let modules = u32::try_from(Version::Normal(version).width()).unwrap_or(u32::MAX / 2);
    box_dots / (modules + 2 * QUIET_ZONE)
}

/// Alphanumeric characters that a version holds: two take 11 bits, a last single one 6.
fn capacity(version: i16, level: Level) -> usize {
    let header = 4 + match version {
        ..=9 => 9,
        10..=26 => 11,
        _ => 13,
    };
    let Ok(bits) = Bits::new(Version::Normal(version)).max_len(level.ec()) else { return 0 };
    let bits = bits.saturating_sub(header);
    bits / 11 * 2 + usize::from(bits % 11 >= 6)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::ZlibDecoder;

    use super::*;

    const ALPHANUMERIC: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

    fn text(length: usize) -> String {
        ALPHANUMERIC.chars().cycle().skip(7).take(length).collect()
    }

    /// Puts the tiles back onto a grid of modules.
    fn painted(code: &Code) -> Vec<bool> {
        let side = code.choice.modules() + 2 * QUIET_ZONE;
        let mut set = String::new();
        ZlibDecoder::new(code.deflated()).read_to_string(&mut set).unwrap();
        let (before, lines) = set.split_once("Td").unwrap();
        let top = side - QUIET_ZONE;
        let white = format!("1 g 0 0 {side} {side} re f 0 g");
        assert_eq!(before, format!("{white}/Span<</ActualText()>>BDC BT/M 1 Tf 2 TL {QUIET_ZONE} {top} "));
        let lines = lines.strip_suffix(" ET EMC").unwrap().strip_suffix(")'").unwrap();
        let mut grid = vec![false; usize::try_from(side * side).unwrap()];
        for (line, y) in lines.split(")'").zip((QUIET_ZONE..).step_by(2)) {
            for (tile, x) in line.strip_prefix('(').unwrap().bytes().zip((QUIET_ZONE..).step_by(2)) {
                assert!((b'A'..=b'P').contains(&tile), "{line}");
                for bit in (0..4).filter(|bit| (tile - b'A') >> bit & 1 == 1) {
                    grid[usize::try_from((y + bit / 2) * side + x + bit % 2).unwrap()] = true;
                }
            }
        }
        grid
    }

    #[test]
    fn capacities_are_those_of_the_standard() {
        assert_eq!(capacity(1, Level::L), 25);
        assert_eq!(capacity(1, Level::M), 20);
        assert_eq!(capacity(11, Level::M), 366);
        assert_eq!(capacity(22, Level::L), 1460);
        assert_eq!(capacity(40, Level::L), 4296);
    }

    #[test]
    fn the_tiles_paint_the_code() {
        for (characters, box_dots) in [(360, 366), (1420, 608), (20, 366)] {
            let code = Code::fit(&text(characters), box_dots).unwrap();
            let (side, inside) = (code.choice.modules() + 2 * QUIET_ZONE, code.choice.modules());
            let grid = painted(&code);
            for (x, y) in (0..side).flat_map(|x| (0..side).map(move |y| (x, y))) {
                let (column, row) = (x.wrapping_sub(QUIET_ZONE), y.wrapping_sub(QUIET_ZONE));
                let dark = column < inside && row < inside && code.dark(column, row);
                assert_eq!(grid[usize::try_from(y * side + x).unwrap()], dark, "{x} {y}");
            }
            // The finder pattern stands at the upper left.
            let corner: Vec<bool> = (0..8).map(|x| code.dark(x, 0)).collect();
            assert_eq!(corner, [true, true, true, true, true, true, true, false]);
        }
    }

    #[test]
    fn a_code_is_short() {
        for (characters, box_dots, most) in [(360, 366, 700), (1420, 608, 1700), (20, 366, 200)] {
            let code = Code::fit(&text(characters), box_dots).unwrap();
            assert!(code.deflated().len() < most, "{}", code.deflated().len());
        }
    }

    #[test]
    fn an_identity_code_is_11_m() {
        let code = Code::fit(&text(360), 366).unwrap();
        assert_eq!(code.choice(), Choice { version: 11, level: Level::M, dots: 5 });
        assert!((code.choice().side_mm() - 29.21).abs() < 0.01);
        assert!(code.choice().module_mm() >= 0.40);
    }

    #[test]
    fn a_service_code_is_22_l() {
        let code = Code::fit(&text(1420), 608).unwrap();
        assert_eq!(code.choice(), Choice { version: 22, level: Level::L, dots: 5 });
        assert!((code.choice().side_mm() - 47.84).abs() < 0.01);
    }

    #[test]
    fn version_21_is_passed_over() {
        // 1,300 characters would be 21-L in this box, which is too small for 24-M.
        assert!(capacity(20, Level::L) < 1300 && capacity(21, Level::L) >= 1300);
        let choice = Code::fit(&text(1300), 600).unwrap().choice();
        assert_eq!(choice, Choice { version: 22, level: Level::L, dots: 5 });
    }

    #[test]
    fn level_m_is_taken_where_its_modules_are_large_enough() {
        let choice = Code::fit(&text(1300), 608).unwrap().choice();
        assert_eq!(choice, Choice { version: 24, level: Level::M, dots: 5 });
    }

    #[test]
    fn a_short_text_gets_larger_modules() {
        let choice = Code::fit(&text(20), 366).unwrap().choice();
        assert_eq!(choice, Choice { version: 1, level: Level::M, dots: 12 });
        assert!(choice.side_dots() <= 366);
    }

    #[test]
    fn what_does_not_fit_is_an_error_with_numbers() {
        assert_eq!(
            Code::fit(&text(2000), 608),
            Err(CodeError::TooLong { characters: 2000, room: 1704, box_dots: 608 })
        );
        assert_eq!(room(608), 1704);
        assert_eq!(room(10), 0);
        assert_eq!(Code::fit("abc", 608), Err(CodeError::NotAlphanumeric { character: 'a' }));
    }
}
