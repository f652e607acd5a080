//! What is around a code: white, other marks, and the edges of the card.

use super::figure::{Figure, alike, real};
use super::geometry::{Bounds, NEAR, Point, dots, mm, points};
use super::paint::{Kind, Mark, Page};
use super::{Fault, Found, LEAST_EDGE_MM, LEAST_MODULE_MM, LEAST_QUIET, Quiet, Side, Sides};

/// ID-1 in millimetres, and how far a card may be off.
const CARD_MM: (f64, f64) = (85.60, 53.98);
const CARD_OFF_MM: f64 = 0.6;
/// Measures are compared as finely as a hundredth of a dot, in millimetres and in modules.
const FINE_MM: f64 = 0.001;
const FINE_MODULES: f64 = 0.01;

/// Measures the code whose mark stands at this place of the page.
pub(super) fn measure(number: u32, page: &Page, place: usize, figure: &Figure) -> Found {
    let unit = page.sheet.unit;
    let bounds = figure.bounds;
    let [across, down] = figure.module;
    let module = across.min(down);
    let around = Around::look(page, place, bounds);
    let card = card_around(page, bounds);
    let edges = card.unwrap_or(page.sheet.trim);
    let distances = Sides {
        left: bounds.left - edges.left,
        right: edges.right - bounds.right,
        above: edges.upper - bounds.upper,
        below: bounds.lower - edges.lower,
    };
    let quiet = around.quiet(module, distances);
    let nearest_edge = [distances.left, distances.right, distances.above, distances.below]
        .into_iter()
        .fold(f64::MAX, f64::min);
    let symbol = &figure.symbol;
    let mut found = Found {
        page: number,
        left_mm: thousandths(mm(distances.left * unit)),
        top_mm: thousandths(mm(distances.above * unit)),
        on_page_mm: [bounds.left - page.sheet.media.left, page.sheet.media.upper - bounds.upper]
            .map(|distance| thousandths(mm(distance * unit))),
        version: symbol.version,
        level: symbol.format.map(|format| format.level),
        mask: symbol.format.map(|format| format.mask),
        mode: symbol.format.map(|format| format.mode),
        turned: [0, 270, 180, 90].get(symbol.turns).copied().unwrap_or(0),
        module_mm: thousandths(mm(module * unit)),
        dots: thousandths(dots(module * unit)),
        on_dots: on_dots(figure, page),
        quiet,
        edge_mm: thousandths(mm((nearest_edge - LEAST_QUIET * module) * unit)),
        card_known: card.is_some(),
        black_on_white: figure.paint.is_black() && around.beneath.is_none() && around.above.is_none(),
        faults: Vec::new(),
    };
    found.faults = faults(&found, figure, &around, unit);
    found
}

fn faults(found: &Found, figure: &Figure, around: &Around, unit: f64) -> Vec<Fault> {
    let mut faults = Vec::new();
    let symbol = &figure.symbol;
    if symbol.format.is_none() {
        faults.push(Fault::Damaged);
    }
    if symbol.mirrored {
        faults.push(Fault::Mirrored);
    }
    if !figure.upright {
        faults.push(Fault::Aslant);
    }
    if !alike(figure.module, figure.modules) {
        let [across_mm, down_mm] = figure.module.map(|module| thousandths(mm(module * unit)));
        faults.push(Fault::Stretched { across_mm, down_mm });
    }
    if found.module_mm < LEAST_MODULE_MM - FINE_MM {
        faults.push(Fault::SmallModule { module_mm: found.module_mm });
    }
    let Sides { left, right, above, below } = found.quiet;
    let sides = [(Side::Left, left), (Side::Right, right), (Side::Above, above), (Side::Below, below)];
    for (side, Quiet { modules, until }) in sides {
        if modules < LEAST_QUIET - FINE_MODULES {
            faults.push(Fault::Quiet { side, modules, until });
        }
    }
    if found.edge_mm < LEAST_EDGE_MM - FINE_MM {
        faults.push(Fault::NearEdge { edge_mm: found.edge_mm });
    }
    if figure.clipped {
        faults.push(Fault::CutOff);
    }
    if !figure.paint.is_black() {
        faults.push(Fault::NotBlack { colour: figure.paint.said() });
    }
    if let Some(beneath) = around.beneath {
        faults.push(Fault::NotOnWhite { beneath });
    }
    if let Some(above) = around.above {
        faults.push(Fault::PaintedOver { above });
    }
    faults
}

/// The marks around a code.
struct Around {
    code: Bounds,
    /// Everything seen that does not touch it.
    others: Vec<(Bounds, Kind)>,
    beneath: Option<Kind>,
    above: Option<Kind>,
}

impl Around {
    fn look(page: &Page, place: usize, code: Bounds) -> Self {
        let (before, after) = page.marks.split_at(place.min(page.marks.len()));
        let mut seen: Vec<(Bounds, Kind)> = Vec::new();
        for mark in before.iter().filter(|mark| !mark.bounds.is_empty()) {
            if mark.covers {
                seen = seen
                    .into_iter()
                    .flat_map(|(part, kind)| part.without(mark.bounds).map(move |part| (part, kind)))
                    .collect();
            } else if !mark.white {
                seen.push((mark.bounds, mark.kind));
            }
        }
        let beneath = touching(&seen, code);
        let over: Vec<(Bounds, Kind)> = seen_of(after.iter().skip(1));
        let above = after.iter().skip(1).find(|mark| touches(mark.bounds, code)).map(|mark| mark.kind);
        seen.extend(over);
        seen.retain(|(part, _)| !touches(*part, code));
        Self { code, others: seen, beneath, above }
    }

