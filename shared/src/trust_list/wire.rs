//! The trust list in CBOR.
//!
//! ```cddl
//! trust-list = {
//!   0: 1,                     ; version of this form
//!   1: uint,                  ; sequence number
//!   2: int,                   ; iat
//!   3: int,                   ; next update
//!   4: [* issuer],
//!   5: [* service],
//! }
//! issuer = {
//!   1: tstr,                  ; url, the iss of its cards
//!   2: texts,                 ; names
//!   ? 3: tstr,                ; hotline
//!   4: [* key],
//!   5: [* tstr] / "none",     ; status lists; a URI ending in "/" covers all below it
//!   6: [* service-id],        ; what its cards may open here
//! }
//! key = {
//!   1: bstr,                  ; kid
//!   2: -8 / -7,               ; Ed25519 or ES256
//!   3: bstr,                  ; 32 bytes, or a compressed P-256 point
//!   4: 1 / 2 / 3,             ; signs cards / status lists / both
//!   5: int, 6: int,           ; first and last second of its validity
//!   7: 0 / 1 / 2,             ; active / retired / compromised
//!   ? 8: int,                 ; compromised since
//!   ? 9: [* tstr],            ; its status lists; with 2
//! }
//! service = {
//!   1: service-id,
//!   2: texts,                 ; titles
//!   3: texts,                 ; scope texts
//!   4: [* field],             ; what its desks show
//!   5: uint,                  ; oldest lists accepted, seconds
//! }
//! texts = { * tstr => tstr }  ; by BCP 47 language tag
//! service-id = tstr .regexp "[a-z0-9-]{1,32}"
//! field = "number" / "full_name" / "second_name" / "birth_date" / "gender"
//!       / "address" / "guardian" / "face" / "services" / "expires"
//! ```
//! A key that this page does not name is passed over; a change that an older
//! verifier must not pass over gets a new version.

use std::collections::BTreeSet;

use minicbor::data::Type;
use minicbor::decode::Decoder;
use minicbor::encode::Encoder;

use super::{
    Field, Issuer, IssuerKey, KeyState, KeyUse, MAX_ISSUERS, MAX_KEYS, MAX_SERVICES, MAX_STATUS_URIS,
    MAX_TEXT, Service, ServiceId, StatusSource, Texts, TrustList, TrustListError,
};
use crate::cbor::{self, Key, Strict, Written};
use crate::keys::{Kid, PublicKey};

type Out<'a> = Encoder<&'a mut Vec<u8>>;

const VERSION: u64 = 1;
const NO_STATUS: &str = "none";

pub(super) fn write(list: &TrustList) -> Vec<u8> {
    cbor::to_vec(|e| {
        e.map(6)?.u8(0)?.u64(VERSION)?.u8(1)?.u64(list.sequence)?;
        e.u8(2)?.i64(list.issued_at)?.u8(3)?.i64(list.next_update)?;
        e.u8(4)?.array(len(&list.issuers))?;
        for issuer in &list.issuers {
            write_issuer(e, issuer)?;
        }
        e.u8(5)?.array(len(&list.services))?;
        for service in &list.services {
            write_service(e, service)?;
        }
        Ok(())
    })
}

fn write_issuer(e: &mut Out<'_>, issuer: &Issuer) -> Written {
    e.map(if issuer.hotline.is_some() { 6 } else { 5 })?;
    e.u8(1)?.str(&issuer.url)?.u8(2)?;
    write_texts(e, &issuer.names)?;
    if let Some(hotline) = &issuer.hotline {
        e.u8(3)?.str(hotline)?;
    }
    e.u8(4)?.array(len(&issuer.keys))?;
    for key in &issuer.keys {
        write_key(e, key)?;
    }
    e.u8(5)?;
    match &issuer.status {
        StatusSource::None => {
            e.str(NO_STATUS)?;
        }
        StatusSource::Lists(uris) => write_strings(e, uris.iter().map(String::as_str))?,
    }
    e.u8(6)?;
    write_strings(e, issuer.services.iter().map(ServiceId::as_str))
}

fn write_key(e: &mut Out<'_>, key: &IssuerKey) -> Written {
    let (state, loss) = match &key.state {
        KeyState::Active => (0, None),
        KeyState::Retired => (1, None),
        KeyState::Compromised { since, lists } => (2, Some((*since, lists))),
    };
    let algorithm: i8 = match key.key {
        PublicKey::Ed25519(_) => -8,
        PublicKey::P256(_) => -7,
    };
    let usage = match key.usage {
        KeyUse::Cards => 1,
        KeyUse::Lists => 2,
        KeyUse::Both => 3,
    };
    e.map(match loss {
        None => 7,
        Some((_, lists)) if lists.is_empty() => 8,
        Some(_) => 9,
    })?;
    e.u8(1)?.bytes(key.kid.as_bytes())?.u8(2)?.i8(algorithm)?.u8(3)?.bytes(&key.key.to_bytes())?;
    e.u8(4)?.u8(usage)?.u8(5)?.i64(key.valid_from)?.u8(6)?.i64(key.valid_until)?.u8(7)?.u8(state)?;
    if let Some((since, lists)) = loss {
        e.u8(8)?.i64(since)?;
        if !lists.is_empty() {
            e.u8(9)?;
            write_strings(e, lists.iter().map(String::as_str))?;
        }
    }
    Ok(())
}

