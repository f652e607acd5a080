//! The trusted lists in memory, read again when their file changes.

use std::sync::{Arc, Mutex, PoisonError};

use shared::trusted::Trusted;

use crate::store::{Stamp, Store, StoreError};

#[derive(Debug)]
pub(super) struct Lists {
    store: Store,
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    stamp: Option<Stamp>,
    trusted: Option<Arc<Trusted>>,
}

impl Lists {
    pub(super) fn new(store: Store) -> Result<Self, StoreError> {
        let held = Mutex::new(Held::load(&store)?);
        Ok(Self { store, held })
    }

    /// What is trusted now: `verifier trust` may have taken a newer bundle meanwhile.
    pub(super) fn current(&self) -> Result<Option<Arc<Trusted>>, StoreError> {
        // Whoever panicked while holding this left it whole: it is replaced in one go.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if self.store.stamp()? != held.stamp {
            *held = Held::load(&self.store)?;
        }
        Ok(held.trusted.clone())
    }
}

impl Held {
    /// The stamp first: a bundle that comes between the two is then read once more.
    fn load(store: &Store) -> Result<Self, StoreError> {
        let stamp = store.stamp()?;
        Ok(Self { stamp, trusted: store.load()?.map(Arc::new) })
    }
}
