//! What a desk sees of a card.

use super::judge::grants;
use super::{Card, Desk, Holder, Outcome};
use crate::claims::Claims;
use crate::credential::Credential;
use crate::trust_list::{Field, Issuer, ServiceId};
use crate::trusted::Trusted;
use crate::unverified::Verified;

impl Card {
    pub(super) fn of(
        credential: &Verified<Credential<'_>>,
        issuer: &Issuer,
        trusted: &Trusted,
        desk: Desk<'_>,
        outcome: Outcome,
    ) -> Self {
        let claims = &credential.claims;
        let services = issuer.services.iter().map(ServiceId::as_str);
        Self {
            kind: credential.kind(),
            number: claims.identity.number.map(str::to_owned),
            issuer: issuer.url.clone(),
            services: services.filter(|id| grants(claims, issuer, id)).map(str::to_owned).collect(),
            expires: claims.expires,
            holder: matches!(outcome, Outcome::Valid | Outcome::ValidStale)
                .then(|| Holder::seen_at(desk, trusted, claims)),
        }
    }
}

impl Holder {
    fn seen_at(desk: Desk<'_>, trusted: &Trusted, claims: &Claims<'_>) -> Self {
        let fields = match desk {
            Desk::Any => &Field::ALL[..],
            Desk::Of(service) => {
                trusted.trust_list().service(service.as_str()).map_or(&[][..], |service| &service.fields)
            }
        };
        let identity = &claims.identity;
        let mut holder = Self { language: identity.language.map(str::to_owned), ..Self::default() };
        for field in fields {
            match field {
                Field::FullName => holder.full_name = identity.full_name.map(str::to_owned),
                Field::SecondName => {
                    holder.second_name = identity.second_name.map(str::to_owned);
                    holder.second_language = identity.second_language.map(str::to_owned);
                }
                Field::BirthDate => holder.birth_date = identity.birth_date.map(str::to_owned),
                Field::Gender => holder.gender = identity.gender,
                Field::Address => holder.address = identity.address.map(str::to_owned),
                Field::Guardian => holder.guardian = identity.guardian.map(str::to_owned),
                Field::Face => {
                    holder.face = identity.face.map(|face| face.data.to_vec());
                    holder.face_format = identity.face.map(|face| face.subformat);
                }
                Field::Number | Field::Services | Field::Expires => {}
            }
        }
        holder
    }
}
