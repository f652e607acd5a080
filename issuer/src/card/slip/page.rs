//! Sets the sections of a slip beside and below each other.

use super::style::{Role, SCALES, measures};
use super::{SLIP_DOTS, Slip, SlipTexts, Text, keep, kept, lost, number, opens, title};
use crate::card::error::{Field, Problem};
use crate::card::fit::{Block, Words, fit};
use crate::card::fonts::Fonts;
use crate::card::layout::Side;
use crate::card::layout::composition::Composition;
use crate::card::marks::{Align, Area, Mark, Shade};
use crate::card::units::{count, mm, real};
use crate::words::is_rtl;

/// A page under way.
pub(super) struct Page<'a> {
    slip: &'a Slip,
    sheet: Composition<'a>,
    /// One for each language.
    columns: Vec<Area>,
}

/// Texts that fit, below each other.
type Set = Vec<(f32, Block)>;

/// A section in each language, side by side.
struct Section {
    field: Field,
    over: Option<Over>,
    columns: Vec<Set>,
}

/// What stands over a section's columns: headings, and a code as wide as all of them. The section has a ground of its
/// own then.
struct Over {
    headings: Vec<Set>,
    code: Set,
}

impl<'a> Page<'a> {
    pub(super) fn new(fonts: &'a Fonts, slip: &'a Slip) -> Self {
        Self {
            slip,
            sheet: Composition::new(fonts, &slip.first.language, SLIP_DOTS.0),
            columns: if slip.second.is_some() { measures::COLUMNS.to_vec() } else { vec![measures::ALONE] },
        }
    }

    pub(super) fn finish(self) -> Side {
        self.sheet.finish()
    }

    /// The emblem, the city and what the card is called, over a band of the card's own waves.
    pub(super) fn head(&mut self, with_emblem: bool) {
        let beside = if with_emblem { measures::EMBLEM.width + measures::BESIDE_EMBLEM } else { 0.0 };
        if with_emblem {
            self.sheet.marks.push(Mark::Emblem(measures::EMBLEM));
        }
        let (city, card) = (self.joined(|texts| &texts.city), self.joined(|texts| &texts.card));
        self.line((Field::City, &city, Role::City), measures::CITY.widened(-beside), Align::Start);
        self.line((Field::Label, &card, Role::Label), measures::CARD, Align::End);
        let number = self.slip.number.clone();
        self.sheet.marks.push(Mark::Guilloche { number, index: 0, area: measures::BAND });
    }

    /// Everything between head and foot, as large as it fits; what is left of the height goes between the sections.
    pub(super) fn sections(&mut self) {
        let room = measures::BOTTOM - measures::TOP;
        let known = self.sheet.problems.len();
        let mut too_tall = None;
        for (scale, least_gap) in SCALES {
            let sections = self.set_sections(scale);
            if self.sheet.problems.len() > known {
                return;
            }
            let gaps = real(count(sections.len().saturating_sub(1)));
            let texts: f32 = sections.iter().map(Section::height).sum();
            if texts + gaps * least_gap <= room {
                let gap = ((room - texts) / gaps).min(measures::GAP);
                self.put_sections(sections, gap);
                return;
            }
            let longest = sections.iter().max_by(|a, b| a.height().total_cmp(&b.height()));
            too_tall = longest.map(|longest| Problem::SlipTooTall {
                needed_mm: texts + gaps * least_gap,
                height_mm: room,
                longest: longest.field,
            });
        }
        self.sheet.problems.extend(too_tall);
    }

    fn set_sections(&mut self, scale: f32) -> Vec<Section> {
        let slip = self.slip;
        let heading =
            |_, texts: &'a SlipTexts| vec![(0.0, Field::Recovery, texts.recovery.as_str(), Role::Heading)];
        let headings = self.section(scale, Field::Recovery, heading).columns;
        let code = slip.recovery.printed();
        let code =
            self.set(0, &[(0.8, Field::Recovery, &code, Role::Code)], scale.min(1.0), measures::WHOLE.width);
        let over = Some(Over { headings, code });
        vec![
            self.section(scale.min(1.0), Field::Label, |_, texts| title(texts)),
            self.section(scale, Field::Number, |rank, texts| number(slip, rank, texts)),
            self.section(scale, Field::Services, |_, texts| opens(texts)),
            Section { over, ..self.section(scale, Field::Recovery, |_, texts| keep(texts)) },
            self.section(scale, Field::Lost, |rank, texts| lost(slip, rank, texts)),
            self.section(scale, Field::Kept, |_, texts| kept(texts)),
        ]
    }

