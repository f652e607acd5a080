//! Cards of ours, and what becomes of them when somebody spoils the file.

use chrono::{DateTime, Utc};
use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use super::*;
use crate::card::tests::{card, press, signed};
use crate::card::{Paper, Rows, Sheet, SheetSize, Turned};

const A4: Paper =
    Paper::Sheet(Sheet { size: SheetSize::A4, rows: Rows::Five, turned: Turned::LongEdge, skip: 0 });

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn printed() -> Vec<u8> {
    press().print(&[signed(card("Zoë Müller", None))], now()).unwrap()
}

/// The faults of the card's two codes after its file was changed.
fn spoiled(change: impl FnOnce(&mut Document)) -> [Vec<Fault>; 2] {
    let mut document = Document::load_mem(&printed()).unwrap();
    change(&mut document);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    let found = check(&bytes).unwrap();
    assert_eq!(found.len(), 2);
    [found[0].faults.clone(), found[1].faults.clone()]
}

/// Changes the operators of a page.
fn edit(document: &mut Document, page: u32, change: impl FnOnce(&mut Vec<Operation>)) {
    let id = document.get_pages()[&page];
    let content = document.get_page_content(id);
    let mut content = Content::decode(&content).unwrap();
    change(&mut content.operations);
    document.change_page_content(id, content.encode().unwrap()).unwrap();
}

/// The place of the operator that draws the page's code: its only form with resources of its own.
fn drawing(document: &Document, operations: &[Operation]) -> usize {
    let is_form = |operation: &&Operation| {
        let name = operation.operands[0].as_name().unwrap();
        let id: u32 = std::str::from_utf8(&name[1..]).unwrap().parse().unwrap();
        let stream = document.get_object((id, 0)).unwrap().as_stream().unwrap();
        stream.dict.get(b"Resources").is_ok_and(|resources| resources.as_reference().is_ok())
    };
    let mut drawn = operations.iter().enumerate().filter(|(_, operation)| operation.operator == "Do");
    drawn.find(|(_, operation)| is_form(operation)).unwrap().0
}

/// Changes the matrix that places the code of a page.
fn place(document: &mut Document, page: u32, change: impl FnOnce(&mut [f32; 6])) {
    let shown = document.clone();
    edit(document, page, |operations| {
        let at = drawing(&shown, operations) - 1;
        assert_eq!(operations[at].operator, "cm");
        let mut matrix: [f32; 6] = std::array::from_fn(|n| operations[at].operands[n].as_float().unwrap());
        change(&mut matrix);
        operations[at].operands = matrix.map(Object::Real).to_vec();
    });
}

/// Paints something before or after the code of a page: `(operator, numbers)` in points of the page.
fn paint(document: &mut Document, page: u32, before: bool, painted: &[(&str, &[f32])]) {
    edit(document, page, |operations| {
        let painted = painted
            .iter()
            .map(|(name, numbers)| Operation::new(name, numbers.iter().copied().map(Object::Real).collect()));
        let at = if before { 0 } else { operations.len() };
        operations.splice(at..at, painted);
    });
}

/// The form of a page's code.
fn form(document: &mut Document, page: u32) -> &mut Stream {
    let content = document.get_page_content(document.get_pages()[&page]);
    let operations = Content::decode(&content).unwrap().operations;
    let name = operations[drawing(document, &operations)].operands[0].as_name().unwrap().to_vec();
    let id: u32 = std::str::from_utf8(&name[1..]).unwrap().parse().unwrap();
    document.get_object_mut((id, 0)).unwrap().as_stream_mut().unwrap()
}

