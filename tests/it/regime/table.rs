//! The table of cases: figures, dates and facts on one side, what an officer reads on the other.

use std::collections::BTreeSet;

use detente::cli::form::{self, Syntax};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::{Digest, ThreadId};
use detente::domain::exercise::picture::Said;
use detente::domain::message::Traffic;
use detente::domain::party::Party;
use detente::domain::regime::{Asked, Beside, Held, Looked, Recipients, Stands};
use detente::domain::time::Instant;
use toml::{Table, Value};

use super::{regime, said};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    under: String,
    #[serde(default = "notification")]
    form: String,
    #[serde(default)]
    fields: Table,
    #[serde(default)]
    figures: Vec<String>,
    #[serde(default)]
    landing: Vec<String>,
    #[serde(default)]
    formations: Vec<String>,
    #[serde(default)]
    phases: Vec<Vec<String>>,
    released: Option<String>,
    #[serde(default)]
    to: Vec<String>,
    #[serde(default)]
    bound: Vec<String>,
    #[serde(default)]
    held_by: Vec<String>,
    marking: Option<String>,
    author: Option<String>,
    number: Option<String>,
    #[serde(default)]
    traffic: Option<String>,
    #[serde(default)]
    held: Vec<HeldHere>,
    #[serde(default = "english")]
    language: String,
    answers: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
}

/// A message that is on record beside the form.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct HeldHere {
    number: String,
    author: String,
    thread: String,
    released: String,
    #[serde(default = "notification")]
    form: String,
    #[serde(default)]
    fields: Table,
    #[serde(default)]
    figures: Vec<String>,
    #[serde(default)]
    to: Vec<String>,
    traffic: Option<String>,
}

fn notification() -> String {
    "notification".into()
}

fn english() -> String {
    "en".into()
}

/// `troops of Norland on Eastland, ground: 4000`; a question mark is a number that is not stated.
fn figure(text: &str) -> Value {
    let (head, number) = text.rsplit_once(':').expect("a colon before the number");
    // A kind stands behind the last comma; what is counted may have commas of its own.
    let well_known = "artillery, mortars and multiple rocket launchers";
    let (head, kind) = match head.strip_prefix(well_known) {
        Some(rest) => (format!("{well_known}{}", rest.split(',').next().unwrap()), rest.split_once(", ")),
        None => (head.split(',').next().unwrap().to_owned(), head.split_once(", ")),
    };
    let (head, territory) = head.split_once(" on ").unwrap_or((&head, ""));
    let (what, party) = head.split_once(" of ").unwrap_or((head, ""));
    let mut entry = Table::new();
    let kind = kind.map_or("", |(_, kind)| kind);
    for (field, text) in [("what", what), ("party", party), ("territory", territory), ("kind", kind)] {
        if !text.is_empty() {
            entry.insert(field.into(), text.into());
        }
    }
    if let Ok(number) = number.trim().parse::<i64>() {
        entry.insert("number".into(), number.into());
    }
    Value::Table(entry)
}

/// `2 mechanised brigade of Norland`
fn formation(text: &str) -> Value {
    let mut entry = Table::new();
    let (head, party) = text.split_once(" of ").expect("of a Party");
    let kind = match head.split_once(' ').and_then(|(number, kind)| Some((number.parse::<i64>().ok()?, kind)))
    {
        Some((number, kind)) => {
            entry.insert("number".into(), number.into());
            kind
        }
        None => head,
    };
    entry.insert("kind".into(), kind.into());
    entry.insert("party".into(), party.into());
    Value::Table(entry)
}

fn list(texts: &[String], read: fn(&str) -> Value) -> Value {
    Value::Array(texts.iter().map(|text| read(text)).collect())
}

fn kind_named(word: &str) -> Kind {
    Kind::ALL.into_iter().find(|kind| kind.word() == word || kind.name() == word).expect("a kind of form")
}

/// A thread by its letter.
fn thread(letter: &str) -> ThreadId {
    let [letter] = letter.as_bytes() else { panic!("a thread is a letter") };
    ThreadId([*letter; 16])
}

fn traffic(word: Option<&str>) -> Traffic {
    match word {
        None => Traffic::Real,
        Some("drill") => Traffic::Drill,
        Some(other) => panic!("{other}"),
    }
}

fn instant(text: &str) -> Instant {
    Instant::from_rfc3339(text).expect("an instant")
}

fn parties(codes: &[String]) -> BTreeSet<Party> {
    codes.iter().map(|code| code.parse().expect("a Party")).collect()
}

