//! `<Number>`: a number, perhaps within limits and in steps.

use serde_json::Value;

use super::{Answer, limit};
use crate::label_config::Control;
use crate::result::ResultItem;

/// The rules of a `<Number>`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// The least.
    pub min: Option<f64>,
    /// The most.
    pub max: Option<f64>,
    /// The distance between allowed numbers, counted from `min`, else from 0.
    pub step: Option<f64>,
}

impl Number {
    pub(super) fn of(control: &Control) -> Self {
        Self {
            min: limit(control, "min"),
            max: limit(control, "max"),
            step: limit(control, "step").filter(|step| *step > 0.0),
        }
    }

    pub(super) fn read(item: &ResultItem) -> Option<Answer> {
        item.number_value().map(Answer::Number)
    }

    pub(super) fn initial(self, control: &Control) -> Option<Answer> {
        limit(control, "defaultValue").map(Answer::Number)
    }

    pub(super) fn problem(self, item: &ResultItem) -> Option<String> {
        let number = item.number_value()?;
        if let Some(min) = self.min.filter(|min| number < *min) {
            return Some(format!("The number must be {min} or more."));
        }
        if let Some(max) = self.max.filter(|max| number > *max) {
            return Some(format!("The number must be {max} or less."));
        }
        let (step, base) = (self.step?, self.min.unwrap_or(0.0));
        let steps = (number - base) / step;
        // A billionth of a step is what binary fractions cost: 0.3 is three times 0.1.
        ((steps - steps.round()).abs() > 1e-9 * steps.abs().max(1.0)).then(|| {
            let [first, second, third] = [0.0, 1.0, 2.0].map(|n| base + step * n);
            format!("The number must be {first}, {second}, {third} and so on, in steps of {step}.")
        })
    }
}

/// `4` rather than `4.0` for numbers that are whole.
pub(super) fn to_json(number: f64) -> Value {
    crate::result::whole(number)
}
