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

/// A document of cards under way. The same cards and time always give the same bytes, in however many pieces.
pub struct CardPages<'p> {
    press: &'p Press,
    paper: Paper,
    pages: Pages<'p>,
    cards: usize,
}

/// A document of slips under way.
pub struct SlipPages<'p> {
    press: &'p Press,
    pages: Pages<'p>,
}

/// What both have in common.
struct Pages<'p> {
    document: Document<'p>,
    /// Names the document by what it is and what it holds.
    identifier: Sha256,
    /// That of the first card.
    language: Option<String>,
    now: DateTime<Utc>,
}

impl Press {
    /// Begins a document of cards on paper of this kind.
    #[must_use]
    pub fn begin_cards(&self, paper: Paper, now: DateTime<Utc>) -> CardPages<'_> {
        let pages = Pages::new(self, Form::Cards(paper), &format!("{paper:?}"), now);
        CardPages { press: self, paper, pages, cards: 0 }
    }

    /// Begins a document of slips, a page each.
    #[must_use]
    pub fn begin_slips(&self, now: DateTime<Utc>) -> SlipPages<'_> {
        SlipPages { press: self, pages: Pages::new(self, Form::Slips, "slips", now) }
    }
}

impl CardPages<'_> {
    /// Prints the next cards.
    ///
    /// # Errors
    ///
    /// Fails if a card cannot be laid out.
    pub fn add(&mut self, cards: &[Signed]) -> Result<(), CardError> {
        let plan = self.press.plan(self.paper);
        let sides = parallel::map(cards, |signed| {
            let codes = codes(plan, signed)?;
            self.press.sides(plan, &signed.card, Some(&codes))
        });
        for (signed, sides) in cards.iter().zip(sides) {
            let spots = self.paper.spots(self.cards);
            self.pages.document.card(spots, sides?, signed.card.portrait.as_ref());
            self.pages.names([&signed.card.number, &signed.identity_code, &signed.service_code]);
            self.pages.language.get_or_insert_with(|| signed.card.language.clone());
            self.cards += 1;
        }
        let [next, _] = self.paper.spots(self.cards);
        self.pages.document.close_before(next.page);
        Ok(())
    }

    /// The next bytes of the document.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        self.pages.document.take()
    }

    /// The last bytes of the document.
    ///
    /// # Errors
    ///
    /// Fails if the document cannot be written.
    pub fn finish(self) -> Result<Vec<u8>, CardError> {
        self.pages.finish()
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
            self.pages.document.page(marks?);
            // Of the recovery codes the file's name tells nothing.
            self.pages.names([&slip.number]);
            self.pages.language.get_or_insert_with(|| slip.first.language.clone());
        }
        self.pages.document.close_before(usize::MAX);
        Ok(())
    }

    /// The next bytes of the document.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        self.pages.document.take()
    }

    /// The last bytes of the document.
    ///
    /// # Errors
    ///
    /// Fails if the document cannot be written.
    pub fn finish(self) -> Result<Vec<u8>, CardError> {
        self.pages.finish()
    }
}

impl<'p> Pages<'p> {
    fn new(press: &'p Press, form: Form, what: &str, now: DateTime<Utc>) -> Self {
        let mut identifier = Sha256::new_with_prefix(what);
        identifier.update(now.timestamp().to_be_bytes());
        Self { document: Document::new(&press.stock(), form), identifier, language: None, now }
    }

    fn names<const N: usize>(&mut self, texts: [&String; N]) {
        for text in texts {
            self.identifier.update(text);
            self.identifier.update([0]);
        }
    }

    fn finish(self) -> Result<Vec<u8>, CardError> {
        let identifier = self.identifier.finalize().iter().take(16).copied().collect();
        self.document.finish(&About { language: self.language.as_deref(), identifier, now: self.now })
    }
}
