//! Painted masks, each as a picture or an array of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use super::{ExportTask, Exporter, Manifest, Sink, pack::Packer, write_json};
use crate::{
    region::{Mask, Shape, mask},
    result::{Region, ResultItem},
};

/// How a mask is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Png,
    Numpy,
}

/// Writes masks.
pub(super) struct Brush {
    manifest: Manifest,
    kind: Kind,
    all: bool,
}

impl Brush {
    pub(super) fn begin(manifest: Manifest, kind: Kind, all: bool) -> Self {
        Self { manifest, kind, all }
    }
}

impl Exporter for Brush {
    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()> {
        let labeled = self.manifest.look_at(task, self.all);
        if !labeled {
            let message = "Tasks without a valid annotation have no masks.";
            self.manifest.tasks_written -= u64::from(self.all);
            self.manifest.lose(task.id, 1, "not_labeled", message);
            return Ok(());
        }
        let skipped = (task.annotations.len() - task.answers().count()) as u64;
        self.manifest.lose(task.id, skipped, "skipped", "Skipped annotations are not part of this format.");
        for answer in task.answers() {
            self.manifest.annotations += 1;
            let items = answer.result.iter().filter_map(|item| ResultItem::from_json(item.clone()).ok());
            let items: Vec<ResultItem> = items.collect();
            let mut labels_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for item in &items {
                labels_of.entry(item.id()).or_default().extend(item.labels());
            }
            let size = items.iter().find_map(ResultItem::original_size);
            let mut written: BTreeSet<&str> = BTreeSet::new();
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for item in &items {
                let mask = match Region::from_item(item, size) {
                    Ok(Some(Region { shape: Shape::Mask(mask), .. })) => mask,
                    Ok(_) => {
                        self.manifest.lose(task.id, 1, "not_a_mask", "Answers that are no painted mask stay behind.");
                        continue;
                    }
                    Err(_) => {
                        let message = "Regions with unusable numbers, or on an image of unknown size, were left out.";
                        self.manifest.lose(task.id, 1, "unusable", message);
                        continue;
                    }
                };
                // A mask and its labels may be two items that share an id and the pixels.
                if !item.id().is_empty() && !written.insert(item.id()) {
                    continue;
                }
                let mut labels = if item.id().is_empty() {
                    item.labels()
                } else {
                    labels_of.get(item.id()).cloned().unwrap_or_default()
                };
                labels.dedup();
                if labels.is_empty() {
                    labels.push("mask");
                }
                for label in labels {
                    let person = answer.annotator().unwrap_or_else(|| "nobody".to_owned());
                    let ids = format!("task-{}-annotation-{}-by-{}", task.id, answer.id, safe(&person));
                    let name = format!("{ids}-{}-{}", safe(item.from_name()), safe(label));
                    let number = counts.entry(name.clone()).or_default();
                    let path = format!("{name}-{number}.{}", if self.kind == Kind::Png { "png" } else { "npy" });
                    *number += 1;
                    sink.begin(&path)?;
                    match self.kind {
                        Kind::Png => png(&mask, sink)?,
                        Kind::Numpy => npy(&mask, sink)?,
                    }
                    self.manifest.results += 1;
                }
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        let manifest = self.manifest.sorted();
        sink.begin("manifest.json")?;
        write_json(sink, &manifest)?;
        Ok(manifest)
    }
}

/// Characters that every file system takes.
fn safe(text: &str) -> String {
    let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '@' | '+');
    text.chars().map(|letter| if allowed(letter) { letter } else { '_' }).take(80).collect()
}

/// Calls `see` with each row, a byte per pixel: 255 where it is painted.
fn rows(mask: &Mask, mut see: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut spans: Vec<Vec<(u32, u32)>> = vec![Vec::new(); mask.height() as usize];
    mask.spans(|y, x0, x1| spans[y as usize].push((x0, x1)));
    let mut row = vec![0; mask.width() as usize];
    for spans in spans {
        row.fill(0);
        for (from, to) in spans {
            row[from as usize..to as usize].fill(255);
        }
        see(&row)?;
    }
    Ok(())
}

/// `NumPy`'s own format, version 1: a head of a multiple of 64 bytes, then the rows.
fn npy(mask: &Mask, sink: &mut dyn Sink) -> io::Result<()> {
    let head = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({}, {}), }}", mask.height(), mask.width());
    let padded = (10 + head.len() + 1).next_multiple_of(64) - 10;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(padded).unwrap_or_default().to_le_bytes());
    bytes.extend(head.as_bytes());
    bytes.resize(10 + padded - 1, b' ');
    bytes.push(b'\n');
    sink.write(&bytes)?;
    rows(mask, |row| sink.write(row))
}

/// A picture of 8-bit gray.
fn png(mask: &Mask, sink: &mut dyn Sink) -> io::Result<()> {
    let (mut packer, mut packed) = (Packer::new(), Vec::new());
    let mut keep = |bytes: &[u8]| {
        packed.extend_from_slice(bytes);
        Ok(())
    };
    rows(mask, |row| {
        // No filter: rows of a mask are long runs as they are.
        packer.push(&[0], &mut keep)?;
        packer.push(row, &mut keep)
    })?;
    packer.finish(&mut keep)?;
    sink.write(&mask::gray_png(mask.width(), mask.height(), &packed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_by_every_file_system() {
        assert_eq!(safe("../a b/é:c@x.y"), ".._a_b_é_c@x.y");
    }
}
