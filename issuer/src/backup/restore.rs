//! Putting a city back from its backups, into a new folder.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use chrono::{DateTime, Utc};

use super::archive::{self, Manifest};
use super::{Settled, What, settle};
use crate::config::City;
use crate::db::act::Actor;
use crate::db::{DatabaseUrl, audit_chain};
use crate::keystore::Passphrase;
use crate::publish::ceremony;
use crate::{Error, Issuer, crash, files};

/// What is to be restored.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The backup of the city.
    pub file: &'a Path,
    /// Where the keys come from.
    pub keys: KeysFrom<'a>,
    /// The file with the secret half of the backup key.
    pub identity: &'a Path,
    /// The new folder.
    pub to: &'a Path,
    /// The folder that was published into last, or its bundle.
    pub published: Option<&'a Path>,
}

/// Where the keys come from.
#[derive(Debug, Clone, Copy)]
pub enum KeysFrom<'a> {
    /// The backup of the keys.
    Backup(&'a Path),
    /// A keystore that is still there, destroy-by keys and all.
    Folder(&'a Path),
}

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// When the backup was made.
    pub made_at: DateTime<Utc>,
    /// What was settled.
    pub settled: Settled,
    /// The restored issuer.
    pub issuer: Issuer,
}

/// Restores a city. Nothing is left behind in its place when that fails.
///
/// # Errors
/// When the folder is there already, the backup is damaged, of a newer program or of another city than the keys, or a part
/// cannot be read or written.
pub fn restore(
    asked: &Asked<'_>,
    passphrase: Option<Passphrase>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Restored, Error> {
    if asked.to.exists() {
        return Err(Error::Refused(format!("{} is there already; name a new folder", asked.to.display())));
    }
    let above = match asked.to.parent() {
        Some(above) if above != Path::new("") => above,
        _ => Path::new("."),
    };
    files::make_folder(above)?;
    let staging = files::Scratch::new_in(above).map_err(files::failed("write to the folder", above))?;
    let folder = staging.path();
    let identity = read_identity(asked.identity)?;
    let city = archive::read(asked.file, &identity, What::City, folder)?;
    crash::point("restore.city_read");
    let keys = match asked.keys {
        KeysFrom::Backup(file) => Some(archive::read(file, &identity, What::Keys, folder)?),
        KeysFrom::Folder(from) => {
            copy_keys(from, &folder.join("keys"))?;
            None
        }
    };
    if keys.as_ref().is_some_and(|keys| keys.root != city.root || keys.city != city.city) {
        return Err(mixed());
    }
    crash::point("restore.keys_read");
    name_database(folder)?;
    for part in ["destroy-by", "secret", "signing"] {
        files::make_private_folder(&folder.join("keys").join(part))?;
    }
    let issuer = Issuer::open_unchecked(folder, passphrase.clone())?;
    check(&issuer, &city)?;
    let settled = settle(&issuer, asked.published, actor, now)?;
    crash::point("restore.settled");
    // Closed before it moves: the database's journals lie beside it.
    drop(issuer);
    let folder = staging.keep();
    std::fs::rename(&folder, asked.to).map_err(files::failed("put in its place", asked.to))?;
    crash::point("restore.placed");
    let issuer = Issuer::open(asked.to, passphrase)?;
    Ok(Restored { made_at: city.made_at, settled, issuer })
}

fn check(issuer: &Issuer, manifest: &Manifest) -> Result<(), Error> {
    if ceremony::fingerprint(issuer)?.to_string() != manifest.root
        || issuer.city.url.as_str() != manifest.city
    {
        return Err(mixed());
    }
    manifest.check_seal(issuer)?;
    issuer.db.check_pages()?;
    match issuer.db.read(|conn| Ok::<_, Error>(audit_chain::verify_chain(conn)?))? {
        Ok(_) => Ok(()),
        Err(bad) => Err(Error::Refused(format!("the backup's audit log was tampered with: {bad}"))),
    }
}

fn mixed() -> Error {
    Error::Refused("the backup and the keys are of two different cities".to_owned())
}

fn read_identity(path: &Path) -> Result<age::x25519::Identity, Error> {
    let text = zeroize::Zeroizing::new(String::from_utf8(files::read(path)?).unwrap_or_default());
    text.lines()
        .map(str::trim)
        .find(|line| line.starts_with("AGE-SECRET-KEY-"))
        .and_then(|line| age::x25519::Identity::from_str(line).ok())
        .ok_or_else(|| Error::Refused(format!("{} holds no secret half of a backup key", path.display())))
}

fn copy_keys(from: &Path, to: &Path) -> Result<(), Error> {
    files::make_private_folder(to)?;
    for entry in std::fs::read_dir(from).map_err(files::failed("read", from))? {
        let entry = entry.map_err(files::failed("read", from))?;
        let (path, place) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_keys(&path, &place)?;
        } else {
            // The rights of the file come along.
            std::fs::copy(&path, &place).map_err(files::failed("copy", &path))?;
        }
    }
    Ok(())
}

/// The database of a restored city lies in its folder, wherever it was before.
pub(crate) fn name_database(folder: &Path) -> Result<(), Error> {
    let path = folder.join("city.toml");
    let here = DatabaseUrl::Sqlite(folder.join("city.db"));
    if City::load(&path)?.database == here {
        return Ok(());
    }
    let text = String::from_utf8(files::read(&path)?).unwrap_or_default();
    let line = |line: &str| {
        if line.starts_with("database") {
            "database = \"sqlite:city.db\"".to_owned()
        } else {
            line.to_owned()
        }
    };
    let text: Vec<String> = text.lines().map(line).collect();
    files::replace(&path, format!("{}\n", text.join("\n")).as_bytes())
}

/// The bundle in a folder that was published into, or the file itself.
pub(super) fn bundle_in(published: &Path) -> PathBuf {
    if published.is_dir() { published.join("bundle.cbor") } else { published.to_owned() }
}
