//! The CSV file of a batch.

use std::borrow::Cow;
use std::path::Path;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::wrong::{BatchError, FileWrong, PhotoWrong, RowError, RowWrong};
use crate::card::Photo;
use crate::config::City;
use crate::issuance::{Application, Pictures};
use crate::resident::{Resident, Typed};
use crate::{Error, files, parallel};

/// The columns, as they are named in the header.
pub(super) const COLUMNS: [&str; 10] = [
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

/// A file that was looked through: what is good in it, and everything that is not.
#[derive(Debug)]
pub struct Looked {
    pub(super) file: BatchFile,
    pub(super) wrong: Vec<RowError>,
}

/// Gives the bytes of a photo that a row names.
pub type Photos<'a> = dyn Fn(&str) -> Result<Cow<'a, [u8]>, PhotoWrong> + Sync + 'a;

impl BatchFile {
    /// Reads and checks a file with all its photos, which are meant from the folder it lies in.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(path: &Path, city: &City, today: NaiveDate) -> Result<Self, Error> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let photos = |name: &str| {
            let read = std::fs::read(folder.join(name));
            read.map(Cow::Owned).map_err(|error| PhotoWrong::Unread(error.to_string()))
        };
        let looked = Looked::through(&files::read(path)?, &photos, city, today)
            .map_err(|wrong| BatchError::File { path: path.to_owned(), wrong })?;
        if looked.wrong.is_empty() { Ok(looked.file) } else { Err(BatchError::Rows(looked.wrong).into()) }
    }
}

impl Looked {
    /// Looks through the bytes of a file, row by row.
    ///
    /// # Errors
    /// Why it is no batch at all.
    pub fn through(
        bytes: &[u8],
        photos: &Photos<'_>,
        city: &City,
        today: NaiveDate,
    ) -> Result<Self, FileWrong> {
        if bytes.len() > MAX_FILE {
            return Err(FileWrong::TooLarge { bytes: bytes.len() });
        }
        // What some spreadsheets put in front of UTF-8.
        let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(content)).from_reader(content);
        let header = reader.byte_headers().map_err(|error| FileWrong::NotCsv(error.to_string()))?;
        let columns = Columns::of(header)?;
        let mut typed = Vec::new();
        let mut wrong = Vec::new();
        for record in reader.into_byte_records() {
            match record {
                Ok(record) => typed.push(record),
                Err(error) => wrong.push(csv_error(&error)),
            }
        }
        if typed.is_empty() && wrong.is_empty() {
            return Err(FileWrong::NoRows);
        }
        let budget = city.face_bytes();
        let mut digest = Sha256::new_with_prefix(bytes);
        let mut rows = Vec::with_capacity(typed.len());
        for result in parallel::map(&typed, |record| check(record, &columns, city, today, photos, budget)) {
            match result {
                Ok((row, photo)) => {
                    digest.update(photo.unwrap_or_default());
                    rows.push(row);
                }
                Err(more) => wrong.extend(more),
            }
        }
        wrong.sort_by_key(|error| error.line);
        Ok(Self { file: BatchFile { digest: digest.finalize().into(), rows }, wrong })
    }
}

/// At which place of a record each column stands.
struct Columns([Option<usize>; COLUMNS.len()]);

impl Columns {
    fn of(header: &csv::ByteRecord) -> Result<Self, FileWrong> {
        let mut places = [None; COLUMNS.len()];
        for (place, name) in header.iter().enumerate() {
            let name = String::from_utf8_lossy(name);
            let column = COLUMNS.iter().position(|column| *column == name.trim());
            let Some(held) = column.and_then(|column| places.get_mut(column)) else {
                return Err(FileWrong::UnknownColumn { name: name.trim().to_owned() });
            };
            if held.replace(place).is_some() {
                return Err(FileWrong::ColumnTwice { name: name.trim().to_owned() });
            }
        }
        if places.first().copied().flatten().is_none() {
            return Err(FileWrong::NoNames);
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
            wrong: RowWrong::NotUtf8,
        })
    }
}

type Checked = Result<(Row, Option<[u8; 32]>), Vec<RowError>>;

fn check(
    record: &csv::ByteRecord,
    columns: &Columns,
    city: &City,
    today: NaiveDate,
    photos: &Photos<'_>,
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
            wrong: wrong.wrong.into(),
        };
        wrong.into_iter().map(in_row).collect::<Vec<_>>()
    });
    let pictures = if photo.is_empty() { Ok(None) } else { pictures(photo, photos, budget).map(Some) };
    let pictures = pictures.map_err(|wrong| {
        vec![RowError {
            line,
            column: Some("photo"),
            wrong: RowWrong::Photo { name: photo.to_owned(), wrong },
        }]
    });
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

fn pictures(name: &str, photos: &Photos<'_>, budget: usize) -> Result<(Pictures, [u8; 32]), PhotoWrong> {
    let of_no_use = |error: crate::card::PhotoError| PhotoWrong::NoPhoto(error.to_string());
    let bytes = photos(name)?;
    let photo = Photo::decode(&bytes).map_err(of_no_use)?;
    let pictures = Pictures::of(&photo, budget).map_err(of_no_use)?;
    Ok((pictures, Sha256::digest(&bytes).into()))
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
            RowWrong::Cells { cells: *len, columns: *expected_len }
        }
        _ => RowWrong::NotCsv(error.to_string()),
    };
    RowError { line, column: None, wrong }
}
