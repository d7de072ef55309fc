//! A figure and how sure it is.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::ratings::count;

/// A figure from a sample, with the interval that holds the true one in 95 of 100 samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The figure; 1 is full agreement, 0 what chance alone would give.
    pub value: f64,
    /// Its standard error; `None` where the sample is too small to tell.
    pub standard_error: Option<f64>,
    /// The low end of the interval, or the figure itself.
    pub low: f64,
    /// The high end, never above 1.
    pub high: f64,
}

/// How often the interval is to hold the true figure.
const CONFIDENCE: f64 = 0.95;

impl Estimate {
    /// Of what each item adds to the figure: the variance of a mean, and Student's distribution with one degree of freedom
    /// less than items (Gwet 2014, ch. 6).
    pub(super) fn of(value: f64, items: &[f64]) -> Self {
        let number = count(items.len());
        let squares: f64 = items.iter().map(|item| (item - value).powi(2)).sum();
        let standard_error = (items.len() > 1).then(|| (squares / (number * (number - 1.0))).sqrt());
        Self::with_error(value, standard_error, number - 1.0)
    }

    /// With a standard error of `freedom` degrees.
    pub(super) fn with_error(value: f64, standard_error: Option<f64>, freedom: f64) -> Self {
        let student = StudentsT::new(0.0, 1.0, freedom).ok();
        let reach = student
            .zip(standard_error)
            .map_or(0.0, |(student, error)| student.inverse_cdf(1.0 - (1.0 - CONFIDENCE) / 2.0) * error);
        Self { value, standard_error, low: (value - reach).max(-1.0), high: (value + reach).min(1.0) }
    }
}
