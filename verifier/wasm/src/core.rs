//! All that [`Core`](crate::Core) does, without the browser.

use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::index::{Index, Pieces};
use shared::keys::Thumbprint;
use shared::trusted::{TrustError, Trusted};
use shared::verdict::Desk;
use verifier::answer::{Answer, State};
use verifier::counter::{Counter, parse_desk};
use verifier::trust;
use verifier::words::Words;

/// The lists that the page holds, and its words.
#[derive(Debug)]
pub(crate) struct Page {
    words: Words,
    trusted: Option<Trusted>,
}

/// Why the page gets no answer. The names are the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not a bundle at all.
    NotABundle,
    /// Of another city than the one trusted here, or not of the root that was confirmed.
    OtherCity,
    /// Older than what is held.
    Older,
    /// Damaged, or not signed by those who may.
    Damaged,
    /// The fingerprint is none.
    NoFingerprint,
    /// The city has no such desk.
    NoDesk,
    /// The time is none.
    NoTime,
}

/// What taking a bundle would mean.
#[derive(Debug, Serialize)]
struct Offer {
    /// The city, in the page's language.
    city: Option<String>,
    /// The root that would be trusted.
    fingerprint: String,
    /// Number of its trust list.
    sequence: u64,
    /// Whether a person must compare the fingerprint first.
    first: bool,
}

/// What is to be fetched of a bundle.
#[derive(Debug, Serialize)]
struct Fetch {
    /// The length of the bundle.
    bundle: usize,
    /// The pieces of it that are not held.
    missing: Vec<Missing>,
}

/// A piece, from where the index is.
#[derive(Debug, Serialize)]
struct Missing {
    place: String,
    length: usize,
}

impl Page {
    pub(crate) fn new() -> Self {
        Self { words: Words::built_in(), trusted: None }
    }

    pub(crate) fn load(&mut self, bundle: &[u8], fingerprint: &str) -> Result<(), Refusal> {
        let pinned = Thumbprint::parse(fingerprint).ok_or(Refusal::NoFingerprint)?;
        self.trusted = Some(trust::take(None, bundle, Some(pinned))?.0);
        Ok(())
    }

    pub(crate) fn look(&self, bundle: &[u8], language: &str) -> Result<String, Refusal> {
        let (trusted, update) = trust::take(self.trusted.as_ref(), bundle, None)?;
        let list = trusted.trust_list();
        let language = self.words.language(Some(language));
        Ok(json(&Offer {
            city: verifier::answer::city(list, language),
            fingerprint: trusted.fingerprint().to_string(),
            sequence: list.sequence,
            first: update.sequence_before.is_none(),
        }))
    }

    pub(crate) fn take(&mut self, bundle: &[u8], fingerprint: &str) -> Result<Vec<u8>, Refusal> {
        let confirmed = Thumbprint::parse(fingerprint).ok_or(Refusal::NoFingerprint)?;
        let (trusted, _) = trust::take(self.trusted.as_ref(), bundle, Some(confirmed))?;
        Ok(self.trusted.insert(trusted).to_bundle())
    }

    /// What of the bundle that an index describes is not held, in the order in which [`Page::assemble`] wants it.
    pub(crate) fn missing(&self, index: &[u8]) -> Result<String, Refusal> {
        let held = self.held();
        let index = Index::parse(index).map_err(|_| Refusal::NotABundle)?;
        let pieces = Pieces::of(&held).map_err(|_| Refusal::NotABundle)?;
        let missing = index.missing(&pieces).into_iter();
        let missing = missing.map(|apart| Missing { place: apart.place(), length: apart.length }).collect();
        Ok(json(&Fetch { bundle: index.bundle_length(), missing }))
    }

    /// The bundle that an index describes, out of what is held and what was fetched, one piece behind the other.
    pub(crate) fn assemble(&self, index: &[u8], mut fetched: &[u8]) -> Result<Vec<u8>, Refusal> {
        let held = self.held();
        let index = Index::parse(index).map_err(|_| Refusal::NotABundle)?;
        let mut pieces = Pieces::of(&held).map_err(|_| Refusal::NotABundle)?;
        for apart in index.missing(&pieces) {
            let (piece, rest) = fetched.split_at_checked(apart.length).ok_or(Refusal::Damaged)?;
            pieces.add(&apart, piece);
            fetched = rest;
        }
        index.assemble(&pieces).map_err(|_| Refusal::Damaged)
    }

