//! What is drawn on a card, and where: the display list that [`layout`](super::layout) makes.

use serde::Deserialize;

use crate::card::barcode::Barcode;
use crate::card::codes::Code;
use crate::card::fit::Block;
use crate::card::text::Line;
use crate::card::units::{count, dots_mm, points, real};

/// A rectangle in millimetres from the upper left corner, written as `[left, top, width, height]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(from = "[f32; 4]")]
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// On which side of its box a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Align {
    /// Where reading begins: left, or right for a text that reads from right to left.
    Start,
    /// On the right.
    End,
    /// On the left whatever the direction.
    Left,
}

impl Align {
    pub(super) fn mirrored(self) -> Self {
        match self {
            Self::Start | Self::Left => Self::End,
            Self::End => Self::Left,
        }
    }
}

/// The lines of a block in its area, each with where it begins: points from the left edge, and from the upper edge
/// down to the baseline.
pub(super) fn lines(block: &Block, area: Area, align: Align) -> impl Iterator<Item = (&Line, [f32; 2])> {
    let first = points(area.top) + block.ascent;
    block.lines.iter().zip(0_u16..).map(move |(line, index)| {
        let slack = points(area.width) - line.width * block.size / 1000.0;
        let right = align == Align::End || (align == Align::Start && line.rtl);
        let left = points(area.left) + if right { slack } else { 0.0 };
        (line, [left, first + f32::from(index) * block.leading])
    })
}

/// The colour of a filled area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shade {
    /// Ground on which text stands.
    Pale,
    /// A line between texts.
    Line,
}

/// Something to be drawn.
#[derive(Debug)]
pub(super) enum Mark {
    /// A band of waves made from the card's number; `index` tells the bands of a card apart.
    Guilloche {
        number: String,
        index: u8,
        area: Area,
    },
    Text {
        block: Block,
        area: Area,
        align: Align,
    },
    /// The edge of a box, for whoever changes the layout.
    Outline(Area),
    Portrait(Area),
    Emblem(Area),
    /// A filled rectangle; what stands on it comes after it.
    Fill(Area, Shade),
    /// A barcode with its upper left corner and its height in printer dots, and so many dots a module.
    Bars {
        bars: Barcode,
        left: u32,
        top: u32,
        height: u32,
        dots: u32,
    },
    /// A code with its upper left corner in printer dots.
    Code {
        code: Code,
        left: u32,
        top: u32,
    },
}

impl Mark {
    /// The lines of a text; nothing for other marks.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let lines = match self {
            Self::Text { block, .. } => block.lines.as_slice(),
            _ => &[],
        };
        lines.iter().map(|line| line.text.as_str())
    }

    /// The same as seen in a mirror, on a page so many dots wide: cards of languages that are read from the right
    /// begin there.
    pub(super) fn mirrored(self, page: u32) -> Self {
        match self {
            Self::Guilloche { number, index, area } => {
                Self::Guilloche { number, index, area: area.mirrored(page) }
            }
            Self::Text { block, area, align } => {
                Self::Text { block, area: area.mirrored(page), align: align.mirrored() }
            }
            Self::Fill(area, shade) => Self::Fill(area.mirrored(page), shade),
            Self::Outline(area) => Self::Outline(area.mirrored(page)),
            Self::Portrait(area) => Self::Portrait(area.mirrored(page)),
            Self::Emblem(area) => Self::Emblem(area.mirrored(page)),
            Self::Bars { bars, left, top, height, dots } => {
                let width = count(bars.modules().len()) * dots;
                Self::Bars { bars, left: page.saturating_sub(left + width), top, height, dots }
            }
            Self::Code { code, left, top } => {
                let left = page.saturating_sub(left + code.choice().side_dots());
                Self::Code { code, left, top }
            }
        }
    }
}

impl From<[f32; 4]> for Area {
    fn from([left, top, width, height]: [f32; 4]) -> Self {
        Self { left, top, width, height }
    }
}

impl Area {
    pub(super) fn mirrored(self, page: u32) -> Self {
        Self { left: dots_mm(page) - self.left - self.width, ..self }
    }

    /// The same, reaching further to the left.
    pub(super) fn widened(self, by: f32) -> Self {
        Self { left: self.left - by, width: self.width + by, ..self }
    }

    /// The largest area of a picture's shape, in the middle of this one.
    pub(super) fn fitting(self, (across, down): (u32, u32)) -> Self {
        let scale = (self.width / real(across)).min(self.height / real(down));
        let (width, height) = (real(across) * scale, real(down) * scale);
        let (left, top) = (self.left + (self.width - width) / 2.0, self.top + (self.height - height) / 2.0);
        Self { left, top, width, height }
    }

    /// What is left below the first `height` millimetres.
    pub(super) fn below(self, height: f32) -> Self {
        Self { top: self.top + height, height: self.height - height, ..self }
    }
}
