//! What is drawn on a card, and where: the display list that [`layout`](super::layout) makes.

use crate::card::barcode::Barcode;
use crate::card::codes::Code;
use crate::card::fit::Block;
use crate::card::layout::CARD_DOTS;
use crate::card::units::{count, dots_mm};

/// A rectangle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// On which side of its box a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    Portrait(Area),
    Emblem(Area),
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

    /// The same as seen in a mirror: cards of languages that are read from the right begin there.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Self::Guilloche { number, index, area } => {
                Self::Guilloche { number, index, area: area.mirrored() }
            }
            Self::Text { block, area, align } => {
                Self::Text { block, area: area.mirrored(), align: align.mirrored() }
            }
            Self::Portrait(area) => Self::Portrait(area.mirrored()),
            Self::Emblem(area) => Self::Emblem(area.mirrored()),
            Self::Bars { bars, left, top, height, dots } => {
                let width = count(bars.modules().len()) * dots;
                Self::Bars { bars, left: CARD_DOTS.0.saturating_sub(left + width), top, height, dots }
            }
            Self::Code { code, left, top } => {
                let left = CARD_DOTS.0.saturating_sub(left + code.choice().side_dots());
                Self::Code { code, left, top }
            }
        }
    }
}

impl Area {
    pub(super) fn mirrored(self) -> Self {
        Self { left: dots_mm(CARD_DOTS.0) - self.left - self.width, ..self }
    }

    /// The same, reaching further to the left.
    pub(super) fn widened(self, by: f32) -> Self {
        Self { left: self.left - by, width: self.width + by, ..self }
    }

    /// What is left below the first `height` millimetres.
    pub(super) fn below(self, height: f32) -> Self {
        Self { top: self.top + height, height: self.height - height, ..self }
    }
}
