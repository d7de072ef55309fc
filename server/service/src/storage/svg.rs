//! SVG without what makes it a program: scripts, handlers, foreign content and references to the outside.
//!
//! An allow-list of elements and attributes is written anew; whatever is not on it is gone. Entities and document types
//! are refused altogether.

use domain::{Error as Problem, Result};
use quick_xml::{
    Reader, Writer,
    events::{BytesEnd, BytesStart, Event},
};

/// The largest SVG.
pub const MAX_BYTES: usize = 5 << 20;
/// How deep it may be nested.
const MAX_DEPTH: usize = 200;

const ELEMENTS: [&str; 38] = [
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "textPath",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "pattern",
    "marker",
    "filter",
    "feGaussianBlur",
    "feOffset",
    "feBlend",
    "feColorMatrix",
    "feComposite",
    "feFlood",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feTurbulence",
    "feDropShadow",
    "switch",
    "view",
];

/// The same image without anything active, and its size where it names one.
///
/// # Errors
/// What is no SVG, or too deep.
pub fn sanitise(bytes: &[u8]) -> Result<(String, Option<(u32, u32)>)> {
    let text = std::str::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8"))?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut writer = Writer::new(Vec::new());
    let mut open: Vec<String> = Vec::new();
    // How many dropped elements enclose the present place.
    let mut dropped = 0_usize;
    let mut size = None;
    let mut is_svg = false;
    loop {
        let event = reader.read_event().map_err(|error| refuse(&error.to_string()))?;
        match event {
            Event::Eof => break,
            Event::Start(element) if dropped > 0 || !allowed(&element) => {
                dropped += 1;
            }
            Event::End(_) if dropped > 0 => dropped -= 1,
            Event::Start(element) => {
                if open.len() >= MAX_DEPTH {
                    return Err(refuse("it is nested too deep"));
                }
                let name = local_name(&element);
                if open.is_empty() {
                    if name != "svg" || is_svg {
                        return Err(refuse("its outermost element is not “svg”"));
                    }
                    is_svg = true;
                    size = view_size(&element);
                }
                write(&mut writer, Event::Start(clean(&element, &name)))?;
                open.push(name);
            }
            Event::Empty(element) => {
                let name = local_name(&element);
                if dropped == 0 && allowed(&element) && !open.is_empty() {
                    write(&mut writer, Event::Empty(clean(&element, &name)))?;
                }
            }
            Event::End(_) => {
                if let Some(name) = open.pop() {
                    write(&mut writer, Event::End(BytesEnd::new(name)))?;
                }
            }
            Event::Text(text) if dropped == 0 && !open.is_empty() => write(&mut writer, Event::Text(text))?,
            Event::GeneralRef(reference) if dropped == 0 && !open.is_empty() => {
                let known = ["amp", "lt", "gt", "quot", "apos"].contains(&reference.as_ref());
                if known || reference.is_char_ref() {
                    write(&mut writer, Event::GeneralRef(reference))?;
                }
            }
            Event::DocType(doctype) if doctype.contains('[') => {
                return Err(refuse("it declares entities of its own"));
            }
            // Comments, processing instructions, styles in CDATA: nothing that is needed to be seen.
            _ => {}
        }
    }
    if !is_svg || !open.is_empty() {
        return Err(refuse("it does not end"));
    }
    let clean = String::from_utf8(writer.into_inner()).map_err(|_| refuse("it is not UTF-8"))?;
    Ok((clean, size))
}

fn local_name(element: &BytesStart<'_>) -> String {
    element.local_name().as_ref().to_owned()
}

fn allowed(element: &BytesStart<'_>) -> bool {
    ELEMENTS.contains(&local_name(element).as_str())
}

