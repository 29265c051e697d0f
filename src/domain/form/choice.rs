//! `choice!`: declares a choice between words that has a number in the signed content.
//!
//! Never here: a default. What is not chosen is not stated.

/// Declares a choice between words. A number that a newer program chose is kept as `Other`.
macro_rules! choice {
    ($(#[$doc:meta])* pub enum $name:ident {
        $($(#[$variant_doc:meta])* $variant:ident = $number:literal, $word:literal;)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// Chosen by a newer program; never written by a form.
            Other(i32),
        }

        impl $name {
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The number in the signed content; never 0, which stands for "not stated".
            pub fn number(self) -> i32 {
                match self {
                    $($name::$variant => $number,)+
                    $name::Other(number) => number,
                }
            }

            /// `None` for 0: not stated.
            pub fn from_number(number: i32) -> Option<$name> {
                match number {
                    0 => None,
                    $($number => Some($name::$variant),)+
                    _ => Some($name::Other(number)),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $($name::$variant => f.write_str($word),)+
                    $name::Other(number) => write!(f, "unknown to this program ({number})"),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::form::leaf::Expected;

            fn from_str(text: &str) -> Result<$name, Self::Err> {
                match text {
                    $($word => Ok($name::$variant),)+
                    _ => Err($crate::domain::form::leaf::Expected(
                        concat!("one of:" $(, " \"", $word, "\"")+)
                    )),
                }
            }
        }

        $crate::domain::form::leaf::as_text!($name, concat!("one of:" $(, " \"", $word, "\"")+));

        impl $crate::domain::form::leaf::Single for $name {
            const LEAF: $crate::domain::form::outline::Leaf =
                $crate::domain::form::outline::Leaf::Choice($name::WORDS);

            fn check(
                &self,
                at: &$crate::domain::form::outline::Path,
                faults: &mut $crate::domain::form::faults::Faults,
            ) {
                match self {
                    $($name::$variant => {})+
                    $name::Other(_) => faults.add(at, "the choice is not one that this program knows"),
                }
            }
        }
    };
}

pub(in crate::domain) use choice;
