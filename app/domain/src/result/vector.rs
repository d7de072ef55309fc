//! Vectors: points with ids and handles.

use serde_json::{Map, Value};

use super::number::{from_percent, malformed, put, to_percent};
use crate::Result;
use crate::region::{ImagePoint, ImageSize, Vector, Vertex};

/// The most points a vector may have.
const MAX_VERTICES: usize = 20_000;

pub(super) fn read(value: &Map<String, Value>, size: ImageSize) -> Result<Vector> {
    let vertices =
        read_vertices(value, |x, y| ImagePoint::new(from_percent(x, size.width), from_percent(y, size.height)))?;
    Ok(Vector { vertices, closed: value.get("closed").and_then(Value::as_bool).unwrap_or(false) })
}

pub(super) fn write(vector: &Vector, size: ImageSize, value: &mut Map<String, Value>) {
    write_vertices(&vector.vertices, value, |point| [(point.x, size.width), (point.y, size.height)]);
    value.insert("closed".to_owned(), vector.closed.into());
}

/// The points of `value`, placed by `at` from two percents.
pub(super) fn read_vertices<P>(value: &Map<String, Value>, at: impl Fn(f64, f64) -> P) -> Result<Vec<Vertex<P>>> {
    let vertices = value.get("vertices").and_then(Value::as_array).ok_or_else(|| malformed("vertices"))?;
    if vertices.len() > MAX_VERTICES {
        return Err(crate::Error::invalid(
            "vertices",
            "vector_too_long",
            format!("A vector may have {MAX_VERTICES} points at most."),
        ));
    }
    let read = |vertex: &Value| read_vertex(vertex, &at);
    vertices.iter().map(read).collect::<Option<_>>().ok_or_else(|| malformed("vertices"))
}

fn read_vertex<P>(vertex: &Value, at: &impl Fn(f64, f64) -> P) -> Option<Vertex<P>> {
    let vertex = vertex.as_object()?;
    let place = |of: &Map<String, Value>| Some(at(of.get("x")?.as_f64()?, of.get("y")?.as_f64()?));
    let handle = |key: &str| vertex.get(key).and_then(Value::as_object).and_then(place);
    Some(Vertex {
        id: id(vertex, "id").unwrap_or_default(),
        at: place(vertex)?,
        previous: id(vertex, "prevPointId"),
        is_bezier: vertex.get("isBezier").and_then(Value::as_bool).unwrap_or(false),
        handle_in: handle("controlPoint1"),
        handle_out: handle("controlPoint2"),
    })
}

/// Ids are texts; some tools number them.
fn id(vertex: &Map<String, Value>, key: &str) -> Option<String> {
    match vertex.get(key)? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// Writes the points into `value`, each over the written one with its id (or, without ids, in its place), so that keys
/// unknown here and numbers that did not change stay. `parts` gives what `x` and `y` are and the sides they are parts of.
pub(super) fn write_vertices<P: Copy>(
    vertices: &[Vertex<P>],
    value: &mut Map<String, Value>,
    parts: impl Fn(P) -> [(f64, f64); 2],
) {
    let before = match value.get_mut("vertices").map(Value::take) {
        Some(Value::Array(vertices)) => vertices,
        _ => Vec::new(),
    };
    let mut before: Vec<Option<Map<String, Value>>> =
        before.into_iter().map(|vertex| if let Value::Object(vertex) = vertex { Some(vertex) } else { None }).collect();
    let put_point = |object: &mut Map<String, Value>, point: P| {
        for (key, (at, side)) in ["x", "y"].into_iter().zip(parts(point)) {
            put(object, key, at, |percent| from_percent(percent, side), to_percent(at, side).into());
        }
    };
    let write = |(index, vertex): (usize, &Vertex<P>)| {
        let has_id = |written: &Option<Map<String, Value>>| {
            written.as_ref().and_then(|written| id(written, "id")).as_deref() == Some(vertex.id.as_str())
        };
        let is_in_place = vertex.id.is_empty() || before.get(index).is_some_and(has_id);
        let place = if is_in_place { Some(index) } else { before.iter().position(has_id) };
        let mut object = place.and_then(|place| before.get_mut(place)?.take()).unwrap_or_default();
        if !vertex.id.is_empty() && id(&object, "id").as_deref() != Some(&vertex.id) {
            object.insert("id".to_owned(), vertex.id.as_str().into());
        }
        put_point(&mut object, vertex.at);
        if id(&object, "prevPointId") != vertex.previous {
            object.insert("prevPointId".to_owned(), vertex.previous.clone().into());
        } else if !object.contains_key("prevPointId") && !vertex.id.is_empty() {
            object.insert("prevPointId".to_owned(), Value::Null);
        }
        if object.get("isBezier").and_then(Value::as_bool) != Some(vertex.is_bezier) {
            object.insert("isBezier".to_owned(), vertex.is_bezier.into());
        }
        for (key, handle) in [("controlPoint1", vertex.handle_in), ("controlPoint2", vertex.handle_out)] {
            match (handle, object.get_mut(key)) {
                (Some(point), Some(Value::Object(written))) => put_point(written, point),
                (Some(point), _) => {
                    let mut written = Map::new();
                    put_point(&mut written, point);
                    object.insert(key.to_owned(), written.into());
                }
                (None, _) => {
                    object.shift_remove(key);
                }
            }
        }
        Value::Object(object)
    };
    let vertices: Value = vertices.iter().enumerate().map(write).collect();
    value.insert("vertices".to_owned(), vertices);
}
