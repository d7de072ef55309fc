//! Filters, selections and orders as SQL: the one place that knows both. Whatever people wrote becomes a bound parameter;
//! the fragments below are constant.
//!
//! A test is asked positively and then negated as a whole, so that a missing value answers no to the test and yes to its
//! negation. `t` is the task, `a` an annotation, `p` a prediction, `r` one row of a result.

use chrono::{DateTime, TimeDelta, Utc};
use domain::data_manager::{
    Column, ColumnType, Columns, Comparison, Condition, Conjunction, Filter, Fixed, Item, Number, Ordering, Pick,
    Selection, Test, Value, ValueType,
};
use sea_query::{
    ArrayType, Expr, ExprTrait, NullOrdering, Order, Query, SelectStatement, Value as Bound,
    extension::postgres::PgExpr,
};

use crate::access::ProjectAccess;

/// What comes with the question.
pub(super) struct Translator<'a> {
    pub(super) access: &'a ProjectAccess,
    pub(super) now: DateTime<Utc>,
}

/// How an expression is compared.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Whole numbers that may have an index.
    Whole,
    /// Floating point.
    Float,
    /// Exact numbers of any size.
    Numeric,
    Text,
    Moment,
    Flag,
}

/// Tasks as they are asked for, without columns.
impl Translator<'_> {
    /// `from task t where …`
    pub(super) fn tasks(&self, pick: &Pick) -> SelectStatement {
        let mut query = Query::select();
        query.from_as("task", "t").and_where(Expr::cust("t.project_id").eq(self.access.project_id().0));
        if let Some(filter) = self.filter(&pick.filter) {
            query.and_where(filter);
        }
        match &pick.selection {
            Selection::AllBut(tasks) if tasks.is_empty() => {}
            Selection::AllBut(tasks) => {
                query.and_where(cust("t.task_id <> all($1)", [ids(tasks.iter().map(|id| id.0))]));
            }
            Selection::Only(tasks) => {
                query.and_where(cust("t.task_id = any($1)", [ids(tasks.iter().map(|id| id.0))]));
            }
        }
        query
    }

    /// In the order that was asked for, then by number.
    pub(super) fn in_order(&self, query: &mut SelectStatement, ordering: &Ordering, columns: &Columns) {
        for sorted in &ordering.0 {
            let order = if sorted.descending { Order::Desc } else { Order::Asc };
            if sorted.column == Column::Fixed(Fixed::Id) {
                // Nothing is left to decide, and the primary key is in this order.
                query.order_by_expr(Expr::cust("t.task_id"), order);
                return;
            }
            query.order_by_expr_with_nulls(self.sorting(&sorted.column, columns), order, NullOrdering::Last);
        }
        query.order_by_expr(Expr::cust("t.task_id"), Order::Asc);
    }

    fn filter(&self, filter: &Filter) -> Option<Expr> {
        let items = filter.items.iter().filter_map(|item| match item {
            Item::Group(group) => self.filter(group),
            Item::Line(line) => self.line(line),
        });
        items.reduce(|before, next| match filter.conjunction {
            Conjunction::And => before.and(next),
            Conjunction::Or => before.or(next),
        })
    }

    /// Conditions of one line: those about annotations are asked of one and the same.
    fn line(&self, line: &[Condition]) -> Option<Expr> {
        let of_annotation = line.iter().filter(|condition| condition.column.is_of_annotation());
        if of_annotation.clone().count() < 2 {
            return line.iter().map(|condition| self.of_task(condition)).reduce(ExprTrait::and);
        }
        let same = of_annotation.map(|condition| self.of_annotation(condition)).reduce(ExprTrait::and)?;
        let others = line.iter().filter(|condition| !condition.column.is_of_annotation());
        let others = others.map(|condition| self.of_task(condition));
        Some(others.fold(exists_annotation(same), ExprTrait::and))
    }

    /// What is asked of a task.
    fn of_task(&self, condition: &Condition) -> Expr {
        let (negated, test) = positive(condition);
        let Column::Fixed(column) = &condition.column else {
            return negate(negated, self.of_other(condition, &test, Level::Task));
        };
        let asked = match column {
            Fixed::Annotators
            | Fixed::UpdatedBy
            | Fixed::AnnotationsResults
            | Fixed::AnnotationsIds
            | Fixed::GroundTruth => exists_annotation(self.annotation(*column, &test)),
            Fixed::Labels => cust_expr(
                "exists (select from region r where r.project_id = t.project_id and r.task_id = t.task_id and ($1))",
                labels(&test),
            ),
            Fixed::PredictedLabels => cust_expr(
                "exists (select from prediction_region r where r.project_id = t.project_id and r.task_id = t.task_id and ($1))",
                labels(&test),
            ),
            Fixed::RegionArea => cust_expr(
                "exists (select from region r where r.project_id = t.project_id and r.task_id = t.task_id and ($1))",
                self.holds(Expr::cust("r.area"), Kind::Float, &test),
            ),
            Fixed::PredictionsResults => exists_prediction(self.document("p.result", "p.result::text", &test)),
            Fixed::PredictionsModelVersions => {
                exists_prediction(self.holds(Expr::cust("p.model_version"), Kind::Text, &test))
            }
            scalar => {
                let (expr, kind) = self.one(*scalar);
                self.scalar(*scalar, expr, kind, &test)
            }
        };
        negate(negated, asked)
    }

    /// What is asked of one annotation.
    fn of_annotation(&self, condition: &Condition) -> Expr {
        let (negated, test) = positive(condition);
        let asked = match &condition.column {
            Column::Fixed(column) => self.annotation(*column, &test),
            _ => self.of_other(condition, &test, Level::Annotation),
        };
        negate(negated, asked)
    }

    fn annotation(&self, column: Fixed, test: &Test) -> Expr {
        let own_region = "exists (select from region r where r.project_id = a.project_id \
            and r.annotation_id = a.annotation_id and ($1))";
        match column {
            Fixed::Annotators => self.holds(Expr::cust("a.completed_by"), Kind::Whole, test),
            Fixed::UpdatedBy => self.holds(Expr::cust("coalesce(a.updated_by, a.completed_by)"), Kind::Whole, test),
            Fixed::AnnotationsIds => self.holds(Expr::cust("a.annotation_id"), Kind::Whole, test),
            Fixed::GroundTruth => self.holds(Expr::cust("nullif(a.ground_truth, false)"), Kind::Flag, test),
            Fixed::AvgLeadTime => self.holds(Expr::cust("(a.lead_time_ms / 1000.0)"), Kind::Numeric, test),
            Fixed::Labels => cust_expr(own_region, labels(test)),
            Fixed::RegionArea => cust_expr(own_region, self.holds(Expr::cust("r.area"), Kind::Float, test)),
            Fixed::RegionCount => self.scalar(
                column,
                Expr::cust(
                    "(select count(*) from region r where r.project_id = a.project_id
                        and r.annotation_id = a.annotation_id)",
                ),
                Kind::Whole,
                test,
            ),
            // Everything else that is of an annotation is a document.
            _ => self.document("a.result", "a.result::text", test),
        }
    }

    /// What is asked of data, and of how often a label was used.
    fn of_other(&self, condition: &Condition, test: &Test, level: Level) -> Expr {
        match &condition.column {
            Column::LabelCount(label) => {
                let sql = match level {
                    Level::Task => {
                        "(select count(*) from region r where r.project_id = t.project_id and r.task_id = t.task_id
                            and $1 = any(r.labels))"
                    }
                    Level::Annotation => {
                        "(select count(*) from region r where r.project_id = a.project_id
                            and r.annotation_id = a.annotation_id and $1 = any(r.labels))"
                    }
                };
                let count = cust(sql, [label.as_str().into()]);
                if matches!(test, Test::Empty(_)) { count.gt(0) } else { self.holds(count, Kind::Whole, test) }
            }
            Column::Data(field) => {
                let (expr, kind) = match condition.compared_as {
                    // Whether there is anything does not depend on what it would be compared with.
                    _ if matches!(test, Test::Empty(_)) => (data_text(field), Kind::Text),
                    ValueType::Number => (data_number(field), Kind::Numeric),
                    ValueType::Datetime => (cust("data_moment(t.data, $1)", [field.as_str().into()]), Kind::Moment),
                    ValueType::Boolean => (
                        cust(
                            "case lower(t.data ->> $1) when 'true' then true when 'false' then false end",
                            [field.as_str().into()],
                        ),
                        Kind::Flag,
                    ),
                    ValueType::String | ValueType::List => (data_text(field), Kind::Text),
                };
                self.holds(expr, kind, test)
            }
            Column::Fixed(_) => Expr::cust("false"),
        }
    }

    fn scalar(&self, column: Fixed, expr: Expr, kind: Kind, test: &Test) -> Expr {
        let is_count = matches!(
            column,
            Fixed::TotalAnnotations
                | Fixed::CancelledAnnotations
                | Fixed::TotalPredictions
                | Fixed::CommentCount
                | Fixed::UnresolvedCommentCount
                | Fixed::RegionCount
        );
        match test {
            // None of something is what is called empty.
            Test::Empty(_) if is_count => expr.gt(0),
            _ => self.holds(expr, kind, test),
        }
    }

    /// A column that a task has one of.
    fn one(&self, column: Fixed) -> (Expr, Kind) {
        if column == Fixed::PredictionsScore {
            // Which version counts is asked once, and not for every task.
            let score = cust(
                "(select avg(p.score) from prediction p where p.project_id = t.project_id and p.task_id = t.task_id
                    and p.model_version = coalesce((select counting_model_version($1)), p.model_version))",
                [self.access.project_id().0.into()],
            );
            return (score, Kind::Float);
        }
        let (sql, kind) = of_task(column);
        (Expr::cust(sql), kind)
    }

    fn sorting(&self, column: &Column, columns: &Columns) -> Expr {
        match column {
            Column::Fixed(column) => self.one(*column).0,
            Column::LabelCount(label) => cust(
                "(select count(*) from region r where r.project_id = t.project_id and r.task_id = t.task_id
                    and $1 = any(r.labels))",
                [label.as_str().into()],
            ),
            Column::Data(field) if columns.holds(field) == ColumnType::Number => data_number(field),
            Column::Data(field) => data_text(field),
        }
    }

    /// What is asked of a result.
    fn document(&self, json: &'static str, text: &'static str, test: &Test) -> Expr {
        match test {
            Test::Empty(_) => cust_expr("$1 <> '[]'", Expr::cust(json)),
            Test::Compare(_, Value::Text(written)) => match serde_json::from_str::<serde_json::Value>(written) {
                Ok(document) => Expr::cust(json).eq(Bound::Json(Some(Box::new(document)))),
                // What is no document is the same as none.
                Err(_) => Expr::cust("false"),
            },
            _ => self.holds(Expr::cust(text), Kind::Text, test),
        }
    }

    /// A positive test of an expression.
    fn holds(&self, expr: Expr, kind: Kind, test: &Test) -> Expr {
        match test {
            Test::Compare(comparison, value) => {
                let (expr, value) = sides(expr, kind, value);
                match comparison {
                    Comparison::Equal | Comparison::NotEqual => expr.eq(value),
                    Comparison::Less => expr.lt(value),
                    Comparison::LessOrEqual => expr.lte(value),
                    Comparison::Greater => expr.gt(value),
                    Comparison::GreaterOrEqual => expr.gte(value),
                }
            }
            Test::Between { min, max, .. } => {
                let (from, min) = sides(expr.clone(), kind, min);
                let (to, max) = sides(expr, kind, max);
                from.gte(min).and(to.lte(max))
            }
            Test::OneOf { values, .. } => one_of(expr, kind, values),
            Test::Contains { values, .. } if kind == Kind::Whole => one_of(expr, kind, values),
            Test::Contains { values, .. } => {
                let each = values.iter().map(|value| expr.clone().ilike(format!("%{}%", literal(&text_of(value)))));
                each.reduce(ExprTrait::or).unwrap_or_else(|| Expr::cust("false"))
            }
            Test::StartsWith(text) => expr.ilike(format!("{}%", literal(text))),
            Test::EndsWith(text) => expr.ilike(format!("%{}", literal(text))),
            Test::Matches(pattern) => cust_exprs("$1 ~ $2", [expr, Expr::val(pattern.as_str())]),
            Test::Empty(_) if kind == Kind::Text => cust_expr("$1 <> ''", expr),
            Test::Empty(_) => expr.is_not_null(),
            Test::WithinLast { within, .. } => {
                let since =
                    TimeDelta::try_seconds(within.seconds()).and_then(|length| self.now.checked_sub_signed(length));
                expr.gte(since.unwrap_or(DateTime::UNIX_EPOCH))
            }
        }
    }
}

