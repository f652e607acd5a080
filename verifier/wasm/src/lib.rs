//! What the counter's page runs in the browser: [`Core`] checks cards and keeps whom the city trusts,
//! [`read_codes`] finds the codes in a camera frame.
//!
//! It owns neither files nor the clock: the page hands in the kept lists, the pixels and the time, and gets JSON
//! back, the same as from the kiosk's endpoints. `verifier/wasm-build` builds it.

mod core;

use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::core::{Page, Refusal};

/// The page's half that decides.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core(Page);

#[wasm_bindgen]
impl Core {
    /// Trusts nobody yet.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::new_without_default, reason = "for the page, which has constructors only")]
    #[must_use]
    pub fn new() -> Self {
        Self(Page::new())
    }

    /// Trusts what the page kept: the bundle, and the fingerprint of the root that was confirmed.
    ///
    /// # Errors
    /// The name of the reason.
    pub fn load(&mut self, bundle: &[u8], fingerprint: &str) -> Result<(), JsError> {
        self.0.load(bundle, fingerprint).map_err(refused)
    }

    /// Says what taking a bundle would mean, without taking it.
    ///
    /// # Errors
    /// The name of the reason why it would not be taken.
    pub fn look(&self, bundle: &[u8], language: &str) -> Result<String, JsError> {
        self.0.look(bundle, language).map_err(refused)
    }

    /// Takes a bundle; gives back what the page is to keep in place of what it kept.
    ///
    /// # Errors
    /// The name of the reason; what was trusted before still is.
    pub fn take(&mut self, bundle: &[u8], fingerprint: &str) -> Result<Vec<u8>, JsError> {
        self.0.take(bundle, fingerprint).map_err(refused)
    }

    /// What of the bundle that an index describes is to be fetched.
    ///
    /// # Errors
    /// The name of the reason why it is no use.
    pub fn missing(&self, index: &[u8]) -> Result<String, JsError> {
        self.0.missing(index).map_err(refused)
    }

    /// The bundle that an index describes, out of what is held and the missing pieces, one behind the other.
    ///
    /// # Errors
    /// The name of the reason why there is none.
    pub fn assemble(&self, index: &[u8], fetched: &[u8]) -> Result<Vec<u8>, JsError> {
        self.0.assemble(index, fetched).map_err(refused)
    }

    /// What the kiosk answers at `/v1/state`; `now` in Unix seconds.
    ///
    /// # Errors
    /// The time is none.
    pub fn state(&self, desk: &str, language: &str, now: f64) -> Result<String, JsError> {
        self.0.state(desk, language, now).map_err(refused)
    }

    /// What the kiosk answers at `/v1/verify`; `now` in Unix seconds.
    ///
    /// # Errors
    /// There is no such desk, or the time is none.
    #[expect(clippy::needless_pass_by_value, reason = "an optional text comes from the page by value")]
    pub fn verify(
        &self,
        text: &str,
        pressed: Option<String>,
        desk: &str,
        language: &str,
        now: f64,
    ) -> Result<String, JsError> {
        self.0.verify(text, pressed.as_deref(), desk, language, now).map_err(refused)
    }
}

/// The texts of all codes in gray pixels, row by row.
#[wasm_bindgen(js_name = readCodes)]
#[must_use]
pub fn read_codes(luma: Vec<u8>, width: u32, height: u32) -> Vec<String> {
    reader::codes_in_luma(luma, width, height)
}

fn refused(refusal: Refusal) -> JsError {
    JsError::new(refusal.as_str())
}
