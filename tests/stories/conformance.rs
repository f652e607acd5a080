//! Other people's vectors, each with the expectation its README states.
//!
//! The data lies beside the repository, in `../shared/conformance`, and is not part
//! of it. Where the folder is absent each suite says so and passes; where it is
//! there, a missing suite or an unexpected number of cases fails.

mod cbor;
mod claim_169;
mod claim_169_inji;
mod cose;
mod ed25519;
mod token_status_list;

use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::Value;
use shared::keys::{Kid, PublicKey, unhex};
use shared::trust_list::{Issuer, IssuerKey, KeyState, KeyUse, StatusSource, Texts};
use shared::trusted::Trusted;
use shared::verdict::{Desk, Verdict, verdict};
use tests::city::{City, at};

/// The time at which every suite is read.
pub(crate) const CLOCK: i64 = 1_770_000_000;

/// One suite's folder.
struct Suite(PathBuf);

impl Suite {
    /// None where the whole data is absent, said in one line.
    fn open(name: &str) -> Option<Self> {
        let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance");
        if !all.exists() {
            println!("conformance {name}: no {}, passed over", all.display());
            return None;
        }
        let folder = all.join(name);
        assert!(folder.is_dir(), "the suite {name} is missing");
        Some(Self(folder))
    }

    fn bytes(&self, file: &str) -> Vec<u8> {
        fs::read(self.0.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn text(&self, file: &str) -> String {
        String::from_utf8(self.bytes(file)).unwrap().trim().to_owned()
    }

    fn json(&self, file: &str) -> Value {
        serde_json::from_slice(&self.bytes(file)).unwrap()
    }

    /// Names of the files in a folder of the suite, in order.
    fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.join(folder)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap()))
            .collect();
        names.sort();
        names
    }
}

/// A text that some suite has scanned, and whom the verifier trusts there.
#[derive(Clone)]
pub(crate) struct Scanned {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) trusted: Trusted,
}

/// Every text that the suites have scanned; none where their data is absent.
pub(crate) fn scanned() -> Option<Vec<Scanned>> {
    let suites = [Suite::open("claim-169")?, Suite::open("claim-169-inji")?, Suite::open("cose")?];
    let [profile, inji, cose] = &suites;
    Some([claim_169::scanned(profile), claim_169_inji::scanned(inji), cose::scanned(cose)].concat())
}

/// The value of a key that must be there.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text {key} in {value}"))
}

fn hex_of(value: &Value, key: &str) -> Vec<u8> {
    unhex(text(value, key)).unwrap()
}

/// A key from a JWK, or from the hexadecimal members that the COSE examples have
/// instead.
fn public_key(jwk: &Value) -> PublicKey {
    let part = |name: &str| match jwk[name].as_str() {
        Some(base64) => Base64UrlUnpadded::decode_vec(base64).unwrap(),
        None => hex_of(jwk, &format!("{name}_hex")),
    };
    match text(jwk, "crv") {
        "P-256" => PublicKey::p256(&[vec![4], part("x"), part("y")].concat()).unwrap(),
        "Ed25519" => PublicKey::ed25519(&part("x")).unwrap(),
        other => panic!("{other}"),
    }
}

/// The kid of a JWK: base64url of the COSE kid.
fn jwk_kid(jwk: &Value) -> Kid {
    Kid::new(&Base64UrlUnpadded::decode_vec(text(jwk, "kid")).unwrap()).unwrap()
}

/// A city that recognises one issuer with one key, and accepts that it publishes no
/// status lists.
fn trusting(issuer: &str, key: PublicKey, kid: Kid) -> Trusted {
    let city = City::port_alder().with(|city| {
        city.lists.clear();
        city.trust_list.issued_at = CLOCK;
        city.trust_list.next_update = CLOCK + 1;
        city.trust_list.services.clear();
        city.trust_list.issuers = vec![Issuer {
            url: issuer.to_owned(),
            names: Texts::new(),
            hotline: None,
            keys: vec![IssuerKey {
                kid,
                key,
                usage: KeyUse::Both,
                valid_from: 0,
                valid_until: CLOCK,
                state: KeyState::Active,
            }],
            status: StatusSource::None,
            services: Vec::new(),
        }];
    });
    city.trusted()
}

fn judge(text: &str, trusted: &Trusted) -> Verdict {
    verdict(text, Some(trusted), Desk::Any, at(CLOCK))
}

fn reason(verdict: &Verdict) -> &'static str {
    verdict.outcome.reason().unwrap_or(verdict.outcome.as_str())
}
