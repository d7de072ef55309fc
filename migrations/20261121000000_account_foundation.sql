-- People, their sessions, and the organizations they work in.

-- Addresses compare without case; the column keeps what the person typed.
create table user_account (
    user_id bigint generated always as identity primary key,
    email text not null,
    name text not null,
    -- null: the person was invited or created without a password and sets one by mail
    password_hash text,
    email_verified_at timestamptz,
    -- what the person signed up to do; neither excludes the other
    is_client boolean not null default false,
    is_annotator boolean not null default false,
    is_expert boolean not null default false,
    -- platform staff; never settable from the outside
    is_staff boolean not null default false,
    -- demo people have a public password: a server that has any refuses to listen beyond loopback
    is_demo boolean not null default false,
    -- interface settings: theme, shortcuts
    preferences jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deactivated_at timestamptz,
    constraint email_has_a_length check (length(email) between 3 and 254),
    constraint user_name_has_a_length check (length(name) between 1 and 120)
);
create unique index email_is_taken on user_account (lower(email));

-- One row per signed-in browser. The cookie holds 32 random bytes, the row only their SHA-256.
create table session (
    session_id bigint generated always as identity primary key,
    user_id bigint not null references user_account on delete cascade,
    token_hash bytea not null,
    user_agent text not null default '',
    ip text not null default '',
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint session_token_is_unique unique (token_hash),
    constraint session_token_is_a_sha256 check (length(token_hash) = 32)
);
-- the list of a person's devices, and "sign out everywhere"
create index session_of_user on session (user_id, last_seen_at desc);
-- the cleanup job
create index session_by_expiry on session (expires_at);

-- Single-use links sent by mail; only the hash is kept.
create table email_token (
    token_hash bytea primary key,
    user_id bigint not null references user_account on delete cascade,
    purpose text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint email_token_purpose_is_known check (purpose in ('verify_email', 'reset_password'))
);
create index email_token_of_user on email_token (user_id, purpose);

-- Attempts that are limited (sign-in, mails), counted in the database so that the limit holds on every node. `bucket` is a
-- hash of what is limited, so that the table is no list of who tried what.
create table login_attempt (
    login_attempt_id bigint generated always as identity primary key,
    bucket bytea not null,
    attempted_at timestamptz not null default now()
);
create index login_attempt_in_bucket on login_attempt (bucket, attempted_at desc);

-- Mail waiting to be delivered or, without SMTP, to be read at /dev/outbox.
create table mail_outbox (
    mail_id uuid primary key,
    recipient text not null,
    subject text not null,
    text_body text not null,
    html_body text not null,
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    last_error text
);

create table organization (
    organization_id bigint generated always as identity primary key,
    name text not null,
    created_by bigint references user_account on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint organization_name_has_a_length check (length(name) between 2 and 100)
);

create table organization_member (
    organization_id bigint not null references organization on delete cascade,
    user_id bigint not null references user_account on delete cascade,
    role text not null,
    joined_at timestamptz not null default now(),
    -- removed softly: their work keeps its author, and they can be taken back
    removed_at timestamptz,
    primary key (organization_id, user_id),
    constraint organization_role_is_known check (role in ('owner', 'admin', 'member'))
);
-- "which organizations am I in", at every page
create index organization_member_of_user on organization_member (user_id) where removed_at is null;

-- Where a browser works: chosen in the rail, remembered per device.
alter table session add column organization_id bigint references organization on delete set null;

create table workspace (
    workspace_id bigint generated always as identity primary key,
    organization_id bigint not null references organization on delete cascade,
    name text not null,
    color text not null default 'slate',
    created_by bigint references user_account on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,
    constraint workspace_name_has_a_length check (length(name) between 1 and 100)
);
create unique index workspace_name_is_taken on workspace (organization_id, lower(name)) where deleted_at is null;

create table workspace_member (
    workspace_id bigint not null references workspace on delete cascade,
    user_id bigint not null references user_account on delete cascade,
    added_at timestamptz not null default now(),
    primary key (workspace_id, user_id)
);

-- An invitation is a link. With an address it is also sent by mail, and only that address may use it.
create table invite (
    invite_id bigint generated always as identity primary key,
    organization_id bigint not null references organization on delete cascade,
    token_hash bytea not null,
    role text not null,
    email text,
    created_by bigint references user_account on delete set null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    -- a link may be used by several people, a mail invitation once
    use_count integer not null default 0,
    max_uses integer,
    constraint invite_token_is_unique unique (token_hash),
    constraint invite_role_is_known check (role in ('admin', 'member'))
);
create index invite_of_organization on invite (organization_id, created_at desc);

-- Every change of state of anything, once, for ever. UUIDv7 keeps them in order of time.
create table state_transition (
    state_transition_id uuid primary key,
    organization_id bigint references organization on delete cascade,
    project_id bigint,
    entity text not null,
    entity_id bigint not null,
    from_state text,
    to_state text not null,
    transition text not null,
    actor_id bigint references user_account on delete set null,
    data jsonb not null default '{}',
    occurred_at timestamptz not null default now()
);
-- the history of one thing
create index state_transition_of_entity on state_transition (entity, entity_id, state_transition_id desc);

-- Who did what to whom, for people who must answer for it.
create table audit_event (
    audit_event_id uuid primary key,
    organization_id bigint references organization on delete cascade,
    actor_id bigint references user_account on delete set null,
    action text not null,
    subject text not null,
    subject_id bigint,
    data jsonb not null default '{}',
    ip text,
    occurred_at timestamptz not null default now()
);
create index audit_event_of_organization on audit_event (organization_id, audit_event_id desc);
