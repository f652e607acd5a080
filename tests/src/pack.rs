//! From a token to the text of a QR code, also in ways that no honest writer takes.

/// As the format has it: zlib, then Base45.
#[must_use]
pub fn text(token: &[u8]) -> String {
    base45::encode(zlib(token))
}

/// Base45 alone, over whatever is given.
#[must_use]
pub fn base45_of(bytes: &[u8]) -> String {
    base45::encode(bytes)
}

/// One zlib stream, at the best level.
#[must_use]
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 9)
}

/// One zlib stream that stores the bytes as they are: 11 bytes more than they.
#[must_use]
pub fn zlib_stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend_from_slice(bytes);
    stream.extend(adler32(bytes).to_be_bytes());
    stream
}

/// Bytes that look random and are always the same.
#[must_use]
pub fn filler(length: usize) -> Vec<u8> {
    let mut state: u32 = 0x2545_f491;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    (0..length).map(|_| next()).collect()
}

fn adler32(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}
