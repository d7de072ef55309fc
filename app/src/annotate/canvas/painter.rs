//! Display lists onto a 2D canvas. Decides nothing: places, colors and order come from `editor`.

use std::cell::RefCell;
use std::collections::HashMap;

use domain::region::ScreenPoint;
use editor::paint::{Knob, Paint, Piece, Style};
use web_sys::{CanvasRenderingContext2d as Canvas, CanvasWindingRule};

use super::masks;

/// The color of knobs and frames; readable on any photograph together with its white border.
const INK: &str = "#3e63dd";
/// As browsers write it.
const FONT: &str = "600 11px ui-sans-serif, system-ui, sans-serif";

/// Paints a list over what is there.
pub(in crate::annotate) fn paint(canvas: &Canvas, paints: &[Paint], width: f64, height: f64) {
    // Labels come last, so that no outline runs through their words.
    for paint in paints.iter().filter(|paint| !matches!(paint, Paint::Tag { .. } | Paint::Knob { .. })) {
        shape(canvas, paint, width, height);
    }
    if canvas.font() != FONT && paints.iter().any(|paint| matches!(paint, Paint::Tag { .. })) {
        // Costs a look at the styles of the page; a canvas keeps it for as long as it keeps its size.
        canvas.set_font(FONT);
    }
    for paint in paints {
        match paint {
            Paint::Tag { at, text, color } => tag(canvas, *at, text, color, width),
            Paint::Knob { center, look } => knob(canvas, *center, *look),
            _ => {}
        }
    }
}

fn shape(canvas: &Canvas, paint: &Paint, width: f64, height: f64) {
    canvas.begin_path();
    match paint {
        Paint::Ring { points, closed, style } => {
            for (n, point) in points.iter().enumerate() {
                if n == 0 { canvas.move_to(point.x, point.y) } else { canvas.line_to(point.x, point.y) }
            }
            if *closed {
                canvas.close_path();
            }
            draw(canvas, style);
        }
        Paint::Ellipse { center, radius_x, radius_y, rotation, style } => {
            let turn = rotation.to_radians();
            // Refused only for negative radii, which nothing makes.
            let _ = canvas.ellipse(center.x, center.y, *radius_x, *radius_y, turn, 0.0, std::f64::consts::TAU);
            draw(canvas, style);
        }
        Paint::Dot { center, radius, style } => {
            circle(canvas, *center, *radius);
            canvas.set_global_alpha(style.fill);
            canvas.set_fill_style_str(&style.color);
            canvas.fill();
            canvas.set_global_alpha(1.0);
            canvas.set_stroke_style_str("#fff");
            canvas.set_line_width(style.width);
            canvas.stroke();
        }
        Paint::Path { pieces, filled, style } => {
            for piece in pieces {
                match piece {
                    Piece::Move(at) => canvas.move_to(at.x, at.y),
                    Piece::Line(at) => canvas.line_to(at.x, at.y),
                    Piece::Curve(a, b, at) => canvas.bezier_curve_to(a.x, a.y, b.x, b.y, at.x, at.y),
                    Piece::Close => canvas.close_path(),
                }
            }
            if *filled {
                fill(canvas, style, CanvasWindingRule::Evenodd);
            }
            outline(canvas, style);
        }
        Paint::Mask { id, mask, transform, color, opacity, is_exact } => {
            let (id, transform, opacity, is_exact) = (*id, *transform, *opacity, *is_exact);
            masks::draw(canvas, &masks::Painted { id, mask, transform, color, opacity, is_exact });
        }
        Paint::Lines { lines, color } => {
            for [from, to] in lines {
                canvas.move_to(from.x, from.y);
                canvas.line_to(to.x, to.y);
            }
            canvas.set_global_alpha(0.5);
            canvas.set_stroke_style_str(color);
            canvas.set_line_width(1.0);
            canvas.stroke();
            canvas.set_global_alpha(1.0);
        }
        Paint::Tip { at, radius, square } => {
            match square {
                None => circle(canvas, *at, *radius),
                Some(degrees) => {
                    let (sin, cos) = degrees.to_radians().sin_cos();
                    for (n, (x, y)) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].into_iter().enumerate() {
                        let (x, y) = (x * radius, y * radius);
                        let (x, y) = (at.x + x * cos - y * sin, at.y + x * sin + y * cos);
                        if n == 0 { canvas.move_to(x, y) } else { canvas.line_to(x, y) }
                    }
                    canvas.close_path();
                }
            }
            twice(canvas);
        }
        Paint::Marquee { from, to } => {
            canvas.rect(from.x.min(to.x), from.y.min(to.y), (from.x - to.x).abs(), (from.y - to.y).abs());
            draw(canvas, &Style { color: INK.into(), fill: 0.1, width: 1.0, dashed: true });
        }
        Paint::Crosshair { at } => {
            // A dark line beside a light one, each a pixel: one of them is seen on any ground.
            for (beside, color) in [(0.5, "rgb(0 0 0 / 0.5)"), (-0.5, "rgb(255 255 255 / 0.75)")] {
                let (x, y) = (at.x.floor() + beside, at.y.floor() + beside);
                canvas.begin_path();
                canvas.move_to(x, 0.0);
                canvas.line_to(x, height);
                canvas.move_to(0.0, y);
                canvas.line_to(width, y);
                canvas.set_stroke_style_str(color);
                canvas.set_line_width(1.0);
                canvas.stroke();
            }
        }
        Paint::Tag { .. } | Paint::Knob { .. } => {}
    }
}

