//! Label files with one kind of shape: upright boxes, rotated boxes, or polygons.

use super::Yolo;
use crate::{
    format::{coco::around, image::Labeled},
    region::{Bounds, ImagePoint, ImageSize, Shape},
};

impl Yolo {
    /// The upright box around a shape.
    pub(super) fn upright(&mut self, task: i64, region: &Labeled, size: ImageSize) -> Option<Vec<f64>> {
        if matches!(&region.shape, Shape::Rect(rect) if rect.rotation.rem_euclid(360.0) != 0.0) {
            let message = "YOLO boxes cannot be rotated: rotated boxes are written as their axis-aligned hull.";
            self.manifest.lose(task, 1, "rotation_lost", message);
        }
        let hull = self.hull(task, region)?;
        let inside = Bounds { min: size.clamp(hull.min), max: size.clamp(hull.max) };
        if inside.width() <= 0.0 || inside.height() <= 0.0 {
            self.manifest.lose(task, 1, "outside", "Boxes that lie outside their image were left out.");
            return None;
        }
        self.clipped(task, inside != hull);
        let center = inside.center();
        Some(vec![
            center.x / size.width,
            center.y / size.height,
            inside.width() / size.width,
            inside.height() / size.height,
        ])
    }

    /// The corners of a box: top-left, top-right, bottom-right, bottom-left as it was drawn.
    pub(super) fn corners(&mut self, task: i64, region: &Labeled, size: ImageSize) -> Option<Vec<f64>> {
        let corners = match &region.shape {
            Shape::Rect(rect) => rect.corners(),
            _ => around_hull(self.hull(task, region)?),
        };
        if !corners.iter().any(|corner| size.contains(*corner)) && !corners_cover(&corners, size) {
            self.manifest.lose(task, 1, "outside", "Boxes that lie outside their image were left out.");
            return None;
        }
        self.clipped(task, corners.iter().any(|corner| !size.contains(*corner)));
        Some(fractions(&corners, size))
    }

    /// Everything as polygons.
    pub(super) fn polygons(&mut self, task: i64, region: &Labeled, size: ImageSize) -> Vec<Vec<f64>> {
        let points: Vec<ImagePoint> = match &region.shape {
            Shape::Mask(mask) => return self.mask(task, mask, size),
            Shape::Rect(rect) => {
                let message = "Boxes are written as polygons of four corners.";
                self.manifest.lose(task, 1, "box_as_polygon", message);
                rect.corners().to_vec()
            }
            Shape::Ellipse(ellipse) => {
                let message = "Ellipses are written as polygons of 64 corners.";
                self.manifest.lose(task, 1, "ellipse_as_polygon", message);
                around(&ellipse.frame()).collect()
            }
            Shape::KeyPoint(_) => {
                self.keypoint(task);
                return Vec::new();
            }
            _ => return self.drawn_outline(task, &region.shape, size).into_iter().collect(),
        };
        self.outline(task, &points, size).into_iter().collect()
    }

    fn hull(&mut self, task: i64, region: &Labeled) -> Option<Bounds> {
        match &region.shape {
            Shape::Rect(_) => {}
            Shape::KeyPoint(_) => {
                self.keypoint(task);
                return None;
            }
            _ => {
                let message = "Shapes that are no boxes are written as the box around them.";
                self.manifest.lose(task, 1, "shape_as_box", message);
            }
        }
        let hull = region.shape.bounds();
        let message = "Regions without any point or pixel were left out.";
        self.manifest.lose(task, u64::from(hull.is_none()), "nothing_drawn", message);
        hull
    }

    fn keypoint(&mut self, task: i64) {
        self.manifest.lose(task, 1, "keypoint", "Key points have no place in this kind of label file.");
    }
}

fn around_hull(hull: Bounds) -> [ImagePoint; 4] {
    [hull.min, ImagePoint::new(hull.max.x, hull.min.y), hull.max, ImagePoint::new(hull.min.x, hull.max.y)]
}

/// Whether a box whose corners all lie outside reaches over the image.
fn corners_cover(corners: &[ImagePoint; 4], size: ImageSize) -> bool {
    let hull = Bounds::from_corners(corners[0], corners[2]).union(Bounds::from_corners(corners[1], corners[3]));
    hull.min.x < size.width && hull.max.x > 0.0 && hull.min.y < size.height && hull.max.y > 0.0
}

pub(super) fn fractions(points: &[ImagePoint], size: ImageSize) -> Vec<f64> {
    let across = |point: &ImagePoint| {
        let inside = size.clamp(*point);
        [inside.x / size.width, inside.y / size.height]
    };
    points.iter().flat_map(across).collect()
}
