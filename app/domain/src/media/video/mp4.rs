//! ISO base media files (MP4, MOV, M4V), whole or in fragments: ISO/IEC 14496-12.

use std::io::{Read, Seek};

use super::{Failure, Found, Input, MAX_FRAMES, damaged, too_many, truncated};
use crate::media::bad;

/// Boxes that hold other boxes and are not just skipped.
const DEEPEST: usize = 8;

/// A track as its boxes describe it.
#[derive(Default)]
struct Track {
    id: u32,
    handler: [u8; 4],
    codec: [u8; 4],
    timescale: u32,
    width: u32,
    height: u32,
    rotation: u16,
    /// Where in the track's own time the first picture that is shown lies.
    edit_start: i64,
    /// (samples, ticks of each)
    durations: Vec<(u32, u32)>,
    /// (samples, ticks by which each is shown later than decoded)
    offsets: Vec<(u32, i32)>,
    /// What fragments use when they say nothing.
    default_duration: u32,
}

pub(super) fn read<R: Read + Seek>(input: &mut Input<R>) -> Result<Found, Failure> {
    let mut tracks: Vec<Track> = Vec::new();
    let mut fragments: Vec<Vec<u8>> = Vec::new();
    let mut fragment_bytes = 0_u64;
    let mut has_index = false;
    while !input.is_at_end() {
        let start = input.at;
        let short = u64::from(input.u32()?);
        let name: [u8; 4] = input.exact()?;
        let size = match short {
            0 => input.size - start,
            1 => input.u64()?,
            size => size,
        };
        let head = input.at - start;
        if size < head {
            return Err(damaged().into());
        }
        match &name {
            b"moov" if !has_index => {
                let bytes = input.table(size - head)?;
                has_index = true;
                tracks = movie(&bytes)?;
            }
            b"moof" => {
                let bytes = input.table(size - head)?;
                fragment_bytes += bytes.len() as u64;
                if fragment_bytes > super::MAX_TABLE_BYTES {
                    return Err(too_many().into());
                }
                fragments.push(bytes);
            }
            _ => {}
        }
        let end = start.checked_add(size).ok_or_else(damaged)?;
        if end > input.size {
            // A last box of pictures that breaks off can still be stepped through as far as the index goes.
            if !has_index {
                return Err(truncated().into());
            }
            break;
        }
        input.seek_to(end)?;
    }
    if !has_index {
        return Err(bad("video_no_index", "This MP4 has no index: the recording was not finished.").into());
    }
    let has_audio = tracks.iter().any(|track| &track.handler == b"soun");
    let video = tracks.into_iter().find(|track| &track.handler == b"vide");
    let video = video.ok_or_else(|| bad("video_without_pictures", "There is sound in this file, but no picture."))?;
    let (mut ticks, mut last_ticks) = sample_times(&video)?;
    // Fragments follow what the index has.
    let mut clock = video.durations.iter().map(|(count, ticks)| i64::from(*count) * i64::from(*ticks)).sum::<i64>();
    for fragment in &fragments {
        fragment_times(fragment, &video, &mut clock, &mut ticks, &mut last_ticks)?;
    }
    for tick in &mut ticks {
        *tick -= video.edit_start;
    }
    // What an edit list cuts off at the beginning is decoded but never shown.
    ticks.retain(|tick| *tick >= 0);
    let (width, height) =
        if video.rotation % 180 == 90 { (video.height, video.width) } else { (video.width, video.height) };
    Ok(Found {
        container: "mp4",
        codec: String::from_utf8_lossy(&video.codec).trim().to_owned(),
        width,
        height,
        rotation: video.rotation,
        has_audio,
        timescale: f64::from(video.timescale),
        ticks,
        last_ticks,
        stated_rate: None,
    })
}

/// The boxes in `bytes`, until they end or stop making sense.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (head, after) = rest.split_at_checked(8)?;
        let name: [u8; 4] = head[4..].try_into().ok()?;
        let size = u64::from(u32::from_be_bytes(head[..4].try_into().ok()?));
        let (head_bytes, size) = match size {
            0 => (8, rest.len()),
            1 => (16, usize::try_from(u64::from_be_bytes(after.get(..8)?.try_into().ok()?)).ok()?),
            _ => (8, usize::try_from(size).ok()?),
        };
        let body = rest.get(head_bytes..size)?;
        rest = &rest[size..];
        Some((name, body))
    })
}

