//! The trusted lists in memory, read again when their file changes.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use shared::trusted::Trusted;
use utoipa::ToSchema;

use crate::edge::complain;
use crate::store::{Stamp, Store, StoreError};

/// How the lists in the verifier's folder are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kept {
    /// Whole.
    Good,
    /// There are none yet.
    Nothing,
    /// Damaged: the city's bundle has to be loaded again.
    Damaged,
    /// The folder cannot be read.
    Unreadable,
}

#[derive(Debug)]
pub(super) struct Lists {
    store: Store,
    held: Mutex<Held>,
}

/// What is trusted, and how what is kept of it is. Lists that were good go on where their file no longer is.
#[derive(Debug, Clone)]
pub(super) struct Held {
    stamp: Option<Stamp>,
    pub(super) trusted: Option<Arc<Trusted>>,
    pub(super) kept: Kept,
}

impl Lists {
    pub(super) fn new(store: Store) -> Self {
        let nothing = Held { stamp: None, trusted: None, kept: Kept::Nothing };
        let held = Mutex::new(nothing.renewed(&store));
        Self { store, held }
    }

    /// What is trusted now: `verifier trust` may have taken a newer bundle meanwhile.
    pub(super) fn current(&self) -> Held {
        // Whoever panicked while holding this left it whole: it is replaced in one go.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = self.store.stamp().is_ok_and(|stamp| stamp == held.stamp);
        if !is_same {
            *held = held.renewed(&self.store);
        }
        held.clone()
    }
}

impl Held {
    fn renewed(&self, store: &Store) -> Self {
        // The stamp first: a bundle that comes between the two is then read once more.
        let stamp = store.stamp();
        let loaded = stamp.map(|stamp| (stamp, store.load()));
        match loaded {
            Ok((stamp, Ok(trusted))) => {
                let kept = if trusted.is_some() { Kept::Good } else { Kept::Nothing };
                Self { stamp, trusted: trusted.map(Arc::new), kept }
            }
            // Damaged as it is it need not be read again.
            Ok((stamp, Err(error @ StoreError::Damaged { .. }))) => {
                self.despite(&error, Kept::Damaged, stamp)
            }
            Ok((_, Err(error))) | Err(error) => self.despite(&error, Kept::Unreadable, None),
        }
    }

    /// The same lists, though what is kept of them is bad.
    fn despite(&self, error: &StoreError, kept: Kept, stamp: Option<Stamp>) -> Self {
        if kept != self.kept {
            let goes_on = match &self.trusted {
                Some(_) => "Cards are checked by the lists in memory until this program ends.",
                None => "Until then no card can be told good from bad: cannot_tell, no_trust_list.",
            };
            complain(format_args!("{error}. {goes_on}"));
        }
        Self { stamp, trusted: self.trusted.clone(), kept }
    }
}
