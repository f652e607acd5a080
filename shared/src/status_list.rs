//! Token Status List (draft-ietf-oauth-status-list) in CWT form.
//!
//! ```cddl
//! status-token = #6.18(COSE_Sign1)   ; protected { 1: alg, 4: kid, 16: "application/statuslist+cwt" }
//! payload = {
//!   2: tstr,                         ; sub: the list's URI
//!   6: int,                          ; iat
//!   ? 4: int,                        ; exp
//!   ? 65534: uint,                   ; ttl, seconds
//!   65533: status-list,
//! }
//! status-list = { "bits": 1 / 2 / 4 / 8, "lst": bstr, ? "aggregation_uri": tstr }
//! ```
//! `lst` is zlib of the statuses, the first in the lowest bits of the first byte.

use minicbor::data::Type;
use minicbor::decode::Decoder;
use thiserror::Error;

use crate::cbor::{self, CborError, Key, Strict};
use crate::cose::{self, CoseError, Sign1};
use crate::keys::{Kid, PublicKey, SignError, Signer};
use crate::unverified::{Unverified, Verified};
use crate::zlib::{self, ZlibError};

/// Largest list, inflated, in bytes: 1,048,576 statuses of 8 bits, 4,194,304 of 2.
pub const MAX_LIST: usize = 1_048_576;
/// Largest signed list, in bytes.
pub const MAX_TOKEN: usize = 2_097_152;
/// Longest URI of a list, in bytes.
pub const MAX_URI: usize = 512;
/// The COSE type header of a list.
pub const TYPE: &str = "application/statuslist+cwt";

const SUB: i64 = 2;
const EXP: i64 = 4;
const IAT: i64 = 6;
const STATUS_LIST: i64 = 65_533;
const TTL: i64 = 65_534;

/// What a list says about one card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 0: nothing against it.
    Valid,
    /// 1 (INVALID): revoked, for good.
    Revoked,
    /// 2 (SUSPENDED): not good now.
    Suspended,
    /// A value that this format gives no meaning.
    Other(u8),
}

impl Status {
    /// From the value in a list.
    #[must_use]
    pub fn from_value(value: u8) -> Self {
        match value {
            0 => Self::Valid,
            1 => Self::Revoked,
            2 => Self::Suspended,
            other => Self::Other(other),
        }
    }

    /// The value in a list.
    #[must_use]
    pub fn value(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Revoked => 1,
            Self::Suspended => 2,
            Self::Other(value) => value,
        }
    }
}

/// Width of one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bits {
    /// One bit: valid or not.
    One,
    /// Two bits, as this format writes them.
    Two,
    /// Four bits.
    Four,
    /// Eight bits.
    Eight,
}

impl Bits {
    /// The width as a number.
    #[must_use]
    pub fn width(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    fn from_width(width: u64) -> Result<Self, StatusListError> {
        match width {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            4 => Ok(Self::Four),
            8 => Ok(Self::Eight),
            width => Err(StatusListError::Width { width }),
        }
    }

    fn per_byte(self) -> u64 {
        8 / u64::from(self.width())
    }
}

/// Why bytes are not a status list, or why one does not take a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StatusListError {
    /// Not a `COSE_Sign1` that this format reads.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// Not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The statuses do not inflate within [`MAX_LIST`].
    #[error(transparent)]
    Zlib(#[from] ZlibError),
    /// Larger than [`MAX_TOKEN`].
    #[error("a signed list of {length} bytes")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// The type header says something else.
    #[error("the type header is not {TYPE}")]
    OtherType,
    /// A claim is missing or of the wrong type.
    #[error("claim {claim} is missing or has the wrong type")]
    Claim {
        /// Its key.
        claim: i64,
    },
    /// A width other than 1, 2, 4 or 8 bits.
    #[error("{width} bits a status")]
    Width {
        /// The width given.
        width: u64,
    },
    /// No key given made the signature.
    #[error("the list's signature is not of the key given")]
    BadSignature,
    /// An index at or past the end.
    #[error("index {index} in a list of {length}")]
    PastEnd {
        /// The index asked for.
        index: u64,
        /// How many statuses there are.
        length: u64,
    },
    /// A status that does not fit the width.
    #[error("status {value} does not fit {width} bits")]
    ValueTooWide {
        /// The status.
        value: u8,
        /// The width.
        width: u8,
    },
}

/// The statuses of many cards.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusList {
    bits: Bits,
    bytes: Vec<u8>,
}

impl core::fmt::Debug for StatusList {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "StatusList({} of {} bits)", self.len(), self.bits.width())
    }
}

