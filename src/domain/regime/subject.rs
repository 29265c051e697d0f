//! What a regime's rules are held against: a form, or one entry of a list in it.
//!
//! Never here: which fields there are. An amendment is looked at as the form that it holds.

use super::place::{Found, Place};
use crate::domain::content::{Content, Kind};
use crate::domain::form::Following;
use crate::domain::form::outline::{Field, Part, Path, Shape, Value};

/// Layouts with what is stated in them, the nearest first: a place is looked for in the first that has it.
pub struct Subject<'a> {
    layers: Vec<Layer<'a>>,
    pub following: &'a Following,
}

struct Layer<'a> {
    fields: &'static [Field],
    parts: &'a [Part],
    at: Path,
}

/// The field of an amendment that holds the form as it now stands.
const FORM_WITHIN: &str = "notification";

impl<'a> Subject<'a> {
    /// The whole form; `parts` are those of the content.
    pub fn of(content: &Content, parts: &'a [Part], following: &'a Following) -> Subject<'a> {
        let whole = Layer { fields: content.form().fields(), parts, at: Path::root() };
        let mut layers = Vec::new();
        if content.kind() == Kind::Amendment
            && let Some(field) = whole.fields.iter().find(|field| field.name == FORM_WITHIN)
            && let Shape::Group(fields) = field.shape
        {
            let within = parts.iter().find(|part| part.field.name == FORM_WITHIN);
            let parts = match within.map(|part| &part.value) {
                Some(Value::Group(parts)) => parts.as_slice(),
                Some(Value::Absent | Value::Leaf(_) | Value::List(_)) | None => &[],
            };
            layers.push(Layer { fields, parts, at: Path::root().field(FORM_WITHIN) });
        }
        layers.push(whole);
        Subject { layers, following }
    }

    /// Each entry of a list for itself, with its name: the form still stands behind it.
    pub fn entries(&self, list: &Place) -> Vec<(String, Subject<'a>)> {
        let mut entries = Vec::new();
        for (layer, found) in self.layer_of(list).map(|layer| (layer, layer.find(list))).into_iter() {
            let Some(Shape::Groups(fields)) = list.shape(layer.fields) else { continue };
            for found in found {
                let Value::List(items) = found.value else { continue };
                for (index, item) in items.iter().enumerate() {
                    let Value::Group(parts) = &item.value else { continue };
                    let near = Layer { fields, parts, at: found.at.item(index) };
                    let behind = self.layers.iter().map(Layer::again);
                    let layers = std::iter::once(near).chain(behind).collect();
                    entries.push((item.key.clone(), Subject { layers, following: self.following }));
                }
            }
        }
        entries
    }

    /// All that stands at a place; `None` if a form of this kind has no such place.
    pub fn find(&self, place: &Place) -> Option<Vec<Found<'a>>> {
        self.layer_of(place).map(|layer| layer.find(place))
    }

    fn layer_of(&self, place: &Place) -> Option<&Layer<'a>> {
        self.layers.iter().find(|layer| place.shape(layer.fields).is_some())
    }
}

impl<'a> Layer<'a> {
    fn find(&self, place: &Place) -> Vec<Found<'a>> {
        place.find(self.parts, &self.at)
    }

    fn again(&self) -> Layer<'a> {
        Layer { fields: self.fields, parts: self.parts, at: self.at.clone() }
    }
}

/// What a form of this kind has there.
pub fn shape_in(kind: Kind, place: &Place) -> Option<Shape> {
    let content = Content::empty(kind);
    let following = Following::of(&content);
    let subject = Subject::of(&content, &[], &following);
    subject.layers.iter().find_map(|layer| place.shape(layer.fields))
}
