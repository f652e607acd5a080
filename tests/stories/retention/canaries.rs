//! A thousand residents whose every word is known.

use std::fmt::Write as _;

/// How many.
pub(super) const HOW_MANY: usize = 1000;
/// Letters in the part of a name that no other resident has.
const LONG: usize = 12;

/// Scripts: a language, and sixteen letters to make names of.
pub(super) const SCRIPTS: [(&str, &str); 8] = [
    ("en", "abdefgiklmnoprst"),
    ("el", "αβγδεζηθικλμνξοπ"),
    ("uk", "абвгдежзиклмнопр"),
    ("ar", "ابتثجحخدذرزسشصضط"),
    ("he", "אבגדהוזחטילמנסעפ"),
    ("hy", "աբգդեզէըթժիլխծկհ"),
    ("ka", "აბგდევზთიკლმნოპჟ"),
    ("hi", "कखगघचछजझटठडढतथदध"),
];

/// One of them.
pub(super) struct Canary {
    pub(super) full_name: String,
    /// The word that nobody else has.
    pub(super) surname: String,
    pub(super) birth_date: String,
    pub(super) street: String,
}

impl Canary {
    pub(super) fn of(number: usize) -> Self {
        let (_, letters) = SCRIPTS[number % SCRIPTS.len()];
        let surname = word(letters, number);
        let first: String = letters.chars().take(3).collect();
        // Days of the years 1931 and after, each once.
        let day = chrono::NaiveDate::from_ymd_opt(1931, 1, 1).unwrap()
            + chrono::Days::new(u64::try_from(number).unwrap());
        Self {
            full_name: format!("{first} {surname}"),
            birth_date: day.to_string(),
            street: word(SCRIPTS[0].1, number + 7919),
            surname,
        }
    }
}

/// A word of these letters that no other number makes: multiplied by odd numbers, hexadecimal digits stay apart.
fn word(letters: &str, number: usize) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let mut value = (u64::try_from(number).unwrap() + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut word = String::new();
    for _ in 0..LONG {
        word.push(letters[usize::try_from(value >> 60).unwrap()]);
        value <<= 4;
    }
    word
}

/// The batch; the first `photos` have one.
pub(super) fn csv(canaries: &[Canary], photos: usize) -> String {
    let mut csv = "full_name,birth_date,address,photo\n".to_owned();
    for (number, canary) in canaries.iter().enumerate() {
        let photo = if number < photos { format!("photos/{number}.jpg") } else { String::new() };
        let Canary { full_name, birth_date, street, .. } = canary;
        writeln!(csv, "{full_name},{birth_date},{street} 7,{photo}").unwrap();
    }
    csv
}
