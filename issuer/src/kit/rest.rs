//! The database of a kit is sealed while no program works with it: a laptop that is stolen switched off tells nothing, neither
//! numbers nor who worked there.
//!
//! ```text
//! city.db           while some program works with the kit
//! city.db.sealed    otherwise (age, under a secret of the kit's keystore, which is under its passphrase)
//! city.db-in-use    locked by each of them: the last to go seals it
//! ```
//! Where both are there, `city.db` counts: it goes only once what was sealed is on the disk, and what is sealed goes only
//! once `city.db` is. A program that is killed, or a laptop whose battery is empty, leaves it open; the next program that
//! ends seals it.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use age::scrypt;
use secrecy::SecretString;
use shared::keys::hex;
use zeroize::Zeroizing;

use crate::db::DatabaseUrl;
use crate::keystore::{Keystore, destroy};
use crate::{Error, crash, files};

/// The keystore's secret that it is sealed under; a city hall has none.
const SECRET: &str = "database";
/// age stretches what it takes for a passphrase; 32 random bytes need none of that.
const STRETCH: u8 = 1;

/// A kit's database that is in use. Dropped last of all that has it open, this seals it.
pub(crate) struct Rest {
    secret: SecretString,
    database: PathBuf,
    /// Locked by all who use it, and alone by who opens or seals it.
    in_use: File,
}

impl Rest {
    /// From now on a kit's database is sealed when nobody uses it.
    ///
    /// # Errors
    /// When the keystore fails.
    pub(crate) fn begin(keystore: &Keystore) -> Result<(), Error> {
        keystore.secret(SECRET)?;
        Ok(())
    }

    /// Opens what is sealed, and keeps it open until what is returned is dropped; none in a city hall.
    ///
    /// # Errors
    /// When it was changed, or a file cannot be read or written.
    pub(crate) fn wake(database: &DatabaseUrl, keystore: &Keystore) -> Result<Option<Self>, Error> {
        let DatabaseUrl::Sqlite(path) = database else { return Ok(None) };
        let Some(secret) = keystore.find_secret(SECRET)? else { return Ok(None) };
        let lock = beside(path, "-in-use");
        let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&lock);
        let in_use = opened.map_err(files::failed("open", &lock))?;
        let rest =
            Self { secret: Zeroizing::new(hex(&*secret)).as_str().into(), database: path.clone(), in_use };
        let failed = || files::failed("lock", &lock);
        loop {
            rest.in_use.lock_shared().map_err(failed())?;
            // As long as this is held nobody seals it.
            if rest.database.exists() || !rest.sealed().exists() {
                return Ok(Some(rest));
            }
            rest.in_use.unlock().map_err(failed())?;
            rest.in_use.lock().map_err(failed())?;
            rest.unseal()?;
            rest.in_use.unlock().map_err(failed())?;
        }
    }

    fn sealed(&self) -> PathBuf {
        beside(&self.database, ".sealed")
    }

    /// What was open until it was sealed, and waits to be destroyed.
    fn old(&self) -> PathBuf {
        beside(&self.database, ".old")
    }

    fn unseal(&self) -> Result<(), Error> {
        if self.database.exists() {
            return Ok(());
        }
        let sealed = self.sealed();
        let file = File::open(&sealed).map_err(files::failed("read", &sealed))?;
        let mut identity = scrypt::Identity::new(self.secret.clone());
        identity.set_max_work_factor(STRETCH);
        let damaged = |fault: &str| {
            Error::Refused(format!(
                "{} was changed or is damaged ({fault}): nothing was opened; the kit comes back from its backup, or is \
                 told to the city hall as lost",
                sealed.display()
            ))
        };
        let plain = age::Decryptor::new_buffered(BufReader::new(file))
            .and_then(|file| file.decrypt(std::iter::once::<&dyn age::Identity>(&identity)));
        let mut plain = plain.map_err(|error| damaged(&error.to_string()))?;
        let written = files::write_private(&self.database, |out| io::copy(&mut plain, out).map(drop));
        written.map_err(|error| match error {
            Error::File { source, .. } if is_of_age(&source) => damaged(&source.to_string()),
            error => error,
        })?;
        fs::remove_file(&sealed).map_err(files::failed("remove", &sealed))
    }

    /// Seals the database where nobody else uses it.
    fn seal(&self) -> Result<(), Error> {
        let database = &self.database;
        self.in_use.unlock().map_err(files::failed("unlock", database))?;
        match self.in_use.try_lock() {
            Ok(()) => {}
            // The last to go seals it.
            Err(TryLockError::WouldBlock) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(files::failed("lock", database)(error)),
        }
        // Somebody else was last, or it was never made; or its journal holds what is not in it yet.
        if !database.exists() || beside(database, "-wal").exists() {
            return Ok(());
        }
        // Of a program that died between the next two steps.
        destroy(&self.old())?;
        files::write_private(&self.sealed(), |out| self.encrypt(out))?;
        crash::point("kit.sealed");
        fs::rename(database, self.old()).map_err(files::failed("remove", database))?;
        crash::point("kit.resting");
        destroy(&self.old())?;
        Ok(())
    }

    fn encrypt(&self, out: &mut File) -> io::Result<()> {
        let mut recipient = scrypt::Recipient::new(self.secret.clone());
        recipient.set_work_factor(STRETCH);
        let encryptor = age::Encryptor::with_recipients(std::iter::once::<&dyn age::Recipient>(&recipient))
            .map_err(io::Error::other)?;
        let mut sealed = encryptor.wrap_output(BufWriter::new(out))?;
        io::copy(&mut File::open(&self.database)?, &mut sealed)?;
        sealed.finish()?.flush()
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        if let Err(error) = self.seal() {
            tracing::error!(%error, "the kit's database could not be sealed and lies open");
        }
    }
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rest({})", self.database.display())
    }
}

/// What age says of a text that was cut off or changed, and the disk says of nothing.
fn is_of_age(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

fn beside(database: &Path, end: impl AsRef<OsStr>) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
