//! How the app looks where the kiosk's page does not: its first start, its panel, its camera; in English and Arabic.

use tests::city;
use tests::hall::Hall;

use super::{Installed, film};
use crate::rig::{Page, Setup, Width};

/// No fault that axe knows, in either scheme, at the narrowest and the widest; a picture of each.
fn looked_at(page: &Page, name: &str) {
    for width in [Width::Phone, Width::Desk] {
        page.size(width);
        for dark in [false, true] {
            page.dark(dark);
            page.is_accessible();
        }
    }
    page.screenshots(name);
}

#[test]
fn first_start_and_panel_are_accessible_and_fit() {
    let Some(app) = Installed::open() else { return };
    let page = &app.page;
    for language in ["en", "ar"] {
        page.go(&format!("{}/?lang={language}", app.site.origin()));
        page.until("document.getElementById('lists-panel').open");
        looked_at(page, &format!("app-first-{language}"));
        page.upload("#bundle-file", &app.hall.file("city.cbor"));
        page.until("!offer.hidden");
        looked_at(page, &format!("app-offer-{language}"));
    }
    page.click("#trust");
    page.until("document.getElementById('lists-told').textContent && offer.hidden");
    page.click("#lists-close");
    for language in ["en", "ar"] {
        page.go(&format!("{}/?desk=library&lang={language}", app.site.origin()));
        app.is_ready();
        looked_at(page, &format!("app-ready-{language}"));
        crate::counter::paste(page, &city::service_card().text());
        looked_at(page, &format!("app-face-{language}"));
        app.ready();
    }
}

#[test]
fn the_camera_is_accessible_and_fits() {
    let films = Hall::empty("blank_film");
    let camera = Some(film(&films, &[String::new()], 0.5));
    let Some(app) = Installed::with(&Setup { camera, ..Setup::default() }, city::NOW) else { return };
    app.first_lists();
    app.page.run("if (view.hidden) camera.click()", Vec::new());
    app.page.until("!view.hidden");
    looked_at(&app.page, "app-camera-en");
}
