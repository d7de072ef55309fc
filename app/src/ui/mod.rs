//! The kit every screen is built from. No product words, no server calls.
//!
//! Invariants:
//! - native elements first, so that everything works by keyboard and most of it before hydration;
//! - the same input draws the same markup on server and browser: no clock, no random ids, no browser API while drawing;
//! - no `style` attributes, so that the page's content security policy can refuse them.

mod answered;
mod button;
mod chart;
mod color;
mod copy;
mod dialog;
mod feedback;
mod field;
mod focus;
mod form;
mod format;
mod icon;
mod menu;
mod module;
mod password;
mod surface;
mod table;
mod tabs;
mod time;
mod toast;

pub use answered::{answered, answered_anew};
pub use button::{Button, IconButton, LinkButton, Look, Size, SubmitButton};
pub use chart::{BarChart, Donut, LineChart, Series, Slice, Sparkline, StackedBarChart};
pub use color::ColorField;
pub use copy::{CopyButton, CopyLine};
pub(crate) use dialog::is_on_backdrop;
pub use dialog::{ConfirmDialog, Dialog, DialogFoot};
pub use feedback::{Banner, EmptyState, ErrorBanner, Meter, ProgressBar, Skeleton, SkeletonRows, Tone};
pub use field::{Checkbox, Choice, RadioCards, Select, Switch, TextArea, TextField};
pub use focus::focus_page;
pub(crate) use focus::focus_when_free;
pub use form::{Form, FormActions, FormScope};
pub(crate) use form::{focus_first_error, length, number_in};
pub use format::{bytes, compact, count, duration, percent, plural};
pub use icon::{ColorDot, Glyph, Icon, lu};
pub use menu::{Align, Menu, MenuButton, MenuLabel, MenuLine, MenuLink, Tooltip};
pub(crate) use module::load_module;
pub use password::PasswordField;
pub use surface::{Avatar, Badge, Card, Kbd, StatTile};
pub use table::{LoadMore, Sort, SortableHead, Table};
pub use tabs::{Segments, Tab, Tabs};
pub use time::{Now, Time, provide_now};
pub use toast::{TakeBack, Toaster, Toasts, provide_toasts, use_toasts};
