//! A PDF document of cards, page by page.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::writers::{PageLabel, Resources};
use pdf_writer::{Content, Date, Filter, Finish as _, Name, Rect, Ref, TextStr};

use crate::card::error::CardError;
use crate::card::ink::{Drawn, Ink, Stock, compact, object_name};
use crate::card::marks::Mark;
use crate::card::paper::{Paper, Sheet, Spot};
use crate::card::photo::Portrait;
use crate::card::slip::SLIP_DOTS;
use crate::card::units::{count, dots_points, hundredths, signed};

/// Length of the lines where a leaf is folded, in points: 3 mm.
const FOLD_MARK: f32 = 8.5;

/// What the catalog and the trailer of a document say.
pub(super) struct About<'a> {
    pub(super) language: Option<&'a str>,
    /// The same for the same cards and time, and for nothing else.
    pub(super) identifier: Vec<u8>,
    pub(super) now: DateTime<Utc>,
}

/// What a document is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Cards, two sides each, on this paper.
    Cards(Paper),
    /// Slips, a page each.
    Slips,
}

impl Form {
    /// The page in dots.
    fn page(self) -> (u32, u32) {
        match self {
            Self::Cards(paper) => paper.page(),
            Self::Slips => SLIP_DOTS,
        }
    }

    /// The side of a card, or the slip, in dots.
    fn side(self) -> (u32, u32) {
        match self {
            Self::Cards(paper) => paper.side(),
            Self::Slips => SLIP_DOTS,
        }
    }

    /// Dots that are printed and cut off.
    fn bleed(self) -> u32 {
        match self {
            Self::Cards(paper) => paper.bleed(),
            Self::Slips => 0,
        }
    }

    /// The title of the document; names stand on the pages alone.
    fn title(self) -> &'static str {
        match self {
            Self::Cards(_) => "Citizenship cards",
            Self::Slips => "Slips handed over with citizenship cards",
        }
    }

    /// What the page at a place is called: 1 front, 1 back, 2 front …
    fn label(self, page: usize) -> String {
        match self {
            Self::Cards(_) => {
                let side = if page.is_multiple_of(2) { "front" } else { "back" };
                format!("{} {side}", page / 2 + 1)
            }
            Self::Slips => format!("{} slip", page + 1),
        }
    }

    /// How the document asks to be printed.
    fn preference(self) -> (Name<'static>, Name<'static>) {
        match self {
            // A viewer that scales to the page would take the codes off the printer's dots.
            Self::Cards(_) => (Name(b"PrintScaling"), Name(b"None")),
            // The back of a slip would be somebody else's.
            Self::Slips => (Name(b"Duplex"), Name(b"Simplex")),
        }
    }
}

/// A document under way.
pub(super) struct Document<'f> {
    ink: Ink<'f>,
    form: Form,
    open: BTreeMap<usize, Open>,
    pages: Vec<Page>,
}

/// A page on which more may be drawn.
#[derive(Default)]
struct Open {
    content: Vec<u8>,
    objects: BTreeSet<Ref>,
}

/// A page already written.
struct Page {
    id: Ref,
    content: Ref,
    objects: BTreeSet<Ref>,
}

impl<'f> Document<'f> {
    pub(super) fn new(stock: &Stock<'f>, form: Form) -> Self {
        Self { ink: Ink::new(stock, form.side()), form, open: BTreeMap::new(), pages: Vec::new() }
    }

    /// Draws the sides of a card at its spots. Cards come in the order of the batch.
    pub(super) fn card(&mut self, spots: [Spot; 2], sides: [Vec<Mark>; 2], portrait: Option<&Portrait>) {
        let [front, _] = spots;
        self.close_before(front.page);
        for (spot, marks) in spots.into_iter().zip(sides) {
            let drawn = self.ink.draw(marks, portrait);
            let page = self.open.entry(spot.page).or_default();
            place_at(&mut page.content, spot, self.form.side(), drawn.content);
            page.objects.extend(drawn.objects);
        }
    }

    /// Draws a page of its own.
    pub(super) fn page(&mut self, marks: Vec<Mark>) {
        let page = self.pages.len();
        let Drawn { content, objects } = self.ink.draw(marks, None);
        let objects = objects.into_iter().collect();
        self.open.insert(page, Open { content: content.finish().to_vec(), objects });
        self.close_before(usize::MAX);
    }

    pub(super) fn finish(mut self, about: &About<'_>) -> Result<Vec<u8>, CardError> {
        self.close_before(usize::MAX);
        let fonts = self.ink.write_fonts()?;
        let [catalog, tree, info, font_list] = std::array::from_fn(|_| self.ink.reserve());
        self.write_pages(tree, font_list);
        self.write_catalog(catalog, tree, about.language);
        let Self { ink: Ink { mut pdf, .. }, form, .. } = self;
        let mut list = pdf.indirect(font_list).dict();
        for (name, id) in &fonts {
            list.pair(Name(name.as_bytes()), *id);
        }
        list.finish();
        let date = pdf_date(about.now)?;
        let mut written = pdf.document_info(info);
        written.title(TextStr(form.title())).creation_date(date).modified_date(date);
        written.finish();
        pdf.set_version(1, 7);
        pdf.set_file_id((about.identifier.clone(), about.identifier.clone()));
        Ok(pdf.finish())
    }

