//! What a call sent: JSON, or for a card also `multipart/form-data`. Read whole, with a cap, and wiped when dropped.

use std::collections::BTreeMap;
use std::future::{Ready, ready};

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use base64ct::{Base64, Encoding as _};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

use super::problem::{Problem, WrongPart};

/// Most parts of a multipart body.
const MAX_PARTS: usize = 64;
/// Most items of a list.
const MAX_ITEMS: usize = 40;

/// A body as it came.
pub(in crate::web) enum Sent {
    Json(Zeroizing<Vec<u8>>),
    Parts(Vec<(String, Zeroizing<Vec<u8>>)>),
}

/// The fields that a call takes.
pub(super) struct Known {
    pub(super) texts: &'static [&'static str],
    pub(super) list: Option<&'static str>,
    /// A file: in JSON in base64.
    pub(super) file: Option<&'static str>,
}

/// The fields of a body, and what is wrong with them. Wiped when dropped.
#[derive(Default)]
pub(super) struct Fields {
    texts: BTreeMap<&'static str, String>,
    pub(super) list: Vec<String>,
    pub(super) file: Option<Zeroizing<Vec<u8>>>,
    pub(super) wrong: Vec<WrongPart>,
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.texts.values_mut().chain(&mut self.list).for_each(Zeroize::zeroize);
    }
}

impl Sent {
    /// Reads a body of at most `most` bytes.
    pub(super) async fn read(
        headers: &HeaderMap,
        mut body: Payload,
        most: usize,
        parts: bool,
    ) -> Result<Self, Problem> {
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" && !(parts && kind == "multipart/form-data") {
            let taken = if parts { "application/json or multipart/form-data" } else { "application/json" };
            return Err(Problem::kind(taken));
        }
        let said = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if said.is_some_and(|said| said > most) {
            return Err(Problem::too_large(most));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(said.unwrap_or_default()));
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|_| Problem::not_understood("the body broke off; send it again"))?;
            if bytes.len() + chunk.len() > most {
                return Err(Problem::too_large(most));
            }
            bytes.extend_from_slice(&chunk);
        }
        if kind == "application/json" {
            return Ok(Self::Json(bytes));
        }
        let bytes = Bytes::from(std::mem::take(&mut *bytes));
        Self::parts(headers, bytes)
            .await
            .ok_or_else(|| Problem::not_understood("send well formed multipart/form-data"))
    }

    async fn parts(headers: &HeaderMap, bytes: Bytes) -> Option<Self> {
        let body = stream::once(async move { Ok(bytes) }).boxed_local();
        let mut multipart = Multipart::new(headers, body);
        let mut parts = Vec::new();
        while let Some(mut part) = multipart.try_next().await.ok()? {
            if parts.len() >= MAX_PARTS {
                return None;
            }
            let mut value = Zeroizing::new(Vec::new());
            while let Some(chunk) = part.try_next().await.ok()? {
                value.extend_from_slice(&chunk);
            }
            parts.push((part.name()?.to_owned(), value));
        }
        Some(Self::Parts(parts))
    }

    /// The fields of the body. What is wrong with single ones stands in them.
    pub(super) fn fields(self, known: &Known) -> Result<Fields, Problem> {
        let mut fields = Fields::default();
        let all_known = match self {
            Self::Json(bytes) => {
                let Ok(Value::Object(object)) = serde_json::from_slice(&bytes) else {
                    return Err(Problem::not_understood("send one JSON object, in UTF-8"));
                };
                object
                    .into_iter()
                    .fold(true, |all, (name, value)| fields.take_json(known, &name, value) && all)
            }
            Self::Parts(parts) => parts
                .into_iter()
                .fold(true, |all, (name, value)| fields.take_part(known, &name, value) && all),
        };
        if !all_known {
            let names: Vec<_> = known.texts.iter().copied().chain(known.list).chain(known.file).collect();
            let detail = format!("leave out, or send once, all but these: {}", names.join(", "));
            fields.wrong.push(WrongPart { pointer: "#".to_owned(), detail });
        }
        Ok(fields)
    }
}

impl Fields {
    /// A text; empty where none was sent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.sent(name).unwrap_or_default()
    }

    /// A text, if one was sent, be it an empty one.
    pub(super) fn sent(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// Takes a field, and says whether it is known.
    fn take_json(&mut self, known: &Known, name: &str, value: Value) -> bool {
        if value.is_null() {
            return known.texts.contains(&name) || [known.list, known.file].contains(&Some(name));
        }
        if let Some(name) = known.texts.iter().find(|text| **text == name) {
            match value {
                Value::String(text) => drop(self.texts.insert(name, text)),
                _ => self.wrong.push(WrongPart::of(name, "send a text")),
            }
        } else if known.list == Some(name) {
            let texts: Option<Vec<_>> = value
                .as_array()
                .filter(|list| list.len() <= MAX_ITEMS)
                .and_then(|list| list.iter().map(|item| item.as_str().map(str::to_owned)).collect());
            match texts {
                Some(texts) => self.list = texts,
                None => {
                    self.wrong.push(WrongPart::of(name, format!("send a list of at most {MAX_ITEMS} texts")));
                }
            }
        } else if known.file == Some(name) {
            match value.as_str().and_then(|text| Base64::decode_vec(text).ok()) {
                Some(bytes) => self.file = Some(Zeroizing::new(bytes)),
                None => self.wrong.push(WrongPart::of(name, "send the file in base64, with its padding")),
            }
        } else {
            return false;
        }
        true
    }

    /// The same for a part. One without content is none.
    fn take_part(&mut self, known: &Known, name: &str, value: Zeroizing<Vec<u8>>) -> bool {
        if known.file == Some(name) {
            return value.is_empty() || self.file.replace(value).is_none();
        }
        let text = String::from_utf8(value.to_vec());
        if let Some(name) = known.texts.iter().find(|text| **text == name) {
            if let Ok(text) = text {
                return self.texts.insert(name, text).is_none();
            }
            self.wrong.push(WrongPart::of(name, "send a text in UTF-8"));
            return true;
        }
        if known.list == Some(name) {
            match text {
                Ok(text) if self.list.len() < MAX_ITEMS => self.list.push(text),
                _ => self.wrong.push(WrongPart::of(name, format!("send at most {MAX_ITEMS} texts in UTF-8"))),
            }
            return true;
        }
        false
    }
}

impl FromRequest for Sent {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let sent = request.extensions_mut().remove::<Self>();
        ready(sent.ok_or_else(|| Problem::not_understood("send a body")))
    }
}
