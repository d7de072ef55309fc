//! The editor of labeling interfaces: a plain text area until `CodeMirror` has arrived, and wherever it cannot.

use domain::label_config::{Parsed, Problem, Severity};
use leptos::{ev, html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue, prelude::*};

use crate::ui::{Icon, load_module, lu, plural};

/// The module that holds `CodeMirror`, bundled from `app/js/code-editor.js`.
const MODULE: &str = "/pkg/code-editor.js";

#[wasm_bindgen]
extern "C" {
    type EditorModule;
    #[wasm_bindgen(method, catch)]
    fn mount(
        this: &EditorModule,
        host: &web_sys::HtmlElement,
        text: &str,
        label: &str,
        lint: &JsValue,
    ) -> Result<Handle, JsValue>;

    type Handle;
    #[wasm_bindgen(method, js_name = setText)]
    fn set_text(this: &Handle, text: &str);
    #[wasm_bindgen(method)]
    fn reveal(this: &Handle, line: u32, column: u32);
    #[wasm_bindgen(method, js_name = takeFocus)]
    fn take_focus(this: &Handle, from: u32, to: u32);
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// A living editor and the function it calls, which must live as long. Made and kept in the browser's one thread; the
/// server, whose threads share the page, only ever holds none.
struct Living {
    handle: Handle,
    _lint: Closure<dyn FnMut(String) -> String>,
}

/// Edits `source`. `parsed` is always what the parser says about it.
#[component]
pub(super) fn CodeEditor(source: RwSignal<String>, parsed: Memo<Parsed>) -> impl IntoView {
    let host = NodeRef::<html::Div>::new();
    let living = StoredValue::new(None::<SendWrapper<Living>>);
    let is_living = RwSignal::new(false);
    let plain = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        let Some(host) = host.get() else { return };
        if is_living.get_untracked() {
            return;
        }
        leptos::task::spawn_local(async move {
            // Without the module the text area stays, and everything else works the same.
            let Ok(module) = load_module(MODULE).await else { return };
            let lint = Closure::new(move |text: String| {
                source.try_set(text);
                let problems = parsed.try_with_untracked(|parsed| serde_json::to_string(&parsed.problems).ok());
                problems.flatten().unwrap_or_else(|| "[]".to_owned())
            });
            let Some(text) = source.try_get_untracked() else { return };
            let module: EditorModule = module.unchecked_into();
            if let Ok(handle) = module.mount(&host, &text, "Labeling interface", lint.as_ref()) {
                // Whoever writes already goes on where they are.
                if let Some((from, to)) = plain.try_get_untracked().flatten().and_then(|plain| selected_in(&plain)) {
                    host.set_hidden(false);
                    handle.take_focus(from, to);
                }
                living.try_set_value(Some(SendWrapper::new(Living { handle, _lint: lint })));
                is_living.try_set(true);
            }
        });
    });
    // What comes from elsewhere, such as a template; the editor ignores its own text.
    Effect::new(move |_| {
        let text = source.get();
        living.with_value(|living| {
            if let Some(living) = living {
                living.handle.set_text(&text);
            }
        });
    });
    on_cleanup(move || {
        living.try_update_value(|living| {
            if let Some(living) = living.take() {
                living.handle.destroy();
            }
        });
    });
    let on_reveal = Callback::new(move |problem: Problem| {
        living.with_value(|living| match living {
            Some(living) => living.handle.reveal(problem.at.line, problem.at.column),
            None => {
                if let Some(plain) = plain.get_untracked() {
                    // A text area that cannot take the focus has nothing to reveal.
                    let _ = plain.focus();
                }
            }
        });
    });
    let on_input = move |event: ev::Event| source.set(event_target_value(&event));
    view! {
        <div class="code-editor">
            <div class="code-editor-host" node_ref=host hidden=move || !is_living.get()></div>
            <Show when=move || !is_living.get()>
                <textarea
                    class="code-editor-plain"
                    aria-label="Labeling interface"
                    spellcheck="false"
                    autocapitalize="off"
                    node_ref=plain
                    prop:value=move || source.get()
                    on:input=on_input
                >
                    {source.get_untracked()}
                </textarea>
            </Show>
            <Problems parsed on_reveal/>
        </div>
    }
    .into_any()
}

/// What is selected in a text area; none while it does not have the focus.
fn selected_in(plain: &web_sys::HtmlTextAreaElement) -> Option<(u32, u32)> {
    let has_focus = document().active_element().is_some_and(|holder| holder.is_same_node(Some(plain)));
    let (from, to) = (plain.selection_start().ok()??, plain.selection_end().ok()??);
    has_focus.then_some((from, to))
}

/// Everything that is wrong, each a button that goes there.
#[component]
fn Problems(parsed: Memo<Parsed>, on_reveal: Callback<Problem>) -> impl IntoView {
    let summary = move || {
        parsed.with(|parsed| {
            let errors = parsed.errors().count();
            let warnings = parsed.problems.len() - errors;
            let words = |number: usize, one, many| plural(i64::try_from(number).unwrap_or(i64::MAX), one, many);
            match (errors, warnings) {
                (0, 0) => "No problems".to_owned(),
                (0, _) => words(warnings, "warning", "warnings"),
                (_, 0) => words(errors, "error", "errors"),
                _ => format!("{}, {}", words(errors, "error", "errors"), words(warnings, "warning", "warnings")),
            }
        })
    };
    let row = move |problem: Problem| {
        let is_error = problem.severity == Severity::Error;
        let place = format!("{}:{}", problem.at.line, problem.at.column);
        let (message, hint) = (problem.message.clone(), problem.hint.clone());
        view! {
            <li>
                <button class="row-button problem" type="button" on:click=move |_| on_reveal.run(problem.clone())>
                    <span class="problem-icon" data-tone=if is_error { "danger" } else { "warning" }>
                        <Icon icon=if is_error { lu::LuCircleAlert } else { lu::LuTriangleAlert }/>
                        <span class="sr-only">{if is_error { "Error at" } else { "Warning at" }}</span>
                    </span>
                    <span class="problem-place num">{place}</span>
                    <span class="grow">{message}" "{hint.map(|hint| view! { <span class="muted">{hint}</span> })}</span>
                </button>
            </li>
        }
    };
    view! {
        <div class="problems">
            <p class="problems-head" role="status">{summary}</p>
            <ul role="list">{move || parsed.get().problems.into_iter().map(row).collect_view()}</ul>
        </div>
    }
}
