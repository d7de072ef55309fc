//! Pieces, ruler and cursor onto a 2D canvas. Where they are is the editor's to say.

use domain::media::series::TimeKind;
use domain::region::ScreenSize;
use editor::annotate::{Axis, Line, Piece, TrackRow, month_starts};
use leptos::prelude::window;
use web_sys::{CanvasRenderingContext2d as Canvas, HtmlCanvasElement};

/// CSS pixels of the ruler above what is shown.
pub(in crate::annotate) const RULER: f64 = 20.0;

/// Colors of the theme, as the style sheet of a canvas gives them.
pub(in crate::annotate) struct Colors {
    style: Option<web_sys::CssStyleDeclaration>,
}

impl Colors {
    pub(in crate::annotate) fn of(canvas: &HtmlCanvasElement) -> Self {
        Self { style: window().get_computed_style(canvas).ok().flatten() }
    }

    /// A property of the canvas: `color`, `border-color`.
    pub(in crate::annotate) fn get(&self, property: &str) -> String {
        let value = self.style.as_ref().and_then(|style| style.get_property_value(property).ok());
        value.filter(|value| !value.is_empty()).unwrap_or_else(|| "#808080".to_owned())
    }
}

fn font(canvas: &Canvas) {
    canvas.set_font("500 11px ui-sans-serif, system-ui, sans-serif");
    canvas.set_text_baseline("middle");
}

/// From which step on, in milliseconds, a ruler of dates counts in how many months.
const MONTHS: [(f64, u32); 7] = [
    (2_629.8e6, 1),
    (7_889.4e6, 3),
    (15_778.8e6, 6),
    (31_557.6e6, 12),
    (63_115.2e6, 24),
    (157_788e6, 60),
    (315_576e6, 120),
];

/// A step between two numbers on a ruler so that they are at least `least` apart: 1, 2 or 5 times a power of ten; for
/// seconds beyond ten also quarters of minutes and hours, for dates also days.
fn nice(axis: &Axis, least: f64) -> f64 {
    let clock: &[f64] = match axis {
        Axis::Sound { .. } => &[15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 21_600.0],
        // Milliseconds: seconds, minutes, hours, days, weeks, months, years.
        Axis::Series { time: TimeKind::Date, .. } => &[
            1e3, 5e3, 15e3, 60e3, 300e3, 900e3, 3.6e6, 10.8e6, 21.6e6, 43.2e6, 86.4e6, 172.8e6, 604.8e6, 1_209.6e6,
            2_629.8e6, 7_889.4e6, 15_778.8e6, 31_557.6e6, 63_115.2e6, 157_788e6, 315_576e6,
        ],
        _ => &[],
    };
    if least > 10.0
        && let Some(step) = clock.iter().find(|step| **step >= least)
    {
        return *step;
    }
    let power = 10_f64.powf(least.max(1e-12).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= least).unwrap_or(least)
}

/// The places on a ruler, with their words.
fn marks(line: &Line) -> Vec<(f64, String)> {
    let (from, to) = line.shown();
    let width = line.size().width.max(1.0);
    // Written times are long.
    let apart = if matches!(line.axis(), Axis::Series { .. }) { 120.0 } else { 84.0 };
    let step = nice(line.axis(), (to - from) / width * apart);
    let step = if matches!(line.axis(), Axis::Frames { .. }) { step.max(1.0) } else { step };
    if step.is_nan() || step <= 0.0 {
        return Vec::new();
    }
    if let Axis::Series { time: TimeKind::Date, .. } = line.axis()
        && let Some((_, months)) = MONTHS.iter().rev().find(|(least, _)| step >= *least)
    {
        let starts = month_starts(from, to, *months).into_iter();
        return starts.map(|at| (line.screen_from_line(at), line.axis().words(at))).collect();
    }
    let mut places = Vec::new();
    let mut at = (from / step).ceil() * step;
    while at <= to && places.len() < 200 {
        let words = match line.axis() {
            Axis::Sound { .. } => seconds(at, step),
            axis => axis.words(at),
        };
        places.push((line.screen_from_line(at), words));
        at += step;
    }
    places
}

/// Seconds with as many digits as the step tells apart.
fn seconds(at: f64, step: f64) -> String {
    let minutes = (at / 60.0).floor();
    let rest = at - minutes * 60.0;
    let (hours, minutes) = ((minutes / 60.0).floor(), minutes - (minutes / 60.0).floor() * 60.0);
    let digits = if step >= 1.0 {
        0
    } else if step >= 0.1 {
        1
    } else if step >= 0.01 {
        2
    } else if step >= 0.001 {
        3
    } else {
        5
    };
    let width = if digits == 0 { 2 } else { 3 + digits };
    if hours > 0.0 {
        format!("{hours:.0}:{minutes:02.0}:{rest:0width$.digits$}")
    } else {
        format!("{minutes:.0}:{rest:0width$.digits$}")
    }
}

/// The numbers above a line, and faint lines down from them.
pub(in crate::annotate) fn numbers(canvas: &Canvas, line: &Line, size: ScreenSize, colors: &Colors) {
    font(canvas);
    let (words, rule) = (colors.get("outline-color"), colors.get("border-top-color"));
    for (x, text) in marks(line) {
        canvas.set_fill_style_str(&rule);
        canvas.fill_rect(x.round(), RULER - 5.0, 1.0, size.height - RULER + 5.0);
        canvas.set_fill_style_str(&words);
        // Refused only when the canvas is gone.
        let _ = canvas.fill_text(&text, x.round() + 4.0, RULER / 2.0);
    }
}

