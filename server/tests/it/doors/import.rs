//! The doors by which data comes in.

use app::import::api::{
    ApplyReimport, CancelImport, CancelReimport, ImportFailures, ImportFiles, ImportText, ImportUrl, Imports,
    ReimportRows, Reimports, StartReimport,
};
use domain::import::{
    LabelsAs,
    reimport::{Outcome, Rules},
};

use super::{Door, Who, World, door};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let project_id = world.project_id;
    let annotator = Some((Who::Annotator, "forbidden"));
    let url = "http://127.0.0.1/tasks.json".to_owned();
    vec![
        door(
            &ImportFiles { project_id, files: vec![world.file_id], labels_as: LabelsAs::default() },
            "not_found",
            annotator,
            Who::Owner,
        ),
        door(
            &ImportText { project_id, text: r#"[{"text":"x"}]"#.into(), labels_as: LabelsAs::default() },
            "not_found",
            annotator,
            Who::Owner,
        ),
        door(&ImportUrl { project_id, url, labels_as: LabelsAs::default() }, "not_found", annotator, Who::Owner)
            .but_refused("url_private"),
        door(&Imports { project_id }, "not_found", annotator, Who::Owner),
        door(&ImportFailures { project_id, import_id: world.import_id }, "not_found", annotator, Who::Owner),
        door(&Reimports { project_id }, "not_found", annotator, Who::Owner),
        door(
            &ReimportRows { project_id, reimport_id: world.reimport_id, outcome: Outcome::New, after: 0 },
            "not_found",
            annotator,
            Who::Owner,
        ),
        door(
            &StartReimport { project_id, files: vec![world.file_id], rules: Rules::default() },
            "not_found",
            annotator,
            Who::Owner,
        ),
        door(&ApplyReimport { project_id, reimport_id: world.reimport_id }, "not_found", annotator, Who::Owner)
            .but_refused("reimport_not_ready"),
        door(&CancelReimport { project_id, reimport_id: world.reimport_id }, "not_found", annotator, Who::Owner),
        door(&CancelImport { project_id, import_id: world.waiting_import_id }, "not_found", annotator, Who::Owner),
    ]
}
