//! Figures of the page's own core in Chromium, beside the native library and other readers, on the same frames. For people:
//!
//! ```text
//! cargo test --release -p tests --test browser [--features zxing-cpp] -- --ignored --nocapture measured
//! ```

use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use shared::verdict::{Desk, verdict};
use tests::captures::{CAPTURES, series};
use tests::city::{self, City, NOW};
use tests::hall::{Hall, output};

use super::Installed;
use crate::rig::camera;

/// The page's worker reads frames of the site and has each verified: texts, and milliseconds to read and to verify.
const READ: &str = "const [names, done] = arguments;
    (async () => {
      const { readCodes, verify } = await import(new URL('carrier.js', location.href));
      const all = [];
      for (const name of names) {
        const frame = await createImageBitmap(await (await fetch(name)).blob());
        const begun = performance.now();
        const texts = await readCodes(frame);
        for (const text of texts) await verify(text, null, '', 'en');
        all.push([texts, performance.now() - begun]);
      }
      return all;
    })().then(done, (error) => done(String(error)))";

/// Milliseconds of one verdict, to the worker and back, and in the core alone.
const VERIFY: &str = "const [text, cbor, root, done] = arguments;
    (async () => {
      const { verify } = await import(new URL('carrier.js', location.href));
      const { default: init, Core } = await import(new URL('core.js', location.href));
      await init({ module_or_path: new URL('core.wasm', location.href) });
      const core = new Core();
      core.load(Uint8Array.from(atob(cbor), (sign) => sign.charCodeAt(0)), root);
      const [there, alone] = [[], []];
      for (let turn = 0; turn < 300; turn += 1) {
        let begun = performance.now();
        await verify(text, null, '', 'en');
        there.push(performance.now() - begun);
        begun = performance.now();
        for (let again = 0; again < 10; again += 1) core.verify(text, undefined, '', 'en', Date.now() / 1000);
        alone.push((performance.now() - begun) / 10);
      }
      return [there, alone];
    })().then(done, (error) => done(String(error)))";

#[test]
#[ignore = "minutes long, and about speed"]
fn reading_and_verdict() {
    let Some(app) = Installed::with_lists() else { return };
    let hall = Hall::new("measured");
    let portrait = issuer::card::portrait::drawn(0).unwrap();
    hall.write("zoe.jpg", portrait);
    let cards = hall.issue(
        "language,full_name,birth_date,services,photo\nen,Zoë Müller-Nguyễn,1988-03-09,library clinic,zoe.jpg\n",
    );
    for (name, page, key) in [("identity", 1, "identity_qr"), ("service", 2, "service_qr")] {
        let card = camera::page_of(&hall, "cards.pdf", page);
        let text = cards[0][key].as_str().unwrap();
        let mut names = Vec::new();
        for (number, (_, camera)) in series().enumerate() {
            let file = format!("{name}-{number}.jpg");
            std::fs::write(app.site.folder().join(&file), camera.take(&card)).unwrap();
            names.push(file);
        }
        let path = |file: &String| app.site.folder().join(file);
        let mut native = Vec::new();
        let mut zbar = 0;
        let mut ours = 0;
        for file in &names {
            let frame = std::fs::read(path(file)).unwrap();
            let gray = image::load_from_memory(&frame).unwrap().into_luma8();
            let (width, height) = gray.dimensions();
            let begun = Instant::now();
            let texts = reader::codes_in_luma(gray.into_raw(), width, height);
            native.push(begun.elapsed().as_secs_f64() * 1e3);
            ours += usize::from(texts.iter().any(|read| read == text));
            let arguments = ["-q", "--raw", "-Sdisable", "-Sqrcode.enable"];
            let read = output(Command::new("zbarimg").args(arguments).arg(path(file))).unwrap();
            zbar += usize::from(String::from_utf8(read.stdout).unwrap().lines().any(|read| read == text));
        }
        let mut wasm = (0, Vec::new());
        for names in names.chunks(40) {
            let read = app.page.run_later(READ, vec![json!(names)]);
            for frame in read.as_array().unwrap_or_else(|| panic!("{read}")) {
                wasm.0 += usize::from(frame[0].as_array().unwrap().contains(&json!(text)));
                wasm.1.push(frame[1].as_f64().unwrap());
            }
        }
        println!("{name}, of {CAPTURES}: wasm {}, native {ours}, zbar {zbar}", wasm.0);
        #[cfg(feature = "zxing-cpp")]
        println!("{name}: zxing-cpp {}", names.iter().filter(|file| zxing_cpp(&path(file), text)).count());
        println!(
            "{name}: frame to verdict in wasm {}; reading alone, native {}",
            spread(wasm.1),
            spread(native)
        );
    }
    verdicts(&app);
}

fn verdicts(app: &Installed) {
    use base64ct::{Base64, Encoding as _};
    let city = City::port_alder();
    let trusted = city.trusted();
    for (name, card) in [("identity", city::identity()), ("service", city::service_card())] {
        let text = card.text();
        let arguments =
            vec![json!(text), json!(Base64::encode_string(&city.bundle())), json!(super::fingerprint())];
        let took = app.page.run_later(VERIFY, arguments);
        let times = |of: &Value| of.as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).collect();
        let native = (0..300).map(|_| {
            let begun = Instant::now();
            assert_eq!(verdict(&text, Some(&trusted), Desk::Any, city::at(NOW)).outcome.as_str(), "valid");
            begun.elapsed().as_secs_f64() * 1e3
        });
        println!(
            "verdict, {name}: wasm and the way to the worker {}; wasm alone {}; native {}",
            spread(times(&took[0])),
            spread(times(&took[1])),
            spread(native.collect())
        );
    }
}

fn spread(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    format!("median {:.2} ms, p95 {:.2} ms", at(50), at(95))
}

#[cfg(feature = "zxing-cpp")]
fn zxing_cpp(picture: &std::path::Path, text: &str) -> bool {
    let gray = image::open(picture).unwrap().into_luma8();
    let (width, height) = gray.dimensions();
    let view =
        zxingcpp::ImageView::from_slice(gray.as_raw(), width, height, zxingcpp::ImageFormat::Lum).unwrap();
    let reader = zxingcpp::read().formats([zxingcpp::BarcodeFormat::QRCodeModel2]);
    reader.from(&view).unwrap().iter().any(|read| read.text() == text)
}
