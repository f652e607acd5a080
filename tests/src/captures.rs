//! A camera at a counter, simulated: a printed card in, the JPEG frame that the camera makes of it out.
//!
//! The card lies before the camera, tilted, in more or less light; the lens blurs, the sensor adds noise, a lamp
//! is reflected, and JPEG takes its share. The same numbers give the same frame on every machine. All of the card is
//! in the frame and fills 60 to 70 % of its width: a module of 0.42 mm is 3.8 to 4.4 pixels.
//!
//! The [`series`] is about as hard as the captures by which the size of modules was chosen, of which zxing-cpp read
//! 94 % and zbar 85 %.
#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "frames are drawn in floating point and end as bytes; nothing else depends on it"
)]

use std::f64::consts::TAU;

use image::{GrayImage, Luma};
use jpeg_encoder::{ColorType, Encoder};

/// Pixels of a frame.
pub const FRAME: (u32, u32) = (1280, 720);
/// Captures in a [`series`].
pub const CAPTURES: u64 = 360;

/// Width over height of what is seen, in focal lengths: a view of 49 degrees, as webcams have.
const FOCAL: f64 = 1.1;

/// What makes a capture hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// 15 to 36 degrees between card and camera.
    Tilt,
    /// Out of focus: a Gaussian of 1.1 to 1.9 pixels.
    Blur,
    /// A standard deviation of 9 to 23 of 255.
    Noise,
    /// A reflected lamp that adds 70 to 190 of 255 in its middle.
    Glare,
    /// Low light: white is 34 to 85 of 255, black 31 to 60 % of it.
    Dim,
    /// JPEG of quality 12 to 38.
    Jpeg,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Tilt, Self::Blur, Self::Noise, Self::Glare, Self::Dim, Self::Jpeg];
}

/// How one frame is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Width of the card in the frame, where 1 fills it.
    pub fill: f64,
    /// Degrees about the axes to the right, downwards, and towards the camera.
    pub tilt: [f64; 3],
    /// Standard deviation of the blur, in pixels.
    pub blur: f64,
    /// Standard deviation of the noise.
    pub noise: f64,
    /// What the reflected lamp adds in its middle.
    pub glare: f64,
    /// What white paper gives, of 255.
    pub white: f64,
    /// What black ink gives.
    pub black: f64,
    /// Quality of the JPEG.
    pub quality: u8,
    /// Where noise and lamp begin.
    pub seed: u64,
}

impl Camera {
    /// Straight above the card in good light, in focus.
    pub const GOOD: Self = Self {
        fill: 0.6,
        tilt: [0.0; 3],
        blur: 0.0,
        noise: 0.0,
        glare: 0.0,
        white: 235.0,
        black: 20.0,
        quality: 90,
        seed: 0,
    };

    /// One capture with one trouble at its hard end and the others mild.
    #[must_use]
    pub fn with_trouble(trouble: Trouble, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut pick = |of: Trouble, mild: (f64, f64), hard: (f64, f64)| {
            let (low, high) = if of == trouble { hard } else { mild };
            low + (high - low) * dice.unit()
        };
        let lean = pick(Trouble::Tilt, (0.0, 10.0), (15.0, 36.0));
        let blur = pick(Trouble::Blur, (0.4, 0.9), (1.1, 1.9));
        let noise = pick(Trouble::Noise, (1.0, 5.0), (9.0, 23.0));
        let glare = pick(Trouble::Glare, (0.0, 30.0), (70.0, 190.0));
        let white = pick(Trouble::Dim, (150.0, 235.0), (34.0, 85.0));
        let black = white * pick(Trouble::Dim, (0.12, 0.35), (0.31, 0.6));
        let quality = pick(Trouble::Jpeg, (70.0, 92.0), (12.0, 38.0)) as u8;
        let side = dice.unit() * TAU;
        let spin = (dice.unit() - 0.5) * 16.0 + if dice.unit() < 0.15 { 180.0 } else { 0.0 };
        let fill = 0.6 + 0.1 * dice.unit();
        Self {
            fill,
            tilt: [lean * side.sin(), lean * side.cos(), spin],
            blur,
            noise,
            glare,
            white,
            black,
            quality,
            seed,
        }
    }