/// Whether a task or one annotation is asked.
#[derive(Clone, Copy)]
enum Level {
    Task,
    Annotation,
}

/// The test without its negation, and whether it has one.
fn positive(condition: &Condition) -> (bool, Test) {
    let mut test = condition.test.clone();
    let negated = match &mut test {
        Test::Compare(comparison, value) => {
            let is_not = *comparison == Comparison::NotEqual;
            if is_not {
                *comparison = Comparison::Equal;
            }
            // A task is not the ground truth where none of its annotations is.
            let is_false = condition.column == Column::Fixed(Fixed::GroundTruth) && *value == Value::Flag(false);
            if is_false {
                *value = Value::Flag(true);
            }
            is_not != is_false
        }
        Test::Between { negated, .. }
        | Test::OneOf { negated, .. }
        | Test::Contains { negated, .. }
        | Test::WithinLast { negated, .. } => std::mem::take(negated),
        // "There is something" is what is asked; "there is nothing" is its negation.
        Test::Empty(is_empty) => std::mem::take(is_empty),
        Test::StartsWith(_) | Test::EndsWith(_) | Test::Matches(_) => false,
    };
    (negated, test)
}

fn negate(negated: bool, asked: Expr) -> Expr {
    if negated { cust_expr("(($1) is not true)", asked) } else { asked }
}

