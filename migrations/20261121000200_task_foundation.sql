-- What is labeled, by whom, and how data comes in and goes out.
-- Keys lead with project_id so that a project's rows lie together and can be moved to another node together.

create table file_upload (
    file_upload_id bigint generated always as identity primary key,
    project_id bigint not null references project on delete cascade,
    user_id bigint references user_account on delete set null,
    -- as the person named it; never used as a path
    file_name text not null,
    -- where the object store keeps it
    storage_key text not null,
    content_type text not null,
    size_bytes bigint not null,
    sha256 bytea,
    -- images: known without decoding
    width integer,
    height integer,
    uploaded_at timestamptz not null default now(),
    constraint file_name_has_a_length check (length(file_name) between 1 and 255),
    constraint file_size_is_not_negative check (size_bytes >= 0)
);
create index file_upload_of_project on file_upload (project_id, file_upload_id desc);
-- tasks may name an uploaded file instead of its address
create index file_upload_by_name on file_upload (project_id, file_name);

create table project_import (
    project_import_id bigint generated always as identity primary key,
    project_id bigint not null references project on delete cascade,
    created_by bigint references user_account on delete set null,
    status text not null default 'created',
    -- what people chose: a file, pasted text, an address
    source text not null,
    source_name text not null default '',
    url text,
    file_upload_ids bigint[] not null default '{}',
    -- why the whole run failed, in words for people
    error text,
    bytes_total bigint,
    bytes_done bigint not null default 0,
    row_count bigint not null default 0,
    task_count bigint not null default 0,
    failed_count bigint not null default 0,
    annotation_count bigint not null default 0,
    prediction_count bigint not null default 0,
    found_formats jsonb not null default '{}',
    data_columns jsonb not null default '[]',
    -- where a resumed run goes on; written with each batch
    checkpoint jsonb,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint import_status_is_known check (status in ('created', 'in_progress', 'completed', 'failed', 'cancelled'))
);
create index project_import_of_project on project_import (project_id, project_import_id desc);

-- One row per rejected row: its number, why, and what it was, so that it can be mended and sent again.
create table project_import_error (
    project_id bigint not null,
    project_import_id bigint not null references project_import on delete cascade,
    source_name text not null default '',
    row_number bigint not null,
    reason text not null,
    excerpt text not null default '',
    primary key (project_import_id, source_name, row_number)
);

create table project_export (
    project_export_id bigint generated always as identity primary key,
    project_id bigint not null references project on delete cascade,
    created_by bigint references user_account on delete set null,
    format text not null,
    options jsonb not null default '{}',
    status text not null default 'created',
    error text,
    storage_key text,
    file_name text,
    content_type text,
    size_bytes bigint,
    sha256 bytea,
    task_count bigint not null default 0,
    annotation_count bigint not null default 0,
    -- counts of everything written and, with reasons, of everything a format could not carry
    manifest jsonb,
    progress_total bigint,
    progress_done bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    finished_at timestamptz,
    constraint export_status_is_known check (status in ('created', 'in_progress', 'completed', 'failed'))
);
create index project_export_of_project on project_export (project_id, project_export_id desc);

create table task (
    project_id bigint not null references project on delete cascade,
    task_id bigint generated always as identity,
    -- 1, 2, 3… within the project, in order of arrival
    inner_id bigint not null,
    data jsonb not null,
    meta jsonb,
    -- how many valid annotations it needs
    overlap integer not null default 1,
    -- submitted, not cancelled, not ground truth; kept in the transaction that changes it
    annotation_count integer not null default 0,
    cancelled_count integer not null default 0,
    prediction_count integer not null default 0,
    -- live leases; with annotation_count it never exceeds overlap
    lease_count integer not null default 0,
    is_labeled boolean not null default false,
    project_import_id bigint references project_import on delete set null,
    file_upload_id bigint references file_upload on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    completed_at timestamptz,
    primary key (project_id, task_id),
    constraint task_overlap_is_positive check (overlap >= 1),
    constraint task_counts_are_not_negative
        check (annotation_count >= 0 and cancelled_count >= 0 and prediction_count >= 0 and lease_count >= 0)
);
-- programs address a task by its number alone
create index task_by_id on task (task_id);
-- next task: the first open one in sequence
create index task_open on task (project_id, task_id) where not is_labeled;
-- "task 17 of this project"
create index task_by_inner_id on task (project_id, inner_id);

