//! The trust list: whom a verifier believes, signed by the city's root key.
//!
//! The wire form is in `trust_list/wire.rs`, in CDDL and in code.

mod wire;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use thiserror::Error;

use crate::cbor::CborError;
use crate::cose::{self, CoseError, Sign1};
use crate::keys::{KeyError, Kid, PublicKey, SignError, Signer};
use crate::unverified::{Unverified, Verified};

/// Largest signed trust list, in bytes.
pub const MAX_LEN: usize = 1_048_576;
/// Most issuers.
pub const MAX_ISSUERS: u64 = 4096;
/// Most keys of one issuer.
pub const MAX_KEYS: u64 = 1024;
/// Most services, and most of one issuer.
pub const MAX_SERVICES: u64 = 64;
/// Most status list URIs of one issuer, and of one compromised key.
pub const MAX_STATUS_URIS: u64 = 1024;
/// Longest text, in bytes.
pub const MAX_TEXT: usize = 4096;
/// The COSE type header of a trust list.
pub const TYPE: &str = "application/local-card-trust-list+cbor";

/// Texts by language tag (BCP 47).
pub type Texts = BTreeMap<String, String>;

/// Whom to believe about what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustList {
    /// Grows with every list; a verifier never goes back.
    pub sequence: u64,
    /// When it was signed.
    pub issued_at: i64,
    /// When the next one is due: past it, verdicts are stale.
    pub next_update: i64,
    /// The cities whose cards are good here.
    pub issuers: Vec<Issuer>,
    /// What cards can open here.
    pub services: Vec<Service>,
}

/// One issuer of cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The `iss` of its cards.
    pub url: String,
    /// Its name in several languages.
    pub names: Texts,
    /// Whom to call about its cards.
    pub hotline: Option<String>,
    /// Its keys.
    pub keys: Vec<IssuerKey>,
    /// Where the status of its cards stands.
    pub status: StatusSource,
    /// What its cards may open here.
    pub services: Vec<ServiceId>,
}

impl Issuer {
    /// The listed keys that a card or list naming `kid` may mean, for `usage`.
    pub fn keys_for(&self, kid: Option<Kid>, usage: KeyUse) -> impl Iterator<Item = &IssuerKey> {
        self.keys
            .iter()
            .filter(move |key| key.usage.covers(usage) && kid.is_none_or(|kid| kid.names(&key.kid)))
    }

    /// Whether `uri` names a status list of this issuer.
    #[must_use]
    pub fn owns_list(&self, uri: &str) -> bool {
        match &self.status {
            StatusSource::None => false,
            StatusSource::Lists(uris) => uris.iter().any(|listed| {
                if listed.ends_with('/') { uri.starts_with(listed.as_str()) } else { uri == listed }
            }),
        }
    }

    /// Whether its cards may open `service` here.
    #[must_use]
    pub fn may_grant(&self, service: &str) -> bool {
        self.services.iter().any(|granted| granted.as_str() == service)
    }
}

/// Where the status of an issuer's cards stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusSource {
    /// Nowhere: the issuer publishes none, and the city accepts that.
    None,
    /// In these lists. A URI that ends in a slash stands for all below it, so
    /// that a new list needs no new signature of the root.
    Lists(Vec<String>),
}

/// A key of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerKey {
    /// As its cards name it.
    pub kid: Kid,
    /// The key.
    pub key: PublicKey,
    /// What it may sign.
    pub usage: KeyUse,
    /// The first second at which it may have signed.
    pub valid_from: i64,
    /// The last second at which it may have signed.
    pub valid_until: i64,
    /// What became of it.
    pub state: KeyState,
}

/// What a key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// Cards only: the key of a desk or event kit.
    Cards,
    /// Status lists only.
    Lists,
    /// Both: other cities' keys, which do not say.
    Both,
}

impl KeyUse {
    fn covers(self, wanted: Self) -> bool {
        self == Self::Both || self == wanted
    }
}

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyState {
    /// In use.
    Active,
    /// No longer signs; what it signed stays good.
    Retired,
    /// In somebody else's hands.
    Compromised {
        /// Since this second at the latest.
        since: i64,
        /// The status lists of the cards that it signed before, closed since: only these tell them from what the
        /// others made. None of its cards is good when there are none.
        lists: Vec<String>,
    },
}

/// Name of a service: 1 to 32 lower-case letters, digits, hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(String);

