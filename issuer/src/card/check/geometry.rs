//! Points, rectangles and matrices in points (1/72 inch), y upwards.
#![expect(
    clippy::many_single_char_names,
    reason = "matrices and curves have the letters of the PDF standard"
)]

/// How far apart two places may be that count as one: a hundredth of a printer's dot.
pub(super) const NEAR: f64 = 0.0024;

const POINTS_PER_MM: f64 = 72.0 / 25.4;

pub(super) type Point = (f64, f64);

/// Points as millimetres.
pub(super) fn mm(points: f64) -> f64 {
    points / POINTS_PER_MM
}

/// Points as dots of 300 dpi.
pub(super) fn dots(points: f64) -> f64 {
    points * 300.0 / 72.0
}

/// Millimetres as points.
pub(super) fn points(mm: f64) -> f64 {
    mm * POINTS_PER_MM
}

/// The nearest whole number; what is negative or no number gives 0.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the standard library has no other way from f64 to u32; the conversion saturates"
)]
pub(super) fn nearest(number: f64) -> u32 {
    number.round() as u32
}

/// An upright rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub(super) left: f64,
    pub(super) lower: f64,
    pub(super) right: f64,
    pub(super) upper: f64,
}

impl Bounds {
    /// What contains nothing yet.
    pub(super) const NOTHING: Self = Self {
        left: f64::INFINITY,
        lower: f64::INFINITY,
        right: f64::NEG_INFINITY,
        upper: f64::NEG_INFINITY,
    };
    /// Around these points.
    pub(super) fn around(points: impl IntoIterator<Item = Point>) -> Self {
        points.into_iter().fold(Self::NOTHING, |all, (x, y)| Self {
            left: all.left.min(x),
            lower: all.lower.min(y),
            right: all.right.max(x),
            upper: all.upper.max(y),
        })
    }

    /// Of a rectangle as the operator `re` takes it.
    pub(super) fn of_rectangle([x, y, width, height]: [f64; 4]) -> Self {
        Self::around([(x, y), (x + width, y + height)])
    }

    pub(super) fn corners(self) -> [Point; 4] {
        [(self.left, self.lower), (self.right, self.lower), (self.right, self.upper), (self.left, self.upper)]
    }

    pub(super) fn width(self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(self) -> f64 {
        self.upper - self.lower
    }

    pub(super) fn grown(self, across: f64, down: f64) -> Self {
        Self {
            left: self.left - across,
            lower: self.lower - down,
            right: self.right + across,
            upper: self.upper + down,
        }
    }

    pub(super) fn joined(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            lower: self.lower.min(other.lower),
            right: self.right.max(other.right),
            upper: self.upper.max(other.upper),
        }
    }

    /// What both have.
    pub(super) fn within(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            lower: self.lower.max(other.lower),
            right: self.right.min(other.right),
            upper: self.upper.min(other.upper),
        }
    }

    /// Whether nothing can be seen of it.
    pub(super) fn is_empty(self) -> bool {
        !(self.left <= self.right && self.lower <= self.upper)
    }

    pub(super) fn contains(self, other: Self) -> bool {
        let grown = self.grown(NEAR, NEAR);
        grown.left <= other.left
            && grown.lower <= other.lower
            && grown.right >= other.right
            && grown.upper >= other.upper
    }

    /// What is left of it under a cover: up to four parts.
    pub(super) fn without(self, cover: Self) -> impl Iterator<Item = Self> {
        let below = Self { upper: self.upper.min(cover.lower), ..self };
        let above = Self { lower: self.lower.max(cover.upper), ..self };
        let between = Self { lower: self.lower.max(cover.lower), upper: self.upper.min(cover.upper), ..self };
        let before = Self { right: self.right.min(cover.left), ..between };
        let after = Self { left: self.left.max(cover.right), ..between };
        [below, above, before, after].into_iter().filter(|part| !part.is_empty())
    }
}

/// `x' = a x + c y + e`, `y' = b x + d y + f`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix(pub(super) [f64; 6]);

impl Matrix {
    pub(super) const UNCHANGED: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// First this one, then the other.
    pub(super) fn then(self, Self([a, b, c, d, e, f]): Self) -> Self {
        let Self([a1, b1, c1, d1, e1, f1]) = self;
        Self([
            a1 * a + b1 * c,
            a1 * b + b1 * d,
            c1 * a + d1 * c,
            c1 * b + d1 * d,
            e1 * a + f1 * c + e,
            e1 * b + f1 * d + f,
        ])
    }

    pub(super) fn moved(right: f64, up: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, right, up])
    }

    pub(super) fn apply(self, (x, y): Point) -> Point {
        let Self([a, b, c, d, e, f]) = self;
        (a * x + c * y + e, b * x + d * y + f)
    }

    pub(super) fn bounds(self, area: Bounds) -> Bounds {
        Bounds::around(area.corners().map(|corner| self.apply(corner)))
    }

    /// The lengths of one unit along x and along y.
    pub(super) fn units(self) -> [f64; 2] {
        let Self([a, b, c, d, ..]) = self;
        [a.hypot(b), c.hypot(d)]
    }

    /// How far a circle of this radius reaches to the right and upwards.
    pub(super) fn reach(self, radius: f64) -> [f64; 2] {
        let Self([a, b, c, d, ..]) = self;
        [a.hypot(c) * radius, b.hypot(d) * radius]
    }

    /// Whether upright rectangles stay upright.
    pub(super) fn is_upright(self) -> bool {
        let Self([a, b, c, d, ..]) = self;
        let size = a.abs().max(b.abs()).max(c.abs()).max(d.abs());
        let small = |number: f64| number.abs() <= size * 1e-6;
        (small(b) && small(c)) || (small(a) && small(d))
    }

    /// The way back, if there is one.
    pub(super) fn inverse(self) -> Option<Self> {
        let Self([a, b, c, d, e, f]) = self;
        let area = a * d - b * c;
        (area.abs() > 1e-12 && area.is_finite()).then(|| {
            Self([d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_go_there_and_back() {
        let matrix = Matrix([0.0, 2.0, -3.0, 0.0, 7.0, 1.0]).then(Matrix::moved(2.0, -4.0));
        let there = matrix.apply((5.0, 6.0));
        assert_eq!(there, (-9.0, 7.0));
        let (x, y) = matrix.inverse().unwrap().apply(there);
        assert!((x - 5.0).abs() < 1e-9 && (y - 6.0).abs() < 1e-9);
        assert!(matrix.is_upright() && !Matrix([1.0, 0.1, -0.1, 1.0, 0.0, 0.0]).is_upright());
        assert_eq!(Matrix([0.0; 6]).inverse(), None);
    }

    #[test]
    fn a_cover_leaves_what_sticks_out() {
        let band = Bounds { left: 0.0, lower: 0.0, right: 10.0, upper: 2.0 };
        let cover = Bounds { left: 4.0, lower: -1.0, right: 6.0, upper: 3.0 };
        let left: Vec<Bounds> = band.without(cover).filter(|part| part.width() > 0.0).collect();
        assert_eq!(left, [Bounds { right: 4.0, ..band }, Bounds { left: 6.0, ..band }]);
        assert_eq!(cover.without(band.grown(0.0, 5.0)).filter(|part| part.width() > 0.0).count(), 0);
    }
}
