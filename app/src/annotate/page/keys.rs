//! What keys do, as a list that can be changed and printed.

use domain::hotkeys::MAX_CHARS;
use domain::label_config::part_of;
use editor::annotate::{Editor, Keyed, ShapeKind};
use editor::command::{Command, Shortcut};
use editor::input::{Key, Modifiers};
use editor::keymap::Keymap;
use leptos::task::spawn_local;
use leptos::{ev, prelude::*};

use crate::annotate::bench::Bench;
use crate::annotate::canvas::modifiers_of;
use crate::annotate::{api, browser};
use crate::ui::{Banner, Button, IconButton, Kbd, Look, Size, Toasts, Tone, lu, use_toasts};

/// Of more labels the first.
const MOST_LABELS: usize = 200;

/// What is put on a key.
#[derive(Clone, PartialEq)]
enum Target {
    Command(Command),
    /// A label or choice of the project.
    Label(usize, Keyed),
}

impl Target {
    fn name(&self) -> String {
        match self {
            Self::Command(command) => command.name().to_owned(),
            Self::Label(_, label) => label.text.clone(),
        }
    }

    /// The key, in words.
    fn words(&self, editor: &Editor) -> Option<String> {
        match self {
            Self::Command(command) => editor.keymap().words(*command, browser::is_apple()),
            Self::Label(at, _) => editor.document().kit().key_at(*at).map(|key| key.to_uppercase().to_string()),
        }
    }

    fn is_own(&self, editor: &Editor) -> bool {
        match self {
            Self::Command(command) => editor.keymap().is_own(*command),
            Self::Label(_, label) => editor.keymap().of_label(&label.name).is_some(),
        }
    }

    fn put(&self, keymap: &mut Keymap, shortcut: Option<Shortcut>) {
        match self {
            Self::Command(command) => keymap.put(*command, shortcut),
            Self::Label(_, label) => {
                let key =
                    shortcut.and_then(|shortcut| if let Key::Char(key) = shortcut.key { Some(key) } else { None });
                keymap.put_label(&label.name, key);
            }
        }
    }

    fn reset(&self, keymap: &mut Keymap) {
        match self {
            Self::Command(command) => keymap.reset(*command),
            Self::Label(_, label) => keymap.reset_label(&label.name),
        }
    }

    /// Who has this key already and could give it away.
    ///
    /// # Errors
    /// Why it cannot be this one's.
    fn others(&self, editor: &Editor, shortcut: Shortcut, words: &str) -> Result<Vec<Self>, String> {
        let kit = editor.document().kit();
        match self {
            Self::Command(command) => match kit.on_key(shortcut.key).filter(|_| !shortcut.command) {
                Some(label) => Err(format!("{words} picks “{label}” in this project. Press another one.")),
                None => Ok(editor.keymap().others_on(shortcut, *command).map(Self::Command).collect()),
            },
            Self::Label(_, label) => {
                let Key::Char(key) = shortcut.key else {
                    return Err("A label takes a letter, a digit or a sign.".to_owned());
                };
                if shortcut.command || shortcut.shift {
                    return Err("Labels are picked by one key alone. Press another one.".to_owned());
                }
                if label.name.chars().count() > MAX_CHARS {
                    return Err("This name is too long to have a key of its own.".to_owned());
                }
                if let Some(command) =
                    editor.keymap().of_key(shortcut.key, Modifiers::default()).find(|c| is_useful(editor, *c))
                {
                    return Err(format!("{words} is the key of “{}”. Press another one.", command.name()));
                }
                let others = kit.keyed().into_iter().enumerate();
                let others = others.filter(|(_, other)| other.name != label.name && other.key == Some(key));
                Ok(others.map(|(at, other)| Self::Label(at, other)).collect())
            }
        }
    }
}

/// Whether the interface at hand has a use for a command.
fn is_useful(editor: &Editor, command: Command) -> bool {
    let kit = editor.document().kit();
    match command {
        Command::Tool(tool) => kit.offers(tool),
        Command::BrushSmaller | Command::BrushLarger | Command::BrushShape => kit.draws(ShapeKind::Mask),
        Command::Reveal => editor.withheld() > 0,
        Command::Smart | Command::Accept => kit.asks_models(),
        _ => true,
    }
}

/// What stands in the way of a key.
#[derive(Clone, PartialEq)]
struct Hurdle {
    text: String,
    /// The key could be taken away from these.
    others: Option<(Shortcut, Vec<Target>)>,
}

/// The list, and who of it is waiting for a key.
#[derive(Clone, Copy)]
struct Sheet {
    bench: Bench,
    waiting: RwSignal<Option<Target>>,
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

    fn wait(self, target: Option<Target>) {
        self.hurdle.set(None);
        self.waiting.set(target);
    }

