//! What a holder is shown: everything held about them.

use base64ct::{Base64, Encoding as _};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::audit::AuditEntry;
use crate::db::audit_find::AuditFilter;
use crate::db::card::Card;
use crate::db::card_status::StatusChange;
use crate::db::duplicate_hash::DuplicateHash;
use crate::db::enrolment::Enrolment;
use crate::db::evidence_check::EvidenceCheck;
use crate::db::hold::Hold;
use crate::db::print_job::PrintJob;
use crate::db::retention_change::RetentionChange;
use crate::db::second_look::SecondLook;
use crate::db::visit::Visit;
use crate::db::{AnyConnection, Id};
use crate::issuance::entry;
use crate::retention::{self, RetentionError};
use crate::revocation::{self, Named};
use crate::{Error, Issuer};

/// Most audit entries shown of one card, the newest.
const MOST_ENTRIES: i64 = 500;

/// Everything that is held about the holder of a card, or about somebody whose case has none yet.
#[derive(Debug)]
pub struct Everything {
    /// The card that was named, and the others of the same enrolment: spoiled ones.
    pub cards: Vec<CardHeld>,
    /// The enrolment: until when its record stands, or that it is gone.
    pub enrolment: Option<Enrolment>,
    /// What the record holds, while it stands.
    pub record: Option<Record>,
    /// The visit of the enrolment, and visits for which the card was brought: renewals, replacements.
    pub visits: Vec<Visit>,
    /// Which types of papers were shown.
    pub papers: Vec<EvidenceCheck>,
    /// What was printed.
    pub prints: Vec<PrintJob>,
    /// Second looks that officers gave the case.
    pub looks: Vec<SecondLook>,
    /// Changes of the day on which the record goes.
    pub changes: Vec<RetentionChange>,
    /// Entries of the audit log that name the card or the enrolment, the newest first.
    pub audit: Vec<AuditEntry>,
}

/// A card of the holder.
#[derive(Debug)]
pub struct CardHeld {
    /// Number, services, dates, place, digests, desk, officer; and whether it has a recovery code.
    pub card: Card,
    /// Each change of its status.
    pub history: Vec<StatusChange>,
    /// The holds that name it.
    pub holds: Vec<Hold>,
    /// Whether a hash of name and birth date is kept of it, which tells whether the same person comes again.
    pub is_known_again: bool,
}

/// The opened record of an enrolment. It is wiped when dropped.
pub struct Record {
    /// The day on which it is destroyed.
    pub destroy_by: NaiveDate,
    json: Zeroizing<Vec<u8>>,
}

impl Record {
    /// The record as it was sealed.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// Its fields in words, the portrait apart: name of the field and what it says. For one page, not to be kept.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, Zeroizing<String>)> {
        let record = serde_json::from_slice::<Value>(&self.json).unwrap_or_default();
        let mut fields = Vec::new();
        lines("", &record, &mut fields);
        fields
    }

    /// The portrait, or the photo as it was taken while no card is made of it: JPEG.
    #[must_use]
    pub fn portrait(&self) -> Option<Zeroizing<Vec<u8>>> {
        let record = serde_json::from_slice::<Value>(&self.json).ok()?;
        let taken = || record.pointer("/draft/photo/picture");
        let text = record.get("portrait_jpeg").or_else(taken)?.as_str()?;
        Base64::decode_vec(text).ok().map(Zeroizing::new)
    }
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record(…, {})", self.destroy_by)
    }
}

/// Looks up everything held about the holder of a card, at their wish. It is audited in the same transaction that reads
/// the card: no look goes unseen.
///
/// # Errors
/// When there is no such card, or a part fails.
pub fn everything_about(
    issuer: &Issuer,
    named: Named<'_>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Everything, Error> {
    let number = revocation::find_card(issuer, named)?.number;
    issuer.db.write(|tx| {
        tx.audit(entry(Act::EverythingViewed, SubjectKind::Card, number.clone(), actor, now))?;
        let card = Card::find_by_number(tx.conn(), &number)?.ok_or(diesel::result::Error::NotFound)?;
        match card.enrolment_id.clone() {
            Some(id) => everything(issuer, tx.conn(), Some(card), &id),
            None => Ok(Everything {
                audit: audit_of(tx.conn(), &[(SubjectKind::Card, number.clone())])?,
                visits: Visit::with_earlier_card(tx.conn(), &card.id)?,
                cards: vec![CardHeld::of(tx.conn(), card)?],
                ..Everything::nothing()
            }),
        }
    })
}

