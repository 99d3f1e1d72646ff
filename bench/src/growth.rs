//! What reading and writing cost as documents and their histories grow tenfold.

use doorstep_core::{Filter, Page};
use doorstep_protocol::id::DocumentId;

use crate::{
    Outcome,
    stopwatch::Times,
    table::Table,
    town::{Phone, Town, one_grid},
};

/// A ratio of two medians.
#[derive(Debug)]
pub(crate) struct Slope {
    pub(crate) what: String,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) ratio: f64,
}

const LINES: u32 = 50;

/// Lists with few and with many documents, in turn.
pub(crate) fn lists(few: usize, many: usize, runs: usize) -> Outcome<Vec<Slope>> {
    let mut town = Town::new(&one_grid(40))?;
    let (small, large) = (filled(&mut town, few)?, filled(&mut town, many)?);
    let first = Page::first(LINES);
    let all = Filter::default();
    let word = Filter { text: Some("老人独居".to_owned()), ..Filter::default() };
    let none = Filter { text: Some("nothing says this".to_owned()), ..Filter::default() };
    let building = Filter { place: town.buildings().first().copied(), ..Filter::default() };
    type Read<'a> = Box<dyn Fn(&Phone) -> Outcome<usize> + 'a>;
    let reads: [(&str, Read<'_>); 5] = [
        ("50 households", Box::new(|p| Ok(p.engine.households(&all, &first)?.len()))),
        ("50 grievances", Box::new(|p| Ok(p.engine.grievances(&all, &first)?.len()))),
        ("50 of one building", Box::new(|p| Ok(p.engine.grievances(&building, &first)?.len()))),
        ("50 that say a word", Box::new(|p| Ok(p.engine.grievances(&word, &first)?.len()))),
        ("a word that none says", Box::new(|p| Ok(p.engine.grievances(&none, &first)?.len()))),
    ];
    let mut out = Vec::new();
    for (what, read) in reads {
        let (mut short, mut long) = (Times::default(), Times::default());
        for _ in 0..runs {
            short.take(|| read(&small))?;
            long.take(|| read(&large))?;
        }
        let ratio = long.against(&short);
        out.push(Slope { what: what.to_owned(), from: few, to: many, ratio });
    }
    Ok(out)
}

/// A phone with so many documents, half of them households, half grievances.
fn filled(town: &mut Town, documents: usize) -> Outcome<Phone> {
    let phone = town.phone()?;
    let buildings = town.buildings();
    for n in 0..documents {
        let building = *buildings.get(n / 2 % buildings.len()).ok_or("no building")?;
        match n % 2 {
            0 => phone.founds(building, n / 2)?,
            _ => phone.files(building, n / 2)?,
        };
    }
    Ok(phone)
}

/// Opening a document and writing into it as its acts grow, in turn: with all of them unsent, then with
/// all of them delivered.
pub(crate) fn histories(acts: &[usize], runs: usize) -> Outcome<Vec<Slope>> {
    let mut town = Town::new(&one_grid(2))?;
    let phone = town.phone()?;
    let building = *town.buildings().first().ok_or("no building")?;
    let mut documents = Vec::new();
    for acts in acts {
        let document = phone.files(building, *acts)?;
        for n in 1..*acts {
            phone.works_on(document, n)?;
        }
        documents.push((*acts, document));
    }
    let mut out = grown(&phone, &documents, runs, "unsent")?;
    town.meet(&phone)?;
    out.extend(grown(&phone, &documents, runs, "delivered")?);
    Ok(out)
}

fn grown(
    phone: &Phone,
    documents: &[(usize, DocumentId)],
    runs: usize,
    state: &str,
) -> Outcome<Vec<Slope>> {
    let mut lines: Vec<(usize, DocumentId, Times, Times)> = documents
        .iter()
        .map(|(acts, document)| (*acts, *document, Times::default(), Times::default()))
        .collect();
    for n in 0..runs {
        for (_, document, open, write) in &mut lines {
            let record = open.take(|| Ok(phone.engine.grievance(*document)?))?;
            let view = record.ok_or("it does not show the grievance")?.view;
            write.take(|| phone.works_on_view(&view, n))?;
        }
    }
    let Some((from, _, first_open, first_write)) = lines.first() else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for (to, _, open, write) in lines.iter().skip(1) {
        let slope = |what: &str, ratio| {
            let what = format!("{what}, acts {state}");
            Slope { what, from: *from, to: *to, ratio }
        };
        out.push(slope("open a grievance (load, fold)", open.against(first_open)));
        out.push(slope("save a step (check, fold, list row)", write.against(first_write)));
    }
    Ok(out)
}

pub(crate) fn table(lists: &[Slope], histories: &[Slope]) -> Table {
    let header = ["what", "from", "to", "that much longer"];
    let mut table = Table::new("As it grows", &header).note(
        "Ratios of medians, few and many in turn, in memory. Lists: documents on the phone. Documents: acts in one. 1x = its size does not matter, \
         the ratio of the sizes = it is read whole.",
    );
    let row = |what: &str, slope: &Slope| {
        vec![
            format!("{what}: {}", slope.what),
            crate::table::whole(slope.from as u64),
            crate::table::whole(slope.to as u64),
            format!("{:.1}x", slope.ratio),
        ]
    };
    for slope in lists {
        table.row(row("list", slope));
    }
    for slope in histories {
        table.row(row("document", slope));
    }
    table
}
