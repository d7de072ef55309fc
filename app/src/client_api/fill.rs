//! Beginning a run: which fields, and whether values that are there are replaced.

use domain::client_api::FillOrder;
use domain::id::ProjectId;
use leptos::{html, prelude::*};

use super::api::FillTasks;
use crate::ui::{Banner, Button, Checkbox, Choice, FormActions, FormScope, Look, Select, Tone, focus_first_error};

/// The form in its dialog.
#[component]
pub(super) fn Fill(
    project_id: ProjectId,
    /// Those that can be filled.
    fields: Vec<String>,
    open: RwSignal<bool>,
    fill: ServerAction<FillTasks>,
) -> impl IntoView {
    // What was asked for before is not this form's.
    fill.value().set(None);
    let field = RwSignal::new(String::new());
    let overwrite = RwSignal::new(false);
    let error = Signal::derive(move || fill.value().get().and_then(Result::err));
    let form = NodeRef::<html::Form>::new();
    focus_first_error(form, error);
    let choices = std::iter::once(Choice::new("", "All fields with a client API"))
        .chain(fields.into_iter().map(|field| Choice::new(field.clone(), field)))
        .collect::<Vec<_>>();
    view! {
        <div class="dialog-body">
            <FormScope error pending=fill.pending()>
                <form
                    class="form"
                    aria-label="Fill tasks"
                    node_ref=form
                    novalidate=true
                    on:submit=move |event| {
                        event.prevent_default();
                        let fields = Some(field.get_untracked()).filter(|field| !field.is_empty());
                        let order = FillOrder {
                            fields: fields.into_iter().collect(),
                            tasks: Vec::new(),
                            overwrite: overwrite.get_untracked(),
                        };
                        fill.dispatch(FillTasks { project_id, order });
                    }
                >
                    <Select
                        name="fields"
                        label="What is filled"
                        value=String::new()
                        choices
                        on_change=Callback::new(move |name: String| field.set(name))
                    />
                    <Checkbox
                        name="overwrite"
                        label="Replace values that are there"
                        help="Otherwise only tasks without a value are asked about."
                        on_change=Callback::new(move |on| overwrite.set(on))
                    />
                    <Show when=move || overwrite.get()>
                        <Banner tone=Tone::Warning>
                            <p>"The values that tasks have now are gone afterwards, and every task is asked about again."</p>
                        </Banner>
                    </Show>
                    <FormActions end=true>
                        <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                        <Button look=Look::Primary kind="submit" busy=fill.pending()>"Fill tasks"</Button>
                    </FormActions>
                </form>
            </FormScope>
        </div>
    }
    .into_any()
}