    /// The frame as a JPEG file. The card's picture fills its whole area.
    #[must_use]
    pub fn take(&self, card: &GrayImage) -> Vec<u8> {
        let mut dice = Dice::new(self.seed ^ 0x5EED);
        let mut frame = blurred(self.scene(card), self.blur);
        let lamp =
            [dice.unit() * f64::from(FRAME.0), dice.unit() * f64::from(FRAME.1), 120.0 + 260.0 * dice.unit()];
        let [lamp_x, lamp_y, lamp_size] = lamp.map(|number| number as f32);
        let slope = if self.glare > 0.0 { 0.25 * (dice.unit() as f32 - 0.5) } else { 0.0 };
        let (glare, strength) = (self.glare as f32, self.noise as f32);
        for (row, y) in frame.chunks_mut(FRAME.0 as usize).zip(0_u16..) {
            for (value, x) in row.iter_mut().zip(0_u16..) {
                let (x, y) = (f32::from(x), f32::from(y));
                let far = ((x - lamp_x).powi(2) + (y - lamp_y).powi(2)) / lamp_size.powi(2);
                let shine = if glare > 0.0 && far < 9.0 { glare * (-far).exp() } else { 0.0 };
                let shade = 1.0 + slope * (x / 640.0 - 1.0);
                let noise = if strength > 0.0 { strength * dice.normal() } else { 0.0 };
                *value = *value * shade + shine + noise;
            }
        }
        let bytes: Vec<u8> = frame.iter().map(|value| value.round().clamp(0.0, 255.0) as u8).collect();
        let mut file = Vec::new();
        let (width, height) = (FRAME.0 as u16, FRAME.1 as u16);
        Encoder::new(&mut file, self.quality).encode(&bytes, width, height, ColorType::Luma).unwrap();
        file
    }

    /// The card before the camera, sharp: each pixel the mean of four rays.
    fn scene(&self, card: &GrayImage) -> Vec<f32> {
        let (across, down) = (f64::from(card.width()), f64::from(card.height()));
        let focal = FOCAL * f64::from(FRAME.0);
        // The card is as wide as its picture has pixels; so far away it fills so much of the frame.
        let distance = focal * across / (self.fill * f64::from(FRAME.0));
        let [right, below, facing] = self.axes();
        // Where a ray meets the card, as three sums over the ray: across and down, both to be divided by the third.
        let sums = |direction: [f64; 3], half: f64| {
            [0, 1, 2].map(|axis| {
                let seen = distance * facing[2] * direction[axis];
                seen + (half - distance * direction[2]) * facing[axis]
            })
        };
        let (to_right, downwards) = (sums(right, across / 2.0), sums(below, down / 2.0));
        let pixels = card.as_raw().as_slice();
        let row_length = card.width() as usize;
        let look = |x: f64, y: f64| {
            let (x, y) = ((x - f64::from(FRAME.0) / 2.0) / focal, (y - f64::from(FRAME.1) / 2.0) / focal);
            let over = |[a, b, c]: [f64; 3]| a * x + b * y + c;
            let near = 1.0 / over(facing);
            let (x, y) = (over(to_right) * near, over(downwards) * near);
            if x >= 0.0 && x < across && y >= 0.0 && y < down {
                f32::from(pixels[y as usize * row_length + x as usize]) / 255.0
            } else {
                // A table of darker and lighter boards.
                if (y / 90.0) as i32 % 2 == 0 { 0.32 } else { 0.38 }
            }
        };
        let (white, black) = (self.white as f32, self.black as f32);
        let pixel = |place: u32| {
            let (x, y) = (f64::from(place % FRAME.0), f64::from(place / FRAME.0));
            let looks =
                [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)].map(|(dx, dy)| look(x + dx, y + dy));
            black + (white - black) * looks.iter().sum::<f32>() / 4.0
        };
        (0..FRAME.0 * FRAME.1).map(pixel).collect()
    }

    /// The card's directions to the right, downwards and out of its face, as the camera sees them.
    fn axes(&self) -> [[f64; 3]; 3] {
        let [(sin_x, cos_x), (sin_y, cos_y), (sin_z, cos_z)] =
            self.tilt.map(|degrees| degrees.to_radians().sin_cos());
        let turn = |[x, y, z]: [f64; 3]| {
            let (x, y) = (cos_z * x - sin_z * y, sin_z * x + cos_z * y);
            let (y, z) = (cos_x * y - sin_x * z, sin_x * y + cos_x * z);
            [cos_y * x + sin_y * z, y, cos_y * z - sin_y * x]
        };
        [turn([1.0, 0.0, 0.0]), turn([0.0, 1.0, 0.0]), turn([0.0, 0.0, 1.0])]
    }
}

/// 360 captures, as many for each trouble.
pub fn series() -> impl Iterator<Item = (Trouble, Camera)> {
    let troubles = Trouble::ALL.into_iter().cycle();
    (0..CAPTURES).zip(troubles).map(|(seed, trouble)| (trouble, Camera::with_trouble(trouble, seed)))
}

/// A part of a page as a picture of its own; white where it reaches beyond the page.
#[must_use]
pub fn cut_out(page: &GrayImage, left: i64, top: i64, (width, height): (u32, u32)) -> GrayImage {
    GrayImage::from_fn(width, height, |x, y| {
        let (x, y) = (u32::try_from(i64::from(x) + left), u32::try_from(i64::from(y) + top));
        let pixel = x.ok().zip(y.ok()).and_then(|(x, y)| page.get_pixel_checked(x, y));
        pixel.copied().unwrap_or(Luma([255]))
    })
}

