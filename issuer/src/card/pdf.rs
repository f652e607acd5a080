//! Prints cards: two pages a card, front and back.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::card::codes::{Choice, Code, room};
use crate::card::document::{About, Document};
use crate::card::emblem::{Emblem, Printed};
use crate::card::error::{CardError, Field, Problem};
use crate::card::fonts::Fonts;
use crate::card::layout::{self, IDENTITY_BOX, SERVICE_BOX, Side};
use crate::card::marks::Mark;
use crate::card::page::{Card, Signed};
use crate::card::paper::Paper;
use crate::card::photo::PhotoError;
use crate::parallel;
use crate::words::Words;

/// Lays out and prints cards.
#[derive(Debug)]
pub struct Press {
    fonts: Fonts,
    words: Words,
    emblem: Option<Printed>,
}

/// What a card will look like, told before anything is signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Preflight {
    /// PostScript names of the fonts that the card uses.
    pub fonts: Vec<String>,
    /// Size of the name in points.
    pub name_size: f32,
    /// Lines that the name takes.
    pub name_lines: usize,
    /// Names that have no room in full, and how they are printed instead: with initials for middle names. The
    /// identity credential has them in full.
    pub shortened: Vec<(Field, String)>,
    /// The most characters of QR text that the identity code takes.
    pub identity_room: usize,
    /// The most characters of QR text that the service code takes.
    pub service_room: usize,
}

impl Press {
    /// A press with these fonts.
    #[must_use]
    pub fn new(fonts: Fonts) -> Self {
        Self { fonts, words: Words::built_in(), emblem: None }
    }

    /// The same with a city's emblem.
    ///
    /// # Errors
    ///
    /// Fails only if the JPEG encoder does.
    pub fn with_emblem(self, emblem: &Emblem) -> Result<Self, PhotoError> {
        Ok(Self { emblem: Some(Printed::of(emblem)?), ..self })
    }

    /// The texts that it prints beside a holder's own data.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// Lays out a card without its codes.
    ///
    /// # Errors
    ///
    /// Names everything that would keep the card from being printed: scripts without a font and texts too long
    /// for their place.
    pub fn preflight(&self, card: &Card) -> Result<Preflight, CardError> {
        let [front, back] = self.sides(card, None, None)?;
        let mut fonts: Vec<String> =
            front.iter().chain(&back).flat_map(|mark| self.fonts_of(mark)).map(str::to_owned).collect();
        fonts.sort_unstable();
        fonts.dedup();
        let name = front.iter().find_map(|mark| match mark {
            Mark::Text { block, .. } if block.field == Field::Name => Some(block),
            _ => None,
        });
        let shortened = front.iter().filter_map(|mark| match mark {
            Mark::Text { block, .. } => Some((block.field, block.shortened.clone()?)),
            _ => None,
        });
        let shortened = shortened.collect();
        Ok(Preflight {
            fonts,
            name_size: name.map_or(0.0, |block| block.size),
            name_lines: name.map_or(0, |block| block.lines.len()),
            shortened,
            identity_room: room(IDENTITY_BOX.2),
            service_room: room(SERVICE_BOX.2),
        })
    }

    /// The version, level and size that a card's identity and service codes will have.
    ///
    /// # Errors
    ///
    /// Fails if a text does not fit its code.
    pub fn choices(&self, signed: &Signed) -> Result<[Choice; 2], CardError> {
        let (identity, service) = codes(signed)?;
        Ok([identity.choice(), service.choice()])
    }

    /// Prints cards into one document. The same cards and time always give the same bytes.
    ///
    /// # Errors
    ///
    /// Fails if any card cannot be laid out, or if the document cannot be written; nothing is printed then.
    pub fn print(&self, cards: &[Signed], now: DateTime<Utc>) -> Result<Vec<u8>, CardError> {
        self.print_on(Paper::Card, cards, now)
    }

    /// Prints cards on paper of this kind.
    ///
    /// # Errors
    ///
    /// As [`Press::print`].
    pub fn print_on(&self, paper: Paper, cards: &[Signed], now: DateTime<Utc>) -> Result<Vec<u8>, CardError> {
        let mut document = Document::new(&self.fonts, self.emblem.as_ref(), paper);
        // Encoding the codes takes longer than all the rest.
        for (place, (signed, codes)) in cards.iter().zip(parallel::map(cards, codes)).enumerate() {
            let (identity, service) = codes?;
            let sides = self.sides(&signed.card, Some(identity), Some(service))?;
            document.card(place, sides, signed.card.portrait.as_ref());
        }
        document.finish(&About {
            language: cards.first().map(|first| first.card.language.as_str()),
            identifier: identifier(paper, cards, now),
            now,
        })
    }

    fn sides(
        &self,
        card: &Card,
        identity: Option<Code>,
        service: Option<Code>,
    ) -> Result<[Vec<Mark>; 2], CardError> {
        let front = layout::front(&self.fonts, card, self.emblem.is_some(), identity);
        let back = layout::back(&self.fonts, card, service);
        match (front, back) {
            (Ok(front), Ok(back)) => Ok([front, back]),
            (front, back) => {
                Err(CardError::Unprintable { number: card.number.clone(), problems: problems(front, back) })
            }
        }
    }

    fn fonts_of<'a>(&'a self, mark: &'a Mark) -> impl Iterator<Item = &'a str> {
        let lines = match mark {
            Mark::Text { block, .. } => block.lines.as_slice(),
            _ => &[],
        };
        lines.iter().flat_map(|line| &line.runs).map(|run| self.fonts.name(run.face))
    }
}

/// The problems of both sides; one that both have is named once.
fn problems(front: Side, back: Side) -> Vec<Problem> {
    let mut problems = front.err().unwrap_or_default();
    for problem in back.err().unwrap_or_default() {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    problems
}

fn codes(signed: &Signed) -> Result<(Code, Code), CardError> {
    let number = || signed.card.number.clone();
    let identity = Code::fit(&signed.identity_code, IDENTITY_BOX.2)
        .map_err(|source| CardError::IdentityCode { number: number(), source })?;
    let service = Code::fit(&signed.service_code, SERVICE_BOX.2)
        .map_err(|source| CardError::ServiceCode { number: number(), source })?;
    Ok((identity, service))
}

/// Names the document by what it holds.
fn identifier(paper: Paper, cards: &[Signed], now: DateTime<Utc>) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(format!("{paper:?}"));
    hash.update(now.timestamp().to_be_bytes());
    for signed in cards {
        for text in [&signed.card.number, &signed.identity_code, &signed.service_code] {
            hash.update(text);
            hash.update([0]);
        }
    }
    hash.finalize().iter().take(16).copied().collect()
}
