//! What comes along: which tasks, which annotations, and in which detail.

use std::collections::BTreeSet;

use domain::{
    Error as Problem,
    format::{ChosenView, ExportOptions, Only},
    id::ViewId,
};
use leptos::{html, prelude::*};

use crate::{
    error::AppError,
    lost::PartFailed,
    ui::{Choice, FormScope, Select, Switch, TextField, answered, focus_first_error},
};

/// What is wrong with the choice, at the field where it is made.
fn placed(problem: Problem) -> Problem {
    match problem.field.as_deref() {
        Some("tasks") => problem.on("export_ids"),
        Some("title") => problem.on("export_title"),
        Some("view") => problem.on("export_view"),
        _ => problem,
    }
}

/// As [`placed`], for what the server says.
pub(super) fn at_its_field(error: AppError) -> AppError {
    match error {
        AppError::Domain(problem) => AppError::Domain(placed(problem)),
        lost @ AppError::Transport(_) => lost,
    }
}

/// Whether it is about a field of the choice.
pub(super) fn has_field(error: &AppError) -> bool {
    matches!(error.field(), Some("export_ids" | "export_title" | "export_view"))
}

/// What is chosen on the page.
#[derive(Clone, Copy)]
pub(super) struct Chosen {
    options: RwSignal<ExportOptions>,
    ids: RwSignal<String>,
    title: RwSignal<String>,
}

impl Default for Chosen {
    fn default() -> Self {
        Self {
            options: RwSignal::new(ExportOptions::default()),
            ids: RwSignal::new(String::new()),
            title: RwSignal::new(String::new()),
        }
    }
}

impl Chosen {
    /// As the server takes it.
    pub(super) fn options(self) -> Result<ExportOptions, Problem> {
        let mut options = self.options.get_untracked();
        self.title.get_untracked().trim().clone_into(&mut options.title);
        options.tasks.ids = self.ids.with_untracked(|ids| read_ids(ids))?;
        options.check().map_err(placed)?;
        Ok(options)
    }
}

/// Numbers with anything between them.
fn read_ids(text: &str) -> Result<BTreeSet<i64>, Problem> {
    let words = text.split([',', ';', ' ', '\n', '\t']).map(str::trim).filter(|word| !word.is_empty());
    let number = |word: &str| {
        let refuse = || {
            Problem::invalid(
                "export_ids",
                "export_ids",
                format!("“{word}” is no task id: write numbers, such as 3, 17."),
            )
        };
        word.trim_start_matches('#').parse().map_err(|_| refuse())
    };
    words.map(number).collect()
}