/// Dark and broad below light and thin: seen on any ground.
fn twice(canvas: &Canvas) {
    for (color, line) in [("rgb(0 0 0 / 0.35)", 3.0), ("rgb(255 255 255 / 0.8)", 1.0)] {
        canvas.set_stroke_style_str(color);
        canvas.set_line_width(line);
        canvas.stroke();
    }
}

fn draw(canvas: &Canvas, style: &Style) {
    fill(canvas, style, CanvasWindingRule::Nonzero);
    outline(canvas, style);
}

fn fill(canvas: &Canvas, style: &Style, rule: CanvasWindingRule) {
    if style.fill > 0.0 {
        canvas.set_global_alpha(style.fill);
        canvas.set_fill_style_str(&style.color);
        canvas.fill_with_canvas_winding_rule(rule);
        canvas.set_global_alpha(1.0);
    }
}

fn outline(canvas: &Canvas, style: &Style) {
    if style.dashed {
        // Refused only for what is no list of numbers.
        let _ = canvas.set_line_dash(&js_sys::Array::of2(&5.0.into(), &4.0.into()));
    }
    // A dark edge under the color keeps it visible on ground of its own color.
    canvas.set_stroke_style_str("rgb(0 0 0 / 0.28)");
    canvas.set_line_width(style.width + 1.5);
    canvas.stroke();
    canvas.set_stroke_style_str(&style.color);
    canvas.set_line_width(style.width);
    canvas.stroke();
    if style.dashed {
        let _ = canvas.set_line_dash(&js_sys::Array::new());
    }
}

fn circle(canvas: &Canvas, center: ScreenPoint, radius: f64) {
    canvas.begin_path();
    // Refused only for a negative radius.
    let _ = canvas.arc(center.x, center.y, radius.max(0.0), 0.0, std::f64::consts::TAU);
}

fn knob(canvas: &Canvas, center: ScreenPoint, look: Knob) {
    match look {
        Knob::Square => {
            canvas.begin_path();
            canvas.rect(center.x - 4.0, center.y - 4.0, 8.0, 8.0);
        }
        Knob::Round => circle(canvas, center, 4.5),
        Knob::Strong => circle(canvas, center, 6.0),
        Knob::Faint => circle(canvas, center, 3.0),
    }
    canvas.set_global_alpha(if look == Knob::Faint { 0.75 } else { 1.0 });
    canvas.set_fill_style_str(if look == Knob::Strong { INK } else { "#fff" });
    canvas.fill();
    canvas.set_stroke_style_str(if look == Knob::Strong { "#fff" } else { INK });
    canvas.set_line_width(1.5);
    canvas.stroke();
    canvas.set_global_alpha(1.0);
}

thread_local! {
    static WIDTHS: RefCell<HashMap<String, f64>> = RefCell::default();
}

/// How wide words are. Browsers take their time for it, and the same labels are painted again and again.
fn width_of(canvas: &Canvas, text: &str) -> f64 {
    const MOST: usize = 4_096;
    WIDTHS.with_borrow_mut(|widths| {
        if let Some(width) = widths.get(text) {
            return *width;
        }
        if widths.len() >= MOST {
            widths.clear();
        }
        let width = canvas.measure_text(text).map_or(40.0, |metrics| metrics.width());
        widths.insert(text.to_owned(), width);
        width
    })
}

fn tag(canvas: &Canvas, at: ScreenPoint, text: &str, color: &str, width: f64) {
    let measured = width_of(canvas, text);
    let (box_width, box_height) = (measured + 10.0, 17.0);
    let x = at.x.clamp(0.0, (width - box_width).max(0.0));
    let y = (at.y - box_height - 2.0).max(0.0);
    canvas.begin_path();
    let _ = canvas.round_rect_with_f64(x, y, box_width, box_height, 4.0);
    canvas.set_fill_style_str(color);
    canvas.fill();
    // White words on a veil of black: readable on every color people choose.
    canvas.set_fill_style_str("rgb(0 0 0 / 0.42)");
    canvas.fill();
    canvas.set_fill_style_str("#fff");
    canvas.set_text_baseline("middle");
    // Refused only when the canvas is gone.
    let _ = canvas.fill_text(text, x + 5.0, y + box_height / 2.0 + 0.5);
}
