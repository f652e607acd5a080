//! Where everything stands on the card.
//!
//! Lengths are millimetres from the upper left corner. The card is as large as ID-1 (85.60 x 53.98 mm, within
//! the tolerance of ISO/IEC 7810) and a whole number of printer dots, so that a code on a dot seen from one edge
//! is on a dot seen from all of them.

mod composition;

use composition::Composition;

use crate::card::barcode::Barcode;
use crate::card::codes::{Choice, Code};
use crate::card::error::{Field, Problem};
use crate::card::fit::{Block, Style, Tint, Words};
use crate::card::fonts::{Fonts, Weight};
use crate::card::marks::{Align, Area, Mark};
use crate::card::page::{Card, Label, Name};
use crate::card::squeeze::{Squeeze, fit_name};
use crate::card::units::{count, dots_mm, real};
use crate::words;

/// The card in printer dots.
pub(super) const CARD_DOTS: (u32, u32) = (1011, 638);

/// Box of the identity code on the front, in printer dots: left, top and side. The code stands in its lower right
/// corner, so that its quiet zone ends where the margin of the texts begins.
pub(super) const IDENTITY_BOX: (u32, u32, u32) = (617, 245, 366);
/// Box of the service code on the back.
pub(super) const SERVICE_BOX: (u32, u32, u32) = (388, 15, 608);

/// A box and how the text in it looks.
struct Place {
    area: Area,
    style: Style,
    align: Align,
}

mod front {
    use super::{Align, Area, Place, Style, Tint, Weight, area, style};

    pub(super) const CITY: Place = Place {
        area: area(4.0, 3.2, 47.0, 5.2),
        style: style(Weight::Bold, [10.0, 10.0, 6.0], 1, Tint::Accent),
        align: Align::Start,
    };
    pub(super) const TITLE: Place = Place {
        area: area(52.0, 4.0, 29.6, 4.0),
        style: style(Weight::Regular, [7.0, 7.0, 5.0], 1, Tint::Grey),
        align: Align::End,
    };
    pub(super) const EMBLEM: Area = area(4.0, 1.9, 6.4, 6.4);
    /// Bands of waves: nothing that must be read stands on them.
    pub(super) const BANDS: [Area; 2] = [area(0.0, 9.0, 85.6, 1.7), area(0.0, 51.8, 85.6, 1.7)];
    pub(super) const PORTRAIT: Area = area(4.0, 11.8, 22.5, 30.0);
    pub(super) const NAMES: Area = area(29.5, 11.2, 52.1, 9.5);
    pub(super) const NAME: Style = style(Weight::Bold, [11.0, 9.0, 7.5], 2, Tint::Ink);
    pub(super) const SECOND_NAME: Style = style(Weight::Regular, [9.5, 7.5, 7.0], 2, Tint::Ink);
    pub(super) const GUARDIAN: Place = Place {
        area: area(29.5, 17.9, 52.1, 2.8),
        style: style(Weight::Regular, [6.5, 6.5, 5.0], 1, Tint::Ink),
        align: Align::Start,
    };
    /// Facts end where the label of the services begins.
    pub(super) const FACTS: Area = area(29.5, 21.0, 22.4, 22.5);
    pub(super) const FACT: Style = style(Weight::Bold, [8.0, 8.0, 6.0], 1, Tint::Ink);
    pub(super) const SERVICES: Area = area(4.0, 43.6, 47.9, 7.4);
    pub(super) const SERVICE: Style = style(Weight::Regular, [7.0, 7.0, 5.5], 2, Tint::Ink);
}

mod back {
    use super::{Area, Style, Tint, Weight, area, style};

