//! What a card says: a CWT claims set (RFC 8392) with an identity map (CWT claim 169).
//!
//! ```cddl
//! claims = {
//!   ? 1: tstr,              ; iss, an https URL
//!   ? 4: int,               ; exp
//!   ? 5: int,               ; nbf (read, never written)
//!   ? 6: int,               ; iat
//!   ? 9: tstr,              ; scope: services, separated by spaces
//!   169: identity / bstr .cbor identity,
//!   ? 65535: { "status_list": { "idx": uint, "uri": tstr } },
//!   * any => any,
//! }
//! identity = {
//!   ? 1: tstr,  ? 2: tstr,  ? 3: tstr,  ? 4: tstr,  ? 8: tstr,  ? 9: 1 / 2 / 3,
//!   ? 10: tstr, ? 15: tstr, ? 19: tstr, ? 20: tstr,
//!   ? 62: [ { 0: bstr, 1: int, 2: int } ],
//!   * any => any,
//! }
//! ```
//! Identity keys 13 (nationality) and 22 (legal status) have no place in these
//! types: they are neither written nor read.

mod read;

use minicbor::data::Type;
use minicbor::decode::Decoder;
use thiserror::Error;

use crate::cbor::{self, CborError, Key, Strict, Written};
use read::{face_or_absent, gender_or_absent, scope, seconds, status, text, text_or_absent};

/// Longest text in a card, in bytes.
pub const MAX_TEXT: usize = 2048;
/// Most services in one scope.
pub const MAX_SERVICES: usize = 32;

const ISS: i64 = 1;
const EXP: i64 = 4;
const NBF: i64 = 5;
const IAT: i64 = 6;
const SCOPE: i64 = 9;
const IDENTITY: i64 = 169;
const STATUS: i64 = 65_535;

/// Why a payload is not the claims set of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClaimsError {
    /// Not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Not a map.
    #[error("the payload is not a claims map")]
    NotAMap,
    /// No claim 169, or one that is no map: not an identity card.
    #[error("no identity map (claim 169)")]
    NoIdentity,
    /// A time that is not a whole number: fractions of a second are refused.
    #[error("claim {claim} is not a whole number of seconds")]
    NotWholeSeconds {
        /// The claim's key.
        claim: i64,
    },
    /// A claim of a type that it cannot have.
    #[error("claim {claim} has the wrong type")]
    WrongType {
        /// The claim's key.
        claim: i64,
    },
    /// Longer than [`MAX_TEXT`].
    #[error("a text of {length} bytes")]
    TextTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// More than [`MAX_SERVICES`].
    #[error("more than {MAX_SERVICES} services")]
    TooManyServices,
}

/// Sex or gender as CWT claim 169 numbers it; self-declared here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gender {
    /// 1, printed M.
    Male,
    /// 2, printed F.
    Female,
    /// 3, printed X.
    Other,
}

impl Gender {
    /// The letter on the card.
    #[must_use]
    pub fn letter(self) -> &'static str {
        match self {
            Self::Male => "M",
            Self::Female => "F",
            Self::Other => "X",
        }
    }

    /// From the letter.
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "M" | "m" => Some(Self::Male),
            "F" | "f" => Some(Self::Female),
            "X" | "x" => Some(Self::Other),
            _ => None,
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Male => 1,
            Self::Female => 2,
            Self::Other => 3,
        }
    }

    fn from_number(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::Male),
            2 => Some(Self::Female),
            3 => Some(Self::Other),
            _ => None,
        }
    }
}

/// A picture of the holder's face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face<'a> {
    /// The file's bytes.
    pub data: &'a [u8],
    /// Biometric format: 0 is an image.
    pub format: i64,
    /// For an image: 0 PNG, 1 JPEG, 2 JPEG 2000, 3 AVIF, 4 WebP.
    pub subformat: i64,
}

impl<'a> Face<'a> {
    /// A WebP picture, as this format writes it.
    #[must_use]
    pub fn webp(data: &'a [u8]) -> Self {
        Self { data, format: 0, subformat: 4 }
    }
}

