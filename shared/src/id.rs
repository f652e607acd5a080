//! The number on the card.

use core::fmt;

use thiserror::Error;

use crate::crockford;

const DATA_SYMBOLS: usize = 8;

/// The number printed on a card: `XXXX-XXXX-X`, 40 random bits and a check
/// symbol, with no order, office or route in it.
///
/// The check is over GF(32) with x⁵ + x² + 1: the symbols s₀…s₈ satisfy
/// Σ sᵢ·αᵏ = 0 with k = 8 − i. It catches every single wrong symbol and every two
/// symbols that changed places.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardNumber([u8; DATA_SYMBOLS + 1]);

/// Why a text is not a card number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NumberError {
    /// Not nine symbols, hyphens and spaces apart.
    #[error("a card number has 9 symbols, this has {symbols}")]
    Length {
        /// How many there are.
        symbols: usize,
    },
    /// A character that stands for no symbol.
    #[error("{found:?} stands in no card number")]
    Symbol {
        /// The character.
        found: char,
    },
    /// The check symbol does not fit: something was mistyped.
    #[error("the check symbol does not fit: mistyped")]
    Check,
}

impl CardNumber {
    /// The number that 40 random bits give.
    #[must_use]
    pub fn from_random(random: [u8; 5]) -> Self {
        let mut symbols = [0; DATA_SYMBOLS + 1];
        for (place, symbol) in symbols.iter_mut().zip(crockford::symbols(random)) {
            *place = symbol;
        }
        // The last symbol has weight 1, so what the others sum to is the check.
        let check = weighted_sum(&symbols);
        if let Some(last) = symbols.last_mut() {
            *last = check;
        }
        Self(symbols)
    }

    /// The random bits that it was made of, as a number below 2^40.
    #[must_use]
    pub fn bits(&self) -> u64 {
        self.0.iter().take(DATA_SYMBOLS).fold(0, |bits, symbol| (bits << 5) | u64::from(*symbol))
    }

    /// Reads what a person typed: either case, with or without hyphens and
    /// spaces, O for 0, I and L for 1.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let mut symbols = [0; DATA_SYMBOLS + 1];
        let mut count = 0;
        for found in text.chars().filter(|c| !matches!(c, '-' | ' ')) {
            let symbol = crockford::symbol(found).ok_or(NumberError::Symbol { found })?;
            if let Some(place) = symbols.get_mut(count) {
                *place = symbol;
            }
            count += 1;
        }
        if count != symbols.len() {
            return Err(NumberError::Length { symbols: count });
        }
        if weighted_sum(&symbols) != 0 {
            return Err(NumberError::Check);
        }
        Ok(Self(symbols))
    }
}

impl fmt::Display for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, symbol) in self.0.iter().enumerate() {
            if matches!(place, 4 | 8) {
                f.write_str("-")?;
            }
            write!(f, "{}", crockford::letter(*symbol))?;
        }
        Ok(())
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardNumber({self})")
    }
}

/// Σ sᵢ·α⁸⁻ⁱ by Horner's rule.
fn weighted_sum(symbols: &[u8]) -> u8 {
    symbols.iter().fold(0, |sum, symbol| times_alpha(sum) ^ symbol)
}

fn times_alpha(symbol: u8) -> u8 {
    let shifted = symbol << 1;
    if shifted & 0x20 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_bits() {
        for random in [[0; 5], [0xff; 5], [0x00, 0x44, 0x32, 0x14, 0xc7]] {
            let bits = random.iter().fold(0, |bits, byte| (bits << 8) | u64::from(*byte));
            assert_eq!(CardNumber::from_random(random).bits(), bits);
        }
    }

    #[test]
    fn reads_back_what_it_prints_and_what_people_type() {
        let number = CardNumber::from_random([0x00, 0x44, 0x32, 0x14, 0xc7]);
        let printed = number.to_string();
        assert_eq!(printed.len(), 11);
        assert_eq!(CardNumber::parse(&printed), Ok(number));
        let typed = printed.to_lowercase().replace('-', " ").replace('1', "l").replace('0', "o");
        assert_eq!(CardNumber::parse(&typed), Ok(number));
    }

    #[test]
    fn every_wrong_symbol_and_every_exchange_is_caught() {
        let number = CardNumber::from_random([0x9d, 0x12, 0x5b, 0xe0, 0x37]);
        for place in 0..9 {
            for other in (0..32).filter(|symbol| *symbol != number.0[place]) {
                let mut wrong = number.0;
                wrong[place] = other;
                assert_ne!(weighted_sum(&wrong), 0);
            }
            for second in 0..place {
                let mut wrong = number.0;
                wrong.swap(place, second);
                assert_eq!(weighted_sum(&wrong) == 0, wrong == number.0);
            }
        }
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(CardNumber::parse("ABCD"), Err(NumberError::Length { symbols: 4 }));
        assert_eq!(CardNumber::parse("ABCD-EFGU-1"), Err(NumberError::Symbol { found: 'U' }));
        assert_eq!(CardNumber::parse("0000-0000-1"), Err(NumberError::Check));
    }

    #[test]
    fn it_is_debugged_as_it_is_printed() {
        let number = CardNumber::from_random([0x00, 0x44, 0x32, 0x14, 0xc7]);
        assert_eq!(format!("{number:?}"), format!("CardNumber({number})"));
    }
}
