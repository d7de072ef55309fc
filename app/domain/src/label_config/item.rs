//! Lists of pictures, and documents: `<Image valueList="$pages">` and `<Pdf>` show several, and each picture or page is worked
//! on like an object of its own.

use serde_json::{Map, Value};

use super::{Control, LabelConfig, Object, variable};
use crate::media::pdf::MOST_PAGES;

/// Between the name of a list and the number of an entry. Interfaces hold no control characters, so no name holds it.
const NUMBERED: char = '\u{1f}';
/// Between the name of a document and the number of a page.
const PAGED: char = '\u{1e}';
/// The most pictures of a list that are shown.
pub const MOST_ITEMS: usize = 1_000;

/// What an entry of a list, counted from 0, is called among the objects of a task.
#[must_use]
pub fn item_name(list: &str, index: u64) -> String {
    format!("{list}{NUMBERED}{index}")
}

/// The list and the number of an entry; none for any other object.
#[must_use]
pub fn item_of(name: &str) -> Option<(&str, u64)> {
    let (list, index) = name.rsplit_once(NUMBERED)?;
    Some((list, index.parse().ok()?))
}

/// What a page of a document, counted from 0, is called among the objects of a task.
#[must_use]
pub fn page_name(document: &str, index: u64) -> String {
    format!("{document}{PAGED}{index}")
}

/// The document and the number of a page; none for any other object.
#[must_use]
pub fn page_of(name: &str) -> Option<(&str, u64)> {
    let (document, index) = name.rsplit_once(PAGED)?;
    Some((document, index.parse().ok()?))
}

/// What an object is an entry or a page of, and its number; none for what stands for itself.
#[must_use]
pub fn part_of(name: &str) -> Option<(&str, u64)> {
    item_of(name).or_else(|| page_of(name))
}

/// The addresses in a list, in order; one that is no text keeps its place and is empty.
#[must_use]
pub fn items(data: &Map<String, Value>, value_list: &str) -> Vec<String> {
    let found = variable::whole(value_list).and_then(|path| variable::look_up(data, path));
    let Some(Value::Array(entries)) = found else { return Vec::new() };
    let address = |entry: &Value| entry.as_str().unwrap_or_default().trim().to_owned();
    entries.iter().take(MOST_ITEMS).map(address).collect()
}

/// The addresses of the pictures that a task shows, in the order of the interface, at most `most`.
#[must_use]
pub fn pictures(config: &LabelConfig, data: &Map<String, Value>, most: usize) -> Vec<String> {
    addresses(config, "Image", data, most)
}

/// The addresses of the documents that a task shows, in the order of the interface, at most `most`.
#[must_use]
pub fn documents(config: &LabelConfig, data: &Map<String, Value>, most: usize) -> Vec<String> {
    addresses(config, "Pdf", data, most)
}

fn addresses(config: &LabelConfig, tag: &str, data: &Map<String, Value>, most: usize) -> Vec<String> {
    let objects = config.objects.iter().filter(|object| object.tag == tag);
    let addresses = objects.flat_map(|object| match object.value_list() {
        Some(list) => items(data, list),
        None => {
            let field = object.attribute("value").and_then(variable::whole);
            let address = field.and_then(|path| variable::look_up(data, path)).and_then(Value::as_str);
            address.map(|address| address.trim().to_owned()).into_iter().collect()
        }
    });
    addresses.filter(|address| !address.is_empty()).take(most).collect()
}

impl LabelConfig {
    /// Puts the entries of lists and the pages that a document may have among the objects, after the list or document itself:
    /// what takes answers about a list takes them about its entries.
    pub(super) fn add_items(&mut self, data: &Map<String, Value>) {
        let mut objects = Vec::with_capacity(self.objects.len());
        for object in std::mem::take(&mut self.objects) {
            let entries: Vec<Object> = match object.value_list() {
                Some(list) => (0..items(data, list).len() as u64)
                    .map(|index| Object { name: item_name(&object.name, index), ..object.clone() })
                    .collect(),
                // How many there are is known once the document has been opened.
                None if object.is_document() => (0..MOST_PAGES as u64)
                    .map(|index| Object { name: page_name(&object.name, index), ..object.clone() })
                    .collect(),
                None => Vec::new(),
            };
            for control in &mut self.controls {
                if control.to_names.contains(&object.name) {
                    control.to_names.extend(entries.iter().map(|entry| entry.name.clone()));
                }
            }
            objects.push(object);
            objects.extend(entries);
        }
        self.objects = objects;
    }
}

impl Control {
    /// The pictures it is asked about one by one (`perItem`), in a task's own interface: the list and their numbers. None
    /// where it is asked about the task or about regions, and for interfaces without a list.
    #[must_use]
    pub fn asked_items(&self) -> Option<(&str, Vec<u64>)> {
        let is_asked = self.flag("perItem") && !self.flag("perRegion");
        let mut entries = self.to_names.iter().filter_map(|name| item_of(name)).filter(|_| is_asked).peekable();
        let list = entries.peek()?.0;
        Some((list, entries.filter(|(of, _)| *of == list).map(|(_, index)| index).collect()))
    }
}

