//! Looking for texts and photos in every form in which they might lie about.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use base64ct::{Base64, Base64Unpadded, Encoding as _};
use shared::keys::hex;

use super::canaries::Canary;

/// The first bytes of a form, by which it is looked up.
const HEAD: usize = 8;
/// The most that one stream is inflated to.
const MOST: usize = 16 << 20;
/// How deep streams within streams are inflated.
const DEPTH: u32 = 2;

/// What is looked for, and what was found.
#[derive(Default)]
pub(crate) struct Search {
    forms: HashMap<[u8; HEAD], Vec<(Vec<u8>, String)>>,
    begins: Beginnings,
    count: usize,
    bytes: usize,
    streams: usize,
    found: BTreeSet<String>,
}

impl Search {
    /// A text in UTF-8, in UTF-16 both ways, as JSON escapes, in hexadecimal, as a dump has bytes, and each base64 of it.
    pub(crate) fn look_for_text(&mut self, text: &str) {
        let utf16: Vec<u16> = text.encode_utf16().collect();
        self.add(text.as_bytes().to_vec(), text, "UTF-8");
        self.add(utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(), text, "UTF-16");
        self.add(utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(), text, "UTF-16BE");
        if !text.is_ascii() {
            self.add(
                utf16.iter().flat_map(|unit| format!("\\u{unit:04x}").into_bytes()).collect(),
                text,
                "JSON",
            );
        }
        self.add(hex(text.as_bytes()).into_bytes(), text, "hexadecimal");
        self.add_base64(text.as_bytes(), text);
    }

    /// A photo: pieces from all over it, as they are, in hexadecimal and in base64.
    pub(crate) fn look_for_photo(&mut self, base64: &str) {
        let photo = Base64::decode_vec(base64).unwrap();
        // From behind the tables, which all photos share.
        for piece in 1..8 {
            let at = photo.len() / 4 + piece * photo.len() / 12;
            let piece = &photo[at..at + 24];
            let name = format!("photo at {at}");
            self.add(piece.to_vec(), &name, "bytes");
            self.add(hex(piece).into_bytes(), &name, "hexadecimal");
            self.add_base64(piece, &name);
        }
    }

    /// Base64 looks otherwise for each of three places at which the bytes can stand.
    fn add_base64(&mut self, bytes: &[u8], name: &str) {
        for before in 0..3 {
            let padded = [&[0; 2][..before], bytes].concat();
            let whole = Base64Unpadded::encode_string(&padded[..padded.len() / 3 * 3]);
            let first = (before * 8).div_ceil(6);
            self.add(whole.as_bytes()[first..].to_vec(), name, "base64");
        }
    }

    fn add(&mut self, form: Vec<u8>, name: &str, how: &str) {
        let Some(head) = form.first_chunk::<HEAD>() else { panic!("{name} in {how} is too short") };
        self.begins.add(*head);
        self.forms.entry(*head).or_default().push((form, format!("{name} ({how})")));
        self.count += 1;
    }

    /// Searches a file.
    pub(crate) fn file(&mut self, path: &Path) {
        let content = fs::read(path).unwrap();
        self.bytes += content.len();
        self.content(&content, &path.display().to_string(), 0);
    }

    /// Searches what lies in no file.
    pub(crate) fn bytes_of(&mut self, content: &[u8], place: &str) {
        self.bytes += content.len();
        self.content(content, place, 0);
    }

    /// Searches the memory of a process, as it is: nothing in it is inflated.
    pub(crate) fn bare(&mut self, content: &[u8], place: &str) {
        self.bytes += content.len();
        self.content(content, place, DEPTH);
    }

    fn content(&mut self, content: &[u8], place: &str, depth: u32) {
        for at in 0..content.len() {
            let rest = &content[at..];
            let head = rest.first_chunk::<HEAD>().filter(|head| self.begins.may_have(**head));
            if let Some(known) = head.and_then(|head| self.forms.get(head)) {
                let is_here = |form: &[u8]| rest.starts_with(form) && !is_digits_of_others(content, at, form);
                let hits = known.iter().filter(|(form, _)| is_here(form));
                self.found.extend(hits.map(|(_, name)| format!("{name} in {place}")));
            }
            if depth < DEPTH
                && let Some(inflated) = inflated(rest)
            {
                self.streams += 1;
                self.content(&inflated, place, depth + 1);
            }
        }
    }

