//! Who sets webhooks up, and how their secrets are kept.

use chrono::TimeDelta;
use domain::{
    Kind,
    page::Limit,
    webhook::{Action, DeliveryFilter, Header, MASK, MAX_WEBHOOKS, Replay, Scope, WebhookForm},
};
use service::{Actor, webhook};

use super::{Studio, form, header, kind_receiver, member, only};
use crate::{code, refused};

#[tokio::test]
async fn only_who_manages_there_does_anything_with_webhooks() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    let hook = studio.listen(&receiver).await;
    let of_org = studio.add(Scope::Organization, form(&receiver.url())).await.unwrap().webhook_id;
    studio.submit().await;
    studio.deliver().await;
    let delivery = studio.log(hook).await[0].delivery_id;
    let (_, rival) = studio.work.db.org("rival").await;
    let member = member(&studio).await;
    let cx = &studio.cx;
    let cases: [(&Actor, Kind, Kind); 4] = [
        (&Actor::Anonymous, Kind::Unauthenticated, Kind::Unauthenticated),
        (&rival, Kind::NotFound, Kind::NotFound),
        (&member, Kind::NotFound, Kind::Forbidden),
        (&studio.annotator, Kind::Forbidden, Kind::Forbidden),
    ];
    for (actor, of_project, of_organization) in cases {
        for (id, kind) in [(hook, of_project), (of_org, of_organization)] {
            assert_eq!(refused(webhook::get(cx, actor, id).await), kind);
            assert_eq!(refused(webhook::change(cx, actor, id, form(&receiver.url())).await), kind);
            assert_eq!(refused(webhook::set_active(cx, actor, id, false).await), kind);
            assert_eq!(refused(webhook::remove(cx, actor, id).await), kind);
            assert_eq!(refused(webhook::signing_key(cx, actor, id).await), kind);
            assert_eq!(refused(webhook::rotate_key(cx, actor, id).await), kind);
            assert_eq!(refused(webhook::test(cx, actor, id).await), kind);
            let filter = DeliveryFilter::default();
            assert_eq!(refused(webhook::page(cx, actor, id, filter).await), kind);
            assert_eq!(refused(webhook::deliveries(cx, actor, id, filter, None, Limit::default()).await), kind);
            assert_eq!(refused(webhook::delivery(cx, actor, id, delivery).await), kind);
            assert_eq!(refused(webhook::replay(cx, actor, id, Replay::One(delivery)).await), kind);
            assert_eq!(refused(webhook::skip(cx, actor, id, delivery).await), kind);
        }
        assert_eq!(refused(webhook::list(cx, actor, studio.project()).await), of_project);
        assert_eq!(refused(webhook::add(cx, actor, studio.project(), form(&receiver.url())).await), of_project);
    }
    assert_eq!(refused(webhook::list(cx, &member, Scope::Organization).await), Kind::Forbidden);
    assert!(webhook::list(cx, &rival, Scope::Organization).await.unwrap().is_empty());
    // The delivery of one webhook is no delivery of another.
    assert_eq!(refused(webhook::delivery(cx, studio.owner(), of_org, delivery).await), Kind::NotFound);
    let listed = webhook::list(cx, studio.owner(), Scope::Organization).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.webhook_id).collect::<Vec<_>>(), [of_org, hook]);
    assert_eq!(listed[1].project_title.as_deref(), Some("Cats"));
    assert_eq!(webhook::list(cx, studio.owner(), studio.project()).await.unwrap().len(), 1);
    webhook::remove(cx, studio.owner(), hook).await.unwrap();
    assert_eq!(refused(webhook::remove(cx, studio.owner(), hook).await), Kind::NotFound);
}

#[tokio::test]
async fn a_webhook_is_kept_within_its_limits() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    for (url, wrong) in [
        ("http://10.0.0.1/", "url_private"),
        ("http://169.254.169.254/latest", "url_private"),
        ("ftp://example.org/", "url_scheme"),
        ("nonsense", "url_malformed"),
        ("http://me:secret@127.0.0.1/", "url_credentials"),
    ] {
        assert_eq!(code(studio.add(studio.project(), form(url)).await), wrong, "{url}");
    }
    let of_org = only(&receiver.url(), &[Action::ProjectCreated]);
    assert_eq!(code(studio.add(studio.project(), of_org).await), "action_of_organization");
    for _ in 0..MAX_WEBHOOKS {
        studio.listen(&receiver).await;
    }
    assert_eq!(code(studio.add(studio.project(), form(&receiver.url())).await), "too_many_webhooks");
    assert!(studio.add(Scope::Organization, form(&receiver.url())).await.is_ok());
}

