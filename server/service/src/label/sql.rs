//! Statements about the library of labels.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    access::{ProjectPermission, ProjectRole},
    id::{LabelId, LabelLinkId, OrgId, ProjectId, UserId},
    label::{Label, LabelLink, LabelPatch, NewLabel},
};
use sqlx::{PgConnection, types::Json};

use crate::{
    OnConstraint, Result,
    access::{OrgAccess, ProjectAccess},
};

pub(super) use crate::project::label_config as config;

/// One after the other, or two of them would both be the last.
pub(super) async fn lock(conn: &mut PgConnection, access: &OrgAccess) -> Result<()> {
    sqlx::query!("select 1 as held from organization where organization_id = $1 for update", access.org_id().0)
        .fetch_one(conn)
        .await?;
    Ok(())
}

pub(super) async fn count(conn: &mut PgConnection, access: &OrgAccess) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "count!" from label where organization_id = $1"#, access.org_id().0)
        .fetch_one(conn)
        .await?)
}

/// Which labels are meant.
pub(super) enum Which<'a> {
    /// A page of all, oldest first.
    Page { offset: i64, limit: i64 },
    /// Those with these numbers.
    These(&'a [i64]),
}

/// Labels with where they are used, as far as the person sees those projects.
pub(super) async fn labels(conn: &mut PgConnection, access: &OrgAccess, which: &Which<'_>) -> Result<Vec<Label>> {
    let (these, offset, limit) = match which {
        Which::Page { offset, limit } => (None, *offset, *limit),
        Which::These(ids) => (Some(*ids), 0, i64::MAX),
    };
    let rows = sqlx::query!(
        r#"select label_id as "label_id: LabelId", organization_id as "organization_id: OrgId",
            value as "value: Json<Vec<String>>", title, description, approved, approved_by as "approved_by: UserId",
            created_by as "created_by: UserId", created_at, updated_at
        from label where organization_id = $1 and ($2::bigint[] is null or label_id = any($2))
        order by label_id offset $3 limit $4"#,
        access.org_id().0,
        these,
        offset,
        limit
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.label_id.0).collect();
    let links = sqlx::query!(
        r#"select l.label_id as "label_id: LabelId", l.label_link_id as "link_id: LabelLinkId",
            l.project_id as "project_id: ProjectId"
        from label_link l join project p on p.project_id = l.project_id
        left join project_member m on m.project_id = p.project_id and m.user_id = $3 and m.enabled
        where p.organization_id = $1 and p.deleted_at is null and l.label_id = any($2) and ($4 or m.user_id is not null)
        order by l.label_link_id"#,
        access.org_id().0,
        &ids,
        access.user_id().map(|id| id.0),
        access.role().in_projects().is_some()
    )
    .fetch_all(conn)
    .await?;
    let mut used: HashMap<LabelId, Vec<(LabelLinkId, ProjectId)>> = HashMap::new();
    for link in links {
        used.entry(link.label_id).or_default().push((link.link_id, link.project_id));
    }
    let labels = rows.into_iter().map(|row| Label {
        links: used.remove(&row.label_id).unwrap_or_default(),
        label_id: row.label_id,
        organization_id: row.organization_id,
        value: row.value.0,
        title: row.title,
        description: row.description,
        approved: row.approved,
        approved_by: row.approved_by,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
    });
    Ok(labels.collect())
}

/// The first labels by title that contain a text, and how many do.
pub(super) async fn find(
    conn: &mut PgConnection,
    access: &OrgAccess,
    search: &str,
    limit: i64,
) -> Result<(i64, Vec<i64>)> {
    let found = sqlx::query!(
        r#"select label_id, count(*) over () as "total!" from label
        where organization_id = $1
            and ($2 = '' or position(lower($2) in lower(concat_ws(' ', title, value::text, description))) > 0)
        order by lower(title), label_id limit $3"#,
        access.org_id().0,
        search,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok((found.first().map_or(0, |row| row.total), found.into_iter().map(|row| row.label_id).collect()))
}

/// What projects are called.
pub(super) async fn titles(
    conn: &mut PgConnection,
    access: &OrgAccess,
    ids: &[i64],
) -> Result<Vec<(ProjectId, String)>> {
    let rows = sqlx::query!(
        r#"select project_id as "project_id: ProjectId", title from project
        where organization_id = $1 and project_id = any($2) order by title, project_id"#,
        access.org_id().0,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.project_id, row.title)).collect())
}

