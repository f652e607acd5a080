//! What may be in a drawing before it is drawn: shapes, colours and references inside the file.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Attribute, Document, Node};

use crate::card::emblem::EmblemError;

const SVG: &str = "http://www.w3.org/2000/svg";

/// Elements that make shapes, and those that only say something about them.
const SHAPES: [&str; 21] = [
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "g",
    "line",
    "linearGradient",
    "mask",
    "metadata",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "style",
    "svg",
    "symbol",
    "title",
];
/// Elements refused whatever their namespace; others from elsewhere (an editor's notes) are never drawn.
const NOWHERE: [&str; 5] = ["foreignObject", "iframe", "image", "script", "text"];

/// How deep elements may lie inside or refer to each other.
const MAX_DEPTH: u32 = 64;
/// What drawing may cost: [`ELEMENT_COST`] and its attributes' bytes for an element, each time it is drawn.
const MAX_COST: usize = 4_000_000;
const ELEMENT_COST: usize = 200;

/// Bytes of a reference that an error repeats.
const QUOTED: usize = 60;

/// Refuses a drawing that is more than shapes, refers to anything outside or would take long to draw.
pub(super) fn shapes_alone(document: &Document<'_>) -> Result<(), EmblemError> {
    let root = document.root_element();
    if !root.has_tag_name((SVG, "svg")) {
        return Err(EmblemError::UnknownFormat);
    }
    let mut ids: Ids<'_, '_> = HashMap::new();
    for node in document.descendants() {
        if let Some(id) = node.attribute("id") {
            ids.entry(id).or_default().push(node);
        }
    }
    for node in document.descendants() {
        if let Some(instruction) = node.pi() {
            return Err(EmblemError::Instruction { line: line(node), target: instruction.target.into() });
        }
        element(node)?;
        for attribute in node.attributes() {
            check_attribute(node, attribute)?;
        }
        if node.is_element() && node.tag_name().name() == "style" {
            style_sheet(node, &ids)?;
        }
    }
    let mut left = MAX_COST;
    spend(root, &ids, 0, &mut left)
}

/// What to do about an element.
pub(super) fn advice(name: &str) -> &'static str {
    match name {
        "text" | "tspan" | "textPath" => "turn the text into paths",
        "image" | "feImage" => "draw it as shapes or give the emblem as PNG",
        "script" => "delete it",
        _ => "save it as plain SVG of shapes alone or give the emblem as PNG",
    }
}

type Ids<'a, 'input> = HashMap<&'a str, Vec<Node<'a, 'input>>>;

fn line(node: Node<'_, '_>) -> u32 {
    node.document().text_pos_at(node.range().start).row
}

fn element(node: Node<'_, '_>) -> Result<(), EmblemError> {
    let tag = node.tag_name();
    let name = tag.name();
    let refused = if tag.namespace().is_none_or(|namespace| namespace == SVG) {
        name != "use" && !SHAPES.contains(&name)
    } else {
        NOWHERE.iter().any(|refused| refused.eq_ignore_ascii_case(name))
    };
    if node.is_element() && refused {
        return Err(EmblemError::Element { line: line(node), name: name.into() });
    }
    Ok(())
}

fn check_attribute(node: Node<'_, '_>, attribute: Attribute<'_, '_>) -> Result<(), EmblemError> {
    let name = attribute.name().to_ascii_lowercase();
    let value = attribute.value();
    if name.starts_with("on") {
        return Err(EmblemError::EventAttribute { line: line(node), name: attribute.name().into() });
    }
    if name == "href" && !value.trim().starts_with('#') {
        return Err(outside(node, value));
    }
    if name == "style" {
        style(node, value)?;
    }
    urls(value).try_for_each(|url| local(node, url).map(drop))
}

/// A style sheet may refer to colours alone: what else it refers to would be drawn without being counted.
fn style_sheet<'a>(node: Node<'a, '_>, ids: &Ids<'a, '_>) -> Result<(), EmblemError> {
    let sheet: String = node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect();
    style(node, &sheet)?;
    for url in urls(&sheet) {
        let targets = ids.get(local(node, url)?).map_or(&[][..], Vec::as_slice);
        let colour = |target: &Node<'_, '_>| target.tag_name().name().ends_with("Gradient");
        if !targets.iter().all(colour) {
            return Err(EmblemError::Style { line: line(node), found: quoted(&format!("url({url})")) });
        }
    }
    Ok(())
}

fn style(node: Node<'_, '_>, css: &str) -> Result<(), EmblemError> {
    let lower = css.to_ascii_lowercase();
    // A backslash can spell anything in CSS; a filter can take any time.
    for found in ["@import", "\\", "filter"] {
        if lower.contains(found) {
            return Err(EmblemError::Style { line: line(node), found: found.into() });
        }
    }
    Ok(())
}

/// What the `url(…)` of a value hold.
fn urls(value: &str) -> impl Iterator<Item = &str> {
    let starts = value.as_bytes().windows(4).enumerate();
    starts.filter(|(_, word)| word.eq_ignore_ascii_case(b"url(")).filter_map(|(at, _)| {
        let rest = value.get(at + 4..)?;
        let url = rest.split(')').next().unwrap_or(rest);
        Some(url.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\''))
    })
}

fn local<'u>(node: Node<'_, '_>, url: &'u str) -> Result<&'u str, EmblemError> {
    url.strip_prefix('#').ok_or_else(|| outside(node, url))
}

fn outside(node: Node<'_, '_>, reference: &str) -> EmblemError {
    EmblemError::ExternalReference { line: line(node), reference: quoted(reference) }
}

fn quoted(text: &str) -> String {
    text.chars().take(QUOTED).collect()
}

/// Counts an element and all that is drawn with it, as often as it is drawn.
fn spend<'a>(node: Node<'a, '_>, ids: &Ids<'a, '_>, depth: u32, left: &mut usize) -> Result<(), EmblemError> {
    if depth > MAX_DEPTH {
        return Err(EmblemError::TooDeep { most: MAX_DEPTH });
    }
    let attributes: usize = node.attributes().map(|attribute| attribute.value().len()).sum();
    *left = left.checked_sub(ELEMENT_COST + attributes).ok_or(EmblemError::TooComplex)?;
    for attribute in node.attributes() {
        let value = attribute.value();
        let link = value.trim().strip_prefix('#').filter(|_| attribute.name() == "href");
        let urls = urls(value).filter_map(|url| url.strip_prefix('#'));
        for target in link.into_iter().chain(urls).filter_map(|id| ids.get(id)).flatten() {
            spend(*target, ids, depth + 1, left)?;
        }
    }
    for child in node.children().filter(Node::is_element) {
        spend(child, ids, depth + 1, left)?;
    }
    Ok(())
}