/// The same, where it needs no parameter.
fn of_task(column: Fixed) -> (&'static str, Kind) {
    match column {
        Fixed::InnerId => ("t.inner_id", Kind::Whole),
        Fixed::CompletedAt => ("t.completed_at", Kind::Moment),
        Fixed::TotalAnnotations => ("t.annotation_count", Kind::Whole),
        Fixed::CancelledAnnotations => ("t.cancelled_count", Kind::Whole),
        Fixed::TotalPredictions => ("t.prediction_count", Kind::Whole),
        Fixed::FileUpload => (
            "(select f.file_name from file_upload f where f.project_id = t.project_id
                and f.file_upload_id = t.file_upload_id)",
            Kind::Text,
        ),
        Fixed::StorageFilename => (
            "(select o.key from storage_object o where o.project_id = t.project_id and o.task_id = t.task_id limit 1)",
            Kind::Text,
        ),
        Fixed::CreatedAt => ("t.created_at", Kind::Moment),
        Fixed::UpdatedAt => ("t.updated_at", Kind::Moment),
        Fixed::AvgLeadTime => (
            "(select avg(a.lead_time_ms) / 1000 from annotation a where a.project_id = t.project_id
                and a.task_id = t.task_id and not a.was_cancelled)",
            Kind::Numeric,
        ),
        Fixed::DraftExists => (
            "(exists (select from annotation_draft d where d.project_id = t.project_id and d.task_id = t.task_id))",
            Kind::Flag,
        ),
        Fixed::IsLabeled => ("t.is_labeled", Kind::Flag),
        Fixed::Overlap => ("t.overlap", Kind::Whole),
        Fixed::CommentCount => (
            "(select count(*) from comment c where c.project_id = t.project_id and c.task_id = t.task_id
                and c.deleted_at is null)",
            Kind::Whole,
        ),
        Fixed::UnresolvedCommentCount => (
            "(select count(*) from comment c where c.project_id = t.project_id and c.task_id = t.task_id
                and c.parent_id is null and c.resolved_at is null and c.deleted_at is null)",
            Kind::Whole,
        ),
        Fixed::RegionCount => {
            ("(select count(*) from region r where r.project_id = t.project_id and r.task_id = t.task_id)", Kind::Whole)
        }
        Fixed::ProjectImport => ("t.project_import_id", Kind::Whole),
        // Of several, the first: only lists are sorted by it.
        Fixed::Annotators => (
            "(select min(a.completed_by) from annotation a where a.project_id = t.project_id and a.task_id = t.task_id)",
            Kind::Whole,
        ),
        Fixed::UpdatedBy => (
            "(select min(coalesce(a.updated_by, a.completed_by)) from annotation a where a.project_id = t.project_id
                and a.task_id = t.task_id)",
            Kind::Whole,
        ),
        Fixed::PredictionsModelVersions => (
            "(select min(p.model_version) from prediction p where p.project_id = t.project_id and p.task_id = t.task_id)",
            Kind::Text,
        ),
        Fixed::GroundTruth => (
            "(exists (select from annotation a where a.project_id = t.project_id and a.task_id = t.task_id
                and a.ground_truth))",
            Kind::Flag,
        ),
        Fixed::Id
        | Fixed::AnnotationsResults
        | Fixed::AnnotationsIds
        | Fixed::PredictionsScore
        | Fixed::PredictionsResults
        | Fixed::Labels
        | Fixed::PredictedLabels
        | Fixed::RegionArea => ("t.task_id", Kind::Whole),
    }
}

