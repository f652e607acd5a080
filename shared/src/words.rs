//! A fingerprint as words to read aloud.
//!
//! Twenty-four English words of the BIP-39 list: eleven bits each, the last eight bits a checksum, so that a word heard
//! wrong is found. The list has no two words with the same first four letters.

use core::fmt;

use bip39::{Language, Mnemonic};

use crate::keys::Thumbprint;

/// Words to a line where they are shown.
const A_LINE: usize = 6;

/// The words of a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Thumbprint);

impl Words {
    /// Of this fingerprint.
    #[must_use]
    pub fn of(fingerprint: Thumbprint) -> Self {
        Self(fingerprint)
    }

    /// Reads words, in either case and with any spaces between them; none where one is wrong or missing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Thumbprint> {
        let words = text.to_lowercase();
        let mnemonic = Mnemonic::parse_in_normalized(Language::English, &words).ok()?;
        let (bytes, length) = mnemonic.to_entropy_array();
        bytes.get(..length)?.try_into().ok().map(Thumbprint::from_bytes)
    }
}

/// In lines of six.
impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 32 bytes are one of the lengths that have words.
        let mnemonic = Mnemonic::from_entropy(self.0.as_bytes()).map_err(|_| fmt::Error)?;
        for (place, word) in mnemonic.words().enumerate() {
            f.write_str(match place {
                0 => "",
                _ if place.is_multiple_of(A_LINE) => "\n",
                _ => " ",
            })?;
            f.write_str(word)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Ed25519Signer, Signer as _};

    #[test]
    fn words_come_back_and_one_wrong_is_found() {
        let fingerprint = Ed25519Signer::from_seed(&[7; 32]).public_key().thumbprint();
        let text = Words::of(fingerprint).to_string();
        assert_eq!(text.split_whitespace().count(), 24);
        assert_eq!(text.lines().count(), 4);
        assert_eq!(Words::parse(&text), Some(fingerprint));
        assert_eq!(Words::parse(&text.to_uppercase().replace(' ', "  ")), Some(fingerprint));
        // Of 24 wrong words at one place, the checksum of eight bits lets few pass.
        let words: Vec<_> = text.split_whitespace().collect();
        let missed = (0..24).filter(|place| {
            let mut wrong = words.clone();
            wrong[*place] = if wrong[*place] == "zoo" { "abandon" } else { "zoo" };
            Words::parse(&wrong.join(" ")).is_some()
        });
        assert!(missed.count() <= 2);
        for bad in ["", "zoo", "zoo zoo zoo", &text[1..]] {
            assert_eq!(Words::parse(bad), None, "{bad}");
        }
    }
}
