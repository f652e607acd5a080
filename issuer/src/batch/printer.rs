//! From signed cards to the files of a batch, some cards at a time.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::output::Output;
use super::run::entry;
use super::slip::slip;
use super::volume::Volume;
use super::{Product, print};
use crate::card::{CardPages, Press, SlipPages};
use crate::db::Id;
use crate::db::act::{Act, Actor};
use crate::db::batch::Batch;
use crate::db::batch_file::MadeFile;
use crate::files::{Nameless, Ready, place_all};
use crate::issuance::IssuedCard;
use crate::{Error, Issuer, crash, files};

/// Prints a batch, volume by volume.
pub(super) struct Printer<'a> {
    pub(super) press: &'a Press,
    pub(super) issuer: &'a Issuer,
    pub(super) batch: &'a Id<Batch>,
    pub(super) actor: &'a Actor,
    pub(super) now: DateTime<Utc>,
    /// Those that are not finished, without the files that are.
    pub(super) volumes: &'a [Volume],
    /// Whether they are one of several.
    pub(super) split: bool,
    /// The files of the volume under way.
    pub(super) open: Vec<Making<'a>>,
}

/// A file under way.
pub(super) enum Making<'a> {
    Cards(Box<(CardPages<'a>, Nameless)>, Product),
    Slips(Option<Box<(SlipPages<'a>, Nameless)>>, PathBuf),
    Proofs(PathBuf),
}

impl<'a> Printer<'a> {
    /// Prints the cards of the rows from `before` on, from 0. All rows of a volume come in order.
    pub(super) fn add(&mut self, before: usize, cards: &[IssuedCard]) -> Result<(), Error> {
        let after = before + cards.len();
        let touched = self.volumes.partition_point(|volume| volume.rows.end <= before);
        for volume in self.volumes.iter().skip(touched).take_while(|volume| volume.rows.start < after) {
            let rows = volume.rows.start.max(before)..volume.rows.end.min(after);
            let Some(of_volume) = cards.get(rows.start - before..rows.end - before) else { continue };
            if rows.start == volume.rows.start {
                let begun = volume.outputs.iter().map(|output| self.begin(output));
                self.open = begun.collect::<Result<_, _>>()?;
            }
            for making in &mut self.open {
                making.add(self.press, self.issuer, of_volume, self.now)?;
            }
            if rows.end == volume.rows.end {
                self.finish(volume)?;
            }
        }
        Ok(())
    }

    fn begin(&self, output: &Output) -> Result<Making<'a>, Error> {
        let path = &output.path;
        Ok(match output.product {
            Product::Cards(paper) => {
                let pages = self.press.begin_cards(paper, self.now);
                Making::Cards(Box::new((pages, Nameless::new(path)?)), output.product)
            }
            Product::Slips => Making::Slips(None, path.clone()),
            Product::Proofs => Making::Proofs(path.clone()),
        })
    }

    /// Puts the files of a volume in their places, once all are whole. The database knows them by then: one that is in its
    /// place is never made again.
    fn finish(&mut self, volume: &Volume) -> Result<(), Error> {
        let mut ready = Vec::new();
        let mut made = Vec::new();
        for making in std::mem::take(&mut self.open) {
            let Some((product, file)) = making.ready(self.split)? else { continue };
            let row = |row: usize| i64::try_from(row).unwrap_or(i64::MAX);
            made.push(MadeFile {
                batch_id: self.batch.clone(),
                product: product.word().unwrap_or_default(),
                first_row: row(volume.rows.start + 1),
                last_row: row(volume.rows.end),
                digest: file.digest().to_vec(),
                made_at: self.now.into(),
            });
            ready.push(file);
        }
        if !made.is_empty() {
            self.issuer.db.write(|tx| {
                for file in &made {
                    file.put(tx.conn())?;
                }
                crash::point("batch.noting");
                tx.audit(entry(Act::BatchPrinted, self.batch, self.actor, self.now))?;
                Ok::<_, Error>(())
            })?;
            crash::point("batch.noted");
        }
        place_all(ready)
    }
}

impl<'a> Making<'a> {
    fn add(
        &mut self,
        press: &'a Press,
        issuer: &Issuer,
        cards: &[IssuedCard],
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        match self {
            Self::Cards(begun, _) => {
                let (pages, file) = begun.as_mut();
                let cards: Vec<_> =
                    cards.iter().map(|card| print::printable(press, &issuer.city, card)).collect();
                pages.add(&cards)?;
                file.write(&pages.take())
            }
            Self::Slips(begun, path) => {
                let slips: Vec<_> =
                    cards.iter().filter_map(|card| slip(press, &issuer.city, card, now)).collect();
                if slips.is_empty() {
                    return Ok(());
                }
                if begun.is_none() {
                    *begun = Some(Box::new((press.begin_slips(now), Nameless::new(path)?)));
                }
                let Some(begun) = begun else { return Ok(()) };
                let (pages, file) = begun.as_mut();
                pages.add(&slips)?;
                file.write(&pages.take())
            }
            Self::Proofs(folder) => files::replace_all_private(&print::proofs(press, issuer, cards, folder)?),
        }
    }

    /// The whole file, if there is one. Of several volumes one may have no slips, all of them none only by mistake.
    fn ready(self, split: bool) -> Result<Option<(Product, Ready)>, Error> {
        let (product, last, mut file) = match self {
            Self::Cards(begun, product) => {
                let (pages, file) = *begun;
                (product, pages.finish()?, file)
            }
            Self::Slips(Some(begun), _) => {
                let (pages, file) = *begun;
                (Product::Slips, pages.finish()?, file)
            }
            Self::Slips(None, _) if !split => {
                return Err(print::no_slips());
            }
            Self::Slips(None, _) | Self::Proofs(_) => return Ok(None),
        };
        file.write(&last)?;
        Ok(Some((product, file.ready()?)))
    }
}
