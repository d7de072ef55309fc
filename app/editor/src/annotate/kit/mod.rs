//! What a labeling interface offers: labels with colors and keys, shapes to draw, questions to answer.
//!
//! [`Kit::add`] is the only place that knows which control does what: it draws ([`shape`]), gives labels ([`label`]) or
//! asks ([`question`]). Which objects can be worked on is [`ObjectKind::of_tag`]'s.

mod image;
mod label;
mod object;
mod question;
mod relation;
mod shape;

use domain::label_config::{Control, LabelConfig, Object, part_of};
use domain::ml::Smart;
use domain::region::Granularity;

use super::tool::ToolKind;
use crate::input::Key;
use crate::keymap::{Keymap, label_name};

pub use image::{ImageRules, SheetRules};
pub use label::{LabelChoice, LabelSet};
pub use object::ObjectKind;
pub use question::{ChoiceEntry, Question};
pub use relation::{RelationKit, RelationLabel};
pub use shape::{ShapeControl, ShapeKind, VectorRules};

/// Keys given to labels and choices that name none, in order; tools and commands use none of them.
const AUTOMATIC_KEYS: &str = "1234567890qwtysdfgjlzxc";

/// Everything the editor needs of a [`LabelConfig`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kit {
    /// Objects that can be worked on, in document order.
    pub objects: Vec<(String, ObjectKind)>,
    /// What selections in texts take with them, by name; characters where nothing is said.
    pub granularities: Vec<(String, Granularity)>,
    /// How images want to be looked at, by name.
    pub images: Vec<(String, ImageRules)>,
    /// How pages of documents want to be looked at, where that is written.
    pub sheets: Vec<(String, SheetRules)>,
    /// Controls that draw.
    pub shapes: Vec<ShapeControl>,
    /// Controls that only give labels.
    pub label_sets: Vec<LabelSet>,
    /// Labels in document order.
    pub labels: Vec<LabelChoice>,
    /// Controls answered beside the regions, or about one of them.
    pub questions: Vec<Question>,
    /// What relations may be labeled with.
    pub relations: RelationKit,
    /// The keys that labels and choices came with, in order.
    given_keys: Vec<Option<char>>,
}

/// A label or choice among the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// What it is called there: with its control.
    pub name: String,
    /// What is shown.
    pub text: String,
    /// The key that picks it.
    pub key: Option<char>,
}

/// A color that is safe to hand to CSS and canvas: letters, digits and what colors are written with.
#[must_use]
pub fn safe_color(written: &str) -> Option<String> {
    let written = written.trim();
    let safe = !written.is_empty()
        && written.len() <= 64
        && written.chars().all(|c| c.is_ascii_alphanumeric() || "#(),.% -/".contains(c))
        && !written.to_ascii_lowercase().contains("url");
    safe.then(|| written.to_owned())
}

