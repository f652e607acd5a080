//! The whole verdict, with a trusted city: what a scanner may hand over.
//!
//! Base45 and zlib hide the token from the mutator, so each input is tried as a text
//! and as the token in one.
#![no_main]

use std::sync::LazyLock;

use base64ct::{Base64, Encoding as _};
use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use shared::qr_text;
use shared::trust_list::ServiceId;
use shared::trusted::Trusted;
use shared::verdict::{Desk, Outcome, Verdict, verdict};
use shared_fuzz::within_limits;

static TRUSTED: LazyLock<Trusted> = LazyLock::new(|| {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../vectors/bundles/city.json")).unwrap();
    let bundle = Base64::decode_vec(file["cbor"].as_str().unwrap()).unwrap();
    Trusted::establish(&bundle, None).unwrap().0
});
static LIBRARY: LazyLock<ServiceId> = LazyLock::new(|| ServiceId::parse("library").unwrap());

fuzz_target!(|data: &[u8]| within_limits(|| {
    if let Ok(text) = core::str::from_utf8(data) {
        judge(text);
    }
    judge(&qr_text::encode(data));
}));

fn judge(text: &str) {
    let now = DateTime::from_timestamp(1_770_000_000, 0).unwrap();
    let untrusted = verdict(text, None, Desk::Any, now);
    let anywhere = verdict(text, Some(&TRUSTED), Desk::Any, now);
    let library = verdict(text, Some(&TRUSTED), Desk::Of(&LIBRARY), now);
    for verdict in [&untrusted, &anywhere, &library] {
        holds_together(verdict);
    }
    assert!(!good(&untrusted) && untrusted.card.is_none());
    // A desk only ever takes away.
    assert!(good(&anywhere) || !good(&library));
}

fn good(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Valid | Outcome::ValidStale)
}

fn holds_together(verdict: &Verdict) {
    assert_eq!(verdict.dialect.is_some(), verdict.read_error.is_none());
    let holder = verdict.card.as_ref().and_then(|card| card.holder.as_ref());
    assert_eq!(good(verdict), holder.is_some());
    assert_eq!(good(verdict), verdict.outcome.reason().is_none());
    serde_json::to_string(&verdict.report()).unwrap();
}
