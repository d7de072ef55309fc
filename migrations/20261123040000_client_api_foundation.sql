-- Services outside that fill fields of tasks (speech for a text, its translation), and the runs that ask them.

create table project_client_api (
    project_id bigint not null references project on delete cascade,
    client_api_id bigint generated always as identity,
    data_key text not null,
    -- `group` is a word of SQL
    group_name text not null,
    -- those of one field are asked in this order until one answers
    position integer not null,
    url text not null,
    method text not null,
    -- in the order they were typed; their values, a JSON object, are sealed for `project_client_api:<id>`
    header_names text[] not null default '{}',
    headers bytea,
    -- as it was typed: a template is read anew each time, and people see it again as they wrote it
    payload text not null,
    taking jsonb not null,
    timeout_s integer not null,
    cost_per_call numeric(20, 9) not null,
    currency text not null,
    budget numeric(20, 9),
    calls_per_day bigint,
    at_import boolean not null,
    is_enabled boolean not null,
    -- counted before a call goes out, so that no limit is passed by calls at the same time
    calls bigint not null default 0,
    failures bigint not null default 0,
    cost numeric(30, 9) not null default 0,
    day date,
    day_calls bigint not null default 0,
    called_at timestamptz,
    -- of the last call; none when it went well
    trouble text,
    created_by bigint references user_account on delete set null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (project_id, client_api_id),
    constraint project_client_api_group_is_unique unique (project_id, data_key, group_name),
    constraint project_client_api_field_has_a_length check (length(data_key) between 1 and 50),
    constraint project_client_api_group_has_a_length check (length(group_name) between 1 and 100),
    constraint project_client_api_url_has_a_length check (length(url) between 1 and 2048),
    constraint project_client_api_headers_are_whole check ((header_names = '{}') = (headers is null)),
    constraint project_client_api_costs_nothing_or_more check (cost_per_call >= 0 and cost >= 0)
);
create index project_client_api_of_creator on project_client_api (created_by) where created_by is not null;

alter table project_client_api enable row level security;
create policy tenant on project_client_api to synapse_tenant using (project_id = current_project());
-- What is sealed is written by tenants and read by nobody but the statements that are followed by a call.
revoke select on project_client_api from synapse_tenant;
grant select (project_id, client_api_id, data_key, group_name, position, url, method, header_names, payload, taking, timeout_s,
    cost_per_call, currency, budget, calls_per_day, at_import, is_enabled, calls, failures, cost, day, day_calls, called_at,
    trouble, created_by, created_at, updated_at) on project_client_api to synapse_tenant;

create table client_api_run (
    project_id bigint not null references project on delete cascade,
    client_api_run_id bigint generated always as identity,
    user_id bigint references user_account on delete set null,
    -- none: all that have a client API
    fields text[] not null default '{}',
    overwrite boolean not null,
    -- what it is about: tasks of an import, tasks by number, or all up to the last one there was. The import is a note, not a
    -- bond: a run must never be about more because an import was forgotten
    project_import_id bigint,
    task_ids bigint[] not null default '{}',
    last_task_id bigint not null,
    status text not null default 'created',
    -- all tasks up to here are done
    checkpoint bigint not null default 0,
    total bigint not null,
    done bigint not null default 0,
    filled bigint not null default 0,
    kept bigint not null default 0,
    failed bigint not null default 0,
    error text,
    created_at timestamptz not null,
    finished_at timestamptz,
    primary key (project_id, client_api_run_id),
    constraint client_api_run_status_is_known
        check (status in ('created', 'in_progress', 'completed', 'failed', 'cancelled'))
);
create index client_api_run_of_person on client_api_run (user_id) where user_id is not null;

alter table client_api_run enable row level security;
create policy tenant on client_api_run to synapse_tenant using (project_id = current_project());

-- What became of a field of a task: written with the value, so that a run that was killed asks about nothing twice. Of those
-- before the checkpoint only failures are kept.
create table client_api_outcome (
    project_id bigint not null,
    client_api_run_id bigint not null,
    task_id bigint not null,
    data_key text not null,
    -- why it could not be filled; none where it was
    reason text,
    happened_at timestamptz not null,
    primary key (project_id, client_api_run_id, task_id, data_key),
    foreign key (project_id, client_api_run_id) references client_api_run on delete cascade
);

alter table client_api_outcome enable row level security;
create policy tenant on client_api_outcome to synapse_tenant using (project_id = current_project());
