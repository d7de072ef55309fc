-- The library of labels of an organization, and in which projects they are used.

create table label (
    label_id bigint generated always as identity primary key,
    organization_id bigint not null references organization on delete cascade,
    -- as results have it: the label, or the way down to it in a taxonomy
    value jsonb not null,
    title text not null,
    description text,
    approved boolean not null default false,
    approved_by bigint references user_account on delete set null,
    created_by bigint references user_account on delete set null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint label_value_is_a_list check (jsonb_typeof(value) = 'array'),
    constraint label_title_has_a_length check (length(title) between 1 and 200),
    constraint label_title_is_taken unique (organization_id, title)
);
create index label_of_creator on label (created_by) where created_by is not null;
create index label_of_approver on label (approved_by) where approved_by is not null;
alter table label enable row level security;
create policy tenant on label to synapse_tenant using (organization_id = current_organization());

create table label_link (
    label_link_id bigint generated always as identity primary key,
    project_id bigint not null references project on delete cascade,
    label_id bigint not null references label on delete cascade,
    -- the control that offers it
    from_name text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint label_link_has_a_control check (length(from_name) between 1 and 200),
    constraint label_is_linked_already unique (project_id, label_id)
);
-- in which projects a label is used
create index label_link_of_label on label_link (label_id);
alter table label_link enable row level security;
-- few rows, also read across the projects of an organization
create policy tenant on label_link to synapse_tenant
    using (exists (select from project p where p.project_id = label_link.project_id));
