//! What is done to a batch on a thread of its own.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use actix_web::web::Data;
use zeroize::Zeroizing;

use super::super::desk::Desk;
use super::{Actor, Before, Document, Job, Ready, Sent, Shown, State};
use crate::batch::{self, Asked, BatchFile, Preview, Sound};
use crate::db::batch::Batch;
use crate::{Error, Issuer};

/// Looks through a file.
pub(in crate::web) fn look_through(desk: &Data<Desk>, job: Arc<Job>, sent: Sent) {
    run(desk, job, move |desk, job| {
        let (issuer, now) = (&desk.issuer, desk.now());
        let photos = |name: &str| sent.photos.named(name);
        let bytes = sent.csv.as_slice();
        let file = match BatchFile::open(bytes, u64::try_from(bytes.len()).unwrap_or(u64::MAX)) {
            Ok(file) => file,
            Err(wrong) => return Ok(State::NoBatch(wrong)),
        };
        let preview = Preview::of(desk.press()?, issuer, bytes, file, &photos, job.products.clone(), now)?;
        let before = match &preview.sound {
            Some(sound) => before(issuer, sound)?,
            None => Before::New,
        };
        Ok(State::Shown(Box::new(Shown { preview, before })))
    });
}

fn before(issuer: &Issuer, sound: &Sound) -> Result<Before, Error> {
    let known = issuer.db.read(|conn| Ok::<_, Error>(Batch::find_by_digest(conn, sound.digest())?))?;
    Ok(Before::of(known.as_ref()))
}

/// Issues the cards of a file and makes their documents. The batch stays open until an officer says that they are
/// printed.
pub(in crate::web) fn issue(
    desk: &Data<Desk>,
    job: Arc<Job>,
    mut sound: Box<Sound>,
    again: bool,
    actor: Actor,
) {
    run(desk, job, move |desk, job| {
        let (issuer, now) = (&desk.issuer, desk.now());
        let asked = Asked { job: None, again };
        let signed = batch::sign(issuer, &mut sound, asked, &actor, now, |row, _| {
            job.signed.store(row, Ordering::Relaxed);
            Ok(())
        })?;
        let press = desk.press()?;
        let document = |product: &batch::Product| {
            let pdf = batch::document(press, issuer, *product, &signed.cards, now)?;
            Ok(Document { product: *product, pdf: Arc::new(Zeroizing::new(pdf)) })
        };
        Ok(State::Ready(Box::new(Ready {
            documents: sound.products().iter().map(document).collect::<Result<_, Error>>()?,
            cards: signed.cards.len(),
            resumed: signed.resumed,
            digest: *sound.digest(),
            batch: signed.batch,
        })))
    });
}

/// Does it on a thread of its own; the job then is what came of it, also where that is a fault of ours.
fn run(
    desk: &Data<Desk>,
    job: Arc<Job>,
    work: impl FnOnce(&Desk, &Job) -> Result<State, Error> + Send + 'static,
) {
    let on = Data::clone(desk);
    let thread = thread::spawn(move || {
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&on, &job)));
        job.turn(match done {
            Ok(Ok(state)) => state,
            Ok(Err(Error::Refused(text))) => State::Failed(Some(text)),
            Ok(Err(error)) => {
                tracing::error!(cause = error.for_log(), "a batch failed");
                State::Failed(None)
            }
            Err(_) => {
                tracing::error!("a batch ended in a panic");
                State::Failed(None)
            }
        });
    });
    desk.jobs.keep(thread);
}
