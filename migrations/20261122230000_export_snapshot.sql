-- Labels of other programs come in as proposals or as finished work, as people choose; what came in before were proposals.
-- A default that is a constant rewrites no row.
alter table project_import add column labels_as text not null default 'predictions'
    constraint import_labels_are_known check (labels_as in ('predictions', 'annotations'));

-- The export that an export is made from, where it is one written in another format. No reference: when the one it is made
-- from goes before it is made, it must know that, and fail, rather than write what the project holds by then.
alter table project_export add column source_export_id bigint;
