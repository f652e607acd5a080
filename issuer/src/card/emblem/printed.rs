//! An emblem as documents hold it, made once for all of them.

use image::DynamicImage;

use super::Emblem;
use crate::card::photo::{PhotoError, encode, on_white};
use crate::card::resize::resized;

/// Pixels on the longer side: 6.4 mm at over 400 dpi, where card printers have 300.
const MAX_SIDE: u32 = 108;
const QUALITY: u8 = 75;

/// A colour JPEG of the emblem on the white of the card.
#[derive(Clone, Debug)]
pub(in crate::card) struct Printed {
    pub(in crate::card) size: (u32, u32),
    pub(in crate::card) jpeg: Vec<u8>,
}

impl Printed {
    pub(in crate::card) fn of(emblem: &Emblem) -> Result<Self, PhotoError> {
        let (width, height) = emblem.size();
        let longer = width.max(height).max(MAX_SIDE);
        let [across, down] = [width, height].map(|side| (side * MAX_SIDE / longer).max(1));
        let picture = on_white(DynamicImage::from(emblem.pixels.clone()));
        let picture = resized(&picture, across, down);
        Ok(Self { size: (across, down), jpeg: encode(&picture, QUALITY)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::emblem::BUILT_IN;

    #[test]
    fn it_is_small_and_stands_on_white() {
        let printed = Printed::of(&Emblem::read(BUILT_IN).unwrap()).unwrap();
        assert_eq!(printed.size, (108, 108));
        assert!(printed.jpeg.len() < 5_000, "{} bytes", printed.jpeg.len());
        let seen = image::load_from_memory(&printed.jpeg).unwrap().into_rgb8();
        assert!(seen.get_pixel(0, 0).0.iter().all(|channel| *channel > 250));
    }
}
