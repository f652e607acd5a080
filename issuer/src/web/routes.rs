//! Every address of the desk and of what other programs call, with who may ask for it. A handler that stands in no row here is not reached.

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Responder, Route};

use super::api::program::{AsksStatus, Does, Issues, LooksUp, Revokes, Suspends};
use super::case::{hand_over, language, leave, papers, person, photo, print, review, scan, second_look};
use super::officer::{Any, Approves, Asks, Audits, Counts, Custodian, Desks, Oversees, Right};
use super::{
    account, api, audit, batches, cards, case, day, demand, files, first, gate, holder, holds, kept, keys,
    many, queue, requests, sign_in, staff, start,
};
use crate::db::api_token::Scope;
use crate::db::officer::Role;

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Whoever reaches this machine.
    Everybody,
    /// Officers who are signed in, of these roles.
    Officers(&'static [Role]),
    /// Other programs, with a token of this scope; without a token where there is none. No cookie opens it.
    Programs(Option<Scope>),
}

impl Access {
    pub(super) fn allows(self, role: Role) -> bool {
        match self {
            Self::Everybody => true,
            Self::Officers(roles) => roles.contains(&role),
            Self::Programs(_) => false,
        }
    }
}

/// An address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) path: &'static str,
    pub(super) access: Access,
    /// It takes a photo or a file.
    pub(super) uploads: bool,
    /// A page asks for it by itself, again and again: it keeps no session alive, and is not a view.
    pub(super) quiet: bool,
    /// A form of it that comes after its session has ended is carried through the sign-in page.
    pub(super) carried: bool,
}

/// A row of the table.
pub(super) struct Row {
    pub(super) place: Place,
    pub(super) methods: Vec<Method>,
    routes: Vec<Route>,
}

impl Row {
    fn new(path: &'static str, access: Access) -> Self {
        let place = Place { path, access, uploads: false, quiet: false, carried: false };
        Self { place, methods: Vec::new(), routes: Vec::new() }
    }

    /// An address for everybody.
    fn open(path: &'static str) -> Self {
        Self::new(path, Access::Everybody)
    }

    /// An address for officers with a right.
    fn of<R: Right>(path: &'static str) -> Self {
        Self::new(path, Access::Officers(R::ROLES))
    }

    /// An address for programs whose token has a scope.
    fn call<S: Does>(path: &'static str) -> Self {
        Self::new(path, Access::Programs(Some(S::SCOPE)))
    }

    /// An address for programs, with a token or without.
    fn call_without_token(path: &'static str) -> Self {
        Self::new(path, Access::Programs(None))
    }

    fn uploads(mut self) -> Self {
        self.place.uploads = true;
        self
    }

    fn quiet(mut self) -> Self {
        self.place.quiet = true;
        self
    }

    fn carried(mut self) -> Self {
        self.place.carried = true;
        self
    }

    fn get<F, A>(mut self, handler: F) -> Self
    where
        F: Handler<A, Output: Responder + 'static>,
        A: FromRequest + 'static,
    {
        self.methods.push(Method::GET);
        self.routes.push(web::get().to(handler));
        self
    }

    fn post<F, A>(mut self, handler: F) -> Self
    where
        F: Handler<A, Output: Responder + 'static>,
        A: FromRequest + 'static,
    {
        self.methods.push(Method::POST);
        self.routes.push(web::post().to(handler));
        self
    }
}

/// A row of the table, as tests of other crates and documents need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The path, with `{name}` for each of its places.
    pub path: &'static str,
    /// What may be asked of it.
    pub methods: Vec<Method>,
    /// Which officers may ask; everybody where there are none.
    pub roles: &'static [Role],
    /// It is asked by other programs, and is no page of the desk.
    pub for_programs: bool,
}

