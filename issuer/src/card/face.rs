//! The face inside the service credential: the best WebP that fits a few hundred bytes.
//!
//! How many bytes a face takes at some quality differs from picture to picture; how they grow with the quality hardly does.
//! So one quick encoding says near which quality the budget is, and two or three thorough ones find it.

use image::DynamicImage;
use webp::{Encoder, WebPConfig, WebPEncodingError};

use crate::card::photo::PhotoError;
use crate::card::resize::resized;
use crate::card::units::{real, whole};

/// How far the face is shrunk before it is encoded, tried in this order when it would be over its budget.
const FACE_SOFTENING: [f32; 5] = [1.0, 0.7, 0.5, 0.35, 0.2];

/// `libwebp`'s methods: quick ones spend less on making the file small. The sixth takes twice the time of the fifth for a
/// tenth of a decibel.
const QUICK: i32 = 2;
const THOROUGH: i32 = 5;
/// The quality that is tried quickly, and the thorough method's bytes as a share of the quick one's.
const FIRST: f32 = 30.0;
const THOROUGH_SHARE: f32 = 0.89;
/// Qualities, and the bytes at each as a share of those at [`FIRST`]: measured over drawn faces and photographs, which stay
/// within 5 % of it.
const GROWTH: [(f32, f32); 15] = [
    (0.0, 0.43),
    (2.0, 0.49),
    (5.0, 0.57),
    (10.0, 0.665),
    (15.0, 0.745),
    (20.0, 0.825),
    (25.0, 0.915),
    (30.0, 1.0),
    (40.0, 1.13),
    (50.0, 1.24),
    (60.0, 1.35),
    (70.0, 1.5),
    (80.0, 1.83),
    (90.0, 2.6),
    (100.0, 5.0),
];
/// A face that leaves no more than this part of its budget, one in so many, is not tried to be made better.
const NEAR: usize = 32;
/// Most thorough tries to come near, and to fit at all.
const TRIES: usize = 4;
const MOST_TRIES: usize = 10;

/// The best encoding of a face in at most `budget` bytes.
pub(super) fn within(face: &DynamicImage, budget: usize) -> Result<Vec<u8>, PhotoError> {
    let mut smallest = usize::MAX;
    for softening in FACE_SOFTENING {
        let face = soften(face, softening);
        match best_within(&face, budget)? {
            Ok(webp) => return Ok(webp),
            Err(bytes) => smallest = smallest.min(bytes),
        }
    }
    Err(PhotoError::FaceOverBudget { budget, smallest })
}

/// The face with its fine detail taken away: shrunk by `scale` and enlarged again.
fn soften(face: &DynamicImage, scale: f32) -> DynamicImage {
    if scale >= 1.0 {
        return face.clone();
    }
    let shrunk = |side: u32| whole(real(side) * scale).max(1);
    let (width, height) = (face.width(), face.height());
    resized(&resized(face, shrunk(width), shrunk(height)), width, height)
}

/// The best face within the budget, or the bytes that the worst one takes.
fn best_within(face: &DynamicImage, budget: usize) -> Result<Result<Vec<u8>, usize>, PhotoError> {
    let quick = encode_face(face, FIRST, QUICK)?;
    let (mut quality, mut bytes) = (FIRST, length(&quick) * THOROUGH_SHARE);
    let (mut fits_at, mut over_at) = (0.0, 100.0);
    let mut best: Option<Vec<u8>> = None;
    // A little under the budget: what comes out a byte over it is of no use.
    let aim = length_of(budget) * 0.985;
    for tried in 0..MOST_TRIES {
        if tried >= TRIES && best.is_some() {
            break;
        }
        let guess = quality_for(aim / bytes * growth(quality));
        quality = if guess > fits_at && guess < over_at { guess } else { f32::midpoint(fits_at, over_at) };
        let webp = encode_face(face, quality, THOROUGH)?;
        bytes = length(&webp);
        if webp.len() > budget {
            over_at = quality;
            continue;
        }
        fits_at = quality;
        let near = webp.len() + budget / NEAR >= budget;
        if best.as_ref().is_none_or(|best| best.len() < webp.len()) {
            best = Some(webp);
        }
        if near {
            break;
        }
    }
    match best {
        Some(webp) => Ok(Ok(webp)),
        None => {
            let worst = encode_face(face, 0.0, THOROUGH)?;
            Ok(if worst.len() <= budget { Ok(worst) } else { Err(worst.len()) })
        }
    }
}