    /// A key was pressed for a command or a label.
    fn press(self, target: &Target, event: &ev::KeyboardEvent) {
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
        let others = match self.bench.peek(|editor| target.others(editor, shortcut, &words)) {
            Ok(others) => others,
            Err(why) => return say(why),
        };
        if others.is_empty() {
            return self.change(|keymap| target.put(keymap, Some(shortcut)));
        }
        let names = others.iter().map(|other| format!("“{}”", other.name())).collect::<Vec<_>>().join(" and ");
        let text = format!("{words} is the key of {names}, which would have none.");
        self.hurdle.set(Some(Hurdle { text, others: Some((shortcut, others)) }));
    }
}

/// The keys of the labels and choices at hand.
#[component]
fn LabelKeys(sheet: Sheet) -> impl IntoView {
    let keyed = sheet.bench.peek(|editor| editor.document().kit().keyed());
    let count = keyed.len();
    let rows = keyed.into_iter().enumerate().take(MOST_LABELS);
    (count > 0).then(|| {
        view! {
            <h3 class="key-title">"Labels and choices of this project"</h3>
            <div class="key-list">{rows.map(|(at, label)| view! { <KeyRow sheet target=Target::Label(at, label)/> }).collect_view()}</div>
            {(count > MOST_LABELS).then(|| view! { <p class="muted small">{format!("And {} more.", count - MOST_LABELS)}</p> })}
        }
    })
}

/// The keys of commands that the interface has a use for.
#[component]
pub(in crate::annotate) fn KeyList(bench: Bench) -> impl IntoView {
    let sheet = Sheet { bench, waiting: RwSignal::new(None), hurdle: RwSignal::new(None), toasts: use_toasts() };
    let rows = Command::ALL
        .into_iter()
        .filter(|command| bench.peek(|editor| is_useful(editor, *command)))
        .map(|command| view! { <KeyRow sheet target=Target::Command(command)/> })
        .collect_view();
    let fixed = [
        ("Move what is selected", "Arrows"),
        ("… by ten pixels", "Shift Arrows"),
        ("Resize what is selected", "Alt Arrows"),
        ("Move the view", "Space Drag"),
        ("Finish a polygon or vector", "Enter"),
        ("Leave what was begun", "Esc"),
    ];
    let has_list = bench.peek(|editor| editor.document().kit().canvases().any(|name| part_of(name).is_some()));
    let pictures = has_list.then_some(("Another picture or page", "PageUp PageDown"));
    let fixed = fixed
        .into_iter()
        .chain(pictures)
        .map(|(what, keys)| view! { <div class="key-row"><span>{what}</span><Kbd keys=keys.replace(' ', "+")/></div> })
        .collect_view();
    view! {
        <p class="muted small key-hint">"Click a key to put another one in its place. Yours are the same in every project."</p>
        <LabelKeys sheet/>
        <h3 class="key-title">"Commands"</h3>
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
fn KeyRow(sheet: Sheet, target: Target) -> impl IntoView {
    let bench = sheet.bench;
    let name = target.name();
    let target = StoredValue::new(target);
    let words = Memo::new(move |_| bench.read(|editor| target.with_value(|target| target.words(editor))));
    let is_own = Memo::new(move |_| bench.read(|editor| target.with_value(|target| target.is_own(editor))));
    let is_waiting =
        Memo::new(move |_| sheet.waiting.with(|waiting| target.with_value(|target| waiting.as_ref() == Some(target))));
    let put = move |shortcut: Option<Shortcut>, others: &[Target]| {
        sheet.change(|keymap| {
            others.iter().for_each(|other| other.put(keymap, None));
            target.with_value(|target| target.put(keymap, shortcut));
        });
    };
    let (called, shown, wanted) = (name.clone(), name.clone(), name.clone());
    view! {
        <div class="key-row" data-own=move || is_own.get().then_some("")>
            <span class="truncate" dir="auto">{name.clone()}</span>
            <span class="key-set">
                {move || is_own.get().then(|| view! {
                    <IconButton
                        icon=lu::LuRotateCcw
                        label=format!("{called}: the key it came with")
                        size=Size::Small
                        on:click=move |_| sheet.change(|keymap| target.with_value(|target| target.reset(keymap)))
                    />
                })}
                {move || (words.with(Option::is_some) && !is_waiting.get()).then(|| view! {
                    <IconButton
                        icon=lu::LuX
                        label=format!("{shown}: no key")
                        size=Size::Small
                        on:click=move |_| put(None, &[])
                    />
                })}
                <button
                    class="key-button"
                    type="button"
                    aria-pressed=move || if is_waiting.get() { "true" } else { "false" }
                    on:click=move |_| sheet.wait((!is_waiting.get_untracked()).then(|| target.get_value()))
                    on:keydown=move |event| if is_waiting.get_untracked() { sheet.press(&target.get_value(), &event) }
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
            let wanted = wanted.clone();
            view! {
                <Banner tone=Tone::Warning>
                    <p>{text}</p>
                    {others.map(|(shortcut, others)| view! {
                        <Button size=Size::Small on:click=move |_| put(Some(shortcut), &others)>
                            {format!("Use it for “{wanted}”")}
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