fn data_text(field: &str) -> Expr {
    cust("(t.data ->> $1)", [field.into()])
}

fn data_number(field: &str) -> Expr {
    cust("data_number(t.data, $1)", [field.into()])
}

/// Rows of a result that bear one of the labels, or any.
fn labels(test: &Test) -> Expr {
    match test {
        Test::Contains { values, .. } => cust("r.labels && $1", [texts(values.iter().map(text_of))]),
        _ => Expr::cust("cardinality(r.labels) > 0"),
    }
}

fn exists_annotation(asked: Expr) -> Expr {
    cust_expr(
        "exists (select from annotation a where a.project_id = t.project_id and a.task_id = t.task_id and ($1))",
        asked,
    )
}

fn exists_prediction(asked: Expr) -> Expr {
    cust_expr(
        "exists (select from prediction p where p.project_id = t.project_id and p.task_id = t.task_id and ($1))",
        asked,
    )
}

/// Both sides of a comparison, brought to the same type without losing digits or the index.
fn sides(expr: Expr, kind: Kind, value: &Value) -> (Expr, Expr) {
    match (kind, value) {
        (Kind::Whole | Kind::Numeric, Value::Number(Number::Whole(number))) => (expr, Expr::val(*number)),
        (Kind::Float, Value::Number(Number::Whole(number))) => {
            (expr, cust("$1::bigint::double precision", [(*number).into()]))
        }
        (Kind::Float, Value::Number(Number::Real(number))) => (expr, Expr::val(*number)),
        (Kind::Whole, Value::Number(Number::Real(number))) => {
            (cust_expr("($1)::numeric", expr), cust("$1::double precision::numeric", [(*number).into()]))
        }
        (_, Value::Number(Number::Real(number))) => (expr, cust("$1::double precision::numeric", [(*number).into()])),
        (_, Value::Number(Number::Whole(number))) => (expr, Expr::val(*number)),
        (_, Value::Text(text)) => (expr, Expr::val(text.as_str())),
        (_, Value::Flag(flag)) => (expr, Expr::val(*flag)),
        (_, Value::Moment(moment)) => (expr, Expr::val(*moment)),
    }
}

