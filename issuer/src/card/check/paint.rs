//! Walks through all that a page paints and notes where: texts, lines, areas, pictures, and what may be codes.

use std::collections::BTreeMap;
use std::rc::Rc;

use lopdf::content::Operation;
use lopdf::{Dictionary, Object, ObjectId, Stream};
use serde::Serialize;

use super::CheckError;
use super::figure::{Figure, Pixels, Stand};
use super::file::{File, Sheet, matrix, rectangle};
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

    fn object(&mut self, within: &Within<'_>, stream: &Stream) -> Result<(), CheckError> {
        match stream.dict.get(b"Subtype").and_then(Object::as_name) {
            Ok(b"Form") => self.form(within, stream),
            _ => self.picture(&within.state, stream),
        }
    }

    fn form(&mut self, within: &Within<'_>, form: &Stream) -> Result<(), CheckError> {
        self.end_run();
        let document = &self.file.document;
        let mut state = within.state.clone();
        if let Ok(own) = form.dict.get_deref(b"Matrix", document) {
            state.matrix = matrix(document, own).unwrap_or(Matrix::UNCHANGED).then(state.matrix);
        }
        if let Some(area) =
            form.dict.get_deref(b"BBox", document).ok().and_then(|area| rectangle(document, area))
        {
            state.clip = state.clip.within(state.matrix.bounds(area));
        }
        let resources = form.dict.get_deref(b"Resources", document).and_then(Object::as_dict);
        let operations = self.file.form(form)?;
        self.content(&operations, resources.unwrap_or(within.resources), state, within.depth + 1)
    }

    fn picture(&mut self, state: &State, picture: &Stream) -> Result<(), CheckError> {
        self.end_run();
        let said = |long: &[u8], short: &[u8]| {
            let found = picture.dict.get_deref(long, &self.file.document);
            found.or_else(|_| picture.dict.get_deref(short, &self.file.document)).ok()
        };
        let is_mask = said(b"ImageMask", b"IM").and_then(|mask| mask.as_bool().ok()).unwrap_or(false);
        let bits = said(b"BitsPerComponent", b"BPC").and_then(|bits| bits.as_i64().ok());
        let gray = said(b"ColorSpace", b"CS").and_then(|space| space.as_name().ok());
        let is_gray = bits == Some(1) && matches!(gray, Some(b"DeviceGray" | b"G"));
        let is_masked = picture.dict.has(b"SMask") || picture.dict.has(b"Mask");
        let size = |long: &[u8], short: &[u8]| {
            said(long, short).and_then(|size| usize::try_from(size.as_i64().ok()?).ok())
        };
        let pixels = || {
            let (width, height) = (size(b"Width", b"W")?, size(b"Height", b"H")?);
            let decode = said(b"Decode", b"D").and_then(|decode| number(decode.as_array().ok()?.first()?));
            Pixels::new(
                width,
                height,
                self.file.inflated(picture).ok()?,
                decode.is_some_and(|first| first >= 1.0),
            )
        };
        let opaque = state.fill().opaque;
        if (is_mask || (is_gray && !is_masked))
            && let Some(pixels) = pixels()
        {
            let paint = if is_mask { state.fill() } else { Paint { opaque, ..Paint::BLACK } };
            let stand = Stand { matrix: state.matrix, clip: state.clip, paint };
            if let Some(figure) = Figure::of_pixels(&pixels, &stand) {
                if is_gray {
                    let covers = state.matrix.is_upright() && opaque;
                    let paper = Mark { bounds: unit(state), kind: Kind::Picture, white: true, covers };
                    self.mark_as(paper, state)?;
                }
                self.figure(figure);
                return Ok(());
            }
        }
        self.mark(unit(state), Kind::Picture, is_mask && state.fill().is_white(), state)
    }

    fn text(
        &mut self,
        within: &mut Within<'_>,
        operation: &Operation,
        numbers: &[f64],
    ) -> Result<(), CheckError> {
        let Within { state, pen, resources, .. } = &mut *within;
        let text = &mut state.text;
        match (operation.operator.as_str(), numbers) {
            ("BT", _) => *pen = Pen::START,
            ("Tf", [size]) => {
                let name = operation.operands.first().and_then(|name| name.as_name().ok());
                text.size = *size;
                text.font = self.font(resources, name.unwrap_or_default())?;
            }
            ("Tm", numbers) => pen.set(numbers.try_into().map_or(Matrix::UNCHANGED, Matrix)),
            ("Td", [right, up]) => pen.next_line(*right, *up),
            ("TD", [right, up]) => {
                text.leading = -up;
                pen.next_line(*right, *up);
            }
            ("T*", _) => pen.next_line(0.0, -text.leading),
            ("Tc", [spacing]) => text.spacing = *spacing,
            ("Tw", [spacing]) => text.word_spacing = *spacing,
            ("Tz", [percent]) => text.stretch = percent / 100.0,
            ("TL", [leading]) => text.leading = *leading,
            ("Ts", [rise]) => text.rise = *rise,
            ("Tr", [mode]) => text.hidden = matches!(nearest(*mode), 3 | 7),
            ("Tj" | "TJ" | "'" | "\"", _) => {
                if let ("\"", [word_spacing, spacing]) = (operation.operator.as_str(), numbers) {
                    (text.word_spacing, text.spacing) = (*word_spacing, *spacing);
                }
                if matches!(operation.operator.as_str(), "'" | "\"") {
                    pen.next_line(0.0, -text.leading);
                }
                self.show(within, &operation.operands)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn show(&mut self, within: &mut Within<'_>, operands: &[Object]) -> Result<(), CheckError> {
        let Within { state, pen, .. } = within;
        let mut covered = Bounds::NOTHING;
        let (mut rectangles, mut letters) = (Vec::new(), false);
        for operand in operands {
            let parts = operand.as_array().map_or(std::slice::from_ref(operand), Vec::as_slice);
            for part in parts {
                if let Ok(shown) = part.as_str() {
                    let shown = pen.show(state, shown);
                    covered = covered.joined(shown.covered);
                    match shown.rectangles {
                        Some(more) => rectangles.extend(more),
                        None => letters = true,
                    }
                } else if let (Some(thousandths), true) = (number(part), operand.as_array().is_ok()) {
                    pen.adjust(state, thousandths);
                }
            }
        }
        if state.text.hidden {
            return Ok(());
        }
        let fill = state.fill();
        if letters || fill.is_white() {
            return self.mark(covered, Kind::Text, fill.is_white(), state);
        }
        self.rectangles(state, fill, &rectangles, Kind::Area)
    }

    fn font(&mut self, resources: &Dictionary, name: &[u8]) -> Result<Option<Rc<Font>>, CheckError> {
        let Some((id, object)) = self.file.resource(resources, b"Font", name) else { return Ok(None) };
        if let Some(known) = id.and_then(|id| self.fonts.get(&id)) {
            return Ok(Some(Rc::clone(known)));
        }
        let Ok(object) = object.as_dict() else { return Ok(None) };
        let font = Rc::new(Font::read(self.file, object)?);
        if let Some(id) = id {
            self.fonts.insert(id, Rc::clone(&font));
        }
        Ok(Some(font))
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
