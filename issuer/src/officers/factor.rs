//! The second factor: codes of six digits that change every thirty seconds (RFC 6238), and recovery codes.

use std::fmt;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use super::Token;
use crate::db::Id;
use crate::db::officer::Officer;
use crate::keystore::{Keystore, KeystoreError};
use crate::recovery::RecoveryCode;
use crate::{edge, mac};

/// The keystore's secret that seals second factors.
const SEAL: &str = "second-factor";
/// The keystore's secret for what is derived and hashed here.
const DERIVE: &str = "sign-in";

/// How many recovery codes an officer gets.
pub const RECOVERY_CODES: usize = 8;

/// What an officer's changing codes are made of.
pub struct Factor {
    secret: Zeroizing<[u8; 20]>,
}

impl Factor {
    /// A new one.
    #[must_use]
    pub fn new() -> Self {
        Self { secret: Zeroizing::new(edge::random_bytes()) }
    }

    /// The one that belongs to a one-time link. It is the same as often as the link's page is shown, and stands nowhere
    /// until it is used.
    ///
    /// # Errors
    /// When the keystore fails.
    pub fn of_link(keystore: &Keystore, link: &Token) -> Result<Self, KeystoreError> {
        let tag = mac::hmac_sha256(&*keystore.secret(DERIVE)?, &[b"second factor\0", link.bytes()]);
        let mut secret = Zeroizing::new([0; 20]);
        for (held, byte) in secret.iter_mut().zip(tag) {
            *held = byte;
        }
        Ok(Self { secret })
    }

    /// Seals it for the database, bound to its officer.
    ///
    /// # Errors
    /// When the keystore fails.
    pub fn sealed(&self, keystore: &Keystore, officer: &Id<Officer>) -> Result<Vec<u8>, KeystoreError> {
        keystore.seal(SEAL, self.secret.as_slice(), officer.as_str())
    }

    /// Opens what [`Factor::sealed`] sealed; none when it was sealed for somebody else, or changed.
    ///
    /// # Errors
    /// When the keystore fails.
    pub fn open(
        keystore: &Keystore,
        sealed: &[u8],
        officer: &Id<Officer>,
    ) -> Result<Option<Self>, KeystoreError> {
        let opened = keystore.open_sealed(SEAL, sealed, officer.as_str())?;
        Ok(opened
            .and_then(|bytes| bytes.as_slice().try_into().ok())
            .map(|secret| Self { secret: Zeroizing::new(secret) }))
    }

    /// The step whose code this is, one step early or late included. Whoever asks sees to it that a step is used once.
    #[must_use]
    pub fn step_of(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let digits: Zeroizing<String> =
            Zeroizing::new(code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect());
        self.totp().check(&digits, seconds(now)).and_then(|step| i64::try_from(step).ok())
    }

    /// The code of a moment.
    #[must_use]
    pub fn code(&self, now: DateTime<Utc>) -> String {
        self.totp().generate(seconds(now)).to_string()
    }

    /// The secret as a person types it into another program.
    #[must_use]
    pub fn base32(&self) -> String {
        Secret::new_stack(*self.secret).to_base32()
    }

    /// Reads a secret as [`Factor::base32`] wrote it.
    #[must_use]
    pub fn from_base32(text: &str) -> Option<Self> {
        let secret = Secret::try_from_base32(text).ok()?;
        let secret = secret.as_ref().try_into().ok()?;
        Some(Self { secret: Zeroizing::new(secret) })
    }

    /// The secret as a telephone reads it from a QR code.
    #[must_use]
    pub fn address(&self, city: &str, login: &str) -> String {
        let (city, login) = (percent(city), percent(login));
        format!("otpauth://totp/{city}:{login}?secret={}&issuer={city}", self.base32())
    }

    fn totp(&self) -> Totp {
        // Twenty bytes, six digits and thirty seconds are what the RFC asks for.
        Builder::new().with_secret(Secret::new_stack(*self.secret)).build_noncompliant()
    }
}

impl Default for Factor {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Factor(…)")
    }
}

/// What the database keeps of an officer's recovery code.
///
/// # Errors
/// When the keystore fails.
pub fn recovery_hash(keystore: &Keystore, code: &RecoveryCode) -> Result<[u8; 32], KeystoreError> {
    Ok(mac::hmac_sha256(&*keystore.secret(DERIVE)?, &[b"recovery code\0", code.printed().as_bytes()]))
}

fn seconds(now: DateTime<Utc>) -> u64 {
    u64::try_from(now.timestamp()).unwrap_or(0)
}

/// A text as part of an address.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn rfc() -> Factor {
        Factor { secret: Zeroizing::new(*b"12345678901234567890") }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn agrees_with_rfc_6238() {
        // Appendix B, the last six of the eight digits.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(rfc().code(at(seconds)), code);
            assert_eq!(rfc().step_of(code, at(seconds)), Some(seconds / 30));
        }
        assert_eq!(rfc().base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn a_code_is_good_one_step_early_and_late() {
        let now = at(1_111_111_109);
        for (shift, step) in [(-60, None), (-30, Some(37_037_036)), (30, Some(37_037_036)), (60, None)] {
            assert_eq!(rfc().step_of("081 804", now + Duration::seconds(shift)), step, "{shift}");
        }
        for wrong in ["", "81804", "0818040", "+81804", "08180a", "081805"] {
            assert_eq!(rfc().step_of(wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn an_address_is_escaped() {
        assert_eq!(
            rfc().address("Río & Co", "amina"),
            "otpauth://totp/R%C3%ADo%20%26%20Co:amina?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=R%C3%ADo%20%26%20Co"
        );
    }

    #[test]
    fn it_opens_for_its_officer_alone() {
        let dir = tempfile::tempdir().unwrap();
        let keystore = Keystore::create(&dir.path().join("keys"), None).unwrap();
        let [one, other]: [Id<Officer>; 2] = [(); 2].map(|()| Id::new(edge::new_id(at(0))));
        let sealed = rfc().sealed(&keystore, &one).unwrap();
        let opened = |id| Factor::open(&keystore, &sealed, id).unwrap().map(|factor| factor.base32());
        assert_eq!(opened(&one), Some(rfc().base32()));
        assert_eq!(opened(&other), None);
        let link = Token::new();
        let of = |link| Factor::of_link(&keystore, link).unwrap().base32();
        assert_eq!(of(&link), of(&link));
        assert_ne!(of(&link), of(&Token::new()));
    }
}
