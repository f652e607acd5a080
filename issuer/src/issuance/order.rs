//! The order in which a status list hands out its indices: it looks random and never repeats.
//!
//! A Feistel network over the smallest even number of bits that holds the list, with HMAC-SHA-256 as its round
//! function, and cycle walking where the list is smaller than that. Cards issued one after the other so stand
//! nowhere near each other, and nobody without the secret can tell their order.

use zeroize::Zeroizing;

use crate::mac::hmac_sha256;

const ROUNDS: u8 = 8;

/// The order of one list.
#[derive(Clone)]
pub struct IndexOrder {
    key: Zeroizing<[u8; 32]>,
    capacity: u64,
    half_bits: u32,
}

impl std::fmt::Debug for IndexOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IndexOrder(of {})", self.capacity)
    }
}

impl IndexOrder {
    /// The order of the list named `list`, which holds `capacity` cards.
    #[must_use]
    pub fn new(secret: &[u8; 32], list: &str, capacity: u64) -> Self {
        let bits = u64::BITS - capacity.saturating_sub(1).leading_zeros();
        let key = hmac_sha256(secret, &[list.as_bytes()]);
        Self { key: Zeroizing::new(key), capacity, half_bits: bits.div_ceil(2).max(1) }
    }

    /// The index at a position, both below the capacity.
    #[must_use]
    pub fn index(&self, position: u64) -> u64 {
        let mut index = self.shuffle(position);
        while index >= self.capacity {
            index = self.shuffle(index);
        }
        index
    }

    fn shuffle(&self, place: u64) -> u64 {
        let mask = (1_u64 << self.half_bits) - 1;
        let (mut left, mut right) = ((place >> self.half_bits) & mask, place & mask);
        for round in 0..ROUNDS {
            let mixed = left ^ (self.round(round, right) & mask);
            (left, right) = (right, mixed);
        }
        (left << self.half_bits) | right
    }

    fn round(&self, round: u8, half: u64) -> u64 {
        let tag = hmac_sha256(&self.key, &[&[round], &half.to_be_bytes()]);
        tag.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_index_comes_once() {
        for capacity in [1, 2, 3, 100, 1_000, 4_096] {
            let order = IndexOrder::new(&[7; 32], "list", capacity);
            let indices: BTreeSet<u64> = (0..capacity).map(|position| order.index(position)).collect();
            assert_eq!(indices, (0..capacity).collect());
        }
    }

    #[test]
    fn lists_and_cities_differ_and_neighbours_part() {
        let first = |secret: u8, list: &str| {
            let order = IndexOrder::new(&[secret; 32], list, 1 << 20);
            (0..8).map(|position| order.index(position)).collect::<Vec<_>>()
        };
        assert_ne!(first(1, "a"), first(1, "b"));
        assert_ne!(first(1, "a"), first(2, "a"));
        assert!(first(1, "a").windows(2).all(|pair| pair[0].abs_diff(pair[1]) > 1));
        assert_eq!(first(1, "a"), first(1, "a"));
    }
}
