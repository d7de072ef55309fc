-- What work changes of a project's counts is written as a row of its own, and put together with the summary now and then.
-- Everybody who handed work in had to update the one row of the summary: all of a project's annotators stood in line for it,
-- each for as long as the transaction of the one before took to reach the disk. Nobody waits for anybody to insert a row.
-- Tasks that come and go still change the summary itself: they are numbered by whoever holds it, one after another.

create table project_summary_change (
    -- No foreign key: it would have everybody mark the project's row as in use, which is a line to stand in again. The
    -- trigger below removes the rows of a project that goes.
    project_id bigint not null,
    project_summary_change_id bigint generated always as identity,
    labeled_task_count bigint not null,
    annotation_count bigint not null,
    skipped_annotation_count bigint not null,
    result_count bigint not null,
    -- {"from_name|to_name|type": how many more}
    created_annotations jsonb not null,
    -- {"from_name": {"label": how many more}}
    created_labels jsonb not null,
    last_annotation_at timestamptz,
    updated_at timestamptz not null,
    -- all of one project: what its counts are now, and what is put together
    primary key (project_id, project_summary_change_id)
)
-- Its rows live for seconds. By the share that is dead a table as short as this would be cleaned all the time or, while
-- thousands come and go in a minute, too late: what was put together must be stepped over by whoever reads on. So it is
-- cleaned by number, and without the pauses that are meant for large tables.
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000000);

alter table project_summary_change enable row level security;
-- Counts are read across the projects of an organization, as those of the summary are. Whoever works in one project is let
-- in without a question for it.
create policy tenant on project_summary_change to synapse_tenant
    using (project_id = current_project()
        or exists (select from project p where p.project_id = project_summary_change.project_id));

create function forget_count_changes() returns trigger language plpgsql as $$
begin
    delete from project_summary_change where project_id = old.project_id;
    return null;
end
$$;
create trigger changes_go_with_the_summary after delete on project_summary
    for each row execute function forget_count_changes();

-- {"name": count} after a list of such changes. Names that nothing is left of go. There are never more than 10,000 names:
-- new ones beyond that are not counted (`domain::tally` says so too).
create function counts_after(before jsonb, changes jsonb) returns jsonb language sql immutable parallel safe as $$
    select case when changes is null then before else (
        select coalesce(jsonb_object_agg(name, count), '{}') from (
            select name, sum(by)::bigint as count from (
                select key as name, value::bigint as by, true as known from jsonb_each(before)
                union all
                select n.key, n.value::bigint, false from jsonb_array_elements(changes) as one (change), jsonb_each(one.change) n
            ) counted
            group by name having sum(by) > 0 order by bool_or(known) desc, name limit 10000
        ) counted
    ) end
$$;

-- {"control": {"label": count}} after a list of such changes, as above.
create function label_counts_after(before jsonb, changes jsonb) returns jsonb language sql immutable parallel safe as $$
    select case when changes is null then before else (
        select coalesce(jsonb_object_agg(control, labels), '{}') from (
            select control, jsonb_object_agg(label, count) as labels from (
                select control, label, sum(by)::bigint as count, bool_or(known_control) as known_control,
                    row_number() over (partition by control order by bool_or(known) desc, label) as place
                from (
                    select c.key as control, l.key as label, l.value::bigint as by, true as known, true as known_control
                    from jsonb_each(before) c, jsonb_each(c.value) l
                    union all
                    select c.key, l.key, l.value::bigint, false, before ? c.key
                    from jsonb_array_elements(changes) as one (change), jsonb_each(one.change) c, jsonb_each(c.value) l
                ) counted
                group by control, label having sum(by) > 0
            ) counted
            where place <= 10000
            group by control order by bool_or(known_control) desc, control limit 10000
        ) counted
    ) end
$$;

-- What there is in a project now: the summary with the changes that are not in it yet. Whoever wants to know a count of work
-- asks here. The columns that are made of other rows are only worked out where they are asked for.
create view project_count with (security_invoker = true) as
select s.project_id, s.task_count, s.prediction_count,
    s.labeled_task_count + c.labeled_task_count as labeled_task_count,
    s.annotation_count + c.annotation_count as annotation_count,
    s.skipped_annotation_count + c.skipped_annotation_count as skipped_annotation_count,
    greatest(s.result_count + c.result_count, 0) as result_count,
    s.all_data_columns, s.common_data_columns, s.data_column_types, s.predicted_labels,
    counts_after(s.created_annotations, (select jsonb_agg(c.created_annotations) from project_summary_change c
        where c.project_id = s.project_id and c.created_annotations <> '{}')) as created_annotations,
    label_counts_after(s.created_labels, (select jsonb_agg(c.created_labels) from project_summary_change c
        where c.project_id = s.project_id and c.created_labels <> '{}')) as created_labels,
    s.created_labels_drafts,
    greatest(s.last_annotation_at, c.last_annotation_at) as last_annotation_at,
    greatest(s.updated_at, c.updated_at) as updated_at
from project_summary s,
    lateral (select coalesce(sum(c.labeled_task_count), 0)::bigint as labeled_task_count,
            coalesce(sum(c.annotation_count), 0)::bigint as annotation_count,
            coalesce(sum(c.skipped_annotation_count), 0)::bigint as skipped_annotation_count,
            coalesce(sum(c.result_count), 0)::bigint as result_count,
            max(c.last_annotation_at) as last_annotation_at, max(c.updated_at) as updated_at
        from project_summary_change c where c.project_id = s.project_id) c;
