//! Things to press.

use leptos::prelude::*;
use leptos_router::components::A;

use super::form::use_form;
use super::{Glyph, Icon};

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// An action among others.
    #[default]
    Plain,
    /// The one thing to do here.
    Primary,
    /// Destroys something, the one thing to do in its dialog.
    Danger,
    /// In bars and rows: no frame until pointed at.
    Quiet,
    /// In rows: destroys something.
    QuietDanger,
    /// In running text.
    Link,
}

impl Look {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Primary => "primary",
            Self::Danger => "danger",
            Self::Quiet => "quiet",
            Self::QuietDanger => "quiet-danger",
            Self::Link => "link",
        }
    }
}

/// How tall a control is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Size {
    /// In rows and bars.
    Small,
    /// Everywhere else.
    #[default]
    Medium,
    /// Where it is the only thing.
    Large,
}

impl Size {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// A button with words. Add `on:click`, `attr:…` at the call.
///
/// Transparent, as everything that is given `on:…` or a changing `attr:…`: what is put onto an erased component stays as it
/// was first when the view around it is made anew, so the button of another row would do what the row before it wanted.
#[component(transparent)]
pub fn Button(
    #[prop(optional)] look: Look,
    #[prop(optional)] size: Size,
    #[prop(optional_no_strip, into)] icon: Option<Glyph>,
    /// Shows a spinner, keeps its width and refuses to be pressed again.
    #[prop(optional, into)]
    busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// `button`, `submit` or `reset`.
    #[prop(default = "button")]
    kind: &'static str,
    /// As wide as its container.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            class="button"
            type=kind
            data-look=look.as_str()
            data-size=size.as_str()
            data-wide=wide.then_some("")
            disabled=move || disabled.get() || busy.get()
            aria-busy=move || busy.get().then_some("true")
        >
            {icon.map(|icon| view! { <Icon icon/> })}
            <span>{children()}</span>
        </button>
    }
}

/// The button that sends the form around it; busy while the form is on its way.
#[component]
pub fn SubmitButton(
    #[prop(default = Look::Primary)] look: Look,
    #[prop(optional)] size: Size,
    #[prop(optional_no_strip, into)] icon: Option<Glyph>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    let busy = use_form().map_or_else(|| Signal::from(false), |form| form.pending);
    view! { <Button look size icon=icon disabled busy kind="submit" wide children/> }
}

/// A button with an icon alone; `label` is its name, shown on hover. Transparent, as [`Button`].
#[component(transparent)]
pub fn IconButton(
    icon: Glyph,
    #[prop(into)] label: Signal<String>,
    #[prop(default = Look::Quiet)] look: Look,
    #[prop(optional)] size: Size,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// For toggles: whether it is on.
    #[prop(optional, into)]
    pressed: MaybeProp<bool>,
) -> impl IntoView {
    view! {
        <button
            class="icon-button"
            type="button"
            data-look=look.as_str()
            data-size=size.as_str()
            aria-label=move || label.get()
            title=move || label.get()
            disabled=move || disabled.get() || busy.get()
            aria-busy=move || busy.get().then_some("true")
            aria-pressed=move || pressed.get().map(|on| if on { "true" } else { "false" })
        >
            <Icon icon/>
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] look: Look,
    #[prop(optional)] size: Size,
    #[prop(optional_no_strip, into)] icon: Option<Glyph>,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <A
            href=move || href.get()
            attr:class="button"
            attr:data-look=look.as_str()
            attr:data-size=size.as_str()
            attr:data-wide=wide.then_some("")
        >
            {icon.map(|icon| view! { <Icon icon/> })}
            <span>{children()}</span>
        </A>
    }
}
