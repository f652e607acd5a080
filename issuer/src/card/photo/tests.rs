use super::*;
use crate::card::portrait;

fn png(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb(pixel(x, y)));
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

fn pixel(photo: &Photo, x: u32, y: u32) -> [u8; 3] {
    photo.pixels.as_rgb8().unwrap().get_pixel(x, y).0
}

/// A PNG header alone that claims to be huge: refused by its header, before any pixel is read.
fn bomb() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(6000_u32.to_be_bytes());
    bytes.extend(6000_u32.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0]);
    let crc = bytes[12..].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    });
    bytes.extend((!crc).to_be_bytes());
    bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xaeB`\x82");
    bytes
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    assert!(matches!(Photo::decode(&bomb()), Err(PhotoError::TooManyPixels { width: 6000, height: 6000 })));
}

#[test]
fn other_files_are_refused() {
    assert!(matches!(Photo::decode(b"GIF89a\x01\0\x01\0"), Err(PhotoError::UnknownFormat)));
    assert!(matches!(Photo::decode(b""), Err(PhotoError::UnknownFormat)));
    assert!(matches!(
        Photo::decode(&vec![0; MAX_BYTES + 1]),
        Err(PhotoError::TooManyBytes { bytes: 15_000_001 })
    ));
    let whole = portrait::drawn(1).unwrap();
    for length in [200, whole.len() / 2, whole.len() - 2] {
        assert!(matches!(Photo::decode(&whole[..length]), Err(PhotoError::CutShort)), "{length}");
    }
    assert!(matches!(
        Photo::decode(&png(100, 400, |_, _| [0; 3])),
        Err(PhotoError::TooFewPixels { width: 100, height: 133 })
    ));
}

#[test]
fn a_picture_of_one_pixel_is_too_small() {
    let refused = Photo::decode(&png(1, 1, |_, _| [0; 3])).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "only 0 x 1 pixels are left once the picture is cropped to 3:4, fewer than 120 x 160; \
         take a larger picture, nearer to the face"
    );
}

#[test]
fn a_picture_cut_short_is_refused_and_a_tail_is_not() {
    let png = png(200, 300, |x, y| [u8::try_from((x ^ y) & 0xff).unwrap(); 3]);
    let mut webp = Vec::new();
    let picture = image::load_from_memory(&png).unwrap();
    picture.write_to(&mut Cursor::new(&mut webp), ImageFormat::WebP).unwrap();
    for whole in [png, webp, portrait::drawn(1).unwrap()] {
        let cut = &whole[..whole.len() / 2];
        assert!(matches!(Photo::decode(cut), Err(PhotoError::CutShort)));
        let tailed = [&whole[..], b"a film behind the picture \xFF\xD8"].concat();
        assert_eq!(Photo::decode(&tailed).unwrap().pixels, Photo::decode(&whole).unwrap().pixels);
    }
}

#[test]
fn a_picture_damaged_inside_is_refused() {
    let mut bytes = png(200, 300, |x, _| [u8::try_from(x).unwrap(); 3]);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xFF;
    assert!(matches!(Photo::decode(&bytes), Err(PhotoError::Damaged(_))));
}

#[test]
fn press_colours_are_refused() {
    for colours in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut jpeg = Vec::new();
        let pixels = vec![90; 300 * 400 * 4];
        Encoder::new(&mut jpeg, 90).encode(&pixels, 300, 400, colours).unwrap();
        let refused = Photo::decode(&jpeg).unwrap_err();
        assert!(matches!(refused, PhotoError::Cmyk));
        assert!(refused.to_string().ends_with("save it as RGB"));
    }
}

#[test]
fn animations_are_refused() {
    let still = png(300, 400, |_, _| [9; 3]);
    // After the header; the walk does not check sums.
    let control = b"\0\0\0\x08acTL\0\0\0\x02\0\0\0\0\0\0\0\0";
    let apng = [&still[..33], control, &still[33..]].concat();
    assert!(matches!(Photo::decode(&apng), Err(PhotoError::Animation)));
    let webp = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\0\0\0\0\0\0";
    assert!(matches!(Photo::decode(webp), Err(PhotoError::Animation)));
}

#[test]
fn a_picture_is_cropped_around_the_face_it_shows() {
    let skin = |x: u32, y: u32| (600..800).contains(&x) && (300..520).contains(&y);
    let bytes = png(1000, 800, |x, y| if skin(x, y) { [200, 150, 120] } else { [0, 90, 0] });
    let face = FaceBox { left: 600, top: 300, width: 200, height: 220 };
    let photo = Photo::decode_around(&bytes, face).unwrap();
    assert_eq!((photo.pixels.width(), photo.pixels.height()), (300, 400));
    for (x, y, inside) in [(50, 120, true), (249, 339, true), (49, 120, false), (249, 340, false)] {
        assert_eq!(pixel(&photo, x, y) == [200, 150, 120], inside, "{x}, {y}");
    }
    let outside = FaceBox { left: 801, ..face };
    assert_eq!(
        Photo::decode_around(&bytes, outside).unwrap_err().to_string(),
        "the face (200 x 220 pixels at 801, 300) is not inside the picture of 1000 x 800; mark it again"
    );
}

#[test]
fn a_picture_is_cropped_about_its_centre() {
    let wide = png(800, 400, |x, _| if (250..550).contains(&x) { [10, 200, 10] } else { [200, 0, 0] });
    let photo = Photo::decode(&wide).unwrap();
    assert_eq!((photo.pixels.width(), photo.pixels.height()), (300, 400));
    assert_eq!(pixel(&photo, 0, 0), [10, 200, 10]);
    assert_eq!(pixel(&photo, 299, 399), [10, 200, 10]);
}

#[test]
fn exif_orientation_is_applied_and_dropped() {
    let upright = png(400, 300, |x, _| if x < 200 { [250, 0, 0] } else { [0, 0, 250] });
    let picture = image::load_from_memory(&upright).unwrap();
    let mut jpeg = Vec::new();
    picture.write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
    // An Exif block that holds nothing but orientation 6: turn right by 90 degrees.
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut tagged = jpeg[..2].to_vec();
    tagged.extend([0xFF, 0xE1]);
    tagged.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    tagged.extend(exif);
    tagged.extend(&jpeg[2..]);
    let photo = Photo::decode(&tagged).unwrap();
    assert_eq!((photo.pixels.width(), photo.pixels.height()), (300, 400));
    assert!(pixel(&photo, 150, 20)[0] > 200, "the left half is now on top");
    assert!(pixel(&photo, 150, 380)[2] > 200);
    let printed = photo.portrait_jpeg().unwrap();
    assert!(!printed.jpeg().windows(4).any(|bytes| bytes == b"Exif"));
}

#[test]
fn transparency_shows_the_white_of_the_card() {
    let clear = image::RgbaImage::from_pixel(300, 400, image::Rgba([0, 0, 0, 0]));
    let mut bytes = Vec::new();
    clear.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    assert_eq!(pixel(&Photo::decode(&bytes).unwrap(), 9, 9), [255; 3]);
}

#[test]
fn the_face_never_exceeds_its_budget() {
    let mut state = 7_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let pixels = RgbImage::from_fn(300, 400, |_, _| image::Rgb([noise(), noise(), noise()]));
    for photo in [Photo { pixels: pixels.into() }, Photo::decode(&portrait::drawn(3).unwrap()).unwrap()] {
        for budget in [2000, FACE_BUDGET, 400, 250] {
            let face = photo.face_webp(budget).unwrap();
            assert!(face.len() <= budget, "{} > {budget}", face.len());
            let decoded = image::load_from_memory_with_format(&face, ImageFormat::WebP).unwrap();
            assert_eq!((decoded.width(), decoded.height()), FACE_SIZE);
        }
    }
}

#[test]
fn an_impossible_budget_is_an_error_with_numbers() {
    let photo = Photo::decode(&portrait::drawn(3).unwrap()).unwrap();
    let Err(PhotoError::FaceOverBudget { budget: 40, smallest }) = photo.face_webp(40) else {
        panic!("40 bytes cannot hold a face");
    };
    assert!(smallest > 40 && smallest < FACE_BUDGET);
}

#[test]
fn a_stored_portrait_comes_back() {
    let printed = Photo::decode(&portrait::drawn(3).unwrap()).unwrap().portrait_jpeg().unwrap();
    assert_eq!(printed.size(), PORTRAIT_SIZE);
    assert_eq!(Portrait::from_jpeg(printed.jpeg().to_vec()).unwrap(), printed);
    assert!(matches!(Portrait::from_jpeg(b"no".to_vec()), Err(PhotoError::Damaged(_))));
    let grey = image::GrayImage::new(270, 360);
    let mut jpeg = Vec::new();
    grey.write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
    assert!(matches!(Portrait::from_jpeg(jpeg), Err(PhotoError::NotAPortrait)));
}

#[test]
fn a_scan_for_each_colour_is_refused_not_misread() {
    let pixels = vec![200; 300 * 400 * 3];
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 90);
    // This encoder then writes each colour apart.
    encoder.set_optimized_huffman_tables(true);
    encoder.encode(&pixels, 300, 400, jpeg_encoder::ColorType::Rgb).unwrap();
    assert!(matches!(Photo::decode(&jpeg), Err(PhotoError::Apart)));
}
