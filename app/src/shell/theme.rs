//! Light, dark, or as the system says. The choice is a cookie, so that the server paints the first frame right.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};

use crate::ui::{Choice, Segments, lu};

/// The cookie's name; its value is `light` or `dark`.
const COOKIE: &str = "theme";

/// What a person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// As stored and as the style sheet reads it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// What `<html data-theme>` says; nothing for the system's choice.
    fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then_some(self.as_str())
    }
}

/// The choice of this visitor.
#[derive(Clone, Copy)]
pub struct ThemeChoice {
    choice: RwSignal<Theme>,
    /// Rises when the system goes from light to dark or back.
    system: RwSignal<u32>,
}

impl ThemeChoice {
    /// What it is now.
    #[must_use]
    pub fn get(self) -> Theme {
        self.choice.get()
    }

    /// Tracks whatever makes the colors of the page others: for what is painted by hand.
    pub fn track_colors(self) {
        self.choice.track();
        self.system.track();
    }

    /// Paints it and remembers it for a year. Browser only.
    pub fn set(self, theme: Theme) {
        self.choice.set(theme);
        let html = document().document_element();
        if let Some(html) = html {
            // Neither can fail on the root element with these constant names.
            let _ = match theme.attribute() {
                Some(value) => html.set_attribute("data-theme", value),
                None => html.remove_attribute("data-theme"),
            };
        }
        remember(theme);
    }
}

fn remember(theme: Theme) {
    let age = if theme == Theme::System { 0 } else { 31_536_000 };
    if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
        // Where cookies are refused, the choice holds until the page is left.
        let _ = document.set_cookie(&format!("{COOKIE}={}; Path=/; Max-Age={age}; SameSite=Lax", theme.as_str()));
    }
}

/// Call once at the root.
pub fn provide_theme() {
    let system = RwSignal::new(0_u32);
    provide_context(ThemeChoice { choice: RwSignal::new(current()), system });
    Effect::new(move |_| {
        let Ok(Some(dark)) = window().match_media("(prefers-color-scheme: dark)") else { return };
        let changed = Closure::<dyn FnMut()>::new(move || system.update(|count| *count = count.wrapping_add(1)));
        dark.set_onchange(Some(changed.as_ref().unchecked_ref()));
        // Held for as long as the page.
        let _ = StoredValue::new_local((dark, changed));
    });
}

/// The choice of this visitor.
#[must_use]
pub fn use_theme() -> ThemeChoice {
    expect_context::<ThemeChoice>()
}

/// For the `<html>` element, while the server paints it.
#[must_use]
pub fn theme_attribute() -> Option<&'static str> {
    current().attribute()
}

#[cfg(feature = "ssr")]
fn current() -> Theme {
    use_context::<http::request::Parts>()
        .and_then(|parts| {
            let cookies = parts.headers.get_all(http::header::COOKIE);
            let mut pairs = cookies.iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
            pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=').map(Theme::from_name))
        })
        .unwrap_or_default()
}

/// The server has already painted it.
#[cfg(not(feature = "ssr"))]
fn current() -> Theme {
    document()
        .document_element()
        .and_then(|html| html.get_attribute("data-theme"))
        .map_or(Theme::System, |name| Theme::from_name(&name))
}

/// The three choices side by side.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let theme = use_theme();
    view! {
        <Segments
            label="Theme"
            choices=vec![
                Choice::new("system", "System").icon(lu::LuMonitor),
                Choice::new("light", "Light").icon(lu::LuSun),
                Choice::new("dark", "Dark").icon(lu::LuMoon),
            ]
            value=Signal::derive(move || theme.get().as_str().to_owned())
            on_change=Callback::new(move |name: String| theme.set(Theme::from_name(&name)))
        />
    }
}
