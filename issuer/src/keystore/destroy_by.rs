//! Destroy-by keys: one a day, and with it goes everything that was due that day.
//!
//! ```text
//! destroy-by/2026-12-01.key     the day's first key
//! destroy-by/2026-12-01.2.key   its second: made when one record due that day was destroyed before its day
//! hold/ID.key                   wraps the keys of records that a hold keeps beyond their day
//! ```
//! Sealing takes a day's newest key, opening tries all of them. A backup that took any of these files could open what
//! was destroyed: none may.

use std::path::PathBuf;

use chrono::NaiveDate;
use zeroize::Zeroizing;

use super::record::{CannotOpen, bound, unwrap_key, wrap_key};
use super::{Keystore, KeystoreError, file, key_name};

/// What the names of keys of holds begin with, where a record names the key that wraps its own.
pub const HOLD: &str = "hold-";

/// The key that wraps the keys of all records due on one day; or of those that one hold keeps.
#[derive(Clone)]
pub struct DestroyByKey {
    day: NaiveDate,
    /// The newest first.
    keys: Vec<Zeroizing<[u8; 32]>>,
}

impl DestroyByKey {
    #[cfg(test)]
    pub(super) fn new(day: NaiveDate, key: Zeroizing<[u8; 32]>) -> Self {
        Self { day, keys: vec![key] }
    }

    /// The day; of a hold's key, the day on which the record would be due without the hold.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// Wraps a record's key.
    pub(super) fn wrap(&self, record_key: &[u8; 32], id: &str) -> Vec<u8> {
        // There is always one: no value is made without.
        let newest = self.keys.first().map(|key| wrap_key(key, record_key, &bound("record key", id)));
        newest.unwrap_or_default()
    }

    /// Unwraps a record's key, if one of this day's keys wrapped it.
    pub(super) fn unwrap(&self, wrapped: &[u8], id: &str) -> Result<Zeroizing<[u8; 32]>, CannotOpen> {
        let purpose = bound("record key", id);
        self.keys.iter().find_map(|key| unwrap_key(key, wrapped, &purpose)).ok_or(CannotOpen)
    }

    /// Wraps a record's key anew, without opening the record.
    ///
    /// # Errors
    /// When this key did not wrap it, or not for this record.
    pub fn rewrap(&self, to: &Self, wrapped: &[u8], id: &str) -> Result<Vec<u8>, CannotOpen> {
        Ok(to.wrap(&*self.unwrap(wrapped, id)?, id))
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
        if let Some(key) = self.find_destroy_by_key(day)? {
            return Ok(key);
        }
        let key = self.master.key_at(&self.day_path(day, 1), &purpose(day, 1))?;
        Ok(DestroyByKey { day, keys: vec![key] })
    }

