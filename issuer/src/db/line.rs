//! The line before the one writing connection.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::group::Group;
use super::{AnyConnection, DbError};

/// The writing connection, as the next in line finds it.
pub(super) enum Writer {
    /// There is none: it was lost.
    Lost,
    /// Nothing is open on it.
    Idle(AnyConnection),
    /// The group of those before is open.
    Open(Group),
}

/// Where writers wait for each other.
///
/// A group is only ever left here while somebody waits who will take it up: see [`AtWriter::hand_on`].
pub(super) struct Line {
    state: Mutex<State>,
    freed: Condvar,
}

struct State {
    /// None while somebody uses it.
    writer: Option<Writer>,
    waiting: usize,
}

impl Line {
    pub(super) fn new(writer: Writer) -> Self {
        Self { state: Mutex::new(State { writer: Some(writer), waiting: 0 }), freed: Condvar::new() }
    }

    /// Waits for the writer; gives up after some time.
    pub(super) fn wait(&self, patience: Duration) -> Result<(AtWriter<'_>, Writer), DbError> {
        let until = Instant::now() + patience;
        let mut state = self.state();
        loop {
            if let Some(writer) = state.writer.take() {
                return Ok((AtWriter { line: self, gone: false }, writer));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(DbError::Busy);
            }
            state.waiting += 1;
            (state, _) = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
    }

    /// How many wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.state().waiting
    }

    /// Whether somebody uses the writer.
    #[cfg(test)]
    pub(super) fn is_in_use(&self) -> bool {
        self.state().writer.is_none()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is locked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of whoever uses the writer. Who goes without leaving a writer, as by a panic, has lost it.
pub(super) struct AtWriter<'a> {
    line: &'a Line,
    gone: bool,
}

impl AtWriter<'_> {
    /// Leaves the writer to the next.
    pub(super) fn leave(mut self, writer: Writer) {
        let mut state = self.line.state();
        self.put(&mut state, writer);
    }

    /// Leaves an open group to whoever waits; gives it back where nobody does.
    pub(super) fn hand_on(mut self, group: Group) -> Result<(), (Self, Group)> {
        let mut state = self.line.state();
        if state.waiting == 0 {
            drop(state);
            return Err((self, group));
        }
        // Whoever waits looks here once more before giving up.
        self.put(&mut state, Writer::Open(group));
        Ok(())
    }

    fn put(&mut self, state: &mut State, writer: Writer) {
        self.gone = true;
        state.writer = Some(writer);
        self.line.freed.notify_one();
    }
}

impl Drop for AtWriter<'_> {
    fn drop(&mut self) {
        if !self.gone {
            let mut state = self.line.state();
            self.put(&mut state, Writer::Lost);
        }
    }
}
