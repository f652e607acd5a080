//! Bands of interwoven waves, another set for every card number: pretty, and tedious to draw by hand.
//!
//! All waves of a document are one shape, stretched and shifted: drawn out they would take more than all else on
//! the card but the portrait.

use pdf_writer::{Content, Finish as _, Name, Rect, Ref};
use sha2::{Digest, Sha256};

use crate::card::body::Body;
use crate::card::ink::{compact, object_name};
use crate::card::units::hundredths;

/// Waves in a band.
const WAVES: usize = 5;
/// Fewest half waves of a wave across a band as long as a card is wide, and how many more there may be.
const HALF_WAVES: (u8, u8) = (13, 22);
/// Width of the lines in points.
pub(super) const LINE_WIDTH: f32 = 0.22;
/// The shape: its half waves, as many as the finest wave has and two that a shift may need, and their length and
/// height in points. They are those of a middling wave, so that stretching keeps the line about as wide.
const HALVES: u8 = HALF_WAVES.0 + HALF_WAVES.1 + 1;
const HALF: f32 = 10.0;
const TOP: f32 = 2.0;

/// A band of waves.
pub(super) struct Band {
    /// What shows of the waves: left, lower edge, width and height in points.
    pub(super) area: [f32; 4],
    /// The matrix that puts them in their place on the page.
    pub(super) matrix: [f32; 6],
    /// For each wave the matrix that stretches the shape to it.
    pub(super) waves: Vec<[f32; 6]>,
}

/// The shape of which all waves are made: cubic curves from the origin on, each by its two control points and its end.
pub(super) fn shape() -> impl Iterator<Item = [[f32; 2]; 3]> {
    let handle = HALF * 4.0 / 3.0 / std::f32::consts::PI;
    (0..HALVES).map(move |half| {
        // A cubic from one zero to the next, as steep as a sine there, reaches 3/4 of its control points' height.
        let y = hundredths(if half % 2 == 0 { TOP } else { -TOP } * 4.0 / 3.0);
        let (from, to) = (f32::from(half) * HALF, f32::from(half + 1) * HALF);
        [[hundredths(from + handle), y], [hundredths(to - handle), y], [to, 0.0]]
    })
}

/// The band of a card number over `[left, lower, width, height]` in points. `index` tells the bands of a card apart.
pub(super) fn band(number: &str, index: u8, area: [f32; 4]) -> Band {
    let [left, lower, width, height] = area;
    let hash = Sha256::new_with_prefix(b"guilloche").chain_update(number).chain_update([index]).finalize();
    let upright = height > width;
    let (length, reach) = if upright { (height, width) } else { (width, height) };
    // Waves run along the x axis: an upright band is turned by a quarter.
    let matrix = if upright {
        [0.0, 1.0, -1.0, 0.0, left + reach / 2.0, lower]
    } else {
        [1.0, 0.0, 0.0, 1.0, left, lower + reach / 2.0]
    };
    let waves = hash.chunks(3).take(WAVES).filter_map(|bytes| {
        let [count, shift, swing] = bytes else { return None };
        let half = length / f32::from(HALF_WAVES.0 + count % HALF_WAVES.1);
        let top = reach / 2.0 * (0.55 + 0.4 * f32::from(*swing) / 255.0);
        // Up to two half waves begin before the band.
        let left = -half * f32::from(*shift) / 128.0;
        Some([half / HALF, 0.0, 0.0, top / TOP, left, 0.0].map(hundredths))
    });
    Band { area, matrix: matrix.map(hundredths), waves: waves.collect() }
}

/// Writes the shape.
pub(super) fn write(pdf: &mut Body, id: Ref) {
    let mut content = compact();
    content.move_to(0.0, 0.0);
    for [[near_x, near_y], [far_x, far_y], [end_x, end_y]] in shape() {
        content.cubic_to(near_x, near_y, far_x, far_y, end_x, end_y);
    }
    content.stroke();
    let shape = content.finish();
    let mut form = pdf.at(id).form_xobject(id, &shape);
    form.bbox(Rect::new(0.0, -1.5 * TOP, f32::from(HALVES) * HALF, 1.5 * TOP));
    form.resources();
    form.finish();
}

/// Draws a band of waves of the shape `wave`.
pub(super) fn draw(content: &mut Content, wave: Ref, band: &Band) {
    let [left, lower, width, height] = band.area;
    content.save_state().set_line_width(LINE_WIDTH);
    content.rect(left, lower, width, height).clip_nonzero().end_path();
    content.transform(band.matrix);
    for matrix in &band.waves {
        content.save_state().transform(*matrix).x_object(Name(object_name(wave).as_bytes())).restore_state();
    }
    content.restore_state();
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: [f32; 4] = [0.0, 10.0, 240.0, 6.0];

    fn drawn(number: &str, index: u8) -> String {
        let mut content = Content::new();
        draw(&mut content, Ref::new(7), &band(number, index, AREA));
        String::from_utf8(content.finish().to_vec()).unwrap()
    }

    #[test]
    fn each_number_has_its_own_and_always_the_same() {
        assert_eq!(drawn("7QK2-M4XD-9", 0), drawn("7QK2-M4XD-9", 0));
        assert_ne!(drawn("7QK2-M4XD-9", 0), drawn("7QK2-M4XE-7", 0));
        assert_ne!(drawn("7QK2-M4XD-9", 0), drawn("7QK2-M4XD-9", 1));
    }

    #[test]
    fn waves_fill_their_band_and_stay_in_it() {
        let [_, _, length, reach] = AREA;
        for number in 0..200 {
            let drawn = drawn(&format!("{number}"), 0);
            let matrices = drawn.lines().filter_map(|line| line.strip_suffix(" cm"));
            let waves: Vec<Vec<f32>> = matrices
                .skip(1)
                .map(|line| line.split(' ').map(|part| part.parse().unwrap()).collect())
                .collect();
            assert_eq!(waves.len(), WAVES);
            for wave in waves {
                let [across, _, _, up, left, _] = wave[..] else { panic!("{wave:?}") };
                assert!(left <= 0.0 && left + across * HALF * f32::from(HALVES) >= length, "{wave:?}");
                assert!(
                    (0.55 * reach / 2.0 - 0.02..=0.95 * reach / 2.0 + 0.02).contains(&(up * TOP)),
                    "{wave:?}"
                );
            }
        }
    }
}