    /// The key of a day, if there is one still: for opening.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find_destroy_by_key(&self, day: NaiveDate) -> Result<Option<DestroyByKey>, KeystoreError> {
        let mut keys = Vec::new();
        for turn in self.turns(day)?.into_iter().rev() {
            keys.extend(self.master.find_key_at(&self.day_path(day, turn), &purpose(day, turn))?);
        }
        Ok((!keys.is_empty()).then_some(DestroyByKey { day, keys }))
    }

    /// The key by the name that a record gives of it: its day's, or a hold's.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find_wrapping_key(
        &self,
        name: &str,
        due: NaiveDate,
    ) -> Result<Option<DestroyByKey>, KeystoreError> {
        let Some(hold) = name.strip_prefix(HOLD) else { return self.find_destroy_by_key(due) };
        let key = self.master.find_key_at(&self.hold_path(hold)?, &hold_purpose(hold))?;
        Ok(key.map(|key| DestroyByKey { day: due, keys: vec![key] }))
    }

    /// The key of a hold, made when there is none.
    ///
    /// # Errors
    /// When the name is none, or the file cannot be read or made.
    pub fn hold_key(&self, hold: &str, due: NaiveDate) -> Result<DestroyByKey, KeystoreError> {
        file::make_private_dir(&self.dir.join("hold"))?;
        let key = self.master.key_at(&self.hold_path(hold)?, &hold_purpose(hold))?;
        Ok(DestroyByKey { day: due, keys: vec![key] })
    }

    /// Destroys the key of a hold, and says whether there was one.
    ///
    /// # Errors
    /// When the file cannot be overwritten or removed.
    pub fn destroy_hold(&self, hold: &str) -> Result<bool, KeystoreError> {
        file::destroy(&self.hold_path(hold)?)
    }

    /// The holds that have a key.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn hold_keys(&self) -> Result<Vec<String>, KeystoreError> {
        let dir = self.dir.join("hold");
        if !dir.exists() {
            return Ok(Vec::new());
        }
        let mut holds = Vec::new();
        for entry in std::fs::read_dir(&dir).map_err(file::io("read", &dir))? {
            let name = entry.map_err(file::io("read", &dir))?.file_name();
            holds.extend(name.to_str().and_then(|name| name.strip_suffix(".key")).map(str::to_owned));
        }
        Ok(holds)
    }

    /// Makes another key for a day: what is sealed or wrapped from now on is wrapped by it. The older ones stay until
    /// [`Keystore::destroy_older`].
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn renew_destroy_by_key(&self, day: NaiveDate) -> Result<DestroyByKey, KeystoreError> {
        let turn = self.turns(day)?.last().map_or(1, |turn| turn + 1);
        self.master.key_at(&self.day_path(day, turn), &purpose(day, turn))?;
        self.destroy_by_key(day)
    }

    /// Destroys all keys of a day but the newest, and says how many there were.
    ///
    /// # Errors
    /// When a file cannot be overwritten or removed.
    pub fn destroy_older(&self, day: NaiveDate) -> Result<usize, KeystoreError> {
        let turns = self.turns(day)?;
        let older = turns.split_last().map_or(&[][..], |(_, older)| older);
        for turn in older {
            file::destroy(&self.day_path(day, *turn))?;
        }
        Ok(older.len())
    }

    /// The days that have a key, the earliest first.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn destroy_by_days(&self) -> Result<Vec<NaiveDate>, KeystoreError> {
        let mut days: Vec<_> = self.day_files()?.into_iter().map(|(day, _)| day).collect();
        days.dedup();
        Ok(days)
    }

    /// The days that have more than one key.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn renewed_days(&self) -> Result<Vec<NaiveDate>, KeystoreError> {
        let files = self.day_files()?;
        let mut days: Vec<_> =
            files.iter().zip(files.iter().skip(1)).filter(|(a, b)| a.0 == b.0).map(|(a, _)| a.0).collect();
        days.dedup();
        Ok(days)
    }

    /// Destroys all keys of a day, and says whether there was one. Each file is overwritten, synced and removed, and
    /// the directory synced; on a disk that keeps old blocks, what is left there is wrapped by the master key.
    ///
    /// # Errors
    /// When a file cannot be overwritten or removed.
    pub fn destroy(&self, day: NaiveDate) -> Result<bool, KeystoreError> {
        let turns = self.turns(day)?;
        for turn in &turns {
            file::destroy(&self.day_path(day, *turn))?;
        }
        Ok(!turns.is_empty())
    }

    fn turns(&self, day: NaiveDate) -> Result<Vec<u32>, KeystoreError> {
        Ok(self.day_files()?.into_iter().filter(|(of, _)| *of == day).map(|(_, turn)| turn).collect())
    }

    /// Every key file: its day and which of that day's keys it is, in order.
    fn day_files(&self) -> Result<Vec<(NaiveDate, u32)>, KeystoreError> {
        let dir = self.dir.join("destroy-by");
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&dir).map_err(file::io("read", &dir))? {
            let name = entry.map_err(file::io("read", &dir))?.file_name();
            files.extend(name.to_str().and_then(day_file));
        }
        files.sort_unstable();
        Ok(files)
    }

    fn day_path(&self, day: NaiveDate, turn: u32) -> PathBuf {
        let day = day.format("%Y-%m-%d");
        let name = if turn == 1 { format!("{day}.key") } else { format!("{day}.{turn}.key") };
        self.dir.join("destroy-by").join(name)
    }

    fn hold_path(&self, hold: &str) -> Result<PathBuf, KeystoreError> {
        Ok(self.dir.join("hold").join(format!("{}.key", key_name(hold)?)))
    }
}

