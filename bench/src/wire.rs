//! What a change costs on the wire, by how many share a seal.

use crate::{
    Outcome,
    table::{Table, each, ratio, times},
    tally::Tally,
    town::{Town, one_grid},
};

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A document each.
    Visits,
    /// A step each, all in one document.
    Steps,
}

impl Deed {
    fn words(self) -> &'static str {
        match self {
            Self::Visits => "visits, a document each",
            Self::Steps => "steps in one grievance",
        }
    }
}

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Cost {
    pub(crate) deed: Deed,
    pub(crate) changes_a_seal: u64,
    /// From the writer to the relay and its receipts.
    pub(crate) up: Tally,
    /// From the relay to one reader.
    pub(crate) down: Tally,
}

impl Cost {
    /// Push and Ack frames: what the changes alone made the phone and the relay say.
    pub(crate) fn up_bytes(&self) -> u64 {
        self.up.of("Push") + self.up.of("Ack")
    }

    /// What is not the changes themselves and is shared by those of a seal: its head and signature, the
    /// frames round it, the receipt.
    pub(crate) fn shared(&self) -> u64 {
        self.up_bytes() - self.up.pushed.raw - self.up.pushed.parts()
    }
}

/// Measures at so many seals of each size.
pub(crate) fn measure(seals: u64) -> Outcome<Vec<Cost>> {
    let mut costs = Vec::new();
    for deed in [Deed::Visits, Deed::Steps] {
        for changes_a_seal in [1, 4, 12, 30] {
            costs.push(cost(deed, changes_a_seal, seals)?);
        }
    }
    Ok(costs)
}

fn cost(deed: Deed, changes_a_seal: u64, seals: u64) -> Outcome<Cost> {
    let mut town = Town::new(&one_grid(2))?;
    let (writer, reader) = (town.phone()?, town.phone()?);
    let building = *town.buildings().first().ok_or("no building")?;
    let household = writer.founds(building, 0)?;
    let grievance = writer.files(building, 0)?;
    town.meet(&writer)?;
    town.meet(&reader)?;
    let (mut up, mut down) = (Tally::default(), Tally::default());
    let mut n = 0;
    for _ in 0..seals {
        for _ in 0..changes_a_seal {
            match deed {
                Deed::Visits => writer.visits(household, n).map(|_| ())?,
                Deed::Steps => writer.works_on(grievance, n).map(|_| ())?,
            }
            n += 1;
        }
        up.join(&town.meet(&writer)?);
        down.join(&town.meet(&reader)?);
    }
    Ok(Cost { deed, changes_a_seal, up, down })
}

pub(crate) fn table(costs: &[Cost]) -> Table {
    let header = [
        "what, and changes a seal",
        "raw change",
        "document, nonce, digest",
        "seal head, signature, frame",
        "receipt",
        "up in all",
        "shared part",
        "up / raw",
        "down in all",
        "down / raw",
    ];
    let mut table = Table::new("Bytes a change", &header).note(
        "Bytes for each change, codec 0 (raw). *Up in all* is Push and Ack; *shared part* is what the changes of a seal \
         share: head, signature, frame and receipt; *down in all* is Log and the signed Head, to one reader. Codec 1 \
         (actors once, back references, dictionary) is not built yet; the design measured 45-76 B a change for it, \
         and 76, 19 and 6 B for the share of head and signature at 1, 4 and 12.",
    );
    for cost in costs {
        let Cost { deed, changes_a_seal, up, down } = cost;
        let seals = &up.pushed;
        let down_bytes = down.of("Log") + down.of("Head");
        table.row(vec![
            format!("{}: {changes_a_seal}", deed.words()),
            each(seals.raw, seals.changes),
            each(seals.parts(), seals.changes),
            each(seals.envelope + up.of("Push") - seals.bytes, seals.changes),
            each(up.of("Ack"), seals.changes),
            each(cost.up_bytes(), seals.changes),
            format!("{:.0} %", 100.0 * ratio(cost.shared() as f64, cost.up_bytes() as f64)),
            times(cost.up_bytes() as f64, seals.raw as f64),
            each(down_bytes, seals.changes),
            times(down_bytes as f64, seals.raw as f64),
        ]);
    }
    table
}
