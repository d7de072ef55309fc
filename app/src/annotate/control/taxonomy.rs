//! `<Taxonomy>`: a tree to search and open, however large: only the rows in sight are on the page.

use std::collections::HashSet;

use domain::answer::{Answer, Taxonomy, Tree, read_entries};
use leptos::attr::custom::custom_attribute;
use leptos::task::{spawn_local, tick};
use leptos::{ev, html, prelude::*};
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::menu::Menu;
use super::{Asked, Slot};
use crate::annotate::bench::OpenedTask;
use crate::annotate::{api, browser};
use crate::ui::{Button, Icon, IconButton, Size, lu};

/// Rows drawn beyond each end of what is in sight.
const BEYOND: usize = 6;
/// Rows drawn before anybody knows how tall the list is.
const FIRST: usize = 16;

#[derive(Clone, Copy)]
struct View {
    slot: Slot,
    rules: StoredValue<Taxonomy>,
    tree: RwSignal<Tree>,
    opened: RwSignal<HashSet<usize>>,
    words: RwSignal<String>,
    /// Entries in the order they are listed.
    listed: Memo<Vec<usize>>,
    seen: RwSignal<(usize, usize)>,
    active: RwSignal<usize>,
    loading: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
    /// Below which entry was fetched last; none for the tree itself.
    wanted: StoredValue<Option<usize>>,
    task: Option<OpenedTask>,
    list: NodeRef<html::Div>,
}

impl View {
    fn new(asked: &Asked, rules: Taxonomy) -> Self {
        let dynamic = asked.control.dynamic_field().map(|field| asked.slot.bench.value_of(&format!("${field}")));
        let tree = match dynamic {
            Some(data) => data.as_ref().map(Tree::of_json).unwrap_or_default(),
            None => Tree::of_labels(&asked.control.labels),
        };
        let (tree, opened, words) = (RwSignal::new(tree), RwSignal::new(HashSet::new()), RwSignal::new(String::new()));
        let listed = Memo::new(move |_| {
            tree.with(|tree| {
                words.with(|words| {
                    if words.trim().is_empty() { opened.with(|opened| tree.open(opened)) } else { tree.search(words) }
                })
            })
        });
        Self {
            slot: asked.slot,
            rules: StoredValue::new(rules),
            tree,
            opened,
            words,
            listed,
            seen: RwSignal::new((0, FIRST)),
            active: RwSignal::new(0),
            loading: RwSignal::new(false),
            trouble: RwSignal::new(None),
            wanted: StoredValue::new(None),
            task: use_context(),
            list: NodeRef::new(),
        }
    }

    fn is_picked(self, at: usize) -> bool {
        let path = self.tree.with(|tree| tree.path(at));
        self.slot.with(|answer| matches!(answer, Some(Answer::Taxonomy(paths)) if paths.contains(&path)))
    }

    fn can_pick(self, at: usize) -> bool {
        let is_branch = self.tree.with(|tree| tree.node(at).is_some_and(|node| node.has_children));
        let leafs_only = self.rules.with_value(|rules| rules.leafs_only);
        !(leafs_only && is_branch)
    }

    fn pick(self, at: usize) {
        if !untrack(|| self.can_pick(at)) {
            self.turn(at, None);
            return;
        }
        let path = self.tree.with_untracked(|tree| tree.path(at));
        let answer = untrack(|| self.rules.with_value(|rules| self.slot.with(|present| rules.toggled(present, &path))));
        self.slot.put(answer);
    }

    fn take_out(self, path: &[String]) {
        let answer = untrack(|| self.rules.with_value(|rules| self.slot.with(|present| rules.toggled(present, path))));
        self.slot.put(answer);
    }

    /// Opens or closes an entry; `None` does what it is not now.
    fn turn(self, at: usize, open: Option<bool>) {
        let Some(node) = self.tree.with_untracked(|tree| tree.node(at).cloned()) else { return };
        if !node.has_children {
            return;
        }
        let is_open = self.opened.with_untracked(|opened| opened.contains(&at));
        let open = open.unwrap_or(!is_open);
        if open && node.is_unfetched {
            self.fetch(Some(at));
            return;
        }
        if open != is_open {
            self.opened.update(|opened| {
                if open {
                    opened.insert(at)
                } else {
                    opened.remove(&at)
                };
            });
        }
    }

