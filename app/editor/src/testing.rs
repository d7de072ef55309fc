//! For tests that read like what a person does.

use std::collections::BTreeMap;

use domain::region::{ImageSize, ScreenPoint, ScreenSize, Shape};
use domain::result::ResultItem;

use crate::annotate::{Editor, RegionKey, Response, State, ToolKind};
use crate::command::Command;
use crate::input::{Button, Event, Key, Modifiers, Pointer, PointerKind};

/// An editor on a 600 by 400 image shown one to one: image pixels and CSS pixels are the same numbers.
pub(crate) struct TestEditor {
    pub(crate) editor: Editor,
    /// Where the pointer is.
    object: String,
    modifiers: Modifiers,
    time_ms: f64,
    kind: PointerKind,
}

pub(crate) const IMAGE: &str = "img";

pub(crate) fn sizes() -> BTreeMap<String, ImageSize> {
    [(IMAGE.to_owned(), ImageSize::new(600.0, 400.0).unwrap())].into()
}

/// Results from JSON.
pub(crate) fn items(json: serde_json::Value) -> Vec<ResultItem> {
    ResultItem::list_from_json(json).unwrap()
}

/// What is selected of a text between two places in any order, in UTF-16 units.
pub(crate) fn selected(text: &str, anchor: usize, focus: usize) -> domain::region::TextSpan {
    domain::region::select_utf16(text, anchor, focus).unwrap()
}

impl TestEditor {
    pub(crate) fn new() -> Self {
        Self::with(&config::boxes_and_choices(), serde_json::json!([]))
    }

    pub(crate) fn with(config: &domain::label_config::LabelConfig, results: serde_json::Value) -> Self {
        let editor = Editor::new(config, &items(results), &sizes(), 7);
        let object = String::new();
        let mut editor =
            Self { editor, object, modifiers: Modifiers::default(), time_ms: 0.0, kind: PointerKind::Mouse };
        editor.on(IMAGE);
        editor
    }

    /// From now on the pointer is on this image.
    pub(crate) fn on(&mut self, object: &str) -> &mut Self {
        // 16 pixels of margin on each side make the zoom exactly 1.
        let _ = self.editor.resize_surface(object, ScreenSize { width: 632.0, height: 432.0 });
        object.clone_into(&mut self.object);
        self
    }

    fn pointer(&mut self, x: f64, y: f64) -> Pointer {
        self.time_ms += 1_000.0;
        Pointer {
            id: 1,
            at: ScreenPoint::new(x + 16.0, y + 16.0),
            kind: self.kind,
            button: Button::Primary,
            modifiers: self.modifiers,
            pressure: None,
            time_ms: self.time_ms,
        }
    }

    fn send(&mut self, event: &Event) -> Response {
        self.editor.handle(&self.object, event)
    }

    pub(crate) fn tool(&mut self, tool: ToolKind) -> &mut Self {
        let _ = self.editor.run(Command::Tool(tool));
        self
    }

    pub(crate) fn holding(&mut self, modifiers: Modifiers) -> &mut Self {
        self.modifiers = modifiers;
        self
    }

    pub(crate) fn press(&mut self, x: f64, y: f64) -> &mut Self {
        let pointer = self.pointer(x, y);
        let _ = self.send(&Event::PointerDown(pointer));
        self
    }

    pub(crate) fn glide(&mut self, x: f64, y: f64) -> &mut Self {
        let pointer = self.pointer(x, y);
        let _ = self.send(&Event::PointerMove(pointer));
        self
    }

    pub(crate) fn release(&mut self, x: f64, y: f64) -> &mut Self {
        let pointer = self.pointer(x, y);
        let _ = self.send(&Event::PointerUp(pointer));
        self
    }

    pub(crate) fn click(&mut self, x: f64, y: f64) -> &mut Self {
        self.press(x, y).release(x, y)
    }

    pub(crate) fn double_click(&mut self, x: f64, y: f64) -> &mut Self {
        self.click(x, y);
        self.time_ms -= 1_950.0;
        self.click(x, y)
    }

