//! What keeps a card from being printed.

use std::fmt;

use thiserror::Error;

use crate::card::codes::CodeError;

/// A text on the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Name of the city.
    City,
    /// A label or title in the city's language.
    Label,
    /// Name of the holder.
    Name,
    /// Name of the holder in a second script.
    SecondName,
    /// Birth date.
    BirthDate,
    /// Card number.
    Number,
    /// Expiry date.
    Expiry,
    /// Who answers for a child.
    Guardian,
    /// Address, or who takes the holder's post.
    Address,
    /// Titles of the services.
    Services,
    /// The number to call.
    Hotline,
    /// Notice lines on the back.
    Notice,
    /// The recovery code on the slip, and how to keep it.
    Recovery,
    /// What the slip says about a lost card.
    Lost,
    /// What the slip says the city keeps.
    Kept,
}

impl Field {
    /// Whether it says something about the holder.
    pub(super) fn is_the_holders(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::SecondName
                | Self::Guardian
                | Self::Address
                | Self::BirthDate
                | Self::Number
                | Self::Recovery
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::City => "city name",
            Self::Label => "label",
            Self::Name => "name",
            Self::SecondName => "second name",
            Self::BirthDate => "birth date",
            Self::Number => "number",
            Self::Expiry => "expiry date",
            Self::Guardian => "guardian",
            Self::Address => "address",
            Self::Services => "services",
            Self::Hotline => "hotline",
            Self::Notice => "notice",
            Self::Recovery => "recovery code",
            Self::Lost => "what to do about a lost card",
            Self::Kept => "what the city keeps",
        })
    }
}

/// One thing that would make a card unprintable.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// No font on this machine has these characters.
    #[error("{field}: no font prints {characters} ({script}); install the package {package}")]
    Uncovered {
        /// Where the characters stand.
        field: Field,
        /// Each character once.
        characters: String,
        /// English name of their script.
        script: &'static str,
        /// The Debian package with a font for it.
        package: &'static str,
    },
    /// A text does not fit its place even at the smallest size that reads.
    #[error(
        "{field}: needs {needed_mm:.1} mm at the smallest size, {lines} line(s) of {width_mm:.1} mm are there"
    )]
    TooLong {
        /// Which text.
        field: Field,
        /// Width on one line at the smallest size.
        needed_mm: f32,
        /// Width of the place.
        width_mm: f32,
        /// Lines that the place allows.
        lines: usize,
    },
    /// Number, dates and their labels take more height than the front has for them.
    #[error("number and dates take {needed_mm:.1} mm, {height_mm:.1} mm are there")]
    FactsTooTall {
        /// Height of all of them at the smallest.
        needed_mm: f32,
        /// Height of their column.
        height_mm: f32,
    },
    /// The texts on the back take more height than the card has.
    #[error("the texts on the back take {needed_mm:.1} mm, {height_mm:.1} mm are there")]
    BackTooTall {
        /// Height of all texts.
        needed_mm: f32,
        /// Height of the column.
        height_mm: f32,
    },
    /// The texts of the slip take more height than its page has.
    #[error(
        "the texts of the slip take {needed_mm:.1} mm, {height_mm:.1} mm are there; most take the {longest}"
    )]
    SlipTooTall {
        /// Height of all texts at the smallest.
        needed_mm: f32,
        /// Height of the page between its margins.
        height_mm: f32,
        /// Which takes most of it.
        longest: Field,
    },
}

/// Why cards were not printed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CardError {
    /// Everything in the way of printing one card.
    #[error("card {number} cannot be printed: {}", join(problems))]
    Unprintable {
        /// Number of the card.
        number: String,
        /// All problems found.
        problems: Vec<Problem>,
    },
    /// The identity credential does not fit its code.
    #[error("card {number}: the identity code does not fit")]
    IdentityCode {
        /// Number of the card.
        number: String,
        /// What does not fit.
        source: CodeError,
    },
    /// The service credential does not fit its code.
    #[error("card {number}: the service code does not fit")]
    ServiceCode {
        /// Number of the card.
        number: String,
        /// What does not fit.
        source: CodeError,
    },
    /// A font could not be reduced to the glyphs used.
    #[error("the font {font} cannot be embedded")]
    Font {
        /// PostScript name of the font.
        font: String,
        /// What the subsetter found.
        source: subsetter::Error,
    },
    /// The picture of a card could not be made.
    #[error("the picture of the card cannot be made")]
    Proof,
    /// A file can tell where its objects are up to ten digits.
    #[error("the document is longer than a PDF can be; split it")]
    TooLong,
    /// The time is outside what a PDF date can say.
    #[error("the time of printing is out of range")]
    Time,
}

fn join(problems: &[Problem]) -> String {
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    problems.join("; ")
}
