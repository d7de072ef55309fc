//! Hands a mail of the outbox to the mail server.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Job;
use crate::{Cx, Result, provider::mail};

/// Delivers one mail; one that was delivered before stays delivered once.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendMail {
    /// Which one.
    pub mail_id: Uuid,
}

impl Job for SendMail {
    const NAME: &'static str = "send_mail";

    async fn run(&self, cx: &Cx) -> Result<()> {
        mail::deliver(cx, self.mail_id).await
    }
}
