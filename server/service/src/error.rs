//! What a use case can answer besides its result.

use domain::Error as Problem;

/// Shorthand for results with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal that people can act on, or a failure that only we can.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Travels to the person as it is.
    #[error(transparent)]
    Domain(#[from] Problem),
    /// Logged once, at the door; the person sees an incident id.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl Error {
    /// The refusal, where it is one.
    #[must_use]
    pub fn domain(&self) -> Option<&Problem> {
        match self {
            Self::Domain(problem) => Some(problem),
            Self::Internal(_) => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Internal(anyhow::Error::new(error).context("database"))
    }
}

/// Turns the violation of a named constraint into a sentence for people, next to the statement that can cause it.
pub trait OnConstraint<T> {
    /// Answers with `problem` if the statement failed on the constraint of that name.
    ///
    /// # Errors
    /// The given problem, or the database error as it was.
    fn on_constraint(self, name: &str, problem: impl FnOnce() -> Problem) -> Result<T>;
}

impl<T> OnConstraint<T> for Result<T, sqlx::Error> {
    fn on_constraint(self, name: &str, problem: impl FnOnce() -> Problem) -> Result<T> {
        self.map_err(|error| match error.as_database_error().and_then(|e| e.constraint()) {
            Some(constraint) if constraint == name => problem().into(),
            _ => error.into(),
        })
    }
}

impl<T> OnConstraint<T> for Result<T> {
    fn on_constraint(self, name: &str, problem: impl FnOnce() -> Problem) -> Result<T> {
        self.map_err(|error| match &error {
            Error::Internal(cause)
                if cause
                    .downcast_ref::<sqlx::Error>()
                    .and_then(sqlx::Error::as_database_error)
                    .and_then(sqlx::error::DatabaseError::constraint)
                    == Some(name) =>
            {
                problem().into()
            }
            _ => error,
        })
    }
}
