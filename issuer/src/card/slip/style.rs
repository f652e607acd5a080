//! Measures and sizes of the slip. Lengths are millimetres from the upper left corner.

use crate::card::fit::{Style, Tint};
use crate::card::fonts::Weight;

/// How much larger or smaller than usual the texts are set, the first that leaves so much between the sections.
pub(super) const SCALES: [(f32, f32); 9] = [
    (1.1, 8.0),
    (1.05, 7.5),
    (1.0, 7.0),
    (0.95, 6.5),
    (0.9, 6.0),
    (0.85, 5.0),
    (0.8, 4.0),
    (0.75, 3.5),
    (0.7, 3.0),
];

pub(super) mod measures {
    use crate::card::marks::Area;

    /// The texts' left edge, and the width of the page between its margins.
    const LEFT: f32 = 14.0;
    const WIDTH: f32 = 120.0;
    /// The column of a language that stands alone: no longer lines than are read with ease.
    pub(in super::super) const ALONE: Area = area(LEFT, 0.0, 104.0, 0.0);
    /// The columns of the two languages.
    const FIRST: f32 = 70.0;
    const GUTTER: f32 = 6.0;

    pub(in super::super) const EMBLEM: Area = area(LEFT, 10.6, 8.0, 8.0);
    pub(in super::super) const BESIDE_EMBLEM: f32 = 2.4;
    pub(in super::super) const CITY: Area = area(LEFT, 12.0, 70.0, 5.6);
    pub(in super::super) const CARD: Area = area(LEFT + 72.0, 13.0, 48.0, 4.0);
    pub(in super::super) const BAND: Area = area(LEFT - 6.0, 21.2, WIDTH + 12.0, 2.4);
    /// Where the sections begin.
    pub(in super::super) const TOP: f32 = 29.0;
    pub(in super::super) const WHOLE: Area = area(LEFT, 0.0, WIDTH, 0.0);
    pub(in super::super) const COLUMNS: [Area; 2] =
        [area(LEFT, 0.0, FIRST, 0.0), area(LEFT + FIRST + GUTTER, 0.0, WIDTH - FIRST - GUTTER, 0.0)];
    /// The ground of the recovery code reaches into the margins, so that its texts stand in line with the others.
    pub(in super::super) const GROUND: Area = area(LEFT - 6.0, 0.0, WIDTH + 12.0, 0.0);
    pub(in super::super) const PADDING: f32 = 4.0;
    pub(in super::super) const UNDER_CODE: f32 = 1.6;
    /// The most between two sections.
    pub(in super::super) const GAP: f32 = 9.5;
    pub(in super::super) const RULE: f32 = 0.2;
    /// Where the sections end.
    pub(in super::super) const BOTTOM: f32 = 194.0;
    pub(in super::super) const FOOT: Area = area(LEFT, 196.8, WIDTH, 3.6);

    const fn area(left: f32, top: f32, width: f32, height: f32) -> Area {
        Area { left, top, width, height }
    }
}

/// What a text is on the slip; each has its look in the first and in the second language.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    City,
    Title,
    Heading,
    /// A number that is read out or dialled.
    Fact,
    Code,
    Strong,
    Body,
    Label,
}

impl Role {
    pub(super) fn style(self, rank: usize) -> Style {
        let [first, second] = match self {
            Self::City => [style(Weight::Bold, 11.0, 6.0, 1, Tint::Accent); 2],
            Self::Title => [
                style(Weight::Bold, 18.0, 13.0, 2, Tint::Ink),
                style(Weight::Regular, 10.5, 8.0, 2, Tint::Grey),
            ],
            Self::Heading => [
                style(Weight::Bold, 10.0, 8.0, 2, Tint::Accent),
                style(Weight::Bold, 7.5, 6.0, 2, Tint::Accent),
            ],
            Self::Fact => [style(Weight::Bold, 15.0, 8.0, 1, Tint::Ink); 2],
            Self::Code => [style(Weight::Bold, 22.0, 17.0, 1, Tint::Ink); 2],
            Self::Strong => {
                [style(Weight::Bold, 9.0, 6.5, 3, Tint::Ink), style(Weight::Bold, 7.0, 5.5, 3, Tint::Grey)]
            }
            Self::Body => [
                style(Weight::Regular, 9.0, 6.5, LINES, Tint::Ink),
                style(Weight::Regular, 7.0, 5.5, LINES, Tint::Grey),
            ],
            Self::Label => [style(Weight::Regular, 7.0, 5.5, 2, Tint::Grey); 2],
        };
        if rank == 0 { first } else { second }
    }
}

/// Lines of the longest text.
const LINES: usize = 16;

/// A style by its size aimed at and its smallest.
const fn style(weight: Weight, largest: f32, smallest: f32, lines: usize, tint: Tint) -> Style {
    Style { weight, largest, one_line: largest, smallest, lines, tint }
}
