//! How one field of an event is written and read, and the macros that make an event of fields.

use doorstep_protocol::{
    cbor::Value,
    id::{ActId, DocumentId, ItemId, MemberId, PlaceId, TeamId},
};
use thiserror::Error;

use super::Ref;
use crate::table::{LIST_ITEMS_MAX, TIME_S_LIMIT};

/// A value that breaks the format: a must that is null, a wrong type, a value without a meaning, a
/// field too many. It says no more, since whatever it quoted would be a resident's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a value breaks the format")]
pub struct BadValue;

/// One field of an event.
pub(crate) trait Field: Sized {
    /// As it stands in an act.
    fn to_value(&self) -> Value;
    /// As it was read from an act.
    fn from_value(value: &Value) -> Result<Self, BadValue>;
    /// Every reference in it, those in links too.
    fn each_ref(&self, _f: &mut dyn FnMut(&Ref)) {}
}

impl<T: Field> Field for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Field::to_value)
    }

    fn from_value(value: &Value) -> Result<Self, BadValue> {
        if value.is_null() { Ok(None) } else { T::from_value(value).map(Some) }
    }

    fn each_ref(&self, f: &mut dyn FnMut(&Ref)) {
        if let Some(field) = self {
            field.each_ref(f);
        }
    }
}

impl<T: Field> Field for Vec<T> {
    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(Field::to_value).collect())
    }

    fn from_value(value: &Value) -> Result<Self, BadValue> {
        let items = value.as_array().ok_or(BadValue)?;
        if items.len() > LIST_ITEMS_MAX {
            return Err(BadValue);
        }
        items.iter().map(T::from_value).collect()
    }

    fn each_ref(&self, f: &mut dyn FnMut(&Ref)) {
        for field in self {
            field.each_ref(f);
        }
    }
}

impl<T: Field> Field for Box<T> {
    fn to_value(&self) -> Value {
        self.as_ref().to_value()
    }

    fn from_value(value: &Value) -> Result<Self, BadValue> {
        T::from_value(value).map(Self::new)
    }

    fn each_ref(&self, f: &mut dyn FnMut(&Ref)) {
        self.as_ref().each_ref(f);
    }
}

impl Field for bool {
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }

    fn from_value(value: &Value) -> Result<Self, BadValue> {
        value.as_bool().ok_or(BadValue)
    }
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $number:ty),+) => {$(
        $(#[$doc])*
        impl Field for $number {
            fn to_value(&self) -> Value {
                Value::U64(u64::from(*self))
            }

            fn from_value(value: &Value) -> Result<Self, BadValue> {
                value.as_u64().and_then(|n| Self::try_from(n).ok()).ok_or(BadValue)
            }
        }
    )+};
}
numbers!(
    /// Satisfaction, whose bounds its event knows.
    u8,
    /// A code.
    u16,
    /// A number.
    u32
);

/// A time in s since 1970.
impl Field for u64 {
    fn to_value(&self) -> Value {
        Value::U64(*self)
    }

    fn from_value(value: &Value) -> Result<Self, BadValue> {
        value.as_u64().filter(|time| *time < TIME_S_LIMIT).ok_or(BadValue)
    }
}

macro_rules! ids {
    ($($id:ty),+) => {$(
        impl Field for $id {
            fn to_value(&self) -> Value {
                Value::bytes(self.as_bytes())
            }

            fn from_value(value: &Value) -> Result<Self, BadValue> {
                value.as_bytes().and_then(Self::from_slice).ok_or(BadValue)
            }
        }
    )+};
}
ids!(ActId, DocumentId, ItemId, MemberId, PlaceId, TeamId);

/// Reads fields one after another.
pub(crate) struct Fields<'a> {
    items: std::slice::Iter<'a, Value>,
}

impl<'a> Fields<'a> {
    /// Fields as written: trailing nulls are cut.
    pub(crate) fn new(items: &'a [Value]) -> Result<Self, BadValue> {
        if items.last().is_some_and(Value::is_null) {
            return Err(BadValue);
        }
        Ok(Self { items: items.iter() })
    }

    /// The next field; one that was cut is null.
    pub(crate) fn next<T: Field>(&mut self) -> Result<T, BadValue> {
        T::from_value(self.items.next().unwrap_or(&Value::Null))
    }

    /// There must be no more.
    pub(crate) fn end(mut self) -> Result<(), BadValue> {
        if self.items.next().is_none() { Ok(()) } else { Err(BadValue) }
    }
}

/// Makes a record of fields: `must` be there, `opt`ional, or a `list`.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($fields:tt)* }) => {
        $crate::event::field::record!(@ [$(#[$doc])*] $name {} () $($fields)*);
    };
    (@ [$($doc:tt)*] $name:ident { $($done:tt)* } ($($n:ident)*)
        $(#[$m:meta])* must $f:ident: $t:ty, $($rest:tt)*) => {
        $crate::event::field::record!(@ [$($doc)*] $name {
            $($done)* $(#[$m])* pub $f: $t,
        } ($($n)* $f) $($rest)*);
    };
    (@ [$($doc:tt)*] $name:ident { $($done:tt)* } ($($n:ident)*)
        $(#[$m:meta])* opt $f:ident: $t:ty, $($rest:tt)*) => {
        $crate::event::field::record!(@ [$($doc)*] $name {
            $($done)* $(#[$m])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $f: Option<$t>,
        } ($($n)* $f) $($rest)*);
    };
    (@ [$($doc:tt)*] $name:ident { $($done:tt)* } ($($n:ident)*)
        $(#[$m:meta])* list $f:ident: $t:ty, $($rest:tt)*) => {
        $crate::event::field::record!(@ [$($doc)*] $name {
            $($done)* $(#[$m])* #[serde(default)] pub $f: Vec<$t>,
        } ($($n)* $f) $($rest)*);
    };
    (@ [$($doc:tt)*] $name:ident { $($done:tt)* } ($($n:ident)*)) => {
        $($doc)*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($done)* }

        impl $crate::event::field::Field for $name {
            fn to_value(&self) -> doorstep_protocol::cbor::Value {
                doorstep_protocol::cbor::Value::fields(vec![
                    $($crate::event::field::Field::to_value(&self.$n),)*
                ])
            }

            fn from_value(
                value: &doorstep_protocol::cbor::Value,
            ) -> Result<Self, $crate::event::field::BadValue> {
                let items = value.as_array().ok_or($crate::event::field::BadValue)?;
                #[allow(unused_mut)] // records without fields
                let mut fields = $crate::event::field::Fields::new(items)?;
                let record = Self { $($n: fields.next()?,)* };
                fields.end()?;
                Ok(record)
            }

            #[allow(unused_variables)] // records without fields
            fn each_ref(&self, f: &mut dyn FnMut(&$crate::event::Ref)) {
                $(self.$n.each_ref(f);)*
            }
        }
    };
}
pub(crate) use record;
