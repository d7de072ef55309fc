-- What models do beside answering while people draw: predictions for many tasks, and learning from the work.

-- What a project wants of its models.
alter table project
    -- whose predictions count: a version, or the title of a model for the version it has; empty for any
    add column model_version text not null default '',
    -- so many new annotations, and models are asked to learn; 0 for never
    add column min_annotations_to_start_training integer not null default 0,
    -- tasks that somebody opens are asked about before they are shown
    add column evaluate_predictions_automatically boolean not null default false;

alter table ml_backend
    add column description text not null default '',
    -- handed over with `setup`
    add column extra_params jsonb,
    -- sealed for `ml_backend:<id>`. Passwords stored before are sealed when the server starts, and `password` is empty then
    add column sealed_password bytea,
    -- since it answered last; after some of them it is left alone for a while
    add column failures integer not null default 0,
    add column rests_until timestamptz,
    -- when it was asked to learn last, and how many annotations there were then
    add column trained_at timestamptz,
    add column trained_count bigint not null default 0;
-- A few rows per project: checked at once.
alter table ml_backend drop constraint ml_backend_credentials_are_whole;
alter table ml_backend add constraint ml_backend_credentials_are_whole
    check ((username is null) = (password is null and sealed_password is null));
-- programs address a model by its number alone
create unique index ml_backend_by_id on ml_backend (ml_backend_id);
grant select (description, extra_params, failures, rests_until, trained_at, trained_count) on ml_backend to synapse_tenant;

-- What a model hears of the work, it hears like any webhook: in order, tried again, with a log.
alter table webhook
    add column ml_backend_id bigint,
    add constraint webhook_of_known_model foreign key (project_id, ml_backend_id) references ml_backend on delete cascade;
grant select (ml_backend_id) on webhook to synapse_tenant;
create unique index webhook_of_model on webhook (ml_backend_id) where ml_backend_id is not null;

-- Tasks that an order could not be carried out on, which is no reason to stop; why, for the last of them, is in `error`.
alter table action_run add column failed_count bigint not null default 0;

-- The version whose predictions count in a project; null for any.
create function counting_model_version(of_project bigint) returns text language sql stable as $$
    select case when p.model_version <> '' then coalesce((
        select b.model_version from ml_backend b
        where b.project_id = p.project_id and b.title = p.model_version and b.model_version <> ''
        order by b.ml_backend_id limit 1
    ), p.model_version) end
    from project p where p.project_id = of_project
$$;
