//! Things on videos: keyframes of boxes and vectors, ranges of frames.

use serde_json::{Map, Value};

use super::number::{as_offset, from_percent, malformed, number, offset, optional, put, put_offset, to_percent, whole};
use super::vector::{read_vertices, write_vertices};
use crate::region::{BoxTrack, FrameRange, FrameRanges, Keyframe, Track, UnitPoint, UnitRect, UnitVector, VectorTrack};
use crate::{Error, Result};

/// The most keyframes, or ranges, one region may have: one per frame for an hour and a half of film.
const MAX_KEYFRAMES: usize = 200_000;
/// The keys every keyframe has; all others are carried along.
const KEYFRAME: [&str; 3] = ["frame", "time", "enabled"];
const BOX: [&str; 5] = ["x", "y", "width", "height", "rotation"];
const VECTOR: [&str; 2] = ["vertices", "closed"];

pub(super) fn read_boxes(value: &Map<String, Value>) -> Result<BoxTrack> {
    read(value, &BOX, read_box)
}

pub(super) fn read_vectors(value: &Map<String, Value>) -> Result<VectorTrack> {
    read(value, &VECTOR, read_vector)
}

fn read_box(key: &Map<String, Value>) -> Result<UnitRect> {
    Ok(UnitRect {
        x: from_percent(number(key, "x")?, 1.0),
        y: from_percent(number(key, "y")?, 1.0),
        width: from_percent(number(key, "width")?, 1.0),
        height: from_percent(number(key, "height")?, 1.0),
        rotation: optional(key, "rotation"),
    })
}

fn read_vector(key: &Map<String, Value>) -> Result<UnitVector> {
    let vertices = read_vertices(key, |x, y| UnitPoint::new(from_percent(x, 1.0), from_percent(y, 1.0)))?;
    Ok(UnitVector { vertices, closed: key.get("closed").and_then(Value::as_bool).unwrap_or(false) })
}

fn read<S>(
    value: &Map<String, Value>,
    own: &[&str],
    shape: impl Fn(&Map<String, Value>) -> Result<S>,
) -> Result<Track<S>> {
    let sequence = list(value, "sequence")?;
    let read = |key: &Value| read_keyframe(key, own, &shape);
    let mut keyframes = sequence.iter().map(read).collect::<Result<Vec<_>>>()?;
    keyframes.sort_by_key(|key| key.frame);
    let known = |key: &str| value.get(key).and_then(Value::as_f64);
    Ok(Track { frame_count: known("framesCount"), duration: known("duration"), keyframes })
}

fn read_keyframe<S>(
    key: &Value,
    own: &[&str],
    shape: &impl Fn(&Map<String, Value>) -> Result<S>,
) -> Result<Keyframe<S>> {
    let key = key.as_object().ok_or_else(|| malformed("sequence"))?;
    let is_extra = |name: &str| !KEYFRAME.contains(&name) && !own.contains(&name);
    Ok(Keyframe {
        frame: frame(key.get("frame")).ok_or_else(|| malformed("frame"))?,
        time: key.get("time").and_then(Value::as_f64),
        shape: shape(key)?,
        enabled: key.get("enabled").and_then(Value::as_bool).unwrap_or(true),
        extra: key.iter().filter(|(name, _)| is_extra(name)).map(|(name, json)| (name.clone(), json.clone())).collect(),
    })
}

fn frame(value: Option<&Value>) -> Option<u32> {
    u32::try_from(as_offset(value?)?).ok()
}

fn list<'v>(value: &'v Map<String, Value>, key: &'static str) -> Result<&'v Vec<Value>> {
    let list = value.get(key).and_then(Value::as_array).ok_or_else(|| malformed(key))?;
    if list.len() > MAX_KEYFRAMES {
        let message = format!("One region may have {MAX_KEYFRAMES} keyframes at most.");
        return Err(Error::invalid(key, "track_too_long", message));
    }
    Ok(list)
}

pub(super) fn write_boxes(track: &BoxTrack, value: &mut Map<String, Value>) {
    write(track, value, &BOX, read_box, |shape, key| {
        for (name, part) in BOX.into_iter().zip([shape.x, shape.y, shape.width, shape.height]) {
            put(key, name, part, |percent| from_percent(percent, 1.0), to_percent(part, 1.0).into());
        }
        put(key, "rotation", shape.rotation, |written| written, whole(shape.rotation));
    });
}

pub(super) fn write_vectors(track: &VectorTrack, value: &mut Map<String, Value>) {
    write(track, value, &VECTOR, read_vector, |shape, key| {
        write_vertices(&shape.vertices, key, |point| [(point.x, 1.0), (point.y, 1.0)]);
        if key.get("closed").and_then(Value::as_bool) != Some(shape.closed) {
            key.insert("closed".to_owned(), shape.closed.into());
        }
    });
}

