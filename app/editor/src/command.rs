//! Actions people take, each once: toolbar, palette and keys read the same list.

use crate::annotate::{Arrange, ShapeKind, ToolKind};
use crate::input::{Key, Modifiers};

/// One action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Pick another tool.
    Tool(ToolKind),
    /// Take back the last step.
    Undo,
    /// Bring it back.
    Redo,
    /// Remove what is selected.
    Delete,
    /// A copy beside the original.
    Duplicate,
    /// Remember what is selected.
    Copy,
    /// Put what is remembered.
    Paste,
    /// Select all regions.
    SelectAll,
    /// Select the next region.
    SelectNext,
    /// Select the region before.
    SelectPrevious,
    /// Turn by 15 degrees clockwise.
    TurnRight,
    /// Turn by 15 degrees counter-clockwise.
    TurnLeft,
    /// Show or hide what is selected.
    ToggleHidden,
    /// Protect what is selected from changes, or allow them.
    ToggleLocked,
    /// Hide all but what is selected, or show it again.
    Solo,
    /// In front of all others.
    ToFront,
    /// Behind all others.
    ToBack,
    /// Show the next proposal that is held back.
    Reveal,
    /// Ask a model with what is drawn, or draw regions again.
    Smart,
    /// Make what a model suggests part of the work.
    Accept,
    /// Put what is selected in line, or evenly apart.
    Arrange(Arrange),
    /// Closer.
    ZoomIn,
    /// Farther.
    ZoomOut,
    /// The whole image.
    ZoomFit,
    /// One pixel per pixel.
    ZoomOriginal,
    /// Turn the view by a quarter; regions keep their own places.
    RotateView,
    /// A smaller brush.
    BrushSmaller,
    /// A larger brush.
    BrushLarger,
    /// A round brush, or a square one.
    BrushShape,
    /// Point from the selected region at the next one picked.
    Relate,
    /// Put a shape in the middle, for those who draw by keyboard.
    Place,
    /// Hand the work in.
    Submit,
    /// Leave the task to others.
    Skip,
    /// Show what keys do.
    ShowKeys,
}

/// A key with the modifiers it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortcut {
    /// The key.
    pub key: Key,
    /// With Control or Command.
    pub command: bool,
    /// With Shift.
    pub shift: bool,
}

