//! Getting back in with a new password.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::api::{self, RequestPasswordReset, ResetPassword};
use super::leave_for;
use super::strength::NewPasswordField;
use crate::error::AppError;
use crate::shell::Plain;
use crate::ui::{Form, FormActions, LinkButton, Look, Size, SubmitButton, TextField, answered, lu};

/// The page at `/forgot`.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let query = use_query_map();
    let sent = Memo::new(move |_| query.with(|query| query.get("sent")));
    let action = ServerAction::<RequestPasswordReset>::new();
    leave_for(move || action.value().get());
    view! {
        {move || match sent.get() {
            Some(email) => view! { <Sent email/> }.into_any(),
            None => view! {
                <Plain
                    title="Choose a new password"
                    text="Enter your address, and we send you a link."
                    foot=|| view! { <p><A href="/login">"Back to signing in"</A></p> }
                >
                    <Form action label="Choose a new password">
                        <TextField name="email" label="E-mail" kind="email" autocomplete="username" required=true autofocus=true/>
                        <FormActions>
                            <SubmitButton wide=true size=Size::Large>"Send the link"</SubmitButton>
                        </FormActions>
                    </Form>
                </Plain>
            }
            .into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Sent(email: String) -> impl IntoView {
    view! {
        <Plain
            title="Check your mail"
            text=format!("If there is an account for {email}, a link is on its way to it. It works once, within an hour.")
            icon=lu::LuMailCheck
            foot=|| view! { <p>"Nothing arrived? " <A href="/forgot">"Try another address"</A></p> }
        >
            <LinkButton href="/login".to_owned() wide=true>"Back to signing in"</LinkButton>
        </Plain>
    }
}

/// The page at `/reset`, where the link in the mail leads.
#[component]
pub fn ResetPage() -> impl IntoView {
    let token = use_query_map().with_untracked(|query| query.get("token")).unwrap_or_default();
    let link = Resource::new_blocking(
        {
            let token = token.clone();
            move || token.clone()
        },
        api::check_reset_link,
    );
    view! {
        <Suspense>
            {answered(link, move |link| match link {
                Ok(()) => view! { <Reset token=token.clone()/> }.into_any(),
                Err(error) => dead(&error),
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Reset(token: String) -> impl IntoView {
    let action = ServerAction::<ResetPassword>::new();
    leave_for(move || action.value().get());
    view! {
        <Plain
            title="Choose a new password"
            text="All your devices are signed out, and this one is signed in."
            foot=|| view! { <p>"The link does not work? " <A href="/forgot">"Get a new one"</A></p> }
        >
            <Form action label="Choose a new password">
                <input type="hidden" name="token" value=token/>
                <NewPasswordField name="password" label="New password"/>
                <FormActions>
                    <SubmitButton wide=true size=Size::Large>"Set the password"</SubmitButton>
                </FormActions>
            </Form>
        </Plain>
    }
    .into_any()
}

/// Expired, used, or never there: told before a password is typed.
fn dead(error: &AppError) -> AnyView {
    view! {
        <Plain
            title="This link does not work"
            text=error.sentence()
            icon=lu::LuBan
            foot=|| view! { <p>"Remembered it? " <A href="/login">"Sign in"</A></p> }
        >
            <LinkButton href="/forgot".to_owned() look=Look::Primary wide=true>"Get a new link"</LinkButton>
        </Plain>
    }
    .into_any()
}
