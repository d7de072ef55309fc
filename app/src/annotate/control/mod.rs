//! Controls: what people answer with. One file per tag; [`view`] is the only place that knows which.
//!
//! The view of a control gets an [`Asked`]: its definition, and the one answer it reads and writes. Around it, for all of
//! them alike, [`frame`] shows the name, `required`, what is wrong and whether it can be answered now, and the tree hides
//! it while its conditions are not met. Whether the answer is about the task or the selected region (`perRegion`), how it
//! is undone, kept and stored, is the editor's: no view knows of it.

mod choices;
mod date_time;
mod frame;
mod labels;
mod menu;
mod not_yet;
mod number;
mod pairwise;
mod ranker;
mod rating;
mod taxonomy;
mod text_area;

use domain::answer::{Answer, Asks};
use domain::label_config::{Control, Element};
use editor::annotate::Question;
use leptos::prelude::*;

use super::bench::Bench;
use crate::later::late;

// Questions of the longer sort, which most interfaces do not have.
late! {
    rare: fn longer(asked: Asked) {
        match asked.question.asks.clone() {
            Asks::DateTime(rules) => date_time::view(&asked, rules),
            Asks::Taxonomy(rules) => taxonomy::view(&asked, rules),
            Asks::Pairwise => pairwise::view(&asked),
            Asks::Ranker(rules) => ranker::view(&asked, rules),
            Asks::Choices(_) | Asks::Rating(_) | Asks::Number(_) | Asks::TextArea(_) => ().into_any(),
        }
    }
}

/// What the view of a control gets.
#[derive(Clone)]
pub(super) struct Asked {
    /// As written.
    pub(super) control: Control,
    /// The same as an element, with what is inside.
    pub(super) element: Element,
    /// What the editor makes of it: choices with their keys, limits.
    pub(super) question: Question,
    /// Its answer.
    pub(super) slot: Slot,
}

/// The place of one answer. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    bench: Bench,
    control: StoredValue<String>,
}

impl Slot {
    /// The answer, and again whenever it changes.
    pub(super) fn get(self) -> Option<Answer> {
        self.bench.read(|editor| self.control.with_value(|control| editor.answer_to(control).cloned()))
    }

    /// Looks at the answer, and again whenever it changes.
    pub(super) fn with<T>(self, look: impl FnOnce(Option<&Answer>) -> T) -> T {
        self.bench.read(|editor| self.control.with_value(|control| look(editor.answer_to(control))))
    }

    /// Answers; `None` clears.
    pub(super) fn put(self, answer: Option<Answer>) {
        self.control.with_value(|control| {
            let _ = self.bench.act(|editor| editor.answer(control, answer));
        });
    }

    /// Picks or unpicks a choice.
    pub(super) fn choose(self, path: &[String]) {
        self.control.with_value(|control| {
            let _ = self.bench.act(|editor| editor.choose(control, path));
        });
    }
}

impl Asked {
    /// An attribute as written; empty where absent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.control.attribute(name).unwrap_or_default()
    }
}

/// The view of a control.
pub(super) fn view(bench: Bench, element: Element) -> AnyView {
    let name = element.attribute("name").unwrap_or_default().to_owned();
    let (question, gives_labels, draws) = bench.peek(|editor| {
        let kit = editor.document().kit();
        let gives_labels = kit.labels.iter().any(|label| label.control == name);
        (kit.question(&name).cloned(), gives_labels, kit.shape(&name).is_some())
    });
    let control = bench.config.with_value(|config| config.control(&name).cloned());
    match (question, control) {
        (Some(question), Some(control)) => {
            let slot = Slot { bench, control: StoredValue::new(name) };
            let asked = Asked { control, element, question, slot };
            let inner = match asked.question.asks.clone() {
                Asks::Choices(rules) => choices::view(&asked, rules),
                Asks::Rating(rules) => rating::view(&asked, rules),
                Asks::Number(rules) => number::view(&asked, rules),
                Asks::TextArea(rules) => text_area::view(&asked, rules),
                Asks::DateTime(_) | Asks::Taxonomy(_) | Asks::Pairwise | Asks::Ranker(_) => longer(asked.clone()),
            };
            frame::view(bench, &asked, inner)
        }
        _ if gives_labels => labels::view(name),
        // What only draws is a tool, not a field; relations are made between regions, and labeled in their list.
        _ if draws || element.tag == "Relations" => ().into_any(),
        _ => not_yet::view(bench, &element.tag, &name),
    }
}