/// A form with figures where forms of its kind have them.
fn content(says: &str, kind: Kind, mut fields: Table, land: Table) -> Content {
    if matches!(kind, Kind::Notification | Kind::Amendment) && !land.is_empty() {
        fields.insert("land".into(), Value::Table(land));
    } else {
        fields.extend(land);
    }
    if kind == Kind::Amendment {
        fields = Table::from_iter([("notification".to_owned(), Value::Table(fields))]);
    }
    let text = toml::to_string(&fields).expect("a table");
    form::read(kind, Syntax::Toml, &text).unwrap_or_else(|fault| panic!("{says}: {fault}\n{text}"))
}

impl HeldHere {
    fn read(&self, regime: &str) -> Held {
        let mut fields = self.fields.clone();
        if let Some(other) = fields.get("other_thread").and_then(Value::as_str) {
            let other = thread(other).to_string();
            fields.insert("other_thread".into(), other.into());
        }
        let mut land = Table::new();
        if !self.figures.is_empty() {
            land.insert("figures".into(), list(&self.figures, figure));
        }
        Held {
            references: BTreeSet::new(),
            thread: thread(&self.thread),
            action: parties(&self.to),
            cites: Some(regime.to_owned()),
            said: Said {
                message: Digest::of(self.number.as_bytes()),
                number: self.number.clone(),
                author: self.author.parse().expect("a Party"),
                traffic: traffic(self.traffic.as_deref()),
                released_at: instant(&self.released),
                content: content(&self.number, kind_named(&self.form), fields, land),
            },
        }
    }
}

impl Case {
    fn content(&self) -> Content {
        let mut fields = self.fields.clone();
        let mut land = Table::new();
        if !self.figures.is_empty() {
            land.insert("figures".into(), list(&self.figures, figure));
        }
        if !self.formations.is_empty() {
            land.insert("formations".into(), list(&self.formations, formation));
        }
        if !self.landing.is_empty() {
            let landing = Table::from_iter([("figures".to_owned(), list(&self.landing, figure))]);
            fields.insert("landing".into(), Value::Table(landing));
        }
        if !self.phases.is_empty() {
            let phase = |(index, figures): (usize, &Vec<String>)| {
                let mut phase = Table::new();
                phase.insert("name".into(), format!("phase {}", index + 1).into());
                phase.insert("start".into(), format!("2031-09-{} Europe/Minsk", 15 + index).into());
                phase.insert("figures".into(), list(figures, figure));
                Value::Table(phase)
            };
            fields.insert("phases".into(), Value::Array(self.phases.iter().enumerate().map(phase).collect()));
        }
        content(&self.says, kind_named(&self.form), fields, land)
    }

    /// What is held beside it; the form itself stands in thread a.
    fn beside(&self) -> Option<Beside> {
        let held: Vec<Held> = self.held.iter().map(|one| one.read(&self.under)).collect();
        let stands = Stands {
            thread: thread("a"),
            message: self.number.as_ref().map(|number| Digest::of(number.as_bytes())),
            traffic: traffic(self.traffic.as_deref()),
        };
        (self.author.is_some()).then(|| Beside {
            stands,
            cited: held.clone().into(),
            looked: Looked::AtAll,
            said: held.clone().into(),
            threads: held.into(),
            joined_looked: Looked::AtAll,
        })
    }

    fn lines(&self) -> Vec<String> {
        let holder = |text: &String| {
            let (function, party) = text.split_once('=').expect("function=PARTY");
            (function.to_owned(), party.parse().expect("a Party"))
        };
        let asked = Asked {
            uncertain: BTreeSet::new(),
            replies: None,
            released_at: Some(instant(self.released.as_deref().unwrap_or("2031-01-01T00:00:00Z"))),
            addressed: (!self.to.is_empty())
                .then(|| Recipients { action: parties(&self.to), information: BTreeSet::new() }),
            bound: (!self.bound.is_empty()).then(|| parties(&self.bound)),
            held: self.held_by.iter().map(holder).collect(),
            author: self.author.as_ref().map(|code| code.parse().expect("a Party")),
            referred: None,
            marking: self.marking.clone(),
            beside: self.beside(),
        };
        said(&regime(&self.under), &self.content(), &asked, &self.language)
    }
}

#[test]
fn every_case_of_the_table_is_answered_as_it_says() {
    let cases: Cases = toml::from_str(include_str!("../cases/regime/table.toml")).expect("a table of cases");
    let mut wrong = String::new();
    for case in &cases.case {
        let lines = case.lines();
        let has = |text: &String| lines.iter().any(|line| line.contains(text.as_str()));
        let missing: Vec<&String> = case.answers.iter().filter(|text| !has(text)).collect();
        let unwanted: Vec<&String> = case.never.iter().filter(|text| has(text)).collect();
        if !missing.is_empty() || !unwanted.is_empty() {
            wrong += &format!(
                "\n{}\n  missing {missing:#?}\n  unwanted {unwanted:#?}\n  {}\n",
                case.says,
                lines.join("\n  ")
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases.case.len() > 50, "the table was not read");
}
