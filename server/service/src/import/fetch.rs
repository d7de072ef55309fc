//! Fetching a file from the web without becoming a way into our own network.
//!
//! A name is resolved once and every address it has is judged; the connection then goes to the addresses that were judged
//! and to no others, so that a name which changes between the two leads nowhere. Redirects are followed by hand, each
//! judged the same way. No proxy is asked, since it would resolve names by itself.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::Range,
    sync::LazyLock,
    time::Duration,
};

use bytes::Bytes;
use domain::{Error as Problem, Kind};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use ipnet::IpNet;
use reqwest::{
    Client, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE},
    redirect::Policy,
};
use url::{Host, Url};

use crate::{Cx, Result};

/// How often a server may send us on.
const MAX_REDIRECTS: usize = 5;
/// The longest address.
const MAX_URL_CHARS: usize = 2048;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two pieces of the answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// Addresses that are not the public internet: this machine, private networks, link-local (and with it the metadata
/// services of clouds), carrier NAT, documentation, benchmarks, multicast, reserved, and ways to write IPv4 in IPv6.
static NOT_PUBLIC: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    let v4 = [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    ];
    let v6 = [
        "::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    ];
    v4.iter().chain(&v6).map(|net| net.parse().expect("a constant network")).collect()
});

/// A file on its way in.
pub struct Fetched {
    /// What to call it.
    pub name: String,
    /// Its bytes.
    pub body: BoxStream<'static, std::io::Result<Bytes>>,
}

/// Reads an address people typed, and refuses one that leads where it must not.
///
/// # Errors
/// *Invalid*, with what is wrong with it.
pub async fn check(cx: &Cx, address: &str) -> Result<Url> {
    let url = parse(address)?;
    judge(cx, &url).await?;
    Ok(url)
}

/// Begins to fetch the file behind an address.
///
/// # Errors
/// *Invalid*, with what the address or its server said.
pub async fn fetch(cx: &Cx, address: &str) -> Result<Fetched> {
    let answer = get(cx, address, None).await?;
    let limit = cx.settings().max_upload_bytes;
    if answer.length.is_some_and(|length| length > limit) {
        let message = format!("The file behind this address is larger than {} MB, the most it may have.", limit >> 20);
        return Err(Problem::new(Kind::TooLarge, "file_too_large", message).on("url").into());
    }
    let name = file_name(&answer.url, answer.content_type.as_deref());
    Ok(Fetched { name, body: answer.body })
}

/// What a server answers.
pub(crate) struct Answer {
    /// Where it was found in the end.
    pub(crate) url: Url,
    /// As the server says.
    pub(crate) content_type: Option<String>,
    /// Of what comes now, as the server says.
    pub(crate) length: Option<u64>,
    /// Which part this is; nothing for the whole.
    pub(crate) part: Option<Range<u64>>,
    /// Of the whole, where this is a part.
    pub(crate) whole: Option<u64>,
    /// The bytes.
    pub(crate) body: BoxStream<'static, std::io::Result<Bytes>>,
}

/// Asks for the file behind an address, all or a part, without a cookie; the answer may be the whole anyway.
///
/// # Errors
/// *Invalid*, with what the address or its server said.
pub(crate) async fn get(cx: &Cx, address: &str, range: Option<Range<u64>>) -> Result<Answer> {
    let mut url = parse(address)?;
    for _ in 0..=MAX_REDIRECTS {
        let client = client_for(judge(cx, &url).await?, READ_TIMEOUT)?;
        let mut request = client.get(url.clone());
        if let Some(range) = &range {
            let last = if range.end == u64::MAX { String::new() } else { (range.end - 1).to_string() };
            request = request.header(RANGE, format!("bytes={}-{last}", range.start));
        }
        let answer = request.send().await.map_err(|error| unreachable(&url, &error))?;
        if answer.status().is_redirection()
            && let Some(target) = answer.headers().get(LOCATION)
        {
            let target = target.to_str().ok().and_then(|target| url.join(target).ok());
            url = parse(
                target
                    .ok_or_else(|| refuse("url_redirect", "The server sent us on to something that is no address."))?
                    .as_str(),
            )?;
            continue;
        }
        let content_range = answer.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
        let part = content_range.and_then(parse_content_range);
        let is_part = range.is_some() && answer.status() == StatusCode::PARTIAL_CONTENT && part.is_some();
        if answer.status() != StatusCode::OK && !is_part {
            let message = format!("The server answered {} instead of a file.", answer.status());
            return Err(refuse("url_status", message).into());
        }
        let (part, whole) = part.filter(|_| is_part).unzip();
        let content_type = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        return Ok(Answer {
            url,
            content_type: content_type.map(str::to_owned),
            length: answer.content_length(),
            part,
            whole: whole.flatten(),
            body: answer.bytes_stream().map_err(std::io::Error::other).boxed(),
        });
    }
    Err(refuse("url_redirects", "The server sent us on too often.").into())
}

/// `bytes 0-9/100`: the part, and the length of the whole unless it is `*`.
fn parse_content_range(value: &str) -> Option<(Range<u64>, Option<u64>)> {
    let (part, whole) = value.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = part.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let whole = whole.trim().parse().ok();
    let end = last.checked_add(1)?;
    (first < end && whole.is_none_or(|whole| end <= whole)).then_some((first..end, whole))
}

