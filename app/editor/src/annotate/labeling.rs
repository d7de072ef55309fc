//! Labels: the one at hand, and those of regions.

use std::collections::BTreeSet;

use domain::region::{Granularity, ImageSize, KeyPoint, Shape};
use domain::result::Region;

use super::document::{Mark, Pair, RegionKey};
use super::edit::{Edit, Naming};
use super::editor::{Editor, Response};
use super::kit::{LabelChoice, ObjectKind, ShapeControl, ShapeKind};
use super::tool::{State, ToolKind};

impl Editor {
    /// The label the next region gets.
    #[must_use]
    pub fn label(&self) -> Option<&LabelChoice> {
        let (control, value) = self.label.as_ref()?;
        self.document.kit().label(control, value)
    }

    /// What a selection in this object takes with it: as the label at hand says, else as the object does.
    #[must_use]
    pub fn granularity(&self, object: &str) -> Granularity {
        self.granularity_with(self.label(), object)
    }

    pub(super) fn granularity_with(&self, label: Option<&LabelChoice>, object: &str) -> Granularity {
        let label = label.filter(|label| label.to_names.iter().any(|name| name == object));
        label.and_then(|label| label.granularity).unwrap_or_else(|| self.document.kit().granularity(object))
    }

    /// A label was picked, by click or key. With a selection it relabels; with a marked text it labels that; otherwise
    /// it is the label of the next region, and picking it again lays it down. A region that was just drawn has its label:
    /// another one is for the next.
    pub fn pick_label(&mut self, control: &str, value: &str) -> Response {
        let Some(label) = self.document.kit().label(control, value).cloned() else { return Response::LIVELY };
        let drawn = self.fresh.and_then(|key| self.document.mark(key)).is_some_and(|mark| !mark.labels().is_empty());
        if drawn && !label.multiple && !self.is_read_only() {
            self.set_selection(BTreeSet::new());
        }
        if self.is_read_only() || self.would_exceed(&label) {
            return Response::LIVELY;
        }
        if self.relabel_suggested(&label) {
            return Response { panels: true, ..Response::LIVELY };
        }
        if let Some((object, shape)) = self.pending.take() {
            let marks = self.document.kit().label_set(&label.control).is_some_and(|set| set.marks(&shape));
            if label.to_names.contains(&object) && marks {
                self.label = Some((label.control.clone(), label.value.clone()));
                return self.add_piece(&object, shape);
            }
            self.pending = Some((object, shape));
        }
        let edits: Vec<Edit> = self
            .selected_marks()
            .filter(|(_, mark)| mark.is_editable())
            .filter_map(|(key, mark)| Some(Edit::Relabel(key, Box::new(self.naming(mark, &label)?))))
            .collect();
        if !edits.is_empty() {
            return self.apply_all(edits);
        }
        let picked = Some((label.control.clone(), label.value.clone()));
        let on_image =
            label.to_names.iter().any(|name| self.document.kit().object(name).is_some_and(ObjectKind::is_canvas));
        if self.label == picked && !on_image {
            self.label = None;
            return Response::ALL;
        }
        self.label = picked;
        match (label.kind, self.tool) {
            (Some(kind), tool) if kind.has_tool() && tool.draws() != Some(kind) => {
                self.drop_gesture();
                self.tool = ToolKind::Draw(kind);
            }
            (None, ToolKind::Select | ToolKind::Pan) if on_image => {
                // The last shape drawn is not known; the first the interface offers is what most want.
                if let Some(shape) =
                    self.document.kit().shapes.iter().find(|shape| !shape.joined && shape.kind.has_tool())
                {
                    self.tool = ToolKind::Draw(shape.kind);
                }
            }
            _ => {}
        }
        Response::ALL
    }

    /// How many regions carry a label.
    #[must_use]
    pub fn uses(&self, label: &LabelChoice) -> usize {
        self.document.marks().filter(|(_, mark)| carries(mark, label)).count()
    }

