//! The sealed record of a visit: first what was typed, then what the card was made of, in the end what stands on it.

use base64ct::{Base64, Encoding as _};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::draft::Draft;
use super::taken_photo::TakenPhoto;
use super::{CaseError, CaseId};
use crate::Issuer;
use crate::card::Portrait;
use crate::db::enrolment::Enrolment;
use crate::issuance::{Application, Pictures};
use crate::keystore::{Sealed, seal_record};
use crate::resident::Resident;
use crate::retention;

/// The largest record, in bytes.
pub const MAX_RECORD: usize = 1 << 20;

/// What is sealed. A batch seals the last two of these fields, so that both kinds of record are read alike.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Record {
    /// What was typed, until the card is handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) draft: Option<Draft>,
    /// What officers wrote about a second look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) words: Vec<Words>,
    /// The face in the service code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    face_webp: Option<String>,
    /// The resident, once a card was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resident: Option<Resident>,
    /// The portrait on the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    portrait_jpeg: Option<String>,
}

/// What an officer wrote about a second look.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The officer.
    pub by: String,
    /// The words.
    pub words: String,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Words(by {})", self.by)
    }
}

impl Record {
    /// The record of a new visit.
    pub(super) fn of(draft: Draft) -> Self {
        Self { draft: Some(draft), ..Self::default() }
    }

    /// Opens the record of an enrolment.
    pub(super) fn open(issuer: &Issuer, enrolment: &Enrolment) -> Result<Self, CaseError> {
        let plain = retention::open(issuer, enrolment)?;
        serde_json::from_slice(&plain).map_err(|_| CaseError::Gone)
    }

    /// Seals the record of a case that begins, until a day.
    pub(super) fn seal(&self, issuer: &Issuer, id: &CaseId, day: NaiveDate) -> Result<Sealed, CaseError> {
        let key = issuer.keystore.destroy_by_key(day)?;
        Ok(seal_record(&self.plain()?, &key, id.as_str()))
    }

    /// The record as it is sealed.
    pub(super) fn plain(&self) -> Result<Zeroizing<Vec<u8>>, CaseError> {
        // A struct of texts always has a JSON form.
        let plain = Zeroizing::new(serde_json::to_vec(self).unwrap_or_default());
        if plain.len() > MAX_RECORD {
            return Err(CaseError::TooLarge { bytes: plain.len(), most: MAX_RECORD });
        }
        Ok(plain)
    }

    /// Keeps what the card is made of, and lets the photo go that it was cut from.
    pub(super) fn made(&mut self, application: &Application) {
        self.resident = Some(application.resident.clone());
        let pictures = application.pictures.as_ref();
        self.portrait_jpeg = pictures.map(|pictures| Base64::encode_string(pictures.portrait.jpeg()));
        self.face_webp = pictures.map(|pictures| Base64::encode_string(&pictures.face));
        if let Some(draft) = &mut self.draft {
            draft.photo = None;
        }
    }

    /// Lets go of all that does not stand on the card.
    pub(super) fn handed_over(&mut self) {
        (self.draft, self.words, self.face_webp) = (None, Vec::new(), None);
    }

    /// The resident, once a card was made.
    pub(super) fn resident(&self) -> Option<&Resident> {
        self.resident.as_ref()
    }

    /// What the card was made of.
    pub(super) fn application(&self) -> Result<Application, CaseError> {
        let resident = self.resident.clone().ok_or(CaseError::Gone)?;
        let pictures = match (bytes(self.portrait_jpeg.as_ref()), bytes(self.face_webp.as_ref())) {
            (Some(jpeg), Some(face)) => Some(Pictures { portrait: Portrait::from_jpeg(jpeg)?, face }),
            _ => None,
        };
        Ok(Application { resident, pictures })
    }

    /// The draft for another card of the same person: what was typed, or what stands on the card.
    pub(super) fn draft_again(&self) -> Draft {
        let mut draft = match (&self.draft, &self.resident) {
            (Some(draft), _) => draft.clone(),
            (None, Some(resident)) => Draft::of_resident(resident),
            (None, None) => Draft::default(),
        };
        draft.confirmed.clear();
        if draft.photo.is_none() {
            draft.photo = bytes(self.portrait_jpeg.as_ref()).map(TakenPhoto::again);
        }
        draft
    }
}

fn bytes(text: Option<&String>) -> Option<Vec<u8>> {
    text.and_then(|text| Base64::decode_vec(text).ok())
}
