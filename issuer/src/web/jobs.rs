//! Batches in hand at the desk: a file is looked through, its cards are issued, its documents wait to be printed.
//!
//! All of it stands in memory alone and is forgotten half an hour after its last use; nothing is written to disk. Each
//! step runs on a thread of its own, so that the page can be left and come back to. A restart forgets the file and the
//! documents, never a card: the same file goes on where it stopped. Another server of the city knows nothing of it, and says
//! so.

mod work;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use chrono::{DateTime, Duration, Utc};
use zeroize::Zeroizing;

use super::officer::SignedIn;
use super::posted::SentFile;
use crate::batch::{FileWrong, PhotoWrong, Preview, Product};
use crate::db::Id;
use crate::db::act::Actor;
use crate::db::batch::{Batch, BatchState};
use crate::db::officer::{Officer as Account, Role};

pub(super) use work::{issue, look_through};

/// How long a job is kept after its last use.
const KEPT: Duration = Duration::minutes(30);
/// Most jobs that wait for an officer to look at what is in the file.
const MOST_WAITING: usize = 4;
/// Most jobs in all.
const MOST: usize = 8;
/// Of the id of a job: that of its process, and its own.
const ID_LENGTH: usize = 8 + 24;

/// The batches in hand of this process.
#[derive(Debug)]
pub(super) struct Jobs {
    /// What the id of each begins with, so that a job of another process is known as one.
    process: String,
    all: Mutex<BTreeMap<String, Arc<Job>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// A batch in hand.
#[derive(Debug)]
pub(super) struct Job {
    /// What its address says: nobody guesses it.
    pub(super) id: String,
    /// The officer who began it.
    pub(super) owner: Id<Account>,
    pub(super) login: String,
    pub(super) began: DateTime<Utc>,
    /// What is made of its cards.
    pub(super) products: Vec<Product>,
    signed: AtomicUsize,
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    last_used: DateTime<Utc>,
    state: State,
}

/// How far a job is.
#[derive(Debug)]
pub(super) enum State {
    /// The file is looked through.
    Looking,
    /// The file is no batch at all.
    NoBatch(FileWrong),
    /// An officer looks at what is in it.
    Shown(Box<Shown>),
    /// The cards are signed, and the documents made.
    Issuing {
        /// How many there will be.
        cards: usize,
        /// Of which file.
        digest: [u8; 32],
    },
    /// The documents can be printed.
    Ready(Box<Ready>),
    /// It could not be done, and what to do instead; nothing where the fault is ours.
    Failed(Option<String>),
}

/// What is in a file.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) preview: Preview,
    pub(super) before: Before,
}

/// What became of the same file earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// It is new.
    New,
    /// It was begun on this day: its cards go on.
    Begun(DateTime<Utc>),
    /// All its cards were printed: this makes others.
    Printed(DateTime<Utc>),
}

impl Before {
    pub(super) fn of(batch: Option<&Batch>) -> Self {
        match batch {
            None => Self::New,
            Some(batch) if batch.state == BatchState::Open => Self::Begun(batch.created_at.utc()),
            Some(batch) => Self::Printed(batch.created_at.utc()),
        }
    }
}

/// Issued cards as documents.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) batch: Id<Batch>,
    pub(super) digest: [u8; 32],
    pub(super) cards: usize,
    pub(super) resumed: usize,
    pub(super) documents: Vec<Document>,
}

/// A PDF document, wiped when dropped.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) product: Product,
    pub(super) pdf: Arc<Zeroizing<Vec<u8>>>,
}

impl Document {
    /// What it is called in its address, and when it is saved.
    pub(super) fn name(product: Product) -> &'static str {
        if product == Product::Slips { "slips.pdf" } else { "cards.pdf" }
    }
}

/// What was sent to be looked through.
pub(super) struct Sent {
    pub(super) csv: Zeroizing<Vec<u8>>,
    pub(super) photos: Photos,
}

/// Photos by the last component of their names.
#[derive(Default)]
pub(super) struct Photos {
    sent: BTreeMap<String, Zeroizing<Vec<u8>>>,
    twice: BTreeSet<String>,
}

impl Photos {
    pub(super) fn of(files: Vec<SentFile>) -> Self {
        let mut photos = Self::default();
        for mut file in files {
            let Some(name) = last_component(&file.name) else { continue };
            if photos.sent.insert(name.to_owned(), Zeroizing::new(std::mem::take(&mut file.bytes))).is_some()
            {
                photos.twice.insert(name.to_owned());
            }
        }
        photos
    }

    pub(super) fn named(&self, name: &str) -> Result<Cow<'_, [u8]>, PhotoWrong> {
        let last = last_component(name).ok_or(PhotoWrong::NotSent)?;
        if self.twice.contains(last) {
            return Err(PhotoWrong::SentTwice);
        }
        self.sent.get(last).map(|bytes| Cow::Borrowed(bytes.as_slice())).ok_or(PhotoWrong::NotSent)
    }
}

/// What stands after the folders in a path, as any system writes them. No path is ever opened.
fn last_component(path: &str) -> Option<&str> {
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    (!matches!(last, "" | "." | "..")).then_some(last)
}

impl Job {
    /// Whether an officer may open it: who began it, or an approver.
    pub(super) fn opens_to(&self, officer: &SignedIn) -> bool {
        self.owner == officer.account.id || officer.account.role == Role::Approver
    }

