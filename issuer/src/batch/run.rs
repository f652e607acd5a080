//! A batch under way: its cards, some rows at a time.

use chrono::{DateTime, Utc};

use super::{Product, Row, Sound};
use crate::db::Id;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::NewAuditEntry;
use crate::db::batch::{Batch, BatchState, NewBatch};
use crate::db::card::{Card, CardState};
use crate::db::card_status::CardStatus;
use crate::db::issuing_key::KeyUse;
use crate::db::status_list::StatusList;
use crate::issuance::{self, Application, Draft, IssuedCard, Origin};
use crate::keys::IssuingSigner;
use crate::recovery::{self, RecoveryCode, RecoveryKey};
use crate::{Error, Issuer, crash, edge, keys};

/// What is asked for of a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The name under which the batch goes, where it has one.
    pub job: Option<&'a str>,
    /// Issue new cards although the file was issued before.
    pub again: bool,
}

/// An open batch.
pub(super) struct Run<'a> {
    issuer: &'a Issuer,
    actor: &'a Actor,
    now: DateTime<Utc>,
    pub(super) batch: Id<Batch>,
    signer: IssuingSigner,
    /// A recovery code is good for nothing unless it is printed: without slips none is made.
    codes: Option<RecoveryKey>,
    /// How many of its cards an interrupted run had reserved or issued.
    pub(super) resumed: usize,
}

impl<'a> Run<'a> {
    /// Opens the batch of a file, or goes on with it.
    pub(super) fn begin(
        issuer: &'a Issuer,
        sound: &Sound,
        asked: Asked<'_>,
        actor: &'a Actor,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let slips = sound.products.contains(&Product::Slips);
        let codes = slips.then(|| RecoveryKey::of(&issuer.keystore)).transpose()?;
        // Before anything is written: where the clock is wrong, no key may sign.
        let signer = keys::signer_at(issuer, KeyUse::Card, Some(actor.desk()), now)?;
        let batch = open(issuer, sound, asked, actor, now)?.id;
        crash::point("batch.opened");
        let known = issuer.db.read(|conn| Ok::<_, Error>(Card::count_of_batch(conn, &batch)?))?;
        let resumed = usize::try_from(known).unwrap_or(usize::MAX);
        Ok(Self { issuer, actor, now, batch, signer, codes, resumed })
    }

    /// The cards of the rows that follow the first `before`, signed. Where an interrupted run had reserved or signed one
    /// already it is made again, the very same; it gets a new recovery code where `renew` says so of its row, from 1.
    pub(super) fn part(
        &self,
        before: usize,
        rows: &[Row],
        renew: impl Fn(i64) -> bool,
    ) -> Result<Vec<IssuedCard>, Error> {
        let first_row = i64::try_from(before).unwrap_or(i64::MAX).saturating_add(1);
        let last_row = first_row.saturating_add(i64::try_from(rows.len()).unwrap_or(i64::MAX) - 1);
        let (issuer, batch) = (self.issuer, &self.batch);
        let known =
            issuer.db.read(|conn| Ok::<_, Error>(Card::of_batch(conn, batch, [first_row, last_row])?))?;
        let mut cards = self.known(&known, rows, renew)?;
        let rest: Vec<Application> =
            rows.iter().skip(cards.len()).map(|row| row.application.clone()).collect();
        if !rest.is_empty() {
            let first_row = first_row.saturating_add(i64::try_from(cards.len()).unwrap_or(i64::MAX));
            let origin = Origin { batch: Some(batch), first_row };
            let (signer, codes) = (&self.signer, self.codes.as_ref());
            let drafts = issuance::reserve(issuer, signer, &rest, codes, origin, self.actor, self.now)?;
            cards.extend(issuance::sign(issuer, signer, drafts, self.actor, self.now)?);
        }
        Ok(cards)
    }

