//! Signing in.

use leptos::prelude::*;
use leptos_router::components::{A, Redirect};
use leptos_router::hooks::use_query_map;

use super::api::{ResendVerification, SignIn};
use super::{leave_for, local_path, query_value, use_session};
use crate::shell::Plain;
use crate::ui::{Banner, Button, Form, FormActions, Look, PasswordField, Size, SubmitButton, TextField, Tone};

/// The page at `/login`. `next` says where to go afterwards.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let next = Memo::new(move |_| query.with(|query| query.get("next")).unwrap_or_default());
    let session = use_session();
    let action = ServerAction::<SignIn>::new();
    leave_for(move || action.value().get());
    // Whoever is signed in already has no business here.
    let already = session.me().map(|_| view! { <Redirect path=local_path(&next.get_untracked()).to_owned()/> });
    let sign_up = move || match next.get() {
        next if next.is_empty() => "/signup".to_owned(),
        next => format!("/signup?next={}", query_value(&next)),
    };
    let email = RwSignal::new(query.with_untracked(|query| query.get("email")).unwrap_or_default());
    view! {
        {already}
        <Plain
            title="Sign in"
            foot=move || view! { <p>"New here? " <A href=sign_up>"Create an account"</A></p> }
        >
            {move || (!next.get().is_empty()).then(|| view! {
                <Banner tone=Tone::Neutral><p>"Sign in to go on to the page you asked for."</p></Banner>
            })}
            <Form action label="Sign in">
                <input type="hidden" name="next" value=move || next.get()/>
                <TextField name="email" label="E-mail" kind="email" autocomplete="username" bind=email required=true autofocus=true/>
                <PasswordField name="password" label="Password" autocomplete="current-password"/>
                <Unconfirmed action email/>
                <FormActions>
                    <SubmitButton wide=true size=Size::Large>"Sign in"</SubmitButton>
                </FormActions>
                <p class="small center"><A href="/forgot">"Forgot your password?"</A></p>
            </Form>
        </Plain>
    }
    .into_any()
}

/// The way out for people whose address is not confirmed yet.
#[component]
fn Unconfirmed(action: ServerAction<SignIn>, email: RwSignal<String>) -> impl IntoView {
    let resend = ServerAction::<ResendVerification>::new();
    let waits = move || {
        action.value().with(|done| matches!(done, Some(Err(error)) if error.code() == Some("email_unverified")))
    };
    let sent = move || resend.value().with(|done| matches!(done, Some(Ok(()))));
    view! {
        <Show when=waits>
            <Banner
                tone=Tone::Accent
                actions=move || view! {
                    <Button
                        look=Look::Plain
                        size=Size::Small
                        busy=resend.pending()
                        on:click=move |_| { resend.dispatch(ResendVerification { email: email.get_untracked() }); }
                    >
                        "Send it again"
                    </Button>
                }
            >
                <p>{move || if sent() { "The link is on its way." } else { "Did the link not arrive?" }}</p>
            </Banner>
        </Show>
    }
}
