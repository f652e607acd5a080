//! A generic reader of CBOR, for what the core's own types leave out. It sees the
//! bytes as the core does: through minicbor.

use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};
use serde_json::{Map, Number, Value};
use shared::keys::hex;

/// One item as JSON: map keys as text, byte strings as `hex:…`, tags left out.
/// What JSON or minicbor's default reader cannot hold (integers past 64 bits,
/// undefined, simple values, half floats, infinities) is null.
///
/// # Errors
/// The bytes end too early.
pub fn to_json(bytes: &[u8]) -> Result<Value, Error> {
    item(&mut Decoder::new(bytes))
}

fn item(decoder: &mut Decoder<'_>) -> Result<Value, Error> {
    Ok(match decoder.datatype()? {
        Type::Bool => Value::Bool(decoder.bool()?),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => Value::from(decoder.u64()?),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => Value::from(decoder.i64()?),
        Type::F32 => float(f64::from(decoder.f32()?)),
        Type::F64 => float(decoder.f64()?),
        Type::String => Value::from(decoder.str()?),
        Type::Bytes => Value::from(format!("hex:{}", hex(decoder.bytes()?))),
        Type::Array => {
            let length = decoder.array()?.unwrap_or_default();
            Value::Array((0..length).map(|_| item(decoder)).collect::<Result<_, _>>()?)
        }
        Type::Map => {
            let length = decoder.map()?.unwrap_or_default();
            let mut map = Map::new();
            for _ in 0..length {
                let key = match item(decoder)? {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                map.insert(key, item(decoder)?);
            }
            Value::Object(map)
        }
        Type::Tag => {
            decoder.tag()?;
            item(decoder)?
        }
        _ => {
            decoder.skip()?;
            Value::Null
        }
    })
}

fn float(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}
