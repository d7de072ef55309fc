//! A time series: its channels one above the other on one line of time, and the whole in small below them.
//!
//! The numbers come from the server in parts (`docs/media.md`, “Series”), so that a million rows are panned through as
//! smoothly as a hundred; what stands in the task itself, and all of a preview, is made the same in the page.

mod channel;
mod chart;
mod store;

use domain::label_config::Element;
use domain::media::series::{Options, TimeFormat};
use editor::annotate::{Axis, Line, Response, Turn};
use leptos::task::spawn_local;
use leptos::{html, prelude::*};
use serde_json::Value;

use self::channel::Channel;
use self::store::Series;
use super::Shown;
use super::trouble::Trouble;
use crate::annotate::bench::{Bench, OpenedTask};
use crate::annotate::canvas::{observe_size, paint_layer, size_of};
use crate::annotate::line::{Colors, Ground, LineSurface, Making, Overview, RULER, ZoomButtons, pending_hint};
use crate::annotate::media::{self, Failure};
use crate::shell::use_theme;

/// A `<TimeSeries>` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    let value = shown.value.clone().unwrap_or(Value::Null);
    view! { <Measured bench=shown.bench name=shown.name.clone() value element=shown.element.clone()/> }.into_any()
}

/// How far a series is.
#[derive(Clone)]
enum State {
    /// On its way; the share of 1 that the server has made.
    Opening(Option<f64>),
    /// To be seen.
    Open(Series),
    /// It cannot be had.
    Failed(Failure),
}

#[component]
fn Measured(
    bench: Bench,
    /// The object's name.
    name: String,
    /// An address, or the columns themselves.
    value: Value,
    /// As written, with its channels.
    element: Element,
) -> impl IntoView {
    let task = use_context::<OpenedTask>();
    let object = StoredValue::new(name);
    let state = RwSignal::new(State::Opening(None));
    let address = value.as_str().unwrap_or_default().to_owned();
    let (value, element) = (StoredValue::new(value), StoredValue::new(element));
    let load = move || {
        state.set(State::Opening(None));
        spawn_local(async move {
            let options = match element.with_value(Options::of) {
                Ok(options) => options,
                Err(error) => {
                    state.set(State::Failed(Failure::new(&error.code, error.message)));
                    return;
                }
            };
            let making = move |share| state.try_set(State::Opening(Some(share))).is_none();
            let got = match (value.get_value(), task) {
                (Value::String(src), _) if src.trim().is_empty() => {
                    Err(Failure::new("media_missing", "This task has no series here."))
                }
                (Value::String(src), Some(task)) => {
                    let written = |name: &str| {
                        element.with_value(|element| element.attribute(name).unwrap_or_default().to_owned())
                    };
                    let columns = serde_json::to_string(&options.columns).unwrap_or_default();
                    let columns = if options.columns.is_empty() { String::new() } else { columns };
                    let (time, format, sep) = (written("timeColumn"), written("timeFormat"), written("sep"));
                    let more = [("time", time.trim()), ("format", format.trim()), ("sep", &sep), ("columns", &columns)];
                    store::from_server(&media::derived(task, "series", src.trim(), &more), making).await
                }
                (Value::String(src), None) => store::from_file(src.trim(), &options).await,
                (columns @ Value::Object(_), _) => store::from_columns(&columns, &options),
                _ => Err(Failure::new("media_missing", "This task has no series here.")),
            };
            if state.try_get_untracked().is_none() {
                // The page has gone on to another task.
                return;
            }
            match got {
                Ok(series) => {
                    let (first, last) = series.span();
                    let format = options.time_format.filter(|_| series.is_dated());
                    let display = element.with_value(|element| {
                        element.attribute("timeDisplayFormat").and_then(|written| TimeFormat::new(written.trim()).ok())
                    });
                    let axis = Axis::Series { first, last, time: series.time(), format, display };
                    object.with_value(|name| {
                        let _ = bench.act(|editor| editor.open_line(name, axis));
                    });
                    state.set(State::Open(series));
                }
                Err(failure) => state.set(State::Failed(failure)),
            }
        });
    };
    Effect::new(move |_| load());
    go_along(bench, object);
    let again = Callback::new(move |()| load());
    let channels = element.with_value(channel::of);
    let body = move || match state.get() {
        State::Opening(share) => {
            let height = channels.iter().map(|channel| channel.height).sum::<f64>() + RULER;
            view! { <Making share height/> }.into_any()
        }
        State::Failed(failure) => view! { <Trouble failure address=address.clone() again/> }.into_any(),
        State::Open(series) => {
            let channels = channel::matched(&channels, &series);
            view! { <Board bench object series channels element/> }.into_any()
        }
    };
    view! {
        <div class="line-object" data-kind="series">
            {body}
            {move || pending_hint(bench, object)}
        </div>
    }
    .into_any()
}

