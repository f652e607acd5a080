//! Pictures made smaller or larger.

use fast_image_resize::{FilterType as Convolved, ResizeAlg, ResizeOptions, Resizer};
use image::DynamicImage;
use image::imageops::FilterType;

/// The picture in another size, by a Catmull-Rom filter: a Lanczos filter takes half as long again, and here nobody sees it.
pub(super) fn resized(picture: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    let mut target = DynamicImage::new(width, height, picture.color());
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(Convolved::CatmullRom));
    match Resizer::new().resize(picture, &mut target, &options) {
        Ok(()) => target,
        // The quick way takes some pixel formats only; this one takes all.
        Err(_) => picture.resize_exact(width, height, FilterType::CatmullRom),
    }
}
