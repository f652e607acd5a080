//! Three readers of codes.

use std::path::Path;
use std::process::Command;

use tests::hall::output;

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reader {
    /// The verifier's own, as `verifier check` uses it.
    Ours,
    /// The program `zbarimg`.
    Zbar,
    /// The C++ library as it comes.
    #[cfg(feature = "zxing-cpp")]
    ZxingCpp,
}

/// All that this build has.
pub(super) fn readers() -> impl Iterator<Item = Reader> {
    #[cfg(not(feature = "zxing-cpp"))]
    {
        // Written past the capture of tests: what is skipped is said also where all goes well.
        use std::io::Write as _;
        static SAID: std::sync::Once = std::sync::Once::new();
        SAID.call_once(|| {
            let skipped = "captures: zxing-cpp is skipped, tests/run zxing-cpp reads with it\n";
            std::io::stderr().write_all(skipped.as_bytes()).unwrap();
        });
    }
    let all = [
        Reader::Ours,
        Reader::Zbar,
        #[cfg(feature = "zxing-cpp")]
        Reader::ZxingCpp,
    ];
    all.into_iter()
}

/// Those that need no program started for each picture.
pub(super) fn libraries() -> impl Iterator<Item = Reader> {
    readers().filter(|reader| *reader != Reader::Zbar)
}

impl Reader {
    /// The texts of all QR codes in a picture.
    pub(super) fn read(self, picture: &Path) -> Vec<String> {
        match self {
            Self::Ours => reader::codes_in(&std::fs::read(picture).unwrap()).unwrap(),
            Self::Zbar => zbar(picture),
            #[cfg(feature = "zxing-cpp")]
            Self::ZxingCpp => zxing_cpp(picture),
        }
    }
}

/// Exit status 4 says that there is no code.
fn zbar(picture: &Path) -> Vec<String> {
    let arguments = ["-q", "--raw", "-Sdisable", "-Sqrcode.enable"];
    let output = output(Command::new("zbarimg").args(arguments).arg(picture));
    let output = output.unwrap_or_else(|error| panic!("zbarimg: {error}; tests/run installs it"));
    assert!(matches!(output.status.code(), Some(0 | 4)), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[cfg(feature = "zxing-cpp")]
fn zxing_cpp(picture: &Path) -> Vec<String> {
    let gray = image::open(picture).unwrap().into_luma8();
    let (width, height) = gray.dimensions();
    let view =
        zxingcpp::ImageView::from_slice(gray.as_raw(), width, height, zxingcpp::ImageFormat::Lum).unwrap();
    let reader = zxingcpp::read().formats([zxingcpp::BarcodeFormat::QRCodeModel2]);
    reader.from(&view).unwrap().iter().map(zxingcpp::Barcode::text).collect()
}
