//! `<Filter>`: finds labels and choices by typing. What does not match is hidden, never changed.

use domain::label_config::Element;
use editor::annotate::Response;
use leptos::{ev, html, prelude::*};

use crate::annotate::bench::Bench;
use crate::annotate::browser::{self, Keyboard};

/// Letters typed before anything is hidden, where nobody says otherwise.
const MIN_LENGTH: usize = 3;

pub(super) fn view(bench: Bench, element: &Element) -> AnyView {
    let target = element.attribute("toName").unwrap_or_default().trim().to_owned();
    let least = element.attribute("minLength").and_then(|least| least.trim().parse().ok()).unwrap_or(MIN_LENGTH);
    let placeholder = match element.attribute("placeholder") {
        None | Some("") => "Quick filter".to_owned(),
        Some(written) => written.to_owned(),
    };
    let label = format!("Filter “{target}”");
    let name = StoredValue::new(target);
    let is_short = RwSignal::new(false);
    let put = move |event: ev::Event| {
        let typed = event_target_value(&event).trim().to_lowercase();
        let count = typed.chars().count();
        is_short.set((1..least).contains(&count));
        let words = if count >= least { typed } else { String::new() };
        bench.filters.update(|filters| {
            filters.insert(name.get_value(), words);
        });
    };
    let field = NodeRef::<html::Input>::new();
    let keys: Vec<Shortcut> = element
        .attribute("hotkey")
        .map(|written| written.split(',').filter_map(Shortcut::parse).collect())
        .unwrap_or_default();
    if !keys.is_empty() {
        Effect::new(move |_| {
            let keys = keys.clone();
            let down = window_event_listener(ev::keydown, move |event| {
                let is_free = matches!(browser::keyboard(&event), Keyboard::Free);
                if is_free
                    && keys.iter().any(|key| key.is(&event))
                    && let Some(field) = field.get_untracked()
                {
                    event.prevent_default();
                    // One that cannot take the focus has left the page.
                    let _ = field.focus();
                }
            });
            on_cleanup(move || down.remove());
        });
    }
    // What is left in sight, labels and choices alike.
    let left = move || {
        name.with_value(|name| {
            bench.peek(|editor| {
                let kit = editor.document().kit();
                let labels = kit.labels.iter().filter(|label| label.control == *name);
                let labels = labels.map(|label| (label.text.clone(), Pick::Label(label.value.clone())));
                let choices = kit.question(name).into_iter().flat_map(|question| &question.choices);
                let choices = choices.map(|choice| (choice.text.clone(), Pick::Choice(choice.path.clone())));
                labels
                    .chain(choices)
                    .filter(|(text, _)| bench.passes(name, text))
                    .map(|(_, pick)| pick)
                    .collect::<Vec<_>>()
            })
        })
    };
    let is_looking = move || {
        name.with_value(|name| bench.filters.with(|filters| filters.get(name).is_some_and(|words| !words.is_empty())))
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() != "Enter" || event.ctrl_key() || event.meta_key() || !untrack(is_looking) {
            return;
        }
        event.prevent_default();
        let first = untrack(left).into_iter().next();
        name.with_value(|name| {
            let _ = bench.act(|editor| match &first {
                Some(Pick::Label(value)) => editor.pick_label(name, value),
                Some(Pick::Choice(path)) => editor.choose(name, path),
                None => Response::default(),
            });
        });
    };
    view! {
        <input
            class="input filter"
            node_ref=field
            type="search"
            placeholder=placeholder
            aria-label=label
            on:input=put
            on:keydown=on_key
        />
        {move || is_short.get().then(|| view! {
            <p class="muted small" role="status">{format!("From {least} letters on.")}</p>
        })}
        {move || (is_looking() && left().is_empty()).then(|| view! {
            <p class="muted small" role="status">"Nothing is called that."</p>
        })}
    }
    .into_any()
}

/// What Enter picks.
enum Pick {
    Label(String),
    Choice(Vec<String>),
}

/// A key with what is held down, as an interface writes it: `shift+f`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shortcut {
    key: String,
    shift: bool,
    command: bool,
    alt: bool,
}

impl Shortcut {
    fn parse(written: &str) -> Option<Self> {
        let mut shortcut = Self { key: String::new(), shift: false, command: false, alt: false };
        for part in written.split('+').map(|part| part.trim().to_lowercase()) {
            match part.as_str() {
                "shift" => shortcut.shift = true,
                "ctrl" | "control" | "cmd" | "command" | "meta" => shortcut.command = true,
                "alt" | "option" => shortcut.alt = true,
                _ => shortcut.key = part,
            }
        }
        (!shortcut.key.is_empty()).then_some(shortcut)
    }

    fn is(&self, event: &ev::KeyboardEvent) -> bool {
        let held = (event.shift_key(), event.ctrl_key() || event.meta_key(), event.alt_key());
        held == (self.shift, self.command, self.alt) && event.key().to_lowercase() == self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcuts_are_read_as_they_are_written() {
        let read = |written| Shortcut::parse(written).map(|s| (s.key, s.shift, s.command, s.alt));
        assert_eq!(read("f"), Some(("f".into(), false, false, false)));
        assert_eq!(read(" Shift + F"), Some(("f".into(), true, false, false)));
        assert_eq!(read("ctrl+alt+enter"), Some(("enter".into(), false, true, true)));
        assert_eq!(read("cmd+/"), Some(("/".into(), false, true, false)));
        assert_eq!(read("shift"), None);
        assert_eq!(read(""), None);
    }
}
