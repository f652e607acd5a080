//! CBOR (RFC 8949) as this format allows it.
//!
//! [`Strict::parse`] admits exactly one item: definite lengths, heads in their
//! shortest form, valid UTF-8, no key twice in a map, a bounded depth, nothing
//! behind it. Everything that reads CBOR in this crate starts from a [`Strict`],
//! so that no two readers can see two different things in the same bytes.

use std::collections::BTreeSet;

use minicbor::decode::Decoder;
use minicbor::encode::Encoder;
use thiserror::Error;

/// Deepest nesting of arrays, maps and tags.
pub const MAX_DEPTH: u8 = 16;
/// Most entries of one map. Keeps the search for a key that stands twice short.
pub const MAX_MAP_ENTRIES: u64 = 256;

/// Why bytes are not one strict CBOR item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CborError {
    /// The bytes end inside an item.
    #[error("the item ends too early, at byte {at}")]
    Truncated {
        /// Where the next byte was expected.
        at: usize,
    },
    /// Bytes stand behind the item.
    #[error("{extra} bytes stand behind the item")]
    TrailingBytes {
        /// How many.
        extra: usize,
    },
    /// An additional-information value that RFC 8949 reserves, a lone break, or
    /// a simple value below 32 in two bytes.
    #[error("ill-formed head at byte {at}")]
    IllFormed {
        /// Where the head begins.
        at: usize,
    },
    /// An indefinite length: well-formed CBOR, refused here on purpose.
    #[error("indefinite length at byte {at}")]
    Indefinite {
        /// Where the head begins.
        at: usize,
    },
    /// An integer, length or tag that would fit a shorter head.
    #[error("head not in its shortest form at byte {at}")]
    NotShortest {
        /// Where the head begins.
        at: usize,
    },
    /// A text string that is not UTF-8.
    #[error("text that is not UTF-8 at byte {at}")]
    NotUtf8 {
        /// Where the text begins.
        at: usize,
    },
    /// A key that stands twice in one map.
    #[error("map key twice, again at byte {at}")]
    DuplicateKey {
        /// Where the second one begins.
        at: usize,
    },
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} at byte {at}")]
    TooDeep {
        /// Where the item too deep begins.
        at: usize,
    },
    /// More map entries than [`MAX_MAP_ENTRIES`].
    #[error("a map of {entries} entries at byte {at}")]
    TooManyEntries {
        /// As the head claims.
        entries: u64,
        /// Where the map begins.
        at: usize,
    },
    /// An item of another type, or a number out of range, where the format has a fixed one.
    #[error("an item of an unexpected type or size near byte {at}")]
    Unexpected {
        /// How far reading had come.
        at: usize,
    },
}

/// Bytes that are one item under the rules of this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strict<'a>(&'a [u8]);

impl<'a> Strict<'a> {
    /// Admits `bytes` when they are exactly one item under the rules.
    ///
    /// # Errors
    /// The first rule broken, with its place.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CborError> {
        let mut scan = Scan { bytes, at: 0 };
        scan.item(0)?;
        match bytes.len() - scan.at {
            0 => Ok(Self(bytes)),
            extra => Err(CborError::TrailingBytes { extra }),
        }
    }

    /// The item's bytes.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn decoder(self) -> Decoder<'a> {
        Decoder::new(self.0)
    }
}

/// A map key of this format: an integer, or text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    Int(i64),
    Text(&'a str),
    /// Anything else, and integers past 64 bits: never a key that we know.
    Other,
}

/// Reads the entries of the map that `decoder` stands at; `entry` must consume
/// the value of each.
pub(crate) fn read_map<'a, E: From<CborError>>(
    decoder: &mut Decoder<'a>,
    mut entry: impl FnMut(Key<'a>, &mut Decoder<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let entries = map_len(decoder)?;
    for _ in 0..entries {
        let key = read_key(decoder)?;
        entry(key, decoder)?;
    }
    Ok(())
}

