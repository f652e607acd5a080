//! The messages, and what each of them needs to be told.

use std::fmt;

/// A text printed on the card or on the slip that is handed over with it, or said about the papers for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Message {
    /// What the card is called.
    CardTitle,
    /// Label of the name.
    CardName,
    /// Label of the card number.
    CardNumber,
    /// Label of the birth date.
    CardBirthDate,
    /// Label of the birth year, where no more is known or wanted.
    CardBirthYear,
    /// Label of the last day of validity.
    CardExpiry,
    /// Label of the services.
    CardServices,
    /// Label of a minor's guardian.
    CardGuardian,
    /// Label of the address, or of who takes the holder's post.
    CardAddress,
    /// Label of the hotline.
    CardHotline,
    /// Label of the number that the library knows.
    CardLibrary,
    /// What the card is.
    BackIs,
    /// What the card is not.
    BackIsNot,
    /// That the card may not be confiscated.
    BackKeep,
    /// All that in one short sentence, for whoever reads only the city's language.
    BackBrief,
    /// Where a found card goes.
    BackReturn,
    /// Title of the slip.
    SlipTitle,
    /// Label of the card number.
    SlipNumber,
    /// How long the card is valid.
    SlipValid,
    /// Stands above the services.
    SlipOpens,
    /// Stands above the recovery code.
    SlipRecovery,
    /// What the recovery code does, and how to keep it.
    SlipRecoveryWhy,
    /// Stands above what to do about a lost card.
    SlipLostTitle,
    /// What to do about a lost card.
    SlipLost,
    /// Stands above what the city keeps.
    SlipKeptTitle,
    /// What is kept, in a city that destroys the key on a day.
    SlipKeptUntil,
    /// What is kept, in a city that keeps a register.
    SlipKeptExpiry,
    /// What the city knows afterwards.
    SlipKeptAfter,
    /// What the city never asks for.
    SlipNever,
    /// When the slip was printed.
    SlipPrint,
    /// Says that nothing is missing.
    EvidenceMet,
    /// Says that something is missing.
    EvidenceNotMet,
    /// How many of the points for who somebody is are there.
    EvidenceThereIdentity,
    /// How many of the points for living here are there.
    EvidenceThereResidency,
    /// A photo, as something that a paper shows.
    EvidenceHasPhoto,
    /// A birth date, as something that a paper shows.
    EvidenceHasBirthDate,
    /// An address, as something that a paper shows.
    EvidenceHasAddress,
    /// Who a child's guardian is, as something that a paper shows.
    EvidenceHasGuardianship,
    /// Who the guardian is that came along, as something that a paper shows.
    EvidenceHasGuardianIdentity,
    /// That a guardian comes along.
    EvidenceHasGuardian,
    /// Stands above the papers that give the missing points for who somebody is.
    EvidenceLackIdentity,
    /// Stands above the papers that give the missing points for living here.
    EvidenceLackResidency,
    /// Stands above the papers with a photo.
    EvidenceLackPhoto,
    /// Stands above the papers with a birth date.
    EvidenceLackBirthDate,
    /// Stands above the papers with an address.
    EvidenceLackAddress,
    /// Stands above the papers that say who a child's guardian is.
    EvidenceLackGuardianship,
    /// Stands above the papers that say who the guardian is that came along.
    EvidenceLackGuardianIdentity,
    /// Asks for the guardian to come along.
    EvidenceLackGuardian,
    /// Says that no single paper is enough for what is missing.
    EvidenceNoSingle,
    /// Stands above the fewest papers that are enough.
    EvidenceBring,
    /// Stands above the checklist of papers.
    EvidenceList,
    /// How many points are needed for who somebody is.
    EvidenceNeedIdentity,
    /// How many points are needed for living here.
    EvidenceNeedResidency,
    /// How many points a paper gives for who somebody is.
    EvidenceGivesIdentity,
    /// How many points a paper gives for living here.
    EvidenceGivesResidency,
    /// What is kept of papers.
    EvidenceKeeps,
}

impl Message {
    /// Every message. One left out here is unknown in the files of all languages.
    pub const ALL: &[Self] = &[
        Self::CardTitle,
        Self::CardName,
        Self::CardNumber,
        Self::CardBirthDate,
        Self::CardBirthYear,
        Self::CardExpiry,
        Self::CardServices,
        Self::CardGuardian,
        Self::CardAddress,
        Self::CardHotline,
        Self::CardLibrary,
        Self::BackIs,
        Self::BackIsNot,
        Self::BackKeep,
        Self::BackBrief,
        Self::BackReturn,
        Self::SlipTitle,
        Self::SlipNumber,
        Self::SlipValid,
        Self::SlipOpens,
        Self::SlipRecovery,
        Self::SlipRecoveryWhy,
        Self::SlipLostTitle,
        Self::SlipLost,
        Self::SlipKeptTitle,
        Self::SlipKeptUntil,
        Self::SlipKeptExpiry,
        Self::SlipKeptAfter,
        Self::SlipNever,
        Self::SlipPrint,
        Self::EvidenceMet,
        Self::EvidenceNotMet,
        Self::EvidenceThereIdentity,
        Self::EvidenceThereResidency,
        Self::EvidenceHasPhoto,
        Self::EvidenceHasBirthDate,
        Self::EvidenceHasAddress,
        Self::EvidenceHasGuardianship,
        Self::EvidenceHasGuardianIdentity,
        Self::EvidenceHasGuardian,
        Self::EvidenceLackIdentity,
        Self::EvidenceLackResidency,
        Self::EvidenceLackPhoto,
        Self::EvidenceLackBirthDate,
        Self::EvidenceLackAddress,
        Self::EvidenceLackGuardianship,
        Self::EvidenceLackGuardianIdentity,
        Self::EvidenceLackGuardian,
        Self::EvidenceNoSingle,
        Self::EvidenceBring,
        Self::EvidenceList,
        Self::EvidenceNeedIdentity,
        Self::EvidenceNeedResidency,
        Self::EvidenceGivesIdentity,
        Self::EvidenceGivesResidency,
        Self::EvidenceKeeps,
    ];

