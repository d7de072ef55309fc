use proptest::prelude::*;

use super::*;

/// A mask drawn in text: `#` is painted.
fn drawn(rows: &[&str]) -> Mask {
    let width = u32::try_from(rows[0].len()).unwrap();
    let mut builder = MaskBuilder::new(width, u32::try_from(rows.len()).unwrap()).unwrap();
    for row in rows {
        for pixel in row.chars() {
            builder.push(pixel == '#', 1);
        }
    }
    builder.finish()
}

fn text(mask: &Mask) -> Vec<String> {
    (0..mask.height()).map(|y| (0..mask.width()).map(|x| if mask.get(x, y) { '#' } else { '.' }).collect()).collect()
}

fn of_pixels(width: u32, height: u32, pixels: &[bool]) -> Mask {
    let mut builder = MaskBuilder::new(width, height).unwrap();
    for pixel in pixels {
        builder.push(*pixel, 1);
    }
    builder.finish()
}

#[test]
fn strokes_paint_what_their_middle_reaches() {
    let mut mask = Mask::new(9, 5).unwrap();
    let at = ImagePoint::new;
    mask.stroke(at(4.5, 2.5), at(4.5, 2.5), Brush::Round(3.0), true);
    assert_eq!(text(&mask), [".........", "...###...", "...###...", "...###...", "........."]);
    let dirty = mask.stroke(at(1.5, 2.5), at(7.5, 2.5), Brush::Square(1.0), true);
    assert_eq!(text(&mask), [".........", "...###...", ".#######.", "...###...", "........."]);
    assert_eq!(dirty, Some(PixelRect { x0: 1, y0: 2, x1: 8, y1: 3 }));
    mask.stroke(at(4.0, 0.0), at(4.0, 9.0), Brush::Square(2.0), false);
    assert_eq!(text(&mask), [".........", ".....#...", ".##..###.", ".....#...", "........."]);
    assert_eq!((mask.area(), mask.pixel_bounds()), (7, Some(PixelRect { x0: 1, y0: 1, x1: 8, y1: 4 })));
}

#[test]
fn strokes_beside_the_image_and_without_numbers_do_nothing() {
    let mut mask = Mask::new(4, 4).unwrap();
    let at = ImagePoint::new;
    for (from, to) in [
        (at(-9.0, 1.0), at(-5.0, 1.0)),
        (at(1.0, 90.0), at(1.0, 95.0)),
        (at(f64::NAN, 1.0), at(1.0, 1.0)),
        (at(f64::INFINITY, 1.0), at(1.0, 1.0)),
        (at(1e300, 1.0), at(1e300, 1.0)),
    ] {
        assert_eq!(mask.stroke(from, to, Brush::Round(2.0), true), None, "{from:?}");
    }
    assert!(mask.is_empty());
    // The thinnest brush still paints, wherever in the pixel it stands.
    assert!(mask.stroke(at(2.0, 2.0), at(2.0, 2.0), Brush::Round(0.0), true).is_some());
    assert!(mask.get(2, 2));
}

#[test]
fn sizes_no_mask_can_have() {
    assert!(Mask::new(0, 5).is_none());
    assert!(Mask::new(u32::MAX, u32::MAX).is_none());
    assert!(Mask::on(ImageSize { width: 10.5, height: 3.0 }).is_none());
    assert!(Mask::on(ImageSize { width: 20_000.0, height: 20_000.0 }).is_some());
    assert!(Mask::from_rgba(2, 2, &[0; 15]).is_none());
}

#[test]
fn outlines_of_a_ring_with_a_hole_and_of_diagonal_pixels() {
    let ring = drawn(&["####", "#..#", "####", "...."]).contours();
    assert_eq!(ring.len(), 2);
    assert_eq!((ring[0].is_hole, ring[0].ring.area()), (false, 12.0));
    assert_eq!((ring[1].is_hole, ring[1].ring.area()), (true, 2.0));
    assert_eq!(ring[0].ring.points.len(), 4);
    let diagonal = drawn(&["#.", ".#"]).contours();
    assert_eq!(diagonal.iter().filter(|contour| !contour.is_hole).count(), 2);
}