/// The pieces and the cursor.
pub(super) fn lively(
    canvas: &Canvas,
    line: &Line,
    pieces: &[Piece],
    rows: &[TrackRow],
    size: ScreenSize,
    colors: &Colors,
) {
    font(canvas);
    tracks(canvas, rows, size);
    let channels = if let Axis::Sound { channels, .. } = line.axis() { f64::from((*channels).max(1)) } else { 1.0 };
    let all = size.height - RULER;
    for piece in pieces {
        let (top, height) = match piece.channel {
            Some(channel) => (RULER + all / channels * f64::from(channel), all / channels),
            None => (RULER, all),
        };
        let (from, to) = (piece.from_x.max(-4.0), piece.to_x.min(size.width + 4.0));
        let strong = piece.selected || piece.hovered || piece.key.is_none();
        canvas.set_fill_style_str(&piece.color);
        if piece.is_instant {
            let width = if strong { 3.0 } else { 2.0 };
            canvas.fill_rect(from - width / 2.0, top, width, height);
            canvas.begin_path();
            // Refused only for a negative radius.
            let _ = canvas.arc(from, top + 5.0, if strong { 6.0 } else { 4.5 }, 0.0, std::f64::consts::TAU);
            canvas.fill();
        } else {
            canvas.set_global_alpha(if strong { 0.36 } else { 0.22 });
            canvas.fill_rect(from, top, (to - from).max(1.0), height);
            canvas.set_global_alpha(1.0);
            let edge = if strong { 2.0 } else { 1.0 };
            canvas.fill_rect(from, top, edge, height);
            canvas.fill_rect(to - edge, top, edge, height);
            if piece.selected {
                // Where it can be held.
                for x in [from, to] {
                    canvas.begin_path();
                    let _ = canvas.round_rect_with_f64(x - 3.0, top + height / 2.0 - 12.0, 6.0, 24.0, 3.0);
                    canvas.set_fill_style_str("#fff");
                    canvas.fill();
                    canvas.set_stroke_style_str(&piece.color);
                    canvas.set_line_width(2.0);
                    canvas.stroke();
                }
            }
        }
        tag(canvas, piece, (from, to), top, size);
    }
    // On a film the cursor stands in the middle of its frame.
    let half = if matches!(line.axis(), Axis::Frames { .. }) { 0.5 } else { 0.0 };
    let x = line.screen_from_line(line.cursor() + half);
    if (-1.0..=size.width + 1.0).contains(&x) {
        canvas.set_fill_style_str(&colors.get("caret-color"));
        canvas.fill_rect(x.round() - 0.75, RULER - 6.0, 1.5, size.height);
        canvas.begin_path();
        canvas.move_to(x - 5.0, RULER - 8.0);
        canvas.line_to(x + 5.0, RULER - 8.0);
        canvas.line_to(x, RULER - 1.0);
        canvas.fill();
    }
}

/// When things that move are to be seen, and where they were set by hand: a thin row for each, what is selected always.
fn tracks(canvas: &Canvas, rows: &[TrackRow], size: ScreenSize) {
    const HEIGHT: f64 = 10.0;
    let mut y = RULER + 6.0 + 17.0;
    let (selected, others): (Vec<&TrackRow>, Vec<&TrackRow>) = rows.iter().partition(|row| row.selected);
    for row in selected.into_iter().chain(others) {
        if y + HEIGHT > size.height {
            return;
        }
        canvas.set_fill_style_str(&row.color);
        canvas.set_global_alpha(if row.selected { 0.75 } else { 0.35 });
        for (from, to) in &row.spans {
            let (from, to) = (from.max(-4.0), to.min(size.width + 4.0));
            if to > from {
                canvas.fill_rect(from, y + 3.0, to - from, HEIGHT - 6.0);
            }
        }
        canvas.set_global_alpha(1.0);
        for x in row.keyframes.iter().filter(|x| (-6.0..=size.width + 6.0).contains(*x)) {
            let half = if row.selected { 5.0 } else { 4.0 };
            let middle = y + HEIGHT / 2.0;
            canvas.begin_path();
            canvas.move_to(*x, middle - half);
            canvas.line_to(x + half, middle);
            canvas.line_to(*x, middle + half);
            canvas.line_to(x - half, middle);
            canvas.close_path();
            canvas.fill();
        }
        y += HEIGHT + 2.0;
    }
}

/// The name of a piece at its beginning, as far as there is room.
fn tag(canvas: &Canvas, piece: &Piece, (from, to): (f64, f64), top: f64, size: ScreenSize) {
    let room = if piece.is_instant { 160.0 } else { to - from.max(0.0) };
    if piece.title.is_empty() || room < 24.0 {
        return;
    }
    let measured = canvas.measure_text(&piece.title).map_or(40.0, |metrics| metrics.width());
    let width = (measured + 10.0).min(room);
    let x = from.max(0.0).min((size.width - width).max(0.0)) + if piece.is_instant { 7.0 } else { 0.0 };
    canvas.save();
    canvas.begin_path();
    let _ = canvas.round_rect_with_f64(x, top, width, 17.0, 3.0);
    canvas.set_fill_style_str(&piece.color);
    canvas.fill();
    // White words on a veil of black: readable on every color people choose.
    canvas.set_fill_style_str("rgb(0 0 0 / 0.42)");
    canvas.fill();
    canvas.clip();
    canvas.set_fill_style_str("#fff");
    let _ = canvas.fill_text(&piece.title, x + 5.0, top + 9.0);
    canvas.restore();
}
