//! A newer version of the app over the older one.

use serde_json::json;
use tests::city;

use super::Installed;

/// Told when it is there, taken at the next start, whole, and the lists stay.
#[test]
fn a_newer_version_is_taken_at_the_next_start() {
    let Some(app) = Installed::with_lists() else { return };
    app.is_kept();
    let versions = || {
        let names = "caches.keys().then((names) => arguments[0](names.map((name) => name.split(' ').pop())))";
        app.page.run_later(names, Vec::new())
    };
    let first = versions()[0].as_str().unwrap().to_owned();
    assert_eq!(versions(), json!([first]));

    // Another export: a file that differs, and the worker that names it.
    let replace = |name: &str, old: &str, new: &str| {
        let file = app.site.folder().join(name);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{name}");
        std::fs::write(file, text.replace(old, new)).unwrap();
    };
    replace("style.css", ":root {", ":root { --newer: yes;");
    replace("sw.js", &first, "0123456789abcdef");
    let is_newer = "return getComputedStyle(document.documentElement).getPropertyValue('--newer')";
    app.page.reload();
    app.page.until("renewed.textContent");
    assert_eq!(
        app.page.text("#renewed"),
        "A newer version of this page is here. It is used from the next start."
    );
    // Until then it is the old one, and all of it.
    assert_eq!(app.page.run(is_newer, Vec::new()), json!(""));
    app.is_ready();
    app.page.is_accessible();
    app.page.screenshot("app-renewed");

    app.page.reload();
    app.page.until(&format!("(() => {{ {is_newer} }})() === 'yes' && fingerprint.textContent"));
    assert_eq!(versions(), json!(["0123456789abcdef"]));
    assert_eq!(app.paste(&city::identity().text())[0], "valid");
    app.page.kept_to(&app.site.origin());
}