create table prediction (
    project_id bigint not null,
    prediction_id bigint generated always as identity,
    task_id bigint not null,
    model_version text not null default '',
    score double precision,
    result jsonb not null,
    project_import_id bigint references project_import on delete set null,
    created_at timestamptz not null default now(),
    primary key (project_id, prediction_id),
    foreign key (project_id, task_id) references task on delete cascade
);
create index prediction_of_task on prediction (project_id, task_id);

create table annotation (
    project_id bigint not null,
    annotation_id bigint generated always as identity,
    task_id bigint not null,
    completed_by bigint references user_account on delete set null,
    -- the Label Studio result JSON, as submitted: unknown keys included
    result jsonb not null,
    result_count integer not null default 0,
    was_cancelled boolean not null default false,
    ground_truth boolean not null default false,
    lead_time_ms bigint,
    label_config_hash bigint,
    parent_prediction_id bigint,
    project_import_id bigint references project_import on delete set null,
    -- made by the browser once per submission, so that sending it twice is the same as once
    submission_key uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (project_id, annotation_id),
    foreign key (project_id, task_id) references task on delete cascade,
    constraint annotation_was_already_submitted unique (project_id, submission_key)
);
create index annotation_by_id on annotation (annotation_id);
create index annotation_of_task on annotation (project_id, task_id);
-- "my work in this project, newest first": previous and next on the label page
create index annotation_of_person on annotation (project_id, completed_by, annotation_id desc);

-- Unsubmitted work: one per person and task, or one per person and annotation being changed.
create table annotation_draft (
    project_id bigint not null,
    annotation_draft_id bigint generated always as identity,
    task_id bigint not null,
    user_id bigint not null references user_account on delete cascade,
    annotation_id bigint,
    result jsonb not null,
    lead_time_ms bigint not null default 0,
    -- rises with every save; an older save never overwrites a newer one
    revision bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (project_id, annotation_draft_id),
    foreign key (project_id, task_id) references task on delete cascade
);
create unique index draft_is_unique on annotation_draft (project_id, task_id, user_id, coalesce(annotation_id, 0));

-- One row per result item: what filters and statistics use, rebuilt from `result` with every change.
create table region (
    project_id bigint not null,
    annotation_id bigint not null,
    position integer not null,
    task_id bigint not null,
    region_key text not null,
    from_name text not null,
    to_name text not null,
    type text not null,
    labels text[] not null default '{}',
    -- bounding box and area in pixels of the original image; null where there is none
    x double precision,
    y double precision,
    width double precision,
    height double precision,
    area double precision,
    primary key (project_id, annotation_id, position),
    foreign key (project_id, annotation_id) references annotation on delete cascade
);
create index region_of_task on region (project_id, task_id);

-- A lease of one task to one person.
create table assignment (
    project_id bigint not null,
    assignment_id bigint generated always as identity,
    task_id bigint not null,
    user_id bigint not null references user_account on delete cascade,
    state text not null default 'lease',
    leased_at timestamptz not null default now(),
    heartbeat_at timestamptz not null default now(),
    expires_at timestamptz not null,
    finished_at timestamptz,
    primary key (project_id, assignment_id),
    foreign key (project_id, task_id) references task on delete cascade,
    constraint assignment_state_is_known
        check (state in ('lease', 'completed', 'rejected', 'skipped', 'released', 'expired'))
);
-- a person holds at most one live lease on a task
create unique index assignment_is_held_once on assignment (project_id, task_id, user_id) where state = 'lease';
-- expiring what was left behind
create index assignment_by_expiry on assignment (expires_at) where state = 'lease';
-- "what did this person skip or do in this project"
create index assignment_of_person on assignment (project_id, user_id, task_id);