fn one_of(expr: Expr, kind: Kind, values: &[Value]) -> Expr {
    let whole = |value: &Value| match value {
        Value::Number(Number::Whole(number)) => Some(*number),
        _ => None,
    };
    match kind {
        Kind::Whole if values.iter().all(|value| whole(value).is_some()) => {
            cust_exprs("$1 = any($2)", [expr, Expr::val(ids(values.iter().filter_map(whole)))])
        }
        Kind::Whole | Kind::Float | Kind::Numeric => {
            cust_exprs("($1)::numeric = any(($2)::numeric[])", [expr, Expr::val(texts(values.iter().map(text_of)))])
        }
        Kind::Moment => {
            let moments = values.iter().filter_map(|value| match value {
                Value::Moment(moment) => Some(Bound::ChronoDateTimeUtc(Some(*moment))),
                _ => None,
            });
            let moments = Bound::Array(ArrayType::ChronoDateTimeUtc, Some(Box::new(moments.collect())));
            cust_exprs("$1 = any($2)", [expr, Expr::val(moments)])
        }
        Kind::Text | Kind::Flag => cust_exprs("$1 = any($2)", [expr, Expr::val(texts(values.iter().map(text_of)))]),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Number(Number::Whole(number)) => number.to_string(),
        Value::Number(Number::Real(number)) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Flag(flag) => flag.to_string(),
        Value::Moment(moment) => moment.to_rfc3339(),
    }
}

/// A text in which nothing means more than itself to `like`.
fn literal(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

fn ids(ids: impl Iterator<Item = i64>) -> Bound {
    Bound::Array(ArrayType::BigInt, Some(Box::new(ids.map(Bound::from).collect())))
}

fn texts(texts: impl Iterator<Item = String>) -> Bound {
    Bound::Array(ArrayType::String, Some(Box::new(texts.map(Bound::from).collect())))
}

fn cust<const N: usize>(sql: &'static str, values: [Bound; N]) -> Expr {
    Expr::cust_with_values(sql, values)
}

fn cust_expr(sql: &'static str, expr: Expr) -> Expr {
    Expr::cust_with_expr(sql, expr)
}

fn cust_exprs<const N: usize>(sql: &'static str, exprs: [Expr; N]) -> Expr {
    Expr::cust_with_exprs(sql, exprs)
}
