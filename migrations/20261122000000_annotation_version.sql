-- What an annotation was before each change, so that its author can look back and take something over again. Written only
-- when work that was handed in is changed: the current result stays in `annotation` alone, and most are never changed.
create table annotation_version (
    project_id bigint not null,
    annotation_id bigint not null,
    -- counts from one
    version integer not null,
    -- the result JSON as it was
    result jsonb not null,
    result_count integer not null,
    -- who handed that version in, and when; a note like annotation.updated_by, not a bond: a person who is deleted must not
    -- cost a look through all versions
    made_by bigint,
    made_at timestamptz not null,
    primary key (project_id, annotation_id, version),
    foreign key (project_id, annotation_id) references annotation on delete cascade
);
alter table annotation_version enable row level security;
create policy tenant on annotation_version to synapse_tenant using (project_id = current_project());

-- Who changed the annotation last: its author, or a reviewer who mended it. Without a value no row is written, and without
-- a reference none is read.
alter table annotation add column updated_by bigint;