    pub(crate) fn drag(&mut self, from: (f64, f64), to: (f64, f64)) -> &mut Self {
        self.press(from.0, from.1);
        self.glide(f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
        self.glide(to.0, to.1).release(to.0, to.1)
    }

    pub(crate) fn key(&mut self, key: Key) -> &mut Self {
        let modifiers = self.modifiers;
        let _ = self.send(&Event::KeyDown { key, modifiers });
        let _ = self.send(&Event::KeyUp { key });
        self
    }

    pub(crate) fn command(&mut self, command: Command) -> &mut Self {
        let _ = self.editor.run(command);
        self
    }

    pub(crate) fn send_event(&mut self, event: &Event) -> &mut Self {
        let _ = self.send(event);
        self
    }

    /// The name of the state.
    pub(crate) fn state_is(&mut self, name: &str) -> &mut Self {
        let debug = format!("{:?}", self.editor.state());
        assert!(debug.starts_with(name), "the state is {debug}, not {name}");
        self
    }

    /// All regions as text: `Cat box 10,20 30x40`.
    pub(crate) fn regions_are(&mut self, expected: &[&str]) -> &mut Self {
        assert_eq!(self.regions(), expected);
        self
    }

    pub(crate) fn selected_are(&mut self, expected: &[&str]) -> &mut Self {
        let found: Vec<String> = self.editor.selection().iter().map(|key| self.describe(*key)).collect();
        assert_eq!(found, expected);
        self
    }

    pub(crate) fn regions(&self) -> Vec<String> {
        self.editor.document().marks().map(|(key, _)| self.describe(key)).collect()
    }

    fn describe(&self, key: RegionKey) -> String {
        let mark = self.editor.document().mark(key).unwrap();
        let n = |number: f64| format!("{}", (number * 10.0).round() / 10.0);
        let shape = match &mark.region.shape {
            Shape::Rect(r) if r.rotation == 0.0 => format!("box {},{} {}x{}", n(r.x), n(r.y), n(r.width), n(r.height)),
            Shape::Rect(r) => {
                format!("box {},{} {}x{} @{}", n(r.x), n(r.y), n(r.width), n(r.height), n(r.rotation))
            }
            Shape::Ellipse(e) => format!("ellipse {},{} {}x{}", n(e.x), n(e.y), n(e.radius_x), n(e.radius_y)),
            Shape::Polygon(p) => {
                let points: Vec<_> = p.points.iter().map(|p| format!("{},{}", n(p.x), n(p.y))).collect();
                let holes = p.holes.iter().map(|hole| {
                    let points: Vec<_> = hole.iter().map(|p| format!("{},{}", n(p.x), n(p.y))).collect();
                    format!(" without {}", points.join(" "))
                });
                format!("polygon {}{}", points.join(" "), holes.collect::<String>())
            }
            Shape::KeyPoint(p) => format!("point {},{}", n(p.x), n(p.y)),
            Shape::Mask(mask) => match mask.pixel_bounds() {
                Some(b) => format!("mask {},{} {}x{} of {}", b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0, mask.area()),
                None => "mask of nothing".to_owned(),
            },
            Shape::Vector(v) => {
                let points: Vec<_> = v
                    .vertices
                    .iter()
                    .map(|p| {
                        let mark = if p.is_bezier { "~" } else { "" };
                        format!("{}{mark}<{}:{},{}", p.id, p.previous.as_deref().unwrap_or("-"), n(p.at.x), n(p.at.y))
                    })
                    .collect();
                format!("vector{} {}", if v.closed { " closed" } else { "" }, points.join(" "))
            }
            Shape::Page(p) => {
                let r = p.pixels().unwrap_or_else(|| p.rect.on(domain::region::ImageSize { width: 1.0, height: 1.0 }));
                let text = p.text.as_deref().unwrap_or("-");
                format!("on {} {},{} {}x{} {text}", p.page, n(r.x), n(r.y), n(r.width), n(r.height))
            }
            Shape::Text(span) => format!("text {}..{} {}", span.start, span.end, span.text),
            Shape::Paragraph(s) => {
                format!("turns {}:{}..{}:{} {}", s.start, s.start_offset, s.end, s.end_offset, s.text)
            }
            Shape::HyperText(s) => {
                let (start, end) = s.global.unwrap_or_default();
                format!("page {start}..{end} {}", s.text)
            }
            other => format!("{other:?}"),
        };
        format!("{} {shape}", self.editor.title(key))
    }

    pub(crate) fn state(&self) -> &State {
        self.editor.state()
    }
}

/// Labeling interfaces for tests.
pub(crate) mod config {
    use domain::label_config::{Control, Label, LabelConfig, Object};

    fn object(name: &str, tag: &str) -> Object {
        Object { name: name.to_owned(), tag: tag.to_owned(), field: Some(name.to_owned()), attributes: vec![] }
    }

    fn label(value: &str, hotkey: Option<&str>) -> Label {
        Label { value: value.to_owned(), hotkey: hotkey.map(str::to_owned), ..Label::default() }
    }

    fn control(name: &str, tag: &str, to: &str, labels: Vec<Label>, attributes: &[(&str, &str)]) -> Control {
        Control {
            name: name.to_owned(),
            tag: tag.to_owned(),
            to_names: vec![to.to_owned()],
            labels,
            attributes: attributes.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        }
    }

