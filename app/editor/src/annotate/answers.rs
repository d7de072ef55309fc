//! Answers: what panels ask of the editor for controls that draw nothing.
//!
//! A control never says what its answer is about. Where it is asked per region, that is the one region selected; so a view
//! is the same for both.

use std::collections::BTreeSet;

use domain::Error;
use domain::annotation::{Selected, is_visible, regions_to_answer};
use domain::answer::{Answer, Asks};
use domain::region::Shape;
use domain::result::ResultItem;

use super::document::{About, Mark, RegionKey};
use super::edit::Edit;
use super::editor::{Editor, Response};
use super::kit::Question;

/// The longest text about a region.
pub const MAX_REMARK_CHARS: usize = 10_000;

impl Editor {
    /// What an answer to this control would be about now: where it is asked per picture, the one at hand. `None` for one
    /// that is asked per region while not exactly one region of its objects is selected.
    #[must_use]
    pub fn about(&self, control: &str) -> Option<About> {
        let question = self.document.kit().question(control)?;
        if let Some((list, items)) = question.per_item.as_ref().filter(|_| !question.per_region) {
            let at_hand = self.turned.get(list).or(items.first())?;
            return Some(About::Item(*at_hand));
        }
        if !question.per_region {
            return Some(About::Task);
        }
        let (key, mark) = self.sole_mark()?;
        question.to_names.contains(&mark.region.to_name).then_some(About::Region(key))
    }

    /// The answer to a control, about the task, the picture at hand or the selected region.
    #[must_use]
    pub fn answer_to(&self, control: &str) -> Option<&Answer> {
        self.document.answer(control, self.about(control)?)
    }

    /// What is wrong with the answer as it stands: beyond its limits, say.
    #[must_use]
    pub fn answer_problem(&self, control: &str) -> Option<String> {
        let question = self.document.kit().question(control)?;
        let mut value = serde_json::Map::new();
        self.answer_to(control)?.write(&mut value);
        question.asks.problem(&ResultItem::new("", control, "", &question.item_type, value))
    }

    /// Picks or unpicks a choice.
    pub fn choose(&mut self, control: &str, path: &[String]) -> Response {
        let Some(Question { asks: Asks::Choices(choices), .. }) = self.document.kit().question(control) else {
            return Response::LIVELY;
        };
        let answer = choices.toggled(self.answer_to(control), path);
        self.answer(control, answer)
    }

    /// Answers a question; `None` clears it. Typing in a field is one undo step.
    pub fn answer(&mut self, control: &str, answer: Option<Answer>) -> Response {
        let Some(about) = self.about(control).filter(|_| !self.is_read_only()) else { return Response::LIVELY };
        let is_locked = matches!(about, About::Region(key) if self.document.mark(key).is_none_or(|mark| mark.locked));
        if is_locked || matches!(&answer, Some(Answer::Number(number)) if !number.is_finite()) {
            return Response::LIVELY;
        }
        self.drop_gesture();
        let is_typed = answer.as_ref().is_none_or(Answer::is_typed);
        let answer = answer.filter(Answer::is_storable);
        let id = self.fresh_id();
        let edit = Edit::Answer { control: control.to_owned(), about, answer, id };
        let changed =
            if is_typed { self.apply_merged(edit, &format!("{control} {about:?}")) } else { self.apply(edit) };
        if changed { Response { still: false, lively: false, ..Response::CHANGED } } else { Response::LIVELY }
    }

    /// Puts what stands there before anybody has answered. Not a step that can be undone: the work begins with it.
    pub fn fill_in(&mut self) {
        let controls = self.config.controls.iter();
        let initial: Vec<(String, About, Answer)> = controls
            .filter_map(|control| {
                let question = self.document.kit().question(&control.name).filter(|question| !question.per_region)?;
                let answer = question.asks.initial(control)?;
                Some(question.subjects().into_iter().map(move |about| (control.name.clone(), about, answer.clone())))
            })
            .flatten()
            .collect();
        for (control, about, answer) in initial {
            if self.document.answer(&control, about).is_none() {
                let id = self.fresh_id();
                self.document.put_answer(&control, about, Some(answer), &id);
            }
        }
    }