/// Reads each element of the array that `decoder` stands at, `most` at the most.
pub(crate) fn read_array<'a, E: From<CborError>>(
    decoder: &mut Decoder<'a>,
    most: u64,
    mut element: impl FnMut(&mut Decoder<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let at = decoder.position();
    let elements = read(decoder, Decoder::array)?.ok_or(CborError::Indefinite { at })?;
    if elements > most {
        return Err(CborError::TooManyEntries { entries: elements, at }.into());
    }
    for _ in 0..elements {
        element(decoder)?;
    }
    Ok(())
}

/// One read of minicbor, its error turned into ours.
pub(crate) fn read<'a, T>(
    decoder: &mut Decoder<'a>,
    step: impl FnOnce(&mut Decoder<'a>) -> Result<T, minicbor::decode::Error>,
) -> Result<T, CborError> {
    step(decoder).map_err(|_| CborError::Unexpected { at: decoder.position() })
}

/// Passes over the next item.
pub(crate) fn skip(decoder: &mut Decoder<'_>) -> Result<(), CborError> {
    read(decoder, Decoder::skip)
}

/// The bytes of the next item, whatever it is.
pub(crate) fn raw_item<'a>(decoder: &mut Decoder<'a>) -> Result<&'a [u8], CborError> {
    let start = decoder.position();
    read(decoder, Decoder::skip)?;
    decoder.input().get(start..decoder.position()).ok_or(CborError::Truncated { at: start })
}

fn map_len(decoder: &mut Decoder<'_>) -> Result<u64, CborError> {
    let at = decoder.position();
    read(decoder, Decoder::map)?.ok_or(CborError::Indefinite { at })
}

fn read_key<'a>(decoder: &mut Decoder<'a>) -> Result<Key<'a>, CborError> {
    use minicbor::data::Type;
    let at = decoder.position();
    // Most keys are small numbers, one byte each.
    if let Some(number @ ..=0x17) = decoder.input().get(at) {
        decoder.set_position(at + 1);
        return Ok(Key::Int(i64::from(*number)));
    }
    match read(decoder, |d| d.datatype())? {
        Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64 => {
            if let Ok(number) = decoder.i64() {
                return Ok(Key::Int(number));
            }
            decoder.set_position(at);
            raw_item(decoder).map(|_| Key::Other)
        }
        Type::String => read(decoder, Decoder::str).map(Key::Text),
        _ => raw_item(decoder).map(|_| Key::Other),
    }
}

