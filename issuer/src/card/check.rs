//! Reads printed cards back from their PDF and measures the codes on them, whoever made the file.
//!
//! Nothing is taken from what the press meant to print: the file's own operators are followed, and from what they
//! paint the modules of each code are found, with everything else that is painted around them. A code that falls
//! under the minimum has [`Fault`]s; [`check`] gives all codes, good or not.

mod figure;
mod file;
mod geometry;
mod measure;
mod paint;
mod path;
mod state;
mod symbol;
#[cfg(test)]
mod tests;
mod text;
mod tiles;

use std::fmt;

use serde::Serialize;
use thiserror::Error;

pub use file::MAX_FILE;
pub use paint::Kind;
pub use symbol::{ErrorLevel, Mode};

/// The smallest module that counters' cameras still read well, in millimetres.
pub const LEAST_MODULE_MM: f64 = 0.40;
/// White modules that a code must have on every side.
pub const LEAST_QUIET: f64 = 4.0;
/// Millimetres between those and the edge of the card: cards are cut and printed a little off.
pub const LEAST_EDGE_MM: f64 = 1.0;

/// Measures all codes of a PDF, page by page in the order of painting.
///
/// # Errors
/// When the file cannot be read within the limits set here, or has no code on any page.
pub fn check(pdf: &[u8]) -> Result<Vec<Found>, CheckError> {
    let file = file::File::open(pdf)?;
    let mut found = Vec::new();
    let mut pages = 0;
    for (number, id) in file.document.get_pages() {
        pages += 1;
        let page = paint::Page::read(&file, id)?;
        found.extend(
            page.figures.iter().map(|(place, figure)| measure::measure(number, &page, *place, figure)),
        );
    }
    match (pages, found.is_empty()) {
        (0, _) => Err(CheckError::NoPages),
        (_, true) => Err(CheckError::NoCode { pages }),
        _ => Ok(found),
    }
}

/// Why a file was not measured.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The file is larger than [`MAX_FILE`].
    #[error("the file has {bytes} bytes, at most {MAX_FILE} are read; check fewer cards at a time")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It does not begin as a PDF does.
    #[error("this is not a PDF")]
    NotPdf,
    /// It can be opened with a password only.
    #[error("the PDF is encrypted; save it without a password")]
    Encrypted,
    /// Its structure is broken, or a stream is larger than is read.
    #[error("the PDF is damaged or too large inside: {0}")]
    Damaged(#[source] lopdf::Error),
    /// There is no page in it, or one without a size.
    #[error("the PDF has no pages, or a page without a size")]
    NoPages,
    /// It paints more than any sheet of cards does.
    #[error("the PDF paints more than a sheet of cards can; this is no file of cards")]
    TooMuch,
    /// No page has a code.
    #[error("no code found on its {pages} page(s)")]
    NoCode {
        /// How many were looked at.
        pages: u32,
    },
}

/// A code, as it stands in the file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// The page, from 1.
    pub page: u32,
    /// Millimetres from the left edge of the card, or of the page where the card's edges are not known.
    pub left_mm: f64,
    /// Millimetres from the upper edge.
    pub top_mm: f64,
    /// Millimetres from the left and from the upper edge of the page.
    pub on_page_mm: [f64; 2],
    /// QR version, 1 to 40.
    pub version: usize,
    /// The error level, where it can be read.
    pub level: Option<ErrorLevel>,
    /// The mask, 0 to 7.
    pub mask: Option<usize>,
    /// How its text begins to be written.
    pub mode: Option<Mode>,
    /// Degrees that the code is turned to the right.
    pub turned: u32,
    /// Side of a module in millimetres, the smaller where they differ.
    pub module_mm: f64,
    /// The same in dots of 300 dpi.
    pub dots: f64,
    /// Modules are whole dots, and their edges lie between dots counted from the page's corner.
    pub on_dots: bool,
    /// What is white around it, and what ends the white.
    pub quiet: Sides<Quiet>,
    /// Millimetres that are left between four modules of white and the nearest edge of the card; of the page where
    /// the card's is not known.
    pub edge_mm: f64,
    /// Whether the card's edges are known: from the page or from cut marks.
    pub card_known: bool,
    /// Pure black on white.
    pub black_on_white: bool,
    /// Everything in which it falls under the minimum.
    #[serde(serialize_with = "as_sentences")]
    pub faults: Vec<Fault>,
}

/// One of something for each side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sides<T> {
    /// On the left.
    pub left: T,
    /// On the right.
    pub right: T,
    /// Above.
    pub above: T,
    /// Below.
    pub below: T,
}