/// The bytes at a quality, as a share of those at [`FIRST`].
fn growth(quality: f32) -> f32 {
    between(GROWTH, quality)
}

/// The quality at which the bytes have this share.
fn quality_for(share: f32) -> f32 {
    between(GROWTH.map(|(quality, share)| (share, quality)), share)
}

/// The value at `x` on the line through points in the order of `x`; that of the first or last beyond them.
fn between(points: [(f32, f32); 15], x: f32) -> f32 {
    let mut last = points.first().copied().unwrap_or_default();
    for (right, value) in points {
        if x <= right {
            let part = if right > last.0 { (x - last.0) / (right - last.0) } else { 0.0 };
            return last.1 + (value - last.1) * part.max(0.0);
        }
        last = (right, value);
    }
    last.1
}

fn length(webp: &[u8]) -> f32 {
    length_of(webp.len())
}

fn length_of(bytes: usize) -> f32 {
    u32::try_from(bytes).map_or(f32::MAX, real)
}

fn encode_face(face: &DynamicImage, quality: f32, method: i32) -> Result<Vec<u8>, PhotoError> {
    let invalid = |()| PhotoError::EncodeFace(WebPEncodingError::VP8_ENC_ERROR_INVALID_CONFIGURATION);
    let mut config = WebPConfig::new().map_err(invalid)?;
    config.quality = quality;
    config.method = method;
    // Edges of colours are not kept sharp: at so few bytes that costs a third of the time and shows nowhere.
    config.segments = 1;
    let webp = Encoder::from_rgb(face.as_bytes(), face.width(), face.height())
        .encode_advanced(&config)
        .map_err(PhotoError::EncodeFace)?;
    Ok(webp.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::photo::{FACE_SIZE, Photo};
    use crate::card::portrait;

    #[test]
    fn the_line_of_growth_is_read_both_ways() {
        for (quality, share) in [(0.0, 0.43), (30.0, 1.0), (35.0, 1.065), (95.0, 3.8), (100.0, 5.0)] {
            assert!((growth(quality) - share).abs() < 1e-5);
            assert!((quality_for(share) - quality).abs() < 1e-3);
        }
        for (share, quality) in [(0.0, 0.0), (7.0, 100.0), (f32::MAX, 100.0)] {
            assert!((quality_for(share) - quality).abs() < 1e-6);
        }
    }

    #[test]
    fn a_face_uses_its_budget_and_stays_a_likeness() {
        for seed in 0..2 {
            let photo = Photo::decode(&portrait::drawn(seed).unwrap()).unwrap();
            for (budget, least) in [(450, 27.0), (660, 29.0)] {
                let webp = photo.face_webp(budget).unwrap();
                assert!((budget * 15 / 16..=budget).contains(&webp.len()), "{seed}: {} bytes", webp.len());
                assert_eq!(webp, photo.face_webp(budget).unwrap(), "the same face each time");
                let shown = image::load_from_memory(&webp).unwrap().into_rgb8();
                let whole = photo.small(FACE_SIZE).into_rgb8();
                let likeness = decibels(&shown, &whole);
                assert!(likeness > least, "{seed}: {likeness} dB in {budget} bytes");
            }
        }
    }

    fn decibels(one: &[u8], other: &[u8]) -> f64 {
        let squares: f64 = one.iter().zip(other).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
        let mean = squares / f64::from(u32::try_from(one.len()).unwrap());
        10.0 * (255.0_f64.powi(2) / mean).log10()
    }
}
