-- What people say to each other about a task and the work on it. Results know nothing of comments: they are never exported
-- and never counted as work.
create table comment (
    project_id bigint not null,
    comment_id bigint generated always as identity,
    task_id bigint not null,
    -- the comment this one answers; answers have no answers, and carry what follows as the comment they answer has it
    parent_id bigint,
    -- for everybody who works on the task; otherwise for the one whose work it is about, and for people who see all data
    is_for_task boolean not null,
    -- whose work it is about: known before that is handed in. A person who is deleted leaves the comment to people who see
    -- all data; it is never widened to everybody on the task
    work_of bigint references user_account on delete set null,
    -- the annotation it is about, where it was written about that one; gone with it
    annotation_id bigint,
    -- the region's id in the result, and what it was called then. No reference: regions come and go with every draft
    region_key text,
    region_title text,
    author_id bigint references user_account on delete set null,
    body text not null,
    -- made by the browser once per comment, so that sending it twice is the same as once
    sent_key uuid not null,
    created_at timestamptz not null,
    edited_at timestamptz,
    -- kept for a while of undoing, and because there may be answers
    deleted_at timestamptz,
    -- of the first comment of a thread alone; who settled it is a note, not a bond
    resolved_at timestamptz,
    resolved_by bigint,
    primary key (project_id, comment_id),
    foreign key (project_id, task_id) references task on delete cascade,
    foreign key (project_id, annotation_id) references annotation on delete cascade,
    foreign key (project_id, parent_id) references comment on delete cascade,
    constraint comment_was_already_sent unique (project_id, author_id, sent_key),
    constraint comment_has_a_length check (length(body) between 1 and 5000),
    constraint comment_for_the_task_is_about_no_work
        check (not is_for_task or (work_of is null and annotation_id is null and region_key is null))
);
-- the comments of a task, oldest first
create index comment_of_task on comment (project_id, task_id, comment_id);
-- "tasks with open comments", and how many a task has
create index comment_open on comment (project_id, task_id)
    where parent_id is null and resolved_at is null and deleted_at is null;
-- what goes with an annotation, with a comment and with a person
create index comment_of_annotation on comment (project_id, annotation_id) where annotation_id is not null;
create index comment_of_thread on comment (project_id, parent_id) where parent_id is not null;
create index comment_of_author on comment (author_id);
create index comment_of_worker on comment (work_of) where work_of is not null;

alter table comment enable row level security;
create policy tenant on comment to synapse_tenant using (project_id = current_project());
