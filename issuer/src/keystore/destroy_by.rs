//! Destroy-by keys: one a day, and with it goes everything that was due that day.

use std::path::PathBuf;

use chrono::NaiveDate;
use zeroize::Zeroizing;

use super::{Keystore, KeystoreError, file};

/// The key that wraps the keys of all records due on one day.
#[derive(Clone)]
pub struct DestroyByKey {
    day: NaiveDate,
    key: Zeroizing<[u8; 32]>,
}

impl DestroyByKey {
    pub(super) fn new(day: NaiveDate, key: Zeroizing<[u8; 32]>) -> Self {
        Self { day, key }
    }

    /// The day.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    pub(super) fn key(&self) -> &[u8; 32] {
        &self.key
    }
}

impl std::fmt::Debug for DestroyByKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DestroyByKey({})", self.day)
    }
}

impl Keystore {
    /// The key of a day, made when there is none: for sealing.
    ///
    /// # Errors
    /// When the file cannot be read or made.
    pub fn destroy_by_key(&self, day: NaiveDate) -> Result<DestroyByKey, KeystoreError> {
        let key = self.master.key_at(&self.day_path(day), &purpose(day))?;
        Ok(DestroyByKey::new(day, key))
    }

    /// The key of a day, if there is one still: for opening.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find_destroy_by_key(&self, day: NaiveDate) -> Result<Option<DestroyByKey>, KeystoreError> {
        let key = self.master.find_key_at(&self.day_path(day), &purpose(day))?;
        Ok(key.map(|key| DestroyByKey::new(day, key)))
    }

    /// The days that have a key, the earliest first.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn destroy_by_days(&self) -> Result<Vec<NaiveDate>, KeystoreError> {
        let dir = self.dir.join("destroy-by");
        let mut days = Vec::new();
        for entry in std::fs::read_dir(&dir).map_err(file::io("read", &dir))? {
            let name = entry.map_err(file::io("read", &dir))?.file_name();
            let day = name
                .to_str()
                .and_then(|name| name.strip_suffix(".key"))
                .and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
            days.extend(day);
        }
        days.sort_unstable();
        Ok(days)
    }

    /// Destroys the key of a day, and says whether there was one. The file is overwritten first; on a disk that keeps
    /// old blocks, what is left there is wrapped by the master key.
    ///
    /// # Errors
    /// When the file cannot be overwritten or removed.
    pub fn destroy(&self, day: NaiveDate) -> Result<bool, KeystoreError> {
        file::destroy(&self.day_path(day))
    }

    fn day_path(&self, day: NaiveDate) -> PathBuf {
        self.dir.join("destroy-by").join(format!("{}.key", day.format("%Y-%m-%d")))
    }
}

fn purpose(day: NaiveDate) -> String {
    format!("destroy-by/{}", day.format("%Y-%m-%d"))
}

#[cfg(test)]
mod tests {
    use super::super::{CannotOpen, open_record, seal_record};
    use super::*;

    fn day(of: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, of).unwrap()
    }

    #[test]
    fn a_destroyed_day_takes_its_records_along() {
        let dir = tempfile::tempdir().unwrap();
        let keystore = Keystore::create(dir.path(), None).unwrap();
        let second = keystore.destroy_by_key(day(2)).unwrap();
        let first = keystore.destroy_by_key(day(1)).unwrap();
        let record = seal_record(b"personal", &first, "id");
        assert_eq!(keystore.destroy_by_days().unwrap(), [day(1), day(2)]);

        let reopened = Keystore::open(dir.path(), None).unwrap();
        let again = reopened.find_destroy_by_key(day(1)).unwrap().unwrap();
        open_record(&record.sealed, &record.wrapped_key, &again, "id").unwrap();
        assert_eq!(format!("{again:?}"), "DestroyByKey(2026-12-01)");

        assert!(keystore.destroy(day(1)).unwrap());
        assert!(!keystore.destroy(day(1)).unwrap());
        assert!(keystore.find_destroy_by_key(day(1)).unwrap().is_none());
        assert_eq!(keystore.destroy_by_days().unwrap(), [day(2)]);
        // A key made anew for the same day is another key.
        let anew = keystore.destroy_by_key(day(1)).unwrap();
        for key in [anew, second] {
            assert_eq!(open_record(&record.sealed, &record.wrapped_key, &key, "id"), Err(CannotOpen));
        }
    }

    #[test]
    fn a_file_under_another_days_name_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let keystore = Keystore::create(dir.path(), None).unwrap();
        keystore.destroy_by_key(day(1)).unwrap();
        std::fs::rename(keystore.day_path(day(1)), keystore.day_path(day(2))).unwrap();
        assert!(matches!(keystore.destroy_by_key(day(2)), Err(KeystoreError::Damaged { .. })));
    }
}
