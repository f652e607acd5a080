//! A resident's whole visit: from the check of the papers to the card in the holder's hand.
//!
//! ```text
//! begin ─ check ─ person ─ photo ─ review ─ issue ─ print ─ scan ─ hand_over ─ closed
//!           └───────┴────────┴────────┴─ second_look ─ go on, or refused
//! ```
//!
//! A case is an enrolment with a row in `visit`. What was typed is one [`Draft`] in the sealed record; no table says
//! anything of a person. Each change names the version it [`Seen`], is one transaction, and is told to the audit log;
//! what is refused changes nothing and says why in a [`CaseError`], as data.
//!
//! | what is done | by |
//! |---|---|
//! | a case begins, is found, is opened | [`begin`], [`find`], [`find_ticket`], [`open`] (audited), [`holder`] |
//! | something is typed, also by an autosave | [`save`] with a change of the [`Draft`]; [`go`] to another station |
//! | the papers are checked | [`assess`] while they are laid out, [`finish_check`] once they are enough |
//! | somebody else looks | [`second_look::ask`], [`second_look::decide`], [`second_look::refusal`] for the slip |
//! | is there a card already? | [`duplicates`]; [`issue`] needs a [`WhyAnother`] to go on; [`forget_old`] each day |
//! | the card is made | [`issue`]: reserve, sign, revoke the earlier one; asking twice gives the same card |
//! | it is printed | [`print::queue`], [`print::printable`], [`print::printable_with_slip`], [`print::outcome`] |
//! | it is scanned | [`scan`](fn@scan), or [`skip_scan`] with a reason |
//! | it is handed over | [`hand_over`](fn@hand_over): gives the day on which the record is destroyed |
//! | the resident leaves | [`leave`]; [`close_destroyed`] for those who never came back |
//! | who waits, what was done | [`queue::queue`], [`queue::stamp`], [`day_sheet`](fn@day_sheet) |
//!
//! A renewal counts the earlier card as a paper while it is good. A replacement needs papers again: the city knows no more
//! than a number. Only while the record of the earlier card still stands, what was shown for it is there to begin with.

mod case;
mod day_sheet;
mod draft;
mod duplicates;
mod error;
mod evidence;
mod hand_over;
mod issue;
pub mod print;
pub mod queue;
mod record;
mod scan;
pub mod second_look;
mod taken_photo;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use shared::id::CardNumber;

pub use case::{Case, OpenBy, Seen};
pub use day_sheet::{DaySheet, day_sheet};
pub use draft::{Draft, GenderChoice, Line};
pub use duplicates::{WhyAnother, duplicates, forget_old};
pub use error::CaseError;
pub use evidence::{assess, finish_check};
pub use hand_over::{HandedOver, hand_over};
pub use issue::{Made, issue};
pub use record::{MAX_RECORD, Words};
pub use scan::{Scanned, WhyNoScan, WrongScan, number_of, scan, skip_scan};
pub use taken_photo::TakenPhoto;

use case::{Changing, Told, change};
use record::Record;

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::card::Card;
use crate::db::card_status::{CardStatus, NewStatusChange, StatusChange};
use crate::db::enrolment::{Enrolment, EnrolmentState, NewEnrolment};
use crate::db::evidence_check::EvidenceCheck;
use crate::db::visit::{Station, Visit, VisitKind, VisitOutcome};
use crate::db::{Id, Tx, Word};
use crate::issuance::entry;
use crate::resident::Resident;
use crate::{Issuer, edge};

/// The id of a case: that of its enrolment.
pub type CaseId = Id<Enrolment>;

/// Letters and digits of tickets: none looks or sounds like another, and no word comes of them.
const TICKET_LETTERS: &[u8; 22] = b"CDFGHJKMNPQRTVWXY34679";
/// How often a ticket that is taken is drawn anew.
const TRIES: usize = 20;

/// What somebody came for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// A first card.
    New,
    /// A card after the one of this number, as typed, which runs out or ran out.
    Renewal(&'a str),
    /// A card for the one of this number, as typed, which was lost, stolen, broken or is wrong.
    Replacement(&'a str),
}

impl Wanted<'_> {
    fn kind(self) -> VisitKind {
        match self {
            Self::New => VisitKind::New,
            Self::Renewal(_) => VisitKind::Renewal,
            Self::Replacement(_) => VisitKind::Replacement,
        }
    }
}

