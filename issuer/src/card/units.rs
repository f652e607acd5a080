//! Lengths on the card and the few conversions between whole and fractional numbers.
//!
//! Millimetres describe the layout, dots (1/300 inch) place the codes, points (1/72 inch) go into the PDF.

/// Dots per inch of the card printers.
pub(super) const DPI: u32 = 300;

/// The card in printer dots: as large as ID-1 (85.60 x 53.98 mm, within the tolerance of ISO/IEC 7810) and a whole
/// number of dots, so that a code on a dot seen from one edge is on a dot seen from all of them.
pub(super) const CARD_DOTS: (u32, u32) = (1011, 638);
/// A5 lying, 209.97 x 148.00 mm, to be folded to A6.
pub(super) const LARGE_DOTS: (u32, u32) = (2480, 1748);
/// What is printed beyond the edge of a card: 1.02 mm.
pub(super) const BLEED: u32 = 12;

/// Points in one dot.
pub(super) const POINTS_PER_DOT: f32 = 0.24;

const MM_PER_INCH: f32 = 25.4;
const POINTS_PER_INCH: f32 = 72.0;

/// Millimetres as points.
pub(super) fn points(mm: f32) -> f32 {
    mm * POINTS_PER_INCH / MM_PER_INCH
}

/// Points as millimetres.
pub(super) fn mm(points: f32) -> f32 {
    points * MM_PER_INCH / POINTS_PER_INCH
}

/// Dots as millimetres.
pub(super) fn dots_mm(dots: u32) -> f32 {
    real(dots) * MM_PER_INCH / real(DPI)
}

/// Dots as points, to the hundredth: exact, since a dot is 24 of them.
pub(super) fn dots_points(dots: u32) -> f32 {
    hundredths(real(dots) * POINTS_PER_DOT)
}

/// A whole number as a fraction; exact below 2^24, far above any count on a card.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "the standard library has no other way from u32 to f32; counts on a card stay far below 2^24"
)]
pub(super) fn real(number: u32) -> f32 {
    number as f32
}

/// The whole part of a number; negative numbers give 0.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the standard library has no other way from f32 to u32; the conversion saturates"
)]
pub(super) fn whole(number: f32) -> u32 {
    number as u32
}

/// The nearest colour level.
pub(super) fn level(number: f32) -> u8 {
    u8::try_from(whole(number.round())).unwrap_or(u8::MAX)
}

/// Rounded to hundredths: of a point, far finer than a printer's dot, and short when written.
pub(super) fn hundredths(number: f32) -> f32 {
    (number * 100.0).round() / 100.0
}

/// A count as i32; saturates, which no count in a document comes near.
pub(super) fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A count as u32; saturates, which no count on a card comes near.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_agree_with_each_other() {
        assert!((points(25.4) - 72.0).abs() < 1e-4);
        assert!((mm(points(85.6)) - 85.6).abs() < 1e-4);
        assert!((dots_mm(345) - 29.21).abs() < 1e-3);
    }

    #[test]
    fn numbers_saturate() {
        assert_eq!(whole(-3.0), 0);
        assert_eq!(level(300.0), 255);
        assert_eq!(level(127.5), 128);
    }
}
