//! The doors of a project's models: for those who change its settings.

use app::ml::api::{CheckModel, CompareModels, PredictAll, PutModel, RemoveModel, SetModelInteractive, TrainModel};
use domain::{
    id::MlBackendId,
    ml::{Auth, BackendForm},
};

use super::{Door, Who, World, door};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let project_id = world.project_id;
    let annotator = Some((Who::Annotator, "forbidden"));
    let ml_backend_id = MlBackendId(0);
    let form = BackendForm {
        title: "Cats".into(),
        description: String::new(),
        url: "http://127.0.0.1:9".into(),
        auth: Auth::None,
        timeout_s: 1,
        is_interactive: true,
        extra_params: None,
    };
    vec![
        // Past the permission, the address leads where it must not, and there is no such model.
        door(&PutModel { project_id, ml_backend_id: None, form }, "not_found", annotator, Who::Owner)
            .but_refused("url_private"),
        door(
            &SetModelInteractive { project_id, ml_backend_id, is_interactive: true },
            "not_found",
            annotator,
            Who::Owner,
        )
        .but_refused("not_found"),
        door(&CheckModel { project_id, ml_backend_id }, "not_found", annotator, Who::Owner).but_refused("not_found"),
        door(&PredictAll { project_id, ml_backend_id }, "not_found", annotator, Who::Owner).but_refused("not_found"),
        door(&CompareModels { project_id }, "not_found", annotator, Who::Owner),
        // There is no such model, and then nobody is told more.
        door(&TrainModel { ml_backend_id }, "not_found", Some((Who::Annotator, "not_found")), Who::Owner)
            .but_refused("not_found"),
        door(&RemoveModel { project_id, ml_backend_id }, "not_found", annotator, Who::Owner),
    ]
}
