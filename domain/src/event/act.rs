//! The value of a canonical change: time marks and events.

use doorstep_protocol::cbor::Value;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Event, Field};
use crate::table::{EVENTS_MAX, SCHEMA};

/// When something was written, as data: rules compare marks with each other, never with now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Device time corrected by the last relay offset, in s since 1970.
    pub claimed: u64,
    /// Newest relay time that the device had seen, in s since 1970.
    pub floor: u64,
    /// False when claimed < floor, or the clock was set by hand or jumped since the last meeting.
    pub certain: bool,
    /// When it took place, if earlier than the writing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened: Option<u64>,
}

impl Marks {
    /// When it took place, in s: `happened` where given, else the writing, moved into what the relay
    /// knows: between the floor and when it had the act, where it has.
    pub fn time(&self, relay_time: Option<u64>) -> u64 {
        self.happened.unwrap_or_else(|| {
            let from = self.claimed.max(self.floor);
            relay_time.map_or(from, |relay| from.min(relay.max(self.floor)))
        })
    }

    fn agree(&self) -> bool {
        self.happened.is_none_or(|happened| happened < self.claimed)
            && (!self.certain || self.claimed >= self.floor)
    }
}

/// One act of one person in one document: 1 to 64 events that see each other in order.
///
/// ```
/// use doorstep_domain::event::{Accept, Act, Decoded, Event, Marks};
/// let act = Act {
///     claimed: 1_760_000_000,
///     floor: 1_759_990_000,
///     certain: true,
///     happened: None,
///     events: vec![Event::Accept(Accept {})],
/// };
/// let bytes = act.encode().unwrap();
/// let Decoded::Act { marks, events } = Act::decode(&bytes) else { panic!() };
/// assert_eq!(marks.claimed, act.claimed);
/// assert_eq!(events, [Ok(Event::Accept(Accept {}))]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// See [`Marks::claimed`].
    pub claimed: u64,
    /// See [`Marks::floor`].
    pub floor: u64,
    /// See [`Marks::certain`].
    pub certain: bool,
    /// See [`Marks::happened`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened: Option<u64>,
    /// What was said.
    pub events: Vec<Event>,
}

/// Why an act cannot be written. Nothing of it is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActError {
    /// No event, or more than 64.
    #[error("an act has 1 to {EVENTS_MAX} events, not {0}")]
    Events(usize),
    /// `happened` is not before `claimed`, `certain` with `claimed` below `floor`, or a time too large.
    #[error("the time marks do not agree")]
    Marks,
    /// An event breaks the format: an empty or too long text, a list over 64, a number too large.
    #[error("event {0} of the act breaks the format")]
    Event(usize),
    /// Arrays nested too deep.
    #[error("the act is nested too deep")]
    Nested,
}

/// An event that breaks the format. Only its kind can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadEvent {
    /// The number of its kind.
    pub kind: u8,
}

/// What the value of a change says. There is always an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// An act. What breaks the format in one event is that event's alone.
    Act {
        /// Its time marks.
        marks: Marks,
        /// Its events, by number, those of unknown kinds among them.
        events: Vec<Result<Event, BadEvent>>,
    },
    /// An act of a schema that is not known here: one unknown event; a ref to any number of it passes.
    Newer {
        /// The schema.
        schema: u64,
    },
    /// No act: one rejected event of number 0, bad value.
    Bad,
}

impl Act {
    /// Its time marks.
    pub fn marks(&self) -> Marks {
        Marks {
            claimed: self.claimed,
            floor: self.floor,
            certain: self.certain,
            happened: self.happened,
        }
    }

    /// The value of the change that carries it. What this returns decodes to the same act.
    ///
    /// # Errors
    /// See [`ActError`]: whatever a reader would call a bad value is refused here.
    pub fn encode(&self) -> Result<Vec<u8>, ActError> {
        if self.events.is_empty() || self.events.len() > EVENTS_MAX {
            return Err(ActError::Events(self.events.len()));
        }
        let value = Value::Array(vec![
            Value::U64(SCHEMA),
            Value::U64(self.claimed),
            Value::U64(self.floor),
            Value::Bool(self.certain),
            self.happened.map_or(Value::Null, Value::U64),
            Value::Array(self.events.iter().map(Field::to_value).collect()),
        ]);
        // The reader is the one place that knows the rules.
        if read_marks(value.as_array().unwrap_or_default()).is_none() {
            return Err(ActError::Marks);
        }
        let bytes = value.encode();
        let Decoded::Act { events, .. } = Self::decode(&bytes) else {
            return Err(ActError::Nested);
        };
        let differs = |(read, written): (&Result<Event, BadEvent>, &Event)| {
            read.as_ref().ok() != Some(written)
        };
        match events.iter().zip(&self.events).position(differs) {
            Some(n) => Err(ActError::Event(n)),
            None => Ok(bytes),
        }
    }

    /// Reads the value of a change; it never fails.
    pub fn decode(bytes: &[u8]) -> Decoded {
        let Ok(Value::Array(items)) = Value::decode(bytes) else { return Decoded::Bad };
        let Some(schema) = items.first().and_then(Value::as_u64) else { return Decoded::Bad };
        if schema != SCHEMA {
            return Decoded::Newer { schema };
        }
        read_act(&items).unwrap_or(Decoded::Bad)
    }
}

fn read_marks(items: &[Value]) -> Option<Marks> {
    let [_, claimed, floor, certain, happened, _] = items else { return None };
    let marks = Marks {
        claimed: u64::from_value(claimed).ok()?,
        floor: u64::from_value(floor).ok()?,
        certain: certain.as_bool()?,
        happened: Option::from_value(happened).ok()?,
    };
    marks.agree().then_some(marks)
}

fn read_act(items: &[Value]) -> Option<Decoded> {
    let marks = read_marks(items)?;
    let list = items.last()?.as_array()?;
    if list.is_empty() || list.len() > EVENTS_MAX {
        return None;
    }
    // A kind that is no number from 0 to 255 breaks the whole act.
    let events = list.iter().map(read_event).collect::<Option<_>>()?;
    Some(Decoded::Act { marks, events })
}

fn read_event(value: &Value) -> Option<Result<Event, BadEvent>> {
    let kind = u8::from_value(value.as_array()?.first()?).ok()?;
    Some(Event::from_value(value).map_err(|_| BadEvent { kind }))
}
