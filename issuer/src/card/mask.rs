//! The choice of a QR code's mask: the one with the lowest penalty, as ISO/IEC 18004 section 7.8.3 counts it.
//!
//! The `qrcode` crate chooses as well, and takes 6 ms for a service code, more than the rest of the card together.

use qrcode::Color;
use qrcode::canvas::{Canvas, MaskPattern};

use crate::card::units::count;

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

/// Dark, light, three dark, light, dark, with four light on one side: looks like a finder pattern.
const LIKE_FINDER: [u32; 2] = [0b101_1101_0000, 0b000_0101_1101];
const WINDOW: u32 = 0b111_1111_1111;

/// The modules of a code of `side` modules under its best mask, row by row, true where dark.
pub(super) fn best(canvas: &Canvas, side: u32) -> Vec<bool> {
    let masked = MASKS.into_iter().map(|mask| {
        let mut canvas = canvas.clone();
        canvas.apply_mask(mask);
        canvas.into_colors().into_iter().map(|colour| colour == Color::Dark).collect::<Vec<_>>()
    });
    masked.min_by_key(|modules| penalty(modules, side)).unwrap_or_default()
}

fn penalty(modules: &[bool], side: u32) -> u32 {
    let side = usize::try_from(side).unwrap_or(usize::MAX).max(1);
    let rows = modules.chunks(side).map(|row| line_penalty(row.iter().copied()));
    let columns = (0..side).map(|column| line_penalty(modules.iter().skip(column).step_by(side).copied()));
    rows.sum::<u32>() + columns.sum::<u32>() + blocks(modules, side) + balance(modules)
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
fn balance(modules: &[bool]) -> u32 {
    let dark = count(modules.iter().filter(|dark| **dark).count());
    let percent = dark * 100 / count(modules.len()).max(1);
    percent.abs_diff(50) / 5 * 10
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(balance(&[true; 10]), 100);
        assert_eq!(balance(&[true, false]), 0);
    }
}