impl StatusList {
    /// A list of at least `length` valid cards, within [`MAX_LIST`].
    ///
    /// # Errors
    /// It would be larger than a list may be.
    pub fn new(bits: Bits, length: u64) -> Result<Self, StatusListError> {
        let bytes = length.div_ceil(bits.per_byte());
        match usize::try_from(bytes) {
            Ok(bytes) if bytes <= MAX_LIST => Ok(Self { bits, bytes: vec![0; bytes] }),
            _ => Err(ZlibError::TooLarge { limit: MAX_LIST }.into()),
        }
    }

    /// How many statuses it holds.
    #[must_use]
    pub fn len(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX).saturating_mul(self.bits.per_byte())
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The status at `index`, none at or past the end.
    #[must_use]
    pub fn get(&self, index: u64) -> Option<Status> {
        let (byte, shift) = self.place(index);
        let held = self.bytes.get(byte?)?;
        Some(Status::from_value((held >> shift) & self.mask()))
    }

    /// Sets the status at `index`.
    ///
    /// # Errors
    /// Past the end, or a status too wide.
    pub fn set(&mut self, index: u64, status: Status) -> Result<(), StatusListError> {
        let (value, mask) = (status.value(), self.mask());
        if value > mask {
            return Err(StatusListError::ValueTooWide { value, width: self.bits.width() });
        }
        let past_end = StatusListError::PastEnd { index, length: self.len() };
        let (byte, shift) = self.place(index);
        let held = byte.and_then(|byte| self.bytes.get_mut(byte)).ok_or(past_end)?;
        *held = (*held & !(mask << shift)) | (value << shift);
        Ok(())
    }

    /// The statuses, as they are compressed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The `status-list` map.
    #[must_use]
    pub fn to_cbor(&self) -> Vec<u8> {
        cbor::to_vec(|e| {
            e.map(2)?.str("lst")?.bytes(&zlib::deflate(&self.bytes))?;
            e.str("bits")?.u8(self.bits.width())?;
            Ok(())
        })
    }

    /// The statuses, compressed: what of a signed list stays the same as long as no status changes.
    #[must_use]
    pub fn compress(&self) -> Compressed {
        Compressed { map: self.to_cbor() }
    }

    /// Reads a `status-list` map, inflating at most [`MAX_LIST`] bytes.
    ///
    /// # Errors
    /// What keeps it from being one.
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, StatusListError> {
        CompressedList::read(&mut Strict::parse(bytes)?.decoder())?.inflate()
    }

    fn place(&self, index: u64) -> (Option<usize>, u64) {
        let per_byte = self.bits.per_byte();
        (usize::try_from(index / per_byte).ok(), (index % per_byte) * u64::from(self.bits.width()))
    }

    fn mask(&self) -> u8 {
        u8::MAX >> (8 - self.bits.width())
    }
}

/// Statuses that are compressed already: signing them anew takes no more than a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compressed {
    map: Vec<u8>,
}

impl Compressed {
    /// From what [`as_bytes`](Self::as_bytes) gave. What else it is given it signs all the same, and no reader takes it.
    #[must_use]
    pub fn dangerous_from_bytes(map: Vec<u8>) -> Self {
        Self { map }
    }

    /// The `status-list` map.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.map
    }

    /// Signs the list.
    ///
    /// # Errors
    /// What the signer says.
    pub fn sign(
        &self,
        uri: &str,
        issued_at: i64,
        ttl: u64,
        signer: &dyn Signer,
    ) -> Result<Vec<u8>, SignError> {
        let mut payload = cbor::to_vec(|e| {
            e.map(4)?;
            e.i64(SUB)?.str(uri)?.i64(IAT)?.i64(issued_at)?.i64(STATUS_LIST)?;
            Ok(())
        });
        payload.extend_from_slice(&self.map);
        payload.extend(cbor::to_vec(|e| {
            e.i64(TTL)?.u64(ttl)?;
            Ok(())
        }));
        cose::sign(signer, Some(TYPE), &payload)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CompressedList<'a> {
    bits: Bits,
    statuses: &'a [u8],
}

impl<'a> CompressedList<'a> {
    fn read(map: &mut Decoder<'a>) -> Result<Self, StatusListError> {
        let missing = StatusListError::Claim { claim: STATUS_LIST };
        if !matches!(map.datatype(), Ok(Type::Map)) {
            return Err(missing);
        }
        let (mut bits, mut statuses) = (None, None);
        cbor::read_map(map, |key, value| {
            match key {
                Key::Text("bits") => bits = Some(Bits::from_width(value.u64().map_err(|_| missing)?)?),
                Key::Text("lst") => statuses = Some(value.bytes().map_err(|_| missing)?),
                _ => cbor::skip(value)?,
            }
            Ok::<(), StatusListError>(())
        })?;
        Ok(Self { bits: bits.ok_or(missing)?, statuses: statuses.ok_or(missing)? })
    }

