//! From a text to glyphs in the order in which they are seen.

use std::ops::Range;

use harfrust::{Buffer, Direction, GlyphId, Language, Script, ShapeOptions, ShaperFont, shape};
use unicode_bidi::{Level, ParagraphBidiInfo};

use crate::card::fonts::{Cut, FaceId, Fonts, Loaded, Weight};
use crate::card::scripts::{self, Region};

/// One line of text, shaped. Lengths are thousandths of an em.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The text as it is read.
    pub(super) text: String,
    /// From left to right.
    pub(super) runs: Vec<Run>,
    pub(super) width: f32,
    /// How far ink reaches above and below the baseline.
    pub(super) above: f32,
    pub(super) below: f32,
    /// Whether the text as a whole reads from right to left.
    pub(super) rtl: bool,
}

/// Glyphs of one font, from left to right. From right to left, every cluster is a run of its own, so that words can
/// be told apart.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) face: FaceId,
    /// The part of the text that the glyphs stand for.
    pub(super) text: String,
    pub(super) rtl: bool,
    pub(super) glyphs: Vec<Glyph>,
}

/// A glyph and where it goes from the pen.
#[derive(Clone, Debug)]
pub(super) struct Glyph {
    pub(super) id: u16,
    /// How far the pen moves.
    pub(super) advance: f32,
    pub(super) right: f32,
    pub(super) up: f32,
    /// The width that the font itself gives the glyph.
    pub(super) width: f32,
    /// How far its ink reaches above and below the baseline.
    above: f32,
    below: f32,
    /// The first character that the glyph stands for.
    pub(super) character: char,
    /// Where that character stands in the text shaped.
    cluster: usize,
}

/// Characters that no font has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Uncovered {
    pub(super) characters: String,
}

/// What the lines of a text have in common.
#[derive(Clone, Debug)]
pub(super) struct Look {
    cut: Cut,
    language: Option<Language>,
    /// The direction of the text as a whole.
    level: Level,
}

impl Look {
    /// The look of a text in a language, given as a BCP 47 tag.
    pub(super) fn of(text: &str, weight: Weight, narrow: bool, language: Option<&str>) -> Self {
        Self {
            cut: Cut { weight, narrow, region: Region::of(text, language) },
            language: language.and_then(Language::new),
            level: ParagraphBidiInfo::new(text, None).paragraph_level,
        }
    }
}

/// Shapes a line.
pub(super) fn shape_line(fonts: &Fonts, text: &str, look: &Look) -> Result<Line, Uncovered> {
    let bidi = ParagraphBidiInfo::new(text, Some(look.level));
    let (levels, ranges) = bidi.visual_runs(0..text.len());
    let mut missing = String::new();
    let mut runs = Vec::new();
    for range in ranges {
        let rtl = levels.get(range.start).is_some_and(Level::is_rtl);
        let mut spans = spans(fonts, text, range, look.cut, &mut missing);
        if rtl {
            spans.reverse();
        }
        for span in spans {
            let Some(part) = text.get(span.range.clone()) else { continue };
            match shape_span(fonts, part, &span, rtl, look.language.as_ref()) {
                Some(glyphs) if rtl => runs.extend(cluster_runs(span.face, part, &glyphs)),
                Some(glyphs) => runs.push(Run { face: span.face, text: part.to_owned(), rtl, glyphs }),
                None => missing.push_str(part),
            }
        }
    }
    if missing.is_empty() {
        let glyphs = || runs.iter().flat_map(|run| &run.glyphs);
        let width = glyphs().map(|glyph| glyph.advance).sum();
        let above = glyphs().map(|glyph| glyph.above).fold(0.0, f32::max);
        let below = glyphs().map(|glyph| glyph.below).fold(0.0, f32::max);
        Ok(Line { text: text.to_owned(), runs, width, above, below, rtl: look.level.is_rtl() })
    } else {
        Err(Uncovered { characters: missing })
    }
}

