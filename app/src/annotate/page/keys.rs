//! What keys do, as a list that can be changed and printed.

use domain::label_config::item_of;
use editor::command::{Command, Shortcut};
use editor::input::Key;
use editor::keymap::Keymap;
use leptos::task::spawn_local;
use leptos::{ev, prelude::*};

use crate::annotate::bench::Bench;
use crate::annotate::canvas::modifiers_of;
use crate::annotate::{api, browser};
use crate::ui::{Banner, Button, IconButton, Kbd, Look, Size, Toasts, Tone, lu, use_toasts};

/// What stands in the way of a key.
#[derive(Clone, PartialEq)]
struct Hurdle {
    text: String,
    /// The key could be taken away from these.
    others: Option<(Shortcut, Vec<Command>)>,
}

/// The list, and who of it is waiting for a key.
#[derive(Clone, Copy)]
struct Sheet {
    bench: Bench,
    waiting: RwSignal<Option<Command>>,
    hurdle: RwSignal<Option<Hurdle>>,
    toasts: Toasts,
}

impl Sheet {
    fn change(self, change: impl FnOnce(&mut Keymap)) {
        let mut keymap = self.bench.peek(|editor| editor.keymap().clone());
        change(&mut keymap);
        let stored = keymap.to_stored();
        let _ = self.bench.act(|editor| editor.set_keymap(keymap));
        self.waiting.set(None);
        self.hurdle.set(None);
        spawn_local(async move {
            if let Err(error) = api::save_keys(stored).await {
                self.toasts.error(&error);
            }
        });
    }

    fn wait(self, command: Option<Command>) {
        self.hurdle.set(None);
        self.waiting.set(command);
    }

    /// A key was pressed for a command.
    fn press(self, command: Command, event: &ev::KeyboardEvent) {
        let Some(key) = Key::from_dom_at(&event.key(), &event.code(), event.shift_key()) else { return };
        if key == Key::Tab {
            return self.wait(None);
        }
        event.prevent_default();
        event.stop_propagation();
        if key == Key::Escape {
            return self.wait(None);
        }
        let modifiers = modifiers_of(event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key());
        let say = |text: String| self.hurdle.set(Some(Hurdle { text, others: None }));
        let shortcut = match Shortcut::of_press(key, modifiers) {
            Ok(shortcut) => shortcut,
            Err(why) => return say(format!("{why} Press another one.")),
        };
        let words = shortcut.words(browser::is_apple());
        if let Some(label) = self.bench.peek(|editor| editor.document().kit().on_key(key)).filter(|_| !shortcut.command)
        {
            return say(format!("{words} picks “{label}” in this project. Press another one."));
        }
        let others: Vec<Command> = self.bench.peek(|editor| editor.keymap().others_on(shortcut, command).collect());
        if others.is_empty() {
            return self.change(|keymap| keymap.put(command, Some(shortcut)));
        }
        let names = others.iter().map(|other| format!("“{}”", other.name())).collect::<Vec<_>>().join(" and ");
        let text = format!("{words} is the key of {names}, which would have none.");
        self.hurdle.set(Some(Hurdle { text, others: Some((shortcut, others)) }));
    }
}