/// A case with its record opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The case.
    pub case: Case,
    /// What was typed. Once the card was handed over: what stands on it.
    pub draft: Draft,
    /// What officers wrote about a second look.
    pub words: Vec<Words>,
    /// The other officer who has the case open.
    pub also_open: Option<OpenBy>,
}

/// Begins a case. For a renewal or a replacement, what was typed for the earlier card is there to begin with, papers
/// and portrait included, while the record of that card still stands; once it is gone, the city knows a number and
/// nothing of its holder, so papers are shown again.
///
/// # Errors
/// When the earlier card is none of the city's, or a part fails.
pub fn begin(
    issuer: &Issuer,
    wanted: Wanted<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Case, CaseError> {
    let id: CaseId = Id::new(edge::new_id(now));
    let day = now.date_naive() + issuer.city.retention.without_card.duration();
    issuer.db.write(|tx| {
        let earlier = match wanted {
            Wanted::New => None,
            Wanted::Renewal(typed) | Wanted::Replacement(typed) => Some(earlier(tx, typed)?),
        };
        let draft = match &earlier {
            Some(card) => again(issuer, tx, card, actor, now)?,
            None => Draft { language: issuer.city.usual_language().to_owned(), ..Draft::default() },
        };
        let sealed = Record::of(draft).seal(issuer, &id, day)?;
        Enrolment::insert_all(tx.conn(), &[NewEnrolment::new(id.clone(), sealed, actor, now)])?;
        let ticket = ticket(tx)?;
        let earlier = earlier.map(|card| card.id);
        let visit = Visit::new(id.clone(), ticket, wanted.kind(), earlier, actor, now);
        visit.insert(tx.conn())?;
        Changing { issuer, tx, visit, actor, now }.stamp(Told::of(Act::EnrolmentMade))
    })
}

/// A case, without opening its record.
///
/// # Errors
/// When there is none.
pub fn find(issuer: &Issuer, id: &CaseId, now: DateTime<Utc>) -> Result<Case, CaseError> {
    issuer.db.read(|conn| {
        let visit = Visit::find(conn, id)?.ok_or(CaseError::NotFound)?;
        Case::of(conn, &visit, now)
    })
}

/// The open case of a ticket, as typed.
///
/// # Errors
/// When there is none.
pub fn find_ticket(issuer: &Issuer, typed: &str, now: DateTime<Utc>) -> Result<Case, CaseError> {
    let ticket: String =
        typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    issuer.db.read(|conn| {
        let visit = Visit::find_open(conn, &ticket)?.ok_or(CaseError::NotFound)?;
        Case::of(conn, &visit, now)
    })
}

/// Opens a case and its record, which the audit log is told. A case that another officer has open stays theirs.
///
/// # Errors
/// When there is no such case, or its record was destroyed.
pub fn open(issuer: &Issuer, id: &CaseId, actor: &Actor, now: DateTime<Utc>) -> Result<Opened, CaseError> {
    issuer.db.write(|tx| {
        let mut visit = Visit::find(tx.conn(), id)?.ok_or(CaseError::NotFound)?;
        let other = visit.open_by(now).filter(|(officer, _)| *officer != actor.id());
        let also_open = other.map(|(officer, at)| OpenBy { officer: officer.to_owned(), at });
        if also_open.is_none() && visit.station != Station::Closed {
            visit.opened(actor, now);
        }
        let mut changing = Changing { issuer, tx, visit, actor, now };
        let record = changing.record()?;
        let case = changing.stamp(Told::of(Act::EnrolmentViewed))?;
        let draft = record.draft.clone().unwrap_or_else(|| record.draft_again());
        Ok(Opened { case, draft, words: record.words, also_open })
    })
}

/// Changes what was typed, and seals it anew under the same day. Of posts and autosaves alike.
///
/// # Errors
/// When the case was changed meanwhile, is past typing, or its record would be too large.
pub fn save(
    issuer: &Issuer,
    seen: Seen<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
    typed: impl FnOnce(&mut Draft),
) -> Result<Case, CaseError> {
    let (case, ()) = change(issuer, seen, actor, now, |changing| {
        typing(changing)?;
        let mut record = changing.record()?;
        let before = record.draft.clone().ok_or(CaseError::Gone)?;
        if let Some(draft) = &mut record.draft {
            typed(draft);
            draft.unconfirm_changed(&before);
        }
        changing.seal(&record)?;
        Ok((Told::of(Act::EnrolmentSaved), ()))
    })?;
    Ok(case)
}

/// Takes a case to another of the stations where something is typed. On to the photo go names and dates that are right,
/// on to the review a photo that can be printed; the check of the papers ends with [`finish_check`].
///
/// # Errors
/// When no way leads there, the case was changed meanwhile, or what was typed is not right yet.
pub fn go(
    issuer: &Issuer,
    seen: Seen<'_>,
    to: Station,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Case, CaseError> {
    let (case, ()) = change(issuer, seen, actor, now, |changing| {
        typing(changing)?;
        let from = changing.visit.station;
        if !to.is_for_typing() || from == Station::Check {
            return Err(CaseError::NotNow { station: from });
        }
        changing.step(to)?;
        if matches!(to, Station::Photo | Station::Review) && to > from {
            let draft = changing.record()?.draft.ok_or(CaseError::Gone)?;
            let today = now.date_naive();
            match to {
                Station::Review => draft.application(&issuer.city, today).map(drop)?,
                _ => draft.resident(&issuer.city, today).map(drop).map_err(CaseError::Fields)?,
            }
        }
        Ok((Told::because(Act::EnrolmentMoved, to.as_str()), ()))
    })?;
    Ok(case)
}

/// Why a visit ends without a card although nobody refused one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyLeft {
    /// The resident will come back with other papers, and then begins anew.
    ComesBack,
    /// The resident wants no card any more.
    WantsNone,
    /// The resident did not fetch the card.
    NotFetched,
    /// The case was begun by mistake.
    Mistake,
}

impl Word for WhyLeft {
    const ALL: &'static [Self] = &[Self::ComesBack, Self::WantsNone, Self::NotFetched, Self::Mistake];

    fn as_str(self) -> &'static str {
        match self {
            Self::ComesBack => "comes_back",
            Self::WantsNone => "wants_none",
            Self::NotFetched => "not_fetched",
            Self::Mistake => "mistake",
        }
    }
}

