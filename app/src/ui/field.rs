//! Inputs with their label, help and error.

use leptos::prelude::*;
use leptos::{ev, html};
use wasm_bindgen::JsCast;

use super::focus::focus_when_free;
use super::form::{typed, use_form};
use super::{Glyph, Icon, lu};

/// The part around every input: what it is called, what helps, what is wrong.
pub(super) struct Frame {
    pub(super) id: String,
    pub(super) error: Memo<Option<String>>,
    /// Call on input: what was wrong is being mended.
    pub(super) mending: RwSignal<bool>,
    pub(super) described_by: Signal<Option<String>>,
}

impl Frame {
    pub(super) fn new(name: &'static str, id: Option<String>, has_help: bool) -> Self {
        let id = id.unwrap_or_else(|| format!("field-{name}"));
        let form = use_form();
        if let Some(form) = form {
            form.register(name);
        }
        let mending = RwSignal::new(false);
        let from_form = Memo::new(move |_| {
            form.and_then(|form| form.error.get())
                .filter(|error| error.field() == Some(name))
                .map(|error| error.sentence())
        });
        if let Some(form) = form {
            // Every answer counts anew, even the same one twice.
            Effect::new(move |_| {
                form.error.track();
                mending.set(false);
            });
        }
        let error = Memo::new(move |_| from_form.get().filter(|_| !mending.get()));
        let described_by = {
            let id = id.clone();
            Signal::derive(move || match (has_help, error.with(Option::is_some)) {
                (true, true) => Some(format!("{id}-error {id}-help")),
                (true, false) => Some(format!("{id}-help")),
                (false, true) => Some(format!("{id}-error")),
                (false, false) => None,
            })
        };
        Self { id, error, mending, described_by }
    }

    pub(super) fn invalid(&self) -> Signal<Option<&'static str>> {
        let error = self.error;
        Signal::derive(move || error.with(Option::is_some).then_some("true"))
    }

    pub(super) fn head(&self, label: String, optional: bool) -> AnyView {
        let id = self.id.clone();
        view! {
            <div class="field-head">
                <label class="field-label" for=id>{label}</label>
                {optional.then(|| view! { <span class="field-optional">"optional"</span> })}
            </div>
        }
        .into_any()
    }

    pub(super) fn foot(&self, help: Option<String>) -> AnyView {
        let (id, error) = (self.id.clone(), self.error);
        let help_id = format!("{id}-help");
        view! {
            {move || {
                let id = format!("{id}-error");
                error.get().map(|error| {
                    view! {
                        <p class="field-error" id=id role="alert">
                            <Icon icon=lu::LuCircleAlert/>
                            <span>{error}</span>
                        </p>
                    }
                })
            }}
            {help.map(|help| view! { <p class="field-help" id=help_id>{help}</p> })}
        }
        .into_any()
    }
}

/// What holds typed text.
trait Typed: Clone + 'static {
    fn text(&self) -> String;
    /// As the server's page had it.
    fn first_text(&self) -> String;
    fn set_text(&self, text: &str);
}

impl Typed for web_sys::HtmlInputElement {
    fn text(&self) -> String {
        self.value()
    }

    fn first_text(&self) -> String {
        self.default_value()
    }

    fn set_text(&self, text: &str) {
        self.set_value(text);
    }
}

impl Typed for web_sys::HtmlTextAreaElement {
    fn text(&self) -> String {
        self.value()
    }

    fn first_text(&self) -> String {
        self.default_value().unwrap_or_default()
    }

    fn set_text(&self, text: &str) {
        self.set_value(text);
    }
}

/// Keeps an input and a signal equal, and takes over what was typed before the page came alive.
fn keep_equal<E>(input: NodeRef<E>, bind: Option<RwSignal<String>>)
where
    E: html::ElementType + 'static,
    E::Output: Typed + JsCast,
{
    let Some(bind) = bind else { return };
    Effect::new(move |first: Option<bool>| {
        let value = bind.get();
        let Some(input) = input.get() else { return false };
        if input.text() != value {
            let was_typed = first != Some(true) && input.text() != input.first_text();
            if was_typed {
                bind.set(input.text());
            } else {
                input.set_text(&value);
            }
        }
        true
    });
}

