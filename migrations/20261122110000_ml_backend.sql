-- Models that a project can ask: servers that speak the protocol of Label Studio's ML backends.
create table ml_backend (
    project_id bigint not null references project on delete cascade,
    ml_backend_id bigint generated always as identity,
    title text not null,
    -- what `health`, `setup` and `predict` are appended to
    url text not null,
    -- of basic authentication; both or none. The password has to be said to the model word for word, so it is kept so
    username text,
    password text,
    -- longer than a person waits, for questions that nobody waits for
    timeout_seconds integer not null,
    -- asked while people draw
    is_interactive boolean not null,
    -- what the last check said, in words for people
    state text not null default 'unchecked',
    state_message text not null default '',
    -- the model's own words
    model_version text not null default '',
    checked_at timestamptz,
    created_by bigint references user_account on delete set null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (project_id, ml_backend_id),
    constraint ml_backend_title_has_a_length check (length(title) between 1 and 100),
    constraint ml_backend_url_has_a_length check (length(url) between 1 and 2048),
    constraint ml_backend_credentials_are_whole check ((username is null) = (password is null)),
    constraint ml_backend_timeout_is_bearable check (timeout_seconds between 1 and 600),
    constraint ml_backend_state_is_known check (state in ('unchecked', 'up', 'down'))
);
-- while people draw there is one to ask
create unique index ml_backend_asked_while_drawing on ml_backend (project_id) where is_interactive;
create index ml_backend_of_creator on ml_backend (created_by) where created_by is not null;

alter table ml_backend enable row level security;
create policy tenant on ml_backend to synapse_tenant using (project_id = current_project());
-- Passwords are written by tenants and read by nobody but the one statement that calls the model, as the owner of the table.
revoke select on ml_backend from synapse_tenant;
grant select (project_id, ml_backend_id, title, url, username, timeout_seconds, is_interactive, state, state_message,
    model_version, checked_at, created_by, created_at, updated_at) on ml_backend to synapse_tenant;
