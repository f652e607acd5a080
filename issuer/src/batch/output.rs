//! What is made of a batch: the cards on one kind of paper, and whatever else is asked for, each to a file of its own.

use std::path::{Path, PathBuf};

use crate::card::{Paper, SheetSize, Turned};
use crate::db::batch_file::MadeFile;
use crate::{Error, files};

/// What can be made of issued cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Product {
    /// The cards, as a PDF document on this paper.
    Cards(Paper),
    /// Pictures of the cards for screens, in a folder of their own.
    Proofs,
    /// The slips that are handed over with them, as a PDF document.
    Slips,
}

impl Product {
    /// By which the database knows a file of it; none where it is no file.
    pub(super) fn word(self) -> Option<String> {
        Some(match self {
            Self::Proofs => return None,
            Self::Slips => MadeFile::SLIPS.to_owned(),
            Self::Cards(Paper::Card) => "card".to_owned(),
            Self::Cards(Paper::CardWithBleed) => "card with bleed".to_owned(),
            Self::Cards(Paper::Large) => "large".to_owned(),
            Self::Cards(Paper::Sheet(sheet)) => {
                let size = match sheet.size {
                    SheetSize::A4 => "a4",
                    SheetSize::Letter => "letter",
                };
                let turned = match sheet.turned {
                    Turned::LongEdge => "long",
                    Turned::ShortEdge => "short",
                };
                format!("{size} of {} by the {turned} edge after {}", sheet.cards(), sheet.skip)
            }
        })
    }
}

/// Something to be made, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// What.
    pub product: Product,
    /// Its file.
    pub path: PathBuf,
}

impl Output {
    /// Finds out whether the output can be written, before anything is issued.
    pub(super) fn try_out(&self) -> Result<(), Error> {
        match self.product {
            Product::Cards(_) | Product::Slips => files::try_out(&self.path),
            Product::Proofs => files::try_out_folder(&self.path),
        }
    }
}

/// Refuses two outputs in one place: the second would take the first away.
pub(super) fn apart(outputs: &[Output]) -> Result<(), Error> {
    for (place, output) in outputs.iter().enumerate() {
        if outputs.iter().take(place).any(|other| same(&other.path, &output.path)) {
            return Err(Error::Refused(format!(
                "two outputs would go to {}; give each a file of its own",
                output.path.display()
            )));
        }
    }
    Ok(())
}

/// Whether two paths are the same place, however they are written.
fn same(one: &Path, other: &Path) -> bool {
    let absolute = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        // What is there already has one name only.
        let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
        folder.zip(path.file_name()).map_or_else(|| path.clone(), |(folder, name)| folder.join(name))
    };
    absolute(one) == absolute(other)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::card::{Rows, Sheet};

    #[test]
    fn every_product_has_a_word_of_its_own() {
        let sheet =
            |size, rows, turned, skip| Product::Cards(Paper::Sheet(Sheet { size, rows, turned, skip }));
        let products = [
            Product::Slips,
            Product::Cards(Paper::Card),
            Product::Cards(Paper::CardWithBleed),
            Product::Cards(Paper::Large),
            sheet(SheetSize::A4, Rows::Five, Turned::LongEdge, 0),
            sheet(SheetSize::A4, Rows::Five, Turned::LongEdge, 1),
            sheet(SheetSize::A4, Rows::Five, Turned::ShortEdge, 0),
            sheet(SheetSize::A4, Rows::Four, Turned::LongEdge, 0),
            sheet(SheetSize::Letter, Rows::Five, Turned::LongEdge, 0),
        ];
        let words: BTreeSet<String> = products.iter().map(|product| product.word().unwrap()).collect();
        assert_eq!(words.len(), products.len());
        assert!(words.contains("a4 of 10 by the long edge after 1"));
        assert_eq!(Product::Proofs.word(), None);
    }

    #[test]
    fn outputs_stand_apart_however_they_are_written() {
        let output = |path: &str| Output { product: Product::Slips, path: PathBuf::from(path) };
        assert!(apart(&[output("a.pdf"), output("b.pdf"), output("b/a.pdf")]).is_ok());
        for twice in ["./a.pdf", "../issuer/a.pdf"] {
            let said = apart(&[output("a.pdf"), output(twice)]).unwrap_err().to_string();
            assert_eq!(said, format!("two outputs would go to {twice}; give each a file of its own"));
        }
    }
}
