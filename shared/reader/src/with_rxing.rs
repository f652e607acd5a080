//! Finds the codes of one view with rxing, in pure Rust.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::{BitMatrix, DetectorRXingResult, HybridBinarizer};
use rxing::qrcode::cpp_port::{decoder, detector};
use rxing::{Binarizer, Luma8Source};

use super::views::View;
use super::{Code, Looked};

/// All codes of a view. rxing's detector says of itself that it may panic: such a view shows nothing.
pub(super) fn look(view: &View) -> Looked {
    catch_unwind(AssertUnwindSafe(|| binary(view).map(|bits| codes(&bits)).unwrap_or_default()))
        .unwrap_or_default()
}

fn codes(bits: &BitMatrix) -> Looked {
    let mut patterns = detector::FindFinderPatterns(bits, true, 0);
    let sets = detector::GenerateFinderPatternSets(&mut patterns);
    let mut used = Vec::new();
    let mut unread = Vec::new();
    let mut codes = Vec::new();
    for set in &sets {
        let corners = [set.bl, set.tl, set.tr];
        if corners.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        let Ok(sample) = detector::SampleQR(bits, set) else { continue };
        match decoder::Decode(sample.getBits()) {
            Ok(decoded) if decoded.isValid() => {
                used.extend(corners);
                // Not rxing's own result: it asks for the time of day, which a browser's core has not.
                let points = sample.getPoints().iter().map(|point| (point.x, point.y));
                codes.push(Code::new(decoded.text(), points));
            }
            _ => unread.push(corners),
        }
    }
    // A set that shares a corner with a code that was read was never a code.
    let unread = unread.iter().any(|corners| corners.iter().all(|corner| !used.contains(corner)));
    Looked { codes, unread }
}

/// Which pixels are dark.
fn binary(view: &View) -> rxing::common::Result<BitMatrix> {
    let (width, height) = view.gray.dimensions();
    if !view.binary {
        let source = Luma8Source::new_with_slice(view.gray.as_raw(), width, height)?;
        return HybridBinarizer::new(source).get_black_matrix().cloned();
    }
    let mut bits = BitMatrix::new(width, height)?;
    for (x, y, pixel) in view.gray.enumerate_pixels() {
        if pixel.0 == [0] {
            bits.set(x, y);
        }
    }
    Ok(bits)
}