    /// Whether an element of the interface is to be seen now: `visibleWhen`, `perRegion` and their conditions.
    #[must_use]
    pub fn shows(&self, attributes: &[(String, String)]) -> bool {
        let sole = self.sole_mark();
        let selected = sole.as_ref().map(|(_, mark)| Selected {
            id: &mark.region.id,
            controls: [&mark.region.from_name, mark.label_control()],
            labels: mark.labels(),
            role: match &mark.region.shape {
                Shape::Message(message) => Some(message.role.as_str()),
                _ => None,
            },
        });
        let mut answers = self.document.to_answers();
        // Of what is asked about each picture, conditions look at the one at hand.
        answers.retain(|item| match self.about(item.from_name()) {
            Some(About::Item(index)) => item.item_index().unwrap_or(0) == index,
            _ => true,
        });
        is_visible(&self.config, attributes, &answers, selected)
    }

    fn sole_mark(&self) -> Option<(RegionKey, &Mark)> {
        let mut marks = self.selected_marks();
        let first = marks.next()?;
        marks.next().is_none().then_some(first)
    }

    /// The region that is selected, where it is the only one.
    #[must_use]
    pub fn sole(&self) -> Option<RegionKey> {
        self.sole_mark().map(|(key, _)| key)
    }

    /// Writes about a region (`meta.text`); an empty text takes it away. Typing is one undo step.
    pub fn set_remark(&mut self, key: RegionKey, text: &str) -> Response {
        if self.is_read_only() || self.document.mark(key).is_none_or(|mark| mark.locked) {
            return Response::LIVELY;
        }
        let text: String = text.chars().take(MAX_REMARK_CHARS).collect();
        let edit = Edit::Remark(key, text);
        let changed = self.apply_merged(edit, &format!("remark {key:?}"));
        if changed { Response { still: false, lively: false, ..Response::CHANGED } } else { Response::LIVELY }
    }

    /// What is written about a region, there or in the list of regions; `None` where nothing is.
    #[must_use]
    pub fn note(&self, key: RegionKey) -> Option<String> {
        let questions = self.document.kit().questions.iter().filter(|question| question.is_in_regions());
        let answers = questions.filter_map(|question| self.document.answer(&question.name, About::Region(key)));
        let texts = answers.flat_map(|answer| if let Answer::Texts(texts) = answer { texts.as_slice() } else { &[] });
        let remark = self.document.mark(key).map(|mark| &mark.remark);
        let written: Vec<&str> = texts.chain(remark).map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        (!written.is_empty()).then(|| written.join(" · "))
    }

    /// Picks a label or a choice by its key; `None` when the key is nobody's.
    pub(super) fn hotkey(&mut self, key: char) -> Option<Response> {
        let kit = self.document.kit();
        let mine = |wanted: Option<char>| wanted == Some(key);
        if let Some(label) = kit.labels.iter().find(|label| mine(label.key)) {
            let (control, value) = (label.control.clone(), label.value.clone());
            return Some(self.pick_label(&control, &value));
        }
        let question = kit.questions.iter().find(|question| question.choices.iter().any(|choice| mine(choice.key)))?;
        let choice = question.choices.iter().find(|choice| mine(choice.key))?;
        let (control, path) = (question.name.clone(), choice.path.clone());
        Some(self.choose(&control, &path))
    }

    /// The results as they would be submitted.
    #[must_use]
    pub fn results(&self) -> Vec<ResultItem> {
        self.document.to_results()
    }

    /// The regions a required question (`perRegion`) has no answer for yet, oldest first.
    #[must_use]
    pub fn to_answer(&self, control: &str) -> Vec<RegionKey> {
        let ids: BTreeSet<String> =
            regions_to_answer(&self.config, &self.document.to_results(), control).into_iter().collect();
        let marks = self.document.marks().filter(|(_, mark)| ids.contains(&mark.region.id));
        marks.map(|(key, _)| key).collect()
    }

    /// What keeps the work from being submitted.
    #[must_use]
    pub fn problems(&self) -> Vec<Error> {
        self.document.validate(&self.config)
    }
}
