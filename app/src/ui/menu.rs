//! Menus on the popover attribute, and tooltips.

use leptos::{ev, html, prelude::*};
use leptos_router::components::A;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{Glyph, Icon, Look, Size};

/// Which way a menu opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Under the button, from its start.
    #[default]
    Start,
    /// Under the button, up to its end.
    End,
    /// Over the button.
    Above,
}

/// A button that opens a list of actions. `id` is unique on the page.
#[component]
pub fn Menu(
    #[prop(into)] id: String,
    /// What the button is called, and the menu.
    #[prop(into)]
    label: String,
    #[prop(optional)] align: Align,
    #[prop(default = Look::Quiet)] look: Look,
    #[prop(optional)] size: Size,
    /// What the button shows; an icon alone when nothing else is given.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    #[prop(optional, into)] face: ViewFn,
    /// Whether `face` is words (a wide button) or the icon alone.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let align = match align {
        Align::Start => "start",
        Align::End => "end",
        Align::Above => "above",
    };
    view! {
        <span class="menu-anchor">
            <button
                class=if wide { "button" } else { "icon-button" }
                type="button"
                data-look=look.as_str()
                data-size=size.as_str()
                popovertarget=id.clone()
                aria-haspopup="menu"
                // A name must contain the words one sees: they follow it where there are any.
                aria-label=(!wide).then(|| label.clone())
                title=(!wide).then(|| label.clone())
            >
                {wide.then(|| view! { <span class="sr-only">{label.clone()} ": "</span> })}
                {icon.map(|icon| view! { <Icon icon/> })}
                {face.run()}
            </button>
            <div
                class="menu"
                id=id
                popover="auto"
                role="menu"
                aria-label=label
                data-align=align
                node_ref=node
                on:toggle=move |_| focus_item(node, Move::First)
                on:keydown=move |event| on_key(&event, node)
                // Before the item acts: what it opens gives the focus back to the menu's button.
                on:click:capture=move |event| close_after(&event, node)
            >
                {children()}
            </div>
        </span>
    }
    .into_any()
}

/// An action in a menu. Add `on:click` at the call. Transparent, as [`super::Button`].
#[component(transparent)]
pub fn MenuButton(
    #[prop(optional, into)] icon: Option<Glyph>,
    #[prop(optional)] danger: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// For one of several: whether it is the one.
    #[prop(optional, into)]
    checked: MaybeProp<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            class="menu-item"
            type="button"
            role=move || if checked.get().is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=move || checked.get().map(|on| if on { "true" } else { "false" })
            data-danger=danger.then_some("")
            disabled=move || disabled.get()
        >
            {icon.map(|icon| view! { <Icon icon/> })}
            <span class="truncate">{children()}</span>
            {move || checked.get().unwrap_or(false).then(|| view! {
                <span class="menu-end"><Icon icon=super::lu::LuCheck/></span>
            })}
        </button>
    }
}

/// A place to go, in a menu.
#[component]
pub fn MenuLink(
    #[prop(into)] href: String,
    #[prop(optional, into)] icon: Option<Glyph>,
    children: Children,
) -> impl IntoView {
    view! {
        <A href=href attr:class="menu-item" attr:role="menuitem">
            {icon.map(|icon| view! { <Icon icon/> })}
            <span class="truncate">{children()}</span>
        </A>
    }
}

/// Words over a group of items.
#[component]
pub fn MenuLabel(children: Children) -> impl IntoView {
    view! { <div class="menu-label" role="presentation">{children()}</div> }
}

/// A line between groups.
#[component]
pub fn MenuLine() -> impl IntoView {
    view! { <div class="menu-line" role="separator"></div> }
}

/// Shows a word about what it wraps on hover and focus. The wrapped control needs a name of its own.
#[component]
pub fn Tooltip(
    #[prop(into)] text: String,
    /// `below`, `above`, `start` or `end`.
    #[prop(default = "below")]
    side: &'static str,
    children: Children,
) -> impl IntoView {
    view! { <span class="tip" data-tip=text data-side=side>{children()}</span> }
}

enum Move {
    First,
    Last,
    By(i32),
}

fn items(node: NodeRef<html::Div>) -> Vec<HtmlElement> {
    let Some(menu) = node.get_untracked() else { return Vec::new() };
    let Ok(list) = menu.query_selector_all(".menu-item:not(:disabled)") else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.item(at)?.dyn_into().ok()).collect()
}

fn focus_item(node: NodeRef<html::Div>, to: Move) {
    let items = items(node);
    let Ok(count) = i32::try_from(items.len()) else { return };
    if count == 0 {
        return;
    }
    let active = document().active_element();
    let now = items.iter().position(|item| active.as_ref().is_some_and(|active| **item == *active));
    let now = now.and_then(|now| i32::try_from(now).ok());
    let next = match to {
        Move::First => 0,
        Move::Last => count - 1,
        Move::By(step) => now.map_or(0, |now| (now + step).rem_euclid(count)),
    };
    if let Some(item) = usize::try_from(next).ok().and_then(|next| items.get(next)) {
        // A menu that has just closed has nothing to focus.
        let _ = item.focus();
    }
}

fn on_key(event: &ev::KeyboardEvent, node: NodeRef<html::Div>) {
    let to = match event.key().as_str() {
        "ArrowDown" => Move::By(1),
        "ArrowUp" => Move::By(-1),
        "Home" => Move::First,
        "End" => Move::Last,
        _ => return,
    };
    event.prevent_default();
    focus_item(node, to);
}

fn close_after(event: &ev::MouseEvent, node: NodeRef<html::Div>) {
    let on_item = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|target| matches!(target.closest(".menu-item"), Ok(Some(_))));
    if on_item && let Some(menu) = node.get_untracked() {
        // Already closed is as good as closed now.
        let _ = menu.hide_popover();
    }
}
