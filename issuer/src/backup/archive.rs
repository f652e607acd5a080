//! The archive in a backup: a manifest, then the files that it names.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Read, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use shared::keys::hex;

use super::What;
use crate::{Error, Issuer, crash, files, mac};

const FORM: &str = "local-card-backup/1";
const MANIFEST: &str = "manifest.json";
/// The keystore's secret that shows who made a backup: anybody may encrypt to the backup key.
const SEAL: &str = "backup";
/// More than any manifest has.
const LARGEST_MANIFEST: u64 = 1 << 20;

/// A file that goes into a backup.
#[derive(Debug, Clone)]
pub(super) struct Part {
    name: String,
    path: PathBuf,
}

impl Part {
    pub(super) fn new(name: &str, path: PathBuf) -> Self {
        Self { name: name.to_owned(), path }
    }

    pub(super) fn if_there(name: &str, folder: &Path) -> Option<Self> {
        let path = folder.join(name);
        (is_plain(name) && path.is_file()).then(|| Self::new(name, path))
    }

    /// The files right in a folder, by name.
    pub(super) fn all_in(name: &str, above: &Path) -> Result<Vec<Self>, Error> {
        let folder = above.join(name);
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut parts = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(files::failed("read", &folder))? {
            let file = entry.map_err(files::failed("read", &folder))?.file_name();
            // Drafts that a crash left behind begin with a dot.
            if let Some(file) = file.to_str().filter(|file| !file.starts_with('.')) {
                parts.extend(Self::if_there(&format!("{name}/{file}"), above));
            }
        }
        parts.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(parts)
    }
}

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    form: String,
    part: String,
    /// The issuer's address.
    pub(super) city: String,
    /// The fingerprint of the root key.
    pub(super) root: String,
    pub(super) made_at: DateTime<Utc>,
    /// The migrations that were run.
    pub(super) schema: Vec<String>,
    /// SHA-256 of each file, in hexadecimal.
    files: BTreeMap<String, String>,
    /// Made with a secret of the keystore over all of the above.
    seal: String,
}

impl Manifest {
    pub(super) fn of(issuer: &Issuer, what: What, parts: &[Part], now: DateTime<Utc>) -> Result<Self, Error> {
        let mut digests = BTreeMap::new();
        for part in parts {
            digests.insert(part.name.clone(), digest(&part.path)?);
        }
        let mut manifest = Self {
            form: FORM.to_owned(),
            part: what.as_str().to_owned(),
            city: issuer.city.url.as_str().to_owned(),
            root: crate::publish::ceremony::fingerprint(issuer)?.to_string(),
            made_at: now,
            schema: issuer.db.schema()?,
            files: digests,
            seal: String::new(),
        };
        manifest.seal = manifest.sealed(issuer)?;
        Ok(manifest)
    }

    /// Refuses what this city did not make.
    pub(super) fn check_seal(&self, issuer: &Issuer) -> Result<(), Error> {
        let made = self.sealed(issuer)?;
        if subtle::ConstantTimeEq::ct_eq(made.as_bytes(), self.seal.as_bytes()).into() {
            return Ok(());
        }
        Err(Error::Refused(
            "the backup was not made with these keys: it is another city's, or somebody made it up"
                .to_owned(),
        ))
    }

    fn sealed(&self, issuer: &Issuer) -> Result<String, Error> {
        let plain = Self { seal: String::new(), ..self.clone() };
        let bytes = serde_json::to_vec(&plain).unwrap_or_default();
        Ok(hex(&mac::hmac_sha256(&*issuer.keystore.secret(SEAL)?, &[&bytes])))
    }
}

/// Writes a backup in the place of an older one, once `tell` has told of it; its length.
pub(super) fn write(
    out: &Path,
    recipient: &age::x25519::Recipient,
    manifest: &Manifest,
    parts: &[Part],
    tell: impl FnOnce() -> Result<(), Error>,
) -> Result<u64, Error> {
    let folder = match out.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let written = || -> std::io::Result<tempfile::NamedTempFile> {
        let mut beside = tempfile::Builder::new()
            .permissions(std::fs::Permissions::from_mode(0o600))
            .tempfile_in(folder)?;
        let encryptor = age::Encryptor::with_recipients(std::iter::once::<&dyn age::Recipient>(recipient))
            .map_err(std::io::Error::other)?;
        let mut archive = tar::Builder::new(encryptor.wrap_output(BufWriter::new(beside.as_file_mut()))?);
        let json = serde_json::to_vec_pretty(manifest)?;
        let mut header = tar::Header::new_ustar();
        header.set_size(u64::try_from(json.len()).unwrap_or(u64::MAX));
        header.set_mode(0o600);
        archive.append_data(&mut header, MANIFEST, json.as_slice())?;
        for part in parts {
            let mut header = tar::Header::new_ustar();
            let mut file = File::open(&part.path)?;
            header.set_size(file.metadata()?.len());
            header.set_mode(0o600);
            archive.append_data(&mut header, &part.name, &mut file)?;
        }
        archive.into_inner()?.finish()?.flush()?;
        beside.as_file().sync_all()?;
        Ok(beside)
    };
    let beside = written().map_err(files::failed("write the backup", out))?;
    crash::point("backup.ready");
    tell()?;
    let placed = || -> std::io::Result<u64> {
        let length = beside.as_file().metadata()?.len();
        beside.persist(out).map_err(|error| error.error)?;
        crash::point("backup.placed");
        File::open(folder)?.sync_all()?;
        Ok(length)
    };
    placed().map_err(files::failed("write the backup", out))
}