impl Shortcut {
    /// The shortcut a press says; why it cannot be one otherwise.
    ///
    /// # Errors
    /// The key has a use of its own on the page or in browsers.
    pub fn of_press(key: Key, modifiers: Modifiers) -> Result<Self, &'static str> {
        let command = modifiers.command();
        if modifiers.alt {
            return Err("Alt belongs to the mouse and to the signs of your keyboard.");
        }
        match key {
            Key::Char('k') if command => Err("This key opens the search everywhere."),
            Key::Char('l' | 'n' | 'q' | 'r' | 't' | 'w') if command && !modifiers.shift => {
                Err("Browsers keep this key to themselves.")
            }
            Key::Char(c) => Ok(Self { key, command, shift: modifiers.shift && (c.is_alphanumeric() || command) }),
            Key::Enter | Key::Space if command => Ok(Self { key, command, shift: false }),
            Key::Delete | Key::Backspace => Ok(Self { key, command, shift: false }),
            _ => Err("This key has a use of its own."),
        }
        .map(|shortcut| match shortcut.key {
            // The signs above two digits, wherever they are on a keyboard.
            Key::Char('!' | ')') => Self { shift: true, ..shortcut },
            _ => shortcut,
        })
    }

    /// Whether this is what was pressed.
    #[must_use]
    pub fn is(self, key: Key, modifiers: Modifiers) -> bool {
        // Which symbols need Shift depends on the keyboard; letters say it themselves.
        let symbol = matches!(self.key, Key::Char(c) if !c.is_alphanumeric());
        !modifiers.alt
            && self.key == key
            && self.command == modifiers.command()
            && (symbol || self.shift == modifiers.shift)
    }

    /// In words that can be joined, with the command key of the platform.
    #[must_use]
    pub fn words(self, is_apple: bool) -> String {
        let key = match self.key {
            Key::Char('!') => "Shift 1".to_owned(),
            Key::Char(')') => "Shift 0".to_owned(),
            // A sign that joins keys elsewhere.
            Key::Char('+') => "Plus".to_owned(),
            Key::Char(c) => c.to_uppercase().to_string(),
            Key::Enter => "Enter".to_owned(),
            Key::Space => "Space".to_owned(),
            Key::Delete => "Del".to_owned(),
            other => format!("{other:?}"),
        };
        let command = match (self.command, is_apple) {
            (true, true) => "⌘ ",
            (true, false) => "Ctrl ",
            (false, _) => "",
        };
        let shift = if self.shift && matches!(self.key, Key::Char(c) if c.is_alphanumeric()) { "Shift " } else { "" };
        format!("{command}{shift}{key}")
    }

    /// What [`Shortcut::words`] says.
    #[must_use]
    pub fn from_words(words: &str) -> Option<Self> {
        let mut shortcut = Self { key: Key::Escape, command: false, shift: false };
        let (held, last) = words.rsplit_once(' ').map_or(("", words), |(held, last)| (held, last));
        for word in held.split(' ').filter(|word| !word.is_empty()) {
            match word {
                "Ctrl" | "⌘" => shortcut.command = true,
                "Shift" => shortcut.shift = true,
                _ => return None,
            }
        }
        shortcut.key = match last {
            "1" if shortcut.shift => Key::Char('!'),
            "0" if shortcut.shift => Key::Char(')'),
            "Plus" => Key::Char('+'),
            "Enter" => Key::Enter,
            "Space" => Key::Space,
            "Del" => Key::Delete,
            "Backspace" => Key::Backspace,
            sign => {
                let mut lower = sign.chars().flat_map(char::to_lowercase);
                let (Some(sign), None) = (lower.next(), lower.next()) else { return None };
                Key::Char(sign)
            }
        };
        Some(shortcut)
    }
}

const fn plain(key: Key) -> Shortcut {
    Shortcut { key, command: false, shift: false }
}

const fn with_command(key: Key) -> Shortcut {
    Shortcut { key, command: true, shift: false }
}

const fn with_command_shift(key: Key) -> Shortcut {
    Shortcut { key, command: true, shift: true }
}

impl Command {
    /// All of them, in the order toolbars and lists show them.
    pub const ALL: [Self; 51] = [
        Self::Tool(ToolKind::Select),
        Self::Tool(ToolKind::Draw(ShapeKind::Rect)),
        Self::Tool(ToolKind::Turned),
        Self::Tool(ToolKind::Draw(ShapeKind::Ellipse)),
        Self::Tool(ToolKind::Draw(ShapeKind::Polygon)),
        Self::Tool(ToolKind::Draw(ShapeKind::KeyPoint)),
        Self::Tool(ToolKind::Draw(ShapeKind::Vector)),
        Self::Tool(ToolKind::Draw(ShapeKind::Mask)),
        Self::Tool(ToolKind::Eraser),
        Self::Tool(ToolKind::Wand),
        Self::Smart,
        Self::Accept,
        Self::BrushSmaller,
        Self::BrushLarger,
        Self::BrushShape,
        Self::Tool(ToolKind::Pan),
        Self::Undo,
        Self::Redo,
        Self::Delete,
        Self::Duplicate,
        Self::Copy,
        Self::Paste,
        Self::SelectAll,
        Self::SelectNext,
        Self::SelectPrevious,
        Self::TurnRight,
        Self::TurnLeft,
        Self::ToggleHidden,
        Self::ToggleLocked,
        Self::Solo,
        Self::ToFront,
        Self::ToBack,
        Self::Reveal,
        Self::Arrange(Arrange::Left),
        Self::Arrange(Arrange::Center),
        Self::Arrange(Arrange::Right),
        Self::Arrange(Arrange::Top),
        Self::Arrange(Arrange::Middle),
        Self::Arrange(Arrange::Bottom),
        Self::Arrange(Arrange::Across),
        Self::Arrange(Arrange::Down),
        Self::Relate,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ZoomFit,
        Self::ZoomOriginal,
        Self::RotateView,
        Self::Place,
        Self::Submit,
        Self::Skip,
        Self::ShowKeys,
    ];

