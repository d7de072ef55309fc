//! Waiting for a job.

use std::time::Duration;

use service::{Cx, events::Topic};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// Watches one name.
pub(super) struct Watch {
    events: Receiver<Topic>,
    topic: Topic,
}

impl Watch {
    /// From now on.
    pub(super) fn new(cx: &Cx, topic: Topic) -> Self {
        Self { events: cx.events().subscribe(), topic }
    }

    /// Until it has changed. A word that was missed is made up for by looking now and then.
    pub(super) async fn changed(&mut self) {
        const NOW_AND_THEN: Duration = Duration::from_secs(2);
        let heard = async {
            loop {
                match self.events.recv().await {
                    Ok(topic) if topic == self.topic => return,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_) | RecvError::Closed) => return,
                }
            }
        };
        let _late = tokio::time::timeout(NOW_AND_THEN, heard).await;
    }
}
