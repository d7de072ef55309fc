//! What receivers do, and what becomes of the messages.

use chrono::TimeDelta;
use domain::webhook::{DeliveryFilter, DeliveryState, Health, Replay, WebhookForm, retry};
use service::{
    job::{self, Job},
    webhook::{self, DeliverWebhook, PurgeWebhookLog},
};

use super::{Manner, Receiver, Studio, form, kind_receiver};
use crate::{code, refused};

#[tokio::test]
async fn a_receiver_may_do_whatever_it_likes() {
    let studio = Studio::new().await;
    let elsewhere = kind_receiver().await;
    let redirect = Manner::Says("307 Temporary Redirect", format!("location: {}\r\n", elsewhere.url()), String::new());
    let talks = Manner::Says(
        "500 Internal Server Error",
        "set-cookie: a=b\r\nx-reason: tired\r\n".into(),
        "a\0b".repeat(9_000),
    );
    let cases = [
        (Manner::status("204 No Content"), DeliveryState::Delivered, ""),
        (Manner::Floods, DeliveryState::Delivered, ""),
        (Manner::Dawdles, DeliveryState::Delivered, ""),
        (talks, DeliveryState::Waiting, "answered 500"),
        (Manner::status("410 Gone"), DeliveryState::Waiting, "answered 410"),
        (redirect, DeliveryState::Waiting, "Redirects are not followed"),
        (
            Manner::Says("200 OK\r\ngarbage", String::new(), String::new()),
            DeliveryState::Waiting,
            "could not be reached",
        ),
        (Manner::Hangs, DeliveryState::Waiting, "within 15 seconds"),
    ];
    let mut hooks = Vec::new();
    for (manner, ..) in &cases {
        let receiver = Receiver::new(manner.clone()).await;
        hooks.push(studio.listen(&receiver).await);
    }
    // Nobody is there at all.
    let gone = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    };
    hooks.push(studio.add(studio.project(), form(&gone)).await.unwrap().webhook_id);
    studio.submit().await;
    let begun = std::time::Instant::now();
    studio.deliver().await;
    assert!(begun.elapsed().as_secs() < 40, "they do not wait for each other");
    let nobody = (Manner::Hangs, DeliveryState::Waiting, "could not be reached");
    for ((manner, state, message), hook) in cases.iter().chain([&nobody]).zip(hooks) {
        let log = studio.log(hook).await;
        assert_eq!((log.len(), log[0].state, log[0].attempts), (1, *state, 1), "{manner:?}");
        assert!(log[0].message.contains(message) && log[0].message.is_empty() == message.is_empty(), "{:?}", log[0]);
        assert_eq!(log[0].next_attempt_at.is_some(), *state == DeliveryState::Waiting);
        let detail = studio.detail(hook, log[0].delivery_id).await;
        let attempt = &detail.attempts[0];
        assert!(attempt.response_body.len() <= 9_000 * 3, "{}", attempt.response_body.len());
        if matches!(manner, Manner::Floods) {
            assert_eq!(attempt.response_body.len(), domain::webhook::MAX_KEPT_BYTES);
        }
        if log[0].message.contains("500") {
            assert!(attempt.response_body.starts_with("a\u{fffd}b"));
            let of = |name: &str| attempt.response_headers.iter().find(|(key, _)| key == name).unwrap().1.clone();
            assert_eq!((of("x-reason").as_str(), of("set-cookie").contains("a=b")), ("tired", false));
        }
    }
    assert!(elsewhere.heard().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_inside_later_is_not_followed() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    let hook = studio.listen(&receiver).await;
    studio.submit().await;
    // The same server without the permission to reach this machine: what was fine once is judged again.
    let careful = super::reaching(&studio.work, &[]);
    job::runner::run_waiting(&careful).await.unwrap();
    assert!(receiver.heard().is_empty());
    let log = studio.log(hook).await;
    assert_eq!(log[0].state, DeliveryState::Waiting);
    assert!(log[0].message.contains("private network"), "{}", log[0].message);
}

