-- Projects and the people in them. Columns carry the names that the Label Studio API and the requirement schema use;
-- settings of later areas are added with the code that obeys them.

create table project (
    project_id bigint generated always as identity primary key,
    organization_id bigint not null references organization on delete cascade,
    workspace_id bigint references workspace on delete set null,
    title text not null,
    description text not null default '',
    color text not null default 'slate',
    label_config text not null default '<View></View>',
    parsed_label_config jsonb not null default '{}',
    label_config_hash bigint not null default 0,
    -- Markdown as written; sanitised when rendered
    expert_instruction text not null default '',
    show_instruction boolean not null default false,
    show_skip_button boolean not null default true,
    enable_empty_annotation boolean not null default true,
    show_collab_predictions boolean not null default true,
    maximum_annotations integer not null default 1,
    overlap_cohort_percentage integer not null default 100,
    sampling text not null default 'SEQUENCE',
    skip_queue text not null default 'REQUEUE_FOR_OTHERS',
    state text not null default 'pending',
    is_draft boolean not null default false,
    is_published boolean not null default true,
    created_by bigint references user_account on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- in the bin since; removed for good 30 days later
    deleted_at timestamptz,
    deleted_by bigint references user_account on delete set null,
    constraint project_title_has_a_length check (length(title) between 3 and 100),
    constraint project_state_is_known check (state in ('pending', 'building_workflow', 'live', 'paused', 'completed')),
    constraint project_sampling_is_known check (sampling in ('SEQUENCE', 'UNIFORM', 'UNCERTAINTY', 'EQUAL_DISTRIBUTION')),
    constraint project_skip_queue_is_known check (skip_queue in ('REQUEUE_FOR_ME', 'REQUEUE_FOR_OTHERS', 'IGNORE_SKIPPED')),
    constraint project_overlap_is_sane check (maximum_annotations between 1 and 100),
    constraint project_cohort_is_a_percentage check (overlap_cohort_percentage between 0 and 100)
);
-- the project list, newest first
create index project_of_organization on project (organization_id, created_at desc) where deleted_at is null;
-- the bin, and the job that empties it
create index project_in_bin on project (deleted_at) where deleted_at is not null;

-- Pinning is personal: what one person keeps on top is not in the others' way.
create table project_pin (
    user_id bigint not null references user_account on delete cascade,
    project_id bigint not null references project on delete cascade,
    pinned_at timestamptz not null default now(),
    primary key (user_id, project_id)
);

create table project_member (
    project_id bigint not null references project on delete cascade,
    user_id bigint not null references user_account on delete cascade,
    -- 1 admin, 2 adjudicator, 3 reviewer, 4 annotator
    member_type smallint not null,
    enabled boolean not null default true,
    -- 0: no limit
    task_limit integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (project_id, user_id),
    constraint project_member_type_is_known check (member_type between 1 and 4),
    constraint project_member_limit_is_not_negative check (task_limit >= 0)
);
-- "which projects am I in"
create index project_member_of_user on project_member (user_id);

-- Counts and columns of a project, kept with every change so that lists never aggregate.
create table project_summary (
    project_id bigint primary key references project on delete cascade,
    task_count bigint not null default 0,
    labeled_task_count bigint not null default 0,
    annotation_count bigint not null default 0,
    skipped_annotation_count bigint not null default 0,
    prediction_count bigint not null default 0,
    result_count bigint not null default 0,
    -- {"column": number of tasks that have it}
    all_data_columns jsonb not null default '{}',
    -- columns that every task has
    common_data_columns jsonb not null default '[]',
    -- {"column": {"type": count}}
    data_column_types jsonb not null default '{}',
    -- {"from_name|to_name|type": count}
    created_annotations jsonb not null default '{}',
    -- {"from_name": {"label": count}}
    created_labels jsonb not null default '{}',
    created_labels_drafts jsonb not null default '{}',
    last_annotation_at timestamptz,
    updated_at timestamptz not null default now()
);
