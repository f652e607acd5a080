//! Walks through all that a page paints and notes where: texts, lines, areas, pictures, and what may be codes.

mod objects;
mod words;

use std::collections::BTreeMap;
use std::rc::Rc;

use lopdf::content::Operation;
use lopdf::{Dictionary, Object, ObjectId};
use serde::Serialize;

use super::CheckError;
use super::figure::{Figure, Pixels, Stand};
use super::file::{File, Sheet, rectangle};
use super::geometry::{Bounds, Matrix, Point, nearest};
use super::path::Path;
use super::state::{Paint, State, number};
use super::text::{Font, Pen};

/// Forms within forms.
const MAX_FORMS: usize = 12;
/// Saved graphics states.
const MAX_SAVED: usize = 512;
/// Marks on one page.
const MAX_MARKS: usize = 2_000_000;

/// What a mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Letters.
    Text,
    /// A picture.
    Picture,
    /// A drawn line.
    Line,
    /// A filled area.
    Area,
    /// A note or field on top of the page.
    Annotation,
    /// Another code.
    Code,
    /// The edge of the card, or of the page where the card's is not known.
    Edge,
}

/// Something painted, in the order of painting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) bounds: Bounds,
    pub(super) kind: Kind,
    pub(super) white: bool,
    /// White all over its bounds: nothing beneath is seen.
    pub(super) covers: bool,
}

/// All that one page shows.
pub(super) struct Page {
    pub(super) sheet: Sheet,
    pub(super) marks: Vec<Mark>,
    /// Each with the place of its mark.
    pub(super) figures: Vec<(usize, Figure)>,
    /// Straight lines along the page's edges, which may tell where to cut.
    pub(super) lines: Vec<[Point; 2]>,
}

impl Page {
    pub(super) fn read(file: &File, id: ObjectId) -> Result<Self, CheckError> {
        let damaged = || CheckError::NoPages;
        let page = file.document.get_dictionary(id).map_err(CheckError::Damaged)?;
        let sheet = file.sheet(page).ok_or_else(damaged)?;
        let nothing = Dictionary::new();
        let resources = file.inherited(page, b"Resources").and_then(|found| found.as_dict().ok());
        let mut walk = Walk {
            file,
            page: Self { sheet, marks: Vec::new(), figures: Vec::new(), lines: Vec::new() },
            run: None,
            fonts: BTreeMap::new(),
        };
        let state = State::new(sheet.media);
        walk.content(&file.page(id)?, resources.unwrap_or(&nothing), state, 0)?;
        walk.annotations(page);
        Ok(walk.page)
    }
}

/// Rectangles of the same paint, one after the other: perhaps a code.
struct Run {
    stand: Stand,
    rectangles: Vec<Bounds>,
    /// Place of the first one's mark.
    first: usize,
}

struct Walk<'f> {
    file: &'f File,
    page: Page,
    run: Option<Run>,
    fonts: BTreeMap<ObjectId, Rc<Font>>,
}

/// What the operators of one content stream share.
struct Within<'d> {
    resources: &'d Dictionary,
    state: State,
    saved: Vec<State>,
    path: Path,
    pen: Pen,
    depth: usize,
}

