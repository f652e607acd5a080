//! The CSV file of a batch, read row by row.

use std::borrow::Cow;
use std::io::BufRead;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::wrong::{FileWrong, PhotoWrong, RowError, RowWrong};
use crate::card::Photo;
use crate::config::City;
use crate::issuance::{Application, Pictures};
use crate::resident::{Resident, Typed};

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
const MAX_FILE: u64 = 256 * 1024 * 1024;

/// A file of residents, opened: its header is good, and something stands below it.
pub struct BatchFile<'a> {
    records: std::iter::Peekable<csv::ByteRecordsIntoIter<Box<dyn BufRead + 'a>>>,
    columns: Columns,
    bytes: u64,
}

/// A row, checked.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Whose card it asks for.
    pub application: Application,
}

/// Gives the bytes of a photo that a row names.
pub type Photos<'a> = dyn Fn(&str) -> Result<Cow<'a, [u8]>, PhotoWrong> + Sync + 'a;

impl<'a> BatchFile<'a> {
    /// Opens a file of so many bytes.
    ///
    /// # Errors
    /// Why it is no batch at all.
    pub fn open(mut content: impl BufRead + 'a, bytes: u64) -> Result<Self, FileWrong> {
        if bytes > MAX_FILE {
            return Err(FileWrong::TooLarge { bytes });
        }
        let start = content.fill_buf().map_err(|error| FileWrong::NotCsv(error.to_string()))?;
        // What some spreadsheets put in front of UTF-8.
        let mark = b"\xef\xbb\xbf";
        let marked = start.starts_with(mark);
        let delimiter = delimiter(start);
        content.consume(if marked { mark.len() } else { 0 });
        let content: Box<dyn BufRead + 'a> = Box::new(content);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(content);
        let header = reader.byte_headers().map_err(|error| FileWrong::NotCsv(error.to_string()))?;
        let columns = Columns::of(header)?;
        let mut records = reader.into_byte_records().peekable();
        if records.peek().is_none() {
            return Err(FileWrong::NoRows);
        }
        Ok(Self { records, columns, bytes })
    }

    /// The next row, checked, without a card being laid out for it; none at the end.
    pub fn next_row(
        &mut self,
        city: &City,
        today: NaiveDate,
        photos: &Photos<'_>,
    ) -> Option<Result<Row, Vec<RowError>>> {
        let record = self.next_records(1).pop()?;
        let checked = record.map_err(|error| vec![error]);
        Some(checked.and_then(|record| Ok(check(&record, &self.columns, city, today, photos)?.0)))
    }

    /// How large it is.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next rows as they stand, so many at most; none at the end.
    pub(super) fn next_records(&mut self, most: usize) -> Vec<Result<csv::ByteRecord, RowError>> {
        let records = self.records.by_ref().take(most);
        records.map(|record| record.map_err(|error| csv_error(&error))).collect()
    }

    pub(super) fn columns(&self) -> &Columns {
        &self.columns
    }
}

/// At which place of a record each column stands.
#[derive(Debug, Clone)]
pub(super) struct Columns([Option<usize>; COLUMNS.len()]);

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

/// A row and the digest of its photo, or everything that is wrong with it.
pub(super) type Checked = Result<(Row, Option<[u8; 32]>), Vec<RowError>>;

/// Checks a row, and makes of its photo what is printed and what is signed.
pub(super) fn check(
    record: &csv::ByteRecord,
    columns: &Columns,
    city: &City,
    today: NaiveDate,
    photos: &Photos<'_>,
) -> Checked {
    let budget = city.face_bytes();
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

pub(super) fn line_of(record: &csv::ByteRecord) -> u64 {
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
