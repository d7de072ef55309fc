-- Addresses that are told what happens, what they are told, and how that went.
--
-- What happens is written down in the transaction of the change (the outbox), once, with a row for each webhook that hears of
-- it; with nobody listening nothing is written. No transaction of a change locks a webhook or tells anybody: a loop looks what
-- there is to be sent. Texts are kept as they are sent, so that a message is the same however often it is sent.

create table webhook (
    webhook_id bigint generated always as identity primary key,
    organization_id bigint not null references organization on delete cascade,
    -- none: every project of the organization
    project_id bigint references project on delete cascade,
    url text not null,
    send_payload boolean not null,
    send_for_all_actions boolean not null,
    is_active boolean not null,
    -- in the order they were typed; their values, a JSON object, are sealed for `webhook:<id>`
    header_names text[] not null default '{}',
    headers bytea,
    created_by bigint references user_account on delete set null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- a job for it was started, and has not ended
    woken_at timestamptz,
    -- the first of its messages waits to be tried again, and the others wait behind it
    paused_until timestamptz,
    -- the first failure since the last success
    failing_since timestamptz,
    delivered_at timestamptz,
    -- by itself, because nothing got through for days
    switched_off_at timestamptz,
    constraint webhook_url_has_a_length check (length(url) between 1 and 2048),
    constraint webhook_headers_are_whole check ((header_names = '{}') = (headers is null))
);
-- who hears of a change; with every change, so it holds only those that listen
create index webhook_listening on webhook (organization_id, project_id) where is_active;
-- the lists of an organization and of a project
create index webhook_of_organization on webhook (organization_id, project_id, webhook_id);
create index webhook_of_project on webhook (project_id) where project_id is not null;
create index webhook_of_creator on webhook (created_by) where created_by is not null;

-- What a webhook hears that does not hear everything. Which actions there are is known to the code alone.
create table webhook_action (
    webhook_id bigint not null references webhook on delete cascade,
    action text not null,
    primary key (webhook_id, action)
);

-- Signing keys, sealed for `webhook_secret:<id>`: the newest, and those before until they end.
create table webhook_secret (
    webhook_secret_id uuid primary key,
    webhook_id bigint not null references webhook on delete cascade,
    secret bytea not null,
    created_at timestamptz not null,
    -- none: until another one takes its place
    expires_at timestamptz
);
create index webhook_secret_of_webhook on webhook_secret (webhook_id, webhook_secret_id desc);

create table webhook_event (
    -- by time; also the message's id
    webhook_event_id uuid primary key,
    organization_id bigint not null references organization on delete cascade,
    -- no reference: what happened to a project is told after it is gone
    project_id bigint,
    -- none for a test
    action text,
    -- with everything; none where nobody wanted to know
    body text,
    -- with numbers alone
    brief text not null,
    created_at timestamptz not null
);
-- forgetting what is old
create index webhook_event_by_age on webhook_event (created_at);
create index webhook_event_of_organization on webhook_event (organization_id);

create table webhook_delivery (
    webhook_id bigint not null references webhook on delete cascade,
    -- the order in which one webhook hears of things
    webhook_delivery_id bigint generated always as identity,
    organization_id bigint not null,
    webhook_event_id uuid not null references webhook_event on delete cascade,
    -- of the event
    action text,
    state text not null default 'waiting',
    -- ever, for their numbers, and of those since it was last begun anew
    attempts integer not null default 0,
    tries integer not null default 0,
    status integer,
    message text not null default '',
    duration_ms integer,
    created_at timestamptz not null,
    next_attempt_at timestamptz,
    primary key (webhook_id, webhook_delivery_id),
    constraint webhook_delivery_state_is_known check (state in ('waiting', 'delivered', 'failed', 'skipped'))
);
-- what is to be sent, in order
create index webhook_delivery_waiting on webhook_delivery (webhook_id, webhook_delivery_id) where state = 'waiting';
-- the log with a filter
create index webhook_delivery_by_state on webhook_delivery (webhook_id, state, webhook_delivery_id desc);
create index webhook_delivery_by_action on webhook_delivery (webhook_id, action, webhook_delivery_id desc);
-- what goes with an event
create index webhook_delivery_of_event on webhook_delivery (webhook_event_id);

create table webhook_attempt (
    webhook_id bigint not null,
    webhook_delivery_id bigint not null,
    attempt integer not null,
    organization_id bigint not null,
    started_at timestamptz not null,
    duration_ms integer not null,
    status integer,
    message text not null default '',
    -- lists of pairs; secrets are masked before they come here
    request_headers jsonb not null default '[]',
    response_headers jsonb not null default '[]',
    -- the beginning
    response_body text not null default '',
    primary key (webhook_id, webhook_delivery_id, attempt),
    foreign key (webhook_id, webhook_delivery_id) references webhook_delivery on delete cascade
);

alter table webhook enable row level security;
create policy tenant on webhook to synapse_tenant using (organization_id = current_organization());
alter table webhook_action enable row level security;
create policy tenant on webhook_action to synapse_tenant
    using (exists (select from webhook w where w.webhook_id = webhook_action.webhook_id));
alter table webhook_secret enable row level security;
create policy tenant on webhook_secret to synapse_tenant
    using (exists (select from webhook w where w.webhook_id = webhook_secret.webhook_id));
alter table webhook_event enable row level security;
create policy tenant on webhook_event to synapse_tenant using (organization_id = current_organization());
alter table webhook_delivery enable row level security;
create policy tenant on webhook_delivery to synapse_tenant using (organization_id = current_organization());
alter table webhook_attempt enable row level security;
create policy tenant on webhook_attempt to synapse_tenant using (organization_id = current_organization());
-- What is sealed is written by tenants and read by nobody but the statements that send, as the owner of the tables.
revoke select on webhook, webhook_secret from synapse_tenant;
grant select (webhook_id, organization_id, project_id, url, send_payload, send_for_all_actions, is_active, header_names,
    created_by, created_at, updated_at, woken_at, paused_until, failing_since, delivered_at, switched_off_at) on webhook
    to synapse_tenant;
grant select (webhook_secret_id, webhook_id, created_at, expires_at) on webhook_secret to synapse_tenant;
