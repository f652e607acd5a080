//! How well, and how fast, codes like those on a card are read from camera frames.
//!
//! ```text
//! cargo run --release -p verifier --example measure [--features verifier/zxing-cpp]
//! ```
//!
//! Draws 360 frames of 1280 x 720 pixels that are the same on every run: a white card lying before the
//! camera, filling 60 to 80 % of the frame's width, with an identity code (version 11-M) or a service code
//! (22-L), each module 5 dots of 300 dpi wide. In each sixth of the frames one trouble is at its hard end
//! and the others are mild. Then prints, for each trouble, how many frames gave the code's exact text.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    clippy::many_single_char_names,
    reason = "pictures are drawn here in floating point and end as bytes; nothing else depends on it"
)]

use std::time::{Duration, Instant};

use image::codecs::jpeg::JpegEncoder;
use image::{GrayImage, ImageEncoder, ImageFormat, Luma};
use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

const FRAME: (u32, u32) = (1280, 720);
const CARD_MM: (f64, f64) = (85.60, 53.98);
const MODULE_MM: f64 = 5.0 * 25.4 / 300.0;
const QUIET: f64 = 4.0;
const FRAMES_PER_TROUBLE: u32 = 60;
const TROUBLES: [&str; 6] = ["tilt", "blur", "noise", "glare", "dim", "jpeg"];

fn main() -> anyhow::Result<()> {
    let codes = [Code::identity()?, Code::service()?];
    println!("{:<10} {:>6} {:>6} {:>9} {:>9} {:>9}", "", "read", "of", "median", "p95", "worst");
    let mut all = Tally::default();
    for (number, trouble) in TROUBLES.iter().enumerate() {
        let mut tally = Tally::default();
        for frame in 0..FRAMES_PER_TROUBLE {
            let mut rng = Rng::new((number as u64 + 1) * 1_000 + u64::from(frame));
            let code = &codes[(frame % 2) as usize];
            let bytes = Capture::draw(&mut rng, number).take(code, &mut rng)?;
            tally.read(&bytes, &code.text);
        }
        tally.print(trouble);
        all.add(&tally);
    }
    all.print("all");
    for (code, name) in codes.iter().zip(["11-M", "22-L"]) {
        for dpi in [300.0, 200.0] {
            let mut tally = Tally::default();
            for _ in 0..10 {
                tally.read(&raster(code, dpi)?, &code.text);
            }
            tally.print(&format!("{name} {dpi}"));
        }
    }
    Ok(())
}

/// One code with the text that must come back.
struct Code {
    text: String,
    modules: Vec<Color>,
    width: usize,
}

impl Code {
    fn identity() -> anyhow::Result<Self> {
        Self::new(360, Version::Normal(11), EcLevel::M)
    }

    fn service() -> anyhow::Result<Self> {
        Self::new(1420, Version::Normal(22), EcLevel::L)
    }

    fn new(length: usize, version: Version, level: EcLevel) -> anyhow::Result<Self> {
        const BASE45: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
        let mut rng = Rng::new(length as u64);
        let text: String = (0..length).map(|_| char::from(BASE45[rng.below(45)])).collect();
        let mut bits = Bits::new(version);
        bits.push_alphanumeric_data(text.as_bytes())?;
        bits.push_terminator(level)?;
        let code = QrCode::with_bits(bits, level)?;
        Ok(Self { text, width: code.width(), modules: code.to_colors() })
    }

    /// The code's side with its quiet zone, in millimetres.
    fn side(&self) -> f64 {
        (self.width as f64 + 2.0 * QUIET) * MODULE_MM
    }

    /// Dark at this place of the code's white box?
    fn is_dark(&self, x_mm: f64, y_mm: f64) -> bool {
        let (x, y) = (x_mm / MODULE_MM - QUIET, y_mm / MODULE_MM - QUIET);
        let inside = |v: f64| v >= 0.0 && v < self.width as f64;
        inside(x) && inside(y) && self.modules[y as usize * self.width + x as usize] == Color::Dark
    }

