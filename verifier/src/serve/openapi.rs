//! The endpoint, described for other programs: `GET /v1/openapi.json`.
//!
//! Types of this crate describe themselves. The verdict's report belongs to the core, which knows no web, and is written
//! down here once more; the tests hold it against what is really answered.

#![expect(dead_code, reason = "types that describe what others write")]

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi, ToSchema};

use super::problem::Problem;
use super::{endpoint, lists};
use crate::answer::Screen;

/// Problems that any address may answer with.
const ANYWHERE: [(u16, &str); 3] = [
    (403, "Another page made the browser ask."),
    (421, "The host is neither localhost nor a numeric address."),
    (500, "The program failed; start it again."),
];
/// Problems of what takes a body.
const WITH_BODY: [(u16, &str); 4] = [
    (400, "The body is not what is described here."),
    (408, "The body came too slowly."),
    (413, "The body is too large."),
    (422, "The body is well formed, and no picture or no desk of this city."),
];

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "The counter",
        version = "1",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2"),
        description = "What `verifier serve` answers to programs of the same machine. Nothing asked here is kept or \
            sent on. Other addresses answer 404 and other methods 405; whatever is no answer is a problem (RFC 9457). \
            Browsers may ask from the counter's own page only.",
    ),
    paths(endpoint::state, endpoint::bundle, endpoint::verify, endpoint::read_codes, endpoint::openapi),
    components(schemas(Problem, lists::Kept)),
    modifiers(&Problems),
)]
pub(super) struct Description;

/// The verdict on a card. Each key is always there.
#[derive(ToSchema)]
pub(super) struct Verdict {
    outcome: Outcome,
    /// Why; null where the card is good.
    #[schema(required)]
    reason: Option<Reason>,
    /// In which dialect of Claim 169 it is written, where it could be read.
    #[schema(required)]
    dialect: Option<String>,
    /// What the code is for, where the signature is good.
    #[schema(required)]
    kind: Option<Kind>,
    /// The card's number, where the signature is good and the desk may see it.
    #[schema(required)]
    number: Option<String>,
    /// The issuer's address, where the signature is good.
    #[schema(required)]
    issuer: Option<String>,
    /// What the card opens here, where the signature is good and the desk may see it.
    services: Vec<String>,
    /// The holder, where the card is good.
    #[schema(required)]
    claims: Option<Claims>,
    /// When the card expires (RFC 3339, UTC), where the signature is good and the desk may see it.
    #[schema(required)]
    expires: Option<String>,
    /// Age in seconds of the list that decided, where one did.
    #[schema(required)]
    lists_age_s: Option<u64>,
    screen: Screen,
}

/// What a card is worth.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// Good.
    Valid,
    /// Good, by lists that are older than the desk allows.
    ValidStale,
    /// Not good, and it is certain.
    NotValid,
    /// Nothing can be said about the card.
    CannotTell,
}

/// Why a card is not good (the first seven), or why nothing can be said.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Reason {
    Expired,
    NotYetValid,
    Revoked,
    Suspended,
    BadSignature,
    KeyCompromised,
    ServiceNotGranted,
    Unreadable,
    NotACard,
    UnknownIssuer,
    UnknownKey,
    NoTrustList,
    StatusUnknown,
    ClockBehind,
}

/// What a code is for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Identity,
    Service,
}

/// What the desk may see of the holder; what it may not see, or the card has not, has no key.
#[derive(ToSchema)]
struct Claims {
    full_name: Option<String>,
    second_name: Option<String>,
    second_lang: Option<String>,
    /// As the card has it: YYYYMMDD.
    birth_date: Option<String>,
    gender: Option<String>,
    address: Option<String>,
    guardian: Option<String>,
    language: Option<String>,
    face: Option<Face>,
}

/// The holder's face.
#[derive(ToSchema)]
struct Face {
    /// `png`, `jpeg`, `jpeg2000`, `avif`, `webp` or `other`.
    format: String,
    /// The image file, in base64.
    data: String,
}

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(super) struct File(Vec<u8>);

/// Adds the problems that several addresses have in common.
struct Problems;

impl Modify for Problems {
    fn modify(&self, document: &mut Document) {
        for (path, item) in &mut document.paths.paths {
            for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
                let mut problems = BTreeMap::from(ANYWHERE);
                if operation.request_body.is_some() {
                    problems.extend(WITH_BODY);
                }
                match path.as_str() {
                    "/v1/state" => drop(problems.insert(400, "The query is not understood.")),
                    "/v1/verify" => drop(problems.insert(415, "The body is not said to be JSON.")),
                    _ => {}
                }
                add(operation, problems);
            }
        }
    }
}

fn add(operation: &mut Operation, problems: BTreeMap<u16, &str>) {
    for (status, description) in problems {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let answer = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", content)
            .build();
        operation.responses.responses.insert(status.to_string(), answer.into());
    }
}
