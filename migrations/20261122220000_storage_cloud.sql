-- Storages outside: buckets and folders that tasks come from, and that annotations go to.

create table cloud_storage (
    project_id bigint not null references project on delete cascade,
    cloud_storage_id bigint generated always as identity,
    kind text not null,
    direction text not null,
    title text not null,
    description text not null default '',
    -- where it is, as the kind has it: bucket, region, account, endpoint
    place jsonb not null,
    -- what objects lie in; asked for together with the kind when a task names an object
    bucket text not null,
    prefix text not null,
    -- sealed; none where the storage is open to everyone
    credentials bytea,
    -- as much of them as people may see again
    credentials_hint text not null default '',
    regex text not null default '',
    recursive boolean not null,
    use_blob_urls boolean not null,
    presign boolean not null,
    presign_ttl_minutes integer not null,
    can_delete_objects boolean not null,
    -- the last sync: where it stands, and where it goes on after it was interrupted
    run_status text,
    run_cursor text collate "C",
    run_done bigint not null default 0,
    run_total bigint,
    run_made bigint not null default 0,
    run_failed bigint not null default 0,
    run_error text,
    run_started_at timestamptz,
    run_finished_at timestamptz,
    -- imports: the run of the history that it is
    project_import_id bigint references project_import on delete set null,
    -- the greatest key of all completed syncs; in the order of bytes, as storages list
    last_key text collate "C",
    last_sync_at timestamptz,
    last_sync_count bigint,
    created_by bigint references user_account on delete set null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (project_id, cloud_storage_id),
    constraint cloud_storage_kind_is_known check (kind in ('s3', 'gcs', 'azure', 'localfiles')),
    constraint cloud_storage_direction_is_known check (direction in ('import', 'export')),
    constraint cloud_storage_title_has_a_length check (length(title) between 1 and 256),
    constraint cloud_storage_run_is_known
        check (run_status in ('created', 'in_progress', 'completed', 'failed', 'cancelled'))
);
-- programs address a storage by its number alone
create unique index cloud_storage_by_id on cloud_storage (cloud_storage_id);
create index cloud_storage_of_creator on cloud_storage (created_by) where created_by is not null;
create index cloud_storage_of_import on cloud_storage (project_import_id) where project_import_id is not null;

alter table cloud_storage enable row level security;
create policy tenant on cloud_storage to synapse_tenant using (project_id = current_project());
-- Keys are written by tenants and read by nobody but the statements that are followed by a call of the storage, as the owner.
revoke select on cloud_storage from synapse_tenant;
grant select (project_id, cloud_storage_id, kind, direction, title, description, place, bucket, prefix, credentials_hint,
    regex, recursive, use_blob_urls, presign, presign_ttl_minutes, can_delete_objects, run_status, run_cursor,
    run_done, run_total, run_made, run_failed, run_error, run_started_at, run_finished_at, project_import_id, last_key,
    last_sync_at, last_sync_count, created_by, created_at, updated_at) on cloud_storage to synapse_tenant;

-- One row per object: of an import what has become tasks, of an export what was written. An object that failed has its
-- reason, and is tried again by the next sync.
create table storage_object (
    project_id bigint not null,
    cloud_storage_id bigint not null,
    key text collate "C" not null,
    etag text,
    size_bytes bigint,
    modified_at timestamptz,
    -- how many tasks it became; where it became one, which, so that a task that was deleted can come again
    task_count integer not null default 0,
    task_id bigint,
    -- exports: whose work it is
    annotation_id bigint,
    error text,
    synced_at timestamptz not null,
    primary key (project_id, cloud_storage_id, key),
    foreign key (project_id, cloud_storage_id) references cloud_storage on delete cascade,
    foreign key (project_id, task_id) references task on delete set null (task_id)
);
-- deleting a task looks here, and a task's page
create index storage_object_of_task on storage_object (project_id, task_id) where task_id is not null;
-- the page of failures, and how many there are
create index storage_object_failed on storage_object (project_id, cloud_storage_id, key) where error is not null;
-- what was written of an annotation that is gone
create index storage_object_of_annotation on storage_object (project_id, annotation_id) where annotation_id is not null;

alter table storage_object enable row level security;
create policy tenant on storage_object to synapse_tenant using (project_id = current_project());

-- Annotations that have changed and are not at the project's targets yet: the outbox of exports. A row comes with the change
-- it is about, whoever makes it, so nothing is forgotten; the job that writes them takes rows out when they are there.
create table storage_due (
    project_id bigint not null references project on delete cascade,
    annotation_id bigint not null,
    -- rises with each change: a row that changed while it was written stays
    revision bigint not null default 1,
    attempts integer not null default 0,
    primary key (project_id, annotation_id)
);
alter table storage_due enable row level security;
create policy tenant on storage_due to synapse_tenant using (project_id = current_project());

-- Once per statement, not per row: an import of a million annotations pays for one look. Projects without a target pay
-- nothing else. Of a project that is being deleted nothing is kept.
create function annotation_is_due() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare
    due bigint[];
    project bigint;
begin
    select array_agg(distinct t.project_id) into due
    from (select distinct project_id from changed) t
    where exists (select from cloud_storage s where s.project_id = t.project_id and s.direction = 'export')
        and exists (select from project p where p.project_id = t.project_id);
    if due is null then
        return null;
    end if;
    insert into storage_due (project_id, annotation_id)
    select project_id, annotation_id from changed where project_id = any(due)
    on conflict (project_id, annotation_id) do update set revision = storage_due.revision + 1, attempts = 0;
    foreach project in array due loop
        -- one waiting job per project is enough for any number of rows
        perform public.enqueue_job('write_due', jsonb_build_object('project_id', project), 'storage:' || project, 8,
            'write_due:' || project, null);
    end loop;
    return null;
end
$$;
create trigger annotation_made_is_due after insert on annotation
    referencing new table as changed for each statement execute function annotation_is_due();
create trigger annotation_changed_is_due after update on annotation
    referencing new table as changed for each statement execute function annotation_is_due();
create trigger annotation_gone_is_due after delete on annotation
    referencing old table as changed for each statement execute function annotation_is_due();