/// Part of a line in one direction, one script and one font.
struct Span {
    range: Range<usize>,
    script: Option<Script>,
    face: FaceId,
}

/// Splits a stretch of one direction by script and font, in reading order. Characters without a font go to
/// `missing`.
fn spans(fonts: &Fonts, text: &str, range: Range<usize>, cut: Cut, missing: &mut String) -> Vec<Span> {
    let mut spans = Vec::new();
    for (range, script) in by_script(text, range) {
        let Some(part) = text.get(range.clone()) else { continue };
        let visible: Vec<char> = part.chars().filter(|character| !is_invisible(*character)).collect();
        // One font for the whole stretch looks best; only if there is none do fonts mix.
        if let Some(face) = fonts.covering(cut, &visible) {
            spans.push(Span { range, script, face });
            continue;
        }
        for cluster in clusters(part, range.start) {
            let characters: Vec<char> = text
                .get(cluster.clone())
                .into_iter()
                .flat_map(str::chars)
                .filter(|c| !is_invisible(*c))
                .collect();
            match fonts.covering(cut, &characters) {
                Some(face) => match spans.last_mut() {
                    Some(last) if last.face == face && last.range.end == cluster.start => {
                        last.range.end = cluster.end;
                    }
                    _ => spans.push(Span { range: cluster, script, face }),
                },
                None => add_missing(missing, fonts, cut, &characters),
            }
        }
    }
    spans
}

fn add_missing(missing: &mut String, fonts: &Fonts, cut: Cut, characters: &[char]) {
    let alone: Vec<char> =
        characters.iter().copied().filter(|character| fonts.covering(cut, &[*character]).is_none()).collect();
    // Each may have a font, but no font has them all.
    let lacking = if alone.is_empty() { characters } else { &alone };
    for character in lacking {
        if !missing.contains(*character) {
            missing.push(*character);
        }
    }
}

/// Stretches of one script. Shared signs belong to what stands before them, at the start to what follows.
fn by_script(text: &str, range: Range<usize>) -> Vec<(Range<usize>, Option<Script>)> {
    let mut stretches: Vec<(Range<usize>, Option<Script>)> = Vec::new();
    let part = text.get(range.clone()).unwrap_or_default();
    for (at, character) in part.char_indices() {
        let at = range.start + at;
        let end = at + character.len_utf8();
        let script = scripts::of(character);
        match stretches.last_mut() {
            Some((last, known)) if script.is_none() || known.is_none() || *known == script => {
                last.end = end;
                *known = known.or(script);
            }
            _ => stretches.push((at..end, script)),
        }
    }
    stretches
}

/// Characters together with the marks that sit on them.
fn clusters(part: &str, offset: usize) -> Vec<Range<usize>> {
    let mut clusters: Vec<Range<usize>> = Vec::new();
    for (at, character) in part.char_indices() {
        let end = offset + at + character.len_utf8();
        let attached = scripts::is_mark(character) || is_invisible(character);
        match clusters.last_mut() {
            Some(last) if attached => last.end = end,
            _ => clusters.push(offset + at..end),
        }
    }
    clusters
}

/// Characters that steer shaping and direction, and have no glyph of their own.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}'
    )
}

/// The glyphs of a span from left to right; `None` if the font cannot be read or lacks a glyph after all.
fn shape_span(
    fonts: &Fonts,
    part: &str,
    span: &Span,
    rtl: bool,
    language: Option<&Language>,
) -> Option<Vec<Glyph>> {
    let loaded = fonts.loaded(span.face)?;
    let mut buffer = Buffer::new();
    buffer.push_str(part);
    buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
    buffer.set_script(span.script);
    buffer.set_language(language.cloned());
    buffer.guess_segment_properties();
    let shaper = ShaperFont::new(&loaded.font);
    shape(&shaper, &mut buffer, ShapeOptions::new()).ok()?;
    let metrics = loaded.font.glyph_metrics();
    buffer
        .glyph_infos()
        .iter()
        .zip(buffer.glyph_positions())
        .map(|(info, position)| {
            let at = usize::try_from(info.cluster).ok()?;
            let id = u16::try_from(info.glyph_id).ok().filter(|id| *id != 0)?;
            let up = scaled(loaded, position.y_offset);
            let ink = shaper.glyph_extents(GlyphId::from(id)).unwrap_or_default();
            Some(Glyph {
                id,
                advance: scaled(loaded, position.x_advance),
                right: scaled(loaded, position.x_offset),
                up,
                above: up + scaled(loaded, ink.y_bearing),
                below: -up - scaled(loaded, ink.y_bearing.saturating_add(ink.height)),
                width: loaded.per_mille(metrics.h_advance(GlyphId::from(id))),
                character: part.get(at..)?.chars().next()?,
                cluster: at,
            })
        })
        .collect()
}

