//! A QR code from its modules: which way up it stands, version, error level, mask and mode, as ISO/IEC 18004 has
//! them.

use serde::Serialize;

/// Modules along a side, for the versions 1 to 40.
pub(super) fn sides() -> impl Iterator<Item = usize> {
    (1..=40).map(|version| 17 + 4 * version)
}

/// A square of modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) side: usize,
    dark: Vec<bool>,
}

impl Grid {
    pub(super) fn new(side: usize, dark: impl Fn(usize, usize) -> bool) -> Self {
        let places = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        Self { side, dark: places.map(|(x, y)| dark(x, y)).collect() }
    }

    /// Whether the module is dark, counted from the upper left.
    pub(super) fn dark(&self, x: usize, y: usize) -> bool {
        x < self.side && self.dark.get(y * self.side + x).copied().unwrap_or(false)
    }

    /// A quarter turn to the right.
    fn turned(&self) -> Self {
        Self::new(self.side, |x, y| self.dark(y, self.side - 1 - x))
    }

    fn transposed(&self) -> Self {
        Self::new(self.side, |x, y| self.dark(y, x))
    }

    /// Whether a corner pattern begins here: a ring of 7, white within, 3 x 3 dark in the middle.
    fn has_finder(&self, left: usize, top: usize) -> bool {
        let mut places = (0..7).flat_map(|y| (0..7).map(move |x| (x, y)));
        places.all(|(x, y): (usize, usize)| {
            let ring = x.abs_diff(3).max(y.abs_diff(3));
            self.dark(left + x, top + y) == (ring != 2)
        })
    }

    /// Whether it stands as it is read: corner patterns everywhere but at the lower right.
    fn stands(&self) -> bool {
        let far = self.side.saturating_sub(7);
        self.side >= 21
            && self.has_finder(0, 0)
            && self.has_finder(far, 0)
            && self.has_finder(0, far)
            && !self.has_finder(far, far)
    }
}

/// How text is written in a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Digits alone.
    Numeric,
    /// Upper-case letters, digits and nine signs: what cards use.
    Alphanumeric,
    /// Bytes.
    Byte,
    /// Japanese characters.
    Kanji,
    /// Anything else: extended channels, parts of several codes.
    Other,
}

/// The error level of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ErrorLevel {
    /// About 7 % may be lost.
    L,
    /// About 15 %.
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

/// What a code's fixed parts say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) version: usize,
    /// None where both places that tell level and mask are damaged, or the version is told wrongly.
    pub(super) format: Option<Format>,
    /// Quarter turns to the right that set it upright.
    pub(super) turns: usize,
    pub(super) mirrored: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) level: ErrorLevel,
    pub(super) mask: usize,
    pub(super) mode: Mode,
}

impl Symbol {
    /// Nothing where the modules are no QR code.
    pub(super) fn read(grid: &Grid) -> Option<Self> {
        let version = grid.side.checked_sub(17)? / 4;
        let mut upright = grid.clone();
        let mut turns = 0;
        while !upright.stands() {
            upright = upright.turned();
            turns += 1;
            if turns == 4 {
                return None;
            }
        }
        // Read the wrong way round, a format may look like another one that is a little damaged.
        let straight = Format::read(&upright, version);
        let reflected = Format::read(&upright.transposed(), version);
        let mirrored = reflected.is_some_and(|(_, damage)| straight.is_none_or(|(_, least)| damage < least));
        let read = if mirrored { reflected } else { straight };
        Some(Self { version, format: read.map(|(format, _)| format), turns, mirrored })
    }
}

impl Format {
    /// With the number of damaged bits.
    fn read(grid: &Grid, version: usize) -> Option<(Self, u32)> {
        if version >= 7 && !tells_version(grid, version) {
            return None;
        }
        let (level, mask, damage) = level_and_mask(grid)?;
        Some((Self { level, mask, mode: mode(grid, mask) }, damage))
    }
}

/// Bits that a code may have wrong in its format or version and still be understood.
const DAMAGED: u32 = 3;

/// The 15 bits of the format, written twice, lowest first.
fn level_and_mask(grid: &Grid) -> Option<(ErrorLevel, usize, u32)> {
    let far = grid.side.checked_sub(15)?;
    let first = (0..15).map(|bit| match bit {
        0..=5 => (8, bit),
        6 | 7 => (8, bit + 1),
        8 => (7, 8),
        _ => (14 - bit, 8),
    });
    let second = (0..15).map(|bit| if bit < 8 { (grid.side - 1 - bit, 8) } else { (8, far + bit) });
    let told = [bits(grid, first), bits(grid, second)];
    let candidates =
        (0..32_u32).flat_map(|data| told.map(|bits| (data, (bits ^ format_bits(data)).count_ones())));
    let (data, damage) =
        candidates.filter(|(_, damaged)| *damaged <= DAMAGED).min_by_key(|(_, damaged)| *damaged)?;
    let level = match data >> 3 {
        0 => ErrorLevel::M,
        1 => ErrorLevel::L,
        2 => ErrorLevel::H,
        _ => ErrorLevel::Q,
    };
    Some((level, usize::try_from(data & 7).ok()?, damage))
}

fn format_bits(data: u32) -> u32 {
    let rest = (0..10).fold(data, |rest, _| (rest << 1) ^ ((rest >> 9) * 0x537));
    (data << 10 | rest) ^ 0x5412
}

