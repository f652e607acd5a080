//! The index: how a bundle is put together from pieces, so that whoever has most of them fetches the rest.
//!
//! ```cddl
//! index = {
//!   0: "local-card-index/1",
//!   1: bstr .size 32,               ; SHA-256 of the bundle
//!   2: [* bstr / apart],            ; the bundle, from its first byte to its last
//! }
//! apart = [bstr .size 32, uint]     ; SHA-256 and length of a piece that is a file of its own
//! ```
//! An index is not signed and proves nothing: what it puts together is a bundle, and is taken by the rule for bundles or
//! not at all. A writer cuts where a bundle stays the same from one publication to the next: the statuses of a list,
//! which are as they were when only its time and signature are new.

use std::collections::BTreeMap;

use minicbor::data::Type;
use minicbor::decode::Decoder;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::bundle::{self, Bundle, BundleError};
use crate::cbor::{self, CborError, Key, Strict};
use crate::status_list::StatusToken;

/// Largest index, in bytes.
pub const MAX_LEN: usize = 2_097_152;
/// Most pieces in one index.
pub const MAX_PIECES: u64 = 4096;
/// Largest piece that is a file of its own, in bytes.
pub const MAX_APART: usize = 2_097_152;
/// What is shorter is not worth a file of its own.
const MIN_APART: usize = 1024;

const FORM: &str = "local-card-index/1";

/// SHA-256 of a piece, or of a bundle.
pub type Digest = [u8; 32];

/// An index taken apart; nothing in it is checked against anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index<'a> {
    /// The digest of the bundle.
    pub bundle: Digest,
    pieces: Vec<Piece<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Here(&'a [u8]),
    Apart(Apart),
}

/// A piece that is a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Apart {
    /// Its digest.
    pub digest: Digest,
    /// Its length in bytes.
    pub length: usize,
}

/// Why bytes are not an index, or no bundle comes of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IndexError {
    /// Larger than [`MAX_LEN`].
    #[error("an index of {length} bytes")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// Not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Not an index, or one of another form.
    #[error("not an index of the form {FORM}")]
    OtherForm,
    /// A part of it is missing or of the wrong type.
    #[error("key {key} of the index is missing or has the wrong type")]
    Part {
        /// Its key.
        key: i64,
    },
    /// A piece is longer than one may be, or empty.
    #[error("a piece of {length} bytes")]
    Piece {
        /// Its length in bytes.
        length: u64,
    },
    /// What it describes is larger than a bundle may be.
    #[error("pieces of more than {} bytes", bundle::MAX_LEN)]
    BundleTooLarge,
    /// A piece is not among those given.
    #[error("a piece is missing")]
    Missing,
    /// The pieces make up something else than the index says.
    #[error("the pieces make up another bundle")]
    OtherBundle,
}

impl<'a> Index<'a> {
    /// The index of a bundle.
    ///
    /// # Errors
    /// `bundle` is none.
    pub fn of(bundle: &'a [u8]) -> Result<Self, BundleError> {
        let mut pieces = Vec::new();
        let mut done = 0;
        for piece in cut(bundle)? {
            // Where it stands: the piece is a part of the bundle.
            let start = piece.as_ptr().addr().saturating_sub(bundle.as_ptr().addr());
            let Some(between) = bundle.get(done..start) else { continue };
            pieces.extend((!between.is_empty()).then_some(Piece::Here(between)));
            pieces.push(Piece::Apart(Apart::of(piece)));
            done = start + piece.len();
        }
        let rest = bundle.get(done..).unwrap_or_default();
        pieces.extend((!rest.is_empty()).then_some(Piece::Here(rest)));
        Ok(Self { bundle: digest(bundle), pieces })
    }

