//! Readers hold one row, however large the file is. A program of its own, because the memory of the process is measured.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::io::{self, Read};

use domain::import::open;

/// A table without end, made as it is read.
struct Endless {
    left: u64,
    line: Vec<u8>,
    at: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.line.len() {
            self.at = 0;
        }
        let rest = &self.line[self.at..];
        let count = rest.len().min(buffer.len()).min(usize::try_from(self.left).unwrap_or(usize::MAX));
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        self.left -= count as u64;
        Ok(count)
    }
}

/// The most memory this process has held, in bytes.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[test]
fn memory_does_not_grow_with_the_file() {
    const FILE_BYTES: u64 = 48 << 20;
    const ROOM_BYTES: u64 = 16 << 20;
    let word = "word ".repeat(12_000);
    for (name, head, line) in [
        ("a.csv", "a,b\n", format!("1,\"{word}\"\n")),
        ("a.ndjson", "", format!("{{\"a\": \"{word}\"}}\n")),
        ("a.json", "[", format!("{{\"a\": \"{word}\"}},\n")),
        // Torn elements are looked behind; that must not add up either.
        ("a.json", "[{\"a\": 1},", format!("{{\"a\": \"{word}}},\n{{\"a\": 1}},")),
    ] {
        let before = peak_bytes();
        let endless = Endless { left: FILE_BYTES, line: line.into_bytes(), at: 0 };
        let rows = open(name, head.as_bytes().chain(endless)).unwrap().unwrap();
        let read = rows.map(|row| row.unwrap().number).last().unwrap();
        assert!(read > FILE_BYTES / 100_000, "{name}: {read} rows");
        let grown = peak_bytes().saturating_sub(before);
        assert!(grown < ROOM_BYTES, "{name}: {grown} bytes for a file of {FILE_BYTES}");
    }
}
