//! The cases of the demonstration: who takes part in each, since when, and what is known of it.
//!
//! Never here: what they say (`c1.rs`, `c2.rs`, `c4.rs`).

/// The cases that are played, in their order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    C1,
    C2,
    C4,
}

impl Which {
    pub fn word(self) -> &'static str {
        match self {
            Which::C1 => "C1",
            Which::C2 => "C2",
            Which::C4 => "C4",
        }
    }
}

/// One case, on a stage of its own.
pub struct Case {
    pub which: Which,
    /// What its thread is about: an exercise, an activity, an incident.
    pub about: &'static str,
    /// Its folder below that of the demonstration.
    pub folder: &'static str,
    /// What it is, and what in it is invented.
    pub sentence: &'static str,
    /// When its nodes are made.
    pub beginning: &'static str,
    pub cast: &'static [Casting],
}

/// A Party on the stage, with its people beside the two custodians.
pub struct Casting {
    pub code: &'static str,
    pub name: &'static str,
    /// The zone of its date-time groups.
    pub zone: &'static str,
    /// Drafter, releaser, officer on watch, auditor.
    pub people: [&'static str; 4],
}

/// The roles of `Casting::people`, in their order.
pub const ROLES: [&str; 4] = ["drafter", "releaser", "watch", "auditor"];

pub const C1: Case = Case {
    which: Which::C1,
    about: "exercise",
    folder: "c1",
    sentence: "Zapad-2025, an exercise from its calendar to what was said afterwards. Synthetic: dates and numbers of \
               troops are those that the press quotes from the host; all else is invented.",
    beginning: "2024-11-04T08:00:00Z",
    cast: &[
        BELARUS,
        POLAND,
        Casting {
            code: "OSCE",
            name: "Secretariat",
            zone: "Europe/Vienna",
            people: ["Mara Holm", "Luc Ferrand", "Ines Prado", "Tom Aske"],
        },
    ],
};

pub const C2: Case = Case {
    which: Which::C2,
    about: "activity",
    folder: "c2",
    sentence: "Three Baltic States ask Belarus to explain an activity, February 2022. Synthetic: dates, questions and \
               outcome are from the press; hours, the single answers and what each State thinks of them are invented.",
    beginning: "2022-02-07T08:00:00Z",
    cast: &[
        BELARUS,
        Casting {
            code: "EE",
            name: "Republic of Estonia",
            zone: "Europe/Tallinn",
            people: ["Maj. Kaja Saar", "Col. Rein Kask", "Lt. Mari Tamm", "Jaan Oja"],
        },
        Casting {
            code: "LT",
            name: "Republic of Lithuania",
            zone: "Europe/Vilnius",
            people: ["Maj. Rasa Vaitkus", "Col. Tomas Jonaitis", "Lt. Lina Petrova", "Jonas Rimkus"],
        },
        Casting {
            code: "LV",
            name: "Republic of Latvia",
            zone: "Europe/Riga",
            people: ["Maj. Ilze Ozola", "Col. Janis Kalns", "Lt. Anna Berza", "Juris Liepa"],
        },
        POLAND,
    ],
};

pub const C4: Case = Case {
    which: Which::C4,
    about: "incident",
    folder: "c4",
    sentence: "A missile falls in Pakistan, March 2022. Synthetic: days, places and the cause that India gave are from \
               public sources; hours, wording and what contradicts each other in it are invented.",
    beginning: "2022-03-07T08:00:00Z",
    cast: &[
        Casting {
            code: "IN",
            name: "Republic of India",
            zone: "Asia/Kolkata",
            people: ["Maj. Asha Rao", "Col. Vikram Sethi", "Capt. Neel Das", "Ravi Menon"],
        },
        Casting {
            code: "PK",
            name: "Islamic Republic of Pakistan",
            zone: "Asia/Karachi",
            people: ["Maj. Sana Mir", "Col. Tariq Aziz", "Capt. Omar Shah", "Hina Baig"],
        },
    ],
};

const BELARUS: Casting = Casting {
    code: "BY",
    name: "Republic of Belarus",
    zone: "Europe/Minsk",
    people: ["Maj. Alena Novik", "Col. Viktar Karol", "Capt. Ihar Zuk", "Nina Bely"],
};

const POLAND: Casting = Casting {
    code: "PL",
    name: "Republic of Poland",
    zone: "Europe/Warsaw",
    people: ["Maj. Jan Lis", "Col. Anna Maj", "Lt. Piotr Wilk", "Ewa Dudek"],
};