    /// Takes apart an index.
    ///
    /// # Errors
    /// What keeps `bytes` from being one.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, IndexError> {
        if bytes.len() > MAX_LEN {
            return Err(IndexError::TooLarge { length: bytes.len() });
        }
        let mut decoder = Strict::parse(bytes)?.decoder();
        if !matches!(decoder.datatype(), Ok(Type::Map)) {
            return Err(IndexError::OtherForm);
        }
        let (mut form, mut bundle, mut pieces) = (None, None, None);
        cbor::read_map(&mut decoder, |key, value| {
            match key {
                Key::Int(0) => form = value.str().ok(),
                Key::Int(1) => bundle = Some(read_digest(1, value)?),
                Key::Int(2) => {
                    let mut read = Vec::new();
                    cbor::read_array(value, MAX_PIECES, |value| {
                        read.push(Piece::read(value)?);
                        Ok::<(), IndexError>(())
                    })?;
                    pieces = Some(read);
                }
                _ => cbor::skip(value)?,
            }
            Ok::<(), IndexError>(())
        })?;
        if form != Some(FORM) {
            return Err(IndexError::OtherForm);
        }
        let index = Self {
            bundle: bundle.ok_or(IndexError::Part { key: 1 })?,
            pieces: pieces.ok_or(IndexError::Part { key: 2 })?,
        };
        if index.bundle_length() > bundle::MAX_LEN {
            return Err(IndexError::BundleTooLarge);
        }
        Ok(index)
    }

    /// The index's bytes.
    #[must_use]
    pub fn to_cbor(&self) -> Vec<u8> {
        cbor::to_vec(|e| {
            e.map(3)?.u8(0)?.str(FORM)?.u8(1)?.bytes(&self.bundle)?;
            e.u8(2)?.array(u64::try_from(self.pieces.len()).unwrap_or(u64::MAX))?;
            for piece in &self.pieces {
                match piece {
                    Piece::Here(bytes) => e.bytes(bytes)?,
                    Piece::Apart(apart) => {
                        e.array(2)?.bytes(&apart.digest)?;
                        e.u64(u64::try_from(apart.length).unwrap_or(u64::MAX))?
                    }
                };
            }
            Ok(())
        })
    }

    /// The length of the bundle, in bytes.
    #[must_use]
    pub fn bundle_length(&self) -> usize {
        self.pieces.iter().map(Piece::len).fold(0, usize::saturating_add)
    }

    /// The pieces that are files of their own, in order; one that stands twice comes twice.
    pub fn apart(&self) -> impl Iterator<Item = Apart> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Here(_) => None,
            Piece::Apart(apart) => Some(*apart),
        })
    }

    /// The pieces that are not among `held`, each once.
    #[must_use]
    pub fn missing(&self, held: &Pieces<'_>) -> Vec<Apart> {
        let mut missing: Vec<Apart> = self.apart().filter(|apart| held.find(apart).is_none()).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// Puts the bundle together.
    ///
    /// # Errors
    /// A piece is missing, or the whole is not the bundle that the index is of.
    pub fn assemble(&self, held: &Pieces<'_>) -> Result<Vec<u8>, IndexError> {
        let mut bundle = Vec::new();
        for piece in &self.pieces {
            bundle.extend_from_slice(match piece {
                Piece::Here(bytes) => bytes,
                Piece::Apart(apart) => held.find(apart).ok_or(IndexError::Missing)?,
            });
        }
        if digest(&bundle) == self.bundle { Ok(bundle) } else { Err(IndexError::OtherBundle) }
    }
}

impl<'a> Piece<'a> {
    fn read(value: &mut Decoder<'a>) -> Result<Self, IndexError> {
        let wrong = IndexError::Part { key: 2 };
        if matches!(value.datatype(), Ok(Type::Bytes)) {
            return value.bytes().map(Self::Here).map_err(|_| wrong);
        }
        if !matches!(value.datatype(), Ok(Type::Array)) || !matches!(value.array(), Ok(Some(2))) {
            return Err(wrong);
        }
        let digest = read_digest(2, value)?;
        let length = value.u64().map_err(|_| wrong)?;
        match usize::try_from(length) {
            Ok(short) if (1..=MAX_APART).contains(&short) => Ok(Self::Apart(Apart { digest, length: short })),
            _ => Err(IndexError::Piece { length }),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Here(bytes) => bytes.len(),
            Self::Apart(apart) => apart.length,
        }
    }
}

impl Apart {
    fn of(piece: &[u8]) -> Self {
        Self { digest: digest(piece), length: piece.len() }
    }

    /// Its place from where the index is: `pieces/` and its digest in hexadecimal.
    #[must_use]
    pub fn place(&self) -> String {
        format!("pieces/{}", crate::keys::hex(&self.digest))
    }
}

/// Pieces that are here, by their digests.
#[derive(Debug, Clone, Default)]
pub struct Pieces<'a>(BTreeMap<Digest, &'a [u8]>);

impl<'a> Pieces<'a> {
    /// The pieces of a bundle.
    ///
    /// # Errors
    /// `bundle` is none.
    pub fn of(bundle: &'a [u8]) -> Result<Self, BundleError> {
        Ok(Self(cut(bundle)?.into_iter().map(|piece| (digest(piece), piece)).collect()))
    }

    /// Adds one that was fetched, and says whether it is the one that was asked for. Another is not kept.
    pub fn add(&mut self, asked: &Apart, piece: &'a [u8]) -> bool {
        let is_it = *asked == Apart::of(piece);
        if is_it {
            self.0.insert(asked.digest, piece);
        }
        is_it
    }

