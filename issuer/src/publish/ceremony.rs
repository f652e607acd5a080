//! A root key that is kept elsewhere, and signs by an exchange of files.
//!
//! ```text
//! issuer publish --unsigned to-sign.cbor                    here: the next trust list, unsigned
//! issuer key sign --root root.pem to-sign.cbor --out signed.cbor    there: no city is needed
//! issuer publish --signed signed.cbor --out public          here: checked, kept, published
//! ```
//! What the root signed last is kept as `trust-list.cbor` in the city's folder.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use shared::keys::Ed25519Signer;
use shared::trust_list::TrustList;

use super::{Published, at_city_hall, listed, number, root_public, write_out};
use crate::db::act::Actor;
use crate::db::publication::{Publication, PublicationKind};
use crate::keystore::{Passphrase, root_key_at};
use crate::{Error, Issuer, files};

/// How far the clock of another machine may be ahead, in seconds.
const TOLERANCE: i64 = 300;

/// Writes the next trust list for the root to sign; its number.
///
/// # Errors
/// When the file cannot be written, or the database fails.
pub fn write_unsigned(issuer: &Issuer, out: &Path, actor: &Actor, now: DateTime<Utc>) -> Result<u64, Error> {
    at_city_hall(issuer)?;
    files::try_out(out)?;
    let (sequence, now) = number(issuer, PublicationKind::TrustList, actor, now)?;
    files::replace(out, &listed::trust_list(issuer, sequence, now)?.to_be_signed())?;
    Ok(sequence)
}

/// Reads what the root is to sign, to be shown to whoever holds it.
///
/// # Errors
/// When the file holds no trust list.
pub fn read_unsigned(file: &Path) -> Result<TrustList, Error> {
    TrustList::dangerous_read_unsigned(&files::read(file)?)
        .map_err(|error| Error::Refused(format!("{} holds no trust list to sign: {error}", file.display())))
}

/// Signs a trust list with a root key in a file. No city is needed for it.
///
/// # Errors
/// When the key cannot be had, or the result cannot be written.
pub fn sign(
    list: &TrustList,
    root: &Path,
    passphrase: Option<&Passphrase>,
    out: &Path,
) -> Result<shared::keys::Thumbprint, Error> {
    use shared::keys::Signer as _;
    let root = Ed25519Signer::new(root_key_at(root, passphrase)?);
    files::replace(out, &list.sign(&root)?)?;
    Ok(root.public_key().thumbprint())
}

/// Takes in a trust list that the root signed elsewhere, and publishes it.
///
/// # Errors
/// When it is not of this city's root, not the one written last, no longer what the city lists, too old, or cannot be
/// published.
pub fn publish_signed(
    issuer: &Issuer,
    file: &Path,
    out: &Path,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Published, Error> {
    at_city_hall(issuer)?;
    let token = files::read(file)?;
    let list = check(issuer, file, &token)?;
    fresh(issuer, &list, now)?;
    keep(issuer, &token)?;
    let (_, now) = number(issuer, PublicationKind::Bundle, actor, now)?;
    write_out(issuer, out, &token, now)
}

/// The fingerprint of the city's root key, wherever the key is.
///
/// # Errors
/// When its public half cannot be had.
pub fn fingerprint(issuer: &Issuer) -> Result<shared::keys::Thumbprint, Error> {
    Ok(root_public(issuer)?.thumbprint())
}

fn check(issuer: &Issuer, file: &Path, token: &[u8]) -> Result<TrustList, Error> {
    let root = root_public(issuer)?;
    let wrong = |error| {
        let fingerprint = root.thumbprint();
        Error::Refused(format!("{}: {error}; this city's root key is {fingerprint}", file.display()))
    };
    let list = TrustList::parse(token).and_then(|unverified| unverified.verify(&root)).map_err(wrong)?;
    Ok(TrustList::clone(&list))
}

fn fresh(issuer: &Issuer, list: &TrustList, now: DateTime<Utc>) -> Result<(), Error> {
    let again = "write it anew: issuer publish --unsigned FILE";
    let written =
        issuer.db.read(|conn| Ok::<_, Error>(Publication::last(conn, PublicationKind::TrustList)?))?;
    let newest = written.map_or(0, |written| u64::try_from(written.sequence).unwrap_or_default());
    if list.sequence != newest {
        return Err(Error::Refused(format!(
            "this is trust list {}, and the last one that was written to be signed is {newest}; {again}",
            list.sequence
        )));
    }
    if list.issued_at > now.timestamp() + TOLERANCE {
        return Err(Error::Refused(format!("trust list {newest} bears a time to come: is the clock right?")));
    }
    if list.next_update <= now.timestamp() {
        return Err(Error::Refused(format!("trust list {newest} is overdue already; {again}")));
    }
    let made = DateTime::from_timestamp(list.issued_at, 0).unwrap_or(now);
    if listed::trust_list(issuer, list.sequence, made)? != *list {
        return Err(Error::Refused(format!(
            "the keys or services of the city were changed since trust list {newest} was written; {again}"
        )));
    }
    Ok(())
}

/// The trust list that the root signed last, if any.
///
/// # Errors
/// When it cannot be read, or the root did not sign it.
pub(super) fn kept(issuer: &Issuer) -> Result<Option<(Vec<u8>, TrustList)>, Error> {
    let path = place(issuer);
    if !path.exists() {
        return Ok(None);
    }
    let token = files::read(&path)?;
    let list = check(issuer, &path, &token)?;
    Ok(Some((token, list)))
}

pub(super) fn keep(issuer: &Issuer, token: &[u8]) -> Result<(), Error> {
    files::replace(&place(issuer), token)
}

/// What to do where the trust list that is kept no longer fits.
pub(super) fn advice(issuer: &Issuer) -> &'static str {
    if issuer.keystore.has_root_key() {
        ""
    } else {
        "; the root key has to sign a new trust list: issuer publish --unsigned FILE"
    }
}

fn place(issuer: &Issuer) -> PathBuf {
    issuer.data.join("trust-list.cbor")
}
