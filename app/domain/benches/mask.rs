//! What masks of 12 Mpixel cost: `cargo bench -p domain --bench mask`. It tells; it never fails for being slow.

use std::time::Instant;

use domain::region::ImagePoint;
use domain::region::mask::{Brush, Mask};

const WIDTH: u32 = 4000;
const HEIGHT: u32 = 3000;
const STROKES: u32 = 500;

fn main() {
    let mut mask = Mask::new(WIDTH, HEIGHT).expect("a size within the limits");
    let mut state = 7_u64;
    let mut random = |limit: f64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 33).unwrap_or_default()) / f64::from(1_u32 << 31) * limit
    };
    let strokes = timed("strokes of 60 px, all", || {
        for _ in 0..STROKES {
            let from = ImagePoint::new(random(f64::from(WIDTH)), random(f64::from(HEIGHT)));
            let to = ImagePoint::new(from.x + random(200.0), from.y + random(200.0));
            mask.stroke(from, to, Brush::Round(60.0), random(1.0) > 0.3);
        }
        STROKES
    });
    let rle = timed("RLE encode", || mask.to_rle());
    let read = timed("RLE decode", || Mask::from_rle(&rle, WIDTH, HEIGHT).expect("our own bytes"));
    assert!(read == mask, "RLE comes back");
    let outlines = timed("outlines", || mask.contours());
    let png = timed("PNG encode", || mask.to_png());
    let read = timed("PNG decode", || Mask::from_png(&png, WIDTH, HEIGHT).expect("our own bytes"));
    assert!(read == mask, "PNG comes back");
    println!(
        "{strokes} strokes, {} pixels, {} outlines, {} bytes of RLE, {} of PNG",
        mask.area(),
        outlines.len(),
        rle.len(),
        png.len()
    );
}

fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = run();
    println!("{what:<24} {:>9.2} ms", began.elapsed().as_secs_f64() * 1000.0);
    done
}
