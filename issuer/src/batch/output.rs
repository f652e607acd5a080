//! What is made of a batch: the cards on one kind of paper, and whatever else is asked for, each to a file of its own.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::print;
use crate::card::{Paper, Press};
use crate::issuance::IssuedCard;
use crate::{Error, Issuer, files};

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

    /// Makes the output's files, without putting any in its place.
    pub(super) fn make(
        &self,
        press: &Press,
        issuer: &Issuer,
        cards: &[IssuedCard],
        now: DateTime<Utc>,
    ) -> Result<Vec<(PathBuf, Vec<u8>)>, Error> {
        let one = |content| vec![(self.path.clone(), content)];
        match self.product {
            Product::Cards(paper) => print::cards(press, issuer, cards, paper, now).map(one),
            Product::Proofs => print::proofs(press, issuer, cards, &self.path),
            Product::Slips => print::slips(press, issuer, cards, now).map(one),
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
    use super::*;

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