    /// Whether no further region may get a label (`maxUsages`).
    #[must_use]
    pub fn is_used_up(&self, label: &LabelChoice) -> bool {
        label.most.is_some_and(|most| self.uses(label) >= most)
    }

    /// Whether picking a label would give it to more regions than may have it.
    fn would_exceed(&self, label: &LabelChoice) -> bool {
        let Some(most) = label.most else { return false };
        let of_selected =
            || self.selected_marks().filter(|(_, mark)| mark.is_editable() && !carries(mark, label)).count();
        let is_next = self.pending.is_some() || self.selection().is_empty();
        self.uses(label) + if is_next { 1 } else { of_selected() } > most
    }

    /// A label that no further region may get is no longer at hand.
    pub(super) fn let_go_of_used_up(&mut self) {
        if self.label().is_some_and(|label| self.is_used_up(label)) {
            self.label = None;
        }
    }

    /// What relabeling would make of a region; `None` when the label does not apply to it.
    pub(super) fn naming(&self, mark: &Mark, label: &LabelChoice) -> Option<Naming> {
        if !label.to_names.contains(&mark.region.to_name) {
            return None;
        }
        let labels = if label.multiple && mark.label_control() == label.control {
            let mut labels = mark.labels().to_vec();
            match labels.iter().position(|known| *known == label.value) {
                // The last label stays: a region without any says nothing.
                Some(at) if labels.len() > 1 => drop(labels.remove(at)),
                Some(_) => {}
                None => labels.push(label.value.clone()),
            }
            labels
        } else {
            vec![label.value.clone()]
        };
        let region = &mark.region;
        match label.kind {
            Some(kind) if kind == mark.kind().drawn_as() => {
                let control = self.document.kit().shape(&label.control)?;
                // A box in pixels and one in parts of a page are stored differently.
                (control.draws_pages == (mark.kind() == ShapeKind::Page)).then(|| Naming {
                    from_name: control.name.clone(),
                    item_type: control.item_type.clone(),
                    labels,
                    pair: None,
                })
            }
            Some(_) => None,
            None if !self.document.kit().label_set(&label.control)?.marks(&region.shape) => None,
            // Things on videos carry their labels themselves.
            None if region.shape.moving().is_some() && !region.item_type.ends_with("labels") => Some(Naming {
                from_name: region.from_name.clone(),
                item_type: region.item_type.clone(),
                labels,
                pair: None,
            }),
            None if self.document.kit().label_set(&region.from_name).is_some() => Some(Naming {
                from_name: label.control.clone(),
                item_type: self.document.kit().label_set(&label.control)?.item_type.clone(),
                labels,
                pair: None,
            }),
            None if !region.item_type.ends_with("labels") => Some(Naming {
                from_name: region.from_name.clone(),
                item_type: region.item_type.clone(),
                labels: Vec::new(),
                pair: Some(Pair {
                    from_name: label.control.clone(),
                    labels,
                    source: mark.pair.as_ref().and_then(|pair| pair.source.clone()),
                }),
            }),
            None => None,
        }
    }

    /// The control that draws `kind` on `object` with the label at hand.
    pub(super) fn shape_control(&self, kind: ShapeKind, object: &str) -> Option<&ShapeControl> {
        let kit = self.document.kit();
        let fits = |shape: &&ShapeControl| shape.kind == kind && shape.to_names.iter().any(|name| name == object);
        // The wand and the brush may be two controls that make the same shape.
        let is_meant = |shape: &&ShapeControl| shape.wand.is_some() == (self.tool == ToolKind::Wand);
        let of_label = self.label.as_ref().and_then(|(control, _)| kit.shape(control)).filter(|s| fits(s));
        let label_is_separate = self.label().is_some_and(|label| label.kind.is_none());
        of_label
            .or_else(|| kit.shapes.iter().find(|s| fits(s) && s.joined != label_is_separate && is_meant(s)))
            .or_else(|| kit.shapes.iter().find(|shape| fits(shape) && shape.joined != label_is_separate))
            .or_else(|| kit.shapes.iter().find(fits))
    }

