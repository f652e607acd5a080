//! Batches that can be issued: every row is good, and every card can be printed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::output::Product;
use super::{BatchError, BatchFile, Looked, RowError, Shortened, print};
use crate::card::Press;
use crate::issuance::IssuedCard;
use crate::{Error, Issuer};

/// A file whose cards can all be issued and printed.
#[derive(Debug)]
pub struct Sound {
    pub(super) file: BatchFile,
    pub(super) products: Vec<Product>,
    /// Names that have no room on the card in full.
    pub shortened: Vec<Shortened>,
}

/// What an officer is shown of a file before anything is signed.
#[derive(Debug)]
pub struct Preview {
    /// How many rows are good.
    pub good: usize,
    /// What is wrong with the others, by line.
    pub wrong: Vec<RowError>,
    /// Names that have no room on the card in full.
    pub shortened: Vec<Shortened>,
    /// The batch, if nothing is wrong.
    pub sound: Option<Sound>,
}

impl Sound {
    /// Tries every card out.
    ///
    /// # Errors
    /// The rows that cannot be printed.
    pub fn of(
        press: &Press,
        issuer: &Issuer,
        file: BatchFile,
        products: Vec<Product>,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let (shortened, wrong) = print::preflight(press, &issuer.city, &file.rows, &products, now);
        if wrong.is_empty() {
            Ok(Self { file, products, shortened })
        } else {
            Err(BatchError::Rows(wrong).into())
        }
    }

    /// How many cards it is.
    #[must_use]
    pub fn cards(&self) -> usize {
        self.file.rows.len()
    }

    /// SHA-256 over the file and its photos: the same digest makes the same cards.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.file.digest
    }

    /// What is made of its cards.
    #[must_use]
    pub fn products(&self) -> &[Product] {
        &self.products
    }
}

impl Preview {
    /// Tries out what is good of a file.
    #[must_use]
    pub fn of(
        press: &Press,
        issuer: &Issuer,
        looked: Looked,
        products: Vec<Product>,
        now: DateTime<Utc>,
    ) -> Self {
        let Looked { file, mut wrong } = looked;
        let (shortened, unprintable) = print::preflight(press, &issuer.city, &file.rows, &products, now);
        let bad: BTreeSet<u64> = unprintable.iter().map(|error| error.line).collect();
        let good = file.rows.iter().filter(|row| !bad.contains(&row.line)).count();
        wrong.extend(unprintable);
        wrong.sort_by_key(|error| error.line);
        let sound = wrong.is_empty().then(|| Sound { file, products, shortened: shortened.clone() });
        Self { good, wrong, shortened, sound }
    }
}

/// The document of issued cards or of their slips, as PDF.
///
/// # Errors
/// When it cannot be printed, or is none: pictures are many files.
pub fn document(
    press: &Press,
    issuer: &Issuer,
    product: Product,
    cards: &[IssuedCard],
    now: DateTime<Utc>,
) -> Result<Vec<u8>, Error> {
    match product {
        Product::Cards(paper) => print::cards(press, issuer, cards, paper, now),
        Product::Slips => print::slips(press, issuer, cards, now),
        Product::Proofs => Err(Error::Refused("pictures of cards are no document".to_owned())),
    }
}
