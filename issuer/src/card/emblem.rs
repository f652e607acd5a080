//! The city's emblem, from an SVG or PNG file.
//!
//! Whatever the file, the outcome is a small picture with transparency; nothing else of the file is kept. A
//! drawing is checked before it is drawn: shapes alone, nothing from outside the file.

mod check;
mod printed;

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, Error as XmlError};
use resvg::usvg::{self, Options, Tree};
use thiserror::Error;

use crate::card::photo::Container;
use crate::card::resize::resized;
use crate::card::units::{real, whole};

pub(in crate::card) use printed::Printed;

/// The largest SVG file taken.
pub const MAX_SVG_BYTES: usize = 256 * 1024;
/// The largest PNG file taken.
pub const MAX_PNG_BYTES: usize = 2_000_000;
/// The largest PNG picture taken, in pixels.
pub const MAX_PIXELS: u64 = 4_000_000;
/// Pixels of an emblem on its longer side: 8 mm at over 1,200 dpi.
pub const MAX_SIDE: u32 = 480;
/// How many times longer than the other a side may be.
pub const MAX_ASPECT: u32 = 4;

/// An emblem for a city that has none of its own at hand: a bridge over waves.
pub const BUILT_IN: &[u8] = include_bytes!("emblem.svg");

const PNG_START: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Why an emblem was not taken.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EmblemError {
    /// The file is larger than its format may be.
    #[error("the file has {bytes} bytes, more than {most}; save the emblem simpler or smaller")]
    TooManyBytes {
        /// Size of the file.
        bytes: usize,
        /// Bytes allowed.
        most: usize,
    },
    /// The file is neither PNG nor the text of an SVG.
    #[error("not an SVG or PNG file; save the emblem as one of them, uncompressed")]
    UnknownFormat,
    /// The picture has more than [`MAX_PIXELS`] pixels.
    #[error("the emblem has {width} x {height} pixels, more than {MAX_PIXELS} in all; save it smaller")]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// One side is more than [`MAX_ASPECT`] times the other.
    #[error(
        "the emblem is {width} x {height}, one side more than {MAX_ASPECT} times the other; cut it narrower"
    )]
    TooLong {
        /// Units across.
        width: f32,
        /// Units down.
        height: f32,
    },
    /// The end of the PNG is missing.
    #[error("the end of the emblem's file is missing; copy the file again")]
    CutShort,
    /// The PNG is an animation.
    #[error("the emblem is an animation; save one picture of it")]
    Animation,
    /// The PNG is damaged.
    #[error("the emblem is damaged; open it, save it again as PNG and take that")]
    Damaged(#[source] image::ImageError),
    /// Nothing is visible.
    #[error("nothing of the emblem is visible; give it a shape with a colour")]
    Blank,
    /// The SVG is not well-formed XML.
    #[error("the emblem is not well-formed: {0}; save it again as SVG")]
    Xml(#[source] XmlError),
    /// The SVG declares a document type, which may define entities.
    #[error("the emblem has a <!DOCTYPE>; delete it or save the emblem as plain SVG")]
    DocumentType,
    /// The SVG has an instruction to the reader, such as a style sheet elsewhere.
    #[error("line {line}: delete the instruction <?{target}?>")]
    Instruction {
        /// Line of the file.
        line: u32,
        /// What the instruction is for.
        target: String,
    },
    /// An element that is not a shape.
    #[error("line {line}: an emblem has no <{name}>; {advice}", advice = check::advice(name))]
    Element {
        /// Line of the file.
        line: u32,
        /// The element.
        name: String,
    },
    /// An attribute that would run a script.
    #[error("line {line}: delete the attribute {name}, which runs a script")]
    EventAttribute {
        /// Line of the file.
        line: u32,
        /// The attribute.
        name: String,
    },
    /// A reference to something outside the file.
    #[error("line {line}: {reference:?} is outside the file; refer to an #id inside it")]
    ExternalReference {
        /// Line of the file.
        line: u32,
        /// The reference, or its start.
        reference: String,
    },
    /// A style sheet that imports another one or hides what it says.
    #[error("line {line}: {found:?} may not be in a style; save the emblem with presentation attributes")]
    Style {
        /// Line of the file.
        line: u32,
        /// What was found.
        found: String,
    },
    /// Elements inside each other, or referring to each other, too deep or in a circle.
    #[error("more than {most} elements inside each other or in a circle; ungroup them")]
    TooDeep {
        /// Depth allowed.
        most: u32,
    },
    /// Drawing the SVG would take too long.
    #[error("the emblem has too many shapes for a picture of {MAX_SIDE} pixels; simplify it or give a PNG")]
    TooComplex,
    /// The SVG cannot be drawn.
    #[error("the emblem cannot be drawn: {0}; give it a width, a height and a viewBox")]
    Draw(#[source] usvg::Error),
}

/// A city's emblem: at most [`MAX_SIDE`] pixels a side, with transparency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emblem {
    pixels: RgbaImage,
}

impl Emblem {
    /// Reads an SVG or PNG file.
    ///
    /// # Errors
    ///
    /// Refuses files over the caps before decoding them, other formats, damaged files, drawings of more than
    /// shapes and emblems of which nothing is visible.
    pub fn read(bytes: &[u8]) -> Result<Self, EmblemError> {
        let pixels = if bytes.starts_with(PNG_START) { from_png(bytes)? } else { from_svg(bytes)? };
        if pixels.pixels().all(|pixel| pixel.0[3] == 0) {
            return Err(EmblemError::Blank);
        }
        Ok(Self { pixels })
    }

    /// Rows of red, green, blue and alpha; the colours are not multiplied by alpha.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        self.pixels.as_raw()
    }

    /// Pixels across and down.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        self.pixels.dimensions()
    }
}