    /// Writes the pages on which nothing more will be drawn.
    fn close_before(&mut self, page: usize) {
        let later = self.open.split_off(&page);
        for (number, mut open) in std::mem::replace(&mut self.open, later) {
            if self.form == Form::Cards(Paper::Large) {
                open.content.extend(fold_marks(self.form.page()));
            }
            if let Form::Cards(Paper::Sheet(sheet)) = self.form {
                open.content.extend(cut_marks(&sheet, number % 2 == 0));
            }
            let (id, content) = (self.ink.reserve(), self.ink.reserve());
            self.ink.pdf.stream(content, &deflated(&open.content, Effort::Usual)).filter(Filter::FlateDecode);
            self.pages.push(Page { id, content, objects: open.objects });
        }
    }

    fn write_pages(&mut self, tree: Ref, fonts: Ref) {
        let (width, height) = self.form.page();
        let inside = |bleed: u32| {
            let [near, right, upper] = [bleed, width - bleed, height - bleed].map(dots_points);
            Rect::new(near, near, right, upper)
        };
        let (area, trimmed) = (inside(0), inside(self.form.bleed()));
        let pdf = &mut self.ink.pdf;
        let ids = self.pages.iter().map(|page| page.id);
        pdf.pages(tree).media_box(area).kids(ids).count(signed(count(self.pages.len())));
        for page in &self.pages {
            let mut written = pdf.page(page.id);
            written.parent(tree).trim_box(trimmed).contents(page.content);
            let mut resources: Resources<'_> = written.resources();
            resources.pair(Name(b"Font"), fonts);
            let mut objects = resources.x_objects();
            for id in &page.objects {
                objects.pair(Name(object_name(*id).as_bytes()), *id);
            }
        }
    }

    fn write_catalog(&mut self, id: Ref, tree: Ref, language: Option<&str>) {
        let labels: Vec<Ref> = self.pages.iter().map(|_| self.ink.reserve()).collect();
        let mut catalog = self.ink.pdf.catalog(id);
        catalog.pages(tree);
        if let Some(language) = language {
            catalog.lang(TextStr(language));
        }
        let mut preferences = catalog.viewer_preferences();
        preferences.display_doc_title(true);
        let (what, how) = self.form.preference();
        preferences.pair(what, how);
        preferences.finish();
        let mut tree = catalog.page_labels();
        let mut numbers = tree.nums();
        for (index, label) in labels.iter().enumerate() {
            numbers.insert(signed(count(index)), *label);
        }
        numbers.finish();
        tree.finish();
        catalog.finish();
        for (index, label) in labels.iter().enumerate() {
            let name = self.form.label(index);
            self.ink.pdf.indirect(*label).start::<PageLabel<'_>>().prefix(TextStr(&name));
        }
    }
}

/// Draws a side of a card at its spot of the page.
fn place_at(page: &mut Vec<u8>, spot: Spot, (width, height): (u32, u32), side: Content) {
    let matrix = if spot.turned {
        [-1.0, 0.0, 0.0, -1.0, dots_points(spot.left + width), dots_points(spot.lower + height)]
    } else {
        [1.0, 0.0, 0.0, 1.0, dots_points(spot.left), dots_points(spot.lower)]
    };
    let mut before = compact();
    before.save_state().transform(matrix);
    page.extend_from_slice(&before.finish());
    page.push(b'\n');
    page.extend_from_slice(&side.finish());
    page.extend_from_slice(b"\nQ\n");
}

/// Where to fold a leaf: short lines in the middle of its upper and lower edges.
fn fold_marks((width, height): (u32, u32)) -> Vec<u8> {
    let (middle, upper) = (dots_points(width / 2), dots_points(height));
    let mut content = compact();
    content.set_stroke_gray(0.5).set_line_width(0.4);
    content.move_to(middle, 0.0).line_to(middle, FOLD_MARK);
    content.move_to(middle, upper).line_to(middle, hundredths(upper - FOLD_MARK)).stroke();
    content.finish().to_vec()
}

/// Where to cut the sheet, and on its front a line of 100 mm that shows whether it was printed at its size.
fn cut_marks(sheet: &Sheet, with_ruler: bool) -> Vec<u8> {
    let mut content = compact();
    content.set_stroke_gray(0.0).set_line_width(0.25);
    for [from, to] in sheet.cut_marks() {
        content.move_to(dots_points(from.0), dots_points(from.1));
        content.line_to(dots_points(to.0), dots_points(to.1));
    }
    if with_ruler {
        let [x, y, length] = sheet.ruler();
        content.move_to(x, hundredths(y)).line_to(x, hundredths(y + length));
        for tick in 0_u16..=10 {
            let reach = dots_points(if tick % 5 == 0 { 30 } else { 18 });
            let y = hundredths(y + length * f32::from(tick) / 10.0);
            content.move_to(x, y).line_to(hundredths(x + reach), y);
        }
    }
    content.stroke();
    content.finish().to_vec()
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

/// How hard repeats are looked for in what is deflated.
#[derive(Clone, Copy)]
pub(super) enum Effort {
    /// For codes, which look random: the least at which characters still get codes of their own.
    Little,
    Usual,
}

pub(super) fn deflated(bytes: &[u8], effort: Effort) -> Vec<u8> {
    let level = match effort {
        Effort::Little => Compression::new(2),
        Effort::Usual => Compression::default(),
    };
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), level);
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
