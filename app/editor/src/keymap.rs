//! Which keys lead to which commands: those that come with the product, and those that people put in their place.

use std::collections::BTreeMap;

use domain::hotkeys::OwnKeys;

use crate::command::{Command, Shortcut};
use crate::input::{Key, Modifiers};

/// The keys of one person.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Keymap {
    /// By the command's name; `None` for one without a key.
    own: BTreeMap<&'static str, Option<Shortcut>>,
    /// By the name of a label or choice with its control; of all projects, since people label in several.
    labels: BTreeMap<String, Option<char>>,
}

/// What a label or choice is called among the keys. No command has such a name.
#[must_use]
pub fn label_name(control: &str, path: &[String]) -> String {
    format!("{control}: {}", path.join(" / "))
}

impl Keymap {
    /// What was stored; words that mean nothing here are passed over.
    #[must_use]
    pub fn new(stored: &OwnKeys) -> Self {
        let mut keymap = Self::default();
        for command in Command::ALL {
            match stored.0.get(command.name()).map(|words| (words.is_empty(), Shortcut::from_words(words))) {
                Some((true, _)) => keymap.put(command, None),
                Some((false, Some(shortcut))) => keymap.put(command, Some(shortcut)),
                _ => {}
            }
        }
        let is_label = |name: &&String| name.contains(": ");
        for (name, key) in stored.0.iter().filter(|(name, _)| is_label(name)) {
            let mut chars = key.chars();
            if let (key, None) = (chars.next(), chars.next()) {
                keymap.put_label(name, key);
            }
        }
        keymap
    }

    /// To be stored.
    #[must_use]
    pub fn to_stored(&self) -> OwnKeys {
        let words = |shortcut: &Option<Shortcut>| shortcut.map(|shortcut| shortcut.words(false)).unwrap_or_default();
        let commands = self.own.iter().map(|(name, shortcut)| ((*name).to_owned(), words(shortcut)));
        let labels = self.labels.iter().map(|(name, key)| (name.clone(), key.map(String::from).unwrap_or_default()));
        OwnKeys(commands.chain(labels).collect())
    }

    /// The keys of a command, the one shown to people first.
    pub fn shortcuts(&self, command: Command) -> impl Iterator<Item = Shortcut> {
        let own = self.own.get(command.name()).copied();
        let given = if own.is_some() { &[] } else { command.shortcuts() };
        own.flatten().into_iter().chain(given.iter().copied())
    }

    /// The commands of a key press; the first that can be carried out is meant.
    pub fn of_key(&self, key: Key, modifiers: Modifiers) -> impl Iterator<Item = Command> {
        let is_meant = move |command: &Command| self.shortcuts(*command).any(|shortcut| shortcut.is(key, modifiers));
        Command::ALL.into_iter().filter(is_meant)
    }

    /// The key that is shown, in words.
    #[must_use]
    pub fn words(&self, command: Command, is_apple: bool) -> Option<String> {
        self.shortcuts(command).next().map(|shortcut| shortcut.words(is_apple))
    }

    /// Whether a command has another key than the one it came with.
    #[must_use]
    pub fn is_own(&self, command: Command) -> bool {
        self.own.contains_key(command.name())
    }

