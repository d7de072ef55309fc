-- Which import or file a row came from is a note, not a bond: nobody needs the run to be there to work on the task. The bond
-- cost a look-up for every row that comes in (a fifth of the time of an import), and, as no index leads back, a scan of all
-- tasks for every run or file that goes. Dropping it touches no row.
alter table task drop constraint task_project_import_id_fkey, drop constraint task_file_upload_id_fkey;
alter table annotation drop constraint annotation_project_import_id_fkey;
alter table prediction drop constraint prediction_project_import_id_fkey;