#[test]
fn cards_of_ours_are_good_with_their_exact_measures() {
    let found = check(&printed()).unwrap();
    assert_eq!(found.iter().map(|code| code.faults.as_slice()).collect::<Vec<_>>(), [[].as_slice(), &[]]);
    let [identity, service] = &found[..] else { panic!("{found:?}") };
    for code in [identity, service] {
        assert_eq!((code.module_mm, code.dots, code.on_dots, code.turned), (0.423, 5.0, true, 0));
        assert_eq!((code.mode, code.card_known, code.black_on_white), (Some(Mode::Alphanumeric), true, true));
    }
    assert_eq!((identity.page, identity.version, identity.level), (1, 11, Some(ErrorLevel::M)));
    assert_eq!((service.page, service.version, service.level), (2, 22, Some(ErrorLevel::L)));
    // 5 dots a module, 28 dots from the right edge to the white: 638 and 586 dots from the left and from the top.
    let places = |code: &Found| format!("{} {} {}", code.left_mm, code.top_mm, code.edge_mm);
    assert_eq!(places(identity), "55.711 24.215 2.286");
    assert_eq!(identity.quiet.right, Quiet { modules: 5.609, until: Kind::Line });
    assert_eq!(places(service), "36.407 4.741 3.048");
    assert_eq!(service.quiet.above, Quiet { modules: 11.2, until: Kind::Edge });
    let line = identity.to_string();
    assert!(line.starts_with("page 1: code 11-M, upper-case alphanumeric, 55.7 mm from the left"), "{line}");
    assert!(line.contains("module 0.423 mm (5.00 dots at 300 dpi, on whole dots)"), "{line}");
}

#[test]
fn sheets_are_measured_from_their_cut_marks() {
    let cards: Vec<_> = ["Zoë Müller", "Ana Novak", "Bo Ek"].map(|name| signed(card(name, None))).into();
    let alone = check(&printed()).unwrap();
    for turned in [Turned::LongEdge, Turned::ShortEdge] {
        let Paper::Sheet(sheet) = A4 else { panic!() };
        let pdf = press().print_on(Paper::Sheet(Sheet { turned, ..sheet }), &cards, now()).unwrap();
        let found = check(&pdf).unwrap();
        assert_eq!(found.len(), 6);
        for code in &found {
            assert_eq!(code.faults, []);
            let [identity, service] = &alone[..] else { panic!() };
            let same = if code.page == 1 { identity } else { service };
            assert_eq!((code.edge_mm, code.card_known, code.on_dots), (same.edge_mm, true, true));
            assert_eq!((code.version, code.mask, code.mode), (same.version, same.mask, same.mode));
            let backs_turned = code.page == 2 && turned == Turned::ShortEdge;
            assert_eq!(code.turned, if backs_turned { 180 } else { 0 });
        }
    }
}

#[test]
fn a_code_made_smaller_is_refused() {
    let [identity, service] = spoiled(|document| {
        place(document, 2, |matrix| {
            matrix[0] = 1.1;
            matrix[3] = 1.1;
        });
    });
    assert_eq!((identity, service), (vec![], vec![Fault::SmallModule { module_mm: 0.388 }]));
}

#[test]
fn a_stretched_code_is_refused() {
    let [_, service] = spoiled(|document| place(document, 2, |matrix| matrix[0] = 1.25));
    assert_eq!(service, [Fault::Stretched { across_mm: 0.441, down_mm: 0.423 }]);
}

#[test]
fn codes_aslant_or_mirrored_are_refused() {
    let [_, service] = spoiled(|document| {
        place(document, 2, |matrix| {
            (matrix[1], matrix[2]) = (0.1, -0.1);
        });
    });
    assert!(service.contains(&Fault::Aslant), "{service:?}");
    let [_, service] = spoiled(|document| {
        place(document, 2, |matrix| {
            matrix[4] += 113.0 * matrix[0];
            matrix[0] = -matrix[0];
        });
    });
    assert_eq!(service, [Fault::Mirrored]);
}