fn from_png(bytes: &[u8]) -> Result<RgbaImage, EmblemError> {
    capped(bytes, MAX_PNG_BYTES)?;
    match Container::of(ImageFormat::Png, bytes) {
        Container::Animation => return Err(EmblemError::Animation),
        Container::CutShort => return Err(EmblemError::CutShort),
        Container::Whole | Container::Cmyk | Container::Apart => {}
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_PIXELS * 16);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(EmblemError::Damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(EmblemError::TooManyPixels { width, height });
    }
    let (across, down) = fitted(real(width), real(height))?;
    let picture = DynamicImage::from_decoder(decoder).map_err(EmblemError::Damaged)?.into_rgba8();
    if width.max(height) <= MAX_SIDE {
        return Ok(picture);
    }
    Ok(resized(&picture.into(), across, down).into_rgba8())
}

fn from_svg(bytes: &[u8]) -> Result<RgbaImage, EmblemError> {
    capped(bytes, MAX_SVG_BYTES)?;
    let text = std::str::from_utf8(bytes).map_err(|_| EmblemError::UnknownFormat)?;
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        return Err(EmblemError::UnknownFormat);
    }
    let document = Document::parse(text).map_err(|error| match error {
        XmlError::DtdDetected => EmblemError::DocumentType,
        error => EmblemError::Xml(error),
    })?;
    check::shapes_alone(&document)?;
    let tree = Tree::from_xmltree(&document, &Options::default()).map_err(EmblemError::Draw)?;
    draw(&tree)
}

fn draw(tree: &Tree) -> Result<RgbaImage, EmblemError> {
    let size = tree.size();
    let (width, height) = fitted(size.width(), size.height())?;
    let mut pixmap = Pixmap::new(width, height).ok_or(EmblemError::Blank)?;
    let scale = Transform::from_scale(real(width) / size.width(), real(height) / size.height());
    resvg::render(tree, scale, &mut pixmap.as_mut());
    RgbaImage::from_raw(width, height, pixmap.take_demultiplied()).ok_or(EmblemError::Blank)
}

fn capped(bytes: &[u8], most: usize) -> Result<(), EmblemError> {
    if bytes.len() > most {
        return Err(EmblemError::TooManyBytes { bytes: bytes.len(), most });
    }
    Ok(())
}

/// The size in pixels with [`MAX_SIDE`] on the longer side.
fn fitted(width: f32, height: f32) -> Result<(u32, u32), EmblemError> {
    let longer = width.max(height);
    if longer > width.min(height) * real(MAX_ASPECT) {
        return Err(EmblemError::TooLong { width, height });
    }
    let pixels = |side: f32| whole((side / longer * real(MAX_SIDE)).round()).clamp(1, MAX_SIDE);
    Ok((pixels(width), pixels(height)))
}

#[cfg(test)]
mod tests;
