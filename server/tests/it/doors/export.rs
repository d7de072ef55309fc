//! The doors by which data goes out.

use app::export::api::{DeleteExport, ExportFormats, Exports, StartExport};
use domain::format::ExportFormat;

use super::{Door, Who, World, door};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let project_id = world.project_id;
    let annotator = Some((Who::Annotator, "forbidden"));
    let start = StartExport { project_id, format: ExportFormat::Csv, include_unlabeled: true };
    vec![
        door(&ExportFormats { project_id }, "not_found", annotator, Who::Owner),
        door(&start, "not_found", annotator, Who::Owner),
        door(&Exports { project_id }, "not_found", annotator, Who::Owner),
        door(&DeleteExport { project_id, export_id: world.export_id }, "not_found", annotator, Who::Owner),
    ]
}
