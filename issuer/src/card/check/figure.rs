//! Drawn things that may be a code: each way of drawing one ends in a [`Figure`], a grid of modules with its place.

use super::geometry::{Bounds, Matrix, NEAR, nearest};
use super::state::Paint;
use super::symbol::{Grid, Symbol, sides};

/// Fewer rectangles draw no code.
const LEAST_RECTANGLES: usize = 20;
/// The largest picture that is looked at, pixels along a side.
const LARGEST_PICTURE: usize = 8192;
/// Rectangles may cover each other; so many times the area of the code at most.
const OVERLAP: usize = 4;
/// How far from the grid an edge may lie, in modules.
const OFF_GRID: f64 = 0.02;

/// A code as it is drawn.
#[derive(Debug)]
pub(super) struct Figure {
    /// As seen on the page.
    pub(super) symbol: Symbol,
    pub(super) modules: usize,
    /// On the page, without its quiet zone.
    pub(super) bounds: Bounds,
    /// Points on the page along a module, in the two directions of drawing.
    pub(super) module: [f64; 2],
    /// Whether its sides are parallel to the page's.
    pub(super) upright: bool,
    /// Part of it is cut off.
    pub(super) clipped: bool,
    pub(super) paint: Paint,
}

/// How something stands on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stand {
    pub(super) matrix: Matrix,
    pub(super) clip: Bounds,
    pub(super) paint: Paint,
}

impl Figure {
    /// From filled rectangles, in units of their own.
    pub(super) fn of_rectangles(rectangles: &[Bounds], stand: &Stand) -> Option<Self> {
        if rectangles.len() < LEAST_RECTANGLES {
            return None;
        }
        let area = rectangles.iter().copied().fold(Bounds::NOTHING, Bounds::joined);
        sides().find_map(|side| Self::new(on_grid(rectangles, area, side)?, area, stand))
    }

    /// From the dark pixels of a picture, which fills the unit square.
    pub(super) fn of_pixels(pixels: &Pixels, stand: &Stand) -> Option<Self> {
        let [left, top, right, bottom] = pixels.dark_area()?;
        let (width, height) = (right - left, bottom - top);
        let (across, down) = (real(pixels.width), real(pixels.height));
        let area = Bounds {
            left: real(left) / across,
            right: real(right) / across,
            upper: 1.0 - real(top) / down,
            lower: 1.0 - real(bottom) / down,
        };
        sides().filter(|side| width % side == 0 && height % side == 0).find_map(|side| {
            let (wide, high) = (width / side, height / side);
            let even = (top..bottom).all(|y| {
                let row = top + (y - top) / high * high;
                (left..right).all(|x| pixels.dark(x, y) == pixels.dark(left + (x - left) / wide * wide, row))
            });
            let grid = || Grid::new(side, |x, y| pixels.dark(left + x * wide, top + y * high));
            if even { Self::new(grid(), area, stand) } else { None }
        })
    }

    /// From modules as drawn, the first row at the top of `area`.
    fn new(drawn: Grid, area: Bounds, stand: &Stand) -> Option<Self> {
        let matrix = stand.matrix;
        let back = matrix.inverse()?;
        let bounds = matrix.bounds(area);
        let side = real(drawn.side);
        let upright = matrix.is_upright();
        let seen = if upright {
            Grid::new(drawn.side, |x, y| {
                let x = bounds.left + (real(x) + 0.5) / side * bounds.width();
                let y = bounds.upper - (real(y) + 0.5) / side * bounds.height();
                let (x, y) = back.apply((x, y));
                let column = (x - area.left) / area.width() * side;
                let row = (area.upper - y) / area.height() * side;
                drawn.dark(cell(column.floor()), cell(row.floor()))
            })
        } else {
            drawn
        };
        let [across, up] = matrix.units();
        Some(Self {
            symbol: Symbol::read(&seen)?,
            modules: seen.side,
            bounds,
            module: [across * area.width() / side, up * area.height() / side],
            upright,
            clipped: !stand.clip.contains(bounds),
            paint: stand.paint,
        })
    }
}

/// The modules of rectangles that all lie on a grid of so many modules a side.
fn on_grid(rectangles: &[Bounds], area: Bounds, side: usize) -> Option<Grid> {
    let modules = real(side);
    let (across, up) = (area.width() / modules, area.height() / modules);
    let line = |distance: f64, module: f64| {
        let lines = distance / module;
        ((lines - lines.round()).abs() < OFF_GRID).then(|| cell(lines))
    };
    let mut dark = vec![false; side * side];
    let mut painted = 0;
    for rectangle in rectangles {
        let left = line(rectangle.left - area.left, across)?;
        let right = line(rectangle.right - area.left, across)?;
        let top = line(area.upper - rectangle.upper, up)?;
        let bottom = line(area.upper - rectangle.lower, up)?;
        painted += right.checked_sub(left)? * bottom.checked_sub(top)?;
        if painted > OVERLAP * side * side {
            return None;
        }
        for row in dark.chunks_mut(side).take(bottom).skip(top) {
            row.iter_mut().take(right).skip(left).for_each(|module| *module = true);
        }
    }
    Some(Grid::new(side, |x, y| dark.get(y * side + x).copied().unwrap_or(false)))
}

/// A picture of one bit a pixel.
#[derive(Debug)]
pub(super) struct Pixels {
    pub(super) width: usize,
    pub(super) height: usize,
    bytes: Vec<u8>,
    /// The bit of dark pixels.
    dark: bool,
}

impl Pixels {
    /// Nothing where the picture is too large, or its bytes too few.
    pub(super) fn new(width: usize, height: usize, bytes: Vec<u8>, dark: bool) -> Option<Self> {
        let sides = 1..=LARGEST_PICTURE;
        let good =
            sides.contains(&width) && sides.contains(&height) && bytes.len() >= width.div_ceil(8) * height;
        good.then_some(Self { width, height, bytes, dark })
    }

    fn dark(&self, x: usize, y: usize) -> bool {
        let byte = self.bytes.get(y * self.width.div_ceil(8) + x / 8).copied().unwrap_or(0);
        (byte >> (7 - x % 8) & 1 == 1) == self.dark
    }

    /// Left, top, and right and bottom beyond the last dark pixel.
    fn dark_area(&self) -> Option<[usize; 4]> {
        let in_row = |y: usize| (0..self.width).any(|x| self.dark(x, y));
        let in_column = |x: usize| (0..self.height).any(|y| self.dark(x, y));
        let (top, bottom) = ((0..self.height).find(|y| in_row(*y))?, (0..self.height).rfind(|y| in_row(*y))?);
        let (left, right) =
            ((0..self.width).find(|x| in_column(*x))?, (0..self.width).rfind(|x| in_column(*x))?);
        Some([left, top, right + 1, bottom + 1])
    }
}

/// Whether two lengths are those of one module.
pub(super) fn alike([across, up]: [f64; 2], modules: usize) -> bool {
    ((across - up) * real(modules)).abs() < 10.0 * NEAR
}

pub(super) fn real(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

fn cell(number: f64) -> usize {
    usize::try_from(nearest(number)).unwrap_or(usize::MAX)
}
