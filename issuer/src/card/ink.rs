//! Marks as PDF operators, pictures and codes as external objects.

use std::collections::BTreeMap;

use pdf_writer::{Content, Filter, Finish as _, Name, Rect, Ref, Settings, Str, TextStr};

use crate::card::barcode::Barcode;
use crate::card::body::Body;
use crate::card::codes::{Code, QUIET_ZONE, tiles};
use crate::card::copying::{self, Piece, Reading};
use crate::card::embed::{self, Used};
use crate::card::emblem::Printed;
use crate::card::error::CardError;
use crate::card::fit::Block;
use crate::card::fonts::{FaceId, Fonts};
use crate::card::guilloche;
use crate::card::marks::{Align, Area, Mark, lines};
use crate::card::palette::{Colour, Palette};
use crate::card::photo::Portrait;
use crate::card::text::{Run, is_invisible};
use crate::card::units::{dots_points, hundredths, points, real, signed};

/// What all documents of a press share.
#[derive(Clone, Copy)]
pub(super) struct Stock<'f> {
    pub(super) fonts: &'f Fonts,
    pub(super) emblem: Option<&'f Printed>,
    pub(super) palette: Palette,
}

/// A document under way, and what its pages share.
pub(super) struct Ink<'f> {
    fonts: &'f Fonts,
    pub(super) pdf: Body,
    last: Ref,
    faces: BTreeMap<FaceId, Face>,
    emblem: Option<&'f Printed>,
    palette: Palette,
    /// A side of a card in dots.
    side: (u32, u32),
    /// The emblem once it was written: all pages share it.
    emblem_id: Option<Ref>,
    /// What all codes are set with, once it was written.
    tiles: Option<Ref>,
    /// What all bands are made of, once it was written.
    wave: Option<Ref>,
}

/// A font of the document.
struct Face {
    id: Ref,
    used: Used,
}

/// The operators of one side, and the objects that they name.
pub(super) struct Drawn {
    pub(super) content: Content,
    pub(super) objects: Vec<Ref>,
}

impl<'f> Ink<'f> {
    pub(super) fn new(stock: &Stock<'f>, side: (u32, u32)) -> Self {
        let Stock { fonts, emblem, palette } = *stock;
        Self {
            fonts,
            pdf: Body::new(),
            last: Ref::new(1),
            faces: BTreeMap::new(),
            emblem,
            palette,
            side,
            emblem_id: None,
            tiles: None,
            wave: None,
        }
    }

    /// A number for a new object.
    pub(super) fn reserve(&mut self) -> Ref {
        self.last.bump()
    }

    /// Draws one side, its lower left corner at the origin.
    pub(super) fn draw(&mut self, marks: Vec<Mark>, portrait: Option<&Portrait>) -> Drawn {
        let mut drawn = Drawn { content: compact(), objects: Vec::new() };
        let page = Reading::of(marks.iter().flat_map(Mark::texts));
        for mark in marks {
            match mark {
                Mark::Guilloche { number, index, area } => {
                    let wave = self.wave();
                    let [red, green, blue] = self.palette.waves().shares();
                    drawn.content.set_stroke_rgb(red, green, blue);
                    guilloche::draw(
                        &mut drawn.content,
                        wave,
                        &guilloche::band(&number, index, self.on_page(area)),
                    );
                    drawn.objects.push(wave);
                }
                Mark::Text { block, area, align } => {
                    self.text(&mut drawn.content, &block, area, align, page);
                }
                Mark::Portrait(area) => {
                    if let Some(portrait) = portrait {
                        self.portrait(&mut drawn, area, portrait);
                    }
                }
                Mark::Emblem(area) => self.emblem(&mut drawn, area),
                Mark::Fill(area, shade) => {
                    let [left, lower, width, height] = self.on_page(area);
                    fill(&mut drawn.content, self.palette.shade(shade));
                    drawn.content.rect(left, lower, width, height).fill_nonzero();
                }
                Mark::Bars { bars, left, top, height, dots } => {
                    let lower = self.side.1.saturating_sub(top + height);
                    draw_bars(&mut drawn.content, &bars, [left, lower, height, dots]);
                }
                Mark::Outline(area) => {
                    let [left, lower, width, height] = self.on_page(area);
                    let [red, green, blue] = Colour::OUTLINE.shares();
                    drawn.content.set_stroke_rgb(red, green, blue).set_line_width(0.25);
                    drawn.content.rect(left, lower, width, height).stroke();
                }
                Mark::Code { code, left, top } => self.code(&mut drawn, &code, left, top),
            }
        }
        drawn
    }

