//! The description of the layouts, `plan.toml`: boxes and sizes that a person can read and change.

mod check;

use serde::Deserialize;
use thiserror::Error;

use crate::card::fit::{Style, Tint};
use crate::card::fonts::Weight;
use crate::card::marks::{Align, Area};
use crate::card::units::dots_mm;

/// The layouts that need no file.
pub(crate) const BUILT_IN: &str = include_str!("plan.toml");

/// All layouts of cards.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::card) struct Plans {
    pub(in crate::card) card: Plan,
    pub(in crate::card) large: Plan,
}

/// Why a description of layouts is of no use.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// It is not TOML, or something is missing, unknown or of the wrong kind. The message says where.
    #[error("{0}")]
    Written(toml::de::Error),
    /// Cards of this kind have one size.
    #[error("{layout}: dots are {width} x {height}; nothing else fits its paper")]
    Dots {
        /// `card` or `large`.
        layout: &'static str,
        /// Width in dots.
        width: u32,
        /// Height in dots.
        height: u32,
    },
    /// A box is not on the card, or bars are not in their box.
    #[error("{side}: {name} reaches beyond its place, or has no size")]
    Outside {
        /// Which side, such as `card.front`.
        side: String,
        /// The box.
        name: &'static str,
    },
    /// Two boxes overlap.
    #[error("{side}: {one} and {two} overlap")]
    Overlap {
        /// Which side, such as `card.front`.
        side: String,
        /// One box.
        one: &'static str,
        /// The other.
        two: &'static str,
    },
    /// Sizes do not go down, are too small to read, or there are no lines.
    #[error("{side}: {name}: sizes go down, to {least} points at the least, and there is at least one line")]
    Sizes {
        /// Which side, such as `card.front`.
        side: String,
        /// The text.
        name: &'static str,
        /// The smallest size that is allowed.
        least: f32,
    },
    /// A code is closer than 1 mm to the edge of the card, or its box is too small for the smallest credential.
    #[error("{side}: the code takes at least {least} dots and stays {edge} dots off the edge of the card")]
    Code {
        /// Which side, such as `card.front`.
        side: String,
        /// Dots of the smallest box.
        least: u32,
        /// Dots to the edge.
        edge: u32,
    },
    /// A card needs each of its two codes once.
    #[error("{layout}: one code holds identity and the other service")]
    Codes {
        /// `card` or `large`.
        layout: &'static str,
    },
    /// Bars of other than 2 to 6 dots a module are not read by scanners.
    #[error("{side}: library: module is 2 to 6 dots")]
    Module {
        /// Which side, such as `card.back`.
        side: String,
    },
}

/// One kind of card.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::card) struct Plan {
    pub(in crate::card) dots: (u32, u32),
    /// Between two groups of texts: usual, and least.
    pub(super) gaps: [f32; 2],
    pub(super) label: Look,
    pub(in crate::card) front: Front,
    pub(in crate::card) back: Back,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::card) struct Front {
    pub(super) emblem: Area,
    pub(super) portrait: Area,
    pub(super) bands: Vec<Area>,
    pub(in crate::card) code: CodeBox,
    pub(super) city: CityBox,
    pub(super) title: TitleBox,
    pub(super) names: NamesBox,
    pub(super) facts: TextBox,
    pub(super) services: TextBox,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::card) struct Back {
    pub(super) bands: Vec<Area>,
    pub(super) bands_with_library: Option<Vec<Area>>,
    pub(in crate::card) code: CodeBox,
    pub(super) title: Look,
    pub(super) city: Look,
    pub(super) notice: Look,
    /// Whether there is a gap between the sentences of the notice.
    pub(super) paragraphs_apart: bool,
    pub(super) fact: Look,
    pub(super) address: Look,
    /// Where title and city stand, if not at the top of the column.
    pub(super) head: Option<Area>,
    /// Where address, hotline and number stand, if not in the column.
    pub(super) contact: Option<Area>,
    pub(super) column: ColumnBox,
    pub(super) library: LibraryBox,
}