    /// Boxes, polygons, points, and choices about the image.
    pub(crate) fn boxes_and_choices() -> LabelConfig {
        let nested = Label { children: vec![label("Rain", None)], ..label("Bad", None) };
        LabelConfig {
            objects: vec![object("img", "Image")],
            controls: vec![
                control("box", "RectangleLabels", "img", vec![label("Cat", None), label("Dog", Some("w"))], &[]),
                control("poly", "PolygonLabels", "img", vec![label("Cat", None)], &[]),
                control("key", "KeyPointLabels", "img", vec![label("Eye", None)], &[]),
                control(
                    "weather",
                    "Choices",
                    "img",
                    vec![label("Good", None), nested],
                    &[("required", "true"), ("requiredMessage", "How is the weather?")],
                ),
                control("stars", "Rating", "img", vec![], &[("maxRating", "4")]),
                control("count", "Number", "img", vec![], &[("min", "0"), ("max", "10")]),
                control("note", "TextArea", "img", vec![], &[]),
                control("mask", "BrushLabels", "img", vec![label("Sky", Some("8"))], &[]),
                control(
                    "path",
                    "VectorLabels",
                    "img",
                    vec![label("Road", Some("9"))],
                    &[("closable", "true"), ("curves", "true"), ("skeleton", "true"), ("maxPoints", "6")],
                ),
            ],
            ..LabelConfig::default()
        }
    }

    /// A magic wand with labels of their own.
    pub(crate) fn wand() -> LabelConfig {
        LabelConfig {
            objects: vec![object("img", "Image")],
            controls: vec![
                control("label", "Labels", "img", vec![label("Cat", None)], &[]),
                control("wand", "Magicwand", "img", vec![], &[("blurradius", "0"), ("defaultthreshold", "10")]),
                control("bits", "Bitmask", "img", vec![], &[]),
            ],
            ..LabelConfig::default()
        }
    }

    /// A shape and its labels as two results.
    pub(crate) fn pairs() -> LabelConfig {
        LabelConfig {
            objects: vec![object("img", "Image")],
            controls: vec![
                control("rect", "Rectangle", "img", vec![], &[]),
                control("ring", "Ellipse", "img", vec![], &[]),
                control("label", "Labels", "img", vec![label("Cat", None), label("Dog", None)], &[]),
                control("why", "Choices", "img", vec![label("Sure", None)], &[("perRegion", "true")]),
            ],
            ..LabelConfig::default()
        }
    }

    /// Points and boxes that ask a model about masks, ordinary boxes, and a question.
    pub(crate) fn smart() -> LabelConfig {
        let cat = || vec![label("Cat", None)];
        LabelConfig {
            objects: vec![object("img", "Image"), object("other", "Image")],
            controls: vec![
                control("box", "RectangleLabels", "img", vec![label("Cat", None), label("Dog", None)], &[]),
                control("point", "KeyPointLabels", "img", cat(), &[("smart", "true")]),
                control("ring", "EllipseLabels", "img", cat(), &[("smartonly", "true")]),
                control("mask", "BrushLabels", "img", cat(), &[("smart", "true")]),
                control("weather", "Choices", "img", vec![label("Good", None), label("Bad", None)], &[]),
                control("far", "KeyPointLabels", "other", cat(), &[("smart", "true")]),
            ],
            ..LabelConfig::default()
        }
    }

    /// Questions that stand answered at the start.
    pub(crate) fn filled_in() -> LabelConfig {
        let good = Label { selected: true, ..label("Good", None) };
        LabelConfig {
            objects: vec![object("img", "Image")],
            controls: vec![
                control("weather", "Choices", "img", vec![good, label("Bad", None)], &[]),
                control("stars", "Rating", "img", vec![], &[("defaultValue", "3")]),
                control("count", "Number", "img", vec![], &[("defaultValue", "4")]),
                control("note", "TextArea", "img", vec![], &[]),
            ],
            ..LabelConfig::default()
        }
    }

    /// A sound, a series and a video, each with its labels.
    pub(crate) fn lines() -> LabelConfig {
        LabelConfig {
            objects: vec![object("sound", "Audio"), object("series", "TimeSeries"), object("video", "Video")],
            controls: vec![
                control("who", "Labels", "sound", vec![label("Ann", Some("1")), label("Ben", Some("2"))], &[]),
                control("event", "TimeSeriesLabels", "series", vec![label("Rise", Some("3"))], &[]),
                control("thing", "Labels", "video", vec![label("Ball", Some("4")), label("Car", Some("5"))], &[]),
                control("box", "VideoRectangle", "video", vec![], &[]),
                control("scene", "TimelineLabels", "video", vec![label("Goal", Some("6"))], &[]),
            ],
            ..LabelConfig::default()
        }
    }

    /// Named entities.
    pub(crate) fn entities() -> LabelConfig {
        LabelConfig {
            objects: vec![object("text", "Text")],
            controls: vec![control("ner", "Labels", "text", vec![label("PER", None), label("LOC", None)], &[])],
            ..LabelConfig::default()
        }
    }
}
