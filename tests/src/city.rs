//! Port Alder, a city that does not exist, and the two neighbours it recognises.

mod cards;
mod issuers;

use chrono::{DateTime, Utc};
use shared::bundle::Bundle;
use shared::id::CardNumber;
use shared::keys::Kid;
use shared::status_list::{self, Bits, Status, StatusList};
use shared::trust_list::{ServiceId, TrustList};
use shared::trusted::Trusted;

pub use cards::{base64_of, face, identity, old_ferry_card, riverbend_card, service_card, status_at};

use crate::draft::{Draft, KID, Key, TYP};
use crate::raw::{Map, Raw};

/// The second at which every test stands: 2026-02-02T02:40:00Z.
pub const NOW: i64 = 1_770_000_000;
/// A day in seconds.
pub const DAY: i64 = 86_400;
/// When Port Alder's status lists were signed.
pub const LISTS_AT: i64 = NOW - 3_600;
/// When its trust list was signed.
pub const TRUST_LIST_AT: i64 = NOW - 2 * DAY;
/// When its next trust list is due.
pub const NEXT_UPDATE: i64 = NOW + 28 * DAY;
/// The first and the last second of every key but the retired one.
pub const KEYS_VALID: (i64, i64) = (NOW - 400 * DAY, NOW + 400 * DAY);
/// The last second of the retired key.
pub const RETIRED_AT: i64 = NOW - 100 * DAY;
/// Since when the lost key is in other hands.
pub const LOST_AT: i64 = NOW - 10 * DAY;
/// When an ordinary card was signed.
pub const ISSUED: i64 = NOW - 30 * DAY;
/// When an ordinary card expires.
pub const EXPIRES: i64 = NOW + 335 * DAY;

/// Port Alder's root key.
pub const ROOT: Key = Key::Ed25519(1);
/// Signs cards at its desk.
pub const DESK: Key = Key::Ed25519(2);
/// Signs its status lists, never cards.
pub const LISTS: Key = Key::Ed25519(3);
/// Signed cards until [`RETIRED_AT`].
pub const RETIRED: Key = Key::Ed25519(4);
/// Signed cards until it was lost.
pub const LOST: Key = Key::Ed25519(5);
/// Nobody's.
pub const FORGER: Key = Key::Ed25519(66);
/// Another city's root.
pub const OTHER_ROOT: Key = Key::Ed25519(67);
/// Riverbend's: it signs as Inji does.
pub const RIVERBEND: Key = Key::P256(8);
/// Riverbend's second key.
pub const RIVERBEND_ED: Key = Key::Ed25519(9);
/// Old Ferry's.
pub const OLD_FERRY: Key = Key::Ed25519(10);

/// Port Alder.
pub const PORT_ALDER_URL: &str = "https://cards.port-alder.example";
/// A neighbour that publishes no status lists.
pub const RIVERBEND_URL: &str = "https://id.riverbend.example/v1/certify";
/// A neighbour with one status list and a key id of 64 bytes.
pub const OLD_FERRY_URL: &str = "https://cards.old-ferry.example";

/// The list of the cards that [`DESK`] signed.
pub const DESK_LIST: &str = "https://cards.port-alder.example/status/desk-2027";
/// The list of the cards that [`RETIRED`] signed.
pub const RETIRED_LIST: &str = "https://cards.port-alder.example/status/retired-2026";
/// The list of the cards that [`LOST`] signed.
pub const LOST_LIST: &str = "https://cards.port-alder.example/status/lost-2026";
/// Old Ferry's list.
pub const OLD_FERRY_LIST: &str = "https://cards.old-ferry.example/lists/1";

/// How many statuses each list holds.
pub const LIST_LENGTH: u64 = 64;
/// Of an ordinary card.
pub const GOOD: i64 = 40;
/// Of a revoked card.
pub const REVOKED: i64 = 5;
/// Of a suspended card.
pub const SUSPENDED: i64 = 6;
/// Of a card whose status has no meaning.
pub const MEANINGLESS: i64 = 7;

/// A time as the verdict takes it.
#[must_use]
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

/// A service by its name.
#[must_use]
pub fn service(name: &str) -> ServiceId {
    ServiceId::parse(name).unwrap()
}

/// Most cards on one list.
const SHARD: u64 = 1 << 20;

/// The number of an ordinary card.
#[must_use]
pub fn number() -> String {
    CardNumber::from_random([0x51, 0x0b, 0x6e, 0x1c, 0x9d]).to_string()
}

/// 64 bytes, the longest key id.
#[must_use]
pub fn long_kid() -> Kid {
    Kid::new(&[0xb7; 64]).unwrap()
}

