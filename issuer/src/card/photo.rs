//! From what a camera hands over to the portrait on the card and the face in the credential.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use thiserror::Error;
use webp::WebPEncodingError;

use crate::card::face;
use crate::card::resize::resized;
use crate::card::units::level;

/// The largest file taken.
pub const MAX_BYTES: usize = 15_000_000;
/// The largest picture taken, in pixels.
pub const MAX_PIXELS: u64 = 25_000_000;
/// The smallest 3:4 picture that still prints as a likeness.
pub const MIN_SIZE: (u32, u32) = (120, 160);
/// Bytes that the face may take in the service credential.
pub const FACE_BUDGET: usize = 660;
/// Pixels of the face in the service credential.
pub const FACE_SIZE: (u32, u32) = (60, 80);
/// Pixels of the printed portrait: 22.5 x 30 mm at a little over 300 dpi.
pub const PORTRAIT_SIZE: (u32, u32) = (270, 360);

/// Pixels kept of a photo: enough for print, too few to hold more of a scene than a face.
const KEPT_SIZE: (u32, u32) = (600, 800);
/// Bytes aimed at for the printed portrait, and the JPEG qualities tried in this order to get there.
const PORTRAIT_BUDGET: usize = 8_000;
const PORTRAIT_QUALITIES: [u8; 6] = [85, 78, 70, 62, 55, 48];

/// The marker that ends a JPEG.
const JPEG_END: [u8; 2] = [0xff, 0xd9];

/// Why a photo was not taken.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PhotoError {
    /// The file is larger than [`MAX_BYTES`].
    #[error("the file has {bytes} bytes, more than {MAX_BYTES}")]
    TooManyBytes {
        /// Size of the file.
        bytes: usize,
    },
    /// The end of the file is missing.
    #[error("the end of the picture is missing; copy the file again")]
    CutShort,
    /// The file is not a JPEG, PNG or WebP picture.
    #[error("not a JPEG, PNG or WebP picture")]
    UnknownFormat,
    /// The picture has more than [`MAX_PIXELS`] pixels.
    #[error("the picture has {width} x {height} pixels, more than {MAX_PIXELS} in all")]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// What is left after cropping is smaller than [`MIN_SIZE`].
    #[error("the picture has {width} x {height} pixels once cropped to 3:4, fewer than 120 x 160")]
    TooFewPixels {
        /// Pixels across, after cropping.
        width: u32,
        /// Pixels down, after cropping.
        height: u32,
    },
    /// The picture is damaged, cut off or asks for more memory than a photo needs.
    #[error("the picture cannot be decoded")]
    Damaged(#[source] image::ImageError),
    /// The portrait could not be encoded.
    #[error("the portrait cannot be encoded")]
    Encode(#[source] jpeg_encoder::EncodingError),
    /// The face encoder failed; the number is libwebp's own.
    #[error("the face cannot be encoded: {0:?}")]
    EncodeFace(WebPEncodingError),
    /// Even the softest face takes more than its budget.
    #[error("the face takes {smallest} bytes at best, more than {budget}")]
    FaceOverBudget {
        /// Bytes allowed.
        budget: usize,
        /// Bytes of the smallest face found.
        smallest: usize,
    },
    /// A stored portrait is not the colour JPEG that [`Photo::portrait_jpeg`] makes.
    #[error("the portrait is not a colour JPEG")]
    NotAPortrait,
}

/// A likeness: upright, 3:4, without any metadata.
#[derive(Clone, Debug)]
pub struct Photo {
    /// Always 8-bit colour without alpha.
    pixels: DynamicImage,
}

impl Photo {
    /// Reads a JPEG, PNG or WebP picture, turns it upright, drops its metadata and crops it to 3:4 about the
    /// centre.
    ///
    /// # Errors
    ///
    /// Refuses files and pictures over the caps before decoding them, other formats and damaged pictures.
    pub fn decode(bytes: &[u8]) -> Result<Self, PhotoError> {
        if bytes.len() > MAX_BYTES {
            return Err(PhotoError::TooManyBytes { bytes: bytes.len() });
        }
        let Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) =
            image::guess_format(bytes)
        else {
            return Err(PhotoError::UnknownFormat);
        };
        // The decoder fills the missing end of a JPEG with grey.
        if format == ImageFormat::Jpeg && !bytes.windows(2).rev().any(|pair| pair == JPEG_END) {
            return Err(PhotoError::CutShort);
        }
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits());
        let mut decoder = reader.into_decoder().map_err(PhotoError::Damaged)?;
        let (width, height) = decoder.dimensions();
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(PhotoError::TooManyPixels { width, height });
        }
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let mut picture = DynamicImage::from_decoder(decoder).map_err(PhotoError::Damaged)?;
        picture.apply_orientation(orientation);
        Self::crop(on_white(picture))
    }

    /// The portrait for print at 300 dpi.
    ///
    /// # Errors
    ///
    /// Fails only if the JPEG encoder does.
    pub fn portrait_jpeg(&self) -> Result<Portrait, PhotoError> {
        let (width, height) = PORTRAIT_SIZE;
        let pixels = resized(&self.pixels, width, height);
        let mut jpeg = Vec::new();
        for quality in PORTRAIT_QUALITIES {
            jpeg = encode(&pixels, quality)?;
            if jpeg.len() <= PORTRAIT_BUDGET {
                break;
            }
        }
        Ok(Portrait { jpeg, width, height })
    }

    /// The face for the service credential: 60 x 80 WebP of the best quality that takes at most `budget`
    /// bytes (usually [`FACE_BUDGET`]).
    ///
    /// # Errors
    ///
    /// Fails if even a much softened face takes more.
    pub fn face_webp(&self, budget: usize) -> Result<Vec<u8>, PhotoError> {
        let (width, height) = FACE_SIZE;
        face::within(&resized(&self.pixels, width, height), budget)
    }

    fn crop(picture: DynamicImage) -> Result<Self, PhotoError> {
        let (width, height) = (picture.width(), picture.height());
        let (kept_width, kept_height) = if u64::from(width) * 4 > u64::from(height) * 3 {
            (height / 4 * 3 + height % 4 * 3 / 4, height)
        } else {
            (width, width / 3 * 4 + width % 3 * 4 / 3)
        };
        if kept_width < MIN_SIZE.0 || kept_height < MIN_SIZE.1 {
            return Err(PhotoError::TooFewPixels { width: kept_width, height: kept_height });
        }
        let (left, top) = ((width - kept_width) / 2, (height - kept_height) / 2);
        let mut pixels = if (kept_width, kept_height) == (width, height) {
            picture
        } else {
            picture.crop_imm(left, top, kept_width, kept_height)
        };
        if kept_width > KEPT_SIZE.0 {
            pixels = resized(&pixels, KEPT_SIZE.0, KEPT_SIZE.1);
        }
        Ok(Self { pixels })
    }
}

