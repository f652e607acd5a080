//! Codes set in tiles of two by two modules: a Type 3 font of sixteen rectangular glyphs, which all codes of a
//! document share. A code is then a quarter of what it takes as a path, and quicker to write.
//!
//! At 300 dpi the dots of poppler, mupdf, Ghostscript, cairo and pdfium are as exact as those of a path. An image
//! would be as small, but not keep to the dots: mupdf and pdfium make it a dot larger, cairo blurs it. Glyphs are
//! drawn as shapes (`d0`): what is kept as a picture (`d1`) lands beside its place at other resolutions.

use pdf_writer::types::UnicodeCmap;
use pdf_writer::{Filter, Finish as _, Name, Rect, Ref};

use super::QUIET_ZONE;
use crate::card::body::Body;
use crate::card::document::{Effort, deflated};
use crate::card::embed::TO_UNICODE;
use crate::card::units::count;

/// The character of the tile without a dark module; the others follow.
const FIRST: u8 = b'A';
const TILES: u8 = 16;
/// The modules of a tile: the bit of each, and where its lower left corner stands.
const MODULES: [(u8, [u8; 2]); 4] = [(1, [0, 1]), (2, [1, 1]), (4, [0, 0]), (8, [1, 0])];

/// The rows of a code, bit x the module in column x, as operators in units of one module. The origin is the lower
/// left corner of the quiet zone. Whoever copies the page gets nothing of it.
pub(super) fn set(rows: &[u128]) -> Vec<u8> {
    let side = count(rows.len()) + 2 * QUIET_ZONE;
    let top = side - QUIET_ZONE;
    let box_and_font = format!("1 g 0 0 {side} {side} re f 0 g/Span<</ActualText()>>BDC BT/M 1 Tf 2 TL");
    let mut content = format!("{box_and_font} {QUIET_ZONE} {top} Td").into_bytes();
    content.reserve(rows.len() * (rows.len() / 4 + 4));
    for pair in rows.chunks(2) {
        let (upper, lower) = (pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0));
        let tile = |x: usize| u8::try_from(upper >> x & 3 | (lower >> x & 3) << 2).unwrap_or_default();
        content.push(b'(');
        content.extend((0..rows.len()).step_by(2).map(|x| FIRST + tile(x)));
        content.extend(b")'");
    }
    content.extend(b" ET EMC");
    content
}

/// Writes the font and answers with the resources that codes need.
pub(in crate::card) fn write(pdf: &mut Body, mut reserve: impl FnMut() -> Ref) -> Ref {
    let [resources, font, to_unicode] = std::array::from_fn(|_| reserve());
    let tiles: Vec<(String, Ref)> = (0..TILES).map(|tile| (format!("t{tile}"), reserve())).collect();
    let mut written = pdf.at(font).type3_font(font);
    written.bbox(Rect::new(0.0, 0.0, 2.0, 2.0)).matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let mut procs = written.char_procs();
    for (name, id) in &tiles {
        procs.pair(Name(name.as_bytes()), *id);
    }
    procs.finish();
    let names = tiles.iter().map(|(name, _)| Name(name.as_bytes()));
    written.encoding_custom().differences().consecutive(FIRST, names);
    written.first_char(FIRST).last_char(FIRST + TILES - 1).widths(tiles.iter().map(|_| 2.0));
    written.resources();
    written.to_unicode(to_unicode);
    written.finish();
    for (tile, (_, id)) in (0..).zip(&tiles) {
        pdf.at(*id).stream(*id, &glyph(tile));
    }
    let mut cmap = UnicodeCmap::new(Name(b"Tiles"), TO_UNICODE);
    for tile in 0..TILES {
        // A reader that passes over the empty replacement finds blanks.
        cmap.pair(FIRST + tile, ' ');
    }
    let cmap = deflated(cmap.finish().as_slice(), Effort::Usual);
    pdf.at(to_unicode).stream(to_unicode, &cmap).filter(Filter::FlateDecode);
    pdf.at(resources).indirect(resources).dict().insert(Name(b"Font")).dict().pair(Name(b"M"), font);
    resources
}

/// A tile's dark modules; it is as wide as two.
fn glyph(tile: u8) -> Vec<u8> {
    let dark = MODULES.into_iter().filter(|(bit, _)| tile & bit != 0);
    let squares: Vec<String> = dark.map(|(_, [x, y])| format!(" {x} {y} 1 1 re")).collect();
    let fill = if tile == 0 { "" } else { " f" };
    format!("2 0 d0{}{fill}", squares.concat()).into_bytes()
}
