//! The connections that look things up.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::r2d2::R2D2Connection as _;

use super::connection::{AnyConnection, connect_reader};
use super::{DatabaseUrl, DbError};

/// Most at once: a server has a hundred places for all its clients, and a machine not so many cores.
const MOST: usize = 24;
/// How many stay open while nobody reads.
const MOST_IDLE: usize = 8;
/// For how long one is asked for where all are in use.
const PATIENCE: Duration = Duration::from_secs(15);
/// One that lay idle for longer is asked whether its server is still there.
const SURE_FOR: Duration = Duration::from_secs(1);

/// Connections that cannot write.
#[derive(Default)]
pub(super) struct Readers {
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    /// Each with the time of its last use.
    idle: Vec<(AnyConnection, Instant)>,
    in_use: usize,
}

impl Readers {
    /// Looks something up.
    pub(super) fn read<T, E>(
        &self,
        url: &DatabaseUrl,
        act: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<DbError>,
    {
        let (place, idle) = self.wait(PATIENCE)?;
        let mut conn = match idle.and_then(|(conn, last)| self.still_there(conn, last)) {
            Some(conn) => conn,
            None => connect_reader(url)?,
        };
        let result = act(&mut conn);
        place.leave(conn);
        result
    }

    /// Waits for a place, and takes a connection that lies idle.
    fn wait(&self, patience: Duration) -> Result<(Place<'_>, Option<(AnyConnection, Instant)>), DbError> {
        let until = Instant::now() + patience;
        let mut state = self.state();
        while state.in_use >= MOST {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(DbError::Busy);
            }
            (state, _) = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
        state.in_use += 1;
        let idle = state.idle.pop();
        Ok((Place(self), idle))
    }

    /// The connection, if its server is there. If not, no other that lies idle is any better.
    fn still_there(&self, mut conn: AnyConnection, last: Instant) -> Option<AnyConnection> {
        let there = last.elapsed() < SURE_FOR
            || match &mut conn {
                AnyConnection::Sqlite(_) => true,
                #[cfg(feature = "postgres")]
                AnyConnection::Postgres(conn) => conn.ping().is_ok(),
            };
        if !there {
            self.forget_idle();
        }
        there.then_some(conn)
    }

    fn forget_idle(&self) {
        let idle = std::mem::take(&mut self.state().idle);
        // Closed while nobody waits for it.
        drop(idle);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is locked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one that reads, free again once it is dropped.
struct Place<'a>(&'a Readers);

impl Place<'_> {
    /// Leaves the connection to others, if it can still be used.
    fn leave(self, mut conn: AnyConnection) {
        if conn.is_broken() {
            self.0.forget_idle();
            return;
        }
        let mut state = self.0.state();
        if state.idle.len() < MOST_IDLE {
            state.idle.push((conn, Instant::now()));
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.state().in_use -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_while_all_places_are_taken_waits_for_one_or_is_told() {
        let readers = Readers::default();
        let mut taken: Vec<_> = (0..MOST).map(|_| readers.wait(PATIENCE).unwrap().0).collect();
        assert!(matches!(readers.wait(Duration::from_millis(20)), Err(DbError::Busy)));
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| readers.wait(PATIENCE).map(drop));
            drop(taken.pop());
            waits.join().unwrap().unwrap();
        });
        drop(taken);
        assert_eq!(readers.state().in_use, 0);
    }
}
