//! What has been entered in the wizard and is not a project yet.

use domain::id::WorkspaceId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::annotate::browser::{forget, keep, kept};
use crate::ui::use_toasts;

/// What has been entered so far.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    pub(super) title: RwSignal<String>,
    pub(super) description: RwSignal<String>,
    pub(super) color: RwSignal<String>,
    pub(super) workspace_id: RwSignal<Option<WorkspaceId>>,
    /// Go on to the import once the project is made.
    pub(super) import_next: RwSignal<bool>,
    pub(super) template: RwSignal<Option<String>>,
    pub(super) source: RwSignal<String>,
    pub(super) sample: RwSignal<Map<String, Value>>,
    /// The gallery, or the editor with what was chosen.
    pub(super) editing: RwSignal<bool>,
}

/// What is kept of it in the browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Begun {
    title: String,
    description: String,
    color: String,
    template: Option<String>,
    source: String,
    sample: Map<String, Value>,
}

impl Begun {
    fn nothing() -> Self {
        Self {
            title: String::new(),
            description: String::new(),
            color: "indigo".to_owned(),
            template: None,
            source: String::new(),
            sample: Map::new(),
        }
    }
}

impl Draft {
    pub(super) fn new() -> Self {
        let Begun { title, description, color, template, source, sample } = Begun::nothing();
        Self {
            title: RwSignal::new(title),
            description: RwSignal::new(description),
            color: RwSignal::new(color),
            workspace_id: RwSignal::new(None),
            import_next: RwSignal::new(true),
            template: RwSignal::new(template),
            source: RwSignal::new(source),
            sample: RwSignal::new(sample),
            editing: RwSignal::new(false),
        }
    }

    /// The title is long enough to go on.
    pub(super) fn has_title(self) -> bool {
        self.title.with(|title| title.trim().chars().count() >= *domain::project::TITLE.start())
    }

    fn begun(self) -> Begun {
        Begun {
            title: self.title.get(),
            description: self.description.get(),
            color: self.color.get(),
            template: self.template.get(),
            source: self.source.get(),
            sample: self.sample.get(),
        }
    }

    fn restore(self, begun: Begun) {
        self.editing.set(!begun.source.is_empty());
        self.title.set(begun.title);
        self.description.set(begun.description);
        self.color.set(begun.color);
        self.template.set(begun.template);
        self.source.set(begun.source);
        self.sample.set(begun.sample);
    }

    /// Keeps in this browser what has been entered, and brings it back after a reload or a way round.
    pub(super) fn keep_unsaved(self, key: String) {
        let toasts = use_toasts();
        Effect::new(move |is_begun: Option<()>| {
            if is_begun.is_none()
                && let Some(begun) = kept::<Begun>(&key)
            {
                self.restore(begun);
                toasts
                    .undo("What you had begun is here again", Callback::new(move |()| self.restore(Begun::nothing())));
            }
            let begun = self.begun();
            if begun == Begun::nothing() {
                forget(&key);
            } else {
                // A browser that keeps nothing loses it, as it loses everything else.
                let _kept = keep(&key, &begun);
            }
        });
    }
}