fn day_file(name: &str) -> Option<(NaiveDate, u32)> {
    let name = name.strip_suffix(".key")?;
    let (day, turn) = name.split_once('.').unwrap_or((name, "1"));
    Some((NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?, turn.parse().ok()?))
}

fn purpose(day: NaiveDate, turn: u32) -> String {
    let day = day.format("%Y-%m-%d");
    if turn == 1 { format!("destroy-by/{day}") } else { format!("destroy-by/{day}.{turn}") }
}

fn hold_purpose(hold: &str) -> String {
    format!("hold/{hold}")
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
        std::fs::rename(keystore.day_path(day(1), 1), keystore.day_path(day(2), 1)).unwrap();
        assert!(matches!(keystore.destroy_by_key(day(2)), Err(KeystoreError::Damaged { .. })));
    }

    #[test]
    fn a_renewed_day_opens_old_and_new_until_the_old_key_goes() {
        let dir = tempfile::tempdir().unwrap();
        let keystore = Keystore::create(dir.path(), None).unwrap();
        let first = keystore.destroy_by_key(day(1)).unwrap();
        let (one, other) = (seal_record(b"one", &first, "1"), seal_record(b"other", &first, "2"));
        let both = keystore.renew_destroy_by_key(day(1)).unwrap();
        assert_eq!(keystore.renewed_days().unwrap(), [day(1)]);
        assert_eq!(keystore.destroy_by_days().unwrap(), [day(1)]);
        let wrapped = both.rewrap(&both, &one.wrapped_key, "1").unwrap();
        assert_eq!(both.rewrap(&both, &one.wrapped_key, "2"), Err(CannotOpen), "bound to its record");
        open_record(&other.sealed, &other.wrapped_key, &both, "2").unwrap();

        assert_eq!(keystore.destroy_older(day(1)).unwrap(), 1);
        let left = keystore.find_destroy_by_key(day(1)).unwrap().unwrap();
        open_record(&one.sealed, &wrapped, &left, "1").unwrap();
        assert_eq!(open_record(&one.sealed, &one.wrapped_key, &left, "1"), Err(CannotOpen));
        assert_eq!(open_record(&other.sealed, &other.wrapped_key, &left, "2"), Err(CannotOpen));
        assert!(keystore.destroy(day(1)).unwrap());
        assert!(keystore.destroy_by_days().unwrap().is_empty());
    }

    #[test]
    fn a_hold_has_a_key_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let keystore = Keystore::create(dir.path(), None).unwrap();
        let of_day = keystore.destroy_by_key(day(1)).unwrap();
        let record = seal_record(b"personal", &of_day, "1");
        let held =
            of_day.rewrap(&keystore.hold_key("h1", day(1)).unwrap(), &record.wrapped_key, "1").unwrap();
        assert!(keystore.destroy(day(1)).unwrap());
        let found = keystore.find_wrapping_key("hold-h1", day(1)).unwrap().unwrap();
        assert_eq!(open_record(&record.sealed, &held, &found, "1").unwrap().as_slice(), b"personal");
        assert!(keystore.find_wrapping_key("2026-12-01", day(1)).unwrap().is_none());
        assert!(keystore.destroy_hold("h1").unwrap());
        assert!(keystore.find_wrapping_key("hold-h1", day(1)).unwrap().is_none());
        assert!(matches!(keystore.hold_key("../x", day(1)), Err(KeystoreError::BadName { .. })));
    }
}
