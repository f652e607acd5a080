//! The choice of a QR code's mask: the one with the lowest penalty, as ISO/IEC 18004 section 7.8.3 counts it.
//!
//! The `qrcode` crate chooses as well, and takes 6 ms for a service code, more than the rest of the card together.
//! Here a row of modules is one number, bit x the module in column x, judged in a few operations.

use std::sync::OnceLock;

use qrcode::canvas::{Canvas, MaskPattern, Module};
use qrcode::{EcLevel, Version};

use crate::card::units::count;

/// The largest version whose rows fit a number, 125 modules; a card is too low for more than version 25.
pub(super) const LARGEST_VERSION: i16 = 27;

const MASKS: [MaskPattern; 8] = [
    MaskPattern::Checkerboard,
    MaskPattern::HorizontalLines,
    MaskPattern::VerticalLines,
    MaskPattern::DiagonalLines,
    MaskPattern::LargeCheckerboard,
    MaskPattern::Fields,
    MaskPattern::Diamonds,
    MaskPattern::Meadow,
];

/// By version, then for the levels L and M: made once, when a code of that kind is first drawn.
static TEMPLATES: [[OnceLock<Template>; 2]; 28] = [const { [const { OnceLock::new() }; 2] }; 28];

/// What all codes of a version and level share.
pub(super) struct Template {
    side: usize,
    /// For each module, row by row, which bit of the codewords it shows; the fixed ones show none.
    places: Vec<u16>,
    /// The code of nothing but zeros under each mask.
    masked: Vec<Vec<u128>>,
}

impl Template {
    /// The template of a version up to [`LARGEST_VERSION`] at level L or M.
    pub(super) fn of(version: i16, level: EcLevel) -> Option<&'static Self> {
        let [low, medium] = TEMPLATES.get(usize::try_from(version).ok()?)?;
        let cell = if level == EcLevel::L { low } else { medium };
        Some(cell.get_or_init(|| Self::new(Version::Normal(version), level)))
    }

    fn new(version: Version, level: EcLevel) -> Self {
        let mut blank = Canvas::new(version, level);
        blank.draw_all_functional_patterns();
        let masked = MASKS.map(|mask| {
            let mut canvas = blank.clone();
            canvas.apply_mask(mask);
            (0..version.width()).map(|y| row(&canvas, version.width(), y)).collect()
        });
        let side = usize::try_from(version.width()).unwrap_or_default();
        Self { side, places: places(&blank, version.width()), masked: masked.to_vec() }
    }

    /// The rows of the code of these codewords under its best mask.
    pub(super) fn best(&self, codewords: impl Iterator<Item = u8>) -> Vec<u128> {
        let data = self.placed(codewords);
        let candidates = self
            .masked
            .iter()
            .map(|mask| mask.iter().zip(&data).map(|(mask, data)| mask ^ data).collect::<Vec<_>>());
        candidates.min_by_key(|rows| penalty(rows)).unwrap_or_default()
    }

    fn placed(&self, codewords: impl Iterator<Item = u8>) -> Vec<u128> {
        let bits: Vec<bool> =
            codewords.flat_map(|word| (0..8).rev().map(move |place| word >> place & 1 == 1)).collect();
        let bit = |place: &u16| bits.get(usize::from(*place)).copied().unwrap_or(false);
        let rows = self.places.chunks(self.side.max(1));
        rows.map(|row| row.iter().rev().fold(0, |row, place| row << 1 | u128::from(bit(place)))).collect()
    }
}

fn row(canvas: &Canvas, side: i16, y: i16) -> u128 {
    (0..side).rev().fold(0, |row, x| row << 1 | u128::from(canvas.get(x, y).is_dark()))
}

/// The bits go up and down in pairs of columns from the right, past the vertical timing pattern.
fn places(blank: &Canvas, side: i16) -> Vec<u16> {
    const TIMING: i16 = 6;
    let right = (0..side).rev().filter(|x| *x != TIMING).step_by(2);
    let order = right.zip([true, false].into_iter().cycle()).flat_map(|(right, up)| {
        let left = if right == TIMING + 1 { TIMING - 1 } else { right - 1 };
        (0..side).map(move |y| if up { side - 1 - y } else { y }).flat_map(move |y| [(right, y), (left, y)])
    });
    let free = order.filter(|(x, y)| blank.get(*x, *y) == Module::Empty);
    let index = |x: i16, y: i16| usize::try_from(i32::from(y) * i32::from(side) + i32::from(x)).ok();
    let mut places = vec![u16::MAX; index(0, side).unwrap_or_default()];
    for ((x, y), bit) in free.zip(0..) {
        if let Some(place) = index(x, y).and_then(|index| places.get_mut(index)) {
            *place = bit;
        }
    }
    places
}

