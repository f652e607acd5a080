//! Cards, and the names of keys and cards.

use proptest::prelude::*;
use shared::claims::{Claims, Face, Gender, Identity, StatusRef, Wrapping};
use shared::cose::{Algorithm, KidPlace, Tagging};
use shared::credential::{self, Dialect, Kind};
use shared::id::{CardNumber, NumberError};
use shared::keys::{Kid, Thumbprint};
use shared::qr_text::{self, Packing};
use tests::city::{DESK, ROOT};
use tests::draft::Key;

use super::config;

#[derive(Debug, Clone)]
struct Written {
    issuer: Option<String>,
    expires: Option<i64>,
    issued_at: Option<i64>,
    scope: Option<String>,
    texts: [Option<String>; 9],
    gender: Option<Gender>,
    face: Option<(Vec<u8>, i64, i64)>,
    status: Option<(u64, String)>,
}

impl Written {
    fn claims(&self) -> Claims<'_> {
        let [
            number,
            version,
            language,
            full_name,
            birth_date,
            address,
            guardian,
            second_name,
            second_language,
        ] = self.texts.each_ref().map(Option::as_deref);
        Claims {
            issuer: self.issuer.as_deref(),
            expires: self.expires,
            not_before: None,
            issued_at: self.issued_at,
            scope: self.scope.as_deref(),
            identity: Identity {
                number,
                version,
                language,
                full_name,
                birth_date,
                gender: self.gender,
                address,
                guardian,
                second_name,
                second_language,
                face: self.face.as_ref().map(|(data, format, subformat)| Face {
                    data,
                    format: *format,
                    subformat: *subformat,
                }),
            },
            status: self.status.as_ref().map(|(index, uri)| StatusRef { index: *index, uri }),
        }
    }
}

fn written() -> impl Strategy<Value = Written> {
    let text = || proptest::option::of(any::<String>());
    (
        text(),
        any::<Option<i64>>(),
        any::<Option<i64>>(),
        proptest::option::of("[a-z ]{0,60}"),
        proptest::array::uniform9(text()),
        proptest::option::of(prop_oneof![Just(Gender::Male), Just(Gender::Female), Just(Gender::Other)]),
        any::<Option<(Vec<u8>, i64, i64)>>(),
        any::<Option<(u64, String)>>(),
    )
        .prop_map(|(issuer, expires, issued_at, scope, texts, gender, face, status)| Written {
            issuer,
            expires,
            issued_at,
            scope,
            texts,
            gender,
            face,
            status,
        })
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn claims_come_back_as_they_were_signed(written in written()) {
        let claims = written.claims();
        let signed = credential::sign(&claims, &DESK.signer()).unwrap();
        let token = qr_text::decode(&signed.qr_text());
        // What is too long for a code is signed all the same, but not read.
        prop_assume!(token.is_ok());
        let token = token.unwrap();
        let verified = credential::parse(&token).unwrap().verify(&DESK.public()).unwrap();
        prop_assert_eq!(verified.claims, claims);
        prop_assert_eq!(verified.kid(), Some(DESK.kid()));
        prop_assert_eq!(verified.dialect, Dialect {
            tagging: Tagging::Sign1,
            packing: Packing::Bytes,
            wrapping: Wrapping::Map,
            algorithm: Algorithm::EdDsa,
            kid_place: KidPlace::Protected,
        });
        let kind = if claims.identity.full_name.is_some() { Kind::Identity } else { Kind::Service };
        prop_assert_eq!(verified.kind(), kind);
        prop_assert!(credential::parse(&token).unwrap().verify(&ROOT.public()).is_err());
    }

    #[test]
    fn a_token_comes_back_from_its_text(rest in proptest::collection::vec(any::<u8>(), 0..1500)) {
        let token = [vec![0xd2], rest].concat();
        let text = qr_text::encode(&token);
        let read = qr_text::decode(&text).unwrap();
        prop_assert_eq!((read.bytes, read.packing), (token.clone(), Packing::Bytes));
        let hex = qr_text::decode(&qr_text::encode(shared::keys::hex(&token).as_bytes())).unwrap();
        prop_assert_eq!((hex.bytes, hex.packing), (token, Packing::HexText));
    }

    #[test]
    fn a_card_number_is_read_as_printed_and_no_wrong_digit_passes(
        random in any::<[u8; 5]>(),
        place in 0_usize..9,
        other in "[0-9A-HJKMNP-TV-Z]",
    ) {
        let number = CardNumber::from_random(random);
        let printed = number.to_string();
        prop_assert_eq!(CardNumber::parse(&printed), Ok(number));
        prop_assert_eq!(CardNumber::parse(&printed.to_lowercase().replace('-', " ")), Ok(number));
        let mut digits: Vec<String> = printed.chars().filter(|c| *c != '-').map(String::from).collect();
        prop_assume!(digits[place] != other);
        digits[place] = other;
        prop_assert_eq!(CardNumber::parse(&digits.concat()), Err(NumberError::Check));
    }

    #[test]
    fn a_fingerprint_and_a_kid_come_back(seed in any::<u8>(), kid in proptest::collection::vec(any::<u8>(), 0..=64)) {
        let thumbprint = Key::Ed25519(seed).public().thumbprint();
        prop_assert_eq!(Thumbprint::parse(&thumbprint.to_string()), Some(thumbprint));
        let kid = Kid::new(&kid).unwrap();
        prop_assert_eq!(Kid::from_hex(&kid.to_hex()), Some(kid));
        prop_assert!(kid.names(&kid));
    }
}
