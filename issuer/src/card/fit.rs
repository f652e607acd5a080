//! Fits a text into a box: shrinks it within limits, then breaks it, never cuts it.

use serde::Deserialize;

use crate::card::error::{Field, Problem};
use crate::card::fonts::{Fonts, Weight};
use crate::card::scripts;
use crate::card::text::{Line, Look, Uncovered, shape_line};
use crate::card::units::{count, mm, points, real};

/// How a text may look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) weight: Weight,
    /// The size aimed at, in points.
    pub(super) largest: f32,
    /// The size under which a second line is better than a smaller first one.
    pub(super) one_line: f32,
    /// The smallest size that reads.
    pub(super) smallest: f32,
    pub(super) lines: usize,
    pub(super) tint: Tint,
}

impl Style {
    /// The style with the size aimed at made smaller, down to the smallest.
    pub(super) fn scaled(self, scale: f32) -> Self {
        let largest = (self.largest * scale).max(self.smallest);
        Self { largest, one_line: self.one_line.min(largest), ..self }
    }

    /// Height of all lines at the smallest size, in millimetres.
    pub(super) fn least_height(&self) -> f32 {
        mm(self.smallest * LEADING * real(count(self.lines)))
    }
}

/// The colours of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Hash)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tint {
    Ink,
    #[serde(rename = "labels")]
    Grey,
    Accent,
}

/// Distance of baselines, in ems.
const LEADING: f32 = 1.2;
/// Where the first baseline stands below the top of a line, in ems.
const ASCENT: f32 = 0.92;
/// What stays white between the ink of a tall script and the edge of its line, in ems.
const CLEAR: f32 = 0.03;

/// A text to be fitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a> {
    pub(super) field: Field,
    pub(super) text: &'a str,
    pub(super) language: Option<&'a str>,
}

/// A text that fits.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) field: Field,
    pub(super) lines: Vec<Line>,
    /// Size in points.
    pub(super) size: f32,
    /// Where the first baseline stands below the top, in points.
    pub(super) ascent: f32,
    /// How far baselines are apart.
    pub(super) leading: f32,
    height: f32,
    pub(super) style: Style,
    pub(super) language: Option<String>,
    /// The text, where it is not the whole one.
    pub(super) shortened: Option<String>,
}

impl Block {
    /// Height in millimetres.
    pub(super) fn height(&self) -> f32 {
        mm(self.height)
    }
}

/// Where the first baseline of lines stands below their top, how far baselines are apart, and how high all of it is, in
/// ems: more than usual where letters are taller or deeper.
fn rhythm(lines: &[Line]) -> [f32; 3] {
    let above = |line: &Line| line.above / 1000.0 + CLEAR;
    let below = |line: &Line| line.below / 1000.0 + CLEAR;
    let ascent = lines.first().map_or(ASCENT, above).max(ASCENT);
    let descent = lines.last().map_or(0.0, below).max(LEADING - ASCENT);
    let between = lines.iter().zip(lines.iter().skip(1)).map(|(upper, lower)| below(upper) + above(lower));
    let leading = between.fold(LEADING, f32::max);
    [ascent, leading, ascent + leading * real(count(lines.len().saturating_sub(1))) + descent]
}

const STEP: f32 = 0.25;

/// Fits `words` into a box of this width and height in millimetres.
pub(super) fn fit(
    fonts: &Fonts,
    words: Words<'_>,
    style: Style,
    width: f32,
    height: f32,
) -> Result<Block, Vec<Problem>> {
    fit_as(fonts, words, style, false, [width, height])
}

