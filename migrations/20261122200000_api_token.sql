-- Keys that programs act with in a person's name. A key is 32 random bytes behind a prefix, of which only the SHA-256 is
-- kept; a personal access token is signed, and its row is what it can be taken back by.
create table api_token (
    token_id bigint generated always as identity primary key,
    user_id bigint not null references user_account on delete cascade,
    -- where it works; who leaves the organization leaves its tokens behind
    organization_id bigint references organization on delete cascade,
    kind text not null,
    -- of keys
    token_hash bytea,
    -- of personal access tokens: what they call themselves, and the access they are exchanged for
    jti uuid,
    title text not null,
    scope text not null,
    -- the last characters, by which its owner knows it again
    hint text not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    last_used_at timestamptz,
    last_used_ip text not null default '',
    constraint api_token_kind_is_known check (kind in ('key', 'personal')),
    constraint api_token_scope_is_known check (scope in ('read', 'write')),
    constraint api_token_title_has_a_length check (length(title) between 1 and 100),
    constraint api_token_has_what_its_kind_needs
        check ((kind = 'key') = (token_hash is not null) and (kind = 'personal') = (jti is not null)
            and (kind = 'key' or expires_at is not null)),
    constraint api_token_is_unique unique (token_hash),
    constraint api_token_jti_is_unique unique (jti),
    constraint api_token_hash_is_a_sha256 check (length(token_hash) = 32)
);
-- the list of a person's tokens
create index api_token_of_user on api_token (user_id, created_at desc);
create index api_token_of_organization on api_token (organization_id) where organization_id is not null;
-- the cleanup job
create index api_token_by_expiry on api_token (expires_at) where expires_at is not null;

-- What personal access tokens are signed with. Several while one takes over from another; every node signs with the newest.
create table signing_key (
    signing_key_id bigint generated always as identity primary key,
    secret bytea not null,
    created_at timestamptz not null,
    constraint signing_key_is_long_enough check (length(secret) >= 32)
);

-- Questions with an Idempotency-Key and their answers, for a day: asked again, they are answered again and nothing is done
-- twice. Without a status the answer is still being made.
create table idempotency_key (
    user_id bigint not null references user_account on delete cascade,
    key text not null,
    -- of the address and the body
    print bytea not null,
    status smallint,
    media_type text,
    body bytea,
    asked_at timestamptz not null,
    primary key (user_id, key),
    constraint idempotency_key_has_a_length check (length(key) between 1 and 255)
);
-- the cleanup job
create index idempotency_key_by_age on idempotency_key (asked_at);

-- programs address a prediction, a draft by its number alone
create index prediction_by_id on prediction (prediction_id);
create index draft_by_id on annotation_draft (annotation_draft_id);

-- Credentials are never a tenant's business.
revoke all on api_token, signing_key, idempotency_key from synapse_tenant;

-- how many reference answers a project has, at every look at it
create index annotation_of_ground_truth on annotation (project_id) where ground_truth;

-- programs change predictions; null: as it was made
alter table prediction add column updated_at timestamptz;
