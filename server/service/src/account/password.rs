//! Argon2id, off the async threads, and never more at once than the machine can bear.

use std::sync::LazyLock;

use anyhow::Context;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::Result;

/// Each hash takes 19 MiB; the rest wait.
static PERMITS: Semaphore = Semaphore::const_new(4);

/// Verified when the address is unknown, so that the answer takes as long as for a wrong password.
static DECOY: LazyLock<String> = LazyLock::new(|| {
    hasher().hash_password(b"nobody has this password").map(|hash| hash.to_string()).unwrap_or_default()
});

/// OWASP's first recommendation: m = 19 MiB, t = 2, p = 1.
fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

pub(super) async fn hash(password: String) -> Result<String> {
    let _permit = PERMITS.acquire().await.context("the hashing semaphore is never closed")?;
    let hash =
        tokio::task::spawn_blocking(move || hasher().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
            .await
            .context("hashing a password")?
            .map_err(|error| anyhow::anyhow!("hashing a password: {error}"))?;
    Ok(hash)
}

/// Whether `password` is the one behind `hash`; without a hash the same work is done for nothing.
pub(super) async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    let _permit = PERMITS.acquire().await.context("the hashing semaphore is never closed")?;
    let known = hash.is_some();
    let matches = tokio::task::spawn_blocking(move || {
        let hash = hash.unwrap_or_else(|| DECOY.clone());
        PasswordHash::new(&hash).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
    .context("verifying a password")?;
    Ok(matches && known)
}
