//! The work on the page: one editor, and signals that say what of it has changed.

use std::collections::BTreeMap;

use domain::Error;
use domain::id::{ProjectId, TaskId};
use domain::label_config::{LabelConfig, look_up};
use domain::region::ImageSize;
use domain::result::ResultItem;
use editor::annotate::{Editor, Record, Response};
use editor::command::Command;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::together::Together;

/// Which task is open; none in a preview.
#[derive(Clone, Copy)]
pub(super) struct OpenedTask {
    pub(super) project_id: ProjectId,
    pub(super) task_id: TaskId,
    /// Whether media of other servers may be loaded through this one.
    pub(super) relays_media: bool,
}

/// The work on one task. Cheap to copy; lives as long as the view of the task.
#[derive(Clone, Copy)]
pub(super) struct Bench {
    editor: StoredValue<Editor>,
    pub(super) config: StoredValue<LabelConfig>,
    pub(super) data: StoredValue<Map<String, Value>>,
    sizes: StoredValue<BTreeMap<String, ImageSize>>,
    panels: RwSignal<u32>,
    /// Rises when regions or answers may be others, not with what is picked or looked at.
    work: RwSignal<u32>,
    pub(super) still: RwSignal<u32>,
    pub(super) lively: RwSignal<u32>,
    /// Rises with every change of the work itself.
    pub(super) changes: RwSignal<u32>,
    /// What only the page can do.
    pub(super) request: RwSignal<Option<Command>>,
    /// What is typed into the `<Filter>` of a control, in lower case.
    pub(super) filters: RwSignal<BTreeMap<String, String>>,
    /// What kept the work from being submitted, shown next to its control.
    pub(super) problems: RwSignal<Vec<Error>>,
    /// The question that kept it from being submitted last: regions it still waits for are marked.
    pub(super) to_answer: RwSignal<Option<String>>,
    /// Who moves together.
    pub(super) together: Together,
}

impl Bench {
    pub(super) fn new(config: LabelConfig, data: Map<String, Value>, results: &[ResultItem], read_only: bool) -> Self {
        Self::over(config.for_task(&data), data, results, BTreeMap::new(), read_only)
    }

    /// The same task with other answers, to be looked at alone.
    pub(super) fn beside(self, results: &[ResultItem]) -> Self {
        Self::over(self.config.get_value(), self.data.get_value(), results, self.sizes.get_value(), true)
    }

    fn over(
        config: LabelConfig,
        data: Map<String, Value>,
        results: &[ResultItem],
        sizes: BTreeMap<String, ImageSize>,
        read_only: bool,
    ) -> Self {
        let mut editor = Editor::new(&config, results, &sizes, 0);
        editor.set_read_only(read_only);
        let mut bench = Self {
            editor: StoredValue::new(editor),
            config: StoredValue::new(config),
            data: StoredValue::new(data),
            sizes: StoredValue::new(sizes),
            panels: RwSignal::new(0),
            work: RwSignal::new(0),
            still: RwSignal::new(0),
            lively: RwSignal::new(0),
            changes: RwSignal::new(0),
            request: RwSignal::new(None),
            filters: RwSignal::new(BTreeMap::new()),
            problems: RwSignal::new(Vec::new()),
            to_answer: RwSignal::new(None),
            together: Together::nobody(),
        };
        bench.together = Together::on(bench);
        bench
    }

    /// The page has come alive. `is_new` work begins with what the interface fills in.
    pub(super) fn begin(self, is_new: bool) {
        self.redraw(|editor| {
            editor.seed(super::browser::seed());
            if is_new && !editor.is_read_only() {
                editor.fill_in();
            }
        });
    }

    /// Whether this is the very same work, rather than another version of it.
    pub(super) fn is_same(self, other: Self) -> bool {
        self.changes == other.changes
    }

