//! A signed trust list, and whatever a root might sign as one: what can be read can
//! be signed again, and then says the same.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use shared::cose;
use shared::keys::{Ed25519Signer, PublicKey, Signer as _};
use shared::trust_list::{MAX_LEN, TYPE, TrustList};
use shared_fuzz::{is_chosen, within_limits};

static ROOT: LazyLock<(Ed25519Signer, PublicKey)> = LazyLock::new(|| {
    let root = Ed25519Signer::from_seed(&[0xf9; 32]);
    let public_key = root.public_key();
    (root, public_key)
});

fuzz_target!(|data: &[u8]| within_limits(|| {
    let (root, public_key) = &*ROOT;
    let chosen = is_chosen(data, 16);
    if let Ok(signed) = TrustList::parse(data) {
        assert!(!chosen || signed.verify(public_key).is_err());
    }
    let read = TrustList::dangerous_read_unsigned(data);
    if let Ok(list) = &read {
        let again = TrustList::dangerous_read_unsigned(&list.to_be_signed());
        assert_eq!(again.as_ref(), Ok(list));
    }
    if !chosen {
        return;
    }
    let signed = cose::sign(root, Some(TYPE), data).unwrap();
    if signed.len() > MAX_LEN {
        return;
    }
    let verified = TrustList::parse(&signed).unwrap().verify(public_key);
    let Ok(list) = verified else {
        assert!(read.is_err());
        return;
    };
    assert_eq!(read.as_ref(), Ok(&*list));
    let again = list.sign(root).unwrap();
    let again = TrustList::parse(&again).unwrap().verify(public_key).unwrap();
    assert_eq!(*again, *list);
}));
