//! Prints cards: two pages a card, front and back.

use chrono::{DateTime, Utc};

use crate::card::codes::{Choice, Code, room};
use crate::card::emblem::{Emblem, Printed};
use crate::card::error::{CardError, Field, Problem};
use crate::card::fonts::Fonts;
use crate::card::ink::Stock;
use crate::card::layout::{self, Codes, Desk, LayoutError, Plan, Plans, Side};
use crate::card::marks::Mark;
use crate::card::memo::Memo;
use crate::card::page::{Card, CardSide, Signed};
use crate::card::palette::Palette;
use crate::card::paper::Paper;
use crate::card::photo::PhotoError;
use crate::card::proof;
use crate::card::slip::{self, Slip};
use crate::words::Words;

/// Lays out and prints cards.
#[derive(Debug)]
pub struct Press {
    fonts: Fonts,
    words: Words,
    emblem: Option<Printed>,
    plans: Plans,
    palette: Palette,
    outlines: bool,
    memo: Memo,
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
    /// A press with these fonts and the built-in layouts.
    ///
    /// # Errors
    ///
    /// As [`Press::with_layouts`], were the built-in layouts wrong.
    pub fn new(fonts: Fonts) -> Result<Self, LayoutError> {
        let plans = Plans::parse(layout::BUILT_IN)?;
        Ok(Self {
            fonts,
            words: Words::built_in(),
            emblem: None,
            plans,
            palette: Palette::default(),
            outlines: false,
            memo: Memo::default(),
        })
    }

    /// The same with layouts described in a text of its own, as [`Press::layouts`] describes the built-in ones.
    ///
    /// # Errors
    ///
    /// When the text is no such description, or its boxes overlap or leave the card.
    pub fn with_layouts(self, text: &str) -> Result<Self, LayoutError> {
        Ok(Self { plans: Plans::parse(text)?, ..self })
    }

