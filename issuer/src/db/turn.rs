//! Taking turns with the writers of other processes.
//!
//! SQLite lets a writer try again and again until the database is free; beside a process that writes all the time it
//! may never be. So a writer first waits for its turn at a file of its own, `city.db-turn`, where the operating system
//! wakes those who wait. SQLite's own locks still decide; this only makes them fair.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

/// Where the writers of a SQLite file wait for each other.
pub(super) struct TurnFile(Arc<File>);

impl TurnFile {
    pub(super) fn beside(database: &Path) -> std::io::Result<Self> {
        let mut name = database.as_os_str().to_owned();
        name.push("-turn");
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(Path::new(&name))
            .map(|file| Self(Arc::new(file)))
    }

    /// Waits for the turn. It ends when what is returned is dropped, or the process ends.
    pub(super) fn wait(&self) -> std::io::Result<Turn> {
        self.0.lock().map(|()| Turn(Arc::clone(&self.0)))
    }
}

/// A turn at writing, of whichever thread holds it.
pub(super) struct Turn(Arc<File>);

impl Drop for Turn {
    fn drop(&mut self) {
        // It fails on a file that is not locked or not open, which this one is.
        let _ = self.0.unlock();
    }
}
