//! One visit at the desk, from the start page to the hand-over, by the forms of its pages.

use std::process::Command;
use std::sync::OnceLock;

use issuer::card::portrait;

use super::browser::Page;
use super::{Browser, Wrong};

/// Photos, drawn once.
static FACES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();

/// What a visit came to.
#[derive(Clone, Debug, Default)]
pub struct Visited {
    /// The number of the card.
    pub card: String,
    /// What the officer did on pages: a field that was filled, a box ticked, a button or key pressed.
    pub actions: usize,
    /// What the browser asked of the server, pictures and drafts included.
    pub requests: usize,
}

/// A visit under way.
struct Visiting<'b> {
    browser: &'b mut Browser,
    case: String,
    page: Page,
    actions: usize,
}

/// Enrols somebody whom no other number names, prints their card, and hands it over. With `scans` the card's back is
/// rendered, read and scanned; without, the scan is passed over with a reason. A number that a page shows is `acknowledged`.
///
/// # Errors
/// What the server said, when it refused anything, or that it said nothing.
pub fn visit(
    browser: &mut Browser,
    number: usize,
    scans: bool,
    acknowledged: &mut Vec<String>,
) -> Result<Visited, Wrong> {
    let before = browser.requests;
    let start = browser.get("/")?;
    let page = browser.post("/cases", &[("kind", "new")])?;
    let case = page.path.strip_suffix("/language").ok_or("no case was begun")?.to_owned();
    drop(start);
    let mut visiting = Visiting { browser, case, page, actions: 1 };
    visiting.send("language", 1, &[("language", "fr")])?;
    visiting.papers()?;
    visiting.person(number)?;
    visiting.photo(number)?;
    let card = visiting.review()?;
    acknowledged.push(card.clone());
    let printed = visiting.browser.get(&format!("{}/card.pdf", visiting.case))?;
    visiting.send("print", 2, &[("outcome", "printed")])?;
    if scans {
        let text = scanned(&printed.bytes)?;
        visiting.send("scan", 2, &[("scan", &text)])?;
    } else {
        visiting.send("scan", 2, &[("do", "skip"), ("skip_reason", "no_scanner")])?;
    }
    visiting.browser.get(&format!("{}/slip.pdf", visiting.case))?;
    visiting.send("hand-over", 2, &[])?;
    if visiting.page.path != "/?done=handed-over" {
        return Err(format!("the visit ended at {}", visiting.page.path).into());
    }
    let Visiting { actions, browser, .. } = visiting;
    Ok(Visited { card, actions, requests: browser.requests - before })
}

impl Visiting<'_> {
    /// Sends the form of the page in hand, after so many actions of the officer.
    fn send(&mut self, step: &str, actions: usize, fields: &[(&str, &str)]) -> Result<(), Wrong> {
        let version = self.page.version()?;
        let fields = [&[("version", version.as_str())][..], fields].concat();
        self.page = self.browser.post(&format!("{}/{step}", self.case), &fields)?;
        self.actions += actions;
        Ok(())
    }

    /// Sends what stands in the form by itself, as the script does while somebody types.
    fn keep(&mut self, fields: &[(&str, &str)]) -> Result<(), Wrong> {
        let version = self.page.version()?;
        let fields = [&[("version", version.as_str())][..], fields].concat();
        self.browser.post(&format!("{}/keep", self.case), &fields)?;
        self.page = self.browser.get(&self.page.path.clone())?;
        Ok(())
    }

    fn papers(&mut self) -> Result<(), Wrong> {
        let fields = [
            ("paper", "passport"),
            ("paper", "school-letter"),
            ("birth_year", "1988"),
            ("address_kind", "none"),
        ];
        self.keep(&fields[..1])?;
        self.keep(&fields)?;
        self.send("papers", 5, &[&fields[..], &[("do", "on")]].concat())
    }

    fn person(&mut self, number: usize) -> Result<(), Wrong> {
        let name = name(number);
        let (day, month) = ((number % 28 + 1).to_string(), (number / 28 % 12 + 1).to_string());
        let fields = [
            ("full_name", name.as_str()),
            ("birth_day", &day),
            ("birth_month", &month),
            ("birth_year", "1988"),
            ("birth_on_card", "yes"),
            ("gender", ""),
            ("address_kind", "none"),
            ("service", "library"),
            ("service", "clinic"),
        ];
        self.keep(&fields)?;
        self.send("person", 7, &[&fields[..], &[("do", "on")]].concat())
    }

    fn photo(&mut self, number: usize) -> Result<(), Wrong> {
        let faces = FACES.get_or_init(|| (0..8).map(|face| portrait::drawn(face).unwrap()).collect());
        let face = faces.iter().cycle().nth(number % faces.len()).ok_or("no face")?;
        let version = self.page.version()?;
        let fields = [("version", version.as_str()), ("do", "keep"), ("crop", "")];
        self.page = self.browser.upload(&format!("{}/photo", self.case), &fields, ("photo", face))?;
        self.browser.get(&format!("{}/portrait", self.case))?;
        self.actions += 2;
        self.send("photo", 1, &[("do", "on")])
    }

    fn review(&mut self) -> Result<String, Wrong> {
        for side in ["front", "back"] {
            self.browser.get(&format!("{}/proof/{side}", self.case))?;
        }
        let fields = ["full_name", "birth_date", "services", "photo"].map(|line| ("confirm", line));
        self.send("review", 5, &[&fields[..], &[("do", "issue")]].concat())?;
        Ok(self.page.after("class=\"card-number\" dir=\"ltr\">")?.to_owned())
    }
}

/// A name of letters alone, which no other number gives.
pub(super) fn name(number: usize) -> String {
    const SYLLABLES: [&str; 10] = ["ba", "de", "fi", "go", "lu", "ma", "ne", "ri", "so", "tu"];
    let syllable =
        |place: usize| SYLLABLES.iter().cycle().nth(number / place % 10).copied().unwrap_or_default();
    let part = |places: [usize; 3]| places.map(syllable).concat();
    format!("A{} D{}", part([1, 10, 100]), part([1_000, 10_000, 100_000]))
}

/// The code on the back of a printed card, as a scanner reads it.
fn scanned(pdf: &[u8]) -> Result<String, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (file, picture) = (folder.path().join("card.pdf"), folder.path().join("back"));
    std::fs::write(&file, pdf).map_err(|error| error.to_string())?;
    let drawn = Command::new("pdftoppm")
        .args(["-r", "300", "-f", "2", "-l", "2", "-singlefile", "-png"])
        .args([&file, &picture])
        .status();
    if !drawn.map_err(|error| format!("pdftoppm: {error}"))?.success() {
        return Err("pdftoppm could not draw the card".to_owned());
    }
    let picture = std::fs::read(picture.with_extension("png")).map_err(|error| error.to_string())?;
    let codes = reader::codes_in(&picture).map_err(|error| error.to_string())?;
    codes.into_iter().next().ok_or_else(|| "no code was read".to_owned())
}
