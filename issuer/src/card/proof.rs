//! Pictures of a card for screens, drawn from the same marks as its pages.

use image::{DynamicImage, ImageFormat, RgbaImage};
use resvg::tiny_skia::{
    Color, FillRule, FilterQuality, Mask, Paint, Path, PathBuilder, Pixmap, PixmapPaint, PixmapRef, Rect,
    Stroke, Transform,
};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider as _};

use crate::card::barcode::Barcode;
use crate::card::codes::{Code, QUIET_ZONE};
use crate::card::error::CardError;
use crate::card::fit::Block;
use crate::card::guilloche::{self, Band};
use crate::card::ink::Stock;
use crate::card::marks::{Align, Area, Mark, lines};
use crate::card::palette::Colour;
use crate::card::photo::Portrait;
use crate::card::text::Run;
use crate::card::units::{DPI, POINTS_PER_DOT, points, real, whole};

/// The most pixels of a picture: A5 at 600 dpi.
const MAX_DPI: u32 = 600;

/// Draws one side as a PNG picture of so many dots an inch.
pub(super) fn side(
    stock: &Stock<'_>,
    marks: Vec<Mark>,
    portrait: Option<&Portrait>,
    dots: (u32, u32),
    dpi: u32,
) -> Result<Vec<u8>, CardError> {
    let scale = real(dpi.clamp(1, MAX_DPI)) / real(DPI);
    let pixels = |dots: u32| whole((real(dots) * scale).round()).max(1);
    let mut pixmap = Pixmap::new(pixels(dots.0), pixels(dots.1)).ok_or(CardError::Proof)?;
    pixmap.fill(Color::WHITE);
    let mut proof = Proof { stock, pixmap, to_pixels: Transform::from_scale(scale, scale) };
    for mark in marks {
        proof.draw(mark, portrait);
    }
    png(proof.pixmap)
}

/// A picture under way. Lengths are dots from the upper left corner.
struct Proof<'f> {
    stock: &'f Stock<'f>,
    pixmap: Pixmap,
    to_pixels: Transform,
}

impl Proof<'_> {
    fn draw(&mut self, mark: Mark, portrait: Option<&Portrait>) {
        match mark {
            Mark::Guilloche { number, index, area } => {
                let [left, top, width, height] = in_points(area);
                self.band(&guilloche::band(&number, index, [left, -top - height, width, height]));
            }
            Mark::Text { block, area, align } => self.text(&block, area, align),
            Mark::Portrait(area) => {
                if let Some(portrait) = portrait {
                    self.jpeg(portrait.jpeg(), area);
                }
            }
            Mark::Emblem(area) => {
                if let Some(emblem) = self.stock.emblem {
                    self.jpeg(&emblem.jpeg, area.fitting(emblem.size));
                }
            }
            Mark::Bars { bars, left, top, height, dots } => self.bars(&bars, [left, top, height, dots]),
            Mark::Code { code, left, top } => self.code(&code, left, top),
            Mark::Fill(area, shade) => {
                let [left, top, width, height] = in_points(area).map(|points| points / POINTS_PER_DOT);
                let path = Rect::from_xywh(left, top, width, height).map(PathBuilder::from_rect);
                self.fill(path, &paint(self.stock.palette.shade(shade)));
            }
            Mark::Outline(area) => self.outline(area),
        }
    }

    fn text(&mut self, block: &Block, area: Area, align: Align) {
        let colour = paint(self.stock.palette.of(block.style.tint));
        for (line, [left, baseline]) in lines(block, area, align) {
            let mut pen = left;
            for run in &line.runs {
                pen = self.run(run, block.size, [pen, baseline], &colour);
            }
        }
    }

    /// Draws a run from a point on its baseline on, and gives where the next one begins.
    fn run(&mut self, run: &Run, size: f32, [left, baseline]: [f32; 2], colour: &Paint<'_>) -> f32 {
        let mut pen = left;
        let Some(loaded) = self.stock.fonts.loaded(run.face) else { return pen };
        let Ok(font) = FontRef::from_index(&loaded.bytes, loaded.index) else { return pen };
        let outlines = font.outline_glyphs();
        let mut path = Outline::default();
        for glyph in &run.glyphs {
            path.origin = [pen + glyph.right * size / 1000.0, baseline - glyph.up * size / 1000.0];
            if let Some(outline) = outlines.get(GlyphId::from(glyph.id)) {
                // A glyph that cannot be drawn is one that the page shows empty as well.
                let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
                let _ = outline.draw(settings, &mut path);
            }
            pen += glyph.advance * size / 1000.0;
        }
        self.fill(path.builder.finish(), colour);
        pen
    }

    fn band(&mut self, band: &Band) {
        let mut path = PathBuilder::new();
        path.move_to(0.0, 0.0);
        for [[near_x, near_y], [far_x, far_y], [end_x, end_y]] in guilloche::shape() {
            path.cubic_to(near_x, near_y, far_x, far_y, end_x, end_y);
        }
        let Some(shape) = path.finish() else { return };
        // Waves are made for pages, whose points are counted from below.
        let to_dots = Transform::from_scale(1.0 / POINTS_PER_DOT, -1.0 / POINTS_PER_DOT);
        let [left, lower, width, height] = band.area;
        let shown = Rect::from_xywh(left, lower, width, height).map(PathBuilder::from_rect);
        let mask = shown.zip(Mask::new(self.pixmap.width(), self.pixmap.height())).map(|(path, mut mask)| {
            mask.fill_path(&path, FillRule::Winding, true, self.to_pixels.pre_concat(to_dots));
            mask
        });
        let stroke = Stroke { width: guilloche::LINE_WIDTH / POINTS_PER_DOT, ..Stroke::default() };
        let colour = paint(self.stock.palette.waves());
        for wave in &band.waves {
            let onto = to_dots.pre_concat(matrix(band.matrix)).pre_concat(matrix(*wave));
            if let Some(wave) = shape.clone().transform(onto) {
                self.pixmap.stroke_path(&wave, &colour, &stroke, self.to_pixels, mask.as_ref());
            }
        }
    }

    fn bars(&mut self, bars: &Barcode, [left, top, height, dots]: [u32; 4]) {
        for (start, width) in bars.bars() {
            self.rectangle([left + start * dots, top, width * dots, height], &black());
        }
    }

    fn code(&mut self, code: &Code, left: u32, top: u32) {
        let choice = code.choice();
        let (side, dots) = (choice.side_dots(), choice.dots);
        self.rectangle([left, top, side, side], &white());
        let place = |module: u32| (module + QUIET_ZONE) * dots;
        for y in 0..choice.modules() {
            // Modules side by side are one rectangle: no hairlines between them.
            let mut start = None;
            for x in 0..=choice.modules() {
                match (start, code.dark(x, y)) {
                    (None, true) => start = Some(x),
                    (Some(first), false) => {
                        let width = (x - first) * dots;
                        self.rectangle([left + place(first), top + place(y), width, dots], &black());
                        start = None;
                    }
                    _ => {}
                }
            }
        }
    }

    /// A picture that fills an area.
    fn jpeg(&mut self, jpeg: &[u8], area: Area) {
        // Portraits and emblems are JPEG files of our own making.
        let Ok(picture) = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg) else { return };
        let picture = picture.into_rgba8();
        let Some(pixels) = PixmapRef::from_bytes(picture.as_raw(), picture.width(), picture.height()) else {
            return;
        };
        let [left, top, width, height] = in_points(area).map(|points| points / POINTS_PER_DOT);
        let onto = self
            .to_pixels
            .pre_translate(left, top)
            .pre_scale(width / real(picture.width()), height / real(picture.height()));
        let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
        self.pixmap.draw_pixmap(0, 0, pixels, &paint, onto, None);
    }

    fn outline(&mut self, area: Area) {
        let [left, top, width, height] = in_points(area).map(|points| points / POINTS_PER_DOT);
        let path = Rect::from_xywh(left, top, width, height).map(PathBuilder::from_rect);
        self.stroke(path, 1.0, &paint(Colour::OUTLINE));
    }

    fn rectangle(&mut self, dots: [u32; 4], colour: &Paint<'_>) {
        let [left, top, width, height] = dots.map(real);
        if let Some(rect) = Rect::from_xywh(left, top, width, height) {
            self.pixmap.fill_rect(rect, colour, self.to_pixels, None);
        }
    }

    fn fill(&mut self, path: Option<Path>, colour: &Paint<'_>) {
        if let Some(path) = path {
            self.pixmap.fill_path(&path, colour, FillRule::Winding, self.to_pixels, None);
        }
    }

    fn stroke(&mut self, path: Option<Path>, width: f32, colour: &Paint<'_>) {
        if let Some(path) = path {
            let stroke = Stroke { width, ..Stroke::default() };
            self.pixmap.stroke_path(&path, colour, &stroke, self.to_pixels, None);
        }
    }
}

