//! The state of a project: its badge, the moves out of it, and what it takes before it can go live.

use domain::access::ProjectPermission;
use domain::id::ProjectId;
use domain::project::{Lack, Progress, ProjectDetail, ProjectMove, ProjectState};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::api::{MoveProject, move_project, project_history};
use crate::shell::{Command, use_commands};
use crate::ui::{
    Align, Badge, Button, ConfirmDialog, Dialog, DialogFoot, ErrorBanner, Glyph, Icon, LinkButton, Look, Menu,
    MenuButton, Size, SkeletonRows, Time, Tone, lu, plural, use_toasts,
};

/// The state in a word and a color.
pub(super) fn state_badge(state: ProjectState) -> AnyView {
    let tone = match state {
        ProjectState::Pending | ProjectState::BuildingWorkflow => Tone::Neutral,
        ProjectState::Live => Tone::Success,
        ProjectState::Paused => Tone::Warning,
        ProjectState::Completed => Tone::Accent,
    };
    view! { <Badge tone dot=true>{state.title()}</Badge> }.into_any()
}

/// A move in words and an outline.
pub(super) fn move_words(step: ProjectMove) -> (&'static str, Glyph) {
    match step {
        ProjectMove::GoLive => ("Go live", lu::LuPlay),
        ProjectMove::Pause => ("Pause", lu::LuPause),
        ProjectMove::Resume => ("Resume", lu::LuPlay),
        ProjectMove::Complete => ("Mark as completed", lu::LuCircleCheck),
        ProjectMove::Reopen => ("Reopen", lu::LuRotateCcw),
        ProjectMove::Reset => ("Back to setting up", lu::LuUndo2),
    }
}

/// What people see once it is done.
fn done_words(state: ProjectState) -> &'static str {
    match state {
        ProjectState::Live => "The project is live: its tasks are handed out",
        ProjectState::Paused => "The project is paused: nobody gets new tasks",
        ProjectState::Completed => "The project is completed",
        ProjectState::Pending | ProjectState::BuildingWorkflow => "The project is being set up again",
    }
}

/// What is asked before a move that people may not mean; `None` for the others, which are taken back with a click.
fn question(step: ProjectMove, progress: Progress) -> Option<String> {
    let open = (progress.tasks - progress.labeled).max(0);
    match step {
        ProjectMove::Complete if open > 0 => {
            let open = plural(open, "task is", "tasks are");
            Some(format!("{open} not labeled yet. Nobody gets them anymore unless you reopen the project."))
        }
        ProjectMove::Reset => {
            Some("Nobody gets tasks until it goes live again. What has been labeled stays as it is.".to_owned())
        }
        _ => None,
    }
}

/// The moves of one project: ask, check, do, say so.
#[derive(Clone, Copy)]
pub(super) struct Moves {
    /// Makes the move, with a question first where there is one.
    pub(super) start: Callback<ProjectMove>,
    asking: RwSignal<bool>,
    lacking: RwSignal<bool>,
    asked: RwSignal<Option<ProjectMove>>,
    action: ServerAction<MoveProject>,
}

impl Moves {
    /// Call inside a component; `on_done` is run after each move, also one that somebody else was faster with.
    pub(super) fn new(project_id: ProjectId, progress: Progress, lacks: &[Lack], on_done: Callback<()>) -> Self {
        let toasts = use_toasts();
        let action = ServerAction::<MoveProject>::new();
        let (asking, lacking) = (RwSignal::new(false), RwSignal::new(false));
        let asked = RwSignal::new(None::<ProjectMove>);
        Effect::new(move |_| match action.value().get() {
            Some(Ok(state)) => {
                asking.set(false);
                // The message outlives this view, which is drawn anew with the new state.
                let back = move || {
                    spawn_local(async move {
                        if let Err(error) = move_project(project_id, ProjectMove::Resume).await {
                            toasts.error(&error);
                        }
                        on_done.try_run(());
                    });
                };
                match state {
                    ProjectState::Paused => toasts.undo(done_words(state), back),
                    _ => toasts.success(done_words(state)),
                }
                on_done.run(());
            }
            Some(Err(error)) => {
                asking.set(false);
                toasts.error(&error);
                on_done.run(());
            }
            None => {}
        });
        let is_ready = lacks.is_empty();
        let start = Callback::new(move |step: ProjectMove| {
            asked.set(Some(step));
            if !is_ready && matches!(step, ProjectMove::GoLive | ProjectMove::Resume | ProjectMove::Reopen) {
                lacking.set(true);
            } else if question(step, progress).is_some() {
                asking.set(true);
            } else {
                action.dispatch(MoveProject { project_id, step });
            }
        });
        Self { start, asking, lacking, asked, action }
    }
}

