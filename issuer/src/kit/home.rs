//! What goes home: JSON, signed by the kit's key for statements. No name, nothing sealed.

use base64ct::{Base64, Encoding as _};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use shared::keys::hex;

use super::check::KitFault;
use crate::db::audit::AuditEntry;
use crate::db::card::{Card, CardState};
use crate::db::card_status::{CardStatus, StatusChange};
use crate::db::kit::Kit;
use crate::db::{Id, Word};

/// The form of the file.
pub(super) const FORM: &str = "local-card-kit/1";

/// All that a kit did.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Home {
    pub form: String,
    /// The city's address.
    pub city: String,
    /// The kit's id.
    pub kit: String,
    pub closed_at: DateTime<Utc>,
    pub cards: Vec<HomeCard>,
    pub changes: Vec<HomeChange>,
    pub entries: Vec<HomeEntry>,
    /// The signed checkpoint of the last entry, in base64.
    pub checkpoint: String,
    /// The signed receipts of destruction, in base64.
    pub receipts: Vec<String>,
    /// The days on which sealed records are still due in the kit, and how many each.
    pub standing: Vec<(NaiveDate, i64)>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HomeCard {
    id: String,
    number: String,
    list: String,
    index: i64,
    services: String,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    state: String,
    status: String,
    identity_digest: String,
    service_digest: String,
    recovery_hash: Option<String>,
    desk: String,
    officer: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HomeChange {
    id: String,
    card: String,
    from: String,
    to: String,
    reason: String,
    at: DateTime<Utc>,
    officer: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HomeEntry {
    seq: i64,
    at: DateTime<Utc>,
    officer: String,
    role: String,
    desk: String,
    act: String,
    subject_kind: String,
    subject: String,
    reason: Option<String>,
    previous_hash: String,
    hash: String,
}

impl HomeCard {
    pub(super) fn of(card: &Card) -> Self {
        Self {
            id: card.id.to_string(),
            number: card.number.clone(),
            list: card.status_list_id.to_string(),
            index: card.status_index,
            services: card.services.clone(),
            issued_at: card.issued_at.utc(),
            expires_at: card.expires_at.utc(),
            state: card.state.as_str().to_owned(),
            status: card.status.as_str().to_owned(),
            identity_digest: hex(&card.identity_digest),
            service_digest: hex(&card.service_digest),
            recovery_hash: card.recovery_hash.as_deref().map(hex),
            desk: card.desk.clone(),
            officer: card.officer.clone(),
        }
    }

    /// The row at home: of the kit's key, without enrolment or batch, which stay in the kit.
    pub(super) fn row(self, kit: &Kit) -> Result<Card, KitFault> {
        Ok(Card {
            id: id(&self.id)?,
            number: self.number,
            enrolment_id: None,
            kid: kit.kid.clone(),
            status_list_id: id(&self.list)?,
            status_index: self.index,
            services: self.services,
            issued_at: self.issued_at.into(),
            expires_at: self.expires_at.into(),
            state: word::<CardState>(&self.state)?,
            status: word::<CardStatus>(&self.status)?,
            identity_digest: bytes(&self.identity_digest)?,
            service_digest: bytes(&self.service_digest)?,
            recovery_hash: self.recovery_hash.as_deref().map(bytes).transpose()?,
            batch_id: None,
            batch_row: None,
            desk: self.desk,
            officer: self.officer,
        })
    }
}

impl HomeChange {
    pub(super) fn of(change: &StatusChange) -> Self {
        Self {
            id: change.id.to_string(),
            card: change.card_id.to_string(),
            from: change.from_status.as_str().to_owned(),
            to: change.to_status.as_str().to_owned(),
            reason: change.reason.clone(),
            at: change.at.utc(),
            officer: change.officer.clone(),
        }
    }

    pub(super) fn row(self) -> Result<StatusChange, KitFault> {
        Ok(StatusChange {
            id: id(&self.id)?,
            card_id: id(&self.card)?,
            from_status: word(&self.from)?,
            to_status: word(&self.to)?,
            reason: self.reason,
            at: self.at.into(),
            officer: self.officer,
        })
    }
}

impl HomeEntry {
    pub(super) fn of(entry: &AuditEntry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at.utc(),
            officer: entry.officer.clone(),
            role: entry.role.clone(),
            desk: entry.desk.clone(),
            act: entry.act.clone(),
            subject_kind: entry.subject_kind.clone(),
            subject: entry.subject.clone(),
            reason: entry.reason.clone(),
            previous_hash: hex(&entry.previous_hash),
            hash: hex(&entry.hash),
        }
    }

    pub(super) fn row(self) -> Result<AuditEntry, KitFault> {
        Ok(AuditEntry {
            seq: self.seq,
            at: self.at.into(),
            officer: self.officer,
            role: self.role,
            desk: self.desk,
            act: self.act,
            subject_kind: self.subject_kind,
            subject: self.subject,
            reason: self.reason,
            previous_hash: bytes(&self.previous_hash)?,
            hash: bytes(&self.hash)?,
        })
    }
}

pub(super) fn to_base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

pub(super) fn from_base64(text: &str) -> Result<Vec<u8>, KitFault> {
    Base64::decode_vec(text).map_err(|_| KitFault::Unreadable)
}

fn id<K>(text: &str) -> Result<Id<K>, KitFault> {
    Id::parse(text).map_err(|_| KitFault::Unreadable)
}

fn word<W: Word>(text: &str) -> Result<W, KitFault> {
    W::from_word(text).ok_or(KitFault::Unreadable)
}

fn bytes(text: &str) -> Result<Vec<u8>, KitFault> {
    let digits = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2);
        pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or(KitFault::Unreadable)
    });
    digits.collect()
}