/// The square that a code has at most, in dots: left, top and side.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::card) struct CodeBox {
    #[serde(rename = "box")]
    pub(in crate::card) square: (u32, u32, u32),
    at: Corner,
    pub(super) holds: Holds,
}

/// Which credential a code holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Holds {
    Identity,
    Service,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Corner {
    Corner,
    Middle,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CityBox {
    #[serde(rename = "box")]
    area: Area,
    with_emblem: Area,
    pub(super) text: Look,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TitleBox {
    #[serde(rename = "box")]
    pub(super) area: Area,
    pub(super) text: Look,
    pub(super) align: Align,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamesBox {
    #[serde(rename = "box")]
    area: Area,
    without_portrait: Option<Area>,
    pub(super) name: Look,
    pub(super) second: Look,
    pub(super) guardian: Look,
    pub(super) guardian_height: f32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextBox {
    #[serde(rename = "box")]
    area: Area,
    without_portrait: Option<Area>,
    pub(super) text: Look,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnBox {
    #[serde(rename = "box")]
    area: Area,
    with_library: Option<Area>,
}

/// The bars for libraries: left, top and height in dots, and the dots of a module; the box is theirs with their
/// label and digits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LibraryBox {
    pub(super) bars: (u32, u32, u32),
    pub(super) module: u32,
    #[serde(rename = "box")]
    pub(super) area: Area,
    pub(super) label: Look,
    pub(super) text: Look,
}

/// How a text looks, as it is written.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Look {
    weight: Weight,
    sizes: [f32; 3],
    lines: usize,
    ink: Tint,
}

impl Plans {
    /// The layouts that a text describes.
    pub(in crate::card) fn parse(text: &str) -> Result<Self, LayoutError> {
        let plans: Self = toml::from_str(text).map_err(LayoutError::Written)?;
        check::check(&plans)?;
        Ok(plans)
    }
}

impl Plan {
    /// Sides of the boxes of the identity code and of the service code, in dots.
    pub(in crate::card) fn code_sides(&self) -> [u32; 2] {
        let [front, back] = [self.front.code, self.back.code].map(|code| code.square.2);
        if self.front.code.holds == Holds::Identity { [front, back] } else { [back, front] }
    }
}

impl Look {
    pub(super) fn style(&self) -> Style {
        let [largest, one_line, smallest] = self.sizes;
        Style { weight: self.weight, largest, one_line, smallest, lines: self.lines, tint: self.ink }
    }
}

impl CityBox {
    pub(super) fn area(&self, with_emblem: bool) -> Area {
        if with_emblem { self.with_emblem } else { self.area }
    }
}

impl NamesBox {
    pub(super) fn area(&self, with_portrait: bool) -> Area {
        self.without_portrait.filter(|_| !with_portrait).unwrap_or(self.area)
    }
}

impl TextBox {
    pub(super) fn area(&self, with_portrait: bool) -> Area {
        self.without_portrait.filter(|_| !with_portrait).unwrap_or(self.area)
    }
}

impl ColumnBox {
    pub(super) fn area(&self, with_library: bool) -> Area {
        self.with_library.filter(|_| with_library).unwrap_or(self.area)
    }
}

impl Back {
    pub(super) fn bands(&self, with_library: bool) -> &[Area] {
        self.bands_with_library.as_ref().filter(|_| with_library).unwrap_or(&self.bands)
    }
}

impl CodeBox {
    fn area(&self) -> Area {
        let (left, top, side) = self.square;
        let side = dots_mm(side);
        Area { left: dots_mm(left), top: dots_mm(top), width: side, height: side }
    }

    /// Where the upper left corner of a code of this side goes.
    pub(super) fn corner(&self, side: u32) -> (u32, u32) {
        let (left, top, most) = self.square;
        let spare = most.saturating_sub(side);
        match self.at {
            Corner::Corner => (left + spare, top + spare),
            // As far from the right edge of the box as from the upper one.
            Corner::Middle => (left + spare - spare / 2, top + spare / 2),
        }
    }
}
