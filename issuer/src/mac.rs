//! HMAC-SHA-256 under keys of the keystore.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The tag of some parts, one after the other, under a key.
pub(crate) fn hmac_sha256(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC-SHA-256 takes keys of any length; a block of 64 bytes needs no error.
    let mut block = Zeroizing::new([0; 64]);
    for (held, byte) in block.iter_mut().zip(key) {
        *held = *byte;
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_rfc_4231() {
        // Test case 1 has a key of 20 bytes; zeros behind it are the same key.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let tag = shared::keys::hex(&hmac_sha256(&key, &[b"Hi ", b"There"]));
        assert_eq!(tag, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }
}
