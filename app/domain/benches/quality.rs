//! What agreement and consensus cost: `cargo bench -p domain --bench quality`. It tells; it never fails for being slow.

use std::time::Instant;

use domain::agreement::{Matching, Metric, Outline, Ratings, Weights, gwet, krippendorff};
use domain::consensus::{Until, Vote, Votes, dawid_skene, glad, mace};
use domain::region::{RotatedRect, Shape};

const TASKS: usize = 100_000;
const ANNOTATORS: usize = 3;
const BOXES: usize = 20;
const CLASSES: usize = 5;

/// Numbers that look drawn, always the same.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).unwrap_or_default() % limit
    }

    fn place(&mut self, limit: usize) -> usize {
        usize::try_from(self.below(u32::try_from(limit).unwrap_or(1))).unwrap_or_default()
    }
}

fn main() {
    let mut drawn = Drawn(7);
    let items: Vec<Vec<Option<usize>>> = (0..TASKS)
        .map(|_| {
            let truth = drawn.place(CLASSES);
            (0..ANNOTATORS).map(|_| Some(if drawn.below(100) < 80 { truth } else { drawn.place(CLASSES) })).collect()
        })
        .collect();
    let ratings = Ratings::new(ANNOTATORS, CLASSES, items);
    let alpha =
        timed("alpha of 100,000 tasks x 3", || krippendorff(&ratings, Metric::Nominal).map(|alpha| alpha.value));
    let ac1 = timed("AC1 of 100,000 tasks x 3", || gwet(&ratings, Weights::Identity).map(|ac1| ac1.value));

    let f1 = timed("boxes of 100,000 tasks x 3, 20 each", || {
        let mut sum = 0.0;
        for _ in 0..TASKS {
            let truth: Vec<RotatedRect> = (0..BOXES).map(|_| boxed(&mut drawn)).collect();
            let people: Vec<Vec<Shape>> = (0..ANNOTATORS)
                .map(|_| {
                    truth
                        .iter()
                        .map(|rect| Shape::Rect(RotatedRect { x: rect.x + f64::from(drawn.below(9)), ..*rect }))
                        .collect()
                })
                .collect();
            let people: Vec<Vec<Outline<'_>>> =
                people.iter().map(|boxes| boxes.iter().map(Outline::of).collect()).collect();
            for (one, other) in [(0, 1), (0, 2), (1, 2)] {
                let (one, other) = (&people[one], &people[other]);
                sum += Matching::of(one.len(), other.len(), 0.5, |here, there| one[here].iou(&other[there])).f1();
            }
        }
        sum / 300_000.0
    });

    let votes = (0..200_000).flat_map(|item| {
        let (truth, first) = (drawn.place(CLASSES), drawn.place(1_000));
        let said: Vec<Vote> = (0..5)
            .map(|step| {
                let worker = (first + 7 * step) % 1_000;
                let knows = drawn.place(1_000) > worker / 2;
                Vote { item, worker, label: if knows { truth } else { drawn.place(CLASSES) } }
            })
            .collect();
        said
    });
    let votes = Votes::new(200_000, 1_000, CLASSES, votes.collect::<Vec<_>>());
    let found = timed("Dawid-Skene of 1,000,000 votes, 5 classes", || dawid_skene(&votes, Until::default()));
    timed("GLAD of the same", || glad(&votes, Until::default()));
    timed("MACE of the same", || mace(&votes, Until::default()));
    println!("alpha {alpha:?}, AC1 {ac1:?}, F1 {f1:.4}, {} rounds", found.rounds);
}

fn boxed(drawn: &mut Drawn) -> RotatedRect {
    let mut side = |least: u32, more: u32| f64::from(least + drawn.below(more));
    RotatedRect { x: side(0, 1_900), y: side(0, 1_000), width: side(20, 100), height: side(20, 100), rotation: 0.0 }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = work();
    println!("{what:<44} {:>9.1} ms", begun.elapsed().as_secs_f64() * 1_000.0);
    result
}