    /// Fetches the tree, or what is below an entry of it.
    fn fetch(self, below: Option<usize>) {
        let Some(address) = self.rules.with_value(|rules| rules.api_url.clone()) else { return };
        let path = below.map(|at| self.tree.with_untracked(|tree| tree.path(at))).unwrap_or_default();
        self.wanted.set_value(below);
        self.loading.set(true);
        self.trouble.set(None);
        let (task, control) = (self.task, self.slot.control.get_value());
        spawn_local(async move {
            let answer = fetched(task, control, &address, path).await;
            // The page may have gone on to another task.
            if self.loading.try_set(false).is_some() {
                return;
            }
            match (answer, below) {
                (Err(sentence), _) => self.trouble.set(Some(sentence)),
                (Ok(json), None) => self.tree.set(Tree::of_json(&json)),
                (Ok(json), Some(at)) => {
                    let (tree, mut opened) = self
                        .tree
                        .with_untracked(|tree| self.opened.with_untracked(|opened| tree.grown(at, &json, opened)));
                    opened.insert(at);
                    self.tree.set(tree);
                    self.opened.set(opened);
                }
            }
        });
    }

    fn row_height(self) -> f64 {
        let row = self.list.get_untracked().and_then(|list| list.query_selector(".tree-row").ok().flatten());
        row.map_or(32.0, |row| row.get_bounding_client_rect().height().max(1.0))
    }

    fn look(self) {
        let Some(list) = self.list.try_get_untracked().flatten() else { return };
        let height = self.row_height();
        let row = |at: f64| format!("{:.0}", (at / height).floor().max(0.0)).parse::<usize>().unwrap_or(0);
        let (top, room) = (f64::from(list.scroll_top()), f64::from(list.client_height()));
        let seen = (row(top).saturating_sub(BEYOND), row(top + room.max(height * 8.0)) + 1 + BEYOND);
        if self.seen.get_untracked() != seen {
            self.seen.set(seen);
        }
    }

    fn focus(self, to: usize) {
        let last = self.listed.with_untracked(Vec::len).saturating_sub(1);
        let to = to.min(last);
        self.active.set(to);
        let Some(list) = self.list.get_untracked() else { return };
        let height = self.row_height();
        let at = u32::try_from(to).map_or(0.0, f64::from) * height;
        let (top, room) = (f64::from(list.scroll_top()), f64::from(list.client_height()));
        let scroll = |to: f64| list.set_scroll_top(format!("{:.0}", to.max(0.0)).parse().unwrap_or(0));
        if at < top {
            scroll(at);
        } else if at + height > top + room {
            scroll(at + height - room);
        }
        self.look();
        spawn_local(async move {
            // Drawn by then; before the next key, which must not go elsewhere.
            tick().await;
            let Some(list) = self.list.try_get_untracked().flatten() else { return };
            let row = list.query_selector(&format!("[data-row='{to}']")).ok().flatten();
            if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
                // A row that has left the page takes no focus.
                let _ = row.focus();
            }
        });
    }

    fn on_key(self, event: &ev::KeyboardEvent) {
        let here = self.active.get_untracked();
        let Some(at) = self.listed.with_untracked(|listed| listed.get(here).copied()) else { return };
        let is_open = self.opened.with_untracked(|opened| opened.contains(&at));
        let searching = !self.words.with_untracked(|words| words.trim().is_empty());
        match event.key().as_str() {
            "ArrowDown" => self.focus(here + 1),
            "ArrowUp" => self.focus(here.saturating_sub(1)),
            "Home" => self.focus(0),
            "End" => self.focus(usize::MAX),
            "PageDown" => self.focus(here.saturating_add(8)),
            "PageUp" => self.focus(here.saturating_sub(8)),
            "ArrowRight" if !searching && !is_open => self.turn(at, Some(true)),
            "ArrowLeft" if !searching && is_open => self.turn(at, Some(false)),
            "ArrowLeft" if !searching => {
                let path = self.tree.with_untracked(|tree| tree.path(at));
                let above = self.tree.with_untracked(|tree| tree.find(path.get(..path.len().saturating_sub(1))?));
                let row = above.and_then(|above| self.listed.with_untracked(|l| l.iter().position(|at| *at == above)));
                if let Some(row) = row {
                    self.focus(row);
                }
            }
            "Enter" | " " if !event.ctrl_key() && !event.meta_key() => self.pick(at),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }
}

/// The entries at a path: those of this site are asked for by the browser, all others by the server.
async fn fetched(task: Option<OpenedTask>, control: String, address: &str, path: Vec<String>) -> Result<Value, String> {
    if !address.starts_with('/') || address.starts_with("//") {
        return match task {
            Some(OpenedTask { project_id, task_id, .. }) => {
                api::tree(project_id, task_id, control, path).await.map_err(|error| error.sentence())
            }
            None => Err("Entries of another server are fetched when a task is opened.".to_owned()),
        };
    }
    let steps = path.iter().map(|step| format!("path={}", String::from(js_sys::encode_uri_component(step))));
    let query = steps.collect::<Vec<_>>().join("&");
    let separator = match address.contains('?') {
        _ if query.is_empty() => "",
        true => "&",
        false => "?",
    };
    let text = browser::fetch_text(&format!("{address}{separator}{query}")).await?;
    read_entries(&text).map_err(|problem| problem.message)
}