/// Projects that the person manages.
pub(super) async fn sources(
    conn: &mut PgConnection,
    access: &OrgAccess,
    limit: i64,
) -> Result<Vec<(ProjectId, String)>> {
    let everywhere = access.role().in_projects().is_some_and(|role| role.allows(ProjectPermission::Manage));
    let rows = sqlx::query!(
        r#"select p.project_id as "project_id: ProjectId", p.title, m.member_type as "member_type?" from project p
        left join project_member m on m.project_id = p.project_id and m.user_id = $2 and m.enabled
        where p.organization_id = $1 and p.deleted_at is null and ($3 or m.user_id is not null)
        order by p.title, p.project_id limit $4"#,
        access.org_id().0,
        access.user_id().map(|id| id.0),
        everywhere,
        limit
    )
    .fetch_all(conn)
    .await?;
    let manages = |member_type: Option<i16>| {
        member_type.and_then(ProjectRole::from_member_type).is_some_and(|role| role.allows(ProjectPermission::Manage))
    };
    let managed = rows.into_iter().filter(|row| everywhere || manages(row.member_type));
    Ok(managed.map(|row| (row.project_id, row.title)).collect())
}

/// The labels of the library that a project has: the control, and the label as results have it.
pub(super) async fn linked(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Vec<(String, Vec<String>)>> {
    let rows = sqlx::query!(
        r#"select k.from_name, l.value as "value: Json<Vec<String>>" from label_link k join label l using (label_id)
        where k.project_id = $1"#,
        access.project_id().0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.from_name, row.value.0)).collect())
}

fn taken() -> Problem {
    Problem::invalid("title", "label_title_taken", "There is a label of this title already.")
}

/// The same label, where the library has it.
pub(super) async fn known(conn: &mut PgConnection, access: &OrgAccess, new: &NewLabel) -> Result<Option<LabelId>> {
    Ok(sqlx::query_scalar!(
        r#"select label_id as "label_id: LabelId" from label where organization_id = $1 and title = $2 and value = $3"#,
        access.org_id().0,
        new.title,
        Json(&new.value) as _
    )
    .fetch_optional(conn)
    .await?)
}

/// Whether a label is used in the project.
pub(super) async fn is_linked(conn: &mut PgConnection, access: &ProjectAccess, label_id: LabelId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from label_link where project_id = $1 and label_id = $2) as "is!""#,
        access.project_id().0,
        label_id.0
    )
    .fetch_one(conn)
    .await?)
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    access: &OrgAccess,
    new: &NewLabel,
    now: DateTime<Utc>,
) -> Result<LabelId> {
    sqlx::query_scalar!(
        r#"insert into label (organization_id, value, title, description, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6) returning label_id as "label_id: LabelId""#,
        access.org_id().0,
        Json(&new.value) as _,
        new.title,
        new.description,
        access.user_id().map(|id| id.0),
        now
    )
    .fetch_one(conn)
    .await
    .on_constraint("label_title_is_taken", taken)
}

pub(super) async fn update(
    conn: &mut PgConnection,
    access: &OrgAccess,
    label_id: LabelId,
    patch: &LabelPatch,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update label set value = coalesce($3, value), title = coalesce($4, title),
            description = coalesce($5, description), approved = coalesce($6, approved),
            approved_by = case when $6 is null then approved_by when $6 then $7::bigint end, updated_at = $8
        where organization_id = $1 and label_id = $2",
        access.org_id().0,
        label_id.0,
        patch.value.as_ref().map(Json) as _,
        patch.title,
        patch.description,
        patch.approved,
        access.user_id().map(|id| id.0),
        now
    )
    .execute(conn)
    .await
    .on_constraint("label_title_is_taken", taken)?;
    Ok(())
}

pub(super) async fn delete(conn: &mut PgConnection, access: &OrgAccess, label_id: LabelId) -> Result<()> {
    sqlx::query!("delete from label where organization_id = $1 and label_id = $2", access.org_id().0, label_id.0)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn is_label(conn: &mut PgConnection, access: &ProjectAccess, label_id: LabelId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from label where organization_id = $1 and label_id = $2) as "is!""#,
        access.org_id().0,
        label_id.0
    )
    .fetch_one(conn)
    .await?)
}

