//! What a verdict costs beside the signature check inside it.
//!
//! `cargo bench -p shared`. Every figure is the median over rounds in which all
//! contestants run in turn, so that the ratios hold on a noisy machine.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench stops at the first surprise")]
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "figures for people")]
#![expect(clippy::indexing_slicing, reason = "places are within the arrays made here")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::DateTime;
use claim169_core::{CryptoResult, SignatureVerifier};
use ed25519_dalek::{Signature, VerifyingKey};
use shared::bundle::Bundle;
use shared::claims::{Claims, Face, Identity, StatusRef};
use shared::credential;
use shared::keys::{Ed25519Signer, PublicKey, Signer};
use shared::qr_text;
use shared::status_list::{self, Bits, Status, StatusList, StatusToken};
use shared::trust_list::{
    Field, Issuer, IssuerKey, KeyState, KeyUse, Service, ServiceId, StatusSource, Texts, TrustList,
};
use shared::trusted::Trusted;
use shared::verdict::{Desk, Outcome, verdict};

const NOW: i64 = 1_770_000_000;
const ENTRIES: u64 = 2_500_000;
const STATUS_URI: &str = "https://id.city.example/status/1";
const ISSUER: &str = "https://id.city.example";

fn main() {
    let city = City::new();
    let identity = city.identity_text();
    let service = city.service_text();
    println!("identity code: {} characters, service code with face: {}", identity.len(), service.len());
    city.compare("identity", &identity, 1.05, 1.06);
    city.compare("service", &service, 1.15, 1.35);
    city.issuing();
    city.lists();
}

struct City {
    cards: Ed25519Signer,
    lists: Ed25519Signer,
    status_token: Vec<u8>,
    trusted: Trusted,
    face: Vec<u8>,
}

impl City {
    fn new() -> Self {
        let [root, cards, lists] = [1, 2, 3].map(|seed| Ed25519Signer::from_seed(&[seed; 32]));
        let mut statuses = StatusList::new(Bits::Two, ENTRIES).unwrap();
        // One in a hundred, spread as cards are: the index order looks random.
        let mut place: u64 = 1;
        for _ in 0..ENTRIES / 100 {
            place = place.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            statuses.set((place >> 33) % ENTRIES, Status::Revoked).unwrap();
        }
        statuses.set(1_234_567, Status::Valid).unwrap();
        let status_token = status_list::sign(&statuses, STATUS_URI, NOW, 3600, &lists).unwrap();
        let trust_list = trust_list(&cards, &lists).sign(&root).unwrap();
        let bundle =
            Bundle { root: root.public_key(), trust_list: &trust_list, status_lists: vec![&status_token] }
                .to_cbor();
        let (trusted, _) = Trusted::establish(&bundle, None).unwrap();
        // Bytes that do not compress, as a WebP file's do not.
        let mut state: u32 = 1;
        let face = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        });
        Self { cards, lists, status_token, trusted, face: face.take(640).collect() }
    }

    fn claims(identity: Identity<'_>) -> Claims<'_> {
        Claims {
            issuer: Some(ISSUER),
            expires: Some(NOW + 5 * 365 * 86_400),
            not_before: None,
            issued_at: Some(NOW - 86_400),
            scope: Some("library clinic transit"),
            identity,
            status: Some(StatusRef { index: 1_234_567, uri: STATUS_URI }),
        }
    }

    fn identity_claims() -> Claims<'static> {
        Self::claims(Identity {
            number: Some("7K3M-Q2XA-9"),
            version: Some("1"),
            language: Some("ar"),
            full_name: Some("Layla al-Haddad"),
            birth_date: Some("19900515"),
            second_name: Some("ليلى الحداد"),
            second_language: Some("ar"),
            ..Identity::default()
        })
    }

    fn service_claims(&self) -> Claims<'_> {
        Self::claims(Identity {
            number: Some("7K3M-Q2XA-9"),
            version: Some("1"),
            face: Some(Face::webp(&self.face)),
            ..Identity::default()
        })
    }

    fn identity_text(&self) -> String {
        credential::sign(&Self::identity_claims(), &self.cards).unwrap().qr_text()
    }

    fn service_text(&self) -> String {
        credential::sign(&self.service_claims(), &self.cards).unwrap().qr_text()
    }

    fn compare(&self, name: &str, text: &str, target: f64, theirs: f64) {
        let now = DateTime::from_timestamp(NOW, 0).unwrap();
        let library = ServiceId::parse("library").unwrap();
        let token = qr_text::decode(text).unwrap();
        let parsed = credential::parse(&token).unwrap();
        let message = parsed.dangerous_peek().signed_bytes();
        let signature = Signature::from_slice(parsed.dangerous_peek().signature()).unwrap();
        let PublicKey::Ed25519(key) = self.cards.public_key() else {
            unreachable!("the bench signs with Ed25519")
        };
        assert_eq!(verdict(text, Some(&self.trusted), Desk::Of(&library), now).outcome, Outcome::Valid);

        let mut alone = || drop(black_box(key.verify_strict(black_box(&message), &signature)));
        let mut ours =
            || drop(black_box(verdict(black_box(text), Some(&self.trusted), Desk::Of(&library), now)));
        let mut core =
            || drop(black_box(claim169(black_box(text), &key).expect("claim169-core reads our card")));
        let [alone, ours, core] = medians(&mut [&mut alone, &mut ours, &mut core], 100);
        println!("{name}: verify_strict alone {}", micros(alone));
        println!(
            "{name}: full verdict       {}  {:.3} x (target {target} x)",
            micros(ours),
            ratio(ours, alone)
        );
        println!(
            "{name}: claim169-core      {}  {:.3} x (known {theirs} x; no trust list, no status)",
            micros(core),
            ratio(core, alone)
        );
    }

    fn issuing(&self) {
        let mut both = || {
            drop(black_box(credential::sign(&Self::identity_claims(), &self.cards).unwrap().qr_text()));
            drop(black_box(credential::sign(&self.service_claims(), &self.cards).unwrap().qr_text()));
        };
        let [both] = medians(&mut [&mut both], 50);
        println!("signing and packing both credentials of a card: {}", micros(both));
    }

    fn lists(&self) {
        let key = self.lists.public_key();
        let mut decode = || {
            let token = StatusToken::parse(black_box(&self.status_token)).unwrap().verify(&key).unwrap();
            drop(black_box(token.statuses().unwrap()));
        };
        let [decode] = medians(&mut [&mut decode], 1);
        println!(
            "verifying and inflating a status list of {ENTRIES} ({} bytes signed): {}",
            self.status_token.len(),
            micros(decode)
        );
    }
}

