//! Names of writing systems, and the Debian packages whose fonts print them.

use harfrust::{Script, unicode};

/// The script of a character; `None` for signs, digits and marks that every script shares.
pub(super) fn of(character: char) -> Option<Script> {
    let script = unicode::script(u32::from(character));
    let shared = [*b"Zyyy", *b"Zinh", *b"Zzzz"];
    (!shared.contains(&script.tag().to_be_bytes())).then_some(script)
}

/// The English name of a script.
pub(super) fn name(script: Option<Script>) -> &'static str {
    let Some(script) = script else { return "common signs" };
    let tag = script.tag().to_be_bytes();
    NAMES.iter().find_map(|(known, name)| (**known == tag).then_some(*name)).unwrap_or("another script")
}

/// The Debian package that holds a font for a script.
pub(super) fn package(script: Option<Script>) -> &'static str {
    match script.map(|script| script.tag().to_be_bytes()).as_ref() {
        Some(b"Hani" | b"Hira" | b"Kana" | b"Hang" | b"Bopo") => "fonts-noto-cjk",
        Some(b"Latn" | b"Grek" | b"Cyrl") | None => "fonts-noto-extra",
        Some(_) => "fonts-noto-core",
    }
}

const NAMES: &[(&[u8; 4], &str)] = &[
    (b"Adlm", "Adlam"),
    (b"Arab", "Arabic"),
    (b"Armn", "Armenian"),
    (b"Beng", "Bengali"),
    (b"Bopo", "Bopomofo"),
    (b"Cans", "Canadian syllabics"),
    (b"Cher", "Cherokee"),
    (b"Copt", "Coptic"),
    (b"Cyrl", "Cyrillic"),
    (b"Deva", "Devanagari"),
    (b"Ethi", "Ethiopic"),
    (b"Geor", "Georgian"),
    (b"Grek", "Greek"),
    (b"Gujr", "Gujarati"),
    (b"Guru", "Gurmukhi"),
    (b"Hang", "Hangul"),
    (b"Hani", "Han"),
    (b"Hebr", "Hebrew"),
    (b"Hira", "Hiragana"),
    (b"Java", "Javanese"),
    (b"Kana", "Katakana"),
    (b"Khmr", "Khmer"),
    (b"Knda", "Kannada"),
    (b"Laoo", "Lao"),
    (b"Latn", "Latin"),
    (b"Mlym", "Malayalam"),
    (b"Mong", "Mongolian"),
    (b"Mtei", "Meetei Mayek"),
    (b"Mymr", "Myanmar"),
    (b"Nkoo", "N'Ko"),
    (b"Olck", "Ol Chiki"),
    (b"Orya", "Odia"),
    (b"Rohg", "Hanifi Rohingya"),
    (b"Sinh", "Sinhala"),
    (b"Syrc", "Syriac"),
    (b"Taml", "Tamil"),
    (b"Telu", "Telugu"),
    (b"Tfng", "Tifinagh"),
    (b"Thaa", "Thaana"),
    (b"Thai", "Thai"),
    (b"Tibt", "Tibetan"),
    (b"Vaii", "Vai"),
    (b"Yiii", "Yi"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_have_names_and_packages() {
        assert_eq!((name(of('অ')), package(of('অ'))), ("Bengali", "fonts-noto-core"));
        assert_eq!((name(of('張')), package(of('張'))), ("Han", "fonts-noto-cjk"));
        assert_eq!(name(of('é')), "Latin");
        assert_eq!(of('-'), None);
        assert_eq!(of('\u{301}'), None);
    }
}
