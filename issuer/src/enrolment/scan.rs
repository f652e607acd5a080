//! The printed card, scanned before it is handed over: does it say what a counter will need?

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use shared::bundle::Bundle;
use shared::credential::{self, Kind};
use shared::keys::{Ed25519Signer, Signer as _};
use shared::qr_text;
use shared::trust_list::{Issuer as Listed, StatusSource, TrustList};
use shared::trusted::Trusted;
use shared::verdict::{Desk, NotValid, Outcome, verdict};

use super::case::{Changing, Told, change};
use super::{Case, CaseError, Seen};
use crate::db::Word;
use crate::db::act::Act;
use crate::db::act::Actor;
use crate::db::card::Card;
use crate::db::card_status::CardStatus;
use crate::db::visit::Station;
use crate::{Error, Issuer, edge, publish};

/// What a scan showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// One of the two codes of the case's card, as it was signed.
    Good(Kind),
    /// Not that.
    Wrong(WrongScan),
}

/// What was wrong with a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrongScan {
    /// A counter would not take it.
    Verdict(Outcome),
    /// A good card of the city, and not this case's.
    OtherCard {
        /// Its number.
        number: String,
    },
}

impl Scanned {
    /// A word for it in the audit log.
    fn word(&self) -> String {
        match self {
            Self::Good(kind) => kind.as_str().to_owned(),
            Self::Wrong(WrongScan::OtherCard { .. }) => "other_card".to_owned(),
            Self::Wrong(WrongScan::Verdict(outcome)) => {
                outcome.reason().unwrap_or(outcome.as_str()).to_owned()
            }
        }
    }
}

/// Judges the text of a scanned code as a counter would, by the city's own keys. The good card goes on to the hand-over;
/// otherwise the case stays where it is.
///
/// # Errors
/// When the case was changed meanwhile, or waits for no scan.
pub fn scan(
    issuer: &Issuer,
    seen: Seen<'_>,
    text: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(Case, Scanned), CaseError> {
    let trusted = trusted(issuer, now)?;
    change(issuer, seen, actor, now, |changing| {
        changing.at(&[Station::Scan])?;
        let scanned = judge(changing, text, &trusted)?;
        if matches!(scanned, Scanned::Good(_)) {
            changing.step(Station::HandOver)?;
        }
        Ok((Told::because(Act::CardScanned, scanned.word()), scanned))
    })
}

/// The number of a card of this city whose code was scanned, good or not any more: its signature is checked.
///
/// # Errors
/// When a part fails. A code that is no such card's is no error.
pub fn number_of(issuer: &Issuer, text: &str, now: DateTime<Utc>) -> Result<Option<String>, CaseError> {
    let trusted = trusted(issuer, now)?;
    Ok(verdict(text, Some(&trusted), Desk::Any, now).card.and_then(|card| card.number))
}

/// Why a card is handed over without a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNoScan {
    /// There is no camera or scanner at this desk.
    NoScanner,
    /// The scanner does not work.
    ScannerBroken,
    /// The code was read on another machine.
    ReadElsewhere,
}

impl Word for WhyNoScan {
    const ALL: &'static [Self] = &[Self::NoScanner, Self::ScannerBroken, Self::ReadElsewhere];

    fn as_str(self) -> &'static str {
        match self {
            Self::NoScanner => "no_scanner",
            Self::ScannerBroken => "scanner_broken",
            Self::ReadElsewhere => "read_elsewhere",
        }
    }
}

/// Goes on to the hand-over without a scan, for a reason that the audit log is told.
///
/// # Errors
/// When the case was changed meanwhile, or waits for no scan.
pub fn skip_scan(
    issuer: &Issuer,
    seen: Seen<'_>,
    why: WhyNoScan,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Case, CaseError> {
    let (case, ()) = change(issuer, seen, actor, now, |changing| {
        changing.at(&[Station::Scan])?;
        changing.step(Station::HandOver)?;
        Ok((Told::because(Act::ScanSkipped, why.as_str()), ()))
    })?;
    Ok(case)
}

fn judge(changing: &mut Changing<'_, '_>, text: &str, trusted: &Trusted) -> Result<Scanned, CaseError> {
    let wrong = |outcome| Ok(Scanned::Wrong(WrongScan::Verdict(outcome)));
    let id = changing.visit.card_id.clone().ok_or(CaseError::NotFound)?;
    let card = Card::find(changing.tx.conn(), &id)?.ok_or(CaseError::NotFound)?;
    let verdict = verdict(text, Some(trusted), Desk::Any, changing.now);
    let (Outcome::Valid, Some(proven)) = (verdict.outcome, verdict.card) else {
        return wrong(verdict.outcome);
    };
    let number = proven.number.unwrap_or_default();
    if number != card.number || !is_as_signed(text, &card, proven.kind) {
        return Ok(Scanned::Wrong(WrongScan::OtherCard { number }));
    }
    // The city's own table is newer than any list.
    match card.status {
        CardStatus::Valid => Ok(Scanned::Good(proven.kind)),
        CardStatus::Suspended => wrong(Outcome::NotValid(NotValid::Suspended)),
        CardStatus::Revoked => wrong(Outcome::NotValid(NotValid::Revoked)),
    }
}

/// Whether a code says what was to be signed for this card.
fn is_as_signed(text: &str, card: &Card, kind: Kind) -> bool {
    let kept = match kind {
        Kind::Identity => &card.identity_digest,
        Kind::Service => &card.service_digest,
    };
    qr_text::decode(text).is_ok_and(|token| {
        credential::parse(&token)
            .is_ok_and(|code| Sha256::digest(code.dangerous_peek().payload()).as_slice() == kept.as_slice())
    })
}

/// What a counter would trust that has the city's keys of this moment. Its root is one of this moment too: the city's own
/// may be far away, and nobody but this function reads what it signs.
fn trusted(issuer: &Issuer, now: DateTime<Utc>) -> Result<Trusted, CaseError> {
    let root = Ed25519Signer::from_seed(&edge::random_bytes());
    let own = Listed { status: StatusSource::None, ..publish::listed::own_entry(issuer)? };
    let list = TrustList { issuers: vec![own], ..publish::listed::trust_list(issuer, 1, now)? };
    let trust_list = list.sign(&root).map_err(Error::from)?;
    let bundle = Bundle { root: root.public_key(), trust_list: &trust_list, status_lists: Vec::new() };
    let (trusted, _) = Trusted::establish(&bundle.to_cbor(), None)
        .map_err(|error| Error::Refused(format!("the city's own keys make no trust list: {error}")))?;
    Ok(trusted)
}
