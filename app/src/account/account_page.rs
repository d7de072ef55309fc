//! What is a person's own: name, password, devices, appearance.

use domain::account::MyOrg;
use leptos::prelude::*;

use super::api::{ChangePassword, Rename, SignOut, SwitchOrg};
use super::sessions_card::SessionsCard;
use super::strength::NewPasswordField;
use super::tokens_card::TokensCard;
use super::{leave_for, use_me};
use crate::shell::{Page, PageHead, ThemeSwitch};
use crate::ui::{
    Avatar, Badge, Button, Form, FormActions, Look, PasswordField, Size, SubmitButton, TextField, Tone, lu, use_toasts,
};

/// The page at `/account`.
#[component]
pub fn AccountPage() -> impl IntoView {
    let me = use_me();
    let sign_out = ServerAction::<SignOut>::new();
    leave_for(move || sign_out.value().get());
    view! {
        <Page title="Account".to_owned()>
            <PageHead
                title=Signal::derive(move || me.with(|me| me.name.clone()))
                text=Signal::derive(move || Some(me.with(|me| me.email.clone())))
                actions=move || view! {
                    <Form action=sign_out>
                        <SubmitButton look=Look::Plain icon=lu::LuLogOut>"Sign out"</SubmitButton>
                    </Form>
                }
            />
            <div class="settings">
                <section class="setting">
                    <div class="setting-words">
                        <h2>"Profile"</h2>
                        <p>"How others see you in projects, reviews and comments."</p>
                    </div>
                    <div class="card"><div class="card-body"><ProfileForm/></div></div>
                </section>
                <section class="setting">
                    <div class="setting-words">
                        <h2>"Appearance"</h2>
                        <p>"Kept on this device."</p>
                    </div>
                    <div class="card"><div class="card-body"><ThemeSwitch/></div></div>
                </section>
                <Organizations/>
                <section class="setting">
                    <div class="setting-words">
                        <h2>"Password"</h2>
                        <p>"Changing it signs your other devices out."</p>
                    </div>
                    <div class="card"><div class="card-body"><PasswordForm/></div></div>
                </section>
                <section class="setting">
                    <div class="setting-words">
                        <h2>"Devices"</h2>
                        <p>"Where you are signed in now."</p>
                    </div>
                    <SessionsCard/>
                </section>
                <section class="setting">
                    <div class="setting-words">
                        <h2>"Tokens"</h2>
                        <p>"What programs act with in your name."</p>
                    </div>
                    <div><TokensCard/></div>
                </section>
            </div>
        </Page>
    }
    .into_any()
}

/// For people in more than one.
#[component]
fn Organizations() -> impl IntoView {
    let me = use_me();
    let switch = ServerAction::<SwitchOrg>::new();
    leave_for(move || switch.value().get());
    let row = move |org: MyOrg| {
        let org_id = org.org_id;
        let here = me.with_untracked(|me| me.org.as_ref().is_some_and(|org| org.org_id == org_id));
        let end = if here {
            view! { <Badge tone=Tone::Success dot=true>"Here"</Badge> }.into_any()
        } else {
            view! {
                <Button size=Size::Small on:click=move |_| { switch.dispatch(SwitchOrg { org_id }); }>"Switch"</Button>
            }
            .into_any()
        };
        view! {
            <li>
                <Avatar name=org.name.clone() square=true/>
                <span class="grow"><span class="strong">{org.name}</span>" "<span class="muted small">{org.role.as_str()}</span></span>
                {end}
            </li>
        }
    };
    move || {
        let orgs = me.with(|me| me.orgs.clone());
        (orgs.len() > 1).then(|| {
            view! {
                <section class="setting">
                    <div class="setting-words">
                        <h2>"Organizations"</h2>
                        <p>"This browser works in one at a time."</p>
                    </div>
                    <div class="card"><ul class="rows" role="list">{orgs.into_iter().map(row).collect_view()}</ul></div>
                </section>
            }
        })
    }
}

#[component]
fn ProfileForm() -> impl IntoView {
    let me = use_me();
    let toasts = use_toasts();
    let action = ServerAction::<Rename>::new();
    let name = RwSignal::new(me.with_untracked(|me| me.name.clone()));
    Effect::new(move |_| {
        if let Some(Ok(())) = action.value().get() {
            me.update(|me| name.get_untracked().trim().clone_into(&mut me.name));
            toasts.success("Name saved");
        }
    });
    view! {
        <Form action label="Profile">
            <TextField name="name" label="Name" autocomplete="name" bind=name required=true max_length=120_u32/>
            <FormActions>
                <SubmitButton>"Save"</SubmitButton>
            </FormActions>
        </Form>
    }
}

#[component]
fn PasswordForm() -> impl IntoView {
    let me = use_me();
    let toasts = use_toasts();
    let action = ServerAction::<ChangePassword>::new();
    let known = Signal::derive(move || me.with(|me| format!("{} {}", me.name, me.email)));
    Effect::new(move |_| {
        if let Some(Ok(())) = action.value().get() {
            toasts.success("Password changed");
        }
    });
    // A fresh form after every success, so that no password stays on the screen.
    let done =
        Memo::new(move |_| if matches!(action.value().get(), Some(Ok(()))) { action.version().get() } else { 0 });
    view! {
        {move || {
            done.track();
            view! {
                <Form action label="Password">
                    <input class="sr-only" tabindex="-1" aria-hidden="true" type="text" autocomplete="username" value=me.with_untracked(|me| me.email.clone()) readonly/>
                    <PasswordField name="present" label="Current password" autocomplete="current-password"/>
                    <NewPasswordField name="new" label="New password" known/>
                    <FormActions>
                        <SubmitButton>"Change the password"</SubmitButton>
                    </FormActions>
                </Form>
            }
        }}
    }
}
