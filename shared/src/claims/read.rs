//! Single values of a claims set, read strictly where the format fixes them and leniently where foreign cards differ.

use minicbor::data::Type;
use minicbor::decode::Decoder;

use super::{ClaimsError, Face, Gender, IDENTITY, MAX_SERVICES, MAX_TEXT, SCOPE, STATUS, StatusRef};
use crate::cbor::{self, Key};

pub(super) fn seconds(claim: i64, value: &mut Decoder<'_>) -> Result<i64, ClaimsError> {
    value.i64().map_err(|_| ClaimsError::NotWholeSeconds { claim })
}

pub(super) fn text<'a>(claim: i64, value: &mut Decoder<'a>) -> Result<&'a str, ClaimsError> {
    within_cap(value.str().map_err(|_| ClaimsError::WrongType { claim })?)
}

pub(super) fn within_cap(text: &str) -> Result<&str, ClaimsError> {
    if text.len() > MAX_TEXT {
        return Err(ClaimsError::TextTooLong { length: text.len() });
    }
    Ok(text)
}

pub(super) fn scope<'a>(value: &mut Decoder<'a>) -> Result<&'a str, ClaimsError> {
    let scope = text(SCOPE, value)?;
    if scope.split(' ').filter(|service| !service.is_empty()).count() > MAX_SERVICES {
        return Err(ClaimsError::TooManyServices);
    }
    Ok(scope)
}

/// Claim 65535 names a status list here; whatever else stands there belongs to
/// somebody else.
pub(super) fn status<'a>(value: &mut Decoder<'a>) -> Result<Option<StatusRef<'a>>, ClaimsError> {
    if !matches!(value.datatype(), Ok(Type::Map)) {
        cbor::skip(value)?;
        return Ok(None);
    }
    let mut found = None;
    cbor::read_map(value, |key, entry| {
        if key == Key::Text("status_list") {
            found = Some(status_list_ref(entry)?);
        } else {
            cbor::skip(entry)?;
        }
        Ok::<(), ClaimsError>(())
    })?;
    Ok(found)
}

pub(super) fn status_list_ref<'a>(value: &mut Decoder<'a>) -> Result<StatusRef<'a>, ClaimsError> {
    let wrong = ClaimsError::WrongType { claim: STATUS };
    if !matches!(value.datatype(), Ok(Type::Map)) {
        return Err(wrong);
    }
    let (mut index, mut uri) = (None, None);
    cbor::read_map(value, |key, entry| {
        match key {
            Key::Text("idx") => index = Some(entry.u64().map_err(|_| wrong)?),
            Key::Text("uri") => uri = Some(text(STATUS, entry)?),
            _ => cbor::skip(entry)?,
        }
        Ok::<(), ClaimsError>(())
    })?;
    Ok(StatusRef { index: index.ok_or(wrong)?, uri: uri.ok_or(wrong)? })
}

pub(super) fn text_or_absent<'a>(value: &mut Decoder<'a>) -> Result<Option<&'a str>, ClaimsError> {
    if matches!(value.datatype(), Ok(Type::String)) {
        let text = cbor::read(value, Decoder::str)?;
        return within_cap(text).map(Some);
    }
    cbor::skip(value)?;
    Ok(None)
}

pub(super) fn gender_or_absent(value: &mut Decoder<'_>) -> Result<Option<Gender>, ClaimsError> {
    let start = value.position();
    if let Ok(number) = value.i64() {
        return Ok(Gender::from_number(number));
    }
    value.set_position(start);
    cbor::skip(value)?;
    Ok(None)
}

/// A list of faces, or one alone (Inji): the first that is image data.
pub(super) fn face_or_absent<'a>(value: &mut Decoder<'a>) -> Result<Option<Face<'a>>, ClaimsError> {
    match value.datatype() {
        Ok(Type::Map) => face(value),
        Ok(Type::Array) => {
            let mut first = None;
            cbor::read_array(value, 16, |element| {
                let found = if matches!(element.datatype(), Ok(Type::Map)) {
                    face(element)?
                } else {
                    cbor::skip(element)?;
                    None
                };
                first = first.or(found);
                Ok::<(), ClaimsError>(())
            })?;
            Ok(first)
        }
        _ => {
            cbor::skip(value)?;
            Ok(None)
        }
    }
}

pub(super) fn face<'a>(map: &mut Decoder<'a>) -> Result<Option<Face<'a>>, ClaimsError> {
    let (mut data, mut format, mut subformat) = (None, 0, 0);
    cbor::read_map(map, |key, value| {
        let number =
            |value: &mut Decoder<'a>| value.i64().map_err(|_| ClaimsError::WrongType { claim: IDENTITY });
        match key {
            Key::Int(0) if matches!(value.datatype(), Ok(Type::Bytes)) => {
                data = Some(cbor::read(value, Decoder::bytes)?);
            }
            Key::Int(1) => format = number(value)?,
            Key::Int(2) => subformat = number(value)?,
            _ => cbor::skip(value)?,
        }
        Ok::<(), ClaimsError>(())
    })?;
    Ok(data.map(|data| Face { data, format, subformat }))
}