fn movie(bytes: &[u8]) -> Result<Vec<Track>, Failure> {
    let mut tracks = Vec::new();
    let mut defaults: Vec<(u32, u32)> = Vec::new();
    for (name, body) in boxes(bytes) {
        match &name {
            b"trak" => {
                let mut track = Track::default();
                describe(body, &mut track, 0)?;
                tracks.push(track);
            }
            b"mvex" => {
                for (_, body) in boxes(body).filter(|(name, _)| name == b"trex") {
                    defaults.extend(u32_at(body, 4).zip(u32_at(body, 12)));
                }
            }
            _ => {}
        }
    }
    for track in &mut tracks {
        let default = defaults.iter().find(|(id, _)| *id == track.id);
        track.default_duration = default.map_or(0, |(_, duration)| *duration);
    }
    Ok(tracks)
}

/// Reads the boxes of a track, and those inside them.
fn describe(bytes: &[u8], track: &mut Track, depth: usize) -> Result<(), Failure> {
    for (name, body) in boxes(bytes) {
        let version = body.first().copied().unwrap_or(0);
        match &name {
            b"mdia" | b"minf" | b"stbl" | b"edts" if depth < DEEPEST => describe(body, track, depth + 1)?,
            b"tkhd" => {
                let base = if version == 1 { 20 } else { 12 };
                track.id = u32_at(body, base).unwrap_or(0);
                let matrix = if version == 1 { 52 } else { 40 };
                track.rotation = rotation(body, matrix);
                // 16.16 fixed point
                let side = |at| u32_at(body, at).map_or(0, |side| side >> 16);
                (track.width, track.height) = (side(matrix + 36), side(matrix + 40));
            }
            b"mdhd" => track.timescale = u32_at(body, if version == 1 { 20 } else { 12 }).unwrap_or(0),
            b"hdlr" => track.handler = array_at(body, 8).unwrap_or_default(),
            b"stsd" => track.codec = array_at(body, 12).unwrap_or_default(),
            b"elst" => track.edit_start = edit_start(body, version),
            b"stts" => track.durations = pairs(body)?.collect(),
            b"ctts" => {
                // Version 0 calls them unsigned; writers store negative ones there too.
                track.offsets = pairs(body)?.map(|(count, offset)| (count, offset.cast_signed())).collect();
            }
            _ => {}
        }
    }
    Ok(())
}

/// Entries of two numbers, as many as are really there.
fn pairs(body: &[u8]) -> Result<impl Iterator<Item = (u32, u32)>, Failure> {
    let count = u32_at(body, 4).ok_or_else(damaged)? as usize;
    let entries = body.get(8..).unwrap_or_default();
    if entries.len() / 8 < count {
        return Err(damaged().into());
    }
    let number = |four: &[u8]| four.try_into().map_or(0, u32::from_be_bytes);
    Ok(entries.chunks_exact(8).take(count).map(move |entry| (number(&entry[..4]), number(&entry[4..]))))
}

/// The start of the first edit that shows something.
fn edit_start(body: &[u8], version: u8) -> i64 {
    let count = u32_at(body, 4).unwrap_or(0) as usize;
    let width = if version == 1 { 20 } else { 12 };
    let entries = body.get(8..).unwrap_or_default().chunks_exact(width).take(count);
    let starts = entries.filter_map(|entry| {
        if version == 1 {
            array_at(entry, 8).map(i64::from_be_bytes)
        } else {
            array_at(entry, 4).map(|bytes| i64::from(i32::from_be_bytes(bytes)))
        }
    });
    // -1 is a pause before the beginning.
    starts.into_iter().find(|start| *start >= 0).unwrap_or(0)
}

/// A quarter turn from the matrix of a track header: (a, b, u, c, d, v, …), 16.16.
fn rotation(body: &[u8], at: usize) -> u16 {
    let value = |index: usize| u32_at(body, at + 4 * index).map_or(0, u32::cast_signed);
    match (value(0).signum(), value(1).signum()) {
        (0, 1) => 90,
        (-1, 0) => 180,
        (0, -1) => 270,
        _ => 0,
    }
}

/// When the samples of the index are shown, and how long the last one lasts.
fn sample_times(track: &Track) -> Result<(Vec<i64>, Option<i64>), Failure> {
    let total: u64 = track.durations.iter().map(|(count, _)| u64::from(*count)).sum();
    if total > MAX_FRAMES as u64 {
        return Err(too_many().into());
    }
    let mut offsets =
        track.offsets.iter().flat_map(|(count, offset)| std::iter::repeat_n(i64::from(*offset), *count as usize));
    let mut ticks = Vec::new();
    let mut clock = 0_i64;
    let mut last = None;
    for (count, duration) in &track.durations {
        for _ in 0..*count {
            ticks.push(clock + offsets.next().unwrap_or(0));
            clock += i64::from(*duration);
        }
        last = (*count > 0).then(|| i64::from(*duration)).or(last);
    }
    Ok((ticks, last))
}