/// The switches above the formats.
#[component]
pub(super) fn Options(
    chosen: Chosen,
    /// The views of the Data Manager.
    views: Resource<Result<Vec<(ViewId, String)>, AppError>>,
    /// What was wrong when an export was asked for.
    error: RwSignal<Option<AppError>>,
) -> impl IntoView {
    let Chosen { options, ids, title } = chosen;
    let set =
        move |change: fn(&mut ExportOptions, bool)| Callback::new(move |on| options.update(|all| change(all, on)));
    let tasks = vec![
        Choice::new("all", "All tasks"),
        Choice::new("finished", "Finished tasks"),
        Choice::new("unfinished", "Tasks that are not finished"),
        Choice::new("annotated", "Tasks with an annotation"),
        Choice::new("not_annotated", "Tasks without an annotation"),
        Choice::new("skipped", "Tasks somebody skipped"),
        Choice::new("not_skipped", "Tasks nobody skipped"),
    ];
    let choose = Callback::new(move |choice: String| {
        options.update(|all| {
            all.tasks.finished = Only::Any;
            all.tasks.annotated = Only::Any;
            all.tasks.skipped = Only::Any;
            match choice.as_str() {
                "finished" => all.tasks.finished = Only::Only,
                "unfinished" => all.tasks.finished = Only::Exclude,
                "annotated" => all.tasks.annotated = Only::Only,
                "not_annotated" => all.tasks.annotated = Only::Exclude,
                "skipped" => all.tasks.skipped = Only::Only,
                "not_skipped" => all.tasks.skipped = Only::Exclude,
                _ => {}
            }
        });
    });
    let (form, choices) = (NodeRef::<html::Form>::new(), NodeRef::<html::Details>::new());
    Effect::new(move |_| {
        // A field cannot have the focus where it is not seen.
        if let Some(choices) = choices.get()
            && error.with(|error| error.as_ref().is_some_and(has_field))
        {
            choices.set_open(true);
        }
    });
    focus_first_error(form, error.into());
    view! {
        <FormScope error>
        <form class="export-options" node_ref=form novalidate=true on:submit=|event| event.prevent_default()>
            <Switch
                name="include_unlabeled"
                label="Include tasks nobody has labeled"
                help="They come along marked as not labeled, and are never taken for empty ones."
                on_change=set(|all, on| all.include_unlabeled = on)
            />
            <details class="disclosure" node_ref=choices>
                <summary>"Choose what comes along"</summary>
                <div class="export-choices">
                    <Select name="export_tasks" label="Tasks" choices=tasks value="all" on_change=choose/>
                    <Suspense>
                        {answered(views, move |views| match views {
                            Ok(views) => of_view(views, options).into_any(),
                            Err(error) => view! { <PartFailed error/> }.into_any(),
                        })}
                    </Suspense>
                    <TextField
                        name="export_ids"
                        label="Only these task ids"
                        optional=true
                        bind=ids
                        placeholder="3, 17, 42"
                        help="The “id” in exports and in the API. It is not the number (#) on the Data page."
                    />
                    <TextField name="export_title" label="Name of the export" optional=true bind=title max_length=200_u32/>
                    <Switch
                        name="export_usual"
                        label="Ordinary annotations"
                        checked=true
                        on_change=set(|all, on| all.annotations.usual = on)
                    />
                    <Switch
                        name="export_ground_truth"
                        label="Reference answers"
                        checked=true
                        on_change=set(|all, on| all.annotations.ground_truth = on)
                    />
                    <Switch
                        name="export_skipped"
                        label="Skipped annotations"
                        checked=true
                        on_change=set(|all, on| all.annotations.skipped = on)
                    />
                    <Switch
                        name="export_predictions"
                        label="Predictions"
                        checked=true
                        on_change=set(|all, on| all.without_predictions = !on)
                    />
                    <Switch
                        name="export_drafts"
                        label="Drafts"
                        help="Work that is saved and not submitted; JSON and NDJSON have a place for it."
                        on_change=set(|all, on| all.include_drafts = on)
                    />
                    <Switch
                        name="export_frames"
                        label="Every frame of a video"
                        help="Things that move are written at each frame, not only where somebody placed them."
                        on_change=set(|all, on| all.interpolate_key_frames = on)
                    />
                </div>
            </details>
        </form>
        </FormScope>
    }
    .into_any()
}

/// Which view's tasks; nothing to choose where there is no view.
fn of_view(views: Vec<(ViewId, String)>, options: RwSignal<ExportOptions>) -> Option<impl IntoView + use<>> {
    if views.is_empty() {
        return None;
    }
    let mut choices = vec![Choice::new("", "All")];
    choices.extend(views.into_iter().map(|(id, title)| {
        let title = if title.is_empty() { format!("View {id}") } else { title };
        Choice::new(id.to_string(), title)
    }));
    let choose = Callback::new(move |choice: String| {
        let view = choice.parse().ok().map(|view_id| ChosenView {
            view_id,
            title: String::new(),
            filters: serde_json::Value::Null,
        });
        options.update(|all| all.tasks.view = view);
    });
    let help = "Of these, only what a view shows.";
    Some(view! { <Select name="export_view" label="View" choices=choices value="" help=help on_change=choose/> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_people_write_them() {
        assert_eq!(read_ids(" 3, 17;#4\n3 ").unwrap().into_iter().collect::<Vec<_>>(), [3, 4, 17]);
        assert!(read_ids("").unwrap().is_empty());
        assert_eq!(read_ids("3, x").unwrap_err().code, "export_ids");
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let wrong = read_ids("abc").unwrap_err();
        assert!(has_field(&wrong.into()));
        let long = ExportOptions { title: "x".repeat(201), ..ExportOptions::default() }.check().unwrap_err();
        assert!(has_field(&at_its_field(long.into())));
        assert!(!has_field(&at_its_field(Problem::invalid("format", "export_needs_text", "").into())));
    }
}