    fn inflate(&self) -> Result<StatusList, StatusListError> {
        Ok(StatusList { bits: self.bits, bytes: zlib::inflate(self.statuses, MAX_LIST)? })
    }
}

/// A signed status list taken apart; its statuses are still compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusToken<'a> {
    /// The list's name, which cards refer to.
    pub uri: &'a str,
    /// When it was signed.
    pub issued_at: i64,
    /// From when it no longer counts as fresh, where said.
    pub expires: Option<i64>,
    compressed: CompressedList<'a>,
    sign1: Sign1<'a>,
}

impl<'a> StatusToken<'a> {
    /// Takes apart a signed list.
    ///
    /// # Errors
    /// What keeps `bytes` from being one.
    pub fn parse(bytes: &'a [u8]) -> Result<Unverified<Self>, StatusListError> {
        if bytes.len() > MAX_TOKEN {
            return Err(StatusListError::TooLarge { length: bytes.len() });
        }
        let sign1 = Sign1::parse(bytes)?;
        if sign1.header.typ != Some(TYPE) {
            return Err(StatusListError::OtherType);
        }
        let mut payload = Strict::parse(sign1.payload)?.decoder();
        if !matches!(payload.datatype(), Ok(Type::Map)) {
            return Err(StatusListError::Claim { claim: STATUS_LIST });
        }
        let (mut uri, mut issued_at, mut expires, mut compressed) = (None, None, None, None);
        cbor::read_map(&mut payload, |key, value| {
            match key {
                Key::Int(SUB) => {
                    let text = value.str().map_err(|_| StatusListError::Claim { claim: SUB })?;
                    uri = (text.len() <= MAX_URI).then_some(text);
                }
                Key::Int(IAT) => issued_at = Some(seconds(IAT, value)?),
                Key::Int(EXP) => expires = Some(seconds(EXP, value)?),
                Key::Int(STATUS_LIST) => compressed = Some(CompressedList::read(value)?),
                _ => cbor::skip(value)?,
            }
            Ok::<(), StatusListError>(())
        })?;
        Ok(Unverified::new(Self {
            uri: uri.ok_or(StatusListError::Claim { claim: SUB })?,
            issued_at: issued_at.ok_or(StatusListError::Claim { claim: IAT })?,
            expires,
            compressed: compressed.ok_or(StatusListError::Claim { claim: STATUS_LIST })?,
            sign1,
        }))
    }

    /// Which key signed it, where it says.
    #[must_use]
    pub fn kid(&self) -> Option<Kid> {
        self.sign1.header.kid
    }

    /// Its statuses, compressed.
    pub(crate) fn compressed(&self) -> &'a [u8] {
        self.compressed.statuses
    }
}

impl<'a> Unverified<StatusToken<'a>> {
    /// Checks the signature against one key.
    ///
    /// # Errors
    /// The key did not make it.
    pub fn verify(self, key: &PublicKey) -> Result<Verified<StatusToken<'a>>, StatusListError> {
        let checked = self.dangerous_peek().sign1.check(key).ok_or(StatusListError::BadSignature)?;
        Ok(self.into_verified(&checked))
    }
}

impl Verified<StatusToken<'_>> {
    /// The statuses.
    ///
    /// # Errors
    /// They do not inflate within [`MAX_LIST`].
    pub fn statuses(&self) -> Result<StatusList, StatusListError> {
        self.compressed.inflate()
    }
}

/// Signs a list.
///
/// # Errors
/// What the signer says.
pub fn sign(
    list: &StatusList,
    uri: &str,
    issued_at: i64,
    ttl: u64,
    signer: &dyn Signer,
) -> Result<Vec<u8>, SignError> {
    list.compress().sign(uri, issued_at, ttl, signer)
}

