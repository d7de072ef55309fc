//! Work handed in after the session has ended waits in this browser until the person has signed in again.

use domain::annotation::Submission;
use domain::id::UserId;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::Autosave;
use crate::annotate::{api, browser};
use crate::error::AppError;

/// Work that is to be handed in once the person has signed in again.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Waiting {
    submission: Submission,
    is_skip: bool,
}

impl Autosave {
    /// The session has ended: the submission waits in this browser.
    pub(in crate::annotate) fn wait(self, submission: Submission, is_skip: bool) -> bool {
        let key = format!("{}{}", waiting_prefix(self.user_id), submission.key);
        browser::keep(&key, &Waiting { submission, is_skip })
    }
}

fn waiting_prefix(user_id: UserId) -> String {
    format!("synapse.waiting.{user_id}.")
}

/// Hands in what waited for this person to sign in again. Says how many were sent, and what was refused.
pub(in crate::annotate) fn send_waiting(user_id: UserId, done: impl Fn(usize, Vec<AppError>) + 'static) {
    let keys = browser::kept_keys(&waiting_prefix(user_id));
    if keys.is_empty() {
        return;
    }
    spawn_local(async move {
        // Somebody else may have signed in on this browser: nobody's work is sent under another name.
        let is_me = crate::account::api::who_am_i().await.is_ok_and(|me| me.is_some_and(|me| me.user_id == user_id));
        if !is_me {
            return;
        }
        let (mut sent, mut refused) = (0, Vec::new());
        for key in keys {
            let Some(Waiting { submission, is_skip }) = browser::kept::<Waiting>(&key) else { continue };
            let answer = if is_skip { api::skip(submission).await } else { api::submit(submission).await };
            match answer {
                Ok(_) => {
                    browser::forget(&key);
                    sent += 1;
                }
                // Still no way to the server, or signed out again: it waits on.
                Err(AppError::Transport(_)) => return,
                Err(error) if error.needs_sign_in() => return,
                Err(error) => {
                    // The draft still has the work; sending it again would be refused again.
                    browser::forget(&key);
                    refused.push(error);
                }
            }
        }
        done(sent, refused);
    });
}
