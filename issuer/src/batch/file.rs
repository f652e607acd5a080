//! The CSV file of a batch.

use std::fmt;
use std::path::Path;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::BatchError;
use crate::card::Photo;
use crate::config::City;
use crate::issuance::{Application, Pictures};
use crate::resident::{Resident, Typed};
use crate::{Error, files, parallel};

/// The columns, as they are named in the header.
const COLUMNS: [&str; 10] = [
    "full_name",
    "second_name",
    "second_lang",
    "birth_date",
    "gender",
    "address",
    "guardian",
    "services",
    "photo",
    "language",
];

/// Largest file, in bytes.
const MAX_FILE: usize = 256 * 1024 * 1024;

/// A batch, every row checked.
#[derive(Debug)]
pub struct BatchFile {
    /// SHA-256 over the file and its photos: the same digest makes the same cards.
    pub digest: [u8; 32],
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row, checked.
#[derive(Debug)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Whose card it asks for.
    pub application: Application,
}

/// What is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The column, where one is to blame.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub wrong: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}, {column}: {}", self.line, self.wrong),
            None => write!(f, "line {}: {}", self.line, self.wrong),
        }
    }
}

impl BatchFile {
    /// Reads and checks a file with all its photos, which are meant from the folder it lies in.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(path: &Path, city: &City, today: NaiveDate) -> Result<Self, Error> {
        let wrong = |wrong: String| BatchError::File { path: path.to_owned(), wrong };
        let bytes = files::read(path)?;
        if bytes.len() > MAX_FILE {
            return Err(wrong(format!("{} bytes are too large for a batch", bytes.len())).into());
        }
        // What some spreadsheets put in front of UTF-8.
        let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(content)).from_reader(content);
        let columns =
            Columns::of(reader.byte_headers().map_err(|error| wrong(error.to_string()))?).map_err(wrong)?;
        let mut typed = Vec::new();
        let mut errors = Vec::new();
        for record in reader.into_byte_records() {
            match record {
                Ok(record) => typed.push(record),
                Err(error) => errors.push(csv_error(&error)),
            }
        }
        if typed.is_empty() && errors.is_empty() {
            return Err(wrong("there is no row below the header".to_owned()).into());
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let budget = usize::try_from(city.face_budget.bytes()).unwrap_or(usize::MAX);
        let mut digest = Sha256::new_with_prefix(&bytes);
        let mut rows = Vec::with_capacity(typed.len());
        let checked = parallel::map(&typed, |record| check(record, &columns, city, today, folder, budget));
        for result in checked {
            match result {
                Ok((row, photo)) => {
                    digest.update(photo.unwrap_or_default());
                    rows.push(row);
                }
                Err(more) => errors.extend(more),
            }
        }
        if errors.is_empty() {
            return Ok(Self { digest: digest.finalize().into(), rows });
        }
        errors.sort_by_key(|error| error.line);
        Err(BatchError::Rows(errors).into())
    }
}

/// At which place of a record each column stands.
struct Columns([Option<usize>; COLUMNS.len()]);

impl Columns {
    fn of(header: &csv::ByteRecord) -> Result<Self, String> {
        let mut places = [None; COLUMNS.len()];
        for (place, name) in header.iter().enumerate() {
            let name = String::from_utf8_lossy(name);
            let column = COLUMNS.iter().position(|column| *column == name.trim());
            let Some(held) = column.and_then(|column| places.get_mut(column)) else {
                return Err(format!(
                    "unknown column {:?}; the columns are: {}",
                    name.trim(),
                    COLUMNS.join(", ")
                ));
            };
            if held.replace(place).is_some() {
                return Err(format!("the column {:?} stands twice", name.trim()));
            }
        }
        if places.first().copied().flatten().is_none() {
            return Err("the header has no column full_name".to_owned());
        }
        Ok(Self(places))
    }

    fn cell<'a>(&self, record: &'a csv::ByteRecord, column: &'static str) -> Result<&'a str, RowError> {
        let place = COLUMNS.iter().position(|name| *name == column);
        let place = place.and_then(|place| self.0.get(place).copied().flatten());
        let cell = place.and_then(|place| record.get(place)).unwrap_or_default();
        std::str::from_utf8(cell).map_err(|_| RowError {
            line: line_of(record),
            column: Some(column),
            wrong: "not UTF-8; save the file as CSV UTF-8".to_owned(),
        })
    }
}

type Checked = Result<(Row, Option<[u8; 32]>), Vec<RowError>>;

fn check(
    record: &csv::ByteRecord,
    columns: &Columns,
    city: &City,
    today: NaiveDate,
    folder: &Path,
    budget: usize,
) -> Checked {
    let line = line_of(record);
    let cell = |column| columns.cell(record, column).map_err(|error| vec![error]);
    let typed = Typed {
        full_name: cell("full_name")?,
        second_name: cell("second_name")?,
        second_lang: cell("second_lang")?,
        birth_date: cell("birth_date")?,
        gender: cell("gender")?,
        address: cell("address")?,
        guardian: cell("guardian")?,
        services: cell("services")?,
        language: cell("language")?,
    };
    let photo = cell("photo")?.trim();
    let resident = Resident::parse(&typed, city, today).map_err(|wrong| {
        let in_row = |wrong: crate::resident::WrongField| RowError {
            line,
            column: Some(wrong.field),
            wrong: wrong.wrong.to_string(),
        };
        wrong.into_iter().map(in_row).collect::<Vec<_>>()
    });
    let pictures = if photo.is_empty() { Ok(None) } else { pictures(&folder.join(photo), budget).map(Some) };
    let pictures = pictures
        .map_err(|wrong| vec![RowError { line, column: Some("photo"), wrong: format!("{photo}: {wrong}") }]);
    match (resident, pictures) {
        (Ok(resident), Ok(pictures)) => {
            let (pictures, digest) = pictures.unzip();
            Ok((Row { line, application: Application { resident, pictures } }, digest))
        }
        (Err(mut wrong), Err(more)) => {
            wrong.extend(more);
            Err(wrong)
        }
        (Err(wrong), _) | (_, Err(wrong)) => Err(wrong),
    }
}

fn pictures(path: &Path, budget: usize) -> Result<(Pictures, [u8; 32]), String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let photo = Photo::decode(&bytes).map_err(|error| error.to_string())?;
    let portrait = photo.portrait_jpeg().map_err(|error| error.to_string())?;
    let face = photo.face_webp(budget).map_err(|error| error.to_string())?;
    Ok((Pictures { portrait, face }, Sha256::digest(&bytes).into()))
}

/// A semicolon where the header has semicolons and no comma, as spreadsheets write it in many countries.
fn delimiter(content: &[u8]) -> u8 {
    let header = content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if header.contains(&b';') && !header.contains(&b',') { b';' } else { b',' }
}

fn line_of(record: &csv::ByteRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

fn csv_error(error: &csv::Error) -> RowError {
    let line = error.position().map_or(0, csv::Position::line);
    let wrong = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells, the header has {expected_len}; is a comma or a quotation mark missing?")
        }
        _ => error.to_string(),
    };
    RowError { line, column: None, wrong }
}
