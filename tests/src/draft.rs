//! A token in the making: every part of it can be changed before, or after, it is
//! signed.

use p256::ecdsa::signature::Signer as _;
use shared::keys::{Ed25519Signer, Kid, PublicKey, Signer as _, hex};

use crate::pack;
use crate::raw::{Map, Raw};

/// Label of the algorithm in a header.
pub const ALG: i64 = 1;
/// Label of `crit` in a header.
pub const CRIT: i64 = 2;
/// Label of the key id in a header.
pub const KID: i64 = 4;
/// Label of the type in a header.
pub const TYP: i64 = 16;

/// A key pair with a fixed secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Ed25519, its 32 secret bytes all this one.
    Ed25519(u8),
    /// P-256, its 32 secret bytes all this one.
    P256(u8),
}

impl Key {
    /// What it is checked with.
    #[must_use]
    pub fn public(self) -> PublicKey {
        match self {
            Self::Ed25519(_) => self.signer().public_key(),
            Self::P256(byte) => {
                let point = p256_key(byte).verifying_key().to_sec1_point(true);
                PublicKey::p256(point.as_bytes()).unwrap()
            }
        }
    }

    /// The first 8 bytes of its thumbprint.
    #[must_use]
    pub fn kid(self) -> Kid {
        self.public().kid()
    }

    /// The COSE number of its algorithm.
    #[must_use]
    pub fn algorithm(self) -> i64 {
        match self {
            Self::Ed25519(_) => -8,
            Self::P256(_) => -7,
        }
    }

    /// As the core signs with it. Ed25519 only.
    #[must_use]
    pub fn signer(self) -> Ed25519Signer {
        match self {
            Self::Ed25519(byte) => Ed25519Signer::from_seed(&[byte; 32]),
            Self::P256(_) => panic!("the core signs with Ed25519 only"),
        }
    }

    /// Signs.
    #[must_use]
    pub fn sign(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(_) => self.signer().sign(message).unwrap().to_vec(),
            Self::P256(byte) => {
                let signature: p256::ecdsa::Signature = p256_key(byte).sign(message);
                signature.to_bytes().to_vec()
            }
        }
    }
}

fn p256_key(byte: u8) -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[byte; 32]).unwrap()
}

/// A token in the making.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    key: Key,
    tags: Vec<u64>,
    protected: Map,
    unprotected: Map,
    claims: Map,
    identity: Option<Map>,
    wrapped: bool,
    payload: Option<Vec<u8>>,
    protected_bytes: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
}