    /// How the message is called in a language's file.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::CardTitle => "card-title",
            Self::CardName => "card-name",
            Self::CardNumber => "card-number",
            Self::CardBirthDate => "card-birth-date",
            Self::CardBirthYear => "card-birth-year",
            Self::CardExpiry => "card-expiry",
            Self::CardServices => "card-services",
            Self::CardGuardian => "card-guardian",
            Self::CardAddress => "card-address",
            Self::CardHotline => "card-hotline",
            Self::CardLibrary => "card-library",
            Self::BackIs => "back-is",
            Self::BackIsNot => "back-is-not",
            Self::BackKeep => "back-keep",
            Self::BackBrief => "back-brief",
            Self::BackReturn => "back-return",
            Self::SlipTitle => "slip-title",
            Self::SlipNumber => "slip-number",
            Self::SlipValid => "slip-valid",
            Self::SlipOpens => "slip-opens",
            Self::SlipRecovery => "slip-recovery",
            Self::SlipRecoveryWhy => "slip-recovery-why",
            Self::SlipLostTitle => "slip-lost-title",
            Self::SlipLost => "slip-lost",
            Self::SlipKeptTitle => "slip-kept-title",
            Self::SlipKeptUntil => "slip-kept-until",
            Self::SlipKeptExpiry => "slip-kept-expiry",
            Self::SlipKeptAfter => "slip-kept-after",
            Self::SlipNever => "slip-never",
            Self::SlipPrint => "slip-print",
            Self::EvidenceMet => "evidence-met",
            Self::EvidenceNotMet => "evidence-not-met",
            Self::EvidenceThereIdentity => "evidence-there-identity",
            Self::EvidenceThereResidency => "evidence-there-residency",
            Self::EvidenceHasPhoto => "evidence-has-photo",
            Self::EvidenceHasBirthDate => "evidence-has-birth-date",
            Self::EvidenceHasAddress => "evidence-has-address",
            Self::EvidenceHasGuardianship => "evidence-has-guardianship",
            Self::EvidenceHasGuardianIdentity => "evidence-has-guardian-identity",
            Self::EvidenceHasGuardian => "evidence-has-guardian",
            Self::EvidenceLackIdentity => "evidence-lack-identity",
            Self::EvidenceLackResidency => "evidence-lack-residency",
            Self::EvidenceLackPhoto => "evidence-lack-photo",
            Self::EvidenceLackBirthDate => "evidence-lack-birth-date",
            Self::EvidenceLackAddress => "evidence-lack-address",
            Self::EvidenceLackGuardianship => "evidence-lack-guardianship",
            Self::EvidenceLackGuardianIdentity => "evidence-lack-guardian-identity",
            Self::EvidenceLackGuardian => "evidence-lack-guardian",
            Self::EvidenceNoSingle => "evidence-no-single",
            Self::EvidenceBring => "evidence-bring",
            Self::EvidenceList => "evidence-list",
            Self::EvidenceNeedIdentity => "evidence-need-identity",
            Self::EvidenceNeedResidency => "evidence-need-residency",
            Self::EvidenceGivesIdentity => "evidence-gives-identity",
            Self::EvidenceGivesResidency => "evidence-gives-residency",
            Self::EvidenceKeeps => "evidence-keeps",
        }
    }

    /// The values that the message names, each once at least, in every language.
    #[must_use]
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            Self::BackReturn => &["place"],
            Self::SlipValid | Self::SlipKeptUntil | Self::SlipKeptExpiry | Self::SlipPrint => &["date"],
            Self::SlipLost => &["hotline"],
            Self::EvidenceThereIdentity | Self::EvidenceThereResidency => &["needed", "there"],
            Self::EvidenceLackIdentity
            | Self::EvidenceLackResidency
            | Self::EvidenceNeedIdentity
            | Self::EvidenceNeedResidency
            | Self::EvidenceGivesIdentity
            | Self::EvidenceGivesResidency => &["points"],
            _ => &[],
        }
    }

    /// The message of that id.
    #[must_use]
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|message| message.id() == id)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
