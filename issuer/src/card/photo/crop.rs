//! Which part of a picture becomes the portrait.

use crate::card::photo::{FaceBox, MIN_SIZE, Part, PhotoError};

/// Height of the face box in the portrait: 11/20, 55 %.
const FACE_SHARE: (u64, u64) = (11, 20);
/// Part of the remaining height that lies above the face box: 2/3, which is 30 % of the portrait.
const ABOVE_FACE: (u64, u64) = (2, 3);

/// A 3:4 part of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crop {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Crop {
    /// The largest part about the centre.
    pub(super) fn centred((width, height): (u32, u32)) -> Result<Self, PhotoError> {
        let (kept_width, kept_height) = largest(width, height);
        let (left, top) = ((width - kept_width) / 2, (height - kept_height) / 2);
        Self { left, top, width: kept_width, height: kept_height }.large_enough()
    }

    /// The part that shows a face as [`FaceBox`] says.
    pub(super) fn around(face: FaceBox, picture: (u32, u32)) -> Result<Self, PhotoError> {
        let reach = |start: u32, length: u32| u64::from(start) + u64::from(length);
        if face.width == 0
            || face.height == 0
            || reach(face.left, face.width) > u64::from(picture.0)
            || reach(face.top, face.height) > u64::from(picture.1)
        {
            return Err(PhotoError::FaceOutside { face, width: picture.0, height: picture.1 });
        }
        let (width, height) = size_around(face, picture);
        let middle = u64::from(face.left) * 2 + u64::from(face.width);
        let left = middle.saturating_sub(u64::from(width)) / 2;
        let above = u64::from(height.saturating_sub(face.height)) * ABOVE_FACE.0 / ABOVE_FACE.1;
        let top = u64::from(face.top).saturating_sub(above);
        Self { left: within(left, picture.0 - width), top: within(top, picture.1 - height), width, height }
            .large_enough()
    }

    /// The largest part about the middle of the chosen one, as far as the picture reaches.
    pub(super) fn within(part: Part, picture: (u32, u32)) -> Result<Self, PhotoError> {
        let (left, top) = (part.left.min(picture.0), part.top.min(picture.1));
        let inside = (part.width.min(picture.0 - left), part.height.min(picture.1 - top));
        let crop = Self::centred(inside)?;
        Ok(Self { left: left + crop.left, top: top + crop.top, ..crop })
    }

    fn large_enough(self) -> Result<Self, PhotoError> {
        if self.width < MIN_SIZE.0 || self.height < MIN_SIZE.1 {
            return Err(PhotoError::TooFewPixels { width: self.width, height: self.height });
        }
        Ok(self)
    }
}

/// High enough for the face's share and wide enough for the face, as far as the picture reaches.
fn size_around(face: FaceBox, (width, height): (u32, u32)) -> (u32, u32) {
    let wanted = u64::from(face.height) * FACE_SHARE.1 / FACE_SHARE.0;
    let wanted = wanted.max(u64::from(face.width) * 4 / 3);
    let (most_width, most_height) = largest(width, height);
    let kept = within(wanted, most_height);
    if kept == most_height { (most_width, most_height) } else { (three_quarters(kept), kept) }
}

/// The largest 3:4 that fits.
fn largest(width: u32, height: u32) -> (u32, u32) {
    if u64::from(width) * 4 > u64::from(height) * 3 {
        (three_quarters(height), height)
    } else {
        (width, width / 3 * 4 + width % 3 * 4 / 3)
    }
}

fn three_quarters(length: u32) -> u32 {
    length / 4 * 3 + length % 4 * 3 / 4
}

