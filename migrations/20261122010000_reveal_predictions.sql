-- Whether a model's regions are shown one by one as people draw, so that they are not led by what it has found. Off as
-- before for every project there is. A constant default writes no row.
alter table project add column reveal_preannotations_interactively boolean not null default false;