    fn find(&self, apart: &Apart) -> Option<&'a [u8]> {
        self.0.get(&apart.digest).copied().filter(|piece| piece.len() == apart.length)
    }

    /// Digest and bytes of each.
    pub fn iter(&self) -> impl Iterator<Item = (Apart, &'a [u8])> {
        self.0.iter().map(|(digest, piece)| (Apart { digest: *digest, length: piece.len() }, *piece))
    }
}

/// What of a bundle stays the same when its lists are signed anew and nothing was revoked: the trust list, and the
/// statuses of each list; a list that is none whole. In the order of the bundle.
fn cut(bundle: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let parsed = Bundle::parse(bundle)?;
    let lists = parsed.status_lists.iter().map(|token| match StatusToken::parse(token) {
        Ok(token) => token.dangerous_peek().compressed(),
        Err(_) => token,
    });
    let mut pieces: Vec<&[u8]> = std::iter::once(parsed.trust_list)
        .chain(lists)
        .filter(|piece| (MIN_APART..=MAX_APART).contains(&piece.len()))
        .collect();
    pieces.sort_unstable_by_key(|piece| piece.as_ptr().addr());
    Ok(pieces)
}

fn read_digest(key: i64, value: &mut Decoder<'_>) -> Result<Digest, IndexError> {
    value.bytes().ok().and_then(|bytes| bytes.try_into().ok()).ok_or(IndexError::Part { key })
}

