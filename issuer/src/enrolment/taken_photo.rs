//! A photo as it was taken, and the pictures that are made of it once.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::card::{Part, Photo, PhotoError, Portrait, lighter};
use crate::issuance::Pictures;

/// A photo as it was taken, and which part of it is the portrait.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenPhoto {
    /// The picture, upright, as a JPEG without metadata.
    #[serde(with = "base64")]
    pub picture: Vec<u8>,
    /// The part, in pixels of the picture; the middle where none is chosen.
    pub part: Option<Part>,
    /// What the card will have of the whole picture: made once, since every page from here on needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made: Option<Made>,
}

/// The two pictures of a card.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    /// The bytes that the face was allowed.
    budget: usize,
    #[serde(with = "base64")]
    portrait_jpeg: Vec<u8>,
    #[serde(with = "base64")]
    face_webp: Vec<u8>,
}

impl TakenPhoto {
    /// Takes a JPEG, PNG or WebP picture. It is turned upright and made light, and what the camera wrote into it beside
    /// the picture, such as the place, is left out.
    ///
    /// # Errors
    /// When it is no such picture, or a too large one.
    pub fn of(file: &[u8]) -> Result<Self, PhotoError> {
        Ok(Self { picture: lighter(file)?, part: None, made: None })
    }

    /// The same, cut to a part that is given in pixels of the upright picture as it was taken. The pictures of the card are
    /// made at once, with a face of at most `budget` bytes.
    ///
    /// # Errors
    /// When it is no such picture, a too large one, or the part has too few pixels.
    pub fn cut(file: &[u8], part: Option<Part>, budget: usize) -> Result<Self, PhotoError> {
        let photo = match part {
            Some(part) => Photo::decode_part(file, part)?,
            None => Photo::decode(file)?,
        };
        // A face that cannot be made is told of where the photo is wanted on a card.
        let made = Pictures::of(&photo, budget).ok().map(|made| Made {
            budget,
            portrait_jpeg: made.portrait.jpeg().to_vec(),
            face_webp: made.face,
        });
        Ok(Self { picture: photo.kept_jpeg()?, part: None, made })
    }

    /// A portrait that was printed before.
    pub(super) fn again(portrait_jpeg: Vec<u8>) -> Self {
        Self { picture: portrait_jpeg, part: None, made: None }
    }

    /// The portrait that is cut of it.
    ///
    /// # Errors
    /// When the part has too few pixels.
    pub fn likeness(&self) -> Result<Photo, PhotoError> {
        match self.part {
            Some(part) => Photo::decode_part(&self.picture, part),
            None => Photo::decode(&self.picture),
        }
    }

    /// The portrait as it is printed.
    ///
    /// # Errors
    /// When the part has too few pixels.
    pub fn portrait(&self) -> Result<Portrait, PhotoError> {
        match self.made() {
            Some(made) => Portrait::from_jpeg(made.portrait_jpeg.clone()),
            None => self.likeness()?.portrait_jpeg(),
        }
    }

    /// The pictures of the card, with a face of at most `budget` bytes.
    ///
    /// # Errors
    /// When the part has too few pixels, or no face of so few bytes can be made of it.
    pub fn pictures(&self, budget: usize) -> Result<Pictures, PhotoError> {
        match self.made().filter(|made| made.budget == budget) {
            Some(made) => Ok(Pictures { portrait: self.portrait()?, face: made.face_webp.clone() }),
            None => Pictures::of(&self.likeness()?, budget),
        }
    }

    /// What was made of the whole picture, unless only a part of it is wanted.
    fn made(&self) -> Option<&Made> {
        self.made.as_ref().filter(|_| self.part.is_none())
    }
}

impl fmt::Debug for TakenPhoto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TakenPhoto({} bytes)", self.picture.len())
    }
}

/// Bytes as base 64 in JSON.
mod base64 {
    use base64ct::{Base64, Encoding as _};
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Base64::encode_string(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Base64::decode_vec(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::portrait;

    #[test]
    fn pictures_are_made_once_and_again_for_another_budget_or_part() {
        let mut photo = TakenPhoto::cut(&portrait::drawn(1).unwrap(), None, 660).unwrap();
        let made = photo.made.clone().unwrap();
        let pictures = photo.pictures(660).unwrap();
        assert_eq!(pictures.portrait.jpeg(), made.portrait_jpeg);
        assert_eq!((pictures.portrait.size(), &pictures.face), ((270, 360), &made.face_webp));
        assert_eq!(photo.portrait().unwrap(), pictures.portrait);
        assert!(photo.pictures(450).unwrap().face.len() <= 450);
        assert!(TakenPhoto::cut(b"no picture", None, 660).is_err());
        photo.part = Some(Part { left: 0, top: 0, width: 300, height: 400 });
        assert_ne!(photo.portrait().unwrap(), pictures.portrait);
        assert_ne!(photo.pictures(660).unwrap().face, pictures.face);
    }

    #[test]
    fn a_photo_of_an_earlier_version_has_its_pictures_made() {
        let whole = TakenPhoto::cut(&portrait::drawn(1).unwrap(), None, 660).unwrap();
        let earlier = TakenPhoto { made: None, ..whole.clone() };
        let sealed = serde_json::to_string(&earlier).unwrap();
        assert!(!sealed.contains("made"));
        let opened: TakenPhoto = serde_json::from_str(&sealed).unwrap();
        assert_eq!(opened, earlier);
        assert!(opened.pictures(660).unwrap().face.len() <= 660);
        let sealed = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<TakenPhoto>(&sealed).unwrap(), whole);
    }
}
