//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where the database is: `sqlite:PATH` or `postgres://…`.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub enum DatabaseUrl {
    /// A file; a relative path is meant from the city's data directory.
    Sqlite(PathBuf),
    /// A server, as libpq reads it. It may hold a password, so it is never printed.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads a database address.
    ///
    /// # Errors
    /// When the scheme is none of ours, or the rest is empty. Nothing is guessed: a misspelt scheme must not
    /// become a new, empty database.
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        match scheme {
            "sqlite" if rest.starts_with(":memory:") || rest.starts_with("//") => {
                Err(DatabaseUrlError::NotAFile)
            }
            "sqlite" if rest.trim().is_empty() => Err(DatabaseUrlError::NoPath),
            "sqlite" => Ok(Self::Sqlite(PathBuf::from(rest))),
            "postgres" | "postgresql" if rest.starts_with("//") => Ok(Self::Postgres(text.to_owned())),
            _ => Err(DatabaseUrlError::UnknownScheme { scheme: scheme.to_owned() }),
        }
    }

    /// The same address with a relative file meant from `dir`.
    #[must_use]
    pub fn relative_to(self, dir: &Path) -> Self {
        match self {
            Self::Sqlite(path) => Self::Sqlite(dir.join(path)),
            Self::Postgres(url) => Self::Postgres(url),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres:…"),
        }
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = DatabaseUrlError;

    fn try_from(text: String) -> Result<Self, DatabaseUrlError> {
        Self::parse(&text)
    }
}

/// Why a database address was refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseUrlError {
    /// Neither `sqlite` nor `postgres`.
    #[error(
        "the database address begins with {scheme:?}; write sqlite:PATH, such as sqlite:city.db, or postgres://…"
    )]
    UnknownScheme {
        /// What stands before the first colon.
        scheme: String,
    },
    /// `sqlite:` alone.
    #[error("the database address names no file; write sqlite:PATH, such as sqlite:city.db")]
    NoPath,
    /// `sqlite::memory:` or `sqlite://…`.
    #[error(
        "the database must be a file, written sqlite:PATH without slashes before it, such as sqlite:city.db or sqlite:/srv/city.db"
    )]
    NotAFile,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_addresses_are_read() {
        assert_eq!(
            DatabaseUrl::parse("sqlite:city.db").unwrap().relative_to(Path::new("/srv/city")),
            DatabaseUrl::Sqlite("/srv/city/city.db".into())
        );
        assert_eq!(
            DatabaseUrl::parse("sqlite:/var/a.db").unwrap().relative_to(Path::new("/srv")),
            DatabaseUrl::Sqlite("/var/a.db".into())
        );
        assert_eq!(
            DatabaseUrl::parse("postgresql://h/c").unwrap(),
            DatabaseUrl::Postgres("postgresql://h/c".to_owned())
        );
    }

    #[test]
    fn anything_else_is_refused() {
        for (text, scheme) in [
            ("sqllite:city.db", "sqllite"),
            ("city.db", "city.db"),
            ("mysql://h/c", "mysql"),
            ("postgres:c", "postgres"),
            ("", ""),
        ] {
            assert_eq!(
                DatabaseUrl::parse(text),
                Err(DatabaseUrlError::UnknownScheme { scheme: scheme.to_owned() })
            );
        }
        assert_eq!(DatabaseUrl::parse("sqlite:"), Err(DatabaseUrlError::NoPath));
        for text in ["sqlite::memory:", "sqlite:///a.db"] {
            assert_eq!(DatabaseUrl::parse(text), Err(DatabaseUrlError::NotAFile));
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let url = DatabaseUrl::parse("postgres://city:hunter2@h/c").unwrap();
        assert_eq!(format!("{url:?}"), "postgres:…");
    }
}
