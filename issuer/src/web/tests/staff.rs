//! Officers at the desk: added, reset and disabled by custodians, never by themselves.

use actix_web::http::StatusCode;

use super::{Browser, Town};
use crate::db::officer::Role;

#[actix_web::test]
async fn a_custodian_adds_resets_and_disables_others() {
    let town = Town::new();
    let app = town.app().await;
    let custodian = Browser::of(&town, &app, Role::Custodian).await;
    let list = custodian.get(&app, "/staff").await;
    assert!(list.text.contains("This is you.") && list.text.contains(">approver</strong>"), "{}", list.text);
    for (login, role, said) in [
        ("Bo Lee", "registrar", "Use letters a to z"),
        ("auditor", "registrar", "There is an officer of this login already."),
        ("bo", "mayor", "Choose one of those that are offered."),
    ] {
        let wrong = custodian.post(&app, "/staff", &[("login", login), ("role", role)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains(said), "{said:?} is not in:\n{}", wrong.text);
    }
    let added = custodian.post(&app, "/staff", &[("login", " Bo "), ("role", "registrar")]).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    let link = |text: &str| {
        let (_, rest) = text.split_once("https://desk.test").unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    let first = link(&added.text);
    let opened = Browser::default().get(&app, &first).await;
    assert!(opened.text.contains("You are bo, registrar."), "{}", opened.text);
    let list = custodian.get(&app, "/staff").await;
    assert!(list.text.contains("has not used the link yet") && !list.text.contains("/first/"));

    let registrar = Browser::of(&town, &app, Role::Registrar).await;
    let reset = custodian.post(&app, "/staff/reset", &[("login", "registrar")]).await;
    assert_eq!(reset.status, StatusCode::OK, "{}", reset.text);
    assert_eq!(registrar.get(&app, "/").await.status, StatusCode::SEE_OTHER, "the session has ended");
    assert_eq!(Browser::default().get(&app, &link(&reset.text)).await.status, StatusCode::OK);

    let disabled = custodian.post(&app, "/staff/disable", &[("login", "bo")]).await;
    assert_eq!(disabled.location, "/staff?done=officer-disabled");
    assert_eq!(Browser::default().get(&app, &first).await.status, StatusCode::CONFLICT);
    assert!(custodian.get(&app, "/staff").await.text.contains("let in no more"));
    assert_eq!(
        custodian.post(&app, "/staff/disable", &[("login", "nobody")]).await.status,
        StatusCode::NOT_FOUND
    );
    let acts = town.acts();
    for act in ["officer_added", "officer_reset", "officer_blocked"] {
        assert!(acts.iter().any(|known| known == act), "{act}");
    }
}

#[actix_web::test]
async fn nobody_locks_themselves_out_and_other_roles_do_not_come_in() {
    let town = Town::new();
    let app = town.app().await;
    let custodian = Browser::of(&town, &app, Role::Custodian).await;
    for path in ["/staff/disable", "/staff/reset"] {
        let own = custodian.post(&app, path, &[("login", "custodian")]).await;
        assert_eq!(own.status, StatusCode::CONFLICT);
        assert!(own.text.contains("Nobody resets or disables their own account."), "{}", own.text);
    }
    assert_eq!(custodian.get(&app, "/staff").await.status, StatusCode::OK);
    let before = town.acts().len();
    for role in [Role::Registrar, Role::Approver, Role::Auditor] {
        let other = Browser::of(&town, &app, role).await;
        assert_eq!(other.get(&app, "/staff").await.status, StatusCode::FORBIDDEN);
        let fields = [("login", "eve"), ("role", "custodian")];
        assert_eq!(other.post(&app, "/staff", &fields).await.status, StatusCode::FORBIDDEN);
        let gone = other.post(&app, "/staff/disable", &[("login", "custodian")]).await;
        assert_eq!(gone.status, StatusCode::FORBIDDEN);
    }
    let acts = town.acts().split_off(before);
    assert_eq!(acts.iter().filter(|act| *act == "page_refused").count(), 9);
    assert!(!acts.contains(&"officer_added".to_owned()) && !acts.contains(&"officer_blocked".to_owned()));
}