    /// The cards that an interrupted run reserved or signed, signed where they were not.
    fn known(
        &self,
        known: &[Card],
        rows: &[Row],
        renew: impl Fn(i64) -> bool,
    ) -> Result<Vec<IssuedCard>, Error> {
        if let Some(card) = known.iter().find(|card| card.status == CardStatus::Revoked) {
            return Err(Error::Refused(format!(
                "card {} of this batch was revoked meanwhile; issue the file anew with --again, or the missing rows in \
                 a file of their own",
                card.number
            )));
        }
        if known.is_empty() {
            return Ok(Vec::new());
        }
        let lists = self.issuer.db.read(|conn| Ok::<_, Error>(StatusList::all(conn)?))?;
        let mut drafts = Vec::with_capacity(known.len());
        for (card, row) in known.iter().zip(rows) {
            let list = lists.iter().find(|list| list.id == card.status_list_id);
            let uri = &list.ok_or(diesel::result::Error::NotFound)?.uri;
            drafts.push((card, Draft::again(&self.issuer.city, &row.application, card, uri)?));
        }
        let mut codes = self.renewed(known, renew)?.into_iter();
        let mut cards = Vec::with_capacity(known.len());
        let alike = |one: &(&Card, Draft), other: &(&Card, Draft)| {
            (one.0.state, &one.0.kid) == (other.0.state, &other.0.kid)
        };
        for some in drafts.chunk_by(alike) {
            let Some((first, _)) = some.first() else { continue };
            let signer = keys::by_kid(self.issuer, &first.kid)?;
            let drafts =
                some.iter().map(|(_, draft)| draft.clone().with_recovery(codes.next().flatten())).collect();
            cards.extend(match first.state {
                CardState::Issued => issuance::signed(&signer, drafts)?,
                CardState::Reserved => issuance::sign(self.issuer, &signer, drafts, self.actor, self.now)?,
            });
        }
        Ok(cards)
    }

    /// A new code for each of these cards whose slip is printed. Those of the interrupted run are gone with it: nobody can
    /// print them any more.
    fn renewed(
        &self,
        known: &[Card],
        renew: impl Fn(i64) -> bool,
    ) -> Result<Vec<Option<RecoveryCode>>, Error> {
        let is_printed = |card: &&Card| card.batch_row.is_some_and(&renew);
        let printed: Vec<Card> = known.iter().filter(is_printed).cloned().collect();
        let Some(key) = self.codes.as_ref().filter(|_| !printed.is_empty()) else {
            return Ok(vec![None; known.len()]);
        };
        let mut codes =
            recovery::renew(self.issuer, &printed, key, &self.batch, self.actor, self.now)?.into_iter();
        let code = |card: &Card| if is_printed(&card) { codes.next().flatten() } else { None };
        Ok(known.iter().map(code).collect())
    }
}

/// The open batch of this file, a new one where there is none.
fn open(
    issuer: &Issuer,
    sound: &Sound,
    asked: Asked<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Batch, Error> {
    let rows = i64::try_from(sound.cards()).unwrap_or(i64::MAX);
    let new = NewBatch::new(edge::new_id(now), sound.digest.to_vec(), rows, now).named(asked.job);
    issuer.db.write(|tx| {
        let named = asked.job.map(|job| Batch::find_by_job(tx.conn(), job)).transpose()?.flatten();
        if named.is_some_and(|named| named.file_digest != sound.digest) {
            return Err(Error::Refused(format!(
                "the job {} is of another file, or a photo of it was changed since: put that back, or choose another name",
                asked.job.unwrap_or_default()
            )));
        }
        match Batch::find_by_digest(tx.conn(), &sound.digest)? {
            Some(batch) if batch.state == BatchState::Open => {
                match (&batch.job, asked.job) {
                    (Some(known), Some(job)) if known != job => {
                        return Err(Error::Refused(format!(
                            "this file was begun as the job {known} and is not complete; go on with it: --job {known}"
                        )));
                    }
                    (None, Some(job)) => Batch::name(tx.conn(), &batch.id, job)?,
                    _ => {}
                }
                tx.audit(entry(Act::BatchOpened, &batch.id, actor, now))?;
                return Ok(batch);
            }
            Some(batch) if !asked.again => {
                return Err(Error::Refused(format!(
                    "this file was issued on {}; every row would get a second card. If that is what you want: --again",
                    batch.created_at.utc().format("%Y-%m-%d")
                )));
            }
            _ => {}
        }
        let batch = Batch::insert(tx.conn(), &new)?;
        crash::point("batch.opening");
        tx.audit(entry(Act::BatchOpened, &batch.id, actor, now))?;
        Ok(batch)
    })
}

/// Notes that the cards of a batch are printed: the same file makes no more of them.
///
/// # Errors
/// When there is no such open batch, or the database fails.
pub fn finish(issuer: &Issuer, batch: &Id<Batch>, actor: &Actor, now: DateTime<Utc>) -> Result<(), Error> {
    issuer.db.write(|tx| {
        Batch::finish(tx.conn(), batch, now)?;
        crash::point("batch.finishing");
        tx.audit(entry(Act::BatchFinished, batch, actor, now))?;
        Ok(())
    })
}

pub(super) fn entry(act: Act, batch: &Id<Batch>, actor: &Actor, now: DateTime<Utc>) -> NewAuditEntry {
    issuance::entry(act, SubjectKind::Batch, batch.to_string(), actor, now)
}