/// The identity map, without what a city card must not carry.
///
/// A field of another type than the format gives it (foreign cards have some)
/// counts as absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identity<'a> {
    /// 1: the card number.
    pub number: Option<&'a str>,
    /// 2: version of the identity data.
    pub version: Option<&'a str>,
    /// 3: language of the texts.
    pub language: Option<&'a str>,
    /// 4: the name the holder uses.
    pub full_name: Option<&'a str>,
    /// 8: birth date, YYYYMMDD on our cards, as found on others'.
    pub birth_date: Option<&'a str>,
    /// 9: gender.
    pub gender: Option<Gender>,
    /// 10: address.
    pub address: Option<&'a str>,
    /// 15: guardian of a minor.
    pub guardian: Option<&'a str>,
    /// 19: the name in a second script.
    pub second_name: Option<&'a str>,
    /// 20: the language of the second name.
    pub second_language: Option<&'a str>,
    /// 62: the face.
    pub face: Option<Face<'a>>,
}

/// Where a card's status stands (draft-ietf-oauth-status-list, CWT claim 65535).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusRef<'a> {
    /// Place in the list.
    pub index: u64,
    /// The list's name.
    pub uri: &'a str,
}

/// How the identity map lay in the claims set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// As a map, as the specification and this format have it.
    Map,
    /// As a byte string that holds the map (Inji).
    ByteString,
}

/// The claims of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims<'a> {
    /// Who issued it.
    pub issuer: Option<&'a str>,
    /// The second from which it is no longer good.
    pub expires: Option<i64>,
    /// The second from which it is good, where said.
    pub not_before: Option<i64>,
    /// When it was signed.
    pub issued_at: Option<i64>,
    /// Services, separated by spaces. Absent: the card does not say.
    pub scope: Option<&'a str>,
    /// Who it is about.
    pub identity: Identity<'a>,
    /// Where its status stands.
    pub status: Option<StatusRef<'a>>,
}

impl<'a> Claims<'a> {
    /// The services named in the scope.
    pub fn services(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.scope.unwrap_or_default().split(' ').filter(|service| !service.is_empty())
    }

    /// Deterministic CBOR, claim 169 as a map. `not_before` is not written.
    #[must_use]
    pub fn to_cbor(&self) -> Vec<u8> {
        cbor::to_vec(|e| {
            e.map(count(&[
                self.issuer.is_some(),
                self.expires.is_some(),
                self.issued_at.is_some(),
                self.scope.is_some(),
                true,
                self.status.is_some(),
            ]))?;
            write_text(e, ISS, self.issuer)?;
            write_int(e, EXP, self.expires)?;
            write_int(e, IAT, self.issued_at)?;
            write_text(e, SCOPE, self.scope)?;
            e.i64(IDENTITY)?;
            self.identity.write(e)?;
            if let Some(status) = self.status {
                e.i64(STATUS)?.map(1)?.str("status_list")?.map(2)?;
                e.str("idx")?.u64(status.index)?.str("uri")?.str(status.uri)?;
            }
            Ok(())
        })
    }

    pub(crate) fn parse(payload: &'a [u8]) -> Result<(Self, Wrapping), ClaimsError> {
        let mut decoder = Strict::parse(payload)?.decoder();
        if !matches!(decoder.datatype(), Ok(Type::Map)) {
            return Err(ClaimsError::NotAMap);
        }
        let mut claims = Claims {
            issuer: None,
            expires: None,
            not_before: None,
            issued_at: None,
            scope: None,
            identity: Identity::default(),
            status: None,
        };
        let mut wrapping = None;
        cbor::read_map(&mut decoder, |key, value| {
            match key {
                Key::Int(ISS) => claims.issuer = Some(text(ISS, value)?),
                Key::Int(EXP) => claims.expires = Some(seconds(EXP, value)?),
                Key::Int(NBF) => claims.not_before = Some(seconds(NBF, value)?),
                Key::Int(IAT) => claims.issued_at = Some(seconds(IAT, value)?),
                Key::Int(SCOPE) => claims.scope = Some(scope(value)?),
                Key::Int(IDENTITY) => {
                    let (identity, how) = Identity::parse(value)?;
                    claims.identity = identity;
                    wrapping = Some(how);
                }
                Key::Int(STATUS) => claims.status = status(value)?,
                _ => cbor::skip(value)?,
            }
            Ok::<(), ClaimsError>(())
        })?;
        Ok((claims, wrapping.ok_or(ClaimsError::NoIdentity)?))
    }
}

