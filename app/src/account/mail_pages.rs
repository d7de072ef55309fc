//! What happens between signing up and being in: a mail, and the link in it.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::api::{self, ResendVerification, VerifyEmail};
use super::{leave_for, use_session};
use crate::error::AppError;
use crate::shell::Plain;
use crate::ui::{Banner, Form, FormActions, LinkButton, Look, Size, SubmitButton, TextField, Tone, answered, lu};

/// The page at `/check-mail`.
#[component]
pub fn CheckMailPage() -> impl IntoView {
    let email = use_query_map().with_untracked(|query| query.get("email")).unwrap_or_default();
    let resend = ServerAction::<ResendVerification>::new();
    let sent = move || resend.value().with(|done| matches!(done, Some(Ok(()))));
    let words = if email.is_empty() { "the address you gave".to_owned() } else { email.clone() };
    view! {
        <Plain
            title="Check your mail"
            text=format!("We have sent a link to {words}. It works once, for 48 hours.")
            icon=lu::LuMailCheck
            foot=|| view! { <p>"Wrong address? " <A href="/signup">"Sign up again"</A></p> }
        >
            {use_session().dev_pages().then(|| view! {
                <LinkButton href="/dev/outbox".to_owned() icon=lu::LuInbox wide=true>"Open the development outbox"</LinkButton>
            })}
            <Form action=resend label="Send the link again">
                <Show when=sent>
                    <Banner tone=Tone::Success><p>"Sent again. If it does not arrive, look into the spam folder."</p></Banner>
                </Show>
                {if email.is_empty() {
                    view! { <TextField name="email" label="E-mail" kind="email" autocomplete="username"/> }.into_any()
                } else {
                    view! { <input type="hidden" name="email" value=email/> }.into_any()
                }}
                <FormActions>
                    <SubmitButton look=Look::Plain wide=true>"Send it again"</SubmitButton>
                </FormActions>
            </Form>
        </Plain>
    }
    .into_any()
}

/// The page at `/verify`, where the link in the mail leads. It asks for one click, since mail scanners open links too.
#[component]
pub fn VerifyPage() -> impl IntoView {
    let token = use_query_map().with_untracked(|query| query.get("token")).unwrap_or_default();
    let link = Resource::new_blocking(
        {
            let token = token.clone();
            move || token.clone()
        },
        api::check_verify_link,
    );
    view! {
        <Suspense>
            {answered(link, move |link| match link {
                Ok(()) => view! { <Verify token=token.clone()/> }.into_any(),
                Err(error) => dead(&error),
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Verify(token: String) -> impl IntoView {
    let action = ServerAction::<VerifyEmail>::new();
    leave_for(move || action.value().get());
    view! {
        <Plain
            title="Confirm your e-mail address"
            text="One click, and your account is ready."
            icon=lu::LuMailCheck
            foot=|| view! { <p>"The link does not work? " <A href="/check-mail">"Get a new one"</A></p> }
        >
            <Form action label="Confirm your e-mail address">
                <input type="hidden" name="token" value=token/>
                <FormActions>
                    <SubmitButton wide=true size=Size::Large>"Confirm and sign in"</SubmitButton>
                </FormActions>
            </Form>
        </Plain>
    }
    .into_any()
}

/// Used, expired, or never there: whoever clicked it before is in already.
fn dead(error: &AppError) -> AnyView {
    view! {
        <Plain
            title="This link does not work"
            text=error.sentence()
            icon=lu::LuBan
            foot=|| view! { <p>"Confirmed already? " <A href="/login">"Sign in"</A></p> }
        >
            <LinkButton href="/check-mail".to_owned() look=Look::Primary wide=true>"Get a new link"</LinkButton>
        </Plain>
    }
    .into_any()
}

/// What the browser's storage says to the other tabs once somebody has signed in again.
pub const SIGNED_IN: &str = "synapse.signed_in";

/// The page at `/signed-in`, in the tab that was opened to sign in again: the work waits in the other one.
#[component]
pub fn SignedInPage() -> impl IntoView {
    if use_session().me().is_none() {
        return view! {
            <Plain title="You are not signed in" text="Sign in, and go on where you were." icon=lu::LuKeyRound>
                <LinkButton href="/login".to_owned() look=Look::Primary wide=true>"Sign in"</LinkButton>
            </Plain>
        }
        .into_any();
    }
    Effect::new(move |_| {
        if let Ok(Some(storage)) = window().local_storage() {
            // Told anew each time, or nobody would hear of the second. A browser that keeps nothing notices on its own focus.
            let _ = storage.remove_item(SIGNED_IN);
            let _ = storage.set_item(SIGNED_IN, "1");
        }
    });
    view! {
        <Plain
            title="You are signed in"
            text="Close this tab and go on in the other one. What you entered there is still there."
            icon=lu::LuCircleCheck
        >
            <LinkButton href="/projects".to_owned() wide=true>"Stay here instead"</LinkButton>
        </Plain>
    }
    .into_any()
}
