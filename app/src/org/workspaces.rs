//! Workspaces: folders for projects.

use domain::org::Workspace;
use leptos::prelude::*;

use super::api::{CreateWorkspace, DeleteWorkspace, UpdateWorkspace};
use super::org_page::use_org;
use crate::ui::{
    Align, Button, ColorDot, ColorField, ConfirmDialog, Dialog, EmptyState, Form, FormActions, Menu, MenuButton, Size,
    SubmitButton, TextField, lu, plural, use_toasts,
};

/// The list, with a dialog to add, rename and recolor.
#[component]
pub(super) fn WorkspacesCard(editable: Memo<bool>) -> impl IntoView {
    let org = use_org();
    let toasts = use_toasts();
    let editing = RwSignal::new(None::<Workspace>);
    let removing = RwSignal::new(None::<Workspace>);
    let (form_open, confirm_open) = (RwSignal::new(false), RwSignal::new(false));
    let delete = ServerAction::<DeleteWorkspace>::new();
    Effect::new(move |_| match delete.value().get() {
        Some(Ok(())) => {
            confirm_open.set(false);
            toasts.success("Workspace removed");
            org.reload();
        }
        Some(Err(error)) => {
            confirm_open.set(false);
            toasts.error(&error);
        }
        None => {}
    });
    let add = move || {
        editing.set(None);
        form_open.set(true);
    };
    let list = move || {
        let workspaces = org.0.with(|detail| detail.workspaces.clone());
        let editable = editable.get();
        if workspaces.is_empty() {
            return view! {
            <EmptyState icon=lu::LuFolder title="No workspaces yet" text="Projects can be without one; a workspace keeps related ones together.">
                {editable.then(|| view! { <Button icon=lu::LuPlus on:click=move |_| add()>"New workspace"</Button> })}
            </EmptyState>
        }
        .into_any();
        }
        let rows = workspaces
            .into_iter()
            .map(|workspace| row(workspace, editable, editing, form_open, removing, confirm_open))
            .collect_view();
        view! {
            <ul class="rows" role="list">{rows}</ul>
            {editable.then(|| view! {
                <div class="card-foot">
                    <Button size=Size::Small icon=lu::LuPlus on:click=move |_| add()>"New workspace"</Button>
                </div>
            })}
        }
        .into_any()
    };
    view! {
        <section class="card" aria-label="Workspaces">
            {list}
            <Dialog
                open=form_open
                title=Signal::derive(move || if editing.with(Option::is_some) { "Edit workspace" } else { "New workspace" }.to_owned())
            >
                <WorkspaceForm workspace=editing.get_untracked() open=form_open/>
            </Dialog>
            <ConfirmDialog
                open=confirm_open
                title=Signal::derive(move || {
                    format!("Remove {}?", removing.get().map(|workspace| workspace.name).unwrap_or_default())
                })
                text="Its projects stay in the organization, without a workspace.".to_owned()
                verb="Remove"
                busy=delete.pending()
                on_confirm=Callback::new(move |()| {
                    if let Some(workspace) = removing.get_untracked() {
                        delete.dispatch(DeleteWorkspace { workspace_id: workspace.workspace_id });
                    }
                })
            />
        </section>
    }
}

fn row(
    workspace: Workspace,
    editable: bool,
    editing: RwSignal<Option<Workspace>>,
    form_open: RwSignal<bool>,
    removing: RwSignal<Option<Workspace>>,
    confirm_open: RwSignal<bool>,
) -> AnyView {
    let (for_edit, for_removal) = (workspace.clone(), workspace.clone());
    let menu = editable.then(|| {
        view! {
            <Menu
                id=format!("workspace-{}", workspace.workspace_id)
                label=format!("Manage {}", workspace.name)
                icon=lu::LuEllipsis
                size=Size::Small
                align=Align::End
            >
                <MenuButton icon=lu::LuPencil on:click=move |_| {
                    editing.set(Some(for_edit.clone()));
                    form_open.set(true);
                }>"Rename or recolor"</MenuButton>
                <MenuButton icon=lu::LuTrash2 danger=true on:click=move |_| {
                    removing.set(Some(for_removal.clone()));
                    confirm_open.set(true);
                }>"Remove"</MenuButton>
            </Menu>
        }
    });
    view! {
        <li>
            <ColorDot color=workspace.color/>
            <span class="grow strong truncate">{workspace.name}</span>
            <span class="muted small num">{plural(workspace.project_count, "project", "projects")}</span>
            {menu}
        </li>
    }
    .into_any()
}

#[component]
fn WorkspaceForm(workspace: Option<Workspace>, open: RwSignal<bool>) -> impl IntoView {
    let create = ServerAction::<CreateWorkspace>::new();
    let update = ServerAction::<UpdateWorkspace>::new();
    let org = use_org();
    Effect::new(move |_| {
        let created = create.value().with(|done| matches!(done, Some(Ok(_))));
        let updated = update.value().with(|done| matches!(done, Some(Ok(()))));
        if created || updated {
            open.set(false);
            org.reload();
        }
    });
    let body = match workspace {
        Some(workspace) => view! {
            <Form action=update label="Workspace">
                <input type="hidden" name="workspace_id" value=workspace.workspace_id.to_string()/>
                {inputs(workspace.name, &workspace.color)}
                <FormActions end=true>
                    <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                    <SubmitButton>"Save"</SubmitButton>
                </FormActions>
            </Form>
        }
        .into_any(),
        None => view! {
            <Form action=create label="Workspace">
                {inputs(String::new(), "indigo")}
                <FormActions end=true>
                    <Button on:click=move |_| open.set(false)>"Cancel"</Button>
                    <SubmitButton>"Make the workspace"</SubmitButton>
                </FormActions>
            </Form>
        }
        .into_any(),
    };
    view! { <div class="dialog-body">{body}</div> }
}

fn inputs(name: String, color: &str) -> AnyView {
    view! {
        <TextField name="name" label="Name" value=name required=true max_length=100_u32 id="workspace-name" autofocus=true/>
        <ColorField color=RwSignal::new(color.to_owned())/>
    }
    .into_any()
}
