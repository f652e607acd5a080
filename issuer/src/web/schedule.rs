//! Scheduled work of a server: looked for every few seconds, done by one of the city's servers at a time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::web::Data;

use super::desk::{Desk, run};
use crate::db::Word as _;
use crate::db::act::Actor;
use crate::db::lease::Task;
use crate::db::mass_revocation::MassState;
use crate::metrics;
use crate::retention::Outcome;
use crate::revocation::mass::{self, MassError, STEP};
use crate::scheduled::{Done, Hourly, Work};

/// How long a mass revocation rests that could not go on.
const AFTER_A_FAILURE: Duration = Duration::from_secs(60);

/// What is due every hour, at the start for the first time.
pub(super) async fn hourly(desk: Data<Desk>) {
    let mut looks = actix_web::rt::time::interval(desk.worker.looks_every());
    let hourly = Arc::new(Mutex::new(Hourly::at_start()));
    loop {
        looks.tick().await;
        let hourly = Arc::clone(&hourly);
        let looked = run(&desk, move |desk| {
            let mut hourly = hourly.lock().unwrap_or_else(PoisonError::into_inner);
            hourly.look(&desk.worker, &desk.issuer, &|| desk.now())
        });
        match looked.await {
            Ok(Some(Work::Done(outcome))) => {
                if matches!(outcome, Outcome::ClockJumped { .. }) {
                    tracing::error!(
                        ?outcome,
                        "nothing is destroyed until somebody says that the clock is right"
                    );
                }
                desk.metrics.succeeded(metrics::Work::Hourly, desk.now());
            }
            Ok(Some(Work::TakenOver)) => told_taken_over(Task::Hourly),
            Ok(_) => {}
            Err(error) => {
                desk.metrics.failed(metrics::Work::Hourly);
                let cause = error.for_log();
                tracing::error!(cause, "what is due every hour failed; it is tried again in an hour");
            }
        }
    }
}

/// Goes on with mass revocations that were approved and that nobody is at.
pub(super) async fn mass_revocations(desk: Data<Desk>) {
    let mut looks = actix_web::rt::time::interval(desk.worker.looks_every());
    loop {
        looks.tick().await;
        let unfinished = run(&desk, |desk| mass::unfinished(&desk.issuer)).await;
        if unfinished.is_ok_and(|unfinished| !unfinished.is_empty()) {
            let went_on = revoke_approved(Data::clone(&desk), Actor::command_line("desk")).await;
            if !went_on {
                looks.reset_after(AFTER_A_FAILURE);
            }
        }
    }
}

/// Takes all mass revocations that were approved to their end, step by step, unless another server is at it. False when
/// that failed.
pub(super) async fn revoke_approved(desk: Data<Desk>, actor: Actor) -> bool {
    let worked = run(&desk, move |desk| {
        desk.worker.work(&desk.issuer.db, Task::MassRevocation, &|| desk.now(), |schedule| {
            let actor = actor.under_lease_of(schedule);
            while let Some(next) = mass::unfinished(&desk.issuer)?.into_iter().next() {
                while mass::step(&desk.issuer, &next.id, STEP, &actor, desk.now())?.state
                    == MassState::Approved
                {}
            }
            Ok::<_, MassError>(Done::all(()))
        })
    });
    let worked = worked.await;
    match &worked {
        Ok(Work::TakenOver) => told_taken_over(Task::MassRevocation),
        Ok(_) => {}
        Err(error) => {
            let cause = error.for_log();
            tracing::error!(cause, "a mass revocation stopped; it goes on in a minute");
        }
    }
    worked.is_ok()
}

fn told_taken_over(task: Task) {
    tracing::warn!(
        task = task.as_str(),
        "this server was silent for too long; another has taken its work over"
    );
}
