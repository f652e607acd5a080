//! A token: what can be read can be written again, and then says the same.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use shared::cbor::Strict;
use shared::claims::Claims;
use shared::credential::{self, Credential};
use shared::keys::{Ed25519Signer, PublicKey, Signer as _};
use shared::qr_text::{Packing, Token};
use shared_fuzz::{NoSigner, is_chosen, within_limits};

static NOBODY: LazyLock<NoSigner> = LazyLock::new(NoSigner::default);
static SIGNER: LazyLock<(Ed25519Signer, PublicKey)> = LazyLock::new(|| {
    let signer = Ed25519Signer::from_seed(&[0xf9; 32]);
    let public_key = signer.public_key();
    (signer, public_key)
});

fuzz_target!(|data: &[u8]| within_limits(|| {
    let token = Token { bytes: data.to_vec(), packing: Packing::Bytes };
    let Ok(unverified) = credential::parse(&token) else { return };
    let card = unverified.dangerous_peek();
    assert!(Strict::parse(data).is_ok() && Strict::parse(card.payload()).is_ok());
    assert!(!card.dialect.to_string().is_empty());

    // The beginning of validity is read, never written.
    let claims = Claims { not_before: None, ..card.claims };
    let written = credential::sign(&claims, &*NOBODY).unwrap();
    let written = Token { bytes: written.token, packing: Packing::Bytes };
    says_the_same(credential::parse(&written).unwrap().dangerous_peek(), card, &claims);

    if is_chosen(data, 64) {
        let (signer, public_key) = &*SIGNER;
        let signed = credential::sign(&claims, signer).unwrap();
        let signed = Token { bytes: signed.token, packing: Packing::Bytes };
        says_the_same(&credential::parse(&signed).unwrap().verify(public_key).unwrap(), card, &claims);
        assert!(credential::parse(&written).unwrap().verify(public_key).is_err());
        assert!(unverified.verify(public_key).is_err());
    }
}));

fn says_the_same(again: &Credential<'_>, card: &Credential<'_>, claims: &Claims<'_>) {
    assert_eq!(again.claims, *claims);
    assert_eq!(again.kind(), card.kind());
    assert_eq!(again.dialect.to_string(), "spec");
}
