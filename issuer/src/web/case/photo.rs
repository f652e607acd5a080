//! The photo: from the camera or a file, cut by hand.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{CaseView, Loaded, Next, case_id, page_of, seen, step};
use crate::card::{Doubt, Part};
use crate::db::visit::Station;
use crate::enrolment::{self, CaseError, TakenPhoto};
use crate::web::desk::{Desk, run};
use crate::web::error::WebError;
use crate::web::officer::{Desks, Officer};
use crate::web::page::Shell;
use crate::web::posted::Posted;
use crate::web::say::Say;
use crate::web::wrongs::Wrongs;

#[derive(Template)]
#[template(path = "case/photo.html")]
struct PhotoPage {
    shell: Shell,
    case: CaseView,
    wrongs: Wrongs,
    notes: Vec<String>,
    has_photo: bool,
}

pub(in crate::web) async fn page(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue");
        let mut loaded = Loaded::open(desk, &id, &officer)?;
        match loaded.opened.case.station {
            Station::Photo => {}
            Station::Review => {
                let seen = loaded.opened.case.seen();
                loaded.opened.case =
                    enrolment::go(&desk.issuer, seen, Station::Photo, &officer.actor(), desk.now())?;
            }
            _ => return Ok(Next::stands(&loaded.opened.case)),
        }
        Ok(Next::Page(PhotoPage::of(shell, &loaded, Wrongs::default())))
    })
    .await
}

pub(in crate::web) async fn act(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
    posted: Posted,
) -> Result<HttpResponse, WebError> {
    step(&desk, &path, move |desk, id| {
        let shell = officer.shell().of("queue");
        let (actor, now) = (officer.actor(), desk.now());
        let wrong = |desk: &Desk, shell: Shell, text: String| {
            let mut wrongs = Wrongs::default();
            wrongs.add("photo", text);
            let loaded = Loaded::open(desk, &id, &officer)?;
            Ok(Next::Wrong(PhotoPage::of(shell, &loaded, wrongs)))
        };
        let step = match posted.get("do") {
            "later" => return Ok(Next::Go("/queue?done=queued".to_owned())),
            "on" => enrolment::go(&desk.issuer, seen(&id, &posted), Station::Review, &actor, now),
            "remove" => {
                enrolment::save(&desk.issuer, seen(&id, &posted), &actor, now, |draft| draft.photo = None)
            }
            _ => match taken(desk, &posted) {
                None => return wrong(desk, shell.clone(), shell.say.t("photo-choose")),
                Some(Err(error)) => {
                    let text = shell.say.one("photo-wrong", "why", error);
                    return wrong(desk, shell, text);
                }
                Some(Ok(photo)) => enrolment::save(&desk.issuer, seen(&id, &posted), &actor, now, |draft| {
                    draft.photo = Some(photo);
                }),
            },
        };
        match step {
            Ok(case) if case.station == Station::Photo => Ok(Next::Go(format!("/cases/{id}/photo"))),
            Ok(case) => Ok(Next::Go(page_of(&case))),
            Err(CaseError::Photo(error)) => {
                let text = shell.say.one("photo-wrong", "why", error);
                wrong(desk, shell, text)
            }
            Err(CaseError::Fields(_)) => Ok(Next::Go(format!("/cases/{id}/person"))),
            Err(CaseError::Changed { by, .. }) => {
                let loaded = Loaded::after_conflict(desk, &id, &officer, &by)?;
                // A form of an earlier moment, of a case whose card is made.
                if !loaded.opened.case.station.is_for_typing() {
                    return Ok(Next::stands(&loaded.opened.case));
                }
                Ok(Next::Wrong(PhotoPage::of(shell, &loaded, Wrongs::default())))
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// The photo that was sent, cut as the officer drew it.
fn taken(desk: &Desk, posted: &Posted) -> Option<Result<TakenPhoto, crate::card::PhotoError>> {
    let file = posted.file("photo")?;
    let _turn = desk.pictures.wait();
    Some(TakenPhoto::cut(file, part(posted.get("crop")), desk.issuer.city.face_bytes()))
}

/// A part as the page names it: left, top, width and height in pixels of the picture.
fn part(text: &str) -> Option<Part> {
    let mut numbers = text.split(',').map(|number| number.trim().parse::<u32>());
    let mut next = || numbers.next()?.ok();
    let part = Part { left: next()?, top: next()?, width: next()?, height: next()? };
    numbers.next().is_none().then_some(part)
}

/// The portrait as it will be printed.
pub(in crate::web) async fn portrait(
    desk: Data<Desk>,
    officer: Officer<Desks>,
    path: Path<String>,
) -> Result<HttpResponse, WebError> {
    let id = case_id(&path)?;
    let jpeg = run(&desk, move |desk| {
        let loaded = Loaded::open(desk, &id, &officer)?;
        let photo = loaded.opened.draft.photo.as_ref().ok_or(WebError::NotFound)?;
        Ok::<_, WebError>(photo.portrait().map_err(CaseError::from)?.jpeg().to_vec())
    });
    Ok(HttpResponse::Ok().content_type("image/jpeg").body(jpeg.await?))
}

impl PhotoPage {
    fn of(shell: Shell, loaded: &Loaded, wrongs: Wrongs) -> Self {
        let photo = loaded.opened.draft.photo.as_ref();
        let likeness = photo.and_then(|photo| photo.likeness().ok());
        let doubts = likeness.map(|likeness| likeness.doubts()).unwrap_or_default();
        Self {
            case: CaseView::new(&shell, loaded, "photo"),
            notes: doubts.into_iter().map(|doubt| doubt_in_words(doubt, &shell.say)).collect(),
            has_photo: photo.is_some(),
            wrongs,
            shell,
        }
    }
}

fn doubt_in_words(doubt: Doubt, say: &Say) -> String {
    match doubt {
        Doubt::Dark => say.t("photo-dark"),
        Doubt::Bright => say.t("photo-bright"),
        Doubt::Flat => say.t("photo-flat"),
        Doubt::Small => say.t("photo-small"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_four_numbers() {
        assert_eq!(part("1,2, 300,400"), Some(Part { left: 1, top: 2, width: 300, height: 400 }));
        for wrong in ["", "1,2,3", "1,2,3,4,5", "-1,2,3,4", "a,b,c,d"] {
            assert_eq!(part(wrong), None, "{wrong}");
        }
    }
}
