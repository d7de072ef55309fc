//! An error and its causes in one line, each said once.

use anyhow::Error;

/// The error, then what caused it, and so on. A cause that the text before already repeats, as many libraries do, is left
/// out.
#[must_use]
pub fn told(error: &Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told.is_empty() {
        true => cause,
        false if told.ends_with(&cause) => told,
        false => format!("{told}: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("error communicating with database: {0}")]
    struct Repeating(#[source] std::io::Error);

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let refused = std::io::Error::other("Connection refused (os error 111)");
        let error = Error::new(Repeating(refused)).context("The database at h:1/d cannot be reached");
        assert_eq!(
            told(&error),
            "The database at h:1/d cannot be reached: error communicating with database: Connection refused (os error 111)"
        );
    }

    #[test]
    fn what_was_not_said_follows() {
        let error = anyhow::anyhow!("no such file").context("reading hash.txt").context("Cannot serve");
        assert_eq!(told(&error), "Cannot serve: reading hash.txt: no such file");
    }
}
