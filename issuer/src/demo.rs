//! A whole demo city: fictitious people with drawn portraits, their cards, the bundle, an officer for each role.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::card::codes::Code;
use crate::card::{Photo, Press, portrait};
use crate::config::{CityUrl, TemplateAnswers, Text};
use crate::db::Word as _;
use crate::db::act::{Act, Actor, SubjectKind};
use crate::db::issuing_key::KeyUse;
use crate::db::officer::{NewOfficer, Officer, PasswordDigest, Role};
use crate::db::sign_in::SecondFactor;
use crate::issuance::{self, Application, IssuedCard, Origin, Pictures};
use crate::issuer::Passphrases;
use crate::officers::Factor;
use crate::publish::{self, Published};
use crate::recovery::RecoveryKey;
use crate::resident::{Resident, Typed};
use crate::revocation::{self, Change, Named};
use crate::{Error, Issuer, batch, edge, files, keys};

/// What the demo made, or found from an earlier run.
#[derive(Debug)]
pub struct Demo {
    /// The city.
    pub issuer: Issuer,
    /// What was published.
    pub published: Published,
    /// The cards that are good, each with a picture of its service code.
    pub good: Vec<DemoCard>,
    /// The card that was revoked.
    pub revoked: DemoCard,
    /// An officer for each role.
    pub officers: Vec<DemoOfficer>,
}

/// An officer of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoOfficer {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// What the changing codes are made of, in base 32.
    pub secret: String,
}

/// A card of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoCard {
    /// Its number.
    pub number: String,
    /// The card to print.
    pub pdf: PathBuf,
    /// The slip that is handed over with it.
    pub slip: PathBuf,
    /// A picture of its service code.
    pub code: PathBuf,
}

/// The residents: nobody of this name is meant. The last one's card is revoked.
const RESIDENTS: [(&str, &str, &str, &str, u64); 4] = [
    ("Zoë Müller-Nguyễn", "", "", "1988-03-09", 1),
    ("Layla al-Haddad", "ليلى الحداد", "ar", "1990-05-15", 2),
    ("Nino Beridze", "ნინო ბერიძე", "ka", "2001-11-30", 3),
    ("Tomás Ferreira", "", "", "1975", 4),
];

/// Pixels a module in the pictures of codes.
const PIXELS_A_MODULE: u32 = 4;
const CARDS_FILE: &str = "demo-cards.txt";
const OFFICERS_FILE: &str = "demo-officers.txt";

/// Makes the demo city in a folder, or goes on with the one that is there.
///
/// # Errors
/// When a part cannot be made.
pub fn make(data: &Path, now: DateTime<Utc>) -> Result<Demo, Error> {
    let actor = Actor::command_line("hall");
    let issuer = if data.join("city.toml").exists() {
        Issuer::open(data, None)?
    } else {
        Issuer::create(data, &answers()?, None, &Passphrases::default(), now)?
    };
    let officers = officers(&issuer, &actor, now)?;
    let numbers = match known_cards(data)? {
        Some(numbers) => numbers,
        None => make_cards(&issuer, &actor, now)?,
    };
    let published = publish::publish(&issuer, &data.join("public"), None, &actor, now)?;
    let mut cards: Vec<DemoCard> = numbers.into_iter().map(|number| DemoCard::of(data, number)).collect();
    let revoked = cards.pop().ok_or_else(|| damaged(data))?;
    Ok(Demo { issuer, published, good: cards, revoked, officers })
}

impl DemoCard {
    fn of(data: &Path, number: String) -> Self {
        let folder = data.join("cards");
        Self {
            pdf: folder.join(format!("{number}.pdf")),
            slip: folder.join(format!("{number}-slip.pdf")),
            code: folder.join(format!("{number}.png")),
            number,
        }
    }
}

fn answers() -> Result<TemplateAnswers, Error> {
    let wrong = |error: crate::config::Refused| Error::Refused(error.to_string());
    Ok(TemplateAnswers {
        name: Text::try_from("Riverbend".to_owned()).map_err(wrong)?,
        url: CityUrl::try_from("https://card.riverbend.example".to_owned()).map_err(wrong)?,
        hotline: Text::try_from("+1 555 0100".to_owned()).map_err(wrong)?,
    })
}

