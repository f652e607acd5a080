//! Bands of interwoven waves, another set for every card number: pretty, and tedious to draw by hand.

use std::f32::consts::FRAC_PI_2;

use pdf_writer::Content;
use sha2::{Digest, Sha256};

use crate::card::units::{hundredths, real, whole};

/// Waves in a band.
const WAVES: usize = 5;
/// Fewest half waves of a wave across a band as long as a card is wide, and how many more there may be.
const HALF_WAVES: (u8, u8) = (13, 22);
const LINE_WIDTH: f32 = 0.22;

/// Draws a band over `[left, lower, width, height]` in points. `index` tells the bands of a card apart.
pub(super) fn draw(content: &mut Content, number: &str, index: u8, area: [f32; 4]) {
    let [left, lower, width, height] = area;
    let hash = Sha256::new_with_prefix(b"guilloche").chain_update(number).chain_update([index]).finalize();
    content.set_line_width(LINE_WIDTH);
    let upright = height > width;
    let (length, reach) = if upright { (height, width) } else { (width, height) };
    content.save_state();
    // Waves run along the x axis: an upright band is turned by a quarter.
    let matrix = if upright {
        [0.0, 1.0, -1.0, 0.0, left + reach / 2.0, lower]
    } else {
        [1.0, 0.0, 0.0, 1.0, left, lower + reach / 2.0]
    };
    content.transform(matrix.map(hundredths));
    for wave in hash.chunks(3).take(WAVES) {
        let [count, shift, swing] = wave else { continue };
        let halves = f32::from(HALF_WAVES.0 + count % HALF_WAVES.1);
        // A cubic from one zero to the next, as steep as a sine there, reaches 3/4 of its control points' height.
        let half = length / halves;
        let top = reach / 2.0 * (0.55 + 0.4 * f32::from(*swing) / 255.0);
        one(content, length, half, top, f32::from(*shift) / 255.0 * half);
    }
    content.stroke();
    content.restore_state();
}

/// One wave over the length, its first zero `shift` before the start; parts of a half wave are left out.
fn one(content: &mut Content, length: f32, half: f32, top: f32, shift: f32) {
    let count = whole((length + shift) / half);
    let x = |halves: f32| hundredths(halves * half - shift);
    let handle = 4.0 / 3.0 / (2.0 * FRAC_PI_2);
    let first = u32::from(shift > 0.0);
    content.move_to(x(real(first)), 0.0);
    for index in first..count {
        let side = if index % 2 == 0 { 1.0 } else { -1.0 };
        let y = hundredths(side * top * 4.0 / 3.0);
        let start = real(index);
        content.cubic_to(x(start + handle), y, x(start + 1.0 - handle), y, x(start + 1.0), 0.0);
    }
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
