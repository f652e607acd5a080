//! How far a text reaches: from the widths and heights that its font tells.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object};

use super::CheckError;
use super::file::File;
use super::geometry::{Bounds, Matrix};
use super::state::{State, number};
use super::tiles::Tiles;

/// Where a font tells no heights: from a little below the line to a whole em above it.
const HEIGHTS: (f64, f64) = (-0.3, 1.0);
/// Where it tells no width: a whole em.
const WIDTH: f64 = 1.0;

/// Measures of a font, in ems.
#[derive(Debug)]
pub(super) struct Font {
    two_bytes: bool,
    widths: BTreeMap<u32, f64>,
    other_width: f64,
    heights: (f64, f64),
    tiles: Option<Tiles>,
}

/// What a shown text covers.
pub(super) struct Shown {
    /// On the page.
    pub(super) covered: Bounds,
    /// What its glyphs fill, before the matrix of the state, where the font's are rectangles alone.
    pub(super) rectangles: Option<Vec<Bounds>>,
}

impl Font {
    pub(super) fn read(file: &File, font: &Dictionary) -> Result<Self, CheckError> {
        let document = &file.document;
        let inner = font.get_deref(b"DescendantFonts", document).and_then(Object::as_array).ok();
        let inner = inner.and_then(|all| all.first()).and_then(|first| document.dereference(first).ok());
        let inner = inner.and_then(|(_, first)| first.as_dict().ok());
        // Type 3 fonts have units of their own.
        let own = font.get_deref(b"FontMatrix", document).and_then(Object::as_array).ok();
        let em = own.and_then(|matrix| number(matrix.first()?)).unwrap_or(0.001);
        let described =
            inner.unwrap_or(font).get_deref(b"FontDescriptor", document).and_then(Object::as_dict).ok();
        let mut read = Self {
            two_bytes: inner.is_some(),
            widths: BTreeMap::new(),
            other_width: WIDTH,
            heights: heights(document, described.unwrap_or(font), em).unwrap_or(HEIGHTS),
            tiles: Tiles::read(file, font)?,
        };
        if let Some(inner) = inner {
            let other = inner.get_deref(b"DW", document).ok().and_then(number);
            read.other_width = other.map_or(WIDTH, |width| width * em);
            if let Ok(listed) = inner.get_deref(b"W", document).and_then(Object::as_array) {
                read.take_widths(document, listed, em);
            }
            return Ok(read);
        }
        let first = font.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0);
        let first = u32::try_from(first).unwrap_or(0);
        if let Ok(widths) = font.get_deref(b"Widths", document).and_then(Object::as_array) {
            let widths = widths.iter().map(|width| number(width).map_or(WIDTH, |width| width * em));
            read.widths = (first..).zip(widths.take(256)).collect();
        }
        Ok(read)
    }

    /// Widths as a CID font lists them: `first [width …]` or `first last width`.
    fn take_widths(&mut self, document: &Document, listed: &[Object], em: f64) {
        let code =
            |object: &Object| object.as_i64().ok().and_then(|code| u16::try_from(code).ok()).map(u32::from);
        let mut rest = listed;
        while let [first, second, after @ ..] = rest {
            let Some(first) = code(first) else { return };
            let second = document.dereference(second).map_or(second, |(_, object)| object);
            if let Ok(widths) = second.as_array() {
                let widths = widths.iter().take(65_536).filter_map(number).map(|width| width * em);
                self.widths.extend((first..).zip(widths));
                rest = after;
            } else if let (Some(last), [width, after @ ..]) = (code(second), after) {
                let width = number(width).map_or(WIDTH, |width| width * em);
                self.widths.extend((first..=last).map(|code| (code, width)));
                rest = after;
            } else {
                return;
            }
        }
    }

    fn codes<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = u32> + 't {
        let size = if self.two_bytes { 2 } else { 1 };
        text.chunks(size).map(|bytes| bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte)))
    }
}

fn heights(document: &Document, described: &Dictionary, em: f64) -> Option<(f64, f64)> {
    let told = |key: &[u8]| described.get_deref(key, document).ok().and_then(number);
    let (lower, upper) = match (told(b"Descent"), told(b"Ascent")) {
        (Some(descent), Some(ascent)) if ascent > descent => (descent, ascent),
        _ => {
            let bounds = described.get_deref(b"FontBBox", document).and_then(Object::as_array).ok()?;
            (number(bounds.get(1)?)?, number(bounds.get(3)?)?)
        }
    };
    (upper > lower).then_some((lower * em, upper * em))
}

/// The pen between `BT` and `ET`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    line: Matrix,
    at: Matrix,
}

impl Pen {
    pub(super) const START: Self = Self { line: Matrix::UNCHANGED, at: Matrix::UNCHANGED };

    pub(super) fn set(&mut self, matrix: Matrix) {
        *self = Self { line: matrix, at: matrix };
    }

    /// To the start of another line, so far from the start of this one.
    pub(super) fn next_line(&mut self, right: f64, up: f64) {
        self.set(Matrix::moved(right, up).then(self.line));
    }

    /// Moves by thousandths of the size, against the direction of writing.
    pub(super) fn adjust(&mut self, state: &State, thousandths: f64) {
        let text = &state.text;
        self.forward(-thousandths / 1000.0 * text.size * text.stretch);
    }

    /// Shows a text.
    pub(super) fn show(&mut self, state: &State, shown: &[u8]) -> Shown {
        let text = &state.text;
        let nothing = Shown { covered: Bounds::NOTHING, rectangles: None };
        let Some(font) = &text.font else { return nothing };
        let mut rectangles = font.tiles.is_some().then(Vec::new);
        let (below, above) = font.heights;
        let mut covered = Bounds::NOTHING;
        for code in font.codes(shown) {
            let width =
                font.widths.get(&code).copied().unwrap_or(font.other_width) * text.size * text.stretch;
            let (lower, upper) = (below * text.size + text.rise, above * text.size + text.rise);
            let glyph = Bounds::around([(0.0, lower), (width, upper)]);
            covered = covered.joined(self.at.then(state.matrix).bounds(glyph));
            if let (Some(tiles), Some(rectangles)) = (&font.tiles, &mut rectangles) {
                let sized = Matrix([text.size * text.stretch, 0.0, 0.0, text.size, 0.0, text.rise]);
                let onto = tiles.matrix.then(sized).then(self.at);
                rectangles.extend(tiles.of(code).iter().map(|rectangle| onto.bounds(*rectangle)));
            }
            let word = if code == 32 && !font.two_bytes { text.word_spacing } else { 0.0 };
            self.forward(width + (text.spacing + word) * text.stretch);
        }
        Shown { covered, rectangles: rectangles.filter(|_| self.at.is_upright()) }
    }

    fn forward(&mut self, by: f64) {
        self.at = Matrix::moved(by, 0.0).then(self.at);
    }
}
