//! How the picture is looked at: light, grid, crosshair. Nothing of it is part of the result.

use std::cell::Cell;

use editor::annotate::{Aids, ImageRules};
use editor::command::Command;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::toolbar::CommandButton;
use crate::annotate::bench::{Bench, use_bench};
use crate::ui::{Button, Icon, Size, lu};

/// The light a picture is looked at in, in percent; 100 leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::annotate) struct Light {
    brightness: f64,
    contrast: f64,
    gamma: f64,
    is_inverted: bool,
    /// Tells its filter apart from those of all other pictures of the page: the same one may be there twice.
    number: u32,
}

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

impl Light {
    /// The picture as it is.
    pub(in crate::annotate) fn new() -> Self {
        Self::numbered(NEXT.replace(NEXT.get().wrapping_add(1)))
    }

    fn numbered(number: u32) -> Self {
        Self { brightness: 100.0, contrast: 100.0, gamma: 100.0, is_inverted: false, number }
    }

    /// What the filter of the page is called that bends the tones.
    fn gamma_id(&self) -> String {
        format!("gamma-{}", self.number)
    }

    fn bends_tones(&self) -> bool {
        (self.gamma - 100.0).abs() > f64::EPSILON
    }

    /// The filter that bends the tones; nothing where they stay as they are.
    fn gamma_filter(&self) -> String {
        if !self.bends_tones() {
            return String::new();
        }
        // An exponent below 1 lightens the dark tones; the slider goes up with the light.
        let exponent = 100.0 / self.gamma;
        let bend = |color: char| format!("<feFunc{color} type=\"gamma\" exponent=\"{exponent:.3}\"/>");
        let bends: String = ['R', 'G', 'B'].map(bend).concat();
        format!(
            "<filter id=\"{}\" color-interpolation-filters=\"sRGB\"><feComponentTransfer>{bends}</feComponentTransfer></filter>",
            self.gamma_id()
        )
    }

    /// As a style sheet says it.
    fn filter(&self) -> String {
        let mut filter = Vec::new();
        if self.bends_tones() {
            filter.push(format!("url(#{})", self.gamma_id()));
        }
        if (self.brightness - 100.0).abs() > f64::EPSILON {
            filter.push(format!("brightness({}%)", self.brightness));
        }
        if (self.contrast - 100.0).abs() > f64::EPSILON {
            filter.push(format!("contrast({}%)", self.contrast));
        }
        if self.is_inverted {
            filter.push("invert(1)".to_owned());
        }
        if filter.is_empty() { "none".to_owned() } else { filter.join(" ") }
    }

    /// Shows a picture in this light.
    pub(in crate::annotate) fn shine_on(&self, image: &HtmlElement) {
        // Named in full: views have a method of the same name. Refused only for what is no style.
        let _ = HtmlElement::style(image).set_property("filter", &self.filter());
    }
}

/// Which of the numbers a slider sets.
#[derive(Clone, Copy)]
enum Part {
    Brightness,
    Contrast,
    Gamma,
}

/// A button that opens the sliders, and the filter they set.
#[component]
pub(in crate::annotate) fn LookButton(
    /// The object shown.
    name: String,
    light: RwSignal<Light>,
) -> impl IntoView {
    let bench = use_bench();
    let open = RwSignal::new(false);
    let object = StoredValue::new(name.clone());
    let rules = bench.peek(|editor| editor.image_rules(&name).cloned());
    let Some(rules) = rules else { return ().into_any() };
    let rules = StoredValue::new(rules);
    let filter = move || light.with(Light::gamma_filter);
    // A press anywhere else closes it, and so does Esc.
    Effect::new(move |_| {
        let is_outside = |event: &web_sys::PointerEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            target.is_none_or(|target| target.closest(".zoombar").ok().flatten().is_none())
        };
        let press = window_event_listener(ev::pointerdown, move |event| {
            if open.try_get_untracked() == Some(true) && is_outside(&event) {
                open.set(false);
            }
        });
        let key = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" && open.try_get_untracked() == Some(true) {
                open.set(false);
            }
        });
        on_cleanup(move || {
            press.remove();
            key.remove();
        });
    });
    view! {
        <svg class="look-filter" width="0" height="0" aria-hidden="true" inner_html=filter></svg>
        <button
            class="tool"
            type="button"
            title="Light, grid and crosshair"
            aria-label="Light, grid and crosshair"
            aria-expanded=move || open.get().to_string()
            on:click=move |_| open.update(|open| *open = !*open)
        >
            <Icon icon=lu::LuSlidersHorizontal/>
        </button>
        {move || open.get().then(|| rules.with_value(|rules| panel(bench, object, rules, light, open)))}
    }
    .into_any()
}

