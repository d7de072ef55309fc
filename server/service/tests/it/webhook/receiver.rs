//! A receiver of webhooks on this machine, kind or not.

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
pub(super) enum Manner {
    /// This status, with these lines of headers, and this body.
    Says(&'static str, String, String),
    /// It takes the message and never answers.
    Hangs,
    /// It says that all is well, and never ends to say so.
    Dawdles,
    /// It answers without end.
    Floods,
}

impl Manner {
    pub(super) fn ok() -> Self {
        Self::status("200 OK")
    }

    pub(super) fn status(status: &'static str) -> Self {
        Self::Says(status, String::new(), String::new())
    }
}

/// A message as it came in.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    pub(super) headers: HashMap<String, String>,
    pub(super) text: String,
}

impl Heard {
    pub(super) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(super) fn action(&self) -> String {
        self.body()["action"].as_str().unwrap().to_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

#[derive(Clone)]
pub(super) struct Receiver {
    address: SocketAddr,
    manner: Arc<Mutex<Manner>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Receiver {
    pub(super) async fn new(manner: Manner) -> Self {
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

    pub(super) fn url(&self) -> String {
        format!("http://{}/hook?from=synapse", self.address)
    }

    /// How it behaves from now on.
    pub(super) fn becomes(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// What has come in since the last time.
    pub(super) fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    pub(super) fn actions(&self) -> Vec<String> {
        self.heard().iter().map(Heard::action).collect()
    }

    async fn attend(self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        let (head, body) = loop {
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
                break (headers, String::from_utf8(bytes[end + 4..end + 4 + length].to_vec()).unwrap());
            }
        };
        self.heard.lock().unwrap().push(Heard { headers: head, text: body });
        let manner = self.manner.lock().unwrap().clone();
        let answer = match manner {
            Manner::Says(status, headers, body) => {
                let length = body.len();
                format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
            }
            Manner::Hangs => return std::future::pending().await,
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
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

fn headers(head: &str) -> HashMap<String, String> {
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect()
}