    pub(super) const BAND: Area = area(1.0, 0.0, 1.7, 54.0);
    /// The bars for libraries, in printer dots: left, top, height, and dots a module (0.254 mm). Ten modules on
    /// either side stay white.
    pub(super) const BARS: (u32, u32, u32, u32) = (44, 558, 42, 3);
    /// What the bars, their label and their digits take of the column, with a gap above.
    pub(super) const LIBRARY: f32 = 7.3;
    pub(super) const DIGITS: Style = style(Weight::Regular, [6.0, 6.0, 5.0], 1, Tint::Ink);
    pub(super) const COLUMN: Area = area(4.0, 2.4, 29.0, 48.6);
    pub(super) const TITLE: Style = style(Weight::Bold, [9.0, 8.0, 6.5], 2, Tint::Accent);
    pub(super) const CITY: Style = style(Weight::Regular, [7.0, 7.0, 5.5], 2, Tint::Grey);
    pub(super) const NOTICE: Style = style(Weight::Regular, [5.5, 5.5, 4.5], 6, Tint::Ink);
    pub(super) const FACT: Style = style(Weight::Bold, [7.5, 7.5, 5.5], 1, Tint::Ink);
}

/// How much smaller than aimed at texts that stand together may be set to make room.
const SCALES: [f32; 5] = [1.0, 0.95, 0.9, 0.85, 0.8];
const LABEL: Style = style(Weight::Regular, [5.0, 5.0, 4.5], 1, Tint::Grey);
/// Space between two groups of texts.
const GAP: f32 = 1.6;
/// The least of it, where there is much to say.
const LEAST_GAP: f32 = 0.3;

/// Texts that belong together.
type Group<'t> = Vec<(Field, &'t str, Style)>;

/// One side of a card, or what is in its way.
pub(super) type Side = Result<Vec<Mark>, Vec<Problem>>;

/// Lays out the front; without a code it is what can be checked before signing.
pub(super) fn front(fonts: &Fonts, card: &Card, with_emblem: bool, identity: Option<Code>) -> Side {
    let mut sheet = Composition::new(fonts, &card.language);
    // The city's name begins beside the emblem, where there is one.
    let emblem = if with_emblem { front::EMBLEM.width + GAP } else { 0.0 };
    if with_emblem {
        sheet.marks.push(Mark::Emblem(front::EMBLEM));
    }
    sheet.place(Field::City, &card.city, &Place { area: front::CITY.area.widened(-emblem), ..front::CITY });
    sheet.place(Field::Label, &card.labels.title.joined(), &front::TITLE);
    for (index, area) in (0..).zip(front::BANDS) {
        sheet.marks.push(Mark::Guilloche { number: card.number.clone(), index, area });
    }
    // Without a portrait the texts begin where it would stand.
    let shift = if card.portrait.is_some() { 0.0 } else { front::NAMES.left - front::PORTRAIT.left };
    if card.portrait.is_some() {
        sheet.marks.push(Mark::Portrait(front::PORTRAIT));
    }
    // A guardian takes the foot of the names' band, above the code.
    let foot = if card.guardian.is_some() { front::GUARDIAN.area.height } else { 0.0 };
    let band = Area { height: front::NAMES.height - foot, ..front::NAMES };
    names(&mut sheet, card, band.widened(shift));
    if let Some(guardian) = &card.guardian {
        let line = format!("{}: {guardian}", card.labels.guardian.joined());
        sheet.place(
            Field::Guardian,
            &line,
            &Place { area: front::GUARDIAN.area.widened(shift), ..front::GUARDIAN },
        );
    }
    facts(&mut sheet, card, front::FACTS.widened(shift));
    if !card.services.is_empty() {
        let services = card.services.join(", ");
        let label = card.labels.services.joined();
        let label = sheet.fit_all([(Field::Label, label.as_str(), LABEL)], front::SERVICES.width);
        let rest = sheet.stack(label, front::SERVICES);
        if let Some(block) = sheet.fit(Field::Services, &services, front::SERVICE, rest.width, rest.height) {
            sheet.stack(vec![block], rest);
        }
    }
    if let Some(code) = identity {
        let (left, top, side) = IDENTITY_BOX;
        let inset = side.saturating_sub(code.choice().side_dots());
        sheet.marks.push(Mark::Code { code, left: left + inset, top: top + inset });
    }
    sheet.finish()
}

