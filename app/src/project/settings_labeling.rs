//! The labeling interface among the settings of a project: its editor, and templates to begin with.

use domain::project::ProjectDetail;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::api::{self, SetLabelConfig};
use super::config_form::ConfigForm;
use super::settings_page::Reload;
use super::template_gallery::TemplateGallery;
use super::unsaved::keep_unsaved;
use crate::ui::{Button, ConfirmDialog, Dialog, ErrorBanner, Look, SkeletonRows, lu, use_toasts};

#[component]
pub(super) fn Labeling(detail: ProjectDetail) -> impl IntoView {
    let project_id = detail.project_id;
    let toasts = use_toasts();
    let reload = expect_context::<Reload>();
    let stored = RwSignal::new(detail.label_config.clone());
    let source = RwSignal::new(detail.label_config.clone());
    let own = detail.sample.as_ref().and_then(Value::as_object).cloned();
    let has_own = own.is_some();
    let sample: RwSignal<Map<String, Value>> = RwSignal::new(own.unwrap_or_default());
    let save = ServerAction::<SetLabelConfig>::new();
    let asking = RwSignal::new(false);
    let losses = RwSignal::new(String::new());
    let dispatch = move |accept_losses| {
        save.dispatch(SetLabelConfig { project_id, xml: source.get_untracked(), accept_losses });
    };
    Effect::new(move |_| match save.value().get() {
        Some(Ok(_)) => {
            asking.set(false);
            stored.set(source.get_untracked());
            toasts.success("Saved");
            if !has_own {
                // The tabs and next steps depend on whether anything is asked.
                reload.0.update(|times| *times += 1);
            }
        }
        Some(Err(error)) if error.code() == Some("labels_in_use") => {
            losses.set(error.sentence());
            asking.set(true);
        }
        Some(Err(_)) | None => {}
    });
    let refused =
        move || save.value().get().and_then(Result::err).filter(|error| error.code() != Some("labels_in_use"));
    let is_changed = Memo::new(move |_| source.with(|source| stored.with(|stored| source != stored)));
    keep_unsaved(format!("synapse.interface.{project_id}"), source, stored);
    let choosing = RwSignal::new(!detail.has_controls && detail.progress.annotations == 0);
    view! {
        <div class="spread">
            <p class="muted">"The objects people see and the questions they answer. The preview follows as you type."</p>
            <div class="row">
                <Button icon=lu::LuLayoutTemplate on:click=move |_| choosing.set(true)>"Templates"</Button>
                <Button
                    look=Look::Primary
                    busy=save.pending()
                    disabled=Signal::derive(move || !is_changed.get())
                    on:click=move |_| dispatch(false)
                >
                    "Save"
                </Button>
            </div>
        </div>
        {move || refused().map(|error| view! { <ErrorBanner error/> })}
        <ConfigForm source sample is_own=has_own/>
        <TemplateDialog open=choosing source sample keep_sample=has_own/>
        <ConfirmDialog
            open=asking
            title="Some work would lose its labels".to_owned()
            text=Signal::derive(move || format!("{} Nothing is deleted: it stays in the exports, but the label page no longer shows it.", losses.get()))
            verb="Save anyway"
            busy=save.pending()
            on_confirm=Callback::new(move |()| dispatch(true))
        />
    }
    .into_any()
}

/// The gallery over the editor; the chosen template replaces what is in it.
#[component]
fn TemplateDialog(
    open: RwSignal<bool>,
    source: RwSignal<String>,
    sample: RwSignal<Map<String, Value>>,
    /// Tasks of the project's own are a better preview than the template's.
    keep_sample: bool,
) -> impl IntoView {
    let templates = Action::new(|(): &()| api::templates());
    Effect::new(move |_| {
        if open.get() && templates.value().with_untracked(Option::is_none) {
            templates.dispatch(());
        }
    });
    let load = Action::new(|id: &String| {
        let id = id.clone();
        async move { api::template(id).await }
    });
    let toasts = use_toasts();
    Effect::new(move |_| match load.value().get() {
        Some(Ok(template)) => {
            let before = source.get_untracked();
            source.set(template.xml);
            if !keep_sample {
                sample.set(template.sample.as_object().cloned().unwrap_or_default());
            }
            open.set(false);
            toasts.undo(
                "The template is in the editor, not saved yet",
                Callback::new(move |()| source.set(before.clone())),
            );
        }
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    view! {
        <Dialog open title="Start from a template".to_owned() text="It replaces what is in the editor. Nothing is saved yet.".to_owned() size="wide" dismissable=true>
            <div class="dialog-body">
                {move || match templates.value().get() {
                    Some(Ok(templates)) => view! {
                        <TemplateGallery
                            templates
                            chosen=None
                            on_choose=Callback::new(move |template: domain::project::TemplateCard| {
                                load.dispatch(template.id);
                            })
                        />
                    }
                    .into_any(),
                    Some(Err(error)) => view! { <ErrorBanner error/> }.into_any(),
                    None => view! { <SkeletonRows/> }.into_any(),
                }}
            </div>
        </Dialog>
    }
    .into_any()
}
