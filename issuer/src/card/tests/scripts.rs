//! A name in each script: printed without a missing glyph, copied from the page as it was given, and drawn as another
//! shaper draws it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::raster::{Bitmap, alike};
use super::*;
use crate::card::fit::Block;
use crate::card::marks::Area;
use crate::card::units::{points, whole};
use crate::parallel;

/// Dots per inch of the comparison.
const DPI: f32 = 600.0;

/// A name and its language. Where parts of it run in different directions or fonts, they stand in `pieces` from left
/// to right; `HarfBuzz` alone draws one direction at a time.
struct Row {
    language: &'static str,
    name: &'static str,
    pieces: &'static [&'static str],
}

const fn row(language: &'static str, name: &'static str) -> Row {
    Row { language, name, pieces: &[] }
}

const fn mixed(language: &'static str, name: &'static str, pieces: &'static [&'static str]) -> Row {
    Row { language, name, pieces }
}

const ROWS: &[Row] = &[
    // Latin
    row("vi", "Nguyễn Thị Hồng Ánh"),
    row("vi", "Đặng Ngọc Quỳnh Trưởng"),
    row("pl", "Bożena Święcicka-Żółć"),
    row("cs", "Jiří Dvořáček"),
    row("tr", "Gülşen Çağlı İpek"),
    row("is", "Þórður Sæmundsson"),
    row("mt", "Ċensu Għaxaq Żammit"),
    row("ro", "Ștefan Țîrlea"),
    row("lv", "Jānis Ķēniņš"),
    row("lt", "Žemyna Šiaučiūnaitė"),
    row("cy", "Siân Llŷr Gwŷn"),
    row("hu", "Győző Őry"),
    row("ga", "Caoilḟinn Ó Súilleabháin"),
    row("se", "Áŋŋel Čáhci Đuommá"),
    row("sq", "Përparim Çuçi"),
    row("hr", "Ljubiša Đurđević"),
    row("az", "Əli Məmmədov"),
    row("yo", "Ọlábísí Adébáyọ̀"),
    row("ha", "Ɗanjuma Ƙofa Ɓala"),
    row("haw", "Kalaniʻōpuʻu"),
    // Greek, Cyrillic, Armenian, Georgian
    row("el", "Ελένη Παπαϊωάννου"),
    row("el", "Ἑλένη Ᾱὐγή"),
    row("uk", "Ґалина Їжакевич"),
    row("be", "Ўладзіслаў Ёрш"),
    row("sr", "Љубица Ћирић"),
    row("mk", "Ѓорѓи Ќосев"),
    row("kk", "Әсел Құнанбаева"),
    row("hy", "Անահիտ Հակոբյան"),
    row("ka", "ნინო ბერიძე"),
    // From right to left
    row("ar", "ليلى الحداد"),
    row("ar", "سلام علاء الدين الآغا"),
    row("ar", "مُحَمَّدٌ"),
    row("ar", "عبد الله"),
    row("fa", "علی\u{200c}رضا گلپایگانی"),
    row("ur", "نگہت ڈار ٹوانہ"),
    row("ckb", "ئارام ڕەشید ڤیان"),
    row("ug", "گۈلنار ئۆمەر"),
    row("ps", "ښاپېرۍ ځدراڼ"),
    row("sd", "ڀٽائي ڳوٺاڻي"),
    row("he", "שרה בן־דוד"),
    row("he", "שָׂרָה"),
    row("yi", "פֿײגל װײַס"),
    row("syr", "ܡܪܝܡ ܒܪ ܝܘܣܦ"),
    row("dv", "ޢަލީ މުޙައްމަދު"),
    row("nqo", "ߝߊ߬ߕߎߡߊߕߊ ߞߎߦߊߕߋ"),
    // South Asia
    row("hi", "श्रद्धा त्रिपाठी"),
    row("ne", "कृष्ण बहादुर"),
    row("bn", "অনিকা চৌধুরী"),
    row("ta", "ஸ்ரீதேவி கோபாலன்"),
    row("pa", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ"),
    row("gu", "પ્રિયંકા પટેલ"),
    row("te", "శ్రీనివాస్ రెడ్డి"),
    row("kn", "ಕೃಷ್ಣಮೂರ್ತಿ"),
    row("ml", "ശ്രീലക്ഷ്മി നായർ"),
    row("or", "ସୁଶ୍ରୀ ପଣ୍ଡା"),
    row("si", "ක්\u{200d}රිෂාන්ති ප්\u{200d}රනාන්දු"),
    row("bo", "བསྟན་འཛིན་རྒྱ་མཚོ"),
    // South-East Asia
    row("th", "กัญญารัตน์ ทองคำ"),
    row("lo", "ບຸນມີ ແກ້ວວົງສາ"),
    row("km", "ស្រីមុំ ច័ន្ទសុភា"),
    row("my", "မြင့်မြင့်အေး"),
    // Africa
    row("am", "ሰላማዊት ተስፋዬ"),
    row("zgh", "ⵜⵉⵏⵀⵉⵏⴰⵏ ⴰⵎⵖⵏⴰⵙ"),
    // East Asia
    row("zh-Hans", "王小明"),
    row("zh-Hant", "陳怡君"),
    row("ja", "佐藤 さくら"),
    row("ja", "タナカ ユウジ"),
    row("ko", "김민준"),
    // Two directions or two scripts on a line
    mixed("ar", "ليلى 2 الحداد", &["الحداد", " 2 ", "ليلى"]),
    mixed("ar", "ليلى ٢٣ الحداد", &["الحداد", " ٢٣ ", "ليلى"]),
    mixed("he", "Anna שרה", &["Anna ", "שרה"]),
    mixed("hi", "अनिका Smith", &["अनिका ", "Smith"]),
];

fn named(row: &Row, page: &str) -> Signed {
    signed(Card { name: name(row.name, row.language), ..bare(page) })
}

fn cards(page: &str) -> Vec<Signed> {
    ROWS.iter().map(|row| named(row, page)).collect()
}

/// A card with little but a name, in a language that reads from the left or the right.
fn bare(page: &str) -> Card {
    let labels = Labels::of(&Words::built_in(), page, page);
    let city = if page == "ar" { "مدينة الجسر" } else { "Riverton" };
    let services = if page == "ar" { vec!["المكتبة".to_owned()] } else { vec!["Library".to_owned()] };
    let notice = if page == "ar" {
        vec!["هذه البطاقة ملك لصاحبها.".to_owned()]
    } else {
        Vec::new()
    };
    let language = page.to_owned();
    Card { city: city.to_owned(), language, labels, services, notice, portrait: None, ..card("", None) }
}

#[test]
fn every_name_is_copied_from_the_page_as_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cards.pdf");
    let press = Press::new(Fonts::new(true)).unwrap();
    for page in ["en", "ar"] {
        std::fs::write(&path, press.print(&cards(page), now()).unwrap()).unwrap();
        let text = run(Command::new("pdftotext").arg(&path).arg("-"));
        let text = String::from_utf8(text).unwrap();
        let fronts: Vec<&str> = text.split('\u{c}').step_by(2).collect();
        for (row, front) in ROWS.iter().zip(fronts) {
            // Marks that only tell which way to read.
            let unmarked = front.replace(['\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}'], "");
            assert!(unmarked.lines().any(|line| line == row.name), "{} on {page}: {front:?}", row.name);
        }
    }
}

