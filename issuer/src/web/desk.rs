//! What every page of the desk has at hand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use actix_web::web::{self, Data};
use chrono::{DateTime, Utc};

use super::api::Calls;
use super::error::WebError;
use super::jobs::Jobs;
use super::limits::Limits;
use super::patience::Patience;
use super::pictures::PictureTurns;
use super::say::{Say, Says};
use crate::card::Press;
use crate::db::officer::PasswordDigest;
use crate::metrics::Metrics;
use crate::scheduled::{self, Worker};
use crate::{Error, Issuer, batch, edge};

/// Reads the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that asks `read`.
    pub fn new(read: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(edge::now)
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock(…)")
    }
}

/// The desk: the city's issuer behind pages.
#[derive(Debug)]
pub struct Desk {
    pub(super) issuer: Issuer,
    pub(super) limits: Limits,
    /// How often other programs may call.
    pub(super) calls: Calls,
    pub(super) clock: Clock,
    /// How long browsers may take.
    pub(super) patience: Patience,
    /// Whose picture is worked on.
    pub(super) pictures: PictureTurns,
    /// Batches in hand.
    pub(super) jobs: Jobs,
    /// This process, where it takes part in scheduled work.
    pub(super) worker: Worker,
    /// What unknown logins are checked against, so that they take as long.
    pub(super) dummy: PasswordDigest,
    /// What whoever watches the server is told.
    pub(super) metrics: Metrics,
    leaving: AtomicBool,
    says: Arc<Says>,
    press: OnceLock<Press>,
}

impl Desk {
    /// A desk of this issuer.
    ///
    /// # Errors
    /// When no password can be hashed.
    pub fn new(issuer: Issuer, clock: Clock) -> Result<Self, Error> {
        let nobodys = secrecy::SecretString::from(shared::keys::hex(&edge::random_bytes::<16>()));
        let dummy = PasswordDigest::of(&nobodys, edge::random_bytes())
            .map_err(|error| Error::Refused(format!("passwords cannot be hashed here: {error}")))?;
        let (limits, calls) = (Limits::new(&clock), Calls::new(&clock));
        let (says, press) = (Arc::new(Says::built_in()), OnceLock::new());
        let patience = Patience::default();
        let (metrics, leaving) = (Metrics::of(&issuer), AtomicBool::new(false));
        let pictures = PictureTurns::of_this_machine();
        let (jobs, worker) = (Jobs::default(), Worker::new(scheduled::LASTS));
        Ok(Self {
            issuer,
            limits,
            calls,
            clock,
            patience,
            pictures,
            jobs,
            worker,
            dummy,
            metrics,
            leaving,
            says,
            press,
        })
    }

    /// The same, whose leases last so long: what is scheduled is taken over after that from a process that fell silent.
    #[must_use]
    pub fn with_lease(self, lasts: std::time::Duration) -> Self {
        Self { worker: Worker::new(lasts), ..self }
    }

    /// From now on the server is about to stop.
    pub(super) fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
        self.metrics.drains();
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(super) fn say(&self, language: &'static str) -> Say {
        Say::new(Arc::clone(&self.says), language)
    }

    /// The press, which reads the fonts of the machine when it is first asked for.
    pub(super) fn press(&self) -> Result<&Press, Error> {
        if let Some(press) = self.press.get() {
            return Ok(press);
        }
        let press = batch::press(&self.issuer)?;
        Ok(self.press.get_or_init(|| press))
    }
}

/// Does what waits for the database, a key or a printer away from the threads that answer.
pub(super) async fn run<T, E>(
    desk: &Data<Desk>,
    act: impl FnOnce(&Desk) -> Result<T, E> + Send + 'static,
) -> Result<T, WebError>
where
    T: Send + 'static,
    E: Into<WebError> + Send + 'static,
{
    let desk = Data::clone(desk);
    web::block(move || act(&desk)).await.map_err(|_| WebError::Busy)?.map_err(Into::into)
}

#[cfg(test)]
pub(super) mod testing {
    use std::sync::Mutex;

    use chrono::Duration;

    use super::*;

    /// The hands of a clock, which a test moves.
    #[derive(Clone)]
    pub(crate) struct Hands(Arc<Mutex<DateTime<Utc>>>);

    impl Hands {
        pub(crate) fn at_ten() -> Self {
            Self(Arc::new(Mutex::new(DateTime::from_timestamp(1_795_514_400, 0).unwrap())))
        }

        pub(crate) fn clock(&self) -> Clock {
            let hands = Arc::clone(&self.0);
            Clock::new(move || *hands.lock().unwrap())
        }

        pub(crate) fn now(&self) -> DateTime<Utc> {
            *self.0.lock().unwrap()
        }

        pub(crate) fn forward(&self, by: Duration) {
            *self.0.lock().unwrap() += by;
        }
    }
}
