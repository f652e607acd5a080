//! Turns at pictures: few of them are worked on at once, in the order in which they came.
//!
//! A picture of 25 megapixels takes 75 MB while it is read, and every one the whole of a core. Fifty at once would take turns
//! at the cores, and all of them be late; and their memory would be fifty times that of one.

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::parallel;

/// Turns for each core: so that none stands idle while whoever is next wakes up.
const A_CORE: usize = 2;

/// Where who has a picture to work on waits for a turn.
#[derive(Debug)]
pub(super) struct PictureTurns(Semaphore);

impl PictureTurns {
    /// As many as keep the cores of this machine at work.
    pub(super) fn of_this_machine() -> Self {
        Self(Semaphore::new(A_CORE * parallel::cores()))
    }

    /// Waits for a turn, which lasts until what is given is dropped. It is for the threads that may wait
    /// ([`super::desk::run`]): one that answers would stop all that it answers.
    pub(super) fn wait(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed: who has none goes on as if there were no others.
        Handle::current().block_on(self.0.acquire()).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, mpsc};

    use actix_web::rt::task::spawn_blocking;

    use super::*;

    #[actix_web::test]
    async fn who_comes_while_every_turn_is_taken_waits_for_one_to_end() {
        let turns = Arc::new(PictureTurns(Semaphore::new(1)));
        let ended = Arc::new(AtomicBool::new(false));
        let first = turns.0.acquire().await.unwrap();
        let (comes, came) = mpsc::channel();
        let waiting: Vec<_> = (0..8)
            .map(|_| {
                let (turns, ended, comes) = (Arc::clone(&turns), Arc::clone(&ended), comes.clone());
                spawn_blocking(move || {
                    comes.send(()).unwrap();
                    let turn = turns.wait();
                    assert!(ended.load(Ordering::SeqCst), "the first turn still lasts");
                    assert_eq!(turns.0.available_permits(), 0, "two have the only turn");
                    drop(turn);
                })
            })
            .collect();
        spawn_blocking(move || (0..8).for_each(|_| came.recv().unwrap())).await.unwrap();
        ended.store(true, Ordering::SeqCst);
        drop(first);
        for one in waiting {
            one.await.unwrap();
        }
    }
}
