//! `issuer evidence`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use shared::evidence::{
    AddressKind, Age, Assessment, Case, CaseNeed, DocumentId, DocumentType, Feature, Requirement, Standing,
    assess,
};

use crate::Error;
use crate::batch::words;
use crate::config::{City, Evidence};
use crate::evidence_words::Teller;
use crate::words::{Message, Words};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer evidence list --language es\n  issuer evidence check --age 34 --address none \
    --shown passport,school-letter\n\nNothing of it is kept."
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: EvidenceCommand,
}

#[derive(Debug, Subcommand)]
enum EvidenceCommand {
    /// The checklist of papers, and what is needed
    List(List),
    /// Say whether papers are enough, and else what to bring; exits 1 when they are not enough
    Check(Check),
}

/// Whose rules, and how they are told.
#[derive(Debug, clap::Args)]
struct Told {
    /// Folder of the city; only its city.toml and its locales are read
    #[arg(long, value_name = "DIR", default_value = "city", env = "ISSUER_DATA")]
    data: PathBuf,
    /// Language to say it in; otherwise the city's first
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  issuer evidence list --data city --language es")]
struct List {
    #[command(flatten)]
    told: Told,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  issuer evidence check --data city --age 34 --address none --shown passport,school-letter\n  \
    issuer evidence check --age 8 --guardian --shown birth-certificate,guardian-id --language ar"
)]
struct Check {
    #[command(flatten)]
    told: Told,
    /// Age in whole years; without it the rules for everybody go
    #[arg(long, value_name = "YEARS")]
    age: Option<u8>,
    /// What kind of address they give
    #[arg(long, value_enum, default_value_t = Address::Street)]
    address: Address,
    /// Papers that they show, with commas between; `issuer evidence list` names them
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    shown: Vec<String>,
    /// A parent or guardian comes along
    #[arg(long)]
    guardian: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Address {
    /// Where they live
    Street,
    /// Where somebody takes their post
    CareOf,
    /// They have one and do not say it
    Withheld,
    /// They have none
    None,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Error> {
    let (EvidenceCommand::List(List { told }) | EvidenceCommand::Check(Check { told, .. })) =
        &arguments.command;
    let city = City::load(&told.data.join("city.toml"))?;
    let words = words(&told.data)?;
    let teller = Teller {
        city: &city,
        words: &words,
        language: told.language.as_deref().unwrap_or(city.usual_language()),
    };
    match &arguments.command {
        EvidenceCommand::List(_) if told.json => println!("{}", Lines(teller).list_json()),
        EvidenceCommand::List(_) => print!("{}", Lines(teller).list()),
        EvidenceCommand::Check(check) => {
            let assessment = check.assess(&city.evidence)?;
            if told.json {
                println!("{}", Lines::assessment_json(&assessment));
            } else {
                print!("{}", Lines(teller).assessment(&assessment));
            }
            if !assessment.is_met() {
                return Err(Error::Refused("the papers are not enough yet".to_owned()));
            }
        }
    }
    Ok(())
}

impl Check {
    fn assess(&self, evidence: &Evidence) -> Result<Assessment, Error> {
        let shown = evidence.rules.shown(self.shown.iter().map(|id| id.trim()).filter(|id| !id.is_empty()));
        let case = Case {
            age: self.age.map_or(Age::UNKNOWN, Age::years),
            address: match self.address {
                Address::Street => AddressKind::Street,
                Address::CareOf => AddressKind::CareOf,
                Address::Withheld => AddressKind::Withheld,
                Address::None => AddressKind::None,
            },
            guardian: self.guardian,
            shown: shown.map_err(|error| Error::Refused(format!("--shown: {error}")))?,
        };
        Ok(assess(&evidence.rules, &case))
    }
}

/// Where a page ends a line.
struct Lines<'a>(Teller<'a>);

impl<'a> Lines<'a> {
    fn papers(&self, ids: &'a [DocumentId]) -> impl Iterator<Item = String> {
        ids.iter().map(|id| format!("  - {} ({id})", self.0.title(id)))
    }

