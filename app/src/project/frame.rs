//! The frame of a project's pages: the way home, the tabs, the page within.

use domain::access::ProjectPermission;
use domain::id::ProjectId;
use domain::project::ProjectHead;
use leptos::prelude::*;

use super::api;
use super::overview_page::waiting;
use super::tabs::ProjectTabs;
use crate::lost::Failed;
use crate::shell::{Crumb, Page};
use crate::ui::answered;

/// A page of a project that is known.
#[component]
pub fn ProjectPage(
    project: ProjectHead,
    /// The last step of the breadcrumb; the project itself where there is none.
    #[prop(optional, into)]
    title: Option<String>,
    /// Buttons at the end of the bar.
    #[prop(optional, into)]
    actions: ViewFn,
    /// As [`Page`] has it.
    #[prop(default = "page")]
    width: &'static str,
    children: Children,
) -> impl IntoView {
    let ProjectHead { project_id, title: name, role } = project;
    let mut crumbs = vec![Crumb::new("Projects", "/projects")];
    let (here, window_title) = match title {
        Some(title) => {
            let window_title = format!("{title} · {name}");
            crumbs.push(Crumb::new(name, format!("/projects/{project_id}")));
            (title, window_title)
        }
        None => (name.clone(), name),
    };
    view! {
        <Page title=here window_title crumbs actions width tabs=ViewFn::from(move || view! { <ProjectTabs project_id role/> })>
            {children()}
        </Page>
    }
    .into_any()
}

/// A page that asks for its project and for its own content side by side. What it shows is made anew for another
/// project; its resources are made by the page, outside of it.
#[component]
pub fn ProjectFrame(
    project_id: Memo<ProjectId>,
    /// What one must be allowed to do in order to be here.
    permission: ProjectPermission,
    title: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let head = Resource::new_blocking(move || project_id.get(), move |id| api::load_head(id, permission));
    view! {
        <Transition fallback=waiting>
            {answered(head, move |answer| match answer {
                Ok(project) => {
                    let children = children.clone();
                    // For parts that are not for everybody on the page.
                    provide_context(project.role);
                    view! { <ProjectPage project title>{children()}</ProjectPage> }.into_any()
                }
                Err(error) => view! { <Failed error/> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}
