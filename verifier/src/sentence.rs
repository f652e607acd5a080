//! The verdict in plain words, with what to do next.

use shared::trust_list::{Texts, TrustList};
use shared::verdict::{Advice, Card, Verdict};

use crate::words::{ENGLISH, Words, advice_id, why_id};

/// The verdict for a person: what the card is worth, what it shows, what to do.
#[must_use]
pub fn sentence(verdict: &Verdict, trust_list: Option<&TrustList>, words: &Words) -> String {
    let mut lines = vec![headline(verdict, words)];
    if let Some(card) = &verdict.card {
        lines.push(facts(card, trust_list));
    }
    lines.push(advice(verdict, trust_list, words));
    if let Some(age) = verdict.lists_age {
        lines.push(format!("Lists: {} old.", duration(age)));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n  ")
}

fn headline(verdict: &Verdict, words: &Words) -> String {
    let name = verdict.outcome.as_str();
    let reason = verdict.outcome.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    let why = words.say(ENGLISH, &why_id(verdict.outcome));
    format!("{name}{reason}. {why}")
}

fn facts(card: &Card, trust_list: Option<&TrustList>) -> String {
    let mut facts = Vec::new();
    if let Some(number) = &card.number {
        facts.push(format!("Card {}", printable(number)));
    }
    let issuer = trust_list.and_then(|list| list.issuers.iter().find(|issuer| issuer.url == card.issuer));
    if let Some(name) = issuer.and_then(|issuer| in_english(&issuer.names)) {
        facts.push(format!("of {}", printable(name)));
    }
    if let Some(holder) = &card.holder {
        let names = [&holder.full_name, &holder.second_name];
        facts.extend(names.into_iter().flatten().map(|name| printable(name)));
        facts.extend(holder.birth_date.iter().map(|birth| format!("born {}", printable(&date(birth)))));
        facts.extend(holder.guardian.iter().map(|guardian| format!("guardian {}", printable(guardian))));
        if holder.face.is_some() {
            facts.push("with a face: does it match?".to_owned());
        }
    }
    if !card.services.is_empty() {
        facts.push(format!("opens {}", card.services.join(", ")));
    }
    format!("{}.", facts.join(", "))
}

/// What the page says, but where the command line has more to say: whom to call, and which command to run.
fn advice(verdict: &Verdict, trust_list: Option<&TrustList>, words: &Words) -> String {
    let hotline = verdict
        .card
        .as_ref()
        .and_then(|card| trust_list?.issuers.iter().find(|issuer| issuer.url == card.issuer))
        .and_then(|issuer| issuer.hotline.as_deref());
    match verdict.outcome.advice() {
        Advice::CallHotline => match hotline {
            Some(hotline) => format!("Give the card back; questions go to {}.", printable(hotline)),
            None => "Give the card back; questions go to the issuer.".to_owned(),
        },
        Advice::RefreshLists => "This says nothing against the holder. Load the city's current bundle, then \
             scan again."
            .to_owned(),
        Advice::LoadTrust => "Load the city's bundle first: verifier trust --bundle FILE".to_owned(),
        other => words.say(ENGLISH, advice_id(other)),
    }
}

fn in_english(texts: &Texts) -> Option<&str> {
    texts.get(ENGLISH).or_else(|| texts.values().next()).map(String::as_str)
}

/// `19910307` as `1991-03-07`; what has another form stays as the card has it.
pub(crate) fn date(text: &str) -> String {
    match (text.get(..4), text.get(4..6), text.get(6..)) {
        (Some(year), Some(month), Some(day))
            if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!("{year}-{month}-{day}")
        }
        _ => text.to_owned(),
    }
}

/// Text from a card for a terminal or a page: control and direction-changing characters
/// become visible, so that no card can paint over the verdict.
pub(crate) fn printable(text: &str) -> String {
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if hostile(c) { '\u{fffd}' } else { c }).collect()
}

fn duration(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_cannot_paint_over_the_verdict() {
        assert_eq!(printable("A\u{1b}[2J\u{202e}B"), "A\u{fffd}[2J\u{fffd}B");
    }

    #[test]
    fn dates_are_as_people_write_them() {
        assert_eq!(date("19910307"), "1991-03-07");
        for other in ["1991", "199103071", "1991030a", "１９９１0307", ""] {
            assert_eq!(date(other), other);
        }
    }

    #[test]
    fn ages_are_round() {
        assert_eq!(duration(1), "1 second");
        assert_eq!(duration(119), "119 seconds");
        assert_eq!(duration(7_199), "119 minutes");
        assert_eq!(duration(7_200), "2 hours");
        assert_eq!(duration(172_800), "2 days");
    }
}