/// The same about somebody whose case is under way, card or none.
///
/// # Errors
/// When there is no such case, or a part fails.
pub fn everything_about_case(
    issuer: &Issuer,
    id: &Id<Enrolment>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Everything, Error> {
    issuer.db.write(|tx| {
        tx.audit(entry(Act::EverythingViewed, SubjectKind::Enrolment, id.to_string(), actor, now))?;
        everything(issuer, tx.conn(), None, id)
    })
}

fn everything(
    issuer: &Issuer,
    conn: &mut AnyConnection,
    named: Option<Card>,
    id: &Id<Enrolment>,
) -> Result<Everything, Error> {
    let enrolment = Enrolment::find(conn, id)?;
    let others = Card::of_enrolment(conn, id)?.into_iter();
    let others: Vec<_> =
        others.filter(|other| named.as_ref().is_none_or(|named| named.id != other.id)).collect();
    let (mut cards, mut visits) = (Vec::new(), Visit::find(conn, id)?.into_iter().collect::<Vec<_>>());
    let mut things = vec![(SubjectKind::Enrolment, id.to_string())];
    for card in named.into_iter().chain(others) {
        things.push((SubjectKind::Card, card.number.clone()));
        visits.extend(Visit::with_earlier_card(conn, &card.id)?);
        cards.push(CardHeld::of(conn, card)?);
    }
    let record = match enrolment.as_ref().map(|enrolment| retention::open(issuer, enrolment)) {
        Some(Ok(json)) => {
            let destroy_by = enrolment.as_ref().map_or(NaiveDate::MIN, |enrolment| enrolment.destroy_by);
            Some(Record { destroy_by, json })
        }
        None | Some(Err(RetentionError::Gone)) => None,
        Some(Err(error)) => return Err(error.into()),
    };
    Ok(Everything {
        cards,
        enrolment,
        record,
        visits,
        papers: EvidenceCheck::of(conn, id)?,
        prints: PrintJob::of(conn, id)?,
        looks: SecondLook::of(conn, id)?,
        changes: RetentionChange::of(conn, id)?,
        audit: audit_of(conn, &things)?,
    })
}

impl Everything {
    fn nothing() -> Self {
        Self {
            cards: Vec::new(),
            enrolment: None,
            record: None,
            visits: Vec::new(),
            papers: Vec::new(),
            prints: Vec::new(),
            looks: Vec::new(),
            changes: Vec::new(),
            audit: Vec::new(),
        }
    }
}

impl CardHeld {
    fn of(conn: &mut AnyConnection, card: Card) -> Result<Self, Error> {
        Ok(Self {
            history: StatusChange::of_card(conn, &card.id)?,
            holds: Hold::of_card(conn, &card.id)?,
            is_known_again: DuplicateHash::is_of(conn, &card.id)?,
            card,
        })
    }
}

/// What the audit log says of these, the newest first.
fn audit_of(conn: &mut AnyConnection, things: &[(SubjectKind, String)]) -> Result<Vec<AuditEntry>, Error> {
    let mut audit = Vec::new();
    for thing in things {
        let filter = AuditFilter { subject: Some(thing.clone()), ..AuditFilter::default() };
        let stretch = filter.stretch(conn)?;
        audit.extend(filter.newest(conn, stretch, None, MOST_ENTRIES)?);
    }
    audit.sort_by_key(|entry| std::cmp::Reverse(entry.seq));
    Ok(audit)
}

/// Pictures as text, which nobody reads.
const PICTURES: [&str; 4] = ["portrait_jpeg", "face_webp", "picture", "made"];

fn lines(name: &str, value: &Value, into: &mut Vec<(String, Zeroizing<String>)>) {
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match value {
        Value::Null => {}
        Value::Object(parts) => {
            for (part, value) in parts.iter().filter(|(part, _)| !PICTURES.contains(&part.as_str())) {
                lines(&below(part), value, into);
            }
        }
        Value::Array(all) if all.iter().any(Value::is_object) => {
            for one in all {
                lines(name, one, into);
            }
        }
        Value::Array(all) => {
            let texts: Vec<_> =
                all.iter().map(|one| one.as_str().map_or(one.to_string(), str::to_owned)).collect();
            into.push((name.to_owned(), Zeroizing::new(texts.join(", "))));
        }
        Value::String(text) => into.push((name.to_owned(), Zeroizing::new(text.clone()))),
        other => into.push((name.to_owned(), Zeroizing::new(other.to_string()))),
    }
}