pub(super) async fn link(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    label_id: LabelId,
    from_name: &str,
    now: DateTime<Utc>,
) -> Result<LabelLinkId> {
    sqlx::query_scalar!(
        r#"insert into label_link (project_id, label_id, from_name, created_at, updated_at) values ($1, $2, $3, $4, $4)
        returning label_link_id as "link_id: LabelLinkId""#,
        access.project_id().0,
        label_id.0,
        from_name,
        now
    )
    .fetch_one(conn)
    .await
    .on_constraint("label_is_linked_already", || {
        Problem::invalid("label", "label_linked_already", "The fields project, label must make a unique set.")
    })
}

pub(super) async fn count_links(conn: &mut PgConnection, access: &OrgAccess, only: Option<i64>) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from label_link l join project p on p.project_id = l.project_id
        left join project_member m on m.project_id = p.project_id and m.user_id = $3 and m.enabled
        where p.organization_id = $1 and p.deleted_at is null and ($2::bigint is null or l.project_id = $2)
            and ($4 or m.user_id is not null)"#,
        access.org_id().0,
        only,
        access.user_id().map(|id| id.0),
        access.role().in_projects().is_some()
    )
    .fetch_one(conn)
    .await?)
}

/// How often a label was given is kept with every change, so nothing is counted here.
pub(super) async fn links(
    conn: &mut PgConnection,
    access: &OrgAccess,
    only: Option<i64>,
    offset: i64,
    limit: i64,
) -> Result<Vec<LabelLink>> {
    Ok(sqlx::query_as!(
        LabelLink,
        r#"select l.label_link_id as "label_link_id: _", l.project_id as "project_id: _", l.label_id as "label_id: _",
            l.from_name, coalesce((s.created_labels -> l.from_name ->> (b.value ->> -1))::bigint, 0) as "uses!"
        from label_link l join label b using (label_id) join project p on p.project_id = l.project_id
        left join project_count s on s.project_id = l.project_id
        left join project_member m on m.project_id = p.project_id and m.user_id = $3 and m.enabled
        where p.organization_id = $1 and p.deleted_at is null and ($2::bigint is null or l.project_id = $2)
            and ($4 or m.user_id is not null)
        order by l.label_link_id offset $5 limit $6"#,
        access.org_id().0,
        only,
        access.user_id().map(|id| id.0),
        access.role().in_projects().is_some(),
        offset,
        limit
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn one_link(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    link_id: LabelLinkId,
) -> Result<Option<LabelLink>> {
    Ok(sqlx::query_as!(
        LabelLink,
        r#"select l.label_link_id as "label_link_id: _", l.project_id as "project_id: _", l.label_id as "label_id: _",
            l.from_name, coalesce((s.created_labels -> l.from_name ->> (b.value ->> -1))::bigint, 0) as "uses!"
        from label_link l join label b using (label_id) left join project_count s on s.project_id = l.project_id
        where l.project_id = $1 and l.label_link_id = $2"#,
        access.project_id().0,
        link_id.0
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn update_link(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    link_id: LabelLinkId,
    from_name: &str,
    now: DateTime<Utc>,
) -> Result<Option<LabelId>> {
    Ok(sqlx::query_scalar!(
        r#"update label_link set from_name = $3, updated_at = $4 where project_id = $1 and label_link_id = $2
        returning label_id as "label_id: LabelId""#,
        access.project_id().0,
        link_id.0,
        from_name,
        now
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn remove_link(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    link_id: LabelLinkId,
) -> Result<Option<LabelId>> {
    Ok(sqlx::query_scalar!(
        r#"delete from label_link where project_id = $1 and label_link_id = $2 returning label_id as "label_id: LabelId""#,
        access.project_id().0,
        link_id.0
    )
    .fetch_optional(conn)
    .await?)
}

/// The controls that have given a label.
pub(super) async fn controls_with(conn: &mut PgConnection, access: &ProjectAccess, label: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"select control.key as "control!" from project_count s, jsonb_each(s.created_labels) control
        where s.project_id = $1 and control.value ? $2 order by control.key"#,
        access.project_id().0,
        label
    )
    .fetch_all(conn)
    .await?)
}

/// How many annotations have a label.
pub(super) async fn annotations_with(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    controls: &[String],
    label: &str,
) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(distinct annotation_id) as "count!" from region
        where project_id = $1 and from_name = any($2) and $3 = any(labels)"#,
        access.project_id().0,
        controls,
        label
    )
    .fetch_one(conn)
    .await?)
}
