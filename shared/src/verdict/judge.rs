//! The steps from a card that could be read to an outcome (`FORMAT.md` section 9, from step 4 on).

use super::{CLOCK_TOLERANCE, CannotTell, Card, Desk, NotValid, OLDEST_LIST, Outcome};
use crate::claims::Claims;
use crate::credential::Credential;
use crate::keys::Kid;
use crate::status_list::Status;
use crate::trust_list::{Issuer, IssuerKey, KeyState, KeyUse, StatusSource};
use crate::trusted::Trusted;
use crate::unverified::{Unverified, Verified};

pub(super) struct Judged {
    pub(super) outcome: Outcome,
    pub(super) card: Option<Card>,
    pub(super) lists_age: Option<u64>,
}

impl Judged {
    pub(super) fn unproven(outcome: Outcome) -> Self {
        Self { outcome, card: None, lists_age: None }
    }
}

pub(super) fn judge(
    unverified: &Unverified<Credential<'_>>,
    trusted: &Trusted,
    desk: Desk<'_>,
    now: i64,
) -> Judged {
    let issuer = unverified.dangerous_peek().claims.issuer.and_then(|url| trusted.issuer(url));
    let Some(issuer) = issuer else {
        return Judged::unproven(Outcome::CannotTell(CannotTell::UnknownIssuer));
    };
    let (credential, key) = match find_signer(unverified, issuer) {
        Ok(found) => found,
        Err(outcome) => return Judged::unproven(outcome),
    };
    let standing = standing(&credential, key, issuer, trusted, now);
    let (outcome, lists_age) = match standing {
        Err(outcome) => (outcome, None),
        Ok(lists) => (at_desk(&credential.claims, issuer, trusted, desk, &lists, now), Some(lists.age(now))),
    };
    Judged { outcome, card: Some(Card::of(&credential, issuer, trusted, desk, outcome)), lists_age }
}

/// The key that signed. Says "forged" only when a listed key was named, or
/// none was, and no signature fits.
fn find_signer<'c, 'i>(
    unverified: &Unverified<Credential<'c>>,
    issuer: &'i Issuer,
) -> Result<(Verified<Credential<'c>>, &'i IssuerKey), Outcome> {
    let kid: Option<Kid> = unverified.dangerous_peek().kid();
    let mut tried = false;
    for key in issuer.keys_for(kid, KeyUse::Cards) {
        tried = true;
        if let Ok(verified) = unverified.clone().verify(&key.key) {
            return Ok((verified, key));
        }
    }
    Err(if tried {
        Outcome::NotValid(NotValid::BadSignature)
    } else {
        Outcome::CannotTell(CannotTell::UnknownKey)
    })
}

/// The lists that decided about a card.
struct Lists {
    issued_at: i64,
    overdue: bool,
}

impl Lists {
    fn age(&self, now: i64) -> u64 {
        u64::try_from(now.saturating_sub(self.issued_at)).unwrap_or(0)
    }
}

/// Whether a proven card stands, whatever the desk: key, clock, dates, status.
fn standing(
    credential: &Verified<Credential<'_>>,
    key: &IssuerKey,
    issuer: &Issuer,
    trusted: &Trusted,
    now: i64,
) -> Result<Lists, Outcome> {
    let claims = &credential.claims;
    key_covers(key, claims)?;
    // What is certain comes first: a clock that is behind makes nothing less
    // expired or revoked.
    let floor = trusted.clock_floor(issuer);
    if claims.expires.is_some_and(|expires| now.max(floor) >= expires) {
        return Err(Outcome::NotValid(NotValid::Expired));
    }
    let lists = status(claims, key, issuer, trusted, now)?;
    let newest_signed = claims.issued_at.map_or(floor, |issued_at| issued_at.max(floor));
    if now.saturating_add(CLOCK_TOLERANCE) < newest_signed {
        return Err(Outcome::CannotTell(CannotTell::ClockBehind));
    }
    if claims.not_before.is_some_and(|not_before| now < not_before) {
        return Err(Outcome::NotValid(NotValid::NotYetValid));
    }
    Ok(lists)
}

/// Whether the key was the issuer's when it signed this card. A card with no
/// time of signing could have been signed at any.
fn key_covers(key: &IssuerKey, claims: &Claims<'_>) -> Result<(), Outcome> {
    if let KeyState::Compromised { since, lists } = &key.state {
        // Whoever holds the key writes any time on a card, and any list: only what stands on the key's own lists, which
        // nobody has been added to since, can be told from that.
        let before = claims.issued_at.is_some_and(|issued_at| issued_at < *since);
        let on_its_list = claims.status.is_some_and(|status| lists.iter().any(|list| list == status.uri));
        if !(before && on_its_list) {
            return Err(Outcome::NotValid(NotValid::KeyCompromised));
        }
    }
    let in_time = |at: i64| (key.valid_from..=key.valid_until).contains(&at);
    if claims.issued_at.is_some_and(|issued_at| !in_time(issued_at)) {
        return Err(Outcome::CannotTell(CannotTell::UnknownKey));
    }
    Ok(())
}

fn status(
    claims: &Claims<'_>,
    key: &IssuerKey,
    issuer: &Issuer,
    trusted: &Trusted,
    now: i64,
) -> Result<Lists, Outcome> {
    let unknown = Outcome::CannotTell(CannotTell::StatusUnknown);
    let trust_list = trusted.trust_list();
    let trust_list_overdue = now > trust_list.next_update;
    if issuer.status == StatusSource::None {
        return Ok(Lists { issued_at: trust_list.issued_at, overdue: trust_list_overdue });
    }
    let reference = claims.status.filter(|status| issuer.owns_list(status.uri)).ok_or(unknown)?;
    let list = trusted.list(reference.uri).ok_or(unknown)?;
    if let KeyState::Compromised { since, .. } = &key.state {
        // Only a list made after the loss marks what was never issued.
        if list.issued_at < *since {
            return Err(unknown);
        }
    }
    match list.statuses.get(reference.index) {
        Some(Status::Valid) => Ok(Lists {
            issued_at: list.issued_at,
            overdue: trust_list_overdue || list.expires.is_some_and(|expires| now >= expires),
        }),
        Some(Status::Revoked) => Err(Outcome::NotValid(NotValid::Revoked)),
        Some(Status::Suspended) => Err(Outcome::NotValid(NotValid::Suspended)),
        Some(Status::Other(_)) | None => Err(unknown),
    }
}

fn at_desk(
    claims: &Claims<'_>,
    issuer: &Issuer,
    trusted: &Trusted,
    desk: Desk<'_>,
    lists: &Lists,
    now: i64,
) -> Outcome {
    let oldest = match desk {
        Desk::Any => OLDEST_LIST,
        Desk::Of(service) => {
            let id = service.as_str();
            let Some(described) = trusted.trust_list().service(id).filter(|_| grants(claims, issuer, id))
            else {
                return Outcome::NotValid(NotValid::ServiceNotGranted);
            };
            described.oldest_list
        }
    };
    if lists.overdue || lists.age(now) > oldest { Outcome::ValidStale } else { Outcome::Valid }
}

/// A card without a scope opens all that the city lets its issuer grant.
pub(super) fn grants(claims: &Claims<'_>, issuer: &Issuer, service: &str) -> bool {
    issuer.may_grant(service)
        && (claims.scope.is_none() || claims.services().any(|granted| granted == service))
}