impl Draft {
    /// Tag 18, algorithm and key id protected, no claims yet.
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self {
            key,
            tags: vec![18],
            protected: Map::from([(ALG, Raw::Int(key.algorithm())), (KID, key.kid().as_bytes().into())]),
            unprotected: Map::default(),
            claims: Map::default(),
            identity: None,
            wrapped: false,
            payload: None,
            protected_bytes: None,
            signature: None,
        }
    }

    /// Signs with another key, and says so in the header.
    #[must_use]
    pub fn signed_by(mut self, key: Key) -> Self {
        self.key = key;
        self.protected(ALG, key.algorithm()).protected(KID, key.kid().as_bytes())
    }

    /// Signs with another key, and says nothing of it.
    #[must_use]
    pub fn forged_by(mut self, key: Key) -> Self {
        self.key = key;
        self
    }

    /// The tags around it, from the outermost.
    #[must_use]
    pub fn tags(mut self, tags: &[u64]) -> Self {
        self.tags = tags.to_vec();
        self
    }

    /// Sets a protected parameter.
    #[must_use]
    pub fn protected(mut self, label: impl Into<Raw>, value: impl Into<Raw>) -> Self {
        self.protected.set(label, value);
        self
    }

    /// Takes out a protected parameter.
    #[must_use]
    pub fn without_protected(mut self, label: i64) -> Self {
        self.protected.remove(label);
        self
    }

    /// Puts these bytes where the protected header stands.
    #[must_use]
    pub fn protected_bytes(mut self, bytes: Vec<u8>) -> Self {
        self.protected_bytes = Some(bytes);
        self
    }

    /// Sets an unprotected parameter.
    #[must_use]
    pub fn unprotected(mut self, label: impl Into<Raw>, value: impl Into<Raw>) -> Self {
        self.unprotected.set(label, value);
        self
    }

    /// Sets a claim.
    #[must_use]
    pub fn claim(mut self, key: impl Into<Raw>, value: impl Into<Raw>) -> Self {
        self.claims.set(key, value);
        self
    }

    /// Takes out a claim; 169 is the identity map.
    #[must_use]
    pub fn without(mut self, key: i64) -> Self {
        if key == 169 {
            self.identity = None;
        }
        self.claims.remove(key);
        self
    }

    /// Puts a claim at the end, whatever stands there already.
    #[must_use]
    pub fn claim_again(mut self, key: impl Into<Raw>, value: impl Into<Raw>) -> Self {
        self.claims.push(key, value);
        self
    }

    /// Sets an entry of the identity map.
    #[must_use]
    pub fn field(mut self, key: impl Into<Raw>, value: impl Into<Raw>) -> Self {
        self.identity.get_or_insert_default().set(key, value);
        self
    }

    /// Takes out an entry of the identity map.
    #[must_use]
    pub fn without_field(mut self, key: i64) -> Self {
        self.identity.get_or_insert_default().remove(key);
        self
    }

    /// Puts an entry at the end of the identity map, whatever stands there already.
    #[must_use]
    pub fn field_again(mut self, key: i64, value: impl Into<Raw>) -> Self {
        self.identity.get_or_insert_default().push(key, value);
        self
    }

    /// Wraps the identity map in a byte string, as Inji does.
    #[must_use]
    pub fn wrapped(mut self) -> Self {
        self.wrapped = true;
        self
    }

    /// Leaves the identity map a map.
    #[must_use]
    pub fn unwrapped(mut self) -> Self {
        self.wrapped = false;
        self
    }

    /// Puts these bytes where the claims stand.
    #[must_use]
    pub fn payload_bytes(mut self, bytes: Vec<u8>) -> Self {
        self.payload = Some(bytes);
        self
    }

    /// Puts these bytes where the signature stands.
    #[must_use]
    pub fn signature(mut self, bytes: Vec<u8>) -> Self {
        self.signature = Some(bytes);
        self
    }

    /// The claims as they are signed.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        if let Some(bytes) = &self.payload {
            return bytes.clone();
        }
        let mut claims = self.claims.clone();
        if let Some(identity) = self.identity.clone() {
            let identity = Raw::Map(identity);
            claims.set(169, if self.wrapped { Raw::Bytes(identity.encode()) } else { identity });
        }
        Raw::Map(claims).encode()
    }

    /// The token's bytes.
    #[must_use]
    pub fn token(&self) -> Vec<u8> {
        let protected = self.header();
        let payload = self.payload();
        let signature = self.signature.clone().unwrap_or_else(|| self.key.sign(&self.signed_bytes()));
        let array = Raw::Array(vec![
            protected.into(),
            self.unprotected.clone().into(),
            payload.into(),
            signature.into(),
        ]);
        self.tags.iter().rev().fold(array, |inner, tag| Raw::Tag(*tag, Box::new(inner))).encode()
    }

    /// What the signature covers.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let parts =
            vec!["Signature1".into(), self.header().into(), Raw::Bytes(Vec::new()), self.payload().into()];
        Raw::Array(parts).encode()
    }

    fn header(&self) -> Vec<u8> {
        self.protected_bytes.clone().unwrap_or_else(|| Raw::Map(self.protected.clone()).encode())
    }

    /// The text of its QR code.
    #[must_use]
    pub fn text(&self) -> String {
        pack::text(&self.token())
    }

    /// The text of its QR code with the token in hexadecimal inside, lower case.
    #[must_use]
    pub fn hex_text(&self) -> String {
        pack::text(hex(&self.token()).as_bytes())
    }

    /// The token in hexadecimal, its last digit missing.
    #[must_use]
    pub fn hex_token_without_last_digit(&self) -> Vec<u8> {
        let mut digits = hex(&self.token()).into_bytes();
        digits.pop();
        digits
    }

    /// The same, upper case.
    #[must_use]
    pub fn upper_hex_text(&self) -> String {
        pack::text(hex(&self.token()).to_uppercase().as_bytes())
    }
}