    fn held(&self) -> Vec<u8> {
        self.trusted.as_ref().map(Trusted::to_bundle).unwrap_or_default()
    }

    pub(crate) fn state(&self, desk: &str, language: &str, now: f64) -> Result<String, Refusal> {
        let language = self.words.language(Some(language));
        Ok(json(&State::of(self.trusted.as_ref(), desk, language, &self.words, time(now)?)))
    }

    pub(crate) fn verify(
        &self,
        text: &str,
        pressed: Option<&str>,
        desk: &str,
        language: &str,
        now: f64,
    ) -> Result<String, Refusal> {
        let trusted = self.trusted.as_ref();
        let name = Some(desk).filter(|desk| !desk.is_empty());
        let service = name.map(|name| parse_desk(name, trusted)).transpose().map_err(|_| Refusal::NoDesk)?;
        let desk = service.as_ref().map_or(Desk::Any, Desk::Of);
        let checked = Counter { trusted, desk, now: time(now)? }.check(text, pressed);
        let language = self.words.language(Some(language));
        Ok(json(&Answer::of(&checked, trusted, desk, language, &self.words)))
    }
}

impl Refusal {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NotABundle => "not-a-bundle",
            Self::OtherCity => "other-city",
            Self::Older => "older",
            Self::Damaged => "damaged",
            Self::NoFingerprint => "no-fingerprint",
            Self::NoDesk => "no-desk",
            Self::NoTime => "no-time",
        }
    }
}

impl From<TrustError> for Refusal {
    fn from(error: TrustError) -> Self {
        match error {
            TrustError::Bundle(_) => Self::NotABundle,
            TrustError::OtherRoot { .. } => Self::OtherCity,
            TrustError::OlderTrustList { .. } | TrustError::OlderStatusList { .. } => Self::Older,
            _ => Self::Damaged,
        }
    }
}

/// The page counts time in whole seconds, as numbers of JavaScript.
fn time(now: f64) -> Result<DateTime<Utc>, Refusal> {
    let seconds = format!("{now:.0}").parse().map_err(|_| Refusal::NoTime)?;
    DateTime::from_timestamp(seconds, 0).ok_or(Refusal::NoTime)
}

