//! The people of an organization, those who left, and those who are asked.

use domain::access::{OrgPermission, OrgRole};
use domain::id::UserId;
use domain::org::{Invite, Member};
use leptos::prelude::*;

use super::api::{ChangeRole, RemoveMember, RestoreMember, RevokeInvite, restore_member};
use super::org_page::{Org, use_org};
use crate::error::AppError;
use crate::ui::{
    Align, Avatar, Badge, Button, ConfirmDialog, EmptyState, Icon, Menu, MenuButton, MenuLabel, MenuLine, Size, Time,
    Toasts, Tone, lu, plural, use_toasts,
};

/// Asks again after a success, says so after a failure.
fn after(done: impl Fn() -> Option<Result<(), AppError>> + 'static, on_success: impl Fn() + 'static) {
    let (org, toasts) = (use_org(), use_toasts());
    Effect::new(move |_| match done() {
        Some(Ok(())) => {
            org.reload();
            on_success();
        }
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
}

/// Takes somebody back in, even when the page they were removed on has been left.
fn take_back(org: Org, toasts: Toasts, user_id: UserId) {
    leptos::task::spawn_local(async move {
        match restore_member(user_id).await {
            Ok(()) => {
                toasts.success("Taken back in");
                org.reload();
            }
            Err(error) => toasts.error(&error),
        }
    });
}

/// Everybody in it, owners first.
#[component]
pub(super) fn PeopleCard() -> impl IntoView {
    let (org, toasts) = (use_org(), use_toasts());
    let change = ServerAction::<ChangeRole>::new();
    let remove = ServerAction::<RemoveMember>::new();
    let leaving = RwSignal::new(None::<Member>);
    let removed = RwSignal::new(None::<Member>);
    let confirm = RwSignal::new(false);
    after(move || change.value().get(), move || toasts.success("Role changed"));
    after(
        move || remove.value().get(),
        move || {
            confirm.set(false);
            if let Some(member) = removed.get_untracked() {
                toasts.undo(format!("{} was removed", member.name), move || take_back(org, toasts, member.user_id));
            }
        },
    );
    let on_remove = Callback::new(move |member: Member| {
        let user_id = member.user_id;
        if org.0.with_untracked(|detail| detail.me == user_id) {
            leaving.set(Some(member));
            confirm.set(true);
        } else {
            removed.set(Some(member));
            remove.dispatch(RemoveMember { user_id });
        }
    });
    let rows = move || {
        let detail = org.0.get();
        let (me, role) = (detail.me, detail.my_role);
        detail.members.into_iter().map(|member| person(member, me, role, change, on_remove)).collect_view()
    };
    view! {
        <section class="card" aria-label="People">
            <ul class="rows" role="list">{rows}</ul>
            <ConfirmDialog
                open=confirm
                title="Leave the organization?".to_owned()
                text="You lose access to its projects at once. Your work stays, and somebody can take you back in.".to_owned()
                verb="Leave"
                busy=remove.pending()
                on_confirm=Callback::new(move |()| {
                    if let Some(member) = leaving.get_untracked() {
                        remove.dispatch(RemoveMember { user_id: member.user_id });
                    }
                })
            />
        </section>
    }
}

fn role_badge(role: OrgRole) -> AnyView {
    let (tone, name) = match role {
        OrgRole::Owner => (Tone::Accent, "Owner"),
        OrgRole::Admin => (Tone::Success, "Admin"),
        OrgRole::Member => (Tone::Neutral, "Member"),
    };
    view! { <Badge tone>{name}</Badge> }.into_any()
}

fn person(
    member: Member,
    me: UserId,
    role: OrgRole,
    change: ServerAction<ChangeRole>,
    on_remove: Callback<Member>,
) -> AnyView {
    let user_id = member.user_id;
    let touches_owner = member.role == OrgRole::Owner;
    let may = role.allows(OrgPermission::ManageMembers) && (!touches_owner || role.allows(OrgPermission::ManageOwners));
    let (name, present) = (member.name.clone(), member.role);
    let menu = may.then(|| {
        let member = member.clone();
        let choices = OrgRole::ALL
            .into_iter()
            .filter(|choice| *choice != OrgRole::Owner || role.allows(OrgPermission::ManageOwners))
            .map(|choice| {
                let words = match choice {
                    OrgRole::Owner => "Owner",
                    OrgRole::Admin => "Admin",
                    OrgRole::Member => "Member",
                };
                view! {
                    <MenuButton
                        checked=choice == present
                        on:click=move |_| {
                            if choice != present {
                                change.dispatch(ChangeRole { user_id, role: choice });
                            }
                        }
                    >
                        {words}
                    </MenuButton>
                }
            })
            .collect_view();
        let leave = if user_id == me { "Leave the organization" } else { "Remove from the organization" };
        view! {
            <Menu id=format!("person-{user_id}") label=format!("Manage {name}") icon=lu::LuEllipsis size=Size::Small align=Align::End>
                <MenuLabel>"Role"</MenuLabel>
                {choices}
                <MenuLine/>
                <MenuButton icon=lu::LuTrash2 danger=true on:click=move |_| on_remove.run(member.clone())>{leave}</MenuButton>
            </Menu>
        }
    });
    view! {
        <li>
            <Avatar name=member.name.clone()/>
            <div class="grow">
                <p class="row">
                    <span class="strong">{member.name}</span>
                    {(user_id == me).then(|| view! { <span class="faint small">"you"</span> })}
                </p>
                <p class="muted small truncate">{member.email} <span class="wide-only">" · joined " <Time at=member.joined_at/></span></p>
            </div>
            {role_badge(member.role)}
            {menu}
        </li>
    }
    .into_any()
}

/// Those who were taken out and can be taken back.
#[component]
pub(super) fn RemovedCard() -> impl IntoView {
    let org = use_org();
    let toasts = use_toasts();
    let restore = ServerAction::<RestoreMember>::new();
    after(move || restore.value().get(), move || toasts.success("Taken back in"));
    let count = Memo::new(move |_| org.0.with(|detail| i64::try_from(detail.removed.len()).unwrap_or(i64::MAX)));
    let row = move |member: Member| {
        let user_id = member.user_id;
        view! {
            <li>
                <Avatar name=member.name.clone()/>
                <div class="grow">
                    <p class="strong">{member.name}</p>
                    <p class="muted small truncate">
                        {member.email} {member.removed_at.map(|at| view! { " · removed " <Time at/> })}
                    </p>
                </div>
                <Button size=Size::Small icon=lu::LuUndo2 on:click=move |_| { restore.dispatch(RestoreMember { user_id }); }>
                    "Take back in"
                </Button>
            </li>
        }
    };
    let rows = move || org.0.with(|detail| detail.removed.clone()).into_iter().map(row).collect_view();
    view! {
        <Show when=move || { count.get() > 0 }>
            <details class="disclosure">
                <summary>{move || format!("{} removed", plural(count.get(), "person", "people"))}</summary>
                <div class="card"><ul class="rows" role="list">{rows}</ul></div>
            </details>
        </Show>
    }
}

/// Invitations that still work.
#[component]
pub(super) fn InvitesCard(on_invite: Callback<()>) -> impl IntoView {
    let org = use_org();
    let toasts = use_toasts();
    let revoke = ServerAction::<RevokeInvite>::new();
    after(move || revoke.value().get(), move || toasts.success("The invitation no longer works"));
    let list = move || {
        let invites = org.0.with(|detail| detail.invites.clone());
        if invites.is_empty() {
            return view! {
                <EmptyState icon=lu::LuMail title="Nobody is invited right now" text="Invite people by mail, or make a link to share.">
                    <Button icon=lu::LuUserPlus on:click=move |_| on_invite.run(())>"Invite people"</Button>
                </EmptyState>
            }
            .into_any();
        }
        let rows = invites.into_iter().map(|invite| invitation(invite, revoke)).collect_view();
        view! { <ul class="rows" role="list">{rows}</ul> }.into_any()
    };
    view! { <section class="card" aria-label="Invitations">{list}</section> }
}

fn invitation(invite: Invite, revoke: ServerAction<RevokeInvite>) -> AnyView {
    let invite_id = invite.invite_id;
    let by_mail = invite.email.is_some();
    let title = invite.email.unwrap_or_else(|| "Link for anybody".to_owned());
    let uses = i64::from(invite.use_count);
    let label = format!("Revoke the invitation for {title}");
    view! {
        <li>
            <span class="page-icon"><Icon icon=if by_mail { lu::LuMail } else { lu::LuLink }/></span>
            <div class="grow">
                <p class="strong truncate">{title}</p>
                <p class="muted small">
                    "Expires " <Time at=invite.expires_at/>
                    {invite.created_by.map(|name| format!(" · by {name}"))}
                    {(!by_mail).then(|| format!(" · used {}", plural(uses, "time", "times")))}
                </p>
            </div>
            {role_badge(invite.role)}
            <Button size=Size::Small attr:aria-label=label on:click=move |_| { revoke.dispatch(RevokeInvite { invite_id }); }>
                "Revoke"
            </Button>
        </li>
    }
    .into_any()
}
