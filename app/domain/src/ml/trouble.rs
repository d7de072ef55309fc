//! What can go wrong between us and a model, each in a sentence that says what to do.

use crate::{Error, Kind};

/// Why there is no answer of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody answers at its address.
    Unreachable,
    /// It took longer than it may.
    TimedOut {
        /// How long that is.
        seconds: i32,
    },
    /// It does not know us.
    Credentials,
    /// It sends us elsewhere.
    Redirect,
    /// It answers that it could not.
    Status(u16),
    /// It answers more than is read.
    TooLarge {
        /// How much that is.
        megabytes: usize,
    },
    /// What it answers is not what a model answers.
    Nonsense,
    /// What it proposes is for another interface.
    Misfit,
    /// It has failed several times, and is left alone for a while.
    Rests {
        /// How long.
        seconds: i64,
    },
}

impl Trouble {
    /// For programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "model_unreachable",
            Self::TimedOut { .. } => "model_timed_out",
            Self::Credentials => "model_refuses_credentials",
            Self::Redirect => "model_redirects",
            // What gateways say of a server behind them, and servers that have too much to do.
            Self::Status(429 | 502..=504) => "model_busy",
            Self::Status(_) => "model_failed",
            Self::TooLarge { .. } => "model_answer_too_large",
            Self::Nonsense => "model_nonsense",
            Self::Misfit => "model_misfit",
            Self::Rests { .. } => "model_rests",
        }
    }

    /// For people.
    #[must_use]
    pub fn sentence(self, title: &str) -> String {
        match self {
            Self::Unreachable => format!("“{title}” cannot be reached. It may be down, or at another address."),
            Self::TimedOut { seconds: 1 } => format!("“{title}” did not answer within a second."),
            Self::TimedOut { seconds } => format!("“{title}” did not answer within {seconds} seconds."),
            Self::Credentials => format!("“{title}” does not accept the user name and password of this project."),
            Self::Redirect => {
                format!("“{title}” sends us to another address, which is not followed. Enter the final one.")
            }
            Self::Status(status) => format!("“{title}” could not answer: it failed with status {status}."),
            Self::TooLarge { megabytes } => {
                format!("The answer of “{title}” is larger than {megabytes} MB, the most that is read.")
            }
            Self::Nonsense => format!("What “{title}” answered is not what an ML backend answers."),
            Self::Misfit => {
                format!(
                    "What “{title}” proposes does not fit this labeling interface: it names other controls or objects."
                )
            }
            Self::Rests { seconds } => {
                let wait = match seconds {
                    ..=1 => "a second".to_owned(),
                    2..120 => format!("{seconds} seconds"),
                    _ => format!("{} minutes", (seconds + 59) / 60),
                };
                format!("“{title}” failed several times in a row. It is asked again in {wait}.")
            }
        }
    }

    /// Whether the model itself was there, and what is wrong is the answer to this very question. Everything else is likely to
    /// go wrong with the next question as well.
    #[must_use]
    pub fn is_of_question(code: &str) -> bool {
        ["model_failed", "model_answer_too_large", "model_nonsense", "model_misfit"].contains(&code)
    }

    /// Whether it may be over soon by itself.
    #[must_use]
    pub fn passes(code: &str) -> bool {
        ["model_unreachable", "model_timed_out", "model_busy", "model_rests"].contains(&code)
    }

    /// As it reaches people and programs.
    #[must_use]
    pub fn about(self, title: &str) -> Error {
        let kind = if matches!(self, Self::TooLarge { .. }) { Kind::TooLarge } else { Kind::Conflict };
        Error::new(kind, self.code(), self.sentence(title))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_trouble_has_a_code_and_a_sentence_of_its_own() {
        let all = [
            Trouble::Unreachable,
            Trouble::TimedOut { seconds: 5 },
            Trouble::Credentials,
            Trouble::Redirect,
            Trouble::Status(500),
            Trouble::TooLarge { megabytes: 8 },
            Trouble::Nonsense,
            Trouble::Misfit,
            Trouble::Status(503),
            Trouble::Rests { seconds: 90 },
        ];
        let told: BTreeSet<_> = all.iter().map(|it| (it.code(), it.sentence("SAM"))).collect();
        assert_eq!(told.len(), all.len());
        assert!(told.iter().all(|(_, sentence)| sentence.contains("“SAM”") && sentence.ends_with('.')));
        let (passing, lasting): (Vec<&Trouble>, Vec<&Trouble>) = all.iter().partition(|it| Trouble::passes(it.code()));
        assert_eq!(passing.len(), 4);
        assert_eq!(lasting.iter().filter(|it| Trouble::is_of_question(it.code())).count(), 4);
        assert!(!passing.iter().any(|it| Trouble::is_of_question(it.code())));
    }
}
