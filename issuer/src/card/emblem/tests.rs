use super::*;

fn svg(inside: &str) -> Vec<u8> {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         viewBox=\"0 0 24 12\">\n{inside}</svg>"
    )
    .into_bytes()
}

fn refusal(inside: &str) -> EmblemError {
    Emblem::read(&svg(inside)).expect_err(inside)
}

fn png(picture: &RgbaImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

fn pixel(emblem: &Emblem, x: u32, y: u32) -> [u8; 4] {
    emblem.pixels.get_pixel(x, y).0
}

#[test]
fn a_drawing_becomes_pixels_on_nothing() {
    let emblem = Emblem::read(&svg("<style>.a{fill:url(#g)}</style>\
         <defs><linearGradient id=\"g\"><stop stop-color=\"#0a5466\"/></linearGradient>\
         <rect id=\"r\" width=\"6\" height=\"12\"/></defs>\
         <use xlink:href=\"#r\" class=\"a\"/>\
         <rect x=\"18\" width=\"6\" height=\"12\" fill=\"red\" opacity=\".5\"/>"))
    .unwrap();
    assert_eq!(emblem.size(), (480, 240));
    assert_eq!(emblem.rgba().len(), 480 * 240 * 4);
    assert_eq!(pixel(&emblem, 10, 120), [0x0a, 0x54, 0x66, 255]);
    assert_eq!(pixel(&emblem, 240, 120), [0; 4]);
    let [red, 0, 0, 127 | 128] = pixel(&emblem, 470, 120) else { panic!("{:?}", pixel(&emblem, 470, 120)) };
    assert_eq!(red, 255, "not multiplied by alpha");
}

#[test]
fn the_built_in_emblem_is_taken() {
    let emblem = Emblem::read(BUILT_IN).unwrap();
    assert_eq!(emblem.size(), (480, 480));
    assert_eq!(pixel(&emblem, 0, 0), [0; 4]);
    assert_eq!(pixel(&emblem, 240, 5), [0x0a, 0x54, 0x66, 255]);
}

#[test]
fn a_png_keeps_its_pixels_and_a_large_one_shrinks() {
    let mut picture = RgbaImage::from_pixel(300, 100, image::Rgba([10, 84, 102, 200]));
    picture.put_pixel(7, 9, image::Rgba([1, 2, 3, 4]));
    let emblem = Emblem::read(&png(&picture)).unwrap();
    assert_eq!((emblem.size(), emblem.rgba()), ((300, 100), picture.as_raw().as_slice()));
    let large = RgbaImage::from_pixel(1000, 500, image::Rgba([10, 84, 102, 255]));
    let emblem = Emblem::read(&png(&large)).unwrap();
    assert_eq!((emblem.size(), pixel(&emblem, 200, 100)), ((480, 240), [10, 84, 102, 255]));
}

#[test]
fn other_pngs_are_refused() {
    let good = png(&RgbaImage::from_pixel(100, 100, image::Rgba([9; 4])));
    assert!(matches!(Emblem::read(&good[..good.len() - 20]), Err(EmblemError::CutShort)));
    let mut damaged = good.clone();
    damaged[45] ^= 0xFF;
    assert!(matches!(Emblem::read(&damaged), Err(EmblemError::Damaged(_))));
    let control = b"\0\0\0\x08acTL\0\0\0\x02\0\0\0\0\0\0\0\0";
    let moving = [&good[..33], control, &good[33..]].concat();
    assert!(matches!(Emblem::read(&moving), Err(EmblemError::Animation)));
    let long = png(&RgbaImage::from_pixel(401, 100, image::Rgba([9; 4])));
    assert!(matches!(Emblem::read(&long), Err(EmblemError::TooLong { .. })));
    let huge = png(&RgbaImage::from_pixel(2001, 2000, image::Rgba([9; 4])));
    assert!(matches!(Emblem::read(&huge), Err(EmblemError::TooManyPixels { width: 2001, height: 2000 })));
    assert!(matches!(Emblem::read(&png(&RgbaImage::new(50, 50))), Err(EmblemError::Blank)));
    let heavy = [PNG_START, &vec![0; MAX_PNG_BYTES]].concat();
    assert!(matches!(
        Emblem::read(&heavy),
        Err(EmblemError::TooManyBytes { bytes: 2_000_008, most: MAX_PNG_BYTES })
    ));
}

#[test]
fn other_files_are_refused() {
    for bytes in [&b""[..], b"GIF89a", b"\xFF\xD8\xFF\xE0", b"\x1f\x8b\x08", b"<html/>", b"<svg/>"] {
        assert!(matches!(Emblem::read(bytes), Err(EmblemError::UnknownFormat)), "{bytes:?}");
    }
    let heavy = vec![b' '; MAX_SVG_BYTES + 1];
    assert!(matches!(Emblem::read(&heavy), Err(EmblemError::TooManyBytes { most: MAX_SVG_BYTES, .. })));
    assert!(matches!(refusal("<g>"), EmblemError::Xml(_)));
    assert!(matches!(refusal("<g/>"), EmblemError::Blank));
    let wide = b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1e30\" height=\"1\"/>";
    assert!(matches!(Emblem::read(wide), Err(EmblemError::TooLong { .. })));
    let flat = b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"-1\"/>";
    assert!(matches!(Emblem::read(flat), Err(EmblemError::Draw(_))));
}

#[test]
fn document_types_and_instructions_are_refused() {
    let laughs = b"<!DOCTYPE svg [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>\
                   <svg xmlns=\"http://www.w3.org/2000/svg\"><title>&b;</title></svg>";
    assert!(matches!(Emblem::read(laughs), Err(EmblemError::DocumentType)));
    assert!(matches!(refusal("<title>&b;</title>"), EmblemError::Xml(_)));
    let sheet = refusal("<?xml-stylesheet href=\"a.css\"?>");
    assert!(matches!(sheet, EmblemError::Instruction { line: 2, target } if target == "xml-stylesheet"));
}

#[test]
fn elements_that_are_no_shapes_are_refused() {
    for name in
        ["script", "foreignObject", "image", "text", "a", "filter", "marker", "animate", "set", "switch"]
    {
        let EmblemError::Element { line: 3, name: found } = refusal(&format!("<g>\n<{name}/></g>")) else {
            panic!("{name}");
        };
        assert_eq!(found, name);
    }
    let foreign = refusal("<h:Script xmlns:h=\"http://www.w3.org/1999/xhtml\"/>");
    assert!(matches!(foreign, EmblemError::Element { .. }));
    assert_eq!(refusal("<text/>").to_string(), "line 2: an emblem has no <text>; turn the text into paths");
}

#[test]
fn scripts_in_attributes_are_refused() {
    for name in ["onload", "onClick"] {
        let refused = refusal(&format!("<g {name}=\"go()\"/>"));
        assert!(matches!(refused, EmblemError::EventAttribute { line: 2, name: found } if found == name));
    }
}

#[test]
fn references_to_the_outside_are_refused() {
    for reference in ["a.svg#r", "https://a.example/", "data:image/png;base64,AA", "javascript:go", ""] {
        for inside in [
            format!("<use href=\"{reference}\"/>"),
            format!("<use xlink:href=\"{reference}\"/>"),
            format!("<rect fill=\"url({reference})\"/>"),
            format!("<rect style=\"mask: URL( '{reference}' )\"/>"),
            format!("<style>.a{{fill:url(&quot;{reference}&quot;)}}</style>"),
        ] {
            let refused = refusal(&inside);
            let EmblemError::ExternalReference { line: 2, reference: found } = refused else {
                panic!("{inside}: {refused}");
            };
            assert_eq!(found, reference);
        }
    }
}

#[test]
fn styles_that_import_hide_or_draw_are_refused() {
    for (inside, expected) in [
        ("<style>@IMPORT 'a.css';</style>", "@import"),
        ("<style><![CDATA[.a{fill:u\\72l(a)}]]></style>", "\\"),
        ("<g style=\"fill:u\\72l(a)\"/>", "\\"),
        ("<g style=\"filter:blur(9px)\"/>", "filter"),
        ("<mask id=\"m\"/><style>.a{mask:url(#m)}</style>", "url(#m)"),
    ] {
        let refused = refusal(inside);
        let EmblemError::Style { line: 2, found } = refused else { panic!("{inside}: {refused}") };
        assert_eq!(found, expected);
    }
}

#[test]
fn drawings_that_would_take_long_are_refused() {
    let deep = format!("{}{}", "<g>".repeat(30_000), "</g>".repeat(30_000));
    assert!(matches!(refusal(&deep), EmblemError::TooDeep { .. }));
    assert!(matches!(refusal("<g id=\"a\"><use href=\"#a\"/></g>"), EmblemError::TooDeep { .. }));
    let laughs = |reference: &str| {
        let level = |level: usize| {
            let inside = reference.replace("ID", &format!("i{}", level + 1)).repeat(10);
            format!("<g id=\"i{level}\">{inside}</g>")
        };
        (0..9).map(level).collect::<String>()
    };
    for reference in ["<use href=\"#ID\"/>", "<rect mask=\"url(#ID)\"/>", "<rect style=\"fill:url(#ID)\"/>"] {
        assert!(matches!(refusal(&laughs(reference)), EmblemError::TooComplex), "{reference}");
    }
}
