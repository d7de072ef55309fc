//! Curves onto a 2D canvas: per CSS pixel the lowest and the highest value, the rows themselves once they are apart.

use domain::region::ScreenSize;
use editor::annotate::Line;
use web_sys::CanvasRenderingContext2d as Canvas;

use super::channel::{Channel, number_of};
use super::store::Drawn;
use crate::annotate::line::{Colors, RULER};

/// Room above and below a curve, in CSS pixels.
const ROOM: f64 = 10.0;
/// Rows farther apart than this, in CSS pixels, are shown as points.
const APART: f64 = 12.0;

/// From value to height.
struct Scale {
    low: f64,
    high: f64,
    top: f64,
    height: f64,
}

impl Scale {
    fn of(channel: &Channel, drawn: &Drawn, top: f64, height: f64) -> Option<Self> {
        let known = drawn.extremes.get(channel.column).copied()?;
        let in_sight = || {
            drawn
                .points(channel.column)
                .filter(|(_, _, low, high)| low.is_finite() && high.is_finite())
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), (_, _, low, high)| (l.min(low), h.max(high)))
        };
        let (low, high) = if channel.is_fixed { known } else { in_sight() };
        if !(low.is_finite() && high.is_finite()) {
            return None;
        }
        let (low, high) = if high > low { (low, high) } else { (low - 1.0, high + 1.0) };
        Some(Self { low, high, top, height })
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        self.top + ROOM + (1.0 - share) * (self.height - 2.0 * ROOM).max(1.0)
    }
}

/// All channels, one above the other.
pub(super) fn paint(
    canvas: &Canvas,
    line: &Line,
    size: ScreenSize,
    colors: &Colors,
    channels: &[Channel],
    drawn: &Drawn,
) {
    let mut top = RULER;
    let mut height = 0.0;
    for channel in channels {
        if channel.height > 0.0 {
            top += height;
            height = channel.height;
            canvas.set_fill_style_str(&colors.get("border-bottom-color"));
            canvas.fill_rect(0.0, (top + height).round() - 1.0, size.width, 1.0);
        }
        let Some(scale) = Scale::of(channel, drawn, top, height) else { continue };
        curve(canvas, channel, drawn, &scale, |time| line.screen_from_line(time), size.width);
        if channel.has_axis && channel.height > 0.0 {
            axis(canvas, channel, &scale, size.width, colors);
        }
    }
}

/// The whole in small.
pub(super) fn paint_small(
    canvas: &Canvas,
    size: ScreenSize,
    _colors: &Colors,
    channels: &[Channel],
    drawn: &Drawn,
    (first, last): (f64, f64),
) {
    for channel in channels {
        let scale = Scale::of(channel, drawn, -ROOM + 3.0, size.height + 2.0 * ROOM - 6.0);
        let place = |time: f64| (time - first) / (last - first).max(f64::MIN_POSITIVE) * size.width;
        if let Some(scale) = scale {
            curve(canvas, channel, drawn, &scale, place, size.width);
        }
    }
}

fn curve(canvas: &Canvas, channel: &Channel, drawn: &Drawn, scale: &Scale, place: impl Fn(f64) -> f64, width: f64) {
    canvas.begin_path();
    // One column of pixels is one stroke from its lowest to its highest value.
    let mut column: Option<(f64, f64, f64)> = None;
    let mut is_down = false;
    let mut count = 0.0;
    let draw = |(x, low, high): (f64, f64, f64), is_down: bool| {
        let (y_low, y_high) = (scale.y(low), scale.y(high));
        if is_down {
            canvas.line_to(x, y_high);
        } else {
            canvas.move_to(x, y_high);
        }
        if (y_low - y_high).abs() > 0.5 {
            canvas.line_to(x, y_low);
        }
    };
    for (first, end, low, high) in drawn.points(channel.column) {
        let at = place(f64::midpoint(first, end));
        if !(low.is_finite() && high.is_finite() && at.is_finite()) {
            // A gap in the measurements is a gap in the curve.
            if let Some(open) = column.take() {
                draw(open, is_down);
            }
            is_down = false;
            continue;
        }
        count += 1.0;
        column = Some(match column {
            Some((x, l, h)) if (x - at).abs() < 0.75 => (x, l.min(low), h.max(high)),
            Some(open) => {
                draw(open, is_down);
                is_down = true;
                (at, low, high)
            }
            None => (at, low, high),
        });
    }
    if let Some(open) = column {
        draw(open, is_down);
    }
    canvas.set_stroke_style_str(&channel.color);
    canvas.set_line_width(channel.width.max(1.0) + 0.25);
    canvas.set_line_join("round");
    canvas.stroke();
    if drawn.is_rows() && width / f64::max(count, 1.0) > APART {
        canvas.set_fill_style_str(&channel.color);
        canvas.begin_path();
        for (time, _, value, _) in drawn.points(channel.column).filter(|(_, _, value, _)| value.is_finite()) {
            let (x, y) = (place(time), scale.y(value));
            canvas.move_to(x + 2.5, y);
            // Refused only for a negative radius.
            let _ = canvas.arc(x, y, 2.5, 0.0, std::f64::consts::TAU);
        }
        canvas.fill();
    }
}

/// The highest and the lowest value in sight, at the right edge.
fn axis(canvas: &Canvas, channel: &Channel, scale: &Scale, width: f64, colors: &Colors) {
    canvas.set_font("500 11px ui-sans-serif, system-ui, sans-serif");
    canvas.set_text_baseline("middle");
    canvas.set_text_align("right");
    canvas.set_fill_style_str(&colors.get("outline-color"));
    // Readable over the curve, whatever it does there.
    canvas.set_stroke_style_str(&colors.get("text-decoration-color"));
    canvas.set_line_width(4.0);
    canvas.set_line_join("round");
    for value in [scale.high, scale.low] {
        let words = format!("{} {}", number_of(value, channel.digits), channel.units);
        // Refused only when the canvas is gone.
        let _ = canvas.stroke_text(words.trim_end(), width - 6.0, scale.y(value));
        let _ = canvas.fill_text(words.trim_end(), width - 6.0, scale.y(value));
    }
    canvas.set_text_align("left");
}
