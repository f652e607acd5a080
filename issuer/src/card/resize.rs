//! Pictures made smaller or larger.

use fast_image_resize::Resizer;
use image::DynamicImage;
use image::imageops::FilterType;

/// The picture in another size, by a Lanczos filter.
pub(super) fn resized(picture: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    let mut target = DynamicImage::new(width, height, picture.color());
    match Resizer::new().resize(picture, &mut target, None) {
        Ok(()) => target,
        // The quick way takes some pixel formats only; this one takes all.
        Err(_) => picture.resize_exact(width, height, FilterType::Lanczos3),
    }
}
