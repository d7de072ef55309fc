//! The doors of a project's client APIs: for those who change its settings.

use app::client_api::api::{
    CancelFill, FillFailures, FillTasks, MoveClientApi, PutClientApi, RemoveClientApi, TryClientApi,
};
use domain::{
    client_api::{ClientApiForm, FillOrder},
    id::{ClientApiId, FillRunId},
};

use super::{Door, Who, World, door};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let project_id = world.project_id;
    let annotator = Some((Who::Annotator, "forbidden"));
    let (client_api_id, run_id) = (ClientApiId(0), FillRunId(0));
    let form = ClientApiForm {
        data_key: "translation".into(),
        url: "https://127.0.0.1:9/".into(),
        ..ClientApiForm::default()
    };
    let put = PutClientApi { project_id, client_api_id: None, form: form.clone() };
    let trying = TryClientApi { project_id, client_api_id: None, form, task_id: None };
    let fill = FillTasks { project_id, order: FillOrder::default() };
    vec![
        // Past the permission, the address leads where it must not, and there is no such client API.
        door(&put, "not_found", annotator, Who::Owner).but_refused("url_private"),
        door(&trying, "not_found", annotator, Who::Owner).but_refused("url_private"),
        door(&MoveClientApi { project_id, client_api_id, position: 1 }, "not_found", annotator, Who::Owner)
            .but_refused("not_found"),
        door(&fill, "not_found", annotator, Who::Owner).but_refused("no_client_api"),
        door(&CancelFill { project_id, run_id }, "not_found", annotator, Who::Owner).but_refused("not_found"),
        door(&FillFailures { project_id, run_id, after: None }, "not_found", annotator, Who::Owner)
            .but_refused("not_found"),
        door(&RemoveClientApi { project_id, client_api_id }, "not_found", annotator, Who::Owner),
    ]
}