/// Number, birth date and expiry, one below the other; where they are too tall together, all of them are set smaller.
fn facts(sheet: &mut Composition<'_>, card: &Card, column: Area) {
    let expiry = words::date(&card.language, card.expiry);
    let labels = &card.labels;
    let facts = [
        (&labels.number, Field::Number, Some(&card.number)),
        (&labels.birth_date, Field::BirthDate, card.birth_date.as_ref()),
        (&labels.expiry, Field::Expiry, Some(&expiry)),
    ];
    let facts = facts.into_iter().filter_map(|(label, field, fact)| Some((label, field, fact?)));
    let groups: Vec<_> =
        facts.map(|(label, field, fact)| labelled(label, field, fact, front::FACT)).collect();
    let gaps = real(count(groups.len().saturating_sub(1)));
    let texts = |set: &[Vec<Block>]| set.iter().flatten().map(Block::height).sum::<f32>();
    let set = sheet.shrunk(
        column.height,
        |sheet, scale| {
            groups.iter().map(|group| sheet.fit_scaled(group, scale, column.width)).collect::<Vec<_>>()
        },
        |set| texts(set) + gaps * LEAST_GAP,
    );
    match set {
        Ok(set) => {
            let gap = if gaps > 0.0 { ((column.height - texts(&set)) / gaps).min(GAP) } else { 0.0 };
            sheet.stack_groups(set, column, gap);
        }
        Err(needed_mm) => {
            sheet.problems.push(Problem::FactsTooTall { needed_mm, height_mm: column.height });
        }
    }
}

/// Lays out the back. Where its texts are too tall together, all of them are set smaller.
pub(super) fn back(fonts: &Fonts, card: &Card, service: Option<Code>) -> Side {
    let library = card.library_number.as_ref().and_then(|digits| Some((digits, Barcode::new(digits)?)));
    let below = if library.is_some() { back::LIBRARY } else { 0.0 };
    let room = back::COLUMN.height - below;
    let mut sheet = Composition::new(fonts, &card.language);
    let texts = back_texts(card);
    let set = sheet.shrunk(
        room,
        |sheet, scale| {
            texts.each_ref().map(|side| {
                side.iter()
                    .map(|group| sheet.fit_scaled(group, scale, back::COLUMN.width))
                    .collect::<Vec<_>>()
            })
        },
        |[top, bottom]| height(top) + GAP + height(bottom),
    );
    match set {
        Ok([top, bottom]) => {
            // What the card is and opens hangs from the top, what to do with it stands on the bottom.
            let foot = back::COLUMN.below(room - height(&bottom));
            sheet.stack_groups(top, back::COLUMN, GAP);
            sheet.stack_groups(bottom, foot, GAP);
        }
        Err(needed_mm) => return Err(vec![Problem::BackTooTall { needed_mm, height_mm: room }]),
    }
    let index = u8::try_from(front::BANDS.len()).unwrap_or(u8::MAX);
    let band = Area { height: back::BAND.height - below, ..back::BAND };
    sheet.marks.push(Mark::Guilloche { number: card.number.clone(), index, area: band });
    if let Some((digits, bars)) = library {
        library_bars(&mut sheet, &card.labels.library.joined(), digits, bars);
    }
    if let Some(code) = service {
        let (left, top) = service_corner(code.choice());
        sheet.marks.push(Mark::Code { code, left, top });
    }
    sheet.finish()
}

/// The bars for libraries at the foot of the column, their label above and their digits below.
fn library_bars(sheet: &mut Composition<'_>, label: &str, digits: &str, bars: Barcode) {
    let (left, upper, height, dots) = back::BARS;
    let foot = dots_mm(upper);
    let label = sheet.fit_all([(Field::Label, label, LABEL)], back::COLUMN.width);
    let above = label.iter().map(Block::height).sum::<f32>() + 0.4;
    let column = Area { left: dots_mm(left), top: foot - above, ..back::COLUMN };
    sheet.stack(label, column);
    let digits = sheet.fit_all([(Field::Number, digits, back::DIGITS)], back::COLUMN.width);
    sheet.stack(digits, Area { top: dots_mm(upper + height) + 0.2, ..column });
    sheet.marks.push(Mark::Bars { bars, left, top: upper, height, dots });
}

