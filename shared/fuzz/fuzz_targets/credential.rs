//! A token: what can be read can be written again, and then says the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::cbor::Strict;
use shared::claims::Claims;
use shared::credential;
use shared::keys::{Ed25519Signer, Signer as _};
use shared::qr_text::{Packing, Token};

fuzz_target!(|data: &[u8]| {
    let token = Token { bytes: data.to_vec(), packing: Packing::Bytes };
    let Ok(unverified) = credential::parse(&token) else { return };
    let card = unverified.dangerous_peek();
    assert!(Strict::parse(data).is_ok() && Strict::parse(card.payload()).is_ok());
    assert!(!card.dialect.to_string().is_empty());

    let signer = Ed25519Signer::from_seed(&[0xf9; 32]);
    // The beginning of validity is read, never written.
    let claims = Claims { not_before: None, ..card.claims };
    let again = credential::sign(&claims, &signer).unwrap();
    let token = Token { bytes: again.token, packing: Packing::Bytes };
    let again = credential::parse(&token).unwrap().verify(&signer.public_key()).unwrap();
    assert_eq!(again.claims, claims);
    assert_eq!(again.kind(), card.kind());
    assert_eq!(again.dialect.to_string(), "spec");

    assert!(unverified.verify(&signer.public_key()).is_err());
});
