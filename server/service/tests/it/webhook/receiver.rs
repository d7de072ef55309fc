//! A server on this machine that others are called at, kind or not: a receiver of webhooks, a service that is asked.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// How a receiver behaves.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Manner {
    /// This status, with these lines of headers, and this body.
    Says(&'static str, String, String),
    /// It takes the message and never answers.
    Hangs,
    /// It says that all is well, and never ends to say so.
    Dawdles,
    /// It answers without end.
    Floods,
    /// It says that all is well and that ten gigabytes follow, and sends a few.
    Boasts,
    /// These bytes, of this kind.
    Gives(&'static str, Vec<u8>),
    /// This once, and then the other.
    Then(Box<Manner>, Box<Manner>),
}

impl Manner {
    pub(crate) fn ok() -> Self {
        Self::status("200 OK")
    }

    pub(crate) fn status(status: &'static str) -> Self {
        Self::Says(status, String::new(), String::new())
    }

    pub(crate) fn says(body: impl Into<String>) -> Self {
        Self::Says("200 OK", String::new(), body.into())
    }

    pub(crate) fn then(self, next: Self) -> Self {
        Self::Then(Box::new(self), Box::new(next))
    }
}

/// A message as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    /// As in `POST /hook`.
    pub(crate) line: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) text: String,
}

impl Heard {
    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn action(&self) -> String {
        self.body()["action"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

#[derive(Clone)]
pub(crate) struct Receiver {
    address: SocketAddr,
    manner: Arc<Mutex<Manner>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Receiver {
    pub(crate) async fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let receiver = Self { address, manner: Arc::new(Mutex::new(manner)), heard: Arc::default() };
        let it = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(it.clone().attend(stream));
            }
        });
        receiver
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook?from=synapse", self.address)
    }

    /// How it behaves from now on.
    pub(crate) fn becomes(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// What has come in since the last time.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    pub(crate) fn actions(&self) -> Vec<String> {
        self.heard().iter().map(Heard::action).collect()
    }

    async fn attend(self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        let (line, head, body) = loop {
            let mut piece = [0; 16_384];
            let count = stream.read(&mut piece).await.unwrap_or(0);
            if count == 0 {
                return;
            }
            bytes.extend_from_slice(&piece[..count]);
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let headers = headers(&head);
            let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
                break (line, headers, String::from_utf8(bytes[end + 4..end + 4 + length].to_vec()).unwrap());
            }
        };
        self.heard.lock().unwrap().push(Heard { line, headers: head, text: body });
        let manner = {
            let mut manner = self.manner.lock().unwrap();
            match manner.clone() {
                Manner::Then(now, next) => {
                    *manner = *next;
                    *now
                }
                manner => manner,
            }
        };
        let answer = match manner {
            Manner::Says(status, headers, body) => {
                let length = body.len();
                format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
                    .into_bytes()
            }
            Manner::Gives(kind, body) => {
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                [head.into_bytes(), body].concat()
            }
            Manner::Boasts => b"HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\na few".to_vec(),
            Manner::Hangs | Manner::Then(..) => return std::future::pending().await,
            Manner::Dawdles => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nall is ").await;
                return std::future::pending().await;
            }
            Manner::Floods => {
                let mut answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
                while stream.write_all(&answer).await.is_ok() {
                    answer = format!("{:x}\r\n{}\r\n", 1 << 16, "a".repeat(1 << 16)).into_bytes();
                }
                return;
            }
        };
        // A client that has heard enough is gone.
        let _ = stream.write_all(&answer).await;
    }
}

fn headers(head: &str) -> HashMap<String, String> {
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect()
}
