//! From a file's bytes to gray pixels, within limits that are checked first.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

/// The largest picture file that is opened, in bytes.
pub const MAX_FILE: u64 = 15 * 1024 * 1024;

/// The most pixels a picture may have.
pub const MAX_PIXELS: u64 = 40_000_000;

/// Memory the decoder may take: 40 megapixels of four 16-bit channels.
const MAX_MEMORY: u64 = 8 * MAX_PIXELS;

/// Why a picture was not looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file is larger than [`MAX_FILE`] bytes.
    #[error("the picture's file has {bytes} bytes, at most {MAX_FILE} are read")]
    FileTooLarge {
        /// The file's size.
        bytes: u64,
    },
    /// The picture has more than [`MAX_PIXELS`].
    #[error("the picture has {width} x {height} pixels, at most {MAX_PIXELS} in all are read")]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// The bytes don't begin as a PNG, JPEG or WebP file does.
    #[error("this is no PNG, JPEG or WebP picture")]
    UnknownFormat,
    /// The picture is damaged.
    #[error("the {format:?} picture cannot be decoded")]
    Damaged {
        /// What its first bytes say it is.
        format: ImageFormat,
        /// What the decoder says.
        source: ImageError,
    },
}

/// The picture's gray pixels, upright, transparent places white.
pub(super) fn open(bytes: &[u8]) -> Result<GrayImage, ReadError> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > MAX_FILE {
        return Err(ReadError::FileTooLarge { bytes: size });
    }
    let format = image::guess_format(bytes).map_err(|_| ReadError::UnknownFormat)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(ReadError::UnknownFormat);
    }
    let damaged = |source| ReadError::Damaged { format, source };
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ReadError::TooManyPixels { width, height });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    Ok(on_white(picture))
}

fn on_white(picture: DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.into_luma8();
    }
    let (width, height) = (picture.width(), picture.height());
    let picture = picture.into_luma_alpha8();
    let pixels = picture.pixels().map(|pixel| {
        let [gray, alpha] = pixel.0.map(u16::from);
        u8::try_from((gray * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    });
    GrayImage::from_vec(width, height, pixels.collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_too_large_is_refused_unopened() {
        let error = open(&vec![0; usize::try_from(MAX_FILE).unwrap() + 1]).unwrap_err();
        assert!(matches!(error, ReadError::FileTooLarge { bytes } if bytes == MAX_FILE + 1));
    }

    #[test]
    fn too_many_pixels_are_refused_before_they_are_decoded() {
        let error = open(&png_header(8_000, 5_001)).unwrap_err();
        assert!(matches!(error, ReadError::TooManyPixels { width: 8_000, height: 5_001 }));
        assert!(matches!(open(&png_header(8_000, 5_000)).unwrap_err(), ReadError::Damaged { .. }));
    }

    #[test]
    fn other_files_are_refused() {
        for bytes in [&b""[..], b"GIF89a\x01\x00\x01\x00", b"BM", b"HC1:6BF", b"%PDF-1.7"] {
            assert!(matches!(open(bytes), Err(ReadError::UnknownFormat)), "{bytes:?}");
        }
    }

    #[test]
    fn a_damaged_picture_says_its_format() {
        let error = open(b"\xff\xd8\xff\xe0\x00\x10JFIF").unwrap_err();
        assert!(matches!(error, ReadError::Damaged { format: ImageFormat::Jpeg, .. }));
    }

    /// A PNG that ends after its header.
    fn png_header(width: u32, height: u32) -> Vec<u8> {
        let mut header = b"IHDR".to_vec();
        header.extend(width.to_be_bytes());
        header.extend(height.to_be_bytes());
        header.extend([8, 0, 0, 0, 0]);
        let mut file = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d".to_vec();
        file.extend(&header);
        file.extend(crc32(&header).to_be_bytes());
        file.extend(b"\x00\x00\x00\x01IDAT");
        file
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8)
                .fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
        })
    }
}