#[tokio::test]
async fn failures_are_tried_again_and_hold_back_what_follows() {
    let studio = Studio::new().await;
    let receiver = Receiver::new(Manner::status("503 Service Unavailable")).await;
    let hook = studio.listen(&receiver).await;
    studio.submit().await;
    studio.submit().await;
    let pauses = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];
    let mut ids = Vec::new();
    for (n, pause) in pauses.into_iter().enumerate() {
        studio.deliver().await;
        let heard = receiver.heard();
        assert_eq!(heard.len(), 1, "attempt {n}: the second message waits behind the first");
        ids.push(heard[0].header("webhook-id").to_owned());
        studio.work.db.wait(TimeDelta::seconds(pause - 1));
        studio.deliver().await;
        assert!(receiver.heard().is_empty(), "not before its time");
        studio.work.db.wait(TimeDelta::seconds(1));
    }
    assert_eq!(studio.get(hook).await.health(), Health::Failing);
    studio.deliver().await;
    // The eighth attempt was the last one, and the second message has its first.
    let heard = receiver.heard();
    ids.push(heard[0].header("webhook-id").to_owned());
    ids.dedup();
    assert_eq!(ids.len(), 1, "the same id each time");
    assert_eq!(studio.states(hook).await, [DeliveryState::Failed, DeliveryState::Waiting]);
    let log = studio.log(hook).await;
    assert_eq!(log[0].attempts, retry::most_attempts());
    let detail = studio.detail(hook, log[0].delivery_id).await;
    let numbers: Vec<i32> = detail.attempts.iter().map(|attempt| attempt.attempt).collect();
    assert_eq!(numbers, [8, 7, 6, 5, 4, 3, 2, 1]);

    receiver.becomes(Manner::ok());
    studio.deliver().await;
    studio.deliver().await;
    assert_eq!(receiver.heard().len(), 1);
    assert_eq!(studio.states(hook).await, [DeliveryState::Failed, DeliveryState::Delivered]);
    assert_eq!(studio.get(hook).await.health(), Health::Fine);
}

#[tokio::test]
async fn a_receiver_that_is_silent_for_days_is_given_up() {
    let studio = Studio::new().await;
    let receiver = Receiver::new(Manner::status("500 Internal Server Error")).await;
    let hook = studio.listen(&receiver).await;
    let since = studio.cx.now();
    studio.submit().await;
    for _ in 0..9 {
        studio.deliver().await;
        studio.submit().await;
        studio.work.db.wait(TimeDelta::hours(15));
    }
    assert_eq!(studio.get(hook).await.health(), Health::GivenUp);
    let mails = studio.mails().await;
    let notices: Vec<_> = mails.iter().filter(|(_, text)| text.contains("webhook was switched off")).collect();
    assert_eq!(notices.len(), 1, "the owner is told, once");
    assert_eq!(notices[0].0, "acme-owner@example.com");
    assert!(notices[0].1.contains("answered 500") && notices[0].1.contains(&format!("/webhooks/{hook}")));

    // Nothing is collected while it is off, and nothing is sent by itself when it is on again.
    let missed = studio.log(hook).await.len();
    studio.submit().await;
    receiver.heard();
    studio.deliver().await;
    assert_eq!((studio.log(hook).await.len(), receiver.heard().len()), (missed, 0));
    assert!(studio.states(hook).await.iter().all(|state| *state == DeliveryState::Failed));
    let replay = Replay::FailedSince(since);
    assert_eq!(code(webhook::replay(&studio.cx, studio.owner(), hook, replay).await), "webhook_off");
    receiver.becomes(Manner::ok());
    let on = webhook::set_active(&studio.cx, studio.owner(), hook, true).await.unwrap();
    assert_eq!(on.health(), Health::New);
    studio.deliver().await;
    assert!(receiver.heard().is_empty());
    let count = webhook::replay(&studio.cx, studio.owner(), hook, replay).await.unwrap();
    assert_eq!(usize::try_from(count).unwrap(), missed);
    studio.deliver().await;
    assert_eq!(receiver.heard().len(), missed);
    assert!(studio.states(hook).await.iter().all(|state| *state == DeliveryState::Delivered));
}

