//! Another implementation of Claim 169, `claim169-core`, and ours read each other.

use claim169_core::model::{Biometric, Gender};
use claim169_core::{Claim169, CwtMeta, Decoder, Encoder};
use shared::cose::CoseError;
use shared::credential::ReadError;
use shared::trust_list::{IssuerKey, KeyState, KeyUse, StatusSource};
use shared::verdict::{Desk, verdict};
use tests::city::{City, DESK, EXPIRES, ISSUED, NOW, RIVERBEND_URL, at, identity, number, service_card};
use tests::draft::{Draft, Key};
use tests::pack;

const ED: Key = Key::Ed25519(41);
const P256: Key = Key::P256(42);

#[test]
fn it_reads_and_verifies_our_identity_credential() {
    let read = their_reading(&identity());
    assert_eq!(read.verification_status, claim169_core::VerificationStatus::Verified);
    assert_eq!(read.claim169.id, Some(number()));
    assert_eq!(read.claim169.full_name.as_deref(), Some("Zoë Żurawska-Ñandú"));
    assert_eq!(read.claim169.date_of_birth.as_deref(), Some("19910307"));
    assert_eq!(read.claim169.language.as_deref(), Some("en"));
    assert_eq!(read.cwt_meta.issuer.as_deref(), Some("https://cards.port-alder.example"));
    assert_eq!((read.cwt_meta.expires_at, read.cwt_meta.issued_at), (Some(EXPIRES), Some(ISSUED)));
}

#[test]
fn it_reads_and_verifies_our_service_credential() {
    let read = their_reading(&service_card());
    assert_eq!(read.verification_status, claim169_core::VerificationStatus::Verified);
    assert_eq!(read.claim169.id, Some(number()));
    assert_eq!(read.claim169.full_name, None);
    let faces = read.claim169.face.unwrap();
    assert_eq!(faces.len(), 1);
    assert_eq!(faces[0].data, [b"RIFF".as_slice(), &pack::filler(656)].concat());
}

#[test]
fn it_refuses_ours_under_another_key() {
    let other = ED.public().to_bytes();
    let refused =
        Decoder::new(identity().text()).verify_with_ed25519(&other).unwrap().without_timestamp_validation();
    assert!(refused.decode().is_err());
}

#[test]
fn we_read_and_verify_what_it_signs_with_ed25519() {
    let text = Encoder::new(resident(), meta()).sign_with_ed25519(&[41; 32]).unwrap().encode().unwrap();
    expect_valid(&text.qr_data, ED, "no-kid");
}

#[test]
fn we_read_and_verify_what_it_signs_with_es256() {
    let text = Encoder::new(resident(), meta()).sign_with_ecdsa_p256(&[42; 32]).unwrap().encode().unwrap();
    expect_valid(&text.qr_data, P256, "es256+no-kid");
}

#[test]
fn what_it_does_not_sign_is_no_card_to_us() {
    let text = Encoder::new(resident(), meta()).allow_unsigned().encode().unwrap();
    let trusted = city_with(ED).trusted();
    let verdict = verdict(&text.qr_data, Some(&trusted), Desk::Any, at(NOW));
    assert_eq!((verdict.outcome.reason(), verdict.card), (Some("unreadable"), None));
    assert_eq!(verdict.read_error, Some(ReadError::Cose(CoseError::NoAlgorithm)));
}

fn their_reading(card: &Draft) -> claim169_core::DecodeResult {
    let key = DESK.public().to_bytes();
    let decoder = Decoder::new(card.text()).verify_with_ed25519(&key).unwrap();
    decoder.without_timestamp_validation().decode().unwrap()
}

fn expect_valid(text: &str, key: Key, dialect: &str) {
    let trusted = city_with(key).trusted();
    let verdict = verdict(text, Some(&trusted), Desk::Any, at(NOW));
    let report = serde_json::to_value(verdict.report()).unwrap();
    let expected = serde_json::json!({
        "outcome": "valid",
        "reason": null,
        "dialect": dialect,
        "kind": "identity",
        "number": "RB-100",
        "issuer": RIVERBEND_URL,
        "services": ["library"],
        "claims": {
            "full_name": "Aino Virtasalo",
            "second_name": "アイノ",
            "second_lang": "ja",
            "birth_date": "19840418",
            "gender": "F",
            "address": "1 Bend Street",
            "guardian": "Eero Virtasalo",
            "language": "fi",
            "face": { "format": "webp", "data": "UklGRg==" },
        },
        "expires": "2027-01-03T02:40:00Z",
        "lists_age_s": 172_800,
    });
    assert_eq!(report, expected);
}

fn resident() -> Claim169 {
    Claim169 {
        id: Some("RB-100".to_owned()),
        version: Some("1.0".to_owned()),
        language: Some("fi".to_owned()),
        full_name: Some("Aino Virtasalo".to_owned()),
        date_of_birth: Some("19840418".to_owned()),
        gender: Some(Gender::Female),
        address: Some("1 Bend Street".to_owned()),
        guardian: Some("Eero Virtasalo".to_owned()),
        secondary_full_name: Some("アイノ".to_owned()),
        secondary_language: Some("ja".to_owned()),
        nationality: Some("XX".to_owned()),
        face: Some(vec![Biometric {
            data: b"RIFF".to_vec(),
            format: Some(claim169_core::model::BiometricFormat::Image),
            sub_format: Some(claim169_core::model::BiometricSubFormat::Image(
                claim169_core::model::ImageSubFormat::Webp,
            )),
            issuer: None,
        }]),
        ..Claim169::default()
    }
}

fn meta() -> CwtMeta {
    CwtMeta::new().with_issuer(RIVERBEND_URL).with_expires_at(EXPIRES).with_issued_at(ISSUED)
}

fn city_with(key: Key) -> City {
    City::port_alder().with(|city| {
        let issuer = city.trust_list.issuers.iter_mut().find(|issuer| issuer.url == RIVERBEND_URL).unwrap();
        assert_eq!(issuer.status, StatusSource::None);
        issuer.keys = vec![IssuerKey {
            kid: key.kid(),
            key: key.public(),
            usage: KeyUse::Both,
            valid_from: 0,
            valid_until: EXPIRES,
            state: KeyState::Active,
        }];
    })
}
