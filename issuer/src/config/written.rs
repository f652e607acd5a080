//! `city.toml` as it is written, and whether its parts go together.

use serde::Deserialize;
use shared::evidence::{DocumentId, RulesError};

use super::evidence::{Evidence, WrittenEvidence};
use super::{
    City, CityUrl, Duplicates, FaceBudget, Field, Language, Retention, Service, ServiceId, Text, Texts,
    TrustListPlan, ValidYears,
};
use crate::card::{Colour, ColourError, Palette};
use crate::db::DatabaseUrl;

/// What no code can do without.
const ON_EVERY_CODE: [Field; 3] = [Field::Number, Field::Services, Field::Expires];

/// The file as it is written; [`City`] is what is left once its parts agree.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    name: Texts,
    url: CityUrl,
    languages: Vec<Language>,
    hotline: Text,
    database: DatabaseUrl,
    #[serde(default)]
    duplicates: Duplicates,
    card: WrittenCard,
    identity_code: WrittenCode,
    service_code: WrittenCode,
    retention: Retention,
    trust_list: TrustListPlan,
    evidence: Option<WrittenEvidence>,
    service: Vec<Service>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCard {
    valid_years: ValidYears,
    face_budget: FaceBudget,
    emblem: Option<Text>,
    layouts: Option<Text>,
    return_to: Option<Text>,
    colours: Option<WrittenColours>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenColours {
    ink: Text,
    labels: Text,
    accent: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCode {
    fields: Vec<Field>,
}

impl TryFrom<Written> for City {
    type Error = Disagreement;

    fn try_from(written: Written) -> Result<Self, Disagreement> {
        let languages = written.languages;
        if languages.is_empty() {
            return Err(Disagreement::NoLanguage);
        }
        if written.service.is_empty() {
            return Err(Disagreement::NoService);
        }
        in_every_language("name", &written.name, &languages)?;
        let palette = written.card.colours.as_ref().map(WrittenColours::palette).transpose()?;
        let codes = [
            ("identity_code", &written.identity_code.fields),
            ("service_code", &written.service_code.fields),
        ];
        for (code, fields) in codes {
            for field in ON_EVERY_CODE {
                if !fields.contains(&field) {
                    return Err(Disagreement::CodeLacks { code, field });
                }
            }
        }
        let mut known: Vec<&ServiceId> = Vec::new();
        for service in &written.service {
            let id = &service.id;
            if known.contains(&id) {
                return Err(Disagreement::ServiceTwice { id: id.clone() });
            }
            known.push(id);
            in_every_language(&format!("service {id}: title"), &service.title, &languages)?;
            in_every_language(&format!("service {id}: scope"), &service.scope, &languages)?;
            let on_no_code = |field: &&Field| codes.iter().all(|(_, code)| !code.contains(field));
            if let Some(field) = service.fields.iter().find(on_no_code) {
                return Err(Disagreement::FieldOnNoCode { id: id.clone(), field: *field });
            }
        }
        let evidence = match written.evidence {
            Some(evidence) => evidence.read_in(&languages)?,
            None => Evidence::built_in()?,
        };
        Ok(Self {
            name: written.name,
            url: written.url,
            languages,
            hotline: written.hotline,
            database: written.database,
            valid_years: written.card.valid_years,
            face_budget: written.card.face_budget,
            emblem: written.card.emblem,
            layouts: written.card.layouts,
            palette: palette.unwrap_or_default(),
            return_to: written.card.return_to,
            identity_code: written.identity_code.fields,
            service_code: written.service_code.fields,
            retention: written.retention,
            trust_list: written.trust_list,
            duplicates: written.duplicates,
            evidence,
            services: written.service,
        })
    }
}

impl WrittenColours {
    fn palette(&self) -> Result<Palette, Disagreement> {
        let colour = |name, text: &Text| {
            text.as_str().parse::<Colour>().map_err(|wrong| Disagreement::Colour { name, wrong })
        };
        let [ink, labels, accent] =
            [colour("ink", &self.ink)?, colour("labels", &self.labels)?, colour("accent", &self.accent)?];
        Palette::new(ink, labels, accent).map_err(Disagreement::Palette)
    }
}

/// Parts of a `city.toml` that are fine each and do not go together.
#[derive(Debug, thiserror::Error)]
pub(super) enum Disagreement {
    #[error("languages is empty; name at least one, such as languages = [\"en\"]")]
    NoLanguage,
    #[error("there is no service; add at least one [[service]], such as one with id = \"library\"")]
    NoService,
    #[error("{what} has no text in {language:?}; add one, or take {language:?} out of languages")]
    TextMissing { what: String, language: String },
    #[error("{what} has a text in {language:?}; add {language:?} to languages, or take the text out")]
    LanguageMissing { what: String, language: String },
    #[error("card.colours: {name} {wrong}")]
    Colour { name: &'static str, wrong: ColourError },
    #[error("card.colours: {0}")]
    Palette(ColourError),
    #[error("{code}: fields lacks \"{field}\", which every code needs; add it")]
    CodeLacks { code: &'static str, field: Field },
    #[error("there are two services with id = \"{id}\"; give one of them another id")]
    ServiceTwice { id: ServiceId },
    #[error(
        "service {id}: fields names \"{field}\", which is on neither code; add it to identity_code or service_code, or take it out"
    )]
    FieldOnNoCode { id: ServiceId, field: Field },
    #[error("evidence: {0}")]
    Evidence(#[from] RulesError),
    #[error("evidence: {one} and {other} both have card = true; leave it at one")]
    TwoCards { one: DocumentId, other: DocumentId },
    #[error("the built-in evidence table: {0}")]
    BuiltInEvidence(String),
}

pub(super) fn in_every_language(
    what: &str,
    texts: &Texts,
    languages: &[Language],
) -> Result<(), Disagreement> {
    if let Some(language) = languages.iter().find(|one| !texts.contains_key(one)) {
        return Err(Disagreement::TextMissing { what: what.to_owned(), language: language.to_string() });
    }
    if let Some(language) = texts.keys().find(|one| !languages.contains(one)) {
        return Err(Disagreement::LanguageMissing { what: what.to_owned(), language: language.to_string() });
    }
    Ok(())
}