    fn assessment(&self, assessment: &'a Assessment) -> String {
        let told = &self.0;
        let mut lines: Vec<String> =
            assessment.requirements.iter().map(|standing| self.meter(standing)).collect();
        lines.extend([String::new(), told.verdict(assessment)]);
        for standing in assessment.lacking() {
            lines.extend([String::new(), told.lack(standing)]);
            lines.extend(self.papers(&standing.closed_by));
            if standing.closed_by.is_empty() && standing.requirement != Requirement::Guardian {
                lines.push(format!("  {}", told.say(Message::EvidenceNoSingle)));
            }
        }
        if !assessment.bring.is_empty() {
            lines.extend([String::new(), told.say(Message::EvidenceBring)]);
            lines.extend(self.papers(&assessment.bring));
        }
        lines.extend([String::new(), told.say(Message::EvidenceKeeps), String::new()]);
        lines.join("\n")
    }

    fn meter(&self, standing: &Standing) -> String {
        let mark = if standing.missing() == 0 { "[x]" } else { "[ ]" };
        format!("{mark} {}", self.0.meter(standing))
    }

    fn list(&self) -> String {
        let told = &self.0;
        let rules = &told.city.evidence.rules;
        let CaseNeed { identity_points, residency_points, .. } =
            rules.need(Age::UNKNOWN, AddressKind::Street);
        let mut lines = vec![
            told.points(Message::EvidenceNeedIdentity, identity_points),
            told.points(Message::EvidenceNeedResidency, residency_points),
            String::new(),
            told.say(Message::EvidenceList),
        ];
        for document in &rules.table().documents {
            lines.push(format!("  [ ] {} ({})", told.title(&document.id), document.id));
            lines.push(format!("      {}", told.worth_in_a_line(document)));
        }
        lines.extend([String::new(), told.say(Message::EvidenceKeeps), String::new()]);
        lines.join("\n")
    }

    fn list_json(&self) -> serde_json::Value {
        let rules = &self.0.city.evidence.rules;
        let need = rules.need(Age::UNKNOWN, AddressKind::Street);
        let documents = rules.table().documents.iter().map(|document| {
            serde_json::json!({
                "id": document.id,
                "title": self.0.title(&document.id),
                "identity_points": document.identity_points,
                "residency_points": document.residency_points,
                "shows": document.shows.iter().collect::<Vec<_>>(),
                "group": document.group,
            })
        });
        serde_json::json!({
            "identity_points": need.identity_points,
            "residency_points": need.residency_points,
            "shows": need.shows.iter().collect::<Vec<_>>(),
            "documents": documents.collect::<Vec<_>>(),
        })
    }

