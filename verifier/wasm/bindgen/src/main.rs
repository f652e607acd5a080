//! Writes what a browser loads: the core without what only linkers read, and the JavaScript that calls it.
//!
//! ```text
//! page-bindgen verifier_wasm.wasm FOLDER
//! ```

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(built), Some(folder), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("page-bindgen FILE.wasm FOLDER".into());
    };
    Bindgen::new()
        .web(true)?
        .input_path(built)
        .out_name("core")
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)?;
    Ok(())
}
