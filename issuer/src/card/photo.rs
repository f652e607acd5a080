//! From what a camera hands over to the portrait on the card and the face in the credential.

mod container;
mod crop;
mod doubts;

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use webp::WebPEncodingError;

pub(super) use self::container::Container;
use self::crop::Crop;
pub use self::doubts::Doubt;
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
/// Pixels of the longer side of a picture that waits for its card, and its JPEG quality.
const LIGHT_SIDE: u32 = 1600;
const LIGHT_QUALITY: u8 = 85;
/// JPEG quality of what is kept.
const KEPT_QUALITY: u8 = 88;
/// Bytes aimed at for the printed portrait, and the JPEG quality that it has when it takes more.
const PORTRAIT_BUDGET: usize = 6_500;
const LEAST_QUALITY: u8 = 48;
/// Better qualities, the best first, and how many thousandths of the bytes at the least one they take at least: what
/// cannot fit is not tried.
const BETTER_QUALITIES: [(u8, usize); 5] = [(85, 1_600), (78, 1_375), (70, 1_210), (62, 1_105), (55, 1_040)];

/// Why a photo was not taken.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PhotoError {
    /// The file is larger than [`MAX_BYTES`].
    #[error("the file has {bytes} bytes, more than {MAX_BYTES}; save the picture smaller")]
    TooManyBytes {
        /// Size of the file.
        bytes: usize,
    },
    /// The end of the file is missing.
    #[error("the end of the picture is missing; copy the file again")]
    CutShort,
    /// The file is not a JPEG, PNG or WebP picture.
    #[error("not a JPEG, PNG or WebP picture; save it as JPEG")]
    UnknownFormat,
    /// The file holds a moving picture.
    #[error("the file is an animation; save one picture of it")]
    Animation,
    /// The file is a JPEG in the colours of a printing press, whose look depends on the press.
    #[error("the picture is in CMYK, the colours of a printing press; save it as RGB")]
    Cmyk,
    /// A JPEG with a scan for each colour, which would be read in wrong colours.
    #[error("the picture keeps each colour apart, which cannot be read; open it and save it as a JPEG again")]
    Apart,
    /// The picture has more than [`MAX_PIXELS`] pixels.
    #[error("the picture has {width} x {height} pixels, more than {MAX_PIXELS} in all; save it smaller")]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// What is left after cropping is smaller than [`MIN_SIZE`].
    #[error(
        "only {width} x {height} pixels are left once the picture is cropped to 3:4, fewer than {} x {}; \
         take a larger picture, nearer to the face",
        MIN_SIZE.0, MIN_SIZE.1
    )]
    TooFewPixels {
        /// Pixels across, after cropping.
        width: u32,
        /// Pixels down, after cropping.
        height: u32,
    },
    /// The face box has no size or is not inside the picture.
    #[error(
        "the face ({} x {} pixels at {}, {}) is not inside the picture of {width} x {height}; mark it again",
        face.width, face.height, face.left, face.top
    )]
    FaceOutside {
        /// The box given.
        face: FaceBox,
        /// Pixels of the upright picture across.
        width: u32,
        /// Pixels of the upright picture down.
        height: u32,
    },
    /// The picture is damaged or asks for more memory than a photo needs.
    #[error("the picture is damaged; open it, save it again as JPEG and take that")]
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
    /// Refuses files and pictures over the caps before decoding them, other formats, animations, CMYK and
    /// damaged pictures.
    pub fn decode(bytes: &[u8]) -> Result<Self, PhotoError> {
        let picture = upright(bytes)?;
        let crop = Crop::centred((picture.width(), picture.height()))?;
        Ok(Self::cut(picture, crop))
    }

    /// Like [`Photo::decode`], cropped around a face as [`FaceBox`] says.
    ///
    /// # Errors
    ///
    /// As [`Photo::decode`]; refuses a face outside the picture and one of too few pixels to print.
    pub fn decode_around(bytes: &[u8], face: FaceBox) -> Result<Self, PhotoError> {
        let picture = upright(bytes)?;
        let crop = Crop::around(face, (picture.width(), picture.height()))?;
        Ok(Self::cut(picture, crop))
    }

    /// The photo as it is kept until the card is made: enough for print, without any metadata.
    ///
    /// # Errors
    ///
    /// Fails only if the JPEG encoder does.
    pub fn kept_jpeg(&self) -> Result<Vec<u8>, PhotoError> {
        encode(&self.pixels, KEPT_QUALITY)
    }

    /// What an officer should look at before the card is made. No photo is refused for it.
    #[must_use]
    pub fn doubts(&self) -> Vec<Doubt> {
        doubts::of(&self.pixels)
    }

    /// Like [`Photo::decode`], cropped to this part: to the largest 3:4 within it that the picture has.
    ///
    /// # Errors
    ///
    /// As [`Photo::decode`]; refuses a part of too few pixels to print.
    pub fn decode_part(bytes: &[u8], part: Part) -> Result<Self, PhotoError> {
        let picture = upright(bytes)?;
        let crop = Crop::within(part, (picture.width(), picture.height()))?;
        Ok(Self::cut(picture, crop))
    }

    /// The portrait for print at 300 dpi.
    ///
    /// # Errors
    ///
    /// Fails only if the JPEG encoder does.
    pub fn portrait_jpeg(&self) -> Result<Portrait, PhotoError> {
        portrait(&self.small(PORTRAIT_SIZE))
    }

    /// The face for the service credential: 60 x 80 WebP of the best quality that takes at most `budget`
    /// bytes (usually [`FACE_BUDGET`]).
    ///
    /// # Errors
    ///
    /// Fails if even a much softened face takes more.
    pub fn face_webp(&self, budget: usize) -> Result<Vec<u8>, PhotoError> {
        face_of(&self.small(PORTRAIT_SIZE), budget)
    }

    /// Both pictures of a card: [`Photo::portrait_jpeg`] and [`Photo::face_webp`], in less time than one by one.
    ///
    /// # Errors
    ///
    /// As both of them.
    pub fn portrait_and_face(&self, budget: usize) -> Result<(Portrait, Vec<u8>), PhotoError> {
        let printed = self.small(PORTRAIT_SIZE);
        Ok((portrait(&printed)?, face_of(&printed, budget)?))
    }

    pub(super) fn small(&self, (width, height): (u32, u32)) -> DynamicImage {
        resized(&self.pixels, width, height)
    }

    fn cut(picture: DynamicImage, crop: Crop) -> Self {
        let whole = (crop.width, crop.height) == (picture.width(), picture.height());
        let picture =
            if whole { picture } else { picture.crop_imm(crop.left, crop.top, crop.width, crop.height) };
        let mut pixels = on_white(picture);
        if crop.width > KEPT_SIZE.0 {
            pixels = resized(&pixels, KEPT_SIZE.0, KEPT_SIZE.1);
        }
        Self { pixels }
    }
}

