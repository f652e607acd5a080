//! The city's keys, for custodians: what there is, and what waits for a second custodian.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use secrecy::SecretString;

use super::desk::{Desk, run};
use super::error::WebError;
use super::names::{Names, by_at, day, minute};
use super::officer::{Custodian, Officer};
use super::page::{Done, Shell, go, render, render_wrong};
use super::posted::Posted;
use super::say::Say;
use super::wrongs::Wrongs;
use crate::db::Word as _;
use crate::db::approval::Approval;
use crate::db::issuing_key::{IssuingKey, KeyState, KeyUse};
use crate::db::mass_revocation::MassState;
use crate::keys::{self, Decision, PATIENCE};
use crate::officers::Attempt;
use crate::revocation::mass;

#[derive(Template)]
#[template(path = "record/keys.html")]
struct KeysPage {
    shell: Shell,
    wrongs: Wrongs,
    /// What the custodian was about to approve when something was wrong.
    trying: String,
    keys: Vec<KeyRow>,
    asked: Vec<AskedRow>,
    takes_two: bool,
    root_here: bool,
    many_waiting: usize,
}

struct KeyRow {
    kid: String,
    use_message: &'static str,
    state_message: &'static str,
    tone: &'static str,
    desk: String,
    from: String,
    until: String,
    lost_since: Option<String>,
    place_message: &'static str,
}

struct AskedRow {
    id: String,
    what: String,
    means_message: &'static str,
    asked: String,
    lapses: String,
    own: bool,
}

pub(super) async fn page(
    desk: Data<Desk>,
    officer: Officer<Custodian>,
    asked: Query<Done>,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("keys").with_done(&asked.done);
    render(
        &run(&desk, move |desk| KeysPage::of(desk, shell, &officer, (String::new(), Wrongs::default())))
            .await?,
    )
}

/// Approves what another custodian asked for, with password and code as at sign-in, and does it.
pub(super) async fn approve(
    desk: Data<Desk>,
    officer: Officer<Custodian>,
    path: Path<String>,
    posted: Posted,
    request: HttpRequest,
) -> Result<HttpResponse, WebError> {
    let shell = officer.shell().of("keys");
    let id = path.into_inner();
    let address = request.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default();
    let done = run(&desk, move |desk| {
        let now = desk.now();
        let waiting =
            desk.issuer.db.read(|conn| Ok::<_, WebError>(Approval::waiting(conn, now - PATIENCE)?))?;
        let asked = waiting.iter().find(|asked| asked.id.as_str() == id).ok_or(WebError::NotFound)?;
        if asked.asked_by == *officer.id() {
            return Err(WebError::Refused("keys-own", String::new()));
        }
        let mut wrongs = Wrongs::default();
        let login = officer.signed_in.account.login.clone();
        if let Err(seconds) = desk.limits.may_try(&login, &address) {
            wrongs.add("password", shell.say.one("sign-in-slow", "seconds", seconds));
            return KeysPage::of(desk, shell, &officer, (id, wrongs)).map(Err);
        }
        let attempt = Attempt {
            login,
            password: SecretString::from(posted.get("password")),
            code: SecretString::from(posted.get("code").trim()),
        };
        let may_try = |officer: &crate::db::Id<_>| desk.limits.may_try_code(officer.as_str());
        let Some(by) = keys::Custodian::confirm(&desk.issuer, &desk.dummy, &attempt, may_try, now)? else {
            wrongs.add("password", shell.say.t("keys-wrong"));
            return KeysPage::of(desk, shell, &officer, (id, wrongs)).map(Err);
        };
        let lacks_key = matches!(
            keys::approve(&desk.issuer, &id, &by, now)?,
            keys::Done::Compromised(lost) if lost.successor.is_err()
        );
        Ok(Ok(if lacks_key { "/keys?done=key-lost-alone" } else { "/keys?done=key-approved" }))
    });
    match done.await? {
        Ok(address) => Ok(go(address)),
        Err(page) => render_wrong(&page),
    }
}

