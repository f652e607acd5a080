//! Glyphs of Type 3 fonts that are rectangles alone: what codes may be set with.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object};

use super::CheckError;
use super::file::{File, matrix};
use super::geometry::{Bounds, Matrix};
use super::path::Path;
use super::state::number;

/// The rectangles of each glyph, in units of the font.
#[derive(Debug)]
pub(super) struct Tiles {
    pub(super) matrix: Matrix,
    glyphs: BTreeMap<u32, Vec<Bounds>>,
}

impl Tiles {
    /// Nothing where the font is of another type, or any of its glyphs is more than filled rectangles.
    pub(super) fn read(file: &File, font: &Dictionary) -> Result<Option<Self>, CheckError> {
        if font.get(b"Subtype").and_then(Object::as_name).ok() != Some(b"Type3") {
            return Ok(None);
        }
        let document = &file.document;
        let own = font.get_deref(b"FontMatrix", document).ok().and_then(|own| matrix(document, own));
        let procs = font.get_deref(b"CharProcs", document).and_then(Object::as_dict).ok();
        let (Some(matrix), Some(procs)) = (own, procs) else { return Ok(None) };
        let mut glyphs = BTreeMap::new();
        for (code, name) in encoded(file, font) {
            let Ok(Object::Stream(proc)) = procs.get_deref(&name, document) else { return Ok(None) };
            let Some(rectangles) = rectangles(&file.form(proc)?) else { return Ok(None) };
            glyphs.insert(code, rectangles);
        }
        Ok((!glyphs.is_empty()).then_some(Self { matrix, glyphs }))
    }

    /// The rectangles of a glyph; none where the font has no such glyph.
    pub(super) fn of(&self, code: u32) -> &[Bounds] {
        self.glyphs.get(&code).map_or(&[], Vec::as_slice)
    }
}

/// The codes that the font gives names to.
fn encoded(file: &File, font: &Dictionary) -> Vec<(u32, Vec<u8>)> {
    let document = &file.document;
    let encoding = font.get_deref(b"Encoding", document).and_then(Object::as_dict).ok();
    let listed = encoding.and_then(|encoding| encoding.get_deref(b"Differences", document).ok());
    let mut code = 0_u32;
    let mut named = Vec::new();
    for object in listed.and_then(|listed| listed.as_array().ok()).into_iter().flatten().take(512) {
        match object {
            Object::Name(name) => {
                named.push((code, name.clone()));
                code = code.saturating_add(1);
            }
            other => code = other.as_i64().ok().and_then(|code| u32::try_from(code).ok()).unwrap_or(code),
        }
    }
    named
}

/// What a glyph fills, where that is rectangles and nothing else is drawn.
fn rectangles(operations: &[lopdf::content::Operation]) -> Option<Vec<Bounds>> {
    let mut path = Path::default();
    let mut filled = Vec::new();
    for operation in operations {
        let numbers: Vec<f64> = operation.operands.iter().filter_map(number).collect();
        match operation.operator.as_str() {
            "d0" | "d1" => {}
            "f" | "F" | "f*" => filled.extend(std::mem::take(&mut path).rectangles()?),
            operator if path.construct(operator, &numbers) => {}
            _ => return None,
        }
    }
    Some(filled)
}
