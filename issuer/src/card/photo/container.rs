//! What a picture file's own markers say before any pixel is decoded.
//!
//! Decoders fill a missing end with grey and show the first picture of an animation; both would be printed.

use image::ImageFormat;

/// What a file is, as far as its markers tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::card) enum Container {
    /// One picture, to its end. What follows the end (a film, a depth map) does not matter.
    Whole,
    CutShort,
    Animation,
    /// A JPEG in cyan, magenta, yellow and black.
    Cmyk,
    /// A JPEG that is not progressive and still has a scan for each colour: the decoder gives wrong colours.
    Apart,
}

impl Container {
    pub(in crate::card) fn of(format: ImageFormat, bytes: &[u8]) -> Self {
        match format {
            ImageFormat::Jpeg => jpeg(bytes),
            ImageFormat::Png => png(bytes),
            ImageFormat::WebP => webp(bytes),
            _ => Some(Self::Whole),
        }
        .unwrap_or(Self::CutShort)
    }
}

/// Goes from marker to marker, so that the end of a preview inside the file does not count as the file's.
fn jpeg(bytes: &[u8]) -> Option<Container> {
    let mut rest = bytes.get(2..)?;
    // Channels of a frame that is not progressive.
    let mut sequential = None;
    loop {
        let marker = rest.windows(2).position(is_marker)?;
        rest = rest.get(marker + 1..)?;
        match *rest.first()? {
            0xD9 => return Some(Container::Whole),
            0xD8 => continue,
            // A frame: length, precision, height and width come before the number of its channels.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF if *rest.get(8)? == 4 => {
                return Some(Container::Cmyk);
            }
            0xC0 | 0xC1 => sequential = Some(*rest.get(8)?),
            0xDA if sequential.is_some_and(|channels| rest.get(3) < Some(&channels)) => {
                return rest.get(3).map(|_| Container::Apart);
            }
            _ => {}
        }
        let length = u16::from_be_bytes(*rest.get(1..)?.first_chunk()?);
        rest = rest.get(1 + usize::from(length)..)?;
    }
}

/// Stuffed bytes, filling and restarts are part of the pixels.
fn is_marker(pair: &[u8]) -> bool {
    matches!(pair, [0xFF, kind] if !matches!(kind, 0x00 | 0x01 | 0xD0..=0xD7 | 0xFF))
}

fn png(bytes: &[u8]) -> Option<Container> {
    let mut rest = bytes.get(8..)?;
    loop {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let kind = rest.get(4..8)?;
        let next = rest.get(length.checked_add(12)?..)?;
        match kind {
            b"acTL" => return Some(Container::Animation),
            b"IEND" => return Some(Container::Whole),
            _ => rest = next,
        }
    }
}

fn webp(bytes: &[u8]) -> Option<Container> {
    const ANIMATED: u8 = 0b10;
    let length = usize::try_from(u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?)).ok()?;
    let extended = bytes.get(12..16)? == b"VP8X";
    if extended && *bytes.get(20)? & ANIMATED != 0 {
        return Some(Container::Animation);
    }
    // Some writers count a last byte of padding that they leave out.
    (bytes.len().checked_add(1)? >= length.checked_add(8)?).then_some(Container::Whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Start, a preview with an end of its own, a frame of `channels`, a scan.
    fn jpeg_file(channels: u8) -> Vec<u8> {
        let mut bytes = b"\xFF\xD8\xFF\xE1\0\x06\xFF\xD8\xFF\xD9".to_vec();
        bytes.extend([0xFF, 0xC0, 0, 8, 8, 0, 1, 0, 1, channels]);
        bytes.extend([0xFF, 0xDA, 0, 3, channels]);
        bytes.extend(b"pixels\xFF\0\xFF\xD3\xFF\xFF\xD9behind the end");
        bytes
    }

    #[test]
    fn the_end_of_a_preview_is_not_the_end_of_the_file() {
        let whole = jpeg_file(3);
        assert_eq!(Container::of(ImageFormat::Jpeg, &whole), Container::Whole);
        let end = whole.len() - b"behind the end".len();
        for length in 0..end {
            assert_eq!(Container::of(ImageFormat::Jpeg, &whole[..length]), Container::CutShort, "{length}");
        }
    }

    #[test]
    fn four_channels_are_press_colours() {
        assert_eq!(Container::of(ImageFormat::Jpeg, &jpeg_file(4)), Container::Cmyk);
    }

    #[test]
    fn animations_are_told_by_their_headers() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x01IHDRx....\0\0\0\x08acTL............";
        assert_eq!(Container::of(ImageFormat::Png, png), Container::Animation);
        let webp = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\0\0\0\0\0\0";
        assert_eq!(Container::of(ImageFormat::WebP, webp), Container::Animation);
        let mut still = webp.to_vec();
        still[20] = 0;
        assert_eq!(Container::of(ImageFormat::WebP, &still), Container::Whole);
        assert_eq!(Container::of(ImageFormat::WebP, &still[..28]), Container::CutShort);
    }

    #[test]
    fn lengths_that_lead_nowhere_are_a_missing_end() {
        let png = b"\x89PNG\r\n\x1a\n\xFF\xFF\xFF\xFFIHDR";
        assert_eq!(Container::of(ImageFormat::Png, png), Container::CutShort);
        assert_eq!(Container::of(ImageFormat::WebP, b"RIFF\xFF\xFF\xFF\xFFWEBPVP8 "), Container::CutShort);
        assert_eq!(Container::of(ImageFormat::Jpeg, b"\xFF\xD8\xFF\xE0\xFF\xFF"), Container::CutShort);
    }
}