    /// Looks at its state.
    pub(super) fn with<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&lock(&self.held).state)
    }

    /// How many cards are signed.
    pub(super) fn signed(&self) -> usize {
        self.signed.load(Ordering::Relaxed)
    }

    fn turn(&self, state: State) {
        lock(&self.held).state = state;
    }

    /// Whether the cards of this file are being issued here, or wait to be printed.
    fn has_in_work(&self, file: &[u8; 32]) -> bool {
        self.with(|state| match state {
            State::Issuing { digest, .. } => digest == file,
            State::Ready(ready) => ready.digest == *file,
            _ => false,
        })
    }

    fn is_waiting(&self) -> bool {
        self.with(|state| matches!(state, State::Looking | State::Shown(_) | State::NoBatch(_)))
    }

    fn is_working(&self) -> bool {
        self.with(|state| matches!(state, State::Looking | State::Issuing { .. }))
    }
}

impl Default for Jobs {
    fn default() -> Self {
        let process = shared::keys::hex(&crate::edge::random_bytes::<4>());
        Self { process, all: Mutex::default(), threads: Mutex::default() }
    }
}

impl Jobs {
    /// Takes a new job in; none where too many are in hand. What the same officer only looked at makes room.
    pub(super) fn begin(
        &self,
        officer: &SignedIn,
        products: Vec<Product>,
        now: DateTime<Utc>,
    ) -> Option<Arc<Job>> {
        self.forget_old(now);
        let mut jobs = lock(&self.all);
        let owner = &officer.account.id;
        if jobs.values().filter(|job| job.is_waiting()).count() >= MOST_WAITING || jobs.len() >= MOST {
            let idle = |job: &&Arc<Job>| job.owner == *owner && job.is_waiting() && !job.is_working();
            let oldest = jobs.values().filter(idle).min_by_key(|job| job.began)?.id.clone();
            jobs.remove(&oldest);
        }
        let job = Arc::new(Job {
            id: format!("{}{}", self.process, shared::keys::hex(&crate::edge::random_bytes::<12>())),
            owner: owner.clone(),
            login: officer.account.login.clone(),
            began: now,
            products,
            signed: AtomicUsize::new(0),
            held: Mutex::new(Held { last_used: now, state: State::Looking }),
        });
        jobs.insert(job.id.clone(), Arc::clone(&job));
        Some(job)
    }

    /// A job that this officer may open; that is a use of it.
    pub(super) fn find(&self, id: &str, officer: &SignedIn, now: DateTime<Utc>) -> Option<Arc<Job>> {
        self.forget_old(now);
        let job = lock(&self.all).get(id).filter(|job| job.opens_to(officer)).cloned()?;
        lock(&job.held).last_used = now;
        Some(job)
    }

    /// Whether an address is of a batch in hand, of another process or of this one before it was started anew.
    pub(super) fn is_elsewhere(&self, id: &str) -> bool {
        id.len() == ID_LENGTH
            && id.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !id.starts_with(&self.process)
    }

    /// The jobs that this officer may open, the newest first.
    pub(super) fn of(&self, officer: &SignedIn, now: DateTime<Utc>) -> Vec<Arc<Job>> {
        self.forget_old(now);
        let mut jobs: Vec<_> =
            lock(&self.all).values().filter(|job| job.opens_to(officer)).cloned().collect();
        jobs.sort_by_key(|job| std::cmp::Reverse(job.began));
        jobs
    }

    /// Forgets a job, unless it is at work.
    pub(super) fn forget(&self, job: &Job) -> bool {
        let mut jobs = lock(&self.all);
        !job.is_working() && jobs.remove(&job.id).is_some()
    }

    /// Forgets what was not used for long.
    pub(super) fn forget_old(&self, now: DateTime<Utc>) {
        lock(&self.all).retain(|_, job| job.is_working() || lock(&job.held).last_used + KEPT > now);
        lock(&self.threads).retain(|thread| !thread.is_finished());
    }

    /// Turns a job that is shown into one that is at work, once: gives what is in its file, unless its cards are being
    /// issued already. Where another job has the same file, that one is given back.
    pub(super) fn take(&self, job: &Job, again: bool) -> Taken {
        let jobs = lock(&self.all);
        let digest = job.with(|state| match state {
            State::Shown(shown) => shown.preview.sound.as_ref().map(|sound| *sound.digest()),
            _ => None,
        });
        let Some(digest) = digest else { return Taken::Already };
        let same = |other: &&Arc<Job>| other.id != job.id && other.has_in_work(&digest);
        if let Some(other) = jobs.values().find(same) {
            return Taken::Elsewhere(other.login.clone());
        }
        let mut held = lock(&job.held);
        match std::mem::replace(&mut held.state, State::Looking) {
            State::Shown(shown) if again || !matches!(shown.before, Before::Printed(_)) => {
                match shown.preview.sound {
                    Some(sound) => {
                        held.state = State::Issuing { cards: sound.cards(), digest };
                        Taken::Now(Box::new(sound))
                    }
                    None => Taken::Already,
                }
            }
            state => {
                held.state = state;
                Taken::Printed
            }
        }
    }

    fn keep(&self, thread: JoinHandle<()>) {
        lock(&self.threads).push(thread);
    }

    /// Waits until nothing is at work.
    #[cfg(test)]
    pub(super) fn settle(&self) {
        let threads = std::mem::take(&mut *lock(&self.threads));
        for thread in threads {
            thread.join().unwrap();
        }
    }
}

/// What came of beginning to issue.
pub(super) enum Taken {
    /// It is this one's turn.
    Now(Box<crate::batch::Sound>),
    /// There is nothing to begin: it was begun already, or rows are wrong.
    Already,
    /// The file's cards were printed before, and nobody asked for others.
    Printed,
    /// The officer of this login has the same file in work.
    Elsewhere(String),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
