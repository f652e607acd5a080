//! Drawn portraits: friendly faces of nobody, for the demonstration city and for tests.

use image::RgbImage;

use crate::card::photo::{PhotoError, encode};
use crate::card::units::{level, real};

/// Pixels of a drawn portrait.
pub const SIZE: (u32, u32) = (600, 800);

const QUALITY: u8 = 90;

/// Draws a portrait as a JPEG of 600 x 800 pixels: head and shoulders on a plain ground. Skin, hair, clothes
/// and ground differ by `seed`; the same seed always gives the same picture.
///
/// # Errors
///
/// Fails only if the JPEG encoder does.
pub fn drawn(seed: u64) -> Result<Vec<u8>, PhotoError> {
    let (width, height) = SIZE;
    let person = Person::new(seed);
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb(person.colour(Point { x: real(x) + 0.5, y: real(y) + 0.5 }).levels())
    });
    encode(&pixels.into(), QUALITY)
}

const SKIN: [Colour; 7] = [
    Colour(250, 220, 196),
    Colour(241, 201, 165),
    Colour(224, 172, 128),
    Colour(198, 141, 98),
    Colour(160, 106, 70),
    Colour(123, 78, 51),
    Colour(92, 58, 40),
];
const HAIR: [Colour; 6] = [
    Colour(34, 28, 28),
    Colour(60, 40, 30),
    Colour(96, 62, 38),
    Colour(148, 98, 52),
    Colour(196, 158, 98),
    Colour(150, 148, 150),
];
const GROUND: [Colour; 6] = [
    Colour(214, 226, 232),
    Colour(224, 230, 214),
    Colour(238, 226, 208),
    Colour(226, 218, 232),
    Colour(208, 228, 224),
    Colour(232, 222, 218),
];
const CLOTHES: [Colour; 7] = [
    Colour(38, 84, 108),
    Colour(128, 52, 62),
    Colour(66, 98, 70),
    Colour(92, 72, 122),
    Colour(196, 118, 52),
    Colour(58, 62, 74),
    Colour(176, 152, 60),
];
const LIPS: Colour = Colour(150, 62, 60);
const EYES: Colour = Colour(38, 30, 28);
const WHITE: Colour = Colour(255, 255, 255);

/// How the hair is worn.
#[derive(Clone, Copy)]
enum Cut {
    Short,
    Long,
    Bun,
    Curly,
    Scarf,
}

const CUTS: [Cut; 5] = [Cut::Short, Cut::Long, Cut::Curly, Cut::Bun, Cut::Scarf];

struct Person {
    skin: Colour,
    hair: Colour,
    ground: Colour,
    clothes: Colour,
    cut: Cut,
    glasses: bool,
    /// Half the width of the head.
    breadth: f32,
    /// How far the corners of the mouth rise.
    smile: f32,
}

