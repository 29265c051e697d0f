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
    layout: Layout,
    parts: &'a [Part],
    at: Path,
}

/// Which fields there are.
#[derive(Clone, Copy)]
enum Layout {
    Declared(&'static [Field]),
    /// A format of the regime, whose places were held against it when the regime was read.
    OfFormat,
}

impl Layout {
    fn has(self, place: &Place) -> bool {
        match self {
            Layout::Declared(fields) => place.shape(fields).is_some(),
            Layout::OfFormat => true,
        }
    }
}

/// The field of a formatted message that holds what the format asks for.
const FIELDS_OF_FORMAT: &str = "fields";
/// The field of an amendment that holds the form as it now stands.
const FORM_WITHIN: &str = "notification";

impl<'a> Subject<'a> {
    /// The whole form; `parts` are those of the content.
    pub fn of(content: &Content, parts: &'a [Part], following: &'a Following) -> Subject<'a> {
        let fields = content.form().fields();
        if content.kind() == Kind::Formatted {
            let parts = within(parts, FIELDS_OF_FORMAT);
            let at = Path::root().field(FIELDS_OF_FORMAT);
            return Subject { layers: vec![Layer { layout: Layout::OfFormat, parts, at }], following };
        }
        let mut layers = Vec::new();
        if content.kind() == Kind::Amendment
            && let Some(field) = fields.iter().find(|field| field.name == FORM_WITHIN)
            && let Shape::Group(fields) = field.shape
        {
            let parts = within(parts, FORM_WITHIN);
            let at = Path::root().field(FORM_WITHIN);
            layers.push(Layer { layout: Layout::Declared(fields), parts, at });
        }
        layers.push(Layer { layout: Layout::Declared(fields), parts, at: Path::root() });
        Subject { layers, following }
    }

    /// Each entry of a list for itself, with its name: the form still stands behind it.
    pub fn entries(&self, list: &Place) -> Vec<(String, Subject<'a>)> {
        let mut entries = Vec::new();
        for (layer, found) in self.layer_of(list).map(|layer| (layer, layer.find(list))).into_iter() {
            let layout = match layer.layout {
                Layout::OfFormat => Layout::OfFormat,
                Layout::Declared(fields) => match list.shape(fields) {
                    Some(Shape::Groups(inner)) => Layout::Declared(inner),
                    Some(Shape::Leaf(_) | Shape::Leaves(_) | Shape::Group(_) | Shape::OfFormat) | None => {
                        continue;
                    }
                },
            };
            for found in found {
                let Value::List(items) = found.value else { continue };
                for (index, item) in items.iter().enumerate() {
                    let Value::Group(parts) = &item.value else { continue };
                    let near = Layer { layout, parts, at: found.at.item(index) };
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
        self.layers.iter().find(|layer| layer.layout.has(place))
    }
}

impl<'a> Layer<'a> {
    fn find(&self, place: &Place) -> Vec<Found<'a>> {
        place.find(self.parts, &self.at)
    }

    fn again(&self) -> Layer<'a> {
        Layer { layout: self.layout, parts: self.parts, at: self.at.clone() }
    }
}

/// What stands within a field that holds others.
fn within<'a>(parts: &'a [Part], name: &str) -> &'a [Part] {
    match parts.iter().find(|part| part.name == name).map(|part| &part.value) {
        Some(Value::Group(parts)) => parts.as_slice(),
        Some(Value::Absent | Value::Leaf(_) | Value::List(_)) | None => &[],
    }
}

/// What a form of this kind has there.
pub fn shape_in(kind: Kind, place: &Place) -> Option<Shape> {
    let content = Content::empty(kind);
    let following = Following::of(&content);
    let subject = Subject::of(&content, &[], &following);
    subject.layers.iter().find_map(|layer| match layer.layout {
        Layout::Declared(fields) => place.shape(fields),
        Layout::OfFormat => None,
    })
}
