//! Rows that were found good and wait for their turn, pictures and all.
//!
//! A face takes longer to encode than all the rest of a card, so a photo is encoded once, before anything is signed, and
//! kept. What is kept is sealed under a key that is nowhere but in memory, and a file of it has no name: a kill leaves
//! nothing, and what is left of it on the disk says nothing.

use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use tempfile::SpooledTempFile;
use zeroize::Zeroizing;

use super::Row;
use crate::card::Portrait;
use crate::edge;
use crate::issuance::{Application, Pictures};
use crate::resident::Resident;

/// Bytes that are kept in memory before a file is begun: some two thousand photos.
const IN_MEMORY: usize = 16 * 1024 * 1024;

/// Rows by parts, in the order in which they came.
pub(super) struct Kept {
    file: SpooledTempFile,
    key: Zeroizing<[u8; 32]>,
    parts: Vec<Part>,
    end: u64,
    rows: usize,
}

struct Part {
    nonce: [u8; 24],
    length: usize,
    place: u64,
}

/// A row but for its pictures.
#[derive(Serialize, Deserialize)]
struct Head<R> {
    line: u64,
    resident: R,
    pictures: bool,
}

impl Kept {
    /// Nothing yet; all of it will stand in memory.
    pub(super) fn in_memory() -> Self {
        Self::new(tempfile::spooled_tempfile(usize::MAX))
    }

    /// Nothing yet; what is too much for memory goes into a file without a name in this folder.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self::new(tempfile::spooled_tempfile_in(IN_MEMORY, folder))
    }

    fn new(file: SpooledTempFile) -> Self {
        Self { file, key: Zeroizing::new(edge::random_bytes()), parts: Vec::new(), end: 0, rows: 0 }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Keeps a part.
    pub(super) fn push(&mut self, rows: &[Row]) -> io::Result<()> {
        let nonce = edge::random_bytes();
        let plain = written(rows)?;
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), plain.as_slice()).map_err(damaged)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(&sealed)?;
        self.parts.push(Part { nonce, length: sealed.len(), place: self.end });
        self.end += u64::try_from(sealed.len()).unwrap_or(u64::MAX);
        self.rows += rows.len();
        Ok(())
    }

    /// The rows of a part, by its place from 0; none after the last.
    pub(super) fn part(&mut self, place: usize) -> io::Result<Option<Vec<Row>>> {
        let Some(part) = self.parts.get(place) else { return Ok(None) };
        let mut sealed = vec![0; part.length];
        self.file.seek(SeekFrom::Start(part.place))?;
        self.file.read_exact(&mut sealed)?;
        let plain = self.cipher().decrypt(&XNonce::from(part.nonce), sealed.as_slice());
        read(&Zeroizing::new(plain.map_err(damaged)?)).map(Some)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.key).into())
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kept({} rows)", self.rows)
    }
}

fn damaged(_: chacha20poly1305::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what was kept of the file was changed")
}

fn written(rows: &[Row]) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut put = |piece: &[u8]| {
        let length = u32::try_from(piece.len()).map_err(io::Error::other)?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(piece);
        Ok::<_, io::Error>(())
    };
    for Row { line, application: Application { resident, pictures } } in rows {
        let head = Head { line: *line, resident, pictures: pictures.is_some() };
        put(&Zeroizing::new(serde_json::to_vec(&head)?))?;
        if let Some(pictures) = pictures {
            put(pictures.portrait.jpeg())?;
            put(&pictures.face)?;
        }
    }
    Ok(bytes)
}

fn read(mut bytes: &[u8]) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    while !bytes.is_empty() {
        let head: Head<Resident> = serde_json::from_slice(piece(&mut bytes)?)?;
        let pictures = if head.pictures {
            let portrait = Portrait::from_jpeg(piece(&mut bytes)?.to_vec()).map_err(io::Error::other)?;
            Some(Pictures { portrait, face: piece(&mut bytes)?.to_vec() })
        } else {
            None
        };
        rows.push(Row { line: head.line, application: Application { resident: head.resident, pictures } });
    }
    Ok(rows)
}

fn piece<'a>(bytes: &mut &'a [u8]) -> io::Result<&'a [u8]> {
    let cut_off = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (length, rest) = bytes.split_first_chunk().ok_or_else(cut_off)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(io::Error::other)?;
    let (piece, rest) = rest.split_at_checked(length).ok_or_else(cut_off)?;
    *bytes = rest;
    Ok(piece)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::card::{Photo, portrait};
    use crate::config::testing::city;
    use crate::resident::Typed;

    fn row(line: u64, name: &str, photo: bool) -> Row {
        let typed = Typed { full_name: name, birth_date: "1988-03-09", gender: "X", ..Typed::default() };
        let today = NaiveDate::from_ymd_opt(2026, 11, 29).unwrap();
        let resident = Resident::parse(&typed, &city(), today).unwrap();
        let portrait = || Photo::decode(&portrait::drawn(1).unwrap()).unwrap().portrait_jpeg().unwrap();
        let pictures = photo.then(|| Pictures { portrait: portrait(), face: vec![7; 600] });
        Row { line, application: Application { resident, pictures } }
    }

    fn same(one: &Row, other: &Row) -> bool {
        let parts = |row: &Row| {
            let pictures = row.application.pictures.as_ref();
            let pictures = pictures.map(|p| (p.portrait.jpeg().to_vec(), p.portrait.size(), p.face.clone()));
            (row.line, row.application.resident.clone(), pictures)
        };
        parts(one) == parts(other)
    }

    #[test]
    fn rows_come_back_as_they_were_in_any_order_of_parts() {
        let dir = tempfile::tempdir().unwrap();
        for mut kept in [Kept::in_memory(), Kept::in_folder(dir.path())] {
            let parts = [
                vec![row(2, "Zo\u{eb} M\u{fc}ller", true), row(3, "Bo Ek", false)],
                vec![row(4, "Li", true)],
            ];
            for part in &parts {
                kept.push(part).unwrap();
            }
            assert_eq!(kept.rows(), 3);
            for place in [1, 0, 1] {
                let read = kept.part(place).unwrap().unwrap();
                assert_eq!(read.len(), parts[place].len());
                assert!(read.iter().zip(&parts[place]).all(|(one, other)| same(one, other)));
            }
            assert!(kept.part(2).unwrap().is_none());
        }
    }

    #[test]
    fn what_is_kept_names_nobody_and_is_nowhere_to_be_found() {
        let dir = tempfile::tempdir().unwrap();
        let mut kept = Kept::in_folder(dir.path());
        kept.push(&[row(2, "Wilhelmina Quistgaard", true)]).unwrap();
        kept.file.roll().unwrap();
        kept.push(&[row(3, "Theodora Lindqvist", true)]).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        kept.file.rewind().unwrap();
        let mut bytes = Vec::new();
        kept.file.read_to_end(&mut bytes).unwrap();
        assert!(bytes.len() > 2_000);
        for name in ["Wilhelmina", "Lindqvist", "full_name", "JFIF"] {
            assert!(!bytes.windows(name.len()).any(|window| window == name.as_bytes()), "{name}");
        }
        assert_eq!(kept.part(1).unwrap().unwrap()[0].application.resident.full_name, "Theodora Lindqvist");
    }
}
