//! Takes in what `verifier/wasm-build` built, where it is there.

use std::path::Path;
use std::{env, fs, io};

/// What the page fetches of it, and as what.
const FILES: [(&str, &str); 2] =
    [("core.js", "text/javascript; charset=utf-8"), ("core.wasm", "application/wasm")];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=wasm");
    let here = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let built = Path::new(&here).join("wasm/built");
    let is_built = FILES.iter().all(|(name, _)| built.join(name).is_file());
    let parts: Vec<String> = FILES
        .iter()
        .filter(|_| is_built)
        .map(|(name, kind)| {
            let path = built.join(name).display().to_string();
            format!("Part::new({name:?}, {kind:?}, include_bytes!({path:?}))")
        })
        .collect();
    fs::write(Path::new(&out).join("core.rs"), format!("[{}]", parts.join(", ")))
}
