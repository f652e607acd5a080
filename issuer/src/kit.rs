//! Event kits: a laptop that issues cards in a school gym, with no network.
//!
//! ```text
//! city hall   create   a folder with a key, status lists and officers' accounts of its own
//! city hall   publish  counters hear of the kit's key: before the event
//! the gym              issuer serve, issuer issue, as at any desk
//! the gym     close    the kit issues no more; what it did goes into one signed file
//! city hall   merge    cards, audit log and receipts come home; publish
//! city hall   lost     instead, when the kit is gone: its key counts no more
//! ```
//! **What the kit holds.** Its own key for cards, whose public half is in the city's trust list; its own key for statements
//! (receipts, checkpoints, the file that goes home), which is in no trust list, so that a stolen kit un-revokes no card;
//! status lists that nobody else gives places out of. The city keeps no secret half of either.
//!
//! **Recovery codes.** The key they are hashed under is made from the city's, one for each kit: codes of the kit find their
//! cards at home once it is merged, and the city's key cannot be found from the kit's.
//!
//! **Duplicates.** The kit's hashes are under a key of its own and stay there: it finds out that somebody comes twice to
//! the event, not that they have a card of the city hall. A key that could tell would let whoever opens a stolen kit ask
//! about anybody.
//!
//! **At rest** its database is sealed under the kit's passphrase, with all that is in it: the folder tells whoever finds it no
//! number and no login.
//!
//! **What does not come home**: names, photos, anything sealed. It stays in the kit, under its destroy-by keys.

mod check;
mod close;
mod create;
mod home;
mod merge;
mod rest;
mod waiting;

use sha2::{Digest as _, Sha256};

pub use check::KitFault;
pub use close::close;
pub use create::{Wanted, create};
pub use merge::{Merged, merge};
pub(crate) use rest::Rest;
pub use waiting::revoke_when_home;

use crate::db::Tx;
use crate::db::act::Act;
use crate::db::audit::AuditEntry;
use crate::db::card::Card;
use crate::db::kit::{Kit, KitState};
use crate::db::kit_home;
use crate::{Error, Issuer};

/// What the file that goes home says it is.
const TYPE: &str = "event-kit-home+json";

/// The kit that this is, if it is one and may still issue cards; none in a city hall.
pub(crate) fn may_issue<'i>(issuer: &'i Issuer, tx: &mut Tx<'_>) -> Result<Option<&'i Kit>, Error> {
    let here = issuer.kit(tx.conn())?;
    if let Some(kit) = here
        && AuditEntry::any(tx.conn(), Act::KitClosed)?
    {
        return Err(Error::Refused(format!(
            "the event kit {} was closed and issues no more cards: a new one is made at the city hall",
            kit.name
        )));
    }
    Ok(here)
}

impl Kit {
    /// Why a card is not issued for which no list came along.
    pub(crate) fn no_list(&self, year: i64) -> Error {
        Error::Refused(format!(
            "the event kit {} has no room on a list for cards that expire in {year}; the city hall makes another kit",
            self.name
        ))
    }
}

/// SHA-256 over what a card row says that never changes: a kit's audit log bears it, so that a row that was changed is
/// found out at home.
pub(crate) fn card_digest(card: &Card) -> String {
    let mut hash = Sha256::new();
    hash.update(b"citizenship card row 1\0");
    let mut field = |bytes: &[u8]| {
        hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    };
    let texts = [card.id.as_str(), &card.number, &card.kid, card.status_list_id.as_str(), &card.services];
    for text in texts.into_iter().chain([card.desk.as_str(), &card.officer]) {
        field(text.as_bytes());
    }
    let numbers = [card.status_index, card.issued_at.utc().timestamp(), card.expires_at.utc().timestamp()];
    for number in numbers {
        field(&number.to_be_bytes());
    }
    field(&card.identity_digest);
    field(&card.service_digest);
    shared::keys::hex(&hash.finalize())
}

/// Checks the audit logs that kits brought home, each against the hash that the city's own log has of its end. Gives the
/// name of each and how many entries it has.
///
/// # Errors
/// [`KitFault`] for the first that was changed, and when the database fails.
pub fn verify(issuer: &Issuer) -> Result<Vec<(String, usize)>, Error> {
    issuer.db.read(|conn| {
        let mut whole = Vec::new();
        for kit in Kit::all(conn)?.into_iter().filter(|kit| kit.state != KitState::Here) {
            if kit.merged_at.is_none() {
                continue;
            }
            let entries = kit_home::entries(conn, &kit.id)?;
            check::chain(&kit, &entries)?;
            let said = AuditEntry::last_of(conn, Act::KitMerged, &kit.name)?;
            if said.and_then(|said| said.reason) != Some(merge::bound(&entries)) {
                return Err(KitFault::NotBound { name: kit.name }.into());
            }
            whole.push((kit.name, entries.len()));
        }
        Ok(whole)
    })
}

#[cfg(test)]
mod tests;
