//! What is otherwise in the other version, line by line.

use domain::label_config::caption;
use domain::result::Direction;
use editor::annotate::{About, Difference, Editor, How, RegionKey, Subject};
use leptos::prelude::*;

use crate::annotate::bench::Bench;
use crate::annotate::comments::{name_of, number_of};
use crate::annotate::regions::detail;
use crate::ui::{Button, Icon, IconButton, Look, Size, lu};

/// Lines on the page; of more differences the first.
const SHOWN: usize = 200;

/// A difference as its line shows it.
#[derive(Clone, PartialEq)]
struct Row {
    difference: Difference,
    title: String,
    /// What it is beside that: how large, which words.
    detail: String,
    color: String,
    can_take: bool,
}

impl Row {
    fn new(here: &Editor, there: &Editor, difference: Difference) -> Self {
        let (title, color) = match &difference.subject {
            // By the number it has in the work, where it is there.
            Subject::Region { here: Some(key), there: other } => {
                let (editor, own) = other.map_or((here, *key), |other| (there, other));
                let number = number_of(here, *key).unwrap_or_default();
                (format!("{} {number}", editor.title(own)), Some(editor.color(own).to_owned()))
            }
            // The numbers of the other list would be taken for those of this one.
            Subject::Region { there: Some(key), .. } => (there.title(*key), Some(there.color(*key).to_owned())),
            Subject::Region { .. } => (String::new(), None),
            Subject::Answer(control, about) => {
                let called = caption(control);
                let of =
                    if let About::Item(index) = about { format!(", picture {}", index + 1) } else { String::new() };
                (called + &of, None)
            }
            Subject::Relation(from, to) => {
                let end = |id: &str| match (here.document().key_of(id), there.document().key_of(id)) {
                    (Some(key), _) => name_of(here, key).unwrap_or_default(),
                    (None, Some(key)) => format!("{} (only there)", there.title(key)),
                    (None, None) => id.to_owned(),
                };
                let way = |editor: &Editor| {
                    let ends = (editor.document().key_of(from)?, editor.document().key_of(to)?);
                    let mut relations = editor.document().relations().map(|(_, relation)| relation);
                    relations.find_map(|relation| match (relation.from, relation.to, relation.direction) {
                        (a, b, _) if (a, b) != ends && (b, a) != ends => None,
                        (_, _, Direction::Bi) => Some("↔"),
                        (a, _, Direction::Right) if a == ends.0 => Some("→"),
                        (a, _, Direction::Left) if a != ends.0 => Some("→"),
                        _ => Some("←"),
                    })
                };
                let way = way(there).or_else(|| way(here)).unwrap_or("–");
                if way == "←" {
                    (format!("{} → {}", end(to), end(from)), None)
                } else {
                    (format!("{} {way} {}", end(from), end(to)), None)
                }
            }
        };
        let mark = match &difference.subject {
            Subject::Region { there: Some(key), .. } => there.document().mark(*key),
            Subject::Region { here: Some(key), .. } => here.document().mark(*key),
            _ => None,
        };
        let detail = mark.map(|mark| format!(" · {}", detail(&mark.region.shape))).unwrap_or_default();
        let color = color.map(|color| format!("--label: {color}")).unwrap_or_default();
        let can_take = here.can_take(&difference);
        Self { difference, title, detail, color, can_take }
    }

    /// What the line says, and what its button does.
    fn words(&self) -> (&'static str, &'static str) {
        match self.difference.how {
            How::OnlyThere => ("Only there", "Take over"),
            How::Otherwise => ("Different", "Make it as there"),
            How::OnlyHere => ("Only here", "Remove, as there"),
        }
    }

    /// The region here, and there.
    fn regions(&self) -> (Option<RegionKey>, Option<RegionKey>) {
        match &self.difference.subject {
            Subject::Region { here, there } => (*here, *there),
            Subject::Answer(..) | Subject::Relation(..) => (None, None),
        }
    }
}