fn write_service(e: &mut Out<'_>, service: &Service) -> Written {
    e.map(5)?.u8(1)?.str(service.id.as_str())?.u8(2)?;
    write_texts(e, &service.titles)?;
    e.u8(3)?;
    write_texts(e, &service.scope_texts)?;
    e.u8(4)?;
    write_strings(e, service.fields.iter().map(|field| field.as_str()))?;
    e.u8(5)?.u64(service.oldest_list)?;
    Ok(())
}

/// Map keys in the order of their encoding: shorter first, then by bytes.
fn write_texts(e: &mut Out<'_>, texts: &Texts) -> Written {
    let mut entries: Vec<_> = texts.iter().collect();
    entries.sort_by_key(|(language, _)| (language.len(), language.as_str()));
    e.map(len(&entries))?;
    for (language, text) in entries {
        e.str(language)?.str(text)?;
    }
    Ok(())
}

fn write_strings<'s>(e: &mut Out<'_>, strings: impl ExactSizeIterator<Item = &'s str>) -> Written {
    e.array(u64::try_from(strings.len()).unwrap_or(u64::MAX))?;
    for string in strings {
        e.str(string)?;
    }
    Ok(())
}

fn len<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

pub(super) fn read(payload: &[u8]) -> Result<TrustList, TrustListError> {
    let part = Part("trust list");
    let mut decoder = Strict::parse(payload)?.decoder();
    let (mut version, mut sequence, mut issued_at, mut next_update) = (None, None, None, None);
    let (mut issuers, mut services) = (None, None);
    Part::map(&mut decoder, |key, value| {
        match key {
            0 => version = Some(part.uint(key, value)?),
            1 => sequence = Some(part.uint(key, value)?),
            2 => issued_at = Some(part.int(key, value)?),
            3 => next_update = Some(part.int(key, value)?),
            4 => issuers = Some(part.array(key, value, MAX_ISSUERS, read_issuer)?),
            5 => services = Some(part.array(key, value, MAX_SERVICES, read_service)?),
            _ => cbor::skip(value)?,
        }
        Ok(())
    })?;
    match part.need(0, version)? {
        VERSION => {}
        version => return Err(TrustListError::Version { version }),
    }
    let list = TrustList {
        sequence: part.need(1, sequence)?,
        issued_at: part.need(2, issued_at)?,
        next_update: part.need(3, next_update)?,
        issuers: part.need(4, issuers)?,
        services: part.need(5, services)?,
    };
    if stands_twice(list.issuers.iter().map(|issuer| issuer.url.as_str())) {
        return Err(Part("issuer").wrong(1));
    }
    if stands_twice(list.services.iter().map(|service| service.id.as_str())) {
        return Err(Part("service").wrong(1));
    }
    Ok(list)
}

fn stands_twice<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = BTreeSet::new();
    let mut names = names;
    names.any(|name| !seen.insert(name))
}

fn read_issuer(decoder: &mut Decoder<'_>) -> Result<Issuer, TrustListError> {
    let part = Part("issuer");
    let (mut url, mut names, mut hotline, mut keys, mut status, mut services) =
        (None, None, None, None, None, None);
    Part::map(decoder, |key, value| {
        match key {
            1 => url = Some(part.text(key, value)?),
            2 => names = Some(part.texts(key, value)?),
            3 => hotline = Some(part.text(key, value)?),
            4 => keys = Some(part.array(key, value, MAX_KEYS, read_key)?),
            5 => status = Some(read_status(part, key, value)?),
            6 => services = Some(part.array(key, value, MAX_SERVICES, |d| read_service_id(part, 6, d))?),
            _ => cbor::skip(value)?,
        }
        Ok(())
    })?;
    Ok(Issuer {
        url: part.need(1, url)?,
        names: part.need(2, names)?,
        hotline,
        keys: part.need(4, keys)?,
        status: part.need(5, status)?,
        services: part.need(6, services)?,
    })
}

