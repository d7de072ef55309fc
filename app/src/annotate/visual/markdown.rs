//! `<Markdown>`: text of the interface's author or of the task, laid out.
//!
//! HTML in it is shown as it is written, addresses are those that pages may load or lead to, and links open in a tab of
//! their own, so that nobody loses their place.

use domain::label_config::{Element, Node};
use leptos::prelude::*;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use crate::annotate::bench::Bench;
use crate::annotate::safe::{own_classes, own_id, safe_address, safe_style};
use crate::later::late;

// Few interfaces explain themselves at length, and what reads Markdown is large.
late! {
    rare: fn laid_out(text: String) -> String {
        to_html(&text)
    }
}

pub(super) fn view(bench: Bench, element: &Element) -> AnyView {
    let text = match element.attribute("value").filter(|value| !value.is_empty()) {
        Some(value) => bench.text_of(value),
        None => {
            let inside = element.children.iter();
            let inside = inside.filter_map(|node| if let Node::Text(text) = node { Some(text.as_str()) } else { None });
            unindented(&inside.collect::<String>())
        }
    };
    let get = |name: &str| element.attribute(name).unwrap_or_default();
    let mut class = "prose presented-markdown".to_owned();
    for own in own_classes(get("className")) {
        class.push(' ');
        class.push_str(&own);
    }
    let (style, id) = (safe_style(get("style")), own_id(get("idAttr")));
    let html = laid_out(text);
    let html = move || html.get().unwrap_or_default();
    view! { <div class=class id=id style=style dir="auto" inner_html=html></div> }.into_any()
}

/// The text without what its lines begin with, the first one aside, which stands behind the tag: inside of an interface
/// everything is indented, and that would be code.
fn unindented(text: &str) -> String {
    let width = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_written = |line: &&str| !line.trim().is_empty();
    let common = text.lines().skip(1).filter(is_written).map(|line| width(&line)).min().unwrap_or(0);
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().trim_start();
    std::iter::once(first)
        .chain(lines.map(|line| line.get(common..).unwrap_or_default()))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Markdown as HTML in which nothing is that was not made here.
fn to_html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(Tag::Link { dest_url, .. }) => Event::InlineHtml(link(&dest_url)),
        Event::End(TagEnd::Link) => Event::InlineHtml(CowStr::Borrowed("</a>")),
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Image { link_type, dest_url: safe_address(&dest_url).into(), title, id })
        }
        other => other,
    });
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut out, events);
    out
}

fn link(address: &str) -> CowStr<'static> {
    let lower = address.trim().to_ascii_lowercase();
    let is_safe = ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme));
    if !is_safe {
        return CowStr::Borrowed("<a>");
    }
    let escaped = address.trim().replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<a href=\"{escaped}\" target=\"_blank\" rel=\"noopener noreferrer\">").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_is_laid_out() {
        let html = to_html("# Rules\n\nMark **all** of ~~it~~.\n\n| a | b |\n|---|---|\n| 1 | 2 |");
        for part in ["<h1>Rules</h1>", "<strong>all</strong>", "<del>it</del>", "<td>2</td>"] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn nothing_of_others_becomes_html() {
        let table = [
            ("<script>x()</script>", "<script", false),
            ("a <img src=x onerror=x()> b", "<img", false),
            ("<b onclick=x()>c</b>", "<b", false),
            ("[a](javascript:x())", "javascript", false),
            ("[a](/projects)", "href", false),
            ("![a](javascript:x())", "javascript", false),
            ("[a](https://a.test/?q=%22&b \"t\")", "<a href=\"https://a.test/?q=%22&amp;b\" target=\"_blank\"", true),
            ("<https://a.test/\"onclick=x>", "href=\"https://a.test/\"onclick", false),
            ("![a](/demo/a.jpg)", "<img src=\"/demo/a.jpg\"", true),
        ];
        for (markdown, part, is_there) in table {
            let html = to_html(markdown);
            assert_eq!(html.contains(part), is_there, "{markdown} gives {html}");
        }
    }

    #[test]
    fn what_is_indented_with_its_interface_is_no_code() {
        assert_eq!(unindented("\n    # A\n\n      - b\n    c\n  "), "\n# A\n\n  - b\nc\n");
        assert!(to_html(&unindented("\n      # A\n      b")).contains("<h1>A</h1>"));
        assert_eq!(unindented("a\n   b\n  c"), "a\n b\nc");
        assert_eq!(unindented(""), "");
    }
}