fn panel(
    bench: Bench,
    object: StoredValue<String>,
    rules: &ImageRules,
    light: RwSignal<Light>,
    open: RwSignal<bool>,
) -> AnyView {
    let aids = move || bench.read(|editor| object.with_value(|object| editor.aids(object)));
    let set_aids = move |aids: Aids| {
        let _ = bench.act(|editor| object.with_value(|object| editor.set_aids(object, aids)));
    };
    let has_rotation = rules.has_rotation;
    view! {
        <div
            class="look-panel"
            role="group"
            aria-label="How the picture is looked at"
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.stop_propagation();
                    open.set(false);
                }
            }
        >
            {rules.has_brightness.then(|| slider("Brightness", Part::Brightness, light))}
            {rules.has_contrast.then(|| slider("Contrast", Part::Contrast, light))}
            {slider("Gamma", Part::Gamma, light)}
            {tick("Invert", move || light.get().is_inverted, move |on| light.update(|light| light.is_inverted = on))}
            {tick("Grid", move || aids().grid, move |on| set_aids(Aids { grid: on, ..aids() }))}
            {tick("Crosshair", move || aids().crosshair, move |on| set_aids(Aids { crosshair: on, ..aids() }))}
            <div class="look-end">
                {has_rotation.then(|| view! { <CommandButton command=Command::RotateView/> })}
                <Button size=Size::Small on:click=move |_| light.update(|light| *light = Light::numbered(light.number))>"Reset"</Button>
            </div>
        </div>
    }
    .into_any()
}

fn slider(name: &'static str, part: Part, light: RwSignal<Light>) -> AnyView {
    let value = move || {
        let light = light.get();
        match part {
            Part::Brightness => light.brightness,
            Part::Contrast => light.contrast,
            Part::Gamma => light.gamma,
        }
    };
    let set = move |event| {
        let Ok(value) = event_target_value(&event).parse::<f64>() else { return };
        light.update(|light| match part {
            Part::Brightness => light.brightness = value.clamp(0.0, 300.0),
            Part::Contrast => light.contrast = value.clamp(0.0, 300.0),
            Part::Gamma => light.gamma = value.clamp(20.0, 300.0),
        });
    };
    let least = if matches!(part, Part::Gamma) { "20" } else { "0" };
    view! {
        <label class="look-row">
            <span>{name}</span>
            <input type="range" min=least max="300" step="5" prop:value=move || value().to_string() on:input=set/>
            <span class="num">{move || format!("{}%", value())}</span>
        </label>
    }
    .into_any()
}

fn tick(
    name: &'static str,
    on: impl Fn() -> bool + Send + Sync + 'static,
    set: impl Fn(bool) + Send + Sync + 'static,
) -> AnyView {
    view! {
        <label class="look-row">
            <span>{name}</span>
            <input type="checkbox" prop:checked=on on:change=move |event| set(event_target_checked(&event))/>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_is_said_as_a_style_sheet_does() {
        assert_eq!(Light::new().filter(), "none");
        assert_eq!(Light::new().gamma_filter(), "");
        let light = Light { brightness: 120.0, contrast: 80.0, gamma: 50.0, is_inverted: true, number: 7 };
        assert_eq!(light.filter(), "url(#gamma-7) brightness(120%) contrast(80%) invert(1)");
        assert!(light.gamma_filter().contains("id=\"gamma-7\"") && light.gamma_filter().contains("exponent=\"2.000\""));
    }

    #[test]
    fn each_picture_has_a_filter_of_its_own() {
        assert_ne!(Light::new().gamma_id(), Light::new().gamma_id());
    }
}
