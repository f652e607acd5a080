//! Batches that can be issued: every row is good, and every card can be printed.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::file::{Columns, Photos, check};
use super::kept::Kept;
use super::output::Product;
use super::{BatchError, BatchFile, PhotoWrong, Row, RowError, Shortened, print};
use crate::card::Press;
use crate::files::failed;
use crate::issuance::CARDS_A_TRANSACTION;
use crate::{Error, Issuer, files, parallel};

/// A file whose cards can all be issued and printed.
#[derive(Debug)]
pub struct Sound {
    pub(super) rows: Kept,
    pub(super) digest: [u8; 32],
    pub(super) products: Vec<Product>,
    /// Names that have no room on the card in full.
    pub shortened: Vec<Shortened>,
}

/// What an officer is shown of a file before anything is signed.
#[derive(Debug)]
pub struct Preview {
    /// How many rows are good.
    pub good: usize,
    /// What is wrong with the others, by line.
    pub wrong: Vec<RowError>,
    /// Names that have no room on the card in full.
    pub shortened: Vec<Shortened>,
    /// The batch, if nothing is wrong.
    pub sound: Option<Sound>,
}

/// How far a file was looked through: so many rows, and so many of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Rows so far.
    pub rows: usize,
    /// Bytes so far.
    pub bytes: u64,
    /// Bytes in all.
    pub of: u64,
}

/// What the rows of a file are held against.
struct Look<'a, 'p> {
    press: &'a Press,
    issuer: &'a Issuer,
    photos: &'a Photos<'p>,
    products: Vec<Product>,
    now: DateTime<Utc>,
}

/// A row, the digest of its photo, and names that are printed with initials; or everything that is wrong.
type Tried = Result<(Row, Option<[u8; 32]>, Vec<Shortened>), Vec<RowError>>;

impl Sound {
    /// Reads a file with all its photos, which are meant from the folder it lies in, and tries every card out. What is
    /// too much for memory goes into a file without a name in `folder`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(
        path: &Path,
        folder: &Path,
        press: &Press,
        issuer: &Issuer,
        products: Vec<Product>,
        now: DateTime<Utc>,
        told: impl FnMut(Looked) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let beside = path.parent().unwrap_or(Path::new(""));
        let photos = |name: &str| {
            let read = std::fs::read(beside.join(name));
            read.map(std::borrow::Cow::Owned).map_err(|error| PhotoWrong::Unread(error.to_string()))
        };
        let look = Look { press, issuer, photos: &photos, products, now };
        let no_batch = |wrong| BatchError::File { path: path.to_owned(), wrong };
        let kept = Kept::in_folder(folder);
        let file = File::open(path).map_err(failed("read", path))?;
        let known = file.metadata().map_err(failed("read", path))?;
        let preview = if known.is_file() {
            let before = files::hash(path)?;
            let file = BatchFile::open(BufReader::new(file), known.len()).map_err(no_batch)?;
            let preview = look.through(file, before.clone(), kept, told)?;
            if files::hash(path)?.finalize() != before.finalize() {
                let path = path.display();
                return Err(Error::Refused(format!(
                    "{path} was changed while it was read; nothing was issued"
                )));
            }
            preview
        } else {
            // What comes through a pipe comes once.
            let bytes = files::read(path)?;
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let file = BatchFile::open(bytes.as_slice(), length).map_err(no_batch)?;
            look.through(file, Sha256::new_with_prefix(&bytes), kept, told)?
        };
        preview.sound.ok_or_else(|| BatchError::Rows(preview.wrong).into())
    }

    /// How many cards it is.
    #[must_use]
    pub fn cards(&self) -> usize {
        self.rows.rows()
    }

    /// SHA-256 over the file and its photos: the same digest makes the same cards.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// What is made of its cards.
    #[must_use]
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// The rows of a part, by its place from 0; none after the last.
    pub(super) fn part(&mut self, place: usize) -> Result<Option<Vec<Row>>, Error> {
        self.rows.part(place).map_err(failed("read what was kept of", Path::new("the batch")))
    }
}

impl Preview {
    /// Looks through a file whose bytes are at hand, and tries out what is good of it. Nothing is written to disk.
    ///
    /// # Errors
    /// Only when there is a fault of ours.
    pub fn of(
        press: &Press,
        issuer: &Issuer,
        bytes: &[u8],
        file: BatchFile<'_>,
        photos: &Photos<'_>,
        products: Vec<Product>,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let look = Look { press, issuer, photos, products, now };
        look.through(file, Sha256::new_with_prefix(bytes), Kept::in_memory(), |_| Ok(()))
    }
}

impl Look<'_, '_> {
    /// Looks through a file, some rows at a time. `digest` has the bytes of the file and goes on with those of its photos.
    fn through(
        self,
        mut file: BatchFile<'_>,
        mut digest: Sha256,
        mut kept: Kept,
        mut told: impl FnMut(Looked) -> Result<(), Error>,
    ) -> Result<Preview, Error> {
        let mut preview = Preview { good: 0, wrong: Vec::new(), shortened: Vec::new(), sound: None };
        let columns = file.columns().clone();
        let mut looked = Looked { rows: 0, bytes: 0, of: file.bytes() };
        loop {
            let records = file.next_records(CARDS_A_TRANSACTION);
            let Some(last) = records.last() else { break };
            if let Some(place) = last.as_ref().ok().and_then(csv::ByteRecord::position) {
                looked.bytes = place.byte();
            }
            looked.rows += records.len();
            let mut good = Vec::with_capacity(records.len());
            for tried in parallel::map(&records, |record| self.try_out(record, &columns)) {
                match tried {
                    Ok((row, photo, shortened)) => {
                        digest.update(photo.unwrap_or_default());
                        good.push(row);
                        preview.shortened.extend(shortened);
                    }
                    Err(wrong) => preview.wrong.extend(wrong),
                }
            }
            preview.good += good.len();
            // Nothing is issued unless all is good.
            if preview.wrong.is_empty() {
                kept.push(&good).map_err(failed("keep", Path::new("the rows of the batch")))?;
            }
            told(looked)?;
        }
        preview.wrong.sort_by_key(|error| error.line);
        if preview.wrong.is_empty() {
            let (products, shortened) = (self.products, preview.shortened.clone());
            preview.sound = Some(Sound { rows: kept, digest: digest.finalize().into(), products, shortened });
        }
        Ok(preview)
    }

    /// Checks a row and lays its card out.
    fn try_out(&self, record: &Result<csv::ByteRecord, RowError>, columns: &Columns) -> Tried {
        let record = record.as_ref().map_err(|error| vec![error.clone()])?;
        let city = &self.issuer.city;
        let (row, photo) = check(record, columns, city, self.now.date_naive(), self.photos)?;
        let shortened = print::preflight(self.press, city, &row, &self.products, self.now)?;
        Ok((row, photo, shortened))
    }
}
