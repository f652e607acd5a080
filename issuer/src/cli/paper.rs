//! What cards are printed on, as the command line says it.

use clap::ValueEnum;

use crate::Error;
use crate::card::{Paper, Rows, Sheet, SheetSize, Turned};

#[derive(Debug, clap::Args)]
pub(super) struct PaperArguments {
    /// What to print on: cards of their own, or sheets to cut
    #[arg(long, value_enum, default_value_t = Layout::Card)]
    layout: Layout,
    /// Cards on a sheet, for a4 and letter [default: 10]
    #[arg(long, value_name = "CARDS", value_parser = clap::value_parser!(u8).range(8..=10))]
    per_sheet: Option<u8>,
    /// Edge about which the printer turns a sheet, for a4 and letter [default: long]
    #[arg(long, value_enum)]
    duplex: Option<Edge>,
    /// Places already used of the first sheet, for a4 and letter
    #[arg(long, value_name = "CARDS")]
    skip: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Layout {
    /// A page for each side, for printers of plastic cards
    Card,
    /// Large print: a leaf of 210 x 148 mm (A5) for each card, to be folded to A6
    Large,
    /// Sheets of 210 x 297 mm
    A4,
    /// Sheets of 8.5 x 11 inches
    Letter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Edge {
    /// Like the leaf of a book
    Long,
    /// Like the leaf of a wall calendar
    Short,
}

impl PaperArguments {
    /// What was asked for, if it goes together.
    pub(super) fn paper(&self) -> Result<Paper, Error> {
        let size = match self.layout {
            Layout::Card | Layout::Large
                if self.per_sheet.is_some() || self.duplex.is_some() || self.skip.is_some() =>
            {
                return Err(refused("--per-sheet, --duplex and --skip go with --layout a4 or letter"));
            }
            Layout::Card => return Ok(Paper::Card),
            Layout::Large => return Ok(Paper::Large),
            Layout::A4 => SheetSize::A4,
            Layout::Letter => SheetSize::Letter,
        };
        let rows = match self.per_sheet {
            Some(8) => Rows::Four,
            None | Some(10) => Rows::Five,
            Some(_) => return Err(refused("a sheet takes 8 or 10 cards: --per-sheet 8 or --per-sheet 10")),
        };
        let turned = if self.duplex == Some(Edge::Short) { Turned::ShortEdge } else { Turned::LongEdge };
        let sheet = Sheet { size, rows, turned, skip: self.skip.unwrap_or(0) };
        if sheet.skip >= sheet.cards() {
            let cards = sheet.cards();
            return Err(refused(&format!(
                "--skip {}: a sheet has {cards} places; take a new one",
                sheet.skip
            )));
        }
        Ok(Paper::Sheet(sheet))
    }
}

fn refused(what: &str) -> Error {
    Error::Refused(what.to_owned())
}