/// A city's signed lists, before they are signed.
#[derive(Debug, Clone)]
pub struct City {
    /// Its root key.
    pub root: Key,
    /// Its trust list.
    pub trust_list: TrustList,
    /// Its status lists.
    pub lists: Vec<List>,
}

/// A status list before it is signed.
#[derive(Debug, Clone)]
pub struct List {
    /// Its name.
    pub uri: String,
    /// What it says.
    pub statuses: StatusList,
    /// When it is signed.
    pub issued_at: i64,
    /// From when it no longer counts as fresh.
    pub expires: Option<i64>,
    /// Who signs it.
    pub key: Key,
}

impl List {
    /// 64 statuses of 2 bits: one revoked, one suspended, one without meaning.
    #[must_use]
    pub fn new(uri: &str, key: Key) -> Self {
        let mut statuses = StatusList::new(Bits::Two, LIST_LENGTH).unwrap();
        statuses.set(5, Status::Revoked).unwrap();
        statuses.set(6, Status::Suspended).unwrap();
        statuses.set(7, Status::Other(3)).unwrap();
        Self { uri: uri.to_owned(), statuses, issued_at: LISTS_AT, expires: None, key }
    }

    /// The token, written without the core's own signing.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let mut claims = Map::from([(2, Raw::from(self.uri.as_str())), (6, Raw::Int(self.issued_at))]);
        if let Some(expires) = self.expires {
            claims.set(4, expires);
        }
        claims.push(65_533, Raw::Encoded(self.statuses.to_cbor()));
        claims.push(65_534, 43_200);
        let kid = if self.key == OLD_FERRY { long_kid() } else { self.key.kid() };
        Draft::new(self.key)
            .protected(KID, kid.as_bytes())
            .protected(TYP, status_list::TYPE)
            .payload_bytes(Raw::Map(claims).encode())
    }
}

impl City {
    /// Port Alder, its lists an hour old.
    #[must_use]
    pub fn port_alder() -> Self {
        Self {
            root: ROOT,
            trust_list: TrustList {
                sequence: 12,
                issued_at: TRUST_LIST_AT,
                next_update: NEXT_UPDATE,
                issuers: vec![issuers::port_alder(), issuers::riverbend(), issuers::old_ferry()],
                services: issuers::services(),
            },
            lists: vec![
                List::new(DESK_LIST, LISTS),
                List::new(RETIRED_LIST, LISTS),
                List::new(LOST_LIST, LISTS),
                List::new(OLD_FERRY_LIST, OLD_FERRY),
            ],
        }
    }

    /// The same city with this many cards on lists of 2^20, one in a hundred of them revoked. The ordinary cards stay good.
    #[must_use]
    pub fn large(cards: u64) -> Self {
        // Without order, as cards are revoked: a list in which there is some would be smaller.
        let mut dice = 1_u64;
        let mut shard = |cards: u64| {
            let mut statuses = StatusList::new(Bits::Two, cards).unwrap();
            for _ in 0..cards / 100 {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                statuses.set((dice >> 33) % (cards - 41) + 41, Status::Revoked).unwrap();
            }
            statuses
        };
        Self::port_alder().with(|city| {
            city.lists.first_mut().unwrap().statuses = shard(cards.min(SHARD));
            for number in 1..cards.div_ceil(SHARD) {
                let mut list = List::new(&format!("{DESK_LIST}-{number}"), LISTS);
                list.statuses = shard((cards - number * SHARD).clamp(1_000, SHARD));
                city.lists.push(list);
            }
        })
    }

    /// The same city, changed.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Its signed trust list.
    #[must_use]
    pub fn signed_trust_list(&self) -> Vec<u8> {
        self.trust_list.sign(&self.root.signer()).unwrap()
    }

    /// Its bundle.
    #[must_use]
    pub fn bundle(&self) -> Vec<u8> {
        let lists: Vec<Vec<u8>> = self.lists.iter().map(|list| list.draft().token()).collect();
        self.bundle_of(&self.signed_trust_list(), &lists)
    }

    /// A bundle of these parts under its root.
    #[must_use]
    pub fn bundle_of(&self, trust_list: &[u8], lists: &[Vec<u8>]) -> Vec<u8> {
        let status_lists = lists.iter().map(Vec::as_slice).collect();
        Bundle { root: self.root.public(), trust_list, status_lists }.to_cbor()
    }

    /// What a verifier trusts that was given its bundle.
    #[must_use]
    pub fn trusted(&self) -> Trusted {
        Trusted::establish(&self.bundle(), Some(self.root.public().thumbprint())).unwrap().0
    }
}
