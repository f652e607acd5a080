//! Texts and their fonts.

use std::rc::Rc;

use lopdf::content::Operation;
use lopdf::{Dictionary, Object};

use super::{CheckError, Kind, Walk, Within};
use crate::card::check::geometry::{Bounds, Matrix, nearest};
use crate::card::check::state::number;
use crate::card::check::text::{Font, Pen};

impl Walk<'_> {
    pub(super) fn text(
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
}
