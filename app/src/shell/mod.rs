//! The frame around every page: rail, top bar, palette, theme.
//!
//! Three frames: [`Workspace`] with the rail, [`Plain`] for the pages before signing in, and [`Page`] with `bleed` for
//! work that needs the whole screen.

mod page;
mod palette;
mod rail;
mod theme;

pub use page::{Crumb, Mark, Page, PageHead, Plain};
pub use palette::{Command, Does, Palette, PaletteState, provide_palette, use_commands, use_palette};
pub use rail::Workspace;
pub use theme::{Theme, ThemeChoice, ThemeSwitch, provide_theme, theme_attribute, use_theme};