/// The groups of texts at the top and at the bottom of the back.
fn back_texts(card: &Card) -> [Vec<Group<'_>>; 2] {
    let labels = &card.labels;
    let head =
        vec![(Field::Label, labels.title.first.as_str(), back::TITLE), (Field::City, &card.city, back::CITY)];
    let notice = card.notice.iter().map(|line| (Field::Notice, line.as_str(), back::NOTICE)).collect();
    let hotline =
        card.hotline.as_ref().map(|number| labelled(&labels.hotline, Field::Hotline, number, back::FACT));
    // The bars say the number too.
    let number = card.library_number.is_none();
    let number = number.then(|| labelled(&labels.number, Field::Number, &card.number, back::FACT));
    [vec![head], [Some(notice), hotline, number].into_iter().flatten().collect()]
}

/// A fact with its label above it.
fn labelled<'t>(label: &'t Label, field: Field, fact: &'t str, style: Style) -> Group<'t> {
    label.lines().map(|line| (Field::Label, line, LABEL)).chain([(field, fact, style)]).collect()
}

/// Names share one band: the second takes what the first leaves. If that is too little, the first makes room, step by
/// step, and only then are names squeezed.
fn names(sheet: &mut Composition<'_>, card: &Card, band: Area) {
    let attempt = |most, kept| {
        let room = |height| (band.width, height);
        let name = words(Field::Name, &card.name);
        let first = fit_name(sheet.fonts, name, front::NAME, room(band.height - kept), most);
        let left = first.as_ref().map_or(kept, |first| band.height - first.height());
        let second = card.second_name.as_ref().map(|second| {
            let second = words(Field::SecondName, second);
            fit_name(sheet.fonts, second, front::SECOND_NAME, room(left), most)
        });
        std::iter::once(first).chain(second).collect::<Vec<_>>()
    };
    let least = front::SECOND_NAME.least_height() / real(count(front::SECOND_NAME.lines));
    let steps: &[f32] = if card.second_name.is_some() { &[1.0, 1.25, 1.5, 1.75, 2.0] } else { &[0.0] };
    let mut attempts =
        Squeeze::ALL.into_iter().flat_map(|most| steps.iter().map(move |step| (most, step * least)));
    let mut fitted = Vec::new();
    while fitted.is_empty() || fitted.iter().any(Result::is_err) {
        let Some((most, kept)) = attempts.next() else { break };
        fitted = attempt(most, kept);
    }
    sheet.stack_fitted(fitted, band);
}

fn words(field: Field, name: &Name) -> Words<'_> {
    Words { field, text: &name.text, language: name.language.as_deref() }
}

/// The service code stands as far from the right edge as from the upper and lower ones.
fn service_corner(choice: Choice) -> (u32, u32) {
    let side = choice.side_dots();
    let (width, height) = CARD_DOTS;
    let margin = height.saturating_sub(side) / 2;
    (width.saturating_sub(side + margin), margin)
}

/// Height of groups of texts with the gaps between them.
fn height(groups: &[Vec<Block>]) -> f32 {
    let heights =
        groups.iter().filter(|group| !group.is_empty()).map(|group| group.iter().map(Block::height).sum());
    heights.reduce(|all: f32, group: f32| all + GAP + group).unwrap_or(0.0)
}

const fn area(left: f32, top: f32, width: f32, height: f32) -> Area {
    Area { left, top, width, height }
}

/// A style by its sizes: aimed at, least for a single line, least of all.
const fn style(weight: Weight, sizes: [f32; 3], lines: usize, tint: Tint) -> Style {
    let [largest, one_line, smallest] = sizes;
    Style { weight, largest, one_line, smallest, lines, tint }
}
