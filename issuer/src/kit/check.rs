//! Is what comes home ours, whole, and as the kit's own log has it? Nothing is taken before that is answered.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use shared::keys::hex;

use super::card_digest;
use super::home::{Home, from_base64};
use crate::audit::signed::{self, Keys, NotSigned};
use crate::audit::{self, Checkpoint};
use crate::db::Word as _;
use crate::db::act::Act;
use crate::db::audit::AuditEntry;
use crate::db::audit_chain::{CHAIN_START, ChainFault, fault_of};
use crate::db::card::{Card, CardState};
use crate::db::card_status::{CardStatus, StatusChange};
use crate::db::kit::Kit;
use crate::db::status_list::StatusList;
use crate::retention::receipt::{self, Receipt};
use crate::{Error, Issuer};

/// Why nothing was taken home.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KitFault {
    /// Signed by no kit of this city, or changed since.
    #[error("it was not made by an event kit of this city: {why}")]
    NotOurs {
        /// Why not.
        why: NotSigned,
    },
    /// Written by another program, or nonsense.
    #[error("it cannot be read: a newer program made it, or it is damaged")]
    Unreadable,
    /// The kit counts as lost.
    #[error("the event kit {name} counts as lost: nothing is taken from it")]
    Lost {
        /// The kit.
        name: String,
    },
    /// Its log.
    #[error("the audit log of the event kit {name} is broken at entry {seq}: {fault}")]
    Chain {
        /// The kit.
        name: String,
        /// The first bad entry.
        seq: i64,
        /// What is wrong with it.
        fault: ChainFault,
    },
    /// Its log does not begin as that of the kit that left.
    #[error("the audit log of the event kit {name} is not the one that it left with")]
    OtherLog {
        /// The kit.
        name: String,
    },
    /// Its log and what was brought home of it earlier part.
    #[error(
        "the audit log of the event kit {name} is not the one that was brought home before: they part at entry {seq}"
    )]
    Parted {
        /// The kit.
        name: String,
        /// The first entry that differs.
        seq: i64,
    },
    /// The end of its log is not signed.
    #[error("no checkpoint signs the end of the audit log of the event kit {name}")]
    NotSigned {
        /// The kit.
        name: String,
    },
    /// The city's log has another end of the kit's log.
    #[error(
        "the audit log that the event kit {name} brought home is not the one that the city's own log bears out"
    )]
    NotBound {
        /// The kit.
        name: String,
    },
    /// A card row was changed, or made up.
    #[error("the card {number} is not as the kit's audit log has it")]
    Card {
        /// The card's number.
        number: String,
    },
    /// A card that was issued is not there.
    #[error("the card {number} was issued, and is missing")]
    CardMissing {
        /// The card's number.
        number: String,
    },
    /// A receipt.
    #[error("receipt {sequence} of the event kit does not follow the one before it, or is not signed by it")]
    Receipt {
        /// Its number.
        sequence: i64,
    },
    /// Receipts that the log speaks of are not there.
    #[error("the event kit signed {signed} receipts, and {found} came home")]
    ReceiptsMissing {
        /// By its log.
        signed: usize,
        /// Those here.
        found: usize,
    },
}

impl From<KitFault> for Error {
    fn from(fault: KitFault) -> Self {
        Self::Refused(fault.to_string())
    }
}

/// What a kit brings home, as rows.
#[derive(Debug)]
pub(super) struct Rows {
    pub cards: Vec<Card>,
    pub changes: Vec<StatusChange>,
    pub entries: Vec<AuditEntry>,
    pub receipts: Vec<Vec<u8>>,
}

/// Checks all of it against the kit's own log, and the log against how the kit left.
pub(super) fn rows(
    city: &Issuer,
    kit: &Kit,
    keys: &Keys,
    lists: &[StatusList],
    home: Home,
) -> Result<Rows, KitFault> {
    let entries: Vec<AuditEntry> =
        home.entries.into_iter().map(super::home::HomeEntry::row).collect::<Result<_, _>>()?;
    chain(kit, &entries)?;
    let checkpoint = from_base64(&home.checkpoint)?;
    signed_end(city, kit, keys, &checkpoint, &entries)?;
    let receipts: Vec<Vec<u8>> =
        home.receipts.iter().map(|one| from_base64(one)).collect::<Result<_, _>>()?;
    receipt_chain(city, keys, &receipts, &entries)?;
    let cards: Vec<Card> = home.cards.into_iter().map(|card| card.row(kit)).collect::<Result<_, _>>()?;
    cards_as_told(&cards, lists, &entries)?;
    let changes: Vec<StatusChange> =
        home.changes.into_iter().map(super::home::HomeChange::row).collect::<Result<_, _>>()?;
    let ids: HashSet<_> = cards.iter().map(|card| card.id.as_str()).collect();
    if changes.iter().any(|change| !ids.contains(change.card_id.as_str())) {
        return Err(KitFault::Unreadable);
    }
    Ok(Rows { cards, changes, entries, receipts })
}

