//! What the engine's verbs cost without the facade: to compare with the same calls from Kotlin.
//!
//! ```sh
//! cargo run --release -p doorstep-ffi --example facade_cost -- FOLDER SPKI_HEX_FILE
//! ```
//!
//! FOLDER is a phone's store, of a phone that is enrolled and closed; it is copied and left as it is.
//! SPKI_HEX_FILE has the public key of its device as hexadecimal digits: a store opens with that, and
//! nothing here has to sign. Prints one JSON object; times are in microseconds.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use doorstep_core::{ActOptions, Engine, Filter, Keys, NewHousehold, Page, Settings, Surroundings};
use doorstep_protocol::{
    id::{PlaceId, Signature},
    key::{DeviceKey, KeyError, Spki},
};
use serde_json::{Value, json};

const OPENS: usize = 5;
const READS: usize = 50;
const SAVES: usize = 30;
const PAGE_LINES: u32 = 50;

/// Knows its public key, and no other.
struct PublicKey(Spki);

impl DeviceKey for PublicKey {
    fn spki(&self) -> Spki {
        self.0
    }

    fn sign(&self, _: &[u8]) -> Result<Signature, KeyError> {
        Err(KeyError::Unavailable)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(key), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("facade_cost FOLDER SPKI_HEX_FILE".into());
    };
    let spki = Spki::from_bytes(&unhex(fs::read_to_string(key)?.trim())?)?;
    let copy = tempfile::tempdir()?;
    copy_files(&folder, copy.path())?;
    println!("{}", measure(copy.path(), spki)?);
    Ok(())
}

fn measure(folder: &Path, spki: Spki) -> Result<Value, Box<dyn Error>> {
    let open = || {
        let keys = Keys { device: Arc::new(PublicKey(spki)), store: None };
        Engine::open(Settings::in_folder(folder), keys, Surroundings::system())
    };
    let opened = timed(OPENS, || open().map(drop))?;
    let engine = open()?;
    let day = engine.my_day()?;
    let place = day.buildings.first().ok_or("the phone's member has no building")?.place;
    let page = || engine.households(&Filter::at(place), &Page::first(PAGE_LINES)).map(drop);
    let households_page = timed(READS, page)?;
    let my_day = timed(READS, || engine.my_day().map(drop))?;
    let mut unit = 0;
    let save_household = timed(SAVES, || {
        unit += 1;
        engine.found_household(household(place, unit), ActOptions::default()).map(drop)
    })?;
    Ok(json!({
        "open": opened,
        "households_page": households_page,
        "my_day": my_day,
        "save_household": save_household,
    }))
}

fn household(place: PlaceId, unit: u32) -> NewHousehold {
    NewHousehold { place, unit: format!("cost {unit}"), more: vec![] }
}

/// The best and the middle of so many runs.
fn timed<E>(runs: usize, mut work: impl FnMut() -> Result<(), E>) -> Result<Value, E> {
    let mut times_us = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        work()?;
        times_us.push(start.elapsed().as_secs_f64() * 1e6);
    }
    times_us.sort_by(f64::total_cmp);
    let tenths = |us: Option<&f64>| us.map(|us| (us * 10.0).round() / 10.0);
    let (best, median) = (tenths(times_us.first()), tenths(times_us.get(runs / 2)));
    Ok(json!({ "best": best, "median": median, "runs": runs }))
}

fn copy_files(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    for file in fs::read_dir(from)? {
        let file = file?;
        if file.file_type()?.is_file() {
            fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}

fn unhex(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    if !text.is_ascii() {
        return Err("the key is not hexadecimal digits".into());
    }
    let pairs = text.as_bytes().chunks(2).map(std::str::from_utf8);
    pairs.map(|pair| Ok(u8::from_str_radix(pair?, 16)?)).collect()
}
