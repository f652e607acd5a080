//! Sets texts below each other, and keeps what does not fit.

use super::{Group, SCALES, Side};
use crate::card::error::{Field, Problem};
use crate::card::fit::{Block, Style, Words, fit};
use crate::card::fonts::Fonts;
use crate::card::marks::{Align, Area, Mark};
use crate::card::memo::{Key, Memo};
use crate::card::page::Card;
use crate::words::is_rtl;

/// Collects what is drawn on a side, and everything that does not fit.
pub(in crate::card) struct Composition<'a> {
    pub(in crate::card) fonts: &'a Fonts,
    memo: Option<&'a Memo>,
    language: &'a str,
    /// Width of the side in printer dots.
    width: u32,
    pub(in crate::card) marks: Vec<Mark>,
    pub(in crate::card) problems: Vec<Problem>,
}

impl<'a> Composition<'a> {
    pub(in crate::card) fn new(fonts: &'a Fonts, language: &'a str, width: u32) -> Self {
        Self { fonts, memo: None, language, width, marks: Vec::new(), problems: Vec::new() }
    }

    /// The same, which need not fit again what was fitted before.
    pub(super) fn with_memo(self, memo: &'a Memo) -> Self {
        Self { memo: Some(memo), ..self }
    }

    pub(super) fn place(&mut self, field: Field, text: &str, style: Style, area: Area, align: Align) {
        if let Some(block) = self.fit(field, text, style, area.width, area.height) {
            self.marks.push(Mark::Text { block, area, align });
        }
    }

    /// Waves; `from` counts the bands of the card before these.
    pub(super) fn bands(&mut self, card: &Card, from: usize, areas: &[Area]) {
        for (index, area) in areas.iter().enumerate() {
            let index = u8::try_from(from + index).unwrap_or(u8::MAX);
            self.marks.push(Mark::Guilloche { number: card.number.clone(), index, area: *area });
        }
    }

    pub(super) fn fit(
        &mut self,
        field: Field,
        text: &str,
        style: Style,
        width: f32,
        height: f32,
    ) -> Option<Block> {
        let language = Some(self.language);
        let memo =
            self.memo.and_then(|memo| Some((memo, Key::of(field, text, language, style, [width, height])?)));
        if let Some(block) = memo.as_ref().and_then(|(memo, key)| memo.recall(key)) {
            return Some(block);
        }
        let words = Words { field, text, language };
        let block = self.note(fit(self.fonts, words, style, width, height))?;
        if let Some((memo, key)) = memo {
            memo.keep(key, &block);
        }
        Some(block)
    }

    /// Fits texts whose height is counted afterwards.
    pub(super) fn fit_all<'t>(
        &mut self,
        texts: impl IntoIterator<Item = (Field, &'t str, Style)>,
        width: f32,
    ) -> Vec<Block> {
        let fitted =
            texts.into_iter().map(|(field, text, style)| self.fit(field, text, style, width, f32::MAX));
        fitted.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    /// Fits texts as much smaller than aimed at as `scale` says.
    pub(super) fn fit_scaled(&mut self, group: &Group<'_>, scale: f32, width: f32) -> Vec<Block> {
        self.fit_all(group.iter().map(|(field, text, style)| (*field, *text, style.scaled(scale))), width)
    }

    /// Texts set at the largest scale at which they take at most `room`, else what they take at the smallest. What
    /// is in the way of setting them at all is noted once.
    pub(in crate::card) fn shrunk<T>(
        &mut self,
        room: f32,
        mut set: impl FnMut(&mut Self, f32) -> T,
        height: impl Fn(&T) -> f32,
    ) -> Result<T, f32> {
        let known = self.problems.len();
        let mut needed = 0.0;
        for scale in SCALES {
            let texts = set(self, scale);
            needed = height(&texts);
            if needed <= room || self.problems.len() > known {
                return Ok(texts);
            }
        }
        Err(needed)
    }

    /// Puts blocks one below the other from the top of `column`, and gives what is left of it.
    pub(in crate::card) fn stack(&mut self, blocks: Vec<Block>, mut column: Area) -> Area {
        for block in blocks {
            let below = column.below(block.height());
            self.marks.push(Mark::Text { block, area: column, align: Align::Start });
            column = below;
        }
        column
    }

    /// Stacks what fits, and takes note of what does not.
    pub(super) fn stack_fitted(&mut self, fitted: Vec<Result<Block, Vec<Problem>>>, column: Area) {
        let blocks = fitted.into_iter().filter_map(|block| self.note(block)).collect();
        self.stack(blocks, column);
    }

    pub(in crate::card) fn note(&mut self, fitted: Result<Block, Vec<Problem>>) -> Option<Block> {
        fitted.map_err(|problems| self.problems.extend(problems)).ok()
    }

    /// Stacks groups of blocks with gaps between them.
    pub(super) fn stack_groups(&mut self, groups: Vec<Vec<Block>>, mut column: Area, gap: f32) {
        for group in groups.into_iter().filter(|group| !group.is_empty()) {
            column = self.stack(group, column).below(gap);
        }
    }

    pub(in crate::card) fn finish(self) -> Side {
        let mirrored = is_rtl(self.language);
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        Ok(if mirrored {
            self.marks.into_iter().map(|mark| mark.mirrored(self.width)).collect()
        } else {
            self.marks
        })
    }
}
