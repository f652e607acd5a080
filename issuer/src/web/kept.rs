//! What the city keeps, and who may ask about it: the way to the pages about it.

use actix_web::HttpResponse;
use askama::Template;

use super::error::WebError;
use super::officer::{Any, Audits, Custodian, Desks, Officer, Oversees, Right};
use super::page::{Shell, render};
use crate::db::officer::Role;

/// A page about what is kept: its address, what it is called, what it is for, who may open it.
struct Tile {
    address: &'static str,
    title: &'static str,
    text: &'static str,
    roles: &'static [Role],
}

const TILES: [Tile; 8] = [
    Tile { address: "/holder", title: "holder-title", text: "holder-about", roles: Desks::ROLES },
    Tile { address: "/demand", title: "demand-title", text: "demand-about", roles: Oversees::ROLES },
    Tile { address: "/requests", title: "requests-title", text: "requests-about", roles: Oversees::ROLES },
    Tile { address: "/holds", title: "holds-title", text: "holds-about", roles: Any::ROLES },
    Tile { address: "/audit", title: "audit-title", text: "audit-about", roles: Audits::ROLES },
    Tile { address: "/audit/unusual", title: "unusual-title", text: "unusual-about", roles: Audits::ROLES },
    Tile {
        address: "/audit/checkpoints",
        title: "checkpoints-title",
        text: "checkpoints-about",
        roles: Audits::ROLES,
    },
    Tile { address: "/keys", title: "keys-title", text: "keys-about", roles: Custodian::ROLES },
];

#[derive(Template)]
#[template(path = "record/kept.html")]
struct KeptPage {
    shell: Shell,
    tiles: Vec<&'static Tile>,
}

pub(super) async fn page(officer: Officer<Any>) -> Result<HttpResponse, WebError> {
    let tiles = TILES.iter().filter(|tile| tile.roles.contains(&officer.role())).collect();
    render(&KeptPage { shell: officer.shell().of("kept"), tiles })
}
