//! The barcode of the card's number, for the desks of libraries.
//!
//! Library systems expect a patron's number of 14 digits whose last is a Luhn check digit, in a barcode that
//! every hand scanner reads. The 40 bits of a card number take 13 digits, so the two meet exactly.

use barcoders::sym::code128::Code128;
use shared::id::CardNumber;

use crate::card::units::count;

/// The card number as libraries know it: its 40 bits as 13 decimal digits, then a Luhn check digit.
#[must_use]
pub fn library_number(number: &CardNumber) -> Option<String> {
    let digits = format!("{:013}", number.bits());
    let check = luhn(&digits)?;
    Some(format!("{digits}{check}"))
}

/// The digit that makes the sum a multiple of ten, every second digit from the right counted double.
fn luhn(digits: &str) -> Option<u32> {
    let weights = [2, 1].into_iter().cycle();
    let sum = digits.chars().rev().zip(weights).try_fold(0, |sum, (digit, weight)| {
        let product = digit.to_digit(10)? * weight;
        Some(sum + product / 10 + product % 10)
    })?;
    Some((10 - sum % 10) % 10)
}

/// A Code 128 barcode (ISO/IEC 15417) in character set C, which packs two digits into 11 modules:
/// 14 digits take 112 modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Barcode {
    modules: Vec<bool>,
}

impl Barcode {
    /// The barcode of an even number of digits.
    pub(super) fn new(digits: &str) -> Option<Self> {
        /// How `barcoders` writes that character set C begins.
        const SET_C: char = '\u{106}';
        let code = Code128::new(format!("{SET_C}{digits}")).ok()?;
        Some(Self { modules: code.encode().into_iter().map(|module| module == 1).collect() })
    }

    /// From left to right, true where dark, without the quiet zone of ten modules on either side.
    pub(super) fn modules(&self) -> &[bool] {
        &self.modules
    }

    /// Where each dark bar begins and how wide it is, in modules.
    pub(super) fn bars(&self) -> impl Iterator<Item = (u32, u32)> {
        let runs = self.modules.chunk_by(|a, b| a == b).scan(0, |place, run| {
            let (start, width) = (*place, count(run.len()));
            *place += width;
            Some((run, start, width))
        });
        runs.filter(|(run, ..)| run.first() == Some(&true)).map(|(_, start, width)| (start, width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_thirteen_digits_and_a_check_digit() {
        let number = CardNumber::from_random([0x00, 0x44, 0x32, 0x14, 0xc7]);
        assert_eq!(library_number(&number).as_deref(), Some("00011441328074"));
        let largest = CardNumber::from_random([0xff; 5]);
        assert_eq!(library_number(&largest).as_deref(), Some("10995116277756"));
    }

    #[test]
    fn the_check_digit_is_that_of_luhn() {
        assert_eq!(luhn("7992739871"), Some(3));
        assert_eq!(luhn("0"), Some(0));
        assert_eq!(luhn("A"), None);
    }

    #[test]
    fn fourteen_digits_take_112_modules_in_set_c() {
        let barcode = Barcode::new("10990000000004").unwrap();
        assert_eq!(barcode.modules().len(), 112);
        let bits: String = barcode.modules().iter().map(|dark| if *dark { '1' } else { '0' }).collect();
        // Start C, the pair 10, and the stop pattern.
        assert!(bits.starts_with("1101001110011001000100"));
        assert!(bits.ends_with("1100011101011"));
        assert_eq!(Barcode::new("123"), None);
    }
}
