-- The life of a project, and what people did in it day by day.

-- The second wall behind `domain`: a state never jumps, whichever door a statement comes through.
create function refuse_illegal_project_move() returns trigger language plpgsql as $$
begin
    if (old.state, new.state) not in (
        ('pending', 'building_workflow'), ('pending', 'live'), ('building_workflow', 'live'),
        ('live', 'paused'), ('paused', 'live'), ('live', 'completed'), ('completed', 'live')
    ) and new.state <> 'pending' then
        raise exception 'a project does not go from % to %', old.state, new.state
            using errcode = 'check_violation', constraint = 'project_state_moves_legally', table = 'project';
    end if;
    return new;
end
$$;
create trigger project_state_moves_legally before update of state on project
    for each row when (old.state is distinct from new.state) execute function refuse_illegal_project_move();

-- History is only ever added to. (Rows of a removed organization go with it: cascades run as the owner of the table.)
revoke update, delete on state_transition from synapse_tenant;

-- How much each person did on each day (UTC), so that charts read a few rows however large the project is. It says what
-- was done then: work that is changed or deleted later stays counted on its day.
create table work_day (
    project_id bigint not null references project on delete cascade,
    day date not null,
    user_id bigint not null references user_account on delete cascade,
    submitted_count bigint not null default 0,
    skipped_count bigint not null default 0,
    -- spent on what was submitted, as the label page measured it
    lead_time_ms bigint not null default 0,
    primary key (project_id, day, user_id),
    constraint work_day_is_not_negative check (submitted_count >= 0 and skipped_count >= 0 and lead_time_ms >= 0)
);
grant select, insert, update, delete on work_day to synapse_tenant;
alter table work_day enable row level security;
create policy tenant on work_day to synapse_tenant using (project_id = current_project());

-- What was done before this table was there. One pass over the annotations, which takes no lock anybody waits for.
insert into work_day (project_id, day, user_id, submitted_count, skipped_count, lead_time_ms)
select project_id, (created_at at time zone 'UTC')::date, completed_by, count(*) filter (where not was_cancelled),
    count(*) filter (where was_cancelled), coalesce(sum(greatest(lead_time_ms, 0)) filter (where not was_cancelled), 0)
from annotation
where completed_by is not null and project_import_id is null
group by 1, 2, 3;

-- "what happened to this project lately"
create index audit_event_of_subject on audit_event (subject, subject_id, audit_event_id desc);
