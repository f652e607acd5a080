//! The description: `GET /api/v1/openapi.json`. The stories hold every kind of answer against it.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::{cards, described, issue, problem};
use crate::config::City;
use crate::web::desk::Desk;

/// Problems of whatever takes a token.
const WITH_TOKEN: [(&str, &str); 5] = [
    ("401", "There is no token, or it is no good."),
    ("403", "The token lacks a scope."),
    ("429", "The program calls too often."),
    ("500", "The issuer failed."),
    ("503", "The database is in other hands for a moment."),
];
/// Problems of whatever takes a body.
const WITH_BODY: [(&str, &str); 5] = [
    ("400", "The call is not what is described here."),
    ("408", "The body came too slowly."),
    ("413", "The body is too large."),
    ("415", "The body is of another kind."),
    ("422", "Fields are wrong: `errors` points at each."),
];
/// Problems of single addresses.
const OF_CARD: (&str, &str) = ("404", "The city has no card of this number.");
const CONFLICT: (&str, &str) = ("409", "It cannot be done as things are: `code` says why.");

/// What is described by its types.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Cards for other programs of the city",
        version = "1",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2"),
        description = "What `issuer serve` answers to other programs of the city: they issue cards, look them up by their number, \
            and suspend or revoke them. A custodian gives each program a token (`issuer token create`). Nothing personal comes out, \
            not even what was just sent in; only the card for print does, to the call that issued it, and where the token allows it. \
            Whatever is no answer is a problem (RFC 9457) whose `detail` says what to do next. Each call is told to the audit log. \
            Other methods answer 405. No page in a browser can call: no cookie is read, and no other origin is let in.",
    ),
    paths(
        issue::issue,
        cards::look_up,
        cards::status,
        cards::suspend,
        cards::reinstate,
        cards::revoke,
        description
    ),
    components(schemas(problem::Problem, described::StatusWord))
)]
struct Description;

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", responses(
    (status = 200, description = "The description, of OpenAPI 3.1.", body = serde_json::Value),
))]
pub(in crate::web) async fn description(desk: Data<Desk>) -> HttpResponse {
    HttpResponse::Ok().json(of(&desk.issuer.city))
}

/// The description of a city's address: with its services.
fn of(city: &City) -> Value {
    // What describes itself has a JSON form.
    let mut document = serde_json::to_value(Description::openapi()).unwrap_or_default();
    let services: Vec<_> = city.services.iter().map(|service| service.id.as_str()).collect();
    let asked = "/components/schemas/NewCard/properties";
    set(&mut document, &format!("{asked}/services/items"), "enum", json!(services));
    set(&mut document, &format!("{asked}/photo"), "contentEncoding", json!("base64"));
    with_parts(&mut document);
    let scheme = json!({ "type": "http", "scheme": "bearer", "description": "The program's token." });
    set(&mut document, "/components", "securitySchemes", json!({ "token": scheme }));
    let paths: Vec<String> = document
        .pointer("/paths")
        .and_then(Value::as_object)
        .map(|paths| paths.keys().cloned().collect())
        .unwrap_or_default();
    for path in paths {
        let at = format!("/paths/{}", path.replace('/', "~1"));
        for method in ["get", "post"] {
            let operation = format!("{at}/{method}");
            if document.pointer(&operation).is_some() && path != "/api/v1/openapi.json" {
                set(&mut document, &operation, "security", json!([{ "token": [] }]));
                for (status, means) in problems(&path, method) {
                    set(&mut document, &format!("{operation}/responses"), status, problem_of(status, means));
                }
            }
        }
    }
    document
}

/// A card may be asked for in parts too: the same fields, and the photo as a file.
fn with_parts(document: &mut Value) {
    let mut parts = document.pointer("/components/schemas/NewCard").cloned().unwrap_or_default();
    let description = "The photo: JPEG, PNG or WebP.";
    let photo = json!({ "type": "string", "format": "binary", "description": description });
    set(&mut parts, "/properties", "photo", photo);
    for name in issue::TEXTS {
        // A part is a text or is not there.
        set(&mut parts, &format!("/properties/{name}"), "type", json!("string"));
    }
    set(&mut parts, "/properties/services", "type", json!("array"));
    set(document, "/components/schemas", "NewCardParts", parts);
    let content = "/paths/~1api~1v1~1cards/post/requestBody/content";
    let schema = json!({ "schema": { "$ref": "#/components/schemas/NewCardParts" } });
    set(document, content, "multipart/form-data", schema);
}

fn problems(path: &str, method: &str) -> Vec<(&'static str, &'static str)> {
    let of_card = path.contains("{number}");
    let mut problems = WITH_TOKEN.to_vec();
    if method == "post" {
        problems.extend(WITH_BODY);
        problems.push(CONFLICT);
    }
    problems.extend(of_card.then_some(OF_CARD));
    problems
}

fn problem_of(status: &str, means: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    let mut answer =
        json!({ "description": means, "content": { "application/problem+json": { "schema": schema } } });
    let text = json!({ "schema": { "type": "string" } });
    match status {
        "401" | "403" => set(&mut answer, "", "headers", json!({ "WWW-Authenticate": text })),
        "429" | "503" => {
            let seconds =
                json!({ "schema": { "type": "integer", "minimum": 1 }, "description": "Seconds to wait." });
            set(&mut answer, "", "headers", json!({ "Retry-After": seconds }));
        }
        _ => {}
    }
    answer
}

/// Sets a key of the object at a place of a document.
fn set(document: &mut Value, at: &str, key: &str, value: Value) {
    if let Some(object) = document.pointer_mut(at).and_then(Value::as_object_mut) {
        object.insert(key.to_owned(), value);
    }
}
