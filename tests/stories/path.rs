//! The path of a card through the real programs: enrolled, signed, printed, scanned, judged.

mod batches;
mod counter;
mod crashes;
mod demo;
mod keys;
mod kiosk;
mod lists;
mod long_batches;
mod looks;
mod measured;
mod one_verdict;
mod other_cities;
mod paper;
pub(crate) mod privacy;
mod slips;
