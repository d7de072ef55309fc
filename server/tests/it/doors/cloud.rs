//! The doors of a project's storages: for those who change its settings.

use app::cloud::api::{CancelStorageSync, CheckStorage, PutStorage, RemoveStorage, StorageFailures, SyncStorage};
use domain::{
    cloud::{Place, Scope, StorageForm},
    id::CloudStorageId,
};

use super::{Door, Who, World, door};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let project_id = world.project_id;
    let annotator = Some((Who::Annotator, "forbidden"));
    let cloud_storage_id = CloudStorageId(0);
    let endpoint = "http://127.0.0.1:9".to_owned();
    let place = Place::S3 { bucket: "cats".into(), region: String::new(), endpoint };
    let form = StorageForm { place, ..StorageForm::default() };
    let put = PutStorage { project_id, cloud_storage_id: None, form: form.clone() };
    vec![
        // Past the permission, the address leads where it must not, and there is no such storage.
        door(&put, "not_found", annotator, Who::Owner).but_refused("url_private"),
        door(&CheckStorage { project_id, cloud_storage_id: None, form }, "not_found", annotator, Who::Owner)
            .but_refused("url_private"),
        door(&SyncStorage { project_id, cloud_storage_id, scope: Scope::All }, "not_found", annotator, Who::Owner)
            .but_refused("not_found"),
        door(&CancelStorageSync { project_id, cloud_storage_id }, "not_found", annotator, Who::Owner)
            .but_refused("not_found"),
        door(
            &StorageFailures { project_id, cloud_storage_id, after: String::new() },
            "not_found",
            annotator,
            Who::Owner,
        )
        .but_refused("not_found"),
        door(&RemoveStorage { project_id, cloud_storage_id }, "not_found", annotator, Who::Owner),
    ]
}
