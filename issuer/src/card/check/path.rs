//! Paths under construction, and what painting them covers.
#![expect(
    clippy::many_single_char_names,
    reason = "matrices and curves have the letters of the PDF standard"
)]

use super::geometry::{Bounds, Matrix, Point};
use super::state::State;

/// A path in the units of its matrix.
#[derive(Debug, Default)]
pub(super) struct Path {
    parts: Vec<Part>,
    /// It becomes the clip once it is painted.
    pub(super) clips: bool,
}

#[derive(Debug)]
enum Part {
    Rectangle(Bounds),
    Line { start: Point, segments: Vec<Segment> },
}

/// The points of a segment after the first: of a straight one the last, of a curve its controls as well.
#[derive(Clone, Copy, Debug)]
enum Segment {
    Straight(Point),
    Curve([Point; 3]),
}

impl Segment {
    fn end(self) -> Point {
        match self {
            Self::Straight(end) | Self::Curve([_, _, end]) => end,
        }
    }

    /// What it covers on the page, from where the one before it ended.
    fn bounds(self, start: Point, matrix: Matrix) -> Bounds {
        let start = matrix.apply(start);
        match self {
            Self::Straight(end) => Bounds::around([start, matrix.apply(end)]),
            Self::Curve(points) => curve([start].into_iter().chain(points.map(|point| matrix.apply(point)))),
        }
    }
}

impl Path {
    /// Takes an operator that makes a path; whether it was one.
    pub(super) fn construct(&mut self, operator: &str, numbers: &[f64]) -> bool {
        match (operator, numbers) {
            ("re", [x, y, width, height]) => {
                self.parts.push(Part::Rectangle(Bounds::of_rectangle([*x, *y, *width, *height])));
            }
            ("m", [x, y]) => self.parts.push(Part::Line { start: (*x, *y), segments: Vec::new() }),
            ("l", [x, y]) => self.add(Segment::Straight((*x, *y))),
            ("c", [a, b, c, d, x, y]) => self.add(Segment::Curve([(*a, *b), (*c, *d), (*x, *y)])),
            ("v", [c, d, x, y]) => {
                let here = self.here();
                self.add(Segment::Curve([here, (*c, *d), (*x, *y)]));
            }
            ("y", [a, b, x, y]) => self.add(Segment::Curve([(*a, *b), (*x, *y), (*x, *y)])),
            ("h", _) => self.close(),
            ("W" | "W*", _) => self.clips = true,
            ("re" | "m" | "l" | "c" | "v" | "y", _) => {}
            _ => return false,
        }
        true
    }

    /// The same with its last part closed.
    pub(super) fn closed(mut self) -> Self {
        self.close();
        self
    }

    /// All of it, where it is rectangles alone.
    pub(super) fn rectangles(&self) -> Option<Vec<Bounds>> {
        let rectangles = self.parts.iter().map(|part| match part {
            Part::Rectangle(bounds) => Some(*bounds),
            Part::Line { .. } => None,
        });
        rectangles.collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
    }

    /// What filling covers on the page, part by part, and whether a part is a rectangle.
    pub(super) fn areas(&self, matrix: Matrix) -> impl Iterator<Item = (Bounds, bool)> {
        self.parts.iter().map(move |part| match part {
            Part::Rectangle(bounds) => (matrix.bounds(*bounds), true),
            Part::Line { start, segments } => {
                (along(*start, segments, matrix).fold(Bounds::NOTHING, Bounds::joined), false)
            }
        })
    }

    /// Strokes that look like filled rectangles: straight, upright, without caps or dashes.
    pub(super) fn bars(&self, state: &State) -> Option<Vec<Bounds>> {
        if !state.line.butt || state.line.dashed || !state.matrix.is_upright() {
            return None;
        }
        let half = state.line.width / 2.0;
        let bars = self.parts.iter().map(|part| match part {
            Part::Line { start, segments } => match segments.as_slice() {
                [Segment::Straight(end)] => {
                    let line = Bounds::around([*start, *end]);
                    if line.height() == 0.0 {
                        Some(line.grown(0.0, half))
                    } else {
                        (line.width() == 0.0).then(|| line.grown(half, 0.0))
                    }
                }
                _ => None,
            },
            Part::Rectangle(_) => None,
        });
        bars.collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
    }

    /// Straight lines on the page.
    pub(super) fn lines(&self, matrix: Matrix) -> impl Iterator<Item = [Point; 2]> {
        self.parts.iter().filter_map(move |part| match part {
            Part::Line { start, segments } => match segments.as_slice() {
                [Segment::Straight(end)] => Some([*start, *end].map(|point| matrix.apply(point))),
                _ => None,
            },
            Part::Rectangle(_) => None,
        })
    }

