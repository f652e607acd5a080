//! Backups of a hall's city, and what is put back from them.

use super::{Answer, Hall, run};

/// Where the secret half of the backup key is.
const IDENTITY: &str = "stick/backup-key.txt";

/// The arguments that put a city back, from backups of it and of its keys, into a folder of its own.
#[must_use]
pub fn restoring<'a>(city: &'a str, keys: &'a str, to: &'a str) -> [&'a str; 10] {
    ["restore", city, "--keys", keys, "--identity", IDENTITY, "--published", "public", "--to", to]
}

impl Hall {
    /// Makes the key that backups are encrypted to.
    pub fn make_backup_key(&self) {
        self.issuer(&["key", "make-backup", "--out", IDENTITY]).good();
    }

    /// Backs the city and its keys up.
    pub fn back_up(&self, city: &str, keys: &str) {
        self.issuer(&["backup", city]).good();
        self.issuer(&["backup", "--keys", keys]).good();
    }

    /// Runs `issuer` for a city in another folder.
    #[must_use]
    pub fn in_city(&self, data: &str, arguments: &[&str]) -> Answer {
        run(self.issuer_command(arguments).env("ISSUER_DATA", data))
    }
}
