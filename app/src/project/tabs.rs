//! What every page of a project shares: its number in the address and the tabs under the bar.

use domain::access::ProjectPermission;
use domain::access::ProjectRole;
use domain::id::ProjectId;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::ui::{Tab, Tabs, lu};

/// The project in the address; no project has the number 0.
pub fn project_id_param() -> Memo<ProjectId> {
    let params = use_params_map();
    Memo::new(move |_| ProjectId(params.with(|params| params.get("id").and_then(|id| id.parse().ok())).unwrap_or(0)))
}

/// The tabs of a project, as far as the role may open them.
#[component]
pub fn ProjectTabs(project_id: ProjectId, role: ProjectRole) -> impl IntoView {
    let base = format!("/projects/{project_id}");
    let at = move |rest: &str| format!("/projects/{project_id}/{rest}");
    let may = move |permission| role.allows(permission);
    view! {
        <Tabs label="Project">
            <Tab href=base exact=true icon=lu::LuLayoutDashboard>"Overview"</Tab>
            {may(ProjectPermission::ViewData).then(|| view! { <Tab href=at("data") icon=lu::LuTable2>"Data"</Tab> })}
            {may(ProjectPermission::Import).then(|| view! { <Tab href=at("import") icon=lu::LuUpload>"Import"</Tab> })}
            {may(ProjectPermission::Annotate).then(|| view! { <Tab href=at("label") icon=lu::LuPencil>"Label"</Tab> })}
            {may(ProjectPermission::Export).then(|| view! { <Tab href=at("export") icon=lu::LuDownload>"Export"</Tab> })}
            {may(ProjectPermission::Manage)
                .then(|| view! { <Tab href=at("settings") icon=lu::LuSettings>"Settings"</Tab> })}
        </Tabs>
    }
    .into_any()
}
