//! Marks as PDF operators, fonts reduced to the glyphs used, pictures and codes as external objects.

use std::collections::BTreeMap;

use printpdf::{
    Codepoint, Color, DictItem, ExternalStream, ExternalXObject, FontId, FontMetrics, FontType, Op,
    ParsedFont, PdfFont, PdfFontHandle, PdfFontMetricsStub, PdfResources, Point, Pt, Rect, Rgb, TextItem,
    TextMatrix, XObject, XObjectId, XObjectTransform,
};
use subsetter::GlyphRemapper;

use crate::card::codes::{Code, QUIET_ZONE};
use crate::card::error::CardError;
use crate::card::fit::{ASCENT, Block, LEADING, Tint};
use crate::card::fonts::{FaceId, Fonts, Weight};
use crate::card::layout::{Align, Area, CARD_DOTS, Mark};
use crate::card::photo::Portrait;
use crate::card::text::Run;
use crate::card::units::{POINTS_PER_DOT, count, points, real, thousandths, whole};

/// What all pages of a document share.
pub(super) struct Ink<'f> {
    fonts: &'f Fonts,
    used: BTreeMap<FaceId, Used>,
    objects: BTreeMap<XObjectId, XObject>,
}

/// The glyphs used of one font.
struct Used {
    glyphs: GlyphRemapper,
    /// Width by glyph id of the reduced font, in thousandths of an em.
    widths: BTreeMap<u16, u16>,
}

impl<'f> Ink<'f> {
    pub(super) fn new(fonts: &'f Fonts) -> Self {
        Self { fonts, used: BTreeMap::new(), objects: BTreeMap::new() }
    }

    /// The operators that draw one side of a card.
    pub(super) fn draw(&mut self, marks: Vec<Mark>, portrait: Option<&Portrait>) -> Vec<Op> {
        let mut ops = Vec::new();
        for mark in marks {
            match mark {
                Mark::Fill { area, tint } => fill(&mut ops, area, tint),
                Mark::Text { block, area, align } => self.text(&mut ops, &block, area, align),
                Mark::Portrait(area) => {
                    if let Some(portrait) = portrait {
                        self.portrait(&mut ops, area, portrait);
                    }
                }
                Mark::Code { code, left, top } => self.code(&mut ops, &code, left, top),
            }
        }
        ops
    }

    /// Hands over the external objects, and the fonts reduced to what the pages use.
    pub(super) fn finish(self, resources: &mut PdfResources) -> Result<(), CardError> {
        for (index, (face, used)) in self.used.into_iter().enumerate() {
            let font = PdfFont::new(reduce(self.fonts, face, used, index)?);
            resources.fonts.map.insert(font_id(face), font);
        }
        resources.xobjects.map = self.objects;
        Ok(())
    }

    /// What is shown is marked with the text that it stands for, so that copying gives it back in any script: a
    /// whole line at once, or run by run where part of it reads from right to left.
    fn text(&mut self, ops: &mut Vec<Op>, block: &Block, area: Area, align: Align) {
        let mut baseline = top() - points(area.top) - ASCENT * block.size;
        for line in &block.lines {
            let slack = points(area.width) - line.width * block.size / 1000.0;
            let right = align == Align::End || line.rtl;
            let left = points(area.left) + if right { slack } else { 0.0 };
            let language = block.language.as_deref();
            let by_run = line.runs.iter().any(|run| run.rtl);
            ops.push(Op::SetFillColor { col: colour(block.style.tint) });
            ops.push(Op::StartTextSection);
            if !by_run {
                ops.push(span(&line.text, language));
            }
            let mut pen = left;
            for run in &line.runs {
                if by_run {
                    ops.push(span(&run.text, language));
                }
                pen = self.run(ops, run, block.size, pen, baseline);
                if by_run {
                    ops.push(Op::EndMarkedContent);
                }
            }
            if !by_run {
                ops.push(Op::EndMarkedContent);
            }
            ops.push(Op::EndTextSection);
            baseline -= LEADING * block.size;
        }
    }

