//! The doors by which data goes out.

use app::export::api::{CompareExports, ConvertExport, DeleteExport, ExportFormats, ExportViews, Exports, StartExport};
use domain::format::{ExportFormat, ExportOptions};

use super::{Door, Who, World, door};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let project_id = world.project_id;
    let annotator = Some((Who::Annotator, "forbidden"));
    let start = StartExport { project_id, format: ExportFormat::Csv, options: ExportOptions::default() };
    vec![
        door(&ExportFormats { project_id }, "not_found", annotator, Who::Owner),
        door(&ExportViews { project_id }, "not_found", annotator, Who::Owner),
        door(&start, "not_found", annotator, Who::Owner),
        door(&Exports { project_id }, "not_found", annotator, Who::Owner),
        door(
            &ConvertExport { project_id, export_id: world.export_id, format: ExportFormat::Csv },
            "not_found",
            annotator,
            Who::Owner,
        ),
        door(
            &CompareExports { project_id, earlier: world.export_id, later: world.export_id },
            "not_found",
            annotator,
            Who::Owner,
        ),
        door(&DeleteExport { project_id, export_id: world.export_id }, "not_found", annotator, Who::Owner),
    ]
}
