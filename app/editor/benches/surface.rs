//! How long a surface with many regions takes: what is under the pointer, what is to be painted, one step of a drag, one
//! step of a stroke.
//!
//! `cargo bench -p editor --bench surface`. Prints a table, judges nothing: what is fast enough depends on the machine.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on should stop and say so")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use domain::label_config::{Control, Label, LabelConfig, Object};
use domain::region::{ImageSize, ScreenPoint, ScreenSize};
use domain::result::ResultItem;
use editor::annotate::{Editor, ShapeKind, Tip, ToolKind};
use editor::command::Command;
use editor::input::{Event, Pointer};
use serde_json::json;

const IMAGE: &str = "image";
const TURNS: u32 = 2_000;

fn main() {
    println!("| regions | open | hit p50 | hit p95 | order | display list | drag step p95 | select p95 |");
    println!("|---|---|---|---|---|---|---|---|");
    for count in [100, 1_000, 10_000, 100_000] {
        boxes(count);
    }
    println!();
    println!("| stroke on 4,000 × 3,000 | p50 | p95 | worst |");
    println!("|---|---|---|---|");
    for size in [24.0, 200.0, 1_000.0] {
        strokes(size);
    }
}

fn config() -> LabelConfig {
    let control = |name: &str, tag: &str, value: &str| Control {
        name: name.to_owned(),
        tag: tag.to_owned(),
        to_names: vec![IMAGE.to_owned()],
        labels: vec![Label { value: value.to_owned(), ..Label::default() }],
        attributes: vec![],
    };
    LabelConfig {
        objects: vec![Object { name: IMAGE.to_owned(), tag: "Image".to_owned(), field: None, attributes: vec![] }],
        controls: vec![control("box", "RectangleLabels", "Car"), control("mask", "BrushLabels", "Road")],
        ..LabelConfig::default()
    }
}

/// A number below 1 that looks random and is the same in every run.
fn scattered(n: u32) -> f64 {
    f64::from(n.wrapping_mul(2_654_435_761) >> 8) / f64::from(1_u32 << 24)
}

fn boxes(count: u32) {
    let items: Vec<ResultItem> = (0..count)
        .map(|n| {
            let (x, y) = (scattered(n * 2) * 98.0, scattered(n * 2 + 1) * 98.0);
            ResultItem::from_json(json!({"id": format!("r{n}"), "from_name": "box", "to_name": IMAGE,
                "type": "rectanglelabels", "original_width": 4000, "original_height": 3000,
                "value": {"x": x, "y": y, "width": 0.4 + scattered(n) * 1.6, "height": 0.4 + scattered(n + 7) * 1.6,
                    "rotation": 0, "rectanglelabels": ["Car"]}}))
            .unwrap()
        })
        .collect();
    let sizes: BTreeMap<_, _> = [(IMAGE.to_owned(), ImageSize::new(4_000.0, 3_000.0).unwrap())].into();
    let began = Instant::now();
    let mut editor = Editor::new(&config(), &items, &sizes, 1);
    let opened = began.elapsed();
    let _ = editor.resize_surface(IMAGE, ScreenSize { width: 1_440.0, height: 900.0 });
    let _ = editor.run(Command::Tool(ToolKind::Select));
    let view = *editor.view(IMAGE).unwrap();
    let place = |n: u32| ScreenPoint::new(scattered(n * 3 + 5) * 1_440.0, scattered(n * 5 + 3) * 900.0);

    let hits = times(TURNS, |n| {
        let _ = editor.handle(IMAGE, &Event::PointerMove(Pointer { at: place(n), ..Pointer::default() }));
    });
    let order = times(50, |_| drop(editor.still_order(IMAGE, &view.visible())));
    let keys = editor.still_order(IMAGE, &view.visible());
    let lists = times(20, |_| drop(editor.still_of(&keys, &view, false)));
    let first = keys[0];
    let drag = {
        let hull = editor.document().mark(first).unwrap().region.shape.bounds().unwrap();
        let at = view.screen_from_image(hull.center());
        let pointer = |at| Pointer { at, ..Pointer::default() };
        let _ = editor.select([first].into());
        let _ = editor.handle(IMAGE, &Event::PointerDown(pointer(at)));
        let steps = times(TURNS, |n| {
            let to = ScreenPoint::new(at.x + f64::from(n % 200) - 100.0, at.y + f64::from(n % 60) - 30.0);
            let _ = editor.handle(IMAGE, &Event::PointerMove(pointer(to)));
            let _ = editor.lively(IMAGE);
        });
        let _ = editor.handle(IMAGE, &Event::PointerCancel);
        steps
    };
    let select = times(500, |n| {
        let key = keys[usize::try_from(n).unwrap() % keys.len()];
        let _ = editor.select([key].into());
        let _ = editor.take_stale(IMAGE);
    });
    println!(
        "| {count} | {} | {} | {} | {} | {} | {} | {} |",
        ms(opened),
        ms(part(&hits, 50)),
        ms(part(&hits, 95)),
        ms(part(&order, 95)),
        ms(part(&lists, 95)),
        ms(part(&drag, 95)),
        ms(part(&select, 95))
    );
}

fn strokes(size: f64) {
    let sizes: BTreeMap<_, _> = [(IMAGE.to_owned(), ImageSize::new(4_000.0, 3_000.0).unwrap())].into();
    let mut editor = Editor::new(&config(), &[], &sizes, 1);
    let _ = editor.resize_surface(IMAGE, ScreenSize { width: 1_440.0, height: 900.0 });
    let _ = editor.run(Command::Tool(ToolKind::Draw(ShapeKind::Mask)));
    let _ = editor.set_tip(Tip { size, is_square: false });
    let at = |n: u32| {
        let turn = f64::from(n) / 20.0;
        ScreenPoint::new(720.0 + turn.sin() * 500.0, 450.0 + (turn * 1.3).cos() * 300.0)
    };
    let pointer = |n| Pointer { at: at(n), ..Pointer::default() };
    let _ = editor.handle(IMAGE, &Event::PointerDown(pointer(0)));
    let steps = times(TURNS, |n| {
        let _ = editor.handle(IMAGE, &Event::PointerMove(pointer(n)));
        let _ = editor.lively(IMAGE);
    });
    let _ = editor.handle(IMAGE, &Event::PointerUp(pointer(TURNS)));
    println!("| {size} px | {} | {} | {} |", ms(part(&steps, 50)), ms(part(&steps, 95)), ms(part(&steps, 100)));
}

fn times(turns: u32, mut turn: impl FnMut(u32)) -> Vec<Duration> {
    let mut times: Vec<Duration> = (0..turns)
        .map(|n| {
            let began = Instant::now();
            turn(n);
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

fn part(times: &[Duration], percent: usize) -> Duration {
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

fn ms(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1_000.0)
}
