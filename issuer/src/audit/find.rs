//! The auditor's screen: pages of entries, and all of them as a file.

use std::io::Write;

use crate::db::audit::AuditEntry;
use crate::db::audit_find::AuditFilter;
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
    let mut entries = issuer.db.read(|conn| Ok::<_, Error>(filter.newest(conn, before, limit + 1)?))?;
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
pub fn export_csv(issuer: &Issuer, filter: &AuditFilter, out: impl Write) -> Result<u64, Error> {
    let mut csv = csv::Writer::from_writer(out);
    let header = ["seq", "at", "officer", "role", "desk", "act", "subject_kind", "subject", "reason", "hash"];
    csv.write_record(header).map_err(|error| unwritten(&error))?;
    let (mut last, mut count) = (0, 0);
    loop {
        let entries = issuer.db.read(|conn| Ok::<_, Error>(filter.oldest(conn, last, AT_ONCE)?))?;
        if entries.is_empty() {
            csv.flush().map_err(|error| unwritten(&error.into()))?;
            return Ok(count);
        }
        for entry in entries {
            last = entry.seq;
            count += 1;
            let at = entry.at.utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            let texts = [
                &entry.officer,
                &entry.role,
                &entry.desk,
                &entry.act,
                &entry.subject_kind,
                &entry.subject,
                entry.reason.as_ref().unwrap_or(&String::new()),
            ]
            .map(|text| harmless(text));
            let cells = [entry.seq.to_string(), at];
            let hash = shared::keys::hex(&entry.hash);
            let row = cells.into_iter().chain(texts).chain([hash]);
            csv.write_record(row).map_err(|error| unwritten(&error))?;
        }
    }
}

fn harmless(cell: &str) -> String {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if runs { format!("'{cell}") } else { cell.to_owned() }
}

fn unwritten(error: &csv::Error) -> Error {
    Error::Refused(format!("the audit log cannot be written out: {error}"))
}
