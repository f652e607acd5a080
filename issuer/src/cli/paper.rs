//! What is made of a batch, as the command line says it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;

use crate::Error;
use crate::batch::{Output, Product};
use crate::card::{Paper, Rows, Sheet, SheetSize, Turned};

#[derive(Debug, clap::Args)]
pub(super) struct PaperArguments {
    /// What to make: cards of their own, sheets of cards to cut, or the slips handed over with them
    #[arg(long, value_enum, default_value_t = Layout::Card)]
    layout: Layout,
    /// Another thing to make of the same cards, and its file; may be given several times
    #[arg(long, value_name = "LAYOUT=FILE")]
    also: Vec<Also>,
    /// Print 1 mm beyond the edge of the card, for layout card and printers that can
    #[arg(long)]
    bleed: bool,
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
    /// A folder of pictures for screens, NUMBER-front.png and NUMBER-back.png of each card
    Proof,
    /// A page of A5 for each holder: what the card opens, the recovery code, what the city keeps
    Slip,
}

/// Another thing to make.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Also {
    layout: Layout,
    path: PathBuf,
}

impl FromStr for Also {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (layout, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or("write what to make and its file, such as slip=slips.pdf")?;
        let known = || {
            let values = Layout::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            values.map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(", ")
        };
        let layout = Layout::from_str(layout, false)
            .map_err(|_| format!("there is no layout {layout:?}; there are: {}", known()))?;
        Ok(Self { layout, path: PathBuf::from(path) })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Edge {
    /// Like the leaf of a book
    Long,
    /// Like the leaf of a wall calendar
    Short,
}

impl PaperArguments {
    /// What was asked for, the first of it at `out`, if it goes together.
    pub(super) fn outputs(&self, out: &Path) -> Result<Vec<Output>, Error> {
        let also = self.also.iter().map(|also| (also.layout, also.path.as_path()));
        let all: Vec<_> = std::iter::once((self.layout, out)).chain(also).collect();
        let sheets = all.iter().any(|(layout, _)| matches!(layout, Layout::A4 | Layout::Letter));
        if !sheets && (self.per_sheet.is_some() || self.duplex.is_some() || self.skip.is_some()) {
            return Err(refused("--per-sheet, --duplex and --skip go with the layouts a4 and letter"));
        }
        if self.bleed && all.iter().all(|(layout, _)| *layout != Layout::Card) {
            return Err(refused("--bleed goes with the layout card"));
        }
        let output = |(layout, path): (Layout, &Path)| {
            Ok(Output { product: self.product(layout)?, path: path.to_owned() })
        };
        all.into_iter().map(output).collect()
    }

    fn product(&self, layout: Layout) -> Result<Product, Error> {
        match layout {
            Layout::Card if self.bleed => Ok(Product::Cards(Paper::CardWithBleed)),
            Layout::Card => Ok(Product::Cards(Paper::Card)),
            Layout::Large => Ok(Product::Cards(Paper::Large)),
            Layout::Proof => Ok(Product::Proofs),
            Layout::A4 => self.sheet(SheetSize::A4),
            Layout::Letter => self.sheet(SheetSize::Letter),
            Layout::Slip => Ok(Product::Slips),
        }
    }

    fn sheet(&self, size: SheetSize) -> Result<Product, Error> {
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
        Ok(Product::Cards(Paper::Sheet(sheet)))
    }
}

fn refused(what: &str) -> Error {
    Error::Refused(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(layout: Layout, also: &[&str]) -> PaperArguments {
        let also = also.iter().map(|text| text.parse().unwrap()).collect();
        PaperArguments { layout, also, bleed: false, per_sheet: None, duplex: None, skip: None }
    }

    #[test]
    fn several_things_are_made_of_one_batch() {
        let outputs =
            arguments(Layout::Card, &["slip=slips.pdf", "letter=a=b.pdf"]).outputs(Path::new("out"));
        let outputs: Vec<_> = outputs.unwrap().into_iter().map(|o| (o.product, o.path)).collect();
        let sheet = Sheet { size: SheetSize::Letter, rows: Rows::Five, turned: Turned::LongEdge, skip: 0 };
        assert_eq!(
            outputs,
            [
                (Product::Cards(Paper::Card), PathBuf::from("out")),
                (Product::Slips, PathBuf::from("slips.pdf")),
                (Product::Cards(Paper::Sheet(sheet)), PathBuf::from("a=b.pdf")),
            ]
        );
    }

    #[test]
    fn what_cannot_be_made_is_said() {
        for (text, said) in [
            ("slips.pdf", "write what to make and its file, such as slip=slips.pdf"),
            ("slip=", "write what to make and its file, such as slip=slips.pdf"),
            (
                "leaflet=x.pdf",
                "there is no layout \"leaflet\"; there are: card, large, a4, letter, proof, slip",
            ),
        ] {
            assert_eq!(text.parse::<Also>().unwrap_err(), said);
        }
        let skip = |layout, also: &[&str], skip| {
            let arguments = PaperArguments { skip: Some(skip), ..arguments(layout, also) };
            arguments
                .outputs(Path::new("out"))
                .map(|outputs| outputs.len())
                .map_err(|error| error.to_string())
        };
        let refused = "--per-sheet, --duplex and --skip go with the layouts a4 and letter";
        assert_eq!(skip(Layout::Slip, &["card=cards.pdf"], 1), Err(refused.to_owned()));
        assert_eq!(skip(Layout::Slip, &["a4=sheets.pdf"], 9), Ok(2));
        let full = "--skip 10: a sheet has 10 places; take a new one";
        assert_eq!(skip(Layout::Slip, &["a4=sheets.pdf"], 10), Err(full.to_owned()));
    }
}