    /// The description of the built-in layouts, in TOML.
    #[must_use]
    pub fn layouts() -> &'static str {
        layout::BUILT_IN
    }

    /// The same with colours of its own.
    #[must_use]
    pub fn with_palette(self, palette: Palette) -> Self {
        Self { palette, ..self }
    }

    /// The same with a city's emblem.
    ///
    /// # Errors
    ///
    /// Fails only if the JPEG encoder does.
    pub fn with_emblem(self, emblem: &Emblem) -> Result<Self, PhotoError> {
        Ok(Self { emblem: Some(Printed::of(emblem)?), ..self })
    }

    /// The same with other texts beside a holder's own data.
    #[must_use]
    pub fn with_words(self, words: Words) -> Self {
        Self { words, ..self }
    }

    /// The same with the edges of all boxes drawn, for whoever changes the layouts.
    #[must_use]
    pub fn with_outlines(self) -> Self {
        Self { outlines: true, ..self }
    }

    /// Side of the box of the service code on the card, in printer dots.
    #[must_use]
    pub fn service_code_dots(&self) -> u32 {
        let [_, service] = self.plans.card.code_sides();
        service
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
        self.preflight_on(Paper::Card, card)
    }

    /// Lays out a card without its codes for paper of this kind.
    ///
    /// # Errors
    ///
    /// As [`Press::preflight`].
    pub fn preflight_on(&self, paper: Paper, card: &Card) -> Result<Preflight, CardError> {
        let plan = self.plan(paper);
        let [front, back] = self.sides(plan, card, None)?;
        let mut fonts: Vec<String> =
            front.iter().chain(&back).flat_map(|mark| self.fonts_of(mark)).map(str::to_owned).collect();
        fonts.sort_unstable();
        fonts.dedup();
        let name = front.iter().find_map(|mark| match mark {
            Mark::Text { block, .. } if block.field == Field::Name => Some(block),
            _ => None,
        });
        let [identity, service] = plan.code_sides();
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
            identity_room: room(identity),
            service_room: room(service),
        })
    }

    /// The version, level and size that a card's identity and service codes will have.
    ///
    /// # Errors
    ///
    /// Fails if a text does not fit its code.
    pub fn choices(&self, signed: &Signed) -> Result<[Choice; 2], CardError> {
        let Codes { identity, service } = codes(&self.plans.card, signed)?;
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
        let mut pages = self.begin_cards(paper, now);
        pages.add(cards)?;
        pages.finish()
    }

    /// Lays out a slip.
    ///
    /// # Errors
    ///
    /// Names everything that would keep the slip from being printed.
    pub fn preflight_slip(&self, slip: &Slip) -> Result<(), CardError> {
        self.slip(slip).map(drop)
    }

    /// Prints slips into one document, a page each.
    ///
    /// # Errors
    ///
    /// Fails if any slip cannot be laid out, or if the document cannot be written; nothing is printed then.
    pub fn print_slips(&self, slips: &[Slip], now: DateTime<Utc>) -> Result<Vec<u8>, CardError> {
        let mut pages = self.begin_slips(now);
        pages.add(slips)?;
        pages.finish()
    }

    pub(super) fn slip(&self, slip: &Slip) -> Result<Vec<Mark>, CardError> {
        slip::side(&self.fonts, slip, self.emblem.is_some())
            .map_err(|problems| CardError::Unprintable { number: slip.number.clone(), problems })
    }

    /// Pictures of the front and the back of a card for screens, as PNG files of so many dots an inch.
    ///
    /// # Errors
    ///
    /// Fails if the card cannot be laid out.
    pub fn proof(&self, paper: Paper, signed: &Signed, dpi: u32) -> Result<[Vec<u8>; 2], CardError> {
        let (plan, card) = (self.plan(paper), &signed.card);
        let [front, back] = self.sides(plan, card, Some(&codes(plan, signed)?))?;
        Ok([self.picture(paper, card, front, dpi)?, self.picture(paper, card, back, dpi)?])
    }

    /// One side of a card that is not signed yet: the places of its codes are white.
    ///
    /// # Errors
    ///
    /// As [`Press::proof`].
    pub fn proof_unsigned(
        &self,
        paper: Paper,
        card: &Card,
        side: CardSide,
        dpi: u32,
    ) -> Result<Vec<u8>, CardError> {
        let [front, back] = self.sides(self.plan(paper), card, None)?;
        self.picture(paper, card, if side == CardSide::Front { front } else { back }, dpi)
    }

    fn picture(&self, paper: Paper, card: &Card, marks: Vec<Mark>, dpi: u32) -> Result<Vec<u8>, CardError> {
        proof::side(&self.stock(), marks, card.portrait.as_ref(), self.plan(paper).dots, dpi)
    }

    pub(super) fn stock(&self) -> Stock<'_> {
        Stock { fonts: &self.fonts, emblem: self.emblem.as_ref(), palette: self.palette }
    }

    pub(super) fn plan(&self, paper: Paper) -> &Plan {
        if paper == Paper::Large { &self.plans.large } else { &self.plans.card }
    }

    pub(super) fn sides(
        &self,
        plan: &Plan,
        card: &Card,
        codes: Option<&Codes>,
    ) -> Result<[Vec<Mark>; 2], CardError> {
        let desk = Desk { fonts: &self.fonts, memo: &self.memo, plan, with_emblem: self.emblem.is_some() };
        let front = layout::front(desk, card, codes);
        let back = layout::back(desk, card, codes);
        match (front, back) {
            (Ok(mut front), Ok(mut back)) => {
                if self.outlines {
                    front.extend(layout::front_outlines(desk, card));
                    back.extend(layout::back_outlines(desk, card));
                }
                Ok([front, back])
            }
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

pub(super) fn codes(plan: &Plan, signed: &Signed) -> Result<Codes, CardError> {
    let number = || signed.card.number.clone();
    let [identity_side, service_side] = plan.code_sides();
    let identity = Code::fit(&signed.identity_code, identity_side)
        .map_err(|source| CardError::IdentityCode { number: number(), source })?;
    let service = Code::fit(&signed.service_code, service_side)
        .map_err(|source| CardError::ServiceCode { number: number(), source })?;
    Ok(Codes { identity, service })
}