impl ServiceId {
    /// A service name, where `text` is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=32).contains(&text.len())
            && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        fits.then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A service, and what its desks need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name in scopes.
    pub id: ServiceId,
    /// Its title in several languages.
    pub titles: Texts,
    /// What the card opens there, in plain words, in several languages.
    pub scope_texts: Texts,
    /// What of a card its desks see, and nothing else.
    pub fields: Vec<Field>,
    /// The oldest lists its desks accept, in seconds.
    pub oldest_list: u64,
}

/// A part of a card that a desk may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The card number.
    Number,
    /// The name.
    FullName,
    /// The name in a second script.
    SecondName,
    /// The birth date.
    BirthDate,
    /// The gender.
    Gender,
    /// The address.
    Address,
    /// The guardian.
    Guardian,
    /// The face.
    Face,
    /// The services.
    Services,
    /// The expiry date.
    Expires,
}

impl Field {
    /// All of them, in the order of display.
    pub const ALL: [Self; 10] = [
        Self::Number,
        Self::FullName,
        Self::SecondName,
        Self::BirthDate,
        Self::Gender,
        Self::Address,
        Self::Guardian,
        Self::Face,
        Self::Services,
        Self::Expires,
    ];

    /// Its name on the wire and in `city.toml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::FullName => "full_name",
            Self::SecondName => "second_name",
            Self::BirthDate => "birth_date",
            Self::Gender => "gender",
            Self::Address => "address",
            Self::Guardian => "guardian",
            Self::Face => "face",
            Self::Services => "services",
            Self::Expires => "expires",
        }
    }

    /// From its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why bytes are not a trust list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TrustListError {
    /// Not a `COSE_Sign1` that this format reads.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// Not strict CBOR, or not of the form.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Larger than [`MAX_LEN`].
    #[error("a trust list of {length} bytes")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// The type header says something else.
    #[error("the type header is not {TYPE}")]
    OtherType,
    /// A form that this software is too old for.
    #[error("trust list version {version}")]
    Version {
        /// The version found.
        version: u64,
    },
    /// A part is missing.
    #[error("{part} has no key {key}")]
    Missing {
        /// Of what.
        part: &'static str,
        /// Which key.
        key: i64,
    },
    /// A value outside what the form allows.
    #[error("key {key} of {part} has a value that is not allowed")]
    Value {
        /// Of what.
        part: &'static str,
        /// Which key.
        key: i64,
    },
    /// A listed key is none.
    #[error("a listed key is no key: {0}")]
    Key(#[from] KeyError),
    /// Signed by another key.
    #[error("the trust list's signature is not of the root key")]
    BadSignature,
}

impl TrustList {
    /// Takes apart a signed trust list.
    ///
    /// # Errors
    /// What keeps `bytes` from being one.
    pub fn parse(bytes: &[u8]) -> Result<Unverified<SignedTrustList<'_>>, TrustListError> {
        if bytes.len() > MAX_LEN {
            return Err(TrustListError::TooLarge { length: bytes.len() });
        }
        let sign1 = Sign1::parse(bytes)?;
        if sign1.header.typ != Some(TYPE) {
            return Err(TrustListError::OtherType);
        }
        Ok(Unverified::new(SignedTrustList { sign1 }))
    }

    /// Signs it with the root key.
    ///
    /// # Errors
    /// What the signer says.
    pub fn sign(&self, root: &dyn Signer) -> Result<Vec<u8>, SignError> {
        cose::sign(root, Some(TYPE), &wire::write(self))
    }

    /// What a signature of the root covers, for a root key that is elsewhere.
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        wire::write(self)
    }

    /// Reads what [`to_be_signed`](Self::to_be_signed) wrote. Nobody has signed it: this is for whoever will, and for
    /// nobody who believes.
    ///
    /// # Errors
    /// What keeps `bytes` from being a trust list.
    pub fn dangerous_read_unsigned(bytes: &[u8]) -> Result<Self, TrustListError> {
        if bytes.len() > MAX_LEN {
            return Err(TrustListError::TooLarge { length: bytes.len() });
        }
        wire::read(bytes)
    }

    /// The service named `id`.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id.as_str() == id)
    }
}

/// A signed trust list whose payload nobody has read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedTrustList<'a> {
    sign1: Sign1<'a>,
}

