//! Cards checked by the app alone: no server, no network, and nothing left of the holder.

use serde_json::{Value, json};
use tests::city::{self, DAY, NOW};

use super::Installed;
use crate::counter::verdicts::at_the_library;

/// The same words as at the kiosk, for every kind of card and of other codes.
#[test]
fn cards_are_checked_without_server_and_network() {
    let Some(mut app) = Installed::with_lists() else { return };
    app.page.kept_to(&app.site.origin());
    app.cut_off();
    app.again();
    assert_eq!(app.page.text("#city"), "Port Alder");
    assert_eq!(app.page.text("#lists"), "Lists: 60 min old");
    for (text, words) in at_the_library() {
        assert_eq!(app.paste(&text), words);
        app.ready();
    }
}

/// All that the browser keeps for the app, as text: its database, its files' names, what pages may store.
const KEPT: &str = "const done = arguments[0]; (async () => {
    const found = [location.href, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie,
      document.documentElement.outerHTML, JSON.stringify(history.state), code.value,
      ...performance.getEntries().map(({ name }) => name)];
    const names = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((go) => { indexedDB.open(name).onsuccess = ({ target }) => go(target.result) });
      for (const store of database.objectStoreNames) {
        const all = await new Promise((go) => {
          database.transaction(store).objectStore(store).openCursor().onsuccess = function next({ target }) {
            const cursor = target.result;
            if (!cursor) return go();
            names.push(`${store}/${cursor.key}`);
            found.push(JSON.stringify(cursor.value, (_, value) =>
              value instanceof Uint8Array ? new TextDecoder('latin1').decode(value) : value));
            cursor.continue();
          };
        });
      }
      database.close();
    }
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) found.push(url);
      names.push('a cache');
    }
    done([names, found.join('\\n'), history.length]);
  })().catch((error) => done(String(error)))";

#[test]
fn nothing_is_left_of_a_holder() {
    let Some(app) = Installed::with_lists() else { return };
    app.is_kept();
    app.again();
    let kept = || app.page.run_later(KEPT, Vec::new());
    let before = kept();
    app.page.hold();
    for card in [city::identity(), city::service_card()] {
        assert_eq!(app.paste(&card.text())[0], "valid");
        let seen = app.page.text("#verdict");
        assert!(seen.contains(&city::number()), "{seen}");
        app.page.advance(3_000);
        app.is_ready();
    }
    // A reason stays a minute, and leaves nothing either.
    assert_eq!(app.paste(&city::identity().claim(4, NOW - DAY).text())[0], "not_valid");
    app.page.advance(60_000);
    app.is_ready();
    let after = kept();
    assert_eq!(after[0], json!(["lists/lists", "a cache"]));
    assert_eq!(before[0], after[0]);
    assert_eq!(before[2], after[2], "pages of the history");
    let text = after[1].as_str().unwrap();
    let name = "Zoë Żurawska-Ñandú";
    for of_the_holder in
        [city::number().as_str(), name, "urawska", "1991", "base64", &city::identity().text()[..40]]
    {
        assert!(!text.contains(of_the_holder), "{of_the_holder} is in\n{text}");
    }
    // What is looked through has the lists in it, and the page.
    assert!(text.contains(&super::fingerprint()) && text.contains("core.wasm"));
    assert_eq!(app.page.run("return portrait.getAttribute('src')", Vec::new()), Value::Null);
    app.page.kept_to(&app.site.origin());
}