impl Object {
    /// Whether nobody works on it as a whole: a list of pictures or a document.
    #[must_use]
    pub fn has_parts(&self) -> bool {
        self.value_list().is_some() || self.is_document()
    }

    fn is_document(&self) -> bool {
        self.tag == "Pdf"
    }

    /// The list behind an `<Image valueList="…">`, as written.
    #[must_use]
    pub fn value_list(&self) -> Option<&str> {
        let written = |name: &str| {
            let found = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
        };
        written("valueList").filter(|_| self.tag == "Image" && written("value").is_none())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::read;
    use super::*;

    #[test]
    fn the_pictures_of_a_task_are_those_it_shows() {
        let xml = "<View><Image name='p' valueList='$pages'/><Text name='t' value='$note'/><Image name='q' value='$one'/>\
            <Image name='r' value='/demo/still.jpg'/></View>";
        let config = read(xml).unwrap();
        let data = json!({ "pages": ["/a.png", 3, "/b.png"], "one": " /c.png ", "note": "/no.png" });
        let data = data.as_object().unwrap();
        assert_eq!(pictures(&config, data, 8), ["/a.png", "/b.png", "/c.png"]);
        assert_eq!(pictures(&config, data, 2), ["/a.png", "/b.png"]);
        assert_eq!(pictures(&config, &Map::new(), 8), Vec::<String>::new());
    }

    #[test]
    fn entries_are_objects_of_the_same_controls() {
        let xml = "<View><Image name='p' valueList='$pages'/><Image name='q' value='$one'/>\
            <RectangleLabels name='b' toName='p,q'><Label value='A'/></RectangleLabels></View>";
        let data = json!({"pages": ["/a.jpg", 5], "one": "/c.jpg"});
        let config = read(xml).unwrap().for_task(data.as_object().unwrap());
        let (first, second) = (item_name("p", 0), item_name("p", 1));
        let names: Vec<&str> = config.objects.iter().map(|object| object.name.as_str()).collect();
        assert_eq!(names, ["p", &first, &second, "q"]);
        assert_eq!(config.controls[0].to_names, ["p", "q", &first, &second]);
        assert_eq!(items(data.as_object().unwrap(), "$pages"), ["/a.jpg", ""]);
    }

    #[test]
    fn what_is_asked_of_each_picture() {
        let items = |control: &str, data: Value| {
            let xml =
                format!("<View><Image name='p' valueList='$pages'/><Image name='q' value='$one'/>{control}</View>");
            let config = read(&xml).unwrap().for_task(data.as_object().unwrap());
            config.controls[0].asked_items().map(|(list, items)| (list.to_owned(), items))
        };
        let two = json!({"pages": ["/a.jpg", "/b.jpg"], "one": "/c.jpg"});
        let asks = |attributes: &str| format!("<Rating name='r' {attributes}/>");
        let both = Some(("p".to_owned(), vec![0, 1]));
        assert_eq!(items(&asks("toName='p' perItem='true'"), two.clone()), both);
        assert_eq!(items(&asks("toName='q,p' perItem='true'"), two.clone()), both);
        assert_eq!(items(&asks("toName='q' perItem='true'"), two.clone()), None);
        assert_eq!(items(&asks("toName='p'"), two.clone()), None);
        assert_eq!(items(&asks("toName='p' perItem='true' perRegion='true'"), two), None);
        assert_eq!(items(&asks("toName='p' perItem='true'"), json!({"pages": []})), None);
    }

    #[test]
    fn a_document_has_as_many_pages_as_can_be_shown() {
        let xml =
            "<View><Pdf name='d' value='$pdf'/><OcrLabels name='o' toName='d'><Label value='A'/></OcrLabels></View>";
        let config = read(xml).unwrap().for_task(&Map::new());
        assert_eq!((config.objects.len(), config.controls[0].to_names.len()), (MOST_PAGES + 1, MOST_PAGES + 1));
        let last = &config.objects[MOST_PAGES];
        assert_eq!(
            (page_of(&last.name), part_of(&last.name), item_of(&last.name)),
            (Some(("d", 99)), Some(("d", 99)), None)
        );
        assert!(config.objects[0].has_parts() && page_of("d").is_none());
    }

    #[test]
    fn names_and_numbers_come_apart_again() {
        for (name, expected) in [
            (item_name("p", 12), Some(("p", 12))),
            (item_name(&item_name("p", 1), 2), Some((item_name("p", 1).as_str(), 2))),
            ("p".to_owned(), None),
            ("p\u{1f}x".to_owned(), None),
        ] {
            assert_eq!(item_of(&name), expected, "{name:?}");
        }
    }

    #[test]
    fn a_list_has_an_end_and_what_is_none_has_no_entries() {
        let many: Vec<Value> = (0..=MOST_ITEMS).map(|n| json!(format!("/{n}.jpg"))).collect();
        for (data, expected) in
            [(json!({"l": many}), MOST_ITEMS), (json!({"l": []}), 0), (json!({"l": "/a.jpg"}), 0), (json!({}), 0)]
        {
            assert_eq!(items(data.as_object().unwrap(), "$l").len(), expected);
        }
        assert!(items(&Map::new(), "no field").is_empty());
    }
}