#[tokio::test]
async fn messages_are_sent_again_or_left_out() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    let hook = studio.listen(&receiver).await;
    for _ in 0..4 {
        studio.submit().await;
    }
    studio.deliver().await;
    let first: Vec<String> = receiver.heard().iter().map(|one| one.header("webhook-id").to_owned()).collect();
    let log = studio.log(hook).await;
    let id = |n: usize| log[n].delivery_id;
    let replay = async |what| webhook::replay(&studio.cx, studio.owner(), hook, what).await;
    assert_eq!(replay(Replay::One(id(2))).await.unwrap(), 1);
    studio.deliver().await;
    assert_eq!(receiver.heard()[0].header("webhook-id"), first[2]);
    assert_eq!(replay(Replay::Range(id(1), id(3))).await.unwrap(), 3);
    studio.deliver().await;
    let again: Vec<String> = receiver.heard().iter().map(|one| one.header("webhook-id").to_owned()).collect();
    assert_eq!(again, first[1..], "in order");
    assert_eq!(studio.log(hook).await[2].attempts, 3);
    assert_eq!(refused(replay(Replay::One(0.into())).await), domain::Kind::NotFound);
    assert_eq!(replay(Replay::FailedSince(studio.cx.now())).await.unwrap(), 0);

    // One that is refused for ever holds back the others until somebody decides.
    receiver.becomes(Manner::status("400 Bad Request"));
    studio.submit().await;
    studio.submit().await;
    studio.deliver().await;
    receiver.heard();
    let stuck = studio.log(hook).await[4].delivery_id;
    receiver.becomes(Manner::ok());
    webhook::skip(&studio.cx, studio.owner(), hook, stuck).await.unwrap();
    assert_eq!(code(webhook::skip(&studio.cx, studio.owner(), hook, stuck).await), "delivery_over");
    studio.deliver().await;
    assert_eq!(receiver.heard().len(), 1);
    assert_eq!(studio.states(hook).await[4..], [DeliveryState::Skipped, DeliveryState::Delivered]);
    let skipped = DeliveryFilter { state: Some(DeliveryState::Skipped), action: None };
    let found = webhook::page(&studio.cx, studio.owner(), hook, skipped).await.unwrap().deliveries.items;
    assert_eq!(found.iter().map(|one| one.delivery_id).collect::<Vec<_>>(), [stuck]);
    // What waits is tried at once when somebody asks for it.
    receiver.becomes(Manner::status("500 Internal Server Error"));
    studio.submit().await;
    studio.deliver().await;
    receiver.becomes(Manner::ok());
    let waiting = studio.log(hook).await[6].delivery_id;
    replay(Replay::One(waiting)).await.unwrap();
    studio.deliver().await;
    assert_eq!(receiver.heard().len(), 2);
    assert_eq!(studio.states(hook).await[6], DeliveryState::Delivered);
}

#[tokio::test]
async fn a_worker_that_dies_sends_again_under_the_same_id() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    let hook = studio.listen(&receiver).await;
    studio.submit().await;
    webhook::wake(&studio.cx).await.unwrap();
    // It dies while the receiver has the message: nothing of it is written down.
    receiver.becomes(Manner::Hangs);
    let cx = studio.cx.clone();
    let dying = tokio::spawn(async move { DeliverWebhook { webhook_id: hook }.run(&cx).await });
    let sent = loop {
        if let Some(sent) = receiver.heard().pop() {
            break sent;
        }
        tokio::task::yield_now().await;
    };
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    receiver.becomes(Manner::ok());
    // Its job is still there, and another one for the same webhook finds nothing more to do.
    studio.deliver().await;
    DeliverWebhook { webhook_id: hook }.run(&studio.cx).await.unwrap();
    let again = receiver.heard();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].header("webhook-id"), sent.header("webhook-id"));
    assert_eq!(again[0].text, sent.text);
    assert_eq!(studio.states(hook).await, [DeliveryState::Delivered]);

    // One whose job was lost altogether is woken after a while.
    sqlx::query("update webhook set woken_at = $1").bind(studio.cx.now()).execute(studio.work.db.pool()).await.unwrap();
    studio.submit().await;
    studio.deliver().await;
    assert!(receiver.heard().is_empty());
    studio.work.db.wait(TimeDelta::minutes(2));
    studio.deliver().await;
    assert_eq!(receiver.heard().len(), 1);
}

