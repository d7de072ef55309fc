//! Webhooks over real sockets: who sets them up, what is told, in which order, and everything a receiver can do wrong.

mod deliver;
mod manage;
pub(crate) mod receiver;
mod tell;

use domain::{
    access::OrgRole,
    id::{DeliveryId, WebhookId},
    page::Limit,
    webhook::{Action, Delivery, DeliveryFilter, DeliveryState, Header, Scope, Webhook, WebhookForm},
};
use service::{Actor, Cx, CxBuilder, Settings, annotation, job, webhook};

use self::receiver::{Manner, Receiver};
use crate::annotate::Work;

/// A project with tasks, whose server may reach this machine.
struct Studio {
    work: Work,
    cx: Cx,
    annotator: Actor,
}

impl Studio {
    async fn new() -> Self {
        let work = Work::new(20, 1).await;
        let annotator = work.annotator("ann").await;
        let cx = reaching(&work, &["127.0.0.0/8"]);
        Self { work, cx, annotator }
    }

    fn owner(&self) -> &Actor {
        &self.work.owner
    }

    fn project(&self) -> Scope {
        Scope::Project(self.work.project_id)
    }

    async fn add(&self, scope: Scope, form: WebhookForm) -> service::Result<Webhook> {
        webhook::add(&self.cx, self.owner(), scope, form).await
    }

    /// A webhook of the project for everything.
    async fn listen(&self, receiver: &Receiver) -> WebhookId {
        self.add(self.project(), form(&receiver.url())).await.unwrap().webhook_id
    }

    /// Hands in the next task.
    async fn submit(&self) -> domain::annotation::Submitted {
        let task_id = self.work.next(&self.annotator).await.task.unwrap().task_id;
        annotation::submit(&self.cx, &self.annotator, self.work.submission(task_id)).await.unwrap()
    }

    /// Everything that is to be sent now is sent.
    async fn deliver(&self) {
        job::runner::run_waiting(&self.cx).await.unwrap();
    }

    async fn get(&self, webhook_id: WebhookId) -> Webhook {
        webhook::get(&self.cx, self.owner(), webhook_id).await.unwrap()
    }

    /// The log, the oldest first.
    async fn log(&self, webhook_id: WebhookId) -> Vec<Delivery> {
        let (filter, limit) = (DeliveryFilter::default(), Limit::new(Limit::MAX));
        let page = webhook::deliveries(&self.cx, self.owner(), webhook_id, filter, None, limit).await.unwrap();
        let mut items = page.items;
        items.reverse();
        items
    }

    async fn states(&self, webhook_id: WebhookId) -> Vec<DeliveryState> {
        self.log(webhook_id).await.iter().map(|delivery| delivery.state).collect()
    }

    async fn detail(&self, webhook_id: WebhookId, delivery_id: DeliveryId) -> domain::webhook::DeliveryDetail {
        webhook::delivery(&self.cx, self.owner(), webhook_id, delivery_id).await.unwrap()
    }

    async fn mails(&self) -> Vec<(String, String)> {
        let query = "select recipient, subject || E'\\n' || text_body from mail_outbox order by mail_id";
        sqlx::query_as(query).fetch_all(self.work.db.pool()).await.unwrap()
    }
}

pub(crate) fn reaching(work: &Work, networks: &[&str]) -> Cx {
    let allow_networks = networks.iter().map(|network| network.parse().unwrap()).collect();
    let settings = Settings { allow_networks, ..work.db.cx.settings().clone() };
    let clock = work.db.cx.clock().clone();
    CxBuilder::new(work.db.pool().clone()).clock(clock).settings(settings).build().unwrap()
}

fn form(url: &str) -> WebhookForm {
    WebhookForm { url: url.to_owned(), ..WebhookForm::default() }
}

fn only(url: &str, actions: &[Action]) -> WebhookForm {
    WebhookForm { send_for_all_actions: false, actions: actions.to_vec(), ..form(url) }
}

fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), value: Some(value.to_owned()) }
}

async fn member(studio: &Studio) -> Actor {
    studio.work.db.member(studio.work.org_id, "mem", OrgRole::Member).await
}

async fn kind_receiver() -> Receiver {
    Receiver::new(Manner::ok()).await
}