/// The same, with narrow letters where that is asked for.
pub(super) fn fit_as(
    fonts: &Fonts,
    words: Words<'_>,
    style: Style,
    narrow: bool,
    [width, height]: [f32; 2],
) -> Result<Block, Vec<Problem>> {
    let text = words.text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let look = Look::of(&text, style.weight, narrow, words.language);
    let shape =
        |text: &str| shape_line(fonts, text, &look).map_err(|missing| uncovered(words.field, &missing));
    let block = |lines: Vec<Line>, size: f32| {
        let [ascent, leading, height] = rhythm(&lines).map(|ems| ems * size);
        Block {
            field: words.field,
            lines,
            size,
            ascent,
            leading,
            height,
            style,
            language: words.language.map(str::to_owned),
            shortened: None,
        }
    };
    let whole = shape(&text)?;
    let too_long = vec![Problem::TooLong {
        field: words.field,
        needed_mm: mm(whole.width * style.smallest / 1000.0),
        width_mm: width,
        lines: style.lines,
    }];

    let limit = if style.lines > 1 { style.one_line } else { style.smallest };
    let mut one_line = sizes(style.largest, limit);
    let [_, _, tall] = rhythm(std::slice::from_ref(&whole));
    if let Some(size) = one_line.find(|size| fits(&whole, *size, width) && mm(size * tall) <= height) {
        return Ok(block(vec![whole], size));
    }
    if style.lines < 2 {
        return Err(too_long);
    }
    let pieces = pieces(&text, &shape)?;
    for size in sizes(style.largest, style.smallest) {
        let Some(texts) = wrap(&pieces, points(width) * 1000.0 / size) else { continue };
        let tall = mm(size * LEADING * real(count(texts.len())));
        if texts.len() > style.lines || tall > height {
            continue;
        }
        let lines: Vec<Line> = texts.iter().map(|text| shape(text)).collect::<Result<_, _>>()?;
        let block = block(lines, size);
        if block.height() <= height && block.lines.iter().all(|line| fits(line, size, width)) {
            return Ok(block);
        }
    }
    Err(too_long)
}

/// Whether a text may be broken at this character and spaces beside it mean nothing.
fn is_space(character: char) -> bool {
    character.is_whitespace() && !matches!(character, '\u{A0}' | '\u{2007}' | '\u{202F}')
}

fn fits(line: &Line, size: f32, width: f32) -> bool {
    line.width * size / 1000.0 <= points(width)
}

/// Sizes from the largest down to the smallest.
fn sizes(largest: f32, smallest: f32) -> impl Iterator<Item = f32> {
    std::iter::successors(Some(largest), |size| Some(size - STEP))
        .take_while(move |size| *size >= smallest - 0.01)
}

/// A part of the text that is never broken.
struct Piece {
    text: String,
    width: f32,
    /// Width of the space before it; none after a hyphen.
    space: f32,
}

/// Splits at spaces and after hyphens between letters.
fn pieces(
    text: &str,
    shape: &impl Fn(&str) -> Result<Line, Vec<Problem>>,
) -> Result<Vec<Piece>, Vec<Problem>> {
    let space = shape(" ")?.width;
    let mut pieces = Vec::new();
    for word in text.split(' ') {
        for (index, part) in parts(word).enumerate() {
            let space = if index == 0 { space } else { 0.0 };
            pieces.push(Piece { text: part.to_owned(), width: shape(part)?.width, space });
        }
    }
    Ok(pieces)
}

/// Parts of a word between which it may be broken. A date, a telephone number and a card number stay whole.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let has_digit = word.contains(|character: char| character.is_numeric());
    word.split_inclusive(move |character| character == '-' && !has_digit)
}

/// Breaks the pieces into lines of at most `width`; `None` if one piece alone is wider.
fn wrap(pieces: &[Piece], width: f32) -> Option<Vec<String>> {
    let lines = filled(pieces, width)?;
    if lines.len() != 2 {
        return Some(lines);
    }
    // Two lines of about the same length look better than a full one and a rest.
    let total: f32 = pieces.iter().map(|piece| piece.width + piece.space).sum();
    (10..=20)
        .filter_map(|share| filled(pieces, (total * real(share) / 20.0).min(width)))
        .find(|balanced| balanced.len() == 2)
        .or(Some(lines))
}

fn filled(pieces: &[Piece], width: f32) -> Option<Vec<String>> {
    let mut lines: Vec<(String, f32)> = Vec::new();
    for piece in pieces {
        if piece.width > width {
            return None;
        }
        match lines.last_mut() {
            Some((text, used)) if *used + piece.space + piece.width <= width => {
                if piece.space > 0.0 {
                    text.push(' ');
                }
                text.push_str(&piece.text);
                *used += piece.space + piece.width;
            }
            _ => lines.push((piece.text.clone(), piece.width)),
        }
    }
    Some(lines.into_iter().map(|(text, _)| text).collect())
}