/// Unpacks a backup into a folder. What is not as it was written is refused, whatever it is.
pub(super) fn read(
    file: &Path,
    identity: &age::x25519::Identity,
    what: What,
    into: &Path,
) -> Result<Manifest, Error> {
    let opened = File::open(file).map_err(files::failed("read", file))?;
    unpack(decrypted(BufReader::new(opened), file, identity)?, file, what, into)
}

/// What is in a backup, as it is read; `file` is what it is called.
pub(super) fn decrypted(
    source: impl BufRead,
    file: &Path,
    identity: &age::x25519::Identity,
) -> Result<impl Read, Error> {
    let decryptor = age::Decryptor::new_buffered(source).map_err(|_| tampered(file, "it is no backup"))?;
    decryptor.decrypt(std::iter::once::<&dyn age::Identity>(identity)).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => {
            Error::Refused(format!("{} is not encrypted to this backup key", file.display()))
        }
        error => tampered(file, &error.to_string()),
    })
}

/// Unpacks what was encrypted.
pub(super) fn unpack(plain: impl Read, file: &Path, what: What, into: &Path) -> Result<Manifest, Error> {
    let tampered = |fault: &str| tampered(file, fault);
    let unreadable = |error: std::io::Error| tampered(&error.to_string());
    let mut archive = tar::Archive::new(plain);
    let mut manifest: Option<Manifest> = None;
    let mut missing = BTreeMap::new();
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let name = entry.path().map_err(unreadable)?.to_string_lossy().into_owned();
        if manifest.is_none() {
            let read = read_manifest(&name, &mut entry).ok_or_else(|| tampered("it has no manifest"))?;
            check(&read, what)?;
            missing.clone_from(&read.files);
            manifest = Some(read);
            continue;
        }
        let expected = missing.remove(&name).filter(|_| is_plain(&name));
        let expected = expected.ok_or_else(|| tampered("it holds a file that it does not name"))?;
        let place = into.join(&name);
        put(&place, &mut entry).map_err(|error| match error.kind() {
            // What the decryption says of blocks that were changed or cut off.
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => unreadable(error),
            _ => files::failed("write", &place)(error),
        })?;
        if digest(&place)? != expected {
            return Err(tampered(&format!("{name} is not what was written")));
        }
    }
    // What stands behind the archive counts as well: only its end shows that nothing was cut off.
    std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).map_err(unreadable)?;
    match manifest {
        Some(manifest) if missing.is_empty() => Ok(manifest),
        _ => Err(tampered("files are missing")),
    }
}

fn tampered(file: &Path, fault: &str) -> Error {
    Error::Refused(format!("{} is damaged or was tampered with: {fault}", file.display()))
}

fn read_manifest(name: &str, entry: &mut impl Read) -> Option<Manifest> {
    let mut bytes = Vec::new();
    (name == MANIFEST).then_some(())?;
    entry.take(LARGEST_MANIFEST).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn check(manifest: &Manifest, what: What) -> Result<(), Error> {
    if manifest.form != FORM {
        return Err(Error::Refused(format!(
            "a newer program made this backup, in the form {}",
            manifest.form
        )));
    }
    if manifest.part != what.as_str() {
        return Err(Error::Refused(format!(
            "this is a backup of the {}, and one of the {} is needed here",
            manifest.part,
            what.as_str()
        )));
    }
    let known = crate::db::known_schema();
    match manifest.schema.iter().find(|version| !known.contains(version)) {
        None => Ok(()),
        Some(version) => Err(Error::Refused(format!(
            "the backup is of a newer program, whose database has the change {version}; restore it with that program"
        ))),
    }
}

fn put(place: &Path, content: &mut impl Read) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    if let Some(folder) = place.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(place)?;
    std::io::copy(content, &mut file)?;
    file.sync_all()
}

/// A path that leads nowhere but down.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

fn digest(path: &Path) -> Result<String, Error> {
    Ok(hex(&files::hash(path)?.finalize()))
}
