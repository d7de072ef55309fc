//! A server that is not this one.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Another server: answers every path with the same bytes, and parts of them.
pub(crate) struct Server {
    port: u16,
    asked: Arc<AtomicUsize>,
    cookies: Arc<AtomicUsize>,
    sent: Arc<AtomicUsize>,
}

impl Server {
    /// `content_type` may be a status instead.
    pub(crate) async fn new(content_type: &'static str, bytes: Vec<u8>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, cookies) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let sent = Arc::new(AtomicUsize::new(0));
        let server = Self { port, asked: asked.clone(), cookies: cookies.clone(), sent: sent.clone() };
        let bytes = Arc::new(bytes);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (bytes, asked, cookies, sent) = (bytes.clone(), asked.clone(), cookies.clone(), sent.clone());
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    while !request.ends_with(b"\r\n\r\n") {
                        if socket.read_buf(&mut request).await.unwrap_or(0) == 0 {
                            return;
                        }
                    }
                    asked.fetch_add(1, Ordering::SeqCst);
                    let request = String::from_utf8_lossy(&request).to_ascii_lowercase();
                    cookies.fetch_add(usize::from(request.contains("cookie:")), Ordering::SeqCst);
                    let part = request.split_once("range: bytes=").and_then(|(_, rest)| {
                        let (first, last) = rest.split_once("\r\n")?.0.split_once('-')?;
                        Some((first.parse::<usize>().ok()?, last.parse::<usize>().ok()?.min(bytes.len() - 1)))
                    });
                    let (status, extra, body) = match part {
                        _ if content_type == "404" => ("404 Not Found", String::new(), &bytes[..0]),
                        Some((first, last)) => {
                            let range = format!("Content-Range: bytes {first}-{last}/{}\r\n", bytes.len());
                            ("206 Partial Content", range, &bytes[first..=last])
                        }
                        None => ("200 OK", String::new(), &bytes[..]),
                    };
                    let head = format!(
                        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n{extra}Connection: close\r\n\r\n",
                        body.len()
                    );
                    sent.fetch_add(body.len(), Ordering::SeqCst);
                    let _gone = socket.write_all(&[head.as_bytes(), body].concat()).await;
                });
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn count(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    pub(super) fn had_cookie(&self) -> bool {
        self.cookies.load(Ordering::SeqCst) > 0
    }
}
