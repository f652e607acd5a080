//! Taking turns with the writers of other processes.
//!
//! SQLite lets a writer try again and again until the database is free; beside a process that writes all the time it
//! may never be. So a writer first waits for its turn at a file of its own, `city.db-turn`, where the operating system
//! wakes those who wait. SQLite's own locks still decide; this only makes them fair.
//!
//! A process that stands still in the middle of a write, as on a machine that swaps, keeps its turn. Others wait for so
//! long and no longer.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::DbError;

/// Where the writers of a SQLite file wait for each other.
pub(super) struct TurnFile(PathBuf);

impl TurnFile {
    pub(super) fn beside(database: &Path) -> std::io::Result<Self> {
        let mut name = database.as_os_str().to_owned();
        name.push("-turn");
        let file = Self(PathBuf::from(name));
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&file.0)?;
        Ok(file)
    }

    /// Waits for the turn, which ends when what is returned is dropped, or the process ends.
    ///
    /// # Errors
    /// [`DbError::Held`] when whoever has it does not let go of it for so long.
    pub(super) fn wait(&self, patience: Duration) -> Result<Turn, DbError> {
        // Each who waits opens it anew: a lock belongs to what was opened, and goes when that is closed.
        let file = OpenOptions::new().write(true).open(&self.0).map_err(DbError::Turn)?;
        match file.try_lock() {
            Ok(()) => return Ok(Turn(file)),
            Err(TryLockError::Error(error)) => return Err(DbError::Turn(error)),
            Err(TryLockError::WouldBlock) => {}
        }
        let (waits, got) = mpsc::sync_channel(0);
        // The operating system knows no limit here: this thread waits, and lets go where nobody waits for it any more.
        let wait = move || waits.send(file.lock().map(|()| Turn(file)));
        thread::Builder::new().spawn(wait).map_err(DbError::Turn)?;
        got.recv_timeout(patience).map_err(|_| DbError::Held)?.map_err(DbError::Turn)
    }
}

/// A turn at writing, of whichever thread holds it.
pub(super) struct Turn(File);

impl Drop for Turn {
    fn drop(&mut self) {
        // It fails on a file that is not locked or not open, which this one is. Closing it would not do where a program
        // that was started meanwhile has it too.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const LATE: Duration = Duration::from_secs(60);

    #[test]
    fn who_keeps_a_turn_for_too_long_is_waited_for_no_more_and_stops_nobody_after() {
        let dir = tempfile::tempdir().unwrap();
        let file = TurnFile::beside(&dir.path().join("city.db")).unwrap();
        let kept = file.wait(SOON).unwrap();
        for _ in 0..3 {
            assert!(matches!(file.wait(SOON), Err(DbError::Held)));
        }
        thread::scope(|scope| {
            let next = scope.spawn(|| file.wait(LATE).map(drop));
            drop(kept);
            next.join().unwrap().unwrap();
        });
        // Those who gave up took no turn, or gave it back.
        file.wait(LATE).map(drop).unwrap();
    }
}
