//! The lists of agreed phrases that are in force here: as a caller is told them, and what is said by a number.
//!
//! Never here: whether a text that came is one of them (`domain/hotline/phrases.rs`).

use tonic::Status;

use crate::codec::proto::detente::v1 as calls;
use crate::domain::hotline::phrases::{LinkPhrases, Phrase, PhraseText};
use crate::domain::party::Party;
use crate::registrar::Head;
use crate::rpc::status;

/// Of one Party all that is agreed with it; of all of them, what each list is known by.
pub(super) fn lists(
    head: &Head,
    asked: &calls::ListPhrasesRequest,
) -> Result<calls::ListPhrasesResponse, Status> {
    let known = &head.board.roster.phrases;
    if asked.party.is_empty() {
        return Ok(calls::ListPhrasesResponse { lists: known.values().map(|list| of(list)).collect() });
    }
    let party: Party =
        asked.party.parse().map_err(|_| status::field("party", "the code of a Party, or empty for all"))?;
    let list = known.get(&party).ok_or_else(|| status::not_found("list of agreed phrases"))?;
    let phrases = list.phrases.iter().map(phrase).collect();
    Ok(calls::ListPhrasesResponse { lists: vec![calls::AgreedPhrases { phrases, ..of(list) }] })
}

/// What a phrase says in a language, if it is agreed in the same words with each of these Parties.
pub(super) fn words(head: &Head, with: &[Party], number: u64, language: &str) -> Result<String, Status> {
    let agreed = |party: &Party| {
        let list = head.board.roster.phrases.get(party)?;
        list.phrase(number)?.text_in(language).map(str::to_owned)
    };
    let mut texts = with.iter().map(agreed);
    let first = texts.next().flatten();
    match first {
        Some(first) if texts.all(|text| text.as_deref() == Some(first.as_str())) => Ok(first),
        Some(_) | None => {
            let rule = format!(
                "is not agreed, in {language:?} and in the same words, with every other Party present"
            );
            Err(status::field("phrase", rule))
        }
    }
}

fn of(list: &LinkPhrases) -> calls::AgreedPhrases {
    calls::AgreedPhrases {
        party: list.party.to_string(),
        digest: list.digest().0.to_vec().into(),
        count: u32::try_from(list.phrases.len()).unwrap_or(u32::MAX),
        phrases: Vec::new(),
    }
}

fn phrase(phrase: &Phrase) -> calls::AgreedPhrase {
    calls::AgreedPhrase { number: phrase.number, texts: phrase.texts.iter().map(text).collect() }
}

pub(super) fn text(one: &PhraseText) -> calls::AgreedText {
    calls::AgreedText { language: one.language.clone(), text: one.text.clone() }
}
