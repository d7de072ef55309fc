//! What people write into an interface or a task, made harmless: styles that only arrange, addresses that only load.

use domain::cloud::ObjectAddress;

/// Properties that arrange and color; none that load, cover the page or run.
const SAFE_PROPERTIES: [&str; 44] = [
    "align-content",
    "align-items",
    "align-self",
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-top",
    "color",
    "column-gap",
    "columns",
    "display",
    "flex",
    "flex-basis",
    "flex-direction",
    "flex-grow",
    "flex-shrink",
    "flex-wrap",
    "font-size",
    "font-style",
    "font-weight",
    "gap",
    "grid-template-columns",
    "height",
    "justify-content",
    "line-height",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "overflow",
    "padding",
    "row-gap",
    "text-align",
    "text-decoration",
    "width",
];

/// The harmless part of a written style.
pub(super) fn safe_style(written: &str) -> Option<String> {
    let kept: Vec<String> = written
        .split(';')
        .filter_map(|rule| {
            let (property, value) = rule.split_once(':')?;
            let (property, value) = (property.trim().to_ascii_lowercase(), value.trim());
            let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || " #%.,()-+/*!".contains(c));
            let lower = value.to_ascii_lowercase();
            let loads = ["url", "image", "expression", "attr", "element"].iter().any(|word| lower.contains(word));
            (SAFE_PROPERTIES.contains(&property.as_str()) && plain && !loads && value.len() <= 200)
                .then(|| format!("{property}: {value}"))
        })
        .collect();
    (!kept.is_empty()).then(|| kept.join("; "))
}

/// An address that a picture, a sound or a film may come from; empty for any other.
pub(super) fn safe_address(written: &str) -> String {
    let written = written.trim();
    let lower = written.to_ascii_lowercase();
    let has_scheme = lower.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
    let allowed = ["http://", "https://", "data:image/", "data:audio/", "data:video/", "blob:"];
    // What lies in a storage is loaded through this server; by itself no browser knows such an address.
    let is_object = ObjectAddress::is_one(written);
    if !has_scheme || is_object || allowed.iter().any(|scheme| lower.starts_with(scheme)) {
        written.to_owned()
    } else {
        String::new()
    }
}

/// Classes of an interface's author, kept apart from those of the page: `card` becomes `own-card`.
pub(super) fn own_classes(written: &str) -> Vec<String> {
    written.split_whitespace().filter_map(own_id).take(20).collect()
}

/// The same for one name.
pub(super) fn own_id(written: &str) -> Option<String> {
    let name = written.trim();
    let is_name = !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
    is_name.then(|| format!("own-{name}"))
}

/// The words of a piece of HTML, without its tags: what stands between `<` and `>` goes, as do scripts and styles.
pub(super) fn plain_text(html: &str) -> String {
    let (mut out, mut rest) = (String::new(), html);
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tag = &rest[at..];
        let name: String = tag[1..].chars().take_while(char::is_ascii_alphanumeric).collect();
        let lower = tag.to_ascii_lowercase();
        let hidden = ["script", "style"].iter().find(|hidden| name.eq_ignore_ascii_case(hidden));
        let end = match hidden {
            Some(hidden) => lower.find(&format!("</{hidden}")).and_then(|end| Some(end + tag[end..].find('>')?)),
            None => tag.find('>'),
        };
        let Some(end) = end else { return out.trim().to_owned() };
        if !out.ends_with(char::is_whitespace) && ["br", "p", "div", "li"].contains(&name.to_ascii_lowercase().as_str())
        {
            out.push(' ');
        }
        rest = &tag[end + 1..];
    }
    out.push_str(rest);
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{a0}"), ("&amp;", "&")];
    named.into_iter().fold(out, |text, (name, character)| text.replace(name, character)).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_arrange_and_do_nothing_else() {
        let table = [
            ("display: flex; gap: 8px", Some("display: flex; gap: 8px")),
            ("background: url(https://evil)", None),
            ("position: fixed; color: red", Some("color: red")),
            ("color: red; background: image-set('x')", Some("color: red")),
            ("nonsense", None),
            ("width: calc(100% - 2px)", Some("width: calc(100% - 2px)")),
        ];
        for (written, expected) in table {
            assert_eq!(safe_style(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn classes_of_an_author_never_meet_those_of_the_page() {
        assert_eq!(own_classes(" card  row-1 "), ["own-card", "own-row-1"]);
        assert_eq!(own_classes("a:b x}"), [""; 0]);
        assert_eq!(own_id(""), None);
    }

    #[test]
    fn of_html_the_words_are_left() {
        let table = [
            ("plain", "plain"),
            ("<b>bold</b> and <i>not</i>", "bold and not"),
            ("one<br>two<p>three</p>", "one two three"),
            ("a<script>alert('<b>')</script>b", "ab"),
            ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
            ("open <b", "open"),
        ];
        for (html, expected) in table {
            assert_eq!(plain_text(html), expected, "{html}");
        }
    }

    #[test]
    fn addresses_cannot_run() {
        for address in ["https://a/b.png", "/files/1", "a.png", "data:image/png;base64,AA==", "//host/a:b.png"] {
            assert_eq!(safe_address(address), address);
        }
        for address in ["javascript:alert(1)", " JAVASCRIPT:x", "data:text/html,x", "file:///etc/passwd"] {
            assert_eq!(safe_address(address), "", "{address}");
        }
    }
}
