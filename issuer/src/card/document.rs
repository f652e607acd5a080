//! A PDF document of cards, page by page.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::writers::{Catalog, DocumentInfo, PageLabel, Resources};
use pdf_writer::{Content, Date, Filter, Finish as _, Name, Rect, Ref, TextStr};

use crate::card::body::Trailer;
use crate::card::error::CardError;
use crate::card::ink::{Drawn, Ink, Stock, compact, object_name};
use crate::card::marks::Mark;
use crate::card::paper::{Paper, Sheet, Spot};
use crate::card::photo::Portrait;
use crate::card::slip::SLIP_DOTS;
use crate::card::units::{count, dots_points, hundredths, signed};
use crate::parallel;

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

    /// The page without so many dots at each edge, in points.
    fn inside(self, edge: u32) -> Rect {
        let (width, height) = self.page();
        let [near, right, upper] = [edge, width - edge, height - edge].map(dots_points);
        Rect::new(near, near, right, upper)
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

/// A document under way. What is written of it can be taken at any time.
pub(super) struct Document<'f> {
    ink: Ink<'f>,
    form: Form,
    /// The pages on which more may be drawn, and those that are not written yet.
    open: BTreeMap<usize, Open>,
    /// The pages already written.
    pages: Vec<Ref>,
    /// The tree of all pages, and the fonts that all of them name: written last.
    tree: Ref,
    fonts: Ref,
}

/// A page not written yet.
#[derive(Default)]
struct Open {
    content: Vec<u8>,
    objects: BTreeSet<Ref>,
}

impl<'f> Document<'f> {
    pub(super) fn new(stock: &Stock<'f>, form: Form) -> Self {
        let mut ink = Ink::new(stock, form.side());
        let [tree, fonts] = std::array::from_fn(|_| ink.reserve());
        Self { ink, form, open: BTreeMap::new(), pages: Vec::new(), tree, fonts }
    }

    /// Draws the sides of a card at its spots. Cards come in the order of the batch.
    pub(super) fn card(&mut self, spots: [Spot; 2], sides: [Vec<Mark>; 2], portrait: Option<&Portrait>) {
        for (spot, marks) in spots.into_iter().zip(sides) {
            let drawn = self.ink.draw(marks, portrait);
            let page = self.open.entry(spot.page).or_default();
            place_at(&mut page.content, spot, self.form.side(), drawn.content);
            page.objects.extend(drawn.objects);
        }
    }

    /// Draws a page of its own.
    pub(super) fn page(&mut self, marks: Vec<Mark>) {
        let page = self.pages.len() + self.open.len();
        let Drawn { content, objects } = self.ink.draw(marks, None);
        let objects = objects.into_iter().collect();
        self.open.insert(page, Open { content: content.finish().to_vec(), objects });
    }

    /// The next bytes of the document.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.ink.pdf.take()
    }

    pub(super) fn finish(mut self, about: &About<'_>) -> Result<Vec<u8>, CardError> {
        self.close_before(usize::MAX);
        let fonts = self.ink.write_fonts()?;
        let [catalog, info] = std::array::from_fn(|_| self.ink.reserve());
        let ids = self.pages.iter().copied();
        let mut tree = self.ink.pdf.at(self.tree).pages(self.tree);
        tree.media_box(self.form.inside(0)).kids(ids).count(signed(count(self.pages.len())));
        tree.finish();
        self.write_catalog(catalog, about.language);
        let mut pdf = self.ink.pdf;
        let mut list = pdf.at(self.fonts).indirect(self.fonts).dict();
        for (name, id) in &fonts {
            list.pair(Name(name.as_bytes()), *id);
        }
        list.finish();
        let date = pdf_date(about.now)?;
        let mut written = pdf.at(info).indirect(info).start::<DocumentInfo<'_>>();
        written.title(TextStr(self.form.title())).creation_date(date).modified_date(date);
        written.finish();
        pdf.finish(&Trailer { catalog, info, identifier: about.identifier.clone() })
    }

    /// Writes the pages before this one: nothing more will be drawn on them.
    pub(super) fn close_before(&mut self, page: usize) {
        let later = self.open.split_off(&page);
        let closed: Vec<(usize, Open)> = std::mem::replace(&mut self.open, later).into_iter().collect();
        let form = self.form;
        let deflated = parallel::map(&closed, |(number, open)| {
            let marks = match form {
                Form::Cards(Paper::Large) => fold_marks(form.page()),
                Form::Cards(Paper::Sheet(sheet)) => cut_marks(&sheet, number % 2 == 0),
                _ => Vec::new(),
            };
            deflated(&[open.content.as_slice(), &marks].concat(), Effort::Usual)
        });
        for ((_, open), content) in closed.into_iter().zip(deflated) {
            self.write_page(&open.objects, &content);
        }
    }

    fn write_page(&mut self, objects: &BTreeSet<Ref>, deflated: &[u8]) {
        let (id, content) = (self.ink.reserve(), self.ink.reserve());
        let pdf = &mut self.ink.pdf;
        pdf.at(content).stream(content, deflated).filter(Filter::FlateDecode);
        let mut page = pdf.at(id).page(id);
        page.parent(self.tree).trim_box(self.form.inside(self.form.bleed())).contents(content);
        let mut resources: Resources<'_> = page.resources();
        resources.pair(Name(b"Font"), self.fonts);
        let mut named = resources.x_objects();
        for id in objects {
            named.pair(Name(object_name(*id).as_bytes()), *id);
        }
        named.finish();
        resources.finish();
        page.finish();
        self.pages.push(id);
    }

    fn write_catalog(&mut self, id: Ref, language: Option<&str>) {
        let labels: Vec<Ref> = self.pages.iter().map(|_| self.ink.reserve()).collect();
        let mut catalog = self.ink.pdf.at(id).indirect(id).start::<Catalog<'_>>();
        catalog.pages(self.tree);
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
            self.ink.pdf.at(*label).indirect(*label).start::<PageLabel<'_>>().prefix(TextStr(&name));
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
