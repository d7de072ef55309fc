//! What is sent: an object with the action, the project and what it happened to, in the shapes of Label Studio.

use std::ops::Range;

/// The most things of one message.
pub const MAX_ITEMS: usize = 1_000;
/// The most bytes of the things of one message, where there is more than one.
pub const MAX_BYTES: usize = 2 << 20;

/// Which things go into one message, by their sizes: in order, as many as fit.
#[must_use]
pub fn chunks(sizes: &[usize]) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let (mut start, mut bytes) = (0, 0_usize);
    for (n, size) in sizes.iter().enumerate() {
        let is_full = n - start >= MAX_ITEMS || bytes.saturating_add(*size) > MAX_BYTES;
        if n > start && is_full {
            chunks.push(start..n);
            (start, bytes) = (n, 0);
        }
        bytes = bytes.saturating_add(*size);
    }
    if start < sizes.len() {
        chunks.push(start..sizes.len());
    }
    chunks
}

/// An object of members that are JSON already.
#[must_use]
pub fn object(members: &[(&str, &str)]) -> String {
    let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// A list of things that are JSON already.
#[must_use]
pub fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_things_go_into_several_messages() {
        assert_eq!(chunks(&[]), Vec::<Range<usize>>::new());
        assert_eq!(chunks(&[5]), vec![0..1]);
        assert_eq!(chunks(&vec![1; MAX_ITEMS]), vec![0..MAX_ITEMS]);
        assert_eq!(chunks(&vec![1; 2 * MAX_ITEMS + 1]), vec![0..1_000, 1_000..2_000, 2_000..2_001]);
        // One that is too large alone is sent alone.
        assert_eq!(chunks(&[MAX_BYTES, 1, MAX_BYTES * 3, 1, 1]), vec![0..1, 1..2, 2..3, 3..5]);
    }

    #[test]
    fn nothing_is_lost_or_turned_around() {
        let sizes: Vec<usize> = (0..5_000).map(|n| n * 37 % 100_000).collect();
        let chunks = chunks(&sizes);
        assert!(chunks.windows(2).all(|two| two[0].end == two[1].start));
        assert_eq!((chunks[0].start, chunks[chunks.len() - 1].end), (0, sizes.len()));
        for chunk in chunks {
            assert!(chunk.len() <= MAX_ITEMS && sizes[chunk].iter().sum::<usize>() <= MAX_BYTES);
        }
    }

    #[test]
    fn pieces_make_json() {
        let written = object(&[("action", "\"X\""), ("tasks", &list(["{\"id\":1}", "2"]))]);
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read, serde_json::json!({"action": "X", "tasks": [{"id": 1}, 2]}));
    }
}