/// The keys of commands that the interface has a use for.
#[component]
pub(super) fn KeyList(bench: Bench) -> impl IntoView {
    let sheet = Sheet { bench, waiting: RwSignal::new(None), hurdle: RwSignal::new(None), toasts: use_toasts() };
    let rows = Command::ALL
        .into_iter()
        .filter(|command| match command {
            Command::Tool(tool) => bench.peek(|editor| editor.document().kit().offers(*tool)),
            Command::BrushSmaller | Command::BrushLarger | Command::BrushShape => {
                bench.peek(|editor| editor.document().kit().draws(editor::annotate::ShapeKind::Mask))
            }
            Command::Reveal => bench.peek(|editor| editor.withheld() > 0),
            _ => true,
        })
        .map(|command| view! { <KeyRow sheet command/> })
        .collect_view();
    let fixed = [
        ("Move what is selected", "Arrows"),
        ("… by ten pixels", "Shift Arrows"),
        ("Resize what is selected", "Alt Arrows"),
        ("Move the view", "Space Drag"),
        ("Finish a polygon or vector", "Enter"),
        ("Leave what was begun", "Esc"),
    ];
    let has_list = bench.peek(|editor| editor.document().kit().canvases().any(|name| item_of(name).is_some()));
    let pictures = has_list.then_some(("Another picture of the list", "PageUp PageDown"));
    let fixed = fixed
        .into_iter()
        .chain(pictures)
        .map(|(what, keys)| view! { <div class="key-row"><span>{what}</span><Kbd keys=keys.replace(' ', "+")/></div> })
        .collect_view();
    view! {
        <div class="key-list">{rows}{fixed}</div>
        <div class="row key-foot">
            <Button size=Size::Small icon=lu::LuPrinter on:click=move |_| print()>"Print"</Button>
            {move || (!bench.read(|editor| editor.keymap().is_given())).then(|| view! {
                <Button
                    size=Size::Small
                    look=Look::Quiet
                    icon=lu::LuRotateCcw
                    on:click=move |_| sheet.change(|keymap| *keymap = Keymap::default())
                >
                    "All keys as they came"
                </Button>
            })}
        </div>
    }
    .into_any()
}

#[component]
fn KeyRow(sheet: Sheet, command: Command) -> impl IntoView {
    let apple = browser::is_apple();
    let bench = sheet.bench;
    let words = Memo::new(move |_| bench.read(|editor| editor.keymap().words(command, apple)));
    let is_own = Memo::new(move |_| bench.read(|editor| editor.keymap().is_own(command)));
    let is_waiting = Memo::new(move |_| sheet.waiting.get() == Some(command));
    let name = command.name();
    view! {
        <div class="key-row" data-own=move || is_own.get().then_some("")>
            <span>{name}</span>
            <span class="key-set">
                {move || is_own.get().then(|| view! {
                    <IconButton
                        icon=lu::LuRotateCcw
                        label=format!("{name}: the key it came with")
                        size=Size::Small
                        on:click=move |_| sheet.change(|keymap| keymap.reset(command))
                    />
                })}
                {move || (words.with(Option::is_some) && !is_waiting.get()).then(|| view! {
                    <IconButton
                        icon=lu::LuX
                        label=format!("{name}: no key")
                        size=Size::Small
                        on:click=move |_| sheet.change(|keymap| keymap.put(command, None))
                    />
                })}
                <button
                    class="key-button"
                    type="button"
                    aria-pressed=move || if is_waiting.get() { "true" } else { "false" }
                    on:click=move |_| sheet.wait((!is_waiting.get_untracked()).then_some(command))
                    on:keydown=move |event| if is_waiting.get_untracked() { sheet.press(command, &event) }
                >
                    // Said as it is seen: what stands there is part of the button's name.
                    <span class="sr-only">{format!("{name}: ")}</span>
                    <span data-key="">
                        {move || match (is_waiting.get(), words.get()) {
                            (true, _) => view! { <span class="key-none">"Press a key"</span> }.into_any(),
                            (false, Some(words)) => view! { <Kbd keys=words.replace(' ', "+")/> }.into_any(),
                            (false, None) => view! { <span class="key-none">"None"</span> }.into_any(),
                        }}
                    </span>
                    <span class="sr-only">", change"</span>
                </button>
            </span>
        </div>
        {move || sheet.hurdle.get().filter(|_| is_waiting.get()).map(|Hurdle { text, others }| {
            let take = move |shortcut: Shortcut, others: Vec<Command>| {
                sheet.change(|keymap| {
                    others.iter().for_each(|other| keymap.put(*other, None));
                    keymap.put(command, Some(shortcut));
                });
            };
            view! {
                <Banner tone=Tone::Warning>
                    <p>{text}</p>
                    {others.map(|(shortcut, others)| view! {
                        <Button size=Size::Small on:click=move |_| take(shortcut, others.clone())>
                            {format!("Use it for “{name}”")}
                        </Button>
                    })}
                </Banner>
            }
        })}
    }
    .into_any()
}

fn print() {
    // Refused where a page may open no dialogs: whoever forbade it knows.
    let _ = window().print();
}