impl Kit {
    /// Reads the interface.
    #[must_use]
    pub fn new(config: &LabelConfig) -> Self {
        let known = |object: &Object| Some((object.name.clone(), ObjectKind::of_tag(&object.tag)?));
        let is_part = |object: &Object| part_of(&object.name).is_some();
        // Nobody works on a list or a document, but on its pictures and pages.
        let objects = || config.objects.iter().filter(|object| !object.has_parts() || is_part(object));
        let mut kit = Self {
            objects: objects().filter_map(known).collect(),
            relations: RelationKit::of(config),
            ..Self::default()
        };
        let images = objects().filter(|object| ObjectKind::of_tag(&object.tag) == Some(ObjectKind::Image));
        kit.images = images.map(|object| (object.name.clone(), ImageRules::of(object))).collect();
        let sheets = objects().filter(|object| ObjectKind::of_tag(&object.tag) == Some(ObjectKind::Sheet));
        kit.sheets = sheets.filter_map(|object| Some((object.name.clone(), SheetRules::of(object)?))).collect();
        let written = |object: &Object| {
            let found = object.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case("granularity"))?;
            Some((object.name.clone(), Granularity::from_name(&found.1)))
        };
        kit.granularities = objects().filter_map(written).collect();
        for control in &config.controls {
            kit.add(control);
        }
        kit.give_keys();
        kit
    }

    fn add(&mut self, control: &Control) {
        let mut kinds = control.to_names.iter().filter_map(|name| self.object(name));
        // What labels pieces of texts and sounds draws boxes where there is nothing but pages.
        let is_drawn = control.tag != "Labels" || kinds.clone().all(|kind| kind == ObjectKind::Sheet);
        if let Some(shape) = ShapeControl::of(control).filter(|_| is_drawn) {
            let is_on = |kind: ObjectKind| match shape.kind {
                ShapeKind::Track | ShapeKind::MovingVector => kind == ObjectKind::Video,
                ShapeKind::Message => kind == ObjectKind::Chat,
                _ => kind.is_canvas(),
            };
            if !kinds.any(is_on) {
                return;
            }
            if shape.joined {
                label::add(&mut self.labels, control, Some(shape.kind));
            }
            self.shapes.push(shape);
        } else if let Some(set) = LabelSet::of(control) {
            if kinds.next().is_some() {
                label::add(&mut self.labels, control, None);
                self.label_sets.push(set);
            }
        } else {
            self.questions.extend(Question::of(control));
        }
    }

    /// Keys people wrote come first; the rest are given in order as far as they last. A key is given once.
    fn give_keys(&mut self) {
        let mut slots = self.key_slots();
        let mut taken: Vec<char> = Vec::new();
        for slot in &mut slots {
            match **slot {
                Some(key) if taken.contains(&key) => **slot = None,
                Some(key) => taken.push(key),
                None => {}
            }
        }
        let mut free = AUTOMATIC_KEYS.chars().filter(|key| !taken.contains(key));
        for slot in slots.into_iter().filter(|slot| slot.is_none()) {
            *slot = free.next();
        }
        self.given_keys = self.key_slots().into_iter().map(|slot| *slot).collect();
    }

    fn key_slots(&mut self) -> Vec<&mut Option<char>> {
        let labels = self.labels.iter_mut().map(|label| &mut label.key);
        let choices = self.questions.iter_mut().flat_map(|q| q.choices.iter_mut().map(|choice| &mut choice.key));
        labels.chain(choices).collect()
    }

    /// Labels and choices with their keys, in the order of the interface.
    #[must_use]
    pub fn keyed(&self) -> Vec<Keyed> {
        let labels = self.labels.iter().map(|label| Keyed {
            name: label_name(&label.control, std::slice::from_ref(&label.value)),
            text: label.text.clone(),
            key: label.key,
        });
        let choices = self.questions.iter().flat_map(|question| {
            question.choices.iter().map(|choice| Keyed {
                name: label_name(&question.name, &choice.path),
                text: choice.text.clone(),
                key: choice.key,
            })
        });
        labels.chain(choices).collect()
    }

    /// The key of the label or choice that stands there in [`Kit::keyed`].
    #[must_use]
    pub fn key_at(&self, at: usize) -> Option<char> {
        match at.checked_sub(self.labels.len()) {
            None => self.labels.get(at)?.key,
            Some(at) => self.questions.iter().flat_map(|question| &question.choices).nth(at)?.key,
        }
    }

    /// The person's own keys for labels and choices. One that they put on a key takes it from whichever came with it.
    pub(crate) fn put_own_keys(&mut self, keymap: &Keymap) {
        let own: Vec<Option<Option<char>>> = self.keyed().iter().map(|keyed| keymap.of_label(&keyed.name)).collect();
        let taken: Vec<char> = own.iter().copied().flatten().flatten().collect();
        let given = std::mem::take(&mut self.given_keys);
        for ((slot, own), given) in self.key_slots().into_iter().zip(own).zip(&given) {
            *slot = own.unwrap_or_else(|| given.filter(|key| !taken.contains(key)));
        }
        self.given_keys = given;
    }

    /// What a key picks: a label or a choice, as people see it.
    #[must_use]
    pub fn on_key(&self, key: Key) -> Option<String> {
        let Key::Char(key) = key else { return None };
        let label = self.labels.iter().find(|label| label.key == Some(key)).map(|label| label.value.clone());
        let mut choices = self.questions.iter().flat_map(|question| &question.choices);
        label.or_else(|| choices.find(|choice| choice.key == Some(key))?.path.last().cloned())
    }

    /// The label of a control by what it stores.
    #[must_use]
    pub fn label(&self, control: &str, value: &str) -> Option<&LabelChoice> {
        self.labels.iter().find(|label| label.control == control && label.value == value)
    }

    /// The label a region shows: its own control's, else one of a set that gives labels to its object.
    #[must_use]
    pub fn label_of(&self, mark: &super::document::Mark, value: &str) -> Option<&LabelChoice> {
        let of_object = |label: &&LabelChoice| {
            label.kind.is_none() && label.value == value && label.to_names.contains(&mark.region.to_name)
        };
        self.label(mark.label_control(), value).or_else(|| self.labels.iter().find(of_object))
    }

    /// The control that draws, by name.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&ShapeControl> {
        self.shapes.iter().find(|shape| shape.name == name)
    }

    /// The control that only gives labels, by name.
    #[must_use]
    pub fn label_set(&self, name: &str) -> Option<&LabelSet> {
        self.label_sets.iter().find(|set| set.name == name)
    }

    /// What kind of object carries that name; `None` for one that can only be looked at.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<ObjectKind> {
        self.objects.iter().find(|(known, _)| known == name).map(|(_, kind)| *kind)
    }

    /// What a selection in the text of that name takes with it.
    #[must_use]
    pub fn granularity(&self, name: &str) -> Granularity {
        self.granularities.iter().find(|(known, _)| known == name).map(|(_, found)| *found).unwrap_or_default()
    }

    /// How the image of that name wants to be looked at.
    #[must_use]
    pub fn image(&self, name: &str) -> Option<&ImageRules> {
        self.images.iter().find(|(known, _)| known == name).map(|(_, rules)| rules)
    }

    /// How the page of that name wants to be looked at, where that is written.
    #[must_use]
    pub fn sheet(&self, name: &str) -> Option<SheetRules> {
        self.sheets.iter().find(|(known, _)| known == name).map(|(_, rules)| *rules)
    }

    /// The objects that are drawn on.
    pub fn canvases(&self) -> impl Iterator<Item = &str> {
        self.objects.iter().filter(|(_, kind)| kind.is_canvas()).map(|(name, _)| name.as_str())
    }

    /// The question of that name.
    #[must_use]
    pub fn question(&self, name: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.name == name)
    }

    /// Whether the interface has a use for a tool.
    #[must_use]
    pub fn offers(&self, tool: ToolKind) -> bool {
        match tool {
            ToolKind::Select | ToolKind::Pan => true,
            ToolKind::Draw(kind) => self.draws(kind),
            ToolKind::Turned => self.draws_turned(),
            ToolKind::Eraser => self.draws(ShapeKind::Mask),
            ToolKind::Wand => self.has_wand(),
        }
    }

    /// Whether boxes may be drawn turned.
    #[must_use]
    pub fn draws_turned(&self) -> bool {
        self.shapes.iter().any(|shape| shape.kind == ShapeKind::Rect && shape.can_rotate)
    }

    /// Whether areas are picked by color.
    #[must_use]
    pub fn has_wand(&self) -> bool {
        self.shapes.iter().any(|shape| shape.wand.is_some())
    }

    /// Whether a drawing can be a question to a model.
    #[must_use]
    pub fn asks_models(&self) -> bool {
        self.smart_shapes().next().is_some()
    }

    /// The controls whose drawings on a canvas can be questions to a model.
    pub(crate) fn smart_shapes(&self) -> impl Iterator<Item = &ShapeControl> {
        let is_canvas = |name: &String| self.object(name).is_some_and(ObjectKind::is_canvas);
        self.shapes.iter().filter(move |shape| shape.smart != Smart::No && shape.to_names.iter().any(is_canvas))
    }

    /// Whether anything can draw `kind`.
    #[must_use]
    pub fn draws(&self, kind: ShapeKind) -> bool {
        self.shapes.iter().any(|shape| shape.kind == kind)
    }
}

