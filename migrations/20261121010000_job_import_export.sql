-- Background work of imports and exports.

-- Jobs live in the schema of the queue library, which no tenant may see: it holds the payloads of all tenants. A use case
-- enqueues through this one door, inside the transaction of the change the job follows. The body is bound when it is first
-- called, so this migration does not need the library's schema, which is migrated right after.
create function enqueue_job(name text, payload jsonb, queue text, attempts integer, key text, run_at timestamptz)
returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    perform graphile_worker.add_job(
        identifier => name,
        payload => payload::json,
        queue_name => queue,
        run_at => run_at,
        max_attempts => attempts,
        job_key => key
    );
end
$$;
revoke execute on function enqueue_job from public;
grant execute on function enqueue_job to synapse_tenant;

-- A file is stored once, however often the job that stores it is tried.
create unique index file_upload_is_stored_once on file_upload (storage_key);

-- Reading a project's tasks in order of their numbers for exports uses the primary key; finding the work of one import
-- (to show it, or to undo it) uses this.
create index task_of_import on task (project_id, project_import_id) where project_import_id is not null;