fn seconds(claim: i64, value: &mut Decoder<'_>) -> Result<i64, StatusListError> {
    value.i64().map_err(|_| StatusListError::Claim { claim })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Ed25519Signer;

    #[test]
    fn every_width_keeps_what_is_set_and_its_neighbours() {
        for bits in [Bits::One, Bits::Two, Bits::Four, Bits::Eight] {
            let mut list = StatusList::new(bits, 40).unwrap();
            list.set(17, Status::Revoked).unwrap();
            let read = StatusList::from_cbor(&list.to_cbor()).unwrap();
            for index in 0..40 {
                let expected = if index == 17 { Status::Revoked } else { Status::Valid };
                assert_eq!(read.get(index), Some(expected), "{bits:?} {index}");
            }
            list.set(17, Status::Valid).unwrap();
            assert_eq!(list, StatusList::new(bits, 40).unwrap());
        }
    }

    #[test]
    fn past_the_end_is_nothing() {
        let mut list = StatusList::new(Bits::Two, 40).unwrap();
        assert_eq!(list.len(), 40);
        assert_eq!(list.get(40), None);
        assert_eq!(list.get(u64::MAX), None);
        assert_eq!(list.set(40, Status::Revoked), Err(StatusListError::PastEnd { index: 40, length: 40 }));
        assert_eq!(list.set(0, Status::Other(4)), Err(StatusListError::ValueTooWide { value: 4, width: 2 }));
    }

    #[test]
    fn only_the_key_that_signed_opens_it() {
        let signer = Ed25519Signer::from_seed(&[1; 32]);
        let list = StatusList::new(Bits::Two, 8).unwrap();
        let token = sign(&list, "https://city.example/status/1", 1_770_000_000, 3600, &signer).unwrap();
        let read = StatusToken::parse(&token).unwrap();
        assert_eq!(read.dangerous_peek().kid(), Some(signer.kid()));
        let verified = read.clone().verify(&signer.public_key()).unwrap();
        assert_eq!(verified.uri, "https://city.example/status/1");
        assert_eq!(verified.statuses().unwrap(), list);
        let other = Ed25519Signer::from_seed(&[2; 32]);
        assert_eq!(read.verify(&other.public_key()), Err(StatusListError::BadSignature));
    }

    #[test]
    fn a_list_too_large_is_refused_on_both_sides() {
        assert_eq!(
            StatusList::new(Bits::Two, 4_194_305),
            Err(StatusListError::Zlib(ZlibError::TooLarge { limit: MAX_LIST }))
        );
        let bomb = cbor::to_vec(|e| {
            e.map(2)?.str("lst")?.bytes(&zlib::deflate(&vec![0; MAX_LIST + 1]))?.str("bits")?.u8(1)?;
            Ok(())
        });
        assert_eq!(
            StatusList::from_cbor(&bomb),
            Err(StatusListError::Zlib(ZlibError::TooLarge { limit: MAX_LIST }))
        );
    }

    #[test]
    fn eight_bits_hold_every_status_and_an_empty_list_none() {
        let mut list = StatusList::new(Bits::Eight, 3).unwrap();
        assert_eq!((list.len(), list.is_empty()), (3, false));
        list.set(2, Status::Other(0xff)).unwrap();
        list.set(1, Status::Suspended).unwrap();
        let read = [0, 1, 2].map(|index| list.get(index));
        assert_eq!(read, [Status::Valid, Status::Suspended, Status::Other(0xff)].map(Some));
        assert!(StatusList::new(Bits::One, 0).unwrap().is_empty());
        assert_eq!(format!("{list:?}"), "StatusList(3 of 8 bits)");
        let widths = [Bits::One, Bits::Two, Bits::Four].map(|bits| StatusList::new(bits, 8).unwrap());
        assert_eq!(widths.each_ref().map(|list| list.bytes.len()), [1, 2, 4]);
    }

    #[test]
    fn an_expiry_is_read_and_a_token_has_a_limit() {
        let signer = Ed25519Signer::from_seed(&[1; 32]);
        let list = StatusList::new(Bits::Two, 8).unwrap();
        let payload = cbor::to_vec(|e| {
            e.map(3)?.i64(SUB)?.str("u")?.i64(EXP)?.i64(9)?.i64(IAT)?.i64(5)?;
            Ok(())
        });
        let mut payload: Vec<u8> = payload;
        // One entry more than was counted: the list.
        payload[0] += 1;
        payload.extend(cbor::to_vec(|e| {
            e.i64(STATUS_LIST)?;
            Ok(())
        }));
        payload.extend(list.to_cbor());
        let token = cose::sign(&signer, Some(TYPE), &payload).unwrap();
        let read = StatusToken::parse(&token).unwrap();
        assert_eq!((read.dangerous_peek().issued_at, read.dangerous_peek().expires), (5, Some(9)));
        let length = MAX_TOKEN + 1;
        let too_large = StatusToken::parse(&vec![0; length]).map(|_| ());
        assert_eq!(too_large, Err(StatusListError::TooLarge { length }));
        let within = StatusToken::parse(&vec![0; MAX_TOKEN]).map(|_| ());
        assert!(!matches!(within, Err(StatusListError::TooLarge { .. })), "{within:?}");
    }
}
