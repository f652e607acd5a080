//! The page as a site of its own: an installable app that any web server can host, under any path.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::{Part, WORKER, has_core, icon, page, parts};
use crate::words::Words;

/// What a page that any server may host allows itself: its own files, and lists from the city's address.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                      img-src 'self' data: blob:; connect-src 'self' https:; worker-src 'self'; \
                      manifest-src 'self'; form-action 'none'; base-uri 'none'";

/// The icons, with the pixels of a side and what they are for.
const ICONS: [(&str, u32, &str); 3] =
    [("icon-192.png", 192, "any"), ("icon-512.png", 512, "any"), ("icon-maskable.png", 512, "maskable")];

const README: &str = "\
The counter's page. Put this folder on a web server, under any path, with https; open it once on each phone or
tablet, install it from the browser's menu, and load the city's lists into it.

Everything works without more. Where the server's headers can be set, set these too:

  Content-Security-Policy: frame-ancestors 'none'
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
  Permissions-Policy: camera=(self), microphone=(), geolocation=()
  Cache-Control: no-cache

A server of another name that hosts the city's bundle must answer with Access-Control-Allow-Origin, naming this
site or *, and should send an ETag.
";

/// Why no site was written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SiteError {
    /// The page's core is not built in, and no kiosk stands beside a site.
    #[error(
        "this verifier was built without the page's own core, so a site could check nothing; \
         run verifier/wasm-build, build the verifier again, then export"
    )]
    NoCore,
    /// A file cannot be written.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// An icon cannot be drawn.
    #[error("an icon cannot be drawn: {0}")]
    Icon(#[from] image::ImageError),
}

/// Writes the site into `folder`, over an older one. The service worker comes last: what it names is there by then.
///
/// # Errors
/// The core is not built in, or a file cannot be written.
pub fn export(folder: &Path) -> Result<(), SiteError> {
    if !has_core() {
        return Err(SiteError::NoCore);
    }
    let mut files: Vec<(&str, Vec<u8>)> =
        parts().map(|Part { name, content, .. }| (name, content.to_vec())).collect();
    for (name, side, purpose) in ICONS {
        files.push((name, icon::draw(side, purpose == "maskable")?));
    }
    files.push(("manifest.webmanifest", manifest().into_bytes()));
    files.push(("index.html", site_page().into_bytes()));
    let worker = worker(&files);
    files.push(("README.txt", README.into()));
    files.push(("sw.js", worker.into_bytes()));
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for (name, content) in files {
        let path = folder.join(name);
        fs::write(&path, content).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

fn failed(path: &Path, error: io::Error) -> SiteError {
    SiteError::File { path: path.to_owned(), error }
}

fn site_page() -> String {
    let words = Words::built_in();
    let blocked: Vec<String> = words
        .languages()
        .map(|(tag, _)| format!("<h1 lang=\"{tag}\" dir=\"auto\">{}</h1>", words.say(tag, "page-blocked")))
        .collect();
    let head = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n  \
         <meta name=\"referrer\" content=\"no-referrer\">\n  \
         <meta name=\"theme-color\" content=\"{}\">\n  \
         <link rel=\"icon\" href=\"icon-192.png\">\n  \
         <link rel=\"apple-touch-icon\" href=\"icon-192.png\">\n  \
         <link rel=\"manifest\" href=\"manifest.webmanifest\">",
        icon::GROUND
    );
    page("pwa", &head, &format!("<div id=\"blocked\" role=\"alert\" hidden>{}</div>", blocked.concat()))
}

fn manifest() -> String {
    let icons = ICONS.map(|(name, side, purpose)| {
        serde_json::json!({
            "src": name, "sizes": format!("{side}x{side}"), "type": "image/png", "purpose": purpose,
        })
    });
    let manifest = serde_json::json!({
        "id": "./",
        "start_url": "./",
        "scope": "./",
        "name": Words::english().say("en", "page-title"),
        "short_name": Words::english().say("en", "page-title"),
        "display": "standalone",
        "background_color": icon::GROUND,
        "theme_color": icon::GROUND,
        "icons": icons,
    });
    format!("{manifest:#}\n")
}

/// The service worker, named by all that it keeps.
fn worker(files: &[(&str, Vec<u8>)]) -> String {
    let mut digest = Sha256::new_with_prefix(WORKER);
    for (name, content) in files {
        digest.update(format!("{name} {}\n", content.len()));
        digest.update(content);
    }
    let version: Vec<String> = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let version = version.concat();
    let address = |name: &str| if name == "index.html" { "./".to_owned() } else { format!("./{name}") };
    let names: Vec<String> = files.iter().map(|(name, _)| address(name)).collect();
    WORKER
        .replace("const VERSION = \"\";", &format!("const VERSION = \"{version}\";"))
        .replace("const FILES = [];", &format!("const FILES = {};", serde_json::json!(names)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<(&'static str, Vec<u8>)> {
        vec![("index.html", b"page".to_vec()), ("counter.js", b"code".to_vec())]
    }

    #[test]
    fn a_change_in_any_file_is_a_new_version() {
        let mut changed = files();
        changed[1].1.push(b' ');
        assert_ne!(worker(&files()), worker(&changed));
        assert_eq!(worker(&files()), worker(&files()));
        assert!(worker(&files()).contains(r#"const FILES = ["./","./counter.js"];"#));
        assert!(!worker(&files()).contains(r#"const VERSION = "";"#));
    }

    #[test]
    fn the_page_knows_its_home_and_names_nothing_from_the_root_of_the_server() {
        let site = site_page();
        assert!(site.contains("data-home=\"pwa\""));
        assert!(site.contains("http-equiv=\"Content-Security-Policy\""));
        assert!(site.contains("<h1 lang=\"ar\""));
        for attribute in ["href=\"/", "src=\"/", "<!--"] {
            assert!(!site.contains(attribute), "{attribute}");
            assert!(!super::super::kiosk_page().contains(attribute), "{attribute}");
        }
        assert!(super::super::kiosk_page().contains("data-home=\"kiosk\""));
    }

    #[test]
    fn a_site_is_whole_or_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let written = export(&folder.path().join("site"));
        if !has_core() {
            assert!(written.unwrap_err().to_string().contains("verifier/wasm-build"));
            assert!(!folder.path().join("site").exists());
            return;
        }
        written.unwrap();
        let worker = fs::read_to_string(folder.path().join("site/sw.js")).unwrap();
        let names = worker.lines().find_map(|line| line.strip_prefix("const FILES = ")).unwrap();
        let names: Vec<String> = serde_json::from_str(names.trim_end_matches(';')).unwrap();
        assert!(names.contains(&"./core.wasm".to_owned()));
        for name in names.iter().filter(|name| *name != "./") {
            assert!(folder.path().join("site").join(name).is_file(), "{name}");
        }
    }
}
