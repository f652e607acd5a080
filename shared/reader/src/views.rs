//! The views of a picture in which codes are looked for, and the filters that make them.
//!
//! Chosen by what `examples/measure.rs` says: stretching the contrast mends dim pictures, smoothing mends noise,
//! sharpening mends blur, and smoothing before sharpening mends noise and blur together. Turned pictures need no
//! view of their own: the codes' corner patterns are found at any angle.

use image::GrayImage;

/// From this many pixels on the longer side a picture is looked at in half its size first.
const LARGE: u32 = 2_400;
/// Up to this many pixels on the longer side a picture is looked at in twice its size too.
const SMALL: u32 = 700;
/// One pixel in this many may be darker than the black point, and as many lighter than the white point.
const OUTLIERS: usize = 200;
/// The least distance of black and white that is stretched: below it there is only noise.
const LEAST_SPAN: usize = 8;
/// Sharpening compares a pixel with the mean of the square that reaches this far.
const SHARP_RADIUS: usize = 3;
/// A pixel is dark or light beside the mean of the square that reaches this far …
const AROUND_RADIUS: usize = 15;
/// … and dark only by at least this much, so that even paper does not turn into specks.
const AROUND_MARGIN: u32 = 3;

/// One view of a picture.
pub(super) struct View {
    pub(super) gray: GrayImage,
    /// Its size, where the picture's is 1.
    pub(super) scale: f32,
    /// Its pixels are black or white only.
    pub(super) binary: bool,
}

/// The views of a picture, the quickest and likeliest first; each is made when it is asked for.
pub(super) fn of(picture: &GrayImage) -> impl Iterator<Item = View> {
    let side = picture.width().max(picture.height());
    let scales: &[f32] = match side {
        LARGE.. => &[0.5, 1.0],
        ..=SMALL => &[1.0, 2.0],
        _ => &[1.0, 0.5],
    };
    scales.iter().flat_map(|&scale| {
        let plain = stretched(&if scale < 1.0 {
            halved(picture)
        } else if scale > 1.0 {
            doubled(picture)
        } else {
            picture.clone()
        });
        (0..4).map(move |kind| {
            let gray = match kind {
                0 => return View { gray: plain.clone(), scale, binary: false },
                1 => smoothed(&plain),
                2 => sharpened(&plain, 3),
                _ => sharpened(&smoothed(&plain), 4),
            };
            View { gray: by_surroundings(&gray), scale, binary: true }
        })
    })
}

/// The sum of each pixel's square of `2 * radius + 1` pixels a side; the picture's edge pixels go on outside.
fn square_sums(gray: &GrayImage, radius: usize) -> Vec<u32> {
    let side = 2 * radius + 1;
    let along: Vec<Vec<u32>> = rows(gray)
        .map(|row| {
            let ends = |pixel: Option<&u8>| std::iter::repeat_n(pixel.copied().unwrap_or(0), radius);
            let padded = ends(row.first()).chain(row.iter().copied()).chain(ends(row.last()));
            let sums: Vec<u32> = std::iter::once(0)
                .chain(padded.scan(0, |sum, pixel| {
                    *sum += u32::from(pixel);
                    Some(*sum)
                }))
                .collect();
            sums.iter().skip(side).zip(&sums).map(|(end, start)| end - start).collect()
        })
        .collect();
    let row =
        |place: usize| along.get(place.min(along.len().saturating_sub(1))).map_or(&[][..], Vec::as_slice);
    let mut column = vec![0; along.first().map_or(0, Vec::len)];
    for place in 0..side {
        add(&mut column, row(place.saturating_sub(radius)), &[]);
    }
    let mut sums = Vec::with_capacity(gray.as_raw().len());
    for place in 0..along.len() {
        sums.extend_from_slice(&column);
        add(&mut column, row(place + radius + 1), row(place.saturating_sub(radius)));
    }
    sums
}

/// Adds one row to the sums and takes another away (none when it is empty).
fn add(sums: &mut [u32], more: &[u32], less: &[u32]) {
    let less = less.iter().chain(std::iter::repeat(&0));
    for ((sum, more), less) in sums.iter_mut().zip(more).zip(less) {
        *sum = *sum + more - less;
    }
}

/// The whole range from black to white, whatever the light was.
fn stretched(gray: &GrayImage) -> GrayImage {
    let mut counts = [0usize; 256];
    for pixel in gray.as_raw() {
        if let Some(count) = counts.get_mut(usize::from(*pixel)) {
            *count += 1;
        }
    }
    let cut = gray.as_raw().len() / OUTLIERS;
    let point = |mut values: Box<dyn Iterator<Item = (usize, &usize)> + '_>| {
        let mut seen = 0;
        values.find_map(|(value, count)| {
            seen += count;
            (seen > cut).then_some(value)
        })
    };
    let black = point(Box::new(counts.iter().enumerate())).unwrap_or(0);
    let white = point(Box::new(counts.iter().enumerate().rev())).unwrap_or(255);
    let span = white.saturating_sub(black).max(LEAST_SPAN);
    let table: Vec<u8> = (0..256usize)
        .map(|value| u8::try_from(value.saturating_sub(black) * 255 / span).unwrap_or(u8::MAX))
        .collect();
    let look_up = |pixel: &u8| table.get(usize::from(*pixel)).copied().unwrap_or(*pixel);
    same_size(gray, gray.as_raw().iter().map(look_up))
}

/// Each pixel the weighted mean of its 3 x 3 square, the middle counting most.
fn smoothed(gray: &GrayImage) -> GrayImage {
    let along: Vec<Vec<u16>> = rows(gray)
        .map(|row| {
            neighbours(row).map(|(a, b, c)| u16::from(*a) + 2 * u16::from(*b) + u16::from(*c)).collect()
        })
        .collect();
    let pixels = neighbours(&along).flat_map(|(above, row, below)| {
        let columns = above.iter().zip(row).zip(below);
        columns.map(|((a, b), c)| u8::try_from((a + 2 * b + c + 8) / 16).unwrap_or(u8::MAX))
    });
    same_size(gray, pixels)
}

