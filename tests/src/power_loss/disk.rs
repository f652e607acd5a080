//! A disk that keeps what was synced, and of the rest what chance leaves.
//!
//! A file is an inode with what is on the disk and the changes since; each of these is kept, dropped, or, where it wrote
//! more than a sector, torn: any of its sectors may be there. The names in a folder change in order, and a crash leaves
//! the first so many of the changes since the folder was synced. This is weaker than what ext4 promises.

#![expect(
    clippy::indexing_slicing,
    reason = "an inode that is not there is a fault of the model: stop there, loudly"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Event;

const SECTOR: usize = 512;

/// Numbers that look random, from a seed.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// Another sequence for each seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let end = u64::try_from(end.max(1)).unwrap();
        usize::try_from((mixed ^ (mixed >> 31)) % end).unwrap()
    }
}

#[derive(Debug, Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

#[derive(Debug, Clone, Default)]
struct Inode {
    on_disk: Vec<u8>,
    changes: Vec<Change>,
    /// How long the file is for the program.
    length: usize,
}

#[derive(Debug, Clone)]
enum Naming {
    Give(String, usize),
    Take(String),
}

/// The disk.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    inodes: Vec<Inode>,
    /// As the program sees them.
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// Changes of names since their folder was synced, in order.
    namings: Vec<Naming>,
}

impl Disk {
    /// A disk with all files below a folder on it.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let mut disk = Self::default();
        disk.take_in(folder, "");
        disk.durable_names.clone_from(&disk.names);
        disk
    }

    fn take_in(&mut self, folder: &Path, above: &str) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{above}{}", path.file_name().unwrap().to_string_lossy());
            if path.is_dir() {
                self.take_in(&path, &format!("{name}/"));
            } else {
                let on_disk = fs::read(&path).unwrap();
                self.names.insert(name, self.inodes.len());
                self.inodes.push(Inode { length: on_disk.len(), on_disk, changes: Vec::new() });
            }
        }
    }

    /// Lets something happen.
    pub fn happens(&mut self, event: &Event) {
        match event {
            Event::Create(path) => drop(self.inode(path)),
            Event::Write(path, offset, data) => {
                let inode = self.inode(path);
                let inode = &mut self.inodes[inode];
                let offset = offset.unwrap_or(inode.length);
                inode.length = inode.length.max(offset + data.len());
                inode.changes.push(Change::Write(offset, data.clone()));
            }
            Event::Truncate(path, length) => {
                let inode = self.inode(path);
                let inode = &mut self.inodes[inode];
                inode.length = *length;
                inode.changes.push(Change::Truncate(*length));
            }
            Event::Sync(path) => match self.names.get(path) {
                Some(inode) => self.inodes[*inode].sync(),
                None => self.sync_folder(path),
            },
            Event::Name(old, from, to) => {
                let Some(inode) = self.names.get(from).copied() else { return };
                self.give(to, inode);
                if let Some(old) = old {
                    self.take(old);
                }
            }
            Event::Unlink(path) => self.take(path),
            Event::Acknowledged(_) => {}
        }
    }

    fn inode(&mut self, path: &str) -> usize {
        if let Some(inode) = self.names.get(path) {
            return *inode;
        }
        self.inodes.push(Inode::default());
        self.give(path, self.inodes.len() - 1);
        self.inodes.len() - 1
    }

    fn give(&mut self, path: &str, inode: usize) {
        self.names.insert(path.to_owned(), inode);
        self.namings.push(Naming::Give(path.to_owned(), inode));
    }

    fn take(&mut self, path: &str) {
        if self.names.remove(path).is_some() {
            self.namings.push(Naming::Take(path.to_owned()));
        }
    }

    fn sync_folder(&mut self, folder: &str) {
        let (of_folder, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.namings).into_iter().partition(|naming| naming.folder() == folder);
        self.namings = others;
        for naming in of_folder {
            naming.apply(&mut self.durable_names);
        }
    }

    /// How many changes of a file are not on the disk for certain.
    #[must_use]
    pub fn at_stake(&self, path: &str) -> usize {
        self.names.get(path).map_or(0, |inode| self.inodes[*inode].changes.len())
    }

    /// Writes what may be left after a crash into a folder: the files whose names are given.
    pub fn crash_into(&self, folder: &Path, chance: &mut Chance) {
        let mut names = self.durable_names.clone();
        let survive = chance.below(self.namings.len() + 1);
        for naming in self.namings.iter().take(survive) {
            naming.clone().apply(&mut names);
        }
        // Now and then all or nothing of what was not synced.
        let mood = Mood::of(chance);
        for (name, inode) in names {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, self.inodes[inode].after_crash(mood, chance)).unwrap();
            private(&path);
        }
    }
}

fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Nothing,
    Everything,
    Chance,
}

impl Mood {
    fn of(chance: &mut Chance) -> Self {
        match chance.below(8) {
            0 => Self::Nothing,
            1 => Self::Everything,
            _ => Self::Chance,
        }
    }
}

impl Inode {
    fn sync(&mut self) {
        for change in std::mem::take(&mut self.changes) {
            change.apply(&mut self.on_disk);
        }
    }

    fn after_crash(&self, mood: Mood, chance: &mut Chance) -> Vec<u8> {
        let mut content = self.on_disk.clone();
        if mood == Mood::Nothing {
            return content;
        }
        for change in &self.changes {
            match (mood, chance.below(3), change) {
                (Mood::Everything, ..) | (_, 0, _) => change.clone().apply(&mut content),
                (_, 1, Change::Write(offset, data)) => tear(*offset, data, &mut content, chance),
                _ => {}
            }
        }
        content
    }
}

/// Some sectors of a write.
fn tear(offset: usize, data: &[u8], content: &mut Vec<u8>, chance: &mut Chance) {
    let mut from = 0;
    while from < data.len() {
        let to = data.len().min(from + SECTOR - (offset + from) % SECTOR);
        if chance.below(2) == 0 {
            Change::Write(offset + from, data[from..to].to_vec()).apply(content);
        }
        from = to;
    }
}

impl Change {
    fn apply(self, content: &mut Vec<u8>) {
        match self {
            Self::Truncate(length) => content.resize(length, 0),
            Self::Write(offset, data) => {
                if content.len() < offset + data.len() {
                    content.resize(offset + data.len(), 0);
                }
                content[offset..offset + data.len()].copy_from_slice(&data);
            }
        }
    }
}

impl Naming {
    fn folder(&self) -> &str {
        let (Self::Give(path, _) | Self::Take(path)) = self;
        path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    fn apply(self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Give(path, inode) => drop(names.insert(path, inode)),
            Self::Take(path) => drop(names.remove(&path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(events: &[Event], seeds: u64) -> Vec<BTreeMap<String, Vec<u8>>> {
        let mut disk = Disk::default();
        for event in events {
            disk.happens(event);
        }
        let after = |seed| {
            let dir = tempfile::tempdir().unwrap();
            disk.crash_into(dir.path(), &mut Chance::new(seed));
            let read = |entry: fs::DirEntry| {
                (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
            };
            fs::read_dir(dir.path()).unwrap().map(|entry| read(entry.unwrap())).collect()
        };
        (0..seeds).map(after).collect()
    }

    #[test]
    fn what_is_synced_stays_and_the_rest_may_go() {
        let path = || "a".to_owned();
        let written = [
            Event::Create(path()),
            Event::Write(path(), Some(0), vec![1; 1024]),
            Event::Sync(path()),
            Event::Sync(String::new()),
        ];
        let whole = BTreeMap::from([(path(), vec![1; 1024])]);
        assert!(left(&written, 50).iter().all(|left| *left == whole));
        // Neither the name nor what was written over is certain.
        assert!(left(&written[..3], 50).iter().any(BTreeMap::is_empty));
        let over = [&written[..], &[Event::Write(path(), Some(0), vec![2; 1024])]].concat();
        let seen: std::collections::BTreeSet<_> =
            left(&over, 200).iter().map(|left| [left["a"][0], left["a"][512]]).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [[1, 1], [1, 2], [2, 1], [2, 2]]);
        let gone = [&written[..], &[Event::Unlink(path())]].concat();
        let gone = left(&gone, 50).iter().filter(|left| left.is_empty()).count();
        assert!((1..50).contains(&gone), "{gone}");
    }
}
