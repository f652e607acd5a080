//! A backup: its header and what it encrypts, which only the holder of the key could have written, each alone.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use issuer::backup::{What, unpack, unpack_plain};
use libfuzzer_sys::fuzz_target;
use shared_fuzz::within_limits;

/// A key that everybody knows.
const KEY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
static IDENTITY: LazyLock<age::x25519::Identity> =
    LazyLock::new(|| KEY.parse().unwrap());
/// Made only where a file is put into it.
static FOLDER: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("fuzz-backup-{}", std::process::id())));

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    let what = if kind & 2 == 0 { What::City } else { What::Keys };
    let unpacked = within_limits(|| match kind & 1 {
        0 => unpack(data, &IDENTITY, what, &FOLDER),
        _ => unpack_plain(data, what, &FOLDER),
    });
    if let Err(error) = unpacked {
        assert!(!error.to_string().is_empty());
    }
    if FOLDER.exists() {
        std::fs::remove_dir_all(&*FOLDER).unwrap();
    }
});