    /// The white on each side. Corners belong to the side that they are farther from, as the white is a square.
    fn quiet(&self, module: f64, edges: Sides<f64>) -> Sides<Quiet> {
        let edge = |distance: f64| (distance, Kind::Edge);
        let mut nearest = Sides {
            left: edge(edges.left),
            right: edge(edges.right),
            above: edge(edges.above),
            below: edge(edges.below),
        };
        for (part, kind) in &self.others {
            let (left, right) = (self.code.left - part.right, part.left - self.code.right);
            let (above, below) = (part.lower - self.code.upper, self.code.lower - part.upper);
            let (across, along) = (left.max(right), above.max(below));
            let (side, distance) = match (across >= along, left >= right, above >= below) {
                (true, true, _) => (&mut nearest.left, left),
                (true, false, _) => (&mut nearest.right, right),
                (false, _, true) => (&mut nearest.above, above),
                (false, _, false) => (&mut nearest.below, below),
            };
            if distance < side.0 {
                *side = (distance, *kind);
            }
        }
        let quiet = |(distance, until): (f64, Kind)| Quiet { modules: thousandths(distance / module), until };
        Sides {
            left: quiet(nearest.left),
            right: quiet(nearest.right),
            above: quiet(nearest.above),
            below: quiet(nearest.below),
        }
    }
}

fn seen_of<'m>(marks: impl Iterator<Item = &'m Mark>) -> Vec<(Bounds, Kind)> {
    let seen = marks.filter(|mark| !mark.white && !mark.bounds.is_empty());
    seen.map(|mark| (mark.bounds, mark.kind)).collect()
}

fn touching(marks: &[(Bounds, Kind)], code: Bounds) -> Option<Kind> {
    marks.iter().find(|(part, _)| touches(*part, code)).map(|(_, kind)| *kind)
}

/// Whether something reaches into the code. Lines without width and points count as well.
fn touches(part: Bounds, code: Bounds) -> bool {
    !part.is_empty()
        && part.left < code.right - NEAR
        && part.right > code.left + NEAR
        && part.lower < code.upper - NEAR
        && part.upper > code.lower + NEAR
}

/// The card on which a code stands: the page itself, or what cut marks around it tell.
fn card_around(page: &Page, code: Bounds) -> Option<Bounds> {
    let unit = page.sheet.unit;
    if is_card(page.sheet.trim, unit) {
        return Some(page.sheet.trim);
    }
    let across = cuts(&page.lines, |(x, y)| (y, x));
    let along = cuts(&page.lines, |point| point);
    let before = |cuts: &[f64], edge: f64| cuts.iter().copied().filter(|cut| *cut <= edge).reduce(f64::max);
    let after = |cuts: &[f64], edge: f64| cuts.iter().copied().filter(|cut| *cut >= edge).reduce(f64::min);
    let card = Bounds {
        left: before(&along, code.left)?,
        right: after(&along, code.right)?,
        lower: before(&across, code.lower)?,
        upper: after(&across, code.upper)?,
    };
    is_card(card, unit).then_some(card)
}

fn is_card(area: Bounds, unit: f64) -> bool {
    let (width, height) = (mm(area.width() * unit), mm(area.height() * unit));
    let near = |(across, down): (f64, f64)| {
        (width - across).abs() < CARD_OFF_MM && (height - down).abs() < CARD_OFF_MM
    };
    near(CARD_MM) || near((CARD_MM.1, CARD_MM.0))
}

/// Where short upright lines stand, marked at both ends of a cut. `turn` makes lines that lie upright ones.
fn cuts(lines: &[[Point; 2]], turn: impl Fn(Point) -> Point) -> Vec<f64> {
    let upright = lines.iter().map(|line| line.map(&turn)).filter(|[from, to]| (from.0 - to.0).abs() < NEAR);
    let mut places: Vec<(f64, f64)> = upright
        .filter(|[from, to]| (from.1 - to.1).abs() <= points(10.0))
        .map(|[from, to]| (from.0, f64::midpoint(from.1, to.1)))
        .collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let cuts = places.chunk_by(|a, b| b.0 - a.0 < NEAR).filter(|marks| {
        let span = Bounds::around(marks.iter().copied());
        span.height() > points(CARD_MM.1 - 10.0)
    });
    cuts.filter_map(|marks| marks.first().map(|mark| mark.0)).collect()
}

/// Whether modules are whole dots of 300 dpi and their edges lie between dots.
fn on_dots(figure: &Figure, page: &Page) -> bool {
    let whole = |length: f64, much: f64| {
        let length = dots(length * page.sheet.unit);
        (length - length.round()).abs() < much
    };
    let corner = page.sheet.media;
    let modules = real(figure.modules);
    figure.upright
        && figure.module.iter().all(|module| whole(*module, 0.02 / modules.max(1.0) + 1e-4))
        && whole(figure.bounds.left - corner.left, 0.02)
        && whole(figure.bounds.lower - corner.lower, 0.02)
}

fn thousandths(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
