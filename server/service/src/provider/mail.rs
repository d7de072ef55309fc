//! Mail: written to the outbox in the transaction of the change it follows, delivered afterwards by SMTP where configured.
//!
//! Without SMTP the outbox is the end: `/dev/outbox` shows it in development.

use chrono::{DateTime, Utc};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Cx, Result, job};

/// How mail leaves this server.
#[derive(Clone)]
pub enum Mailer {
    /// It stays in the outbox.
    Outbox,
    /// Through an SMTP server.
    Smtp {
        /// The connection pool.
        transport: AsyncSmtpTransport<Tokio1Executor>,
        /// The sender.
        from: Box<Mailbox>,
    },
}

/// One mail, as text and as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// The body of an HTML document.
    pub html: String,
}

/// A mail in the outbox.
#[derive(Debug, Clone)]
pub struct StoredMail {
    /// Its id.
    pub mail_id: Uuid,
    /// The mail.
    pub mail: Mail,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was handed to the mail server.
    pub sent_at: Option<DateTime<Utc>>,
}

impl Mailer {
    /// A mailer for `smtp://user:password@host:port` (STARTTLS required) or `smtps://…`; `smtp://…?tls=none` for a local
    /// server without TLS.
    ///
    /// # Errors
    /// When the address or the sender cannot be read; never repeats the password.
    pub fn smtp(url: &str, from: &str) -> Result<Self> {
        let from = from.parse::<Mailbox>().map_err(|_| anyhow::anyhow!("the sender {from:?} is not a mail address"))?;
        let (url, plain) = match url.strip_suffix("?tls=none") {
            Some(url) => (url, true),
            None => (url, false),
        };
        let with_tls = if !plain && url.starts_with("smtp://") && !url.contains('?') {
            format!("{url}?tls=required")
        } else {
            url.to_owned()
        };
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&with_tls)
            .map_err(|_| anyhow::anyhow!("the SMTP address cannot be read; expected smtp://user:password@host:port"))?
            .timeout(Some(std::time::Duration::from_secs(20)))
            .build();
        Ok(Self::Smtp { transport, from: Box::new(from) })
    }

    /// Whether the mail server answers; the outbox always does.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<()> {
        if let Self::Smtp { transport, .. } = self {
            let answered = transport.test_connection().await.map_err(anyhow::Error::new)?;
            if !answered {
                return Err(anyhow::anyhow!("the mail server refused the connection").into());
            }
        }
        Ok(())
    }
}

/// A letter in the house style: greeting, one paragraph, one button, a quiet note.
#[must_use]
pub fn letter(to: &str, subject: &str, name: &str, body: &str, button: Option<(&str, &str)>, note: &str) -> Mail {
    let link_text = button.map(|(label, link)| format!("{label}:\n{link}\n\n")).unwrap_or_default();
    let text = format!("Hello {name},\n\n{body}\n\n{link_text}{note}\n\nSynapse\n");
    let [name, body, note] = [name, body, note].map(escape);
    let link_html = button
        .map(|(label, link)| {
            format!(
                r#"<p style="margin:28px 0"><a href="{}" style="display:inline-block;background:#4f46e5;color:#fff;padding:12px 20px;border-radius:8px;text-decoration:none;font-weight:600">{}</a></p>"#,
                escape(link),
                escape(label)
            )
        })
        .unwrap_or_default();
    let html = format!(
        r#"<!doctype html><html lang="en"><body style="margin:0;background:#f6f7f9"><div style="max-width:520px;margin:0 auto;padding:32px 24px;font:16px/1.55 system-ui,-apple-system,'Segoe UI',sans-serif;color:#1f2430"><p style="font-weight:700;margin:0 0 24px">Synapse</p><p>Hello {name},</p><p>{body}</p>{link_html}<p style="color:#5b6270;font-size:14px">{note}</p></div></body></html>"#
    );
    Mail { to: to.to_owned(), subject: subject.to_owned(), text, html }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Writes the mail to the outbox, inside the transaction of the change it tells about.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue(cx: &Cx, conn: &mut PgConnection, mail: &Mail) -> Result<Uuid> {
    let mail_id = cx.new_uuid();
    sqlx::query!(
        "insert into mail_outbox (mail_id, recipient, subject, text_body, html_body, created_at)
        values ($1, $2, $3, $4, $5, $6)",
        mail_id,
        mail.to,
        mail.subject,
        mail.text,
        mail.html,
        cx.now()
    )
    .execute(&mut *conn)
    .await?;
    if matches!(cx.mailer(), Mailer::Smtp { .. }) {
        job::enqueue(conn, &job::SendMail { mail_id }).await?;
    }
    Ok(mail_id)
}

/// Hands a mail to the mail server, once; without one it stays in the outbox.
///
/// # Errors
/// When the mail server refuses; the reason is kept with the mail.
pub async fn deliver(cx: &Cx, mail_id: Uuid) -> Result<()> {
    let Mailer::Smtp { transport, from } = cx.mailer() else { return Ok(()) };
    let Some(mail) = sqlx::query!(
        "select recipient, subject, text_body, html_body from mail_outbox where mail_id = $1 and sent_at is null",
        mail_id
    )
    .fetch_optional(cx.pool())
    .await?
    else {
        return Ok(());
    };
    let to = mail.recipient.parse::<Mailbox>().map_err(anyhow::Error::new)?;
    let message = Message::builder()
        .from((**from).clone())
        .to(to)
        .subject(mail.subject)
        .message_id(Some(format!("<{mail_id}@synapse>")))
        .multipart(MultiPart::alternative_plain_html(mail.text_body, mail.html_body))
        .map_err(anyhow::Error::new)?;
    let outcome = transport.send(message).await;
    let error = outcome.as_ref().err().map(ToString::to_string);
    sqlx::query!(
        "update mail_outbox set sent_at = case when $2::text is null then $3::timestamptz end, last_error = $2
        where mail_id = $1",
        mail_id,
        error,
        cx.now()
    )
    .execute(cx.pool())
    .await?;
    outcome.map_err(anyhow::Error::new)?;
    Ok(())
}

/// The newest mails, for the outbox page.
///
/// # Errors
/// When the database cannot be reached.
pub async fn newest(cx: &Cx, limit: i64) -> Result<Vec<StoredMail>> {
    let rows = sqlx::query!(
        "select mail_id, recipient, subject, text_body, html_body, created_at, sent_at from mail_outbox
        order by mail_id desc limit $1",
        limit
    )
    .fetch_all(cx.pool())
    .await?;
    let stored = rows.into_iter().map(|row| StoredMail {
        mail_id: row.mail_id,
        mail: Mail { to: row.recipient, subject: row.subject, text: row.text_body, html: row.html_body },
        created_at: row.created_at,
        sent_at: row.sent_at,
    });
    Ok(stored.collect())
}
