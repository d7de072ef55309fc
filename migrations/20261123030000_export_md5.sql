-- What programs that speak Label Studio's interface compare a downloaded snapshot with. Exports from before have none: a column
-- without a default rewrites no row.
alter table project_export add column md5 bytea;
