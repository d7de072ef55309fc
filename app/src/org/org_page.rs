//! The organization: name, people, invitations, workspaces.

use domain::access::OrgPermission;
use domain::org::OrgDetail;
use leptos::prelude::*;

use super::api::{self, CreateOrg, RenameOrg};
use super::invite_dialog::InviteDialog;
use super::people::{InvitesCard, PeopleCard, RemovedCard};
use super::workspaces::WorkspacesCard;
use crate::account::{leave_for, use_me};
use crate::lost::Failed;
use crate::shell::{Page, PageHead};
use crate::ui::{
    Button, EmptyState, Form, FormActions, LinkButton, Look, Skeleton, SkeletonRows, SubmitButton, TextField, answered,
    lu, plural, use_toasts,
};

/// What the page shows. Everything on it reads this one signal, so that a change elsewhere on the page disturbs neither
/// an open dialog nor a half-filled form.
#[derive(Clone, Copy)]
pub(super) struct Org(pub(super) RwSignal<OrgDetail>);

impl Org {
    /// Asks again after a change.
    pub(super) fn reload(self) {
        leptos::task::spawn_local(async move {
            if let Ok(detail) = api::current_org().await {
                // The page may have been left in the meantime.
                let _ = self.0.try_set(detail);
            }
        });
    }

    fn may(self, permission: OrgPermission) -> Memo<bool> {
        Memo::new(move |_| self.0.with(|detail| detail.my_role.allows(permission)))
    }
}

/// The organization of this page.
pub(super) fn use_org() -> Org {
    expect_context::<Org>()
}

/// The page at `/org`.
#[component]
pub fn OrgPage() -> impl IntoView {
    let me = use_me();
    if me.with_untracked(|me| me.org.is_none()) {
        return view! { <NoOrg title="Organization"/> }.into_any();
    }
    let detail = Resource::new_blocking(|| (), |()| api::current_org());
    view! {
        <Suspense fallback=waiting>
            {answered(detail, move |answer| match answer {
                Ok(detail) => view! { <Loaded detail/> }.into_any(),
                Err(error) => view! { <Failed error/> }.into_any(),
            })}
        </Suspense>
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! {
        <Page title="Organization".to_owned()>
            <Skeleton shape="title"/>
            <div class="card"><SkeletonRows/></div>
        </Page>
    }
    .into_any()
}

#[component]
fn Loaded(detail: OrgDetail) -> impl IntoView {
    let org = Org(RwSignal::new(detail));
    provide_context(org);
    let inviting = RwSignal::new(false);
    let manages_people = org.may(OrgPermission::ManageMembers);
    let manages_workspaces = org.may(OrgPermission::ManageWorkspaces);
    let manages = org.may(OrgPermission::Manage);
    let summary = move || {
        org.0.with(|detail| {
            let people = i64::try_from(detail.members.len()).unwrap_or(i64::MAX);
            Some(format!("{} · you are {}", plural(people, "person", "people"), article(detail.my_role.as_str())))
        })
    };
    let invite = move || {
        manages_people.get().then(|| {
            view! {
                <Button look=Look::Primary icon=lu::LuUserPlus on:click=move |_| inviting.set(true)>"Invite people"</Button>
            }
        })
    };
    view! {
        <Page title="Organization".to_owned()>
            <PageHead
                title=Signal::derive(move || org.0.with(|detail| detail.name.clone()))
                text=Signal::derive(summary)
                actions=ViewFn::from(move || invite)
            />
            <div class="settings">
                <section class="setting">
                    <div class="setting-words">
                        <h2>"People"</h2>
                        <p>"Owners and admins see every project. Members see the projects they were added to."</p>
                    </div>
                    <div class="stack">
                        <PeopleCard/>
                        <RemovedCard/>
                    </div>
                </section>
                <Show when=move || manages_people.get()>
                    <section class="setting">
                        <div class="setting-words">
                            <h2>"Invitations"</h2>
                            <p>"Links that still work. Each link is shown once, when it is made."</p>
                        </div>
                        <InvitesCard on_invite=Callback::new(move |()| inviting.set(true))/>
                    </section>
                </Show>
                <section class="setting">
                    <div class="setting-words">
                        <h2>"Workspaces"</h2>
                        <p>"Folders for projects: by client, by team, by year."</p>
                    </div>
                    <WorkspacesCard editable=manages_workspaces/>
                </section>
                <section class="setting">
                    <div class="setting-words">
                        <h2>"Labels"</h2>
                        <p>"One name for one thing, whatever project it is in."</p>
                    </div>
                    <div>
                        <LinkButton href="/org/labels".to_owned() icon=lu::LuTags>"Labels"</LinkButton>
                    </div>
                </section>
                <Show when=move || manages.get()>
                    <section class="setting">
                        <div class="setting-words">
                            <h2>"Webhooks"</h2>
                            <p>"Addresses of yours that are told what happens in all projects."</p>
                        </div>
                        <div>
                            <LinkButton href="/org/webhooks".to_owned() icon=lu::LuWebhook>"Webhooks"</LinkButton>
                        </div>
                    </section>
                    <section class="setting">
                        <div class="setting-words">
                            <h2>"Name"</h2>
                            <p>"Seen by everybody in it, and in invitations."</p>
                        </div>
                        <div class="card"><div class="card-body"><NameForm/></div></div>
                    </section>
                </Show>
            </div>
            <InviteDialog open=inviting/>
        </Page>
    }
    .into_any()
}

fn article(role: &str) -> String {
    let article = if role.starts_with(['a', 'o']) { "an" } else { "a" };
    format!("{article} {role}")
}

#[component]
fn NameForm() -> impl IntoView {
    let org = use_org();
    let me = use_me();
    let toasts = use_toasts();
    let action = ServerAction::<RenameOrg>::new();
    let name = RwSignal::new(org.0.with_untracked(|detail| detail.name.clone()));
    Effect::new(move |_| {
        if let Some(Ok(())) = action.value().get() {
            let name = name.get_untracked().trim().to_owned();
            me.update(|me| {
                let org_id = me.org.as_ref().map(|org| org.org_id);
                for org in me.orgs.iter_mut().chain(me.org.as_mut()) {
                    if Some(org.org_id) == org_id {
                        org.name.clone_from(&name);
                    }
                }
            });
            toasts.success("Name saved");
            org.reload();
        }
    });
    view! {
        <Form action label="Organization name">
            <TextField name="name" label="Organization name" autocomplete="organization" bind=name required=true max_length=100_u32/>
            <FormActions>
                <SubmitButton>"Save"</SubmitButton>
            </FormActions>
        </Form>
    }
}

/// What people see who are in no organization, wherever one is needed.
#[component]
pub fn NoOrg(title: &'static str) -> impl IntoView {
    let action = ServerAction::<CreateOrg>::new();
    leave_for(move || action.value().get());
    view! {
        <Page title=title.to_owned() width="form">
            <div class="card">
                <EmptyState
                    icon=lu::LuBuilding2
                    title="You are in no organization yet"
                    text="Projects belong to organizations. To label in somebody’s projects, open the invitation they sent you. To get data labeled, make an organization of your own."
                />
                <div class="card-body">
                    <Form action label="New organization">
                        <TextField name="name" label="Organization name" autocomplete="organization" required=true max_length=100_u32/>
                        <FormActions>
                            <SubmitButton>"Make the organization"</SubmitButton>
                        </FormActions>
                    </Form>
                </div>
            </div>
        </Page>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles() {
        assert_eq!(article("owner"), "an owner");
        assert_eq!(article("admin"), "an admin");
        assert_eq!(article("member"), "a member");
    }
}
