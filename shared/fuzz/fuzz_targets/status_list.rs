//! A signed status list, and the list inside it, which a signature otherwise hides
//! from the mutator.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use shared::keys::{Ed25519Signer, PublicKey, Signer as _};
use shared::status_list::{MAX_LIST, Status, StatusList, StatusToken};
use shared_fuzz::{is_chosen, within_limits};

static KEY: LazyLock<PublicKey> = LazyLock::new(|| Ed25519Signer::from_seed(&[0xf9; 32]).public_key());

fuzz_target!(|data: &[u8]| within_limits(|| {
    if let Ok(token) = StatusToken::parse(data) {
        assert!(!is_chosen(data, 16) || token.verify(&KEY).is_err());
    }
    if let Ok(list) = StatusList::from_cbor(data) {
        holds_together(list);
    }
}));

fn holds_together(mut list: StatusList) {
    let length = list.len();
    assert!(length <= 8 * u64::try_from(MAX_LIST).unwrap());
    assert_eq!(list.is_empty(), length == 0);
    assert_eq!((list.get(length), list.get(u64::MAX)), (None, None));
    if let Some(last) = length.checked_sub(1) {
        let status = list.get(last).unwrap();
        list.set(last, Status::Revoked).unwrap();
        assert_eq!(list.get(last), Some(Status::Revoked));
        list.set(last, status).unwrap();
        assert_eq!(list.get(last), Some(status));
    }
    assert!(list.set(length, Status::Valid).is_err());
    // Deflating the largest lists each time would leave no time for anything else.
    if length <= 4_096 {
        assert!(StatusList::from_cbor(&list.to_cbor()) == Ok(list));
    }
}
