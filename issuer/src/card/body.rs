//! The objects of a PDF file, handed on as they are written: a document of any length takes little memory.
//!
//! `pdf_writer::Pdf` keeps a file until its end. This keeps what was not taken yet, and where each object begins.

use std::io::Write as _;

use pdf_writer::{Chunk, Ref, Settings};

use crate::card::error::CardError;

/// The version of the format, and bytes that tell programs that this is no text.
const HEADER: &[u8] = b"%PDF-1.7\n%\x80\x80\x80\x80\n\n";
/// The table of a file has ten digits for each place.
const LARGEST: u64 = 9_999_999_999;

/// A file under way.
pub(super) struct Body {
    chunk: Chunk,
    /// Bytes taken before it.
    taken: u64,
    /// Where each object begins, by its number; 0 where it was not written.
    places: Vec<u64>,
}

/// What the end of a file says.
pub(super) struct Trailer {
    pub(super) catalog: Ref,
    pub(super) info: Ref,
    pub(super) identifier: Vec<u8>,
}

impl Body {
    pub(super) fn new() -> Self {
        Self { chunk: chunk(), taken: 0, places: vec![0] }
    }

    /// Where the object of this number is written next, and nothing else.
    pub(super) fn at(&mut self, id: Ref) -> &mut Chunk {
        let header = if self.taken == 0 { HEADER.len() } else { 0 };
        let place = self.taken + length(header + self.chunk.len());
        let number = usize::try_from(id.get()).unwrap_or(0);
        if self.places.len() <= number {
            self.places.resize(number + 1, 0);
        }
        if let Some(held) = self.places.get_mut(number) {
            *held = place;
        }
        &mut self.chunk
    }

    /// The next bytes of the file.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let written = std::mem::replace(&mut self.chunk, chunk());
        let mut bytes = Vec::with_capacity(HEADER.len() + written.len());
        if self.taken == 0 {
            bytes.extend_from_slice(HEADER);
        }
        bytes.extend_from_slice(written.as_bytes());
        self.taken += length(bytes.len());
        bytes
    }

    /// The last bytes of the file.
    pub(super) fn finish(mut self, trailer: &Trailer) -> Result<Vec<u8>, CardError> {
        let mut bytes = self.take();
        if self.taken > LARGEST {
            return Err(CardError::TooLong);
        }
        // Writing to a Vec cannot fail.
        let _ = self.write_end(&mut bytes, trailer);
        Ok(bytes)
    }

    fn write_end(&self, bytes: &mut Vec<u8>, trailer: &Trailer) -> std::io::Result<()> {
        let Trailer { catalog, info, identifier } = trailer;
        let (size, place) = (self.places.len(), self.taken);
        write!(bytes, "xref\n0 {size}\n0000000000 65535 f\r\n")?;
        for place in self.places.iter().skip(1) {
            match place {
                0 => write!(bytes, "0000000000 65535 f\r\n")?,
                place => write!(bytes, "{place:010} 00000 n\r\n")?,
            }
        }
        let (catalog, info, named) = (catalog.get(), info.get(), shared::keys::hex(identifier));
        write!(
            bytes,
            "trailer\n<</Size {size}/Root {catalog} 0 R/Info {info} 0 R/ID[<{named}><{named}>]>>\n"
        )?;
        write!(bytes, "startxref\n{place}\n%%EOF")
    }
}

fn chunk() -> Chunk {
    Chunk::with_settings(Settings { pretty: false })
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of three objects, taken in so many pieces.
    fn file(pieces: usize) -> Vec<u8> {
        let mut body = Body::new();
        let mut bytes = Vec::new();
        for number in 1..=3 {
            let id = Ref::new(number);
            body.at(id).indirect(id).primitive(number);
            if usize::try_from(number).unwrap() < pieces {
                bytes.extend(body.take());
            }
        }
        let trailer = Trailer { catalog: Ref::new(1), info: Ref::new(3), identifier: vec![0xab, 1] };
        bytes.extend(body.finish(&trailer).unwrap());
        bytes
    }

    #[test]
    fn a_file_is_the_same_in_however_many_pieces() {
        assert_eq!(file(1), file(2));
        assert_eq!(file(1), file(3));
    }

    #[test]
    fn the_table_tells_where_each_object_begins() {
        let file = file(2);
        let text = String::from_utf8_lossy(&file);
        let table = text.split("xref\n0 4\n").nth(1).unwrap();
        for (line, number) in table.lines().skip(1).zip(1..=3) {
            let place: usize = line.get(..10).unwrap().parse().unwrap();
            assert!(file[place..].starts_with(format!("{number} 0 obj").as_bytes()), "{line}");
        }
        assert!(text.ends_with("%%EOF"));
        let start: usize = text.lines().rev().nth(1).unwrap().parse().unwrap();
        assert!(file[start..].starts_with(b"xref\n"));
        assert!(text.contains("trailer\n<</Size 4/Root 1 0 R/Info 3 0 R/ID[<ab01><ab01>]>>\n"));
    }
}
