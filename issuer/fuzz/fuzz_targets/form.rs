//! What a browser, or who says that it is one, posts: the first line is the kind, the rest the body.
#![no_main]

use actix_web::http::header::HeaderValue;
use actix_web::web::Bytes;
use futures_util::FutureExt as _;
use issuer::web::read_form;
use libfuzzer_sys::fuzz_target;
use shared_fuzz::within_limits;

fuzz_target!(|data: &[u8]| within_limits(|| {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (kind, body) = data.split_at(end);
    let Ok(kind) = HeaderValue::from_bytes(kind) else { return };
    let body = Bytes::copy_from_slice(body.get(1..).unwrap_or_default());
    // All of it is there: a reader that waits for more waits for ever.
    let Some((fields, files)) = read_form(kind, body).now_or_never().unwrap() else { return };
    assert!(fields.len() <= 400 && files.len() <= 2_000);
    let written = serde_urlencoded::to_string(&fields).unwrap();
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    let (again, none) = read_form(kind, written.into()).now_or_never().unwrap().unwrap();
    assert!(again == fields && none.is_empty());
}));
