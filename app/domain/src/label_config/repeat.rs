//! `<Repeater>`: what is inside of it, once for each entry of a list the task holds.
//!
//! The interface of a task is written out in full and read again, so that whatever is repeated is an object or a control
//! like any other, with the number of its entry in its name.

use serde_json::{Map, Value};

use super::{Element, INDEX_FLAG, LabelConfig, Node, read, variable, xml};

impl LabelConfig {
    /// Whether anything is repeated.
    #[must_use]
    pub fn repeats(&self) -> bool {
        any(&self.root, &mut |element| element.tag == "Repeater")
    }

    /// Whether a name is one that a `<Repeater>` has still to give a number to: nobody can answer there.
    #[must_use]
    pub fn is_repeated(&self, name: &str) -> bool {
        any(&self.root, &mut |element| {
            element.tag == "Repeater" && name.contains(element.attribute("indexFlag").unwrap_or(INDEX_FLAG))
        })
    }

    /// The interface with everything written out that is repeated over what the task holds. One that would become larger
    /// than an interface may be stays as it is.
    pub(super) fn written_out(&self, data: &Map<String, Value>) -> Self {
        if !self.repeats() {
            return self.clone();
        }
        let mut text = String::new();
        let fits = write(&self.root, &[], data, &mut text);
        let config = if fits { read(&text) } else { None };
        config.unwrap_or_else(|| self.clone())
    }
}

fn any(element: &Element, is: &mut impl FnMut(&Element) -> bool) -> bool {
    // Depth is limited by the reader.
    is(element) || element.elements().any(|inner| any(inner, is))
}

/// What stands for a number, and the number.
type Flag<'e> = (&'e str, String);

/// Writes an element as XML; false where the text has become too long.
fn write(element: &Element, flags: &[Flag<'_>], data: &Map<String, Value>, out: &mut String) -> bool {
    let filled = |text: &str| flags.iter().fold(text.to_owned(), |text, (flag, number)| text.replace(flag, number));
    out.push('<');
    out.push_str(&element.tag);
    for (name, value) in &element.attributes {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escape(&filled(value), out);
        out.push('"');
    }
    out.push('>');
    let inside = |flags: &[Flag<'_>], out: &mut String| {
        element.children.iter().all(|child| match child {
            Node::Element(inner) => write(inner, flags, data, out),
            Node::Text(text) => {
                let filled = flags.iter().fold(text.clone(), |text, (flag, number)| text.replace(flag, number));
                escape(&filled, out);
                true
            }
        })
    };
    let fits = match element.tag.as_str() {
        "Repeater" => {
            let on = filled(element.attribute("on").unwrap_or_default());
            let entries = variable::whole(&on).and_then(|path| variable::look_up(data, path)).and_then(Value::as_array);
            let flag = element.attribute("indexFlag").filter(|flag| !flag.is_empty()).unwrap_or(INDEX_FLAG);
            (0..entries.map_or(0, Vec::len)).all(|number| {
                let flags: Vec<Flag<'_>> = flags.iter().cloned().chain([(flag, number.to_string())]).collect();
                out.push_str("<View>");
                let fits = inside(&flags, out);
                out.push_str("</View>");
                fits && out.len() <= xml::MAX_BYTES
            })
        }
        _ => inside(flags, out),
    };
    out.push_str("</");
    out.push_str(&element.tag);
    out.push('>');
    fits && out.len() <= xml::MAX_BYTES
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Inside of an attribute they would be read as spaces.
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const XML: &str = r#"<View><Header value="A &quot;quote&quot; &amp; more"/>
        <Repeater on="$pages" mode="list">
          <Text name="page_{{idx}}" value="$pages[{{idx}}].text"/>
          <Choices name="kind_{{idx}}" toName="page_{{idx}}" required="true"><Choice value="A"/><Choice value="B{{idx}}"/></Choices>
          <Repeater on="$pages[{{idx}}].parts" indexFlag="[[p]]">
            <TextArea name="note_{{idx}}_[[p]]" toName="page_{{idx}}" placeholder="a&#10;b"/>
          </Repeater>
        </Repeater></View>"#;

    fn for_task(data: Value) -> LabelConfig {
        let Value::Object(data) = data else { unreachable!() };
        read(XML).unwrap().for_task(&data)
    }

    #[test]
    fn what_is_inside_is_there_for_each_entry() {
        let config = for_task(json!({"pages": [{"text": "one", "parts": [1, 2]}, {"text": "two"}]}));
        let objects: Vec<_> = config.objects.iter().map(|o| (o.name.as_str(), o.field.as_deref().unwrap())).collect();
        assert_eq!(objects, [("page_0", "pages[0].text"), ("page_1", "pages[1].text")]);
        let controls: Vec<_> = config.controls.iter().map(|c| (c.name.as_str(), c.to_names.join(","))).collect();
        let expected = [("kind_0", "page_0"), ("note_0_0", "page_0"), ("note_0_1", "page_0"), ("kind_1", "page_1")];
        assert_eq!(controls, expected.map(|(name, to)| (name, to.to_owned())));
        assert_eq!(config.controls[0].labels[1].value, "B0");
        assert_eq!(config.controls[1].attribute("placeholder"), Some("a\nb"));
        let header = config.root.elements().next().unwrap();
        assert_eq!(header.attribute("value"), Some("A \"quote\" & more"));
    }

    #[test]
    fn without_entries_there_is_nothing() {
        for data in [json!({}), json!({"pages": []}), json!({"pages": "x"})] {
            let config = for_task(data);
            assert_eq!((config.objects.len(), config.controls.len()), (0, 0));
        }
    }

    #[test]
    fn more_than_an_interface_may_be_stays_as_it_is() {
        let many: Vec<Value> = (0..200_000).map(|_| json!({"text": "x"})).collect();
        assert!(for_task(json!({"pages": many})).repeats());
        assert_eq!(for_task(json!({"pages": [{}]})).controls.len(), 1);
    }

    #[test]
    fn what_has_no_number_yet_is_required_of_nobody() {
        let config = read(XML).unwrap();
        assert!(config.is_repeated("kind_{{idx}}") && config.is_repeated("x[[p]]") && !config.is_repeated("kind_0"));
        assert_eq!(crate::annotation::problems(&config, &[]), []);
        let config = for_task(json!({"pages": [{"text": "one"}]}));
        let problems = crate::annotation::problems(&config, &[]);
        assert_eq!(problems[0].field.as_deref(), Some("kind_0"));
    }
}
