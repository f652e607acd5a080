//! Writes the vectors: `cargo run -p tests --bin vectors`.
//!
//! With `--corpus DIR` it writes the first inputs of the fuzz targets into DIR
//! instead.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use tests::vectors::{self, Folder};

fn main() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1);
    match (arguments.next(), arguments.next()) {
        (None, _) => write_vectors(),
        (Some(option), Some(dir)) if option == "--corpus" => write_corpus(Path::new(&dir)),
        _ => Err(io::Error::other("usage: vectors [--corpus DIR]")),
    }
}

fn write_vectors() -> io::Result<()> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/vectors"));
    let files = vectors::files();
    for folder in Folder::ALL.map(Folder::name).into_iter().chain(["bundles"]) {
        let folder = root.join(folder);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
    }
    for (path, text) in &files {
        fs::write(root.join(path), text)?;
    }
    println!("{} files in {}", files.len(), root.display());
    Ok(())
}

fn write_corpus(dir: &Path) -> io::Result<()> {
    let seeds = vectors::seeds();
    for (target, inputs) in &seeds {
        let folder = dir.join(target);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in inputs {
            fs::write(folder.join(name), bytes)?;
        }
        println!("{} inputs in {}", inputs.len(), folder.display());
    }
    Ok(())
}