/// Every address of the desk, in the order of the table.
#[must_use]
pub fn addresses() -> Vec<Address> {
    let address = |row: Row| {
        let roles: &[Role] = match row.place.access {
            Access::Everybody | Access::Programs(_) => &[],
            Access::Officers(roles) => roles,
        };
        let for_programs = matches!(row.place.access, Access::Programs(_));
        Address { path: row.place.path, methods: row.methods, roles, for_programs }
    };
    table().into_iter().map(address).collect()
}

/// The table.
pub(super) fn table() -> Vec<Row> {
    vec![
        Row::open("/static/{version}/{file}").get(files::file),
        Row::open("/healthz").get(files::alive),
        Row::open("/readyz").get(files::ready),
        Row::open("/language").post(sign_in::language),
        Row::open("/sign-in").get(sign_in::page).post(sign_in::act),
        Row::open("/first/{token}").get(first::page).post(first::act),
        Row::of::<Any>("/").get(start::page),
        Row::of::<Any>("/sign-out").post(sign_in::out),
        Row::of::<Any>("/stay").post(account::stay),
        Row::of::<Any>("/account").get(account::page),
        Row::of::<Any>("/account/password").post(account::password),
        Row::of::<Any>("/account/sessions").post(account::end_others),
        Row::of::<Any>("/account/desk").post(account::desk),
        Row::of::<Desks>("/cases").post(case::begin),
        Row::of::<Desks>("/cases/{case}").get(case::page),
        Row::of::<Desks>("/cases/{case}/keep").post(case::keep),
        Row::of::<Desks>("/cases/{case}/language").get(language::page).post(language::act).carried(),
        Row::of::<Desks>("/cases/{case}/papers").get(papers::page).post(papers::act).carried(),
        Row::of::<Desks>("/cases/{case}/need").get(papers::need),
        Row::of::<Desks>("/cases/{case}/person").get(person::page).post(person::act).carried(),
        Row::of::<Desks>("/cases/{case}/photo").get(photo::page).post(photo::act).uploads(),
        Row::of::<Desks>("/cases/{case}/portrait").get(photo::portrait),
        Row::of::<Desks>("/cases/{case}/review").get(review::page).post(review::act).carried(),
        Row::of::<Desks>("/cases/{case}/proof/{side}").get(review::proof),
        Row::of::<Desks>("/cases/{case}/print").get(print::page).post(print::act).carried(),
        Row::of::<Desks>("/cases/{case}/card.pdf").get(print::card),
        Row::of::<Desks>("/cases/{case}/slip.pdf").get(print::slip),
        Row::of::<Desks>("/cases/{case}/scan").get(scan::page).post(scan::act).uploads(),
        Row::of::<Desks>("/cases/{case}/hand-over").get(hand_over::page).post(hand_over::act).carried(),
        Row::of::<Desks>("/cases/{case}/second-look").get(second_look::page).post(second_look::act).carried(),
        Row::of::<Desks>("/cases/{case}/leave").get(leave::page).post(leave::act).carried(),
        Row::of::<Desks>("/cases/{case}/closed").get(second_look::closed),
        Row::of::<Desks>("/cases/{case}/why").get(second_look::why),
        Row::of::<Desks>("/read").post(scan::read).uploads().quiet(),
        Row::of::<Desks>("/queue").get(queue::page),
        Row::of::<Desks>("/queue/part").get(queue::part).quiet(),
        Row::of::<Desks>("/find").post(cards::find).uploads(),
        Row::of::<Desks>("/cards").get(cards::page),
        Row::of::<Desks>("/cards/{number}").get(cards::card),
        Row::of::<Desks>("/cards/{number}/open").post(cards::open),
        Row::of::<Desks>("/cards/{number}/status").post(cards::status).carried(),
        Row::of::<Counts>("/day").get(day::page),
        Row::of::<Approves>("/many").get(many::page).post(many::ask).carried(),
        Row::of::<Custodian>("/many/{id}").post(many::decide),
        Row::of::<Desks>("/batches").get(batches::page).post(batches::upload).uploads(),
        Row::of::<Desks>("/batches/{job}").get(batches::job),
        Row::of::<Desks>("/batches/{job}/progress").get(batches::progress).quiet(),
        Row::of::<Desks>("/batches/{job}/issue").post(batches::issue),
        Row::of::<Desks>("/batches/{job}/documents/{document}").get(batches::document),
        Row::of::<Desks>("/batches/{job}/close").post(batches::close),
        Row::of::<Desks>("/batches/{job}/forget").post(batches::forget),
        Row::of::<Custodian>("/staff").get(staff::page).post(staff::add),
        Row::of::<Custodian>("/staff/reset").get(staff::before_reset).post(staff::reset),
        Row::of::<Custodian>("/staff/disable").get(staff::before_disable).post(staff::disable),
        Row::of::<Any>("/kept").get(kept::page),
        Row::of::<Desks>("/holder").get(holder::find).post(holder::found).uploads(),
        Row::of::<Desks>("/holder/{whose}").get(holder::page),
        Row::of::<Desks>("/holder/{whose}/keep").post(holder::keep),
        Row::of::<Desks>("/holder/{whose}/destroy").get(holder::before_destroy).post(holder::destroy),
        Row::of::<Any>("/holds").get(holds::page),
        Row::of::<Asks>("/holds/ask").post(holds::ask),
        Row::of::<Asks>("/holds/{hold}/end").post(holds::ask_end),
        Row::of::<Approves>("/holds/{hold}/decide").post(holds::decide),
        Row::of::<Oversees>("/demand").get(demand::page),
        Row::of::<Oversees>("/requests").get(requests::page),
        Row::of::<Oversees>("/requests/counts").get(requests::counts),
        Row::of::<Approves>("/requests/enter").post(requests::enter),
        Row::of::<Approves>("/requests/{demand}/answer").post(requests::answer),
        Row::of::<Custodian>("/keys").get(keys::page),
        Row::of::<Custodian>("/keys/approve/{id}").post(keys::approve),
        Row::of::<Audits>("/audit").get(audit::page),
        Row::of::<Audits>("/audit/export").post(audit::export),
        Row::of::<Audits>("/audit/unusual").get(audit::unusual::page),
        Row::of::<Audits>("/audit/checkpoints").get(audit::checkpoints::page).post(audit::checkpoints::make),
        Row::of::<Audits>("/audit/checkpoints/file").get(audit::checkpoints::file),
        Row::of::<Audits>("/audit/verify").post(audit::checkpoints::verify).uploads(),
        Row::call_without_token("/api/v1/openapi.json").get(api::openapi::description),
        Row::call::<Issues>("/api/v1/cards").post(api::issue::issue).uploads(),
        Row::call::<LooksUp>("/api/v1/cards/{number}").get(api::cards::look_up),
        Row::call::<AsksStatus>("/api/v1/cards/{number}/status").get(api::cards::status),
        Row::call::<Suspends>("/api/v1/cards/{number}/suspend").post(api::cards::suspend),
        Row::call::<Suspends>("/api/v1/cards/{number}/reinstate").post(api::cards::reinstate),
        Row::call::<Revokes>("/api/v1/cards/{number}/revoke").post(api::cards::revoke),
    ]
}

pub(super) fn register(config: &mut ServiceConfig) {
    for row in table() {
        let place = row.place;
        let mut resource = web::resource(place.path);
        for route in row.routes {
            resource = resource.route(route);
        }
        if let Access::Programs(scope) = place.access {
            let door = api::Door { place, scope, methods: row.methods.into() };
            config
                .service(resource.wrap(from_fn(move |request, next| api::pass(door.clone(), request, next))));
        } else {
            config.service(resource.wrap(from_fn(move |request, next| gate::pass(place, request, next))));
        }
    }
    config.service(web::scope("/api").default_service(web::to(api::nowhere)));
    let nowhere = Place { path: "", access: Access::Everybody, uploads: false, quiet: true, carried: false };
    config.default_service(
        web::to(files::nowhere).wrap(from_fn(move |request, next| gate::pass(nowhere, request, next))),
    );
}