fn within(number: u64, most: u32) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(left: u32, top: u32, width: u32, height: u32) -> FaceBox {
        FaceBox { left, top, width, height }
    }

    #[test]
    fn the_face_has_its_share_with_the_eyes_above_the_middle() {
        let crop = Crop::around(face(900, 700, 200, 220), (2000, 3000)).unwrap();
        assert_eq!(crop, Crop { left: 850, top: 580, width: 300, height: 400 });
        // A third down the box of a face finder.
        let eyes = 700 + 220 / 3 - crop.top;
        assert!(eyes < crop.height / 2 && eyes > crop.height * 45 / 100, "{eyes}");
    }

    #[test]
    fn a_crop_over_an_edge_moves_inside() {
        let size = (300, 400);
        for (face, left, top) in [
            (face(0, 0, 200, 220), 0, 0),
            (face(800, 0, 200, 220), 700, 0),
            (face(0, 980, 200, 220), 0, 800),
            (face(800, 980, 200, 220), 700, 800),
        ] {
            let crop = Crop::around(face, (1000, 1200)).unwrap();
            assert_eq!(crop, Crop { left, top, width: size.0, height: size.1 });
        }
    }

    #[test]
    fn a_crop_larger_than_the_picture_shrinks() {
        let crop = Crop::around(face(50, 50, 300, 330), (450, 500)).unwrap();
        assert_eq!(crop, Crop { left: 12, top: 0, width: 375, height: 500 });
        let crop = Crop::around(face(0, 300, 300, 330), (300, 1000)).unwrap();
        assert_eq!(crop, Crop { left: 0, top: 254, width: 300, height: 400 });
    }

    #[test]
    fn a_wide_box_stays_inside_its_crop() {
        let crop = Crop::around(face(100, 500, 600, 60), (1000, 1200)).unwrap();
        assert_eq!((crop.left, crop.width, crop.height), (100, 600, 800));
    }

    #[test]
    fn a_face_of_few_pixels_is_refused() {
        let refused = Crop::around(face(500, 500, 40, 44), (1000, 1200));
        assert!(matches!(refused, Err(PhotoError::TooFewPixels { width: 60, height: 80 })));
    }

    #[test]
    fn a_face_outside_or_of_no_size_is_refused() {
        for wrong in [
            face(0, 0, 0, 200),
            face(0, 0, 200, 0),
            face(801, 0, 200, 200),
            face(0, 1001, 200, 200),
            face(u32::MAX, u32::MAX, u32::MAX, u32::MAX),
            face(1, 0, u32::MAX, 1),
        ] {
            let Err(PhotoError::FaceOutside { face, width: 1000, height: 1200 }) =
                Crop::around(wrong, (1000, 1200))
            else {
                panic!("{wrong:?}");
            };
            assert_eq!(face, wrong);
        }
    }

    #[test]
    fn no_numbers_lead_outside_the_picture() {
        let extremes = [0, 1, 2, 3, 119, 160, 1000, u32::MAX / 2, u32::MAX - 1, u32::MAX];
        let inside = |crop: Crop, (width, height): (u32, u32)| {
            assert!(u64::from(crop.left) + u64::from(crop.width) <= u64::from(width));
            assert!(u64::from(crop.top) + u64::from(crop.height) <= u64::from(height));
            let (wide, high) = (u64::from(crop.width) * 4, u64::from(crop.height) * 3);
            assert!(wide.abs_diff(high) < 4, "{crop:?}");
        };
        for picture in extremes.iter().flat_map(|width| extremes.map(|height| (*width, height))) {
            if let Ok(crop) = Crop::centred(picture) {
                inside(crop, picture);
            }
            for start in extremes.iter().flat_map(|left| extremes.map(|top| (*left, top))) {
                for size in extremes.iter().flat_map(|width| extremes.map(|height| (*width, height))) {
                    let face = face(start.0, start.1, size.0, size.1);
                    if let Ok(crop) = Crop::around(face, picture) {
                        inside(crop, picture);
                    }
                }
            }
        }
    }

    #[test]
    fn a_chosen_part_is_kept_as_far_as_the_picture_reaches() {
        let part = |left, top, width, height| Part { left, top, width, height };
        let crop = |part| Crop::within(part, (1000, 1600)).map(|c| (c.left, c.top, c.width, c.height));
        assert_eq!(crop(part(100, 200, 300, 400)).unwrap(), (100, 200, 300, 400));
        assert_eq!(crop(part(100, 200, 500, 400)).unwrap(), (200, 200, 300, 400));
        assert_eq!(crop(part(700, 1200, 600, 800)).unwrap(), (700, 1200, 300, 400));
        for outside in [part(1000, 0, 300, 400), part(u32::MAX, u32::MAX, u32::MAX, u32::MAX)] {
            assert!(matches!(crop(outside), Err(PhotoError::TooFewPixels { width: 0, height: 0 })));
        }
    }
}