#[test]
fn the_wand_stays_in_its_color() {
    let picture = ["aab", "aba", "aaa"];
    let rgba: Vec<u8> = picture
        .iter()
        .flat_map(|row| row.bytes().flat_map(|pixel| if pixel == b'a' { [10, 20, 30, 255] } else { [90, 20, 30, 255] }))
        .collect();
    let pixels = Pixels::new(3, 3, &rgba).unwrap();
    let sharp = Wand { blur_radius: 0, ..Wand::default() };
    assert_eq!(text(&sharp.pick(&pixels, 0, 0).unwrap()), ["##.", "#.#", "###"]);
    assert_eq!(text(&sharp.pick(&pixels, 2, 0).unwrap()), ["..#", "...", "..."]);
    let all = Wand { is_contiguous: false, ..sharp };
    assert_eq!(text(&all.pick(&pixels, 2, 0).unwrap()), ["..#", ".#.", "..."]);
    let wide = Wand { threshold: 80, ..sharp };
    assert_eq!(wide.pick(&pixels, 1, 1).unwrap().area(), 9);
    assert!(sharp.pick(&pixels, 3, 0).is_none());
    assert!(Pixels::new(3, 3, &rgba[1..]).is_none());
    // A single odd pixel inside is smoothed over.
    assert_eq!(text(&drawn(&["#####", "##.##", "#####"]).smoothed(1))[1], "#####");
}

#[test]
fn how_alike_two_masks_are() {
    let a = drawn(&["##..", "##.."]);
    let b = drawn(&[".##.", ".##."]);
    assert_eq!((a.shared_area(&b), a.iou(&b), a.dice(&b)), (2, 2.0 / 6.0, 0.5));
    let empty = Mask::new(4, 2).unwrap();
    assert_eq!((empty.iou(&empty), empty.dice(&a)), (1.0, 0.0));
    assert_eq!(a.shared_area(&Mask::new(2, 2).unwrap()), 0);
}

