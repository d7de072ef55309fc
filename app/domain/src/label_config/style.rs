//! `<Style>`: rules of an interface's author, kept inside what they wrote.
//!
//! Every rule is put below `scope`; classes and ids get the prefix `own-`, so that no rule meets those of the page. What a
//! declaration may do is the caller's to say. At-rules, attribute selectors and pseudo-elements are left out.

/// The most rules that are kept.
pub const MAX_RULES: usize = 500;
/// Pseudo-classes that only look.
const PSEUDO: [&str; 10] = [
    "hover",
    "focus",
    "focus-visible",
    "focus-within",
    "active",
    "checked",
    "disabled",
    "first-child",
    "last-child",
    "empty",
];

/// The harmless part of a style sheet, below `scope`. `safe` makes the declarations of a rule harmless; a rule that keeps
/// none is left out.
#[must_use]
pub fn scoped(css: &str, scope: &str, safe: impl Fn(&str) -> Option<String>) -> String {
    let css = without_comments(css);
    let (mut out, mut rest, mut rules) = (String::new(), css.as_str(), 0);
    while let Some(open) = rest.find('{') {
        let head = rest[..open].rsplit(';').next().unwrap_or_default().trim();
        let body = &rest[open + 1..];
        if head.starts_with('@') {
            rest = &body[end_of_block(body)..];
            continue;
        }
        let close = body.find('}').unwrap_or(body.len());
        rest = body.get(close + 1..).unwrap_or_default();
        let selectors: Vec<String> = head.split(',').filter_map(|one| selector(one, scope)).collect();
        if let Some(declarations) = safe(&body[..close]).filter(|_| !selectors.is_empty() && rules < MAX_RULES) {
            out.push_str(&format!("{} {{ {declarations} }}\n", selectors.join(", ")));
            rules += 1;
        }
    }
    out
}

fn without_comments(css: &str) -> String {
    let (mut out, mut rest) = (String::new(), css);
    while let Some(at) = rest.find("/*") {
        out.push_str(&rest[..at]);
        rest = rest[at + 2..].split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// The first byte after a block whose `{` has been read.
fn end_of_block(body: &str) -> usize {
    let mut depth = 1;
    for (at, byte) in body.bytes().enumerate() {
        depth += match byte {
            b'{' => 1,
            b'}' => -1,
            _ => 0,
        };
        if depth == 0 {
            return at + 1;
        }
    }
    body.len()
}

/// A selector below `scope`; `None` for one that could reach further or that is not understood.
fn selector(written: &str, scope: &str) -> Option<String> {
    let spaced = written.replace('>', " > ").replace('+', " + ").replace('~', " ~ ");
    let mut out = vec![scope.to_owned()];
    for part in spaced.split_whitespace() {
        match part {
            ">" | "+" | "~" if out.len() > 1 => out.push(part.to_owned()),
            _ => out.push(compound(part)?),
        }
    }
    let ends_well = out.last().is_some_and(|last| ![">", "+", "~"].contains(&last.as_str()));
    (out.len() > 1 && ends_well).then(|| out.join(" "))
}

/// Such as `p.note:hover`.
fn compound(written: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = written;
    while !rest.is_empty() {
        let sign = rest.chars().next().filter(|sign| ".#:".contains(*sign));
        let name_at = usize::from(sign.is_some());
        let end = rest[name_at..].find(['.', '#', ':']).map_or(rest.len(), |end| end + name_at);
        let name = &rest[name_at..end];
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
        match sign {
            _ if !is_name => return None,
            Some(':') if PSEUDO.contains(&name) => out.push_str(&format!(":{name}")),
            Some(':') => return None,
            Some(sign) => out.push_str(&format!("{sign}own-{name}")),
            None if out.is_empty() => out.push_str(name),
            None => return None,
        }
        rest = &rest[end..];
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stay_inside() {
        let safe = |body: &str| Some(body.trim().to_owned()).filter(|body| !body.is_empty());
        let table = [
            (".a { color: red }", ".s .own-a { color: red }\n"),
            ("p.a:hover > #b, h2 { x }", ".s p.own-a:hover > #own-b, .s h2 { x }\n"),
            ("/* .x{ } */ .a{x}", ".s .own-a { x }\n"),
            ("@import url(evil); .a { x }", ".s .own-a { x }\n"),
            ("@media print { .a { x } } .b { y }", ".s .own-b { y }\n"),
            ("@media print { .a { x }", ""),
            ("> .a { x }", ""),
            (".a > { x }", ""),
            ("a[href] { x }", ""),
            (".a::before { x }", ""),
            (".a:has(.b) { x }", ""),
            ("* { x }", ""),
            (".a { }", ""),
            (".a { x", ".s .own-a { x }\n"),
            ("}} .a { x }", ""),
        ];
        for (css, expected) in table {
            assert_eq!(scoped(css, ".s", safe), expected, "{css}");
        }
    }
}
