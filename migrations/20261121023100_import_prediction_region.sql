-- What models proposed, as filters see it: one row per item of a prediction, the twin of region, so that tasks can be found
-- by what is proposed for them without reading JSON. A table of its own, because predictions come by the million in one
-- import and go as a whole when a model is replaced, and because the key of region leads to annotations.
create table prediction_region (
    project_id bigint not null,
    prediction_id bigint not null,
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
    primary key (project_id, prediction_id, position),
    foreign key (project_id, prediction_id) references prediction on delete cascade
);
-- the proposals of one task, for filters
create index prediction_region_of_task on prediction_region (project_id, task_id);
alter table prediction_region enable row level security;
create policy tenant on prediction_region to synapse_tenant using (project_id = current_project());

-- {"from_name": {"label": count}} over predictions; created_labels counts annotations
alter table project_summary add column predicted_labels jsonb not null default '{}';
