//! Texts that were fitted before: most of what stands on cards is the same on all of them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::card::error::Field;
use crate::card::fit::{Block, Style, Tint};
use crate::card::fonts::Weight;

/// Texts that are kept at most; a city has a few dozen in each of its languages.
const MOST: usize = 4096;

/// Fitted texts that are nobody's own.
#[derive(Debug, Default)]
pub(super) struct Memo(Mutex<HashMap<Key, Block>>);

/// All that decides how a text is fitted.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    field: Field,
    text: String,
    language: Option<String>,
    look: (Weight, Tint, usize),
    /// Sizes of the style, width and height, as bits.
    lengths: [u32; 5],
}

impl Key {
    /// Nothing for what is the holder's own: that is never kept.
    pub(super) fn of(
        field: Field,
        text: &str,
        language: Option<&str>,
        style: Style,
        [width, height]: [f32; 2],
    ) -> Option<Self> {
        let Style { weight, largest, one_line, smallest, lines, tint } = style;
        (!field.is_the_holders()).then(|| Self {
            field,
            text: text.to_owned(),
            language: language.map(str::to_owned),
            look: (weight, tint, lines),
            lengths: [largest, one_line, smallest, width, height].map(f32::to_bits),
        })
    }
}

impl Memo {
    pub(super) fn recall(&self, key: &Key) -> Option<Block> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).cloned()
    }

    pub(super) fn keep(&self, key: Key, block: &Block) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST {
            known.insert(key, block.clone());
        }
    }
}
