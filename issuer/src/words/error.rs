//! What can be wrong with a language's file.

use fluent_bundle::FluentError;

use super::Message;

/// Why a language's file is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordsError {
    /// The tag names no language.
    #[error("{language:?} is no language tag, such as \"pt\" or \"zh-hant\"")]
    Language {
        /// The tag.
        language: String,
    },
    /// A line is not Fluent.
    #[error("line {line}: {reason}")]
    Syntax {
        /// Which line, from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// There is no such message.
    #[error("line {line}: there is no message {id}")]
    Unknown {
        /// Which line, from 1.
        line: usize,
        /// What stands before the equals sign.
        id: String,
    },
    /// A name is given to two texts.
    #[error("line {line}: {id} stands here for the second time")]
    Twice {
        /// Which line, from 1.
        line: usize,
        /// What stands before the equals sign.
        id: String,
    },
    /// A message names something that it is not told.
    #[error("line {line}: {message} cannot be said: {cause}")]
    Reference {
        /// Which line, from 1.
        line: usize,
        /// Which message.
        message: Message,
        /// What it names.
        cause: FluentError,
    },
    /// A message leaves out what it is told.
    #[error("line {line}: {message} must say {{ ${variable} }}")]
    Untold {
        /// Which line, from 1.
        line: usize,
        /// Which message.
        message: Message,
        /// What it leaves out.
        variable: &'static str,
    },
}
