//! An Ed25519 signature that a lenient check takes, and a strict one refuses: its R is
//! the neutral point, so that S = k·a fits without a nonce.

use curve25519_dalek::scalar::{Scalar, clamp_integer};
use sha2::{Digest as _, Sha512};

use crate::draft::Key;

/// The signature of `key`, an Ed25519 key, over `message`.
#[must_use]
pub fn signature(key: Key, message: &[u8]) -> Vec<u8> {
    let Key::Ed25519(byte) = key else { panic!("an Ed25519 key") };
    let expanded = Sha512::digest([byte; 32]);
    let (secret, _) = expanded.split_at(32);
    let secret = Scalar::from_bytes_mod_order(clamp_integer(secret.try_into().unwrap()));
    let neutral = neutral();
    let hash =
        Sha512::new().chain_update(neutral).chain_update(key.public().to_bytes()).chain_update(message);
    let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    [neutral, (k * secret).to_bytes()].concat()
}

fn neutral() -> [u8; 32] {
    let mut point = [0; 32];
    point[0] = 1;
    point
}
