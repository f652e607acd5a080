//! Who somebody is, in their words. What is typed is kept before it is judged.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use any_ascii::any_ascii;
use askama::Template;
use shared::evidence::AddressKind;

use super::papers::{ADDRESSES, address_kind};
use super::{CaseView, Loaded, Next, page_of, seen, step};
use crate::db::visit::Station;
use crate::enrolment::{self, CaseError, Draft, GenderChoice};
use crate::web::desk::Desk;
use crate::web::error::WebError;
use crate::web::officer::{Desks, Officer};
use crate::web::page::Shell;
use crate::web::posted::Posted;
use crate::web::wrongs::Wrongs;

const GENDERS: [(&str, &str); 5] = [
    ("", "ask-gender-none"),
    ("f", "ask-gender-f"),
    ("m", "ask-gender-m"),
    ("x", "ask-gender-x"),
    ("own", "ask-gender-own"),
];

/// Languages that second names are often in.
const TAGS: [&str; 16] =
    ["en", "ar", "fa", "ps", "ur", "hi", "bn", "ta", "zh", "ja", "ko", "ka", "hy", "am", "ru", "uk"];

#[derive(Template)]
#[template(path = "case/person.html")]
struct PersonPage {
    shell: Shell,
    case: CaseView,
    wrongs: Wrongs,
    /// What a colleague saved meanwhile, where it is something else.
    theirs: Wrongs,
    typed: TypedView,
    tags: [&'static str; 16],
    genders: [(&'static str, &'static str); 5],
    address_kinds: [(&'static str, &'static str); 4],
    services: Vec<ServiceChoice>,
}

/// What stands in the fields.
struct TypedView {
    full_name: String,
    second_name: String,
    second_lang: String,
    birth_day: String,
    birth_month: String,
    birth_year: String,
    birth_on_card: bool,
    gender: &'static str,
    gender_own: String,
    address_kind: &'static str,
    address: String,
    care_of: String,
    guardian: String,
    guardian_came: bool,
}

struct ServiceChoice {
    id: String,
    title: String,
    holder_title: String,
    wanted: bool,
}

/// Takes what the form says, right or wrong.
pub(super) fn take(draft: &mut Draft, posted: &Posted) {
    for (field, name) in [
        (&mut draft.full_name, "full_name"),
        (&mut draft.second_name, "second_name"),
        (&mut draft.second_lang, "second_lang"),
        (&mut draft.birth_day, "birth_day"),
        (&mut draft.birth_month, "birth_month"),
        (&mut draft.birth_year, "birth_year"),
        (&mut draft.address, "address"),
        (&mut draft.care_of, "care_of"),
        (&mut draft.guardian, "guardian"),
    ] {
        posted.get(name).clone_into(field);
    }
    draft.birth_date_hidden = !posted.has("birth_on_card");
    draft.gender = match posted.get("gender") {
        "f" => GenderChoice::F,
        "m" => GenderChoice::M,
        "x" => GenderChoice::X,
        "own" => GenderChoice::OwnWords(posted.get("gender_own").to_owned()),
        _ => GenderChoice::Omitted,
    };
    draft.address_kind = address_kind(posted.get("address_kind"));
    draft.guardian_came = posted.has("guardian_came");
    draft.services = posted.all("service").map(str::to_owned).collect();
}

pub(in crate::web) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue");
        let mut loaded = Loaded::open(desk, &id, &officer)?;
        let station = loaded.opened.case.station;
        if station == Station::Check || !station.is_for_typing() {
            return Ok(Next::stands(&loaded.opened.case));
        }
        if station != Station::Person {
            // Going back is a step of its own, so that the queue tells the truth.
            let seen = loaded.opened.case.seen();
            loaded.opened.case =
                enrolment::go(&desk.issuer, seen, Station::Person, &officer.actor(), desk.now())?;
        }
        Ok(Next::Page(PersonPage::of(desk, shell, &loaded, &loaded.opened.draft, Wrongs::default())))
    })
    .await
}

pub(in crate::web) async fn act(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue");
        let (actor, now) = (officer.actor(), desk.now());
        let typed = |draft: &mut Draft| {
            take(draft, &posted);
            if posted.get("do") == "suggest" {
                suggest(draft, desk.issuer.city.usual_language());
            }
        };
        let case = match enrolment::save(&desk.issuer, seen(&id, &posted), &actor, now, typed) {
            Ok(case) => case,
            Err(CaseError::Changed { by, .. }) => {
                let loaded = Loaded::after_conflict(desk, &id, &officer, &by)?;
                if !loaded.opened.case.station.is_for_typing() {
                    return Ok(Next::Go(page_of(&loaded.opened.case)));
                }
                // What was typed here stays in the fields; what the colleague saved stands beside it.
                let mut mine = loaded.opened.draft.clone();
                take(&mut mine, &posted);
                return Ok(Next::Wrong(PersonPage::of(desk, shell, &loaded, &mine, Wrongs::default())));
            }
            Err(error) => return Err(WebError::from(error)),
        };
        match posted.get("do") {
            "later" => return Ok(Next::Go("/queue?done=queued".to_owned())),
            "on" => {}
            _ => return Ok(Next::Go(format!("/cases/{id}/person"))),
        }
        let loaded = Loaded::open(desk, &id, &officer)?;
        let mut wrongs = missing(&loaded.opened.draft, &shell, desk);
        if wrongs.is_empty() {
            match enrolment::go(&desk.issuer, case.seen(), Station::Photo, &actor, now) {
                Ok(case) => return Ok(Next::Go(page_of(&case))),
                Err(CaseError::Fields(fields)) => wrongs = Wrongs::of(&fields, &shell.say),
                Err(error) => return Err(error.into()),
            }
        } else if let Err(fields) = loaded.opened.draft.resident(&desk.issuer.city, now.date_naive()) {
            wrongs.extend(Wrongs::of(&fields, &shell.say));
        }
        Ok(Next::Wrong(PersonPage::of(desk, shell, &loaded, &loaded.opened.draft, wrongs)))
    })
    .await
}

