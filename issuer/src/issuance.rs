//! Issuance: from a checked resident to two signed credentials.
//!
//! The row that says what will be signed (number, status index, digests) is committed before a signature exists. So
//! a crash leaves cards that are known and unsigned, never cards that are signed and unknown. Signatures are
//! deterministic: whoever goes on after a crash makes the same card, not a second one.

mod draft;
mod order;
mod places;

use std::fmt;

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, SubsecRound as _, Utc};
use shared::id::CardNumber;
use shared::keys::Signer;

pub use draft::Draft;
pub use order::IndexOrder;
pub(crate) use places::new_place;
use places::take_places;
pub use places::{LIST_CAPACITY, index_order, status_prefix};

use crate::card::{Photo, PhotoError, Portrait};
use crate::config::{City, Keep};
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::NewAuditEntry;
use crate::db::batch::Batch;
use crate::db::card::{Card, CardState, NewCard};
use crate::db::card_status::CardStatus;
use crate::db::enrolment::{Enrolment, NewEnrolment};
use crate::db::status_list::StatusList;
use crate::db::{Id, Tx};
use crate::keystore::seal_record;
use crate::recovery::{RecoveryCode, RecoveryKey};
use crate::resident::Resident;
use crate::{Error, Issuer, crash, edge, kit, parallel};

/// Most cards in one transaction.
pub const CARDS_A_TRANSACTION: usize = 500;
/// How often a number that is taken already is drawn anew.
const TRIES: usize = 5;

/// A resident with pictures, ready for a card.
#[derive(Debug, Clone)]
pub struct Application {
    /// The resident.
    pub resident: Resident,
    /// The portrait for print and the face for the code.
    pub pictures: Option<Pictures>,
}

/// The two pictures that a photo becomes.
#[derive(Clone)]
pub struct Pictures {
    /// For print.
    pub portrait: Portrait,
    /// For the service code: WebP within the city's budget.
    pub face: Vec<u8>,
}

impl fmt::Debug for Pictures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pictures(…)")
    }
}

impl Pictures {
    /// The pictures of a photo, with a face of at most `budget` bytes.
    ///
    /// # Errors
    /// When no face of so few bytes can be made of it.
    pub fn of(photo: &Photo, budget: usize) -> Result<Self, PhotoError> {
        let (portrait, face) = photo.portrait_and_face(budget)?;
        Ok(Self { portrait, face })
    }
}

/// When a card is issued and how long it is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Time of issue, whole seconds.
    pub issued_at: DateTime<Utc>,
    /// The last day on which it is good.
    pub last_day: NaiveDate,
}

impl Terms {
    /// The city's terms for a card issued now.
    #[must_use]
    pub fn of(city: &City, now: DateTime<Utc>) -> Self {
        let issued_at = now.trunc_subsecs(0);
        let months = Months::new(city.valid_years.years() * 12);
        let last_day = issued_at.date_naive().checked_add_months(months).unwrap_or(NaiveDate::MAX);
        Self { issued_at, last_day }
    }

    /// The terms of a card that was reserved earlier.
    #[must_use]
    pub fn of_card(card: &Card) -> Self {
        let last_day = card.expires_at.utc().date_naive().checked_sub_days(Days::new(1));
        Self { issued_at: card.issued_at.utc(), last_day: last_day.unwrap_or(NaiveDate::MIN) }
    }

    /// The second from which it is no longer good: the midnight (UTC) after the last day.
    #[must_use]
    pub fn expires(&self) -> DateTime<Utc> {
        let day = self.last_day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
        day.and_time(NaiveTime::MIN).and_utc()
    }
}

/// A signed card.
#[derive(Clone)]
pub struct IssuedCard {
    /// What was signed, and for whom.
    pub draft: Draft,
    /// The text of the identity code.
    pub identity_qr: String,
    /// The text of the service code.
    pub service_qr: String,
}

impl fmt::Debug for IssuedCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Its codes hold the holder's name.
        f.debug_tuple("IssuedCard").field(&self.draft).finish()
    }
}

/// Where cards come from: a batch and the row of the first, or nowhere in particular.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The batch.
    pub batch: Option<&'a Id<Batch>>,
    /// The row of the first application in it, from 1.
    pub first_row: i64,
}

