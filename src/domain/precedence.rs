//! How fast a message must travel. Precedence is speed, not importance and not secrecy.
//! Source: ACP 121 family, as described in open signal manuals; the handling times are regime data.

use std::fmt;

/// The four grades, lowest first, so that `Flash` compares greatest. Each grade is a lane of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Precedence {
    Routine,
    Priority,
    Immediate,
    Flash,
}

impl Precedence {
    /// From the one that overtakes all others down.
    pub const FASTEST_FIRST: [Precedence; 4] =
        [Precedence::Flash, Precedence::Immediate, Precedence::Priority, Precedence::Routine];

    pub fn name(self) -> &'static str {
        match self {
            Precedence::Routine => "ROUTINE",
            Precedence::Priority => "PRIORITY",
            Precedence::Immediate => "IMMEDIATE",
            Precedence::Flash => "FLASH",
        }
    }

    /// What is its of something that is kept by lane, ROUTINE first.
    pub fn of<T>(self, by_lane: &[T; 4]) -> &T {
        let [routine, priority, immediate, flash] = by_lane;
        match self {
            Precedence::Routine => routine,
            Precedence::Priority => priority,
            Precedence::Immediate => immediate,
            Precedence::Flash => flash,
        }
    }

    /// The same, to change it.
    pub fn of_mut<T>(self, by_lane: &mut [T; 4]) -> &mut T {
        let [routine, priority, immediate, flash] = by_lane;
        match self {
            Precedence::Routine => routine,
            Precedence::Priority => priority,
            Precedence::Immediate => immediate,
            Precedence::Flash => flash,
        }
    }

    /// Reads the name in any letter case.
    pub fn from_name(name: &str) -> Option<Precedence> {
        Precedence::FASTEST_FIRST.into_iter().find(|grade| grade.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Precedence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
