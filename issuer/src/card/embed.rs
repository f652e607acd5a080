//! Fonts in a PDF, reduced to the glyphs used.

mod unhinted;

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish as _, Name, Rect, Ref, Str};
use skrifa::FontRef;
use skrifa::raw::types::Tag;
use subsetter::GlyphRemapper;

use crate::card::body::Body;
use crate::card::document::{Effort, deflated};
use crate::card::error::CardError;
use crate::card::fonts::{FaceId, Fonts, Weight};
use crate::card::text::Glyph;
use crate::card::units::{count, whole};

const CID: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
pub(super) const TO_UNICODE: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"UCS"), supplement: 0 };

/// The glyphs used of one font.
#[derive(Default)]
pub(super) struct Used {
    glyphs: GlyphRemapper,
    /// Width by glyph id of the reduced font, in thousandths of an em, and the character that it stands for.
    known: BTreeMap<u16, (u16, char)>,
}

impl Used {
    /// The glyph's id in the reduced font and its width there.
    pub(super) fn glyph(&mut self, glyph: &Glyph) -> (u16, u16) {
        let id = self.glyphs.remap(glyph.id);
        let width = u16::try_from(whole(glyph.width.round())).unwrap_or(u16::MAX);
        let (width, _) = *self.known.entry(id).or_insert((width, glyph.character));
        (id, width)
    }

    /// The character that a glyph used before stands for.
    pub(super) fn stands_for(&self, glyph: u16) -> Option<char> {
        let id = self.glyphs.get(glyph)?;
        self.known.get(&id).map(|(_, character)| *character)
    }
}

/// Writes a font under the number `id`.
pub(super) fn write(
    pdf: &mut Body,
    mut reserve: impl FnMut() -> Ref,
    id: Ref,
    fonts: &Fonts,
    face: FaceId,
    used: &Used,
    index: usize,
) -> Result<(), CardError> {
    let [cid, descriptor, file, to_unicode] = std::array::from_fn(|_| reserve());
    let name = format!("{}+{}", tag(index), fonts.name(face));
    let name = Name(name.as_bytes());
    let reduced = reduce(fonts, face, &used.glyphs)?;
    let mut font = pdf.at(id).type0_font(id);
    font.base_font(name).encoding_predefined(Name(b"Identity-H"));
    font.descendant_font(cid).to_unicode(to_unicode);
    font.finish();

    let mut font = pdf.at(cid).cid_font(cid);
    font.subtype(if reduced.outlines_are_cff { CidFontType::Type0 } else { CidFontType::Type2 });
    font.base_font(name).system_info(CID).font_descriptor(descriptor).default_width(0.0);
    if !reduced.outlines_are_cff {
        font.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    let mut widths = font.widths();
    let known: Vec<(u16, u16)> = used.known.iter().map(|(id, (width, _))| (*id, *width)).collect();
    for some in known.chunk_by(|a, b| a.0 + 1 == b.0) {
        if let Some((first, _)) = some.first() {
            widths.consecutive(*first, some.iter().map(|(_, width)| f32::from(*width)));
        }
    }
    widths.finish();
    font.finish();

    let mut about = pdf.at(descriptor).font_descriptor(descriptor);
    let bold = fonts.weight(face) == Weight::Bold;
    let [left, bottom, right, top] = reduced.bounds;
    about.name(name).flags(FontFlags::SYMBOLIC).bbox(Rect::new(left, bottom, right, top));
    about.italic_angle(0.0).ascent(reduced.ascent).descent(reduced.descent).cap_height(reduced.ascent);
    about.stem_v(if bold { 140.0 } else { 80.0 });
    if reduced.outlines_are_cff {
        about.font_file3(file)
    } else {
        about.font_file2(file)
    };
    about.finish();

    let bytes = deflated(&reduced.bytes, Effort::Usual);
    let mut stream = pdf.at(file).stream(file, &bytes);
    stream.filter(Filter::FlateDecode);
    if reduced.outlines_are_cff {
        stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    } else {
        stream.pair(Name(b"Length1"), i32::try_from(reduced.bytes.len()).unwrap_or(i32::MAX));
    }
    stream.finish();

    let mut cmap = UnicodeCmap::new(Name(b"Characters"), TO_UNICODE);
    for (id, (_, character)) in &used.known {
        cmap.pair(*id, *character);
    }
    let bytes = deflated(cmap.finish().as_slice(), Effort::Usual);
    pdf.at(to_unicode).stream(to_unicode, &bytes).filter(Filter::FlateDecode);
    Ok(())
}

/// A font with nothing but the glyphs used; measures in thousandths of an em.
struct Reduced {
    bytes: Vec<u8>,
    outlines_are_cff: bool,
    bounds: [f32; 4],
    ascent: f32,
    descent: f32,
}

fn reduce(fonts: &Fonts, face: FaceId, glyphs: &GlyphRemapper) -> Result<Reduced, CardError> {
    let failed = |source| CardError::Font { font: fonts.name(face).to_owned(), source };
    let loaded = fonts.loaded(face).ok_or_else(|| failed(subsetter::Error::MalformedFont))?;
    let mut bytes = subsetter::subset(&loaded.bytes, loaded.index, glyphs).map_err(failed)?;
    let outlines_are_cff = bytes.starts_with(b"OTTO");
    if outlines_are_cff {
        let font = FontRef::new(&bytes).map_err(|_| failed(subsetter::Error::MalformedFont))?;
        let cff = font.table_data(Tag::new(b"CFF ")).map(|table| table.as_bytes().to_vec());
        bytes = cff.ok_or_else(|| failed(subsetter::Error::MalformedFont))?;
    } else {
        bytes = unhinted::unhinted(&bytes).ok_or_else(|| failed(subsetter::Error::MalformedFont))?;
    }
    let scaled = |units: f32| loaded.per_mille(units).round();
    Ok(Reduced {
        bytes,
        outlines_are_cff,
        bounds: loaded.bounds.map(scaled),
        ascent: scaled(loaded.ascent),
        descent: scaled(loaded.descent),
    })
}

/// Six capital letters that tell the reduced fonts of a document apart.
fn tag(index: usize) -> String {
    let mut rest = count(index);
    let letters = std::iter::repeat_with(|| {
        let letter = char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        rest /= 26;
        letter
    });
    letters.take(6).collect()
}
