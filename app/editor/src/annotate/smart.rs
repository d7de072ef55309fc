//! Drawings that are questions to a model (`smart`, `smartOnly`), and what it proposes for them.
//!
//! Nothing of it is part of the work until somebody accepts it: prompts and suggestions are shown above the work and are
//! kept by nobody. To accept is to take a suggestion over like another version of the work, as one step of the history.
//! While nothing is decided each further drawing makes the question more exact; Alt says “not this”.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::ml::Smart;
use domain::region::{ImagePoint, Shape};
use domain::result::ResultItem;

use super::compare::{Difference, How, Subject};
use super::document::{Document, Mark, RegionKey};
use super::edit::Edit;
use super::editor::{Editor, Response};
use super::kit::{LabelChoice, ShapeKind};
use super::layers::{Look, paint_shape};
use super::tool::{State, ToolKind};
use crate::command::Command;
use crate::history::Reversible;
use crate::input::Pointer;
use crate::paint::{Paint, Style};
use crate::view::Viewport;

/// The color of drawings that say “not this”.
const AGAINST: &str = "#e5484d";

/// What a model was asked, and what it proposes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::annotate) struct Assistant {
    /// The model, by its title; `None` where there is none to ask.
    model: Option<String>,
    is_on: bool,
    accepts_alone: bool,
    /// The drawing that has begun says “not this”.
    is_against: bool,
    /// Drawings say “not this” without a key held down.
    says_not: bool,
    /// The last drawing was made by hand, not placed by a key.
    by_hand: bool,
    prompts: Vec<Prompt>,
    /// How many questions there were.
    asked: u32,
    is_waiting: bool,
    failure: Option<String>,
    suggested: Option<Box<Suggested>>,
}

/// What the model proposes, and how much of it was new when it came.
#[derive(Debug, Clone, PartialEq)]
struct Suggested {
    document: Document,
    regions: usize,
    answers: usize,
}

/// Something drawn for a model.
#[derive(Debug, Clone, PartialEq)]
struct Prompt {
    mark: Mark,
    is_against: bool,
}

/// How far a question to a model is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Advice {
    /// Nothing was asked.
    #[default]
    None,
    /// The model thinks.
    Waiting,
    /// There is no answer, and why.
    Failed(String),
    /// The model found nothing that is not there already.
    Nothing,
    /// It proposes something.
    Suggested {
        /// New regions.
        regions: usize,
        /// Answers to questions that are open.
        answers: usize,
    },
}

impl Editor {
    /// Which model there is to ask, by its title.
    pub fn set_model(&mut self, model: Option<String>) {
        self.assistant.model = model;
    }

