//! What a verifier trusts: a pinned root, its trust list, the status lists.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::bundle::{Bundle, BundleError};
use crate::keys::{PublicKey, Thumbprint};
use crate::status_list::{StatusList, StatusListError, StatusToken};
use crate::trust_list::{Issuer, KeyState, KeyUse, TrustList, TrustListError};
use crate::unverified::Verified;

/// The trusted state of a verifier. It only ever moves forward: a lower
/// sequence number and an older status list are refused.
#[derive(Debug, Clone)]
pub struct Trusted {
    root: PublicKey,
    trust_list: Verified<TrustList>,
    trust_list_bytes: Vec<u8>,
    issuers_by_url: BTreeMap<String, usize>,
    lists: BTreeMap<String, HeldList>,
}

/// A verified status list in memory.
#[derive(Debug, Clone)]
pub(crate) struct HeldList {
    pub(crate) issued_at: i64,
    pub(crate) expires: Option<i64>,
    pub(crate) statuses: StatusList,
    bytes: Vec<u8>,
}

/// What a bundle changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Update {
    /// Sequence number of the trust list before, none the first time.
    pub sequence_before: Option<u64>,
    /// Sequence number now.
    pub sequence: u64,
    /// Status lists that are new or newer.
    pub lists_changed: usize,
}

/// Why a bundle was not taken. The state before it stands unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TrustError {
    /// Not a bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// Its trust list is none, or not signed by its root.
    #[error(transparent)]
    TrustList(#[from] TrustListError),
    /// Another city's bundle, or a forged one.
    #[error("the bundle's root is {found}, not {pinned}")]
    OtherRoot {
        /// The root that is pinned, or that the caller expects.
        pinned: Thumbprint,
        /// The root in the bundle.
        found: Thumbprint,
    },
    /// The trust list is older than the one held.
    #[error("trust list {found} is older than {held}")]
    OlderTrustList {
        /// Sequence number held.
        held: u64,
        /// Sequence number in the bundle.
        found: u64,
    },
    /// Two different trust lists have one sequence number.
    #[error("two different trust lists have the number {sequence}")]
    ForkedTrustList {
        /// The number.
        sequence: u64,
    },
    /// A status list is older than the one held.
    #[error("the status list {uri} of {found} is older than that of {held}")]
    OlderStatusList {
        /// Its name.
        uri: String,
        /// Time of the list held.
        held: i64,
        /// Time of the list in the bundle.
        found: i64,
    },
    /// Two different status lists have one name and time.
    #[error("two different status lists {uri} have one time")]
    ForkedStatusList {
        /// Their name.
        uri: String,
    },
    /// A status list is damaged or not signed by a key that may.
    #[error("status list {place}: {error}")]
    StatusList {
        /// Its place in the bundle, from 0.
        place: usize,
        /// What is wrong with it.
        error: StatusListError,
    },
    /// A status list belongs to no issuer of the trust list.
    #[error("no issuer in the trust list has the status list {uri}")]
    UnlistedStatusList {
        /// Its name.
        uri: String,
    },
    /// One list twice in a bundle.
    #[error("the status list {uri} stands twice in the bundle")]
    StatusListTwice {
        /// Its name.
        uri: String,
    },
}

impl Trusted {
    /// Trusts a city for the first time. With `expected`, only the root with
    /// this fingerprint will do; without, whoever calls this must compare
    /// [`fingerprint`](Self::fingerprint) with what the city publishes.
    ///
    /// # Errors
    /// Why the bundle was not taken.
    pub fn establish(bundle: &[u8], expected: Option<Thumbprint>) -> Result<(Self, Update), TrustError> {
        let bundle = Bundle::parse(bundle)?;
        let found = bundle.root.thumbprint();
        if let Some(pinned) = expected.filter(|pinned| *pinned != found) {
            return Err(TrustError::OtherRoot { pinned, found });
        }
        let trust_list = TrustList::parse(bundle.trust_list)?.verify(&bundle.root)?;
        Self::assemble(&bundle, trust_list, &BTreeMap::new(), None)
    }

    /// Takes a newer bundle of the same city. Lists that it does not carry stay
    /// as they are, as long as the trust list still backs them.
    ///
    /// # Errors
    /// Why the bundle was not taken; `self` is as before.
    pub fn update(&mut self, bundle: &[u8]) -> Result<Update, TrustError> {
        let bundle = Bundle::parse(bundle)?;
        if bundle.root != self.root {
            let (pinned, found) = (self.root.thumbprint(), bundle.root.thumbprint());
            return Err(TrustError::OtherRoot { pinned, found });
        }
        let trust_list = TrustList::parse(bundle.trust_list)?.verify(&self.root)?;
        let (held, found) = (self.trust_list.sequence, trust_list.sequence);
        if found < held {
            return Err(TrustError::OlderTrustList { held, found });
        }
        if found == held && bundle.trust_list != self.trust_list_bytes {
            return Err(TrustError::ForkedTrustList { sequence: found });
        }
        let (next, update) = Self::assemble(&bundle, trust_list, &self.lists, Some(held))?;
        *self = next;
        Ok(update)
    }

