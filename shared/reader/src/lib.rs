//! Reading codes from pictures: a photo, a scan or a rasterised card in, the texts of its QR codes out.
//!
//! A picture is looked at in several views, the quickest first. Every picture gets two views, so
//! that a second code in worse light than the first is not missed; the others are for pictures where nothing
//! was read yet, or where a code is seen that could not be read.

mod picture;
mod views;
#[cfg(not(feature = "zxing-cpp"))]
mod with_rxing;
#[cfg(feature = "zxing-cpp")]
mod with_zxing_cpp;

pub use picture::{MAX_FILE, MAX_PIXELS, ReadError};

use image::GrayImage;
#[cfg(not(feature = "zxing-cpp"))]
use with_rxing as reader;
#[cfg(feature = "zxing-cpp")]
use with_zxing_cpp as reader;

/// Views that every picture gets, whatever the first one gave.
const VIEWS_AT_LEAST: usize = 2;

/// The texts of all QR codes in a PNG, JPEG or WebP picture, in reading order, each text once.
///
/// A picture without a readable code gives an empty list.
///
/// # Errors
/// [`ReadError`] when the bytes are no such picture, or one larger than [`MAX_FILE`] or [`MAX_PIXELS`]; both
/// are checked before any pixel is decoded.
pub fn codes_in(picture: &[u8]) -> Result<Vec<String>, ReadError> {
    Ok(codes_of(&picture::open(picture)?))
}

/// The texts of all QR codes in gray pixels, row by row, in reading order, each text once.
///
/// Nothing where width and height are not those of the pixels.
#[must_use]
pub fn codes_in_luma(luma: Vec<u8>, width: u32, height: u32) -> Vec<String> {
    GrayImage::from_vec(width, height, luma).map(|gray| codes_of(&gray)).unwrap_or_default()
}

fn codes_of(gray: &GrayImage) -> Vec<String> {
    let mut codes: Vec<Code> = Vec::new();
    for (number, view) in views::of(gray).enumerate() {
        let looked = reader::look(&view);
        for code in looked.codes {
            if codes.iter().all(|known| known.text != code.text) {
                codes.push(code.scaled(view.scale));
            }
        }
        if number + 1 >= VIEWS_AT_LEAST && !codes.is_empty() && !looked.unread {
            break;
        }
    }
    in_reading_order(codes)
}

/// What one view of a picture gave.
#[derive(Default)]
struct Looked {
    codes: Vec<Code>,
    /// A code is there that was seen but not read.
    unread: bool,
}

/// One code and where it lies.
struct Code {
    text: String,
    top: f32,
    bottom: f32,
    left: f32,
}

impl Code {
    fn new(text: String, corners: impl IntoIterator<Item = (f32, f32)>) -> Self {
        let start = Self { text, top: f32::MAX, bottom: f32::MIN, left: f32::MAX };
        corners.into_iter().fold(start, |code, (x, y)| Self {
            top: code.top.min(y),
            bottom: code.bottom.max(y),
            left: code.left.min(x),
            ..code
        })
    }

    /// From a view's pixels to the picture's.
    fn scaled(self, scale: f32) -> Self {
        Self { top: self.top / scale, bottom: self.bottom / scale, left: self.left / scale, ..self }
    }

    fn middle(&self) -> f32 {
        f32::midpoint(self.top, self.bottom)
    }
}

