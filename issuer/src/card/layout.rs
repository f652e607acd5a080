//! Sets the texts, pictures and codes of a card into the boxes of its description, `plan.toml`.

pub(super) mod composition;
mod plan;

use composition::Composition;
pub(crate) use plan::BUILT_IN;
pub use plan::LayoutError;
use plan::{Back, CodeBox, Holds, LibraryBox, Look};
pub(super) use plan::{Plan, Plans};

use crate::card::barcode::Barcode;
use crate::card::codes::Code;
use crate::card::error::{Field, Problem};
use crate::card::fit::{Block, Style, Tint, Words, fit};
use crate::card::fonts::{Fonts, Weight};
use crate::card::marks::{Align, Area, Mark};
use crate::card::memo::Memo;
use crate::card::page::{Card, Label, Name};
use crate::card::squeeze::{Squeeze, fit_name};
use crate::card::units::{count, dots_mm, real};
use crate::words;

/// How much smaller than aimed at texts that stand together may be set to make room.
const SCALES: [f32; 5] = [1.0, 0.95, 0.9, 0.85, 0.8];

/// The name of a box, where its edge is drawn.
const CAPTION: Style = Style {
    weight: Weight::Regular,
    largest: 4.0,
    one_line: 4.0,
    smallest: 4.0,
    lines: 1,
    tint: Tint::Accent,
};

/// Texts that belong together.
type Group<'t> = Vec<(Field, &'t str, Style)>;

/// One side of a card, or what is in its way.
pub(super) type Side = Result<Vec<Mark>, Vec<Problem>>;

/// The two codes of a card.
pub(super) struct Codes {
    pub(super) identity: Code,
    pub(super) service: Code,
}

/// What cards are laid out with.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) fonts: &'a Fonts,
    pub(super) memo: &'a Memo,
    pub(super) plan: &'a Plan,
    pub(super) with_emblem: bool,
}

/// Lays out the front; without a code it is what can be checked before signing.
pub(super) fn front(desk: Desk<'_>, card: &Card, codes: Option<&Codes>) -> Side {
    let Desk { plan, with_emblem, .. } = desk;
    let front = &plan.front;
    let with_portrait = card.portrait.is_some();
    let mut sheet = Composition::new(desk.fonts, &card.language, plan.dots.0).with_memo(desk.memo);
    if with_emblem {
        sheet.marks.push(Mark::Emblem(front.emblem));
    }
    sheet.place(Field::City, &card.city, front.city.text.style(), front.city.area(with_emblem), Align::Start);
    let title = &front.title;
    sheet.place(Field::Label, &card.labels.title.joined(), title.text.style(), title.area, title.align);
    sheet.bands(card, 0, &front.bands);
    if with_portrait {
        sheet.marks.push(Mark::Portrait(front.portrait));
    }
    // A guardian takes the foot of the names' band.
    let band = front.names.area(with_portrait);
    let foot = if card.guardian.is_some() { front.names.guardian_height } else { 0.0 };
    names(&mut sheet, plan, card, Area { height: band.height - foot, ..band });
    if let Some(guardian) = &card.guardian {
        let line = format!("{}: {guardian}", card.labels.guardian.joined());
        let below = band.below(band.height - foot);
        sheet.place(Field::Guardian, &line, front.names.guardian.style(), below, Align::Start);
    }
    facts(&mut sheet, plan, card, front.facts.area(with_portrait));
    if !card.services.is_empty() {
        let services = card.services.join(words::list_separator(&card.language));
        let label = card.labels.services.joined();
        let area = front.services.area(with_portrait);
        let label = sheet.fit_all([(Field::Label, label.as_str(), plan.label.style())], area.width);
        let rest = sheet.stack(label, area);
        let look = front.services.text.style();
        if let Some(block) = sheet.fit(Field::Services, &services, look, rest.width, rest.height) {
            sheet.stack(vec![block], rest);
        }
    }
    sheet.marks.extend(codes.map(|codes| placed(front.code, codes)));
    sheet.finish()
}

/// The edges of the boxes of the front, as they are for this card.
pub(super) fn front_outlines(desk: Desk<'_>, card: &Card) -> Vec<Mark> {
    outlines(desk, card, desk.plan.front.boxes(card.portrait.is_some(), desk.with_emblem))
}

/// The edges of the boxes of the back, as they are for this card.
pub(super) fn back_outlines(desk: Desk<'_>, card: &Card) -> Vec<Mark> {
    outlines(desk, card, desk.plan.back.boxes(card.library_number.is_some()))
}