    /// How bright the card is here, 0 to 1: the code at its right, a dark portrait and lines at its left.
    fn card(&self, x: f64, y: f64) -> f64 {
        let (left, top) = (CARD_MM.0 - self.side() - 2.0, (CARD_MM.1 - self.side()) / 2.0);
        if x >= left && y >= top && y < top + self.side() {
            return if self.is_dark(x - left, y - top) { 0.0 } else { 1.0 };
        }
        let portrait = (4.0..20.0).contains(&x) && (6.0..28.0).contains(&y);
        let line = (4.0..24.0).contains(&x) && y > 32.0 && y < 50.0 && (y * 0.5).fract() < 0.4;
        if portrait || (line && (x * 1.7).sin() > -0.3) { 0.35 } else { 1.0 }
    }
}

/// How one frame is taken.
struct Capture {
    fill: f64,
    tilt: (f64, f64, f64),
    blur: f64,
    noise: f64,
    glare: f64,
    white: f64,
    black: f64,
    quality: u8,
}

impl Capture {
    fn draw(rng: &mut Rng, hard: usize) -> Self {
        let mut pick = |number: usize, mild: (f64, f64), worst: (f64, f64)| {
            let (low, high) = if number == hard { worst } else { mild };
            low + (high - low) * rng.unit()
        };
        let lean = pick(0, (0.0, 12.0), (15.0, 40.0)).to_radians();
        let blur = pick(1, (0.4, 0.9), (1.2, 2.4));
        let noise = pick(2, (1.0, 5.0), (10.0, 30.0));
        let glare = pick(3, (0.0, 30.0), (80.0, 220.0));
        let white = pick(4, (150.0, 235.0), (22.0, 70.0));
        let black = white * pick(4, (0.12, 0.35), (0.35, 0.72));
        let quality = pick(5, (70.0, 92.0), (10.0, 35.0)) as u8;
        let side = rng.unit() * std::f64::consts::TAU;
        let spin = (rng.unit() - 0.5) * 30.0 + if rng.unit() < 0.15 { 180.0 } else { 0.0 };
        Self {
            fill: 0.6 + 0.2 * rng.unit(),
            tilt: (lean * side.sin(), lean * side.cos(), spin.to_radians()),
            blur,
            noise,
            glare,
            white,
            black,
            quality,
        }
    }

    /// The frame as a JPEG file.
    fn take(&self, code: &Code, rng: &mut Rng) -> anyhow::Result<Vec<u8>> {
        let scene = self.scene(code);
        let mut frame = image::imageops::blur(&scene, self.blur as f32);
        let spot = (rng.unit() * 1280.0, rng.unit() * 720.0, 120.0 + 260.0 * rng.unit());
        let slope = 0.25 * (rng.unit() - 0.5);
        for (x, y, pixel) in frame.enumerate_pixels_mut() {
            let (dx, dy) = (f64::from(x) - spot.0, f64::from(y) - spot.1);
            let shine = self.glare * (-(dx * dx + dy * dy) / (spot.2 * spot.2)).exp();
            let shade = 1.0 + slope * (f64::from(x) / 640.0 - 1.0);
            let value = f64::from(pixel.0[0]) * shade + shine + self.noise * rng.normal();
            *pixel = Luma([value.round().clamp(0.0, 255.0) as u8]);
        }
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, self.quality).write_image(
            frame.as_raw(),
            FRAME.0,
            FRAME.1,
            image::ExtendedColorType::L8,
        )?;
        Ok(file)
    }

    /// The card before the camera, sharp: each pixel the mean of 3 x 3 looks along rays onto the tilted card.
    fn scene(&self, code: &Code) -> GrayImage {
        let per_mm = self.fill * f64::from(FRAME.0) / CARD_MM.0;
        let focal = 1.1 * f64::from(FRAME.0);
        let distance = focal / per_mm;
        let (u, v, normal) = self.axes();
        let look = |px: f64, py: f64| {
            let ray = [(px - 640.0) / focal, (py - 360.0) / focal, 1.0];
            let reach = distance * normal[2] / dot(ray, normal);
            let point = [ray[0] * reach, ray[1] * reach, reach - distance];
            let (x, y) = (dot(point, u) + CARD_MM.0 / 2.0, dot(point, v) + CARD_MM.1 / 2.0);
            let on_card = (0.0..CARD_MM.0).contains(&x) && (0.0..CARD_MM.1).contains(&y);
            let table = 0.35 + 0.1 * (x * 0.9).sin() * (y * 0.23).cos();
            self.black + (self.white - self.black) * if on_card { code.card(x, y) } else { table }
        };
        GrayImage::from_fn(FRAME.0, FRAME.1, |px, py| {
            let looks = (0..9).map(|n| {
                let (sx, sy) = (f64::from(n % 3), f64::from(n / 3));
                look(f64::from(px) + (sx + 0.5) / 3.0, f64::from(py) + (sy + 0.5) / 3.0)
            });
            Luma([(looks.sum::<f64>() / 9.0).round() as u8])
        })
    }

    /// The card's right, down and facing directions in the camera's frame.
    fn axes(&self) -> ([f64; 3], [f64; 3], [f64; 3]) {
        let turn = |[x, y, z]: [f64; 3]| {
            let (s, c) = self.tilt.2.sin_cos();
            let (x, y) = (c * x - s * y, s * x + c * y);
            let (s, c) = self.tilt.0.sin_cos();
            let (y, z) = (c * y - s * z, s * y + c * z);
            let (s, c) = self.tilt.1.sin_cos();
            [c * x + s * z, y, c * z - s * x]
        };
        (turn([1.0, 0.0, 0.0]), turn([0.0, 1.0, 0.0]), turn([0.0, 0.0, 1.0]))
    }
}

