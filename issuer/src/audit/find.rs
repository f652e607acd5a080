//! The auditor's screen: pages of entries, and all of them as a file.

use std::io::Write;

use crate::db::audit::AuditEntry;
use crate::db::audit_find::{AuditFilter, Stretch};
use crate::{Error, Issuer};

/// How many entries are in memory at once while a file is written.
const AT_ONCE: i64 = 1000;

/// A page of entries, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// What to give as `before` for the next page; none on the last.
    pub older: Option<i64>,
}

/// Entries before entry `before`, at most `limit` of them.
///
/// # Errors
/// When the database fails.
pub fn find(issuer: &Issuer, filter: &AuditFilter, before: Option<i64>, limit: i64) -> Result<Page, Error> {
    let limit = limit.clamp(1, 500);
    // One more than wanted tells whether there is another page.
    let mut entries = issuer.db.read(|conn| {
        let stretch = filter.stretch(conn)?;
        Ok::<_, Error>(filter.newest(conn, stretch, before, limit + 1)?)
    })?;
    let wanted = usize::try_from(limit).unwrap_or_default();
    let more = entries.len() > wanted;
    entries.truncate(wanted);
    let older = entries.last().map(|last| last.seq).filter(|_| more);
    Ok(Page { entries, older })
}

/// Writes the entries as CSV, the oldest first, and says how many. A cell that a spreadsheet would run begins with an
/// apostrophe. The caller audits that the log was given out.
///
/// # Errors
/// When the database fails, or nothing can be written.
pub fn export_csv(issuer: &Issuer, filter: &AuditFilter, mut out: impl Write) -> Result<u64, Error> {
    let mut csv = AuditCsv::of(filter.clone());
    let mut count = 0;
    while let Some(part) = csv.part(issuer)? {
        out.write_all(&part.bytes).map_err(|error| unwritten(&error.into()))?;
        count += part.entries;
    }
    out.flush().map_err(|error| unwritten(&error.into()))?;
    Ok(count)
}

/// Entries as CSV, part by part, so that a long log is never in memory as a whole.
#[derive(Debug)]
pub struct AuditCsv {
    filter: AuditFilter,
    stretch: Option<Stretch>,
    last: i64,
    ended: bool,
}

/// A part of the file.
#[derive(Debug)]
pub struct CsvPart {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many entries they are of.
    pub entries: u64,
}

impl AuditCsv {
    /// The entries of a filter.
    #[must_use]
    pub fn of(filter: AuditFilter) -> Self {
        Self { filter, stretch: None, last: 0, ended: false }
    }

    /// The next part; none after the last. The first begins with the names of the columns.
    ///
    /// # Errors
    /// When the database fails.
    pub fn part(&mut self, issuer: &Issuer) -> Result<Option<CsvPart>, Error> {
        if self.ended {
            return Ok(None);
        }
        let mut csv = csv::Writer::from_writer(Vec::new());
        let (entries, stretch) = issuer.db.read(|conn| {
            let stretch = self.stretch.map_or_else(|| self.filter.stretch(conn), Ok)?;
            Ok::<_, Error>((self.filter.oldest(conn, stretch, self.last, AT_ONCE)?, stretch))
        })?;
        if self.stretch.replace(stretch).is_none() {
            csv.write_record(COLUMNS).map_err(|error| unwritten(&error))?;
        }
        match entries.last() {
            Some(last) => self.last = last.seq,
            None => self.ended = true,
        }
        for entry in &entries {
            csv.write_record(row(entry)).map_err(|error| unwritten(&error))?;
        }
        let bytes = csv.into_inner().map_err(|error| unwritten(&error.into_error().into()))?;
        let entries = u64::try_from(entries.len()).unwrap_or_default();
        Ok(Some(CsvPart { bytes, entries }))
    }
}

const COLUMNS: [&str; 10] =
    ["seq", "at", "officer", "role", "desk", "act", "subject_kind", "subject", "reason", "hash"];

fn row(entry: &AuditEntry) -> impl Iterator<Item = String> {
    let at = entry.at.utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let reason = entry.reason.as_deref().unwrap_or_default();
    let texts =
        [&entry.officer, &entry.role, &entry.desk, &entry.act, &entry.subject_kind, &entry.subject, reason]
            .map(harmless);
    let hash = shared::keys::hex(&entry.hash);
    [entry.seq.to_string(), at].into_iter().chain(texts).chain([hash])
}

fn harmless(cell: &str) -> String {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if runs { format!("'{cell}") } else { cell.to_owned() }
}

fn unwritten(error: &csv::Error) -> Error {
    Error::Refused(format!("the audit log cannot be written out: {error}"))
}
