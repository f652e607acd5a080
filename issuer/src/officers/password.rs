//! Which passwords may be chosen.

use secrecy::{ExposeSecret as _, SecretString};
use zxcvbn::{Score, zxcvbn};

use crate::db::officer::PasswordDigest;
use crate::{Error, edge};

/// The fewest characters.
pub const SHORTEST: usize = 12;
/// The most bytes, so that hashing stays cheap to ask for.
pub(super) const LONGEST: usize = 256;

/// A password that may be chosen.
#[derive(Debug)]
pub struct NewPassword(SecretString);

/// Why a password may not be chosen. It says nothing of the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordRefused {
    /// Fewer characters than needed.
    #[error("a password has {SHORTEST} characters or more")]
    Short,
    /// More bytes than allowed.
    #[error("a password has {LONGEST} bytes at most")]
    Long,
    /// The two fields differ.
    #[error("the two passwords differ")]
    Differs,
    /// It stands on lists of common passwords, or is made of such.
    #[error("the password is easy to guess")]
    Common,
}

impl NewPassword {
    /// Takes a password that was typed twice. `known` is what anybody would try first: login, city.
    ///
    /// # Errors
    /// When it may not be chosen.
    pub fn parse(
        typed: &SecretString,
        again: &SecretString,
        known: &[&str],
    ) -> Result<Self, PasswordRefused> {
        let text = typed.expose_secret();
        if text.chars().count() < SHORTEST {
            return Err(PasswordRefused::Short);
        }
        if text.len() > LONGEST {
            return Err(PasswordRefused::Long);
        }
        if text != again.expose_secret() {
            return Err(PasswordRefused::Differs);
        }
        if zxcvbn(text, known).score() < Score::Three {
            return Err(PasswordRefused::Common);
        }
        Ok(Self(typed.clone()))
    }

    /// What the database keeps of it; slow on purpose.
    ///
    /// # Errors
    /// When it cannot be hashed.
    pub fn digest(&self) -> Result<PasswordDigest, Error> {
        PasswordDigest::of(&self.0, edge::random_bytes())
            .map_err(|error| Error::Refused(format!("the password was not hashed: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_not_common() {
        let parse = |typed: &str, again: &str| {
            NewPassword::parse(&typed.into(), &again.into(), &["amina", "Riverbend"]).map(drop)
        };
        for (typed, refused) in [
            ("", PasswordRefused::Short),
            ("k3vqzjwpx7m", PasswordRefused::Short),
            ("password1234", PasswordRefused::Common),
            ("aaaaaaaaaaaaaaaa", PasswordRefused::Common),
            ("aminariverbend", PasswordRefused::Common),
            ("qwertyuiop123", PasswordRefused::Common),
            (&"kv3 ".repeat(65), PasswordRefused::Long),
        ] {
            assert_eq!(parse(typed, typed), Err(refused), "{typed}");
        }
        assert_eq!(parse("violet otter ferry", "violet otter fery"), Err(PasswordRefused::Differs));
        assert_eq!(parse("violet otter ferry", "violet otter ferry"), Ok(()));
        assert_eq!(parse("ねこがさかなをたべました", "ねこがさかなをたべました"), Ok(()));
    }

    #[test]
    fn a_password_is_never_shown() {
        let password = NewPassword::parse(&"violet otter ferry".into(), &"violet otter ferry".into(), &[]);
        assert!(!format!("{password:?}").contains("otter"));
    }
}