/// One officer for each role. What they sign in with stands in a file, since this is a demo: a real city's stands
/// nowhere.
fn officers(issuer: &Issuer, actor: &Actor, now: DateTime<Utc>) -> Result<Vec<DemoOfficer>, Error> {
    let path = issuer.data.join(OFFICERS_FILE);
    if path.exists() {
        let known = known_officers(&issuer.data);
        return if known.is_empty() { Err(damaged(&issuer.data)) } else { Ok(known) };
    }
    let mut made = Vec::new();
    for role in Role::ALL {
        let login = role.as_str().to_owned();
        let known = issuer.db.read(|conn| Ok::<_, Error>(Officer::find_by_login(conn, &login)?))?;
        if known.is_some() {
            // Only an interruption right here leaves an officer whose password nobody knows.
            return Err(damaged(&issuer.data));
        }
        let factor = Factor::new();
        let password = shared::keys::hex(&edge::random_bytes::<6>());
        made.push((*role, factor, password));
    }
    let told: Vec<DemoOfficer> = made
        .iter()
        .map(|(role, factor, password)| DemoOfficer {
            login: role.as_str().to_owned(),
            password: password.clone(),
            secret: factor.base32(),
        })
        .collect();
    let lines = told.iter().map(|one| format!("{} {} {}\n", one.login, one.password, one.secret));
    files::create_private(&path, lines.collect::<String>().as_bytes())?;
    for (role, factor, password) in made {
        let login = role.as_str().to_owned();
        let digest = PasswordDigest::of(&SecretString::from(password), edge::random_bytes())
            .map_err(|error| Error::Refused(format!("the password of {login} was not hashed: {error}")))?;
        let new = NewOfficer::new(edge::new_id(now), login, role, digest, now);
        issuer.db.write(|tx| {
            let officer = Officer::insert(tx.conn(), &new)?;
            let sealed_secret = factor.sealed(&issuer.keystore, &officer.id)?;
            let id = officer.id.to_string();
            SecondFactor { officer_id: officer.id, sealed_secret, last_step: 0 }.replace(tx.conn())?;
            tx.audit(issuance::entry(Act::OfficerAdded, SubjectKind::Officer, id, actor, now))?;
            Ok::<_, Error>(())
        })?;
    }
    Ok(told)
}

/// What the officers of a demo city in this folder sign in with; none where the city is no demo.
#[must_use]
pub fn known_officers(data: &Path) -> Vec<DemoOfficer> {
    let file = files::read(&data.join(OFFICERS_FILE)).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    file.map(|text| text.lines().filter_map(known_officer).collect()).unwrap_or_default()
}

fn known_officer(line: &str) -> Option<DemoOfficer> {
    let mut parts = line.split(' ').map(str::to_owned);
    Some(DemoOfficer { login: parts.next()?, password: parts.next()?, secret: parts.next()? })
}

/// The numbers of an earlier run.
fn known_cards(data: &Path) -> Result<Option<Vec<String>>, Error> {
    let path = data.join(CARDS_FILE);
    if !path.exists() {
        return Ok(None);
    }
    let text = String::from_utf8(files::read(&path)?).map_err(|_| damaged(data))?;
    Ok(Some(text.lines().map(str::to_owned).collect()))
}

fn make_cards(issuer: &Issuer, actor: &Actor, now: DateTime<Utc>) -> Result<Vec<String>, Error> {
    let signer = keys::signer(issuer, KeyUse::Card, now)?;
    let applications =
        RESIDENTS.iter().map(|resident| application(issuer, resident, now)).collect::<Result<Vec<_>, _>>()?;
    let origin = Origin { batch: None, first_row: 1 };
    let codes = RecoveryKey::of(&issuer.keystore)?;
    let drafts = issuance::reserve(issuer, &signer, &applications, Some(&codes), origin, actor, now)?;
    let cards = issuance::sign(issuer, &signer, drafts, actor, now)?;
    let press = batch::press(issuer)?;
    for card in &cards {
        print(issuer, &press, card, now)?;
    }
    let numbers: Vec<String> = cards.iter().map(|card| card.draft.number().to_owned()).collect();
    if let Some(last) = numbers.last() {
        revocation::change(issuer, Change::Revoke, Named::Number(last), "lost", actor, now)?;
    }
    files::create(&issuer.data.join(CARDS_FILE), format!("{}\n", numbers.join("\n")).as_bytes())?;
    Ok(numbers)
}

fn application(
    issuer: &Issuer,
    (full_name, second_name, second_lang, birth_date, seed): &(&str, &str, &str, &str, u64),
    now: DateTime<Utc>,
) -> Result<Application, Error> {
    let typed = Typed { full_name, second_name, second_lang, birth_date, ..Typed::default() };
    let resident = Resident::parse(&typed, &issuer.city, now.date_naive()).map_err(|wrong| {
        Error::Refused(wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })?;
    let budget = issuer.city.face_bytes();
    let photo = portrait::drawn(*seed).and_then(|jpeg| Photo::decode(&jpeg));
    let pictures = photo.and_then(|photo| Pictures::of(&photo, budget));
    let pictures = pictures.map_err(|error| Error::Refused(error.to_string()))?;
    Ok(Application { resident, pictures: Some(pictures) })
}

fn print(issuer: &Issuer, press: &Press, card: &IssuedCard, now: DateTime<Utc>) -> Result<(), Error> {
    let files = DemoCard::of(&issuer.data, card.draft.number().to_owned());
    let pdf = press.print(&[batch::printable(press, &issuer.city, card)], now)?;
    files::replace(&files.pdf, &pdf)?;
    if let Some(slip) = batch::slip(press, &issuer.city, card, now) {
        files::replace_all_private(&[(files.slip, press.print_slips(&[slip], now)?)])?;
    }
    let no_picture = |error: String| Error::Refused(format!("the service code has no picture: {error}"));
    let code = Code::fit(&card.service_qr, press.service_code_dots())
        .map_err(|error| no_picture(error.to_string()))?;
    let picture = code.png(PIXELS_A_MODULE).map_err(|error| no_picture(error.to_string()))?;
    files::replace(&files.code, &picture)
}

fn damaged(data: &Path) -> Error {
    let folder = data.display();
    Error::Refused(format!("the demo city in {folder} is incomplete; remove {folder} and run the demo again"))
}
