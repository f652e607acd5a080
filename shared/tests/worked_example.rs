//! The worked example of `FORMAT.md`, recomputed byte for byte.

use shared::claims::{Claims, Identity, StatusRef};
use shared::credential;
use shared::keys::{Ed25519Signer, Signer, hex};

const FORMAT: &str = include_str!("../FORMAT.md");

/// The secret key of RFC 8032 section 7.1, test 1: public, for examples only.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

#[test]
fn the_example_in_the_format_is_what_this_code_makes() {
    let seed: [u8; 32] = shared::keys::unhex(SEED).unwrap().try_into().unwrap();
    let signer = Ed25519Signer::from_seed(&seed);
    let claims = Claims {
        issuer: Some("https://id.example"),
        expires: Some(1_927_670_400),
        not_before: None,
        issued_at: Some(1_770_000_000),
        scope: Some("library transit"),
        identity: Identity {
            number: Some("08H3-451V-N"),
            version: Some("1"),
            language: Some("en"),
            full_name: Some("Ana Novak"),
            ..Identity::default()
        },
        status: Some(StatusRef { index: 5, uri: "https://id.example/s/1" }),
    };
    let card = credential::sign(&claims, &signer).unwrap();
    let token = shared::qr_text::decode(&card.qr_text()).unwrap();
    let parsed = credential::parse(&token).unwrap();
    let parsed = parsed.dangerous_peek();
    let thumbprint = signer.public_key().thumbprint();
    for (what, made) in [
        ("claims set", wrapped(&hex(&claims.to_cbor()))),
        ("key thumbprint", wrapped(&hex(thumbprint.as_bytes()))),
        ("signed bytes", wrapped(&hex(&parsed.signed_bytes()))),
        ("signature", wrapped(&hex(parsed.signature()))),
        ("token", wrapped(&hex(&card.token))),
        ("QR text", wrapped(&card.qr_text())),
    ] {
        assert!(
            FORMAT.contains(&format!("\n```text\n{made}\n```\n")),
            "the {what} in FORMAT.md is not\n{made}"
        );
    }
    assert_eq!(shared::id::CardNumber::parse("08H3-451V-N").unwrap().to_string(), "08H3-451V-N");
}

/// Lines of 96 characters, as the page has them.
fn wrapped(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(96).map(|line| line.iter().collect::<String>()).collect::<Vec<_>>().join(
        "
",
    )
}