impl Person {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        Self {
            skin: dice.pick(SKIN),
            hair: dice.pick(HAIR),
            ground: dice.pick(GROUND),
            clothes: dice.pick(CLOTHES),
            cut: dice.pick(CUTS),
            glasses: dice.pick([false, false, false, true]),
            breadth: dice.pick([134.0, 140.0, 146.0]),
            smile: dice.pick([16.0, 22.0, 28.0]),
        }
    }

    /// The colour at one point: every shape covers what was drawn before it.
    fn colour(&self, at: Point) -> Colour {
        let mirrored = Point { x: (at.x - 300.0).abs(), y: at.y };
        let ground = self.ground.mix(WHITE, 0.35 * (1.0 - at.y / 800.0));
        let shade = self.skin.mix(Colour(70, 30, 20), 0.16);
        let head = ellipse(at, Point { x: 300.0, y: 350.0 }, self.breadth, 178.0);

        let mut colour = ground;
        colour = colour.under(self.hair_colour(), self.hair_behind(mirrored));
        colour = colour.under(self.clothes, shoulders(mirrored));
        colour = colour.under(shade, neck(mirrored));
        colour = colour.under(self.clothes.mix(WHITE, 0.25), collar(mirrored));
        if !matches!(self.cut, Cut::Scarf) {
            let ear = ellipse(mirrored, Point { x: self.breadth - 2.0, y: 362.0 }, 24.0, 40.0);
            colour = colour.under(shade, ear);
        }
        colour = colour.under(self.skin, head);
        colour = self.face(colour, at, mirrored);
        colour = colour.under(self.hair_colour(), self.hair_before(mirrored, head));
        colour
    }

    fn face(&self, mut colour: Colour, at: Point, mirrored: Point) -> Colour {
        let blush = self.skin.mix(Colour(206, 84, 74), 0.30);
        let brows = self.hair.mix(EYES, 0.45);
        let nose = self.skin.mix(Colour(90, 40, 30), 0.30);
        colour = colour.under(blush, soft(ellipse(mirrored, Point { x: 80.0, y: 410.0 }, 30.0, 22.0), 16.0));
        colour = colour
            .under(brows, stroke(mirrored, Point { x: 36.0, y: 302.0 }, Point { x: 84.0, y: 300.0 }, 6.0));
        colour = colour.under(WHITE, ellipse(mirrored, Point { x: 60.0, y: 345.0 }, 25.0, 16.0));
        colour = colour.under(EYES, ellipse(mirrored, Point { x: 59.0, y: 345.0 }, 14.0, 15.0));
        colour = colour.under(WHITE, ellipse(at, Point { x: 246.0, y: 340.0 }, 4.5, 4.5));
        colour = colour.under(WHITE, ellipse(at, Point { x: 364.0, y: 340.0 }, 4.5, 4.5));
        colour = colour
            .under(nose, stroke(mirrored, Point { x: 0.0, y: 412.0 }, Point { x: 15.0, y: 407.0 }, 4.5));
        colour = colour.under(LIPS, self.mouth(mirrored));
        if self.glasses {
            let lens = ellipse(mirrored, Point { x: 62.0, y: 347.0 }, 47.0, 40.0).abs() - 4.5;
            let bridge = stroke(mirrored, Point { x: 0.0, y: 340.0 }, Point { x: 16.0, y: 340.0 }, 4.5);
            let temple =
                stroke(mirrored, Point { x: 108.0, y: 342.0 }, Point { x: self.breadth, y: 334.0 }, 4.5);
            colour = colour.under(EYES, lens.min(bridge).min(temple));
        }
        colour
    }

    /// A smile: a band that follows a parabola, thick in the middle.
    fn mouth(&self, at: Point) -> f32 {
        let reach = 54.0;
        let along = (at.x / reach).min(1.0);
        let middle = 468.0 - self.smile * along * along;
        let half = 8.5 * (1.0 - along * along) + 2.5;
        ((at.y - middle).abs() - half).max(at.x - reach)
    }

    fn hair_colour(&self) -> Colour {
        match self.cut {
            Cut::Scarf => self.clothes.mix(WHITE, 0.45),
            _ => self.hair,
        }
    }

    /// The hair that shows beside and behind the head.
    fn hair_behind(&self, at: Point) -> f32 {
        let crown = ellipse(at, Point { x: 0.0, y: 318.0 }, self.breadth + 22.0, 188.0);
        match self.cut {
            Cut::Short => crown.max(at.y - 360.0),
            Cut::Long => crown.min(slab(at, self.breadth + 26.0, 320.0, 610.0, 60.0)),
            Cut::Bun => crown.max(at.y - 380.0).min(ellipse(at, Point { x: 0.0, y: 118.0 }, 66.0, 58.0)),
            Cut::Curly => {
                ellipse(at, Point { x: 0.0, y: 308.0 }, self.breadth + 62.0, 206.0)
                    + 7.0 * (at.x / 15.0).sin() * (at.y / 15.0).sin()
            }
            Cut::Scarf => crown.min(slab(at, self.breadth + 22.0, 320.0, 640.0, 90.0)),
        }
    }

    /// The hair that falls over the forehead; never outside the head.
    fn hair_before(&self, at: Point, head: f32) -> f32 {
        let line = match self.cut {
            Cut::Short => 254.0 + 0.0012 * at.x * at.x,
            Cut::Long | Cut::Bun => 232.0 + 0.0058 * at.x * at.x,
            Cut::Curly => 258.0 + 6.0 * (at.x / 13.0).cos(),
            Cut::Scarf => 238.0 + 0.0035 * at.x * at.x,
        };
        let fringe = at.y - line;
        match self.cut {
            // A scarf frames the whole face.
            Cut::Scarf => {
                let opening = ellipse(at, Point { x: 0.0, y: 380.0 }, self.breadth - 12.0, 150.0);
                let folds = ellipse(at, Point { x: 0.0, y: 540.0 }, self.breadth - 4.0, 92.0);
                (-opening).max(head.min(folds))
            }
            _ => fringe.max(head - 3.0),
        }
    }
}

