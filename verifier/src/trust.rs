//! How lists are taken: the one rule of the command, the kiosk and the page.

use shared::keys::Thumbprint;
use shared::trusted::{TrustError, Trusted, Update};

/// Takes a bundle: the first one pins its root, later ones must move forward.
///
/// # Errors
/// The bundle was not taken; what was trusted before still is.
pub fn take(
    held: Option<&Trusted>,
    bundle: &[u8],
    expected: Option<Thumbprint>,
) -> Result<(Trusted, Update), TrustError> {
    let Some(held) = held else { return Trusted::establish(bundle, expected) };
    let found = held.fingerprint();
    if let Some(pinned) = expected.filter(|pinned| *pinned != found) {
        return Err(TrustError::OtherRoot { pinned, found });
    }
    let mut trusted = held.clone();
    let update = trusted.update(bundle)?;
    Ok((trusted, update))
}