#[test]
fn grey_and_transparent_codes_are_refused() {
    let grey = |written: &'static str| {
        spoiled(move |document| {
            let form = form(document, 1);
            let content = String::from_utf8(form.get_plain_content().unwrap()).unwrap();
            form.set_plain_content(content.replacen(" 0 g", written, 1).into_bytes());
        })
    };
    let [identity, service] = grey(" 0.2 g\n");
    assert_eq!(identity, [Fault::NotBlack { colour: "grey of 20 %".to_owned() }]);
    assert_eq!(service, []);
    let [identity, _] = grey(" 0 0 0.4 rg\n");
    assert_eq!(identity, [Fault::NotBlack { colour: "red, green and blue of 0 %, 0 %, 40 %".to_owned() }]);
    assert_eq!(grey(" 0 0 0 1 k\n"), [const { vec![] }; 2]);

    let [identity, _] = spoiled(|document| {
        let tiles = form(document, 1).dict.get(b"Resources").unwrap().as_reference().unwrap();
        let mut faint = document.get_dictionary(tiles).unwrap().clone();
        faint.set("ExtGState", dictionary! { "F" => dictionary! { "ca" => 0.5 } });
        let form = form(document, 1);
        form.dict.set("Resources", faint);
        let content = String::from_utf8(form.get_plain_content().unwrap()).unwrap();
        form.set_plain_content(content.replacen(" 0 g", " 0 g /F gs", 1).into_bytes());
    });
    assert_eq!(identity, [Fault::NotBlack { colour: "grey of 0 %, transparent or blended".to_owned() }]);
}

#[test]
fn marks_in_the_white_around_are_refused() {
    // The service code's modules begin 36.407 mm (103.2 points) from the left, 4.741 mm from the edges above.
    let bar: &[(&str, &[f32])] = &[("rg", &[0.0, 0.5, 0.5]), ("re", &[98.0, 60.0, 2.0, 4.0]), ("f", &[])];
    let [_, service] = spoiled(|document| paint(document, 2, false, bar));
    assert_eq!(service, [Fault::Quiet { side: Side::Left, modules: 2.667, until: Kind::Area }]);
    // Beneath the white box it is not seen.
    assert_eq!(spoiled(|document| paint(document, 2, true, bar)), [const { vec![] }; 2]);
    let line: &[(&str, &[f32])] =
        &[("w", &[0.5]), ("m", &[120.0, 10.95]), ("l", &[150.0, 10.95]), ("S", &[])];
    let [_, service] = spoiled(|document| paint(document, 2, false, line));
    assert_eq!(service, [Fault::Quiet { side: Side::Below, modules: 2.067, until: Kind::Line }]);
    let letters = |document: &mut Document| {
        edit(document, 2, |operations| {
            let font =
                operations.iter().find(|operation| operation.operator == "Tf").unwrap().operands[0].clone();
            operations.extend([
                Operation::new("BT", vec![]),
                Operation::new("Tf", vec![font, 6.into()]),
                Operation::new("Td", vec![150.into(), 143.into()]),
                Operation::new("Tj", vec![Object::string_literal(vec![0, 1, 0, 2])]),
                Operation::new("ET", vec![]),
            ]);
        });
    };
    let [_, service] = spoiled(letters);
    let [Fault::Quiet { side: Side::Above, modules, until: Kind::Text }] = service[..] else {
        panic!("{service:?}")
    };
    assert!((0.0..2.0).contains(&modules), "{modules}");
}

#[test]
fn what_lies_on_or_beneath_a_code_is_named() {
    let bar: &[(&str, &[f32])] = &[("g", &[1.0]), ("re", &[150.0, 60.0, 20.0, 20.0]), ("f", &[])];
    let [_, service] = spoiled(|document| paint(document, 2, false, bar));
    assert_eq!(service, [Fault::PaintedOver { above: Kind::Area }]);
    // A tint instead of white.
    let [identity, _] = spoiled(|document| {
        let form = form(document, 1);
        let content = String::from_utf8(form.get_plain_content().unwrap()).unwrap();
        form.set_plain_content(content.replacen("1 g ", "0.9 g ", 1).into_bytes());
    });
    assert_eq!(identity, [Fault::NotOnWhite { beneath: Kind::Area }]);
}