/// Adds the samples of one fragment (`moof`) of the track.
fn fragment_times(
    bytes: &[u8],
    track: &Track,
    clock: &mut i64,
    ticks: &mut Vec<i64>,
    last: &mut Option<i64>,
) -> Result<(), Failure> {
    for (_, body) in boxes(bytes).filter(|(name, _)| name == b"traf") {
        let Some((_, header)) = boxes(body).find(|(name, _)| name == b"tfhd") else { continue };
        if u32_at(header, 4) != Some(track.id) {
            continue;
        }
        let flags = u32_at(header, 0).unwrap_or(0) & 0xff_ffff;
        let before = 8 * usize::from(flags & 1 != 0) + 4 * usize::from(flags & 2 != 0);
        let own_default = if flags & 8 == 0 { None } else { u32_at(header, 8 + before) };
        let default = own_default.unwrap_or(track.default_duration);
        for (name, body) in boxes(body) {
            match &name {
                b"tfdt" => {
                    *clock = match body.first() {
                        Some(1) => array_at(body, 4).map_or(*clock, i64::from_be_bytes),
                        _ => u32_at(body, 4).map_or(*clock, i64::from),
                    };
                }
                b"trun" => run_times(body, default, clock, ticks, last)?,
                _ => {}
            }
        }
    }
    Ok(())
}