/// Line by line from the top, each line from the left; a code whose middle lies above the bottom of the line's
/// first code is on its line.
fn in_reading_order(mut codes: Vec<Code>) -> Vec<String> {
    codes.sort_by(|a, b| a.top.total_cmp(&b.top));
    let mut texts = Vec::new();
    while let Some(bottom) = codes.first().map(|first| first.bottom) {
        let (mut line, below): (Vec<_>, Vec<_>) =
            codes.into_iter().enumerate().partition(|(place, code)| *place == 0 || code.middle() < bottom);
        line.sort_by(|(_, a), (_, b)| a.left.total_cmp(&b.left));
        texts.extend(line.into_iter().map(|(_, code)| code.text));
        codes = below.into_iter().map(|(_, code)| code).collect();
    }
    texts
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgba, RgbaImage};
    use qrcode::{Color, EcLevel, QrCode, Version};

    use super::*;

    #[test]
    fn both_codes_of_a_card_are_read_in_order() {
        let picture = on_a_table(&[("FRONT", 30, 40), ("BACK", 500, 60)], 4);
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            assert_eq!(read(&picture, format), ["FRONT", "BACK"], "{format:?}");
        }
    }

    #[test]
    fn several_cards_are_read_line_by_line_and_each_text_once() {
        let picture =
            on_a_table(&[("C", 20, 470), ("A", 20, 30), ("D", 520, 440), ("B", 500, 60), ("A", 880, 40)], 4);
        assert_eq!(read(&picture, ImageFormat::Png), ["A", "B", "C", "D"]);
    }

    #[test]
    fn a_faint_code_beside_a_strong_one_is_read() {
        let mut picture = on_a_table(&[("STRONG", 30, 40), ("FAINT", 500, 60)], 4);
        for (x, _, pixel) in picture.enumerate_pixels_mut() {
            if x > 450 {
                pixel.0[0] = 90 + pixel.0[0] / 16;
            }
        }
        assert_eq!(read(&picture, ImageFormat::Png), ["STRONG", "FAINT"]);
    }

    #[test]
    fn turned_pictures_are_read() {
        let picture = on_a_table(&[("ONE", 30, 40)], 4);
        for turned in [
            image::imageops::rotate90(&picture),
            image::imageops::rotate180(&picture),
            image::imageops::rotate270(&picture),
        ] {
            assert_eq!(read(&turned, ImageFormat::Png), ["ONE"]);
        }
    }

    #[test]
    fn small_modules_and_very_large_pictures_are_read() {
        assert_eq!(read(&on_a_table(&[("SMALL", 30, 40)], 2), ImageFormat::Png), ["SMALL"]);
        let scan = image::imageops::resize(
            &on_a_table(&[("SCAN", 30, 40)], 4),
            5120,
            2880,
            image::imageops::FilterType::Nearest,
        );
        assert_eq!(read(&scan, ImageFormat::Png), ["SCAN"]);
    }

    #[test]
    fn a_transparent_ground_is_paper() {
        let gray = on_a_table(&[("CLEAR", 30, 40)], 4);
        let clear = RgbaImage::from_fn(gray.width(), gray.height(), |x, y| {
            Rgba([0, 0, 0, if gray.get_pixel(x, y).0[0] == 0 { 255 } else { 0 }])
        });
        assert_eq!(codes_in(&file(&clear.into(), ImageFormat::Png)).unwrap(), ["CLEAR"]);
    }

    #[test]
    fn a_picture_without_a_code_gives_nothing() {
        for (width, height) in [(1, 1), (1, 300), (7, 3), (39, 41), (640, 480)] {
            assert!(read(&GrayImage::from_pixel(width, height, Luma([200])), ImageFormat::Png).is_empty());
            let noise = GrayImage::from_fn(width, height, |x, y| {
                Luma([u8::try_from((x * 7919 + y * 104_729 + x * y * 31) % 251).unwrap()])
            });
            assert!(read(&noise, ImageFormat::Png).is_empty());
        }
    }

    fn read(picture: &GrayImage, format: ImageFormat) -> Vec<String> {
        codes_in(&file(&picture.clone().into(), format)).unwrap()
    }

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A white 1280 x 720 picture with these codes' texts (padded by the version) at these places.
    fn on_a_table(codes: &[(&str, u32, u32)], module: u32) -> GrayImage {
        let mut picture = GrayImage::from_pixel(1280, 720, Luma([255]));
        for (text, left, top) in codes {
            let code = QrCode::with_version(text, Version::Normal(11), EcLevel::M).unwrap();
            let width = u32::try_from(code.width()).unwrap();
            for (place, color) in (0u32..).zip(code.to_colors()) {
                for dot in 0..module * module {
                    let x = left + place % width * module + dot % module;
                    let y = top + place / width * module + dot / module;
                    picture.put_pixel(x, y, Luma([if color == Color::Dark { 0 } else { 255 }]));
                }
            }
        }
        picture
    }
}
