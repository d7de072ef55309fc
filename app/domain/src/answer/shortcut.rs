//! `<Shortcut>`: a phrase that a button or a key puts into the field one is writing in.

use crate::label_config::{Element, is_color};

/// A phrase at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortcut {
    /// What is put in.
    pub value: String,
    /// What the button says: the alias, where there is one.
    pub title: String,
    /// A CSS color, where one is written.
    pub color: Option<String>,
    /// The keys that put it in while the field has the focus.
    pub keys: Option<Keys>,
}

/// A key with those held down along with it, such as `ctrl+shift+1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Control.
    pub control: bool,
    /// Alt.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
    /// Command on Apple keyboards, the Windows key elsewhere.
    pub meta: bool,
    /// The key itself in lower case, as browsers call it.
    pub key: String,
}

/// What is held down while a key is pressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Control.
    pub control: bool,
    /// Alt or Option.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
    /// Command on Apple keyboards, the Windows key elsewhere.
    pub meta: bool,
}

impl Shortcut {
    /// The phrases written inside a control, in their order.
    #[must_use]
    pub fn all_in(control: &Element) -> Vec<Self> {
        let mut found = Vec::new();
        for element in control.elements() {
            if element.tag != "Shortcut" {
                found.extend(Self::all_in(element));
                continue;
            }
            let value = element.attribute("value").unwrap_or_default();
            if value.is_empty() {
                continue;
            }
            let alias = element.attribute("alias").map(str::trim).filter(|alias| !alias.is_empty());
            let color = element.attribute("background").map(str::trim).filter(|color| is_color(color));
            found.push(Self {
                value: value.to_owned(),
                title: alias.unwrap_or(value).to_owned(),
                color: color.map(str::to_owned),
                keys: element.attribute("hotkey").and_then(Keys::parse),
            });
        }
        found
    }
}

impl Keys {
    /// `None` where no key is named, or two are.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let mut keys = Self { control: false, alt: false, shift: false, meta: false, key: String::new() };
        for part in written.split('+').map(|part| part.trim().to_lowercase()) {
            match part.as_str() {
                "ctrl" | "control" => keys.control = true,
                "alt" | "option" => keys.alt = true,
                "shift" => keys.shift = true,
                "cmd" | "command" | "meta" => keys.meta = true,
                "" => return None,
                _ if !keys.key.is_empty() => return None,
                _ => keys.key = part,
            }
        }
        (!keys.key.is_empty()).then_some(keys)
    }

    /// Whether these are the keys pressed: `key` and `code` as a browser tells them. With Shift or Alt held a key may
    /// write something else than what stands on it, so its place on the keyboard counts too.
    #[must_use]
    pub fn are_pressed(&self, key: &str, code: &str, held: Held) -> bool {
        let place = code.strip_prefix("Digit").or_else(|| code.strip_prefix("Key")).unwrap_or_default();
        let held_alike = held == Held { control: self.control, alt: self.alt, shift: self.shift, meta: self.meta };
        held_alike && (key.to_lowercase() == self.key || place.to_lowercase() == self.key)
    }

    /// The keys in the words of a key cap, such as `Ctrl+1`.
    #[must_use]
    pub fn text(&self) -> String {
        let held = [(self.control, "Ctrl"), (self.alt, "Alt"), (self.shift, "Shift"), (self.meta, "Cmd")];
        let mut words: Vec<String> =
            held.into_iter().filter(|(held, _)| *held).map(|(_, name)| name.to_owned()).collect();
        let mut letters = self.key.chars();
        words.extend(letters.next().map(|first| first.to_uppercase().chain(letters).collect()));
        words.join("+")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label_config::parse;

    #[test]
    fn phrases_are_read_with_their_keys() {
        let xml = r##"<View><Text name="t" value="$t"/><TextArea name="note" toName="t">
            <Shortcut alias="Silence" value="[-]" hotkey="ctrl+1" background="#333333"/>
            <View><Shortcut value="[laughs]" hotkey="Alt+Shift+L" background="url(x)"/></View>
            <Shortcut value=""/></TextArea></View>"##;
        let config = parse(xml).config.unwrap();
        let control = config.root.elements().find(|element| element.tag == "TextArea").unwrap();
        let found = Shortcut::all_in(control);
        let told: Vec<_> = found
            .iter()
            .map(|s| (s.title.as_str(), s.value.as_str(), s.color.as_deref(), s.keys.as_ref().map(Keys::text)))
            .collect();
        assert_eq!(
            told,
            [
                ("Silence", "[-]", Some("#333333"), Some("Ctrl+1".to_owned())),
                ("[laughs]", "[laughs]", None, Some("Alt+Shift+L".to_owned())),
            ]
        );
    }

    #[test]
    fn keys_and_what_are_none() {
        let held = Held { control: true, ..Held::default() };
        let keys = Keys::parse("Ctrl+1").unwrap();
        assert!(keys.are_pressed("1", "Digit1", held));
        assert!(!keys.are_pressed("1", "Digit1", Held::default()));
        assert!(!keys.are_pressed("2", "Digit2", held));
        let shifted = Keys::parse("ctrl+shift+1").unwrap();
        assert!(shifted.are_pressed("!", "Digit1", Held { shift: true, ..held }));
        assert!(Keys::parse("F2").unwrap().are_pressed("F2", "F2", Held::default()));
        for none in ["", "ctrl", "a+b", "ctrl+", "ctrl++"] {
            assert_eq!(Keys::parse(none), None, "{none}");
        }
    }
}
