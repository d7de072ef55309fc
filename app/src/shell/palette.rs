//! Ctrl-K: go to any page, do any action, by name.
//!
//! Pages add their own commands with [`use_commands`]; they leave with the page.

use std::collections::HashMap;

use leptos::{ev, html, prelude::*};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::ui::{Glyph, Icon, Kbd, is_on_backdrop, lu};

/// What a command does.
#[derive(Debug, Clone)]
pub enum Does {
    /// Goes to an address.
    Go(String),
    /// Runs.
    Run(Callback<()>),
}

/// Something the palette offers.
#[derive(Debug, Clone)]
pub struct Command {
    /// The heading it stands under.
    pub group: &'static str,
    /// As shown and searched.
    pub label: String,
    /// Other words people may type for it.
    pub words: &'static str,
    /// An outline.
    pub icon: Glyph,
    /// Keys that do the same: `G+P`.
    pub keys: Option<&'static str>,
    /// What it does.
    pub does: Does,
}

impl Command {
    /// Goes to an address.
    pub fn go(group: &'static str, label: impl Into<String>, icon: Glyph, href: impl Into<String>) -> Self {
        Self { group, label: label.into(), words: "", icon, keys: None, does: Does::Go(href.into()) }
    }

    /// Does something.
    pub fn run(group: &'static str, label: impl Into<String>, icon: Glyph, run: Callback<()>) -> Self {
        Self { group, label: label.into(), words: "", icon, keys: None, does: Does::Run(run) }
    }

    /// Found by these words too.
    #[must_use]
    pub fn words(mut self, words: &'static str) -> Self {
        self.words = words;
        self
    }

    /// With the keys that do the same.
    #[must_use]
    pub fn keys(mut self, keys: &'static str) -> Self {
        self.keys = Some(keys);
        self
    }

    /// How well it fits what was typed: every word must begin a word or stand inside; lower is better.
    fn fits(&self, query: &str) -> Option<usize> {
        let label = self.label.to_lowercase();
        query.split_whitespace().try_fold(0, |worst, word| {
            let place = if label.starts_with(word) {
                0
            } else if label.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(word)) {
                1
            } else if self.words.split(' ').any(|part| part.starts_with(word)) {
                2
            } else if label.contains(word) {
                3
            } else {
                return None;
            };
            Some(worst + place)
        })
    }
}

/// The most rows shown.
const MOST: usize = 40;

#[derive(Clone, Copy)]
struct Registered {
    id: u32,
    commands: Signal<Vec<Command>>,
}

/// The palette of this page.
#[derive(Clone, Copy)]
pub struct PaletteState {
    open: RwSignal<bool>,
    query: RwSignal<String>,
    busy: RwSignal<bool>,
    sources: RwSignal<Vec<Registered>>,
    next: StoredValue<u32>,
}

impl PaletteState {
    /// Opens it.
    pub fn open(self) {
        self.open.set(true);
    }

    /// Whether it has been opened: what only it needs is fetched then.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// What was typed.
    #[must_use]
    pub fn query(self) -> String {
        self.query.get()
    }

    /// What was typed, without following it.
    #[must_use]
    pub fn query_untracked(self) -> String {
        self.query.get_untracked()
    }

    /// Whether somebody is still looking: nothing found is then not yet the answer.
    pub fn set_busy(self, busy: bool) {
        self.busy.set(busy);
    }

    fn found(self) -> Vec<Command> {
        let query = self.query.get().trim().to_lowercase();
        let found = self
            .sources
            .get()
            .into_iter()
            .flat_map(|source| source.commands.get())
            .filter_map(|command| command.fits(&query).map(|place| (place, command)))
            .collect();
        in_groups(found)
    }
}

/// What is nearest comes first, as long as nothing was typed that fits better.
const GROUPS: [&str; 5] = ["Label", "Tasks", "This project", "Projects", "Go to"];

/// Groups stay together: the one with the best fit first, and in each the best fit.
fn in_groups(mut found: Vec<(usize, Command)>) -> Vec<Command> {
    let best = |group: &str| found.iter().filter(|(_, c)| c.group == group).map(|(place, _)| *place).min();
    let rank = |group: &str| GROUPS.iter().position(|known| *known == group).unwrap_or(GROUPS.len());
    let order: HashMap<&'static str, (usize, usize)> =
        found.iter().map(|(_, c)| (c.group, (best(c.group).unwrap_or(usize::MAX), rank(c.group)))).collect();
    found.sort_by_key(|(place, command)| (order.get(command.group).copied(), command.group, *place));
    found.into_iter().map(|(_, command)| command).take(MOST).collect()
}

/// Call once at the root.
pub fn provide_palette() {
    provide_context(PaletteState {
        open: RwSignal::new(false),
        query: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        sources: RwSignal::new(Vec::new()),
        next: StoredValue::new(0),
    });
}

/// The palette of this page.
#[must_use]
pub fn use_palette() -> PaletteState {
    expect_context::<PaletteState>()
}

/// Offers these commands while the caller is on screen.
pub fn use_commands(commands: impl Into<Signal<Vec<Command>>>) {
    let palette = use_palette();
    let commands = commands.into();
    // On the server nobody can press a key.
    Effect::new(move |_| {
        let id = palette.next.get_value();
        palette.next.set_value(id.wrapping_add(1));
        palette.sources.update(|sources| sources.push(Registered { id, commands }));
        on_cleanup(move || palette.sources.update(|sources| sources.retain(|source| source.id != id)));
    });
}

