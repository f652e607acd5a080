//! What may be wrong with a photo that could still be printed.

use image::DynamicImage;

use super::PORTRAIT_SIZE;

/// The average brightness below which a face is hard to see, of 255.
const DARK: u64 = 70;
/// The average brightness above which it is.
const BRIGHT: u64 = 215;
/// The standard deviation of brightness below which a face is hard to tell from another.
const FLAT: u64 = 26;

/// Something that an officer should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// Too little light.
    Dark,
    /// Too much light.
    Bright,
    /// Little contrast.
    Flat,
    /// Fewer pixels than are printed.
    Small,
}

pub(super) fn of(pixels: &DynamicImage) -> Vec<Doubt> {
    let grey = pixels.to_luma8();
    let count = u64::from(grey.width()) * u64::from(grey.height());
    let (mut sum, mut squares) = (0_u64, 0_u64);
    for level in grey.as_raw() {
        let level = u64::from(*level);
        sum += level;
        squares += level * level;
    }
    let mean = sum / count.max(1);
    let variance = (squares / count.max(1)).saturating_sub(mean * mean);
    let mut doubts = Vec::new();
    doubts.extend((mean < DARK).then_some(Doubt::Dark));
    doubts.extend((mean > BRIGHT).then_some(Doubt::Bright));
    doubts.extend((variance < FLAT * FLAT).then_some(Doubt::Flat));
    doubts.extend((pixels.width() < PORTRAIT_SIZE.0).then_some(Doubt::Small));
    doubts
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;

    fn picture(width: u32, low: u8, high: u8) -> DynamicImage {
        let pixel = |x: u32, _| Luma([if x.is_multiple_of(2) { low } else { high }]);
        GrayImage::from_fn(width, width / 3 * 4, pixel).into()
    }

    #[test]
    fn light_contrast_and_size_are_looked_at() {
        assert_eq!(of(&picture(600, 60, 200)), []);
        assert_eq!(of(&picture(600, 0, 90)), [Doubt::Dark]);
        assert_eq!(of(&picture(600, 190, 250)), [Doubt::Bright]);
        assert_eq!(of(&picture(600, 120, 140)), [Doubt::Flat]);
        assert_eq!(of(&picture(240, 60, 200)), [Doubt::Small]);
    }
}