fn read_status(part: Part, key: i64, value: &mut Decoder<'_>) -> Result<StatusSource, TrustListError> {
    if matches!(value.datatype(), Ok(Type::String)) {
        return match part.text(key, value)?.as_str() {
            NO_STATUS => Ok(StatusSource::None),
            _ => Err(part.wrong(key)),
        };
    }
    part.array(key, value, MAX_STATUS_URIS, |d| part.text(key, d)).map(StatusSource::Lists)
}

fn read_key(decoder: &mut Decoder<'_>) -> Result<IssuerKey, TrustListError> {
    let part = Part("key");
    let (mut kid, mut algorithm, mut bytes, mut usage) = (None, None, None, None);
    let (mut valid_from, mut valid_until, mut state) = (None, None, None);
    let (mut since, mut lists) = (None, Vec::new());
    Part::map(decoder, |key, value| {
        match key {
            1 => kid = Some(Kid::new(part.bytes(key, value)?).ok_or(part.wrong(key))?),
            2 => algorithm = Some(part.int(key, value)?),
            3 => bytes = Some(part.bytes(key, value)?),
            4 => {
                usage = Some(match part.uint(key, value)? {
                    1 => KeyUse::Cards,
                    2 => KeyUse::Lists,
                    3 => KeyUse::Both,
                    _ => return Err(part.wrong(key)),
                });
            }
            5 => valid_from = Some(part.int(key, value)?),
            6 => valid_until = Some(part.int(key, value)?),
            7 => state = Some(part.uint(key, value)?),
            8 => since = Some(part.int(key, value)?),
            9 => lists = part.array(key, value, MAX_STATUS_URIS, |d| part.text(key, d))?,
            _ => cbor::skip(value)?,
        }
        Ok(())
    })?;
    let bytes = part.need(3, bytes)?;
    Ok(IssuerKey {
        kid: part.need(1, kid)?,
        key: match part.need(2, algorithm)? {
            -8 => PublicKey::ed25519(bytes)?,
            -7 => PublicKey::p256(bytes)?,
            _ => return Err(part.wrong(2)),
        },
        usage: part.need(4, usage)?,
        valid_from: part.need(5, valid_from)?,
        valid_until: part.need(6, valid_until)?,
        state: match part.need(7, state)? {
            0 => KeyState::Active,
            1 => KeyState::Retired,
            2 => KeyState::Compromised { since: part.need(8, since)?, lists },
            _ => return Err(part.wrong(7)),
        },
    })
}

fn read_service(decoder: &mut Decoder<'_>) -> Result<Service, TrustListError> {
    let part = Part("service");
    let (mut id, mut titles, mut scope_texts, mut fields, mut oldest_list) = (None, None, None, None, None);
    Part::map(decoder, |key, value| {
        match key {
            1 => id = Some(read_service_id(part, key, value)?),
            2 => titles = Some(part.texts(key, value)?),
            3 => scope_texts = Some(part.texts(key, value)?),
            4 => {
                fields = Some(part.array(key, value, MAX_SERVICES, |d| {
                    Field::parse(&part.text(key, d)?).ok_or(part.wrong(key))
                })?);
            }
            5 => oldest_list = Some(part.uint(key, value)?),
            _ => cbor::skip(value)?,
        }
        Ok(())
    })?;
    Ok(Service {
        id: part.need(1, id)?,
        titles: part.need(2, titles)?,
        scope_texts: part.need(3, scope_texts)?,
        fields: part.need(4, fields)?,
        oldest_list: part.need(5, oldest_list)?,
    })
}

fn read_service_id(part: Part, key: i64, value: &mut Decoder<'_>) -> Result<ServiceId, TrustListError> {
    ServiceId::parse(&part.text(key, value)?).ok_or(part.wrong(key))
}