/// Writes the keyframes, each over the written one it was: that at its frame, else, when it was moved, one with the same
/// shape whose frame is gone. So untouched keyframes keep every digit.
fn write<S: Clone + PartialEq>(
    track: &Track<S>,
    value: &mut Map<String, Value>,
    own: &[&str],
    read: impl Fn(&Map<String, Value>) -> Result<S>,
    put_shape: impl Fn(&S, &mut Map<String, Value>),
) {
    for (key, known) in [("framesCount", track.frame_count), ("duration", track.duration)] {
        if let Some(known) = known {
            put(value, key, known, |written| written, whole(known));
        }
    }
    let before = match value.get_mut("sequence").map(Value::take) {
        Some(Value::Array(sequence)) => sequence,
        _ => Vec::new(),
    };
    let mut before: Vec<(Option<u32>, Map<String, Value>)> = before
        .into_iter()
        .filter_map(|key| if let Value::Object(key) = key { Some((frame(key.get("frame")), key)) } else { None })
        .collect();
    before.sort_by_key(|(frame, _)| *frame);
    // Written keyframes that stay at their frame are taken first, so that a moved one cannot take theirs.
    let mut written: Vec<Option<Map<String, Value>>> = track
        .keyframes
        .iter()
        .map(|key| {
            // What is taken no longer has a frame and sorts first.
            let at = before.partition_point(|(frame, _)| *frame < Some(key.frame));
            let (frame, written) = before.get_mut(at).filter(|(frame, _)| *frame == Some(key.frame))?;
            *frame = None;
            Some(std::mem::take(written))
        })
        .collect();
    for (key, written) in track.keyframes.iter().zip(&mut written).filter(|(_, written)| written.is_none()) {
        let moved = before
            .iter_mut()
            .find(|(frame, known)| frame.is_some() && read(known).is_ok_and(|shape| shape == key.shape));
        *written = moved.map(|(frame, known)| {
            *frame = None;
            std::mem::take(known)
        });
    }
    let write = |(key, written): (&Keyframe<S>, Option<Map<String, Value>>)| {
        let mut object = written.unwrap_or_default();
        object.retain(|name, _| {
            KEYFRAME.contains(&name.as_str()) || own.contains(&name.as_str()) || key.extra.contains_key(name)
        });
        put_offset(&mut object, "frame", key.frame as usize);
        match key.time {
            Some(time) => put(&mut object, "time", time, |written| written, time.into()),
            None if object.get("time").is_some_and(Value::is_number) => {
                object.shift_remove("time");
            }
            None => {}
        }
        if read(&object).is_ok_and(|shape| shape == key.shape) {
            // Says so already, in its own words.
        } else {
            put_shape(&key.shape, &mut object);
        }
        let says_enabled = object.get("enabled").and_then(Value::as_bool);
        if says_enabled != Some(key.enabled) {
            object.insert("enabled".to_owned(), key.enabled.into());
        }
        for (name, json) in &key.extra {
            object.insert(name.clone(), json.clone());
        }
        Value::Object(object)
    };
    let sequence: Value = track.keyframes.iter().zip(written).map(write).collect();
    value.insert("sequence".to_owned(), sequence);
}

pub(super) fn read_ranges(value: &Map<String, Value>) -> Result<FrameRanges> {
    let range = |range: &Value| {
        let range = FrameRange { start: frame(range.get("start"))?, end: frame(range.get("end"))? };
        (range.start <= range.end).then_some(range)
    };
    let ranges: Option<Vec<FrameRange>> = list(value, "ranges")?.iter().map(range).collect();
    Ok(FrameRanges { ranges: ranges.ok_or_else(|| malformed("ranges"))? })
}

pub(super) fn write_ranges(frames: &FrameRanges, value: &mut Map<String, Value>) {
    let before = match value.get_mut("ranges").map(Value::take) {
        Some(Value::Array(ranges)) => ranges,
        _ => Vec::new(),
    };
    let write = |(index, range): (usize, &FrameRange)| {
        let mut object = before.get(index).and_then(Value::as_object).cloned().unwrap_or_default();
        for (key, frame) in [("start", range.start), ("end", range.end)] {
            if offset(&object, key) != Some(frame as usize) {
                object.insert(key.to_owned(), frame.into());
            }
        }
        Value::Object(object)
    };
    let ranges: Value = frames.ranges.iter().enumerate().map(write).collect();
    value.insert("ranges".to_owned(), ranges);
}
