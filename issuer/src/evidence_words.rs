//! What a city's rules about papers say, in a language: at the command line, at the desk and on the slip.

use shared::evidence::{Assessment, DocumentId, DocumentType, Feature, Requirement, Standing};

use crate::config::City;
use crate::words::{Message, Words, list_separator};

/// Tells a city's rules in a language.
#[derive(Clone, Copy)]
pub(crate) struct Teller<'a> {
    pub(crate) city: &'a City,
    pub(crate) words: &'a Words,
    pub(crate) language: &'a str,
}

/// Something that is missing, and the papers each of which would do.
pub(crate) struct Missing {
    /// What is missing, or which papers are enough together.
    pub(crate) heading: String,
    /// The titles of the papers.
    pub(crate) papers: Vec<String>,
}

impl<'a> Teller<'a> {
    pub(crate) fn say(&self, message: Message) -> String {
        self.words.say(self.language, message, &[])
    }

    pub(crate) fn points(&self, message: Message, points: u8) -> String {
        self.words.say(self.language, message, &[("points", &points.to_string())])
    }

    pub(crate) fn title(&self, id: &'a DocumentId) -> &'a str {
        self.city.evidence.title(id, self.language, &self.city.languages)
    }

    /// Whether something is missing.
    pub(crate) fn verdict(&self, assessment: &Assessment) -> String {
        self.say(if assessment.is_met() { Message::EvidenceMet } else { Message::EvidenceNotMet })
    }

    /// How far a requirement is met.
    pub(crate) fn meter(&self, standing: &Standing) -> String {
        let (there, needed) = (standing.there.to_string(), standing.needed.to_string());
        let amounts = [("there", there.as_str()), ("needed", needed.as_str())];
        self.words.say(self.language, meter(standing.requirement), &amounts)
    }

    /// What a paper gives and shows.
    pub(crate) fn worth(&self, document: &DocumentType) -> Vec<String> {
        let points = [
            (Message::EvidenceGivesIdentity, document.identity_points),
            (Message::EvidenceGivesResidency, document.residency_points),
        ];
        let points = points.into_iter().filter(|(_, points)| *points > 0);
        let points = points.map(|(message, points)| self.points(message, points));
        points.chain(document.shows.iter().map(|feature| self.say(has(feature)))).collect()
    }

    /// The same on one line.
    pub(crate) fn worth_in_a_line(&self, document: &DocumentType) -> String {
        self.worth(document).join(list_separator(self.language))
    }

    /// What stands above the papers for something that is missing.
    pub(crate) fn lack(&self, standing: &Standing) -> String {
        self.points(lack(standing.requirement), standing.missing())
    }

    /// Everything that is missing, and the fewest papers that are enough.
    pub(crate) fn missing(&self, assessment: &'a Assessment) -> Vec<Missing> {
        let titles = |ids: &'a [DocumentId]| ids.iter().map(|id| self.title(id).to_owned()).collect();
        let lacking = assessment.lacking().map(|standing| {
            let no_single = standing.closed_by.is_empty() && standing.requirement != Requirement::Guardian;
            let papers = if no_single {
                vec![self.say(Message::EvidenceNoSingle)]
            } else {
                titles(&standing.closed_by)
            };
            Missing { heading: self.lack(standing), papers }
        });
        let bring = (assessment.bring.len() > 1).then(|| Missing {
            heading: self.say(Message::EvidenceBring),
            papers: titles(&assessment.bring),
        });
        lacking.chain(bring).collect()
    }
}

fn has(feature: Feature) -> Message {
    match feature {
        Feature::Photo => Message::EvidenceHasPhoto,
        Feature::BirthDate => Message::EvidenceHasBirthDate,
        Feature::Address => Message::EvidenceHasAddress,
        Feature::Guardianship => Message::EvidenceHasGuardianship,
        Feature::GuardianIdentity => Message::EvidenceHasGuardianIdentity,
    }
}

fn meter(requirement: Requirement) -> Message {
    match requirement {
        Requirement::IdentityPoints => Message::EvidenceThereIdentity,
        Requirement::ResidencyPoints => Message::EvidenceThereResidency,
        Requirement::Shows(feature) => has(feature),
        Requirement::Guardian => Message::EvidenceHasGuardian,
    }
}

fn lack(requirement: Requirement) -> Message {
    match requirement {
        Requirement::IdentityPoints => Message::EvidenceLackIdentity,
        Requirement::ResidencyPoints => Message::EvidenceLackResidency,
        Requirement::Shows(Feature::Photo) => Message::EvidenceLackPhoto,
        Requirement::Shows(Feature::BirthDate) => Message::EvidenceLackBirthDate,
        Requirement::Shows(Feature::Address) => Message::EvidenceLackAddress,
        Requirement::Shows(Feature::Guardianship) => Message::EvidenceLackGuardianship,
        Requirement::Shows(Feature::GuardianIdentity) => Message::EvidenceLackGuardianIdentity,
        Requirement::Guardian => Message::EvidenceLackGuardian,
    }
}
