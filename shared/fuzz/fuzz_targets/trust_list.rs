//! A signed trust list, and whatever a root might sign as one: what can be read can
//! be signed again, and then says the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::cose;
use shared::keys::{Ed25519Signer, Signer as _};
use shared::trust_list::{MAX_LEN, TYPE, TrustList};

fuzz_target!(|data: &[u8]| {
    let root = Ed25519Signer::from_seed(&[0xf9; 32]);
    if let Ok(signed) = TrustList::parse(data) {
        assert!(signed.verify(&root.public_key()).is_err());
    }
    let signed = cose::sign(&root, Some(TYPE), data).unwrap();
    if signed.len() > MAX_LEN {
        return;
    }
    let Ok(list) = TrustList::parse(&signed).unwrap().verify(&root.public_key()) else { return };
    let again = list.sign(&root).unwrap();
    let again = TrustList::parse(&again).unwrap().verify(&root.public_key()).unwrap();
    assert_eq!(*again, *list);
});
