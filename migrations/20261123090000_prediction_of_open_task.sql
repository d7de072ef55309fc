-- The most uncertain first: whoever asks for work gets the open task of which the version that counts is least sure. Going through
-- scores must not go through the tasks that are done, which are more every day and the least sure ones, too; so a prediction
-- knows whether its task is open. Those that are there already count as open until their task changes: each costs a look, and
-- nothing is handed out that is done.
alter table prediction add column task_is_open boolean not null default true;

create function prediction_task_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    update prediction set task_is_open = not new.is_labeled where project_id = new.project_id and task_id = new.task_id;
    return null;
end $$;
create trigger task_opens_or_closes after update of is_labeled on task for each row
    when (old.is_labeled <> new.is_labeled and new.prediction_count > 0) execute function prediction_task_changed();

-- A version is asked about tasks that are done as well. Whoever writes predictions holds their tasks.
create function prediction_made() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    update prediction p set task_is_open = false from made m join task t on t.project_id = m.project_id and t.task_id = m.task_id
    where t.is_labeled and p.project_id = m.project_id and p.prediction_id = m.prediction_id;
    return null;
end $$;
create trigger prediction_made_of_task after insert on prediction referencing new table as made
    for each statement execute function prediction_made();
