//! Which languages are read from right to left.

/// Scripts read from right to left, by ISO 15924 in small letters.
const SCRIPTS: [&str; 11] =
    ["adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa", "yezi"];

/// Languages whose usual script is one of them, by BCP 47.
const LANGUAGES: [&str; 40] = [
    "aeb", "ajp", "apc", "apd", "ar", "arb", "arc", "ars", "ary", "arz", "azb", "bal", "bgn", "ckb", "dv",
    "fa", "glk", "he", "iw", "ji", "khw", "ks", "lrc", "luz", "mzn", "nqo", "pbt", "pbu", "pnb", "prs", "ps",
    "rhg", "sd", "sdh", "skr", "syr", "ug", "ur", "uzs", "yi",
];

/// Whether a text in a language, given as a BCP 47 tag, reads from right to left. A script in the tag decides
/// (`ku-Arab`, `ar-Latn`); without one, the language's usual script does.
#[must_use]
pub fn is_rtl(language: &str) -> bool {
    let tag = language.to_ascii_lowercase();
    let mut parts = tag.split(['-', '_']);
    let first = parts.next().unwrap_or_default();
    // What follows a single letter is about calendars and the like.
    let script = parts
        .take_while(|part| part.len() > 1)
        .find(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    script.map_or_else(|| LANGUAGES.contains(&first), |script| SCRIPTS.contains(&script))
}

/// The same as pages say it in `dir`.
#[must_use]
pub fn direction(language: &str) -> &'static str {
    if is_rtl(language) { "rtl" } else { "ltr" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_decide_before_languages() {
        for tag in [
            "ar",
            "AR",
            "ar-EG",
            "fa",
            "ur",
            "he",
            "yi",
            "ps",
            "sd",
            "ug",
            "ckb",
            "dv",
            "nqo",
            "syr",
            "rhg",
            "rhg-rohg",
            "ku-Arab",
            "ku_arab_iq",
            "ff-Adlm",
            "zh-yue-arab",
        ] {
            assert!(is_rtl(tag), "{tag}");
        }
        for tag in ["", "en", "uk", "ku", "ar-Latn", "sd-Deva", "zh-hant", "de-1996", "en-u-sd-arab", "arx"] {
            assert!(!is_rtl(tag), "{tag}");
        }
    }
}
