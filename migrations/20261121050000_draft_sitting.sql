-- Who saved a draft last: each page that somebody works on a task with draws a number. Two of them (another device, another
-- browser) then notice each other instead of overwriting each other's work. A constant default writes no row.
alter table annotation_draft add column sitting bigint not null default 0;
