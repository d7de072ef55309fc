-- no-transaction
-- next task, the most uncertain first; built beside the work, as a table of predictions is large
create index concurrently if not exists prediction_by_uncertainty on prediction (project_id, model_version, score, task_id)
    where task_is_open and score is not null;
