//! The same texts, codes, bars and portraits printed with the krilla crate. Its work is made light: the codes are
//! modules already, nothing is measured or fitted, and there are no waves.

use std::sync::Arc;

use ::krilla::Document;
use ::krilla::color::rgb;
use ::krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use ::krilla::image::Image;
use ::krilla::page::PageSettings;
use ::krilla::paint::Fill;
use ::krilla::surface::Surface;
use ::krilla::text::{Font, TextDirection};
use issuer::card::codes::Code;
use issuer::card::{Label, Signed};

/// A card with all that is not krilla's work done.
pub(crate) struct Ready {
    signed: Signed,
    jpeg: Arc<Vec<u8>>,
    codes: [Vec<Vec<bool>>; 2],
}

pub(crate) struct Krilla {
    regular: Font,
    bold: Font,
}

impl Krilla {
    pub(crate) fn new() -> Self {
        let font = |bytes: &'static [u8]| Font::new(bytes.into(), 0).unwrap();
        Self { regular: font(dejavu::sans::regular()), bold: font(dejavu::sans::bold()) }
    }

    pub(crate) fn print(&self, cards: &[Ready]) -> Vec<u8> {
        let mut document = Document::new();
        for card in cards {
            self.front(&mut document, card);
            self.back(&mut document, card);
        }
        document.finish().unwrap()
    }

    fn front(&self, document: &mut Document, ready: &Ready) {
        let card = &ready.signed.card;
        let mut page = document.start_page_with(PageSettings::from_wh(242.64, 153.12).unwrap());
        let mut surface = page.surface();
        self.text(&mut surface, true, 10.0, [11.3, 18.3], &card.city);
        self.text(&mut surface, false, 7.0, [200.0, 17.8], &card.labels.title.first);
        surface.push_transform(&Transform::from_translate(11.34, 33.45));
        let portrait = Image::from_jpeg(ready.jpeg.clone().into(), false).unwrap();
        surface.draw_image(portrait, Size::from_wh(63.78, 85.04).unwrap());
        surface.pop();
        self.text(&mut surface, true, 11.0, [83.6, 42.0], &card.name.text);
        self.text(&mut surface, false, 9.5, [83.6, 54.0], &card.second_name.as_ref().unwrap().text);
        self.fact(&mut surface, 63.0, &card.labels.number, &card.number);
        self.fact(&mut surface, 83.0, &card.labels.birth_date, card.birth_date.as_ref().unwrap());
        self.fact(&mut surface, 103.0, &card.labels.expiry, &card.expiry.to_string());
        self.text(&mut surface, false, 5.0, [11.3, 128.0], &card.labels.services.first);
        self.text(&mut surface, false, 7.0, [11.3, 135.0], &card.services.join(", "));
        code(&mut surface, &ready.codes[0], [152.88, 63.6]);
        surface.finish();
        page.finish();
    }

    fn back(&self, document: &mut Document, ready: &Ready) {
        let card = &ready.signed.card;
        let mut page = document.start_page_with(PageSettings::from_wh(242.64, 153.12).unwrap());
        let mut surface = page.surface();
        self.text(&mut surface, true, 9.0, [11.3, 15.1], &card.labels.title.first);
        self.text(&mut surface, false, 7.0, [11.3, 24.0], &card.city);
        self.text(&mut surface, false, 5.5, [11.3, 96.2], &card.notice[0]);
        self.text(&mut surface, false, 5.0, [11.3, 113.5], &card.labels.hotline.first);
        self.text(&mut surface, true, 7.5, [11.3, 121.8], card.hotline.as_ref().unwrap());
        self.text(&mut surface, false, 5.0, [10.6, 131.4], &card.labels.library.first);
        self.text(&mut surface, false, 6.0, [10.6, 150.1], card.library_number.as_ref().unwrap());
        code(&mut surface, &ready.codes[1], [93.12, 3.6]);
        surface.finish();
        page.finish();
    }

    fn fact(&self, surface: &mut Surface<'_>, y: f32, label: &Label, fact: &str) {
        self.text(surface, false, 5.0, [83.6, y], &label.first);
        self.text(surface, true, 8.0, [83.6, y + 8.0], fact);
    }

    fn text(&self, surface: &mut Surface<'_>, bold: bool, size: f32, [x, y]: [f32; 2], text: &str) {
        surface.set_fill(Some(Fill { paint: rgb::Color::new(28, 31, 36).into(), ..Fill::default() }));
        let font = if bold { &self.bold } else { &self.regular };
        surface.draw_text(Point::from_xy(x, y), font.clone(), size, text, false, TextDirection::Auto);
    }
}

impl Ready {
    pub(crate) fn of(signed: &Signed) -> Self {
        let jpeg = signed.card.portrait.as_ref().unwrap().jpeg().to_vec();
        let codes = [modules(&signed.identity_code, 366), modules(&signed.service_code, 608)];
        Self { signed: signed.clone(), jpeg: Arc::new(jpeg), codes }
    }
}

fn modules(text: &str, dots: u32) -> Vec<Vec<bool>> {
    let png = Code::fit(text, dots).unwrap().png(1).unwrap();
    let picture = image::load_from_memory(&png).unwrap().into_luma8();
    picture.rows().map(|row| row.map(|pixel| pixel.0 == [0]).collect()).collect()
}

/// A rectangle for each run of dark modules, all in one path.
fn code(surface: &mut Surface<'_>, rows: &[Vec<bool>], [left, top]: [f32; 2]) {
    surface.push_transform(&Transform::from_row(1.2, 0.0, 0.0, 1.2, left, top));
    let mut path = PathBuilder::new();
    for (y, row) in rows.iter().enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] {
                path.push_rect(Rect::from_xywh(x as f32, y as f32, run.len() as f32, 1.0).unwrap());
            }
            x += run.len();
        }
    }
    let path: Path = path.finish().unwrap();
    surface.set_fill(Some(Fill { paint: rgb::Color::black().into(), ..Fill::default() }));
    surface.draw_path(&path);
    surface.pop();
}