fn outlines(desk: Desk<'_>, card: &Card, boxes: Vec<(&'static str, Area)>) -> Vec<Mark> {
    let outlines = boxes.into_iter().flat_map(|(name, area)| {
        let words = Words { field: Field::Label, text: name, language: None };
        let caption = fit(desk.fonts, words, CAPTION, area.width, f32::MAX).ok();
        let caption = caption.map(|block| Mark::Text { block, area, align: Align::End });
        std::iter::once(Mark::Outline(area)).chain(caption)
    });
    let mirrored = words::is_rtl(&card.language);
    outlines.map(|mark| if mirrored { mark.mirrored(desk.plan.dots.0) } else { mark }).collect()
}

/// Number, birth date and expiry, one below the other; where they are too tall together, all of them are set smaller.
fn facts(sheet: &mut Composition<'_>, plan: &Plan, card: &Card, column: Area) {
    let [gap, least_gap] = plan.gaps;
    let expiry = words::date(&card.language, card.expiry);
    let labels = &card.labels;
    let facts = [
        (&labels.number, Field::Number, Some(&card.number)),
        (&labels.birth_date, Field::BirthDate, card.birth_date.as_ref()),
        (&labels.expiry, Field::Expiry, Some(&expiry)),
    ];
    let facts = facts.into_iter().filter_map(|(label, field, fact)| Some((label, field, fact?)));
    let look = plan.front.facts.text;
    let groups: Vec<_> = facts.map(|(label, field, fact)| labelled(plan, label, field, fact, look)).collect();
    let gaps = real(count(groups.len().saturating_sub(1)));
    let texts = |set: &[Vec<Block>]| set.iter().flatten().map(Block::height).sum::<f32>();
    let set = sheet.shrunk(
        column.height,
        |sheet, scale| {
            groups.iter().map(|group| sheet.fit_scaled(group, scale, column.width)).collect::<Vec<_>>()
        },
        |set| texts(set) + gaps * least_gap,
    );
    match set {
        Ok(set) => {
            let gap = if gaps > 0.0 { ((column.height - texts(&set)) / gaps).min(gap) } else { 0.0 };
            sheet.stack_groups(set, column, gap);
        }
        Err(needed_mm) => {
            sheet.problems.push(Problem::FactsTooTall { needed_mm, height_mm: column.height });
        }
    }
}

/// Lays out the back. Where its texts are too tall together, all of them are set smaller.
pub(super) fn back(desk: Desk<'_>, card: &Card, codes: Option<&Codes>) -> Side {
    let Desk { plan, .. } = desk;
    let back = &plan.back;
    let library = card.library_number.as_ref().and_then(|digits| Some((digits, Barcode::new(digits)?)));
    let with_library = library.is_some();
    let mut sheet = Composition::new(desk.fonts, &card.language, plan.dots.0).with_memo(desk.memo);
    let column = back.column.area(with_library);
    let (mut top, mut bottom) = (vec![head(back, card)], notice(back, card));
    if let Some(area) = back.head {
        column_of_texts(&mut sheet, plan.gaps, [&top, &[]], area)?;
        top = std::mem::take(&mut bottom);
    }
    match back.contact {
        Some(area) => column_of_texts(&mut sheet, plan.gaps, [&contact(plan, card), &[]], area)?,
        None => bottom.extend(contact(plan, card)),
    }
    column_of_texts(&mut sheet, plan.gaps, [&top, &bottom], column)?;
    sheet.bands(card, plan.front.bands.len(), back.bands(with_library));
    if let Some((digits, bars)) = library {
        library_bars(&mut sheet, &back.library, &card.labels.library.joined(), digits, bars);
    }
    sheet.marks.extend(codes.map(|codes| placed(back.code, codes)));
    sheet.finish()
}

