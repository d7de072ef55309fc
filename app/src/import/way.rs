//! Ways in beside files: pasted rows, and an address. What was entered stays until all of it has come in.

use std::{future::Future, pin::Pin};

use domain::{
    id::{ImportId, ProjectId},
    import::{ImportHistory, LabelsAs},
};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::api::{import_text, import_url};
use crate::{
    error::{AppError, Result},
    ui::{Button, Card, ErrorBanner, FormScope, TextField, focus_first_error},
};

/// An import on its way to the server.
type Sent = Pin<Box<dyn Future<Output = Result<ImportId>> + Send>>;

/// A card with a field whose content becomes an import: emptied when all of it has come in, or with what is wrong.
#[component]
fn Way(
    project_id: Memo<ProjectId>,
    title: &'static str,
    /// What the button does.
    verb: &'static str,
    /// What the server calls the field, where it shows what is wrong with it.
    #[prop(optional)]
    field: Option<&'static str>,
    /// What is in the field.
    text: RwSignal<String>,
    labels_as: RwSignal<LabelsAs>,
    /// The imports so far: they tell how the one that was begun here ends.
    runs: Resource<Result<ImportHistory>>,
    send: fn(ProjectId, String, LabelsAs) -> Sent,
    begun: Callback<Result<ImportId>>,
    children: Children,
) -> impl IntoView {
    let error = RwSignal::new(None::<AppError>);
    let form = NodeRef::<html::Form>::new();
    // The import that is under way, and what it was made of.
    let sent = RwSignal::new(None::<(ImportId, String)>);
    let start = Action::new(move |(): &()| async move {
        let content = text.get_untracked();
        match send(project_id.get_untracked(), content.clone(), labels_as.get_untracked()).await {
            Ok(import_id) => {
                sent.set(Some((import_id, content)));
                error.set(None);
                focus_field(form);
                begun.run(Ok(import_id));
            }
            Err(problem) => error.set(Some(problem)),
        }
    });
    Effect::new(move |_| {
        let Some(Ok(found)) = runs.get() else { return };
        let Some((import_id, content)) = sent.get() else { return };
        let ended = found.runs.iter().find(|run| run.import_id == import_id && run.status.is_over());
        let Some(run) = ended else { return };
        sent.set(None);
        // What was refused can be mended here and sent again; so can what was typed meanwhile.
        if run.went_well() && text.with_untracked(|text| *text == content) {
            text.set(String::new());
        }
    });
    // The same once more would only double its tasks.
    let is_coming = Signal::derive(move || {
        sent.with(|sent| sent.as_ref().is_some_and(|(_, content)| text.with(|text| text == content)))
    });
    let busy = Signal::derive(move || start.pending().get() || is_coming.get());
    let unplaced = move || error.get().filter(|error| field.is_none() || error.field() != field);
    focus_first_error(form, error.into());
    view! {
        <Card title=title>
            <FormScope error>
                <form class="import-way" novalidate=true node_ref=form on:submit=move |event| {
                    event.prevent_default();
                    if !busy.get_untracked() {
                        start.dispatch(());
                    }
                }>
                    {children()}
                    {move || unplaced().map(|error| view! { <ErrorBanner error/> })}
                    <Button kind="submit" busy disabled=Signal::derive(move || text.with(|text| text.trim().is_empty()))>
                        {verb}
                    </Button>
                </form>
            </FormScope>
        </Card>
    }
    .into_any()
}

/// Puts the hand where the next can be put in: the button is of no use for a while.
fn focus_field(form: NodeRef<html::Form>) {
    if let Some(form) = form.get_untracked()
        && let Ok(Some(field)) = form.query_selector(".input")
        && let Some(field) = field.dyn_ref::<web_sys::HtmlElement>()
    {
        // What cannot take the focus leaves it where it is.
        let _ = field.focus();
    }
}

/// Rows from the clipboard.
#[component]
pub(super) fn Paste(
    project_id: Memo<ProjectId>,
    labels_as: RwSignal<LabelsAs>,
    runs: Resource<Result<ImportHistory>>,
    begun: Callback<Result<ImportId>>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    view! {
        <Way
            project_id
            title="Paste"
            verb="Import text"
            text
            labels_as
            runs
            send=|id, text, labels| Box::pin(import_text(id, text, labels))
            begun
        >
            <label class="sr-only" for="import-text">"Rows"</label>
            <textarea
                id="import-text"
                class="input import-text"
                rows="5"
                placeholder="JSON, CSV with a header, or one text per line"
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
        </Way>
    }
}

/// A file on the web.
#[component]
pub(super) fn Address(
    project_id: Memo<ProjectId>,
    labels_as: RwSignal<LabelsAs>,
    runs: Resource<Result<ImportHistory>>,
    begun: Callback<Result<ImportId>>,
) -> impl IntoView {
    let url = RwSignal::new(String::new());
    view! {
        <Way
            project_id
            title="From an address"
            verb="Fetch and import"
            field="url"
            text=url
            labels_as
            runs
            send=|id, url, labels| Box::pin(import_url(id, url, labels))
            begun
        >
            <TextField
                name="url"
                label="Address"
                kind="url"
                bare=true
                id="import-url"
                bind=url
                placeholder="https://example.org/tasks.json"
                help="Any file this page takes. Private networks are not reached from here."
            />
        </Way>
    }
}