/// The cursor goes where those are that the series moves together with, and they go where it is put.
fn go_along(bench: Bench, object: StoredValue<String>) {
    let Some(seat) = object.with_value(|name| bench.together.seat(name)) else { return };
    let told = StoredValue::new(None::<u32>);
    Effect::new(move |_| {
        bench.lively.track();
        let line = object.with_value(|name| {
            bench.peek(|editor| editor.line(name).map(|line| (line.acts(), line.cursor(), line.axis().clone())))
        });
        let Some((acts, cursor, axis)) = line else { return };
        let second = axis.second_from_line(cursor);
        // What was done before the series was there is over.
        let is_act = told.get_value().is_some_and(|told| acts > told);
        told.set_value(Some(acts));
        if is_act {
            seat.act(second, seat.is_playing(), None);
        }
        if let Turn::Go { second, .. } = seat.turn(second, false, f64::INFINITY, true) {
            object.with_value(|name| {
                let _ = bench.act(|editor| editor.follow_line(name, axis.line_from_second(second), false));
            });
        }
    });
}

#[component]
fn Board(
    bench: Bench,
    object: StoredValue<String>,
    series: Series,
    channels: Vec<Channel>,
    element: StoredValue<Element>,
) -> impl IntoView {
    let name = object.get_value();
    let height = channels.iter().map(|channel| channel.height).sum::<f64>() + RULER;
    let label = format!(
        "Time series “{name}”. Arrow keys move, with Shift they mark a piece; then press the key of a label. A double click marks a moment."
    );
    let values = RwSignal::new(vec![None::<f64>; channels.len()]);
    let changed: Signal<u32> = series.arrived().into();
    let ground: Ground = {
        let (series, channels) = (series.clone(), channels.clone());
        std::sync::Arc::new(move |canvas, line: &Line, size, colors| {
            let Some(drawn) = series.in_sight(line.shown(), size.width) else { return };
            chart::paint(canvas, line, size, colors, &channels, &drawn);
            let now = channels.iter().map(|channel| drawn.value_at(line.cursor(), channel.column)).collect::<Vec<_>>();
            if values.get_untracked() != now {
                values.set(now);
            }
            object.with_value(|name| {
                // Nothing is drawn anew for it.
                let _ = bench.act(|editor| {
                    editor.set_ticks(name, drawn.times());
                    Response::default()
                });
            });
        })
    };
    let time = move || {
        bench.still.track();
        object.with_value(|name| bench.read(|editor| editor.line(name).map(|line| line.axis().words(line.cursor()))))
    };
    let legend = channels
        .iter()
        .enumerate()
        .map(|(n, channel)| {
            let (title, units, digits) = (channel.title.clone(), channel.units.clone(), channel.digits);
            let words = move || {
                let value = values.with(|values| values.get(n).copied().flatten());
                value.map_or_else(|| "–".to_owned(), |value| format!("{} {units}", channel::number_of(value, digits)))
            };
            let color = format!("--label: {}", channel.color);
            view! {
                <span class="series-key" style=color>
                    <span class="label-dot" aria-hidden="true"></span>
                    {title}
                    <span class="num strong">{words}</span>
                </span>
            }
        })
        .collect_view();
    view! {
        <div class="line-bar">
            <span class="line-time num">{time}</span>
            {legend}
            <span class="line-space"></span>
            <ZoomButtons bench name=name.clone()/>
        </div>
        <LineSurface bench name=name.clone() label height ground changed/>
        <Overview bench name>
            <Small series channels element/>
        </Overview>
    }
    .into_any()
}

/// The channels of the overview, all of them from beginning to end.
#[component]
fn Small(series: Series, channels: Vec<Channel>, element: StoredValue<Element>) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let theme = use_theme();
    let shown = element.with_value(|element| element.attribute("overviewChannels").unwrap_or_default().to_owned());
    let shown: Vec<&str> = shown.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let channels: Vec<Channel> = channels
        .into_iter()
        .enumerate()
        .filter(|(n, channel)| if shown.is_empty() { *n == 0 } else { shown.contains(&channel.name.as_str()) })
        .map(|(_, channel)| channel)
        .collect();
    let arrived = series.arrived();
    let paint = StoredValue::new(std::sync::Arc::new(move || {
        let (Some(size), Some(canvas)) = (size_of(frame), canvas.get_untracked()) else { return };
        let colors = Colors::of(&canvas);
        paint_layer(&canvas, size, |context| {
            if let Some(drawn) = series.in_sight(series.span(), size.width.min(1_000.0)) {
                chart::paint_small(context, size, &colors, &channels, &drawn, series.span());
            }
        });
    }) as std::sync::Arc<dyn Fn() + Send + Sync>);
    Effect::new(move |_| {
        theme.track_colors();
        arrived.track();
        paint.with_value(|paint| paint());
    });
    observe_size(frame, move || {
        let _ = paint.try_with_value(|paint| paint());
    });
    view! {
        <div class="series-small" node_ref=frame>
            <canvas class="line-layer" node_ref=canvas></canvas>
        </div>
    }
    .into_any()
}