    /// Height of a side in points.
    fn top(&self) -> f32 {
        dots_points(self.side.1)
    }

    /// Left, lower edge, width and height in points.
    fn on_page(&self, area: Area) -> [f32; 4] {
        let lower = self.top() - points(area.top + area.height);
        [points(area.left), lower, points(area.width), points(area.height)].map(hundredths)
    }

    /// Writes the fonts, reduced to what the pages use, and gives their names on the pages.
    pub(super) fn write_fonts(&mut self) -> Result<Vec<(String, Ref)>, CardError> {
        let mut names = Vec::new();
        for (index, (face, font)) in std::mem::take(&mut self.faces).into_iter().enumerate() {
            names.push((font_name(face), font.id));
            let last = &mut self.last;
            embed::write(&mut self.pdf, || last.bump(), font.id, self.fonts, face, &font.used, index)?;
        }
        Ok(names)
    }

    /// What is shown is marked with the text that it stands for, so that copying gives it back in any script.
    fn text(&mut self, content: &mut Content, block: &Block, area: Area, align: Align, page: Reading) {
        for (line, [left, below]) in lines(block, area, align) {
            let (mut pen, baseline) = (left, self.top() - below);
            fill(content, self.palette.of(block.style.tint));
            content.begin_text();
            let from_right = line.runs.iter().any(|run| run.rtl);
            for piece in copying::pieces(line, page) {
                let marked = (!from_right && block.field.is_the_holders()) || !self.says_itself(&piece);
                if marked {
                    span(content, &piece.text, block.language.as_deref());
                }
                for run in piece.runs {
                    pen = self.run(content, run, block.size, pen, baseline);
                }
                if marked {
                    content.end_marked_content();
                }
            }
            content.end_text();
        }
    }

    /// Whether the glyphs alone tell what the piece says: one for each character, in order, and each glyph for one
    /// character only.
    fn says_itself(&mut self, piece: &Piece<'_>) -> bool {
        let glyphs = || piece.runs.iter().flat_map(|run| run.glyphs.iter().map(|glyph| (run.face, glyph)));
        let visible = !piece.text.chars().any(is_invisible);
        let in_order = piece.text.chars().eq(glyphs().map(|(_, glyph)| glyph.character));
        let mut here = BTreeMap::new();
        visible
            && in_order
            && glyphs().all(|(face, glyph)| {
                let known = self.face(face).used.stands_for(glyph.id).unwrap_or(glyph.character);
                *here.entry((face, glyph.id)).or_insert(known) == glyph.character
            })
    }

