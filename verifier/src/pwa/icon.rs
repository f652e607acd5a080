//! The app's icon, drawn here: a card with a tick.

use image::{DynamicImage, ImageError, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use std::io::Cursor;

/// The ground of the icon, and of the app while it starts.
pub(super) const GROUND: &str = "#0b5d6b";

const GROUND_PIXEL: Rgb<u8> = Rgb([0x0b, 0x5d, 0x6b]);
const CARD: Rgb<u8> = Rgb([0xff, 0xff, 0xff]);
const PORTRAIT: Rgb<u8> = Rgb([0x9c, 0xc4, 0xca]);
const TICK: Rgb<u8> = Rgb([0x00, 0x60, 0x3f]);
/// Each pixel is the mean of this many a side.
const FINENESS: u32 = 4;

/// The icon as a PNG. A maskable one has its ground to the edge and its card in the middle, as its edge may be cut.
pub(super) fn draw(side: u32, maskable: bool) -> Result<Vec<u8>, ImageError> {
    let fine = RgbaImage::from_fn(side * FINENESS, side * FINENESS, |x, y| {
        // From 0 to 1 over the icon, taken in the middle of a pixel.
        let along = |at: u32| (f64::from(at) + 0.5) / f64::from(side * FINENESS);
        let (x, y) = (along(x), along(y));
        if !maskable && !in_box((x, y), (0.0, 0.0), (1.0, 1.0), 0.2) {
            return Rgba([0, 0, 0, 0]);
        }
        let scale = if maskable { 0.8 } else { 1.0 };
        let Rgb([red, green, blue]) = colour((0.5 + (x - 0.5) / scale, 0.5 + (y - 0.5) / scale));
        Rgba([red, green, blue, u8::MAX])
    });
    let small = image::imageops::thumbnail(&fine, side, side);
    // Without a see-through corner there is nothing to say about transparency.
    let picture: DynamicImage =
        if maskable { RgbImage::from(DynamicImage::from(small).into_rgb8()).into() } else { small.into() };
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png)?;
    Ok(png.into_inner())
}

type Point = (f64, f64);

fn colour(at: Point) -> Rgb<u8> {
    const ELBOW: Point = (0.60, 0.64);
    if near(at, (0.50, 0.54), ELBOW, 0.035) || near(at, ELBOW, (0.76, 0.44), 0.035) {
        TICK
    } else if in_box(at, (0.22, 0.36), (0.42, 0.64), 0.04) {
        PORTRAIT
    } else if in_box(at, (0.14, 0.26), (0.86, 0.74), 0.07) {
        CARD
    } else {
        GROUND_PIXEL
    }
}

/// Whether a point lies in a box with round corners.
fn in_box((x, y): Point, (left, top): Point, (right, bottom): Point, round: f64) -> bool {
    let outside = |at: f64, start: f64, end: f64| (start + round - at).max(at - end + round).max(0.0);
    outside(x, left, right).hypot(outside(y, top, bottom)) <= round
}

/// Whether a point lies on a line this wide to each side.
fn near((x, y): Point, (ax, ay): Point, (bx, by): Point, width: f64) -> bool {
    let (dx, dy) = (bx - ax, by - ay);
    let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (x - ax - along * dx).hypot(y - ay - along * dy) <= width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icons_have_their_size_and_a_card_in_the_middle() {
        for (side, maskable) in [(192, false), (512, true)] {
            let icon = image::load_from_memory(&draw(side, maskable).unwrap()).unwrap().into_rgba8();
            assert_eq!((icon.width(), icon.height()), (side, side));
            assert_eq!(icon.get_pixel(side / 2, side * 2 / 5).0, [255, 255, 255, 255]);
            assert_eq!(icon.get_pixel(0, 0).0[3], if maskable { 255 } else { 0 });
        }
    }
}
