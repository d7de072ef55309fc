//! Another name for a project, asked in a dialog.

use domain::id::ProjectId;
use domain::project::ProjectPatch;
use leptos::prelude::*;

use super::api::UpdateProject;
use crate::ui::{Button, Dialog, FormActions, FormScope, Look, TextField};

/// Which project gets another name, while one is asked.
#[derive(Clone, Copy)]
pub(super) struct Renaming {
    open: RwSignal<bool>,
    project_id: RwSignal<ProjectId>,
    title: RwSignal<String>,
}

impl Renaming {
    /// Asks nothing yet.
    pub(super) fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            project_id: RwSignal::new(ProjectId(0)),
            title: RwSignal::new(String::new()),
        }
    }

    /// Asks for another name; `title` is the present one.
    pub(super) fn ask(self, project_id: ProjectId, title: String) {
        self.project_id.set(project_id);
        self.title.set(title);
        self.open.set(true);
    }
}

/// The dialog; once, beside the list.
#[component]
pub(super) fn RenameDialog(renaming: Renaming, on_done: Callback<()>) -> impl IntoView {
    let Renaming { open, project_id, title } = renaming;
    let save = ServerAction::<UpdateProject>::new();
    Effect::new(move |_| {
        if matches!(save.value().get(), Some(Ok(()))) {
            open.set(false);
            on_done.run(());
        }
    });
    // What was wrong with the last name is nothing to say about this one.
    Effect::new(move |_| {
        if open.get() {
            save.clear();
        }
    });
    let error = Signal::derive(move || save.value().get().and_then(Result::err));
    view! {
        <Dialog open title="Rename the project".to_owned()>
            <div class="dialog-body">
                <FormScope error pending=save.pending()>
                    <form
                        class="form"
                        novalidate=true
                        on:submit=move |event| {
                            event.prevent_default();
                            let patch = ProjectPatch { title: Some(title.get_untracked()), ..ProjectPatch::default() };
                            save.dispatch(UpdateProject { project_id: project_id.get_untracked(), patch });
                        }
                    >
                        <TextField name="title" id="rename-title" label="Name" bind=title required=true autofocus=true max_length=100_u32/>
                        <FormActions end=true>
                            <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                            <Button look=Look::Primary kind="submit" busy=save.pending()>"Rename"</Button>
                        </FormActions>
                    </form>
                </FormScope>
            </div>
        </Dialog>
    }
    .into_any()
}
