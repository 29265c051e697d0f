//! The table of cases: figures, dates and facts on one side, what an officer reads on the other.

use detente::cli::form::{self, Syntax};
use detente::domain::content::{Content, Kind};
use detente::domain::regime::{Asked, Recipients};
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
    #[serde(default = "english")]
    language: String,
    answers: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
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

impl Case {
    fn content(&self) -> Content {
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == self.form).expect("a kind of form");
        let mut fields = self.fields.clone();
        let mut land = Table::new();
        if !self.figures.is_empty() {
            land.insert("figures".into(), list(&self.figures, figure));
        }
        if !self.formations.is_empty() {
            land.insert("formations".into(), list(&self.formations, formation));
        }
        if matches!(kind, Kind::Notification | Kind::Amendment) && !land.is_empty() {
            fields.insert("land".into(), Value::Table(land));
        } else {
            fields.extend(land);
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
        if kind == Kind::Amendment {
            fields = Table::from_iter([("notification".to_owned(), Value::Table(fields))]);
        }
        let text = toml::to_string(&fields).expect("a table");
        form::read(kind, Syntax::Toml, &text).unwrap_or_else(|fault| panic!("{}: {fault}\n{text}", self.says))
    }

    fn lines(&self) -> Vec<String> {
        let party = |code: &String| code.parse().expect("a Party");
        let released = self.released.as_deref().unwrap_or("2031-01-01T00:00:00Z");
        let asked = Asked {
            released_at: Some(Instant::from_rfc3339(released).expect("an instant")),
            addressed: (!self.to.is_empty()).then(|| Recipients {
                action: self.to.iter().map(party).collect(),
                information: Default::default(),
            }),
            bound: (!self.bound.is_empty()).then(|| self.bound.iter().map(party).collect()),
            held: Default::default(),
            author: None,
            referred: None,
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
