//! Things that move through a video, written at every frame.

use serde_json::{Map, Value, json};

use crate::{
    region::{Keyframe, Shape, Track, track::Between},
    result::{Region, ResultItem},
};

/// The most frames one thing is written at: a keyframe far beyond the end of a video costs no more.
const MOST_FRAMES: u32 = 200_000;

/// Puts a keyframe at every frame between the first and the last one of each life span; everything else stays as it is.
pub(super) fn expand(item: &mut Value) {
    let is_moving = item.get("value").is_some_and(|value| value.get("sequence").is_some_and(Value::is_array));
    if !is_moving {
        return;
    }
    let Ok(read) = ResultItem::from_json(item.clone()) else { return };
    let Ok(Some(mut region)) = Region::from_item(&read, None) else { return };
    match &mut region.shape {
        Shape::BoxTrack(track) => fill(track),
        Shape::VectorTrack(track) => fill(track),
        _ => return,
    }
    let origin = item.get("origin").cloned();
    let mut filled = Value::from(region.to_item());
    // A prediction that is written at more frames is still the model's.
    if let Some(origin) = origin {
        filled["origin"] = origin;
    }
    *item = filled;
}

fn fill<S: Clone + Between>(track: &mut Track<S>) {
    let Some(last) = track.keyframes.last().map(|key| key.frame) else { return };
    // A thing that lives on is there until the end of the video.
    let lives_on = track.keyframes.last().is_some_and(|key| key.enabled);
    let end = track.frame_count.filter(|_| lives_on).map_or(last, |count| to_frame(count).max(last));
    let mut filled: Vec<Keyframe<S>> = Vec::new();
    for (start, stop) in track.lifespans() {
        for frame in start..=stop.unwrap_or(end) {
            if filled.len() >= MOST_FRAMES as usize {
                break;
            }
            if let Some(key) = track.keyframe(frame) {
                filled.push(key.clone());
            } else if let Some(shape) = track.shape_at(frame) {
                let time = track.frame_rate().map(|rate| f64::from(frame) / rate);
                let extra = Map::from_iter([("auto".to_owned(), json!(true))]);
                filled.push(Keyframe { frame, time, shape, enabled: true, extra });
            }
        }
    }
    track.keyframes = filled;
}

fn to_frame(count: f64) -> u32 {
    format!("{:.0}", count.clamp(0.0, f64::from(MOST_FRAMES))).parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(value: Value) -> Vec<(u64, f64)> {
        let mut item = json!({"id": "a", "from_name": "b", "to_name": "v", "type": "videorectangle", "origin": "prediction", "value": value});
        expand(&mut item);
        assert_eq!(item["origin"], "prediction");
        let keys = item["value"]["sequence"].as_array().unwrap().clone();
        keys.iter().map(|key| (key["frame"].as_u64().unwrap(), key["x"].as_f64().unwrap())).collect()
    }

    fn key(frame: u32, x: f64, enabled: bool) -> Value {
        json!({"frame": frame, "x": x, "y": 0, "width": 10, "height": 10, "rotation": 0, "enabled": enabled, "time": f64::from(frame) / 10.0})
    }

    #[test]
    fn every_frame_between_keyframes_has_its_place() {
        let moving = json!({"framesCount": 6, "duration": 0.6, "sequence": [key(1, 0.0, true), key(3, 20.0, false), key(5, 40.0, true)]});
        assert_eq!(frames(moving), [(1, 0.0), (2, 10.0), (3, 20.0), (5, 40.0), (6, 40.0)]);
    }

    #[test]
    fn frames_beyond_reason_are_not_written() {
        let endless = json!({"framesCount": 1e300, "sequence": [key(1, 0.0, true), key(4_000_000_000, 0.0, true)]});
        assert_eq!(frames(endless).len(), MOST_FRAMES as usize);
    }

    #[test]
    fn what_does_not_move_stays_as_it_is() {
        for item in [
            json!({"value": {"x": 1}}),
            json!({"value": {"sequence": [1]}}),
            json!(7),
            json!({"value": {"sequence": []}}),
        ] {
            let mut same = item.clone();
            expand(&mut same);
            assert_eq!(same, item);
        }
    }
}