/// Every link, from the entry that the kit left with.
pub(super) fn chain(kit: &Kit, entries: &[AuditEntry]) -> Result<(), KitFault> {
    let mut previous = CHAIN_START.to_vec();
    for (entry, seq) in entries.iter().zip(1..) {
        if let Some(fault) = fault_of(entry, seq, &previous) {
            return Err(KitFault::Chain { name: kit.name.clone(), seq, fault });
        }
        previous.clone_from(&entry.hash);
    }
    if entries.first().map(|first| &first.hash) == Some(&kit.first_hash) {
        Ok(())
    } else {
        Err(KitFault::OtherLog { name: kit.name.clone() })
    }
}

fn signed_end(
    city: &Issuer,
    kit: &Kit,
    keys: &Keys,
    checkpoint: &[u8],
    entries: &[AuditEntry],
) -> Result<(), KitFault> {
    let said: Option<Checkpoint> = keys.open(audit::TYPE, checkpoint).ok();
    let ends = |said: &Checkpoint| {
        let end = entries.last().map(|last| (last.seq, hex(&last.hash)));
        said.city == city.city.url.as_str() && end == Some((said.seq, said.hash.clone()))
    };
    match said.filter(ends) {
        Some(_) => Ok(()),
        None => Err(KitFault::NotSigned { name: kit.name.clone() }),
    }
}

fn receipt_chain(
    city: &Issuer,
    keys: &Keys,
    receipts: &[Vec<u8>],
    entries: &[AuditEntry],
) -> Result<(), KitFault> {
    let mut previous = String::new();
    for (bytes, sequence) in receipts.iter().zip(1..) {
        let receipt = keys.open::<Receipt>(receipt::TYPE, bytes).ok();
        let follows = |receipt: &Receipt| {
            receipt.sequence == sequence
                && receipt.previous == previous
                && receipt.city == city.city.url.as_str()
        };
        if !receipt.as_ref().is_some_and(follows) {
            return Err(KitFault::Receipt { sequence });
        }
        previous = signed::digest(bytes);
    }
    let signed = entries.iter().filter(|entry| entry.act == Act::ReceiptSigned.as_str()).count();
    // One that was signed while the kit was being closed may be here before its entry is.
    if signed <= receipts.len() {
        Ok(())
    } else {
        Err(KitFault::ReceiptsMissing { signed, found: receipts.len() })
    }
}

/// Each card stands on a list of the kit, on a place of its own, and is what the log says was issued, no more and no less;
/// and it is no better than the log says.
fn cards_as_told(cards: &[Card], lists: &[StatusList], entries: &[AuditEntry]) -> Result<(), KitFault> {
    let mut issued: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    let mut statuses: HashMap<&str, CardStatus> = HashMap::new();
    for entry in entries {
        let status = match entry.act.as_str() {
            act if act == Act::CardsIssued.as_str() => {
                issued.insert(&entry.subject, entry.reason.as_deref());
                continue;
            }
            act if act == Act::CardSuspended.as_str() => CardStatus::Suspended,
            act if act == Act::CardReinstated.as_str() => CardStatus::Valid,
            act if act == Act::CardRevoked.as_str() => CardStatus::Revoked,
            _ => continue,
        };
        statuses.insert(&entry.subject, status);
    }
    let mut taken = BTreeSet::new();
    for card in cards {
        let list = lists.iter().find(|list| list.id == card.status_list_id);
        let fits = list.is_some_and(|list| (0..list.capacity).contains(&card.status_index))
            && taken.insert((card.status_list_id.as_str(), card.status_index));
        let digest = card_digest(card);
        let told = match (card.state, issued.remove(card.number.as_str())) {
            (CardState::Issued, Some(said)) => said == Some(digest.as_str()),
            (CardState::Reserved, None) => true,
            _ => false,
        };
        let said = statuses.get(card.number.as_str()).copied().unwrap_or(CardStatus::Valid);
        if !fits || !told || strictness(card.status) < strictness(said) {
            return Err(KitFault::Card { number: card.number.clone() });
        }
    }
    match issued.into_keys().next() {
        None => Ok(()),
        Some(number) => Err(KitFault::CardMissing { number: number.to_owned() }),
    }
}

/// How bad a status is.
pub(super) fn strictness(status: CardStatus) -> u8 {
    match status {
        CardStatus::Valid => 0,
        CardStatus::Suspended => 1,
        CardStatus::Revoked => 2,
    }
}
