//! What a form sent: read whole, with a cap, and checked to be one of our own forms before any handler sees it.

use std::fmt;

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::future::{Ready, ready};
use zeroize::Zeroize as _;

use super::error::WebError;

/// Most bytes of a form of texts.
pub(super) const MAX_FORM: usize = 256 * 1024;
/// Most bytes of a form with a photo or a file of residents.
pub(super) const MAX_UPLOAD: usize = 12 * 1024 * 1024;
/// Most fields of a form.
const MAX_FIELDS: usize = 400;
/// Most files of a form: a batch sends the photos of its residents along.
const MAX_FILES: usize = 2_000;

/// The fields of a form, in the order sent. Wiped when dropped.
#[derive(Clone, Default)]
pub(super) struct Posted {
    fields: Vec<(String, String)>,
    files: Vec<SentFile>,
}

/// A file of a form, wiped when dropped.
#[derive(Clone)]
pub(super) struct SentFile {
    field: String,
    /// The name that it had on the officer's machine, which may name a person: nothing is opened or kept under it.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

impl Drop for SentFile {
    fn drop(&mut self) {
        self.name.zeroize();
        self.bytes.zeroize();
    }
}

impl Drop for Posted {
    fn drop(&mut self) {
        self.fields.iter_mut().for_each(|(_, value)| value.zeroize());
    }
}

impl fmt::Debug for Posted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.fields.iter().map(|(name, _)| name)).finish()
    }
}

impl Posted {
    /// Reads a body of at most `most` bytes.
    ///
    /// # Errors
    /// When it is larger, or no form.
    pub(super) async fn read(headers: &HeaderMap, body: Payload, most: usize) -> Result<Self, WebError> {
        let said = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if said.is_some_and(|said| said > most) {
            return Err(WebError::TooLarge(most));
        }
        let mut bytes = BytesMut::new();
        let mut body = body;
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|_| WebError::NotAForm)?;
            if bytes.len() + chunk.len() > most {
                return Err(WebError::TooLarge(most));
            }
            bytes.extend_from_slice(&chunk);
        }
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            return Self::multipart(headers, bytes).await;
        }
        if !bytes.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(WebError::NotAForm);
        }
        let fields: Vec<(String, String)> =
            serde_urlencoded::from_bytes(&bytes).map_err(|_| WebError::NotAForm)?;
        if fields.len() > MAX_FIELDS {
            return Err(WebError::NotAForm);
        }
        let mut posted = Self::default();
        for (name, value) in fields {
            posted.push(name, &value);
        }
        Ok(posted)
    }

    async fn multipart(headers: &HeaderMap, bytes: BytesMut) -> Result<Self, WebError> {
        let body = stream::once(async move { Ok(bytes.freeze()) }).boxed_local();
        let mut parts = Multipart::new(headers, body);
        let mut posted = Self::default();
        while let Some(mut part) = parts.try_next().await.map_err(|_| WebError::NotAForm)? {
            if posted.fields.len() >= MAX_FIELDS || posted.files.len() >= MAX_FILES {
                return Err(WebError::NotAForm);
            }
            let mut value = Vec::new();
            while let Some(chunk) = part.try_next().await.map_err(|_| WebError::NotAForm)? {
                value.extend_from_slice(&chunk);
            }
            let name = part.name().ok_or(WebError::NotAForm)?.to_owned();
            let file_name = part.content_disposition().and_then(|it| it.get_filename()).map(str::to_owned);
            if let Some(file_name) = file_name {
                posted.files.push(SentFile { field: name, name: file_name, bytes: value });
            } else {
                let value = String::from_utf8(value).map_err(|_| WebError::NotAForm)?;
                posted.push(name, &value);
            }
        }
        Ok(posted)
    }

    /// Takes a field. No browser sends U+0000 and PostgreSQL keeps none: what stands for a character that cannot be read does.
    fn push(&mut self, name: String, value: &str) {
        self.fields.push((name, value.replace('\0', "\u{fffd}")));
    }

    /// Every field, in the order sent.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The field of a name; empty where it was not sent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Whether a field was sent.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }

    /// Every value of a name: boxes that are ticked.
    pub(super) fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The file of a name, unless none was chosen.
    pub(super) fn file(&self, name: &str) -> Option<&[u8]> {
        let file = self.files.iter().find(|file| file.field == name)?;
        Some(file.bytes.as_slice()).filter(|bytes| !bytes.is_empty())
    }

    /// Takes every file of a name out of the form.
    pub(super) fn take_files(&mut self, name: &str) -> Vec<SentFile> {
        self.files.extract_if(.., |file| file.field == name && !file.bytes.is_empty()).collect()
    }
}

/// The texts of a form, by name, and the lengths of its files, as every page reads them; `None` where it is no form.
pub async fn read_form(kind: HeaderValue, body: Bytes) -> Option<(Vec<(String, String)>, Vec<usize>)> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, kind);
    let posted = Posted::read(&headers, Payload::from(body), MAX_FORM).await.ok()?;
    let files = posted.files.iter().map(|file| file.bytes.len()).collect();
    Some((posted.fields.clone(), files))
}

impl FromRequest for Posted {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions_mut().remove::<Self>().ok_or(WebError::NotAForm))
    }
}
