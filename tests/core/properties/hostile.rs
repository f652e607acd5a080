//! Whatever the bytes: no panic, and no good card that nobody signed.

use std::sync::LazyLock;

use proptest::prelude::*;
use shared::bundle::Bundle;
use shared::keys::PublicKey;
use shared::status_list::StatusToken;
use shared::trust_list::TrustList;
use shared::trusted::Trusted;
use shared::verdict::{Desk, Outcome, verdict};
use tests::city::{City, NOW, ROOT, at, identity, service_card};
use tests::pack;

use super::config;

static TRUSTED: LazyLock<Trusted> = LazyLock::new(|| City::port_alder().trusted());

/// Neither panics nor is good.
fn never_good(text: &str) {
    for trusted in [None, Some(&*TRUSTED)] {
        let outcome = verdict(text, trusted, Desk::Any, at(NOW)).outcome;
        assert!(!matches!(outcome, Outcome::Valid | Outcome::ValidStale), "{text:?}");
    }
}

/// A good token with a piece of it replaced.
fn spliced(card: &[u8], from: usize, length: usize, piece: &[u8]) -> Vec<u8> {
    let from = from % card.len();
    let to = (from + length).min(card.len());
    [&card[..from], piece, &card[to..]].concat()
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn no_text_is_good(text in any::<String>()) {
        never_good(&text);
    }

    #[test]
    fn no_base45_is_good(text in "[0-9A-Z $%*+./:-]{0,400}") {
        never_good(&text);
    }

    #[test]
    fn no_bytes_are_good(bytes in any::<Vec<u8>>()) {
        never_good(&pack::text(&bytes));
        never_good(&pack::base45_of(&bytes));
        let _ = Bundle::parse(&bytes);
        let _ = PublicKey::p256(&bytes);
        prop_assert!(TrustList::parse(&bytes).is_err());
        prop_assert!(StatusToken::parse(&bytes).is_err());
        prop_assert!(Trusted::establish(&bytes, None).is_err());
    }

    #[test]
    fn no_patched_card_is_good(
        service in any::<bool>(),
        from in any::<usize>(),
        length in 0_usize..40,
        piece in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let card = if service { service_card() } else { identity() }.token();
        let patched = spliced(&card, from, length, &piece);
        prop_assume!(patched != card);
        never_good(&pack::text(&patched));
    }

    #[test]
    fn no_patched_bundle_changes_who_is_trusted(
        from in any::<usize>(),
        length in 0_usize..40,
        piece in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let bundle = City::port_alder().bundle();
        let patched = spliced(&bundle, from, length, &piece);
        let root = ROOT.public().thumbprint();
        if let Ok((trusted, _)) = Trusted::establish(&patched, Some(root)) {
            prop_assert_eq!(trusted.trust_list(), TRUSTED.trust_list());
            for list in trusted.status_lists() {
                prop_assert!(TRUSTED.status_lists().any(|known| known == list));
            }
        }
    }
}
