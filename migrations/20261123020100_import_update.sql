-- Tasks that are there already brought up to date from files: looked at first, then applied.

create table project_reimport (
    project_id bigint not null references project on delete cascade,
    project_reimport_id bigint generated always as identity,
    created_by bigint references user_account on delete set null,
    status text not null default 'created',
    source_name text not null,
    file_upload_ids bigint[] not null,
    -- how a row says which task it means, and what goes where something comes
    rules jsonb not null,
    -- why the whole run failed, in words for people
    error text,
    bytes_total bigint not null,
    bytes_done bigint not null default 0,
    -- what was found while looking
    new_count bigint not null default 0,
    changed_count bigint not null default 0,
    unchanged_count bigint not null default 0,
    conflict_count bigint not null default 0,
    -- {"field": number of tasks in which it changes}
    changed_fields jsonb not null default '{}',
    -- what was done
    task_count bigint not null default 0,
    created_count bigint not null default 0,
    prediction_count bigint not null default 0,
    -- rows that were applied; written with each batch
    checkpoint bigint not null default 0,
    -- the run that new tasks came in with. A note, not a bond
    project_import_id bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz,
    primary key (project_id, project_reimport_id),
    constraint reimport_status_is_known
        check (status in ('created', 'in_progress', 'ready', 'applying', 'completed', 'failed', 'cancelled'))
);
create index project_reimport_of_person on project_reimport (created_by) where created_by is not null;
alter table project_reimport enable row level security;
create policy tenant on project_reimport to synapse_tenant using (project_id = current_project());

-- What became of rows, as far as people look at them: the first ones of each kind.
create table project_reimport_row (
    project_id bigint not null,
    project_reimport_id bigint not null,
    -- among all rows of the run
    position bigint not null,
    outcome text not null,
    source_name text not null,
    row_number bigint not null,
    key text not null default '',
    task_id bigint,
    -- [{"field", "before", "after"}], shortened
    fields jsonb not null default '[]',
    reason text not null default '',
    primary key (project_id, project_reimport_id, outcome, position),
    foreign key (project_id, project_reimport_id) references project_reimport on delete cascade,
    constraint reimport_outcome_is_known check (outcome in ('new', 'changed', 'conflict'))
);
alter table project_reimport_row enable row level security;
create policy tenant on project_reimport_row to synapse_tenant using (project_id = current_project());
