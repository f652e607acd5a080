//! Deflate (RFC 1950 and 1951) for the paths of codes.

use std::sync::LazyLock;

use crate::card::units::count;

/// Writes a path as a zlib stream that repeats only the rectangle before, under a code made for such paths.
///
/// zlib takes longer than all else about a code, and its search for repeats makes the stream twice as long.
#[derive(Default)]
pub(super) struct Deflater {
    stream: Vec<u8>,
    held: u64,
    bits: u32,
}

/// The bits of the code of each symbol: what paths hold, and from 256 on the end and the lengths of repeats.
const CODE_BITS: [(u16, u8); 29] = [
    (10, 11),
    (32, 5),
    (48, 4),
    (49, 4),
    (50, 4),
    (51, 4),
    (52, 4),
    (53, 4),
    (54, 4),
    (55, 4),
    (56, 4),
    (57, 4),
    (101, 11),
    (102, 11),
    (103, 11),
    (114, 11),
    (256, 12),
    (257, 4),
    (258, 8),
    (259, 10),
    (260, 10),
    (261, 10),
    (262, 6),
    (263, 4),
    (264, 8),
    (265, 4),
    (266, 3),
    (267, 9),
    (268, 12),
];
const END: u16 = 256;
const SHORTEST_REPEAT: usize = 3;
const LONGEST_REPEAT: usize = 18;
const SYMBOLS: u16 = 269;

/// By symbol: a code, its first bit lowest, and how many bits it has.
type Codes = Vec<(u32, u8)>;
static CODES: LazyLock<Codes> = LazyLock::new(|| canonical(&code_bits()));

impl Deflater {
    /// `distance`, 13 to 16, is how far back repeats are looked for.
    pub(super) fn deflate(text: &[u8], distance: usize) -> Vec<u8> {
        let mut deflater = Self { stream: Vec::with_capacity(6000), held: 0, bits: 0 };
        // Deflate with a window of 32 KiB, then one last block with a code of its own.
        deflater.stream.extend([0x78, 0xDA]);
        deflater.header();
        deflater.repeats(text, distance);
        deflater.symbol(END);
        deflater.put(0, 7);
        deflater.stream.extend(deflater.held.to_le_bytes().into_iter().take(deflater.whole_bytes()));
        deflater.stream.extend(adler32(text).to_be_bytes());
        deflater.stream
    }

    /// The lengths of the codes, RFC 1951 section 3.2.7: runs of zeros short, all else plain.
    fn header(&mut self) {
        const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        const ZEROS: usize = 18;
        let mut bits = [4; 19];
        for (symbol, bits) in bits.iter_mut().enumerate() {
            *bits = match symbol {
                0 | ZEROS => 3,
                1..=12 => 4,
                _ => 0,
            };
        }
        self.put(0b101, 3);
        self.put(u32::from(SYMBOLS) - 257, 5);
        self.put(8 - 1, 5);
        self.put(19 - 4, 4);
        for place in ORDER {
            self.put(bits.get(place).copied().map_or(0, u32::from), 3);
        }
        let codes = canonical(&bits);
        let mut lengths = code_bits();
        // Of the distances only 13 to 16, the eighth code, is used.
        lengths.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        for run in lengths.chunk_by(|a, b| a == b && *a == 0) {
            let zeros = run.first() == Some(&0);
            for run in run.chunks(138) {
                if zeros && run.len() >= 11 {
                    self.code(codes.get(ZEROS));
                    self.put(count(run.len() - 11), 7);
                } else {
                    for length in run {
                        self.code(codes.get(usize::from(*length)));
                    }
                }
            }
        }
    }

    fn repeats(&mut self, text: &[u8], distance: usize) {
        let far = u32::try_from(distance).unwrap_or_default().saturating_sub(13) << 1;
        let (first, mut rest) = text.split_at(distance.min(text.len()));
        for byte in first {
            self.symbol(u16::from(*byte));
        }
        let mut past = text;
        while let Some(byte) = rest.first() {
            let like =
                rest.iter().zip(past).take(LONGEST_REPEAT).take_while(|(byte, past)| byte == past).count();
            let step = if like < SHORTEST_REPEAT {
                self.symbol(u16::from(*byte));
                1
            } else {
                self.length(like);
                self.put(far, 3);
                like
            };
            rest = rest.get(step..).unwrap_or_default();
            past = past.get(step..).unwrap_or_default();
        }
    }

    fn length(&mut self, length: usize) {
        let length = u16::try_from(length).unwrap_or_default();
        if length <= 10 {
            self.symbol(254 + length);
        } else {
            self.symbol(265 + (length - 11) / 2);
            self.put(u32::from((length - 11) % 2), 1);
        }
    }

    fn symbol(&mut self, symbol: u16) {
        self.code(CODES.get(usize::from(symbol)));
    }

    fn code(&mut self, code: Option<&(u32, u8)>) {
        let (code, bits) = code.copied().unwrap_or_default();
        self.put(code, bits);
    }

    fn put(&mut self, value: u32, bits: u8) {
        self.held |= u64::from(value) << self.bits;
        self.bits += u32::from(bits);
        if self.bits >= 32 {
            self.stream.extend(self.held.to_le_bytes().into_iter().take(4));
            self.held >>= 32;
            self.bits -= 32;
        }
    }

    fn whole_bytes(&self) -> usize {
        usize::try_from(self.bits / 8).unwrap_or_default()
    }
}

fn code_bits() -> Vec<u8> {
    let bits = |symbol| CODE_BITS.iter().find(|(of, _)| *of == symbol).map_or(0, |(_, bits)| *bits);
    (0..SYMBOLS).map(bits).collect()
}

/// The codes that follow from their numbers of bits, RFC 1951 section 3.2.2.
fn canonical(lengths: &[u8]) -> Codes {
    let mut codes = vec![(0, 0); lengths.len()];
    let mut next = 0_u32;
    for bits in 1..=15 {
        next <<= 1;
        for (code, _) in codes.iter_mut().zip(lengths).filter(|(_, length)| **length == bits) {
            *code = (next.reverse_bits() >> (32 - u32::from(bits)), bits);
            next += 1;
        }
    }
    codes
}

/// The checksum of a zlib stream.
fn adler32(text: &[u8]) -> u32 {
    let (mut sum, mut sums) = (1_u32, 0_u32);
    // As many as stay below 2^32.
    for part in text.chunks(5552) {
        for byte in part {
            sum += u32::from(*byte);
            sums += sum;
        }
        sum %= 65521;
        sums %= 65521;
    }
    sums << 16 | sum
}