/// A Gaussian along both directions; the edge goes on outside.
fn blurred(frame: Vec<f32>, deviation: f64) -> Vec<f32> {
    if deviation <= 0.0 {
        return frame;
    }
    let reach = (3.0 * deviation).ceil() as usize;
    let bell = |place: usize| (-(place.abs_diff(reach).pow(2) as f64) / (2.0 * deviation * deviation)).exp();
    let bells: Vec<f64> = (0..=2 * reach).map(bell).collect();
    let whole: f64 = bells.iter().sum();
    let weights: Vec<f32> = bells.iter().map(|bell| (bell / whole) as f32).collect();
    let (width, height) = (FRAME.0 as usize, FRAME.1 as usize);
    let mut along = vec![0.0; frame.len()];
    for (row, means) in frame.chunks(width).zip(along.chunks_mut(width)) {
        let padded = [&vec![row[0]; reach], row, &vec![row[width - 1]; reach]].concat();
        for (offset, weight) in weights.iter().enumerate() {
            means.iter_mut().zip(&padded[offset..]).for_each(|(mean, value)| *mean += value * weight);
        }
    }
    let mut both = vec![0.0; frame.len()];
    for (y, means) in both.chunks_mut(width).enumerate() {
        for (offset, weight) in weights.iter().enumerate() {
            let y = (y + offset).saturating_sub(reach).min(height - 1);
            let row = &along[y * width..][..width];
            means.iter_mut().zip(row).for_each(|(mean, value)| *mean += value * weight);
        }
    }
    both
}

/// Numbers that look random (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self((seed + 1).wrapping_mul(0xD134_2543_DE82_EF95))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below 1.
    fn unit(&mut self) -> f64 {
        f64::from((self.next() >> 32) as u32) / 4_294_967_296.0
    }

    /// Near enough to a normal distribution of deviation 1: the sum of six throws.
    fn normal(&mut self) -> f32 {
        let bits = self.next();
        let throws = (0..6).map(|throw| f32::from((bits >> (10 * throw)) as u16 & 0x3FF));
        (throws.sum::<f32>() / 1_023.0 - 3.0) * std::f32::consts::SQRT_2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(camera: Camera, card: &GrayImage) -> GrayImage {
        image::load_from_memory(&camera.take(card)).unwrap().into_luma8()
    }

    #[test]
    fn a_good_camera_shows_the_card_at_its_size() {
        let card = GrayImage::from_fn(1011, 638, |x, _| Luma([if x < 500 { 0 } else { 255 }]));
        let frame = seen(Camera::GOOD, &card);
        // 768 pixels of 1280 are the card; its left half is dark.
        let row: Vec<u8> = (0..FRAME.0).map(|x| frame.get_pixel(x, 360).0[0]).collect();
        let dark = row.iter().filter(|value| **value < 50).count();
        let light = row.iter().filter(|value| **value > 200).count();
        assert!((375..=385).contains(&dark) && (383..=393).contains(&light), "{dark} {light}");
    }

    #[test]
    fn a_tilted_card_looks_shorter_and_narrower_at_its_far_end() {
        let card = GrayImage::from_pixel(1011, 638, Luma([255]));
        let frame = seen(Camera { tilt: [20.0, 0.0, 0.0], ..Camera::GOOD }, &card);
        let wide = |y: u32| (0..FRAME.0).filter(|x| frame.get_pixel(*x, y).0[0] > 200).count();
        let high = (0..FRAME.1).filter(|y| frame.get_pixel(640, *y).0[0] > 200).count();
        let (upper, lower) = (wide(170), wide(550));
        assert!((430..475).contains(&high), "{high} of 485");
        assert!(upper.abs_diff(lower) > 40, "{upper} {lower}");
    }

    #[test]
    fn frames_repeat_and_differ_by_seed() {
        let card = GrayImage::from_pixel(101, 64, Luma([255]));
        let capture = |seed| Camera::with_trouble(Trouble::Noise, seed).take(&card);
        assert_eq!(capture(4), capture(4));
        assert_ne!(capture(4), capture(5));
        assert_eq!(series().filter(|(trouble, _)| *trouble == Trouble::Glare).count(), 60);
    }

    #[test]
    fn noise_is_as_strong_as_was_asked() {
        let mut dice = Dice::new(1);
        let throws: Vec<f32> = (0..20_000).map(|_| dice.normal()).collect();
        let mean = throws.iter().sum::<f32>() / 20_000.0;
        let spread = (throws.iter().map(|throw| (throw - mean).powi(2)).sum::<f32>() / 20_000.0).sqrt();
        assert!(mean.abs() < 0.03 && (spread - 1.0).abs() < 0.03, "{mean} {spread}");
    }
}