/// The element with the attributes that only describe.
fn clean(element: &BytesStart<'_>, name: &str) -> BytesStart<'static> {
    let mut clean = BytesStart::new(name.to_owned());
    if name == "svg" {
        clean.push_attribute(("xmlns", "http://www.w3.org/2000/svg"));
    }
    for attribute in element.attributes().flatten() {
        let key = attribute.key.as_ref().to_owned();
        let raw = attribute.value.into_owned();
        let Ok(value) = quick_xml::escape::unescape(&raw) else { continue };
        let local = key.rsplit(':').next().unwrap_or(&key).to_ascii_lowercase();
        let is_link = local == "href";
        let is_plain = !key.contains(':') && !key.starts_with("xmlns") && !local.starts_with("on");
        if is_link && value.trim_start().starts_with('#') {
            clean.push_attribute(("href", &*value));
        } else if is_plain && !is_link && is_inert(&value) {
            clean.push_attribute((key.as_str(), &*value));
        }
    }
    clean
}

/// Whether a value names nothing outside: `url(#a)` is its own, `url(http…)` and `@import` are not.
fn is_inert(value: &str) -> bool {
    let lower: String = value.to_ascii_lowercase().split_whitespace().collect();
    let inert = !["javascript:", "data:", "@import", "expression(", "\\"].iter().any(|bad| lower.contains(bad));
    let own =
        lower.match_indices("url(").all(|(at, _)| lower[at + 4..].trim_start_matches(['"', '\'']).starts_with('#'));
    inert && own
}

fn view_size(element: &BytesStart<'_>) -> Option<(u32, u32)> {
    let attribute = |name: &str| {
        let found = element.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
        Some(found.value.into_owned())
    };
    let whole = |text: &str| {
        let number = text.trim().trim_end_matches("px").parse::<f64>().ok()?.round();
        format!("{number:.0}").parse::<u32>().ok().filter(|side| *side > 0)
    };
    let sides = || Some((whole(&attribute("width")?)?, whole(&attribute("height")?)?));
    let view_box = || {
        let text = attribute("viewBox")?;
        let numbers: Vec<&str> = text.split([' ', ',']).filter(|part| !part.is_empty()).collect();
        Some((whole(numbers.get(2)?)?, whole(numbers.get(3)?)?))
    };
    sides().or_else(view_box)
}

fn write(writer: &mut Writer<Vec<u8>>, event: Event<'_>) -> Result<()> {
    writer.write_event(event).map_err(|error| refuse(&error.to_string()))
}

fn refuse(reason: &str) -> Problem {
    Problem::invalid("file", "svg_refused", format!("This SVG cannot be used: {reason}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_picture_remains() {
        let text = r##"<?xml version="1.0"?><!-- c --><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
            width="20px" height="10" onload="alert(1)"><script>alert(1)</script><style>@import url(http://e.org)</style>
            <foreignObject><div xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="a()"/></div></foreignObject>
            <a href="javascript:alert(1)"><rect width="1"/></a><image href="http://e.org/a.png"/>
            <use xlink:href="#a"/><use href="http://e.org/#a"/><rect fill="url(#g)" width="5" style="fill:url(http://e.org/x)"/>
            <path d="M0 0" fill="URL( 'http://e.org' )"/><text>1 &lt; 2</text><animate attributeName="href" to="x"/></svg>"##;
        let (clean, size) = sanitise(text.as_bytes()).unwrap();
        assert_eq!(size, Some((20, 10)));
        for bad in ["script", "alert", "e.org", "foreign", "onload", "<a", "image", "animate", "style", "import"] {
            assert!(!clean.contains(bad), "{bad} in {clean}");
        }
        for good in ["<use href=\"#a\"/>", "<rect fill=\"url(#g)\" width=\"5\"/>", "1 &lt; 2", "<path d=\"M0 0\"/>"] {
            assert!(clean.contains(good), "{good} in {clean}");
        }
        assert_eq!(sanitise(clean.as_bytes()).unwrap().0, clean);
    }

    #[test]
    fn what_is_no_svg_is_refused() {
        let deep = format!("<svg>{}{}</svg>", "<g>".repeat(300), "</g>".repeat(300));
        for text in ["<html/>", "<svg><g></svg>", "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg/>", "<svg", "", &deep] {
            assert_eq!(sanitise(text.as_bytes()).unwrap_err().code, "svg_refused", "{text}");
        }
    }
}