impl Walk<'_> {
    fn content(
        &mut self,
        operations: &[Operation],
        resources: &Dictionary,
        state: State,
        depth: usize,
    ) -> Result<(), CheckError> {
        if depth > MAX_FORMS {
            return Err(CheckError::TooMuch);
        }
        let mut within =
            Within { resources, state, saved: Vec::new(), path: Path::default(), pen: Pen::START, depth };
        for operation in operations {
            self.operate(&mut within, operation)?;
        }
        self.end_run();
        Ok(())
    }

    fn operate(&mut self, within: &mut Within<'_>, operation: &Operation) -> Result<(), CheckError> {
        let operator = operation.operator.as_str();
        let numbers: Vec<f64> = operation.operands.iter().filter_map(number).collect();
        let name = || operation.operands.first().and_then(|first| first.as_name().ok());
        if within.path.construct(operator, &numbers) || within.state.set_colour(operator, &numbers) {
            return Ok(());
        }
        match (operator, numbers.as_slice()) {
            ("q", _) => {
                if within.saved.len() >= MAX_SAVED {
                    return Err(CheckError::TooMuch);
                }
                within.saved.push(within.state.clone());
            }
            ("Q", _) => {
                if let Some(saved) = within.saved.pop() {
                    within.state = saved;
                }
            }
            ("cm", numbers) => {
                if let Ok(numbers) = numbers.try_into() {
                    within.state.matrix = Matrix(numbers).then(within.state.matrix);
                }
            }
            ("w", [width]) => within.state.line.width = *width,
            ("J", [cap]) => within.state.line.butt = nearest(*cap) == 0,
            ("d", _) => {
                let dashes = operation.operands.first().and_then(|dashes| dashes.as_array().ok());
                within.state.line.dashed = dashes.is_some_and(|dashes| !dashes.is_empty());
            }
            ("cs" | "CS", _) => within.state.set_space(operator == "CS", name().unwrap_or_default()),
            ("gs", _) => {
                let found = self.file.resource(within.resources, b"ExtGState", name().unwrap_or_default());
                if let Some(extended) = found.and_then(|(_, extended)| extended.as_dict().ok()) {
                    within.state.set_extended(&self.file.document, extended);
                }
            }
            ("f" | "F" | "f*" | "B" | "B*" | "b" | "b*" | "S" | "s" | "n", _) => {
                self.paint(within, operator)?;
            }
            ("sh", _) => self.mark(within.state.clip, Kind::Area, false, &within.state)?,
            ("Do", _) => {
                if let Some((_, object)) =
                    self.file.resource(within.resources, b"XObject", name().unwrap_or_default())
                    && let Ok(stream) = object.as_stream()
                {
                    self.object(within, stream)?;
                }
            }
            ("BI", _) => {
                if let Some(Object::Stream(picture)) = operation.operands.first() {
                    self.picture(&within.state, picture)?;
                } else {
                    self.mark(unit(&within.state), Kind::Picture, false, &within.state)?;
                }
            }
            _ => self.text(within, operation, &numbers)?,
        }
        Ok(())
    }

    /// Paints the path, and takes it as the new clip where that was asked.
    fn paint(&mut self, within: &mut Within<'_>, operator: &str) -> Result<(), CheckError> {
        let path = std::mem::take(&mut within.path);
        let path = if matches!(operator, "s" | "b" | "b*") { path.closed() } else { path };
        let state = &within.state;
        if !matches!(operator, "S" | "s" | "n") {
            let fill = state.fill();
            if let Some(rectangles) = path.rectangles().filter(|_| !fill.is_white()) {
                self.rectangles(state, fill, &rectangles, Kind::Area)?;
            } else {
                for (bounds, is_rectangle) in path.areas(state.matrix) {
                    let covers = fill.is_white() && is_rectangle && state.matrix.is_upright();
                    self.mark_as(Mark { bounds, kind: Kind::Area, white: fill.is_white(), covers }, state)?;
                }
            }
        }
        if !matches!(operator, "f" | "F" | "f*" | "n") {
            let stroke = state.stroke();
            if let Some(bars) = path.bars(state).filter(|_| !stroke.is_white()) {
                self.rectangles(state, stroke, &bars, Kind::Line)?;
                self.page.lines.extend(path.lines(state.matrix));
            } else {
                for bounds in path.strokes(state) {
                    self.mark(bounds, Kind::Line, stroke.is_white(), state)?;
                }
            }
        }
        if path.clips {
            let clip =
                path.areas(within.state.matrix).fold(Bounds::NOTHING, |all, (bounds, _)| all.joined(bounds));
            within.state.clip = within.state.clip.within(clip);
        }
        Ok(())
    }

    /// Rectangles of one paint: marks, and perhaps a part of a code.
    fn rectangles(
        &mut self,
        state: &State,
        paint: Paint,
        all: &[Bounds],
        kind: Kind,
    ) -> Result<(), CheckError> {
        let stand = Stand { matrix: state.matrix, clip: state.clip, paint };
        let end = self.page.marks.len();
        let goes_on = self.run.as_ref().is_some_and(|run| {
            run.stand == stand && run.first.checked_add(run.rectangles.len()).is_some_and(|next| next == end)
        });
        if !goes_on {
            self.end_run();
        }
        let first = self.page.marks.len();
        for rectangle in all {
            let bounds = state.matrix.bounds(*rectangle);
            // Also what the clip hides: a run's marks are as many as its rectangles.
            self.push(Mark { bounds: bounds.within(state.clip), kind, white: false, covers: false })?;
        }
        let run = self.run.get_or_insert_with(|| Run { stand, rectangles: Vec::new(), first });
        run.rectangles.extend(all);
        Ok(())
    }

    /// The rectangles so far are a code, or they are not.
    fn end_run(&mut self) {
        let Some(run) = self.run.take() else { return };
        if let Some(figure) = Figure::of_rectangles(&run.rectangles, &run.stand) {
            let beyond =
                self.page.marks.split_off((run.first + run.rectangles.len()).min(self.page.marks.len()));
            self.page.marks.truncate(run.first);
            self.figure(figure);
            self.page.marks.extend(beyond);
        }
    }

    fn figure(&mut self, figure: Figure) {
        let mark = Mark { bounds: figure.bounds, kind: Kind::Code, white: false, covers: false };
        self.page.figures.push((self.page.marks.len(), figure));
        self.page.marks.push(mark);
    }

    fn annotations(&mut self, page: &Dictionary) {
        let document = &self.file.document;
        let listed = page.get_deref(b"Annots", document).and_then(Object::as_array);
        for note in listed.into_iter().flatten() {
            let note = document.dereference(note).ok().and_then(|(_, note)| note.as_dict().ok());
            let area =
                note.filter(|note| note.has(b"AP")).and_then(|note| note.get_deref(b"Rect", document).ok());
            if let Some(bounds) = area.and_then(|area| rectangle(document, area)) {
                self.page.marks.push(Mark { bounds, kind: Kind::Annotation, white: false, covers: false });
            }
        }
    }

    fn mark(&mut self, bounds: Bounds, kind: Kind, white: bool, state: &State) -> Result<(), CheckError> {
        self.mark_as(Mark { bounds, kind, white, covers: false }, state)
    }

    /// Notes a mark, as far as it is seen.
    fn mark_as(&mut self, mark: Mark, state: &State) -> Result<(), CheckError> {
        let bounds = mark.bounds.within(state.clip);
        if bounds.is_empty() {
            return Ok(());
        }
        self.end_run();
        self.push(Mark { bounds, ..mark })
    }

    fn push(&mut self, mark: Mark) -> Result<(), CheckError> {
        if self.page.marks.len() >= MAX_MARKS {
            return Err(CheckError::TooMuch);
        }
        self.page.marks.push(mark);
        Ok(())
    }
}

/// Where a picture stands.
fn unit(state: &State) -> Bounds {
    state.matrix.bounds(Bounds { left: 0.0, lower: 0.0, right: 1.0, upper: 1.0 })
}