    /// As shown to people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tool(ToolKind::Select) => "Select",
            Self::Tool(ToolKind::Pan) => "Move view",
            Self::Tool(ToolKind::Draw(ShapeKind::Mask)) => "Brush",
            Self::Tool(ToolKind::Draw(kind)) => kind.name(),
            Self::Tool(ToolKind::Turned) => "Turned box",
            Self::Tool(ToolKind::Eraser) => "Eraser",
            Self::Tool(ToolKind::Wand) => "Magic wand",
            Self::BrushSmaller => "Smaller brush",
            Self::BrushLarger => "Larger brush",
            Self::BrushShape => "Round or square brush",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::Delete => "Delete",
            Self::Duplicate => "Duplicate",
            Self::Copy => "Copy",
            Self::Paste => "Paste",
            Self::SelectAll => "Select all",
            Self::SelectNext => "Next region",
            Self::SelectPrevious => "Previous region",
            Self::TurnRight => "Turn right",
            Self::TurnLeft => "Turn left",
            Self::ToggleHidden => "Hide or show",
            Self::ToggleLocked => "Lock or unlock",
            Self::Solo => "Show alone",
            Self::ToFront => "Bring to the front",
            Self::ToBack => "Send to the back",
            Self::Reveal => "Show the next proposal",
            Self::Smart => "Smart",
            Self::Accept => "Accept what is suggested",
            Self::Arrange(Arrange::Left) => "Align left",
            Self::Arrange(Arrange::Center) => "Align centers",
            Self::Arrange(Arrange::Right) => "Align right",
            Self::Arrange(Arrange::Top) => "Align top",
            Self::Arrange(Arrange::Middle) => "Align middles",
            Self::Arrange(Arrange::Bottom) => "Align bottom",
            Self::Arrange(Arrange::Across) => "Space evenly across",
            Self::Arrange(Arrange::Down) => "Space evenly down",
            Self::RotateView => "Turn the view",
            Self::Relate => "Relate to another region",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::ZoomFit => "Fit to screen",
            Self::ZoomOriginal => "Actual size",
            Self::Place => "Place in the middle",
            Self::Submit => "Submit",
            Self::Skip => "Skip",
            Self::ShowKeys => "Show these keys",
        }
    }

    /// The keys it comes with, the one shown to people first.
    #[must_use]
    pub fn shortcuts(self) -> &'static [Shortcut] {
        const fn list<const N: usize>(keys: &'static [Shortcut; N]) -> &'static [Shortcut] {
            keys
        }
        match self {
            Self::Tool(ToolKind::Select) => list(&const { [plain(Key::Char('v'))] }),
            Self::Tool(ToolKind::Pan) => list(&const { [plain(Key::Char('h'))] }),
            Self::Tool(ToolKind::Draw(ShapeKind::Rect)) => list(&const { [plain(Key::Char('r'))] }),
            Self::Tool(ToolKind::Draw(ShapeKind::Ellipse)) => list(&const { [plain(Key::Char('o'))] }),
            Self::Tool(ToolKind::Draw(ShapeKind::Polygon)) => list(&const { [plain(Key::Char('p'))] }),
            Self::Tool(ToolKind::Draw(ShapeKind::KeyPoint)) => list(&const { [plain(Key::Char('k'))] }),
            Self::Tool(ToolKind::Draw(ShapeKind::Vector)) => list(&const { [plain(Key::Char('n'))] }),
            Self::Tool(ToolKind::Draw(ShapeKind::Mask)) => list(&const { [plain(Key::Char('b'))] }),
            Self::Tool(ToolKind::Draw(_)) => &[],
            Self::Tool(ToolKind::Turned) => {
                list(&const { [Shortcut { key: Key::Char('r'), command: false, shift: true }] })
            }
            Self::Tool(ToolKind::Eraser) => list(&const { [plain(Key::Char('e'))] }),
            Self::Tool(ToolKind::Wand) => list(&const { [plain(Key::Char('m'))] }),
            Self::BrushSmaller => list(&const { [plain(Key::Char(','))] }),
            Self::BrushLarger => list(&const { [plain(Key::Char('.'))] }),
            Self::BrushShape => list(&const { [plain(Key::Char('/'))] }),
            Self::Undo => list(&const { [with_command(Key::Char('z'))] }),
            Self::Redo => list(&const { [with_command_shift(Key::Char('z')), with_command(Key::Char('y'))] }),
            Self::Delete => list(&const { [plain(Key::Delete), plain(Key::Backspace)] }),
            Self::Duplicate => list(&const { [with_command(Key::Char('d'))] }),
            Self::Copy => list(&const { [with_command(Key::Char('c'))] }),
            Self::Paste => list(&const { [with_command(Key::Char('v'))] }),
            Self::SelectAll => list(&const { [with_command(Key::Char('a'))] }),
            Self::SelectNext => list(&const { [plain(Key::Char(']'))] }),
            Self::SelectPrevious => list(&const { [plain(Key::Char('['))] }),
            Self::TurnRight => list(&const { [plain(Key::Char('.'))] }),
            Self::TurnLeft => list(&const { [plain(Key::Char(','))] }),
            Self::ToggleHidden => list(&const { [plain(Key::Char('i'))] }),
            Self::ToggleLocked => list(&const { [plain(Key::Char('u'))] }),
            Self::Solo => list(&const { [Shortcut { key: Key::Char('i'), command: false, shift: true }] }),
            Self::ToFront => list(&const { [Shortcut { key: Key::Char('f'), command: false, shift: true }] }),
            Self::ToBack => list(&const { [Shortcut { key: Key::Char('b'), command: false, shift: true }] }),
            Self::Reveal => list(&const { [Shortcut { key: Key::Char('p'), command: false, shift: true }] }),
            Self::Smart => list(&const { [Shortcut { key: Key::Char('s'), command: false, shift: true }] }),
            Self::Accept => list(&const { [plain(Key::Enter)] }),
            Self::Arrange(_) => &[],
            Self::RotateView => list(&const { [Shortcut { key: Key::Char('h'), command: false, shift: true }] }),
            Self::Relate => list(&const { [plain(Key::Char('a'))] }),
            Self::ZoomIn => list(&const { [plain(Key::Char('+')), plain(Key::Char('='))] }),
            Self::ZoomOut => list(&const { [plain(Key::Char('-'))] }),
            Self::ZoomFit => list(&const { [Shortcut { key: Key::Char('!'), command: false, shift: true }] }),
            Self::ZoomOriginal => list(&const { [Shortcut { key: Key::Char(')'), command: false, shift: true }] }),
            Self::Place => list(&const { [plain(Key::Enter)] }),
            Self::Submit => list(&const { [with_command(Key::Enter)] }),
            Self::Skip => list(&const { [with_command(Key::Space)] }),
            Self::ShowKeys => list(&const { [plain(Key::Char('?'))] }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_words_that_can_be_joined() {
        for shortcut in Command::ALL.into_iter().flat_map(Command::shortcuts) {
            for words in [shortcut.words(false), shortcut.words(true)] {
                assert!(words.split(' ').all(|key| !key.is_empty() && !key.contains('+')), "{words:?}");
            }
        }
    }

    #[test]
    fn every_shortcut_is_what_it_says() {
        for shortcut in Command::ALL.into_iter().flat_map(Command::shortcuts) {
            let modifiers = Modifiers { control: shortcut.command, shift: shortcut.shift, ..Modifiers::default() };
            assert!(shortcut.is(shortcut.key, modifiers), "{shortcut:?}");
            assert!(!shortcut.is(shortcut.key, Modifiers { alt: true, ..modifiers }), "{shortcut:?}");
        }
    }

    #[test]
    fn shortcuts_read_well() {
        let words = |command: Command, is_apple| command.shortcuts()[0].words(is_apple);
        assert_eq!(words(Command::Undo, false), "Ctrl Z");
        assert_eq!(words(Command::Redo, true), "⌘ Shift Z");
        assert_eq!(words(Command::ZoomFit, false), "Shift 1");
    }
}
