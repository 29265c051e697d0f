//! Observation of an exercise, as a person reads it and as a program does: invitations with their answers, and figures
//! by how they are known.
//!
//! Never here: what counts (`domain/exercise/observed.rs`), an answer in the place of silence.

use serde_json::{Value, json};

use crate::cli::json;
use crate::cli::message::History;
use crate::cli::message::rows::{by, form_lines, row, said_by_json};
use crate::cli::out::say;
use crate::domain::exercise::observed::{FiguresTold, Invited, Observation, figures_told};
use crate::domain::exercise::picture::Picture;
use crate::domain::exercise::{Observers, ObserversReply};
use crate::domain::form::outline::Rules as _;
use crate::domain::form::{Figure, FigureBasis};
use crate::domain::party::Party;
use crate::domain::regime::{Document, Standing, silence};
use crate::domain::said::Said;
use crate::domain::text::shown;

/// Nothing where nobody was invited and nobody reports.
pub fn print(observation: &Observation<'_>, history: &History) {
    if observation.is_empty() {
        return;
    }
    say!("\nOBSERVATION");
    for invited in &observation.invitations {
        say!("Invitation: {}", by(invited.said));
        row(1, "Answer asked by", &shown(&invited.form.answer_by.to_string()));
        for (said, form) in &invited.answers {
            row(1, &format!("{}: {}", said.author, reply(form)), &by(said));
            corrected(2, said, observation);
            form_lines(2, &said.content);
        }
        let silence = silence_of(invited, history);
        let (silent, unheard) = silent(invited, history);
        for party in unheard {
            row(1, &format!("{party}: not known here"), "its answer comes here only where it is copied");
        }
        for party in silent {
            row(1, &format!("{party}: no answer"), silence.as_ref().map_or("", |silence| &silence.text));
        }
    }
    for said in &observation.elsewhere {
        say!("Answer to an invitation that is not here, or was taken back: {}", by(said));
        form_lines(1, &said.content);
    }
    for said in &observation.reports {
        say!("Report of observers: {}", by(said));
        corrected(1, said, observation);
        form_lines(1, &said.content);
    }
}

/// Those of the addressees that gave no answer, and those of whom no answer is here, though they may have given one.
fn silent(invited: &Invited<'_>, history: &History) -> (Vec<Party>, Vec<Party>) {
    let silent = invited.silent(&history.addressed(&invited.said.message)).into_iter();
    silent.partition(|party| history.hears(*party, invited.said.author))
}

fn corrected(depth: usize, said: &Said, observation: &Observation<'_>) {
    if let Some(word) = observation.corrected.get(&said.message) {
        row(depth, "its place was taken by", &by(word));
    }
}

fn reply(form: &Observers) -> String {
    match (form.reply, form.observers) {
        (Some(ObserversReply::Observers), Some(number)) => format!("observers, {number}"),
        (Some(reply), _) => reply.to_string(),
        (None, _) => "unclear".into(),
    }
}

/// What the rules that an invitation cites say of silence.
struct SilenceSaid {
    text: String,
    counts_as: String,
    paragraph: String,
    standing: Standing,
}

/// `None` where they say nothing, or are not at hand: silence is silence then.
fn silence_of(invited: &Invited<'_>, history: &History) -> Option<SilenceSaid> {
    let (regime, language) = history.regime_of(&invited.said.message)?;
    let of = Document::Kind(invited.said.content.kind());
    let (name, rule) = regime.silences.iter().find(|(_, rule)| rule.documents.contains(&of))?;
    let (regime_name, paragraph) = (shown(&regime.head.name), shown(&rule.ground.paragraph));
    let unchecked = rule.ground.standing.words();
    let unchecked = if unchecked.is_empty() { String::new() } else { format!("; {unchecked}") };
    let text = format!("{} by {regime_name} [{paragraph}]{unchecked}", silence(regime, name, language)?);
    Some(SilenceSaid {
        text,
        counts_as: rule.counts_as.say(language, name),
        paragraph,
        standing: rule.ground.standing,
    })
}

/// Nothing where no figure stands, or all are declared: those stand with their documents.
pub fn print_figures(picture: &Picture<'_>, observation: &Observation<'_>) {
    let told = figures_told(picture, observation);
    if told.iter().all(|one| one.basis == Some(FigureBasis::Declared)) {
        return;
    }
    say!("\nFIGURES, BY HOW THEY ARE KNOWN");
    for one in &told {
        say!("{}: {}", basis(one.basis), by(one.said));
        if !one.source.is_empty() {
            row(1, "Source", &shown(one.source));
        }
        for figure in &one.figures {
            row(1, &shown(&figure.key()), &number(figure));
        }
    }
}

fn basis(basis: Option<FigureBasis>) -> String {
    basis.map_or_else(|| "not said how known".to_owned(), |basis| basis.to_string())
}

fn number(figure: &Figure) -> String {
    figure.number.map_or_else(|| "no number".to_owned(), |number| number.to_string())
}

pub fn to_json(picture: &Picture<'_>, observation: &Observation<'_>, history: &History) -> Value {
    let one = |said: &Said| {
        let word = observation.corrected.get(&said.message);
        json::with(said_by_json(said), json!({ "corrected_by": word.map(|word| word.message.to_string()) }))
    };
    let invitation = |invited: &Invited<'_>| {
        let (silent, unheard) = silent(invited, history);
        let silence = silence_of(invited, history).map(|said| {
            json!({
                "counts_as": said.counts_as,
                "paragraph": said.paragraph,
                "checked": said.standing == Standing::Checked,
            })
        });
        json!({
            "invitation": invited.said.message.to_string(),
            "answer_by": invited.form.answer_by.to_string(),
            "answers": invited.answers.iter().map(|(said, _)| one(said)).collect::<Vec<_>>(),
            "no_answer": silent.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "not_known_here": unheard.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "silence": silence,
        })
    };
    let figures = |told: &FiguresTold<'_>| {
        json!({
            "basis": told.basis.map(|basis| basis.to_string()),
            "by": told.said.author.as_str(),
            "message": told.said.message.to_string(),
            "source": told.source,
            "figures": told.figures,
        })
    };
    json!({
        "invitations": observation.invitations.iter().map(invitation).collect::<Vec<_>>(),
        "elsewhere": observation.elsewhere.iter().map(|said| one(said)).collect::<Vec<_>>(),
        "reports": observation.reports.iter().map(|said| one(said)).collect::<Vec<_>>(),
        "figures": figures_told(picture, observation).iter().map(figures).collect::<Vec<_>>(),
    })
}
