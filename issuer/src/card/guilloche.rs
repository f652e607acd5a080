//! Bands of interwoven waves, another set for every card number: pretty, and tedious to draw by hand.

use std::f32::consts::FRAC_PI_2;

use pdf_writer::Content;
use sha2::{Digest, Sha256};

use crate::card::units::{hundredths, real, whole};

/// Waves in a band.
const WAVES: usize = 5;
/// Fewest half waves of a wave across a band as long as a card is wide, and how many more there may be.
const HALF_WAVES: (u8, u8) = (13, 22);
pub(super) const LINE_WIDTH: f32 = 0.22;

/// A band: waves along the x axis, and the matrix that puts them in their place on the page.
pub(super) struct Band {
    pub(super) matrix: [f32; 6],
    pub(super) waves: Vec<Wave>,
}

/// One wave: a point, and cubic curves from there on, each by its two control points and its end.
pub(super) struct Wave {
    pub(super) start: [f32; 2],
    pub(super) curves: Vec<[[f32; 2]; 3]>,
}

/// Draws a band over `[left, lower, width, height]` in points. `index` tells the bands of a card apart.
pub(super) fn draw(content: &mut Content, number: &str, index: u8, area: [f32; 4]) {
    let Band { matrix, waves } = band(number, index, area);
    content.set_line_width(LINE_WIDTH).save_state().transform(matrix);
    for Wave { start: [x, y], curves } in waves {
        content.move_to(x, y);
        for [[a, b], [c, d], [e, f]] in curves {
            content.cubic_to(a, b, c, d, e, f);
        }
    }
    content.stroke().restore_state();
}

/// The band of a card number over `[left, lower, width, height]` in points.
pub(super) fn band(number: &str, index: u8, [left, lower, width, height]: [f32; 4]) -> Band {
    let hash = Sha256::new_with_prefix(b"guilloche").chain_update(number).chain_update([index]).finalize();
    let upright = height > width;
    let (length, reach) = if upright { (height, width) } else { (width, height) };
    // An upright band is turned by a quarter.
    let matrix = if upright {
        [0.0, 1.0, -1.0, 0.0, left + reach / 2.0, lower]
    } else {
        [1.0, 0.0, 0.0, 1.0, left, lower + reach / 2.0]
    };
    let waves = hash.chunks(3).take(WAVES).filter_map(|wave| {
        let [count, shift, swing] = wave else { return None };
        let halves = f32::from(HALF_WAVES.0 + count % HALF_WAVES.1);
        // A cubic from one zero to the next, as steep as a sine there, reaches 3/4 of its control points' height.
        let half = length / halves;
        let top = reach / 2.0 * (0.55 + 0.4 * f32::from(*swing) / 255.0);
        Some(one(length, half, top, f32::from(*shift) / 255.0 * half))
    });
    Band { matrix: matrix.map(hundredths), waves: waves.collect() }
}

/// One wave over the length, its first zero `shift` before the start; parts of a half wave are left out.
fn one(length: f32, half: f32, top: f32, shift: f32) -> Wave {
    let count = whole((length + shift) / half);
    let x = |halves: f32| hundredths(halves * half - shift);
    let handle = 4.0 / 3.0 / (2.0 * FRAC_PI_2);
    let first = u32::from(shift > 0.0);
    let curves = (first..count).map(|index| {
        let side = if index % 2 == 0 { 1.0 } else { -1.0 };
        let y = hundredths(side * top * 4.0 / 3.0);
        let start = real(index);
        [[x(start + handle), y], [x(start + 1.0 - handle), y], [x(start + 1.0), 0.0]]
    });
    Wave { start: [x(real(first)), 0.0], curves: curves.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(number: &str, index: u8) -> String {
        let mut content = Content::new();
        draw(&mut content, number, index, [0.0, 10.0, 240.0, 6.0]);
        String::from_utf8(content.finish().to_vec()).unwrap()
    }

    #[test]
    fn each_number_has_its_own_and_always_the_same() {
        assert_eq!(drawn("7QK2-M4XD-9", 0), drawn("7QK2-M4XD-9", 0));
        assert_ne!(drawn("7QK2-M4XD-9", 0), drawn("7QK2-M4XE-7", 0));
        assert_ne!(drawn("7QK2-M4XD-9", 0), drawn("7QK2-M4XD-9", 1));
    }

    #[test]
    fn waves_stay_in_their_band() {
        for line in drawn("7QK2-M4XD-9", 0).lines().filter(|line| line.ends_with(" c")) {
            let numbers: Vec<f32> = line.split(' ').filter_map(|part| part.parse().ok()).collect();
            let [_, y, _, _, x, zero] = numbers[..] else { panic!("{line}") };
            assert!((0.0..=240.01).contains(&x), "{line}");
            assert!(zero.abs() < 1e-6 && y.abs() * 0.75 <= 3.0, "{line}");
        }
    }
}
