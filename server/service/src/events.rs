//! What happens, told to whoever watches: names of changed things travel by NOTIFY from any node to every node.
//!
//! Only names travel, never content: who hears one asks for the thing itself and is judged by the usual permissions.

use std::time::Duration;

use sqlx::{PgConnection, postgres::PgListener};
use tokio::sync::broadcast;

use crate::{Cx, Result};

const CHANNEL: &str = "synapse_event";
/// How long to wait before listening again when the database went away.
const PAUSE: Duration = Duration::from_secs(1);

/// The name of a thing that changes while somebody watches, such as `import:7`.
pub type Topic = String;

/// A stream of names.
pub type Events = broadcast::Sender<Topic>;

/// Tells that `topic` has changed, when the transaction on `conn` commits.
pub(crate) async fn tell(conn: &mut PgConnection, topic: &str) -> Result<()> {
    sqlx::query!("select pg_notify($1, $2)", CHANNEL, topic).execute(conn).await?;
    Ok(())
}

/// Listens for as long as the server runs; reconnects by itself.
pub async fn listen(cx: Cx) {
    loop {
        if let Err(error) = listen_once(&cx).await {
            tracing::warn!(error = %format_args!("{error:#}"), "listening for events was interrupted");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn listen_once(cx: &Cx) -> Result<()> {
    let mut listener = PgListener::connect_with(cx.pool()).await?;
    listener.listen(CHANNEL).await?;
    loop {
        let notification = listener.recv().await?;
        // Nobody watching is the usual case.
        let _watchers = cx.events().send(notification.payload().to_owned());
    }
}
