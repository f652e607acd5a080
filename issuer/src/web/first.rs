//! What a one-time link opens: a password and a second factor are chosen.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use base64ct::{Base64, Encoding as _};
use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};
use secrecy::SecretString;

use super::cookies;
use super::desk::{Desk, run};
use super::error::WebError;
use super::officer::Browser;
use super::page::{Shell, render, render_with};
use super::posted::Posted;
use crate::Error;
use crate::officers::{self, Factor, NewPassword, PasswordRefused, SHORTEST, Token};

/// Pixels a module of the code that the telephone reads.
const MODULE: usize = 5;
/// White modules around it.
const QUIET: usize = 4;

#[derive(Template)]
#[template(path = "first.html")]
struct FirstPage {
    shell: Shell,
    login: String,
    role: String,
    shortest: usize,
    secret: String,
    picture: String,
    wrong_password: Option<String>,
    wrong_code: Option<String>,
}

#[derive(Template)]
#[template(path = "codes.html")]
struct CodesPage {
    shell: Shell,
    codes: Vec<String>,
}

pub(super) async fn page(
    desk: Data<Desk>,
    browser: Browser,
    token: Path<String>,
) -> Result<HttpResponse, WebError> {
    let token = Token::parse(&token).ok_or_else(gone)?;
    let shell = Shell::signed_out(&desk, &browser.say);
    let page = run(&desk, move |desk| FirstPage::of(desk, shell, &token, None, None)).await?;
    render(&page)
}

pub(super) async fn act(
    desk: Data<Desk>,
    browser: Browser,
    token: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    let token = Token::parse(&token).ok_or_else(gone)?;
    let shell = Shell::signed_out(&desk, &browser.say);
    let made = run(&desk, move |desk| set_up(desk, &shell, &token, &posted)).await?;
    match made {
        Made::Wrong(page) => render_with(StatusCode::UNPROCESSABLE_ENTITY, &*page),
        Made::Ready(page, session) => {
            let mut answer = render(&*page)?;
            answer.add_cookie(&cookies::session(&session)).map_err(|_| WebError::NotAForm)?;
            Ok(answer)
        }
    }
}

enum Made {
    Wrong(Box<FirstPage>),
    Ready(Box<CodesPage>, Token),
}

fn set_up(desk: &Desk, shell: &Shell, token: &Token, posted: &Posted) -> Result<Made, WebError> {
    let now = desk.now();
    let officer = officers::of_link(&desk.issuer, token, now)?.ok_or_else(gone)?;
    let typed = SecretString::from(posted.get("password"));
    let again = SecretString::from(posted.get("again"));
    let city = desk.issuer.city.name_in("");
    let password = NewPassword::parse(&typed, &again, &[&officer.login, city]);
    let step =
        Factor::of_link(&desk.issuer.keystore, token).map_err(Error::from)?.step_of(posted.get("code"), now);
    let (Ok(password), Some(step)) = (&password, step) else {
        let wrong_password = password.err().map(|refused| refusal(shell, refused));
        let wrong_code = step.is_none().then(|| shell.say.t("first-wrong-code"));
        let page = FirstPage::of(desk, shell.clone(), token, wrong_password, wrong_code)?;
        return Ok(Made::Wrong(Box::new(page)));
    };
    let made = officers::set_up(&desk.issuer, token, password, step, now)?.ok_or_else(gone)?;
    let codes = made.recovery.iter().map(|code| code.printed().to_string()).collect();
    Ok(Made::Ready(Box::new(CodesPage { shell: shell.clone(), codes }), made.begun.token))
}

/// Why a password may not be chosen, in words.
pub(super) fn refusal(shell: &Shell, refused: PasswordRefused) -> String {
    let id = match refused {
        PasswordRefused::Short => "wrong-password-short",
        PasswordRefused::Long => "wrong-password-long",
        PasswordRefused::Differs => "wrong-password-differs",
        PasswordRefused::Common => "wrong-password-common",
    };
    shell.say.one(id, "shortest", SHORTEST)
}

impl FirstPage {
    fn of(
        desk: &Desk,
        shell: Shell,
        token: &Token,
        wrong_password: Option<String>,
        wrong_code: Option<String>,
    ) -> Result<Self, WebError> {
        use crate::db::Word as _;
        let officer = officers::of_link(&desk.issuer, token, desk.now())?.ok_or_else(gone)?;
        let factor = Factor::of_link(&desk.issuer.keystore, token).map_err(Error::from)?;
        let address = factor.address(desk.issuer.city.name_in(""), &officer.login);
        Ok(Self {
            role: shell.say.t(&format!("role-{}", officer.role.as_str())),
            shell,
            login: officer.login,
            shortest: SHORTEST,
            secret: grouped(&factor.base32()),
            picture: picture(&address)?,
            wrong_password,
            wrong_code,
        })
    }
}

fn gone() -> WebError {
    WebError::Refused("first-gone", String::new())
}

/// Four characters at a time, as somebody reads them off.
fn grouped(secret: &str) -> String {
    let chars: Vec<char> = secret.chars().collect();
    chars.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// A QR code as the address of a picture.
fn picture(text: &str) -> Result<String, WebError> {
    let fault =
        |error: String| WebError::Internal(Error::Refused(format!("the code cannot be drawn: {error}")));
    let code = qrcode::QrCode::new(text).map_err(|error| fault(error.to_string()))?;
    let (width, colours) = (code.width(), code.to_colors());
    let side = (width + 2 * QUIET) * MODULE;
    let dark = |x: usize, y: usize| {
        let (column, row) = ((x / MODULE).checked_sub(QUIET), (y / MODULE).checked_sub(QUIET));
        let (Some(column), Some(row)) = (column, row) else { return false };
        column < width && colours.get(row * width + column).is_some_and(|c| *c == qrcode::Color::Dark)
    };
    let pixels: Vec<u8> =
        (0..side * side).map(|at| if dark(at % side, at / side) { 0 } else { 255 }).collect();
    let mut png = Vec::new();
    let side = u32::try_from(side).unwrap_or_default();
    PngEncoder::new(&mut png)
        .write_image(&pixels, side, side, ExtendedColorType::L8)
        .map_err(|error| fault(error.to_string()))?;
    Ok(format!("data:image/png;base64,{}", Base64::encode_string(&png)))
}
