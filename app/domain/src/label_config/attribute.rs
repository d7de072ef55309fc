//! The attributes tags share, and what a well-formed value of one looks like.

/// One attribute a tag knows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attribute {
    /// The canonical spelling.
    pub name: &'static str,
    /// What its value may be.
    pub expects: Expects,
}

/// What the value of an attribute may be. A value that begins with `$` comes from the task and is always accepted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Expects {
    /// Whatever is written.
    Anything,
    /// `true` or `false`.
    Flag,
    /// A number between two others, both included.
    Number(f64, f64),
    /// A whole number between two others, both included.
    Whole(i64, i64),
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// A CSS color.
    Color,
}

pub(super) const fn any(name: &'static str) -> Attribute {
    Attribute { name, expects: Expects::Anything }
}
pub(super) const fn flag(name: &'static str) -> Attribute {
    Attribute { name, expects: Expects::Flag }
}
pub(super) const fn color(name: &'static str) -> Attribute {
    Attribute { name, expects: Expects::Color }
}
pub(super) const fn number(name: &'static str, from: f64, to: f64) -> Attribute {
    Attribute { name, expects: Expects::Number(from, to) }
}
pub(super) const fn whole(name: &'static str, from: i64, to: i64) -> Attribute {
    Attribute { name, expects: Expects::Whole(from, to) }
}
pub(super) const fn one_of(name: &'static str, words: &'static [&'static str]) -> Attribute {
    Attribute { name, expects: Expects::OneOf(words) }
}

/// The conditions of `visibleWhen`.
const VISIBLE_WHEN: &[&str] = &["region-selected", "no-region-selected", "choice-selected", "choice-unselected"];

/// Appearance and conditions, on nearly every tag.
pub(super) const VISIBILITY: &[Attribute] = &[
    any("style"),
    any("className"),
    any("id"),
    one_of("visibleWhen", VISIBLE_WHEN),
    any("whenTagName"),
    any("whenLabelValue"),
    any("whenChoiceValue"),
    any("whenRole"),
];

/// What every object knows.
pub(super) const OBJECT: &[Attribute] = &[
    any("name"),
    any("value"),
    any("hotkey"),
    any("resolver"),
    any("style"),
    any("className"),
    any("id"),
    one_of("visibleWhen", VISIBLE_WHEN),
    any("whenTagName"),
    any("whenLabelValue"),
    any("whenChoiceValue"),
];

/// What every control knows besides.
pub(super) const CONTROL: &[Attribute] = &[
    any("name"),
    any("toName"),
    any("value"),
    any("hotkey"),
    flag("required"),
    any("requiredMessage"),
    flag("perRegion"),
    flag("perItem"),
    any("style"),
    any("className"),
    any("id"),
    one_of("visibleWhen", VISIBLE_WHEN),
    any("whenTagName"),
    any("whenLabelValue"),
    any("whenChoiceValue"),
    any("whenRole"),
];

/// How a shape looks and which assistant draws it.
pub(super) const SHAPE: &[Attribute] = &[
    number("opacity", 0.0, 1.0),
    color("fillColor"),
    number("fillOpacity", 0.0, 1.0),
    color("strokeColor"),
    number("strokeWidth", 0.0, 1000.0),
    flag("smart"),
    flag("smartOnly"),
];

/// How a set of labels is shown and used.
pub(super) const LABEL_SET: &[Attribute] = &[
    one_of("choice", &["single", "multiple"]),
    whole("maxUsages", 1, 1_000_000),
    flag("showInline"),
    flag("allowEmpty"),
];

/// What a chat knows besides an object's attributes.
pub(super) const CHAT_CONTROL: &[Attribute] = &[
    any("messageRoles"),
    any("editable"),
    whole("minMessages", 0, 100_000),
    whole("maxMessages", 1, 100_000),
    any("llm"),
    flag("required"),
    any("requiredMessage"),
];

/// Why a value does not fit; `None` where it does.
pub(super) fn misfit(expects: Expects, value: &str) -> Option<String> {
    let value = value.trim();
    if value.starts_with('$') {
        return None;
    }
    match expects {
        Expects::Anything => None,
        Expects::Flag => {
            (!["true", "false"].iter().any(|word| value.eq_ignore_ascii_case(word))).then(|| "true or false".to_owned())
        }
        Expects::Number(from, to) => {
            let fits = value.parse::<f64>().is_ok_and(|number| number.is_finite() && (from..=to).contains(&number));
            (!fits).then(|| range("a number", from > f64::MIN, to < f64::MAX, from, to))
        }
        Expects::Whole(from, to) => {
            let fits = value.parse::<i64>().is_ok_and(|number| (from..=to).contains(&number));
            (!fits).then(|| range("a whole number", from > i64::MIN, to < i64::MAX, from, to))
        }
        Expects::OneOf(words) => {
            (!words.iter().any(|word| value.eq_ignore_ascii_case(word))).then(|| format!("one of {}", words.join(", ")))
        }
        Expects::Color => (!is_color(value)).then(|| "a color such as #d4380d or tomato".to_owned()),
    }
}

fn range(what: &str, has_from: bool, has_to: bool, from: impl ToString, to: impl ToString) -> String {
    match (has_from, has_to) {
        (true, true) => format!("{what} from {} to {}", from.to_string(), to.to_string()),
        (true, false) => format!("{what} from {} up", from.to_string()),
        (false, true) => format!("{what} up to {}", to.to_string()),
        (false, false) => what.to_owned(),
    }
}

/// True for text that can only be a CSS color: safe to put into a style.
#[must_use]
pub fn is_color(value: &str) -> bool {
    /// Longer than `rgba(255, 255, 255, 100.00%)`, far shorter than mischief.
    const LONGEST: usize = 48;
    if value.is_empty() || value.len() > LONGEST {
        return false;
    }
    if let Some(digits) = value.strip_prefix('#') {
        return matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let Some((name, rest)) = value.split_once('(') else {
        return value.bytes().all(|byte| byte.is_ascii_alphabetic());
    };
    let is_function = ["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known));
    is_function
        && rest.strip_suffix(')').is_some_and(|inside| {
            inside.bytes().any(|byte| byte.is_ascii_digit())
                && inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ,.%/-+".contains(&byte))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_and_what_only_looks_like_one() {
        for color in ["red", "#abc", "#AABBCC80", "rgb(1, 2, 3)", "rgba(1 2 3 / 50%)", "hsl(120deg 50% 50%)"] {
            assert!(is_color(color), "{color}");
        }
        for other in ["", "#ab", "#ggg", "url(x)", "red;", "rgb()", "red} body{", "rgb(1);x:url(//a)", &"a".repeat(60)]
        {
            assert!(!is_color(other), "{other}");
        }
    }

    #[test]
    fn values_that_fit_and_their_neighbours() {
        let cases = [
            (Expects::Flag, "true", true),
            (Expects::Flag, "TRUE", true),
            (Expects::Flag, "yes", false),
            (Expects::Whole(1, 100), "5", true),
            (Expects::Whole(1, 100), "0", false),
            (Expects::Whole(1, 100), "5.5", false),
            (Expects::Whole(1, 100), "$stars", true),
            (Expects::Number(0.0, 1.0), "0.35", true),
            (Expects::Number(0.0, 1.0), "1.01", false),
            (Expects::Number(0.0, 1.0), "NaN", false),
            (Expects::Number(f64::MIN, f64::MAX), "inf", false),
            (Expects::OneOf(&["single", "multiple"]), "Multiple", true),
            (Expects::OneOf(&["single", "multiple"]), "many", false),
        ];
        for (expects, value, fits) in cases {
            assert_eq!(misfit(expects, value).is_none(), fits, "{expects:?} {value}");
        }
    }
}
