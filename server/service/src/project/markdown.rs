//! Markdown that people wrote, as HTML that cannot do harm.

use std::collections::HashSet;

use pulldown_cmark::{Options, Parser, html};

/// What instructions may be made of. No scripts, styles, forms or frames; images only from this server or the web.
const TAGS: [&str; 29] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
];

/// `markdown` as safe HTML.
#[must_use]
pub fn to_html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut unsafe_html = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut unsafe_html, Parser::new_ext(markdown, options));
    let mut tags: HashSet<&str> = TAGS.into_iter().collect();
    tags.extend(["tr", "ul"]);
    ammonia::Builder::empty()
        .tags(tags)
        .add_tag_attributes("a", &["href", "title"])
        .add_tag_attributes("img", &["src", "alt", "title"])
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        .link_rel(Some("noopener noreferrer nofollow"))
        .clean(&unsafe_html)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn keeps_what_explains_and_drops_what_acts() {
        let html = to_html("# Draw *tightly*\n\n- [x] see <https://example.com>\n\n| a | b |\n|---|---|\n| 1 | 2 |");
        for part in ["<h1>Draw <em>tightly</em></h1>", "https://example.com", "<td>1</td>", "<li>"] {
            assert!(html.contains(part), "{html}");
        }
        let evil = "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[a](javascript:alert(1))\n\n\
            <iframe src=//x></iframe>\n\n<p style='position:fixed'>";
        let html = to_html(evil);
        for part in ["script", "onerror", "javascript", "iframe", "style"] {
            assert!(!html.contains(part), "{part} in {html}");
        }
    }
}
