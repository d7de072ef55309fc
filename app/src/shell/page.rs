//! A page inside a frame: its title, its way home, its actions.

use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::palette::use_palette;
use crate::ui::{Glyph, Icon, IconButton, Kbd, focus_page, lu};

/// One step of the way home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// As shown.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl Crumb {
    /// A step and where it leads.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// A page: top bar with breadcrumb and actions, then the content.
#[component]
pub fn Page(
    /// The last step of the breadcrumb, and the window's title where that has none of its own.
    #[prop(into)]
    title: Signal<String>,
    /// What tells this page from others in a row of tabs and in the history.
    #[prop(optional, into)]
    window_title: Option<String>,
    /// The steps before it.
    #[prop(optional, into)]
    crumbs: Signal<Vec<Crumb>>,
    /// Buttons at the end of the bar.
    #[prop(optional, into)]
    actions: ViewFn,
    /// Tabs under the bar.
    #[prop(optional, into)]
    tabs: Option<ViewFn>,
    /// `page`, `form` (narrow), `wide` (as wide as the window) or `bleed` (no margins, no scrolling of its own).
    #[prop(default = "page")]
    width: &'static str,
    children: Children,
) -> impl IntoView {
    let steps = move || {
        crumbs
            .get()
            .into_iter()
            .map(|crumb| {
                view! {
                    <li>
                        <A href=crumb.href exact=true>{crumb.label}</A>
                        <Icon icon=lu::LuChevronRight/>
                    </li>
                }
            })
            .collect_view()
    };
    let content = content();
    // The server writes the head last, when what this page is made of may be gone.
    let drawn = window_title.clone().unwrap_or_else(|| title.get_untracked());
    view! {
        <Title text=move || window_title.clone().or_else(|| title.try_get()).unwrap_or_else(|| drawn.clone())/>
        <header class="bar">
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol role="list">
                    {steps}
                    <li><span class="crumb-here" aria-current="page">{move || title.get()}</span></li>
                </ol>
            </nav>
            <div class="bar-end">
                {actions.run()}
                <SearchButton/>
            </div>
        </header>
        {tabs.map(|tabs| view! { <div class="bar-tabs">{tabs.run()}</div> })}
        <main class="page" id="content" tabindex="-1" data-width=width node_ref=content>
            {children()}
        </main>
    }
    .into_any()
}

/// The head of a page's content: its name, a sentence, and what can be done.
#[component]
pub fn PageHead(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] text: MaybeProp<String>,
    #[prop(optional, into)] icon: Option<Glyph>,
    #[prop(optional, into)] actions: ViewFn,
) -> impl IntoView {
    view! {
        <div class="page-head">
            {icon.map(|icon| view! { <span class="page-icon"><Icon icon/></span> })}
            <div class="page-head-words">
                <h1>{move || title.get()}</h1>
                {move || text.get().map(|text| view! { <p class="muted">{text}</p> })}
            </div>
            <div class="row">{actions.run()}</div>
        </div>
    }
}

/// Opens the palette.
#[component]
fn SearchButton() -> impl IntoView {
    let palette = use_palette();
    view! {
        <button class="search-button" type="button" aria-keyshortcuts="Control+K" on:click=move |_| palette.open()>
            <Icon icon=lu::LuSearch/>
            <span>"Search"</span>
            <Kbd keys="Ctrl+K"/>
        </button>
        <span class="search-small">
            <IconButton icon=lu::LuSearch label="Search".to_owned() on:click=move |_| palette.open()/>
        </span>
    }
}

/// The content of a page, where the keyboard goes on.
fn content() -> NodeRef<html::Main> {
    let node = NodeRef::<html::Main>::new();
    let path = use_location().pathname;
    Effect::new(move |_| {
        if let Some(main) = node.get() {
            focus_page(main, path.get_untracked());
        }
    });
    node
}

/// The frame of the pages before signing in: the mark, one card, nothing else.
#[component]
pub fn Plain(
    /// The window's title, and the heading.
    #[prop(into)]
    title: String,
    /// A sentence under the heading.
    #[prop(optional, into)]
    text: Option<String>,
    /// An outline over the heading, for pages that only say something.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// Under the card.
    #[prop(optional, into)]
    foot: ViewFn,
    children: Children,
) -> impl IntoView {
    let content = content();
    view! {
        <Title text=title.clone()/>
        <div class="plain">
            <header class="plain-head">
                <a class="mark" href="/" rel="external">
                    <Mark/>
                    "Synapse"
                </a>
            </header>
            <main class="plain-main" id="content" tabindex="-1" node_ref=content>
                <div class="plain-card">
                    {icon.map(|icon| view! { <span class="plain-icon"><Icon icon/></span> })}
                    <div class="stack gap-1">
                        <h1>{title}</h1>
                        {text.map(|text| view! { <p class="muted">{text}</p> })}
                    </div>
                    {children()}
                </div>
                <div class="plain-foot">{foot.run()}</div>
            </main>
        </div>
    }
    .into_any()
}

/// The product's mark: two points and what connects them.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark-icon" viewBox="0 0 32 32" aria-hidden="true">
            <rect class="mark-ground" width="32" height="32" rx="8"></rect>
            <path class="mark-line" d="M10.5 21.5C10.5 13 21.5 19 21.5 10.5" fill="none" stroke-width="2.6" stroke-linecap="round"></path>
            <circle class="mark-dot" cx="10.5" cy="21.5" r="3.4"></circle>
            <circle class="mark-dot" cx="21.5" cy="10.5" r="3.4"></circle>
        </svg>
    }
}
