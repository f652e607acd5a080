//! What a browser keeps of a visit: nothing but who is signed in, the language, and the name of the desk.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::rig::Page;

/// How much of all that a page may keep is there.
const KEPT: &str = "const done = arguments[0]; (async () => done([
    localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length, document.cookie,
  ]))().catch((error) => done(String(error)))";

impl Page {
    /// No storage of the browser holds anything, and no file of its profile any of these words.
    pub(super) fn keeps_nothing_of(&self, words: &[&str]) {
        assert_eq!(self.run_later(KEPT, Vec::new()), json!([0, 0, 0, 0, 0, ""]));
        let cookies = self.cdp("Network.getCookies", json!({}));
        let names: Vec<&str> = cookies["cookies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|cookie| cookie["name"].as_str().unwrap())
            .collect();
        assert!(
            names.iter().all(|name| ["__Host-session", "__Host-language", "__Host-desk"].contains(name)),
            "{names:?}"
        );
        let mut files = Vec::new();
        below(self.profile(), &mut files);
        let utf16 = |word: &str| word.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let mut has_address = false;
        for file in &files {
            // A file that the browser takes away meanwhile holds nothing any more.
            let Ok(content) = fs::read(file) else { continue };
            let holds = |form: &[u8]| content.windows(form.len()).any(|window| window == form);
            has_address |= holds(b"127.0.0.1");
            for word in words {
                assert!(!holds(word.as_bytes()) && !holds(&utf16(word)), "{word} is in {}", file.display());
            }
        }
        assert!(has_address, "{} files of the browser, and none knows where it was", files.len());
    }
}

fn below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            below(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}
