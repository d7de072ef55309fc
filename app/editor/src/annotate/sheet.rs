//! Pages of documents: boxes on them, and what is written there.

use std::sync::Arc;

use domain::label_config::page_of;
use domain::media::pdf::{Word, text_in};
use domain::region::{ImageSize, PageBox, RotatedRect, Shape, UnitRect};

use super::document::{Mark, RegionKey};
use super::edit::Edit;
use super::editor::{Editor, Response};

/// The most characters that can be written about what stands in a box.
pub const MAX_PAGE_TEXT_CHARS: usize = 100_000;

impl Editor {
    /// The words on a page have been read. What was drawn there before they were known takes them in now.
    pub fn set_words(&mut self, object: &str, words: Arc<[Word]>) -> Response {
        self.words.insert(object.to_owned(), words);
        // A gesture is not broken off for it: the boxes take them in when it is over.
        if self.read_only || self.history.is_open() {
            self.unread.insert(object.to_owned());
            return Response::NONE;
        }
        self.take_in_words(object)
    }

    /// Boxes that were drawn before the words of their page were known take them in.
    pub(super) fn take_in_unread(&mut self) {
        for object in std::mem::take(&mut self.unread) {
            let _ = self.take_in_words(&object);
        }
    }

    fn take_in_words(&mut self, object: &str) -> Response {
        let waits = |mark: &Mark| mark.region.source.is_none() && mark.is_editable();
        let edits: Vec<Edit> = self
            .document
            .marks_on(object)
            .filter(|(_, mark)| waits(mark))
            .filter_map(|(key, mark)| match &mark.region.shape {
                Shape::Page(page) if page.text.is_none() => {
                    let text = Some(self.read_at(object, page)?);
                    Some(Edit::Reshape(key, Shape::Page(PageBox { text, ..page.clone() })))
                }
                _ => None,
            })
            .collect();
        if edits.is_empty() { Response::NONE } else { self.apply_all(edits) }
    }

    /// What is written in a box on a page, or has been read there.
    #[must_use]
    pub fn page_text(&self, key: RegionKey) -> Option<&str> {
        match &self.document.mark(key)?.region.shape {
            Shape::Page(page) => Some(page.text.as_deref().unwrap_or_default()),
            _ => None,
        }
    }

    /// Writes what stands in a box on a page; an empty text takes it away. Typing is one undo step.
    pub fn set_page_text(&mut self, key: RegionKey, text: &str) -> Response {
        let Some(mark) = self.document.mark(key).filter(|mark| !self.read_only && !mark.locked) else {
            return Response::LIVELY;
        };
        let Shape::Page(page) = &mark.region.shape else { return Response::LIVELY };
        let text: String = text.chars().take(MAX_PAGE_TEXT_CHARS).collect();
        let shape = Shape::Page(PageBox { text: Some(text).filter(|text| !text.is_empty()), ..page.clone() });
        let changed = self.apply_merged(Edit::Reshape(key, shape), &format!("text {key:?}"));
        if changed { Response { still: false, lively: false, ..Response::CHANGED } } else { Response::LIVELY }
    }

    /// A box that was drawn on a page of this size, with what is written there.
    pub(super) fn on_page(&self, object: &str, rect: &RotatedRect, size: ImageSize) -> Shape {
        let index = page_of(object).map_or(0, |(_, index)| index);
        let page = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        let drawn = PageBox { page, rect: UnitRect::from_pixels(rect, size), text: None, size: Some(size) };
        let drawn = drawn.moved_to(rect);
        Shape::Page(PageBox { text: self.read_at(object, &drawn), ..drawn })
    }

    /// A shape that a region takes now, with what is written where it is. What people wrote themselves stays.
    fn read_again(&self, mark: &Mark, shape: Shape) -> Shape {
        let (Shape::Page(before), Shape::Page(after)) = (&mark.region.shape, &shape) else { return shape };
        let object = &mark.region.to_name;
        let is_read = || before.text.is_none() || before.text == self.read_at(object, before);
        if before.rect == after.rect || before.text != after.text || !self.words.contains_key(object) || !is_read() {
            return shape;
        }
        Shape::Page(PageBox { text: self.read_at(object, after), ..after.clone() })
    }

    /// The shape of a copy, with what is written where the copy is.
    pub(super) fn read_anew(&self, object: &str, shape: Shape) -> Shape {
        match shape {
            Shape::Page(page) if self.words.contains_key(object) => {
                Shape::Page(PageBox { text: self.read_at(object, &page), ..page })
            }
            other => other,
        }
    }

    pub(super) fn with_words(&self, edit: Edit) -> Edit {
        match edit {
            Edit::Reshape(key, shape) => match self.document.mark(key) {
                Some(mark) => Edit::Reshape(key, self.read_again(mark, shape)),
                None => Edit::Reshape(key, shape),
            },
            other => other,
        }
    }

    fn read_at(&self, object: &str, page: &PageBox) -> Option<String> {
        let text = text_in(self.words.get(object)?, &page.rect, page.size?)?;
        Some(text.chars().take(MAX_PAGE_TEXT_CHARS).collect())
    }
}
