//! The dark modules of a code as few rectangles.

use crate::card::units::count;

/// A dark rectangle, in modules from the lower left.
pub(super) struct Bar {
    pub(super) x: u32,
    pub(super) lower: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

pub(super) const LONGEST_BAR: usize = 9;

/// Rectangles that cover each dark module once, ordered by height, width and row.
pub(super) fn bars(rows: &[u128]) -> Vec<Bar> {
    let mut left = rows.to_vec();
    let mut bars = Vec::with_capacity(rows.len() * rows.len() / 4);
    for height in (1..=LONGEST_BAR).rev() {
        let mut tops = Vec::with_capacity(rows.len());
        for y in 0..(rows.len() + 1).saturating_sub(height) {
            let Some(lines) = left.get_mut(y..y + height) else { break };
            let tall = lines.iter().fold(u128::MAX, |tall, line| tall & line);
            for line in lines {
                *line &= !tall;
            }
            tops.push(tall);
        }
        for width in (1..=LONGEST_BAR).rev() {
            for (y, tops) in tops.iter_mut().enumerate() {
                if *tops == 0 {
                    continue;
                }
                let mut starts = (1..width).fold(*tops, |wide, by| wide & *tops >> by);
                let (lower, bar) = (count(rows.len() - y - height), (1 << width) - 1);
                while starts != 0 {
                    let x = starts.trailing_zeros();
                    bars.push(Bar { x, lower, width: count(width), height: count(height) });
                    *tops &= !(bar << x);
                    starts &= !(bar << x);
                }
            }
        }
    }
    bars
}
