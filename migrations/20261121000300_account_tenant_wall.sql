-- The second wall between tenants. Use cases prove access in Rust, then run their transaction as `synapse_tenant` with the
-- organization (and project) they proved; a statement that forgets its `where` still sees nothing of anybody else.
-- The owner of the tables (sign-in, jobs, migrations) is not subject to the policies.

do $$
begin
    create role synapse_tenant nologin;
exception
    -- roles belong to the cluster, so another database of it may have made this one, even at the same moment
    when duplicate_object or unique_violation then null;
end
$$;

-- A superuser may become any role; anyone else must be a member of it.
do $$
begin
    if not pg_has_role(current_user, 'synapse_tenant', 'member') then
        execute format('grant synapse_tenant to %I', current_user);
    end if;
end
$$;

grant usage on schema public to synapse_tenant;
grant select, insert, update, delete on all tables in schema public to synapse_tenant;
grant usage, select on all sequences in schema public to synapse_tenant;
alter default privileges in schema public grant select, insert, update, delete on tables to synapse_tenant;
alter default privileges in schema public grant usage, select on sequences to synapse_tenant;

-- Credentials are never a tenant's business.
revoke all on session, email_token, login_attempt, mail_outbox from synapse_tenant;
-- A use case may send a mail in its transaction, but never read one.
grant insert on mail_outbox to synapse_tenant;

create function current_organization() returns bigint language sql stable parallel safe
    as $$ select nullif(current_setting('synapse.organization_id', true), '')::bigint $$;
create function current_project() returns bigint language sql stable parallel safe
    as $$ select nullif(current_setting('synapse.project_id', true), '')::bigint $$;

alter table organization enable row level security;
create policy tenant on organization to synapse_tenant using (organization_id = current_organization());
alter table organization_member enable row level security;
create policy tenant on organization_member to synapse_tenant using (organization_id = current_organization());
alter table workspace enable row level security;
create policy tenant on workspace to synapse_tenant using (organization_id = current_organization());
alter table invite enable row level security;
create policy tenant on invite to synapse_tenant using (organization_id = current_organization());
alter table state_transition enable row level security;
create policy tenant on state_transition to synapse_tenant using (organization_id = current_organization());
alter table audit_event enable row level security;
create policy tenant on audit_event to synapse_tenant using (organization_id = current_organization());
alter table project enable row level security;
create policy tenant on project to synapse_tenant using (organization_id = current_organization());
alter table workspace_member enable row level security;
create policy tenant on workspace_member to synapse_tenant
    using (exists (select from workspace w where w.workspace_id = workspace_member.workspace_id));

-- Small tables of a project are also read across the projects of an organization (the project list).
alter table project_pin enable row level security;
create policy tenant on project_pin to synapse_tenant
    using (exists (select from project p where p.project_id = project_pin.project_id));
alter table project_member enable row level security;
create policy tenant on project_member to synapse_tenant
    using (exists (select from project p where p.project_id = project_member.project_id));
alter table project_summary enable row level security;
create policy tenant on project_summary to synapse_tenant
    using (exists (select from project p where p.project_id = project_summary.project_id));

-- Large tables are only ever touched for one proved project: comparing with a constant keeps their indexes usable.
alter table file_upload enable row level security;
create policy tenant on file_upload to synapse_tenant using (project_id = current_project());
alter table project_import enable row level security;
create policy tenant on project_import to synapse_tenant using (project_id = current_project());
alter table project_import_error enable row level security;
create policy tenant on project_import_error to synapse_tenant using (project_id = current_project());
alter table project_export enable row level security;
create policy tenant on project_export to synapse_tenant using (project_id = current_project());
alter table task enable row level security;
create policy tenant on task to synapse_tenant using (project_id = current_project());
alter table prediction enable row level security;
create policy tenant on prediction to synapse_tenant using (project_id = current_project());
alter table annotation enable row level security;
create policy tenant on annotation to synapse_tenant using (project_id = current_project());
alter table annotation_draft enable row level security;
create policy tenant on annotation_draft to synapse_tenant using (project_id = current_project());
alter table region enable row level security;
create policy tenant on region to synapse_tenant using (project_id = current_project());
alter table assignment enable row level security;
create policy tenant on assignment to synapse_tenant using (project_id = current_project());
