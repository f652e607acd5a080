//! Pictures of text in black and white, compared.

use std::path::Path;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Tree};

use crate::card::units::whole;

/// Half way between the card's ink and white.
const DARK: u8 = 142;

/// Where there is ink.
#[derive(Clone, Default)]
pub(super) struct Bitmap {
    pub(super) width: u32,
    pub(super) height: u32,
    ink: Vec<bool>,
}

impl Bitmap {
    /// Reads a PNG of dark text on white.
    pub(super) fn of_png(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Png).unwrap();
        let (width, height) = (picture.width(), picture.height());
        let ink = picture.to_luma8().pixels().map(|pixel| pixel.0[0] < DARK).collect();
        Self { width, height, ink }
    }

    /// Draws an SVG at its own size, as wide as it says.
    pub(super) fn of_svg(path: &Path) -> (Self, f32) {
        // It was clipped to the font's usual extent, which some letters leave.
        let svg = std::fs::read_to_string(path).unwrap().replace(" clip-path=", " data-clip=");
        let tree = Tree::from_str(&svg, &usvg::Options::default()).unwrap();
        // Its points are dots here, and a pixel is three quarters of one.
        let scale = 0.75;
        let (exact, height) = (tree.size().width() * scale, whole(tree.size().height() * scale));
        let mut picture = Pixmap::new(whole(exact), height).unwrap();
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
        let ink = picture.pixels().iter().map(|pixel| pixel.red() < 128).collect();
        (Self { width: picture.width(), height, ink }, exact)
    }

    /// This one with another over it, `left` dots from its left edge.
    pub(super) fn beside(&self, other: &Self, left: u32) -> Self {
        let (width, height) = (self.width.max(left + other.width), self.height.max(other.height));
        let ink = (0..height)
            .flat_map(|y| (0..width).map(move |x| self.has(x, y) || (x >= left && other.has(x - left, y))));
        Self { width, height, ink: ink.collect() }
    }

    fn has(&self, x: u32, y: u32) -> bool {
        x < self.width && y < self.height && self.ink[usize::try_from(y * self.width + x).unwrap()]
    }

    /// Without the empty margins.
    fn trimmed(&self) -> Self {
        let rows = (0..self.height).filter(|y| (0..self.width).any(|x| self.has(x, *y)));
        let columns = (0..self.width).filter(|x| (0..self.height).any(|y| self.has(*x, y)));
        let span = |mut places: Vec<u32>| {
            let last = places.pop().unwrap_or(0);
            (places.first().copied().unwrap_or(last), last + 1)
        };
        let ((top, bottom), (left, right)) = (span(rows.collect()), span(columns.collect()));
        let ink = (top..bottom).flat_map(|y| (left..right).map(move |x| self.has(x, y)));
        Self { width: right - left, height: bottom - top, ink: ink.collect() }
    }

    /// The share of its ink that lies on ink of another, or a dot beside it, when that is moved right and down.
    fn on(&self, other: &Self, [right, down]: [i64; 2]) -> f64 {
        let near = |x: u32, y: u32| {
            let (x, y) = (i64::from(x) - right, i64::from(y) - down);
            (-1..=1).any(|dy| {
                (-1..=1).any(|dx| match (u32::try_from(x + dx), u32::try_from(y + dy)) {
                    (Ok(x), Ok(y)) => other.has(x, y),
                    _ => false,
                })
            })
        };
        let (mut all, mut found) = (0_u32, 0_u32);
        for y in 0..self.height {
            for x in (0..self.width).filter(|x| self.has(*x, y)) {
                all += 1;
                found += u32::from(near(x, y));
            }
        }
        f64::from(found) / f64::from(all.max(1))
    }
}

/// Whether two pictures of text are the same but for a dot here and there: as large but for 2 dots, and 99.7 % of the
/// ink of each within a dot of the other's; 99 % where the other was put together from parts.
pub(super) fn alike(one: &Bitmap, other: &Bitmap, parts: usize) -> Result<(), String> {
    let least = if parts == 1 { 0.997 } else { 0.99 };
    let (one, other) = (one.trimmed(), other.trimmed());
    if one.width.abs_diff(other.width) > 2 || one.height.abs_diff(other.height) > 2 {
        return Err(format!("{} x {} dots, not {} x {}", one.width, one.height, other.width, other.height));
    }
    let moves = (-1..=1).flat_map(|right| (-1..=1).map(move |down| [right, down]));
    let shares = moves.map(|by| one.on(&other, by).min(other.on(&one, by.map(|way| -way))));
    let best = shares.fold(0.0, f64::max);
    if best >= least { Ok(()) } else { Err(format!("{:.2} % of the ink is the same", best * 100.0)) }
}