    /// What was found since it was last asked.
    pub(crate) fn found(&mut self) -> Vec<String> {
        std::mem::take(&mut self.found).into_iter().collect()
    }

    /// Whether nothing was found since it was last asked.
    pub(crate) fn is_nothing_found(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn forms(&self) -> usize {
        self.count
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn streams(&self) -> usize {
        self.streams
    }

    /// Each form, hidden in other bytes and compressed, is found: otherwise finding nothing would mean nothing.
    pub(super) fn proves_that_it_finds(&mut self, one: &Canary, other: &Canary) {
        for canary in [one, other] {
            let name = &canary.surname;
            let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let mut forms = vec![name.as_bytes().to_vec(), utf16, hex(name.as_bytes()).into_bytes()];
            for before in 0..3 {
                let padded = [&"xyz".as_bytes()[..before], name.as_bytes(), b"xyz"].concat();
                forms.push(Base64::encode_string(&padded).into_bytes());
            }
            for form in forms {
                let zlib = miniz_oxide::deflate::compress_to_vec_zlib(&form, 6);
                let gzip_head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
                let gzip = [&gzip_head[..], &miniz_oxide::deflate::compress_to_vec(&form, 6)].concat();
                let twice = miniz_oxide::deflate::compress_to_vec_zlib(&zlib, 6);
                for hidden in [form, zlib, gzip, twice] {
                    self.content(&[&[7; 100], &hidden[..], &[9; 100]].concat(), "a test", 0);
                    let found = self.found();
                    assert!(found.iter().any(|one| one.starts_with(name.as_str())), "{name}: {found:?}");
                }
            }
        }
        self.streams = 0;
    }
}

/// Whether the eight digits of a date are in the middle of a longer number: by chance they are where a megabyte that is sealed
/// stands in hexadecimal.
fn is_digits_of_others(content: &[u8], at: usize, form: &[u8]) -> bool {
    let is_hex = |at: Option<usize>| at.and_then(|at| content.get(at)).is_some_and(u8::is_ascii_hexdigit);
    let is_date = form.len() == HEAD && form.iter().all(u8::is_ascii_digit);
    is_date && (is_hex(at.checked_sub(1)) || is_hex(Some(at + form.len())))
}

/// With which three bytes forms begin, a bit for each three: of nearly every place that rules out all forms at once.
struct Beginnings(Vec<u64>);

impl Default for Beginnings {
    fn default() -> Self {
        Self(vec![0; (1 << 24) / 64])
    }
}

impl Beginnings {
    fn add(&mut self, head: [u8; HEAD]) {
        let (word, bit) = Self::place(head);
        self.0[word] |= bit;
    }

    fn may_have(&self, head: [u8; HEAD]) -> bool {
        let (word, bit) = Self::place(head);
        self.0[word] & bit != 0
    }

    fn place([first, second, third, ..]: [u8; HEAD]) -> (usize, u64) {
        let number = u32::from_be_bytes([0, first, second, third]);
        (usize::try_from(number / 64).unwrap(), 1 << (number % 64))
    }
}

/// What a zlib or gzip stream at the front gives, also where it is cut off.
fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    use miniz_oxide::inflate::{decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit};
    let inflated = match bytes {
        [0x1f, 0x8b, 8, flags, _, _, _, _, _, _, rest @ ..] => {
            let mut rest = rest;
            if flags & 4 != 0 {
                let length = usize::from(u16::from_le_bytes(*rest.first_chunk()?));
                rest = rest.get(2 + length..)?;
            }
            for flag in [8, 16] {
                if flags & flag != 0 {
                    rest = &rest[rest.iter().position(|byte| *byte == 0)? + 1..];
                }
            }
            decompress_to_vec_with_limit(if flags & 2 != 0 { rest.get(2..)? } else { rest }, MOST)
        }
        [method @ (0x08 | 0x18 | 0x28 | 0x38 | 0x48 | 0x58 | 0x68 | 0x78), flags, ..]
            if (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0 && flags & 0x20 == 0 =>
        {
            decompress_to_vec_zlib_with_limit(bytes, MOST)
        }
        _ => return None,
    };
    let inflated = inflated.unwrap_or_else(|error| error.output);
    // Shorter than anything looked for.
    (inflated.len() >= HEAD).then_some(inflated)
}