    fn section(
        &mut self,
        scale: f32,
        field: Field,
        texts: impl Fn(usize, &'a SlipTexts) -> Vec<Text<'a>>,
    ) -> Section {
        let widths: Vec<f32> = self.columns.iter().map(|column| column.width).collect();
        let languages = self.languages().zip(widths).enumerate();
        let sets = languages.map(|(rank, (said, width))| self.set(rank, &texts(rank, said), scale, width));
        let mut columns: Vec<Set> = sets.collect();
        // All begin on one baseline.
        let ascent = |set: &Set| set.first().map_or(0.0, |(_, block)| mm(block.ascent));
        let deepest = columns.iter().map(ascent).fold(0.0, f32::max);
        for set in &mut columns {
            let down = deepest - ascent(set);
            if let Some((above, _)) = set.first_mut() {
                *above += down;
            }
        }
        Section { field, over: None, columns }
    }

    fn put_sections(&mut self, sections: Vec<Section>, gap: f32) {
        let mut top = measures::TOP;
        // Above the first there is nothing to be ruled off, nor below a ground.
        let mut ruled = false;
        for section in sections {
            let below = top + section.height();
            let rule_above = std::mem::replace(&mut ruled, section.over.is_none());
            if let Some(over) = section.over {
                let ground = Area { top, height: below - top, ..measures::GROUND };
                self.sheet.marks.push(Mark::Fill(ground, Shade::Pale));
                let code = top + measures::PADDING + tallest(&over.headings);
                self.put_columns(over.headings, top + measures::PADDING);
                let below = self.put(0, over.code, Area { top: code, ..measures::WHOLE });
                top = below.top + measures::UNDER_CODE;
            } else if rule_above {
                let rule = Area { top: top - gap / 2.0, height: measures::RULE, ..measures::WHOLE };
                self.sheet.marks.push(Mark::Fill(rule, Shade::Line));
            }
            self.put_columns(section.columns, top);
            top = below + gap;
        }
    }

    fn put_columns(&mut self, columns: Vec<Set>, top: f32) {
        for (rank, (set, column)) in columns.into_iter().zip(self.columns.clone()).enumerate() {
            self.put(rank, set, Area { top, ..column });
        }
    }

    pub(super) fn foot(&mut self) {
        let printed = self.joined(|texts| &texts.printed);
        self.line((Field::Label, &printed, Role::Label), measures::FOOT, Align::Start);
    }

    /// The holder's language, then the city's where that is another.
    fn languages(&self) -> impl Iterator<Item = &'a SlipTexts> + use<'a> {
        let slip = self.slip;
        std::iter::once(&slip.first).chain(&slip.second)
    }

    /// A text in all languages, on one line.
    fn joined(&self, text: impl Fn(&'a SlipTexts) -> &'a str) -> String {
        let mut texts: Vec<&str> = self.languages().map(text).collect();
        texts.dedup();
        texts.join(" \u{b7} ")
    }

    /// A line at a fixed place.
    fn line(&mut self, (field, text, role): (Field, &str, Role), area: Area, align: Align) {
        let words = Words { field, text, language: Some(&self.slip.first.language) };
        let fitted = fit(self.sheet.fonts, words, role.style(0), area.width, area.height);
        if let Some(block) = self.sheet.note(fitted) {
            self.sheet.marks.push(Mark::Text { block, area, align });
        }
    }

    /// Fits texts in the language of this rank into a column.
    fn set(&mut self, rank: usize, texts: &[Text<'_>], scale: f32, width: f32) -> Set {
        let language = self.languages().nth(rank).map(|texts| texts.language.as_str());
        let fitted = texts.iter().filter_map(|(above, field, text, role)| {
            let words = Words { field: *field, text, language };
            let fitted = fit(self.sheet.fonts, words, role.style(rank).scaled(scale), width, f32::MAX);
            Some((above * scale, self.sheet.note(fitted)?))
        });
        fitted.collect()
    }

    /// Puts texts below each other and gives what is left of the column.
    fn put(&mut self, rank: usize, set: Set, mut column: Area) -> Area {
        // On a mirrored page, a language read from left to right still begins on the left.
        let rtl = |texts: &SlipTexts| is_rtl(&texts.language);
        let begins_left = self.languages().nth(rank).is_some_and(|texts| !rtl(texts));
        let align = if begins_left && rtl(&self.slip.first) { Align::End } else { Align::Start };
        for (above, block) in set {
            let area = column.below(above);
            column = area.below(block.height());
            self.sheet.marks.push(Mark::Text { block, area, align });
        }
        column
    }
}

impl Section {
    fn height(&self) -> f32 {
        let over = |over: &Over| {
            2.0 * measures::PADDING + tallest(&over.headings) + height(&over.code) + measures::UNDER_CODE
        };
        tallest(&self.columns) + self.over.as_ref().map_or(0.0, over)
    }
}

fn height(set: &Set) -> f32 {
    set.iter().map(|(above, block)| above + block.height()).sum()
}

fn tallest(columns: &[Set]) -> f32 {
    columns.iter().map(height).fold(0.0, f32::max)
}