/// A map of the form, named in errors.
#[derive(Clone, Copy)]
struct Part(&'static str);

impl Part {
    fn map<'a>(
        decoder: &mut Decoder<'a>,
        mut entry: impl FnMut(i64, &mut Decoder<'a>) -> Result<(), TrustListError>,
    ) -> Result<(), TrustListError> {
        cbor::read_map(decoder, |key, value| match key {
            Key::Int(key) => entry(key, value),
            _ => Ok(cbor::skip(value)?),
        })
    }

    fn array<'a, T>(
        self,
        key: i64,
        decoder: &mut Decoder<'a>,
        most: u64,
        mut element: impl FnMut(&mut Decoder<'a>) -> Result<T, TrustListError>,
    ) -> Result<Vec<T>, TrustListError> {
        if !matches!(decoder.datatype(), Ok(Type::Array)) {
            return Err(self.wrong(key));
        }
        let mut elements = Vec::new();
        cbor::read_array(decoder, most, |d| {
            elements.push(element(d)?);
            Ok::<(), TrustListError>(())
        })?;
        Ok(elements)
    }

    fn uint(self, key: i64, value: &mut Decoder<'_>) -> Result<u64, TrustListError> {
        value.u64().map_err(|_| self.wrong(key))
    }

    fn int(self, key: i64, value: &mut Decoder<'_>) -> Result<i64, TrustListError> {
        value.i64().map_err(|_| self.wrong(key))
    }

    fn bytes<'a>(self, key: i64, value: &mut Decoder<'a>) -> Result<&'a [u8], TrustListError> {
        value.bytes().map_err(|_| self.wrong(key))
    }

    fn text(self, key: i64, value: &mut Decoder<'_>) -> Result<String, TrustListError> {
        match value.str() {
            Ok(text) if text.len() <= MAX_TEXT => Ok(text.to_owned()),
            _ => Err(self.wrong(key)),
        }
    }

    fn texts(self, key: i64, value: &mut Decoder<'_>) -> Result<Texts, TrustListError> {
        let mut texts = Texts::new();
        cbor::read_map(value, |language, text| match language {
            Key::Text(language) if language.len() <= 35 => {
                texts.insert(language.to_owned(), self.text(key, text)?);
                Ok(())
            }
            _ => Err(self.wrong(key)),
        })?;
        Ok(texts)
    }

    fn need<T>(self, key: i64, value: Option<T>) -> Result<T, TrustListError> {
        value.ok_or(TrustListError::Missing { part: self.0, key })
    }

    fn wrong(self, key: i64) -> TrustListError {
        TrustListError::Value { part: self.0, key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Ed25519Signer, Signer as _};

    fn texts(pairs: &[(&str, &str)]) -> Texts {
        pairs.iter().map(|(language, text)| ((*language).to_owned(), (*text).to_owned())).collect()
    }

    fn sample() -> TrustList {
        let key = |seed, usage, state| {
            let key = Ed25519Signer::from_seed(&[seed; 32]).public_key();
            IssuerKey { kid: key.kid(), key, usage, valid_from: 1, valid_until: 2, state }
        };
        let library = ServiceId::parse("library").unwrap();
        TrustList {
            sequence: 7,
            issued_at: 1_770_000_000,
            next_update: 1_780_000_000,
            issuers: vec![
                Issuer {
                    url: "https://one.example".into(),
                    names: texts(&[("en", "One"), ("zh-Hant", "一"), ("ar", "واحد")]),
                    hotline: Some("+1 555 0100".into()),
                    keys: vec![
                        key(1, KeyUse::Cards, KeyState::Active),
                        key(2, KeyUse::Lists, KeyState::Retired),
                        key(3, KeyUse::Both, KeyState::Compromised { since: -5, lists: vec![] }),
                        key(
                            4,
                            KeyUse::Cards,
                            KeyState::Compromised {
                                since: 1_700_000_000,
                                lists: vec!["https://one.example/status/4".into()],
                            },
                        ),
                    ],
                    status: StatusSource::Lists(vec!["https://one.example/status/".into()]),
                    services: vec![library.clone()],
                },
                Issuer {
                    url: "https://two.example".into(),
                    names: Texts::new(),
                    hotline: None,
                    keys: vec![],
                    status: StatusSource::None,
                    services: vec![],
                },
            ],
            services: vec![Service {
                id: library,
                titles: texts(&[("en", "Library")]),
                scope_texts: texts(&[("en", "Borrow books.")]),
                fields: vec![Field::Number, Field::Face],
                oldest_list: 604_800,
            }],
        }
    }

    #[test]
    fn gives_back_what_was_written() {
        assert_eq!(read(&write(&sample())), Ok(sample()));
    }

    #[test]
    fn only_the_root_is_believed() {
        let (root, other) = (Ed25519Signer::from_seed(&[8; 32]), Ed25519Signer::from_seed(&[9; 32]));
        let signed = sample().sign(&root).unwrap();
        let parsed = TrustList::parse(&signed).unwrap();
        assert_eq!(*parsed.clone().verify(&root.public_key()).unwrap(), sample());
        assert_eq!(parsed.verify(&other.public_key()), Err(TrustListError::BadSignature));
    }

    #[test]
    fn no_issuer_and_no_service_stands_twice() {
        let mut twice = sample();
        twice.issuers[1].url = twice.issuers[0].url.clone();
        assert_eq!(read(&write(&twice)), Err(TrustListError::Value { part: "issuer", key: 1 }));
        let mut twice = sample();
        twice.services.push(twice.services[0].clone());
        assert_eq!(read(&write(&twice)), Err(TrustListError::Value { part: "service", key: 1 }));
    }

    #[test]
    fn a_newer_form_is_not_guessed_at() {
        let mut bytes = write(&sample());
        assert_eq!(bytes[2], 1);
        bytes[2] = 2;
        assert_eq!(read(&bytes), Err(TrustListError::Version { version: 2 }));
    }
}
