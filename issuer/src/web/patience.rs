//! How long whoever asks may take to send what they ask.

use std::time::Duration;

/// What a browser may take; one that takes longer is cut off, so that it holds up nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For the head of a request, from the first byte to the last.
    pub head: Duration,
    /// For a form of texts.
    pub form: Duration,
    /// For a form with a photo or a file.
    pub upload: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            form: Duration::from_secs(30),
            upload: Duration::from_secs(120),
        }
    }
}
