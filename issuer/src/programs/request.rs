//! The key that a program gives a call (`Idempotency-Key`), so that a call that is sent again makes no second card.
//!
//! Neither the key nor what was asked for is kept, only hashes under a secret of the keystore. What was asked for is hashed
//! together with the key: whoever has database and keystore can still not try names against it, as long as the program's keys
//! are random.

use chrono::{DateTime, Duration, Utc};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::db::Id;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::api_request::ApiRequest;
use crate::db::api_token::ApiToken;
use crate::db::card::Card;
use crate::issuance::entry;
use crate::mac::hmac_sha256;
use crate::{Error, Issuer};

/// How long a call is known again. It is forgotten within the hour after.
pub const KEPT: Duration = Duration::hours(24);
/// The secret of the hashes.
const SECRET: &str = "api-requests";

/// What a call is known by, and what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    pub(super) key_hash: [u8; 32],
    request_hash: [u8; 32],
}

impl RequestKey {
    /// The hashes of a program's key and of the parts of its call.
    ///
    /// # Errors
    /// When the keystore does not give the secret.
    pub fn of<'p>(
        issuer: &Issuer,
        program: &Id<ApiToken>,
        key: &str,
        parts: impl IntoIterator<Item = &'p [u8]>,
    ) -> Result<Self, Error> {
        let secret = issuer.keystore.secret(SECRET)?;
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        let digest = Zeroizing::new(<[u8; 32]>::from(digest.finalize()));
        let (program, key) = (program.as_str().as_bytes(), key.as_bytes());
        Ok(Self {
            key_hash: hmac_sha256(&secret, &[b"key\0", program, b"\0", key]),
            request_hash: hmac_sha256(&secret, &[b"request\0", program, b"\0", digest.as_slice(), key]),
        })
    }

    /// Whether a call that is kept asked for the same.
    pub(super) fn is_same(&self, kept: &ApiRequest) -> bool {
        kept.request_hash == self.request_hash
    }

    pub(super) fn kept(&self, card_id: Id<Card>, now: DateTime<Utc>) -> ApiRequest {
        ApiRequest {
            key_hash: self.key_hash.to_vec(),
            request_hash: self.request_hash.to_vec(),
            card_id,
            at: now.into(),
        }
    }
}

/// Forgets calls that are older than [`KEPT`], and says how many there were.
///
/// # Errors
/// When the database fails.
pub fn forget_old(issuer: &Issuer, actor: &Actor, now: DateTime<Utc>) -> Result<usize, Error> {
    let before = now - KEPT;
    if !issuer.db.read(|conn| Ok::<_, Error>(ApiRequest::are_there_before(conn, before)?))? {
        return Ok(0);
    }
    issuer.db.write(|tx| {
        let forgotten = ApiRequest::forget_before(tx.conn(), before)?;
        let city = issuer.city.url.as_str().to_owned();
        tx.audit(entry(Act::CallsForgotten, SubjectKind::City, city, actor, now))?;
        Ok(forgotten)
    })
}