    fn assemble(
        bundle: &Bundle<'_>,
        trust_list: Verified<TrustList>,
        held: &BTreeMap<String, HeldList>,
        sequence_before: Option<u64>,
    ) -> Result<(Self, Update), TrustError> {
        let mut lists = BTreeMap::new();
        let mut lists_changed = 0;
        for (place, bytes) in bundle.status_lists.iter().enumerate() {
            let (uri, list) = verify_list(&trust_list, place, bytes)?;
            let before = held.get(&uri);
            if let Some(before) = before.filter(|before| list.issued_at < before.issued_at) {
                return Err(TrustError::OlderStatusList {
                    uri,
                    held: before.issued_at,
                    found: list.issued_at,
                });
            }
            if before.is_some_and(|before| list.issued_at == before.issued_at && list.bytes != before.bytes) {
                return Err(TrustError::ForkedStatusList { uri });
            }
            lists_changed += usize::from(before.is_none_or(|before| before.bytes != list.bytes));
            if lists.insert(uri.clone(), list).is_some() {
                return Err(TrustError::StatusListTwice { uri });
            }
        }
        for (uri, list) in held {
            // The list's own key may have been withdrawn meanwhile.
            if !lists.contains_key(uri) && verify_list(&trust_list, 0, &list.bytes).is_ok() {
                lists.insert(uri.clone(), list.clone());
            }
        }
        let update = Update { sequence_before, sequence: trust_list.sequence, lists_changed };
        let issuers_by_url = trust_list
            .issuers
            .iter()
            .enumerate()
            .map(|(place, issuer)| (issuer.url.clone(), place))
            .collect();
        let trusted = Self {
            root: bundle.root.clone(),
            trust_list,
            trust_list_bytes: bundle.trust_list.to_vec(),
            issuers_by_url,
            lists,
        };
        Ok((trusted, update))
    }

    /// The whole state as a bundle, for keeping and for passing on.
    #[must_use]
    pub fn to_bundle(&self) -> Vec<u8> {
        Bundle {
            root: self.root.clone(),
            trust_list: &self.trust_list_bytes,
            status_lists: self.lists.values().map(|list| list.bytes.as_slice()).collect(),
        }
        .to_cbor()
    }

    /// The fingerprint of the pinned root.
    #[must_use]
    pub fn fingerprint(&self) -> Thumbprint {
        self.root.thumbprint()
    }

    /// The trust list.
    #[must_use]
    pub fn trust_list(&self) -> &TrustList {
        &self.trust_list
    }

    /// Name and time of every status list held.
    pub fn status_lists(&self) -> impl Iterator<Item = (&str, i64)> {
        self.lists.iter().map(|(uri, list)| (uri.as_str(), list.issued_at))
    }

    /// The newest signed time seen that says something about the cards of `issuer`: a clock before it is wrong. The
    /// times of other issuers do not count, so that none of them can make this one's cards look expired.
    #[must_use]
    pub fn clock_floor(&self, issuer: &Issuer) -> i64 {
        let own = self.lists.iter().filter(|(uri, _)| issuer.owns_list(uri));
        own.map(|(_, list)| list.issued_at).fold(self.trust_list.issued_at, i64::max)
    }

    pub(crate) fn issuer(&self, url: &str) -> Option<&Issuer> {
        self.trust_list.issuers.get(*self.issuers_by_url.get(url)?)
    }

    pub(crate) fn list(&self, uri: &str) -> Option<&HeldList> {
        self.lists.get(uri)
    }
}

fn verify_list(trust_list: &TrustList, place: usize, bytes: &[u8]) -> Result<(String, HeldList), TrustError> {
    let in_place = |error| TrustError::StatusList { place, error };
    let unverified = StatusToken::parse(bytes).map_err(in_place)?;
    let peeked = unverified.dangerous_peek();
    let (uri, kid, issued_at) = (peeked.uri.to_owned(), peeked.kid(), peeked.issued_at);
    let Some(issuer) = trust_list.issuers.iter().find(|issuer| issuer.owns_list(&uri)) else {
        return Err(TrustError::UnlistedStatusList { uri });
    };
    let token = issuer
        .keys_for(kid, KeyUse::Lists)
        .filter(|key| !matches!(key.state, KeyState::Compromised { .. }))
        .filter(|key| (key.valid_from..=key.valid_until).contains(&issued_at))
        .find_map(|key| unverified.clone().verify(&key.key).ok())
        .ok_or(StatusListError::BadSignature)
        .map_err(in_place)?;
    let statuses = token.statuses().map_err(in_place)?;
    let held =
        HeldList { issued_at: token.issued_at, expires: token.expires, statuses, bytes: bytes.to_vec() };
    Ok((uri, held))
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64, Encoding as _};

    use super::*;

    #[test]
    fn what_is_kept_is_trusted_again_and_says_the_same() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../vectors/bundles/city.json")).unwrap();
        let bundle = Base64::decode_vec(file["cbor"].as_str().unwrap()).unwrap();
        let (trusted, _) = Trusted::establish(&bundle, None).unwrap();
        let kept = trusted.to_bundle();
        let (again, update) = Trusted::establish(&kept, Some(trusted.fingerprint())).unwrap();
        assert_eq!(again.trust_list(), trusted.trust_list());
        assert!(trusted.status_lists().next().is_some());
        assert!(again.status_lists().eq(trusted.status_lists()));
        assert_eq!(update.lists_changed, trusted.status_lists().count());
        assert_eq!(again.to_bundle(), kept);
    }
}
