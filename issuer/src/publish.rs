//! Publishing: what verifiers fetch, as static files.
//!
//! ```text
//! OUT/bundle.cbor       everything a verifier needs
//! OUT/index.cbor        how the bundle is made up of pieces
//! OUT/pieces/DIGEST     those of them that outlast a publication
//! OUT/trust-list.cbor   signed by the root
//! OUT/s/N               the status lists, where their URIs end
//! OUT/jwks.json         the city's keys, for other cities
//! OUT/root.txt          the fingerprint of the root key
//! OUT/root-words.txt    the same as words to read aloud
//! ```
//! Every file is replaced whole; the bundle and the index last, so that neither speaks of what is not there yet. A piece
//! never changes and outlives the index that names it, so that whoever fetches in the middle of a publication gets the old
//! bundle or the new one, never a mixture.
//!
//! Where the root key lies here, each publication has a new trust list. Where it is elsewhere, the status lists are signed
//! anew beside the trust list that the root signed last; [`ceremony`] says how it comes to sign the next.

pub mod ceremony;
pub(crate) mod listed;
mod lists;
mod pieces;
pub mod watch;

use std::fs::{File, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, Utc};
use shared::bundle::Bundle;
use shared::keys::{Ed25519Signer, PublicKey, Thumbprint};
use shared::trust_list::TrustList;
use shared::trusted::Trusted;
use shared::words::Words;

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::issuing_key::{self, IssuingKey};
use crate::db::publication::{Publication, PublicationKind};
use crate::jwk::{Jwk, JwkSet};
use crate::keystore::Passphrase;
use crate::{Error, Issuer, backup, crash, files, issuance, keys};

/// How often, and how many times, a publication looks whether another has written its files: ten seconds.
const LOOK: std::time::Duration = std::time::Duration::from_millis(100);
const LOOKS: usize = 100;

/// What was published.
#[derive(Debug, Clone)]
pub struct Published {
    /// The fingerprint of the root key.
    pub fingerprint: Thumbprint,
    /// The trust list's sequence number.
    pub sequence: u64,
    /// How many status lists.
    pub lists: usize,
    /// How many of the city's own say something else than last time.
    pub changed: usize,
    /// The bundle.
    pub bundle: PathBuf,
    /// What the city lists by now and the trust list does not say yet, or says no more: sentences.
    pub behind: Vec<String>,
}

/// Publishes into a folder.
///
/// # Errors
/// When the root key is not here and has signed no trust list yet, or something cannot be signed or written.
pub fn publish(
    issuer: &Issuer,
    out: &Path,
    root_passphrase: Option<&Passphrase>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Published, Error> {
    at_city_hall(issuer)?;
    if !issuer.keystore.has_root_key() {
        let (token, _) = ceremony::kept(issuer)?.ok_or_else(|| {
            Error::Refused(
                "the root key is not here and has signed no trust list yet; write what it is to sign: \
                 issuer publish --unsigned FILE"
                    .to_owned(),
            )
        })?;
        let (_, now) = number(issuer, PublicationKind::Bundle, actor, now)?;
        return write_out(issuer, out, &token, now);
    }
    let root = Ed25519Signer::new(issuer.keystore.root_key(root_passphrase)?);
    let (sequence, now) = number(issuer, PublicationKind::Bundle, actor, now)?;
    let token = listed::trust_list(issuer, sequence, now)?.sign(&root)?;
    ceremony::keep(issuer, &token)?;
    write_out(issuer, out, &token, now)
}

/// Keeps other publications of this city from writing, until it is dropped: of two at once, the older could come last.
/// One that stands still is not waited for: what it writes then is put right by whoever took over from it.
fn alone(issuer: &Issuer) -> Result<Option<File>, Error> {
    let path = issuer.data.join("publishing");
    let opened = File::options().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = opened.map_err(files::failed("wait at", &path))?;
    for _ in 0..LOOKS {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => pause(),
            Err(TryLockError::Error(error)) => return Err(files::failed("wait at", &path)(error)),
        }
    }
    Ok(None)
}

#[expect(clippy::disallowed_methods, reason = "another process does not say when it is done")]
fn pause() {
    std::thread::sleep(LOOK);
}

/// A kit knows only its own cards: what it would publish is not the city's.
fn at_city_hall(issuer: &Issuer) -> Result<(), Error> {
    match issuer.db.read(|conn| Ok::<_, Error>(issuer.kit(conn)?))? {
        None => Ok(()),
        Some(kit) => Err(Error::Refused(format!(
            "this is the event kit {}: lists are published at the city hall, once it is merged there",
            kit.name
        ))),
    }
}