/// Enrols and reserves cards in one transaction: after it their numbers, indices and digests are fixed. With
/// `slips`, each gets a recovery code that is hashed under this key; a code is good for nothing unless it is printed on
/// a slip.
///
/// # Errors
/// When the database or the keystore fails; nothing is reserved then.
pub fn reserve(
    issuer: &Issuer,
    signer: &dyn Signer,
    applications: &[Application],
    slips: Option<&RecoveryKey>,
    origin: Origin<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Draft>, Error> {
    let terms = Terms::of(&issuer.city, now);
    let records = seal(issuer, applications, terms, actor, now)?;
    crash::point("issue.sealed");
    let mut tries = 0;
    loop {
        tries += 1;
        let numbers: Vec<_> =
            applications.iter().map(|_| CardNumber::from_random(edge::random_bytes())).collect();
        let reserved = issuer.db.write(|tx| {
            let places = take_places(issuer, tx, signer, terms, applications.len())?;
            crash::point("issue.places_taken");
            let mut drafts = Vec::with_capacity(applications.len());
            for ((application, number), index) in applications.iter().zip(&numbers).zip(places.indices) {
                let place = draft::Place { uri: &places.uri, index };
                let draft = Draft::new(&issuer.city, application, *number, terms, place);
                drafts.push(draft.with_recovery(slips.map(|_| RecoveryCode::new())));
            }
            keep(issuer, tx, &places.list, signer, &records, &drafts, slips, origin, actor, now)?;
            Ok::<_, Error>(drafts)
        });
        match reserved {
            Err(error) if tries < TRIES && is_taken(&error) => {}
            reserved => {
                crash::point("issue.reserved");
                return reserved;
            }
        }
    }
}

/// Reserves a card for an enrolment that there is, in the transaction of whoever reserves it.
pub(crate) fn reserve_for(
    issuer: &Issuer,
    tx: &mut Tx<'_>,
    signer: &dyn Signer,
    enrolment: &Id<Enrolment>,
    application: &Application,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(Id<Card>, Draft), Error> {
    let terms = Terms::of(&issuer.city, now);
    let number = free_number(tx)?;
    let places = take_places(issuer, tx, signer, terms, 1)?;
    let index = places.indices.first().copied().ok_or(diesel::result::Error::NotFound)?;
    let draft =
        Draft::new(&issuer.city, application, number, terms, draft::Place { uri: &places.uri, index });
    let row = new_card(&draft, enrolment, &signer.kid().to_hex(), &places.list, actor, now);
    let id = row.id.clone();
    Card::insert_all(tx.conn(), &[row])?;
    tx.audit(entry(Act::CardsReserved, SubjectKind::Card, draft.number().to_owned(), actor, now))?;
    Ok((id, draft))
}

/// A number that no card has.
fn free_number(tx: &mut Tx<'_>) -> Result<CardNumber, Error> {
    for _ in 0..TRIES {
        let number = CardNumber::from_random(edge::random_bytes());
        if Card::find_by_number(tx.conn(), &number.to_string())?.is_none() {
            return Ok(number);
        }
    }
    Err(Error::Refused(format!("{TRIES} numbers drawn at random were all taken")))
}

/// Until when a record is kept whose card is handed over on this day.
#[must_use]
pub fn kept_until(city: &City, terms: Terms, hand_over: NaiveDate) -> NaiveDate {
    match city.retention.after_hand_over {
        Keep::UntilExpiry => terms.last_day,
        Keep::For(span) => hand_over + span.duration(),
    }
}

/// Signs reserved cards and notes that they are signed.
///
/// # Errors
/// When the key or the database fails. What was signed then is unknown to nobody: its row stands.
pub fn sign(
    issuer: &Issuer,
    signer: &(dyn Signer + Sync),
    drafts: Vec<Draft>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<IssuedCard>, Error> {
    let cards = signed(signer, drafts)?;
    crash::point("issue.signed");
    issuer.db.write(|tx| {
        let rows = rows_of(tx, &cards)?;
        note_issued(issuer, tx, rows, actor, now)?;
        crash::point("issue.noting");
        Ok::<_, Error>(())
    })?;
    crash::point("issue.noted");
    Ok(cards)
}

/// Signs cards of which it is noted elsewhere, on all cores.
pub(crate) fn signed(signer: &(dyn Signer + Sync), drafts: Vec<Draft>) -> Result<Vec<IssuedCard>, Error> {
    let codes = parallel::map(&drafts, |draft| draft.codes(signer));
    let cards = drafts.into_iter().zip(codes).map(|(draft, codes)| {
        let [identity_qr, service_qr] = codes?;
        Ok(IssuedCard { draft, identity_qr, service_qr })
    });
    cards.collect()
}

/// The rows of cards, in their order.
fn rows_of(tx: &mut Tx<'_>, cards: &[IssuedCard]) -> Result<Vec<Card>, Error> {
    let row = |card: &IssuedCard| {
        Ok(Card::find_by_number(tx.conn(), card.draft.number())?.ok_or(diesel::result::Error::NotFound)?)
    };
    cards.iter().map(row).collect()
}

/// Notes that the cards of these rows are signed, in the transaction of whoever signed them.
pub(crate) fn note_issued(
    issuer: &Issuer,
    tx: &mut Tx<'_>,
    cards: Vec<Card>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let is_kit = issuer.kit(tx.conn())?.is_some();
    let mut ids = Vec::with_capacity(cards.len());
    let mut enrolments = Vec::with_capacity(cards.len());
    for card in cards {
        // At home nobody saw the card: the kit's log says which it was.
        let digest = is_kit.then(|| kit::card_digest(&card));
        let mut told = entry(Act::CardsIssued, SubjectKind::Card, card.number, actor, now);
        told.reason = digest;
        tx.audit(told)?;
        enrolments.extend(card.enrolment_id);
        ids.push(card.id);
    }
    Card::mark_issued(tx.conn(), &ids)?;
    Enrolment::mark_issued(tx.conn(), &enrolments)?;
    Ok(())
}

fn seal(
    issuer: &Issuer,
    applications: &[Application],
    terms: Terms,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<NewEnrolment>, Error> {
    let today = now.date_naive();
    let destroy_by = match issuer.city.retention.after_hand_over {
        Keep::UntilExpiry => terms.last_day,
        // Nobody has the card yet; hand-over brings the day nearer.
        Keep::For(_) => today + issuer.city.retention.without_card.duration(),
    };
    let key = issuer.keystore.destroy_by_key(destroy_by)?;
    Ok(parallel::map(applications, |application| {
        let id = Id::new(edge::new_id(now));
        let record = application.to_record();
        NewEnrolment::new(id.clone(), seal_record(&record, &key, id.as_str()), actor, now)
    }))
}

/// Seals the record of somebody without a visit, for a card that is issued now.
pub(crate) fn seal_one(
    issuer: &Issuer,
    application: &Application,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<NewEnrolment, Error> {
    let terms = Terms::of(&issuer.city, now);
    let sealed = seal(issuer, std::slice::from_ref(application), terms, actor, now)?;
    Ok(sealed.into_iter().next().ok_or(diesel::result::Error::NotFound)?)
}

#[expect(clippy::too_many_arguments, reason = "one transaction writes all of it")]
fn keep(
    issuer: &Issuer,
    tx: &mut Tx<'_>,
    list: &Id<StatusList>,
    signer: &dyn Signer,
    records: &[NewEnrolment],
    drafts: &[Draft],
    slips: Option<&RecoveryKey>,
    origin: Origin<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    Enrolment::insert_all(tx.conn(), records)?;
    crash::point("issue.enrolments_inserted");
    let kid = signer.kid().to_hex();
    let rows = (origin.first_row..).zip(records).zip(drafts).map(|((row, record), draft)| NewCard {
        recovery_hash: slips.zip(draft.recovery()).map(|(key, code)| key.hash(code)),
        batch_id: origin.batch.cloned(),
        batch_row: origin.batch.map(|_| row),
        ..new_card(draft, record.id(), &kid, list, actor, now)
    });
    Card::insert_all(tx.conn(), &rows.collect::<Vec<_>>())?;
    crash::point("issue.cards_inserted");
    let (subject_kind, subject) = match origin.batch {
        Some(batch) => (SubjectKind::Batch, batch.to_string()),
        None => (SubjectKind::City, issuer.city.url.as_str().to_owned()),
    };
    tx.audit(entry(Act::CardsReserved, subject_kind, subject, actor, now))?;
    crash::point("issue.reserving");
    Ok(())
}

/// The row of a card of no batch and without a slip.
fn new_card(
    draft: &Draft,
    enrolment: &Id<Enrolment>,
    kid: &str,
    list: &Id<StatusList>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> NewCard {
    let [identity_digest, service_digest] = draft.digests();
    NewCard {
        id: Id::new(edge::new_id(now)),
        number: draft.number().to_owned(),
        enrolment_id: Some(enrolment.clone()),
        kid: kid.to_owned(),
        status_list_id: list.clone(),
        status_index: i64::try_from(draft.index()).unwrap_or(i64::MAX),
        services: draft.resident().services.join(" "),
        issued_at: draft.terms().issued_at.into(),
        expires_at: draft.terms().expires().into(),
        state: CardState::Reserved,
        status: CardStatus::Valid,
        identity_digest: identity_digest.to_vec(),
        service_digest: service_digest.to_vec(),
        recovery_hash: None,
        batch_id: None,
        batch_row: None,
        desk: actor.desk().to_owned(),
        officer: actor.id().to_owned(),
    }
}

pub(crate) fn entry(
    act: Act,
    subject_kind: SubjectKind,
    subject: String,
    actor: &Actor,
    now: DateTime<Utc>,
) -> NewAuditEntry {
    NewAuditEntry { at: now, actor: actor.clone(), act, subject_kind, subject, reason: None }
}

fn is_taken(error: &Error) -> bool {
    use diesel::result::{DatabaseErrorKind, Error as Query};
    matches!(
        error,
        Error::Database(crate::db::DbError::Query(Query::DatabaseError(
            DatabaseErrorKind::UniqueViolation,
            _
        )))
    )
}
