//! The fonts this machine can print with: DejaVu built in, the system's for everything else.

use std::fmt;
use std::sync::OnceLock;

use fontdb::{Database, Style};
use harfrust::Font;
use harfrust::font::Blob;
use serde::Deserialize;
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, MetadataProvider as _};

use crate::card::scripts::Region;

/// Every font a card can be printed with. Made once; a font is read when the first character needs it.
pub struct Fonts {
    faces: Vec<Face>,
    system: Database,
}

impl Fonts {
    /// DejaVu Sans, and with `with_system` also the fonts installed on this machine.
    #[must_use]
    pub fn new(with_system: bool) -> Self {
        let mut system = Database::new();
        if with_system {
            system.load_system_fonts();
        }
        let mut faces = vec![
            Face::new("DejaVuSans", Weight::Regular, Origin::BuiltIn(dejavu::sans::regular())),
            Face::new("DejaVuSans-Bold", Weight::Bold, Origin::BuiltIn(dejavu::sans::bold())),
        ];
        let narrow = [
            ("DejaVuSansCondensed", Weight::Regular, dejavu::sans_condensed::regular()),
            ("DejaVuSansCondensed-Bold", Weight::Bold, dejavu::sans_condensed::bold()),
        ];
        faces.extend(narrow.map(|(name, weight, bytes)| Face {
            narrow: true,
            ..Face::new(name, weight, Origin::BuiltIn(bytes))
        }));
        faces.extend(system_faces(&system));
        Self { faces, system }
    }

    /// The first font that has every character: narrow ones first where that is asked for, then fonts of the weight
    /// asked for, and of these the region's own.
    pub(super) fn covering(&self, cut: Cut, characters: &[char]) -> Option<FaceId> {
        let covers = |face: &Face| characters.iter().all(|character| self.covers(face, *character));
        let turn = |face: &Face| {
            let other_weight = face.weight != cut.weight;
            let other_region = face.region.is_some_and(|region| region != cut.region);
            match (face.narrow, other_weight, other_region) {
                (true, false, _) => cut.narrow.then_some(0),
                (true, true, _) => None,
                (false, false, false) => Some(1),
                (false, false, true) => Some(2),
                (false, true, false) => Some(3),
                (false, true, true) => Some(4),
            }
        };
        let in_turn =
            |wanted| self.faces.iter().position(move |face| turn(face) == Some(wanted) && covers(face));
        (0..=4).find_map(in_turn).map(FaceId)
    }

    /// The PostScript name of a font.
    pub(super) fn name(&self, face: FaceId) -> &str {
        self.faces.get(face.0).map_or("", |face| &face.name)
    }

    /// How heavy a font is.
    pub(super) fn weight(&self, face: FaceId) -> Weight {
        self.faces.get(face.0).map_or(Weight::Regular, |face| face.weight)
    }

    /// A font ready for shaping; `None` if its file has gone or is damaged.
    pub(super) fn loaded(&self, face: FaceId) -> Option<&Loaded> {
        let face = self.faces.get(face.0)?;
        face.loaded
            .get_or_init(|| match face.origin {
                Origin::BuiltIn(bytes) => Loaded::new(Blob::from(bytes), 0),
                Origin::System(id) => self
                    .system
                    .with_face_data(id, |bytes, index| (bytes.to_vec(), index))
                    .and_then(|(bytes, index)| Loaded::new(Blob::from(bytes), index)),
            })
            .as_ref()
    }

    fn covers(&self, face: &Face, character: char) -> bool {
        let coverage = face.coverage.get_or_init(|| match face.origin {
            Origin::BuiltIn(bytes) => Coverage::of(bytes, 0),
            Origin::System(id) => self.system.with_face_data(id, Coverage::of).unwrap_or_default(),
        });
        coverage.has(character)
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Fonts").field("faces", &self.faces.len()).finish_non_exhaustive()
    }
}

/// Names one font of a [`Fonts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FaceId(usize);

impl fmt::Display for FaceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// How heavy a font is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Hash)]
#[serde(rename_all = "lowercase")]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// The kind of font wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    pub(super) weight: Weight,
    /// Rather one with narrow letters.
    pub(super) narrow: bool,
    pub(super) region: Region,
}

/// A font in memory, with the measures a PDF asks for.
pub(super) struct Loaded {
    pub(super) bytes: Blob,
    pub(super) index: u32,
    pub(super) font: Font,
    pub(super) units_per_em: f32,
    pub(super) ascent: f32,
    pub(super) descent: f32,
    /// Left, bottom, right and top of the largest glyphs.
    pub(super) bounds: [f32; 4],
}