/// The differences between the work and the other version, each to be taken over.
#[component]
pub(super) fn Differences(bench: Bench, other: Bench) -> impl IntoView {
    // Compared anew when the work or a picture's size has changed, not whenever something is pointed at.
    let basis = Memo::new(move |_| {
        let locked = |editor: &Editor| editor.document().marks().filter(|(_, mark)| mark.locked).count();
        (
            bench.changes.get(),
            bench.read(|here| (here.measured_count(), locked(here))),
            other.read(Editor::measured_count),
        )
    });
    let found = Memo::new(move |_| {
        // Read, not only tracked: a memo that nobody reads is never worked out.
        let _basis = basis.get();
        other.peek(|there| bench.peek(|here| here.differences(there.document())))
    });
    let rows = Memo::new(move |_| {
        let row =
            |difference: &Difference| other.peek(|there| bench.peek(|here| Row::new(here, there, difference.clone())));
        found.with(|found| found.iter().take(SHOWN).map(row).collect::<Vec<_>>())
    });
    let count = Memo::new(move |_| found.with(Vec::len));
    let take = move |differences: Vec<Difference>| {
        let _ = bench.act(|editor| editor.take_over(&differences));
    };
    let has_taken = RwSignal::new(false);
    let take_all = move |_| {
        has_taken.set(true);
        take(found.get_untracked());
    };
    let show = move |row: &Row, is_picked: bool| {
        let (here, there) = row.regions();
        for (bench, key) in [(bench, here), (other, there)] {
            let _ = bench.act(|editor| match (is_picked, key) {
                (false, key) => editor.hover(key),
                (true, None) => editor.select([].into()),
                (true, Some(key)) => editor.select([key].into()).and(editor.bring_into_view(key)),
            });
        }
    };
    // Handlers look up what stands in their line now: lines are patched when the list changes.
    let at_line = move |at: usize| rows.with_untracked(|rows| rows.get(at).cloned());
    let line = move |(at, row): (usize, Row)| {
        let (how, action) = row.words();
        let icon = match row.difference.how {
            How::OnlyThere => lu::LuPlus,
            How::Otherwise => lu::LuPencil,
            How::OnlyHere => lu::LuMinus,
        };
        let (title, detail, color, can_take) = (row.title.clone(), row.detail.clone(), row.color.clone(), row.can_take);
        let kind = row.difference.how;
        let has_dot = !color.is_empty();
        view! {
            <li
                class="compare-row"
                style=color
                data-how=format!("{kind:?}")
                on:pointerenter=move |_| if let Some(row) = at_line(at) { show(&row, false) }
                on:pointerleave=move |_| { let _ = (bench.act(|e| e.hover(None)), other.act(|e| e.hover(None))); }
            >
                <button class="region-pick" type="button" on:click=move |_| if let Some(row) = at_line(at) { show(&row, true) }>
                    <span class="compare-how"><Icon icon/></span>
                    {has_dot.then(|| view! { <span class="label-dot" aria-hidden="true"></span> })}
                    <span class="region-words">
                        <span class="truncate">{title.clone()}</span>
                        <span class="region-detail truncate" dir="auto">{how}{detail}</span>
                    </span>
                </button>
                <IconButton
                    icon=if kind == How::OnlyHere { lu::LuTrash2 } else { lu::LuArrowLeft }
                    label=format!("{action}: {title}")
                    size=Size::Small
                    disabled=!can_take
                    on:click=move |_| take(at_line(at).map(|row| row.difference).into_iter().collect())
                />
            </li>
        }
    };
    let rest = move || count.get().saturating_sub(SHOWN);
    view! {
        <p class="compare-count" role="status">
            {move || match count.get() {
                0 => "Your work says the same.".to_owned(),
                1 => "1 difference".to_owned(),
                n => format!("{n} differences"),
            }}
        </p>
        <ul class="compare-list" role="list">
            {move || rows.with(|rows| rows.iter().cloned().enumerate().map(line).collect_view())}
        </ul>
        <Show when=move || rest() != 0>
            <p class="panel-empty">{move || format!("And {} more.", rest())}</p>
        </Show>
        <Show when=move || count.get() != 0 || has_taken.get()>
            <div class="compare-foot">
                <Button
                    look=Look::Plain
                    wide=true
                    icon=lu::LuArrowLeft
                    disabled=Signal::derive(move || count.get() == 0)
                    on:click=take_all
                >
                    "Take over all of it"
                </Button>
                <p class="muted small with-keys">"Ctrl Z brings your work back."</p>
            </div>
        </Show>
    }
    .into_any()
}
