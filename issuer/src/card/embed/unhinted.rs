//! A TrueType font without what only screens of few dots need: the programs that fit outlines to pixels, which
//! are half of it, and the tables that a PDF says itself.

use skrifa::FontRef;
use skrifa::raw::TableProvider as _;
use skrifa::raw::types::Tag;

/// All that PDF 1.7, section 9.9, asks for, sorted.
const TABLES: [&[u8; 4]; 6] = [b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp"];
/// Flags of a part of a composite glyph.
const WORDS: u16 = 0x0001;
const ONE_SCALE: u16 = 0x0008;
const MORE: u16 = 0x0020;
const TWO_SCALES: u16 = 0x0040;
const MATRIX: u16 = 0x0080;
const INSTRUCTIONS: u16 = 0x0100;

/// The same outlines and widths; none if the font is malformed.
pub(super) fn unhinted(bytes: &[u8]) -> Option<Vec<u8>> {
    let font = FontRef::new(bytes).ok()?;
    let glyphs = usize::from(font.maxp().ok()?.num_glyphs());
    let long = font.head().ok()?.index_to_loc_format() == 1;
    let table = |tag: &[u8; 4]| Some(font.table_data(Tag::new(tag))?.as_bytes());
    let (glyf, loca) = (table(b"glyf")?, table(b"loca")?);
    let ends: Vec<usize> = if long {
        loca.chunks_exact(4).map(number).collect::<Option<_>>()?
    } else {
        loca.chunks_exact(2).map(|end| Some(number(end)? * 2)).collect::<Option<_>>()?
    };
    let (mut outlines, mut places) = (Vec::with_capacity(glyf.len()), vec![0; 4]);
    for ends in ends.get(..=glyphs)?.windows(2) {
        let &[from, to] = ends else { return None };
        outline(glyf.get(from..to)?, &mut outlines)?;
        outlines.resize(outlines.len().next_multiple_of(4), 0);
        places.extend(u32::try_from(outlines.len()).ok()?.to_be_bytes());
    }
    let mut head = table(b"head")?.to_vec();
    // Places of glyphs are long now.
    head.get_mut(50..52)?.copy_from_slice(&1_u16.to_be_bytes());
    let tables = TABLES.map(|tag| match tag {
        b"glyf" => Some((tag, outlines.clone())),
        b"head" => Some((tag, head.clone())),
        b"loca" => Some((tag, places.clone())),
        _ => Some((tag, table(tag)?.to_vec())),
    });
    file(&tables.into_iter().collect::<Option<Vec<_>>>()?)
}

/// Adds a glyph without its instructions.
fn outline(glyph: &[u8], to: &mut Vec<u8>) -> Option<()> {
    const HEADER: usize = 10;
    let Some(contours) = glyph.first_chunk::<2>().map(|count| i16::from_be_bytes(*count)) else {
        return Some(());
    };
    let Ok(contours) = usize::try_from(contours) else { return parts(glyph, HEADER, to) };
    let (shape, rest) = glyph.split_at_checked(HEADER + 2 * contours)?;
    let (length, rest) = rest.split_at_checked(2)?;
    to.extend_from_slice(shape);
    to.extend([0, 0]);
    to.extend_from_slice(rest.get(number(length)?..)?);
    Some(())
}

/// Adds a glyph made of other glyphs.
fn parts(glyph: &[u8], header: usize, to: &mut Vec<u8>) -> Option<()> {
    let (header, mut rest) = glyph.split_at_checked(header)?;
    to.extend_from_slice(header);
    loop {
        let flags = u16::from_be_bytes(*rest.first_chunk()?);
        let scale = match flags {
            _ if flags & ONE_SCALE != 0 => 2,
            _ if flags & TWO_SCALES != 0 => 4,
            _ if flags & MATRIX != 0 => 8,
            _ => 0,
        };
        let (part, after) = rest.split_at_checked(4 + if flags & WORDS == 0 { 2 } else { 4 } + scale)?;
        to.extend((flags & !INSTRUCTIONS).to_be_bytes());
        to.extend_from_slice(part.get(2..)?);
        if flags & MORE == 0 {
            return Some(());
        }
        rest = after;
    }
}

/// A font file of these tables.
fn file(tables: &[(&[u8; 4], Vec<u8>)]) -> Option<Vec<u8>> {
    let count = u16::try_from(tables.len()).ok()?;
    let power = count.checked_ilog2()?;
    let range = 16 << power;
    let mut file = vec![0, 1, 0, 0];
    for number in [count, range, u16::try_from(power).ok()?, count * 16 - range] {
        file.extend(number.to_be_bytes());
    }
    let mut place = file.len() + 16 * tables.len();
    for (tag, table) in tables {
        file.extend(*tag);
        for number in [checksum(table), u32::try_from(place).ok()?, u32::try_from(table.len()).ok()?] {
            file.extend(number.to_be_bytes());
        }
        place += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        file.extend(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    Some(file)
}

fn checksum(table: &[u8]) -> u32 {
    let words = table.chunks(4).map(|word| word.iter().zip([24, 16, 8, 0]));
    words.fold(0, |sum, word| {
        sum.wrapping_add(word.fold(0, |word, (byte, shift)| word | u32::from(*byte) << shift))
    })
}

/// A number of up to four bytes, the highest first.
fn number(bytes: &[u8]) -> Option<usize> {
    usize::try_from(bytes.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte))).ok()
}

#[cfg(test)]
mod tests {
    use skrifa::instance::{LocationRef, Size};
    use skrifa::outline::{DrawSettings, pen::SvgPen};
    use skrifa::{GlyphId, MetadataProvider as _};
    use subsetter::GlyphRemapper;

    use super::*;

    /// Outline and width of every glyph.
    fn drawn(font: &[u8]) -> Vec<(String, Option<f32>)> {
        let font = FontRef::new(font).unwrap();
        let widths = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let draw = |glyph| {
            let mut pen = SvgPen::new();
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            font.outline_glyphs().get(glyph).unwrap().draw(settings, &mut pen).unwrap();
            (pen.to_string(), widths.advance_width(glyph))
        };
        (0..u32::from(font.maxp().unwrap().num_glyphs())).map(|id| draw(GlyphId::new(id))).collect()
    }

    #[test]
    fn outlines_and_widths_stay_and_instructions_go() {
        for font in [dejavu::sans::regular(), dejavu::sans::bold()] {
            let cmap = FontRef::new(font).unwrap();
            let mut glyphs = GlyphRemapper::new();
            // Letters, and such as are made of parts.
            for character in "Zoë Müller-Nguyễn ليلى ნინო Олександр 0123".chars() {
                glyphs.remap(u16::try_from(cmap.charmap().map(character).unwrap().to_u32()).unwrap());
            }
            let hinted = subsetter::subset(font, 0, &glyphs).unwrap();
            let lean = unhinted(&hinted).unwrap();
            assert_eq!(drawn(&lean), drawn(&hinted));
            assert!(lean.len() < hinted.len() / 2, "{} of {}", lean.len(), hinted.len());
            assert_eq!(unhinted(&lean).unwrap(), lean);
        }
    }

    #[test]
    fn what_is_no_font_is_none() {
        assert_eq!(unhinted(b""), None);
        let mut font = subsetter::subset(dejavu::sans::bold(), 0, &GlyphRemapper::new()).unwrap();
        font.truncate(300);
        assert_eq!(unhinted(&font), None);
    }

    #[test]
    fn parts_lose_their_instructions_too() {
        let part = |flags: u16| {
            [&[0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0][..], &flags.to_be_bytes(), &[0, 1, 5, 6]].concat()
        };
        let mut to = Vec::new();
        outline(&[part(INSTRUCTIONS), vec![0, 1, 0xB0]].concat(), &mut to).unwrap();
        assert_eq!(to, part(0));
    }
}