    /// Keeps the label at hand one that the tool can draw with, so that no region is drawn without a label.
    pub(super) fn ensure_label(&mut self) {
        let Some(kind) = self.tool.draws() else { return };
        let active = self.active.clone();
        let Some(control) = self.shape_control(kind, &active) else { return };
        let suits = |label: &LabelChoice| {
            let fits = if control.joined {
                label.control == control.name
            } else {
                label.kind.is_none() && label.to_names.contains(&active)
            };
            fits && !self.is_used_up(label)
        };
        if self.label().is_some_and(suits) {
            return;
        }
        let labels = &self.document.kit().labels;
        let first = labels.iter().find(|l| l.selected && suits(l)).or_else(|| labels.iter().find(|l| suits(l)));
        let next = first.map(|label| (label.control.clone(), label.value.clone()));
        // Where no label is left there is nothing more to draw.
        let is_over = next.is_none()
            && self.state == State::Idle
            && labels.iter().any(|label| label.control == control.name && label.most.is_some());
        self.label = next;
        if is_over {
            self.tool = ToolKind::Select;
        }
    }

    /// A region of the tool's control with the label at hand; `None` where nothing draws that shape.
    pub(super) fn new_mark(&mut self, object: &str, shape: Shape, size: Option<ImageSize>) -> Option<Mark> {
        let control = self.shape_control(ShapeKind::of(&shape), object)?.clone();
        let shape = match shape {
            Shape::KeyPoint(key) if key.width <= 0.0 => {
                let across = size.map_or(100.0, |size| size.width);
                Shape::KeyPoint(KeyPoint { width: across * control.point_width / 100.0, ..key })
            }
            other => other,
        };
        let shape = match shape.as_box().filter(|_| control.draws_pages) {
            Some(rect) => self.on_page(object, &rect, size?),
            None => shape,
        };
        let label = self.label.clone();
        let (labels, pair) = match label {
            Some((name, value)) if control.joined && name == control.name => (vec![value], None),
            Some((name, value)) if !control.joined && self.document.kit().shape(&name).is_none() => {
                (Vec::new(), Some(Pair { from_name: name, labels: vec![value], source: None }))
            }
            _ => (Vec::new(), None),
        };
        let region = Region {
            id: self.fresh_id(),
            from_name: control.name,
            to_name: object.to_owned(),
            item_type: control.item_type,
            shape,
            labels,
            size,
            source: None,
        };
        Some(Mark::new(region, pair))
    }

    /// How a region is called in lists: its labels as shown, else its kind.
    #[must_use]
    pub fn title(&self, key: RegionKey) -> String {
        self.document.mark(key).map(|mark| self.title_of(mark)).unwrap_or_default()
    }

    pub(super) fn title_of(&self, mark: &Mark) -> String {
        let shown = |value: &String| {
            self.document.kit().label_of(mark, value).map_or_else(|| value.clone(), |l| l.text.clone())
        };
        let labels: Vec<String> = mark.labels().iter().map(shown).collect();
        match &mark.region.shape {
            _ if !labels.is_empty() => labels.join(", "),
            Shape::Message(message) => speaker(&message.role),
            shape => ShapeKind::of(shape).name().to_owned(),
        }
    }

    /// The color of a region: that of its first label.
    #[must_use]
    pub fn color(&self, key: RegionKey) -> &str {
        self.document.mark(key).map_or(Self::PLAIN, |mark| self.color_of(mark))
    }

    /// For regions whose label has no color.
    pub(super) const PLAIN: &'static str = "#8b8d98";

    pub(super) fn color_of(&self, mark: &Mark) -> &str {
        let label = mark.labels().first().and_then(|value| self.document.kit().label_of(mark, value));
        label.map_or(Self::PLAIN, |label| label.color.as_str())
    }
}

/// A role as people read it.
#[must_use]
pub fn speaker(role: &str) -> String {
    let mut letters = role.trim().chars();
    letters.next().map_or_else(|| "Message".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

fn carries(mark: &Mark, label: &LabelChoice) -> bool {
    mark.label_control() == label.control && mark.labels().contains(&label.value)
}