fn penalty(rows: &[u128]) -> u32 {
    runs_and_blocks(rows) + 40 * finders(rows) + balance(rows)
}

/// A bit for each of the first `width` columns.
fn columns(width: usize) -> u128 {
    1_u128.checked_shl(count(width)).map_or(u128::MAX, |past| past - 1)
}

/// Runs of five or more in rows and columns, and squares of two by two, all in one colour.
fn runs_and_blocks(rows: &[u128]) -> u32 {
    let all = columns(rows.len());
    // A run of n has n - 4 places where five alike begin, and counts n - 2.
    let runs = |fives: u128, before: u128| fives.count_ones() + 2 * (fives & !before).count_ones();
    let mut penalty = 0;
    let mut fives_above = 0;
    // Which modules are like the one below, in the four rows up to this pair of rows.
    let mut below = [0; 4];
    let next = rows.iter().skip(1).map(Some).chain([None]);
    for (row, next) in rows.iter().zip(next) {
        let like = !(row ^ row >> 1) & all >> 1;
        let pairs = like & like >> 1;
        let fives = pairs & pairs >> 2;
        penalty += runs(fives, fives << 1);
        let Some(next) = next else { break };
        below = [!(row ^ next) & all, below[0], below[1], below[2]];
        let fives = below.iter().fold(all, |fives, like| fives & like);
        penalty += runs(fives, fives_above);
        fives_above = fives;
        penalty += 3 * (like & below[0] & below[0] >> 1).count_ones();
    }
    penalty
}

/// Dark, light, three dark, light, dark, with four light on one side: looks like a finder pattern.
/// Light stands around the code.
fn finders(rows: &[u128]) -> u32 {
    let mut found = 0;
    let mut padded = vec![0; rows.len() + 14];
    for (to, from) in padded.iter_mut().skip(4).zip(rows) {
        *to = *from;
    }
    for window in padded.windows(15) {
        let [above @ .., row, one, two, three, four, five, six, _, _, _, _] = window else { break };
        let below = window.iter().skip(11);
        let core = row & !(row >> 1) & row >> 2 & row >> 3 & row >> 4 & !(row >> 5) & row >> 6;
        let before = row << 1 | row << 2 | row << 3 | row << 4;
        let after = row >> 7 | row >> 8 | row >> 9 | row >> 10;
        found += (core & !before).count_ones() + (core & !after).count_ones();
        let core = row & !one & two & three & four & !five & six;
        let [before, after] =
            [above.iter().fold(0, |any, row| any | row), below.fold(0, |any, row| any | row)];
        found += (core & !before).count_ones() + (core & !after).count_ones();
    }
    found
}

/// How far the share of dark modules is from a half, ten for each twentieth.
fn balance(rows: &[u128]) -> u32 {
    let dark = rows.iter().map(|row| row.count_ones()).sum::<u32>();
    let percent = dark * 100 / count(rows.len() * rows.len()).max(1);
    percent.abs_diff(50) / 5 * 10
}

#[cfg(test)]
mod tests {
    use qrcode::Color;
    use qrcode::bits::Bits;
    use qrcode::ec::construct_codewords;

    use super::*;

    const LIKE_FINDER: [u32; 2] = [0b101_1101_0000, 0b000_0101_1101];
    const WINDOW: u32 = 0b111_1111_1111;

    /// The penalty module by module, to compare with.
    fn slow_penalty(modules: &[bool], side: u32) -> u32 {
        let side = usize::try_from(side).unwrap_or(usize::MAX).max(1);
        let rows = modules.chunks(side).map(|row| line_penalty(row.iter().copied()));
        let columns =
            (0..side).map(|column| line_penalty(modules.iter().skip(column).step_by(side).copied()));
        rows.sum::<u32>() + columns.sum::<u32>() + blocks(modules, side) + slow_balance(modules)
    }

    /// Runs of five or more, and what looks like a finder pattern, along a row or column.
    fn line_penalty(line: impl Iterator<Item = bool>) -> u32 {
        let (mut penalty, mut run, mut last) = (0, 0, None);
        let mut window = 0;
        // Light stands around the code: it ends what looks like a finder, but lengthens no run.
        let around = [(false, false); 4];
        for (dark, inside) in line.map(|dark| (dark, true)).chain(around) {
            if !inside {
                run = 0;
            } else if last == Some(dark) {
                run += 1;
            } else {
                run = 1;
                last = Some(dark);
            }
            penalty += match run {
                5 => 3,
                6.. => 1,
                _ => 0,
            };
            window = (window << 1 | u32::from(dark)) & WINDOW;
            if LIKE_FINDER.contains(&window) {
                penalty += 40;
            }
        }
        penalty
    }

