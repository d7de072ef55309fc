//! The doors of the library of labels.

use app::label::api::{AddLabels, FindLabels, OfferedLabels, RemoveLabel, RenameInResults, UpdateLabel};
use domain::label::Offer;

use super::{Door, OWN, Who, World, door};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let (project_id, label_id) = (world.project_id, world.label_id);
    let member = Some((Who::Member, "forbidden"));
    let annotator = Some((Who::Annotator, "forbidden"));
    let offer = Offer { from_name: "kind".into(), value: vec!["Bad".into()], is_known: false };
    vec![
        door(&FindLabels { search: String::new(), limit: 50 }, OWN, None, Who::Member),
        door(&OfferedLabels { project_id }, "not_found", annotator, Who::Owner),
        door(&AddLabels { project_id, labels: vec![offer] }, "not_found", annotator, Who::Owner),
        door(
            &UpdateLabel {
                label_id,
                title: "Secret label".into(),
                value: None,
                description: String::new(),
                approved: true,
            },
            "not_found",
            member,
            Who::Owner,
        ),
        door(
            &RenameInResults { project_id, from: "Never given".into(), new_label: "Nor this".into() },
            "not_found",
            annotator,
            Who::Owner,
        ),
        door(&RemoveLabel { label_id }, "not_found", member, Who::Owner),
    ]
}
