//! Secrets that must be said to other servers word for word, as they lie in the database: sealed.
//!
//! A password of our own is hashed; one for somebody else's server cannot be. It is encrypted with a key that is not in the
//! database (XChaCha20-Poly1305), bound to its place: what was sealed for one row does not open in another. A value names
//! the key it was sealed with, so keys can be replaced while the server runs.
//!
//! A sealed value is `version (1) | key id (4) | nonce (24) | ciphertext and tag`.

use std::{fmt, io::Write, path::Path};

use anyhow::{Context, anyhow, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use sha2::{Digest, Sha256};

use crate::{Cx, Result, Settings};

const VERSION: u8 = 1;
const ID_BYTES: usize = 4;
const NONCE_BYTES: usize = 24;
/// The key of a server that was given none, in its data directory.
const FILE: &str = "secret.key";

/// Encrypts `plain` for the place `aad`: the table and the id of its row, as in `webhook:7`.
///
/// # Errors
/// None that a sane value can cause.
pub fn seal(cx: &Cx, aad: &str, plain: &[u8]) -> Result<Vec<u8>> {
    Ok(cx.keys().seal(cx.random_bytes(), aad, plain)?)
}

/// What was sealed for the place `aad`.
///
/// # Errors
/// When it was sealed for another place, with a key we do not have, or has been changed.
pub fn open(cx: &Cx, aad: &str, sealed: &[u8]) -> Result<Vec<u8>> {
    Ok(cx.keys().open(aad, sealed)?)
}

/// A key of 32 bytes; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// Of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As an operator writes it.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        STANDARD.decode(text.trim()).ok()?.try_into().ok().map(Self)
    }

    /// Tells keys apart and tells nothing about them.
    fn id(&self) -> [u8; ID_BYTES] {
        let hash = Sha256::new().chain_update(b"synapse key id").chain_update(self.0).finalize();
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&hash[..ID_BYTES]);
        id
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", hex::encode(self.id()))
    }
}

/// At least one key: the first seals, all open.
#[derive(Debug)]
pub(crate) struct Keys(Vec<Key>);

impl Keys {
    /// Those of the settings, or the one of the data directory.
    pub(crate) fn of(settings: &Settings) -> Result<Self> {
        Ok(Self(match settings.secret_keys.as_slice() {
            [] => vec![kept(&settings.data_dir)?],
            keys => keys.to_vec(),
        }))
    }

    fn seal(&self, nonce: [u8; NONCE_BYTES], aad: &str, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let key = &self.0[0];
        let payload = Payload { msg: plain, aad: aad.as_bytes() };
        let hidden = key.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| anyhow!("sealing a secret"))?;
        Ok([&[VERSION][..], &key.id(), &nonce, &hidden].concat())
    }

    fn open(&self, aad: &str, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        let Some((&[VERSION], rest)) = sealed.split_first_chunk::<1>() else {
            bail!("{aad}: this is no sealed secret")
        };
        let parts = rest.split_first_chunk::<ID_BYTES>().and_then(|(id, rest)| Some((id, rest.split_first_chunk()?)));
        let Some((id, (nonce, hidden))) = parts else { bail!("{aad}: a sealed secret is cut off") };
        let key = self.0.iter().find(|key| key.id() == *id).ok_or_else(|| {
            let id = hex::encode(id);
            anyhow!(
                "{aad}: sealed with the key {id}, which this server does not have; see secret_key in the configuration"
            )
        })?;
        let nonce: &[u8; NONCE_BYTES] = nonce;
        key.cipher()
            .decrypt(&XNonce::from(*nonce), Payload { msg: hidden, aad: aad.as_bytes() })
            .map_err(|_| anyhow!("{aad}: a sealed secret was changed, or moved from another place"))
    }
}

/// The key of the data directory. Where two servers start at once, the one that is later takes what the other has made.
fn kept(data_dir: &Path) -> anyhow::Result<Key> {
    let path = data_dir.join(FILE);
    let read = |text: String| {
        Key::from_base64(&text).ok_or_else(|| anyhow!("{} does not hold 32 bytes in Base64", path.display()))
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => return read(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    }
    let made = || -> anyhow::Result<()> {
        std::fs::create_dir_all(data_dir)?;
        let mut bytes = [0; 32];
        rand::Rng::fill_bytes(&mut rand::rng(), &mut bytes);
        // Readable by this user alone, and whole or not there.
        let mut file = tempfile::Builder::new().prefix(FILE).tempfile_in(data_dir)?;
        writeln!(file, "{}", STANDARD.encode(bytes))?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(&path) {
            Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.error.into()),
            _ => Ok(std::fs::File::open(data_dir)?.sync_all()?),
        }
    };
    made().with_context(|| format!("making {}", path.display()))?;
    read(std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: [u8; NONCE_BYTES] = [3; NONCE_BYTES];

    fn keys(bytes: &[u8]) -> Keys {
        Keys(bytes.iter().map(|byte| Key::new([*byte; 32])).collect())
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let keys = keys(&[1]);
        for plain in [&b""[..], b"hunter2", &[0; 5000]] {
            let sealed = keys.seal(NONCE, "webhook:7", plain).unwrap();
            assert_eq!(keys.open("webhook:7", &sealed).unwrap(), plain);
            assert!(plain.is_empty() || !sealed.windows(plain.len()).any(|window| window == plain));
            assert!(keys.open("webhook:8", &sealed).is_err());
        }
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let keys = keys(&[1]);
        let sealed = keys.seal(NONCE, "webhook:7", b"hunter2").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(keys.open("webhook:7", &changed).is_err(), "byte {at}");
            assert!(keys.open("webhook:7", &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn keys_are_replaced_one_after_the_other() {
        let sealed = keys(&[1]).seal(NONCE, "webhook:7", b"hunter2").unwrap();
        assert_eq!(keys(&[2, 1]).open("webhook:7", &sealed).unwrap(), b"hunter2");
        let error = format!("{:#}", keys(&[2]).open("webhook:7", &sealed).unwrap_err());
        assert!(error.contains("does not have"), "{error}");
        let anew = keys(&[2, 1]).seal(NONCE, "webhook:7", b"hunter2").unwrap();
        assert_eq!(keys(&[2]).open("webhook:7", &anew).unwrap(), b"hunter2");
    }

    #[test]
    fn a_key_is_not_printed() {
        let key = Key::from_base64(" BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n").unwrap();
        assert_eq!(key, Key::new([7; 32]));
        assert!(!format!("{key:?}").contains("7, 7"));
        for wrong in ["", "hunter2", "BwcH", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH"] {
            assert_eq!(Key::from_base64(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_key_of_a_data_directory_is_made_once_for_its_user_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let made = kept(&data).unwrap();
        assert_eq!(kept(&data).unwrap(), made);
        assert_eq!(std::fs::metadata(data.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(&data).unwrap().count(), 1);
        std::fs::write(data.join(FILE), "nonsense").unwrap();
        assert!(format!("{:#}", kept(&data).unwrap_err()).contains("secret.key"));
    }

    #[test]
    fn servers_that_start_at_once_have_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<Key> = std::thread::scope(|scope| {
            let starting: Vec<_> = (0..8).map(|_| scope.spawn(|| kept(folder.path()).unwrap())).collect();
            starting.into_iter().map(|key| key.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }
}
