//! Pieces of what is read, heard or watched: marked on the page, labeled here.
//!
//! What kind of piece it is (code points of a text) is its [`Shape`]'s; a label at hand is given at once, otherwise the
//! piece waits for one.

use std::collections::BTreeSet;

use domain::region::{Shape, TextSpan};
use domain::result::Region;

use super::document::{Mark, RegionKey};
use super::editor::{Editor, Response};
use super::kit::{LabelChoice, LabelSet, ObjectKind};

impl Editor {
    /// A piece of an object was marked. With a label at hand it is labeled; otherwise it waits for one.
    pub fn mark_piece(&mut self, object: &str, shape: Shape) -> Response {
        let bears = self.document.kit().object(object).is_some_and(|kind| kind.bears(&shape));
        if self.is_read_only() || !bears {
            return Response::LIVELY;
        }
        let applies = self.label_for_piece(object).is_some_and(|set| set.marks(&shape));
        if applies {
            return self.add_piece(object, shape);
        }
        if let Some(key) = self.piece_like(object, &shape) {
            return self.select([key].into());
        }
        let response = self.select([].into());
        self.pending = Some((object.to_owned(), shape));
        response.and(Response::ALL)
    }

    /// The region that is exactly this piece, the last one of several.
    fn piece_like(&self, object: &str, shape: &Shape) -> Option<RegionKey> {
        self.document.marks_on(object).filter(|(_, mark)| mark.region.shape == *shape).last().map(|(key, _)| key)
    }

    /// The control of the label at hand, where that labels pieces of this object.
    pub(super) fn label_for_piece(&self, object: &str) -> Option<&LabelSet> {
        let label = self.label().filter(|label| label.to_names.iter().any(|name| name == object))?;
        self.document.kit().label_set(&label.control)
    }

    /// The piece that waits for a label, and of which object it is.
    #[must_use]
    pub fn pending(&self) -> Option<(&str, &Shape)> {
        self.pending.as_ref().map(|(object, shape)| (object.as_str(), shape))
    }

    /// A new region of the label at hand; the same piece with the same label twice says nothing new.
    pub(super) fn add_piece(&mut self, object: &str, shape: Shape) -> Response {
        self.let_go_of_used_up();
        let Some((control, value)) = self.label.clone() else {
            self.pending = Some((object.to_owned(), shape));
            return Response::ALL;
        };
        let Some(item_type) = self.document.kit().label_set(&control).map(|set| set.item_type.clone()) else {
            return Response::LIVELY;
        };
        let same = self
            .document
            .marks_on(object)
            .find(|(_, mark)| mark.labels() == std::slice::from_ref(&value) && mark.region.shape == shape);
        if let Some((key, _)) = same {
            return self.select([key].into());
        }
        let region = Region {
            id: self.fresh_id(),
            from_name: control,
            to_name: object.to_owned(),
            item_type,
            shape,
            labels: vec![value],
            size: None,
            source: None,
        };
        let response = self.insert_all(vec![Mark::new(region, None)]);
        // Where questions are asked about each piece, it is the one to answer for. Otherwise the next piece gets the label
        // at hand, not this one another label by accident.
        if self.document.kit().questions.iter().any(|question| question.per_region) {
            self.fresh = self.selection.first().copied();
        } else {
            self.set_selection(BTreeSet::new());
        }
        response
    }

    /// A piece of a text was selected on the page (see [`piece_between`](super::piece_between)). With a label at hand it is
    /// labeled; otherwise it waits for one.
    pub fn select_text(&mut self, object: &str, text: &str, selected: TextSpan) -> Response {
        if self.is_read_only() || self.document.kit().object(object) != Some(ObjectKind::Text) {
            return Response::LIVELY;
        }
        let piece = self.granularity(object).of_text(text, selected);
        self.mark_piece(object, Shape::Text(piece))
    }

    /// A key was pressed with text selected on the page. Where it is the key of a label for that text, the piece waits
    /// for it, whatever the label at hand; any other key leaves everything as it is.
    pub fn hold_text(&mut self, key: char, object: &str, text: &str, selected: TextSpan) -> Response {
        let label = self.document.kit().labels.iter().find(|label| label.key == Some(key));
        let piece = self.granularity_with(label, object).of_text(text, selected);
        self.hold_piece(key, object, Shape::Text(piece))
    }

    /// The same for a piece of any object.
    pub fn hold_piece(&mut self, key: char, object: &str, shape: Shape) -> Response {
        let fits = |label: &LabelChoice| label.key == Some(key) && label.to_names.iter().any(|name| name == object);
        let kit = self.document.kit();
        let bears = kit.object(object).is_some_and(|kind| kind.bears(&shape));
        if self.is_read_only() || !bears || !kit.labels.iter().any(fits) {
            return Response::NONE;
        }
        // The key is for the region that is exactly this and has been selected.
        if self.piece_like(object, &shape).is_some_and(|key| self.sole() == Some(key)) {
            return Response::NONE;
        }
        self.pending = Some((object.to_owned(), shape));
        Response::ALL
    }

    /// The words that wait for a label, and of which object they are.
    #[must_use]
    pub fn pending_words(&self) -> Option<(&str, &str)> {
        let (object, shape) = self.pending()?;
        Some((object, words_of(shape)?))
    }

    /// The piece of a text that waits for a label.
    #[must_use]
    pub fn pending_text(&self) -> Option<(&str, &TextSpan)> {
        match self.pending()? {
            (object, Shape::Text(span)) => Some((object, span)),
            _ => None,
        }
    }
}

/// The words a piece covers; `None` for what is not read.
#[must_use]
pub fn words_of(shape: &Shape) -> Option<&str> {
    match shape {
        Shape::Text(span) => Some(&span.text),
        Shape::Paragraph(span) => Some(&span.text),
        Shape::HyperText(span) => Some(&span.text),
        Shape::Message(message) => Some(&message.content),
        _ => None,
    }
}