    /// Shows a run from `left` on and gives where the next one begins.
    fn run(&mut self, content: &mut Content, run: &Run, size: f32, left: f32, baseline: f32) -> f32 {
        content.set_font(Name(font_name(run.face).as_bytes()), size);
        let used = &mut self.face(run.face).used;
        // Thousandths of an em from the start of the run: where the next glyph belongs, and where the viewer's
        // pen stands after the glyphs shown so far.
        let mut due = 0.0_f32;
        for glyphs in run.glyphs.chunk_by(|a, b| a.up.total_cmp(&b.up).is_eq()) {
            let Some(first) = glyphs.first() else { continue };
            let mut pen = due + first.right;
            let x = hundredths(left + pen * size / 1000.0);
            content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, hundredths(baseline + first.up * size / 1000.0)]);
            let mut show = content.show_positioned();
            let mut items = show.items();
            let mut shown: Vec<u8> = Vec::with_capacity(2 * glyphs.len());
            for glyph in glyphs {
                let back = (pen - due - glyph.right).round();
                if back.abs() >= 1.0 {
                    if !shown.is_empty() {
                        items.show(Str(&shown));
                        shown.clear();
                    }
                    items.adjust(back);
                    pen -= back;
                }
                let (id, width) = used.glyph(glyph);
                shown.extend(id.to_be_bytes());
                pen += f32::from(width);
                due += glyph.advance;
            }
            items.show(Str(&shown));
        }
        left + due * size / 1000.0
    }

    fn face(&mut self, face: FaceId) -> &mut Face {
        let last = &mut self.last;
        self.faces.entry(face).or_insert_with(|| Face { id: last.bump(), used: Used::default() })
    }

    fn portrait(&mut self, drawn: &mut Drawn, area: Area, portrait: &Portrait) {
        let id = self.reserve();
        photograph(&mut self.pdf, id, portrait.jpeg(), portrait.size());
        let lower = self.top() - points(area.top + area.height);
        drawn.place(id, [points(area.width), points(area.height)], points(area.left), lower);
    }

    /// The emblem in the middle of an area, as large as fits.
    fn emblem(&mut self, drawn: &mut Drawn, area: Area) {
        let Some(emblem) = self.emblem else { return };
        let (pdf, last) = (&mut self.pdf, &mut self.last);
        let id = *self.emblem_id.get_or_insert_with(|| {
            let id = last.bump();
            photograph(pdf, id, &emblem.jpeg, emblem.size);
            id
        });
        let [left, lower, width, height] = self.on_page(area.fitting(emblem.size));
        drawn.place(id, [width, height], left, lower);
    }

    fn wave(&mut self) -> Ref {
        let (pdf, last) = (&mut self.pdf, &mut self.last);
        *self.wave.get_or_insert_with(|| {
            let id = last.bump();
            guilloche::write(pdf, id);
            id
        })
    }

    fn code(&mut self, drawn: &mut Drawn, code: &Code, left: u32, upper: u32) {
        let id = self.reserve();
        let (pdf, last) = (&mut self.pdf, &mut self.last);
        let tiles = *self.tiles.get_or_insert_with(|| tiles::write(pdf, || last.bump()));
        let choice = code.choice();
        let side = real(choice.modules() + 2 * QUIET_ZONE);
        let mut form = self.pdf.at(id).form_xobject(id, code.deflated());
        form.bbox(Rect::new(0.0, 0.0, side, side));
        form.pair(Name(b"Resources"), tiles);
        form.filter(Filter::FlateDecode);
        form.finish();
        let module = dots_points(choice.dots);
        let lower = dots_points(self.side.1.saturating_sub(upper + choice.side_dots()));
        drawn.place(id, [module, module], dots_points(left), lower);
    }
}

impl Drawn {
    /// Draws an object of unit size (or unit modules) with its lower left corner there.
    fn place(&mut self, id: Ref, [width, height]: [f32; 2], left: f32, lower: f32) {
        let name = object_name(id);
        let matrix = [width, 0.0, 0.0, height, left, lower].map(hundredths);
        self.content.save_state().transform(matrix).x_object(Name(name.as_bytes())).restore_state();
        self.objects.push(id);
    }
}

/// Begins a span that tells what it says and in which language.
fn span(content: &mut Content, text: &str, language: Option<&str>) {
    let mut marked = content.begin_marked_content_with_properties(Name(b"Span"));
    let mut properties = marked.properties();
    properties.actual_text(TextStr(text));
    if let Some(language) = language {
        properties.pair(Name(b"Lang"), Str(language.as_bytes()));
    }
}

/// Writes a colour JPEG as an image.
fn photograph(pdf: &mut Body, id: Ref, jpeg: &[u8], (width, height): (u32, u32)) {
    let mut image = pdf.at(id).image_xobject(id, jpeg);
    image.width(signed(width)).height(signed(height)).bits_per_component(8);
    image.color_space().device_rgb();
    image.filter(Filter::DctDecode);
}

/// Operators without spaces that only people need.
pub(super) fn compact() -> Content {
    Content::with_settings(Settings { pretty: false })
}

/// What an object is called on the pages that show it.
pub(super) fn object_name(id: Ref) -> String {
    format!("X{}", id.get())
}

fn font_name(face: FaceId) -> String {
    format!("T{face}")
}

/// Bars on whole dots, black.
fn draw_bars(content: &mut Content, bars: &Barcode, [left, lower, height, dots]: [u32; 4]) {
    let lower = dots_points(lower);
    content.set_fill_gray(0.0);
    for (start, width) in bars.bars() {
        let x = dots_points(left + start * dots);
        content.rect(x, lower, dots_points(width * dots), dots_points(height));
    }
    content.fill_nonzero();
}

fn fill(content: &mut Content, colour: Colour) {
    let [red, green, blue] = colour.shares();
    content.set_fill_rgb(red, green, blue);
}
