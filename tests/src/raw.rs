//! CBOR written exactly as told, also where no honest encoder would.

use minicbor::Encoder;
use minicbor::data::Tag;

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    /// An integer.
    Int(i64),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A text string.
    Text(String),
    /// An array.
    Array(Vec<Raw>),
    /// A map, its entries in the order given, twice the same key if so told.
    Map(Map),
    /// A tagged item.
    Tag(u64, Box<Raw>),
    /// A floating-point number of 64 bits.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
    /// Bytes that are put in as they are.
    Encoded(Vec<u8>),
}

impl Raw {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        self.write(&mut encoder);
        encoder.into_writer()
    }

    /// `depth` arrays, one in the other, around a zero.
    #[must_use]
    pub fn nested(depth: usize) -> Self {
        let mut bytes = vec![0x81; depth];
        bytes.push(0);
        Self::Encoded(bytes)
    }

    fn write(&self, e: &mut Encoder<Vec<u8>>) {
        match self {
            Self::Int(number) => _ = e.i64(*number).unwrap(),
            Self::Bytes(bytes) => _ = e.bytes(bytes).unwrap(),
            Self::Text(text) => _ = e.str(text).unwrap(),
            Self::Array(items) => {
                e.array(length(items)).unwrap();
                for item in items {
                    item.write(e);
                }
            }
            Self::Map(map) => {
                e.map(length(&map.0)).unwrap();
                for (key, value) in &map.0 {
                    key.write(e);
                    value.write(e);
                }
            }
            Self::Tag(tag, inner) => {
                e.tag(Tag::new(*tag)).unwrap();
                inner.write(e);
            }
            Self::Float(number) => _ = e.f64(*number).unwrap(),
            Self::Bool(yes) => _ = e.bool(*yes).unwrap(),
            Self::Null => _ = e.null().unwrap(),
            Self::Encoded(bytes) => e.writer_mut().extend_from_slice(bytes),
        }
    }
}

/// The entries of a map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Map(Vec<(Raw, Raw)>);

impl Map {
    /// Sets `key`, in the place that deterministic CBOR gives it.
    pub fn set(&mut self, key: impl Into<Raw>, value: impl Into<Raw>) {
        let key = key.into();
        self.remove(key.clone());
        let encoded = key.encode();
        let place = self.0.partition_point(|(other, _)| other.encode() < encoded);
        self.0.insert(place, (key, value.into()));
    }

    /// Takes `key` out.
    pub fn remove(&mut self, key: impl Into<Raw>) {
        let key = key.into();
        self.0.retain(|(other, _)| *other != key);
    }

    /// Puts an entry at the end, whatever stands there already.
    pub fn push(&mut self, key: impl Into<Raw>, value: impl Into<Raw>) {
        self.0.push((key.into(), value.into()));
    }

    /// Its bytes.
    #[must_use]
    pub fn encoded(self) -> Vec<u8> {
        Raw::Map(self).encode()
    }
}

impl<K: Into<Raw>, V: Into<Raw>, const N: usize> From<[(K, V); N]> for Map {
    fn from(entries: [(K, V); N]) -> Self {
        Self(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl From<Map> for Raw {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl From<i64> for Raw {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for Raw {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Raw {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Raw {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&[u8]> for Raw {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

fn length<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap()
}
