//! Mail over SMTP, against a local server that speaks the protocol.

use std::sync::Arc;

use service::{
    CxBuilder,
    provider::mail::{self, Mailer, letter},
    testing::TestDb,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::Mutex,
};

/// Answers every command with `250`, except mails to `refused@…`, and keeps what it was sent.
async fn mail_server() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("smtp://{}?tls=none", listener.local_addr().unwrap());
    let received = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&received);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                let (read, mut write) = socket.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 local\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    let answer = match line.split(' ').next().unwrap_or_default() {
                        "EHLO" => "250 local",
                        "RCPT" if line.contains("refused@") => "550 no such mailbox",
                        "DATA" => {
                            write.write_all(b"354 go on\r\n").await.unwrap();
                            while let Ok(Some(line)) = lines.next_line().await {
                                if line == "." {
                                    break;
                                }
                                kept.lock().await.push_str(&format!("{line}\n"));
                            }
                            "250 accepted"
                        }
                        "QUIT" => "221 bye",
                        _ => "250 ok",
                    };
                    write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                }
            });
        }
    });
    (address, received)
}

#[tokio::test]
async fn a_mail_is_delivered_once_and_a_refusal_is_kept_with_it() {
    let db = TestDb::new().await;
    let (address, received) = mail_server().await;
    let mailer = Mailer::smtp(&address, "Synapse <hello@synapse.test>").unwrap();
    mailer.check().await.unwrap();
    let cx = CxBuilder::new(db.pool().clone()).mailer(mailer).settings(db.cx.settings().clone()).build().unwrap();

    let hello =
        letter("ana@example.com", "Grüße & more", "Ana <b>", "Hello.", Some(("Go", "http://x/?a=1&b=2")), "Bye.");
    let mut conn = db.pool().acquire().await.unwrap();
    let mail_id = mail::enqueue(&cx, &mut conn, &hello).await.unwrap();
    mail::deliver(&cx, mail_id).await.unwrap();
    mail::deliver(&cx, mail_id).await.unwrap();
    let text = received.lock().await.clone();
    assert_eq!(text.matches("To: ana@example.com").count(), 1, "{text}");
    assert!(text.contains("multipart/alternative"));
    assert!(text.contains("Ana &lt;b&gt;"), "names are escaped: {text}");
    assert!(mail::newest(&cx, 1).await.unwrap()[0].sent_at.is_some());

    let refused = letter("refused@example.com", "Hello", "Ben", "Hello.", None, "Bye.");
    let mail_id = mail::enqueue(&cx, &mut conn, &refused).await.unwrap();
    assert!(mail::deliver(&cx, mail_id).await.is_err());
    let stored = mail::newest(&cx, 1).await.unwrap();
    assert_eq!(stored[0].sent_at, None);
}

#[tokio::test]
async fn a_password_never_shows_in_an_error() {
    let error = Mailer::smtp("smtp//ana:hunter2@host", "a@b.test").err().unwrap().to_string();
    assert!(!error.contains("hunter2"), "{error}");
}