/// A portrait ready for print: a colour JPEG without metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portrait {
    jpeg: Vec<u8>,
    width: u32,
    height: u32,
}

impl Portrait {
    /// Takes back a portrait that was stored as JPEG bytes.
    ///
    /// # Errors
    ///
    /// Refuses anything but an 8-bit colour JPEG of at most [`MAX_PIXELS`] pixels.
    pub fn from_jpeg(jpeg: Vec<u8>) -> Result<Self, PhotoError> {
        let decoder = JpegDecoder::new(Cursor::new(&jpeg)).map_err(PhotoError::Damaged)?;
        let (width, height) = decoder.dimensions();
        let large = u64::from(width) * u64::from(height) > MAX_PIXELS;
        if decoder.original_color_type() != ExtendedColorType::Rgb8
            || decoder.color_type() != image::ColorType::Rgb8
            || large
            || width == 0
            || height == 0
        {
            return Err(PhotoError::NotAPortrait);
        }
        drop(decoder);
        Ok(Self { jpeg, width, height })
    }

    /// The JPEG file.
    #[must_use]
    pub fn jpeg(&self) -> &[u8] {
        &self.jpeg
    }

    /// Pixels across and down.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }
}

/// A colour JPEG with half the colour resolution, which the eye does not miss, and tables made for the picture.
pub(super) fn encode(pixels: &DynamicImage, quality: u8) -> Result<Vec<u8>, PhotoError> {
    let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_optimized_huffman_tables(true);
    let (width, height) = (side(pixels.width()), side(pixels.height()));
    encoder.encode(pixels.as_bytes(), width, height, ColorType::Rgb).map_err(PhotoError::Encode)?;
    Ok(jpeg)
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(25_000);
    limits.max_image_height = Some(25_000);
    // 25 megapixels of 16-bit colour with alpha, and as much again for the decoder's own buffers.
    limits.max_alloc = Some(MAX_PIXELS * 16);
    limits
}