fn trust_list(cards: &Ed25519Signer, lists: &Ed25519Signer) -> TrustList {
    let key = |signer: &Ed25519Signer, usage| IssuerKey {
        kid: signer.kid(),
        key: signer.public_key(),
        usage,
        valid_from: 0,
        valid_until: NOW * 2,
        state: KeyState::Active,
    };
    let library = ServiceId::parse("library").unwrap();
    TrustList {
        sequence: 1,
        issued_at: NOW,
        next_update: NOW + 90 * 86_400,
        issuers: vec![Issuer {
            url: ISSUER.into(),
            names: Texts::from([("en".into(), "City".into())]),
            hotline: None,
            keys: vec![key(cards, KeyUse::Cards), key(lists, KeyUse::Lists)],
            status: StatusSource::Lists(vec![STATUS_URI.into()]),
            services: vec![library.clone()],
        }],
        services: vec![Service {
            id: library,
            titles: Texts::new(),
            scope_texts: Texts::new(),
            fields: Field::ALL.to_vec(),
            oldest_list: 7 * 86_400,
        }],
    }
}

/// The same key, taken apart beforehand, for both: the ratio compares the rest.
struct Strict(VerifyingKey);

impl SignatureVerifier for Strict {
    fn verify(
        &self,
        _algorithm: coset::iana::Algorithm,
        _key_id: Option<&[u8]>,
        data: &[u8],
        signature: &[u8],
    ) -> CryptoResult<()> {
        let signature = Signature::from_slice(signature).unwrap();
        self.0.verify_strict(data, &signature).map_err(|_| claim169_core::CryptoError::VerificationFailed)
    }
}

fn claim169(text: &str, key: &VerifyingKey) -> claim169_core::Result<claim169_core::DecodeResult> {
    claim169_core::Decoder::new(text).verify_with(Strict(*key)).decode()
}

/// Each contestant in turn, `rounds` times; the median of each.
fn medians<const N: usize>(contestants: &mut [&mut dyn FnMut(); N], batch: u32) -> [Duration; N] {
    const ROUNDS: usize = 301;
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::with_capacity(ROUNDS));
    for round in 0..ROUNDS {
        for place in 0..N {
            // The first place in a round goes round, too.
            let turn = (place + round) % N;
            let start = Instant::now();
            for _ in 0..batch {
                contestants[turn]();
            }
            times[turn].push(start.elapsed() / batch);
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2]
    })
}

fn micros(time: Duration) -> String {
    format!("{:9.2} us", time.as_nanos() as f64 / 1000.0)
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_nanos() as f64 / other.as_nanos() as f64
}