pub(super) fn view(asked: &Asked, rules: Taxonomy) -> AnyView {
    let has_address = rules.api_url.is_some();
    let view = View::new(asked, rules);
    let name = asked.control.name.clone();
    let placeholder = match asked.get("placeholder") {
        "" => "Choose…".to_owned(),
        written => written.to_owned(),
    };
    let menu = Menu::new();
    let field = NodeRef::<html::Input>::new();
    let is_open = RwSignal::new(false);
    Effect::new(move |_| {
        if is_open.get() {
            view.listed.track();
            request_animation_frame(move || view.look());
        }
    });
    let open = move |event: ev::Event| {
        let details = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let opens = details.is_some_and(|details| details.has_attribute("open"));
        is_open.set(opens);
        if opens && browser::has_keys() {
            request_animation_frame(move || {
                if let Some(field) = field.try_get_untracked().flatten() {
                    // One that has left the page takes no focus.
                    let _ = field.focus();
                }
            });
        }
        if opens && has_address && view.tree.with_untracked(Tree::is_empty) {
            view.fetch(None);
        }
    };
    let search = move |event: ev::Event| {
        let words = event_target_value(&event);
        view.words.set(words.clone());
        // Not the way there: the first that is called so.
        let first = view.listed.with_untracked(|listed| {
            view.tree.with_untracked(|tree| listed.iter().position(|at| tree.is_match(*at, &words)))
        });
        view.active.set(first.unwrap_or(0));
        if let Some(list) = view.list.get_untracked() {
            list.set_scroll_top(0);
        }
    };
    let rows = move || {
        let (from, to) = view.seen.get();
        let active = view.active.get();
        view.listed.with(|listed| {
            let wanted = |row: &usize| (from..to).contains(row) || *row == active;
            listed.iter().copied().enumerate().filter(|(row, _)| wanted(row)).collect::<Vec<_>>()
        })
    };
    // When a branch has come, what is behind it has another place; nothing else is drawn anew, and the focus stays.
    let is_what = move |(row, at): &(usize, usize)| {
        let node = view.tree.with_untracked(|tree| tree.node(*at).map(|node| (node.text.clone(), node.has_children)));
        (*row, *at, node)
    };
    view! {
        <div class="taxonomy">
            {picked(view)}
            <details
                class="choice-menu taxonomy-menu"
                node_ref=menu.node
                on:toggle=open
                on:keydown=move |event| menu.on_key(&event)
            >
                <summary class="input choice-summary" aria-label=format!("{name}: {placeholder}")>
                    <span class="truncate">{placeholder.clone()}</span>
                    <Icon icon=lu::LuChevronDown/>
                </summary>
                <div class="taxonomy-panel">
                    <input
                        class="input"
                        type="search"
                        placeholder="Search…"
                        aria-label=format!("Search in {name}")
                        node_ref=field
                        prop:value=view.words
                        on:input=search
                        on:keydown=move |event: ev::KeyboardEvent| match event.key().as_str() {
                            "ArrowDown" => {
                                event.prevent_default();
                                view.focus(view.active.get_untracked());
                            }
                            "Enter" if !event.ctrl_key() && !event.meta_key() => {
                                event.prevent_default();
                                let is_sought = view.words.with_untracked(|words| !words.trim().is_empty());
                                let at = view.listed.with_untracked(|l| l.get(view.active.get_untracked()).copied());
                                if let Some(at) = at.filter(|_| is_sought) {
                                    view.pick(at);
                                }
                            }
                            _ => {}
                        }
                    />
                    <div
                        class="tree"
                        role="tree"
                        aria-label=name
                        aria-multiselectable="true"
                        style=move || format!("--count: {}", view.listed.with(Vec::len))
                        node_ref=view.list
                        on:scroll=move |_| view.look()
                        on:keydown=move |event| view.on_key(&event)
                    >
                        <div class="tree-room" role="none">
                            <For each=rows key=is_what let:row>{tree_row(view, row.0, row.1)}</For>
                        </div>
                    </div>
                    {move || state(view)}
                </div>
            </details>
        </div>
    }
    .into_any()
}