/// A hotkey of one character; longer combinations are not offered.
fn single_key(written: &str) -> Option<char> {
    let mut chars = written.trim().chars();
    let key = chars.next()?.to_lowercase().next()?;
    chars.next().is_none().then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::config;

    #[test]
    fn keys_are_given_once_and_written_ones_first() {
        let kit = Kit::new(&config::boxes_and_choices());
        let keys: Vec<_> = kit.labels.iter().map(|label| (label.value.as_str(), label.key)).collect();
        let written: String = keys.iter().filter_map(|(_, key)| *key).collect();
        assert_eq!((keys.len(), written.as_str()), (6, "1w2389"));
        assert_eq!(keys[1], ("Dog", Some('w')));
        let choice_keys: Vec<_> = kit.questions[0].choices.iter().map(|c| c.key).collect();
        assert_eq!(choice_keys, [Some('4'), Some('5'), Some('6')]);
    }

    #[test]
    fn own_keys_take_the_place_of_those_that_came() {
        let given = Kit::new(&config::boxes_and_choices());
        let names: Vec<String> = given.keyed().into_iter().map(|keyed| keyed.name).collect();
        assert_eq!((names[0].as_str(), names[6].as_str()), ("box: Cat", "weather: Good"));
        let keys = |kit: &Kit| kit.keyed().iter().map(|keyed| keyed.key.unwrap_or('-')).collect::<String>();
        let before = keys(&given);
        let mut keymap = Keymap::default();
        keymap.put_label("weather: Good", Some('1'));
        keymap.put_label("box: Dog", None);
        keymap.put_label("elsewhere: Tree", Some('2'));
        let mut kit = given.clone();
        kit.put_own_keys(&keymap);
        assert_eq!(keys(&kit), before.replacen('w', "-", 1).replacen('1', "-", 1).replacen('4', "1", 1));
        assert_eq!(Keymap::new(&keymap.to_stored()), keymap);
        kit.put_own_keys(&Keymap::default());
        assert_eq!(kit, given);
    }

    #[test]
    fn colors_cannot_carry_anything_else() {
        assert_eq!(safe_color(" #ff0 "), Some("#ff0".to_owned()));
        assert_eq!(safe_color("rgba(1, 2, 3, .5)"), Some("rgba(1, 2, 3, .5)".to_owned()));
        assert_eq!(safe_color("red; background: x"), None);
        assert_eq!(safe_color("url(http)"), None);
        assert_eq!(safe_color(""), None);
    }
}
