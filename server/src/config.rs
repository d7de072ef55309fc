//! What an operator decides, read once: defaults, then one TOML file, then the environment, then flags.
//!
//! Every setting is described in `docs/configuration.md`; a test compares the two.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use service::{Settings, secret};

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value, for the one who needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Keys of 32 bytes in Base64, separated by commas; never printed.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct SecretKeys(Vec<secret::Key>);

impl TryFrom<String> for SecretKeys {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let keys: Option<_> = text.split(',').map(secret::Key::from_base64).collect();
        keys.map(Self).ok_or_else(|| {
            "secret_key must be 32 bytes in Base64, as `openssl rand -base64 32` prints them; several are separated by \
             commas"
                .to_owned()
        })
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Human in a terminal, JSON elsewhere.
    Auto,
    /// For reading.
    Human,
    /// One object per line.
    Json,
}

/// Everything that can be set. A field `x` is `x = …` in the file, `SYNAPSE_X` in the environment and, where it has one,
/// `--x` on the command line.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub addr: SocketAddr,
    pub base_url: Option<String>,
    pub data: PathBuf,
    pub database_url: Option<Secret>,
    pub database_connections: u32,
    pub pg_bin: Option<PathBuf>,
    pub site: Option<PathBuf>,
    pub secret_key: Option<SecretKeys>,
    pub smtp_url: Option<Secret>,
    pub mail_from: String,
    pub allow_networks: Networks,
    pub local_files: Option<PathBuf>,
    pub trusted_proxies: Networks,
    pub max_upload_mb: u64,
    pub request_timeout_s: u64,
    pub api_requests_per_minute: u32,
    pub api_origins: Origins,
    pub shutdown_timeout_s: u64,
    pub log: String,
    pub log_format: LogFormat,
    pub dev: bool,
    pub demo: bool,
}

/// Networks in CIDR notation: a list in the file, separated by commas in the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "OneOrMany")]
pub struct Networks(pub Vec<ipnet::IpNet>);

impl Networks {
    /// Whether the address is in one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Origins such as `https://tools.example.com`: a list in the file, separated by commas in the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "OneOrMany")]
pub struct Origins(pub Vec<String>);

impl TryFrom<OneOrMany> for Origins {
    type Error = String;