/// Ends a case whose resident leaves. A card that was made of it is revoked. No officer says no by this: for a refusal
/// there is the second look.
///
/// # Errors
/// When the case was changed meanwhile, or is closed.
pub fn leave(
    issuer: &Issuer,
    seen: Seen<'_>,
    why: WhyLeft,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Case, CaseError> {
    let (case, ()) = change(issuer, seen, actor, now, |changing| {
        end(changing, why.as_str())?;
        Ok((Told::because(Act::EnrolmentAbandoned, why.as_str()), ()))
    })?;
    Ok(case)
}

/// Closes the cases whose record was destroyed while they waited: nobody came back in time. For the city's schedule; says
/// how many there were.
///
/// # Errors
/// When the database fails.
pub fn close_destroyed(issuer: &Issuer, actor: &Actor, now: DateTime<Utc>) -> Result<usize, CaseError> {
    let open = issuer.db.read(|conn| {
        let open = Visit::waiting(conn, Station::ALL, 0, i64::MAX)?;
        let mut destroyed = Vec::new();
        for visit in open {
            let enrolment = Enrolment::find(conn, &visit.enrolment_id)?;
            if enrolment.is_some_and(|enrolment| enrolment.state == EnrolmentState::Destroyed) {
                destroyed.push(visit);
            }
        }
        Ok::<_, CaseError>(destroyed)
    })?;
    for visit in &open {
        let seen = Seen { case: &visit.enrolment_id, version: visit.version };
        change(issuer, seen, actor, now, |changing| {
            end(changing, "record_destroyed")?;
            Ok((Told::because(Act::EnrolmentAbandoned, "record_destroyed"), ()))
        })?;
    }
    Ok(open.len())
}

/// Closes a case without a card in anybody's hand. A card that was made of it is revoked.
fn end(changing: &mut Changing<'_, '_>, reason: &str) -> Result<(), CaseError> {
    changing.close(VisitOutcome::Left)?;
    let id = changing.visit.enrolment_id.clone();
    if changing.enrolment()?.state == EnrolmentState::Open {
        Enrolment::step(changing.tx.conn(), &id, EnrolmentState::abandon)??;
    }
    match changing.visit.card_id.clone() {
        Some(card) => revoke(changing, &card, reason),
        None => Ok(()),
    }
}

/// The resident of an enrolment whose record still stands, which the audit log is told: of a visit or of a batch.
///
/// # Errors
/// When the record was destroyed, or no card was made of it yet.
pub fn holder(
    issuer: &Issuer,
    id: &CaseId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Resident, CaseError> {
    issuer.db.write(|tx| {
        let enrolment = Enrolment::find(tx.conn(), id)?.ok_or(CaseError::NotFound)?;
        let record = Record::open(issuer, &enrolment)?;
        tx.audit(entry(Act::EnrolmentViewed, SubjectKind::Enrolment, id.to_string(), actor, now))?;
        record.resident().cloned().ok_or(CaseError::Gone)
    })
}

/// Revokes a card in the transaction of a change, unless it is revoked.
fn revoke(changing: &mut Changing<'_, '_>, card: &Id<Card>, reason: &str) -> Result<(), CaseError> {
    let card = Card::find(changing.tx.conn(), card)?.ok_or(CaseError::NoSuchCard)?;
    if card.status == CardStatus::Revoked {
        return Ok(());
    }
    let (actor, now) = (changing.actor, changing.now);
    let new = NewStatusChange { id: edge::new_id(now), transition: CardStatus::revoke, reason, actor, now };
    StatusChange::make(changing.tx.conn(), &card.id, new)?
        .map_err(|_| CaseError::Card { number: card.number.clone(), status: card.status })?;
    changing.tell(Told::because(Act::CardRevoked, reason), SubjectKind::Card, card.number)?;
    Ok(())
}

fn typing(changing: &Changing<'_, '_>) -> Result<(), CaseError> {
    let station = changing.visit.station;
    if station.is_for_typing() { Ok(()) } else { Err(CaseError::NotNow { station }) }
}

/// The earlier card, by its number as typed.
fn earlier(tx: &mut Tx<'_>, typed: &str) -> Result<Card, CaseError> {
    if typed.trim().is_empty() {
        return Err(CaseError::NoEarlierCard);
    }
    let number = CardNumber::parse(typed).map_err(|_| CaseError::NoSuchCard)?;
    Card::find_by_number(tx.conn(), &number.to_string())?.ok_or(CaseError::NoSuchCard)
}

/// What was typed for an earlier card, if its record still stands. That it was looked at is told.
fn again(
    issuer: &Issuer,
    tx: &mut Tx<'_>,
    card: &Card,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Draft, CaseError> {
    let bare = Draft { language: issuer.city.usual_language().to_owned(), ..Draft::default() };
    let Some(id) = &card.enrolment_id else { return Ok(bare) };
    let Some(enrolment) = Enrolment::find(tx.conn(), id)? else { return Ok(bare) };
    let record = match Record::open(issuer, &enrolment) {
        Ok(record) => record,
        Err(CaseError::Gone) => return Ok(bare),
        Err(error) => return Err(error),
    };
    tx.audit(entry(Act::EnrolmentViewed, SubjectKind::Enrolment, id.to_string(), actor, now))?;
    let mut draft = record.draft_again();
    let checked = EvidenceCheck::of(tx.conn(), id)?;
    draft.evidence = checked.into_iter().map(|check| check.document_type).collect();
    Ok(draft)
}

/// A ticket that no open case has.
fn ticket(tx: &mut Tx<'_>) -> Result<String, CaseError> {
    for _ in 0..TRIES {
        let letters = edge::random_bytes::<4>().map(|byte| {
            let place = usize::from(byte) % TICKET_LETTERS.len();
            TICKET_LETTERS.get(place).copied().map_or('3', char::from)
        });
        let ticket = String::from_iter(letters);
        if Visit::find_open(tx.conn(), &ticket)?.is_none() {
            return Ok(ticket);
        }
    }
    Err(crate::Error::Refused("no ticket is free".to_owned()).into())
}
