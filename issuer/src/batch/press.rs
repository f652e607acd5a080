//! The press of a city: what its folder says about its cards.

use std::path::{Path, PathBuf};

use crate::card::{Emblem, Fonts, LayoutError, Press};
use crate::config::Text;
use crate::files::failed;
use crate::words::Words;
use crate::{Error, Issuer, files};

/// Folder of a city's own texts, from its data directory: a Fluent file for each language, such as `tr.ftl`.
const TEXTS: &str = "locales";

/// The press of a city, with its colours, its emblem and, where it has its own, its layouts and texts.
///
/// # Errors
/// When a file cannot be read, the emblem is no picture that can be printed, or layouts or texts would spoil a card.
pub fn press(issuer: &Issuer) -> Result<Press, Error> {
    let built_in = |error: LayoutError| Error::Refused(format!("built-in layouts: {error}"));
    let mut press = Press::new(Fonts::new(true)).map_err(built_in)?.with_palette(issuer.city.palette);
    let path = |name: &Text| issuer.data.join(name.as_str());
    if let Some(name) = &issuer.city.layouts {
        let path = path(name);
        press = press.with_layouts(&text(&path)?).map_err(|error| refused(&path, &error))?;
    }
    if let Some(name) = &issuer.city.emblem {
        let path = path(name);
        let emblem = Emblem::read(&files::read(&path)?).map_err(|error| refused(&path, &error))?;
        press = press.with_emblem(&emblem).map_err(|error| refused(&path, &error))?;
    }
    Ok(press.with_words(words(&issuer.data)?))
}

/// What is said in a city, with its own texts, from its data directory.
///
/// # Errors
/// When a file cannot be read, or would be said wrong.
pub fn words(data: &Path) -> Result<Words, Error> {
    let mut words = Words::built_in();
    for path in texts(&data.join(TEXTS))? {
        let language = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        words.with(&language, &text(&path)?).map_err(|error| refused(&path, &error))?;
    }
    Ok(words)
}

/// The Fluent files of a folder, in order; none where there is no folder.
fn texts(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let paths = entries.map_err(failed("read the folder", folder))?.into_iter().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "ftl")).collect();
    paths.sort();
    Ok(paths)
}

fn text(path: &Path) -> Result<String, Error> {
    String::from_utf8(files::read(path)?).map_err(|_| refused(path, &"is no text in UTF-8"))
}

fn refused(path: &Path, wrong: &dyn std::fmt::Display) -> Error {
    Error::Refused(format!("{}: {wrong}", path.display()))
}