impl<'a> Identity<'a> {
    fn write(&self, e: &mut minicbor::Encoder<&mut Vec<u8>>) -> Written {
        e.map(count(&[
            self.number.is_some(),
            self.version.is_some(),
            self.language.is_some(),
            self.full_name.is_some(),
            self.birth_date.is_some(),
            self.gender.is_some(),
            self.address.is_some(),
            self.guardian.is_some(),
            self.second_name.is_some(),
            self.second_language.is_some(),
            self.face.is_some(),
        ]))?;
        write_text(e, 1, self.number)?;
        write_text(e, 2, self.version)?;
        write_text(e, 3, self.language)?;
        write_text(e, 4, self.full_name)?;
        write_text(e, 8, self.birth_date)?;
        write_int(e, 9, self.gender.map(|gender| i64::from(gender.number())))?;
        write_text(e, 10, self.address)?;
        write_text(e, 15, self.guardian)?;
        write_text(e, 19, self.second_name)?;
        write_text(e, 20, self.second_language)?;
        if let Some(face) = self.face {
            e.i64(62)?.array(1)?.map(3)?;
            e.u8(0)?.bytes(face.data)?.u8(1)?.i64(face.format)?.u8(2)?.i64(face.subformat)?;
        }
        Ok(())
    }

    fn parse(value: &mut Decoder<'a>) -> Result<(Self, Wrapping), ClaimsError> {
        match value.datatype() {
            Ok(Type::Map) => Ok((Self::read(value)?, Wrapping::Map)),
            Ok(Type::Bytes) => {
                let mut inner = Strict::parse(cbor::read(value, Decoder::bytes)?)?.decoder();
                match inner.datatype() {
                    Ok(Type::Map) => Ok((Self::read(&mut inner)?, Wrapping::ByteString)),
                    _ => Err(ClaimsError::NoIdentity),
                }
            }
            _ => Err(ClaimsError::NoIdentity),
        }
    }

    fn read(map: &mut Decoder<'a>) -> Result<Self, ClaimsError> {
        let mut identity = Self::default();
        cbor::read_map(map, |key, value| {
            match key {
                Key::Int(1) => identity.number = text_or_absent(value)?,
                Key::Int(2) => identity.version = text_or_absent(value)?,
                Key::Int(3) => identity.language = text_or_absent(value)?,
                Key::Int(4) => identity.full_name = text_or_absent(value)?,
                Key::Int(8) => identity.birth_date = text_or_absent(value)?,
                Key::Int(9) => identity.gender = gender_or_absent(value)?,
                Key::Int(10) => identity.address = text_or_absent(value)?,
                Key::Int(15) => identity.guardian = text_or_absent(value)?,
                Key::Int(19) => identity.second_name = text_or_absent(value)?,
                Key::Int(20) => identity.second_language = text_or_absent(value)?,
                Key::Int(62) => identity.face = face_or_absent(value)?,
                _ => cbor::skip(value)?,
            }
            Ok::<(), ClaimsError>(())
        })?;
        Ok(identity)
    }
}

fn count(present: &[bool]) -> u64 {
    present.iter().map(|present| u64::from(*present)).sum()
}

fn write_text(e: &mut minicbor::Encoder<&mut Vec<u8>>, key: i64, value: Option<&str>) -> Written {
    if let Some(value) = value {
        e.i64(key)?.str(value)?;
    }
    Ok(())
}

fn write_int(e: &mut minicbor::Encoder<&mut Vec<u8>>, key: i64, value: Option<i64>) -> Written {
    if let Some(value) = value {
        e.i64(key)?.i64(value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gender_is_read_from_its_letter_and_its_number() {
        for (gender, upper, lower, number) in
            [(Gender::Male, "M", "m", 1), (Gender::Female, "F", "f", 2), (Gender::Other, "X", "x", 3)]
        {
            assert_eq!((gender.letter(), gender.number()), (upper, number));
            assert_eq!([upper, lower].map(Gender::from_letter), [Some(gender); 2]);
            assert_eq!(Gender::from_number(i64::from(number)), Some(gender));
        }
        assert_eq!((Gender::from_letter("Q"), Gender::from_number(4)), (None, None));
    }

    #[test]
    fn services_stand_between_spaces() {
        let claims = Claims {
            issuer: None,
            expires: None,
            not_before: None,
            issued_at: None,
            scope: Some(" library  transit "),
            identity: Identity::default(),
            status: None,
        };
        assert_eq!(claims.services().collect::<Vec<_>>(), ["library", "transit"]);
    }
}