/// One line of text.
#[component]
pub fn TextField(
    /// As the server function calls it.
    name: &'static str,
    #[prop(into)] label: String,
    /// `text`, `email`, `url`, `number`, `search`, …
    #[prop(default = "text")]
    kind: &'static str,
    /// What it holds at first.
    #[prop(optional, into)]
    value: Option<String>,
    /// Keeps this signal equal to the input.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    /// What a password manager or the browser may fill in.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    #[prop(optional)] required: bool,
    /// Says so next to the label.
    #[prop(optional)]
    optional: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] icon: Option<Glyph>,
    #[prop(optional, into)] max_length: Option<u32>,
    #[prop(optional, into)] min: Option<String>,
    #[prop(optional, into)] max: Option<String>,
    #[prop(optional, into)] step: Option<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Where two forms on one page share a name.
    #[prop(optional, into)]
    id: Option<String>,
    /// The label is read out, not shown.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let frame = Frame::new(name, id, help.is_some());
    let node = NodeRef::<html::Input>::new();
    keep_equal(node, bind);
    if autofocus {
        Effect::new(move |_| {
            if let Some(input) = node.get() {
                focus_when_free(input.into());
            }
        });
    }
    let first = value.or_else(|| bind.map(|bind| bind.get_untracked()));
    let (invalid, described_by, mending) = (frame.invalid(), frame.described_by, frame.mending);
    let on_input = move |event: ev::Event| {
        mending.set(true);
        if let Some(bind) = bind {
            bind.set(typed(&event));
        }
    };
    view! {
        <div class="field">
            {(!bare).then(|| frame.head(label.clone(), optional))}
            <div class="input-frame">
                {icon.map(|icon| view! { <Icon icon/> })}
                <input
                    class="input"
                    id=frame.id.clone()
                    name=name
                    type=kind
                    value=first
                    placeholder=placeholder
                    autocomplete=autocomplete
                    required=required
                    autofocus=autofocus
                    maxlength=max_length.map(|length| length.to_string())
                    min=min
                    max=max
                    step=step
                    disabled=move || disabled.get()
                    aria-label=bare.then_some(label)
                    aria-invalid=move || invalid.get()
                    aria-describedby=move || described_by.get()
                    node_ref=node
                    on:input=on_input
                />
            </div>
            {frame.foot(help)}
        </div>
    }
}

/// Several lines of text; grows with them.
#[component]
pub fn TextArea(
    name: &'static str,
    #[prop(into)] label: String,
    /// What it holds, both ways.
    bind: RwSignal<String>,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] optional: bool,
    #[prop(optional, into)] max_length: Option<u32>,
    #[prop(default = 3)] rows: u32,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let frame = Frame::new(name, id, help.is_some());
    let (invalid, described_by, mending) = (frame.invalid(), frame.described_by, frame.mending);
    let area = NodeRef::<html::Textarea>::new();
    keep_equal(area, Some(bind));
    let on_input = move |event: ev::Event| {
        mending.set(true);
        bind.set(typed(&event));
    };
    view! {
        <div class="field">
            {frame.head(label, optional)}
            <textarea
                class="input"
                node_ref=area
                id=frame.id.clone()
                name=name
                rows=rows.to_string()
                placeholder=placeholder
                required=required
                maxlength=max_length.map(|length| length.to_string())
                aria-invalid=move || invalid.get()
                aria-describedby=move || described_by.get()
                on:input=on_input
            >
                {bind.get_untracked()}
            </textarea>
            {frame.foot(help)}
        </div>
    }
}

/// One of a few: a value, its words, and (for cards) a sentence and an icon.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// As sent.
    pub value: String,
    /// As shown.
    pub label: String,
    /// A sentence about it.
    pub help: Option<String>,
    /// An outline beside it.
    pub icon: Option<Glyph>,
}

impl Choice {
    /// A value and its words.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), help: None, icon: None }
    }

    /// With a sentence.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With an outline.
    #[must_use]
    pub fn icon(mut self, icon: Glyph) -> Self {
        self.icon = Some(icon);
        self
    }
}

