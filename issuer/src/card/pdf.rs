//! Prints cards: two pages a card, front and back.

use std::io::Write as _;

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::writers::Resources;
use pdf_writer::{Date, Filter, Finish as _, Name, Rect, Ref, TextStr};
use sha2::{Digest, Sha256};

use crate::card::codes::{Choice, Code, room};
use crate::card::error::{CardError, Field, Problem};
use crate::card::fonts::Fonts;
use crate::card::ink::Ink;
use crate::card::layout::{self, CARD_DOTS, IDENTITY_BOX, Mark, SERVICE_BOX, Side};
use crate::card::page::{Card, Signed};
use crate::card::photo::Portrait;
use crate::card::units::{POINTS_PER_DOT, count, real, signed as integer};
use crate::parallel;

/// The title of every document; names stand on the pages alone.
const TITLE: &str = "Citizenship cards";

/// Lays out and prints cards.
#[derive(Debug)]
pub struct Press {
    fonts: Fonts,
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
    /// The most characters of QR text that the identity code takes.
    pub identity_room: usize,
    /// The most characters of QR text that the service code takes.
    pub service_room: usize,
}

impl Press {
    /// A press with these fonts.
    #[must_use]
    pub fn new(fonts: Fonts) -> Self {
        Self { fonts }
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
        Ok(Preflight {
            fonts,
            name_size: name.map_or(0.0, |block| block.size),
            name_lines: name.map_or(0, |block| block.lines.len()),
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
        let mut document = Document::new(&self.fonts);
        // Encoding the codes takes longer than all the rest.
        for (signed, codes) in cards.iter().zip(parallel::map(cards, codes)) {
            let (identity, service) = codes?;
            for side in self.sides(&signed.card, Some(identity), Some(service))? {
                document.page(side, signed.card.portrait.as_ref());
            }
        }
        document.finish(cards, now)
    }

    fn sides(
        &self,
        card: &Card,
        identity: Option<Code>,
        service: Option<Code>,
    ) -> Result<[Vec<Mark>; 2], CardError> {
        let front = layout::front(&self.fonts, card, identity);
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
fn identifier(cards: &[Signed], now: DateTime<Utc>) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(now.timestamp().to_be_bytes());
    for signed in cards {
        for text in [&signed.card.number, &signed.identity_code, &signed.service_code] {
            hash.update(text);
            hash.update([0]);
        }
    }
    hash.finalize().iter().take(16).copied().collect()
}

/// A document under way, page by page.
struct Document<'f> {
    ink: Ink<'f>,
    pages: Vec<Page>,
}

/// A page already drawn.
struct Page {
    id: Ref,
    content: Ref,
    objects: Vec<(String, Ref)>,
}

impl<'f> Document<'f> {
    fn new(fonts: &'f Fonts) -> Self {
        Self { ink: Ink::new(fonts), pages: Vec::new() }
    }

    fn page(&mut self, side: Vec<Mark>, portrait: Option<&Portrait>) {
        let drawn = self.ink.draw(side, portrait);
        let (id, content) = (self.ink.reserve(), self.ink.reserve());
        let bytes = deflated(drawn.content.finish().as_slice());
        self.ink.pdf.stream(content, &bytes).filter(Filter::FlateDecode);
        self.pages.push(Page { id, content, objects: drawn.objects });
    }

    fn finish(mut self, cards: &[Signed], now: DateTime<Utc>) -> Result<Vec<u8>, CardError> {
        let fonts = self.ink.write_fonts()?;
        let [catalog, tree, info, font_list] = std::array::from_fn(|_| self.ink.reserve());
        self.write_pages(tree, font_list);
        self.write_labels_and_catalog(catalog, tree, cards);
        let Ink { mut pdf, .. } = self.ink;
        let mut list = pdf.indirect(font_list).dict();
        for (name, id) in &fonts {
            list.pair(Name(name.as_bytes()), *id);
        }
        list.finish();
        let mut about = pdf.document_info(info);
        let date = pdf_date(now)?;
        about.title(TextStr(TITLE)).creation_date(date).modified_date(date);
        about.finish();
        let id = identifier(cards, now);
        pdf.set_version(1, 7);
        pdf.set_file_id((id.clone(), id));
        Ok(pdf.finish())
    }

    fn write_pages(&mut self, tree: Ref, fonts: Ref) {
        let (width, height) = CARD_DOTS;
        let card = Rect::new(0.0, 0.0, real(width) * POINTS_PER_DOT, real(height) * POINTS_PER_DOT);
        let pdf = &mut self.ink.pdf;
        let ids = self.pages.iter().map(|page| page.id);
        let total = integer(count(self.pages.len()));
        pdf.pages(tree).media_box(card).kids(ids).count(total);
        for page in &self.pages {
            let mut written = pdf.page(page.id);
            written.parent(tree).trim_box(card).contents(page.content);
            let mut resources: Resources<'_> = written.resources();
            resources.pair(Name(b"Font"), fonts);
            let mut objects = resources.x_objects();
            for (name, id) in &page.objects {
                objects.pair(Name(name.as_bytes()), *id);
            }
        }
    }

    /// Pages are called 1 front, 1 back, 2 front …
    fn write_labels_and_catalog(&mut self, id: Ref, tree: Ref, cards: &[Signed]) {
        let labels: Vec<Ref> = self.pages.iter().map(|_| self.ink.reserve()).collect();
        let mut catalog = self.ink.pdf.catalog(id);
        catalog.pages(tree);
        if let Some(first) = cards.first() {
            catalog.lang(TextStr(&first.card.language));
        }
        let mut preferences = catalog.viewer_preferences();
        preferences.display_doc_title(true);
        // A viewer that scales to the page would take the codes off the printer's dots.
        preferences.pair(Name(b"PrintScaling"), Name(b"None"));
        preferences.finish();
        let mut numbered = catalog.page_labels();
        let mut numbers = numbered.nums();
        for (index, label) in labels.iter().enumerate() {
            numbers.insert(integer(count(index)), *label);
        }
        numbers.finish();
        numbered.finish();
        catalog.finish();
        for (index, label) in labels.iter().enumerate() {
            let side = if index % 2 == 0 { "front" } else { "back" };
            let label_text = format!("{} {side}", index / 2 + 1);
            self.ink
                .pdf
                .indirect(*label)
                .start::<pdf_writer::writers::PageLabel<'_>>()
                .prefix(TextStr(&label_text));
        }
    }
}

fn pdf_date(now: DateTime<Utc>) -> Result<Date, CardError> {
    let year = u16::try_from(now.year()).ok().filter(|year| *year < 10_000).ok_or(CardError::Time)?;
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    Ok(Date::new(year)
        .month(small(now.month()))
        .day(small(now.day()))
        .hour(small(now.hour()))
        .minute(small(now.minute()))
        .second(small(now.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0))
}

pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::default());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