/// Writes deterministic CBOR (RFC 8949 section 4.2.1). The caller orders map keys.
#[expect(
    clippy::expect_used,
    reason = "writing to a Vec cannot fail, and no encoder here makes an error of its own"
)]
pub(crate) fn to_vec(
    write: impl FnOnce(
        &mut Encoder<&mut Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<core::convert::Infallible>>,
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    write(&mut Encoder::new(&mut bytes)).expect("a Vec takes every write");
    bytes
}

/// The type of what [`to_vec`] is given.
pub(crate) type Written = Result<(), minicbor::encode::Error<core::convert::Infallible>>;

/// Whether `key` comes after `previous` byte by byte. Most keys differ in their first byte.
fn ascends(previous: &[u8], key: &[u8]) -> bool {
    match (previous.first(), key.first()) {
        (Some(before), Some(after)) if before != after => before < after,
        _ => previous < key,
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn item(&mut self, depth: u8) -> Result<(), CborError> {
        let start = self.at;
        if depth > MAX_DEPTH {
            return Err(CborError::TooDeep { at: start });
        }
        let first = self.byte()?;
        let (major, info) = (first >> 5, first & 0x1f);
        if major == 7 {
            return self.simple(info, start);
        }
        let argument = self.argument(info, start)?;
        match major {
            0 | 1 => Ok(()),
            2 => self.take(argument).map(|_| ()),
            3 => match core::str::from_utf8(self.take(argument)?) {
                Ok(_) => Ok(()),
                Err(_) => Err(CborError::NotUtf8 { at: start }),
            },
            4 => self.array(argument, depth),
            5 => self.map(argument, start, depth),
            _ => self.item(depth + 1),
        }
    }

    fn array(&mut self, elements: u64, depth: u8) -> Result<(), CborError> {
        for _ in 0..elements {
            self.item(depth + 1)?;
        }
        Ok(())
    }

    fn map(&mut self, entries: u64, start: usize, depth: u8) -> Result<(), CborError> {
        if entries > MAX_MAP_ENTRIES {
            return Err(CborError::TooManyEntries { entries, at: start });
        }
        let first_entry = self.at;
        let mut previous: &[u8] = &[];
        let mut earlier_keys = None;
        for seen in 0..entries {
            let key_at = self.at;
            self.item(depth + 1)?;
            let key = self.since(key_at);
            // Keys in ascending order, as every deterministic encoder writes
            // them, need no search and no memory.
            if earlier_keys.is_none() && ascends(previous, key) {
                previous = key;
            } else {
                let keys = match &mut earlier_keys {
                    Some(keys) => keys,
                    None => earlier_keys.insert(self.first_keys(first_entry, seen)?),
                };
                if !keys.insert(key) {
                    return Err(CborError::DuplicateKey { at: key_at });
                }
            }
            self.item(depth + 1)?;
        }
        Ok(())
    }

    /// The keys of the first `count` entries, which were scanned already.
    fn first_keys(&self, first_entry: usize, count: u64) -> Result<BTreeSet<&'a [u8]>, CborError> {
        let mut again = Scan { bytes: self.bytes, at: first_entry };
        let mut keys = BTreeSet::new();
        for _ in 0..count {
            let key_at = again.at;
            again.skip()?;
            keys.insert(again.since(key_at));
            again.skip()?;
        }
        Ok(keys)
    }

    /// Passes over an item that was scanned already, heads only.
    fn skip(&mut self) -> Result<(), CborError> {
        let mut pending: u64 = 1;
        while pending > 0 {
            pending -= 1;
            let start = self.at;
            let first = self.byte()?;
            let (major, info) = (first >> 5, first & 0x1f);
            if major == 7 {
                self.simple(info, start)?;
                continue;
            }
            let argument = self.argument(info, start)?;
            match major {
                2 | 3 => {
                    self.take(argument)?;
                }
                4 => pending = pending.saturating_add(argument),
                5 => pending = pending.saturating_add(argument.saturating_mul(2)),
                6 => pending += 1,
                _ => {}
            }
        }
        Ok(())
    }

    fn simple(&mut self, info: u8, start: usize) -> Result<(), CborError> {
        match info {
            0..=23 => Ok(()),
            24 if self.byte()? >= 32 => Ok(()),
            25 => self.take(2).map(|_| ()),
            26 => self.take(4).map(|_| ()),
            27 => self.take(8).map(|_| ()),
            _ => Err(CborError::IllFormed { at: start }),
        }
    }

    fn argument(&mut self, info: u8, start: usize) -> Result<u64, CborError> {
        let (value, smallest) = match info {
            0..=23 => return Ok(u64::from(info)),
            24 => (u64::from(self.byte()?), 24),
            25 => (self.big_endian(2)?, 1 << 8),
            26 => (self.big_endian(4)?, 1 << 16),
            27 => (self.big_endian(8)?, 1 << 32),
            31 => return Err(CborError::Indefinite { at: start }),
            _ => return Err(CborError::IllFormed { at: start }),
        };
        if value < smallest {
            return Err(CborError::NotShortest { at: start });
        }
        Ok(value)
    }

    fn big_endian(&mut self, width: u64) -> Result<u64, CborError> {
        Ok(self.take(width)?.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte)))
    }

    fn byte(&mut self) -> Result<u8, CborError> {
        let byte = self.bytes.get(self.at).ok_or(CborError::Truncated { at: self.at })?;
        self.at += 1;
        Ok(*byte)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], CborError> {
        let truncated = CborError::Truncated { at: self.bytes.len() };
        let end =
            usize::try_from(length).ok().and_then(|length| self.at.checked_add(length)).ok_or(truncated)?;
        let taken = self.bytes.get(self.at..end).ok_or(truncated)?;
        self.at = end;
        Ok(taken)
    }

    fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admits_one_item_and_nothing_behind_it() {
        assert_eq!(Strict::parse(&[0xa1, 0x01, 0x02]).unwrap().as_bytes(), [0xa1, 0x01, 0x02]);
        assert_eq!(Strict::parse(&[0x01, 0x02]), Err(CborError::TrailingBytes { extra: 1 }));
        assert_eq!(Strict::parse(&[]), Err(CborError::Truncated { at: 0 }));
    }

    #[test]
    fn refuses_each_departure_with_its_place() {
        let cases: [(&[u8], CborError); 12] = [
            (&[0x18, 0x17], CborError::NotShortest { at: 0 }),
            (&[0x19, 0x00, 0xff], CborError::NotShortest { at: 0 }),
            (&[0x1a, 0x00, 0x00, 0xff, 0xff], CborError::NotShortest { at: 0 }),
            (&[0x1b, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff], CborError::NotShortest { at: 0 }),
            (&[0x9f, 0xff], CborError::Indefinite { at: 0 }),
            (&[0x1c], CborError::IllFormed { at: 0 }),
            (&[0xf8, 0x18], CborError::IllFormed { at: 0 }),
            (&[0x61, 0xff], CborError::NotUtf8 { at: 0 }),
            (&[0xa2, 0x01, 0x00, 0x01, 0x00], CborError::DuplicateKey { at: 3 }),
            // keys 2, 1, 2: not in order, and the second 2 is found all the same
            (&[0xa3, 0x02, 0x00, 0x01, 0x00, 0x02, 0x00], CborError::DuplicateKey { at: 5 }),
            (&[0x5a, 0xff, 0xff, 0xff, 0xff], CborError::Truncated { at: 5 }),
            (&[0xb9, 0x01, 0x01], CborError::TooManyEntries { entries: 257, at: 0 }),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Strict::parse(bytes), Err(expected), "{bytes:02x?}");
        }
    }

    #[test]
    fn keys_out_of_order_are_admitted_when_all_differ() {
        assert!(Strict::parse(&[0xa3, 0x03, 0x00, 0x01, 0x81, 0x05, 0x02, 0x00]).is_ok());
    }

    #[test]
    fn admits_the_least_of_each_length_and_every_simple_value() {
        let cases: [&[u8]; 9] = [
            &[0x18, 0x18],
            &[0x19, 0x01, 0x00],
            &[0x1a, 0x00, 0x01, 0x00, 0x00],
            &[0x1b, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00],
            &[0xf6],
            &[0xf8, 0x20],
            &[0xf9, 0x3c, 0x00],
            &[0xfa, 0x3f, 0x80, 0x00, 0x00],
            &[0xfb, 0x3f, 0xf0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
        ];
        for bytes in cases {
            assert!(Strict::parse(bytes).is_ok(), "{bytes:02x?}");
        }
    }

    #[test]
    fn a_key_is_found_again_behind_values_of_every_kind() {
        // An array of a number, bytes, text, an array, a map, tags, null, a simple value and floats.
        let value = [
            &[0x8d, 0x01, 0x42, 0x02, 0x03, 0x62, 0x61, 0x62, 0x82, 0x01, 0x02, 0xa1, 0x01, 0x02][..],
            &[0xc6, 0x01, 0xc6, 0xc6, 0x18, 0x20, 0xf6, 0xf8, 0x20, 0xf9, 0x3c, 0x00],
            &[0xfa, 0x00, 0x00, 0x00, 0x00, 0xfb, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x20],
        ]
        .concat();
        // Key 5 with that value, key 6, and the key given.
        let map = |key: u8| [&[0xa3, 0x05][..], &value, &[0x06, 0x00, key, 0x00]].concat();
        assert!(Strict::parse(&map(0x01)).is_ok());
        for key in [0x05, 0x06] {
            let at = 2 + value.len() + 2;
            assert_eq!(Strict::parse(&map(key)), Err(CborError::DuplicateKey { at }), "{key}");
        }
    }

    #[test]
    fn a_map_may_have_as_many_entries_as_the_limit() {
        let mut map = vec![0xb9, 0x01, 0x00];
        for key in 0..=u8::MAX {
            map.extend(to_vec(|e| {
                e.u8(key)?.u8(0)?;
                Ok(())
            }));
        }
        assert!(Strict::parse(&map).is_ok());
    }

    #[test]
    fn every_kind_of_key_is_read_and_every_other_passed_over() {
        // Keys 1, -1, "a", bytes, an array, and the largest number: past what i64 holds.
        let bytes = [
            &[0xa6, 0x01, 0x0a, 0x20, 0x0b, 0x61, 0x61, 0x0c, 0x41, 0x00, 0x0d, 0x81, 0x00, 0x0e, 0x1b][..],
            &[0xff; 8],
            &[0x0f],
        ]
        .concat();
        let mut decoder = Strict::parse(&bytes).unwrap().decoder();
        let mut read = Vec::new();
        read_map(&mut decoder, |key, value| {
            read.push((key, value.u8().map_err(|_| CborError::Unexpected { at: 0 })?));
            Ok::<(), CborError>(())
        })
        .unwrap();
        let other = |value| (Key::Other, value);
        let known = [(Key::Int(1), 10), (Key::Int(-1), 11), (Key::Text("a"), 12)];
        assert_eq!(read, [&known[..], &[other(13), other(14), other(15)]].concat());
    }

    #[test]
    fn an_array_is_read_up_to_the_limit() {
        let count = |bytes: &[u8]| {
            let mut elements = 0;
            read_array(&mut Decoder::new(bytes), 2, |element| {
                elements += 1;
                skip(element)
            })
            .map(|()| elements)
        };
        assert_eq!(count(&[0x80]), Ok(0));
        assert_eq!(count(&[0x81, 0x00]), Ok(1));
        assert_eq!(count(&[0x82, 0x00, 0x00]), Ok(2));
        assert_eq!(count(&[0x83, 0x00, 0x00, 0x00]), Err(CborError::TooManyEntries { entries: 3, at: 0 }));
    }

    #[test]
    fn depth_ends_at_the_limit() {
        let nested = |depth: usize| {
            let mut bytes = vec![0x81; depth];
            bytes.push(0x00);
            bytes
        };
        assert!(Strict::parse(&nested(usize::from(MAX_DEPTH))).is_ok());
        assert_eq!(
            Strict::parse(&nested(100_000)),
            Err(CborError::TooDeep { at: usize::from(MAX_DEPTH) + 1 })
        );
        let deep = usize::from(MAX_DEPTH) + 1;
        // Tags, maps that are keys, and maps that are values: there the key of the last is too deep first.
        for (head, at) in [(&[0xc6][..], deep), (&[0xa1], deep), (&[0xa1, 0x00], 2 * deep - 1)] {
            assert_eq!(Strict::parse(&head.repeat(100_000)), Err(CborError::TooDeep { at }), "{head:02x?}");
        }
    }

    #[test]
    fn an_array_that_claims_billions_ends_at_its_bytes() {
        assert_eq!(
            Strict::parse(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00]),
            Err(CborError::Truncated { at: 10 })
        );
    }
}