/// The picture without transparency: what shows through is white, as the card is.
fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8().into();
    }
    let picture = picture.into_rgba8();
    let opaque = RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let over = |channel: u8| {
            let share = f32::from(alpha) / 255.0;
            level(f32::from(channel) * share + 255.0 * (1.0 - share))
        };
        image::Rgb([over(red), over(green), over(blue)])
    });
    opaque.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::portrait;

    fn png(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb(pixel(x, y)));
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    fn pixel(photo: &Photo, x: u32, y: u32) -> [u8; 3] {
        photo.pixels.as_rgb8().unwrap().get_pixel(x, y).0
    }

    /// A PNG header alone that claims to be huge: refused by its header, before any pixel is read.
    fn bomb() -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(6000_u32.to_be_bytes());
        bytes.extend(6000_u32.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0]);
        let crc = bytes[12..].iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(
                crc ^ u32::from(*byte),
                |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
            )
        });
        bytes.extend((!crc).to_be_bytes());
        bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xaeB`\x82");
        bytes
    }

    #[test]
    fn a_bomb_is_refused_by_its_header() {
        assert!(matches!(
            Photo::decode(&bomb()),
            Err(PhotoError::TooManyPixels { width: 6000, height: 6000 })
        ));
    }

    #[test]
    fn other_files_are_refused() {
        assert!(matches!(Photo::decode(b"GIF89a\x01\0\x01\0"), Err(PhotoError::UnknownFormat)));
        assert!(matches!(Photo::decode(b""), Err(PhotoError::UnknownFormat)));
        assert!(matches!(
            Photo::decode(&vec![0; MAX_BYTES + 1]),
            Err(PhotoError::TooManyBytes { bytes: 15_000_001 })
        ));
        let whole = portrait::drawn(1).unwrap();
        for length in [200, whole.len() / 2, whole.len() - 2] {
            assert!(matches!(Photo::decode(&whole[..length]), Err(PhotoError::CutShort)), "{length}");
        }
        let whole = png(200, 300, |x, y| [u8::try_from(x ^ y & 0xff).unwrap_or(0); 3]);
        assert!(matches!(Photo::decode(&whole[..whole.len() / 2]), Err(PhotoError::Damaged(_))));
        assert!(matches!(
            Photo::decode(&png(100, 400, |_, _| [0; 3])),
            Err(PhotoError::TooFewPixels { width: 100, height: 133 })
        ));
    }

    #[test]
    fn a_picture_is_cropped_about_its_centre() {
        let wide = png(800, 400, |x, _| if (250..550).contains(&x) { [10, 200, 10] } else { [200, 0, 0] });
        let photo = Photo::decode(&wide).unwrap();
        assert_eq!((photo.pixels.width(), photo.pixels.height()), (300, 400));
        assert_eq!(pixel(&photo, 0, 0), [10, 200, 10]);
        assert_eq!(pixel(&photo, 299, 399), [10, 200, 10]);
    }

    #[test]
    fn exif_orientation_is_applied_and_dropped() {
        let upright = png(400, 300, |x, _| if x < 200 { [250, 0, 0] } else { [0, 0, 250] });
        let picture = image::load_from_memory(&upright).unwrap();
        let mut jpeg = Vec::new();
        picture.write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
        // An Exif block that holds nothing but orientation 6: turn right by 90 degrees.
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut tagged = jpeg[..2].to_vec();
        tagged.extend([0xFF, 0xE1]);
        tagged.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        tagged.extend(exif);
        tagged.extend(&jpeg[2..]);
        let photo = Photo::decode(&tagged).unwrap();
        assert_eq!((photo.pixels.width(), photo.pixels.height()), (300, 400));
        assert!(pixel(&photo, 150, 20)[0] > 200, "the left half is now on top");
        assert!(pixel(&photo, 150, 380)[2] > 200);
        let printed = photo.portrait_jpeg().unwrap();
        assert!(!printed.jpeg().windows(4).any(|bytes| bytes == b"Exif"));
    }

    #[test]
    fn transparency_shows_the_white_of_the_card() {
        let clear = image::RgbaImage::from_pixel(300, 400, image::Rgba([0, 0, 0, 0]));
        let mut bytes = Vec::new();
        clear.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        assert_eq!(pixel(&Photo::decode(&bytes).unwrap(), 9, 9), [255; 3]);
    }

    #[test]
    fn the_face_never_exceeds_its_budget() {
        let mut state = 7_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        let pixels = RgbImage::from_fn(300, 400, |_, _| image::Rgb([noise(), noise(), noise()]));
        for photo in [Photo { pixels: pixels.into() }, Photo::decode(&portrait::drawn(3).unwrap()).unwrap()] {
            for budget in [2000, FACE_BUDGET, 400, 250] {
                let face = photo.face_webp(budget).unwrap();
                assert!(face.len() <= budget, "{} > {budget}", face.len());
                let decoded = image::load_from_memory_with_format(&face, ImageFormat::WebP).unwrap();
                assert_eq!((decoded.width(), decoded.height()), FACE_SIZE);
            }
        }
    }

    #[test]
    fn an_impossible_budget_is_an_error_with_numbers() {
        let photo = Photo::decode(&portrait::drawn(3).unwrap()).unwrap();
        let Err(PhotoError::FaceOverBudget { budget: 40, smallest }) = photo.face_webp(40) else {
            panic!("40 bytes cannot hold a face");
        };
        assert!(smallest > 40 && smallest < FACE_BUDGET);
    }

    #[test]
    fn a_stored_portrait_comes_back() {
        let printed = Photo::decode(&portrait::drawn(3).unwrap()).unwrap().portrait_jpeg().unwrap();
        assert_eq!(printed.size(), PORTRAIT_SIZE);
        assert_eq!(Portrait::from_jpeg(printed.jpeg().to_vec()).unwrap(), printed);
        assert!(matches!(Portrait::from_jpeg(b"no".to_vec()), Err(PhotoError::Damaged(_))));
        let grey = image::GrayImage::new(270, 360);
        let mut jpeg = Vec::new();
        grey.write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
        assert!(matches!(Portrait::from_jpeg(jpeg), Err(PhotoError::NotAPortrait)));
    }
}
