//! A signed status list, and the list inside it, which a signature otherwise hides
//! from the mutator.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::keys::{Ed25519Signer, Signer as _};
use shared::status_list::{MAX_LIST, StatusList, StatusToken};

fuzz_target!(|data: &[u8]| {
    if let Ok(token) = StatusToken::parse(data) {
        assert!(token.verify(&Ed25519Signer::from_seed(&[0xf9; 32]).public_key()).is_err());
    }
    let Ok(mut list) = StatusList::from_cbor(data) else { return };
    let length = list.len();
    assert!(length <= 8 * u64::try_from(MAX_LIST).unwrap());
    assert_eq!(list.is_empty(), length == 0);
    assert_eq!((list.get(length), list.get(u64::MAX)), (None, None));
    if let Some(last) = length.checked_sub(1) {
        let status = list.get(last).unwrap();
        let before = list.clone();
        list.set(last, status).unwrap();
        assert!(list == before);
    }
    assert!(list.set(length, shared::status_list::Status::Valid).is_err());
    // Deflating the largest lists each time would leave no time for anything else.
    if length <= 65_536 {
        assert!(StatusList::from_cbor(&list.to_cbor()) == Ok(list));
    }
});