    fn try_from(value: OneOrMany) -> Result<Self, String> {
        let known = |part: &String| {
            let rest = part.split_once("://").filter(|(scheme, _)| ["http", "https"].contains(scheme));
            rest.is_some_and(|(_, rest)| !rest.is_empty() && !rest.contains(['/', '?', '#', '@', ' ']))
        };
        value
            .parts()
            .into_iter()
            .map(|part| {
                if known(&part) {
                    Ok(part)
                } else {
                    Err(format!("{part:?} is not an origin such as https://tools.example.com"))
                }
            })
            .collect::<Result<_, _>>()
            .map(Origins)
    }
}

impl OneOrMany {
    fn parts(self) -> Vec<String> {
        let parts = match self {
            Self::One(text) => text.split(',').map(str::to_owned).collect(),
            Self::Many(parts) => parts,
        };
        parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl TryFrom<OneOrMany> for Networks {
    type Error = String;

    fn try_from(value: OneOrMany) -> Result<Self, String> {
        let parse = |part: String| part.parse().map_err(|_| format!("{part:?} is not a network such as 10.0.0.0/8"));
        value.parts().into_iter().map(parse).collect::<Result<_, _>>().map(Networks)
    }
}

/// The settings that are worth a flag.
#[derive(Debug, Clone, Default, Args, Serialize)]
#[allow(clippy::doc_markdown, reason = "shown in a terminal by --help")]
#[command(next_help_heading = "Settings")]
pub struct Flags {
    /// A TOML file with settings (also SYNAPSE_CONFIG)
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Where to listen [default: 127.0.0.1:3000]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addr: Option<SocketAddr>,
    /// The address people use, for links in mails [default: http://localhost:<port>]
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The data directory: the embedded database and uploaded files [default: ./data]
    #[arg(long, global = true, value_name = "FOLDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// The built front end [default: `site` beside this program]
    #[arg(long, global = true, value_name = "FOLDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<PathBuf>,
    /// What to log: a level, or `tracing` directives [default: info,sqlx=warn,graphile_worker_migrations=warn]
    #[arg(long, global = true, value_name = "FILTER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// How log lines look [default: auto]
    #[arg(long, global = true, value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
    /// Show development pages such as /dev/outbox; only on loopback
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dev: bool,
    /// Fill an empty database with the demo workspace; only on loopback
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

/// The values in force when nothing is set. Those without a default are absent.
#[derive(Serialize)]
struct Defaults {
    addr: &'static str,
    data: &'static str,
    database_connections: u32,
    mail_from: &'static str,
    allow_networks: &'static str,
    trusted_proxies: &'static str,
    max_upload_mb: u64,
    request_timeout_s: u64,
    api_requests_per_minute: u32,
    api_origins: &'static str,
    shutdown_timeout_s: u64,
    log: &'static str,
    log_format: LogFormat,
    dev: bool,
    demo: bool,
}

const DEFAULTS: Defaults = Defaults {
    addr: "127.0.0.1:3000",
    data: "./data",
    database_connections: 20,
    mail_from: "Synapse <synapse@localhost>",
    allow_networks: "",
    trusted_proxies: "",
    max_upload_mb: 5 * 1024,
    request_timeout_s: 60,
    api_requests_per_minute: 6_000,
    api_origins: "",
    shutdown_timeout_s: 30,
    log: "info,sqlx=warn,graphile_worker_migrations=warn",
    log_format: LogFormat::Auto,
    dev: false,
    demo: false,
};

/// Variables with our prefix that are not settings of the server.
const OTHERS: &[&str] = &["config", "chromium"];

impl Config {
    /// Reads all sources.
    ///
    /// # Errors
    /// When a source cannot be read or a value makes no sense; the text names the setting and where it came from.
    pub fn load(flags: &Flags) -> Result<Self> {
        let file = flags.config.clone().or_else(|| std::env::var_os("SYNAPSE_CONFIG").map(PathBuf::from));
        let mut figment = Figment::from(Serialized::defaults(DEFAULTS));
        if let Some(file) = &file {
            if !file.is_file() {
                bail!("The configuration file {} does not exist.", file.display());
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        // An empty variable counts as unset, so that a compose file may leave one blank.
        let present = |key: &figment::value::UncasedStr| {
            std::env::var_os(format!("SYNAPSE_{}", key.as_str().to_uppercase())).is_none_or(|value| !value.is_empty())
        };
        figment = figment
            .merge(Env::prefixed("SYNAPSE_").filter(present).ignore(OTHERS))
            .merge(
                Env::raw()
                    .only(&["database_url"])
                    .filter(|_| std::env::var_os("DATABASE_URL").is_some_and(|v| !v.is_empty())),
            )
            .merge(Serialized::defaults(flags));
        let config: Self = figment.extract().map_err(|error| anyhow::anyhow!("Configuration: {error}"))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        if let Some(url) = &self.base_url {
            let known = url.starts_with("https://") || url.starts_with("http://");
            let rest = url.split_once("://").map_or("", |(_, rest)| rest);
            if !known || rest.is_empty() || rest.contains(['/', '?', '#', '@', ' ']) {
                bail!(
                    "Configuration: base_url must look like https://label.example.com, without a path; it is {url:?}."
                );
            }
        }
        if self.demo && !self.is_local() {
            bail!(
                "Configuration: demo makes people whose password is public, so it needs a loopback address and no public \
                 base_url; addr is {}.",
                self.addr
            );
        }
        if self.dev && !self.is_local() {
            bail!(
                "Configuration: dev shows every mail to every visitor, so it needs a loopback address and no public \
                 base_url; addr is {}.",
                self.addr
            );
        }
        for (name, value) in [
            ("database_connections", u64::from(self.database_connections)),
            ("max_upload_mb", self.max_upload_mb),
            ("request_timeout_s", self.request_timeout_s),
        ] {
            if value == 0 {
                bail!("Configuration: {name} must be at least 1.");
            }
        }
        Ok(())
    }

    /// Whether only this machine can reach the server.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let host = self.base_url.as_deref().and_then(|url| url.split_once("://")).map_or("localhost", |(_, rest)| rest);
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host).trim_matches(['[', ']']);
        let is_loopback_name = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        self.addr.ip().is_loopback() && is_loopback_name
    }

    /// The address people use, without a slash at the end. `listening` is where the server really listens.
    #[must_use]
    pub fn base_url(&self, listening: SocketAddr) -> String {
        self.base_url.clone().unwrap_or_else(|| match listening.ip() {
            ip if ip.is_loopback() || ip.is_unspecified() => format!("http://localhost:{}", listening.port()),
            _ => format!("http://{listening}"),
        })
    }

    /// The part that use cases need.
    #[must_use]
    pub fn settings(&self, listening: SocketAddr) -> Settings {
        let base_url = self.base_url(listening);
        Settings {
            secure_cookies: base_url.starts_with("https://"),
            base_url,
            dev_pages: self.dev,
            data_dir: self.data.clone(),
            allow_networks: self.allow_networks.0.clone(),
            local_files: self.local_files.clone(),
            max_upload_bytes: self.max_upload_mb.saturating_mul(1 << 20),
            secret_keys: self.secret_key.clone().map(|keys| keys.0).unwrap_or_default(),
            // Commands run without a front end.
            site_dir: self.site().ok(),
            program: std::env::current_exe().ok(),
            ..Settings::default()
        }
    }

    /// The folder with the built front end.
    ///
    /// # Errors
    /// When there is none.
    pub fn site(&self) -> Result<PathBuf> {
        let beside = || Some(std::env::current_exe().ok()?.parent()?.join("site"));
        let folder = self.site.clone().or_else(beside).context("finding this program's folder")?;
        let complete = |folder: &Path| folder.join("hash.txt").is_file();
        if complete(&folder) {
            // Absolute, because leptos looks for its hash file relative to the program.
            return folder.canonicalize().with_context(|| format!("reading {}", folder.display()));
        }
        bail!(
            "The front end is not in {}: build it with script/build-web, or name its folder with --site.",
            folder.display()
        )
    }

    /// How long a request may take.
    #[must_use]
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_s)
    }

    /// How long requests may go on after the signal to stop.
    #[must_use]
    pub fn shutdown_timeout(&self) -> Duration {
        Duration::from_secs(self.shutdown_timeout_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(toml: &str) -> Result<Config> {
        let figment = Figment::from(Serialized::defaults(DEFAULTS)).merge(Toml::string(toml));
        let config: Config = figment.extract()?;
        config.check()?;
        Ok(config)
    }

    #[test]
    fn defaults_are_whole_and_local() {
        let config = from("").unwrap();
        assert!(config.is_local());
        assert_eq!(config.base_url("127.0.0.1:8080".parse().unwrap()), "http://localhost:8080");
        assert!(!config.settings(config.addr).secure_cookies);
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = from("database_url = 'postgres://u:hunter2@h/d'\nsmtp_url = 'smtp://u:hunter2@h'").unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(config.database_url.unwrap().expose(), "postgres://u:hunter2@h/d");
    }

    #[test]
    fn keys_are_read_in_their_order_and_not_printed() {
        let (new, old) =
            ("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=");
        let config = from(&format!("secret_key = '{new}, {old}'")).unwrap();
        assert!(!format!("{config:?}").contains(&new[..8]));
        assert_eq!(config.settings(config.addr).secret_keys, [secret::Key::new([7; 32]), secret::Key::new([8; 32])]);
        assert!(!format!("{:#}", from("secret_key = 'hunter2'").unwrap_err()).contains("hunter2"));
    }

    #[test]
    fn nonsense_is_refused_with_its_name() {
        for (toml, name) in [
            ("adr = '127.0.0.1:3000'", "adr"),
            ("addr = 'localhost'", "addr"),
            ("base_url = 'label.example.com'", "base_url"),
            ("base_url = 'https://label.example.com/synapse'", "base_url"),
            ("allow_networks = '10.0.0.0/99'", "10.0.0.0/99"),
            ("max_upload_mb = 0", "max_upload_mb"),
            ("log_format = 'xml'", "xml"),
            ("secret_key = 'c2hvcnQ='", "secret_key"),
        ] {
            let error = format!("{:#}", from(toml).unwrap_err());
            assert!(error.contains(name), "{toml}: {error}");
        }
    }

    #[test]
    fn development_pages_stay_on_this_machine() {
        for toml in [
            "dev = true\naddr = '0.0.0.0:3000'",
            "dev = true\nbase_url = 'https://label.example.com'",
            "dev = true\nbase_url = 'http://localhost.example.com'",
        ] {
            assert!(from(toml).is_err(), "{toml}");
        }
        for toml in ["dev = true", "dev = true\naddr = '[::1]:3000'\nbase_url = 'http://[::1]:3000'"] {
            assert!(from(toml).is_ok(), "{toml}");
        }
    }

    #[test]
    fn networks_are_read_from_a_list_or_from_a_line() {
        let networks = from("allow_networks = '10.0.0.0/8, ::1/128'").unwrap().allow_networks;
        assert_eq!(networks, from("allow_networks = ['10.0.0.0/8', '::1/128']").unwrap().allow_networks);
        assert!(networks.contains("10.1.2.3".parse().unwrap()));
        assert!(!networks.contains("11.1.2.3".parse().unwrap()));
    }

    #[test]
    fn every_setting_is_documented_with_its_default() {
        let documented = include_str!("../../docs/configuration.md");
        let defaults = serde_json::to_value(DEFAULTS).unwrap();
        let probe = serde_json::json!({ "no_such_setting": 0 });
        let error =
            Figment::from(Serialized::defaults(DEFAULTS)).merge(Serialized::defaults(probe)).extract::<Config>();
        let figment::error::Kind::UnknownField(_, fields) = error.unwrap_err().kind else {
            panic!("unknown fields are refused")
        };
        for field in fields {
            let row = documented.lines().find(|line| line.starts_with(&format!("| `{field}` |")));
            let row = row.unwrap_or_else(|| panic!("docs/configuration.md has no row for {field}"));
            let default = match &defaults[*field] {
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Null => String::new(),
                other => other.to_string(),
            };
            assert!(row.contains(&default), "{row} does not name the default {default}");
        }
    }
}
