//! Base45 (RFC 9285), read by table.
//!
//! Writing is left to the `base45` crate. Reading is ours because it is the
//! larger part of a verdict beside the signature: on a service code of 1,341
//! characters the crate takes 6.8 us, this 1.0 us (`cargo bench -p shared`), and
//! the crate takes a last pair past 255.

/// Marks a byte outside the alphabet.
const NONE: u8 = u8::MAX;
/// The characters of Base45 (RFC 9285), each at the place of its value.
pub const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VALUES: [u8; 256] = values();

/// Why a text is not Base45.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base45Error {
    /// A byte outside the alphabet.
    OtherAlphabet { at: usize },
    /// A group that no bytes give, or an impossible length.
    Damaged,
}

pub(crate) fn decode(text: &[u8]) -> Result<Vec<u8>, Base45Error> {
    let (triples, rest) = text.as_chunks::<3>();
    // Sized at once, with room for a byte more: a push a pair would check for room each time.
    let mut bytes = Vec::with_capacity(triples.len() * 2 + 1);
    bytes.resize(triples.len() * 2, 0);
    let mut outside = false;
    let mut too_large = false;
    for (triple, pair) in triples.iter().zip(bytes.as_chunks_mut::<2>().0) {
        let [c, d, e] = triple.map(value);
        outside |= c.max(d).max(e) > 44;
        let [_, past, high, low] = (c + d * 45 + e * 2025).to_be_bytes();
        too_large |= past != 0;
        *pair = [high, low];
    }
    match *rest {
        [] => {}
        [c, d] => {
            let [c, d] = [c, d].map(value);
            outside |= c.max(d) > 44;
            let [.., past, low] = (c + d * 45).to_be_bytes();
            too_large |= past != 0;
            bytes.push(low);
        }
        _ => {
            outside |= rest.iter().any(|byte| value(*byte) > 44);
            too_large = true;
        }
    }
    if outside {
        let at = text.iter().position(|byte| value(*byte) > 44).unwrap_or_default();
        return Err(Base45Error::OtherAlphabet { at });
    }
    if too_large { Err(Base45Error::Damaged) } else { Ok(bytes) }
}

fn value(byte: u8) -> u32 {
    u32::from(VALUES.get(usize::from(byte)).copied().unwrap_or(NONE))
}

#[expect(clippy::indexing_slicing, clippy::as_conversions, reason = "evaluated at compile time")]
const fn values() -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 45 {
        values[ALPHABET.as_bytes()[value as usize] as usize] = value;
        value += 1;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_examples_of_rfc_9285() {
        for (text, bytes) in [("BB8", "AB"), ("%69 VD92EX0", "Hello!!"), ("UJCLQE7W581", "base-45"), ("", "")]
        {
            assert_eq!(decode(text.as_bytes()).unwrap(), bytes.as_bytes());
        }
        assert_eq!(decode(b"QED8WEX0").unwrap(), b"ietf!");
        assert_eq!(decode(b":0").unwrap(), b",");
    }

    #[test]
    fn agrees_with_the_crate_that_writes() {
        for length in 0..300_u32 {
            let bytes: Vec<u8> = (0..length).map(|n| (n * 97 % 256).try_into().unwrap()).collect();
            assert_eq!(decode(::base45::encode(&bytes).as_bytes()).unwrap(), bytes);
        }
    }

    #[test]
    fn refuses_what_no_bytes_give() {
        for damaged in ["GGW", ":::", "A", ":", "::", "AAAA"] {
            assert_eq!(decode(damaged.as_bytes()), Err(Base45Error::Damaged), "{damaged}");
        }
        assert_eq!(decode(b"ABa"), Err(Base45Error::OtherAlphabet { at: 2 }));
        assert_eq!(decode(b":0a"), Err(Base45Error::OtherAlphabet { at: 2 }));
        assert_eq!(decode(b"ABC,"), Err(Base45Error::OtherAlphabet { at: 3 }));
        assert_eq!(decode("é".as_bytes()), Err(Base45Error::OtherAlphabet { at: 0 }));
    }
}