/// One run for each cluster of a span that reads from right to left.
fn cluster_runs(face: FaceId, part: &str, glyphs: &[Glyph]) -> Vec<Run> {
    let mut end = part.len();
    let mut runs = Vec::new();
    // Seen from the right, clusters come in reading order: each ends where the one to its left begins.
    for glyphs in glyphs.chunk_by(|a, b| a.cluster == b.cluster) {
        let start = glyphs.first().map_or(end, |glyph| glyph.cluster);
        let text = part.get(start..end).unwrap_or_default().to_owned();
        end = start;
        runs.push(Run { face, text, rtl: true, glyphs: glyphs.to_vec() });
    }
    runs
}

/// Font units as thousandths of an em. Positions stay within i16, as the font tables do.
fn scaled(loaded: &Loaded, units: i32) -> f32 {
    let units = units.clamp(i32::from(i16::MIN), i32::from(i16::MAX));
    loaded.per_mille(i16::try_from(units).map_or(0.0, f32::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        shape_line(&Fonts::new(false), text, &Look::of(text, Weight::Regular, false, None)).unwrap()
    }

    fn seen(line: &Line) -> String {
        line.runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.character).collect()
    }

    #[test]
    fn latin_keeps_its_order_and_width() {
        let line = line("Zoë");
        assert!(!line.rtl);
        assert_eq!(seen(&line), "Zoë");
        // DejaVu Sans: Z 1403, o 1253, ë 1260 of 2048 units.
        assert!((line.width - 3916.0 * 1000.0 / 2048.0).abs() < 0.01);
    }

    #[test]
    fn arabic_is_joined_and_seen_from_the_right() {
        let text = "ليلى";
        let joined = line(text);
        assert!(joined.rtl);
        assert_eq!(seen(&joined), text.chars().rev().collect::<String>());
        let apart: f32 = text.chars().map(|letter| line(&letter.to_string()).width).sum();
        assert!(joined.width < apart, "joined forms are narrower");
    }

    #[test]
    fn right_to_left_every_cluster_says_its_own_text() {
        let line = line("سلام");
        let texts: Vec<&str> = line.runs.iter().map(|run| run.text.as_str()).collect();
        assert_eq!(texts, ["م", "لا", "س"], "lam and alef are one glyph");
    }

    #[test]
    fn digits_in_arabic_keep_their_order() {
        assert_eq!(seen(&line("اب 12")), "12 با");
        assert_eq!(line("اب Zoë").runs.last().unwrap().text, "ا");
    }

    #[test]
    fn a_decomposed_letter_is_one_glyph() {
        assert_eq!(line("e\u{301}").runs[0].glyphs.len(), 1);
    }

    #[test]
    fn missing_characters_are_named_once() {
        let fonts = Fonts::new(false);
        let text = "Anna অআঅ 張";
        assert_eq!(
            shape_line(&fonts, text, &Look::of(text, Weight::Bold, false, Some("bn"))).unwrap_err(),
            Uncovered { characters: "অআ張".to_owned() }
        );
        let control = shape_line(&fonts, "a\nb", &Look::of("ab", Weight::Bold, false, None));
        assert_eq!(control.unwrap_err().characters, "\n");
    }
}
