//! Backup and restore.
//!
//! A backup is an age file (any age program opens it) around a tar archive, encrypted to the city's backup key, whose secret
//! half is kept elsewhere. There are two, to be kept apart:
//!
//! ```text
//! of the city   manifest.json  city.toml and what it names  city.db       made daily, while the city is served
//! of the keys   manifest.json  keys/                                      made after each change of keys
//! ```
//! **Neither holds a destroy-by key.** A backup that held one would keep what the city destroyed: it could be read again
//! from there until the last copy is found and gone. So after a disk is lost, the personal data of open cases is lost as
//! well, and those people are asked again; their cards stay good. The root key is not in a backup either: its copies are
//! made at the ceremony.
//!
//! Of a PostgreSQL database `pg_dump` makes the backup; [`settle`] puts right what it puts back.

mod archive;
mod mark;
mod restore;
mod settle;

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use chrono::{DateTime, Utc};

pub use mark::{check, note};
pub(crate) use restore::name_database;
pub use restore::{Asked, KeysFrom, Restored, restore};
pub use settle::{Settled, settle};

use crate::db::DatabaseUrl;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::issuance::entry;
use crate::{Error, Issuer, crash, files};
use archive::{Manifest, Part};

/// What is backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Settings and database.
    City,
    /// The keystore without destroy-by keys and root key.
    Keys,
}

/// A backup that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// How many files are in it.
    pub files: usize,
    /// How long it is, in bytes.
    pub bytes: u64,
}

/// Makes the key that backups are encrypted to from now on. The secret half goes into a file that is kept elsewhere;
/// what is returned is the public half.
///
/// # Errors
/// When there is such a file already, or one cannot be written.
pub fn make_key(issuer: &Issuer, out: &Path, actor: &Actor, now: DateTime<Utc>) -> Result<String, Error> {
    use age::secrecy::ExposeSecret as _;
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let text = zeroize::Zeroizing::new(format!(
        "# public key: {recipient}\n{}\n",
        identity.to_string().expose_secret()
    ));
    // The secret half is there before it is told of, and nothing is encrypted to it before that.
    files::create_private(out, text.as_bytes())?;
    issuer.db.write(|tx| {
        tx.audit(entry(Act::KeyMade, SubjectKind::Key, recipient.clone(), actor, now))?;
        Ok::<_, Error>(())
    })?;
    files::replace(&recipient_path(issuer), format!("{recipient}\n").as_bytes())?;
    Ok(recipient)
}

/// Makes a backup; the city may be served meanwhile.
///
/// # Errors
/// When there is no backup key, the database is on PostgreSQL, or something cannot be read or written. An older backup in
/// the file's place still stands then.
pub fn backup(
    issuer: &Issuer,
    out: &Path,
    what: What,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Made, Error> {
    let recipient = recipient(issuer)?;
    files::try_out(out)?;
    let scratch =
        files::Scratch::new_in(&issuer.data).map_err(files::failed("write to the folder", &issuer.data))?;
    let parts = match what {
        What::City => city_parts(issuer, scratch.path())?,
        What::Keys => keys_parts(issuer)?,
    };
    crash::point("backup.copied");
    let manifest = Manifest::of(issuer, what, &parts, now)?;
    // Told before the file is there: a backup that the log does not know would be a copy that nobody looks for.
    let tell = || {
        issuer.db.write(|tx| {
            let mut entry =
                entry(Act::BackupMade, SubjectKind::City, issuer.city.url.as_str().to_owned(), actor, now);
            entry.reason = Some(what.as_str().to_owned());
            tx.audit(entry)?;
            crash::point("backup.telling");
            Ok::<_, Error>(())
        })
    };
    let bytes = archive::write(out, &recipient, &manifest, &parts, tell)?;
    Ok(Made { files: parts.len(), bytes })
}

/// Unpacks a backup that lies in memory into a folder, as [`restore`] does before it looks at anything else.
///
/// # Errors
/// When it is not what was written.
pub fn unpack(bytes: &[u8], identity: &age::x25519::Identity, what: What, into: &Path) -> Result<(), Error> {
    let name = Path::new("the backup");
    archive::unpack(archive::decrypted(bytes, name, identity)?, name, what, into).map(|_| ())
}

/// As [`unpack`], from what the encryption covers: nobody but who has the backup key can have written that.
///
/// # Errors
/// When it is not what was written.
pub fn unpack_plain(bytes: &[u8], what: What, into: &Path) -> Result<(), Error> {
    archive::unpack(bytes, Path::new("the backup"), what, into).map(|_| ())
}

impl What {
    fn as_str(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Keys => "keys",
        }
    }
}

fn recipient(issuer: &Issuer) -> Result<age::x25519::Recipient, Error> {
    let path = recipient_path(issuer);
    if !path.exists() {
        return Err(Error::Refused(
            "the city has no backup key yet; make one: issuer key make-backup --out FILE".to_owned(),
        ));
    }
    let text = String::from_utf8(files::read(&path)?).unwrap_or_default();
    age::x25519::Recipient::from_str(text.trim())
        .map_err(|error| Error::Refused(format!("{} holds no backup key: {error}", path.display())))
}

fn recipient_path(issuer: &Issuer) -> PathBuf {
    issuer.data.join("backup.pub")
}

fn city_parts(issuer: &Issuer, scratch: &Path) -> Result<Vec<Part>, Error> {
    if let DatabaseUrl::Postgres(_) = issuer.city.database {
        return Err(Error::Refused(
            "the database is on PostgreSQL, whose own program makes its backup: pg_dump --format=custom --no-owner \
             DATABASE | age -R city/backup.pub -o city.dump.age; settings and keys are backed up with --keys and by \
             copying city.toml; after pg_restore: issuer restore --settle --published DIR"
                .to_owned(),
        ));
    }
    let snapshot = scratch.join("city.db");
    issuer.db.snapshot(&snapshot)?;
    let mut parts = vec![Part::new("city.db", snapshot)];
    for name in ["city.toml", "backup.pub", "trust-list.cbor"] {
        parts.extend(Part::if_there(name, &issuer.data));
    }
    for named in [&issuer.city.emblem, &issuer.city.layouts].into_iter().flatten() {
        parts.extend(Part::if_there(named.as_str(), &issuer.data));
    }
    parts.extend(Part::all_in("locales", &issuer.data)?);
    Ok(parts)
}

fn keys_parts(issuer: &Issuer) -> Result<Vec<Part>, Error> {
    let mut parts = Vec::new();
    for name in ["keys/master.key", "keys/root.pub"] {
        parts.extend(Part::if_there(name, &issuer.data));
    }
    parts.extend(Part::all_in("keys/secret", &issuer.data)?);
    parts.extend(Part::all_in("keys/signing", &issuer.data)?);
    Ok(parts)
}
