//! Passwords of models: sealed, since they have to be said to other servers word for word.

use domain::id::MlBackendId;

use super::sql;
use crate::{Cx, Result, secret};

/// How many are sealed before the next are looked for.
const AT_ONCE: i64 = 100;

fn place(ml_backend_id: MlBackendId) -> String {
    format!("ml_backend:{ml_backend_id}")
}

pub(super) fn seal(cx: &Cx, ml_backend_id: MlBackendId, password: &str) -> Result<Vec<u8>> {
    secret::seal(cx, &place(ml_backend_id), password.as_bytes())
}

pub(super) fn open(cx: &Cx, ml_backend_id: MlBackendId, sealed: &[u8]) -> Result<String> {
    let plain = secret::open(cx, &place(ml_backend_id), sealed)?;
    Ok(String::from_utf8(plain).map_err(anyhow::Error::new)?)
}

/// Seals the passwords that earlier versions stored as they were typed. Safe on several nodes at once and when it is cut off.
///
/// # Errors
/// When the database refuses.
pub async fn seal_passwords(cx: &Cx) -> Result<()> {
    loop {
        let open = sql::open_passwords(cx.pool(), AT_ONCE).await?;
        if open.is_empty() {
            return Ok(());
        }
        for (ml_backend_id, password) in open {
            let sealed = seal(cx, ml_backend_id, &password)?;
            sql::seal_password(cx.pool(), ml_backend_id, &password, &sealed).await?;
        }
    }
}