/// The card as a scanner or a PDF rasteriser would give it.
fn raster(code: &Code, dpi: f64) -> anyhow::Result<Vec<u8>> {
    let per_mm = dpi / 25.4;
    let (width, height) = (CARD_MM.0 * per_mm, CARD_MM.1 * per_mm);
    let page = GrayImage::from_fn(width as u32, height as u32, |px, py| {
        let looks = (0..16).map(|n| {
            let (sx, sy) = (f64::from(n % 4), f64::from(n / 4));
            let at = |p: u32, s: f64| (f64::from(p) + (s + 0.5) / 4.0) / per_mm;
            255.0 * code.card(at(px, sx), at(py, sy))
        });
        Luma([(looks.sum::<f64>() / 16.0).round() as u8])
    });
    let mut file = std::io::Cursor::new(Vec::new());
    page.write_to(&mut file, ImageFormat::Png)?;
    Ok(file.into_inner())
}

/// What came of a row of frames.
#[derive(Default)]
struct Tally {
    read: usize,
    wrong: usize,
    times: Vec<Duration>,
}

impl Tally {
    fn read(&mut self, bytes: &[u8], text: &str) {
        let start = Instant::now();
        let texts = reader::codes_in(bytes).unwrap_or_default();
        self.times.push(start.elapsed());
        let right = texts.iter().filter(|found| *found == text).count();
        self.read += right;
        self.wrong += texts.len() - right;
    }

    fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.wrong += other.wrong;
        self.times.extend(&other.times);
    }

    fn print(&self, name: &str) {
        let mut times = self.times.clone();
        times.sort();
        let at = |share: f64| {
            let place = ((times.len() - 1) as f64 * share).round() as usize;
            times[place].as_secs_f64() * 1e3
        };
        let (read, of) = (self.read, times.len());
        println!("{name:<10} {read:>6} {of:>6} {:>7.1}ms {:>7.1}ms {:>7.1}ms", at(0.5), at(0.95), at(1.0));
        if self.wrong > 0 {
            println!("{:<10} {} wrong texts", "", self.wrong);
        }
    }
}

/// The same numbers on every run and machine (`SplitMix64`).
struct Rng(u64);

impl Rng {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD134_2543_DE82_EF95))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, end: u64) -> usize {
        (self.next() % end) as usize
    }

    fn normal(&mut self) -> f64 {
        ((0..6).map(|_| self.unit()).sum::<f64>() - 3.0) * std::f64::consts::SQRT_2
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
