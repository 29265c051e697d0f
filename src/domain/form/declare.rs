//! `form!`: declares a group of fields once, and writes what follows from it: the type, its layout, and
//! how it is read by name.
//!
//! Never here: a rule about what is stated.

/// Declares a group of fields: the type, and how it is laid out.
///
/// ```text
/// form! {
///     /// What it is.
///     pub struct Name {
///         field: Type, Always, "Label", "what is written there";
///     }
/// }
/// ```
macro_rules! form {
    ($(#[$doc:meta])* pub struct $name:ident {
        $($field:ident: $type:ty, $asked:ident, $label:literal, $meaning:literal;)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
        pub struct $name {
            $(
                #[doc = $meaning]
                #[serde(skip_serializing_if = "crate::domain::form::outline::Entry::is_absent")]
                pub $field: $type,
            )+
        }

        impl $crate::domain::form::outline::Group for $name {
            const FIELDS: &'static [$crate::domain::form::outline::Field] = &[
                $($crate::domain::form::outline::Field {
                    name: stringify!($field),
                    label: $label,
                    meaning: $meaning,
                    asked: $crate::domain::form::outline::Asked::$asked,
                    shape: <$type as $crate::domain::form::outline::Entry>::SHAPE,
                }),+
            ];

            fn parts(&self) -> Vec<$crate::domain::form::outline::Part> {
                use $crate::domain::form::outline::{Entry as _, Part};
                let values = [$(self.$field.value()),+];
                Self::FIELDS.iter().zip(values).map(|(field, value)| Part { name: field.name.into(), value }).collect()
            }

            fn check_fields(
                &self,
                at: &$crate::domain::form::outline::Path,
                faults: &mut $crate::domain::form::faults::Faults,
            ) {
                use $crate::domain::form::outline::{Asked, Entry as _};
                $(
                    let field = at.field(stringify!($field));
                    if self.$field.is_absent() {
                        match Asked::$asked {
                            Asked::Always => faults.missing(&[field]),
                            Asked::IfAny => {}
                        }
                    } else {
                        self.$field.check(&field, faults);
                    }
                )+
            }

            fn bound_fields(
                &self,
                at: &$crate::domain::form::outline::Path,
            ) -> Result<(), $crate::domain::form::faults::Refused> {
                use $crate::domain::form::outline::Entry as _;
                $(self.$field.bound(&at.field(stringify!($field)))?;)+
                Ok(())
            }

            fn all_absent(&self) -> bool {
                use $crate::domain::form::outline::Entry as _;
                true $(&& self.$field.is_absent())+
            }

            fn entries_within(&self) -> usize {
                use $crate::domain::form::outline::Entry as _;
                0_usize$(.saturating_add(self.$field.entries()))+
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                use $crate::domain::form::named::NameAmong;
                const NAMES: &[&str] = &[$(stringify!($field)),+];
                struct Visitor;
                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a group of named fields")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut form = $name::default();
                        let mut names = NameAmong::new(NAMES);
                        while let Some(name) = map.next_key_seed(&mut names)? {
                            match name {
                                $(stringify!($field) => form.$field = map.next_value()?,)+
                                _ => return Err(serde::de::Error::unknown_field(name, NAMES)),
                            }
                        }
                        Ok(form)
                    }
                }
                deserializer.deserialize_struct(stringify!($name), NAMES, Visitor)
            }
        }

        impl $crate::domain::form::outline::Entry for $name {
            const SHAPE: $crate::domain::form::outline::Shape =
                $crate::domain::form::outline::Shape::Group(
                    <$name as $crate::domain::form::outline::Group>::FIELDS,
                );

            fn value(&self) -> $crate::domain::form::outline::Value {
                use $crate::domain::form::outline::{Group as _, Value};
                if self.all_absent() { Value::Absent } else { Value::Group(self.parts()) }
            }

            fn check(
                &self,
                at: &$crate::domain::form::outline::Path,
                faults: &mut $crate::domain::form::faults::Faults,
            ) {
                use $crate::domain::form::outline::{Group as _, Rules as _};
                self.check_fields(at, faults);
                self.rules(at, faults);
            }

            fn bound(
                &self,
                at: &$crate::domain::form::outline::Path,
            ) -> Result<(), $crate::domain::form::faults::Refused> {
                $crate::domain::form::outline::Group::bound_fields(self, at)
            }

            fn is_absent(&self) -> bool {
                $crate::domain::form::outline::Group::all_absent(self)
            }

            fn entries(&self) -> usize {
                $crate::domain::form::outline::Group::entries_within(self)
            }
        }
    };
}

pub(in crate::domain) use form;