/// One of several, in a list that opens.
#[component]
pub fn Select(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(into)] choices: Vec<Choice>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
    /// Where the choice may also be made elsewhere, as by an address: the list follows.
    #[prop(optional)]
    follow: Option<Signal<String>>,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional)] bare: bool,
) -> impl IntoView {
    let frame = Frame::new(name, id, help.is_some());
    let (invalid, described_by, mending) = (frame.invalid(), frame.described_by, frame.mending);
    let node = NodeRef::<html::Select>::new();
    Effect::new(move |_| {
        if let (Some(follow), Some(select)) = (follow, node.get()) {
            select.set_value(&follow.get());
        }
    });
    let on_input = move |event: ev::Event| {
        mending.set(true);
        if let Some(on_change) = on_change {
            on_change.run(typed(&event));
        }
    };
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = value.as_deref() == Some(choice.value.as_str());
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            {(!bare).then(|| frame.head(label.clone(), false))}
            <span class="select">
                <select
                    class="input"
                    node_ref=node
                    id=frame.id.clone()
                    name=name
                    disabled=move || disabled.get()
                    aria-label=bare.then_some(label)
                    aria-invalid=move || invalid.get()
                    aria-describedby=move || described_by.get()
                    on:change=on_input
                >
                    {options}
                </select>
                <Icon icon=lu::LuChevronDown/>
            </span>
            {frame.foot(help)}
        </div>
    }
}

/// Yes or no, sent with the form.
#[component]
pub fn Checkbox(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] on_change: Option<Callback<bool>>,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional, into)] id: Option<String>,
    /// What is sent when it is on.
    #[prop(default = "true")]
    value: &'static str,
) -> impl IntoView {
    yes_or_no("check-box", None, name, value, label, checked, on_change, help, id)
}

/// Yes or no, in effect at once.
#[component]
pub fn Switch(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] on_change: Option<Callback<bool>>,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    yes_or_no("switch-input", Some("switch"), name, "true", label, checked, on_change, help, id)
}

#[expect(clippy::too_many_arguments, reason = "the two components above are its only callers")]
fn yes_or_no(
    class: &'static str,
    role: Option<&'static str>,
    name: &'static str,
    value: &'static str,
    label: String,
    checked: bool,
    on_change: Option<Callback<bool>>,
    help: Option<String>,
    id: Option<String>,
) -> AnyView {
    let frame = Frame::new(name, id, help.is_some());
    let (invalid, described_by, mending) = (frame.invalid(), frame.described_by, frame.mending);
    let on_input = move |event: ev::Event| {
        mending.set(true);
        if let Some(on_change) = on_change {
            on_change.run(event_target_checked(&event));
        }
    };
    view! {
        <label class="check">
            <input
                class=class
                type="checkbox"
                role=role
                id=frame.id.clone()
                name=name
                value=value
                checked=checked
                aria-invalid=move || invalid.get()
                aria-describedby=move || described_by.get()
                on:change=on_input
            />
            <span>{label}</span>
            {frame.foot(help)}
        </label>
    }
    .into_any()
}

/// One of a few that deserve a sentence each.
#[component]
pub fn RadioCards(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(into)] choices: Vec<Choice>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
) -> impl IntoView {
    let frame = Frame::new(name, None, false);
    let (invalid, mending) = (frame.invalid(), frame.mending);
    let cards = choices
        .into_iter()
        .map(|choice| {
            let checked = value.as_deref() == Some(choice.value.as_str());
            view! {
                <label class="radio-card">
                    {choice.icon.map(|icon| view! { <Icon icon/> })}
                    <span class="field-label">{choice.label}</span>
                    <input
                        class="check-box"
                        type="radio"
                        name=name
                        value=choice.value
                        checked=checked
                        aria-invalid=move || invalid.get()
                        on:change=move |event| {
                            mending.set(true);
                            if let Some(on_change) = on_change {
                                on_change.run(typed(&event));
                            }
                        }
                    />
                    {choice.help.map(|help| view! { <span class="field-help">{help}</span> })}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field">
            <legend class="field-label">{label}</legend>
            <div class="radio-cards">{cards}</div>
            {frame.foot(None)}
        </fieldset>
    }
}
