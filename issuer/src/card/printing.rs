//! Documents that are printed some cards at a time: however many there are, few are held in memory.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::card::document::{About, Document, Form};
use crate::card::error::CardError;
use crate::card::page::Signed;
use crate::card::paper::Paper;
use crate::card::pdf::{Press, codes};
use crate::card::slip::Slip;
use crate::parallel;

/// A document under way, of cards or of slips. The same content and time always give the same bytes, in however many pieces.
pub struct Printing<'p, Of> {
    press: &'p Press,
    of: Of,
    document: Document<'p>,
    /// Names the document by what it is and what it holds.
    identifier: Sha256,
    /// That of the first card.
    language: Option<String>,
    now: DateTime<Utc>,
}

/// Cards on paper of one kind, and how many there are by now.
pub struct OfCards {
    paper: Paper,
    cards: usize,
}

/// Slips, a page each.
pub struct OfSlips;

/// A document of cards under way.
pub type CardPages<'p> = Printing<'p, OfCards>;

/// A document of slips under way.
pub type SlipPages<'p> = Printing<'p, OfSlips>;

impl Press {
    /// Begins a document of cards on paper of this kind.
    #[must_use]
    pub fn begin_cards(&self, paper: Paper, now: DateTime<Utc>) -> CardPages<'_> {
        Printing::new(self, OfCards { paper, cards: 0 }, Form::Cards(paper), &format!("{paper:?}"), now)
    }

    /// Begins a document of slips, a page each.
    #[must_use]
    pub fn begin_slips(&self, now: DateTime<Utc>) -> SlipPages<'_> {
        Printing::new(self, OfSlips, Form::Slips, "slips", now)
    }
}

impl CardPages<'_> {
    /// Prints the next cards.
    ///
    /// # Errors
    ///
    /// Fails if a card cannot be laid out.
    pub fn add(&mut self, cards: &[Signed]) -> Result<(), CardError> {
        let plan = self.press.plan(self.of.paper);
        let sides = parallel::map(cards, |signed| {
            let codes = codes(plan, signed)?;
            self.press.sides(plan, &signed.card, Some(&codes))
        });
        for (signed, sides) in cards.iter().zip(sides) {
            let spots = self.of.paper.spots(self.of.cards);
            self.document.card(spots, sides?, signed.card.portrait.as_ref());
            self.names([&signed.card.number, &signed.identity_code, &signed.service_code]);
            self.language.get_or_insert_with(|| signed.card.language.clone());
            self.of.cards += 1;
        }
        let [next, _] = self.of.paper.spots(self.of.cards);
        self.document.close_before(next.page);
        Ok(())
    }
}

impl SlipPages<'_> {
    /// Prints the next slips.
    ///
    /// # Errors
    ///
    /// Fails if a slip cannot be laid out.
    pub fn add(&mut self, slips: &[Slip]) -> Result<(), CardError> {
        for (slip, marks) in slips.iter().zip(parallel::map(slips, |slip| self.press.slip(slip))) {
            self.document.page(marks?);
            // Of the recovery codes the file's name tells nothing.
            self.names([&slip.number]);
            self.language.get_or_insert_with(|| slip.first.language.clone());
        }
        self.document.close_before(usize::MAX);
        Ok(())
    }
}

impl<'p, Of> Printing<'p, Of> {
    fn new(press: &'p Press, of: Of, form: Form, what: &str, now: DateTime<Utc>) -> Self {
        let mut identifier = Sha256::new_with_prefix(what);
        identifier.update(now.timestamp().to_be_bytes());
        Self { press, of, document: Document::new(&press.stock(), form), identifier, language: None, now }
    }

    fn names<const N: usize>(&mut self, texts: [&String; N]) {
        for text in texts {
            self.identifier.update(text);
            self.identifier.update([0]);
        }
    }

    /// The next bytes of the document.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        self.document.take()
    }

    /// The last bytes of the document.
    ///
    /// # Errors
    ///
    /// Fails if the document cannot be written.
    pub fn finish(self) -> Result<Vec<u8>, CardError> {
        let identifier = self.identifier.finalize().iter().take(16).copied().collect();
        self.document.finish(&About { language: self.language.as_deref(), identifier, now: self.now })
    }
}
