//! What is wrong with a file of residents, as data: the command line says it in English, the desk in its officer's
//! language.

use std::path::PathBuf;

use thiserror::Error;

use super::file::COLUMNS;
use crate::resident::Wrong;

/// Why nothing of a batch was issued.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// Rows are wrong.
    #[error("nothing was issued: {}", listed(.0))]
    Rows(Vec<RowError>),
    /// The file is no batch at all.
    #[error("{}: {wrong}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        wrong: FileWrong,
    },
}

/// Why a file is no batch at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileWrong {
    /// It is larger than a batch may be.
    #[error("{bytes} bytes are too large for a batch")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// It has a column that a batch has not.
    #[error("unknown column {name:?}; the columns are: {}", COLUMNS.join(", "))]
    UnknownColumn {
        /// As it stands in the header.
        name: String,
    },
    /// A column stands in the header twice.
    #[error("the column {name:?} stands twice")]
    ColumnTwice {
        /// Which.
        name: String,
    },
    /// There is no column of names.
    #[error("the header has no column full_name")]
    NoNames,
    /// It has a header and nothing else.
    #[error("there is no row below the header")]
    NoRows,
    /// Its header cannot be read.
    #[error("{0}")]
    NotCsv(String),
}

/// What is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}{}: {wrong}", column.map(|column| format!(", {column}")).unwrap_or_default())]
pub struct RowError {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The column, where one is to blame.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub wrong: RowWrong,
}

/// What can be wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RowWrong {
    /// A cell is no text in UTF-8.
    #[error("not UTF-8; save the file as CSV UTF-8")]
    NotUtf8,
    /// It has more or fewer cells than the header.
    #[error("{cells} cells, the header has {columns}; is a comma or a quotation mark missing?")]
    Cells {
        /// How many it has.
        cells: u64,
        /// How many the header has.
        columns: u64,
    },
    /// It cannot be read as CSV.
    #[error("{0}")]
    NotCsv(String),
    /// A cell is not what it should be.
    #[error(transparent)]
    Cell(#[from] Wrong),
    /// Its photo is not there, or of no use.
    #[error("{name}: {wrong}")]
    Photo {
        /// As the row names it.
        name: String,
        /// What is wrong with it.
        wrong: PhotoWrong,
    },
    /// The card or the slip cannot be printed.
    #[error("{0}")]
    Unprintable(String),
}

/// What can be wrong with a row's photo.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PhotoWrong {
    /// It cannot be read from where it should lie.
    #[error("{0}")]
    Unread(String),
    /// It was not sent along.
    #[error("was not sent along")]
    NotSent,
    /// Several files of its name were sent along.
    #[error("several files of this name were sent along")]
    SentTwice,
    /// It is no picture that can be used.
    #[error("{0}")]
    NoPhoto(String),
}

/// The first wrong rows, one a line, and how many more there are.
fn listed(errors: &[RowError]) -> String {
    const SHOWN: usize = 20;
    let mut lines: Vec<String> = errors.iter().take(SHOWN).map(|error| format!("\n  {error}")).collect();
    if errors.len() > SHOWN {
        lines.push(format!("\n  and {} more", errors.len() - SHOWN));
    }
    lines.concat()
}
