//! Names of writing systems, and the Debian packages whose fonts print them.

use harfrust::{Script, unicode};

/// The script of a character; `None` for signs, digits and marks that every script shares.
pub(super) fn of(character: char) -> Option<Script> {
    let script = unicode::script(u32::from(character));
    let shared = [*b"Zyyy", *b"Zinh", *b"Zzzz"];
    (!shared.contains(&script.tag().to_be_bytes())).then_some(script)
}

/// Whether a character is a mark on the one before it.
pub(super) fn is_mark(character: char) -> bool {
    unicode::combining_class(u32::from(character)) != 0
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

/// Whose forms of Han characters a text is written in: the same character is drawn differently from place to place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Region {
    Mainland,
    Taiwan,
    HongKong,
    Japan,
    Korea,
}

impl Region {
    /// By the language where that says it, else by the other characters of the text.
    pub(super) fn of(text: &str, language: Option<&str>) -> Self {
        let tag = language.unwrap_or_default().to_ascii_lowercase();
        let mut parts = tag.split(['-', '_']);
        let first = parts.next().unwrap_or_default();
        let has = |part: &str| tag.split(['-', '_']).any(|other| other == part);
        let written = |scripts: &[&[u8; 4]]| {
            text.chars().filter_map(of).any(|script| scripts.contains(&&script.tag().to_be_bytes()))
        };
        match first {
            "ja" => Self::Japan,
            "ko" => Self::Korea,
            "yue" => Self::HongKong,
            "zh" if has("hk") || has("mo") => Self::HongKong,
            "zh" if has("hant") || has("tw") => Self::Taiwan,
            "zh" => Self::Mainland,
            _ if written(&[b"Hira", b"Kana"]) => Self::Japan,
            _ if written(&[b"Hang"]) => Self::Korea,
            _ if written(&[b"Bopo"]) => Self::Taiwan,
            _ => Self::Mainland,
        }
    }

    /// The region that a font is for, by its PostScript name; `None` for most fonts.
    pub(super) fn of_font(name: &str) -> Option<Self> {
        let (_, region) = name.split_once("CJK")?;
        match region.get(..2)? {
            "sc" => Some(Self::Mainland),
            "tc" => Some(Self::Taiwan),
            "hk" => Some(Self::HongKong),
            "jp" => Some(Self::Japan),
            "kr" => Some(Self::Korea),
            _ => None,
        }
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

    #[test]
    fn han_characters_are_drawn_as_where_their_text_is_from() {
        for (text, language, region) in [
            ("骨", None, Region::Mainland),
            ("骨", Some("zh-Hans"), Region::Mainland),
            ("骨", Some("zh-Hant-HK"), Region::HongKong),
            ("骨", Some("zh-TW"), Region::Taiwan),
            ("骨", Some("ja"), Region::Japan),
            ("骨 さくら", Some("en"), Region::Japan),
            ("骨 김", None, Region::Korea),
        ] {
            assert_eq!(Region::of(text, language), region, "{text} {language:?}");
        }
        assert_eq!(Region::of_font("NotoSansCJKjp-Bold"), Some(Region::Japan));
        assert_eq!(Region::of_font("NotoSans-Bold"), None);
    }
}
