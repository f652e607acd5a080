//! An index of pieces, for a verifier that holds a city's bundle.
#![no_main]

use std::sync::LazyLock;

use base64ct::{Base64, Encoding as _};
use libfuzzer_sys::fuzz_target;
use shared::bundle;
use shared::index::{Index, IndexError, MAX_APART, Pieces};

static BUNDLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../vectors/bundles/city.json")).unwrap();
    Base64::decode_vec(file["cbor"].as_str().unwrap()).unwrap()
});

fuzz_target!(|data: &[u8]| {
    // As a bundle: what is cut can be put together again.
    if let Ok(index) = Index::of(data) {
        let written = index.to_cbor();
        assert_eq!(Index::parse(&written).as_ref(), Ok(&index));
        assert_eq!(index.assemble(&Pieces::of(data).unwrap()).as_deref(), Ok(data));
    }
    // As an index.
    let Ok(index) = Index::parse(data) else { return };
    assert_eq!(Index::parse(&index.to_cbor()).as_ref(), Ok(&index));
    assert!(index.bundle_length() <= bundle::MAX_LEN);
    for apart in index.apart() {
        assert!((1..=MAX_APART).contains(&apart.length));
        let place = apart.place();
        let name = place.strip_prefix("pieces/").unwrap();
        assert!(name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    let held = Pieces::of(&BUNDLE).unwrap();
    let missing = index.missing(&held);
    match index.assemble(&held) {
        Ok(bundle) => assert!(missing.is_empty() && bundle.len() == index.bundle_length()),
        Err(error) => assert!((error == IndexError::Missing) == !missing.is_empty()),
    }
});