    fn assessment_json(assessment: &Assessment) -> serde_json::Value {
        serde_json::json!({
            "met": assessment.is_met(),
            "requirements": assessment.requirements,
            "bring": assessment.bring,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::city;

    fn check(age: u8, address: Address, guardian: bool, shown: &str) -> Result<Assessment, String> {
        let told = Told { data: PathBuf::new(), language: None, json: false };
        let shown = shown.split(',').map(str::to_owned).collect();
        let check = Check { told, age: Some(age), address, shown, guardian };
        check.assess(&city().evidence).map_err(|error| error.to_string())
    }

    fn tell(language: &str, assessment: &Assessment) -> String {
        let (city, words) = (city(), Words::built_in());
        Lines(Teller { city: &city, words: &words, language }).assessment(assessment)
    }

    #[test]
    fn what_is_missing_is_said_in_plain_words() {
        let assessment = check(34, Address::None, false, "passport, vaccination-record").unwrap();
        assert_eq!(
            tell("en", &assessment),
            "[x] Who you are: 3 of 3 points\n\
             [ ] That you live here: 0 of 1 points\n\
             [x] a photo\n\
             [x] the date of birth\n\n\
             Something is still missing.\n\n\
             You lack 1 residency point: bring any of these\n\
             \x20 - Your earlier card of this city, expired or not (city-card)\n\
             \x20 - School record, or a letter of the school (school-letter)\n\
             \x20 - Payslip, or a letter of your employer (work-paper)\n\
             \x20 - Letter of a shelter, a hospital or a community organisation (shelter-letter)\n\
             \x20 - Letter of the city's social service, with a stamped photo (social-letter)\n\n\
             With this your papers are complete:\n\
             \x20 - Your earlier card of this city, expired or not (city-card)\n\n\
             Nothing is copied. The city notes only the kind of paper, who looked at it and when.\n"
        );
        let spanish = tell("es", &assessment);
        assert!(spanish.contains("\nLe falta 1 punto para mostrar que vive aquí: traiga"), "{spanish}");
        assert!(spanish.contains("  - Boletín escolar o carta de la escuela (school-letter)\n"), "{spanish}");
    }

    #[test]
    fn a_child_comes_with_a_guardian() {
        let shown = "birth-certificate,school-letter,guardian-id";
        let alone = check(8, Address::Street, false, shown).unwrap();
        let text = tell("en", &alone);
        assert!(text.contains("\nPlease come together with a parent or guardian.\n"), "{text}");
        assert!(!text.contains("No single paper"), "{text}");
        let together = check(8, Address::Street, true, shown).unwrap();
        assert!(together.is_met());
        assert!(tell("en", &together).contains("\nYou have everything you need.\n"));
    }

    #[test]
    fn new_rules_let_people_in_who_have_little() {
        for (age, address, guardian, shown) in [
            (34, Address::Street, false, "passport,utility-bill"),
            (34, Address::Street, false, "consular-card,host-letter"),
            (34, Address::CareOf, false, "national-id,shelter-letter"),
            (34, Address::Withheld, false, "driving-licence,bank-letter"),
            (34, Address::None, false, "city-card"),
            (34, Address::None, false, "social-letter,shelter-letter"),
            (16, Address::Street, false, "birth-certificate,school-letter"),
            (13, Address::None, true, "birth-certificate,school-letter,guardian-id"),
            (0, Address::CareOf, true, "birth-certificate,host-letter,guardian-id"),
        ] {
            let assessment = check(age, address, guardian, shown).unwrap();
            assert!(assessment.is_met(), "{age} {address:?} {shown}: {assessment:?}");
        }
        let three_letters =
            check(34, Address::None, false, "school-letter,work-paper,shelter-letter").unwrap();
        assert_eq!(three_letters.lacking().next().map(Standing::missing), Some(1), "two letters give points");
    }

    #[test]
    fn an_unknown_paper_is_named() {
        let error = check(34, Address::Street, false, "visa").unwrap_err();
        assert!(
            error.starts_with("--shown: there is no document \"visa\"; there are: passport, "),
            "{error}"
        );
    }

    #[test]
    fn the_checklist_and_the_json_are_whole() {
        let (city, words) = (city(), Words::built_in());
        let teller = Lines(Teller { city: &city, words: &words, language: "en" });
        let list = teller.list();
        assert_eq!(list.matches("  [ ] ").count(), 17);
        assert!(list.starts_with(
            "To show who you are, you need 3 points.\nTo show that you live here, you need 1 point.\n"
        ));
        let passport = "  [ ] Passport of any country, expired or not (passport)\n      identity points: 3, a photo, the date of birth\n";
        assert!(list.contains(passport), "{list}");
        let json = teller.list_json();
        assert_eq!(json["documents"].as_array().unwrap().len(), 17);
        assert_eq!(json["documents"][6]["group"], "letters");
        let json = Lines::assessment_json(&check(34, Address::None, false, "passport").unwrap());
        assert_eq!(json["met"], false);
        assert_eq!(json["requirements"][1]["requirement"], "residency_points");
        assert_eq!(json["bring"][0], "city-card");
    }
}
