//! Finds the codes of one view with zxing-cpp, which is C++ and needs cmake to build.

use zxingcpp::{Barcode, BarcodeFormat, Binarizer, ImageFormat, ImageView};

use super::views::View;
use super::{Code, Looked};

/// All codes of a view.
pub(super) fn look(view: &View) -> Looked {
    let (width, height) = view.gray.dimensions();
    let Ok(image) = ImageView::from_slice(view.gray.as_raw(), width, height, ImageFormat::Lum) else {
        return Looked::default();
    };
    let threshold = if view.binary { Binarizer::FixedThreshold } else { Binarizer::LocalAverage };
    // Model 2 is what everyone calls a QR code: micro codes are seen in pictures where there are none.
    let reader =
        zxingcpp::read().binarizer(threshold).formats([BarcodeFormat::QRCodeModel2]).return_errors(true);
    let (read, unread): (Vec<_>, Vec<_>) =
        reader.from(&image).unwrap_or_default().into_iter().partition(Barcode::is_valid);
    Looked { codes: read.iter().map(code).collect(), unread: !unread.is_empty() }
}

fn code(barcode: &Barcode) -> Code {
    let at = barcode.position();
    let corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left];
    Code::new(barcode.text(), corners.map(|point| (coordinate(point.x), coordinate(point.y))))
}

/// A side of at most 40 megapixels may not fit in 16 bits; only the order of codes hangs on it.
fn coordinate(value: i32) -> f32 {
    f32::from(i16::try_from(value).unwrap_or(i16::MAX))
}
