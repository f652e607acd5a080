//! The face inside the service credential: the best WebP that fits a few hundred bytes.

use std::ops::Range;

use image::DynamicImage;
use webp::{Encoder, WebPConfig, WebPEncodingError};

use crate::card::photo::PhotoError;
use crate::card::resize::resized;
use crate::card::units::{real, whole};

/// How far the face is shrunk before it is encoded, tried in this order when it would be over its budget.
const FACE_SOFTENING: [f32; 5] = [1.0, 0.7, 0.5, 0.35, 0.2];

/// `libwebp`'s methods: quick ones spend less on making the file small.
const QUICK: i32 = 2;
const THOROUGH: i32 = 6;
/// How far the thorough method's best quality usually is from the quick one's, in steps.
const NEAR: u8 = 12;

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
    let fits = |webp: Vec<u8>| Some(webp).filter(|webp| webp.len() <= budget);
    let guess = highest(0..101, |quality| encode_face(face, quality, QUICK).map(fits))?.map_or(0, |(q, _)| q);
    // Around the quick method's guess first, and everywhere only where that was wrong.
    for range in [guess.saturating_sub(NEAR)..(guess + NEAR).min(101), 0..101] {
        if let Some((_, best)) = highest(range, |quality| encode_face(face, quality, THOROUGH).map(fits))? {
            return Ok(Ok(best));
        }
    }
    Ok(Err(encode_face(face, 0, THOROUGH)?.len()))
}

/// The highest quality of a range that fits, by halving. Size grows with quality but for small dips, so it may miss
/// the very best by a step or two.
fn highest(
    range: Range<u8>,
    fitting: impl Fn(u8) -> Result<Option<Vec<u8>>, PhotoError>,
) -> Result<Option<(u8, Vec<u8>)>, PhotoError> {
    let (mut low, mut high) = (range.start, range.end);
    let mut best = None;
    while low < high {
        let middle = low + (high - low) / 2;
        match fitting(middle)? {
            Some(webp) => {
                best = Some((middle, webp));
                low = middle + 1;
            }
            None => high = middle,
        }
    }
    Ok(best)
}

fn encode_face(face: &DynamicImage, quality: u8, method: i32) -> Result<Vec<u8>, PhotoError> {
    let invalid = |()| PhotoError::EncodeFace(WebPEncodingError::VP8_ENC_ERROR_INVALID_CONFIGURATION);
    let mut config = WebPConfig::new().map_err(invalid)?;
    config.quality = f32::from(quality);
    config.method = method;
    config.segments = 1;
    // Colour edges kept sharp: costly, and without much effect on the size.
    config.use_sharp_yuv = i32::from(method == THOROUGH);
    let webp = Encoder::from_rgb(face.as_bytes(), face.width(), face.height())
        .encode_advanced(&config)
        .map_err(PhotoError::EncodeFace)?;
    Ok(webp.to_vec())
}
