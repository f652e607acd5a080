//! What a page's operators change: matrix, clip, colours, opacity and text.

use std::rc::Rc;

use lopdf::{Dictionary, Document, Object};

use super::geometry::{Bounds, Matrix};
use super::text::Font;

/// A colour as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Colour {
    Gray(f64),
    Rgb([f64; 3]),
    Cmyk([f64; 4]),
    /// In a colour space whose colours are not known here, or a pattern.
    Other,
}

/// What areas are filled with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Paint {
    pub(super) colour: Colour,
    /// Neither transparent nor blended with what lies beneath.
    pub(super) opaque: bool,
}

impl Paint {
    pub(super) const BLACK: Self = Self { colour: Colour::Gray(0.0), opaque: true };

    pub(super) fn is_black(self) -> bool {
        let black = match self.colour {
            Colour::Gray(gray) => gray <= 0.0,
            Colour::Rgb(parts) => parts.iter().all(|part| *part <= 0.0),
            Colour::Cmyk([cyan, magenta, yellow, black]) => {
                black >= 1.0 && cyan <= 0.0 && magenta <= 0.0 && yellow <= 0.0
            }
            Colour::Other => false,
        };
        black && self.opaque
    }

    pub(super) fn is_white(self) -> bool {
        let white = match self.colour {
            Colour::Gray(gray) => gray >= 1.0,
            Colour::Rgb(parts) => parts.iter().all(|part| *part >= 1.0),
            Colour::Cmyk(parts) => parts.iter().all(|part| *part <= 0.0),
            Colour::Other => false,
        };
        white && self.opaque
    }

    /// As it is said to a person.
    pub(super) fn said(self) -> String {
        let listed = |space: &str, parts: &[f64]| {
            let parts: Vec<String> = parts.iter().map(|part| format!("{:.0} %", part * 100.0)).collect();
            format!("{space} {}", parts.join(", "))
        };
        let colour = match self.colour {
            Colour::Gray(gray) => listed("grey of", &[gray]),
            Colour::Rgb(parts) => listed("red, green and blue of", &parts),
            Colour::Cmyk(parts) => listed("cyan, magenta, yellow and black of", &parts),
            Colour::Other => "a colour space of its own or a pattern".to_owned(),
        };
        if self.opaque { colour } else { format!("{colour}, transparent or blended") }
    }
}

/// The graphics state.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) matrix: Matrix,
    pub(super) clip: Bounds,
    fill: Colour,
    stroke: Colour,
    opaque: Opaque,
    pub(super) line: Line,
    pub(super) text: Text,
}

/// What shows nothing of what lies beneath.
#[derive(Clone, Copy, Debug)]
struct Opaque {
    fill: bool,
    stroke: bool,
    /// Neither blended nor masked.
    plain: bool,
}

/// The part of it that is about lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) width: f64,
    /// They end where they end, without a cap.
    pub(super) butt: bool,
    pub(super) dashed: bool,
}

/// The part of it that is about text.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) font: Option<Rc<Font>>,
    pub(super) size: f64,
    pub(super) spacing: f64,
    pub(super) word_spacing: f64,
    /// 1 is natural width.
    pub(super) stretch: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
    pub(super) hidden: bool,
}

impl State {
    pub(super) fn new(clip: Bounds) -> Self {
        Self {
            matrix: Matrix::UNCHANGED,
            clip,
            fill: Colour::Gray(0.0),
            stroke: Colour::Gray(0.0),
            opaque: Opaque { fill: true, stroke: true, plain: true },
            line: Line { width: 1.0, butt: true, dashed: false },
            text: Text {
                font: None,
                size: 0.0,
                spacing: 0.0,
                word_spacing: 0.0,
                stretch: 1.0,
                leading: 0.0,
                rise: 0.0,
                hidden: false,
            },
        }
    }

    pub(super) fn fill(&self) -> Paint {
        Paint { colour: self.fill, opaque: self.opaque.plain && self.opaque.fill }
    }

    pub(super) fn stroke(&self) -> Paint {
        Paint { colour: self.stroke, opaque: self.opaque.plain && self.opaque.stroke }
    }

    /// Takes an operator that sets a colour; whether it was one.
    pub(super) fn set_colour(&mut self, operator: &str, numbers: &[f64]) -> bool {
        let colour = match (operator, numbers) {
            ("g" | "G", [gray]) => Colour::Gray(*gray),
            ("rg" | "RG", [red, green, blue]) => Colour::Rgb([*red, *green, *blue]),
            ("k" | "K", [cyan, magenta, yellow, black]) => Colour::Cmyk([*cyan, *magenta, *yellow, *black]),
            // In the space chosen before: known where that is a device's own.
            ("sc" | "scn" | "SC" | "SCN", parts) => {
                let chosen = if operator.starts_with('s') { self.fill } else { self.stroke };
                match (chosen, parts) {
                    (Colour::Gray(_), [gray]) => Colour::Gray(*gray),
                    (Colour::Rgb(_), [red, green, blue]) => Colour::Rgb([*red, *green, *blue]),
                    (Colour::Cmyk(_), [cyan, magenta, yellow, black]) => {
                        Colour::Cmyk([*cyan, *magenta, *yellow, *black])
                    }
                    _ => Colour::Other,
                }
            }
            _ => return false,
        };
        if operator.starts_with(|first: char| first.is_ascii_lowercase()) {
            self.fill = colour;
        } else {
            self.stroke = colour;
        }
        true
    }

    /// Chooses a colour space, which begins with black.
    pub(super) fn set_space(&mut self, for_stroke: bool, name: &[u8]) {
        let colour = match name {
            b"DeviceGray" => Colour::Gray(0.0),
            b"DeviceRGB" => Colour::Rgb([0.0; 3]),
            b"DeviceCMYK" => Colour::Cmyk([0.0, 0.0, 0.0, 1.0]),
            _ => Colour::Other,
        };
        if for_stroke {
            self.stroke = colour;
        } else {
            self.fill = colour;
        }
    }

    /// Takes what an `ExtGState` dictionary says of lines and opacity.
    pub(super) fn set_extended(&mut self, document: &Document, extended: &Dictionary) {
        let number = |key: &[u8]| extended.get_deref(key, document).ok().and_then(number);
        if let Some(width) = number(b"LW") {
            self.line.width = width;
        }
        if let Some(alpha) = number(b"ca") {
            self.opaque.fill = alpha >= 1.0;
        }
        if let Some(alpha) = number(b"CA") {
            self.opaque.stroke = alpha >= 1.0;
        }
        let blend = extended.get_deref(b"BM", document).ok();
        let mask = extended.get_deref(b"SMask", document).ok();
        if blend.is_some() || mask.is_some() {
            let is = |object: Option<&Object>, names: &[&[u8]]| {
                object.is_none_or(|object| object.as_name().is_ok_and(|name| names.contains(&name)))
            };
            self.opaque.plain = is(blend, &[b"Normal", b"Compatible"]) && is(mask, &[b"None"]);
        }
    }
}

/// A number of any kind.
pub(super) fn number(object: &Object) -> Option<f64> {
    object.as_float().ok().map(f64::from)
}