/// Each pixel pushed away from the mean around it, `strength` times its distance from it.
fn sharpened(gray: &GrayImage, strength: i32) -> GrayImage {
    let area = i32::try_from((2 * SHARP_RADIUS + 1).pow(2)).unwrap_or(i32::MAX);
    let sums = square_sums(gray, SHARP_RADIUS);
    let pixels = gray.as_raw().iter().zip(sums).map(|(pixel, sum)| {
        let pixel = i32::from(*pixel);
        let distance = pixel - i32::try_from(sum).unwrap_or(i32::MAX) / area;
        u8::try_from((pixel + strength * distance).clamp(0, 255)).unwrap_or(u8::MAX)
    });
    same_size(gray, pixels)
}

/// Black where a pixel is darker than those around it: finds faint codes that the readers' own thresholds, which
/// are the better ones in blurred pictures, take for paper.
fn by_surroundings(gray: &GrayImage) -> GrayImage {
    let area = u32::try_from((2 * AROUND_RADIUS + 1).pow(2)).unwrap_or(u32::MAX);
    let sums = square_sums(gray, AROUND_RADIUS);
    let dark = |pixel: u8, sum: u32| (u32::from(pixel) + AROUND_MARGIN) * area < sum;
    let pixels = gray.as_raw().iter().zip(sums);
    same_size(gray, pixels.map(|(pixel, sum)| if dark(*pixel, sum) { 0 } else { u8::MAX }))
}

/// Half the size, each pixel the mean of four.
fn halved(gray: &GrayImage) -> GrayImage {
    let (width, height) = (gray.width() / 2, gray.height() / 2);
    let all: Vec<&[u8]> = rows(gray).collect();
    let pixels = all.chunks_exact(2).flat_map(|pair| {
        let (upper, lower) = (pair.first().copied().unwrap_or(&[]), pair.last().copied().unwrap_or(&[]));
        upper.chunks_exact(2).zip(lower.chunks_exact(2)).map(|(a, b)| {
            let sum: u16 = a.iter().chain(b).map(|pixel| u16::from(*pixel)).sum();
            u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX)
        })
    });
    GrayImage::from_vec(width, height, pixels.collect()).unwrap_or_default()
}

/// Twice the size, new pixels between the old.
fn doubled(gray: &GrayImage) -> GrayImage {
    let wide: Vec<Vec<u16>> = rows(gray)
        .map(|row| {
            let between = |a: &u8, b: &u8| u16::from(*a) + 3 * u16::from(*b);
            neighbours(row).flat_map(|(a, b, c)| [between(a, b), between(c, b)]).collect()
        })
        .collect();
    let pixels = neighbours(&wide).flat_map(|(above, row, below)| {
        [above, below].into_iter().flat_map(move |other| {
            other.iter().zip(row).map(|(a, b)| u8::try_from((a + 3 * b + 8) / 16).unwrap_or(u8::MAX))
        })
    });
    GrayImage::from_vec(2 * gray.width(), 2 * gray.height(), pixels.collect()).unwrap_or_default()
}

fn rows(gray: &GrayImage) -> std::slice::ChunksExact<'_, u8> {
    gray.as_raw().chunks_exact(usize::try_from(gray.width()).unwrap_or(usize::MAX).max(1))
}

/// Each item with the one before and the one after it; at the ends the item itself stands for the missing one.
fn neighbours<T>(items: &[T]) -> impl Iterator<Item = (&T, &T, &T)> {
    let before = items.iter().take(1).chain(items);
    let after = items.iter().skip(1).chain(items.last());
    before.zip(items).zip(after).map(|((a, b), c)| (a, b, c))
}

fn same_size(gray: &GrayImage, pixels: impl Iterator<Item = u8>) -> GrayImage {
    GrayImage::from_vec(gray.width(), gray.height(), pixels.collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    #[test]
    fn filters_leave_an_even_picture_even() {
        let even = GrayImage::from_pixel(9, 5, Luma([77]));
        assert_eq!(smoothed(&even), even);
        assert_eq!(sharpened(&even, 4), even);
        assert_eq!(halved(&even), GrayImage::from_pixel(4, 2, Luma([77])));
        assert_eq!(doubled(&even), GrayImage::from_pixel(18, 10, Luma([77])));
        assert!(square_sums(&even, 2).iter().all(|sum| *sum == 25 * 77));
    }

    #[test]
    fn square_sums_are_those_counted_one_by_one() {
        let gray = GrayImage::from_fn(6, 4, |x, y| Luma([u8::try_from(x * 40 + y).unwrap()]));
        let one_by_one = |x: i32, y: i32| -> u32 {
            let square = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (x + dx, y + dy)));
            let at = |v: i32, end: i32| u32::try_from(v.clamp(0, end)).unwrap();
            square.map(|(x, y)| u32::from(gray.get_pixel(at(x, 5), at(y, 3)).0[0])).sum()
        };
        let expected: Vec<u32> = (0..4).flat_map(|y| (0..6).map(move |x| one_by_one(x, y))).collect();
        assert_eq!(square_sums(&gray, 1), expected);
    }

    #[test]
    fn stretching_reaches_black_and_white() {
        let dim = GrayImage::from_fn(20, 20, |x, _| Luma([if x < 10 { 30 } else { 41 }]));
        let table = stretched(&dim);
        assert_eq!((table.get_pixel(0, 0).0, table.get_pixel(19, 0).0), ([0], [255]));
    }
}