/// What a file from an address is called: the last part of its path, ending as its content type says if it has no ending.
#[must_use]
pub fn file_name(url: &Url, content_type: Option<&str>) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).filter(|part| !part.is_empty());
    let name = last.or(url.host_str()).unwrap_or("file");
    let has_ending = last.is_some_and(|last| last.contains('.'));
    let ending = match content_type.and_then(|kind| kind.split(';').next()).map(str::trim) {
        Some("application/json") => ".json",
        Some("application/x-ndjson" | "application/jsonl") => ".ndjson",
        Some("text/csv") => ".csv",
        Some("text/tab-separated-values") => ".tsv",
        _ => "",
    };
    if has_ending { name.to_owned() } else { format!("{name}{ending}") }
}

pub(crate) fn parse(address: &str) -> Result<Url, Problem> {
    let address = address.trim();
    if address.chars().count() > MAX_URL_CHARS {
        return Err(refuse("url_too_long", "This address is too long."));
    }
    let url = Url::parse(address)
        .map_err(|_| refuse("url_malformed", "This is no complete address. It should begin with https://."))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(refuse("url_scheme", "Only addresses that begin with https:// or http:// can be fetched."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse(
            "url_credentials",
            "An address with a password in it is not fetched, because it is kept in the history.",
        ));
    }
    Ok(url)
}

/// The addresses of a host, none of which we must not reach.
pub(crate) async fn judge(cx: &Cx, url: &Url) -> Result<Vec<IpAddr>, Problem> {
    let addresses: Vec<IpAddr> = match url.host() {
        Some(Host::Ipv4(address)) => vec![address.into()],
        Some(Host::Ipv6(address)) => vec![address.into()],
        Some(Host::Domain(name)) => cx
            .resolver()
            .lookup(name)
            .await
            .map_err(|_| refuse("url_unknown_host", format!("There is no server called “{name}”.")))?,
        None => Vec::new(),
    };
    let allowed = &cx.settings().allow_networks;
    if addresses.is_empty() || !addresses.iter().all(|address| is_allowed(*address, allowed)) {
        let message = "This address leads into a private network, which is not fetched from.";
        return Err(refuse("url_private", message));
    }
    Ok(addresses)
}

/// A client that reaches these addresses and no others, whatever name it is given, and waits so long for each piece of an
/// answer. It follows no redirects.
pub(crate) fn client_for(addresses: Vec<IpAddr>, patience: Duration) -> Result<Client> {
    // Whoever runs first decides; a provider that is there already is as good.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    Ok(Client::builder()
        .dns_resolver(std::sync::Arc::new(Judged(addresses)))
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(patience)
        .timeout(TOTAL_TIMEOUT)
        .user_agent("Synapse import")
        .build()
        .map_err(anyhow::Error::new)?)
}

/// Whether an address belongs to the public internet or to a network the operator allows.
#[must_use]
pub fn is_allowed(address: IpAddr, allowed: &[IpNet]) -> bool {
    let address = plain(address);
    allowed.iter().any(|net| net.contains(&address)) || !NOT_PUBLIC.iter().any(|net| net.contains(&address))
}

/// IPv4 written in IPv6 (`::ffff:10.0.0.1`, `64:ff9b::10.0.0.1`) is judged as IPv4.
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return v4.into();
    }
    let parts = v6.segments();
    if parts[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [.., a, b, c, d] = v6.octets();
        return Ipv4Addr::new(a, b, c, d).into();
    }
    Ipv6Addr::into(v6)
}

/// Answers with the addresses that were judged.
struct Judged(Vec<IpAddr>);

impl Resolve for Judged {
    fn resolve(&self, _name: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter().map(|address| SocketAddr::new(address, 0)));
        Box::pin(std::future::ready(Ok(addresses)))
    }
}

fn unreachable(url: &Url, error: &reqwest::Error) -> Problem {
    tracing::debug!(%error, "an address could not be fetched");
    let host = url.host_str().unwrap_or_default();
    let reason = if error.is_timeout() { "did not answer in time" } else { "could not be reached" };
    refuse("url_unreachable", format!("The server “{host}” {reason}."))
}

fn refuse(code: &'static str, message: impl Into<String>) -> Problem {
    Problem::invalid("url", code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_reached() {
        let refused = [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "2002:7f00:1::",
            "ff02::1",
            "::7f00:1",
            "198.18.0.1",
        ];
        for address in refused {
            assert!(!is_allowed(address.parse().unwrap(), &[]), "{address}");
        }
        for address in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"] {
            assert!(is_allowed(address.parse().unwrap(), &[]), "{address}");
        }
        let local = ["127.0.0.0/8".parse().unwrap()];
        assert!(is_allowed("127.0.0.1".parse().unwrap(), &local));
        assert!(is_allowed("::ffff:127.0.0.1".parse().unwrap(), &local));
        assert!(!is_allowed("10.0.0.1".parse().unwrap(), &local));
    }

    #[test]
    fn addresses_are_read_with_care() {
        for (address, code) in [
            ("ftp://example.org/a", "url_scheme"),
            ("file:///etc/passwd", "url_scheme"),
            ("example.org/a.json", "url_malformed"),
            ("https://me:secret@example.org/", "url_credentials"),
            (&*format!("https://example.org/{}", "a".repeat(3000)), "url_too_long"),
        ] {
            assert_eq!(parse(address).unwrap_err().code, code, "{address}");
        }
        let url = |text: &str| Url::parse(text).unwrap();
        assert_eq!(file_name(&url("https://e.org/x/a.csv?b=1"), None), "a.csv");
        assert_eq!(file_name(&url("https://e.org/export"), Some("application/json; charset=utf-8")), "export.json");
        assert_eq!(file_name(&url("https://e.org/"), None), "e.org");
    }
}
