-- Views of a project's tasks, and what is done to many tasks at once.

-- What a tab remembers. Filter, order and selection are one document with the rest: they are only ever read and written with
-- their view, always as a whole, and come back to programs word for word. Rows per group and condition would be joined
-- together again for every use and have nothing that could point at them.
create table data_manager_view (
    project_id bigint not null references project on delete cascade,
    data_manager_view_id bigint generated always as identity,
    -- who made it; a view that everybody sees outlives them
    user_id bigint references user_account on delete set null,
    is_private boolean not null default false,
    -- from the left
    position integer not null default 0,
    data jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (project_id, data_manager_view_id)
);
-- programs address a view by its number alone
create unique index data_manager_view_by_id on data_manager_view (data_manager_view_id);
create index data_manager_view_of_person on data_manager_view (user_id) where user_id is not null;
alter table data_manager_view enable row level security;
-- few rows, also read across the projects of an organization
create policy tenant on data_manager_view to synapse_tenant
    using (exists (select from project p where p.project_id = data_manager_view.project_id));

-- One order for many tasks: what was asked, how far it is, what came of it. Those on few tasks are done at once and leave a
-- row as well, so that what happened to a project's tasks is in one place.
create table action_run (
    project_id bigint not null references project on delete cascade,
    action_run_id bigint generated always as identity,
    user_id bigint references user_account on delete set null,
    action text not null,
    -- the action with its answers
    instruction jsonb not null,
    -- filter and selection
    pick jsonb not null,
    -- tasks that came in later are not meant
    last_task_id bigint not null,
    status text not null default 'created',
    error text,
    progress_total bigint not null,
    progress_done bigint not null default 0,
    -- what was deleted, made or changed
    changed_count bigint not null default 0,
    -- tasks up to this one are done; written with each batch
    checkpoint bigint not null default 0,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz,
    primary key (project_id, action_run_id),
    constraint action_run_status_is_known check (status in ('created', 'in_progress', 'completed', 'failed'))
);
create index action_run_of_person on action_run (user_id) where user_id is not null;
alter table action_run enable row level security;
create policy tenant on action_run to synapse_tenant using (project_id = current_project());

-- Which versions of models there are, and what one of them proposed, without reading every prediction.
create index prediction_of_version on prediction (project_id, model_version);

-- Fields of data as numbers and moments. Data is whatever people bring, so a value that is none is nothing, never an error.
-- Both are `immutable`, so that a field that matters can be indexed by them. The tasks themselves get no further index here:
-- their default order is the primary key, and an index on a count or a time that every submission changes would cost each
-- of them more than it saves a filter.
create function data_number(data jsonb, field text) returns numeric language sql immutable parallel safe as $$
    select case jsonb_typeof(data -> field)
        when 'number' then (data ->> field)::numeric
        when 'string' then case
            when length(data ->> field) <= 40 and data ->> field ~ '^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$'
            then (data ->> field)::numeric
        end
    end
$$;
-- ISO 8601, a date or a moment; without a zone it is of UTC. A day that its month does not have is that much later.
create function data_moment(data jsonb, field text) returns timestamptz language sql immutable parallel safe as $$
    select (make_date(part[1]::integer, part[2]::integer, 1) + (part[3]::integer - 1))::timestamp at time zone 'UTC'
        + make_interval(
            hours => coalesce(part[4], '0')::integer - coalesce(part[7] || part[8], '0')::integer,
            mins => coalesce(part[5], '0')::integer - coalesce(part[7] || part[9], '0')::integer,
            secs => coalesce(part[6], '0')::double precision
        )
    from regexp_match(
        left(data ->> field, 50),
        '^\s*((?!0000)\d{4})[-/](0[1-9]|1[0-2])[-/](0[1-9]|[12]\d|3[01])(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,9})?))?\s*(?:Z|([+-])(\d{2}):?(\d{2}))?)?\s*$'
    ) part
    where jsonb_typeof(data -> field) = 'string' and part is not null
$$;
