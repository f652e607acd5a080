//! The start page: which city this is, what its cards open, where its files are.

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder};
use askama::Template;

use super::Site;

#[derive(Template)]
#[template(path = "start.html")]
struct Start<'a> {
    city: &'a str,
    language: &'a str,
    hotline: &'a str,
    services: Vec<(&'a str, &'a str)>,
    files: Vec<(&'static str, String)>,
}

pub(super) async fn page(site: Data<Site>) -> impl Responder {
    let city = &site.city;
    let language = city.languages.first();
    let in_language = |texts: &'_ crate::config::Texts| {
        language
            .and_then(|language| texts.get(language))
            .map(|text| text.as_str().to_owned())
            .unwrap_or_default()
    };
    let services: Vec<_> = city
        .services
        .iter()
        .map(|service| (in_language(&service.title), in_language(&service.scope)))
        .collect();
    let folder = |name: &str| site.data.join(name).display().to_string();
    let page = Start {
        city: &in_language(&city.name),
        language: city.usual_language(),
        hotline: city.hotline.as_str(),
        services: services.iter().map(|(title, scope)| (title.as_str(), scope.as_str())).collect(),
        files: vec![
            ("Settings of the city", folder("city.toml")),
            ("Cards to print", folder("cards")),
            ("What verifiers fetch", folder("public")),
            ("Keys: never copy or send them", folder("keys")),
        ],
    };
    match page.render() {
        Ok(html) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html),
        Err(error) => {
            tracing::error!(%error, "the start page cannot be rendered");
            HttpResponse::InternalServerError().body("internal error")
        }
    }
}

pub(super) async fn style() -> impl Responder {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(include_str!("../../templates/style.css"))
}