    /// The model there is to ask.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.assistant.model.as_deref()
    }

    /// Whether the next drawing is a question.
    #[must_use]
    pub fn is_smart(&self) -> bool {
        let control = self.tool.draws().and_then(|kind| self.shape_control(kind, &self.active));
        control.is_some_and(|control| self.asks_with(&control.name))
    }

    /// Whether drawings are questions where people decide, and whether what is suggested is accepted at once.
    #[must_use]
    pub fn assistance(&self) -> (bool, bool) {
        (self.assistant.is_on, self.assistant.accepts_alone)
    }

    /// Goes on as somebody has decided before; see [`Editor::assistance`].
    pub fn set_assistance(&mut self, is_on: bool, accepts_alone: bool) -> Response {
        (self.assistant.is_on, self.assistant.accepts_alone) = (is_on, accepts_alone);
        if accepts_alone && self.state == State::Idle && self.can_accept() {
            return self.accept();
        }
        Response { panels: true, ..Response::LIVELY }
    }

    /// Whether what a control draws is a question now. Without a model everything is a region.
    pub(in crate::annotate) fn asks_with(&self, control: &str) -> bool {
        let smart = self.document.kit().shape(control).map_or(Smart::No, |shape| shape.smart);
        let is_meant = smart == Smart::Always || (smart == Smart::Offered && self.assistant.is_on);
        is_meant && !self.read_only && self.assistant.model.is_some()
    }

    /// Drawings are questions from now on, with a tool that asks; or regions again.
    pub(in crate::annotate) fn toggle_smart(&mut self) -> Response {
        if self.assistant.model.is_none() {
            // The page says why there is nobody to ask.
            return Response { request: Some(Command::Smart), handled: true, ..Response::NONE };
        }
        if self.is_smart() {
            self.assistant.is_on = false;
            return Response::ALL;
        }
        self.assistant.is_on = true;
        if !self.is_smart() {
            self.drop_gesture();
            let kit = self.document.kit();
            let here = kit.smart_shapes().find(|shape| shape.to_names.contains(&self.active));
            if let Some(shape) = here.or_else(|| kit.smart_shapes().next()) {
                let tool = if shape.wand.is_some() { ToolKind::Wand } else { ToolKind::Draw(shape.kind) };
                let label = kit.labels.iter().find(|label| label.control == shape.name);
                let label = label.map(|label| (label.control.clone(), label.value.clone()));
                (self.tool, self.label) = (tool, label);
                self.ensure_label();
            }
        }
        Response::ALL
    }

    /// Whether a drawing that asks would begin beside the picture: there is nothing to ask about.
    pub(in crate::annotate) fn asks_beside(&self, pointer: &Pointer) -> bool {
        let Some(view) = self.view(&self.active).filter(|_| self.state == State::Idle && self.is_smart()) else {
            return false;
        };
        let at = view.image_from_screen(pointer.at);
        view.image().clamp(at) != at
    }

    /// A pointer goes down, perhaps for a drawing that asks.
    pub(in crate::annotate) fn begin_prompt(&mut self, pointer: &Pointer) -> Response {
        if !self.is_smart() {
            return Response::NONE;
        }
        self.assistant.is_against = pointer.modifiers.alt != self.assistant.says_not;
        self.assistant.by_hand = true;
        // What is painted is a question of its own, never a part of the mask that is selected.
        let paints = self.state == State::Idle && self.tool.draws() == Some(ShapeKind::Mask);
        if paints && !self.selection.is_empty() { self.select(BTreeSet::new()) } else { Response::NONE }
    }

    /// Something was drawn for the model, on top of what it was asked before about the same object.
    pub(in crate::annotate) fn prompt(&mut self, mark: Mark) -> Response {
        let assistant = &mut self.assistant;
        let is_elsewhere = |prompt: &Prompt| prompt.mark.region.to_name != mark.region.to_name;
        if assistant.prompts.iter().any(is_elsewhere) {
            assistant.prompts.clear();
            assistant.suggested = None;
        }
        let is_against = std::mem::take(&mut assistant.is_against);
        assistant.prompts.push(Prompt { mark, is_against });
        self.ask_again()
    }

    /// Asks the same once more.
    pub fn ask_again(&mut self) -> Response {
        let assistant = &mut self.assistant;
        if assistant.prompts.is_empty() {
            return Response::NONE;
        }
        assistant.asked = assistant.asked.wrapping_add(1);
        (assistant.is_waiting, assistant.failure) = (true, None);
        Response { panels: true, ..Response::LIVELY }
    }

    /// Whether something was drawn for the model and nothing is decided.
    pub(in crate::annotate) fn has_prompts(&self) -> bool {
        !self.assistant.prompts.is_empty()
    }

    /// Takes back the last thing drawn for the model, and asks with the rest.
    pub(in crate::annotate) fn take_back_prompt(&mut self) -> Response {
        self.assistant.prompts.pop();
        if self.has_prompts() { self.ask_again() } else { self.discard() }
    }

    /// The question that waits for an answer: its number, and what was drawn.
    #[must_use]
    pub fn question(&self) -> Option<(u32, Vec<ResultItem>)> {
        let Assistant { prompts, asked, is_waiting, .. } = &self.assistant;
        let told = |prompt: &Prompt| {
            let mut items = prompt.mark.to_items();
            if let Some(item) = items.first_mut() {
                item.0.insert("is_positive".to_owned(), (!prompt.is_against).into());
            }
            items
        };
        is_waiting.then(|| (*asked, prompts.iter().flat_map(told).collect()))
    }

    /// Its number alone.
    #[must_use]
    pub fn question_number(&self) -> Option<u32> {
        self.assistant.is_waiting.then_some(self.assistant.asked)
    }

    /// The model proposes this; what was asked before something else was drawn is passed over.
    pub fn advise(&mut self, number: u32, mut result: Vec<ResultItem>) -> Response {
        if self.question_number() != Some(number) {
            return Response::NONE;
        }
        self.rename_known(&mut result);
        let document = Document::from_results(&self.config, &result, &self.measured());
        let new = self.news(&document);
        let regions = new.iter().filter(|new| matches!(new.subject, Subject::Region { .. })).count();
        let answers = new.iter().filter(|new| matches!(new.subject, Subject::Answer(..))).count();
        self.assistant.is_waiting = false;
        self.assistant.suggested = Some(Box::new(Suggested { document, regions, answers }));
        // To accept ends a gesture: what somebody is drawing meanwhile is worth more.
        if self.assistant.accepts_alone && self.state == State::Idle && self.can_accept() {
            return self.accept();
        }
        Response { panels: true, ..Response::LIVELY }
    }

    /// There is no answer, and why. What was drawn stays.
    pub fn fail(&mut self, number: u32, why: String) -> Response {
        if self.question_number() != Some(number) {
            return Response::NONE;
        }
        let assistant = &mut self.assistant;
        (assistant.is_waiting, assistant.failure, assistant.suggested) = (false, Some(why), None);
        Response { panels: true, ..Response::LIVELY }
    }

    /// How far the question is.
    #[must_use]
    pub fn advice(&self) -> Advice {
        let Assistant { prompts, is_waiting, failure, suggested, .. } = &self.assistant;
        match (is_waiting, failure, suggested) {
            _ if prompts.is_empty() => Advice::None,
            (true, ..) => Advice::Waiting,
            (false, Some(why), _) => Advice::Failed(why.clone()),
            (false, None, None) => Advice::None,
            (false, None, Some(found)) if found.regions + found.answers == 0 => Advice::Nothing,
            (false, None, Some(found)) => Advice::Suggested { regions: found.regions, answers: found.answers },
        }
    }

    pub(in crate::annotate) fn can_accept(&self) -> bool {
        !self.read_only && matches!(self.advice(), Advice::Suggested { .. })
    }

    pub(in crate::annotate) fn can_ask_again(&self) -> bool {
        matches!(self.advice(), Advice::Failed(_))
    }

    /// Whether a key must not place a drawing that asks: one is being answered, or they are made by hand.
    pub(in crate::annotate) fn waits_for_hands(&self) -> bool {
        self.advice() != Advice::None || (self.is_smart() && self.assistant.by_hand)
    }

    /// Whether drawings say “not this”, as they do while Alt is held down.
    #[must_use]
    pub fn says_not(&self) -> bool {
        self.assistant.says_not
    }

    /// Drawings say “not this” from now on, or “this”.
    pub fn say_not(&mut self, says_not: bool) -> Response {
        self.assistant.says_not = says_not;
        Response { panels: true, ..Response::LIVELY }
    }

    /// Everything suggested that has a label of this control gets this label; whether there was any.
    pub(in crate::annotate) fn relabel_suggested(&mut self, label: &LabelChoice) -> bool {
        if !self.can_accept() {
            return false;
        }
        let Some(mut suggested) = self.assistant.suggested.take() else { return false };
        let is_meant = |mark: &Mark| mark.label_control() == label.control && mark.labels() != [label.value.clone()];
        let edits: Vec<Edit> = suggested
            .document
            .marks()
            .filter(|(_, mark)| is_meant(mark))
            .filter_map(|(key, mark)| Some(Edit::Relabel(key, Box::new(self.naming(mark, label)?))))
            .collect();
        let any = !edits.is_empty();
        for edit in edits {
            let _undone_with_the_question = edit.apply(&mut suggested.document);
        }
        self.assistant.suggested = Some(suggested);
        any
    }

    /// What is suggested under the pointer, the smallest of several.
    fn suggested_here(&self) -> Option<RegionKey> {
        let found = self.assistant.suggested.as_ref().filter(|_| self.can_accept())?;
        let at = self.view(&self.active)?.image_from_screen(self.pointer?);
        let here = found.document.marks_on(&self.active).filter(|(_, mark)| mark.region.shape.contains(at));
        let smallest = here.min_by(|(_, a), (_, b)| a.region.shape.area().total_cmp(&b.region.shape.area()));
        smallest.map(|(key, _)| key)
    }

    pub(in crate::annotate) fn can_drop_suggested(&self) -> bool {
        self.suggested_here().is_some()
    }

    /// Throws away what is suggested under the pointer; the rest can still be accepted.
    pub(in crate::annotate) fn drop_suggested(&mut self) -> Response {
        let (Some(key), Some(found)) = (self.suggested_here(), self.assistant.suggested.as_mut()) else {
            return Response::NONE;
        };
        let _undone_with_the_question = Edit::Remove(key).apply(&mut found.document);
        found.regions = found.regions.saturating_sub(1);
        Response { panels: true, ..Response::LIVELY }
    }

    /// Makes what is suggested part of the work, in one step. What people have answered themselves stays.
    pub(in crate::annotate) fn accept(&mut self) -> Response {
        let Some(suggested) = self.assistant.suggested.take() else { return Response::NONE };
        let new = self.news(&suggested.document);
        let response = self.take_over(&new);
        self.fresh = self.selection.first().copied();
        self.discard().and(response)
    }

    /// Forgets the question and what is suggested.
    pub fn discard(&mut self) -> Response {
        let Assistant { prompts, is_waiting, failure, suggested, .. } = &mut self.assistant;
        prompts.clear();
        (*is_waiting, *failure, *suggested) = (false, None, None);
        self.assistant.says_not = false;
        Response { panels: true, ..Response::LIVELY }
    }

    /// What was drawn for the model becomes regions, as if nobody had been asked.
    pub fn keep_prompts(&mut self) -> Response {
        let prompts = std::mem::take(&mut self.assistant.prompts);
        let marks = prompts.into_iter().filter(|prompt| !prompt.is_against).map(|prompt| prompt.mark).collect();
        let response = self.insert_all(marks);
        self.discard().and(response)
    }

    /// What of a suggestion the work does not have.
    fn news(&self, suggested: &Document) -> Vec<Difference> {
        let all = self.differences(suggested).into_iter();
        all.filter(|difference| difference.how == How::OnlyThere).collect()
    }

    /// A region of the work keeps its name to itself.
    fn rename_known(&mut self, result: &mut [ResultItem]) {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for item in result.iter() {
            if self.document.key_of(item.id()).is_some() && !names.contains_key(item.id()) {
                names.insert(item.id().to_owned(), self.fresh_id());
            }
        }
        for item in result {
            for key in ["id", "parentID", "from_id", "to_id"] {
                let known = item.0.get(key).and_then(serde_json::Value::as_str).and_then(|id| names.get(id));
                if let Some(name) = known.cloned() {
                    item.0.insert(key.to_owned(), name.into());
                }
            }
        }
    }

    /// What was asked and what is suggested, above everything else.
    pub(in crate::annotate) fn paint_advice(&self, object: &str, view: &Viewport, paints: &mut Vec<Paint>) {
        let dashed = |color: &str, fill| Style { color: Arc::from(color), fill, width: 2.0, dashed: true };
        let mut id = Self::NEW_MASK;
        let mut paint = |mark: &Mark, style: Style, paints: &mut Vec<Paint>| {
            // Next to the name of a mask that is being drawn, far from those of regions.
            id -= 1;
            if let (Shape::Mask(_), Some(hull)) = (&mark.region.shape, mark.region.shape.bounds()) {
                // Pixels have no outline that could be dashed.
                let corners = [hull.min.x, hull.max.x].map(|x| [hull.min.y, hull.max.y].map(|y| ImagePoint::new(x, y)));
                let [[a, b], [d, c]] = corners.map(|side| side.map(|at| view.screen_from_image(at)));
                let style = Style { fill: 0.0, width: 1.0, ..style.clone() };
                paints.push(Paint::Ring { points: vec![a, b, c, d], closed: true, style });
            }
            paint_shape(id, &mark.region.shape, view, style, Look::Still, paints);
        };
        let suggested = self.assistant.suggested.iter().flat_map(|found| found.document.marks_on(object));
        for (_, mark) in suggested {
            let color = self.color_of(mark);
            paint(mark, dashed(color, 0.2), paints);
            let Some(bounds) = mark.region.shape.bounds() else { continue };
            let score = mark.region.source.as_ref().and_then(ResultItem::score);
            let title = self.title_of(mark);
            let text = score.map_or_else(|| format!("{title}?"), |score| format!("{title}? {score:.2}"));
            paints.push(Paint::Tag { at: view.screen_from_image(bounds.min), text, color: Arc::from(color) });
        }
        for Prompt { mark, is_against } in &self.assistant.prompts {
            if mark.region.to_name == object {
                let (color, sign) = if *is_against { (AGAINST, "−") } else { (self.color_of(mark), "+") };
                paint(mark, dashed(color, 0.05), paints);
                if let Some(bounds) = mark.region.shape.bounds() {
                    let at = view.screen_from_image(bounds.min);
                    paints.push(Paint::Tag { at, text: sign.to_owned(), color: Arc::from(color) });
                }
            }
        }
    }
}