fn json(answer: &impl Serialize) -> String {
    // Nothing in these types can fail to be written.
    serde_json::to_string(answer).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use ::tests::city::{self, City};
    use serde_json::Value;

    use super::*;

    fn now() -> f64 {
        f64::from(i32::try_from(city::NOW).unwrap())
    }

    fn fingerprint() -> String {
        City::port_alder().trusted().fingerprint().to_string()
    }

    fn trusting() -> Page {
        let mut page = Page::new();
        page.take(&City::port_alder().bundle(), &fingerprint()).unwrap();
        page
    }

    fn parsed(json: Result<String, Refusal>) -> Value {
        serde_json::from_str(&json.unwrap()).unwrap()
    }

    #[test]
    fn a_good_card_is_valid_here_as_at_the_kiosk() {
        let trusted = City::port_alder().trusted();
        let counter = Counter { trusted: Some(&trusted), desk: Desk::Any, now: city::at(city::NOW) };
        let checked = counter.check(&city::identity().text(), None);
        let words = Words::built_in();
        let expected = serde_json::to_value(Answer::of(&checked, Some(&trusted), Desk::Any, "de", &words));
        let answer = parsed(trusting().verify(&city::identity().text(), None, "", "de-AT", now()));
        assert_eq!(answer["outcome"], "valid");
        assert_eq!(answer, expected.unwrap());
    }

    #[test]
    fn before_the_first_bundle_nobody_is_trusted() {
        let page = Page::new();
        let answer = parsed(page.verify(&city::identity().text(), None, "", "en", now()));
        assert_eq!((&answer["outcome"], &answer["reason"]), (&"cannot_tell".into(), &"no_trust_list".into()));
        assert_eq!(parsed(page.state("", "en", now()))["city"], Value::Null);
    }

    #[test]
    fn a_first_bundle_is_looked_at_before_its_root_is_trusted() {
        let offer = parsed(Page::new().look(&City::port_alder().bundle(), "en"));
        assert_eq!((&offer["city"], &offer["first"]), (&"Port Alder".into(), &true.into()));
        assert_eq!(offer["fingerprint"], fingerprint());
        let again = parsed(trusting().look(&City::port_alder().bundle(), "en"));
        assert_eq!(again["first"], false);
    }

    #[test]
    fn a_newer_bundle_is_put_together_from_what_is_held_and_one_piece() {
        let old = City::large(200_000);
        let new = old.clone().with(|city| city.trust_list.sequence += 1).bundle();
        let index = Index::of(&new).unwrap().to_cbor();
        let mut page = Page::new();
        assert_eq!(page.missing(&index), Err(Refusal::NotABundle));
        page.take(&old.bundle(), &fingerprint()).unwrap();
        let fetch = parsed(page.missing(&index));
        assert_eq!(fetch["bundle"], new.len());
        let missing = fetch["missing"].as_array().unwrap();
        let pieces = Pieces::of(&new).unwrap();
        let (_, piece) =
            pieces.iter().find(|(apart, _)| missing[0]["place"] == apart.place().as_str()).unwrap();
        assert_eq!((missing.len(), &missing[0]["length"]), (1, &piece.len().into()));
        assert_eq!(page.assemble(&index, piece).unwrap(), new);
        assert_eq!(page.assemble(&index, &piece[1..]), Err(Refusal::Damaged));
        assert_eq!(page.assemble(&index, &vec![0; piece.len()]), Err(Refusal::Damaged));
        assert_eq!(page.missing(b"<html>"), Err(Refusal::NotABundle));
    }

    #[test]
    fn what_was_kept_is_trusted_again() {
        let mut page = Page::new();
        let kept = page.take(&City::port_alder().bundle(), &fingerprint()).unwrap();
        let mut next = Page::new();
        next.load(&kept, &fingerprint()).unwrap();
        assert_eq!(parsed(next.state("", "en", now()))["fingerprint"], fingerprint());
        assert_eq!(next.load(&kept, &"0".repeat(64)), Err(Refusal::OtherCity));
        assert_eq!(next.load(b"", &fingerprint()), Err(Refusal::NotABundle));
    }

    #[test]
    fn a_broken_bundle_leaves_the_good_one() {
        let mut page = trusting();
        let bundle = City::port_alder().bundle();
        for cut in [0, 1, bundle.len() / 2, bundle.len() - 1] {
            assert!(page.take(&bundle[..cut], &fingerprint()).is_err());
        }
        let mut changed = bundle;
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(page.take(&changed, &fingerprint()).unwrap_err(), Refusal::Damaged);
        let answer = parsed(page.verify(&city::identity().text(), None, "", "en", now()));
        assert_eq!(answer["outcome"], "valid");
    }

    #[test]
    fn older_lists_and_another_city_are_refused() {
        let mut page = trusting();
        let older = City::port_alder().with(|city| city.trust_list.sequence -= 1).bundle();
        assert_eq!(page.look(&older, "en"), Err(Refusal::Older));
        assert_eq!(page.take(&older, &fingerprint()), Err(Refusal::Older));
        assert_eq!(page.take(&City::port_alder().bundle(), &"0".repeat(64)), Err(Refusal::OtherCity));
    }

    #[test]
    fn a_desk_that_the_city_has_not_and_a_time_that_is_none_are_told() {
        let page = trusting();
        assert_eq!(page.verify("", None, "harbour", "en", now()), Err(Refusal::NoDesk));
        assert_eq!(page.verify("", None, "", "en", f64::NAN), Err(Refusal::NoTime));
        assert_eq!(page.state("", "en", f64::INFINITY), Err(Refusal::NoTime));
    }
}
