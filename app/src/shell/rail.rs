//! The frame of the product: the rail at the side (a bar at the bottom of small screens) and the page beside it.
//!
//! Whoever is not signed in is sent to sign in, and comes back.

use domain::account::Me;
use domain::id::OrgId;
use leptos::prelude::*;
use leptos_router::components::{A, Outlet, Redirect};
use leptos_router::hooks::use_url;

use super::page::Mark;
use super::palette::{Command, use_commands};
use super::theme::{Theme, use_theme};
use crate::account::api::{SignOut, SwitchOrg};
use crate::account::{SignedIn, leave_for, query_value, use_session};
use crate::help;
use crate::project::offer_projects;
use crate::ui::{Align, Avatar, Glyph, Icon, Menu, MenuButton, MenuLabel, MenuLine, MenuLink, lu};

/// A place in the rail.
struct Place {
    label: &'static str,
    href: &'static str,
    icon: Glyph,
    /// Other words for it, for the palette.
    words: &'static str,
}

/// What there is to go to, most used first.
const PLACES: [Place; 3] = [
    Place { label: "Projects", href: "/projects", icon: lu::LuFolderKanban, words: "home list tasks" },
    Place {
        label: "Organization",
        href: "/org",
        icon: lu::LuBuilding2,
        words: "people members team invite workspaces",
    },
    Place { label: "Account", href: "/account", icon: lu::LuUserRound, words: "profile password devices theme" },
];

/// The rail and the page of the route inside.
#[component]
pub fn Workspace() -> impl IntoView {
    let url = use_url();
    match use_session().me() {
        Some(me) => view! { <Frame me/> }.into_any(),
        None => {
            let here = url.with_untracked(|url| format!("{}{}", url.path(), search(url.search())));
            view! { <Redirect path=format!("/login?next={}", query_value(&here))/> }.into_any()
        }
    }
}

fn search(query: &str) -> String {
    match query.trim_start_matches('?') {
        "" => String::new(),
        query => format!("?{query}"),
    }
}

#[component]
fn Frame(me: Me) -> impl IntoView {
    let me = RwSignal::new(me);
    provide_context(SignedIn(me));
    let sign_out = ServerAction::<SignOut>::new();
    let switch = ServerAction::<SwitchOrg>::new();
    leave_for(move || sign_out.value().get());
    leave_for(move || switch.value().get());
    offer_commands(sign_out);
    offer_projects(me.with_untracked(|me| me.user_id));
    let places = PLACES
        .iter()
        .map(|place| {
            view! {
                <li>
                    <A href=place.href attr:class="rail-link">
                        <Icon icon=place.icon/>
                        <span>{place.label}</span>
                    </A>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="frame">
            <div class="rail">
                <OrgSwitch me switch/>
                <nav class="rail-nav" aria-label="Main">
                    <ul role="list">{places}</ul>
                </nav>
                <PersonMenu me sign_out/>
            </div>
            <div class="frame-page">
                <Outlet/>
            </div>
        </div>
    }
    .into_any()
}

fn offer_commands(sign_out: ServerAction<SignOut>) {
    let theme = use_theme();
    let go = PLACES.iter().map(|place| Command::go("Go to", place.label, place.icon, place.href).words(place.words));
    let paint = [
        ("Light theme", lu::LuSun, Theme::Light),
        ("Dark theme", lu::LuMoon, Theme::Dark),
        ("Theme of the system", lu::LuMonitor, Theme::System),
    ]
    .map(|(label, icon, choice)| {
        Command::run("Appearance", label, icon, Callback::new(move |()| theme.set(choice))).words("color mode switch")
    });
    let out = Command::run(
        "Account",
        "Sign out",
        lu::LuLogOut,
        Callback::new(move |()| {
            sign_out.dispatch(SignOut {});
        }),
    )
    .words("log leave");
    let help = help::PAGES.iter().map(|(name, title)| {
        Command::go("Help", *title, lu::LuBookOpen, format!("/help/{name}")).words("help how documentation")
    });
    use_commands(Signal::stored(go.chain(paint).chain([out]).chain(help).collect::<Vec<_>>()));
}

/// Where the person works, and the other places they could.
#[component]
fn OrgSwitch(me: RwSignal<Me>, switch: ServerAction<SwitchOrg>) -> impl IntoView {
    let name = move || me.with(|me| me.org.as_ref().map_or_else(|| "Synapse".to_owned(), |org| org.name.clone()));
    let entry = move |org_id: OrgId, name: String| {
        let here = me.with_untracked(|me| me.org.as_ref().is_some_and(|org| org.org_id == org_id));
        view! {
            <MenuButton
                checked=here
                on:click=move |_| {
                    if !here {
                        switch.dispatch(SwitchOrg { org_id });
                    }
                }
            >
                {name}
            </MenuButton>
        }
    };
    let entries = move || me.get().orgs.into_iter().map(|org| entry(org.org_id, org.name)).collect_view().into_any();
    let face = move || {
        view! {
            {move || {
                let name = name();
                let alone = me.with(|me| me.org.is_none());
                if alone {
                    view! { <Mark/> }.into_any()
                } else {
                    view! { <Avatar name square=true size="small"/> }.into_any()
                }
            }}
            <span class="rail-switch-words"><span class="strong">{name}</span></span>
            <Icon icon=lu::LuChevronsUpDown/>
        }
    };
    view! {
        <div class="rail-switch">
            <Menu id="org-menu" label="Organization" face=ViewFn::from(face) wide=true>
                <MenuLabel>"Organizations"</MenuLabel>
                {entries}
                <MenuLine/>
                <MenuLink href="/org" icon=lu::LuUsers>"People and workspaces"</MenuLink>
            </Menu>
        </div>
    }
}

/// Who is signed in, the theme, and the way out.
#[component]
fn PersonMenu(me: RwSignal<Me>, sign_out: ServerAction<SignOut>) -> impl IntoView {
    let theme = use_theme();
    let choice = move |label: &'static str, icon: Glyph, choice: Theme| {
        view! {
            <MenuButton icon checked=Signal::derive(move || Some(theme.get() == choice)) on:click=move |_| theme.set(choice)>
                {label}
            </MenuButton>
        }
    };
    let face = move || {
        view! {
            {move || view! { <Avatar name=me.with(|me| me.name.clone()) size="small"/> }}
            <span class="rail-switch-words">
                <span class="strong">{move || me.with(|me| me.name.clone())}</span>
            </span>
            <Icon icon=lu::LuChevronsUpDown/>
        }
    };
    view! {
        <div class="rail-switch">
            <Menu id="person-menu" label="Your account" align=Align::Above face=ViewFn::from(face) wide=true>
                <MenuLabel>{move || me.with(|me| me.email.clone())}</MenuLabel>
                <MenuLink href="/account" icon=lu::LuUserRound>"Account"</MenuLink>
                <MenuLine/>
                <MenuLabel>"Theme"</MenuLabel>
                {choice("System", lu::LuMonitor, Theme::System)}
                {choice("Light", lu::LuSun, Theme::Light)}
                {choice("Dark", lu::LuMoon, Theme::Dark)}
                <MenuLine/>
                <MenuButton icon=lu::LuLogOut on:click=move |_| { sign_out.dispatch(SignOut {}); }>"Sign out"</MenuButton>
            </Menu>
        </div>
    }
}
