//! The browsers in which a person is signed in.

use domain::account::SessionInfo;
use domain::id::SessionId;
use leptos::prelude::*;

use super::api::{self, SignOutEverywhere, SignOutOne};
use crate::ui::{Badge, Button, ErrorBanner, Icon, Size, SkeletonRows, Time, Tone, answered, lu, plural, use_toasts};

/// The list, newest use first.
#[component]
pub fn SessionsCard() -> impl IntoView {
    let one = ServerAction::<SignOutOne>::new();
    let everywhere = ServerAction::<SignOutEverywhere>::new();
    let toasts = use_toasts();
    let sessions = Resource::new(move || (one.version().get(), everywhere.version().get()), |_| api::sessions());
    Effect::new(move |_| match everywhere.value().get() {
        Some(Ok(ended)) => toasts
            .success(format!("{} signed out", plural(i64::try_from(ended).unwrap_or(i64::MAX), "device", "devices"))),
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    Effect::new(move |_| match one.value().get() {
        Some(Ok(())) => toasts.success("Signed out there"),
        Some(Err(error)) => toasts.error(&error),
        None => {}
    });
    let list = answered(sessions, move |sessions| match sessions {
        Ok(sessions) => rows(sessions, one, everywhere),
        Err(error) => view! { <div class="card-body"><ErrorBanner error/></div> }.into_any(),
    });
    view! {
        <section class="card" aria-label="Devices">
            <Transition fallback=|| view! { <SkeletonRows rows=2/> }>{list}</Transition>
        </section>
    }
}

fn rows(
    sessions: Vec<SessionInfo>,
    one: ServerAction<SignOutOne>,
    everywhere: ServerAction<SignOutEverywhere>,
) -> AnyView {
    let others = sessions.iter().filter(|session| !session.is_current).count();
    let rows = sessions.into_iter().map(|session| row(session, one)).collect_view();
    view! {
        <ul class="rows" role="list">{rows}</ul>
        {(others > 0).then(|| view! {
            <div class="card-foot">
                <span class="grow">"Something unknown here? Sign it out and change your password."</span>
                <Button
                    size=Size::Small
                    busy=everywhere.pending()
                    on:click=move |_| { everywhere.dispatch(SignOutEverywhere {}); }
                >
                    "Sign out everywhere else"
                </Button>
            </div>
        })}
    }
    .into_any()
}

fn row(session: SessionInfo, one: ServerAction<SignOutOne>) -> AnyView {
    let phone = ["Android", "iPhone", "iPad"].iter().any(|name| session.device.contains(name));
    let icon = if phone { lu::LuSmartphone } else { lu::LuLaptop };
    let id: SessionId = session.session_id;
    let label = format!("Sign out {}", session.device);
    let busy = move || {
        one.pending().get() && one.input().with(|input| input.as_ref().is_some_and(|input| input.session_id == id))
    };
    view! {
        <li>
            <span class="page-icon"><Icon icon/></span>
            <div class="grow">
                <p class="row">
                    <span class="strong">{session.device}</span>
                    {session.is_current.then(|| view! { <Badge tone=Tone::Success dot=true>"This device"</Badge> })}
                </p>
                <p class="muted small">
                    <span class="num">{session.ip}</span> " · last seen " <Time at=session.last_seen_at/>
                    " · signed in " <Time at=session.created_at/>
                </p>
            </div>
            {(!session.is_current).then(|| view! {
                <Button
                    size=Size::Small
                    busy=Signal::derive(busy)
                    attr:aria-label=label
                    on:click=move |_| { one.dispatch(SignOutOne { session_id: id }); }
                >
                    "Sign out"
                </Button>
            })}
        </li>
    }
    .into_any()
}
