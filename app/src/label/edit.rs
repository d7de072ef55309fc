//! How a label is called, in the library and in results.

use domain::id::ProjectId;
use domain::label::{Label, MAX_DESCRIPTION, MAX_TITLE};
use leptos::prelude::*;

use super::api::{RenameInResults as Rename, UpdateLabel};
use crate::ui::{
    Button, Checkbox, Choice, Form, FormActions, Select, SubmitButton, TextArea, TextField, plural, use_toasts,
};

#[component]
pub(super) fn EditLabel(label: Label, open: RwSignal<bool>, on_saved: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let action = ServerAction::<UpdateLabel>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = action.value().get() {
            open.set(false);
            toasts.success("Label saved");
            on_saved.run(());
        }
    });
    let description = RwSignal::new(label.description.unwrap_or_default());
    // A way down a taxonomy is what its project says it is.
    let one = (label.value.len() == 1).then(|| label.value.concat());
    view! {
        <div class="dialog-body">
            <Form action label="Label">
                <input type="hidden" name="label_id" value=label.label_id.to_string()/>
                <TextField name="title" label="Title" value=label.title required=true max_length=u32::try_from(MAX_TITLE).unwrap_or(u32::MAX) autofocus=true/>
                {one.map(|value| view! {
                    <TextField name="value" label="In results" value required=true max_length=1_000_u32
                        help="What the label is stored as. Results that are there keep what they have; “Rename in results” changes them."/>
                })}
                <TextArea name="description" label="Description" bind=description optional=true max_length=u32::try_from(MAX_DESCRIPTION).unwrap_or(u32::MAX)
                    help="When to use it, and when not to."/>
                <Checkbox name="approved" label="Approved" checked=label.approved help="Somebody has decided that this is how it is called."/>
                <FormActions end=true>
                    <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                    <SubmitButton>"Save"</SubmitButton>
                </FormActions>
            </Form>
        </div>
    }
    .into_any()
}

#[component]
pub(super) fn RenameInResults(label: Label, projects: Vec<(ProjectId, String)>, open: RwSignal<bool>) -> impl IntoView {
    let toasts = use_toasts();
    let action = ServerAction::<Rename>::new();
    Effect::new(move |_| {
        if let Some(Ok(annotations)) = action.value().get() {
            open.set(false);
            toasts.success(match annotations {
                0 => "No annotation has this label".to_owned(),
                some => format!("Renamed in {}", plural(some, "annotation", "annotations")),
            });
        }
    });
    let choices: Vec<Choice> =
        projects.into_iter().map(|(project_id, title)| Choice::new(project_id.to_string(), title)).collect();
    let first = choices.first().map(|choice| choice.value.clone()).unwrap_or_default();
    let value = label.value.concat();
    view! {
        <div class="dialog-body">
            <Form action label="Rename in results">
                <p class="muted">
                    "Every annotation of the project that has “" {value.clone()} "” gets the new label. What was said before is kept as a version."
                </p>
                <input type="hidden" name="from" value=value/>
                <Select name="project_id" label="Project" choices value=first/>
                <TextField name="new_label" label="New label" required=true max_length=1_000_u32 autofocus=true
                    help="The labeling interface of the project should offer it."/>
                <FormActions end=true>
                    <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                    <SubmitButton>"Rename"</SubmitButton>
                </FormActions>
            </Form>
        </div>
    }
    .into_any()
}
