//! Where an invitation link leads.

use domain::account::Me;
use domain::org::InvitePreview;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

use super::api::{self, AcceptInvite};
use crate::account::{leave_for, query_value, use_session};
use crate::error::AppError;
use crate::lost::set_status;
use crate::shell::Plain;
use crate::ui::{Avatar, Form, FormActions, LinkButton, Look, Size, SubmitButton, Time, answered, lu};

/// The page at `/invite/{token}`.
#[component]
pub fn InvitePage() -> impl IntoView {
    let token = use_params_map().with_untracked(|params| params.get("token")).unwrap_or_default();
    let preview = Resource::new_blocking(
        {
            let token = token.clone();
            move || token.clone()
        },
        api::preview_invite,
    );
    let session = use_session();
    view! {
        <Suspense>
            {answered(preview, move |preview| match preview {
                Ok(preview) => invitation(token.clone(), preview, session.me()),
                Err(error) => dead(&error, session.me().is_some()),
            })}
        </Suspense>
    }
    .into_any()
}

fn invitation(token: String, preview: InvitePreview, me: Option<Me>) -> AnyView {
    let by = preview.invited_by.map_or_else(|| "You are invited".to_owned(), |name| format!("{name} invites you"));
    let text =
        format!("{by} to work there as {}.", if preview.role.as_str() == "admin" { "an admin" } else { "a member" });
    let email = preview.email.unwrap_or_default();
    let here = format!("/invite/{token}");
    if me.as_ref().is_some_and(|me| me.orgs.iter().any(|org| org.org_id == preview.org_id)) {
        return view! {
            <Plain title=format!("You are in {} already", preview.organization) text="There is nothing left to accept." icon=lu::LuCircleCheck>
                <Accept token verb=format!("Go to {}", preview.organization)/>
            </Plain>
        }
        .into_any();
    }
    if let Some(me) = me.as_ref().filter(|me| !email.is_empty() && !me.email.eq_ignore_ascii_case(&email)) {
        return view! {
            <Plain
                title="This invitation is for somebody else"
                text=format!("It is for {email}, and you are signed in as {}. Sign out, then open the link again.", me.email)
                icon=lu::LuUserX
            >
                <LinkButton href="/account".to_owned() wide=true>"To your account"</LinkButton>
            </Plain>
        }
        .into_any();
    }
    let next = match me {
        Some(me) => view! {
            <div class="stack">
                <p class="muted small">"You are signed in as " <span class="strong">{me.email}</span> "."</p>
                <Accept token verb="Accept and join".to_owned()/>
            </div>
        }
        .into_any(),
        None => {
            let sign_up = format!("/signup?invite={}&email={}", query_value(&token), query_value(&email));
            let sign_in = format!("/login?next={}&email={}", query_value(&here), query_value(&email));
            view! {
                <div class="stack gap-2">
                    <LinkButton href=sign_up look=Look::Primary size=Size::Large wide=true>"Create an account and join"</LinkButton>
                    <LinkButton href=sign_in size=Size::Large wide=true>"Sign in and join"</LinkButton>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <Plain title=format!("Join {}", preview.organization) text>
            <div class="row">
                <Avatar name=preview.organization.clone() square=true size="large"/>
                <div class="grow">
                    <p class="strong">{preview.organization}</p>
                    <p class="muted small">"The invitation expires " <Time at=preview.expires_at/></p>
                </div>
            </div>
            {next}
        </Plain>
    }
    .into_any()
}

/// Joins where that is still to do, and goes there.
#[component]
fn Accept(token: String, verb: String) -> impl IntoView {
    let action = ServerAction::<AcceptInvite>::new();
    leave_for(move || action.value().get());
    view! {
        <Form action label="Accept the invitation">
            <input type="hidden" name="token" value=token/>
            <FormActions>
                <SubmitButton wide=true size=Size::Large>{verb}</SubmitButton>
            </FormActions>
        </Form>
    }
}

/// Expired, used, withdrawn, or never there.
fn dead(error: &AppError, is_signed_in: bool) -> AnyView {
    set_status(error.status());
    view! {
        <Plain
            title="This invitation does not work"
            text=error.sentence()
            icon=lu::LuBan
            foot=move || (!is_signed_in).then(|| view! { <p>"Already in? " <A href="/login">"Sign in"</A></p> })
        >
            <LinkButton href="/".to_owned() wide=true>"Go to the start"</LinkButton>
        </Plain>
    }
    .into_any()
}
