//! Rows in the text format of `COPY`.

use std::io::{self, Write as _};

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::Result;

/// How much is written before it is sent: small enough that the database works on it while the next is written.
const SENT_BYTES: usize = 64 << 10;

/// Rows that are sent together, value by value.
#[derive(Default)]
pub(super) struct CopyText {
    rows: Vec<u8>,
    /// The row has a value, so a tab comes before the next.
    begun: bool,
    /// The moment written last; nearly all rows of a batch have the same.
    moment: Option<(DateTime<Utc>, String)>,
}

impl CopyText {
    fn separate(&mut self) -> &mut Vec<u8> {
        if std::mem::replace(&mut self.begun, true) {
            self.rows.push(b'\t');
        }
        &mut self.rows
    }

    fn raw(&mut self, text: &str) -> &mut Self {
        self.separate().extend_from_slice(text.as_bytes());
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        escape(self.separate(), text.as_bytes());
        self
    }

    /// An array of texts.
    pub(super) fn list(&mut self, texts: &[String]) -> &mut Self {
        let mut literal = String::from("{");
        for (index, text) in texts.iter().enumerate() {
            literal.push_str(if index > 0 { ",\"" } else { "\"" });
            for character in text.chars() {
                if matches!(character, '"' | '\\') {
                    literal.push('\\');
                }
                literal.push(character);
            }
            literal.push('"');
        }
        literal.push('}');
        self.text(&literal)
    }

    fn null(&mut self) -> &mut Self {
        self.raw("\\N")
    }

    pub(super) fn number(&mut self, number: i64) -> &mut Self {
        // Writing to memory cannot fail.
        let _infallible = write!(self.separate(), "{number}");
        self
    }

    pub(super) fn maybe_number(&mut self, number: Option<i64>) -> &mut Self {
        match number {
            Some(number) => self.number(number),
            None => self.null(),
        }
    }

    pub(super) fn maybe_float(&mut self, number: Option<f64>) -> &mut Self {
        match number {
            Some(number) => self.raw(&number.to_string()),
            None => self.null(),
        }
    }

    pub(super) fn flag(&mut self, flag: bool) -> &mut Self {
        self.raw(if flag { "t" } else { "f" })
    }

    pub(super) fn moment(&mut self, at: DateTime<Utc>) -> &mut Self {
        if self.moment.as_ref().is_none_or(|(known, _)| *known != at) {
            self.moment = Some((at, at.to_rfc3339()));
        }
        self.separate();
        if let Some((_, text)) = &self.moment {
            self.rows.extend_from_slice(text.as_bytes());
        }
        self
    }

    pub(super) fn maybe_moment(&mut self, at: Option<DateTime<Utc>>) -> &mut Self {
        match at {
            Some(at) => self.moment(at),
            None => self.null(),
        }
    }

    pub(super) fn json(&mut self, value: &impl serde::Serialize) -> Result<&mut Self> {
        serde_json::to_writer(Escaping(self.separate()), value).map_err(anyhow::Error::new)?;
        Ok(self)
    }

    pub(super) fn maybe_json(&mut self, value: Option<&impl serde::Serialize>) -> Result<&mut Self> {
        match value {
            Some(value) => self.json(value),
            None => Ok(self.null()),
        }
    }

    /// Ends the row.
    pub(super) fn end(&mut self) {
        self.rows.push(b'\n');
        self.begun = false;
    }

    /// What was written so far, once there is enough of it to be worth sending.
    pub(super) fn full(&mut self) -> Option<Vec<u8>> {
        (self.rows.len() >= SENT_BYTES).then(|| std::mem::replace(&mut self.rows, Vec::with_capacity(2 * SENT_BYTES)))
    }

    /// Everything that was written and not taken yet.
    pub(super) fn rest(self) -> Vec<u8> {
        self.rows
    }

    /// Sends everything with a `copy … from stdin`.
    pub(super) async fn send(self, conn: &mut PgConnection, statement: &'static str) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut copy = conn.copy_in_raw(statement).await?;
        copy.send(self.rows).await?;
        copy.finish().await?;
        Ok(())
    }
}

/// Writes with the four bytes escaped that mean something to `COPY`.
struct Escaping<'a>(&'a mut Vec<u8>);

impl io::Write for Escaping<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        escape(self.0, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn escape(rows: &mut Vec<u8>, mut bytes: &[u8]) {
    while let Some(at) = bytes.iter().position(|byte| matches!(byte, b'\\' | b'\n' | b'\r' | b'\t')) {
        rows.extend_from_slice(&bytes[..at]);
        rows.extend_from_slice(match bytes[at] {
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            _ => b"\\\\",
        });
        bytes = &bytes[at + 1..];
    }
    rows.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_so_that_postgres_reads_them_back() {
        let mut rows = CopyText::default();
        rows.text("a\tb\\c\r\n").number(-1).maybe_number(None).flag(true).maybe_float(Some(0.5)).end();
        let labels = ["x".to_owned(), "\"quoted\", {b} \\".to_owned(), String::new(), "tab\t".to_owned()];
        rows.list(&labels).list(&[]).end();
        assert_eq!(
            String::from_utf8(rows.rows).unwrap(),
            "a\\tb\\\\c\\r\\n\t-1\t\\N\tt\t0.5\n\
             {\"x\",\"\\\\\"quoted\\\\\", {b} \\\\\\\\\",\"\",\"tab\\t\"}\t{}\n"
        );
    }
}
