//! The people of a project: who they are, what they do, who could join.

use domain::access::ProjectRole;
use domain::id::{ProjectId, UserId};
use domain::project::{ProjectMember, ProjectPeople};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::api::{PutProjectMember, RemoveProjectMember, put_project_member};
use crate::error::AppError;
use crate::ui::{
    Avatar, Badge, Button, Choice, EmptyState, IconButton, LinkButton, Look, Select, Size, lu, use_toasts,
};

/// What each role is called and does.
const ROLES: [(ProjectRole, &str); 4] = [
    (ProjectRole::Admin, "Admin"),
    (ProjectRole::Adjudicator, "Adjudicator"),
    (ProjectRole::Reviewer, "Reviewer"),
    (ProjectRole::Annotator, "Annotator"),
];

fn role_choices() -> Vec<Choice> {
    ROLES.into_iter().map(|(role, name)| Choice::new(role.as_str(), name)).collect()
}

/// The section of the settings.
#[component]
pub(super) fn People(project_id: ProjectId, people: ProjectPeople, reload: RwSignal<u32>) -> impl IntoView {
    let toasts = use_toasts();
    let put = ServerAction::<PutProjectMember>::new();
    let remove = ServerAction::<RemoveProjectMember>::new();
    let removed = RwSignal::new(None::<ProjectMember>);
    let after = move |answer: Option<Result<(), AppError>>| match answer {
        Some(Ok(())) => {
            reload.update(|times| *times += 1);
            true
        }
        Some(Err(error)) => {
            toasts.error(&error);
            false
        }
        None => false,
    };
    Effect::new(move |_| after(put.value().get()));
    Effect::new(move |_| {
        if after(remove.value().get())
            && let Some(member) = removed.get_untracked()
        {
            let (user_id, role) = (member.user_id, member.role);
            // The message outlives this list, which is drawn anew without the person.
            let undo = move || {
                spawn_local(async move {
                    match put_project_member(project_id, user_id, role).await {
                        // Nobody is looking anymore where the page has been left.
                        Ok(()) => reload.try_update(|times| *times += 1).unwrap_or_default(),
                        Err(error) => toasts.error(&error),
                    }
                });
            };
            toasts.undo(format!("{} was taken out", member.name), undo);
        }
    });
    let on_role = Callback::new(move |(user_id, role): (UserId, String)| {
        if let Some(role) = ProjectRole::from_name(&role) {
            put.dispatch(PutProjectMember { project_id, user_id, role });
        }
    });
    let on_remove = Callback::new(move |member: ProjectMember| {
        let user_id = member.user_id;
        removed.set(Some(member));
        remove.dispatch(RemoveProjectMember { project_id, user_id });
    });
    let rows = people.members.into_iter().map(|member| view! { <Person member on_role on_remove/> }).collect_view();
    view! {
        <div class="stack">
            <AddPerson candidates=people.candidates on_role busy=put.pending()/>
            <section class="card" aria-label="People of the project"><ul class="rows" role="list">{rows}</ul></section>
        </div>
    }
}

#[component]
fn AddPerson(
    candidates: Vec<(UserId, String, String)>,
    on_role: Callback<(UserId, String)>,
    #[prop(into)] busy: Signal<bool>,
) -> impl IntoView {
    if candidates.is_empty() {
        return view! {
            <EmptyState icon=lu::LuUserPlus title="Everybody is here" text="Invite more people into the organization to add them to this project.">
                <LinkButton href="/org".to_owned()>"Invite people"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let first = candidates.first().map(|person| person.0.to_string()).unwrap_or_default();
    let person = RwSignal::new(first);
    let role = RwSignal::new(ProjectRole::Annotator.as_str().to_owned());
    let choices: Vec<Choice> = candidates
        .into_iter()
        .map(|(id, name, email)| Choice::new(id.to_string(), format!("{name} ({email})")))
        .collect();
    view! {
        <form
            class="add-person"
            on:submit=move |event| {
                event.prevent_default();
                if let Ok(user_id) = person.get_untracked().parse() {
                    on_role.run((user_id, role.get_untracked()));
                }
            }
        >
            <div class="grow">
                <Select name="person" label="Person" choices on_change=Callback::new(move |id| person.set(id))/>
            </div>
            <Select
                name="role"
                label="Role"
                choices=role_choices()
                value=ProjectRole::Annotator.as_str().to_owned()
                on_change=Callback::new(move |name| role.set(name))
            />
            <Button look=Look::Primary kind="submit" icon=lu::LuUserPlus busy>"Add"</Button>
        </form>
    }
    .into_any()
}

#[component]
fn Person(
    member: ProjectMember,
    on_role: Callback<(UserId, String)>,
    on_remove: Callback<ProjectMember>,
) -> impl IntoView {
    let user_id = member.user_id;
    let removal = member.clone();
    let controls = if member.by_organization {
        view! { <Badge>"Admin by the organization"</Badge> }.into_any()
    } else {
        view! {
            <Select
                name="role"
                id=format!("role-{user_id}")
                label=format!("Role of {}", member.name)
                bare=true
                choices=role_choices()
                value=member.role.as_str().to_owned()
                on_change=Callback::new(move |role| on_role.run((user_id, role)))
            />
            <IconButton
                icon=lu::LuUserMinus
                label=format!("Take {} out of the project", member.name)
                look=Look::QuietDanger
                size=Size::Small
                on:click=move |_| on_remove.run(removal.clone())
            />
        }
        .into_any()
    };
    view! {
        <li>
            <Avatar name=member.name.clone()/>
            <span class="grow">
                <span class="strong">{member.name.clone()}</span>
                <span class="muted small person-mail truncate">{member.email.clone()}</span>
            </span>
            {controls}
        </li>
    }
}
