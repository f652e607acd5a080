//! The printed card: photo, text, codes, layout and PDF.
//!
//! [`Photo`] turns what a camera or a phone hands over into the portrait printed on the card and the small
//! face inside the service credential. [`Fonts`] knows which writing systems this machine can print.
//! [`Press`] lays out ID-1 cards and prints them as PDF: [`Press::preflight`] says before anything is signed
//! what would keep a card from being printed, [`Press::print`] makes the pages.
//!
//! Nothing here reads a clock, draws random numbers or leaves a file behind.

pub mod barcode;
mod body;
pub mod check;
pub mod codes;
mod copying;
mod document;
mod embed;
pub mod emblem;
mod error;
mod face;
mod fit;
mod fonts;
mod guilloche;
mod initials;
mod ink;
mod layout;
mod marks;
mod mask;
mod memo;
mod page;
mod palette;
mod paper;
pub mod pdf;
pub mod photo;
pub mod portrait;
mod printing;
mod proof;
mod resize;
mod scripts;
mod slip;
mod squeeze;
#[cfg(test)]
mod tests;
mod text;
mod units;

pub use barcode::library_number;
pub use emblem::{Emblem, EmblemError};
pub use error::{CardError, Field, Problem};
pub use fonts::Fonts;
pub use layout::LayoutError;
pub use page::{Card, CardSide, Label, Labels, Name, Signed};
pub use palette::{Colour, ColourError, Palette};
pub use paper::{Paper, Rows, Sheet, SheetSize, Turned};
pub use pdf::{Preflight, Press};
pub use photo::{Doubt, FaceBox, Part, Photo, PhotoError, Portrait, lighter};
pub use printing::{CardPages, OfCards, OfSlips, Printing, SlipPages};
pub use slip::{Opened, Slip, SlipTexts};
