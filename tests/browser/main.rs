//! Stories in a real browser: headless Chromium, driven through Debian's chromedriver.
//!
//! Where there is no Chromium they are passed over, in one printed line; with `BROWSER_STORIES=required`, as
//! `tests/run browser` sets it, they fail there.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story whose stage cannot be set has failed: stop there, loudly"
)]

mod counter;
mod cut_off;
mod desk;
mod parts;
mod pwa;
mod rig;
mod rig_works;