fn shoulders(at: Point) -> f32 {
    let slope = ellipse(at, Point { x: 0.0, y: 860.0 }, 288.0, 258.0);
    let arms = slab(at, 262.0, 730.0, 900.0, 90.0);
    slope.min(arms)
}

fn neck(at: Point) -> f32 {
    slab(at, 62.0, 440.0, 636.0, 56.0)
}

fn collar(at: Point) -> f32 {
    let ring = ellipse(at, Point { x: 0.0, y: 604.0 }, 84.0, 52.0).abs() - 8.0;
    ring.max(604.0 - at.y)
}

/// Distance to an ellipse: negative inside; good to a pixel near the edge.
fn ellipse(at: Point, centre: Point, across: f32, down: f32) -> f32 {
    let (x, y) = ((at.x - centre.x) / across, (at.y - centre.y) / down);
    let reach = length(x, y);
    if reach < 1e-3 {
        return -across.min(down);
    }
    (reach - 1.0) * reach / length(x / across, y / down)
}

/// Distance to a line with round ends.
fn stroke(at: Point, from: Point, to: Point, half: f32) -> f32 {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let along = ((at.x - from.x) * dx + (at.y - from.y) * dy) / (dx * dx + dy * dy);
    let along = along.clamp(0.0, 1.0);
    length(at.x - from.x - along * dx, at.y - from.y - along * dy) - half
}

/// Distance to an upright box about the middle, with round corners.
fn slab(at: Point, half: f32, top: f32, bottom: f32, round: f32) -> f32 {
    let x = at.x - half + round;
    let y = (at.y - f32::midpoint(top, bottom)).abs() - (bottom - top) / 2.0 + round;
    length(x.max(0.0), y.max(0.0)) + x.max(y).min(0.0) - round
}

fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// The same shape with an edge that fades over `width` pixels.
fn soft(distance: f32, width: f32) -> f32 {
    distance / width
}

#[derive(Clone, Copy)]
struct Point {
    x: f32,
    y: f32,
}

#[derive(Clone, Copy)]
struct Colour(u8, u8, u8);

impl Colour {
    fn mix(self, other: Self, share: f32) -> Self {
        let between = |a: u8, b: u8| level(f32::from(a) + (f32::from(b) - f32::from(a)) * share);
        Self(between(self.0, other.0), between(self.1, other.1), between(self.2, other.2))
    }

    /// This colour covered by a shape at the given distance; the edge is one pixel soft.
    fn under(self, shape: Self, distance: f32) -> Self {
        if distance >= 0.5 {
            self
        } else if distance <= -0.5 {
            shape
        } else {
            self.mix(shape, 0.5 - distance)
        }
    }

    fn levels(self) -> [u8; 3] {
        [self.0, self.1, self.2]
    }
}

/// Repeatable choices out of a seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn pick<T: Copy, const N: usize>(&mut self, from: [T; N]) -> T {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        let sides = u64::try_from(N).unwrap_or(1);
        let side = usize::try_from(mixed % sides).unwrap_or(0);
        let [first, ..] = from.as_slice() else { unreachable!("nothing to choose from") };
        *from.get(side).unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::photo::{FACE_BUDGET, Photo};

    #[test]
    fn seeds_draw_different_people_and_repeat() {
        assert_eq!(drawn(5).unwrap(), drawn(5).unwrap());
        assert_ne!(drawn(5).unwrap(), drawn(6).unwrap());
    }

    #[test]
    fn what_was_drawn_is_what_is_read_and_printed() {
        let jpeg = drawn(0).unwrap();
        let portrait = Photo::decode(&jpeg).unwrap().portrait_jpeg().unwrap();
        for bytes in [jpeg.as_slice(), portrait.jpeg()] {
            let seen = image::load_from_memory(bytes).unwrap().into_rgb8();
            let [red, green, blue] = seen.get_pixel(seen.width() / 2, seen.height() / 2).0;
            assert!(red > green && green > blue && blue > 60, "skin, not {red} {green} {blue}");
        }
    }

    #[test]
    fn a_drawn_face_fits_its_budget_without_softening() {
        for seed in 0..4 {
            let photo = Photo::decode(&drawn(seed).unwrap()).unwrap();
            let face = photo.face_webp(FACE_BUDGET).unwrap();
            assert!(face.len() <= FACE_BUDGET);
            assert!(face.len() > FACE_BUDGET / 2, "seed {seed}: {} bytes waste the budget", face.len());
        }
    }
}