#[test]
fn a_code_at_the_edge_is_refused() {
    // Of 11.2 modules beside it 3, 5, 8 and 20 are taken.
    let [_, service] = spoiled(|document| place(document, 2, |matrix| matrix[4] += 3.0 * 1.2));
    assert_eq!(service, []);
    let [_, service] = spoiled(|document| place(document, 2, |matrix| matrix[4] += 5.0 * 1.2));
    assert_eq!(service, [Fault::NearEdge { edge_mm: 0.931 }]);
    let [_, service] = spoiled(|document| place(document, 2, |matrix| matrix[4] += 8.0 * 1.2));
    let touching = Fault::Quiet { side: Side::Right, modules: 3.2, until: Kind::Edge };
    assert_eq!(service, [touching, Fault::NearEdge { edge_mm: -0.339 }]);
    let [_, service] = spoiled(|document| place(document, 2, |matrix| matrix[4] += 20.0 * 1.2));
    assert!(service.contains(&Fault::CutOff), "{service:?}");
}

/// A page of the card's size that shows these streams, one after the other.
fn page_of(objects: &[(Stream, [f32; 6])]) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let mut names = Dictionary::new();
    let mut operations = Vec::new();
    for (number, (stream, matrix)) in objects.iter().enumerate() {
        let name = format!("X{number}");
        let id = document.add_object(stream.clone());
        names.set(name.clone(), id);
        operations.extend([
            Operation::new("q", vec![]),
            Operation::new("cm", matrix.map(Object::Real).to_vec()),
            Operation::new("Do", vec![name.as_str().into()]),
            Operation::new("Q", vec![]),
        ]);
    }
    let content = Content { operations }.encode().unwrap();
    let content = document.add_object(Stream::new(Dictionary::new(), content));
    let pages = document.new_object_id();
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content,
        "MediaBox" => vec![0.into(), 0.into(), Object::Real(242.64), Object::Real(153.12)],
        "Resources" => dictionary! { "XObject" => names },
    });
    document
        .objects
        .insert(pages, dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// A code of 25 x 25 modules as a picture of one bit, `scale` pixels a module, with so much white around.
fn picture(scale: usize, white: usize, more: &Dictionary) -> Stream {
    let code = qrcode::QrCode::with_version("CARD", qrcode::Version::Normal(2), qrcode::EcLevel::Q).unwrap();
    let colours = code.to_colors();
    let side = (25 + 2 * white) * scale;
    let mut bytes = vec![0xFF; side.div_ceil(8) * side];
    for (x, y) in (0..25 * scale).flat_map(|y| (0..25 * scale).map(move |x| (x, y))) {
        if colours[y / scale * 25 + x / scale] == qrcode::Color::Dark {
            let (x, y) = (x + white * scale, y + white * scale);
            bytes[y * side.div_ceil(8) + x / 8] &= !(0x80 >> (x % 8));
        }
    }
    let side = i64::try_from(side).unwrap();
    let mut dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => side, "Height" => side, "BitsPerComponent" => 1
    };
    dict.extend(more);
    Stream::new(dict, bytes)
}

#[test]
fn codes_drawn_as_pictures_are_measured() {
    let mask = || dictionary! { "ImageMask" => true };
    let gray = || dictionary! { "ColorSpace" => "DeviceGray" };
    // 33 modules of 6 dots: 47.52 points.
    for (scale, white, more, size) in
        [(1, 4, mask(), 47.52), (6, 4, gray(), 47.52), (3, 0, mask(), 36.0), (1, 0, gray(), 36.0)]
    {
        let drawn = picture(scale, white, &more);
        let found = check(&page_of(&[(drawn, [size, 0.0, 0.0, size, 24.0, 24.0])])).unwrap();
        let [code] = &found[..] else { panic!("{found:?}") };
        assert_eq!((code.version, code.level, code.dots, code.on_dots), (2, Some(ErrorLevel::Q), 6.0, true));
        assert_eq!(
            (code.mode, code.turned, code.faults.as_slice()),
            (Some(Mode::Alphanumeric), 0, [].as_slice())
        );
    }
    // Lying on its side, painted by the other bit.
    let mut negative =
        picture(1, 0, &dictionary! { "ImageMask" => true, "Decode" => vec![1.into(), 0.into()] });
    negative.content.iter_mut().for_each(|byte| *byte = !*byte);
    let found = check(&page_of(&[(negative, [0.0, 36.0, -36.0, 0.0, 80.0, 24.0])])).unwrap();
    assert_eq!((found[0].turned, found[0].faults.as_slice()), (270, [].as_slice()));
}