/// The 18 bits of the version, written twice, lowest first.
fn tells_version(grid: &Grid, version: usize) -> bool {
    let Some(far) = grid.side.checked_sub(11) else { return false };
    let place = move |bit: usize| (far + bit % 3, bit / 3);
    let told = [bits(grid, (0..18).map(place)), bits(grid, (0..18).map(place).map(|(x, y)| (y, x)))];
    let data = u32::try_from(version).unwrap_or(0);
    let rest = (0..12).fold(data, |rest, _| (rest << 1) ^ ((rest >> 11) * 0x1F25));
    told.iter().any(|bits| (bits ^ (data << 12 | rest)).count_ones() <= DAMAGED)
}

fn bits(grid: &Grid, places: impl Iterator<Item = (usize, usize)>) -> u32 {
    places.enumerate().fold(0, |bits, (bit, (x, y))| bits | u32::from(grid.dark(x, y)) << bit)
}

/// The first four bits of the first codeword, at the lower right.
fn mode(grid: &Grid, mask: usize) -> Mode {
    let last = grid.side.saturating_sub(1);
    let before = last.saturating_sub(1);
    let places = [(last, last), (before, last), (last, before), (before, before)];
    let indicator =
        places.iter().fold(0, |bits, (x, y)| bits << 1 | u8::from(grid.dark(*x, *y) ^ masks(mask, *x, *y)));
    match indicator {
        0b0001 => Mode::Numeric,
        0b0010 => Mode::Alphanumeric,
        0b0100 => Mode::Byte,
        0b1000 => Mode::Kanji,
        _ => Mode::Other,
    }
}

fn masks(mask: usize, x: usize, y: usize) -> bool {
    let product = x * y;
    let rest = match mask {
        0 => (x + y) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (x + y) % 3,
        4 => (x / 3 + y / 2) % 2,
        5 => product % 2 + product % 3,
        6 => (product % 2 + product % 3) % 2,
        _ => ((x + y) % 2 + product % 3) % 2,
    };
    rest == 0
}

#[cfg(test)]
mod tests {
    use qrcode::bits::Bits;
    use qrcode::{Color, EcLevel, QrCode, Version};

    use super::*;

    fn grid(code: &QrCode) -> Grid {
        let (side, colours) = (code.width(), code.to_colors());
        Grid::new(side, |x, y| colours[y * side + x] == Color::Dark)
    }

    #[test]
    fn every_version_and_level_is_told() {
        let levels = [
            (EcLevel::L, ErrorLevel::L),
            (EcLevel::M, ErrorLevel::M),
            (EcLevel::Q, ErrorLevel::Q),
            (EcLevel::H, ErrorLevel::H),
        ];
        for version in 1..=40 {
            for (written, read) in levels {
                let code = QrCode::with_version("HC1:6BF", Version::Normal(version), written).unwrap();
                let symbol = Symbol::read(&grid(&code)).unwrap();
                assert_eq!(symbol.version, usize::try_from(version).unwrap());
                let format = symbol.format.unwrap();
                assert_eq!((format.level, format.mode), (read, Mode::Alphanumeric));
                assert_eq!((symbol.turns, symbol.mirrored), (0, false));
            }
        }
    }

    #[test]
    fn every_mode_is_told() {
        let written = |push: fn(&mut Bits)| {
            let mut bits = Bits::new(Version::Normal(3));
            push(&mut bits);
            bits.push_terminator(EcLevel::M).unwrap();
            let code = QrCode::with_bits(bits, EcLevel::M).unwrap();
            Symbol::read(&grid(&code)).unwrap().format.unwrap().mode
        };
        assert_eq!(written(|bits| bits.push_numeric_data(b"0123").unwrap()), Mode::Numeric);
        assert_eq!(written(|bits| bits.push_alphanumeric_data(b"A$").unwrap()), Mode::Alphanumeric);
        assert_eq!(written(|bits| bits.push_byte_data(b"a").unwrap()), Mode::Byte);
        assert_eq!(written(|bits| bits.push_kanji_data(b"\x93\x5f").unwrap()), Mode::Kanji);
        assert_eq!(written(|bits| bits.push_eci_designator(26).unwrap()), Mode::Other);
    }

    #[test]
    fn turned_and_mirrored_codes_are_known() {
        let code = grid(&QrCode::with_version("A", Version::Normal(8), EcLevel::M).unwrap());
        let read = Symbol::read(&code).unwrap();
        let turned = code.turned();
        assert_eq!(Symbol::read(&turned), Some(Symbol { turns: 3, ..read }));
        assert_eq!(Symbol::read(&turned.turned()), Some(Symbol { turns: 2, ..read }));
        assert_eq!(Symbol::read(&code.transposed()), Some(Symbol { mirrored: true, ..read }));
    }

    #[test]
    fn damage_is_told() {
        let code = grid(&QrCode::with_version("A", Version::Normal(2), EcLevel::M).unwrap());
        // All that tells level and mask is made light.
        let blank = Grid::new(code.side, |x, y| code.dark(x, y) && !((x == 8 || y == 8) && x != 6 && y != 6));
        assert_eq!(Symbol::read(&blank).unwrap().format, None);
        let without_corner = Grid::new(code.side, |x, y| code.dark(x, y) && (x > 7 || y > 7));
        assert_eq!(Symbol::read(&without_corner), None);
        assert_eq!(Symbol::read(&Grid::new(21, |_, _| true)), None);
    }
}