    /// What stroking covers on the page, segment by segment.
    pub(super) fn strokes(&self, state: &State) -> impl Iterator<Item = Bounds> {
        let [across, up] = state.matrix.reach(state.line.width.abs() / 2.0);
        self.parts.iter().flat_map(move |part| {
            let segments: Vec<Bounds> = match part {
                Part::Rectangle(bounds) => {
                    let [first, rest @ ..] = bounds.corners();
                    let rest: Vec<Segment> = rest.into_iter().chain([first]).map(Segment::Straight).collect();
                    along(first, &rest, state.matrix).collect()
                }
                Part::Line { start, segments } => along(*start, segments, state.matrix).collect(),
            };
            segments.into_iter().map(move |bounds| bounds.grown(across, up))
        })
    }

    fn here(&self) -> Point {
        match self.parts.last() {
            Some(Part::Line { start, segments }) => segments.last().map_or(*start, |last| last.end()),
            Some(Part::Rectangle(bounds)) => (bounds.left, bounds.lower),
            None => (0.0, 0.0),
        }
    }

    fn add(&mut self, segment: Segment) {
        let here = self.here();
        match self.parts.last_mut() {
            Some(Part::Line { segments, .. }) => segments.push(segment),
            _ => self.parts.push(Part::Line { start: here, segments: vec![segment] }),
        }
    }

    fn close(&mut self) {
        if let Some(Part::Line { start, segments }) = self.parts.last_mut() {
            segments.push(Segment::Straight(*start));
        }
    }
}

/// What each segment covers.
fn along(start: Point, segments: &[Segment], matrix: Matrix) -> impl Iterator<Item = Bounds> {
    segments.iter().scan(start, move |here, segment| {
        let from = std::mem::replace(here, segment.end());
        Some(segment.bounds(from, matrix))
    })
}

/// What a Bézier curve covers: its ends, and where it turns back on the way.
fn curve(points: impl Iterator<Item = Point> + Clone) -> Bounds {
    let (left, right) = reach(points.clone().map(|(x, _)| x));
    let (lower, upper) = reach(points.map(|(_, y)| y));
    Bounds { left, lower, right, upper }
}

/// The least and the most of one coordinate.
fn reach(mut controls: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut next = || controls.next().unwrap_or(f64::NAN);
    let (a, b, c, d) = (next(), next(), next(), next());
    let at = |t: f64| {
        let s = 1.0 - t;
        s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
    };
    // Where the derivative, square t^2 + linear t + constant, is 0.
    let (square, linear, constant) = (3.0 * (b - c) + d - a, 2.0 * (a - 2.0 * b + c), b - a);
    let root = (linear * linear - 4.0 * square * constant).max(0.0).sqrt();
    let turns = if square.abs() < 1e-9 {
        [-constant / linear; 2]
    } else {
        [-(linear + root) / (2.0 * square), -(linear - root) / (2.0 * square)]
    };
    let turns = turns.into_iter().filter(|t| (0.0..=1.0).contains(t)).map(at);
    turns.fold((a.min(d), a.max(d)), |(least, most), value| (least.min(value), most.max(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_reaches_less_far_than_its_controls() {
        let mut path = Path::default();
        for (operator, numbers) in [("m", &[0.0, 0.0][..]), ("c", &[0.0, 4.0, 10.0, 4.0, 10.0, 0.0])] {
            assert!(path.construct(operator, numbers));
        }
        let areas: Vec<_> = path.areas(Matrix::UNCHANGED).collect();
        assert_eq!(areas, [(Bounds { left: 0.0, lower: 0.0, right: 10.0, upper: 3.0 }, false)]);
    }

    #[test]
    fn a_straight_curve_does_not_divide_by_nothing() {
        assert_eq!(reach([1.0, 2.0, 3.0, 4.0].into_iter()), (1.0, 4.0));
        assert_eq!(reach([1.0; 4].into_iter()), (1.0, 1.0));
    }

    #[test]
    fn upright_strokes_are_bars() {
        let mut path = Path::default();
        for (operator, numbers) in
            [("m", [0.0, 1.0]), ("l", [5.0, 1.0]), ("m", [2.0, 0.0]), ("l", [2.0, 9.0])]
        {
            assert!(path.construct(operator, &numbers));
        }
        let mut state = State::new(Bounds::NOTHING);
        state.line.width = 2.0;
        let lying = Bounds { left: 0.0, lower: 0.0, right: 5.0, upper: 2.0 };
        let standing = Bounds { left: 1.0, lower: 0.0, right: 3.0, upper: 9.0 };
        assert_eq!(path.bars(&state), Some(vec![lying, standing]));
        state.line.dashed = true;
        assert_eq!(path.bars(&state), None);
    }
}
