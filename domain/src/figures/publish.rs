//! Figures that were published: they stand at their watermark and are never rewritten. What arrives
//! later is listed beside them, figure by figure.

use std::collections::BTreeSet;

use doorstep_protocol::{id::PlaceId, roster::RosterAt};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::{
    Amount, Figure, Figures, Period, Rate, Row, Selection, Watermark, figures_of,
    priority_contacted, taking_part,
};

/// All figures of a set of rows and a roster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Those that rows alone give.
    pub figures: Figures,
    /// Priority households that were met within their interval.
    pub priority_contacted: Rate,
    /// Members who took part, of those assigned.
    pub taking_part: Rate,
}

impl Sheet {
    /// All figures of what is selected, as of a watermark: `rows` are those of everything as of it, and
    /// `roster` is the one that held then. A priority household is to be met within `interval_days`.
    pub fn of(
        rows: &[Row],
        selection: &Selection<'_>,
        roster: &RosterAt<'_>,
        watermark: &Watermark,
        interval_days: u32,
    ) -> Self {
        Self {
            figures: figures_of(rows, selection),
            priority_contacted: priority_contacted(rows, selection, watermark.day(), interval_days),
            taking_part: taking_part(rows, selection, roster),
        }
    }
}

/// Figures as they were published. Nothing here changes them: a wrong or late entry shows as a
/// [`Correction`] beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    #[serde(deserialize_with = "known_version")]
    version: u16,
    watermark: Watermark,
    places: Option<BTreeSet<PlaceId>>,
    period: Option<Period>,
    sheet: Sheet,
}

impl Published {
    /// The version of the format that is written; a newer one is not read.
    pub const VERSION: u16 = 1;

    /// Figures of what was selected, as of a watermark.
    pub fn new(watermark: Watermark, selection: &Selection<'_>, sheet: Sheet) -> Self {
        let (places, period) = (selection.places.cloned(), selection.period);
        Self { version: Self::VERSION, watermark, places, period, sheet }
    }

    /// As of when.
    pub fn watermark(&self) -> &Watermark {
        &self.watermark
    }

    /// What was counted: with it the same is counted again later.
    pub fn selection(&self) -> Selection<'_> {
        Selection { places: self.places.as_ref(), period: self.period }
    }

    /// The figures.
    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }
}

fn known_version<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    let version = u16::deserialize(from)?;
    match version {
        Published::VERSION => Ok(version),
        _ => Err(D::Error::custom("figures of a version that is not known here")),
    }
}

/// A published figure that would be another one now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Which.
    pub figure: Figure,
    /// As it was published, and stays.
    pub before: Amount,
    /// With what has arrived since.
    pub after: Amount,
}

/// What late arrivals make of published figures: `now` is the sheet of the same selection
/// ([`Published::selection`]) over what is there now. Empty where nothing would be another figure.
pub fn corrections(published: &Published, now: &Sheet) -> Vec<Correction> {
    let changed = |figure| {
        let (before, after) = (published.sheet.amount(figure), now.amount(figure));
        (before != after).then_some(Correction { figure, before, after })
    };
    Figure::all().into_iter().filter_map(changed).collect()
}
