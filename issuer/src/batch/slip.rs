//! From an issued card to the slip that is handed over with it.

use chrono::{DateTime, NaiveDate, Utc};

use super::print::{spoken, text};
use crate::card::{Opened, Press, Slip, SlipTexts};
use crate::config::{City, Keep};
use crate::issuance::{self, IssuedCard, Terms};
use crate::recovery::RecoveryCode;
use crate::resident::Resident;
use crate::words::{self, Message};

/// The slip of a card; none where no recovery code was made for it.
#[must_use]
pub fn slip(press: &Press, city: &City, issued: &IssuedCard, now: DateTime<Utc>) -> Option<Slip> {
    let draft = &issued.draft;
    let recovery = draft.recovery()?.clone();
    let day = now.date_naive();
    Some(slip_of(press, city, draft.resident(), (draft.number(), recovery), draft.terms(), day))
}

/// The slip of a resident, printed on this day: the day of hand-over, as far as anybody knows.
pub(super) fn slip_of(
    press: &Press,
    city: &City,
    resident: &Resident,
    (number, recovery): (&str, RecoveryCode),
    terms: Terms,
    day: NaiveDate,
) -> Slip {
    let (spoken, own) = (spoken(press.words(), &resident.language, city), city.usual_language());
    let texts = |language| texts(press, city, resident, language, terms, day);
    Slip {
        number: number.to_owned(),
        recovery,
        hotline: city.hotline.as_str().to_owned(),
        first: texts(spoken),
        second: (spoken != own).then(|| texts(own)),
    }
}

fn texts(
    press: &Press,
    city: &City,
    resident: &Resident,
    language: &str,
    terms: Terms,
    day: NaiveDate,
) -> SlipTexts {
    let say = |message, values: &[(&str, &str)]| press.words().say(language, message, values);
    let date = |day| words::date(language, day);
    let opened = |id: &String| {
        let service = city.service(id)?;
        let said = |texts| text(texts, language, city);
        Some(Opened { title: said(&service.title), scope: said(&service.scope) })
    };
    let kept = match city.retention.after_hand_over {
        Keep::For(_) => Message::SlipKeptUntil,
        Keep::UntilExpiry => Message::SlipKeptExpiry,
    };
    // A number to dial is not broken over two lines.
    let hotline = city.hotline.as_str().replace(' ', "\u{A0}");
    let kept_until = date(issuance::kept_until(city, terms, day));
    SlipTexts {
        language: language.to_owned(),
        city: text(&city.name, language, city),
        card: say(Message::CardTitle, &[]),
        title: say(Message::SlipTitle, &[]),
        number: say(Message::SlipNumber, &[]),
        valid: say(Message::SlipValid, &[("date", &date(terms.last_day))]),
        opens: say(Message::SlipOpens, &[]),
        services: resident.services.iter().filter_map(opened).collect(),
        recovery: say(Message::SlipRecovery, &[]),
        keep: say(Message::SlipRecoveryWhy, &[]),
        lost_title: say(Message::SlipLostTitle, &[]),
        lost: say(Message::SlipLost, &[("hotline", &hotline)]),
        kept_title: say(Message::SlipKeptTitle, &[]),
        kept: vec![
            say(kept, &[("date", &kept_until)]),
            say(Message::SlipKeptAfter, &[]),
            say(Message::SlipNever, &[]),
        ],
        printed: say(Message::SlipPrint, &[("date", &date(day))]),
    }
}
