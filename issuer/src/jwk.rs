//! JSON Web Keys (RFC 7517, RFC 8037): how cities tell each other their keys.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::{Deserialize, Serialize};
use shared::keys::{Kid, PublicKey};
use thiserror::Error;

/// Most keys taken from one set.
const MAX_KEYS: usize = 256;

/// A public key, as a JWK. Members that are not named here are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    kty: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<String>,
}

/// A set of keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// Why keys cannot be taken over.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JwkError {
    /// Not JSON of the form.
    #[error("not a JWK set: {0}")]
    Json(#[from] serde_json::Error),
    /// More than are taken.
    #[error("{count} keys, at most {MAX_KEYS} are taken")]
    TooMany {
        /// How many.
        count: usize,
    },
    /// None of the keys can check a card.
    #[error("no key in it can check a card: cards need Ed25519 (OKP) or P-256 (EC); it has: {found}")]
    NoneUsable {
        /// The kinds found.
        found: String,
    },
    /// A key is damaged.
    #[error("key {place}: {wrong}")]
    Damaged {
        /// Its place, from 1.
        place: usize,
        /// What is wrong.
        wrong: String,
    },
}

/// A key taken from a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedKey {
    /// As cards name it.
    pub kid: Kid,
    /// The key.
    pub key: PublicKey,
}

impl Jwk {
    /// The JWK of an Ed25519 key; its `kid` is the base64url of the COSE key id.
    #[must_use]
    pub fn ed25519(key: &PublicKey) -> Self {
        Self {
            kty: "OKP".to_owned(),
            crv: Some("Ed25519".to_owned()),
            usage: Some("sig".to_owned()),
            alg: Some("EdDSA".to_owned()),
            kid: Some(Base64UrlUnpadded::encode_string(key.kid().as_bytes())),
            x: Some(Base64UrlUnpadded::encode_string(&key.to_bytes())),
            y: None,
        }
    }

    /// The key, none where it is of a kind or for a use that cards do not have.
    fn read(&self) -> Result<Option<NamedKey>, String> {
        if self.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Ok(None);
        }
        let coordinate = |name: &str, text: &Option<String>| {
            let text = text.as_deref().ok_or_else(|| format!("{name} is missing"))?;
            Base64UrlUnpadded::decode_vec(text).map_err(|_| format!("{name} is not base64url"))
        };
        let key = match (self.kty.as_str(), self.crv.as_deref()) {
            ("OKP", Some("Ed25519")) => PublicKey::ed25519(&coordinate("x", &self.x)?),
            ("EC", Some("P-256")) => {
                PublicKey::p256(&[vec![4], coordinate("x", &self.x)?, coordinate("y", &self.y)?].concat())
            }
            _ => return Ok(None),
        };
        let key = key.map_err(|error| error.to_string())?;
        Ok(Some(NamedKey { kid: self.cose_kid(&key)?, key }))
    }

    /// A `kid` is the base64url of the COSE key id; one that is not base64url is the key id itself; without one, the
    /// key is named by its thumbprint.
    fn cose_kid(&self, key: &PublicKey) -> Result<Kid, String> {
        let Some(kid) = &self.kid else { return Ok(key.kid()) };
        let bytes = Base64UrlUnpadded::decode_vec(kid).unwrap_or_else(|_| kid.clone().into_bytes());
        Kid::new(&bytes).ok_or_else(|| format!("a kid of {} bytes is too long", bytes.len()))
    }

    fn kind(&self) -> String {
        [Some(self.kty.as_str()), self.crv.as_deref(), self.usage.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The keys of a JWK set, or of a single JWK, that can check cards.
///
/// # Errors
/// When it is no set, a key is damaged, or no key can check a card.
pub fn read_keys(json: &[u8]) -> Result<Vec<NamedKey>, JwkError> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        Set(JwkSet),
        One(Jwk),
    }
    let keys = match serde_json::from_slice(json)? {
        Given::Set(set) => set.keys,
        Given::One(key) => vec![key],
    };
    if keys.len() > MAX_KEYS {
        return Err(JwkError::TooMany { count: keys.len() });
    }
    let mut usable = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        let read = key.read().map_err(|wrong| JwkError::Damaged { place: place + 1, wrong })?;
        usable.extend(read);
    }
    if usable.is_empty() {
        let found = keys.iter().map(Jwk::kind).collect::<Vec<_>>().join(", ");
        return Err(JwkError::NoneUsable { found });
    }
    Ok(usable)
}

#[cfg(test)]
mod tests {
    use shared::keys::{Ed25519Signer, Signer as _};

    use super::*;

    #[test]
    fn our_own_keys_come_back() {
        let key = Ed25519Signer::from_seed(&[7; 32]).public_key();
        let set = JwkSet { keys: vec![Jwk::ed25519(&key)] };
        let json = serde_json::to_vec(&set).unwrap();
        assert_eq!(read_keys(&json).unwrap(), [NamedKey { kid: key.kid(), key: key.clone() }]);
        let one = serde_json::to_vec(&Jwk::ed25519(&key)).unwrap();
        assert_eq!(read_keys(&one).unwrap().len(), 1);
    }

    #[test]
    fn says_what_cannot_be_used() {
        let said = |json: &str| read_keys(json.as_bytes()).unwrap_err().to_string();
        assert!(said("[]").starts_with("not a JWK set"));
        assert_eq!(
            said(r#"{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB","use":"sig"}]}"#),
            "no key in it can check a card: cards need Ed25519 (OKP) or P-256 (EC); it has: RSA sig"
        );
        assert_eq!(said(r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"!"}]}"#), "key 1: x is not base64url");
        assert_eq!(said(r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA"}]}"#), "key 1: y is missing");
    }

    #[test]
    fn a_kid_that_is_no_base64url_is_the_key_id_itself() {
        let mut jwk = Jwk::ed25519(&Ed25519Signer::from_seed(&[7; 32]).public_key());
        jwk.kid = Some("key 1".to_owned());
        assert_eq!(jwk.read().unwrap().unwrap().kid.as_bytes(), b"key 1");
        jwk.kid = None;
        let named = jwk.read().unwrap().unwrap();
        assert_eq!(named.kid, named.key.kid());
    }
}
