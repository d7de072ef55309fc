-- Files of imports can be looked at, thrown away, and read again.

-- The tasks that came in a file: they go when the file is read again. Tasks of JSON that came in one piece are of no file, so
-- the largest imports pay nothing for it.
create index task_of_file on task (project_id, file_upload_id) where file_upload_id is not null;

alter table project_import
    -- each file is one task, whatever it holds; else a file of rows is a list of them
    add column files_are_tasks boolean not null default false,
    -- tasks that came in these files earlier go before the files are read
    add column replaces boolean not null default false;

-- The annotation that another one began with. A note, not a bond: the work stays when what it began with goes.
alter table annotation add column parent_annotation_id bigint;

-- How many reference answers a project has, and which tasks have one, without reading every annotation.
create index annotation_ground_truth on annotation (project_id, task_id) where ground_truth;

-- What programs say of a project that means nothing here, to be told again: {"color": "#112233"}.
alter table project add column said jsonb not null default '{}';
