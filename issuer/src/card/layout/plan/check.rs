//! Whether the boxes of a description keep off each other and off the edge.

use super::{Back, Front, LayoutError, LibraryBox, Look, Plan, Plans};
use crate::card::marks::Area;
use crate::card::units::{CARD_DOTS, LARGE_DOTS, dots_mm};

/// The smallest text that a description may ask for, in points.
const LEAST_SIZE: f32 = 4.5;
/// The smallest box of a code: version 5 with its quiet zone, 5 dots a module. No credential is smaller.
const LEAST_CODE: u32 = 225;
/// What a code keeps to the edge of the card, beyond its quiet zone: 1.02 mm.
const CODE_EDGE: u32 = 12;
/// Modules of the bars: 14 digits in Code 128-C, with start, check character and stop.
const LIBRARY_MODULES: u32 = 112;
/// Boxes that touch may overlap by rounding.
const TOLERANCE: f32 = 0.02;

type Named = (&'static str, Area);

pub(super) fn check(plans: &Plans) -> Result<(), LayoutError> {
    check_plan("card", &plans.card, CARD_DOTS)?;
    check_plan("large", &plans.large, LARGE_DOTS)
}

fn check_plan(layout: &'static str, plan: &Plan, dots: (u32, u32)) -> Result<(), LayoutError> {
    let (front, back) = (format!("{layout}.front"), format!("{layout}.back"));
    if plan.dots != dots {
        return Err(LayoutError::Dots { layout, width: dots.0, height: dots.1 });
    }
    looks(&front, &front_looks(plan))?;
    looks(&back, &back_looks(plan))?;
    for with_portrait in [true, false] {
        for with_emblem in [true, false] {
            boxes(&front, dots, &plan.front.boxes(with_portrait, with_emblem))?;
        }
    }
    for with_library in [true, false] {
        boxes(&back, dots, &plan.back.boxes(with_library))?;
    }
    if plan.front.code.holds == plan.back.code.holds {
        return Err(LayoutError::Codes { layout });
    }
    code(&front, dots, plan.front.code.square)?;
    code(&back, dots, plan.back.code.square)?;
    library(back, &plan.back.library)
}

fn looks(side: &str, looks: &[(&'static str, Look)]) -> Result<(), LayoutError> {
    for (name, look) in looks {
        let [largest, one_line, smallest] = look.sizes;
        let going_down = largest >= one_line && one_line >= smallest && smallest >= LEAST_SIZE;
        if !going_down || !largest.is_finite() || look.lines == 0 {
            return Err(LayoutError::Sizes { side: side.to_owned(), name, least: LEAST_SIZE });
        }
    }
    Ok(())
}

/// Every box is on the card, and no two of them overlap.
fn boxes(side: &str, dots: (u32, u32), boxes: &[Named]) -> Result<(), LayoutError> {
    let (width, height) = (dots_mm(dots.0), dots_mm(dots.1));
    for (index, (name, area)) in boxes.iter().enumerate() {
        let on_card = area.left >= 0.0
            && area.top >= 0.0
            && area.width > 0.0
            && area.height > 0.0
            && area.left + area.width <= width + TOLERANCE
            && area.top + area.height <= height + TOLERANCE;
        if !on_card {
            return Err(LayoutError::Outside { side: side.to_owned(), name });
        }
        if let Some((other, _)) = boxes.iter().skip(index + 1).find(|(_, other)| overlap(*area, *other)) {
            return Err(LayoutError::Overlap { side: side.to_owned(), one: name, two: other });
        }
    }
    Ok(())
}

fn code(side: &str, (width, height): (u32, u32), square: (u32, u32, u32)) -> Result<(), LayoutError> {
    let (left, top, side_dots) = square;
    let far = |near: u32| near.saturating_add(side_dots).saturating_add(CODE_EDGE);
    let off_edge = left >= CODE_EDGE && top >= CODE_EDGE && far(left) <= width && far(top) <= height;
    if side_dots >= LEAST_CODE && off_edge {
        return Ok(());
    }
    Err(LayoutError::Code { side: side.to_owned(), least: LEAST_CODE, edge: CODE_EDGE })
}

/// The bars lie in their box, with room for a label above and digits below.
fn library(side: String, library: &LibraryBox) -> Result<(), LayoutError> {
    if !(2..=6).contains(&library.module) {
        return Err(LayoutError::Module { side });
    }
    let (left, top, height) = library.bars;
    let bars = Area {
        left: dots_mm(left),
        top: dots_mm(top),
        width: dots_mm(LIBRARY_MODULES * library.module),
        height: dots_mm(height),
    };
    let area = library.area;
    let inside = bars.left + TOLERANCE >= area.left
        && bars.left + bars.width <= area.left + area.width + TOLERANCE
        && bars.top > area.top
        && height > 0
        && bars.top + bars.height < area.top + area.height;
    if inside { Ok(()) } else { Err(LayoutError::Outside { side, name: "bars" }) }
}

fn overlap(one: Area, two: Area) -> bool {
    one.left + one.width > two.left + TOLERANCE
        && two.left + two.width > one.left + TOLERANCE
        && one.top + one.height > two.top + TOLERANCE
        && two.top + two.height > one.top + TOLERANCE
}

impl Front {
    /// The boxes of a front, by name.
    pub(in super::super) fn boxes(&self, with_portrait: bool, with_emblem: bool) -> Vec<Named> {
        let emblem = with_emblem.then_some(("emblem", self.emblem));
        let portrait = with_portrait.then_some(("portrait", self.portrait));
        let texts = [
            ("city", self.city.area(with_emblem)),
            ("title", self.title.area),
            ("names", self.names.area(with_portrait)),
            ("facts", self.facts.area(with_portrait)),
            ("services", self.services.area(with_portrait)),
            ("code", self.code.area()),
        ];
        let bands = self.bands.iter().map(|band| ("bands", *band));
        emblem.into_iter().chain(portrait).chain(texts).chain(bands).collect()
    }
}

impl Back {
    /// The boxes of a back, by name.
    pub(in super::super) fn boxes(&self, with_library: bool) -> Vec<Named> {
        let library = with_library.then_some(("library", self.library.area));
        let own = [("head", self.head), ("contact", self.contact)];
        let own = own.into_iter().filter_map(|(name, area)| Some((name, area?)));
        let rest = [("column", self.column.area(with_library)), ("code", self.code.area())];
        let bands = self.bands(with_library).iter().map(|band| ("bands", *band));
        library.into_iter().chain(own).chain(rest).chain(bands).collect()
    }
}

fn front_looks(plan: &Plan) -> Vec<(&'static str, Look)> {
    let front = &plan.front;
    vec![
        ("label", plan.label),
        ("city", front.city.text),
        ("title", front.title.text),
        ("name", front.names.name),
        ("second", front.names.second),
        ("guardian", front.names.guardian),
        ("facts", front.facts.text),
        ("services", front.services.text),
    ]
}

fn back_looks(plan: &Plan) -> Vec<(&'static str, Look)> {
    let back = &plan.back;
    vec![
        ("title", back.title),
        ("city", back.city),
        ("notice", back.notice),
        ("fact", back.fact),
        ("address", back.address),
        ("library", back.library.text),
        ("library label", back.library.label),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::BUILT_IN;
    use super::*;

    /// What is wrong once a part of the built-in description is replaced.
    fn changed(from: &str, to: &str) -> String {
        assert!(BUILT_IN.contains(from), "{from}");
        Plans::parse(&BUILT_IN.replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[test]
    fn the_built_in_layouts_keep_to_their_cards() {
        Plans::parse(BUILT_IN).unwrap();
    }

    #[test]
    fn what_would_spoil_a_card_is_named() {
        assert_eq!(
            changed("box = [29.5, 21.0, 22.4, 22.5]", "box = [29.5, 21.0, 30.4, 22.5]"),
            "card.front: facts and code overlap"
        );
        assert_eq!(
            changed("bands = [[1.0, 0.0, 1.7, 54.0]]", "bands = [[3.0, 0.0, 1.7, 54.0]]"),
            "card.back: column and bands overlap"
        );
        assert_eq!(
            changed("box = [52.0, 4.0, 29.6, 4.8]", "box = [52.0, 4.0, 39.6, 4.8]"),
            "card.front: title reaches beyond its place, or has no size"
        );
        assert_eq!(
            changed("box = [388, 15, 608]", "box = [388, 25, 608]"),
            "card.back: the code takes at least 225 dots and stays 12 dots off the edge of the card"
        );
        assert_eq!(
            changed("sizes = [11.0, 9.0, 7.5]", "sizes = [11.0, 9.0, 3.0]"),
            "card.front: name: sizes go down, to 4.5 points at the least, and there is at least one line"
        );
        assert_eq!(
            changed("dots = [2480, 1748]", "dots = [2480, 1749]"),
            "large: dots are 2480 x 1748; nothing else fits its paper"
        );
        assert_eq!(changed("module = 3", "module = 9"), "card.back: library: module is 2 to 6 dots");
        assert!(changed("gaps = [1.6, 0.3]", "gap = 1.6").contains("unknown field `gap`"));
    }
}
