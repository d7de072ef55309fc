//! The labeling interface a project shows, written in Label Studio's XML tags.
//!
//! [`parse`] turns the text into a [`LabelConfig`]: the tree as written (nothing is dropped, unknown tags and
//! attributes included) and, drawn from it, the objects people look at and the controls they answer with. All
//! problems are reported at once, each with its line and column.
//!
//! Reading takes time linear in the size of the text, never recurses deeper than [`MAX_DEPTH`] and never panics,
//! whatever is written.

mod assemble;
mod attribute;
mod check;
mod dynamic;
mod encoding;
mod item;
mod parsed;
mod problem;
mod repeat;
mod style;
mod sync;
mod tag;
mod task;
mod variable;
mod xml;

use serde::{Deserialize, Serialize};

pub use attribute::{Attribute, Expects, is_color};
pub use dynamic::MOST_OPTIONS;
pub(crate) use dynamic::{BEGINS_WITH, GIVEN_MESSAGES};
pub use encoding::decode;
pub use item::{MOST_ITEMS, documents, item_name, item_of, items, page_name, page_of, part_of, pictures};
pub use parsed::hash;
pub use problem::{MAX_PROBLEMS, Problem, Severity};
pub use style::{MAX_RULES, scoped};
pub use tag::{FieldType, Role, TAGS, Tag, find as find_tag};
pub use task::{Field, TaskProblem, check_task};
pub use variable::look_up;
pub use xml::{MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS};

/// What stands for the number of the repetition inside a `<Repeater>`.
pub const INDEX_FLAG: &str = "{{idx}}";

/// What [`parse`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parsed {
    /// The interface, where the text is well-formed XML; it may still have problems.
    pub config: Option<LabelConfig>,
    /// Everything that is wrong, in the order of the text.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// The problems that must be mended.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error)
    }

    /// The interface, if nothing must be mended; otherwise all problems.
    ///
    /// # Errors
    /// When at least one problem is an [`Severity::Error`].
    pub fn into_valid(self) -> Result<LabelConfig, Vec<Problem>> {
        match self.config {
            Some(config) if self.problems.iter().all(|problem| problem.severity == Severity::Warning) => Ok(config),
            _ => Err(self.problems),
        }
    }
}

/// The interface as far as it can be understood, for those who work with it rather than write it; none where the text is no
/// well-formed XML. What is wrong with it says [`parse`].
#[must_use]
pub fn read(xml: &str) -> Option<LabelConfig> {
    let document = xml::read(xml, &mut problem::Problems::default());
    if document.broken { None } else { assemble::assemble(&document, xml) }
}

/// Reads a labeling interface and finds everything that is wrong with it.
#[must_use]
pub fn parse(xml: &str) -> Parsed {
    let mut problems = problem::Problems::default();
    let document = xml::read(xml, &mut problems);
    if document.broken {
        debug_assert!(problems.has_errors(), "a broken document says why");
        return Parsed { config: None, problems: problems.locate(xml) };
    }
    check::check(&document, &mut problems);
    Parsed { config: assemble::assemble(&document, xml), problems: problems.locate(xml) }
}

/// A parsed labeling interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelConfig {
    /// The outermost `<View>`, as written.
    pub root: Element,
    /// What is shown, in document order.
    pub objects: Vec<Object>,
    /// What is asked, in document order.
    pub controls: Vec<Control>,
}

/// One XML element with everything written in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// The tag in its canonical spelling where it is known, else as written.
    pub tag: String,
    /// The attributes in order.
    pub attributes: Vec<(String, String)>,
    /// Elements and text inside.
    pub children: Vec<Node>,
    /// Where the element begins.
    pub at: Position,
}

/// Something inside an element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// A nested element.
    Element(Element),
    /// Text, unescaped.
    Text(String),
}

/// A place in the text, both counted from 1; columns are characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Something shown to the annotator: an image, a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Unique among objects and controls.
    pub name: String,
    /// The tag, such as `Image`, in its canonical spelling.
    pub tag: String,
    /// The task field behind `value="$field"`; `None` where the value is literal or absent.
    pub field: Option<String>,
    /// The attributes as written.
    pub attributes: Vec<(String, String)>,
}

/// Something the annotator answers with: boxes, choices, a rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Unique among objects and controls.
    pub name: String,
    /// The tag, such as `RectangleLabels`, in its canonical spelling.
    pub tag: String,
    /// The objects it applies to.
    pub to_names: Vec<String>,
    /// The labels or choices on offer, nested where the tag nests.
    pub labels: Vec<Label>,
    /// The attributes as written.
    pub attributes: Vec<(String, String)>,
}

/// One label or choice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What is stored in results.
    pub value: String,
    /// What is stored instead of `value` where given.
    pub alias: Option<String>,
    /// CSS color, as written.
    pub background: Option<String>,
    /// The key that picks it, as written.
    pub hotkey: Option<String>,
    /// Shown beside it.
    pub hint: Option<String>,
    /// Picked at the start.
    pub selected: bool,
    /// The COCO category id, where given.
    pub category: Option<i64>,
    /// The most regions it may be given to, where limited.
    #[serde(default)]
    pub max_usages: Option<usize>,
    /// What a selection that gets it takes with it, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granularity: Option<String>,
    /// Nested choices.
    pub children: Vec<Label>,
}

impl LabelConfig {
    /// The control called `name`.
    #[must_use]
    pub fn control(&self, name: &str) -> Option<&Control> {
        self.controls.iter().find(|control| control.name == name)
    }

    /// The object called `name`.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.name == name)
    }

    /// The kinds of relation on offer, from every `<Relations>`.
    #[must_use]
    pub fn relations(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![&self.root];
        while let Some(element) = open.pop() {
            if element.tag == "Relation" {
                found.extend(element.attribute("value").map(str::to_owned));
            }
            open.extend(element.elements().rev());
        }
        found
    }
}

impl Element {
    /// The value of the attribute called `name`, in whatever spelling.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        attribute_of(&self.attributes, name)
    }

    /// The elements directly inside.
    pub fn elements(&self) -> impl DoubleEndedIterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }
}

impl Object {
    /// The value of the attribute called `name`, in whatever spelling.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        attribute_of(&self.attributes, name)
    }
}

/// The name of a control, or of what is like one, as a caption.
#[must_use]
pub fn caption(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.trim().chars();
    letters.next().map_or_else(|| name.to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

impl Control {
    /// Its name as a caption: names are written for programs, with a line or a dash where people see a space.
    #[must_use]
    pub fn caption(&self) -> String {
        caption(&self.name)
    }

    /// The value of the attribute called `name`, in whatever spelling.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        attribute_of(&self.attributes, name)
    }

    /// True where the attribute called `name` says `true` or `1`.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.attribute(name).is_some_and(|value| value.trim().eq_ignore_ascii_case("true") || value.trim() == "1")
    }

    /// The task field its labels or choices come from (`value="$field"`).
    #[must_use]
    pub fn dynamic_field(&self) -> Option<&str> {
        tag::find(&self.tag)?.part?;
        variable::whole(self.attribute("value")?)
    }
}

impl Label {
    /// What results carry: the alias where there is one.
    #[must_use]
    pub fn stored(&self) -> &str {
        self.alias.as_deref().filter(|alias| !alias.trim().is_empty()).unwrap_or(&self.value)
    }

    /// The color, where it is one and nothing else: safe to put into a style.
    #[must_use]
    pub fn color(&self) -> Option<&str> {
        self.background.as_deref().map(str::trim).filter(|color| is_color(color))
    }
}

fn attribute_of<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(written, _)| written.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests;
