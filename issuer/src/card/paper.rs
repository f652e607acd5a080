//! What cards are printed on: cards of their own, or sheets that are cut.
//!
//! All places are whole printer dots, counted from the lower left corner of the page, so that codes keep to the
//! dots on sheets as well.

use crate::card::units::{BLEED, CARD_DOTS, LARGE_DOTS, dots_points, points};

/// What cards are printed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// One card a page: front, back, front, back …, for printers of ID-1 cards.
    Card,
    /// The same with 1 mm more all around, for printers that print beyond the card's edge.
    CardWithBleed,
    /// Large print: a leaf of 210 x 148 mm (A5) for a card, outside and inside, that is folded to A6.
    Large,
    /// Several cards on a page that is cut afterwards: fronts on one page, their backs on the next.
    Sheet(Sheet),
}

/// A sheet of several cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// How large it is.
    pub size: SheetSize,
    /// How many cards stand on it.
    pub rows: Rows,
    /// About which edge the printer turns it for the backs.
    pub turned: Turned,
    /// Places already used of the first sheet.
    pub skip: usize,
}

/// How large a sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetSize {
    /// 210 x 297 mm.
    A4,
    /// 8.5 x 11 inches.
    Letter,
}

/// Rows of two cards on a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Eight cards with space between them.
    Four,
    /// Ten cards, one right below the other.
    Five,
}

/// About which edge a sheet is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// As the leaf of a book.
    LongEdge,
    /// As the leaf of a wall calendar. Backs stand on their heads on the page, so that a card cut out is turned like
    /// any other.
    ShortEdge,
}

/// Where a side of a card stands on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The page, from 0.
    pub(super) page: usize,
    /// Its lower left corner as the page is held.
    pub(super) left: u32,
    pub(super) lower: u32,
    /// Whether it stands on its head.
    pub(super) turned: bool,
}

/// A short line where to cut: from, and to.
pub(super) type CutMark = [(u32, u32); 2];

const COLUMNS: usize = 2;
/// Between cards that do not touch: 5.9 mm.
const GAP: u32 = 70;
/// A cut mark begins 1 mm from the card and is 3 mm long.
const MARK: (u32, u32) = (12, 47);

impl Paper {
    /// The page in dots.
    pub(super) fn page(self) -> (u32, u32) {
        match self {
            Self::Card => CARD_DOTS,
            Self::CardWithBleed => (CARD_DOTS.0 + 2 * BLEED, CARD_DOTS.1 + 2 * BLEED),
            Self::Large => LARGE_DOTS,
            Self::Sheet(sheet) => sheet.size.dots(),
        }
    }

    /// A side of a card in dots.
    pub(super) fn side(self) -> (u32, u32) {
        match self {
            Self::Card | Self::CardWithBleed | Self::Sheet(_) => CARD_DOTS,
            Self::Large => LARGE_DOTS,
        }
    }

    /// Dots around a card that are printed and cut off.
    pub(super) fn bleed(self) -> u32 {
        if self == Self::CardWithBleed { BLEED } else { 0 }
    }

    /// Where the front and the back of the card at a place of the batch stand.
    pub(super) fn spots(self, place: usize) -> [Spot; 2] {
        match self {
            Self::Sheet(sheet) => sheet.spots(place),
            Self::Card | Self::CardWithBleed | Self::Large => {
                let near = self.bleed();
                [0, 1].map(|side| Spot { page: 2 * place + side, left: near, lower: near, turned: false })
            }
        }
    }
}

impl Sheet {
    /// How many cards a sheet takes.
    #[must_use]
    pub fn cards(&self) -> usize {
        COLUMNS * self.rows.count()
    }

    fn spots(&self, place: usize) -> [Spot; 2] {
        let place = place + self.skip;
        let page = 2 * (place / self.cards());
        let (row, column) = (place % self.cards() / COLUMNS, place % COLUMNS);
        let front = Spot { page, left: self.left(column), lower: self.lower(row), turned: false };
        let back = match self.turned {
            Turned::LongEdge => Spot { page: page + 1, left: self.left(COLUMNS - 1 - column), ..front },
            Turned::ShortEdge => {
                Spot { page: page + 1, lower: self.lower(self.rows.count() - 1 - row), turned: true, ..front }
            }
        };
        [front, back]
    }

    fn left(&self, column: usize) -> u32 {
        let (width, _) = self.size.dots();
        let grid = 2 * CARD_DOTS.0 + GAP;
        (width - grid) / 2 + if column == 0 { 0 } else { CARD_DOTS.0 + GAP }
    }

    /// The first row stands at the top.
    fn lower(&self, row: usize) -> u32 {
        let (_, height) = self.size.dots();
        let rows = self.rows.count();
        let small = |number: usize| u32::try_from(number).unwrap_or(0);
        let grid = small(rows) * CARD_DOTS.1 + small(rows - 1) * self.rows.gap();
        (height - grid) / 2 + small(rows - 1 - row) * (CARD_DOTS.1 + self.rows.gap())
    }

