//! Names that are too long for the card, with middle names as initials.
//!
//! The first word and the last one always stay whole, the last with the particles before it (`de la Cruz`). Of the names
//! between, the last becomes an initial first, then the one before it. A particle (`de`, `van`, `bin`: a word that begins
//! with a small letter) belongs to the name after it, and is dropped where that is an initial. Both parts of a hyphenated
//! name keep theirs (`A.-M.`). Only scripts that have initials are shortened.

use crate::card::scripts;

/// The name with one more middle name as an initial from each to the next; nothing where none can be.
pub(super) fn shortened(name: &str) -> Vec<String> {
    if !has_initials(name) {
        return Vec::new();
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let Some((first, rest)) = words.split_first() else { return Vec::new() };
    // In a name without capitals no word can be told to be a particle.
    let capitals = begins_large(first);
    let mut names: Vec<Vec<&str>> = vec![Vec::new()];
    for (at, word) in rest.iter().enumerate() {
        if let Some(name) = names.last_mut() {
            name.push(word);
        }
        let is_particle = capitals && !begins_large(word);
        if at + 1 < rest.len() && !is_particle {
            names.push(Vec::new());
        }
    }
    let Some((family, middle)) = names.split_last() else { return Vec::new() };
    let written = |kept: usize| {
        let short = middle.iter().skip(kept).filter_map(|name| name.last()).map(|word| initial(word));
        let whole = middle.iter().take(kept).flatten().map(|word| (*word).to_owned());
        let all = std::iter::once((*first).to_owned()).chain(whole).chain(short);
        all.chain(family.iter().map(|word| (*word).to_owned())).collect::<Vec<_>>().join(" ")
    };
    (0..middle.len())
        .rev()
        .map(written)
        .filter(|short| short.chars().count() < name.chars().count())
        .collect()
}

/// Whether all letters are of scripts in which a name may be an initial.
fn has_initials(name: &str) -> bool {
    let known = [*b"Latn", *b"Grek", *b"Cyrl", *b"Armn", *b"Geor"];
    name.chars().filter_map(scripts::of).all(|script| known.contains(&script.tag().to_be_bytes()))
}

/// Whether a word begins with a capital, or in a script without them.
fn begins_large(word: &str) -> bool {
    let is_georgian = |c: char| ('\u{10a0}'..='\u{10ff}').contains(&c);
    word.chars().find(|c| c.is_alphabetic()).is_none_or(|c| !c.is_lowercase() || is_georgian(c))
}

/// `A.` for `Anne`, `A.-M.` for `Anne-Marie`; what is one already stays.
fn initial(word: &str) -> String {
    let parts = word.split('-').map(|part| {
        let rest = part.trim_start_matches(|c: char| !c.is_alphabetic());
        let mut letters = rest.chars();
        let Some(first) = letters.next() else { return part.to_owned() };
        let marks = letters.take_while(|c| scripts::is_mark(*c));
        std::iter::once(first).chain(marks).chain(['.']).collect()
    });
    parts.collect::<Vec<String>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middle_names_become_initials_from_the_last_one_on() {
        for (name, expected) in [
            (
                "Maria Fernanda de los Ángeles Gutiérrez",
                &["Maria Fernanda Á. Gutiérrez", "Maria F. Á. Gutiérrez"][..],
            ),
            ("Juan Carlos de la Cruz", &["Juan C. de la Cruz"]),
            ("Johannes Willem van den Berg", &["Johannes W. van den Berg"]),
            ("Ahmad bin Muhammad al-Faruqi", &["Ahmad M. al-Faruqi"]),
            ("Ahmad bin Muhammad Al-Faruqi", &["Ahmad M. Al-Faruqi"]),
            ("Zoë Anne-Marie O'Neill Ortega", &["Zoë Anne-Marie O. Ortega", "Zoë A.-M. O. Ortega"]),
            ("Анна Сергеевна Иванова", &["Анна С. Иванова"]),
            ("Ελένη Μαρία Παπαϊωάννου", &["Ελένη Μ. Παπαϊωάννου"]),
            ("Անահիտ Մարիամ Հակոբյան", &["Անահիտ Մ. Հակոբյան"]),
            ("ნინო მარიამ ბერიძე", &["ნინო მ. ბერიძე"]),
            ("Ọlá Ọ̀ṣun Adébáyọ̀", &["Ọlá Ọ̀. Adébáyọ̀"]),
            ("anna maria smith", &["anna m. smith"]),
            ("John F. Kennedy", &[]),
            ("Maria Gutiérrez", &[]),
            ("Teller", &[]),
            ("", &[]),
            ("ليلى محمد أحمد الحداد", &[]),
            ("Li 王小 明", &[]),
        ] {
            assert_eq!(shortened(name), expected, "{name}");
        }
    }
}
