//! Makes a long name fit: smaller, narrower, at last with initials.

use crate::card::error::Problem;
use crate::card::fit::{Block, Style, Words, fit, fit_as};
use crate::card::fonts::Fonts;
use crate::card::initials;

/// What may be done to a name to make it fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Squeeze {
    /// A smaller size, and a second line.
    Size,
    /// Also narrow letters.
    Narrow,
    /// Also initials for middle names, which is told.
    Initials,
}

impl Squeeze {
    /// The mildest first.
    pub(super) const ALL: [Self; 3] = [Self::Size, Self::Narrow, Self::Initials];
}

/// Fits a name into a box of this width and height in millimetres, with no more squeezing than it needs.
pub(super) fn fit_name(
    fonts: &Fonts,
    words: Words<'_>,
    style: Style,
    (width, height): (f32, f32),
    most: Squeeze,
) -> Result<Block, Vec<Problem>> {
    let plain = fit(fonts, words, style, width, height);
    let Err(problems) = &plain else { return plain };
    let only_too_long = problems.iter().all(|problem| matches!(problem, Problem::TooLong { .. }));
    if most == Squeeze::Size || !only_too_long {
        return plain;
    }
    let try_as = |text: &str, narrow| fit_as(fonts, Words { text, ..words }, style, narrow, [width, height]);
    let narrow = try_as(words.text, true);
    if most == Squeeze::Narrow || narrow.is_ok() {
        return narrow.or(plain);
    }
    let short = initials::shortened(words.text).into_iter().find_map(|text| {
        let mut block = try_as(&text, false).or_else(|_| try_as(&text, true)).ok()?;
        block.shortened = Some(text);
        Some(block)
    });
    short.map_or(plain, Ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::error::Field;
    use crate::card::fit::tests::NAME;

    #[test]
    fn a_name_is_squeezed_no_more_than_it_needs() {
        let fonts = Fonts::new(false);
        let squeezed = |text: &str, most| {
            let words = Words { field: Field::Name, text, language: None };
            fit_name(&fonts, words, NAME, (51.0, 6.6), most).map(|block| {
                let face = block.lines[0].runs[0].face;
                (fonts.name(face).to_owned(), block.shortened)
            })
        };
        let bold = "DejaVuSans-Bold".to_owned();
        let narrow = "DejaVuSansCondensed-Bold".to_owned();
        let short = "Maria Fernanda de los Ángeles Gutiérrez";
        assert_eq!(squeezed(short, Squeeze::Initials), Ok((bold.clone(), None)));
        let long = "Maria Fernanda Concepción Esperanza de los Ángeles Villanueva";
        assert!(squeezed(long, Squeeze::Size).is_err());
        assert_eq!(squeezed(long, Squeeze::Narrow), Ok((narrow.clone(), None)));
        let longer = "Maria Fernanda Concepción de los Ángeles Esperanza Gutiérrez Villanueva";
        assert!(squeezed(longer, Squeeze::Narrow).is_err());
        let printed = "Maria Fernanda Concepción de los Ángeles Esperanza G. Villanueva";
        assert_eq!(squeezed(longer, Squeeze::Initials), Ok((narrow, Some(printed.to_owned()))));
        let hopeless = "Wolfeschlegelsteinhausenbergerdorff".repeat(2);
        assert_eq!(squeezed(&hopeless, Squeeze::Initials), squeezed(&hopeless, Squeeze::Size));
    }
}