/// One problem for each script that lacks a font.
fn uncovered(field: Field, missing: &Uncovered) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for character in missing.characters.chars() {
        let of = scripts::of(character);
        let (script, package) = (scripts::name(of), scripts::package(of));
        let same = problems.iter_mut().find_map(|problem| match problem {
            Problem::Uncovered { script: known, characters, .. } if *known == script => Some(characters),
            _ => None,
        });
        match same {
            Some(characters) => characters.push(character),
            None => problems.push(Problem::Uncovered {
                field,
                characters: character.to_string(),
                script,
                package,
            }),
        }
    }
    problems
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A name on a card.
    pub(in crate::card) const NAME: Style = Style {
        weight: Weight::Bold,
        largest: 11.0,
        one_line: 9.0,
        smallest: 7.5,
        lines: 2,
        tint: Tint::Ink,
    };

    fn fitted(text: &str, style: Style) -> Result<Block, Vec<Problem>> {
        fit(&Fonts::new(false), Words { field: Field::Name, text, language: None }, style, 51.0, 9.4)
    }

    #[test]
    fn a_short_name_is_large_and_a_long_one_shrinks() {
        assert!((fitted("Zoë Müller", NAME).unwrap().size - 11.0).abs() < 0.01);
        let block = fitted("Zoë Müller-Nguyễn Ortega", NAME).unwrap();
        assert_eq!(block.lines.len(), 1);
        assert!(block.size < 11.0 && block.size >= 9.0);
    }

    #[test]
    fn a_very_long_name_takes_two_lines_of_about_the_same_length() {
        let block = fitted("Maria Fernanda de los Ángeles Gutiérrez Villanueva", NAME).unwrap();
        let texts: Vec<&str> = block.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["Maria Fernanda de los", "Ángeles Gutiérrez Villanueva"]);
        assert!(block.height() <= 9.4);
        for line in &block.lines {
            assert!(fits(line, block.size, 51.0));
        }
    }

    #[test]
    fn a_hyphen_breaks_and_stays() {
        let narrow = fit(
            &Fonts::new(false),
            Words { field: Field::Name, text: "Featherstonehaugh-Cholmondeley", language: None },
            NAME,
            40.0,
            9.4,
        );
        let texts: Vec<String> = narrow.unwrap().lines.into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["Featherstonehaugh-", "Cholmondeley"]);
    }

    #[test]
    fn dates_and_numbers_stay_whole() {
        for parts in [["until", "2026-12-01"], ["Call us:", "+1\u{A0}555\u{A0}0100"]] {
            let words = Words { field: Field::Kept, text: &parts.join(" "), language: None };
            let narrow = fit(&Fonts::new(false), words, NAME, 25.0, 9.4).unwrap();
            let texts: Vec<String> = narrow.lines.into_iter().map(|line| line.text).collect();
            assert_eq!(texts, parts);
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error_with_numbers() {
        let problems = fitted(&"Wolfeschlegelsteinhausenbergerdorff".repeat(2), NAME).unwrap_err();
        let [Problem::TooLong { field: Field::Name, needed_mm, width_mm, lines: 2 }] = problems[..] else {
            panic!("{problems:?}");
        };
        assert!(needed_mm > width_mm);
    }

    #[test]
    fn each_script_without_a_font_is_named_once() {
        assert_eq!(
            fitted("অনিকা 張 দাস", NAME).unwrap_err(),
            [
                Problem::Uncovered {
                    field: Field::Name,
                    characters: "অন\u{9bf}ক\u{9be}দস".to_owned(),
                    script: "Bengali",
                    package: "fonts-noto-core",
                },
                Problem::Uncovered {
                    field: Field::Name,
                    characters: "張".to_owned(),
                    script: "Han",
                    package: "fonts-noto-cjk",
                },
            ]
        );
    }
}