/// Sets groups that hang from the top of a column, and groups that stand on its bottom. Where there is much to say,
/// the gaps between them shrink before nothing fits.
fn column_of_texts(
    sheet: &mut Composition<'_>,
    [gap, least_gap]: [f32; 2],
    texts: [&[Group<'_>]; 2],
    column: Area,
) -> Result<(), Vec<Problem>> {
    let gaps = real(count((texts.iter().map(|side| side.len()).sum::<usize>()).saturating_sub(1)));
    let taken = |set: &[Vec<Vec<Block>>; 2]| set.iter().flatten().flatten().map(Block::height).sum::<f32>();
    let set = sheet.shrunk(
        column.height,
        |sheet, scale| {
            texts.map(|side| {
                side.iter().map(|group| sheet.fit_scaled(group, scale, column.width)).collect::<Vec<_>>()
            })
        },
        |set| taken(set) + gaps * least_gap,
    );
    let set = set.map_err(|needed_mm| vec![Problem::BackTooTall { needed_mm, height_mm: column.height }])?;
    let gap = if gaps > 0.0 { ((column.height - taken(&set)) / gaps).clamp(0.0, gap) } else { 0.0 };
    let [top, bottom] = set;
    let foot = column.below(column.height - height(&bottom, gap));
    sheet.stack_groups(top, column, gap);
    sheet.stack_groups(bottom, foot, gap);
    Ok(())
}

/// The bars for libraries, their label above and their digits below.
fn library_bars(sheet: &mut Composition<'_>, library: &LibraryBox, label: &str, digits: &str, bars: Barcode) {
    let (left, upper, height) = library.bars;
    let edge = dots_mm(left);
    let width = library.area.left + library.area.width - edge;
    let label = sheet.fit_all([(Field::Label, label, library.label.style())], width);
    let above = label.iter().map(Block::height).sum::<f32>() + 0.4;
    let column = Area { left: edge, width, top: dots_mm(upper) - above, height: above };
    sheet.stack(label, column);
    let digits = sheet.fit_all([(Field::Number, digits, library.text.style())], width);
    sheet.stack(digits, Area { top: dots_mm(upper + height) + 0.2, ..column });
    sheet.marks.push(Mark::Bars { bars, left, top: upper, height, dots: library.module });
}

fn head<'t>(back: &Back, card: &'t Card) -> Group<'t> {
    let title = (Field::Label, card.labels.title.first.as_str(), back.title.style());
    vec![title, (Field::City, &card.city, back.city.style())]
}

/// What the card is, and what to do with it.
fn notice<'t>(back: &Back, card: &'t Card) -> Vec<Group<'t>> {
    let lines = card.notice.iter().map(|line| (Field::Notice, line.as_str(), back.notice.style()));
    if back.paragraphs_apart { lines.map(|line| vec![line]).collect() } else { vec![lines.collect()] }
}

/// Whom to write to and whom to call.
fn contact<'t>(plan: &Plan, card: &'t Card) -> Vec<Group<'t>> {
    let (labels, back) = (&card.labels, &plan.back);
    let address = card.address.as_ref().map(|address| {
        let label = (Field::Label, labels.address.first.as_str(), plan.label.style());
        vec![label, (Field::Address, address.as_str(), back.address.style())]
    });
    let hotline = card.hotline.as_ref();
    let hotline = hotline.map(|number| labelled(plan, &labels.hotline, Field::Hotline, number, back.fact));
    // The bars say the number too.
    let number = card.library_number.is_none();
    let number = number.then(|| labelled(plan, &labels.number, Field::Number, &card.number, back.fact));
    [address, hotline, number].into_iter().flatten().collect()
}

fn placed(place: CodeBox, codes: &Codes) -> Mark {
    let code = if place.holds == Holds::Identity { &codes.identity } else { &codes.service };
    let (left, top) = place.corner(code.choice().side_dots());
    Mark::Code { code: code.clone(), left, top }
}

/// A fact with its label above it.
fn labelled<'t>(plan: &Plan, label: &'t Label, field: Field, fact: &'t str, look: Look) -> Group<'t> {
    let labels = label.lines().map(|line| (Field::Label, line, plan.label.style()));
    labels.chain([(field, fact, look.style())]).collect()
}

/// Names share one band: the second takes what the first leaves. If that is too little, the first makes room, step by
/// step, and only then are names squeezed.
fn names(sheet: &mut Composition<'_>, plan: &Plan, card: &Card, band: Area) {
    let (look, second_look) = (plan.front.names.name.style(), plan.front.names.second.style());
    let attempt = |most, kept| {
        let room = |height| (band.width, height);
        let name = words(Field::Name, &card.name);
        let first = fit_name(sheet.fonts, name, look, room(band.height - kept), most);
        let left = first.as_ref().map_or(kept, |first| band.height - first.height());
        let second = card.second_name.as_ref().map(|second| {
            let second = words(Field::SecondName, second);
            fit_name(sheet.fonts, second, second_look, room(left), most)
        });
        std::iter::once(first).chain(second).collect::<Vec<_>>()
    };
    let least = second_look.least_height() / real(count(second_look.lines));
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

/// Height of groups of texts with the gaps between them.
fn height(groups: &[Vec<Block>], gap: f32) -> f32 {
    let heights =
        groups.iter().filter(|group| !group.is_empty()).map(|group| group.iter().map(Block::height).sum());
    heights.reduce(|all: f32, group: f32| all + gap + group).unwrap_or(0.0)
}
