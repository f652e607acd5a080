//! The face inside the service credential: the best WebP that fits a few hundred bytes.

use image::DynamicImage;
use image::imageops::FilterType;
use webp::{Encoder, WebPConfig, WebPEncodingError};

use crate::card::photo::PhotoError;
use crate::card::units::{real, whole};

/// How far the face is shrunk before it is encoded, tried in this order when it would be over its budget.
const FACE_SOFTENING: [f32; 5] = [1.0, 0.7, 0.5, 0.35, 0.2];

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
    let small = face.resize_exact(shrunk(width), shrunk(height), FilterType::Triangle);
    small.resize_exact(width, height, FilterType::CatmullRom)
}

/// The best face within the budget, or the bytes that the worst one takes.
fn best_within(face: &DynamicImage, budget: usize) -> Result<Result<Vec<u8>, usize>, PhotoError> {
    let lowest = encode_face(face, 0)?;
    if lowest.len() > budget {
        return Ok(Err(lowest.len()));
    }
    let mut best = lowest;
    // Size grows with quality but for small dips, so the search may miss the very best by a step or two.
    let (mut fits, mut over) = (0_u8, 101_u8);
    while over - fits > 1 {
        let middle = fits + (over - fits) / 2;
        let webp = encode_face(face, middle)?;
        if webp.len() <= budget {
            fits = middle;
            best = webp;
        } else {
            over = middle;
        }
    }
    Ok(Ok(best))
}

fn encode_face(face: &DynamicImage, quality: u8) -> Result<Vec<u8>, PhotoError> {
    let invalid = |()| PhotoError::EncodeFace(WebPEncodingError::VP8_ENC_ERROR_INVALID_CONFIGURATION);
    let mut config = WebPConfig::new().map_err(invalid)?;
    config.quality = f32::from(quality);
    config.method = 6;
    config.segments = 1;
    config.pass = 6;
    config.use_sharp_yuv = 1;
    let webp = Encoder::from_rgb(face.as_bytes(), face.width(), face.height())
        .encode_advanced(&config)
        .map_err(PhotoError::EncodeFace)?;
    Ok(webp.to_vec())
}