/// The digest of a piece, or of a bundle.
#[must_use]
pub fn digest(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Ed25519Signer, Signer as _};
    use crate::status_list::{self, Bits, Status, StatusList};

    /// A bundle of lists in which the places up to `revoked` are revoked, every third one.
    fn bundle(at: i64, revoked: &[u64]) -> Vec<u8> {
        let signer = Ed25519Signer::from_seed(&[1; 32]);
        let tokens: Vec<Vec<u8>> = revoked
            .iter()
            .enumerate()
            .map(|(number, revoked)| {
                let mut list = StatusList::new(Bits::Two, 1 << 16).unwrap();
                // Places without a pattern do not deflate away.
                for n in 0..*revoked {
                    list.set(n * n * 7919 % 65_521, Status::Revoked).unwrap();
                }
                let uri = format!("https://city.example/s/{number}");
                status_list::sign(&list, &uri, at, 3600, &signer).unwrap()
            })
            .collect();
        let trust_list = [7; 1500];
        let status_lists = tokens.iter().map(Vec::as_slice).collect();
        Bundle { root: signer.public_key(), trust_list: &trust_list, status_lists }.to_cbor()
    }

    #[test]
    fn only_what_changed_is_missing() {
        let (old, new) = (bundle(100, &[4000, 3000, 2]), bundle(200, &[4000, 3001, 3]));
        let index = Index::of(&new).unwrap();
        let written = index.to_cbor();
        let read = Index::parse(&written).unwrap();
        assert_eq!(read, index);
        assert_eq!((read.bundle_length(), read.apart().count()), (new.len(), 3));
        let mut held = Pieces::of(&old).unwrap();
        let missing = read.missing(&held);
        assert_eq!(missing.len(), 1, "the trust list and the first list are here, the third is in the index");
        assert_eq!(read.assemble(&held), Err(IndexError::Missing));
        let fetched = Pieces::of(&new).unwrap();
        let (_, piece) = fetched.iter().find(|(apart, _)| *apart == missing[0]).unwrap();
        assert_eq!(fetched.find(&missing[0]), Some(piece));
        assert!(!held.add(&missing[0], &piece[1..]));
        assert_eq!(read.assemble(&held), Err(IndexError::Missing));
        assert!(held.add(&missing[0], piece));
        assert_eq!(read.assemble(&held).unwrap(), new);
        assert!((written.len() + piece.len()) * 3 < new.len() * 2, "{} and {}", written.len(), piece.len());
        assert_eq!(missing[0].place(), format!("pieces/{}", crate::keys::hex(&digest(piece))));
    }

    #[test]
    fn nothing_but_the_bundle_that_it_is_of_comes_of_it() {
        let bundle = bundle(100, &[4000]);
        let held = Pieces::of(&bundle).unwrap();
        let good = Index::of(&bundle).unwrap();
        let mut other = good.clone();
        other.bundle[0] ^= 1;
        assert_eq!(other.assemble(&held), Err(IndexError::OtherBundle));
        let mut turned = good.clone();
        turned.pieces.reverse();
        assert_eq!(turned.assemble(&held), Err(IndexError::OtherBundle));
        let mut longer = good;
        for piece in &mut longer.pieces {
            if let Piece::Apart(apart) = piece {
                apart.length += 1;
            }
        }
        assert_eq!(longer.assemble(&held), Err(IndexError::Missing));
    }

    /// An index of this bundle digest and these pieces, each a byte string or a digest with a length.
    fn written(form: &str, bundle: &[u8], pieces: &[(Vec<u8>, Option<u64>)]) -> Vec<u8> {
        cbor::to_vec(|e| {
            e.map(3)?.u8(0)?.str(form)?.u8(1)?.bytes(bundle)?.u8(2)?;
            e.array(u64::try_from(pieces.len()).unwrap())?;
            for (bytes, length) in pieces {
                match length {
                    None => e.bytes(bytes)?,
                    Some(length) => e.array(2)?.bytes(bytes)?.u64(*length)?,
                };
            }
            Ok(())
        })
    }

    #[test]
    fn each_cap_and_each_other_shape_is_refused() {
        let apart = |length: usize| (vec![9; 32], Some(u64::try_from(length).unwrap()));
        let fits = vec![apart(MAX_APART); bundle::MAX_LEN / MAX_APART];
        let over = [fits.clone(), vec![(vec![0], None)]].concat();
        let most = vec![(Vec::new(), None); usize::try_from(MAX_PIECES).unwrap()];
        let more = [most.clone(), vec![(Vec::new(), None)]].concat();
        for good in [&fits, &most, &Vec::new()] {
            assert!(Index::parse(&written(FORM, &[1; 32], good)).is_ok());
        }
        let of_length = |length: usize| written(FORM, &[1; 32], &[(vec![0; length], None)]);
        let around = of_length(1 << 20).len() - (1 << 20);
        let largest = of_length(MAX_LEN - around);
        assert_eq!((largest.len(), Index::parse(&largest).is_ok()), (MAX_LEN, true));
        let part = |key| Err(IndexError::Part { key });
        for (what, bytes, expected) in [
            ("another form", written("local-card-index/2", &[1; 32], &fits), Err(IndexError::OtherForm)),
            ("no map", vec![0x80], Err(IndexError::OtherForm)),
            ("an empty map", vec![0xa0], Err(IndexError::OtherForm)),
            ("a short digest", written(FORM, &[1; 31], &fits), part(1)),
            ("a short digest of a piece", written(FORM, &[1; 32], &[(vec![9; 31], Some(1))]), part(2)),
            (
                "an empty piece apart",
                written(FORM, &[1; 32], &[apart(0)]),
                Err(IndexError::Piece { length: 0 }),
            ),
            (
                "a piece over the cap",
                written(FORM, &[1; 32], &[apart(MAX_APART + 1)]),
                Err(IndexError::Piece { length: 2_097_153 }),
            ),
            (
                "a piece past all measure",
                written(FORM, &[1; 32], &[(vec![9; 32], Some(u64::MAX))]),
                Err(IndexError::Piece { length: u64::MAX }),
            ),
            ("a bundle over the cap", written(FORM, &[1; 32], &over), Err(IndexError::BundleTooLarge)),
            ("an index over the cap", vec![0; MAX_LEN + 1], Err(IndexError::TooLarge { length: 2_097_153 })),
            (
                "too many pieces",
                written(FORM, &[1; 32], &more),
                Err(IndexError::Cbor(CborError::TooManyEntries { entries: 4097, at: 57 })),
            ),
            (
                "bytes behind it",
                [written(FORM, &[1; 32], &[]), vec![0]].concat(),
                Err(IndexError::Cbor(CborError::TrailingBytes { extra: 1 })),
            ),
            ("nothing", Vec::new(), Err(IndexError::Cbor(CborError::Truncated { at: 0 }))),
        ] {
            assert_eq!(Index::parse(&bytes), expected, "{what}");
        }
        let no_pieces = cbor::to_vec(|e| e.map(2)?.u8(0)?.str(FORM)?.u8(1)?.bytes(&[1; 32])?.ok());
        assert_eq!(Index::parse(&no_pieces), part(2));
        let a_text = cbor::to_vec(|e| {
            e.map(3)?.u8(0)?.str(FORM)?.u8(1)?.bytes(&[1; 32])?.u8(2)?.array(1)?.str("pieces/../../x")?.ok()
        });
        assert_eq!(Index::parse(&a_text), part(2));
    }

    #[test]
    fn what_stands_twice_is_fetched_once_and_an_unread_list_whole() {
        let signer = Ed25519Signer::from_seed(&[1; 32]);
        let foreign = [5; 2000];
        let bundle =
            Bundle { root: signer.public_key(), trust_list: b"t", status_lists: vec![&foreign, &foreign] };
        let bundle = bundle.to_cbor();
        let index = Index::of(&bundle).unwrap();
        assert_eq!(index.apart().collect::<Vec<_>>(), [Apart::of(&foreign), Apart::of(&foreign)]);
        assert_eq!(index.missing(&Pieces::default()), [Apart::of(&foreign)]);
        assert_eq!(index.assemble(&Pieces::of(&bundle).unwrap()).unwrap(), bundle);
    }
}