impl KeysPage {
    fn of(
        desk: &Desk,
        shell: Shell,
        officer: &Officer<Custodian>,
        (trying, wrongs): (String, Wrongs),
    ) -> Result<Self, WebError> {
        let (issuer, now) = (&desk.issuer, desk.now());
        let (all, waiting, names) = issuer.db.read(|conn| {
            let waiting = Approval::waiting(conn, now - PATIENCE)?;
            Ok::<_, WebError>((IssuingKey::all(conn)?, waiting, Names::all(conn)?))
        })?;
        let keys = all.iter().map(|key| {
            let in_token = issuer.keystore.is_in_token(&key.kid).map_err(crate::Error::from)?;
            Ok(KeyRow::of(key, in_token))
        });
        let own = |asked: &Approval| asked.asked_by == *officer.id();
        let asked = waiting.iter().map(|asked| AskedRow::of(asked, &names, own(asked), &shell.say));
        let many = mass::all(issuer)?;
        Ok(Self {
            keys: keys.collect::<Result<_, WebError>>()?,
            asked: asked.collect(),
            takes_two: keys::takes_two(issuer)?,
            root_here: issuer.keystore.has_root_key(),
            many_waiting: many.iter().filter(|one| one.state == MassState::Asked).count(),
            trying,
            wrongs,
            shell,
        })
    }
}

impl KeyRow {
    fn of(key: &IssuingKey, in_token: bool) -> Self {
        let (state_message, tone) = match key.state {
            KeyState::Active => ("keys-active", "good"),
            KeyState::Retired => ("keys-retired", ""),
            KeyState::Compromised => ("keys-compromised", "bad"),
        };
        Self {
            kid: key.kid.clone(),
            use_message: use_message(key.usage),
            state_message,
            tone,
            desk: key.desk.clone().unwrap_or_default(),
            from: day(key.not_before.utc()),
            until: day(key.not_after.utc()),
            lost_since: key.compromised_since.map(|since| minute(since.utc())),
            place_message: if in_token { "keys-in-token" } else { "keys-in-file" },
        }
    }
}

fn use_message(usage: KeyUse) -> &'static str {
    match usage {
        KeyUse::Card => "keys-signs-cards",
        KeyUse::Status => "keys-signs-lists",
    }
}

impl AskedRow {
    fn of(asked: &Approval, names: &Names, own: bool, say: &Say) -> Self {
        let (what, means_message) = match serde_json::from_str(&asked.what) {
            Ok(decision) => in_words(&decision, say),
            Err(_) => (say.t("keys-unknown"), "keys-unknown-means"),
        };
        Self {
            id: asked.id.to_string(),
            what,
            means_message,
            asked: by_at(&names.of(asked.asked_by.as_str(), say), asked.asked_at),
            lapses: minute(asked.asked_at.utc() + PATIENCE),
            own,
        }
    }
}

/// What a key signs, and what else is said of it: its desk, its token.
fn key_of(usage: &str, more: &[&Option<String>], say: &Say) -> String {
    let usage = KeyUse::from_word(usage).map(use_message).map(|message| say.t(message));
    let more = more.iter().filter_map(|part| (*part).clone());
    usage.into_iter().chain(more).collect::<Vec<_>>().join(", ")
}

/// What is to be done, and the message that says what it means.
fn in_words(decision: &Decision, say: &Say) -> (String, &'static str) {
    match decision {
        Decision::New { usage, desk, pkcs11 } => {
            let of = key_of(usage, &[desk, pkcs11], say);
            (say.one("keys-new", "what", &of), "keys-new-means")
        }
        Decision::Rotate { usage, desk, from } => {
            let of = key_of(usage, &[desk], say);
            let from = from.map_or_else(|| say.t("keys-at-once"), minute);
            (say.two("keys-rotate", &("what", &of), &("when", &from)), "keys-rotate-means")
        }
        Decision::Compromise { kid, since } => {
            let since = since.map_or_else(|| say.t("keys-ever"), minute);
            (say.two("keys-compromise", &("kid", kid), &("since", &since)), "keys-compromise-means")
        }
        Decision::Kit(kit) => (say.one("keys-kit", "what", &kit.name), "keys-kit-means"),
        Decision::Token(token) => {
            let what = format!("{} ({})", token.name, token.scopes.join(", "));
            (say.one("keys-token", "what", &what), "keys-token-means")
        }
    }
}
