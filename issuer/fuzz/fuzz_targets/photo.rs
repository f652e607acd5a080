//! A picture that somebody uploads. What becomes a photo can be printed and kept.
//!
//! The time that a picture takes goes with its size, so most are too small for a photo here, and one in many has up to a megapixel.
#![no_main]

use std::io::Cursor;

use image::ImageReader;
use issuer::card::{Photo, PhotoError, Portrait, lighter};
use libfuzzer_sys::fuzz_target;
use shared_fuzz::{is_chosen, within_limits};

/// A photo has at least 19,200. What is smaller is decoded all the same, and refused then.
const FEW_PIXELS: u64 = 8_000;
const MOST_PIXELS: u64 = 1_000_000;
/// What the face in the credential may take.
const BUDGET: usize = 660;

fuzz_target!(|data: &[u8]| {
    if pixels(data) > if is_chosen(data, 64) { MOST_PIXELS } else { FEW_PIXELS } {
        return;
    }
    let photo = within_limits(|| Photo::decode(data));
    if !is_chosen(data, 256) {
        return;
    }
    let kept = within_limits(|| lighter(data));
    assert_eq!(photo.is_ok(), kept.is_ok());
    let Ok(photo) = photo else { return };
    let portrait = within_limits(|| photo.portrait_jpeg()).unwrap();
    assert_eq!(Portrait::from_jpeg(portrait.jpeg().to_vec()).unwrap(), portrait);
    match within_limits(|| photo.face_webp(BUDGET)) {
        Ok(face) => assert!(face.len() <= BUDGET),
        Err(error) => assert!(matches!(error, PhotoError::FaceOverBudget { .. }), "{error}"),
    }
    Photo::decode(&kept.unwrap()).unwrap();
});

/// None where it is no picture: that is refused at once.
fn pixels(data: &[u8]) -> u64 {
    let Ok(reader) = ImageReader::new(Cursor::new(data)).with_guessed_format() else { return 0 };
    reader.into_dimensions().map_or(0, |(width, height)| u64::from(width) * u64::from(height))
}