    /// Where to cut, around the grid: no mark touches a card.
    pub(super) fn cut_marks(&self) -> Vec<CutMark> {
        let (from, to) = MARK;
        let [west, east] = [0, COLUMNS - 1].map(|column| self.left(column));
        let [bottom, top] = [self.rows.count() - 1, 0].map(|row| self.lower(row));
        let top = top + CARD_DOTS.1;
        let rows = (0..self.rows.count()).map(|row| self.lower(row));
        let across = rows.flat_map(|lower| [lower, lower + CARD_DOTS.1]).flat_map(|y| {
            let right = east + CARD_DOTS.0;
            [[(west - to, y), (west - from, y)], [(right + from, y), (right + to, y)]]
        });
        let along = [west, east]
            .into_iter()
            .flat_map(|left| [left, left + CARD_DOTS.0])
            .flat_map(|x| [[(x, bottom - to), (x, bottom - from)], [(x, top + from), (x, top + to)]]);
        let mut marks: Vec<CutMark> = across.chain(along).collect();
        marks.sort_unstable();
        marks.dedup();
        marks
    }

    /// An upright line of 100 mm in the left margin, at half the sheet's height: x, lower end and length in points.
    pub(super) fn ruler(&self) -> [f32; 3] {
        let (_, height) = self.size.dots();
        let length = points(100.0);
        [dots_points(self.left(0) / 3), (dots_points(height) - length) / 2.0, length]
    }
}

impl SheetSize {
    /// In dots, an even number of them each way. A4 is 2480.3 x 3507.9 dots.
    fn dots(self) -> (u32, u32) {
        match self {
            Self::A4 => (2480, 3508),
            Self::Letter => (2550, 3300),
        }
    }
}

impl Rows {
    fn count(self) -> usize {
        match self {
            Self::Four => 4,
            Self::Five => 5,
        }
    }

    fn gap(self) -> u32 {
        match self {
            Self::Four => GAP,
            Self::Five => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheets() -> impl Iterator<Item = Sheet> {
        let sizes = [SheetSize::A4, SheetSize::Letter];
        let all = sizes.into_iter().flat_map(|size| [Rows::Four, Rows::Five].map(|rows| (size, rows)));
        all.flat_map(|(size, rows)| {
            [Turned::LongEdge, Turned::ShortEdge].map(|turned| Sheet { size, rows, turned, skip: 0 })
        })
    }

    /// Where a dot of the front lies on the page of the backs, once the sheet is turned.
    fn seen_from_behind(sheet: Sheet, (x, y): (u32, u32)) -> (u32, u32) {
        let (width, height) = sheet.size.dots();
        match sheet.turned {
            Turned::LongEdge => (width - x, y),
            Turned::ShortEdge => (x, height - y),
        }
    }

    #[test]
    fn every_back_lies_behind_its_front() {
        for sheet in sheets() {
            for place in 0..sheet.cards() {
                let [front, back] = sheet.spots(place);
                assert_eq!((front.page, back.page), (0, 1));
                let corners = [(0, 0), (CARD_DOTS.0, CARD_DOTS.1)];
                let behind = corners.map(|(x, y)| seen_from_behind(sheet, (front.left + x, front.lower + y)));
                let left = behind.iter().map(|(x, _)| *x).min().unwrap();
                let lower = behind.iter().map(|(_, y)| *y).min().unwrap();
                assert_eq!((back.left, back.lower), (left, lower), "{sheet:?} {place}");
            }
        }
    }

    #[test]
    fn cards_keep_to_the_page_and_off_each_other() {
        for sheet in sheets() {
            let (width, height) = sheet.size.dots();
            let spots: Vec<Spot> = (0..sheet.cards()).map(|place| sheet.spots(place)[0]).collect();
            for (index, spot) in spots.iter().enumerate() {
                assert!(spot.left >= 47 && spot.left + CARD_DOTS.0 + 47 <= width, "{spot:?}");
                assert!(spot.lower >= 47 && spot.lower + CARD_DOTS.1 + 47 <= height, "{spot:?}");
                for other in &spots[index + 1..] {
                    let beside = spot.left.abs_diff(other.left) >= CARD_DOTS.0;
                    assert!(beside || spot.lower.abs_diff(other.lower) >= CARD_DOTS.1);
                }
                for [(x, y), (to_x, to_y)] in sheet.cut_marks() {
                    let outside = to_x <= spot.left
                        || x >= spot.left + CARD_DOTS.0
                        || to_y <= spot.lower
                        || y >= spot.lower + CARD_DOTS.1;
                    assert!(outside, "a cut mark on a card: {sheet:?}");
                }
            }
        }
    }

    #[test]
    fn a_started_sheet_goes_on_where_it_stopped() {
        let sheet = Sheet { size: SheetSize::A4, rows: Rows::Five, turned: Turned::LongEdge, skip: 7 };
        let fresh = Sheet { skip: 0, ..sheet };
        assert_eq!(sheet.spots(0), fresh.spots(7));
        assert_eq!(sheet.spots(3)[0].page, 2);
    }
}
