//! Rows in the text format of `COPY`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::Result;

/// Rows that are sent together, value by value.
#[derive(Default)]
pub(super) struct CopyText {
    rows: Vec<u8>,
    /// The row has a value, so a tab comes before the next.
    begun: bool,
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
        let rows = self.separate();
        for byte in text.bytes() {
            match byte {
                b'\\' => rows.extend_from_slice(b"\\\\"),
                b'\n' => rows.extend_from_slice(b"\\n"),
                b'\r' => rows.extend_from_slice(b"\\r"),
                b'\t' => rows.extend_from_slice(b"\\t"),
                other => rows.push(other),
            }
        }
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
        self.raw(&number.to_string())
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
        self.raw(&at.to_rfc3339())
    }

    pub(super) fn maybe_moment(&mut self, at: Option<DateTime<Utc>>) -> &mut Self {
        match at {
            Some(at) => self.moment(at),
            None => self.null(),
        }
    }

    pub(super) fn json(&mut self, value: &impl serde::Serialize) -> Result<&mut Self> {
        let text = serde_json::to_string(value).map_err(anyhow::Error::new)?;
        Ok(self.text(&text))
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