#[test]
fn distance_to_the_painted_area() {
    let mask = drawn(&["....", ".#..", "...."]);
    assert_eq!(mask.distance(ImagePoint::new(1.5, 1.5), 2.0), 0.0);
    assert_eq!(mask.distance(ImagePoint::new(3.0, 1.5), 2.0), 1.0);
    assert_eq!(mask.distance(ImagePoint::new(3.9, 1.5), 1.0), f64::INFINITY);
    assert_eq!(mask.distance(ImagePoint::new(-3.0, 1.5), 9.0), 4.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn spans_area_bounds_and_outlines_are_those_of_the_pixels(
        width in 1..150_u32, height in 1..140_u32, seed in any::<u64>(), density in 1..64_u32,
    ) {
        // A cheap generator of blotches: enough to make every kind of tile.
        let mut state = seed | 1;
        let mut on = false;
        let pixels: Vec<bool> = (0..width * height).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            if state % u64::from(density) == 0 { on = !on; }
            on
        }).collect();
        let mask = of_pixels(width, height, &pixels);
        let count = pixels.iter().filter(|on| **on).count() as u64;
        prop_assert_eq!(mask.area(), count);
        let mut seen = vec![false; pixels.len()];
        mask.spans(|y, x0, x1| (x0..x1).for_each(|x| seen[(y * width + x) as usize] = true));
        prop_assert_eq!(&seen, &pixels);
        let xs = (0..width).filter(|x| (0..height).any(|y| pixels[(y * width + x) as usize]));
        prop_assert_eq!(mask.pixel_bounds().map(|block| (block.x0, block.x1)), xs.clone().min().zip(xs.max().map(|x| x + 1)));
        // Outlines enclose exactly the painted pixels, and filling them gives the mask back.
        let contours = mask.contours();
        let enclosed: f64 = contours.iter().map(|c| if c.is_hole { -c.ring.area() } else { c.ring.area() }).sum();
        prop_assert_eq!(enclosed, f64::from(u32::try_from(count).unwrap()));
        let mut again = Mask::new(width, height).unwrap();
        for contour in contours.iter().filter(|contour| !contour.is_hole) {
            again.fill_ring(&contour.ring.points, true);
        }
        let mut holes = Mask::new(width, height).unwrap();
        for contour in contours.iter().filter(|contour| contour.is_hole) {
            holes.fill_ring(&contour.ring.points, true);
        }
        // Islands inside holes are painted too.
        prop_assert_eq!(again.shared_area(&mask), mask.area());
        holes.subtract(&mask);
        again.subtract(&holes);
        prop_assert_eq!(again, mask.clone());
        let runs = mask.runs();
        prop_assert_eq!(runs.iter().sum::<u64>(), u64::from(width * height));
        prop_assert!(runs.iter().skip(1).all(|count| *count > 0));
        let turned = mask.transposed();
        prop_assert!((0..height).all(|y| (0..width).all(|x| turned.get(y, x) == mask.get(x, y))));
        prop_assert_eq!(&turned.transposed(), &mask);
        // Whatever way the bits came, equal masks are equal.
        let mut filled = Mask::new(width, height).unwrap();
        let mut rows = Vec::new();
        mask.spans(|y, x0, x1| rows.push((y, x0, x1)));
        filled.fill(rows, true);
        prop_assert_eq!(&filled, &mask);
        let mut none = mask.clone();
        none.subtract(&filled);
        prop_assert!(none.is_empty() && none == Mask::new(width, height).unwrap());
    }

    #[test]
    fn a_stroke_is_all_pixels_within_reach(
        ax in -20.0..90.0_f64, ay in -20.0..90.0_f64, bx in -20.0..90.0_f64, by in -20.0..90.0_f64, size in 1.0..40.0_f64,
    ) {
        let (a, b) = (ImagePoint::new(ax, ay), ImagePoint::new(bx, by));
        let mut mask = Mask::new(70, 70).unwrap();
        mask.stroke(a, b, Brush::Round(size), true);
        let under = [a, b].map(|end| (pixel(end.x, 70), pixel(end.y, 70)));
        for y in 0..70 {
            for x in 0..70 {
                let middle = ImagePoint::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                let distance = crate::region::hit::side_distance(a, b, middle);
                // Where rounding decides, either is right.
                if (distance - size / 2.0).abs() > 1e-6 && !under.contains(&(Some(x), Some(y))) {
                    prop_assert_eq!(mask.get(x, y), distance < size / 2.0, "{} {}: {}", x, y, distance);
                }
            }
        }
        let mut erased = mask.clone();
        erased.stroke(a, b, Brush::Round(size), false);
        prop_assert!(erased.is_empty());
    }

    #[test]
    fn a_square_stroke_covers_its_squares(
        ax in 0.0..70.0_f64, ay in 0.0..70.0_f64, bx in 0.0..70.0_f64, by in 0.0..70.0_f64, size in 1.0..20.0_f64, t in 0.0..1.0_f64,
    ) {
        let (a, b) = (ImagePoint::new(ax, ay), ImagePoint::new(bx, by));
        let mut mask = Mask::new(70, 70).unwrap();
        mask.stroke(a, b, Brush::Square(size), true);
        let on_the_way = ImagePoint::new(ax + (bx - ax) * t, ay + (by - ay) * t);
        let mut tap = Mask::new(70, 70).unwrap();
        let half = size / 2.0 - 1e-6;
        let corners = [(-half, -half), (half, -half), (half, half), (-half, half)]
            .map(|(x, y)| ImagePoint::new(on_the_way.x + x, on_the_way.y + y));
        tap.fill_ring(&corners, true);
        tap.subtract(&mask);
        prop_assert!(tap.is_empty(), "{:?}", text(&tap));
    }

    #[test]
    fn moving_there_and_back_keeps_what_stayed_inside(dx in -30_i64..30, dy in -30_i64..30) {
        let mut mask = Mask::new(200, 150).unwrap();
        mask.stroke(ImagePoint::new(60.0, 60.0), ImagePoint::new(120.0, 90.0), Brush::Round(40.0), true);
        prop_assert_eq!(mask.translated(dx, dy).translated(-dx, -dy), mask);
    }
}