#[test]
fn a_code_whose_format_is_damaged_is_refused() {
    let mut damaged = picture(1, 0, &dictionary! { "ImageMask" => true });
    // All that tells level and mask becomes light.
    for line in (0..25).filter(|line| *line != 6) {
        damaged.content[8 * 4 + line / 8] |= 0x80 >> (line % 8);
        damaged.content[line * 4 + 1] |= 0x80;
    }
    let found = check(&page_of(&[(damaged, [36.0, 0.0, 0.0, 36.0, 24.0, 24.0])])).unwrap();
    assert_eq!((found[0].version, found[0].level, &found[0].faults[..]), (2, None, &[Fault::Damaged][..]));
}

#[test]
fn codes_drawn_as_lines_are_measured() {
    let mut lines = b"1 w ".to_vec();
    let code = qrcode::QrCode::with_version("CARD", qrcode::Version::Normal(2), qrcode::EcLevel::Q).unwrap();
    for (number, colour) in (0..).zip(code.to_colors()) {
        let (x, y) = (f64::from(number % 25), 24.5 - f64::from(number / 25));
        if colour == qrcode::Color::Dark {
            lines.extend(format!("{x} {y} m {} {y} l ", x + 1.0).bytes());
        }
    }
    lines.extend(b"S");
    let dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 25.into(), 25.into()]
    };
    let found = check(&page_of(&[(Stream::new(dict, lines), [1.2, 0.0, 0.0, 1.2, 24.0, 24.0])])).unwrap();
    assert_eq!((found[0].version, found[0].dots, found[0].faults.as_slice()), (2, 5.0, [].as_slice()));
}

#[test]
fn files_that_are_none_of_ours_are_refused_in_words() {
    let refused = |bytes: &[u8]| check(bytes).unwrap_err().to_string();
    assert_eq!(refused(b""), "this is not a PDF");
    assert_eq!(refused(b"\x89PNG\r\n\x1a\n"), "this is not a PDF");
    assert!(refused(b"%PDF-1.7\nnothing").starts_with("the PDF is damaged"));
    assert_eq!(refused(&page_of(&[])), "no code found on its 1 page(s)");
    assert!(
        matches!(check(&vec![0; MAX_FILE + 1]), Err(CheckError::TooLarge { bytes }) if bytes == MAX_FILE + 1)
    );
    let good = printed();
    for place in (0..good.len()).step_by(97) {
        // Damage is refused or passed over; it never ends the program.
        let _ = check(&good[..place]);
        let mut damaged = good.clone();
        damaged[place] ^= 0x15;
        let _ = check(&damaged);
    }
}

#[test]
fn forms_without_end_are_refused() {
    // A form that shows itself, twice.
    let mut document = Document::load_mem(&page_of(&[(
        Stream::new(
            dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 1.into(), 1.into()] },
            b"/X0 Do /X0 Do".to_vec(),
        ),
        [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    )]))
    .unwrap();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    assert!(matches!(check(&bytes), Err(CheckError::TooMuch)));
    // A stream that inflates to far more than cards do.
    let mut bomb = Stream::new(
        dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 1.into(), 1.into()] },
        vec![b' '; 20 * 1024 * 1024],
    );
    bomb.compress().unwrap();
    assert!(matches!(
        check(&page_of(&[(bomb, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0])])),
        Err(CheckError::Damaged(_))
    ));
}
