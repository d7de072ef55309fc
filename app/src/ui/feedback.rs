//! What the product says back: progress, waiting, emptiness, trouble.

use leptos::prelude::*;

use super::{Glyph, Icon, LinkButton, Size, lu, percent};
use crate::error::AppError;

/// The mood of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// No mood.
    #[default]
    Neutral,
    /// Worth knowing.
    Accent,
    /// It worked.
    Success,
    /// Look here.
    Warning,
    /// It failed, or destroys.
    Danger,
}

impl Tone {
    /// As the style sheet calls it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Accent => "accent",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }

    fn icon(self) -> Glyph {
        match self {
            Self::Neutral | Self::Accent => lu::LuInfo,
            Self::Success => lu::LuCircleCheck,
            Self::Warning => lu::LuTriangleAlert,
            Self::Danger => lu::LuCircleAlert,
        }
    }

    pub(super) fn glyph(self) -> Glyph {
        self.icon()
    }
}

/// How far something is; without a value, that it is going on.
#[component]
pub fn ProgressBar(
    /// Read out, and shown when `words`.
    #[prop(into)]
    label: String,
    /// From 0 to 1; `None` while unknown.
    #[prop(into)]
    value: Signal<Option<f64>>,
    #[prop(optional)] tone: Tone,
    /// With its label and number over the bar.
    #[prop(optional)]
    words: bool,
) -> impl IntoView {
    let name = label.clone();
    view! {
        <div class="progress-line">
            {words.then(|| view! {
                <div class="progress-words">
                    <span>{label}</span>
                    <span>{move || value.get().map(percent)}</span>
                </div>
            })}
            <progress
                class="progress"
                data-tone=tone.as_str()
                max="1"
                value=move || value.get().map(|value| format!("{:.4}", value.clamp(0.0, 1.0)))
                aria-label=name
            ></progress>
        </div>
    }
}

/// A measured share, with its words: 40 of 100 done.
#[component]
pub fn Meter(
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<f64>,
    #[prop(optional)] tone: Tone,
) -> impl IntoView {
    view! { <ProgressBar label value=Signal::derive(move || Some(value.get())) tone words=true/> }
}

/// The shape of what is coming: `text`, `title`, `block`, `avatar`.
#[component]
pub fn Skeleton(#[prop(default = "text")] shape: &'static str) -> impl IntoView {
    view! { <span class="skeleton" data-shape=shape aria-hidden="true"></span> }
}

/// Rows that are coming.
#[component]
pub fn SkeletonRows(#[prop(default = 4)] rows: usize) -> impl IntoView {
    let rows = (0..rows)
        .map(|_| {
            view! {
                <div class="row-item">
                    <Skeleton shape="avatar"/>
                    <span class="grow stack gap-2"><Skeleton shape="title"/><Skeleton/></span>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="rows" role="status">
            <span class="sr-only">"Loading"</span>
            {rows}
        </div>
    }
}

/// Nothing here yet, and what to do about it.
#[component]
pub fn EmptyState(
    icon: Glyph,
    #[prop(into)] title: String,
    #[prop(optional, into)] text: Option<String>,
    /// The next step, as buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon icon/>
            <div>
                <h2>{title}</h2>
                {text.map(|text| view! { <p>{text}</p> })}
            </div>
            {children.map(|children| view! { <div class="row">{children()}</div> })}
        </div>
    }
}

/// A message over what it is about.
#[component]
pub fn Banner(
    #[prop(default = Tone::Accent)] tone: Tone,
    #[prop(optional, into)] title: Option<String>,
    /// Buttons at its end.
    #[prop(optional, into)]
    actions: ViewFn,
    children: Children,
) -> impl IntoView {
    let role = if matches!(tone, Tone::Danger | Tone::Warning) { "alert" } else { "status" };
    view! {
        <div class="banner" data-tone=tone.as_str() role=role>
            <Icon icon=tone.icon()/>
            <div class="banner-words">
                {title.map(|title| view! { <p class="banner-title">{title}</p> })}
                {children()}
            </div>
            {actions.run()}
        </div>
    }
}

/// An error that belongs to no input. After an ended session it offers to sign in again, in another tab, so that
/// what this page holds is kept.
#[component]
pub fn ErrorBanner(error: AppError) -> impl IntoView {
    let sentence = error.sentence();
    if error.needs_sign_in() {
        view! {
            <Banner
                tone=Tone::Warning
                title="Your session has ended"
                actions=|| view! {
                    <LinkButton href="/login?next=/signed-in".to_owned() size=Size::Small attr:target="_blank" attr:rel="opener">
                        "Sign in again"
                    </LinkButton>
                }
            >
                <p>"Sign in again in a new tab, then try once more here. What you entered is kept."</p>
            </Banner>
        }
        .into_any()
    } else {
        view! {
            <Banner tone=Tone::Danger>
                <p>{sentence}</p>
            </Banner>
        }
        .into_any()
    }
}