impl Loaded {
    fn new(bytes: Blob, index: u32) -> Option<Self> {
        let font = Font::new(bytes.clone(), index)?;
        let metrics =
            FontRef::from_index(&bytes, index).ok()?.metrics(Size::unscaled(), LocationRef::default());
        let bounds = metrics
            .bounds
            .map_or([0.0; 4], |bounds| [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max]);
        let units_per_em = f32::from(metrics.units_per_em);
        (units_per_em > 0.0).then_some(Self {
            bytes,
            index,
            font,
            units_per_em,
            ascent: metrics.ascent,
            descent: metrics.descent,
            bounds,
        })
    }

    /// Font units as thousandths of an em.
    pub(super) fn per_mille(&self, units: f32) -> f32 {
        units * 1000.0 / self.units_per_em
    }
}

struct Face {
    name: String,
    weight: Weight,
    narrow: bool,
    region: Option<Region>,
    origin: Origin,
    coverage: OnceLock<Coverage>,
    loaded: OnceLock<Option<Loaded>>,
}

impl Face {
    fn new(name: &str, weight: Weight, origin: Origin) -> Self {
        Self {
            name: name.to_owned(),
            weight,
            narrow: false,
            region: Region::of_font(name),
            origin,
            coverage: OnceLock::new(),
            loaded: OnceLock::new(),
        }
    }
}

enum Origin {
    BuiltIn(&'static [u8]),
    System(fontdb::ID),
}

/// The characters a font has, as ascending ranges.
#[derive(Default)]
struct Coverage(Vec<(u32, u32)>);

impl Coverage {
    fn of(bytes: &[u8], index: u32) -> Self {
        let Ok(font) = FontRef::from_index(bytes, index) else { return Self::default() };
        // Bitmap and CFF2 fonts cannot be subset for print.
        if font.glyf().is_err() && font.cff().is_err() {
            return Self::default();
        }
        let mut characters: Vec<u32> = font.charmap().mappings().map(|(character, _)| character).collect();
        characters.sort_unstable();
        characters.dedup();
        let ranges = characters.chunk_by(|a, b| a + 1 == *b);
        Self(ranges.filter_map(|range| Some((*range.first()?, *range.last()?))).collect())
    }

    fn has(&self, character: char) -> bool {
        let character = u32::from(character);
        let after = self.0.partition_point(|(first, _)| *first <= character);
        after.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|(_, last)| character <= *last)
    }
}

/// The system's upright fonts of normal width, plain sans serifs first, always in the same order.
fn system_faces(system: &Database) -> Vec<Face> {
    let mut ranked: Vec<_> = system
        .faces()
        .filter(|face| {
            face.style == Style::Normal && face.stretch == fontdb::Stretch::Normal && !face.monospaced
        })
        .filter_map(|face| {
            let weight = match face.weight {
                fontdb::Weight::NORMAL => Weight::Regular,
                fontdb::Weight::BOLD => Weight::Bold,
                _ => return None,
            };
            let (family, _) = face.families.first()?;
            Some((rank(family), &face.post_script_name, face.index, weight, face.id))
        })
        .collect();
    ranked.sort_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)));
    ranked.into_iter().map(|(_, name, _, weight, id)| Face::new(name, weight, Origin::System(id))).collect()
}

fn rank(family: &str) -> u8 {
    if family == "Noto Sans" {
        0
    } else if family.starts_with("Noto Sans") {
        1
    } else if family.starts_with("Noto Serif") {
        2
    } else if family.starts_with("Noto") {
        3
    } else {
        4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(weight: Weight) -> Cut {
        Cut { weight, narrow: false, region: Region::Mainland }
    }

    #[test]
    fn the_built_in_fonts_cover_their_scripts_in_both_weights() {
        let fonts = Fonts::new(false);
        for name in ["Zoë Nguyễn", "Ελένη", "Дмитро", "ليلى", "שרה", "Անի", "ნინო"]
        {
            let characters: Vec<char> = name.chars().filter(|character| *character != ' ').collect();
            assert!(fonts.covering(cut(Weight::Regular), &characters).is_some(), "{name}");
            assert!(fonts.covering(cut(Weight::Bold), &characters).is_some(), "{name}");
        }
        assert_eq!(fonts.covering(cut(Weight::Regular), &['অ']), None);
    }

    #[test]
    fn the_weight_asked_for_comes_first() {
        let fonts = Fonts::new(false);
        let bold = fonts.covering(cut(Weight::Bold), &['a']).unwrap();
        assert_eq!(fonts.name(bold), "DejaVuSans-Bold");
        let regular = fonts.covering(cut(Weight::Regular), &['a']).unwrap();
        assert_eq!(fonts.name(regular), "DejaVuSans");
        let narrow = Cut { narrow: true, ..cut(Weight::Bold) };
        assert_eq!(fonts.name(fonts.covering(narrow, &['a']).unwrap()), "DejaVuSansCondensed-Bold");
        let loaded = fonts.loaded(regular).unwrap();
        assert!((loaded.per_mille(2048.0) - 1000.0).abs() < 1e-3);
    }
}