    /// Whether nothing is other than it came.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.own.is_empty() && self.labels.is_empty()
    }

    /// Puts a command on a key of its own, or on none.
    pub fn put(&mut self, command: Command, shortcut: Option<Shortcut>) {
        if shortcut.is_some() && command.shortcuts().first().copied() == shortcut {
            self.own.remove(command.name());
        } else {
            self.own.insert(command.name(), shortcut);
        }
    }

    /// The key that a label or choice has been put on: `None` where it has the one it came with, `Some(None)` for no key.
    #[must_use]
    pub fn of_label(&self, name: &str) -> Option<Option<char>> {
        self.labels.get(name).copied()
    }

    /// Puts a label or choice on a key of its own, or on none.
    pub fn put_label(&mut self, name: &str, key: Option<char>) {
        self.labels.insert(name.to_owned(), key.and_then(|key| key.to_lowercase().next()));
    }

    /// Gives a label or choice the key back it came with.
    pub fn reset_label(&mut self, name: &str) {
        self.labels.remove(name);
    }

    /// Gives a command its first key back.
    pub fn reset(&mut self, command: Command) {
        self.own.remove(command.name());
    }

    /// The other commands on a key. Two that share a key from the start do so because never both can be meant.
    pub fn others_on(&self, shortcut: Shortcut, command: Command) -> impl Iterator<Item = Command> {
        let shares = move |other: Command| other.shortcuts().iter().any(|key| command.shortcuts().contains(key));
        Command::ALL
            .into_iter()
            .filter(move |other| *other != command && !shares(*other))
            .filter(move |other| self.shortcuts(*other).any(|known| known == shortcut))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTROL: Modifiers = Modifiers { shift: false, control: true, alt: false, meta: false };

    fn shortcut(words: &str) -> Shortcut {
        Shortcut::from_words(words).unwrap()
    }

    #[test]
    fn words_and_keys_are_the_same() {
        for command in Command::ALL {
            for key in command.shortcuts() {
                assert_eq!(Shortcut::from_words(&key.words(false)), Some(*key), "{command:?}");
                assert_eq!(Shortcut::from_words(&key.words(true)), Some(*key), "{command:?}");
            }
        }
        for words in ["", "Ctrl", "Ctrl Shift", "AB", "Foo A", "A B"] {
            assert_eq!(Shortcut::from_words(words), None, "{words}");
        }
    }

    #[test]
    fn another_key_takes_the_place_of_all_that_came() {
        let mut keymap = Keymap::default();
        keymap.put(Command::Redo, Some(shortcut("Ctrl Q")));
        assert_eq!(keymap.words(Command::Redo, false).as_deref(), Some("Ctrl Q"));
        assert_eq!(keymap.of_key(Key::Char('q'), CONTROL).collect::<Vec<_>>(), [Command::Redo]);
        assert_eq!(keymap.of_key(Key::Char('y'), CONTROL).count(), 0);
        keymap.put(Command::Undo, None);
        assert_eq!(keymap.words(Command::Undo, false), None);
        assert_eq!(Keymap::new(&keymap.to_stored()), keymap);
        keymap.put(Command::Redo, Some(shortcut("Ctrl Shift Z")));
        keymap.reset(Command::Undo);
        assert!(keymap.is_given(), "what came is not stored");
    }

    #[test]
    fn a_key_is_one_commands_unless_both_cannot_be_meant() {
        let mut keymap = Keymap::default();
        let on = |keymap: &Keymap, words: &str, command| keymap.others_on(shortcut(words), command).collect::<Vec<_>>();
        assert_eq!(on(&keymap, "Ctrl Z", Command::Delete), [Command::Undo]);
        assert!(on(&keymap, ".", Command::BrushLarger).is_empty(), "without a brush it turns");
        for command in Command::ALL {
            for key in command.shortcuts() {
                assert_eq!(keymap.others_on(*key, command).count(), 0, "{command:?} as it came");
            }
        }
        keymap.put(Command::Undo, Some(shortcut("U")));
        assert!(on(&keymap, "Ctrl Z", Command::Delete).is_empty());
        assert_eq!(on(&keymap, "U", Command::Undo), [Command::ToggleLocked]);
    }

    #[test]
    fn some_keys_are_not_to_be_had() {
        let press = |key, modifiers| Shortcut::of_press(key, modifiers);
        assert_eq!(press(Key::Char('q'), Modifiers::default()), Ok(shortcut("Q")));
        assert_eq!(press(Key::Char('!'), Modifiers { shift: true, ..Modifiers::default() }), Ok(shortcut("Shift 1")));
        assert_eq!(press(Key::Enter, CONTROL), Ok(shortcut("Ctrl Enter")));
        for (key, modifiers) in [
            (Key::Escape, Modifiers::default()),
            (Key::Left, CONTROL),
            (Key::Enter, Modifiers::default()),
            (Key::Char('w'), CONTROL),
            (Key::Char('k'), CONTROL),
            (Key::Char('a'), Modifiers { alt: true, ..Modifiers::default() }),
        ] {
            assert!(press(key, modifiers).is_err(), "{key:?}");
        }
    }

    #[test]
    fn what_is_stored_may_say_anything() {
        let stored = [("Undo", "nonsense here"), ("No such command", "A"), ("Redo", "R")];
        let stored = OwnKeys(stored.into_iter().map(|(name, key)| (name.to_owned(), key.to_owned())).collect());
        let keymap = Keymap::new(&stored);
        assert!(!keymap.is_own(Command::Undo));
        assert_eq!(keymap.words(Command::Redo, false).as_deref(), Some("R"));
    }
}
