//! `<Rating>`: stars.

use super::Answer;
use crate::label_config::Control;
use crate::result::ResultItem;

/// The most stars a rating may have.
pub const MOST_STARS: u32 = 100;

/// The rules of a `<Rating>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    /// How many stars there are.
    pub max: u32,
}

impl Rating {
    pub(super) fn of(control: &Control) -> Self {
        let written = control.attribute("maxRating").and_then(|number| number.trim().parse::<u32>().ok());
        Self { max: written.unwrap_or(5).clamp(1, MOST_STARS) }
    }

    pub(super) fn read(self, item: &ResultItem) -> Option<Answer> {
        let stars = item.value()?.get("rating")?.as_u64()?;
        u32::try_from(stars).ok().filter(|stars| *stars <= self.max).map(Answer::Rating)
    }

    pub(super) fn initial(self, control: &Control) -> Option<Answer> {
        let written = control.attribute("defaultValue")?.trim().parse::<u32>().ok()?;
        Some(Answer::Rating(written.min(self.max))).filter(Answer::is_storable)
    }

    pub(super) fn problem(self, item: &ResultItem) -> Option<String> {
        let too_many = item.number_value().is_some_and(|stars| stars > f64::from(self.max));
        too_many.then(|| "There are not that many stars.".to_owned())
    }
}