/// Draws it; once, at the root.
#[component]
pub fn Palette() -> impl IntoView {
    let palette = use_palette();
    let node = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let query = palette.query;
    let at = RwSignal::new(0_usize);
    let found =
        Memo::new_with_compare(move |_| if palette.open.get() { palette.found() } else { Vec::new() }, |_, _| true);
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && !event.shift_key() && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                // What is on screen counts: after Escape the word of it may still be on its way.
                let is_open = node.get_untracked().is_some_and(|dialog| dialog.open());
                palette.open.set(!is_open);
            }
        });
        on_cleanup(move || listener.remove());
    });
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        if palette.open.get() && !dialog.open() {
            query.set(String::new());
            at.set(0);
            // Refused only when the element is not in the page, where there is nothing to show.
            let _ = dialog.show_modal();
            if let Some(input) = input.get_untracked() {
                input.set_value("");
            }
        } else if !palette.open.get() && dialog.open() {
            dialog.close();
        }
    });
    let navigate = use_navigate();
    let choose = Callback::new(move |command: Command| {
        palette.open.set(false);
        match command.does {
            Does::Go(href) => navigate(&href, NavigateOptions::default()),
            Does::Run(run) => run.run(()),
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        let count = found.with(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => at.update(|at| *at = (*at + count - 1) % count),
            "Home" => at.set(0),
            "End" => at.set(count.saturating_sub(1)),
            "Enter" => {
                if let Some(command) = found.with(|found| found.get(at.get_untracked()).cloned()) {
                    choose.run(command);
                }
            }
            _ => return,
        }
        event.prevent_default();
        show_row(at.get_untracked());
    };
    let on_click = move |event: ev::MouseEvent| {
        let outside = node.get_untracked().is_some_and(|dialog| is_on_backdrop(&event, &dialog));
        if outside {
            palette.open.set(false);
        }
    };
    view! {
        <dialog
            class="palette"
            aria-label="Search pages and actions"
            node_ref=node
            on:close=move |_| {
                // Opened again before this was told.
                if !node.get_untracked().is_some_and(|dialog| dialog.open()) {
                    palette.open.set(false);
                }
            }
            on:click=on_click
        >
            <div class="palette-input">
                <Icon icon=lu::LuSearch/>
                <input
                    type="text"
                    role="combobox"
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-autocomplete="list"
                    aria-label="Search pages and actions"
                    aria-activedescendant=move || found.with(|found| !found.is_empty()).then(|| row_id(at.get()))
                    placeholder="Go to a page or do something…"
                    autocomplete="off"
                    spellcheck="false"
                    node_ref=input
                    on:input=move |event| {
                        query.set(event_target_value(&event));
                        at.set(0);
                    }
                    on:keydown=on_key
                />
                <Kbd keys="Esc"/>
            </div>
            <div class="palette-list" id="palette-list" role="listbox" aria-label="Results">
                {move || rows(found.get(), palette.busy, at, choose)}
            </div>
        </dialog>
    }
    .into_any()
}

fn rows(found: Vec<Command>, busy: RwSignal<bool>, at: RwSignal<usize>, choose: Callback<Command>) -> AnyView {
    if found.is_empty() {
        return view! {
            <p class="palette-none" role="presentation">
                {move || if busy.get() { "Searching…" } else { "Nothing by that name." }}
            </p>
        }
        .into_any();
    }
    let mut group = "";
    found
        .into_iter()
        .enumerate()
        .map(|(row, command)| {
            let head = (command.group != group).then(|| {
                group = command.group;
                view! { <div class="menu-label" role="presentation">{command.group}</div> }
            });
            let chosen = command.clone();
            view! {
                {head}
                <div
                    class="palette-row"
                    id=row_id(row)
                    role="option"
                    aria-selected=move || if at.get() == row { "true" } else { "false" }
                    on:mousemove=move |_| if at.get_untracked() != row { at.set(row) }
                    on:click=move |_| choose.run(chosen.clone())
                >
                    <Icon icon=command.icon/>
                    <span class="truncate">{command.label}</span>
                    {command.keys.map(|keys| view! { <span class="menu-end"><Kbd keys/></span> })}
                </div>
            }
        })
        .collect_view()
        .into_any()
}

fn row_id(row: usize) -> String {
    format!("palette-row-{row}")
}

fn show_row(row: usize) {
    if let Some(element) = document().get_element_by_id(&row_id(row)) {
        element.scroll_into_view_with_scroll_into_view_options(&nearest());
    }
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stay_together_and_the_best_comes_first() {
        let command = |group, label: &str| Command::go(group, label, lu::LuFolder, "/");
        let labels = |found: Vec<(usize, Command)>| in_groups(found).into_iter().map(|c| c.label).collect::<Vec<_>>();
        let all = vec![
            (0, command("Go to", "Organization")),
            (0, command("Appearance", "Dark theme")),
            (0, command("Projects", "Signs")),
            (0, command("This project", "Overview")),
        ];
        assert_eq!(labels(all), ["Overview", "Signs", "Organization", "Dark theme"]);
        let typed = vec![
            (3, command("This project", "Reorder")),
            (1, command("Go to", "New order")),
            (0, command("Go to", "Orders")),
            (2, command("This project", "Borders")),
        ];
        assert_eq!(labels(typed), ["Orders", "New order", "Borders", "Reorder"]);
    }

    #[test]
    fn better_fits_come_first() {
        let command = |label: &str| Command::go("Go to", label, lu::LuFolder, "/").words("people members");
        assert_eq!(command("Organization").fits("org"), Some(0));
        assert_eq!(command("New project").fits("pro"), Some(1));
        assert_eq!(command("Organization").fits("mem"), Some(2));
        assert_eq!(command("Organization").fits("zat"), Some(3));
        assert_eq!(command("Organization").fits("org xyz"), None);
        assert_eq!(command("Organization").fits(""), Some(0));
    }
}