    /// Shows a run from `left` on and gives where the next one begins.
    fn run(&mut self, ops: &mut Vec<Op>, run: &Run, size: f32, left: f32, baseline: f32) -> f32 {
        ops.push(Op::SetFont { font: PdfFontHandle::External(font_id(run.face)), size: Pt(size) });
        let used = self.used.entry(run.face).or_insert_with(Used::new);
        // Thousandths of an em from the start of the run: where the next glyph belongs, and where the viewer's
        // pen stands after the glyphs shown so far.
        let (mut due, mut pen) = (0.0_f32, 0.0_f32);
        let mut height = f32::NAN;
        let mut shown: Vec<Codepoint> = Vec::new();
        for glyph in &run.glyphs {
            let at = due + glyph.right;
            if glyph.up.total_cmp(&height).is_ne() {
                show(ops, &mut shown);
                height = glyph.up;
                pen = at;
                ops.push(Op::SetTextMatrix {
                    matrix: TextMatrix::Translate(
                        Pt(left + at * size / 1000.0),
                        Pt(baseline + height * size / 1000.0),
                    ),
                });
            } else if let Some(last) = shown.last_mut() {
                let back = (pen - at).round();
                if back.abs() >= 1.0 {
                    last.offset = back;
                    pen -= back;
                }
            }
            let (id, width) = used.glyph(glyph.id, glyph.width);
            shown.push(Codepoint::with_cid(id, 0.0, glyph.character.to_string()));
            pen += f32::from(width);
            due += glyph.advance;
        }
        show(ops, &mut shown);
        left + due * size / 1000.0
    }

    fn portrait(&mut self, ops: &mut Vec<Op>, area: Area, portrait: &Portrait) {
        let (width, height) = portrait.size();
        let dict = [
            ("Type", name("XObject")),
            ("Subtype", name("Image")),
            ("Width", DictItem::Int(i64::from(width))),
            ("Height", DictItem::Int(i64::from(height))),
            ("ColorSpace", name("DeviceRGB")),
            ("BitsPerComponent", DictItem::Int(8)),
            ("Filter", name("DCTDecode")),
        ];
        let id = self.object(dict, portrait.jpeg().to_vec());
        let lower = top() - points(area.top + area.height);
        ops.push(use_object(id, points(area.left), lower, points(area.width), points(area.height)));
    }

    fn code(&mut self, ops: &mut Vec<Op>, code: &Code, left: u32, upper: u32) {
        let choice = code.choice();
        let side = i64::from(choice.modules() + 2 * QUIET_ZONE);
        let dict = [
            ("Type", name("XObject")),
            ("Subtype", name("Form")),
            ("BBox", DictItem::Array([0, 0, side, side].map(DictItem::Int).to_vec())),
            ("Resources", DictItem::Dict { map: BTreeMap::new() }),
            ("Filter", name("FlateDecode")),
        ];
        let id = self.object(dict, code.deflated_path().to_vec());
        let module = real(choice.dots) * POINTS_PER_DOT;
        let lower = real(CARD_DOTS.1.saturating_sub(upper + choice.side_dots())) * POINTS_PER_DOT;
        ops.push(use_object(id, real(left) * POINTS_PER_DOT, lower, module, module));
    }

    fn object<const N: usize>(&mut self, dict: [(&str, DictItem); N], content: Vec<u8>) -> XObjectId {
        let id = XObjectId(format!("X{:05}", self.objects.len()));
        let dict = dict.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let stream = ExternalStream { dict, content, compress: false };
        let object = ExternalXObject { stream, width: None, height: None, dpi: None };
        self.objects.insert(id.clone(), XObject::External(object));
        id
    }
}

impl Used {
    fn new() -> Self {
        Self { glyphs: GlyphRemapper::new(), widths: BTreeMap::new() }
    }

    /// The glyph's id in the reduced font and its width there.
    fn glyph(&mut self, id: u16, width: f32) -> (u16, u16) {
        let id = self.glyphs.remap(id);
        let width = u16::try_from(whole(width.round())).unwrap_or(u16::MAX);
        (id, *self.widths.entry(id).or_insert(width))
    }
}