    /// Squares of two by two in one colour.
    fn blocks(modules: &[bool], side: usize) -> u32 {
        let rows = modules.chunks(side).zip(modules.chunks(side).skip(1));
        let squares = rows.map(|(upper, lower)| {
            let pairs = upper.windows(2).zip(lower.windows(2));
            count(pairs.filter(|(above, below)| above == below && above.first() == above.last()).count())
        });
        3 * squares.sum::<u32>()
    }

    /// How far the share of dark modules is from a half, ten for each twentieth.
    fn slow_balance(modules: &[bool]) -> u32 {
        let dark = count(modules.iter().filter(|dark| **dark).count());
        let percent = dark * 100 / count(modules.len()).max(1);
        percent.abs_diff(50) / 5 * 10
    }

    fn slow(canvas: &Canvas, mask: MaskPattern) -> Vec<bool> {
        let mut canvas = canvas.clone();
        canvas.apply_mask(mask);
        canvas.into_colors().into_iter().map(|colour| colour == Color::Dark).collect()
    }

    fn packed(modules: &[bool], side: usize) -> Vec<u128> {
        let rows = modules.chunks(side);
        rows.map(|row| row.iter().rev().fold(0, |row, dark| row << 1 | u128::from(*dark))).collect()
    }

    #[test]
    fn every_mask_gives_the_code_and_penalty_of_the_slow_way() {
        let kinds =
            [1, 2, 6, 7, 11, 14, 22, 27].map(|version| [(version, EcLevel::L), (version, EcLevel::M)]);
        for (version, level) in kinds.into_iter().flatten() {
            for text in ["", "0", "AAAAAAAAAAAAAAA", "CITY:2KX%5/ 9+A.B-C"] {
                let normal = Version::Normal(version);
                let mut bits = Bits::new(normal);
                bits.push_alphanumeric_data(text.as_bytes()).unwrap();
                bits.push_terminator(level).unwrap();
                let (data, correction) = construct_codewords(&bits.into_bytes(), normal, level).unwrap();
                let mut canvas = Canvas::new(normal, level);
                canvas.draw_all_functional_patterns();
                canvas.draw_data(&data, &correction);
                let side = usize::try_from(normal.width()).unwrap();
                let template = Template::of(version, level).unwrap();
                let codewords = || data.iter().chain(&correction).copied();
                let placed = template.placed(codewords());
                for (mask, masked) in MASKS.into_iter().zip(&template.masked) {
                    let modules = slow(&canvas, mask);
                    let rows: Vec<u128> =
                        masked.iter().zip(&placed).map(|(mask, data)| mask ^ data).collect();
                    assert_eq!(rows, packed(&modules, side));
                    assert_eq!(penalty(&rows), slow_penalty(&modules, u32::try_from(side).unwrap()));
                }
                let best = MASKS.into_iter().map(|mask| slow(&canvas, mask));
                let best =
                    best.min_by_key(|modules| slow_penalty(modules, u32::try_from(side).unwrap())).unwrap();
                assert_eq!(template.best(codewords()), packed(&best, side));
            }
        }
    }

    fn line(text: &str) -> u32 {
        line_penalty(text.chars().map(|c| c == '#'))
    }

    #[test]
    fn runs_count_from_five_on() {
        assert_eq!(line("####.#.#"), 0);
        assert_eq!(line("#####.#."), 3);
        assert_eq!(line("#######.#"), 5);
    }

    #[test]
    fn what_looks_like_a_finder_counts_on_either_side() {
        assert_eq!(line("....#.###.#"), 40 + 40);
        assert_eq!(line("#.###.#....#"), 40 + 40);
        assert_eq!(line("##.###.#.#.#.#"), 0);
    }

    #[test]
    fn squares_and_balance_count() {
        assert_eq!(blocks(&[true; 9], 3), 4 * 3);
        assert_eq!(blocks(&[true, false, true, false, true, false, true, false, true], 3), 0);
        assert_eq!(slow_balance(&[true; 9]), 100);
        assert_eq!(balance(&[0b111; 3]), 100);
        assert_eq!(balance(&[0b01, 0b10]), 0);
    }
}
