//! A version in words.

use domain::annotation::{Version, VersionId};
use leptos::prelude::*;

use crate::ui::{Time, plural};

/// Whose it is.
pub(super) fn name(version: &Version) -> String {
    let person = || match (version.is_mine, version.by.as_str()) {
        (true, _) => "You".to_owned(),
        (false, "") => "Somebody".to_owned(),
        (false, by) => by.to_owned(),
    };
    match version.id {
        VersionId::Prediction(_) if version.by.is_empty() => "A model".to_owned(),
        VersionId::Prediction(_) => format!("Model {}", version.by),
        VersionId::Annotation(_) if version.was_cancelled => format!("{}, skipped", person()),
        VersionId::Annotation(_) => format!("{}, handed in", person()),
        VersionId::Earlier(_, number) => format!("{}, version {number}", person()),
    }
}

/// How sure, how much, and when.
pub(super) fn about(version: &Version) -> AnyView {
    let results = plural(i64::from(version.items), "result", "results");
    let score = version.score.map(|score| format!("Score {score:.2} · "));
    view! { <p class="compare-facts num">{score}{results}" · "<Time at=version.at/></p> }.into_any()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::id::{AnnotationId, PredictionId};

    use super::*;

    #[test]
    fn versions_have_names() {
        let version = |id, by: &str, is_mine, was_cancelled| Version {
            id,
            by: by.to_owned(),
            is_mine,
            score: None,
            items: 1,
            was_cancelled,
            at: DateTime::UNIX_EPOCH,
        };
        let (model, work) = (VersionId::Prediction(PredictionId(1)), VersionId::Annotation(AnnotationId(1)));
        let earlier = VersionId::Earlier(AnnotationId(1), 2);
        for (version, expected) in [
            (version(model, "yolo-9", false, false), "Model yolo-9"),
            (version(model, "", false, false), "A model"),
            (version(work, "Ana", true, false), "You, handed in"),
            (version(work, "Ana", false, false), "Ana, handed in"),
            (version(work, "", false, true), "Somebody, skipped"),
            (version(earlier, "Ana", false, false), "Ana, version 2"),
        ] {
            assert_eq!(name(&version), expected);
        }
    }
}