#[test]
fn without_the_machines_fonts_the_package_to_install_is_named() {
    let press = Press::new(Fonts::new(false)).unwrap();
    let mut named_scripts = BTreeSet::new();
    for row in ROWS {
        let Err(CardError::Unprintable { problems, .. }) = press.preflight(&named(row, "en").card) else {
            continue;
        };
        for problem in problems {
            let Problem::Uncovered { field: Field::Name, characters, script, package } = problem else {
                panic!("{}: {problem}", row.name);
            };
            assert!(characters.chars().all(|character| row.name.contains(character)), "{characters}");
            named_scripts.insert((script, package));
        }
    }
    let core = ["Bengali", "Devanagari", "Ethiopic", "Gujarati", "Gurmukhi", "Kannada", "Khmer", "Malayalam"];
    let more =
        ["Myanmar", "Odia", "Sinhala", "Syriac", "Tamil", "Telugu", "Thaana", "Thai", "Tibetan", "Arabic"];
    let east = ["Han", "Hangul", "Hiragana", "Katakana"].map(|script| (script, "fonts-noto-cjk"));
    let core = core.into_iter().chain(more).map(|script| (script, "fonts-noto-core"));
    assert_eq!(named_scripts, core.chain(east).collect());
}

#[test]
fn every_name_is_drawn_as_another_shaper_draws_it() {
    let rows: Vec<&Row> = ROWS.iter().collect();
    let drawn = Drawn::new(&rows);
    let wrong = parallel::map(&drawn.names, |name| {
        let parts = if name.row.pieces.is_empty() { &[name.row.name] } else { name.row.pieces };
        let expected = drawn.by_harfbuzz(name, parts, &[]);
        alike(&name.ink, &expected, parts.len())
            .err()
            .map(|wrong| format!("{} {}: {wrong}", name.row.language, name.row.name))
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_name_drawn_wrongly_is_told_apart() {
    // Letters not joined, a vowel that stays where it was typed, marks not placed, other letters.
    let wrong: [(&str, &str, &[&str]); 6] = [
        ("ليلى الحداد", "ليلى الحداد", &["--features=-init,-medi,-fina"]),
        ("অনিকা চৌধুরী", "অনিকা চৌধুরী", &["--script=Latn"]),
        ("မြင့်မြင့်အေး", "မြင့်မြင့်အေး", &["--script=Latn"]),
        ("王小明", "王小朋", &[]),
        ("Bożena Święcicka-Żółć", "Bozena Święcicka-Żółć", &[]),
        ("ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "ਗੁਰਪਰੀਤ ਸਿੰਘ", &[]),
    ];
    let row = |name: &str| ROWS.iter().find(|row| row.name == name).unwrap();
    let rows: Vec<&Row> = wrong.iter().map(|(name, ..)| row(name)).collect();
    let drawn = Drawn::new(&rows);
    for (name, (_, text, options)) in drawn.names.iter().zip(wrong) {
        assert!(
            alike(&name.ink, &drawn.by_harfbuzz(name, &[text], options), 1).is_err(),
            "{text} {options:?}"
        );
    }
}

/// Names as poppler draws them from a document, and where `HarfBuzz` finds their fonts.
struct Drawn<'r> {
    folder: tempfile::TempDir,
    fonts: Fonts,
    names: Vec<DrawnName<'r>>,
}

struct DrawnName<'r> {
    row: &'r Row,
    block: Block,
    ink: Bitmap,
}

impl<'r> Drawn<'r> {
    fn new(rows: &[&'r Row]) -> Self {
        let (fonts, plans) = (Fonts::new(true), Plans::parse(layout::BUILT_IN).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let cards: Vec<Signed> = rows.iter().map(|row| named(row, "en")).collect();
        let path = folder.path().join("cards.pdf");
        std::fs::write(&path, Press::new(Fonts::new(true)).unwrap().print(&cards, now()).unwrap()).unwrap();
        let pages = parallel::map(&(0..cards.len()).collect::<Vec<_>>(), |index| {
            let desk = Desk { fonts: &fonts, memo: &Memo::default(), plan: &plans.card, with_emblem: false };
            let marks = layout::front(desk, &cards[*index].card, None).unwrap();
            let (block, area) = marks.into_iter().find_map(a_name).unwrap();
            // All of its ink is within its own lines: what reaches further is cut off, and makes the test fail.
            let dots = |mm: f32| whole(points(mm) * DPI / 72.0).to_string();
            let mut command = Command::new("pdftoppm");
            let page = (2 * index + 1).to_string();
            command.args(["-png", "-gray", "-singlefile", "-r", &DPI.to_string(), "-f", &page]);
            command.args(["-x", &dots(area.left - 1.0), "-W", &dots(area.width + 2.0)]);
            command.args(["-y", &dots(area.top), "-H", &dots(block.height())]);
            let out = folder.path().join(format!("page-{index}"));
            run(command.arg(&path).arg(&out));
            DrawnName { row: rows[*index], block, ink: Bitmap::of_png(&out.with_extension("png")) }
        });
        Self { folder, fonts, names: pages }
    }

    /// The same text by `hb-view`, in the fonts and at the size of the name.
    fn by_harfbuzz(&self, name: &DrawnName<'_>, parts: &[&str], options: &[&str]) -> Bitmap {
        const MARGIN: f32 = 40.0;
        let size = name.block.size * DPI / 72.0;
        let [line] = &name.block.lines[..] else { panic!("{} lines", name.block.lines.len()) };
        let mut drawn = Bitmap::default();
        let mut left = 0.0_f32;
        for part in parts {
            let letter = part.trim().chars().next().unwrap();
            let run_of = line.runs.iter().find(|run| run.text.contains(letter));
            let face = run_of.unwrap_or(&line.runs[0]).face;
            let loaded = self.fonts.loaded(face).unwrap();
            let folder = tempfile::tempdir_in(&self.folder).unwrap();
            let (font, out) = (folder.path().join("font"), folder.path().join("drawn.svg"));
            std::fs::write(&font, &loaded.bytes).unwrap();
            let mut command = Command::new("hb-view");
            command.args(["--output-format=svg", "--output-file"]).arg(&out);
            command.args([format!("--font-size={size}"), format!("--margin={MARGIN}")]);
            // The same for all fonts, so that their baselines meet.
            command.arg(format!("--font-extents={size},{size},0"));
            let language = name.row.language;
            command.args([format!("--face-index={}", loaded.index), format!("--language={language}")]);
            run(command.args(options).args(["--text", part, "--font-file"]).arg(&font));
            let (bitmap, width) = Bitmap::of_svg(&out);
            drawn = drawn.beside(&bitmap, whole(left.round()));
            left += width - 2.0 * MARGIN;
        }
        drawn
    }
}

fn a_name(mark: Mark) -> Option<(Block, Area)> {
    match mark {
        Mark::Text { block, area, .. } if block.field == Field::Name => Some((block, area)),
        _ => None,
    }
}

/// What a program prints; the test fails where the program does.
fn run(command: &mut Command) -> Vec<u8> {
    let program = Path::new(command.get_program()).display().to_string();
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}; tests/run installs it"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
