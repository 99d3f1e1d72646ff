//! A roster file as spreadsheets.

use std::{fs, path::Path};

use super::{
    CsvError,
    words::{BETWEEN_SUCCESSORS, Column, Kind, NO_SUCCESSOR, duty_word, level_word, role_word},
};
use crate::roster_file::{MemberLine, PlaceLine, RosterFile};

/// Writes `places.csv`, `teams.csv`, `members.csv` and `buildings.csv` into a folder, which is made where it
/// is missing; files that are there are written anew. UTF-8 with the mark by which spreadsheets know it.
/// Settings are in no spreadsheet.
///
/// # Errors
/// [`CsvError::File`].
pub fn write(file: &RosterFile, folder: &Path) -> Result<(), CsvError> {
    let failed = |path: &Path, why: &dyn std::fmt::Display| CsvError::File {
        path: path.display().to_string(),
        why: why.to_string(),
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    for kind in [Kind::Places, Kind::Teams, Kind::Members, Kind::Buildings] {
        let path = folder.join(kind.file_name());
        let text = sheet(kind, file).map_err(|error| failed(&path, &error))?;
        fs::write(&path, text).map_err(|error| failed(&path, &error))?;
    }
    Ok(())
}

fn sheet(kind: Kind, file: &RosterFile) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let header = kind.columns().iter().map(|(column, _)| name(*column));
    out.write_record(header)?;
    match kind {
        Kind::Places => {
            let top = level_word(doorstep_protocol::id::Level::SubDistrict);
            let root = &file.sub_district;
            out.write_record([top, root.code.as_str(), root.name.as_str(), "", ""])?;
            for line in &file.places {
                out.write_record(place(line))?;
            }
        }
        Kind::Teams => {
            for line in &file.teams {
                out.write_record([&line.code, &line.name])?;
            }
        }
        Kind::Members => {
            for row in file.members.iter().flat_map(member) {
                out.write_record(row)?;
            }
        }
        Kind::Buildings => {
            for line in &file.members {
                for building in &line.buildings {
                    let duty = duty_word(building.assign);
                    out.write_record([building.code.as_str(), line.code.as_str(), duty])?;
                }
            }
        }
    }
    out.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn name(column: Column) -> &'static str {
    column.names().first().copied().unwrap_or_default()
}

fn place(line: &PlaceLine) -> [String; 5] {
    let successors = match line.successors.as_deref() {
        None => String::new(),
        Some([]) => NO_SUCCESSOR.first().copied().unwrap_or_default().to_owned(),
        Some(codes) => {
            let between = BETWEEN_SUCCESSORS.first().copied().unwrap_or_default();
            codes.join(&between.to_string())
        }
    };
    let parent = line.parent.clone().unwrap_or_default();
    [level_word(line.level).to_owned(), line.code.clone(), line.name.clone(), parent, successors]
}

/// A row for each role; one without a role for who has none.
fn member(line: &MemberLine) -> Vec<[String; 6]> {
    let row = |role: &str, place: &str, level: &str, team: &str| {
        [&line.code, &line.name, role, place, level, team].map(str::to_owned)
    };
    if line.roles.is_empty() {
        return vec![row("", "", "", "")];
    }
    let rows = line.roles.iter().map(|role| {
        let level = role.level.map(level_word).unwrap_or_default();
        let team = role.team.as_deref().unwrap_or_default();
        row(role_word(role.role), &role.place, level, team)
    });
    rows.collect()
}