/// Glyphs as a path: what skrifa draws in points from a glyph's origin upwards, in dots from the upper left corner.
#[derive(Default)]
struct Outline {
    builder: PathBuilder,
    /// In points from the upper left corner.
    origin: [f32; 2],
}

impl Outline {
    fn at(&self, x: f32, y: f32) -> [f32; 2] {
        let [left, top] = self.origin;
        [(left + x) / POINTS_PER_DOT, (top - y) / POINTS_PER_DOT]
    }
}

impl OutlinePen for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let [x, y] = self.at(x, y);
        self.builder.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let [x, y] = self.at(x, y);
        self.builder.line_to(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let ([cx, cy], [x, y]) = (self.at(cx, cy), self.at(x, y));
        self.builder.quad_to(cx, cy, x, y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let ([ax, ay], [bx, by], [x, y]) = (self.at(ax, ay), self.at(bx, by), self.at(x, y));
        self.builder.cubic_to(ax, ay, bx, by, x, y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}

fn in_points(area: Area) -> [f32; 4] {
    [area.left, area.top, area.width, area.height].map(points)
}

fn matrix([sx, ky, kx, sy, tx, ty]: [f32; 6]) -> Transform {
    Transform::from_row(sx, ky, kx, sy, tx, ty)
}

fn paint(colour: Colour) -> Paint<'static> {
    let [red, green, blue] = colour.levels();
    let mut paint = Paint::default();
    paint.set_color_rgba8(red, green, blue, 255);
    paint
}

fn black() -> Paint<'static> {
    Paint { anti_alias: false, ..paint(Colour::BLACK) }
}

fn white() -> Paint<'static> {
    Paint { anti_alias: false, ..paint(Colour::WHITE) }
}

fn png(pixmap: Pixmap) -> Result<Vec<u8>, CardError> {
    let (width, height) = (pixmap.width(), pixmap.height());
    // Opaque pixels are the same with and without their alpha multiplied in.
    let pixels = RgbaImage::from_raw(width, height, pixmap.take()).ok_or(CardError::Proof)?;
    let mut png = std::io::Cursor::new(Vec::new());
    let pixels = DynamicImage::from(pixels).into_rgb8();
    pixels.write_to(&mut png, ImageFormat::Png).map_err(|_| CardError::Proof)?;
    Ok(png.into_inner())
}
