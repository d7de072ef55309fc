//! One column: its type, told to Parquet and to Hugging Face, and its values.

use std::{io::Write, sync::Arc};

use ::parquet::{
    basic::{LogicalType, Repetition, TimeUnit, Type as Physical},
    data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type},
    errors::Result,
    file::writer::SerializedRowGroupWriter,
    schema::types::{Type, TypePtr},
};
use serde_json::{Map, Value, json};

/// A column of the table.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One value, or none.
    One(Leaf),
    /// A list of texts.
    Many,
    /// A list of regions.
    Regions(&'static [(&'static str, Leaf)]),
}

/// A single value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    Bool,
    Int,
    Double,
    /// Microseconds since 1970.
    Time,
    Text,
    /// Anything, as JSON.
    Json,
}

/// What holds both all values seen so far and this one.
pub(super) fn common(known: Option<Leaf>, value: &Value) -> Option<Leaf> {
    let this = match value {
        Value::Null => return known,
        Value::Bool(_) => Leaf::Bool,
        Value::Number(number) if number.is_i64() => Leaf::Int,
        // Beyond 64 bits with a sign a number would lose its digits.
        Value::Number(number) if number.is_u64() => Leaf::Json,
        Value::Number(_) => Leaf::Double,
        Value::String(_) => Leaf::Text,
        Value::Array(_) | Value::Object(_) => Leaf::Json,
    };
    Some(match known {
        None => this,
        Some(known) if known == this => this,
        Some(_) => Leaf::Json,
    })
}

impl Leaf {
    fn schema(self, name: &str) -> Result<Type> {
        let (physical, logical) = match self {
            Self::Bool => (Physical::BOOLEAN, None),
            Self::Int => (Physical::INT64, None),
            Self::Double => (Physical::DOUBLE, None),
            Self::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
            Self::Text | Self::Json => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
    }

    fn feature(self) -> Value {
        let dtype = match self {
            Self::Bool => "bool",
            Self::Int => "int64",
            Self::Double => "float64",
            Self::Time => "timestamp[us, tz=UTC]",
            Self::Text | Self::Json => "string",
        };
        json!({"dtype": dtype, "_type": "Value"})
    }
}

impl Kind {
    /// As Hugging Face's `datasets` tells types.
    pub(super) fn feature(self) -> Value {
        match self {
            Self::One(leaf) => leaf.feature(),
            Self::Many => json!([Leaf::Text.feature()]),
            Self::Regions(fields) => {
                let fields: Map<String, Value> =
                    fields.iter().map(|(name, leaf)| ((*name).to_owned(), leaf.feature())).collect();
                json!([fields])
            }
        }
    }
}

impl Column {
    pub(super) fn schema(&self) -> Result<Type> {
        let element: TypePtr = match self.kind {
            Kind::One(leaf) => return leaf.schema(&self.name),
            Kind::Many => Arc::new(Leaf::Text.schema("element")?),
            Kind::Regions(fields) => {
                let fields = fields.iter().map(|(name, leaf)| leaf.schema(name).map(Arc::new));
                let group = Type::group_type_builder("element").with_repetition(Repetition::REQUIRED);
                Arc::new(group.with_fields(fields.collect::<Result<Vec<_>>>()?).build()?)
            }
        };
        let list = Type::group_type_builder("list").with_repetition(Repetition::REPEATED).with_fields(vec![element]);
        Type::group_type_builder(&self.name)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(Some(LogicalType::List))
            .with_fields(vec![Arc::new(list.build()?)])
            .build()
    }

    pub(super) fn write<W: Write + Send>(
        &self,
        rows: &[Map<String, Value>],
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<()> {
        let held = || rows.iter().map(|row| row.get(&self.name).filter(|value| !value.is_null()));
        match self.kind {
            Kind::One(leaf) => {
                let values: Vec<Option<&Value>> = held().map(|value| value.filter(|value| leaf.takes(value))).collect();
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                write(leaf, &values, &levels, None, group)
            }
            Kind::Many => {
                let lists =
                    held().map(|value| value.and_then(Value::as_array).map(|list| list.iter().map(Some).collect()));
                list(Leaf::Text, lists, group)
            }
            Kind::Regions(fields) => {
                for (name, leaf) in fields {
                    let lists = held().map(|value| {
                        value
                            .and_then(Value::as_array)
                            .map(|list| list.iter().map(|region| region.get(*name)).collect())
                    });
                    list(*leaf, lists, group)?;
                }
                Ok(())
            }
        }
    }
}

impl Leaf {
    fn takes(self, value: &Value) -> bool {
        match self {
            Self::Bool => value.is_boolean(),
            Self::Int | Self::Time => value.is_i64(),
            Self::Double => value.is_number(),
            Self::Text => value.is_string(),
            Self::Json => true,
        }
    }
}

/// Lists of values: nothing, an empty list, an entry without the value, and a value are four different levels.
fn list<'v, W: Write + Send>(
    leaf: Leaf,
    lists: impl Iterator<Item = Option<Vec<Option<&'v Value>>>>,
    group: &mut SerializedRowGroupWriter<'_, W>,
) -> Result<()> {
    let (mut values, mut definitions, mut repetitions) = (Vec::new(), Vec::new(), Vec::new());
    for list in lists {
        let mut put = |value: Option<&'v Value>, definition: i16, repetition: i16| {
            values.push(value);
            definitions.push(definition);
            repetitions.push(repetition);
        };
        match list {
            None => put(None, 0, 0),
            Some(list) if list.is_empty() => put(None, 1, 0),
            Some(list) => {
                for (at, value) in list.into_iter().enumerate() {
                    let value = value.filter(|value| !value.is_null() && leaf.takes(value));
                    put(value, 2 + i16::from(value.is_some()), i16::from(at > 0));
                }
            }
        }
    }
    write(leaf, &values, &definitions, Some(&repetitions), group)
}

fn write<W: Write + Send>(
    leaf: Leaf,
    values: &[Option<&Value>],
    definitions: &[i16],
    repetitions: Option<&[i16]>,
    group: &mut SerializedRowGroupWriter<'_, W>,
) -> Result<()> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    let held = values.iter().copied().flatten();
    match leaf {
        Leaf::Bool => {
            let values: Vec<bool> = held.filter_map(Value::as_bool).collect();
            column.typed::<BoolType>().write_batch(&values, Some(definitions), repetitions)?;
        }
        Leaf::Int | Leaf::Time => {
            let values: Vec<i64> = held.filter_map(Value::as_i64).collect();
            column.typed::<Int64Type>().write_batch(&values, Some(definitions), repetitions)?;
        }
        Leaf::Double => {
            let values: Vec<f64> = held.filter_map(Value::as_f64).collect();
            column.typed::<DoubleType>().write_batch(&values, Some(definitions), repetitions)?;
        }
        Leaf::Text => {
            let values: Vec<ByteArray> = held.filter_map(Value::as_str).map(ByteArray::from).collect();
            column.typed::<ByteArrayType>().write_batch(&values, Some(definitions), repetitions)?;
        }
        Leaf::Json => {
            let values: Vec<ByteArray> = held.map(|value| ByteArray::from(value.to_string().into_bytes())).collect();
            column.typed::<ByteArrayType>().write_batch(&values, Some(definitions), repetitions)?;
        }
    }
    column.close()
}
