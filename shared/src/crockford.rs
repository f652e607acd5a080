//! Crockford's base 32, in which card numbers and recovery codes are written: no I, L, O or U.

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The eight symbols of five bytes, the first bits first.
#[must_use]
pub fn symbols(five: [u8; 5]) -> [u8; 8] {
    let mut bits = five.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    let mut symbols = [0; 8];
    for symbol in symbols.iter_mut().rev() {
        *symbol = u8::try_from(bits & 31).unwrap_or_default();
        bits >>= 5;
    }
    symbols
}

/// How a symbol is written; `?` for what is none.
#[must_use]
pub fn letter(symbol: u8) -> char {
    ALPHABET.get(usize::from(symbol)).copied().map_or('?', char::from)
}

/// The symbol that a person's letter stands for: either case, O for 0, I and L for 1.
#[must_use]
pub fn symbol(found: char) -> Option<u8> {
    let wanted = match found.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|letter| char::from(*letter) == wanted)?;
    u8::try_from(place).ok()
}
