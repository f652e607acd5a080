//! How a line is marked so that software that copies text from a PDF gives it back as it is read.
//!
//! Copying software takes what stands on a page from left to right, marked or not, and then turns round what reads
//! from the right, letter by letter. So a text from right to left is marked word by word, its letters as seen from the
//! left: poppler, `PDFium` and `MuPDF` all give names back from that. Where numbers or Latin letters stand between,
//! poppler's rule for signs and spaces would move them; such a line is marked as a whole, in the order that comes out
//! right there.

use unicode_bidi::{BidiClass, bidi_class};

use crate::card::text::{Line, Run};

/// The direction in which most of a page reads: copying software goes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    FromLeft,
    FromRight,
}

impl Reading {
    /// The direction of a page with these texts.
    pub(super) fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let (mut left, mut right) = (0_u32, 0_u32);
        for kind in texts.flat_map(str::chars).map(kind) {
            left += u32::from(kind == Kind::Left);
            right += u32::from(kind == Kind::Right);
        }
        if left >= right { Self::FromLeft } else { Self::FromRight }
    }
}

/// A stretch of a line, and what copying software shall take for it.
pub(super) struct Piece<'l> {
    pub(super) runs: &'l [Run],
    pub(super) text: String,
}

/// The pieces of a line, from left to right.
pub(super) fn pieces(line: &Line, page: Reading) -> Vec<Piece<'_>> {
    let from_right = line.runs.iter().any(|run| run.rtl);
    let seen: String = if from_right { line.runs.iter().map(as_seen).collect() } else { line.text.clone() };
    if copied(&seen, page) != line.text {
        return vec![Piece { runs: &line.runs, text: reversible(&line.text, page) }];
    }
    if !from_right {
        return vec![Piece { runs: &line.runs, text: seen }];
    }
    let same_word = |a: &Run, b: &Run| a.text != " " && b.text != " ";
    let words = line.runs.chunk_by(same_word);
    words.map(|runs| Piece { runs, text: runs.iter().map(as_seen).collect() }).collect()
}

/// The letters of a run from left to right.
fn as_seen(run: &Run) -> String {
    if run.rtl { run.text.chars().rev().collect() } else { run.text.clone() }
}

/// What a character is to poppler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Left,
    Right,
    Number,
    Neutral,
}

fn kind(character: char) -> Kind {
    match (bidi_class(character), character) {
        // Scripts encoded late are unknown to it: it does not turn them round, and takes them for signs.
        (
            _,
            '\u{7c0}'..='\u{8ff}'
            | '\u{1900}'..='\u{1dff}'
            | '\u{2c00}'..='\u{2dff}'
            | '\u{a4d0}'..='\u{abff}'
            | '\u{10000}'..,
        ) => Kind::Neutral,
        (BidiClass::L, _) => Kind::Left,
        (BidiClass::EN | BidiClass::AN, _) => Kind::Number,
        (BidiClass::R | BidiClass::AL, _) => Kind::Right,
        _ => Kind::Neutral,
    }
}

const LEFT_MARK: char = '\u{200e}';
const RIGHT_MARK: char = '\u{200f}';

/// What poppler copies from a line whose characters it finds in this order from left to right.
fn copied(seen: &str, page: Reading) -> String {
    let seen: Vec<char> = seen.chars().collect();
    let mut copied = String::new();
    let mut rest = seen.as_slice();
    match page {
        Reading::FromLeft => {
            while !rest.is_empty() {
                let left = rest.iter().take_while(|character| kind(**character) != Kind::Right).count();
                let (these, others) = rest.split_at(left);
                copied.extend(these);
                let right = others.iter().take_while(|character| !stops_right(**character)).count();
                let (these, others) = others.split_at(right);
                copied.extend(these.iter().rev());
                rest = others;
            }
        }
        Reading::FromRight => {
            while !rest.is_empty() {
                let right = rest.iter().rev().take_while(|character| !stops_right(**character)).count();
                let (others, these) = rest.split_at(rest.len() - right);
                copied.extend(these.iter().rev());
                let left =
                    others.iter().rev().take_while(|character| kind(**character) != Kind::Right).count();
                let (others, these) = others.split_at(others.len() - left);
                copied.extend(these);
                rest = others;
            }
        }
    }
    copied
}

fn stops_right(character: char) -> bool {
    matches!(kind(character), Kind::Left | Kind::Number)
}

/// The order from which poppler copies `text`, with direction marks (which nobody sees) where it needs them.
fn reversible(text: &str, page: Reading) -> String {
    let mut sections: Vec<(bool, Vec<char>)> = Vec::new();
    let characters: Vec<char> = text.chars().collect();
    for (at, character) in characters.iter().enumerate() {
        let right = match kind(*character) {
            Kind::Right => true,
            Kind::Left | Kind::Number => false,
            // Signs go with the letters from the right that are on both sides of them.
            Kind::Neutral => {
                let following = characters.iter().skip(at).map(|next| kind(*next));
                let next = following.clone().find(|kind| *kind != Kind::Neutral);
                sections.last().is_some_and(|(right, _)| *right) && matches!(next, Some(Kind::Right) | None)
            }
        };
        match sections.last_mut() {
            Some((known, section)) if *known == right => section.push(*character),
            _ => sections.push((right, vec![*character])),
        }
    }
    let neutral = |character: Option<&char>| character.is_some_and(|c| kind(*c) == Kind::Neutral);
    for (right, section) in &mut sections {
        if *right {
            section.reverse();
        }
        match page {
            Reading::FromLeft if neutral(section.first()) => {
                section.insert(0, if *right { RIGHT_MARK } else { LEFT_MARK });
            }
            Reading::FromRight if !*right && neutral(section.last()) => section.push(LEFT_MARK),
            _ => {}
        }
    }
    if page == Reading::FromRight {
        sections.reverse();
    }
    sections.into_iter().flat_map(|(_, section)| section).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_comes_back_on_pages_of_either_direction() {
        let without_marks = |text: String| text.replace([LEFT_MARK, RIGHT_MARK], "");
        for text in [
            "ليلى الحداد",
            "ليلى 2 الحداد",
            "Anna ليلى-3",
            "مُحَمَّدُ",
            "ޢަލީ މުޙައްމަދު",
            "(ليلى)",
            "Ann Smith Jr.",
            "12 - 34",
            "ߝߊ߬ߕߎߡߊߕߊ ߞߎߦߊߕߋ",
            "ⵜⵉⵏⵀⵉⵏⴰⵏ ⴰⵎⵖⵏⴰⵙ",
            "",
        ] {
            for page in [Reading::FromLeft, Reading::FromRight] {
                assert_eq!(without_marks(copied(&reversible(text, page), page)), text, "{page:?}");
            }
        }
    }

    #[test]
    fn a_page_reads_as_most_of_its_letters_do() {
        assert_eq!(Reading::of(["Anna", "ليلى 2"].into_iter()), Reading::FromLeft);
        assert_eq!(Reading::of(["Ann 12345", "ليلى"].into_iter()), Reading::FromRight);
    }
}