#[tokio::test]
async fn a_change_is_told_by_a_running_server_at_once() {
    let studio = Studio::new().await;
    let receiver = kind_receiver().await;
    studio.listen(&receiver).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let waking = tokio::spawn(webhook::keep_waking(studio.cx.clone()));
    let working = tokio::spawn(job::runner::run(studio.cx.clone(), async move {
        let _told = stopped.await;
    }));
    let mut took = Vec::new();
    for _ in 0..10 {
        studio.submit().await;
        let begun = std::time::Instant::now();
        while receiver.heard().is_empty() {
            assert!(begun.elapsed().as_secs() < 20, "nothing came");
            tokio::task::yield_now().await;
        }
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    println!("from commit to receiver: median {:?}, slowest {:?}", took[5], took[9]);
    stop.send(()).unwrap();
    waking.abort();
    working.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_test_is_sent_at_once_and_outside_the_order() {
    let studio = Studio::new().await;
    let receiver = Receiver::new(Manner::status("500 Internal Server Error")).await;
    let hook = studio.listen(&receiver).await;
    let failed = webhook::test(&studio.cx, studio.owner(), hook).await.unwrap();
    assert_eq!(failed.delivery.state, DeliveryState::Failed);
    assert_eq!((failed.delivery.action, failed.delivery.status), (None, Some(500)));
    assert_eq!(receiver.heard()[0].body()["action"], "TEST");
    assert_eq!(studio.get(hook).await.health(), Health::New, "a test is no reason for an alarm");
    studio.submit().await;
    studio.deliver().await;
    receiver.heard();
    receiver.becomes(Manner::ok());
    let fine = webhook::test(&studio.cx, studio.owner(), hook).await.unwrap();
    assert_eq!((fine.delivery.state, fine.attempts.len()), (DeliveryState::Delivered, 1));
    // The receiver is there again: what waits need not wait.
    studio.deliver().await;
    assert_eq!(receiver.actions(), ["TEST", "ANNOTATION_CREATED"]);
    let tests = Replay::One(fine.delivery.delivery_id);
    assert_eq!(refused(webhook::replay(&studio.cx, studio.owner(), hook, tests).await), domain::Kind::NotFound);
}

#[tokio::test]
async fn switched_off_nothing_waits_and_the_log_is_forgotten_in_time() {
    let studio = Studio::new().await;
    let receiver = Receiver::new(Manner::status("500 Internal Server Error")).await;
    let hook = studio.listen(&receiver).await;
    studio.submit().await;
    studio.deliver().await;
    let off = WebhookForm { is_active: false, ..studio.get(hook).await.form() };
    webhook::change(&studio.cx, studio.owner(), hook, off).await.unwrap();
    assert_eq!(studio.states(hook).await, [DeliveryState::Failed]);
    assert_eq!(studio.get(hook).await.health(), Health::Off);
    studio.work.db.wait(TimeDelta::days(29));
    PurgeWebhookLog.run(&studio.cx).await.unwrap();
    assert_eq!(studio.log(hook).await.len(), 1);
    studio.work.db.wait(TimeDelta::days(2));
    PurgeWebhookLog.run(&studio.cx).await.unwrap();
    assert_eq!(studio.log(hook).await.len(), 0);
    let left: i64 =
        sqlx::query_scalar("select count(*) from webhook_attempt").fetch_one(studio.work.db.pool()).await.unwrap();
    assert_eq!(left, 0);
}
