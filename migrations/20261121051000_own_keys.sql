-- The keys a person has put on commands of the label page: {"Undo": "Ctrl U", "Skip": ""}. They belong to the person, not to
-- a browser. A constant default writes no row.
alter table user_account add column keys jsonb not null default '{}';
