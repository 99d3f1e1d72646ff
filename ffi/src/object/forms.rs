//! What forms need, each in one call, with the id of the act that they will make.

use doorstep_core::PlaceInfo;
use doorstep_domain::{table::list, words::Names as _};
use doorstep_protocol::id::Level as PlaceLevel;

use super::{Doorstep, new_act};
use crate::{
    convert::{query, reader::Reader, terms::terms},
    error::{Code, DoorstepError},
    records::{Choice, GrievanceForm, HouseholdForm, Terms, VisitForm},
};

#[uniffi::export]
impl Doorstep {
    /// What the values of enumerations are called, in the language that was set.
    pub fn terms(&self) -> Result<Terms, DoorstepError> {
        self.call(|desk| Ok(terms(desk.language)))
    }

    /// What the form for a new household needs.
    pub fn household_form(&self) -> Result<HouseholdForm, DoorstepError> {
        self.call(|desk| {
            let reader = desk.reader();
            let buildings = desk.call.engine.my_day()?.buildings;
            Ok(HouseholdForm {
                act: new_act()?,
                buildings: buildings.into_iter().map(|day| reader.building(day)).collect(),
                relations: reader.offered(list::RELATION),
            })
        })
    }

    /// What the form for a visit needs.
    ///
    /// # Errors
    ///
    /// `look_again` where the household is not on this phone.
    pub fn visit_form(&self, household: String) -> Result<VisitForm, DoorstepError> {
        self.call(|desk| {
            let line = desk.household_line(query::document(&household)?)?;
            let line = line.ok_or(Code::LookAgain)?;
            let (reader, place) = (desk.reader(), line.place);
            Ok(VisitForm {
                act: new_act()?,
                household: reader.household(line),
                purposes: reader.offered(list::PURPOSE),
                kinds: reader.offered(list::KIND),
                checklist: reader.offered(list::CHECKLIST),
                answers: reader.offered(list::ANSWER),
                people: reader.others_at(place),
            })
        })
    }

    /// What the form for a grievance without a visit needs.
    pub fn grievance_form(&self) -> Result<GrievanceForm, DoorstepError> {
        self.call(|desk| {
            let reader = desk.reader();
            Ok(GrievanceForm {
                act: new_act()?,
                places: reader.places_to_file(),
                kinds: reader.offered(list::KIND),
            })
        })
    }
}

impl Reader {
    /// Places whose logs this phone holds, the smallest first: buildings, then what they lie in.
    fn places_to_file(&self) -> Vec<Choice> {
        let places = self.directory.places.values();
        let mut held: Vec<&PlaceInfo> = places.filter(|it| it.held && !it.ended).collect();
        held.sort_by_key(|place| (place.level, &place.code, place.id));
        let choice =
            |place: &PlaceInfo| Choice { value: place.id.to_string(), text: self.within(place) };
        held.into_iter().map(choice).collect()
    }

    /// A place by name; one above buildings with its level, since a street is filed at its grid.
    fn within(&self, place: &PlaceInfo) -> String {
        let name = self.place(place.id);
        match place.level {
            Some(PlaceLevel::Grid) => {
                self.pick(&format!("{name}（网格公共区域）"), &format!("{name} (street or square)"))
            }
            Some(PlaceLevel::Block) => {
                self.pick(&format!("{name}（街区）"), &format!("{name} (whole block)"))
            }
            _ => name,
        }
    }
}