/// What the answers ask for beside what every card needs.
fn missing(draft: &Draft, shell: &Shell, desk: &Desk) -> Wrongs {
    let mut wrongs = Wrongs::default();
    let wanted = match draft.address_kind {
        Some(AddressKind::Street) => draft.address.trim().is_empty(),
        Some(AddressKind::CareOf) => draft.care_of.trim().is_empty(),
        _ => false,
    };
    if wanted {
        let field = if draft.address_kind == Some(AddressKind::CareOf) { "care_of" } else { "address" };
        wrongs.add(field, shell.say.t("wrong-address-missing"));
    }
    let today = desk.now().date_naive();
    let rules = &desk.issuer.city.evidence.rules;
    let case = draft.case(&desk.issuer.city, today);
    let child = case.is_ok_and(|case| rules.need(case.age, case.address).guardian);
    if child && draft.guardian.trim().is_empty() {
        wrongs.add("guardian", shell.say.t("wrong-guardian-missing"));
    }
    wrongs
}

/// The name in Latin letters, for somebody whose name is written otherwise. The resident corrects it.
fn suggest(draft: &mut Draft, language: &str) {
    let name = draft.full_name.trim();
    let latin = any_ascii(name);
    if name.is_ascii() || latin.trim().is_empty() || !draft.second_name.trim().is_empty() {
        return;
    }
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    };
    draft.second_name = latin.split_whitespace().map(capital).collect::<Vec<_>>().join(" ");
    language.clone_into(&mut draft.second_lang);
}

impl PersonPage {
    fn of(desk: &Desk, shell: Shell, loaded: &Loaded, draft: &Draft, wrongs: Wrongs) -> Self {
        let case = CaseView::new(&shell, loaded, "person");
        let city = &desk.issuer.city;
        let all = draft.services.is_empty();
        let services = city.services.iter().map(|service| {
            let id = service.id.as_str();
            let title = |language: &str| city.text_in(&service.title, language).to_owned();
            ServiceChoice {
                id: id.to_owned(),
                title: title(shell.say.language()),
                holder_title: title(&draft.language),
                wanted: all || draft.services.iter().any(|wanted| wanted == id),
            }
        });
        Self {
            theirs: theirs(draft, &loaded.opened.draft, &shell),
            services: services.collect(),
            typed: TypedView::of(draft),
            tags: TAGS,
            genders: GENDERS,
            address_kinds: ADDRESSES,
            case,
            wrongs,
            shell,
        }
    }
}

/// What stands in the record, where the fields say something else.
fn theirs(mine: &Draft, kept: &Draft, shell: &Shell) -> Wrongs {
    let mut theirs = Wrongs::default();
    for (field, mine, kept) in [
        ("full_name", &mine.full_name, &kept.full_name),
        ("second_name", &mine.second_name, &kept.second_name),
        ("address", &mine.address, &kept.address),
        ("care_of", &mine.care_of, &kept.care_of),
        ("guardian", &mine.guardian, &kept.guardian),
        ("birth_day", &mine.birth_day, &kept.birth_day),
        ("birth_month", &mine.birth_month, &kept.birth_month),
        ("birth_year", &mine.birth_year, &kept.birth_year),
    ] {
        if mine != kept {
            theirs.add(field, shell.say.one("case-theirs", "text", kept));
        }
    }
    theirs
}

impl TypedView {
    fn of(draft: &Draft) -> Self {
        let (gender, gender_own) = match &draft.gender {
            GenderChoice::Omitted => ("", String::new()),
            GenderChoice::F => ("f", String::new()),
            GenderChoice::M => ("m", String::new()),
            GenderChoice::X => ("x", String::new()),
            GenderChoice::OwnWords(words) => ("own", words.clone()),
        };
        Self {
            full_name: draft.full_name.clone(),
            second_name: draft.second_name.clone(),
            second_lang: draft.second_lang.clone(),
            birth_day: draft.birth_day.clone(),
            birth_month: draft.birth_month.clone(),
            birth_year: draft.birth_year.clone(),
            birth_on_card: !draft.birth_date_hidden,
            gender,
            gender_own,
            address_kind: draft.address_kind.map_or("", AddressKind::as_str),
            address: draft.address.clone(),
            care_of: draft.care_of.clone(),
            guardian: draft.guardian.clone(),
            guardian_came: draft.guardian_came,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_latin_letters_is_suggested_once() {
        let suggested = |name: &str| {
            let mut draft = Draft { full_name: name.to_owned(), ..Draft::default() };
            suggest(&mut draft, "en");
            (draft.second_name, draft.second_lang)
        };
        assert_eq!(suggested("Ніно Берідзе"), ("Nino Beridze".to_owned(), "en".to_owned()));
        assert_eq!(suggested("ნინო ბერიძე").0, "Nino Beridze");
        assert_eq!(suggested("Amina Diallo"), (String::new(), String::new()));
        let mut typed =
            Draft { full_name: "Ніно".to_owned(), second_name: "Ninó".to_owned(), ..Draft::default() };
        suggest(&mut typed, "en");
        assert_eq!(typed.second_name, "Ninó");
    }
}
