//! The doors of webhooks: for those who manage the organization, or the project.

use app::webhook::api::{
    LoadWebhook, OrgWebhooks, PutWebhook, RemoveWebhook, ReplayWebhook, RotateWebhookKey, SetWebhookActive,
    SkipDelivery, TestWebhook, WebhookDeliveries, WebhookDelivery, WebhookKey,
};
use domain::webhook::{DeliveryFilter, Replay, Scope, WebhookForm};

use super::{Door, OWN, Who, World, door};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let (webhook_id, delivery_id) = (world.webhook_id, world.delivery_id);
    let annotator = Some((Who::Annotator, "forbidden"));
    let filter = DeliveryFilter::default();
    let form = |url: &str| WebhookForm { url: url.into(), ..WebhookForm::default() };
    let of_project = Scope::Project(world.project_id);
    vec![
        door(&OrgWebhooks {}, OWN, Some((Who::Member, "forbidden")), Who::Owner),
        // Past the permission, the address leads where it must not.
        door(
            &PutWebhook { scope: of_project, webhook_id: None, form: form("http://127.0.0.1:9/") },
            "not_found",
            annotator,
            Who::Owner,
        )
        .but_refused("url_private"),
        door(
            &PutWebhook { scope: of_project, webhook_id: Some(webhook_id), form: form("http://1.1.1.1/secret") },
            "not_found",
            annotator,
            Who::Owner,
        ),
        door(&LoadWebhook { webhook_id, filter }, "not_found", annotator, Who::Owner),
        door(&WebhookDeliveries { webhook_id, filter, after: None }, "not_found", annotator, Who::Owner),
        door(&WebhookDelivery { webhook_id, delivery_id }, "not_found", annotator, Who::Owner),
        door(&WebhookKey { webhook_id }, "not_found", annotator, Who::Owner),
        door(&RotateWebhookKey { webhook_id }, "not_found", annotator, Who::Owner),
        door(&ReplayWebhook { webhook_id, what: Replay::One(delivery_id) }, "not_found", annotator, Who::Owner),
        door(&SkipDelivery { webhook_id, delivery_id }, "not_found", annotator, Who::Owner),
        door(&SetWebhookActive { webhook_id, is_active: false }, "not_found", annotator, Who::Owner),
        door(&RemoveWebhook { webhook_id }, "not_found", annotator, Who::Owner),
        // It is gone: a test would go out into the world.
        door(&TestWebhook { webhook_id }, "not_found", Some((Who::Annotator, "not_found")), Who::Owner)
            .but_refused("not_found"),
    ]
}
