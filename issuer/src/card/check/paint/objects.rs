//! Forms and pictures.

use lopdf::{Object, Stream};

use super::{CheckError, Figure, Kind, Mark, Paint, Pixels, Stand, State, Walk, Within, unit};
use crate::card::check::file::{matrix, rectangle};
use crate::card::check::geometry::Matrix;
use crate::card::check::state::number;

impl Walk<'_> {
    pub(super) fn object(&mut self, within: &Within<'_>, stream: &Stream) -> Result<(), CheckError> {
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

    pub(super) fn picture(&mut self, state: &State, picture: &Stream) -> Result<(), CheckError> {
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
}
