//! A newer bundle out of the pieces of the one that is held and those that changed (`FORMAT.md` section 8).
//!
//! The index that says which is not signed. So nothing here is trusted: what the pieces make up is taken by the rule for
//! bundles, and where anything is wrong the whole bundle is fetched.

use shared::index::{Digest, Index, MAX_LEN, Pieces};

use super::Failure;
use super::source::{Fetched, Line};

/// A bundle shorter than this is fetched whole: an index would be another question for nothing.
const SHORT: usize = 16_384;

/// What the index came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// It is the one of last time.
    Unchanged,
    /// The newest bundle, put together, and the tag of its index.
    Bundle { bytes: Vec<u8>, tag: Option<String> },
    /// The bundle is to be fetched whole. Where the index could be read: the digest of the newest bundle, and its tag.
    Whole(Option<(Digest, String)>),
}

/// Whether pieces of what is held are worth asking for an index.
pub(super) fn is_worth_it(held: &[u8]) -> bool {
    held.len() >= SHORT
}

/// Asks for the index and for what of the newest bundle is not among `held`.
///
/// # Errors
/// Those after which asking for the bundle is no use.
pub(super) fn ask(line: &Line<'_>, held: &[u8], known: Option<&str>) -> Result<Offer, Failure> {
    let Some(answer) = unless_hopeless(line.beside("index.cbor", known, MAX_LEN))? else {
        return Ok(Offer::Whole(None));
    };
    let (written, tag) = match answer {
        Fetched::Unchanged => return Ok(Offer::Unchanged),
        Fetched::Whole { bytes, etag } => (bytes, etag),
    };
    let (Ok(index), Ok(mut pieces)) = (Index::parse(&written), Pieces::of(held)) else {
        return Ok(Offer::Whole(None));
    };
    let missing = index.missing(&pieces);
    let to_fetch = missing.iter().map(|apart| apart.length).fold(written.len(), usize::saturating_add);
    if to_fetch > index.bundle_length() / 2 {
        return Ok(Offer::Whole(tag.map(|tag| (index.bundle, tag))));
    }
    let mut fetched = Vec::with_capacity(missing.len());
    for apart in missing {
        match unless_hopeless(line.beside(&apart.place(), None, apart.length))? {
            Some(Fetched::Whole { bytes, .. }) => fetched.push((apart, bytes)),
            _ => return Ok(Offer::Whole(None)),
        }
    }
    for (apart, bytes) in &fetched {
        pieces.add(apart, bytes);
    }
    Ok(match index.assemble(&pieces) {
        Ok(bytes) => Offer::Bundle { bytes, tag },
        Err(_) => Offer::Whole(None),
    })
}

/// The answer, none where it was none; where nobody answers, or somebody else, the bundle need not be asked for either.
fn unless_hopeless(answer: Result<Fetched, Failure>) -> Result<Option<Fetched>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(hopeless @ (Failure::Unreachable | Failure::Tls | Failure::TooSlow)) => Err(hopeless),
        Err(_) => Ok(None),
    }
}