/// How far it is white beside a code.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quiet {
    /// In modules.
    pub modules: f64,
    /// What stands there.
    pub until: Kind,
}

/// A side of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
    /// Above.
    Above,
    /// Below.
    Below,
}

/// What is too little about a code.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// Modules are too small.
    #[error(
        "modules of {module_mm:.3} mm: at least {LEAST_MODULE_MM:.2} mm are needed; print at 100 %, or a shorter text"
    )]
    SmallModule {
        /// Their side.
        module_mm: f64,
    },
    /// Modules are wider than high, or higher than wide.
    #[error("modules of {across_mm:.3} x {down_mm:.3} mm: they must be square; do not stretch the page")]
    Stretched {
        /// Width.
        across_mm: f64,
        /// Height.
        down_mm: f64,
    },
    /// Its sides are not parallel to the page's.
    #[error("the code stands aslant: turn it by quarter turns only")]
    Aslant,
    /// It is seen as in a mirror.
    #[error("the code is mirrored: print the page unmirrored")]
    Mirrored,
    /// Something stands in the white that a code needs.
    #[error(
        "{modules:.1} modules of white {side}, then {until}: {LEAST_QUIET:.0} are needed; keep everything off"
    )]
    Quiet {
        /// Where.
        side: Side,
        /// White modules there.
        modules: f64,
        /// What stands there.
        until: Kind,
    },
    /// The white around it ends too near the edge of the card.
    #[error(
        "{edge_mm:.2} mm between the white around the code and the edge: {LEAST_EDGE_MM:.1} mm are needed; move it inwards"
    )]
    NearEdge {
        /// Millimetres left.
        edge_mm: f64,
    },
    /// Part of it is cut off.
    #[error("part of the code is cut off by the page or by a clip")]
    CutOff,
    /// Its modules have another colour than black.
    #[error("modules in {colour}: print them pure black")]
    NotBlack {
        /// What they have.
        colour: String,
    },
    /// Something else than white lies beneath.
    #[error("not on white: {beneath} lies beneath the code; put a white area between")]
    NotOnWhite {
        /// What lies there.
        beneath: Kind,
    },
    /// Something was painted over it.
    #[error("{above} is painted over the code; take it away")]
    PaintedOver {
        /// What was.
        above: Kind,
    },
    /// The modules that tell version, level and mask contradict each other.
    #[error("the modules that tell version, error level and mask are damaged; no reader can read the code")]
    Damaged,
}

impl fmt::Display for Side {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Left => "on the left",
            Self::Right => "on the right",
            Self::Above => "above",
            Self::Below => "below",
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Text => "text",
            Self::Picture => "a picture",
            Self::Line => "a line",
            Self::Area => "a filled area",
            Self::Annotation => "an annotation",
            Self::Code => "another code",
            Self::Edge => "the edge",
        })
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Numeric => "digits",
            Self::Alphanumeric => "upper-case alphanumeric",
            Self::Byte => "bytes",
            Self::Kanji => "kanji",
            Self::Other => "a mode of another kind",
        })
    }
}

impl fmt::Display for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = self.level.map_or_else(|| "?".to_owned(), |level| format!("{level:?}"));
        let mode = self.mode.map_or_else(|| "unknown mode".to_owned(), |mode| mode.to_string());
        write!(
            formatter,
            "page {}: code {}-{level}, {mode}, {:.1} mm from the left and {:.1} mm from the top",
            self.page, self.version, self.left_mm, self.top_mm
        )?;
        if self.turned != 0 {
            write!(formatter, ", turned by {} degrees", self.turned)?;
        }
        let whole = if self.on_dots { "on whole dots" } else { "not on whole dots" };
        write!(
            formatter,
            "; module {:.3} mm ({:.2} dots at 300 dpi, {whole}); white",
            self.module_mm, self.dots
        )?;
        let Sides { left, right, above, below } = self.quiet;
        let mut comma = "";
        for (side, quiet) in [("left", left), ("right", right), ("above", above), ("below", below)] {
            write!(formatter, "{comma} {side} {:.1} modules to {}", quiet.modules, quiet.until)?;
            comma = ",";
        }
        let edge = if self.card_known {
            "the edge of the card"
        } else {
            "the edge of the page (the card's is not known)"
        };
        write!(formatter, "; {:.2} mm more to {edge}; ", self.edge_mm)?;
        formatter.write_str(if self.black_on_white { "black on white" } else { "not black on white" })
    }
}

fn as_sentences<S: serde::Serializer>(faults: &[Fault], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(faults.iter().map(ToString::to_string))
}