    /// Does something and tells whom it concerns.
    pub(super) fn act(self, act: impl FnOnce(&mut Editor) -> Response) -> Response {
        let mut response = Response::default();
        self.editor.update_value(|editor| response = act(editor));
        let rise = |signal: RwSignal<u32>| signal.update(|revision| *revision = revision.wrapping_add(1));
        if response.still {
            rise(self.still);
        }
        if response.still || response.lively {
            rise(self.lively);
        }
        if response.panels || response.changed {
            rise(self.panels);
        }
        if response.changed {
            self.problems.update(Vec::clear);
            rise(self.work);
            rise(self.changes);
        }
        if response.request.is_some() {
            self.request.set(response.request);
        }
        response
    }

    /// Looks, and looks again whenever panels have to.
    pub(super) fn read<T>(self, look: impl FnOnce(&Editor) -> T) -> T {
        self.panels.track();
        self.editor.with_value(look)
    }

    /// Looks, and looks again whenever the work has changed: for what goes through all regions.
    pub(super) fn read_work<T>(self, look: impl FnOnce(&Editor) -> T) -> T {
        self.work.track();
        self.editor.with_value(look)
    }

    /// Looks once.
    pub(super) fn peek<T>(self, look: impl FnOnce(&Editor) -> T) -> T {
        self.editor.with_value(look)
    }

    /// Does what shows nowhere.
    pub(super) fn quietly<T>(self, act: impl FnOnce(&mut Editor) -> T) -> Option<T> {
        let mut outcome = None;
        self.editor.update_value(|editor| outcome = Some(act(editor)));
        outcome
    }

    /// An image has been measured.
    pub(super) fn measure(self, object: &str, size: ImageSize) {
        self.measure_all([(object.to_owned(), size)]);
    }

    /// Images have been measured, all at once.
    pub(super) fn measure_all(self, measured: impl IntoIterator<Item = (String, ImageSize)>) {
        let mut is_new = false;
        self.sizes.update_value(|sizes| {
            for (object, size) in measured {
                is_new |= sizes.insert(object, size) != Some(size);
            }
        });
        if !is_new {
            return;
        }
        let sizes = self.sizes.get_value();
        self.redraw(|editor| editor.measure(&sizes));
    }

    /// Does again what this browser has kept.
    pub(super) fn replay(self, results: &[ResultItem], records: &[Record]) {
        let sizes = self.sizes.get_value();
        self.redraw(|editor| editor.restore_log(results, records, &sizes, super::browser::seed()));
    }

    pub(super) fn redraw(self, change: impl FnOnce(&mut Editor)) {
        self.editor.update_value(change);
        for signal in [self.work, self.panels, self.still, self.lively] {
            signal.update(|revision| *revision = revision.wrapping_add(1));
        }
    }

    /// The value behind an attribute: task data for `$field`, else what is written.
    pub(super) fn value_of(self, written: &str) -> Option<Value> {
        match written.trim().strip_prefix('$') {
            Some(path) => self.data.with_value(|data| look_up(data, path).cloned()),
            None if written.is_empty() => None,
            None => Some(Value::String(written.to_owned())),
        }
    }

    /// As [`Bench::value_of`], as text.
    pub(super) fn text_of(self, written: &str) -> String {
        match self.value_of(written) {
            Some(Value::String(text)) => text,
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        }
    }

    /// Whether the `<Filter>` of a control leaves a label or choice in sight.
    pub(super) fn passes(self, control: &str, text: &str) -> bool {
        self.filters.with(|filters| {
            filters.get(control).is_none_or(|words| words.is_empty() || text.to_lowercase().contains(words.as_str()))
        })
    }

    /// The complaint about a control.
    pub(super) fn problem(self, control: &str) -> Option<String> {
        self.problems.with(|problems| {
            problems.iter().find(|problem| problem.field.as_deref() == Some(control)).map(|p| p.message.clone())
        })
    }
}

/// The work around this component.
pub(super) fn use_bench() -> Bench {
    expect_context::<Bench>()
}
