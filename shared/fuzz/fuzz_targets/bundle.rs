//! A bundle, for a verifier that trusts nothing yet and for one that trusts a city.
#![no_main]

use std::sync::LazyLock;

use base64ct::{Base64, Encoding as _};
use libfuzzer_sys::fuzz_target;
use shared::bundle::Bundle;
use shared::trusted::Trusted;

static TRUSTED: LazyLock<Trusted> = LazyLock::new(|| {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../vectors/bundles/city.json")).unwrap();
    let bundle = Base64::decode_vec(file["cbor"].as_str().unwrap()).unwrap();
    Trusted::establish(&bundle, None).unwrap().0
});

fuzz_target!(|data: &[u8]| {
    let Ok(bundle) = Bundle::parse(data) else {
        assert!(Trusted::establish(data, None).is_err());
        return;
    };
    let written = bundle.to_cbor();
    assert_eq!(Bundle::parse(&written), Ok(bundle));

    if let Ok((trusted, update)) = Trusted::establish(data, None) {
        assert_eq!(update.sequence, trusted.trust_list().sequence);
        let kept = trusted.to_bundle();
        let (again, _) = Trusted::establish(&kept, Some(trusted.fingerprint())).unwrap();
        assert_eq!(again.to_bundle(), kept);
    }

    let mut trusted = TRUSTED.clone();
    let result = trusted.update(data);
    // Only ever forward, and untouched where refused.
    assert_eq!(trusted.fingerprint(), TRUSTED.fingerprint());
    assert!(trusted.trust_list().sequence >= TRUSTED.trust_list().sequence);
    for (uri, issued_at) in trusted.status_lists() {
        let before = TRUSTED.status_lists().find(|(known, _)| *known == uri);
        assert!(before.is_none_or(|(_, before)| issued_at >= before));
    }
    if result.is_err() {
        assert_eq!(trusted.to_bundle(), TRUSTED.to_bundle());
    }
});
