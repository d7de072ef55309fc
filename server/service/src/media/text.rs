//! Texts by address: found out how they are encoded, handed on as UTF-8. Kept as: name of the encoding, line break, text.

use std::{
    fs::File,
    io::{Read, Write},
};

use bytes::Bytes;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{
    derive::{self, Derived, lost},
    source::{Opened, refuse},
};
use crate::{Cx, Result};

/// The largest text.
pub(super) const MAX_BYTES: u64 = 20 << 20;
/// How much of a page is searched for its own word on its encoding, as browsers do.
const PRESCAN_BYTES: usize = 1024;

/// A text that was loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Where it is kept.
    pub derived: Derived,
    /// What it was encoded in, as the Encoding Standard names it.
    pub encoding: String,
    /// UTF-8.
    pub body: Bytes,
}

/// Decodes a text.
pub(super) fn decode(mut opened: Opened, as_html: bool) -> Result<File> {
    let mut bytes = Vec::new();
    opened.data.read_to_end(&mut bytes).map_err(anyhow::Error::new)?;
    let encoding = encoding_of(&bytes, opened.content_type.as_deref());
    // Removes a byte order mark, and obeys it.
    let (text, encoding, _) = encoding.decode(&bytes);
    if text.contains('\0') {
        return Err(refuse("not_text", "This file is not a text: it holds bytes that are no characters.").into());
    }
    let text = if as_html { sanitise(&text).into() } else { text };
    let write = || {
        let mut out = tempfile::tempfile()?;
        out.write_all(encoding.name().as_bytes())?;
        out.write_all(b"\n")?;
        out.write_all(text.as_bytes())?;
        Ok::<_, std::io::Error>(out)
    };
    Ok(write().map_err(anyhow::Error::new)?)
}

/// Byte order mark, then what the server says, then UTF-8 if it is that, then the page's own word, then a guess.
fn encoding_of(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    let named = |text: &str| {
        let after = text.to_ascii_lowercase();
        let label = after.split_once("charset=")?.1.trim_start_matches(['"', '\'']).to_owned();
        let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(label.len());
        Encoding::for_label(&label.as_bytes()[..end])
    };
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = content_type.and_then(named) {
        return encoding;
    }
    // UTF-16 without a mark: every other byte of Latin text is zero.
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).take(512).filter(|byte| **byte == 0).count();
    let (even, odd, looked_at) = (zeros(0), zeros(1), bytes.len().div_ceil(2).min(512));
    if odd * 10 > looked_at * 4 && even * 10 < looked_at {
        return UTF_16LE;
    }
    if even * 10 > looked_at * 4 && odd * 10 < looked_at {
        return UTF_16BE;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN_BYTES)]);
    if head.trim_start().starts_with('<')
        && let Some(encoding) = named(&head)
    {
        return encoding;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// HTML that can do nothing: no scripts, no frames, no forms, no addresses but those of links and pictures.
fn sanitise(html: &str) -> String {
    let styles = [
        "background-color",
        "border",
        "border-collapse",
        "color",
        "display",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "height",
        "line-height",
        "margin",
        "margin-bottom",
        "margin-left",
        "margin-right",
        "margin-top",
        "max-width",
        "padding",
        "padding-bottom",
        "padding-left",
        "padding-right",
        "padding-top",
        "text-align",
        "text-decoration",
        "text-indent",
        "vertical-align",
        "white-space",
        "width",
    ];
    ammonia::Builder::default()
        .add_generic_attributes(["class", "id", "style", "dir"])
        .filter_style_properties(styles.into_iter().collect())
        .clean(html)
        .to_string()
}

/// The text of a derived file.
pub(super) async fn open(cx: &Cx, derived: Derived) -> Result<Text> {
    let mut body = derive::bytes(cx, &derived, 0..derived.size_bytes).await?;
    let end = body.iter().position(|byte| *byte == b'\n').ok_or_else(lost)?;
    let name = body.split_to(end + 1);
    let encoding = String::from_utf8_lossy(&name[..end]).into_owned();
    Ok(Text { derived, encoding, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_found_out() {
        let utf16: Vec<u8> = "Grüße aus Köln".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [&[0xff, 0xfe][..], &utf16].concat();
        let russian = encoding_rs::WINDOWS_1251.encode("Все люди рождаются свободными и равными").0;
        let japanese = encoding_rs::SHIFT_JIS.encode("すべての人間は、生れながらにして自由であり").0;
        for (bytes, content_type, expected) in [
            (&b"plain"[..], None, "UTF-8"),
            ("Grüße".as_bytes(), None, "UTF-8"),
            ("Grüße".as_bytes(), Some("text/plain; charset=\"iso-8859-1\""), "windows-1252"),
            (b"Gr\xfc\xdfe aus K\xf6ln", None, "windows-1252"),
            (&utf16, None, "UTF-16LE"),
            (&marked, None, "UTF-16LE"),
            (&russian, None, "windows-1251"),
            (&japanese, None, "Shift_JIS"),
            (b"<html><meta charset='koi8-r'>\xf7\xf3\xe5", None, "KOI8-R"),
        ] {
            assert_eq!(encoding_of(bytes, content_type).name(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn html_can_do_nothing() {
        let clean = sanitise(
            "<p onclick=a() style='color:red;background:url(//e.org)' class=x>Hi<script>b()</script>\
             <iframe src=//e.org></iframe><a href='javascript:c()'>l</a><form><input></form></p>",
        );
        for bad in ["onclick", "script", "iframe", "e.org", "form", "input"] {
            assert!(!clean.contains(bad), "{bad} in {clean}");
        }
        assert!(clean.contains("class=\"x\"") && clean.contains("color:red"), "{clean}");
    }
}
