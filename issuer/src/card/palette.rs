//! The colours of a card, and whether they can be read on its white.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::card::fit::Tint;
use crate::card::marks::Shade;

/// The least contrast of text and its ground: WCAG 2.2, success criterion 1.4.3 (level AA).
const LEAST_CONTRAST: f32 = 4.5;
/// How much of the accent is in the waves; the rest is white.
const WAVES: f32 = 0.55;
/// The same of grounds and of lines between texts.
const PALE: f32 = 0.07;
const LINE: f32 = 0.28;

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// The colours of the texts on a card. All of them can be read on white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    ink: Colour,
    labels: Colour,
    accent: Colour,
}

/// Why colours are of no use.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ColourError {
    /// It is not written as a colour.
    #[error("is no colour; write # and six digits, such as #0a5466")]
    Format,
    /// It is too pale for text.
    #[error(
        "{name} {colour} on white has a contrast of {contrast:.2}:1; texts need {LEAST_CONTRAST}:1, so take a \
         darker colour"
    )]
    Contrast {
        /// What it is for.
        name: &'static str,
        /// The colour.
        colour: Colour,
        /// Its contrast with white.
        contrast: f32,
    },
}

impl Palette {
    /// A palette of a colour for what is read, one for labels and one for titles.
    ///
    /// # Errors
    ///
    /// Names the first pair of colours with too little contrast.
    pub fn new(ink: Colour, labels: Colour, accent: Colour) -> Result<Self, ColourError> {
        for (name, colour) in [("ink", ink), ("labels", labels), ("accent", accent)] {
            let contrast = colour.contrast(Colour::WHITE);
            if contrast < LEAST_CONTRAST {
                return Err(ColourError::Contrast { name, colour, contrast });
            }
        }
        Ok(Self { ink, labels, accent })
    }

    pub(super) fn of(&self, tint: Tint) -> Colour {
        match tint {
            Tint::Ink => self.ink,
            Tint::Grey => self.labels,
            Tint::Accent => self.accent,
        }
    }

    /// The colour of a filled area.
    pub(super) fn shade(&self, shade: Shade) -> Colour {
        self.accent.on_white(match shade {
            Shade::Pale => PALE,
            Shade::Line => LINE,
        })
    }

    /// The colour of the waves, which nobody needs to read.
    pub(super) fn waves(&self) -> Colour {
        self.accent.on_white(WAVES)
    }
}

impl Default for Palette {
    /// Black, grey and a dark teal: 16.5, 5.2 and 8.5 to 1.
    fn default() -> Self {
        Self {
            ink: Colour([0x1c, 0x1f, 0x24]),
            labels: Colour([0x66, 0x6e, 0x75]),
            accent: Colour([0x0a, 0x54, 0x66]),
        }
    }
}

impl Colour {
    /// What codes are drawn in.
    pub(super) const BLACK: Self = Self([0; 3]);
    /// What the card is printed on.
    pub(super) const WHITE: Self = Self([255; 3]);
    /// What boxes are drawn in for whoever changes the layout.
    pub(super) const OUTLINE: Self = Self([208, 0, 160]);

    /// Red, green and blue from 0 to 1, to the hundredth.
    pub(super) fn shares(self) -> [f32; 3] {
        self.0.map(|level| (f32::from(level) / 2.55).round() / 100.0)
    }

    /// Red, green and blue from 0 to 255.
    #[must_use]
    pub fn levels(self) -> [u8; 3] {
        self.0
    }

    /// The contrast of two colours, 1 to 21, as WCAG 2.2 defines it.
    #[must_use]
    pub fn contrast(self, other: Self) -> f32 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Relative luminance, from 0 to 1.
    fn luminance(self) -> f32 {
        let [red, green, blue] = self.0.map(|level| {
            let share = f32::from(level) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// So much of it, and the rest white.
    fn on_white(self, share: f32) -> Self {
        Self(self.0.map(|level| crate::card::units::level(255.0 - share * (255.0 - f32::from(level)))))
    }
}

impl FromStr for Colour {
    type Err = ColourError;

    /// Reads `#rrggbb`.
    fn from_str(text: &str) -> Result<Self, ColourError> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(ColourError::Format)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(ColourError::Format);
        }
        let [_, red, green, blue] =
            u32::from_str_radix(digits, 16).map_err(|_| ColourError::Format)?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(formatter, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().unwrap()
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((colour("#000000").contrast(Colour::WHITE) - 21.0).abs() < 0.001);
        assert!((colour("#767676").contrast(Colour::WHITE) - 4.54).abs() < 0.005);
        assert!((colour("#ff0000").contrast(Colour::WHITE) - 4.0).abs() < 0.005);
    }

    #[test]
    fn the_usual_colours_can_be_read() {
        let Palette { ink, labels, accent } = Palette::default();
        assert_eq!(Palette::new(ink, labels, accent), Ok(Palette::default()));
        let contrasts = [ink, labels, accent].map(|colour| format!("{:.1}", colour.contrast(Colour::WHITE)));
        assert_eq!(contrasts, ["16.5", "5.2", "8.5"]);
    }

    #[test]
    fn a_pale_colour_is_refused_and_its_pair_named() {
        let refused = Palette::new(colour("#1c1f24"), colour("#666e75"), colour("#E0B000"));
        assert_eq!(
            refused.unwrap_err().to_string(),
            "accent #e0b000 on white has a contrast of 2.02:1; texts need 4.5:1, so take a darker colour"
        );
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in ["", "0a5466", "#0a546", "#0a54667", "#0a54zz", "#+a5466", "red"] {
            assert_eq!(text.parse::<Colour>(), Err(ColourError::Format), "{text}");
        }
    }
}
