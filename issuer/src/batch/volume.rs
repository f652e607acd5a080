//! The files of a batch: one of each kind, or several of so many cards.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};

use sha2::Digest as _;

use super::{Output, Product};
use crate::card::{Paper, Sheet};
use crate::db::Id;
use crate::db::batch::Batch;
use crate::db::batch_file::MadeFile;
use crate::{Error, Issuer, files};

/// Digits in the name of a file, at least.
const DIGITS: usize = 4;

/// Files with the cards of the same rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Volume {
    /// The rows, from 0.
    pub(super) rows: Range<usize>,
    /// Its files.
    pub(super) outputs: Vec<Output>,
}

/// The volumes of so many cards: one, or with `split` some of so many cards each; where there are sheets, of so many sheets
/// each. The files of a volume then have its number in their names.
pub(super) fn volumes(outputs: &[Output], cards: usize, split: Option<NonZeroUsize>) -> Vec<Volume> {
    let Some(split) = split else {
        return vec![Volume { rows: 0..cards, outputs: outputs.to_vec() }];
    };
    let sheet = outputs.iter().find_map(|output| match output.product {
        Product::Cards(Paper::Sheet(sheet)) => Some(sheet),
        _ => None,
    });
    let (each, used) = sheet.map_or((1, 0), |sheet| (sheet.cards(), sheet.skip));
    let each = split.get().saturating_mul(each);
    let count = (cards + used).div_ceil(each);
    let digits = DIGITS.max(count.to_string().len());
    let volume = |place: usize| Volume {
        rows: (place * each).saturating_sub(used)..((place + 1) * each - used).min(cards),
        outputs: outputs.iter().map(|output| numbered(output, place, digits)).collect(),
    };
    (0..count).map(volume).collect()
}

/// What is still to be made of volumes: without the files that an interrupted run made whole and that are in their places.
pub(super) fn unfinished(
    issuer: &Issuer,
    batch: &Id<Batch>,
    volumes: Vec<Volume>,
) -> Result<Vec<Volume>, Error> {
    let made = issuer.db.read(|conn| Ok::<_, Error>(MadeFile::of_batch(conn, batch)?))?;
    let mut left = Vec::new();
    for Volume { rows, outputs } in volumes {
        let is_whole = |output: &Output| {
            let word = output.product.word();
            let is_it = |file: &&MadeFile| is_of(file, &rows) && word.as_ref() == Some(&file.product);
            let holds = |file: &MadeFile| {
                files::hash(&output.path).is_ok_and(|hash| hash.finalize().as_slice() == file.digest)
            };
            made.iter().find(is_it).is_some_and(holds)
        };
        let outputs: Vec<Output> = outputs.into_iter().filter(|output| !is_whole(output)).collect();
        if !outputs.is_empty() {
            left.push(Volume { rows, outputs });
        }
    }
    Ok(left)
}

/// Whether the rows of a file are these.
fn is_of(file: &MadeFile, rows: &Range<usize>) -> bool {
    let number = |row: i64| usize::try_from(row).ok();
    number(file.first_row) == rows.start.checked_add(1) && number(file.last_row) == Some(rows.end)
}

/// Whether some of these rows stand in volumes that are still to be made, which come in order.
pub(super) fn touches(volumes: &[Volume], rows: &Range<usize>) -> bool {
    let first = volumes.partition_point(|volume| volume.rows.end <= rows.start);
    volumes.get(first).is_some_and(|volume| volume.rows.start < rows.end)
}

/// Whether the slip of a row, from 1, is still to be made.
pub(super) fn has_slip(volumes: &[Volume], row: i64) -> bool {
    let Some(row) = usize::try_from(row).ok().and_then(|row| row.checked_sub(1)) else { return false };
    let of = volumes.get(volumes.partition_point(|volume| volume.rows.end <= row));
    of.is_some_and(|volume| {
        volume.rows.contains(&row) && volume.outputs.iter().any(|output| output.product == Product::Slips)
    })
}

fn numbered(output: &Output, place: usize, digits: usize) -> Output {
    let product = match output.product {
        // The other volumes begin with a fresh sheet.
        Product::Cards(Paper::Sheet(sheet)) if place > 0 => {
            Product::Cards(Paper::Sheet(Sheet { skip: 0, ..sheet }))
        }
        product => product,
    };
    let path = match product {
        // Its pictures have names of their own.
        Product::Proofs => output.path.clone(),
        _ => with_number(&output.path, place + 1, digits),
    };
    Output { product, path }
}

/// `cards.pdf` as `cards-0001.pdf`.
fn with_number(path: &Path, number: usize, digits: usize) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number:0digits$}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Rows, SheetSize, Turned};

    fn output(product: Product, path: &str) -> Output {
        Output { product, path: PathBuf::from(path) }
    }

    fn sheets(skip: usize) -> Product {
        let sheet = Sheet { size: SheetSize::A4, rows: Rows::Five, turned: Turned::LongEdge, skip };
        Product::Cards(Paper::Sheet(sheet))
    }

    #[test]
    fn without_a_split_there_is_one() {
        let outputs = [output(sheets(3), "sheets.pdf")];
        let whole = Volume { rows: 0..25, outputs: outputs.to_vec() };
        assert_eq!(volumes(&outputs, 25, None), [whole]);
    }

    #[test]
    fn each_has_so_many_cards_and_its_number() {
        let outputs =
            [output(Product::Cards(Paper::Card), "new/cards.v1.pdf"), output(Product::Slips, "slips")];
        let volumes = volumes(&outputs, 25, NonZeroUsize::new(10));
        let rows: Vec<_> = volumes.iter().map(|volume| volume.rows.clone()).collect();
        assert_eq!(rows, [0..10, 10..20, 20..25]);
        let names: Vec<_> = volumes[2].outputs.iter().map(|output| output.path.to_str().unwrap()).collect();
        assert_eq!(names, ["new/cards.v1-0003.pdf", "slips-0003"]);
    }

    #[test]
    fn sheets_are_filled_and_only_the_first_was_begun() {
        let outputs = [output(sheets(7), "sheets.pdf"), output(Product::Slips, "slips.pdf")];
        let volumes = volumes(&outputs, 30, NonZeroUsize::new(2));
        let rows: Vec<_> = volumes.iter().map(|volume| volume.rows.clone()).collect();
        assert_eq!(rows, [0..13, 13..30]);
        let products: Vec<_> = volumes.iter().map(|volume| volume.outputs[0].product).collect();
        assert_eq!(products, [sheets(7), sheets(0)]);
        assert_eq!(volumes[1].outputs[1].path, PathBuf::from("slips-0002.pdf"));
    }

    #[test]
    fn ten_thousand_files_stay_in_order() {
        let outputs = [output(Product::Slips, "slips.pdf")];
        let volumes = volumes(&outputs, 10_000, NonZeroUsize::new(1));
        assert_eq!(volumes[0].outputs[0].path, PathBuf::from("slips-00001.pdf"));
        assert_eq!(volumes[9_999].outputs[0].path, PathBuf::from("slips-10000.pdf"));
    }
}
