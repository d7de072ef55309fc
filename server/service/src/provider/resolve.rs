//! Names of servers to their addresses.

use std::{
    collections::{HashMap, VecDeque},
    io,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Who knows the addresses of a name.
#[derive(Debug, Clone, Default)]
pub enum Resolver {
    /// The machine's own resolver.
    #[default]
    System,
    /// Answers written down beforehand.
    Scripted(Script),
}

/// For each name its answers, one lookup after another: names can change between two lookups, and those who mean harm
/// make them.
#[derive(Debug, Clone, Default)]
pub struct Script(Arc<Mutex<HashMap<String, VecDeque<Vec<IpAddr>>>>>);

impl Script {
    /// Adds what the next lookup of `name` answers.
    ///
    /// # Panics
    /// When an address is none.
    #[must_use]
    pub fn then(self, name: &str, addresses: &[&str]) -> Self {
        let addresses = addresses.iter().map(|address| address.parse().expect("an IP address")).collect();
        self.answers().entry(name.to_owned()).or_default().push_back(addresses);
        self
    }

    /// How many answers for `name` nobody has asked for yet.
    #[must_use]
    pub fn left(&self, name: &str) -> usize {
        self.answers().get(name).map_or(0, VecDeque::len)
    }

    fn answers(&self) -> std::sync::MutexGuard<'_, HashMap<String, VecDeque<Vec<IpAddr>>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Resolver {
    /// Every address of a name.
    ///
    /// # Errors
    /// When there is no such name, or no answer in time.
    pub async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        match self {
            Self::System => {
                let found = tokio::time::timeout(TIMEOUT, tokio::net::lookup_host((name, 0))).await??;
                Ok(found.map(|address| address.ip()).collect())
            }
            Self::Scripted(script) => {
                let answer = script.answers().get_mut(name).and_then(VecDeque::pop_front);
                answer.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such name in the script"))
            }
        }
    }
}
