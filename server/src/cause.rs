//! An error and its causes in one line, each said once.

use anyhow::Error;

/// The error, then what caused it, and so on. A cause that the text before already ends with, as many libraries do it, is
/// left out.
#[must_use]
pub fn told(error: &Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.ends_with(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let refused = || std::io::Error::other("connection refused");
        let repeating = sqlx::Error::Io(refused());
        let error = Error::new(repeating).context("The database at h:1/d cannot be reached");
        let said = format!("The database at h:1/d cannot be reached: {}", sqlx::Error::Io(refused()));
        assert_eq!(told(&error), said);
        assert_eq!(said.matches("connection refused").count(), 1);
    }

    #[test]
    fn what_was_not_said_follows() {
        let error = anyhow::anyhow!("no such file").context("reading hash.txt").context("Cannot serve");
        assert_eq!(told(&error), "Cannot serve: reading hash.txt: no such file");
    }
}