impl Unverified<SignedTrustList<'_>> {
    /// Checks the signature against the root key, and only then reads the list.
    ///
    /// # Errors
    /// The root did not sign it, or what it signed is not a trust list.
    pub fn verify(self, root: &PublicKey) -> Result<Verified<TrustList>, TrustListError> {
        let sign1 = self.dangerous_peek().sign1;
        let checked = sign1.check(root).ok_or(TrustListError::BadSignature)?;
        wire::read(sign1.payload).map(|list| Unverified::new(list).into_verified(&checked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(services: &[&str]) -> TrustList {
        let service = |id: &&str| Service {
            id: ServiceId::parse(id).unwrap(),
            titles: Texts::new(),
            scope_texts: Texts::new(),
            fields: vec![Field::FullName],
            oldest_list: 86_400,
        };
        TrustList {
            sequence: 7,
            issued_at: 1_770_000_000,
            next_update: 1_771_000_000,
            issuers: vec![Issuer {
                url: "https://city.example".to_owned(),
                names: Texts::new(),
                hotline: None,
                keys: Vec::new(),
                status: StatusSource::Lists(vec![
                    "https://city.example/s/".to_owned(),
                    "https://city.example/old".to_owned(),
                ]),
                services: services.iter().map(|id| ServiceId::parse(id).unwrap()).collect(),
            }],
            services: services.iter().map(service).collect(),
        }
    }

    #[test]
    fn what_is_to_be_signed_is_read_back() {
        let list = list(&["library", "transit"]);
        let bytes = list.to_be_signed();
        assert_eq!(TrustList::dangerous_read_unsigned(&bytes), Ok(list));
        let too_large = vec![0; MAX_LEN + 1];
        let length = too_large.len();
        let error = Err(TrustListError::TooLarge { length });
        assert_eq!(TrustList::dangerous_read_unsigned(&too_large), error);
        assert_eq!(TrustList::parse(&too_large).map(|_| ()), error.map(|_: TrustList| ()));
        let within = TrustList::dangerous_read_unsigned(&too_large[1..]);
        assert!(!matches!(within, Err(TrustListError::TooLarge { .. })), "{within:?}");
    }

    #[test]
    fn an_issuer_owns_its_lists_and_grants_its_services() {
        let list = list(&["library"]);
        let issuer = &list.issuers[0];
        for (uri, owned) in [
            ("https://city.example/s/1", true),
            ("https://city.example/old", true),
            ("https://city.example/older", false),
            ("https://city.example/s", false),
        ] {
            assert_eq!(issuer.owns_list(uri), owned, "{uri}");
        }
        assert!(issuer.may_grant("library") && !issuer.may_grant("transit"));
        assert_eq!(list.service("library"), list.services.first());
        assert_eq!(list.service("transit"), None);
        let without = Issuer { status: StatusSource::None, ..issuer.clone() };
        assert!(!without.owns_list("https://city.example/s/1"));
    }

    #[test]
    fn a_key_is_found_by_its_name_and_its_use() {
        let key = |kid: u8, usage| IssuerKey {
            kid: Kid::new(&[kid; 8]).unwrap(),
            key: crate::keys::Signer::public_key(&crate::keys::Ed25519Signer::from_seed(&[kid; 32])),
            usage,
            valid_from: 0,
            valid_until: 1,
            state: KeyState::Active,
        };
        let keys = vec![key(1, KeyUse::Cards), key(2, KeyUse::Lists), key(3, KeyUse::Both)];
        let issuer = Issuer { keys, ..list(&[]).issuers.remove(0) };
        let found = |kid: Option<u8>, usage| -> Vec<u8> {
            let kid = kid.map(|kid| Kid::new(&[kid; 8]).unwrap());
            issuer.keys_for(kid, usage).map(|key| key.kid.as_bytes()[0]).collect()
        };
        assert_eq!(found(None, KeyUse::Cards), [1, 3]);
        assert_eq!(found(None, KeyUse::Lists), [2, 3]);
        assert_eq!(found(Some(1), KeyUse::Cards), [1]);
        assert!(found(Some(2), KeyUse::Cards).is_empty());
        assert_eq!(found(Some(3), KeyUse::Lists), [3]);
    }

    #[test]
    fn a_service_has_a_short_plain_name() {
        for (text, fits) in [
            ("a", true),
            ("library-2", true),
            ("", false),
            ("Library", false),
            ("a b", false),
            ("abcdefghijklmnopqrstuvwxyz-01234", true),
            ("abcdefghijklmnopqrstuvwxyz-012345", false),
        ] {
            assert_eq!(ServiceId::parse(text).map(|id| id.to_string()), fits.then(|| text.to_owned()));
        }
        for field in Field::ALL {
            assert_eq!(Field::parse(&field.to_string()), Some(field));
        }
        assert_eq!(Field::parse("nationality"), None);
    }
}
