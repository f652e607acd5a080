//! Films for the browser's camera: motion JPEG, which is one JPEG file after the other.

use std::fs;
use std::path::{Path, PathBuf};

use image::GrayImage;
use tests::captures::Camera;
use tests::hall::Hall;

/// Times that each picture stands in the film, at 30 a second.
const STANDS: usize = 30;

/// Writes a film in which each of these cards lies before the camera for a second. It plays over and over.
pub(crate) fn film(file: &Path, camera: &Camera, cards: &[GrayImage]) {
    let pictures: Vec<Vec<u8>> = cards.iter().map(|card| camera.take(card)).collect();
    let motion: Vec<u8> = pictures.iter().flat_map(|picture| picture.repeat(STANDS)).collect();
    fs::write(file, motion).unwrap();
}

/// A page of a PDF as a picture of 300 dots an inch.
pub(crate) fn page_of(hall: &Hall, pdf: &str, page: u32) -> GrayImage {
    let (page, out) = (page.to_string(), format!("page-{page}"));
    let arguments = ["-r", "300", "-gray", "-png", "-singlefile", "-f", &page, "-l", &page, pdf, &out];
    hall.run("pdftoppm", &arguments);
    image::open(hall.file(&format!("{out}.png"))).unwrap().into_luma8()
}

/// A QR code of a text as a PNG file: 8 dots a module, in its white margin.
pub(crate) fn picture_of(hall: &Hall, name: &str, text: &str) -> PathBuf {
    let path = hall.file(name);
    code_of(text).save(&path).unwrap();
    path
}

/// A QR code of a text, as it looks.
pub(crate) fn code_of(text: &str) -> GrayImage {
    const DOTS: usize = 8;
    const QUIET: usize = 4;
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::L).unwrap();
    let (modules, dark) = (code.width(), code.to_colors());
    let side = u32::try_from((modules + 2 * QUIET) * DOTS).unwrap();
    GrayImage::from_fn(side, side, |x, y| {
        let module = |place: u32| (usize::try_from(place).unwrap() / DOTS).wrapping_sub(QUIET);
        let (x, y) = (module(x), module(y));
        let is_dark = x < modules && y < modules && dark[y * modules + x] == qrcode::Color::Dark;
        image::Luma([if is_dark { 0 } else { 255 }])
    })
}
