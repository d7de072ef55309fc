//! Signing in.

use domain::account::DemoPeople;
use leptos::prelude::*;
use leptos_router::components::{A, Redirect};
use leptos_router::hooks::use_query_map;

use super::api::{ResendVerification, SignIn, demo_guests};
use super::{leave_for, local_path, query_value, use_session};
use crate::shell::Plain;
use crate::ui::{
    Avatar, Banner, Button, Form, FormActions, Look, PasswordField, Size, SubmitButton, TextField, Tone, answered,
};

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
            <TryAs action next/>
        </Plain>
    }
    .into_any()
}

/// The people of the demo workspace, where there is one: a click signs in.
#[component]
fn TryAs(action: ServerAction<SignIn>, next: Memo<String>) -> impl IntoView {
    let demo = Resource::new_blocking(|| (), |()| demo_guests());
    let list = move |demo: DemoPeople| {
        let people = demo.people.into_iter().map(|person| {
            let (email, password) = (person.email.clone(), demo.password.clone());
            let on_click = move |_| {
                let (email, password) = (email.clone(), password.clone());
                action.dispatch(SignIn { email, password, next: next.get_untracked() });
            };
            view! {
                <li>
                    <button type="button" class="row-button" on:click=on_click>
                        <Avatar name=person.name.clone()/>
                        <span class="grow">{person.name}</span>
                        <span class="small muted">{person.role}</span>
                    </button>
                </li>
            }
        });
        view! {
            <section class="try-as" aria-labelledby="try-as">
                <h2 id="try-as">"Or look around as"</h2>
                <ul>{people.collect_view()}</ul>
            </section>
        }
    };
    view! {
        <Suspense>
            // Where nobody can be asked there is nobody to show: signing in works all the same.
            {answered(demo, move |demo| demo.ok().flatten().map(list))}
        </Suspense>
    }
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
