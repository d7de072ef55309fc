//! Tools, history and zoom: the editor's own commands as buttons.

use editor::annotate::{Arrange, Editor, ShapeKind, ToolKind};
use editor::command::Command;
use leptos::prelude::*;

use super::look::{Light, LookButton};
use crate::annotate::bench::use_bench;
use crate::annotate::browser;
use crate::annotate::smart::NO_MODEL;
use crate::ui::{Glyph, Icon, lu};

/// The picture of a command.
pub(in crate::annotate) fn glyph(command: Command) -> Glyph {
    match command {
        Command::Tool(ToolKind::Select) => lu::LuMousePointer2,
        Command::Tool(ToolKind::Pan) => lu::LuHand,
        Command::Tool(ToolKind::Draw(ShapeKind::Rect)) => lu::LuSquare,
        Command::Tool(ToolKind::Draw(ShapeKind::Ellipse)) => lu::LuCircle,
        Command::Tool(ToolKind::Draw(ShapeKind::Polygon)) => lu::LuPentagon,
        Command::Tool(ToolKind::Draw(ShapeKind::Vector)) => lu::LuSpline,
        Command::Tool(ToolKind::Draw(ShapeKind::Mask)) => lu::LuBrush,
        Command::Tool(ToolKind::Draw(_)) => lu::LuLocate,
        Command::Tool(ToolKind::Turned) => lu::LuDiamond,
        Command::Tool(ToolKind::Eraser) => lu::LuEraser,
        Command::Tool(ToolKind::Wand) => lu::LuWandSparkles,
        Command::BrushSmaller => lu::LuMinus,
        Command::BrushLarger => lu::LuPlus,
        Command::BrushShape => lu::LuSquare,
        Command::Undo => lu::LuUndo2,
        Command::Redo => lu::LuRedo2,
        Command::Delete => lu::LuTrash2,
        Command::Duplicate => lu::LuCopy,
        Command::Solo => lu::LuFocus,
        Command::ToFront => lu::LuBringToFront,
        Command::ToBack => lu::LuSendToBack,
        Command::Reveal | Command::Smart => lu::LuSparkles,
        Command::Accept => lu::LuCheck,
        Command::RotateView => lu::LuRotateCwSquare,
        Command::Arrange(Arrange::Left) => lu::LuAlignStartVertical,
        Command::Arrange(Arrange::Center) => lu::LuAlignCenterVertical,
        Command::Arrange(Arrange::Right) => lu::LuAlignEndVertical,
        Command::Arrange(Arrange::Top) => lu::LuAlignStartHorizontal,
        Command::Arrange(Arrange::Middle) => lu::LuAlignCenterHorizontal,
        Command::Arrange(Arrange::Bottom) => lu::LuAlignEndHorizontal,
        Command::Arrange(Arrange::Across) => lu::LuAlignHorizontalSpaceBetween,
        Command::Arrange(Arrange::Down) => lu::LuAlignVerticalSpaceBetween,
        Command::ZoomIn => lu::LuZoomIn,
        Command::ZoomOut => lu::LuZoomOut,
        Command::ZoomFit => lu::LuMaximize,
        _ => lu::LuEllipsis,
    }
}

/// One command as a button.
#[component]
pub(in crate::annotate) fn CommandButton(command: Command) -> impl IntoView {
    let bench = use_bench();
    // Which keyboard it is becomes known in the browser; the server writes Ctrl.
    let apple = RwSignal::new(false);
    Effect::new(move |_| apple.set(browser::is_apple()));
    let about = move || match command {
        Command::Smart => bench.read(|editor| match editor.model() {
            Some(model) => format!("Smart: what is drawn asks “{model}”"),
            None => format!("Smart. {NO_MODEL}"),
        }),
        _ => command.name().to_owned(),
    };
    let title = move || match bench.read(|editor| editor.keymap().words(command, apple.get())) {
        Some(keys) => format!("{} ({keys})", about()),
        None => about(),
    };
    let pressed = move || match command {
        Command::Tool(tool) => Some(if bench.read(|editor| editor.tool() == tool) { "true" } else { "false" }),
        Command::Smart => Some(if bench.read(Editor::is_smart) { "true" } else { "false" }),
        _ => None,
    };
    view! {
        <button
            class="tool"
            type="button"
            title=title
            aria-label=command.name()
            aria-pressed=pressed
            disabled=move || !bench.read(|editor| editor.enabled(command))
            on:click=move |_| { let _ = bench.act(|editor| editor.run(command)); }
        >
            <Icon icon=glyph(command)/>
        </button>
    }
}

/// The tools this interface draws with.
#[component]
pub(in crate::annotate) fn Toolbar() -> impl IntoView {
    let bench = use_bench();
    let (tools, read_only) = bench.peek(|editor| {
        let (kit, read_only) = (editor.document().kit(), editor.is_read_only());
        let tools: Vec<Command> = Command::ALL
            .into_iter()
            .filter(|command| match command {
                Command::Tool(ToolKind::Select | ToolKind::Pan) => true,
                Command::Tool(tool) => kit.offers(*tool) && !read_only,
                Command::Smart => kit.asks_models() && !read_only,
                _ => false,
            })
            .collect();
        (tools, read_only)
    });
    let edits = [Command::Undo, Command::Redo, Command::Duplicate, Command::Delete];
    view! {
        <div class="toolbar" role="toolbar" aria-label="Tools" aria-orientation="vertical">
            {tools.into_iter().map(|command| view! { <CommandButton command/> }).collect_view()}
            {(!read_only).then(|| view! {
                <span class="toolbar-part">
                    <span class="toolbar-line" aria-hidden="true"></span>
                    {edits.into_iter().map(|command| view! { <CommandButton command/> }).collect_view()}
                </span>
            })}
        </div>
    }
    .into_any()
}

/// How close the picture is.
#[component]
pub(in crate::annotate) fn ZoomBar(
    /// The object shown.
    name: String,
    light: RwSignal<Light>,
) -> impl IntoView {
    let bench = use_bench();
    let object = name.clone();
    let has_zoom = bench.peek(|editor| editor.image_rules(&object).is_none_or(|rules| rules.has_zoom));
    let percent = move || {
        bench.still.track();
        bench.read(|editor| {
            editor.view(&name).map_or_else(|| "–".to_owned(), |view| format!("{:.0}%", view.zoom() * 100.0))
        })
    };
    view! {
        <div class="zoombar" role="group" aria-label="Zoom">
            <LookButton name=object light/>
            {has_zoom.then(|| view! {
                <CommandButton command=Command::ZoomOut/>
                <button
                    class="zoom-number num"
                    type="button"
                    title="Actual size (Shift 0)"
                    on:click=move |_| { let _ = bench.act(|editor| editor.run(Command::ZoomOriginal)); }
                >
                    {percent}
                </button>
                <CommandButton command=Command::ZoomIn/>
                <CommandButton command=Command::ZoomFit/>
            })}
        </div>
    }
    .into_any()
}