/// Adds the samples of one run of a fragment.
fn run_times(
    body: &[u8],
    default: u32,
    clock: &mut i64,
    ticks: &mut Vec<i64>,
    last: &mut Option<i64>,
) -> Result<(), Failure> {
    let flags = u32_at(body, 0).unwrap_or(0) & 0xff_ffff;
    let count = u32_at(body, 4).unwrap_or(0) as usize;
    if ticks.len() + count > MAX_FRAMES {
        return Err(too_many().into());
    }
    let has = |flag: u32| flags & flag != 0;
    let fields: Vec<u32> = [0x100, 0x200, 0x400, 0x800].into_iter().filter(|flag| has(*flag)).collect();
    let mut at = 8 + 4 * usize::from(has(1)) + 4 * usize::from(has(4));
    for _ in 0..count {
        let (mut duration, mut offset) = (default, 0_i64);
        for field in &fields {
            let value = u32_at(body, at).ok_or_else(damaged)?;
            at += 4;
            match field {
                0x100 => duration = value,
                0x800 => offset = i64::from(value.cast_signed()),
                _ => {}
            }
        }
        ticks.push(clock.saturating_add(offset));
        *clock = clock.saturating_add(i64::from(duration));
        *last = Some(i64::from(duration));
    }
    Ok(())
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array_at(bytes, at).map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::super::{Timeline, probe, tests::code};
    use std::io::Cursor;

    fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut bytes = u32::try_from(body.len() + 8).unwrap().to_be_bytes().to_vec();
        bytes.extend(name);
        bytes.extend(body);
        bytes
    }

    fn words(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    /// A file with one track of pictures, 1000 ticks per second.
    fn file(stts: &[u32], ctts: Option<&[u32]>, edit: Option<u32>, matrix: [u32; 2], after: &[u8]) -> Vec<u8> {
        let mut tkhd = vec![0; 40];
        tkhd[15] = 1;
        let [a, b] = matrix;
        tkhd.extend(words(&[a, b, 0, 0, 0, 0, 0, 0, 0x4000_0000, 640 << 16, 480 << 16]));
        let mut stbl = boxed(b"stsd", &[words(&[0, 1, 86]), b"avc1".to_vec()].concat());
        stbl.extend(boxed(b"stts", &words(&[&[0, u32::try_from(stts.len() / 2).unwrap()], stts].concat())));
        if let Some(ctts) = ctts {
            stbl.extend(boxed(b"ctts", &words(&[&[0, u32::try_from(ctts.len() / 2).unwrap()], ctts].concat())));
        }
        let mdia = [
            boxed(b"mdhd", &words(&[0, 0, 0, 1000, 0, 0])),
            boxed(b"hdlr", &[words(&[0, 0]), b"vide".to_vec(), vec![0; 13]].concat()),
            boxed(b"minf", &boxed(b"stbl", &stbl)),
        ]
        .concat();
        let mut trak = boxed(b"tkhd", &tkhd);
        if let Some(start) = edit {
            trak.extend(boxed(b"edts", &boxed(b"elst", &words(&[0, 1, 1000, start, 0x1_0000]))));
        }
        trak.extend(boxed(b"mdia", &mdia));
        let trex = boxed(b"mvex", &boxed(b"trex", &words(&[0, 1, 1, 40, 0, 0])));
        let moov = boxed(b"moov", &[boxed(b"trak", &trak), trex].concat());
        [boxed(b"ftyp", b"isom\0\0\0\0"), moov, after.to_vec()].concat()
    }

    const UPRIGHT: [u32; 2] = [0x1_0000, 0];

    fn times(bytes: &[u8]) -> Timeline {
        probe(Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn even_and_uneven_pictures() {
        let even = times(&file(&[4, 40], None, None, UPRIGHT, &[]));
        assert_eq!((even.video.frame_count, even.video.frame_rate, even.video.is_variable), (4, 25.0, false));
        assert_eq!((even.video.width, even.video.height, even.video.codec.as_str()), (640, 480, "avc1"));
        assert!((even.video.duration_s - 0.16).abs() < 1e-9);
        assert_eq!(even.times_s, [0.0, 0.04, 0.08, 0.12]);
        // Thirds of a second rounded to ticks are even.
        let rounded = times(&file(&[1, 33, 1, 34, 1, 33, 1, 33, 1, 34], None, None, UPRIGHT, &[]));
        assert!(!rounded.video.is_variable);
        let uneven = times(&file(&[2, 40, 1, 400, 2, 40], None, None, UPRIGHT, &[]));
        assert!(uneven.video.is_variable);
        assert_eq!(uneven.times_s, [0.0, 0.04, 0.08, 0.48, 0.52]);
    }

    #[test]
    fn pictures_are_ordered_as_they_are_shown() {
        // Decoded I P B B; shown I B B P, everything 80 ticks later, which the edit list takes back.
        let file = file(&[4, 40], Some(&[1, 80, 1, 160, 1, 40, 1, 40]), Some(80), UPRIGHT, &[]);
        assert_eq!(times(&file).times_s, [0.0, 0.04, 0.08, 0.12]);
    }

    #[test]
    fn turned_pictures_have_the_size_that_is_seen() {
        let video = times(&file(&[1, 40], None, None, [0, 0x1_0000], &[])).video;
        assert_eq!((video.rotation, video.width, video.height), (90, 480, 640));
    }

    #[test]
    fn fragments_follow_the_index() {
        let run = |count: u32, flags: u32, extra: &[u32]| boxed(b"trun", &words(&[&[flags, count], extra].concat()));
        let traf = |start: u32, run: Vec<u8>| {
            let traf = [boxed(b"tfhd", &words(&[0, 1])), boxed(b"tfdt", &words(&[0, start])), run].concat();
            boxed(b"moof", &boxed(b"traf", &traf))
        };
        let fragments =
            [traf(0, run(2, 0, &[])), boxed(b"mdat", &[0; 100]), traf(80, run(2, 0x100, &[40, 40]))].concat();
        let video = times(&file(&[], None, None, UPRIGHT, &fragments));
        assert_eq!((video.video.frame_count, video.video.is_variable), (4, false));
        assert_eq!(video.times_s, [0.0, 0.04, 0.08, 0.12]);
    }

    #[test]
    fn tables_that_lie_are_refused() {
        assert_eq!(code(probe(Cursor::new(&file(&[u32::MAX, 1], None, None, UPRIGHT, &[])))), "video_too_long");
        assert_eq!(code(probe(Cursor::new(&file(&[], None, None, UPRIGHT, &[])))), "video_without_pictures");
        let mut lying = file(&[2, 40], None, None, UPRIGHT, &[]);
        let at = lying.windows(4).position(|four| four == b"stts").unwrap();
        lying[at + 11] = 200;
        assert_eq!(code(probe(Cursor::new(&lying))), "video_damaged");
        let unfinished = [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"mdat", &[0; 100])].concat();
        assert_eq!(code(probe(Cursor::new(&unfinished))), "video_no_index");
        let huge = [words(&[1]), b"mdat".to_vec(), u64::MAX.to_be_bytes().to_vec()].concat();
        let huge = [boxed(b"ftyp", b"isom\0\0\0\0"), huge].concat();
        assert!(["video_truncated", "video_damaged"].contains(&code(probe(Cursor::new(&huge))).as_str()));
    }
}