/// Begins a span that tells what it says, in UTF-16 with a byte order mark, and in which language.
fn span(text: &str, language: Option<&str>) -> Op {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    let mut map = BTreeMap::new();
    map.insert("ActualText".to_owned(), DictItem::Bytes(units.flat_map(u16::to_be_bytes).collect()));
    if let Some(language) = language {
        map.insert("Lang".to_owned(), DictItem::String { data: language.as_bytes().to_vec(), literal: true });
    }
    Op::BeginMarkedContentWithProperties { tag: "Span".to_owned(), properties: DictItem::Dict { map } }
}

fn show(ops: &mut Vec<Op>, shown: &mut Vec<Codepoint>) {
    if !shown.is_empty() {
        ops.push(Op::ShowText { items: vec![TextItem::GlyphIds(std::mem::take(shown))] });
    }
}

/// The font with nothing but the glyphs used, and with its measures in thousandths of an em.
fn reduce(fonts: &Fonts, face: FaceId, used: Used, index: usize) -> Result<ParsedFont, CardError> {
    let font = fonts.name(face);
    let failed = |source| CardError::Font { font: font.to_owned(), source };
    let loaded = fonts.loaded(face).ok_or_else(|| failed(subsetter::Error::MalformedFont))?;
    let bytes = subsetter::subset(&loaded.bytes, loaded.index, &used.glyphs).map_err(failed)?;
    let scaled = |units: f32| thousandths(loaded.per_mille(units));
    let [x_min, y_min, x_max, y_max] = loaded.bounds.map(scaled);
    let metrics = PdfFontMetricsStub {
        units_per_em: 1000,
        x_min,
        y_min,
        x_max,
        y_max,
        caret_slope_rise: 1,
        caret_slope_run: 0,
        us_weight_class: match fonts.weight(face) {
            Weight::Regular => 400,
            Weight::Bold => 700,
        },
    };
    let font_type = if bytes.starts_with(b"OTTO") { FontType::OpenTypeCFF(()) } else { FontType::TrueType };
    Ok(ParsedFont {
        original_bytes: bytes,
        font_index: 0,
        font_name: Some(format!("{}+{font}", tag(index))),
        codepoint_to_glyph: BTreeMap::new(),
        glyph_widths: used.widths,
        units_per_em: 1000,
        font_metrics: FontMetrics { ascent: scaled(loaded.ascent), descent: scaled(loaded.descent) },
        font_type,
        pdf_font_metrics: metrics,
    })
}

/// Six capital letters that tell the reduced fonts of a document apart.
fn tag(index: usize) -> String {
    let mut rest = count(index);
    let letters = std::iter::repeat_with(|| {
        let letter = char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        rest /= 26;
        letter
    });
    letters.take(6).collect()
}

fn font_id(face: FaceId) -> FontId {
    FontId(format!("T{face}"))
}

fn fill(ops: &mut Vec<Op>, area: Area, tint: Tint) {
    let corner = Point { x: Pt(points(area.left)), y: Pt(top() - points(area.top + area.height)) };
    let mut rectangle = Rect::from_xywh(corner.x, corner.y, Pt(points(area.width)), Pt(points(area.height)));
    rectangle.mode = Some(printpdf::PaintMode::Fill);
    ops.push(Op::SetFillColor { col: colour(tint) });
    ops.push(Op::DrawRectangle { rectangle });
}

fn use_object(id: XObjectId, left: f32, lower: f32, width: f32, height: f32) -> Op {
    let transform = XObjectTransform {
        translate_x: Some(Pt(left)),
        translate_y: Some(Pt(lower)),
        scale_x: Some(width),
        scale_y: Some(height),
        ..XObjectTransform::default()
    };
    Op::UseXobject { id, transform }
}

fn colour(tint: Tint) -> Color {
    let (r, g, b) = match tint {
        Tint::Ink => (0.11, 0.12, 0.14),
        Tint::Grey => (0.40, 0.43, 0.46),
        Tint::Accent => (0.04, 0.33, 0.40),
    };
    Color::Rgb(Rgb { r, g, b, icc_profile: None })
}

fn name(name: &str) -> DictItem {
    DictItem::Name(name.as_bytes().to_vec())
}

/// Height of the page in points.
fn top() -> f32 {
    real(CARD_DOTS.1) * POINTS_PER_DOT
}
