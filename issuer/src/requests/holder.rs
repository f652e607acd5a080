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
use crate::db::enrolment::Enrolment;
use crate::issuance::entry;
use crate::retention::{self, RetentionError};
use crate::revocation::{self, Named};
use crate::{Error, Issuer};

/// Most audit entries shown of one card, the newest.
const MOST_ENTRIES: i64 = 500;

/// Everything that is held about the holder of one card.
#[derive(Debug)]
pub struct Everything {
    /// The card: number, services, dates, place, digests, desk, officer.
    pub card: Card,
    /// Each change of its status.
    pub history: Vec<StatusChange>,
    /// The enrolment: until when its record stands, or that it is gone.
    pub enrolment: Option<Enrolment>,
    /// What the record holds, while it stands.
    pub record: Option<Record>,
    /// Entries of the audit log that name the card or the enrolment, the newest first.
    pub audit: Vec<AuditEntry>,
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

    /// The portrait, as JPEG.
    #[must_use]
    pub fn portrait(&self) -> Option<Zeroizing<Vec<u8>>> {
        let record = serde_json::from_slice::<Value>(&self.json).ok()?;
        let text = record.get("portrait_jpeg")?.as_str()?;
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
        let card = Card::find_by_number(tx.conn(), &number)?.ok_or(diesel::result::Error::NotFound)?;
        let history = StatusChange::of_card(tx.conn(), &card.id)?;
        let mut things = vec![(SubjectKind::Card, card.number.clone())];
        let mut enrolment = None;
        if let Some(id) = &card.enrolment_id {
            things.push((SubjectKind::Enrolment, id.to_string()));
            enrolment = Enrolment::find(tx.conn(), id)?;
        }
        tx.audit(entry(Act::EverythingViewed, SubjectKind::Card, card.number.clone(), actor, now))?;
        let mut audit = Vec::new();
        for thing in things {
            let filter = AuditFilter { subject: Some(thing), ..AuditFilter::default() };
            audit.extend(filter.newest(tx.conn(), None, MOST_ENTRIES)?);
        }
        audit.sort_by_key(|entry| std::cmp::Reverse(entry.seq));
        let record = match enrolment.as_ref().map(|enrolment| retention::open(issuer, enrolment)) {
            Some(Ok(json)) => {
                let destroy_by = enrolment.as_ref().map_or(NaiveDate::MIN, |enrolment| enrolment.destroy_by);
                Some(Record { destroy_by, json })
            }
            None | Some(Err(RetentionError::Gone)) => None,
            Some(Err(error)) => return Err(error.into()),
        };
        Ok(Everything { card, history, enrolment, record, audit })
    })
}

fn lines(name: &str, value: &Value, into: &mut Vec<(String, Zeroizing<String>)>) {
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match value {
        Value::Null => {}
        Value::Object(parts) => {
            for (part, value) in parts.iter().filter(|(part, _)| *part != "portrait_jpeg") {
                lines(&below(part), value, into);
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
