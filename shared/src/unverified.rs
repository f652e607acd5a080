//! What has been read, and what has been proven.

/// A value read from outside whose signature nobody has checked.
///
/// It becomes a [`Verified`] only through the `verify` of its kind. Until then
/// its content is a claim of whoever made it; [`dangerous_peek`](Self::dangerous_peek)
/// gives it out by that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified<T>(T);

/// A value whose signature was checked with a key that may sign it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Unverified<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }

    /// The content, unproven: good for finding the key to check it with, for
    /// nothing else.
    pub fn dangerous_peek(&self) -> &T {
        &self.0
    }

    pub(crate) fn into_verified(self, _checked: &SignatureIsGood) -> Verified<T> {
        Verified(self.0)
    }
}

impl<T> Verified<T> {
    /// The proven content.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Proof that a signature check succeeded; only [`crate::keys::PublicKey`] makes one.
#[derive(Debug)]
pub(crate) struct SignatureIsGood(());

impl SignatureIsGood {
    pub(crate) fn attest() -> Self {
        Self(())
    }
}