fn state(view: View) -> Option<AnyView> {
    if view.loading.get() {
        return Some(view! { <p class="muted small" role="status">"Fetching…"</p> }.into_any());
    }
    if let Some(sentence) = view.trouble.get() {
        let again = move |_| view.fetch(view.wanted.get_value());
        let shown = view! {
            <p class="answer-problem" role="alert">{sentence}</p>
            <Button size=Size::Small icon=lu::LuRotateCw on:click=again>"Try again"</Button>
        };
        return Some(shown.into_any());
    }
    let nothing = view.listed.with(Vec::is_empty);
    let sentence = if view.tree.with(Tree::is_empty) { "There are no entries." } else { "Nothing is called that." };
    nothing.then(|| view! { <p class="muted small" role="status">{sentence}</p> }.into_any())
}

/// What is picked, each with its way out.
fn picked(view: View) -> AnyView {
    let paths = Memo::new(move |_| {
        view.slot.with(|answer| if let Some(Answer::Taxonomy(paths)) = answer { paths.clone() } else { Vec::new() })
    });
    view! {
        <ul class="taxonomy-picked" role="list" hidden=move || paths.with(Vec::is_empty)>
            <For each=move || paths.get() key=Clone::clone let:path>
                {
                    let texts = view.tree.with(|tree| tree.texts(&path));
                    let text = view.rules.with_value(|rules| {
                        if rules.show_full_path { texts.join(&rules.separator) } else { texts.last().cloned().unwrap_or_default() }
                    });
                    let whole = texts.join(" / ");
                    view! {
                        <li class="taxonomy-entry" title=whole>
                            <span dir="auto">{text.clone()}</span>
                            <IconButton
                                icon=lu::LuX
                                label=format!("Remove {text}")
                                size=Size::Small
                                on:click=move |_| view.take_out(&path)
                            />
                        </li>
                    }
                }
            </For>
        </ul>
    }
    .into_any()
}

fn tree_row(view: View, row: usize, at: usize) -> AnyView {
    let Some(node) = view.tree.with_untracked(|tree| tree.node(at).cloned()) else { return ().into_any() };
    // While somebody searches, what is listed is what was found and the way there.
    let is_searching = move || !view.words.with(|words| words.trim().is_empty());
    let leads_on = move || {
        let next = view.listed.with(|listed| listed.get(row + 1).copied());
        let depth = |at: usize| view.tree.with_untracked(|tree| tree.node(at).map(|node| node.depth));
        next.is_some_and(|next| depth(next) > depth(at))
    };
    let is_open = move || if is_searching() { leads_on() } else { view.opened.with(|opened| opened.contains(&at)) };
    let has_arrow = move || node.has_children && (!is_searching() || leads_on());
    let expanded = move || has_arrow().then(|| if is_open() { "true" } else { "false" });
    let full = move || view.rules.with_value(|rules| view.slot.with(|answer| !rules.has_room(answer)));
    let is_one = view.rules.with_value(|rules| rules.max_usages == Some(1));
    let picked = move || view.is_picked(at);
    let refused = move || view.can_pick(at) && full() && !is_one && !picked();
    let can_pick = view.can_pick(at);
    let is_match =
        move || view.words.with(|words| view.tree.with_untracked(|tree| tree.is_match(at, words))).then_some("");
    view! {
        <div
            class="tree-row"
            role="treeitem"
            style=format!("--at: {row}; --depth: {}", node.depth)
            title=node.hint.clone()
            data-row=row.to_string()
            {..custom_attribute("aria-level", (node.depth + 1).to_string())}
            aria-expanded=expanded
            aria-selected=move || if picked() { "true" } else { "false" }
            aria-disabled=move || refused().then_some("true")
            tabindex=move || if view.active.get() == row { "0" } else { "-1" }
            on:click=move |event: ev::MouseEvent| {
                view.active.set(row);
                let on_arrow = event
                    .target()
                    .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                    .is_some_and(|target| target.closest(".tree-arrow").ok().flatten().is_some());
                if on_arrow { view.turn(at, None) } else { view.pick(at) }
            }
            on:focus=move |_| view.active.set(row)
        >
            <span class="tree-arrow" aria-hidden="true" data-open=move || is_open().then_some("")>
                {move || has_arrow().then(|| view! { <Icon icon=lu::LuChevronRight/> })}
            </span>
            {can_pick.then(|| view! {
                <span class="tree-box" aria-hidden="true" data-on=move || picked().then_some("")>
                    <Icon icon=lu::LuCheck/>
                </span>
            })}
            <span class="truncate" dir="auto" data-match=is_match>{node.text.clone()}</span>
        </div>
    }
    .into_any()
}
