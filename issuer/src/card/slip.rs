//! The slip that is handed over with a card: one upright A5 page, in the holder's language and in the city's.
//!
//! It names nobody: whoever finds it learns a card's number and what that opens, and can have it blocked.
//!
//! Two columns run down the page, the holder's language in the wide one, the city's in the narrow one, section beside
//! section, so that officer and holder can go through it together. In a language read from right to left the page is
//! mirrored. Where the city's language is the holder's, one column takes the whole width.

mod page;
mod style;
#[cfg(test)]
mod tests;

use page::Page;
use style::Role;

use crate::card::error::Field;
use crate::card::fonts::Fonts;
use crate::card::layout::Side;
use crate::recovery::RecoveryCode;

/// The page in printer dots: 148 x 210 mm.
pub(super) const SLIP_DOTS: (u32, u32) = (1748, 2480);

/// What stands on a slip.
#[derive(Clone, Debug)]
pub struct Slip {
    /// Number of the card, as printed.
    pub number: String,
    /// The code that finds the card.
    pub recovery: RecoveryCode,
    /// The number to call about a lost card.
    pub hotline: String,
    /// In the holder's language.
    pub first: SlipTexts,
    /// In the city's, where that is another.
    pub second: Option<SlipTexts>,
}

/// What a slip says in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlipTexts {
    /// The language, as a BCP 47 tag.
    pub language: String,
    /// Name of the city.
    pub city: String,
    /// What the card is called.
    pub card: String,
    /// Title of the slip.
    pub title: String,
    /// Stands above the number.
    pub number: String,
    /// How long the card is valid.
    pub valid: String,
    /// Stands above the services.
    pub opens: String,
    /// What the card opens.
    pub services: Vec<Opened>,
    /// Stands above the recovery code.
    pub recovery: String,
    /// How to keep the code.
    pub keep: String,
    /// Stands above what to do about a lost card.
    pub lost_title: String,
    /// What to do about it.
    pub lost: String,
    /// Stands above what the city keeps.
    pub kept_title: String,
    /// What it keeps, until when, and what it never asks for.
    pub kept: Vec<String>,
    /// When the slip was printed.
    pub printed: String,
}

/// A service that the card opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What people call it.
    pub title: String,
    /// What it means to have it on the card.
    pub scope: String,
}

/// Lays out a slip.
pub(super) fn side(fonts: &Fonts, slip: &Slip, with_emblem: bool) -> Side {
    let mut page = Page::new(fonts, slip);
    page.head(with_emblem);
    page.sections();
    page.foot();
    page.finish()
}

/// A text with the space above it, in millimetres.
type Text<'t> = (f32, Field, &'t str, Role);

fn title(texts: &SlipTexts) -> Vec<Text<'_>> {
    vec![(0.0, Field::Label, &texts.title, Role::Title)]
}

/// The number stands once, large; it is the same in every language.
fn number<'t>(slip: &'t Slip, rank: usize, texts: &'t SlipTexts) -> Vec<Text<'t>> {
    let mut all = vec![(0.0, Field::Label, texts.number.as_str(), Role::Label)];
    if rank == 0 {
        all.push((0.4, Field::Number, &slip.number, Role::Fact));
    }
    all.push((1.0, Field::Expiry, &texts.valid, Role::Body));
    all
}

fn opens(texts: &SlipTexts) -> Vec<Text<'_>> {
    let heading = (0.0, Field::Label, texts.opens.as_str(), Role::Heading);
    let services = texts.services.iter().flat_map(|service| {
        [
            (1.4, Field::Services, service.title.as_str(), Role::Strong),
            (0.2, Field::Services, service.scope.as_str(), Role::Body),
        ]
    });
    std::iter::once(heading).chain(services).collect()
}

fn keep(texts: &SlipTexts) -> Vec<Text<'_>> {
    vec![(0.0, Field::Recovery, &texts.keep, Role::Body)]
}

/// The number to call stands once, large.
fn lost<'t>(slip: &'t Slip, rank: usize, texts: &'t SlipTexts) -> Vec<Text<'t>> {
    let mut all = vec![(0.0, Field::Label, texts.lost_title.as_str(), Role::Heading)];
    if rank == 0 {
        all.push((0.8, Field::Hotline, &slip.hotline, Role::Fact));
    }
    all.push((0.8, Field::Lost, &texts.lost, Role::Body));
    all
}

fn kept(texts: &SlipTexts) -> Vec<Text<'_>> {
    let heading = (0.0, Field::Label, texts.kept_title.as_str(), Role::Heading);
    let kept = texts.kept.iter().map(|text| (1.0, Field::Kept, text.as_str(), Role::Body));
    std::iter::once(heading).chain(kept).collect()
}