/// Where the face is, in pixels of the upright picture (after its EXIF orientation): from brow to chin, as
/// face finders mark it.
///
/// The portrait shows the box 55 % high, 30 % of the portrait above it and 15 % below, so that the eyes come
/// a little above the middle. ICAO 9303 asks that the head, chin to crown, takes 70 to 80 %: the box of a face
/// finder is about three quarters of the head, which makes 73 %. A box drawn tightly under the brow makes
/// about 90 %, and the crown reaches the edge; with a larger share more of it would be cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaceBox {
    /// Pixels left of the face.
    pub left: u32,
    /// Pixels above the face.
    pub top: u32,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// A part of a picture, in pixels of the upright picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Pixels left of it.
    pub left: u32,
    /// Pixels above it.
    pub top: u32,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Part {
    /// The four numbers, for comparing.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        [self.left, self.top, self.width, self.height].map(u32::to_be_bytes).concat()
    }
}

/// A picture as it is kept until a card is made of it: upright, a JPEG without metadata, with no more pixels than a
/// portrait can be cut of.
///
/// # Errors
///
/// As [`Photo::decode`].
pub fn lighter(bytes: &[u8]) -> Result<Vec<u8>, PhotoError> {
    let picture = upright(bytes)?;
    let (width, height) = (picture.width(), picture.height());
    Crop::centred((width, height))?;
    let mut pixels = on_white(picture);
    let longest = width.max(height);
    if longest > LIGHT_SIDE {
        let side = |pixels: u32| {
            let scaled = u64::from(pixels) * u64::from(LIGHT_SIDE) / u64::from(longest);
            u32::try_from(scaled).unwrap_or(LIGHT_SIDE).max(1)
        };
        pixels = resized(&pixels, side(width), side(height));
    }
    encode(&pixels, LIGHT_QUALITY)
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

/// The best portrait within its bytes, or else the least.
fn portrait(printed: &DynamicImage) -> Result<Portrait, PhotoError> {
    let mut jpeg = encode(printed, LEAST_QUALITY)?;
    let least = jpeg.len();
    let may_fit = |growth: usize| least * growth / 1_000 <= PORTRAIT_BUDGET;
    for (quality, _) in BETTER_QUALITIES.into_iter().filter(|(_, growth)| may_fit(*growth)) {
        let better = encode(printed, quality)?;
        if better.len() <= PORTRAIT_BUDGET {
            jpeg = better;
            break;
        }
    }
    Ok(Portrait { jpeg, width: printed.width(), height: printed.height() })
}

/// The face, shrunk from what is printed: that is as good as from the whole photo, and a quarter of the work.
fn face_of(printed: &DynamicImage, budget: usize) -> Result<Vec<u8>, PhotoError> {
    let (width, height) = FACE_SIZE;
    face::within(&resized(printed, width, height), budget)
}

/// A colour JPEG with half the colour resolution, which the eye does not miss. Huffman tables
/// made for the picture would save a tenth, but jpeg-encoder then writes a scan for each colour, which the decoder of
/// the image crate reads wrongly.
pub(super) fn encode(pixels: &DynamicImage, quality: u8) -> Result<Vec<u8>, PhotoError> {
    let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    let (width, height) = (side(pixels.width()), side(pixels.height()));
    encoder.encode(pixels.as_bytes(), width, height, ColorType::Rgb).map_err(PhotoError::Encode)?;
    Ok(jpeg)
}

/// The picture as it was taken, without its metadata.
fn upright(bytes: &[u8]) -> Result<DynamicImage, PhotoError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format(bytes)?);
    let mut limits = Limits::no_limits();
    // 25 megapixels of 16-bit colour with alpha, and as much again for the decoder's own buffers.
    limits.max_alloc = Some(MAX_PIXELS * 16);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(PhotoError::Damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PhotoError::TooManyPixels { width, height });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(PhotoError::Damaged)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// The format of a file that is worth decoding.
fn format(bytes: &[u8]) -> Result<ImageFormat, PhotoError> {
    if bytes.len() > MAX_BYTES {
        return Err(PhotoError::TooManyBytes { bytes: bytes.len() });
    }
    let Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) = image::guess_format(bytes)
    else {
        return Err(PhotoError::UnknownFormat);
    };
    match Container::of(format, bytes) {
        Container::Whole => Ok(format),
        Container::CutShort => Err(PhotoError::CutShort),
        Container::Animation => Err(PhotoError::Animation),
        Container::Cmyk => Err(PhotoError::Cmyk),
        Container::Apart => Err(PhotoError::Apart),
    }
}

/// The picture without transparency: what shows through is white, as the card is.
pub(super) fn on_white(picture: DynamicImage) -> DynamicImage {
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
mod tests;