/// Takes the next number, and a time later than that of the last publication: a verifier refuses two lists of one time.
fn number(
    issuer: &Issuer,
    kind: PublicationKind,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(u64, DateTime<Utc>), Error> {
    let (sequence, now) = issuer.db.write(|tx| {
        let last = Publication::last(tx.conn(), kind)?;
        let now = last.map_or(now, |last| now.max(last.at.utc() + Duration::seconds(1)));
        let publication = Publication::next(tx.conn(), kind, now)?;
        let sequence = publication.sequence.to_string();
        tx.audit(issuance::entry(Act::Published, SubjectKind::Publication, sequence, actor, now))?;
        crash::point("publish.numbering");
        Ok::<_, Error>((u64::try_from(publication.sequence).unwrap_or_default(), now))
    })?;
    crash::point("publish.numbered");
    backup::note(issuer, sequence, now)?;
    crash::point("publish.marked");
    Ok((sequence, now))
}

/// Writes what verifiers fetch: this trust list, and the status lists of now.
fn write_out(issuer: &Issuer, out: &Path, trust_list: &[u8], now: DateTime<Utc>) -> Result<Published, Error> {
    let root = root_public(issuer)?;
    let own = lists::own_lists(issuer, now)?;
    crash::point("publish.lists_ready");
    let theirs = lists::their_lists(issuer)?;
    let status_lists: Vec<&[u8]> =
        own.iter().map(|list| list.token.as_slice()).chain(theirs.iter().map(Vec::as_slice)).collect();
    let bundle = Bundle { root, trust_list, status_lists }.to_cbor();
    // What no verifier would take is not published.
    let (trusted, _) = Trusted::establish(&bundle, None).map_err(|error| {
        Error::Refused(format!("a verifier would refuse this bundle: {error}{}", ceremony::advice(issuer)))
    })?;

    let _alone = alone(issuer)?;
    newest(issuer, now)?;
    let index = pieces::write(out, &bundle)?;
    crash::point("publish.pieces_written");
    // No two publications have one second.
    let put = |place: &str, content: &[u8]| files::replace_dated(&out.join(place), content, now.into());
    for list in &own {
        put(place(issuer, &list.uri), &list.token)?;
    }
    let fingerprint = trusted.fingerprint();
    put("trust-list.cbor", trust_list)?;
    put("jwks.json", &jwks(issuer)?)?;
    put("root.txt", format!("{fingerprint}\n").as_bytes())?;
    put("root-words.txt", format!("{}\n", Words::of(fingerprint)).as_bytes())?;
    put("bundle.cbor", &bundle)?;
    let before = pieces::named(&out.join("index.cbor"));
    put("index.cbor", &index)?;
    pieces::sweep(out, &before, now);
    crash::point("publish.swept");
    let list = trusted.trust_list();
    Ok(Published {
        fingerprint,
        sequence: list.sequence,
        lists: own.len() + theirs.len(),
        changed: own.iter().filter(|list| list.changed).count(),
        bundle: out.join("bundle.cbor"),
        behind: behind(issuer, list, now)?,
    })
}

/// Where a status list is put in the folder.
fn place<'a>(issuer: &Issuer, uri: &'a str) -> &'a str {
    uri.strip_prefix(issuer.city.url.as_str()).unwrap_or(uri).trim_start_matches('/')
}

/// Leaves the folder to a publication that was begun since: an older one never goes over it.
fn newest(issuer: &Issuer, at: DateTime<Utc>) -> Result<(), Error> {
    let last = issuer.db.read(|conn| Ok::<_, Error>(Publication::last(conn, PublicationKind::Bundle)?))?;
    match last {
        Some(last) if last.at.utc() > at => Err(Error::Refused(format!(
            "publication {} was begun meanwhile and is newer: this one is left to it",
            last.sequence
        ))),
        _ => Ok(()),
    }
}

/// What the trust list should say by now and does not.
fn behind(issuer: &Issuer, list: &TrustList, now: DateTime<Utc>) -> Result<Vec<String>, Error> {
    let wanted = listed::trust_list(issuer, list.sequence, now)?;
    let own = |list: &TrustList| list.issuers.first().map(|own| own.keys.clone()).unwrap_or_default();
    let (says, should) = (own(list), own(&wanted));
    let mut behind = Vec::new();
    for key in &should {
        let kid = key.kid.to_hex();
        match says.iter().find(|said| said.kid == key.kid) {
            None => {
                behind.push(format!("it does not name the key {kid}: no counter takes what that key signs"));
            }
            Some(said) if said.state != key.state || said.valid_until != key.valid_until => {
                behind.push(format!("it does not say what became of the key {kid}"));
            }
            Some(_) => {}
        }
    }
    if behind.is_empty() && (list.issuers != wanted.issuers || list.services != wanted.services) {
        behind.push("what city.toml says, or which cities are recognised, was changed since".to_owned());
    }
    if now.timestamp() > list.next_update {
        behind.push("the next one is overdue: counters say that their lists are old".to_owned());
    }
    Ok(behind)
}

fn root_public(issuer: &Issuer) -> Result<PublicKey, Error> {
    Ok(PublicKey::Ed25519(Box::new(issuer.keystore.root_public_key()?)))
}

fn jwks(issuer: &Issuer) -> Result<Vec<u8>, Error> {
    let keys = issuer.db.read(|conn| Ok::<_, Error>(IssuingKey::all(conn)?))?;
    let good = keys.iter().filter(|key| key.state != issuing_key::KeyState::Compromised);
    let keys: Vec<PublicKey> = good.map(keys::public_half).collect::<Result<_, _>>()?;
    let set = JwkSet { keys: keys.iter().map(Jwk::ed25519).collect() };
    // A struct of texts always has a JSON form.
    Ok(serde_json::to_vec_pretty(&set).unwrap_or_default())
}

#[cfg(test)]
mod tests;
