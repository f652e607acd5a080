//! A bundle, for a verifier that trusts nothing yet and for one that trusts a city.
#![no_main]

use std::sync::LazyLock;

use base64ct::{Base64, Encoding as _};
use libfuzzer_sys::fuzz_target;
use shared::bundle::Bundle;
use shared::trusted::Trusted;
use shared_fuzz::{is_chosen, within_limits};

static TRUSTED: LazyLock<Trusted> = LazyLock::new(|| {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../vectors/bundles/city.json")).unwrap();
    let bundle = Base64::decode_vec(file["cbor"].as_str().unwrap()).unwrap();
    Trusted::establish(&bundle, None).unwrap().0
});

fuzz_target!(|data: &[u8]| within_limits(|| {
    if let Ok(bundle) = Bundle::parse(data) {
        assert_eq!(Bundle::parse(&bundle.to_cbor()), Ok(bundle));
    } else {
        assert!(Trusted::establish(data, None).is_err());
        return;
    }
    // A signature takes longer than all the rest.
    if is_chosen(data, 8) {
        establishes(data);
        updates(data);
    }
}));

fn establishes(data: &[u8]) {
    if let Ok((trusted, update)) = Trusted::establish(data, None) {
        assert_eq!(update.sequence, trusted.trust_list().sequence);
        let kept = trusted.to_bundle();
        let (again, _) = Trusted::establish(&kept, Some(trusted.fingerprint())).unwrap();
        assert_eq!(again.to_bundle(), kept);
    }
}

fn updates(data: &[u8]) {
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
}
