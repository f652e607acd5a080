//! The recovery code on a holder's slip: it finds the card, so that a lost one is blocked without any papers.
//!
//! 80 random bits that nobody can guess. The database keeps a hash of them under a key of the keystore, so that
//! whoever has the database alone can neither find a card by a code nor tell whether a code is good. The code itself
//! stands on the slip and nowhere else.

use std::fmt;

use chrono::{DateTime, Utc};
use shared::crockford;
use zeroize::Zeroizing;

use crate::db::Id;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::batch::Batch;
use crate::db::batch_file::MadeFile;
use crate::db::card::Card;
use crate::db::kit::{Kit, KitState};
use crate::keystore::{Keystore, KeystoreError};
use crate::{Error, Issuer, edge, issuance, mac};

const SYMBOLS: usize = 16;
/// Symbols between two hyphens.
const GROUP: usize = 4;

/// A recovery code, printed as `XXXX-XXXX-XXXX-XXXX`. It is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Zeroizing<[u8; SYMBOLS]>);

/// Why a text cannot be a recovery code. It says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoCode {
    /// Not sixteen symbols, hyphens and spaces apart.
    #[error("a recovery code has {SYMBOLS} letters and digits, this has {symbols}")]
    Length {
        /// How many there are.
        symbols: usize,
    },
    /// A character that stands for no symbol.
    #[error("{found:?} stands in no recovery code")]
    Symbol {
        /// The character.
        found: char,
    },
}

impl RecoveryCode {
    /// A new code.
    #[must_use]
    pub fn new() -> Self {
        Self::from_random(&Zeroizing::new(edge::random_bytes()))
    }

    /// The code that 80 random bits give.
    #[must_use]
    pub fn from_random(random: &[u8; 10]) -> Self {
        let mut symbols = Zeroizing::new([0; SYMBOLS]);
        let ((fives, _), (eights, _)) = (random.as_chunks(), symbols.as_chunks_mut());
        for (eight, five) in eights.iter_mut().zip(fives) {
            *eight = crockford::symbols(*five);
        }
        Self(symbols)
    }

    /// Reads what a person typed or heard: either case, with or without hyphens and spaces, O for 0, I and L for 1.
    ///
    /// # Errors
    /// When it cannot be a code.
    pub fn parse(text: &str) -> Result<Self, NoCode> {
        let mut symbols = Zeroizing::new([0; SYMBOLS]);
        let mut count = 0;
        let between = |c: &char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}');
        for found in text.chars().filter(|c| !between(c)) {
            let symbol = crockford::symbol(found).ok_or(NoCode::Symbol { found })?;
            if let Some(place) = symbols.get_mut(count) {
                *place = symbol;
            }
            count += 1;
        }
        if count == SYMBOLS { Ok(Self(symbols)) } else { Err(NoCode::Length { symbols: count }) }
    }

    /// As it is printed: in groups of four.
    #[must_use]
    pub fn printed(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SYMBOLS + SYMBOLS / GROUP));
        for (place, symbol) in self.0.iter().enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(crockford::letter(*symbol));
        }
        text
    }
}

impl Default for RecoveryCode {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// The key under which the city's codes are hashed.
pub struct RecoveryKey(Zeroizing<[u8; 32]>);

impl RecoveryKey {
    /// The key of a city.
    ///
    /// # Errors
    /// When the keystore does not give it.
    pub fn of(keystore: &Keystore) -> Result<Self, KeystoreError> {
        keystore.secret("recovery").map(Self)
    }

    /// The key of an event kit. It is made from the city's, so that codes of the kit find their cards at home, and the
    /// city's cannot be found from it.
    ///
    /// # Errors
    /// When the keystore does not give the city's.
    pub fn of_kit(city: &Keystore, kit: &Id<Kit>) -> Result<Self, KeystoreError> {
        let own = Self::of(city)?;
        Ok(Self(Zeroizing::new(mac::hmac_sha256(&own.0, &[b"event kit\0", kit.as_str().as_bytes()]))))
    }

    /// The city's key and those of its event kits: under each a card may be found.
    ///
    /// # Errors
    /// When the keystore does not give the city's, or the database fails.
    pub fn all(issuer: &Issuer) -> Result<Vec<Self>, Error> {
        let mut keys = vec![Self::of(&issuer.keystore)?];
        for kit in issuer.db.read(|conn| Ok::<_, Error>(Kit::all(conn)?))? {
            if kit.state != KitState::Here {
                keys.push(Self::of_kit(&issuer.keystore, &kit.id)?);
            }
        }
        Ok(keys)
    }

