//! A PDF file opened within limits: its pages, what they show, and the resources that they name.

use std::cell::Cell;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, Stream};

use super::CheckError;
use super::geometry::{Bounds, Matrix};
use super::state::number;

/// The largest file that is opened.
pub const MAX_FILE: usize = 50 * 1024 * 1024;
/// What one stream may inflate to.
const MAX_STREAM: usize = 16 * 1024 * 1024;
/// What all streams together may inflate to, each as often as it is shown.
const MAX_ALL: usize = 512 * 1024 * 1024;
/// How deep the tree of pages may be.
const MAX_TREE: usize = 64;

/// An open file.
pub(super) struct File {
    pub(super) document: Document,
    /// What may still be inflated.
    left: Cell<usize>,
}

/// A page's own measures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    pub(super) media: Bounds,
    /// What is left after cutting, as far as the page tells.
    pub(super) trim: Bounds,
    /// Points in a unit of the page.
    pub(super) unit: f64,
}

impl File {
    pub(super) fn open(bytes: &[u8]) -> Result<Self, CheckError> {
        if bytes.len() > MAX_FILE {
            return Err(CheckError::TooLarge { bytes: bytes.len() });
        }
        if !bytes.windows(5).take(1024).any(|start| start == b"%PDF-") {
            return Err(CheckError::NotPdf);
        }
        let options = LoadOptions::with_max_decompressed_size(MAX_STREAM);
        let document = Document::load_mem_with_options(bytes, options).map_err(CheckError::Damaged)?;
        if document.is_encrypted() || document.was_encrypted() {
            return Err(CheckError::Encrypted);
        }
        Ok(Self { document, left: Cell::new(MAX_ALL) })
    }

    pub(super) fn sheet(&self, page: &Dictionary) -> Option<Sheet> {
        let unit = page.get_deref(b"UserUnit", &self.document).ok().and_then(number).unwrap_or(1.0);
        let area = |key: &[u8]| rectangle(&self.document, self.inherited(page, key)?);
        let media = area(b"MediaBox")?;
        let trim = area(b"TrimBox").or_else(|| area(b"CropBox")).unwrap_or(media).within(media);
        let whole =
            |area: Bounds| area.width() > 0.0 && area.height() > 0.0 && area.width() + area.height() < 1e6;
        (whole(media) && whole(trim) && unit > 0.0).then_some(Sheet { media, trim, unit })
    }

    /// What a page says itself, or one of those above it.
    pub(super) fn inherited<'d>(&'d self, page: &'d Dictionary, key: &[u8]) -> Option<&'d Object> {
        let mut node = page;
        for _ in 0..MAX_TREE {
            if let Ok(found) = node.get_deref(key, &self.document) {
                return Some(found);
            }
            node = node.get_deref(b"Parent", &self.document).and_then(Object::as_dict).ok()?;
        }
        None
    }

    /// A named resource of a kind.
    pub(super) fn resource<'d>(
        &'d self,
        resources: &'d Dictionary,
        kind: &[u8],
        name: &[u8],
    ) -> Option<(Option<ObjectId>, &'d Object)> {
        let named = resources.get_deref(kind, &self.document).and_then(Object::as_dict).ok()?;
        self.document.dereference(named.get(name).ok()?).ok()
    }

    /// What a page draws.
    pub(super) fn page(&self, id: ObjectId) -> Result<Vec<Operation>, CheckError> {
        let most = self.left.get().min(MAX_STREAM);
        let content = self.document.get_page_content_with_limit(id, most).map_err(CheckError::Damaged)?;
        self.operations(&content)
    }

    /// What a form draws.
    pub(super) fn form(&self, form: &Stream) -> Result<Vec<Operation>, CheckError> {
        let content = self.inflated(form)?;
        self.operations(&content)
    }

    /// A stream's bytes.
    pub(super) fn inflated(&self, stream: &Stream) -> Result<Vec<u8>, CheckError> {
        let most = self.left.get().min(MAX_STREAM);
        stream.get_plain_content_with_limit(most).map_err(CheckError::Damaged)
    }

    fn operations(&self, content: &[u8]) -> Result<Vec<Operation>, CheckError> {
        // An empty form shown without end must end as well.
        let cost = content.len() + 64;
        self.left.set(self.left.get().checked_sub(cost).ok_or(CheckError::TooMuch)?);
        // Strictly, since what was passed over might paint on a code.
        Ok(Content::decode_strict(content).map_err(CheckError::Damaged)?.operations)
    }
}

/// Four numbers as a rectangle.
pub(super) fn rectangle(document: &Document, object: &Object) -> Option<Bounds> {
    let [left, lower, right, upper] = numbers(document, object)?;
    Some(Bounds::around([(left, lower), (right, upper)]))
}

/// Six numbers as a matrix.
pub(super) fn matrix(document: &Document, object: &Object) -> Option<Matrix> {
    numbers(document, object).map(Matrix)
}

fn numbers<const N: usize>(document: &Document, object: &Object) -> Option<[f64; N]> {
    let listed = object.as_array().ok()?.iter();
    let read = listed.filter_map(|object| number(document.dereference(object).ok()?.1)).collect::<Vec<_>>();
    read.try_into().ok()
}