#[tokio::test]
async fn headers_are_sealed_kept_and_never_shown() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    let headers = vec![header("X-Key", "hunter2"), header("X-Team", "cats")];
    let made = studio.add(studio.project(), WebhookForm { headers, ..form(&receiver.url()) }).await.unwrap();
    let hook = made.webhook_id;
    assert_eq!(made.headers, ["X-Key", "X-Team"]);
    assert!(!serde_json::to_string(&made).unwrap().contains("hunter2"));
    let key = webhook::signing_key(&studio.cx, studio.owner(), hook).await.unwrap();
    let stored: String = sqlx::query_scalar(
        "select (select string_agg(w::text, '') from webhook w) || (select string_agg(s::text, '') from webhook_secret s)",
    )
    .fetch_one(studio.work.db.pool())
    .await
    .unwrap();
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    for secret in ["hunter2", key.as_str()] {
        assert!(!stored.contains(secret) && !stored.contains(&hex(secret)), "sealed");
    }
    let mut tx = studio.cx.begin().await.unwrap();
    sqlx::query("set local role synapse_tenant").execute(&mut *tx).await.unwrap();
    assert!(sqlx::query("select headers from webhook").execute(&mut *tx).await.is_err(), "not a tenant's to read");
    drop(tx);

    // Left as they are, one typed anew, one taken out.
    let kept = WebhookForm {
        headers: vec![Header { name: "x-key".into(), value: Some(MASK.into()) }, header("X-New", "new")],
        ..made.form()
    };
    webhook::change(&studio.cx, studio.owner(), hook, kept).await.unwrap();
    studio.submit().await;
    studio.deliver().await;
    let heard = receiver.heard().remove(0);
    assert_eq!((heard.header("x-key"), heard.header("x-new"), heard.header("x-team")), ("hunter2", "new", ""));
    let log = studio.log(hook).await;
    let detail = studio.detail(hook, log[0].delivery_id).await;
    assert!(!serde_json::to_string(&detail).unwrap().contains("hunter2"), "masked in the log");
    assert_eq!(detail.body, heard.text);
    assert_eq!(detail.message_id, heard.header("webhook-id"));

    // They do not go to another server.
    let other = kind_receiver().await;
    let moved = WebhookForm { url: other.url(), ..studio.get(hook).await.form() };
    assert_eq!(code(webhook::change(&studio.cx, studio.owner(), hook, moved).await), "header_of_another_server");
}

#[tokio::test]
async fn signing_keys_are_replaced_without_a_gap() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    let hook = studio.listen(&receiver).await;
    let old = webhook::signing_key(&studio.cx, studio.owner(), hook).await.unwrap();
    let new = webhook::rotate_key(&studio.cx, studio.owner(), hook).await.unwrap();
    assert_ne!(old, new);
    assert_eq!(webhook::signing_key(&studio.cx, studio.owner(), hook).await.unwrap(), new);
    assert!(studio.get(hook).await.old_secret_until.is_some());
    studio.submit().await;
    studio.deliver().await;
    assert_eq!(receiver.heard()[0].header("webhook-signature").split(' ').count(), 2, "signed with both");
    studio.work.db.wait(TimeDelta::hours(24));
    assert!(studio.get(hook).await.old_secret_until.is_none());
    studio.submit().await;
    studio.deliver().await;
    assert_eq!(receiver.heard()[0].header("webhook-signature").split(' ').count(), 1);
}

#[tokio::test]
async fn a_server_that_has_lost_its_key_says_so_and_begins_anew() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    let headers = vec![header("X-Key", "hunter2")];
    let made = studio.add(studio.project(), WebhookForm { headers, ..form(&receiver.url()) }).await.unwrap();
    let hook = made.webhook_id;
    let secret_keys = vec![service::secret::Key::new([9; 32])];
    let settings = service::Settings { secret_keys, ..studio.cx.settings().clone() };
    let clock = studio.cx.clock().clone();
    let cx = service::CxBuilder::new(studio.work.db.pool().clone()).clock(clock).settings(settings).build().unwrap();
    assert_eq!(code(webhook::signing_key(&cx, studio.owner(), hook).await), "signing_key_unreadable");
    assert_eq!(code(webhook::change(&cx, studio.owner(), hook, made.form()).await), "headers_unreadable");
    studio.submit().await;
    service::job::runner::run_waiting(&cx).await.unwrap();
    assert!(receiver.heard().is_empty());
    assert!(studio.log(hook).await[0].message.contains("can no longer read"));
    let typed = WebhookForm { headers: vec![header("X-Key", "again")], ..made.form() };
    webhook::change(&cx, studio.owner(), hook, typed).await.unwrap();
    webhook::rotate_key(&cx, studio.owner(), hook).await.unwrap();
    let waiting = studio.log(hook).await[0].delivery_id;
    webhook::replay(&cx, studio.owner(), hook, Replay::One(waiting)).await.unwrap();
    service::job::runner::run_waiting(&cx).await.unwrap();
    assert_eq!(receiver.heard()[0].header("x-key"), "again");
}