    pub(crate) fn secret(&self) -> &Zeroizing<[u8; 32]> {
        &self.0
    }

    /// What the database keeps of a code.
    #[must_use]
    pub fn hash(&self, code: &RecoveryCode) -> Vec<u8> {
        mac::hmac_sha256(&self.0, &[code.0.as_slice()]).to_vec()
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

/// Gives cards new recovery codes, whose slips are printed next; the old ones, which nobody knows any more, find
/// nothing from then on, and files with them count as none. A card that was handed over keeps the code on its holder's slip,
/// and gets none.
///
/// # Errors
/// When the database fails; no code is changed then.
pub fn renew(
    issuer: &Issuer,
    cards: &[Card],
    key: &RecoveryKey,
    batch: &Id<Batch>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Option<RecoveryCode>>, Error> {
    issuer.db.write(|tx| {
        tx.audit(issuance::entry(Act::RecoveryRenewed, SubjectKind::Batch, batch.to_string(), actor, now))?;
        let rows = cards.iter().filter_map(|card| card.batch_row);
        if let (Some(first), Some(last)) = (rows.clone().min(), rows.max()) {
            MadeFile::forget(tx.conn(), batch, MadeFile::SLIPS, [first, last])?;
        }
        let renewed = cards.iter().map(|card| {
            let code = RecoveryCode::new();
            Ok(Card::renew_recovery(tx.conn(), &card.id, key.hash(&code))?.then_some(code))
        });
        renewed.collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANDOM: [u8; 10] = [0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf];

    #[test]
    fn eighty_bits_are_sixteen_symbols() {
        // The bits are 00000 00001 00010 and so on to 01111.
        assert_eq!(*RecoveryCode::from_random(&RANDOM).printed(), "0123-4567-89AB-CDEF");
        assert_eq!(*RecoveryCode::from_random(&[0; 10]).printed(), "0000-0000-0000-0000");
        assert_eq!(*RecoveryCode::from_random(&[0xff; 10]).printed(), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        assert_ne!(RecoveryCode::new(), RecoveryCode::new());
    }

    #[test]
    fn what_is_typed_is_read() {
        let code = RecoveryCode::from_random(&RANDOM);
        for typed in [
            "0123-4567-89AB-CDEF",
            "0123456789abcdef",
            " o1 23-4567 89ab–cdef\n",
            "OI23-4567-89AB-CDEF",
            "0l23-4567-89AB-CDEF",
        ] {
            assert_eq!(RecoveryCode::parse(typed), Ok(code.clone()), "{typed:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_said() {
        assert_eq!(RecoveryCode::parse(""), Err(NoCode::Length { symbols: 0 }));
        assert_eq!(RecoveryCode::parse("0123-4567-89AB-CDE"), Err(NoCode::Length { symbols: 15 }));
        assert_eq!(RecoveryCode::parse("0123-4567-89AB-CDEF-0"), Err(NoCode::Length { symbols: 17 }));
        assert_eq!(RecoveryCode::parse("0123-4567-89AB-CDEU"), Err(NoCode::Symbol { found: 'U' }));
        assert_eq!(
            RecoveryCode::parse("0123-4567-89AB-CDE").unwrap_err().to_string(),
            "a recovery code has 16 letters and digits, this has 15"
        );
    }

    #[test]
    fn the_hash_is_of_the_code_and_of_the_city() {
        let key = |byte| RecoveryKey(Zeroizing::new([byte; 32]));
        let code = RecoveryCode::from_random(&RANDOM);
        let hash = key(1).hash(&code);
        assert_eq!(hash.len(), 32);
        assert_eq!(hash, key(1).hash(&RecoveryCode::parse("o123 4567 89ab cdef").unwrap()));
        assert_ne!(hash, key(2).hash(&code));
        assert_ne!(hash, key(1).hash(&RecoveryCode::from_random(&[7; 10])));
    }

    #[test]
    fn logs_learn_nothing() {
        let code = RecoveryCode::from_random(&RANDOM);
        assert_eq!(
            format!("{code:?} {:?}", RecoveryKey(Zeroizing::new([1; 32]))),
            "RecoveryCode(…) RecoveryKey(…)"
        );
    }
}