/// The state of the project one is in, and for those who manage it the ways out of it.
#[component]
pub(super) fn StateControl(detail: ProjectDetail, moves: Moves) -> impl IntoView {
    let state = detail.state;
    if !detail.role.allows(ProjectPermission::Manage) {
        return state_badge(state);
    }
    use_commands(Signal::stored(
        state
            .moves()
            .map(|step| {
                let (label, icon) = move_words(step);
                Command::run("This project", label, icon, Callback::new(move |()| moves.start.run(step)))
                    .words("state status")
            })
            .collect::<Vec<_>>(),
    ));
    let mut steps = state.moves();
    let usual = steps.next().map(|step| {
        let (label, icon) = move_words(step);
        // What the project lacks comes first.
        let is_next = state != ProjectState::Live && lacks(&detail).is_empty();
        let look = if is_next { Look::Primary } else { Look::Plain };
        view! {
            <Button look icon size=Size::Small busy=moves.action.pending() on:click=move |_| moves.start.run(step)>{label}</Button>
        }
    });
    let others: Vec<ProjectMove> = steps.collect();
    let more = (!others.is_empty()).then(|| {
        let items = others
            .into_iter()
            .map(|step| {
                let (label, icon) = move_words(step);
                view! { <MenuButton icon on:click=move |_| moves.start.run(step)>{label}</MenuButton> }
            })
            .collect_view();
        view! {
            <Menu id="state-menu" label="More states" icon=lu::LuEllipsis align=Align::End size=Size::Small>{items}</Menu>
        }
    });
    view! {
        <div class="row state-control">
            {state_badge(state)}
            {usual}
            {more}
        </div>
        <MoveDialogs project_id=detail.project_id progress=detail.progress lacks=lacks(&detail) moves/>
    }
    .into_any()
}

/// What the project lacks before it can go live.
pub(super) fn lacks(detail: &ProjectDetail) -> Vec<Lack> {
    Lack::of(detail.has_controls, detail.progress.tasks)
}

/// What is asked or said before a move.
#[component]
fn MoveDialogs(project_id: ProjectId, progress: Progress, lacks: Vec<Lack>, moves: Moves) -> impl IntoView {
    let Moves { asking, lacking, asked, action, .. } = moves;
    let verb = move || asked.get().map_or("", |step| move_words(step).0);
    let lacks = StoredValue::new(lacks);
    view! {
        <ConfirmDialog
            open=asking
            title=Signal::derive(move || format!("{}?", verb()))
            text=Signal::derive(move || asked.get().and_then(|step| question(step, progress)).unwrap_or_default())
            verb="Go ahead"
            danger=false
            busy=action.pending()
            on_confirm=Callback::new(move |()| {
                if let Some(step) = asked.get_untracked() {
                    action.dispatch(MoveProject { project_id, step });
                }
            })
        />
        <Dialog
            open=lacking
            title="Not ready to go live".to_owned()
            text="Something is missing before tasks can be handed out.".to_owned()
            dismissable=true
        >
            <div class="dialog-body">
                <ul class="next-steps" role="list">
                    {lacks.with_value(|lacks| lacks.iter().map(|lack| missing(project_id, *lack)).collect_view())}
                </ul>
            </div>
            <DialogFoot>
                <Button on:click=move |_| lacking.set(false)>"Close"</Button>
            </DialogFoot>
        </Dialog>
    }
    .into_any()
}

fn missing(project_id: ProjectId, lack: Lack) -> AnyView {
    let (icon, title, text, rest, verb) = match lack {
        Lack::Interface => (
            lu::LuLayoutTemplate,
            "A labeling interface",
            "What people look at and answer.",
            "settings/labeling",
            "Set up",
        ),
        Lack::Tasks => (lu::LuUpload, "Tasks", "The data that is labeled.", "import", "Import"),
    };
    view! {
        <li>
            <span class="next-icon"><Icon icon/></span>
            <span class="grow"><strong>{title}</strong><span class="muted">{text}</span></span>
            <LinkButton href=format!("/projects/{project_id}/{rest}") look=Look::Primary size=Size::Small>{verb}</LinkButton>
        </li>
    }
    .into_any()
}

/// Every state the project was in, in a dialog.
#[component]
pub(super) fn HistoryDialog(project_id: ProjectId, open: RwSignal<bool>) -> impl IntoView {
    let load = Action::new(move |(): &()| project_history(project_id));
    Effect::new(move |_| {
        if open.get() {
            load.dispatch(());
        }
    });
    view! {
        <Dialog open title="States of the project".to_owned() text="Every change, newest first.".to_owned() dismissable=true>
            <div class="dialog-body">
                {move || match load.value().get() {
                    Some(Ok(changes)) => {
                        let rows = changes.into_iter().map(|change| view! {
                            <li>
                                {state_badge(change.to)}
                                <span class="grow muted">
                                    {match change.from {
                                        Some(from) => format!("was “{}”", from.title()),
                                        None => "the project was made".to_owned(),
                                    }}
                                    {change.by.map(|by| format!(", by {by}"))}
                                </span>
                                <span class="faint nowrap"><Time at=change.at/></span>
                            </li>
                        });
                        view! { <ol class="rows" role="list">{rows.collect_view()}</ol> }.into_any()
                    }
                    Some(Err(error)) => view! { <ErrorBanner error/> }.into_any(),
                    None => view! { <SkeletonRows/> }.into_any(),
                }}
            </div>
        </Dialog>
    }
    .into_any()
}
