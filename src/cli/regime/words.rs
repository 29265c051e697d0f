//! `regime hold`, `held` and `template`: texts on record at a node, and forms for words on regimes.
//!
//! Never here: who is bound (`parties.rs`), a draft (`cli/message/compose.rs` puts all drafts on record).

use std::path::Path;

use serde_json::json;

use super::{labels, load};
use crate::cli::desk::{As, AsCommand, Desk, DeskDirectory, answer};
use crate::cli::fault::Fault;
use crate::cli::out::say;
use crate::cli::{form, given, json, out};
use crate::clock::Clock;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::regime_service_client::RegimeServiceClient;
use crate::domain::adoption::Adoption;
use crate::domain::content::{Content, Kind};
use crate::domain::digest::Digest;
use crate::domain::form::MessageDigest;
use crate::domain::language::Language;
use crate::domain::regime::Regime;
use crate::domain::text::shown;
use crate::limits;

#[derive(clap::Args, Debug)]
pub struct HoldArgs {
    /// The name of a built-in one, or a file
    #[arg(value_name = "NAME|FILE")]
    regime: String,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
pub struct HeldArgs {
    #[command(flatten)]
    person: As,
    /// One JSON object a regime
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
pub struct TemplateArgs {
    /// regime (a regime file with every key there is), adoption, suspension, resumption or withdrawal; or with --regime
    /// the code of one of its formats
    #[arg(value_name = "WORD|FORMAT")]
    what: String,
    /// The regime whose format it is; for an adoption, what is adopted, with its name, edition and digest
    /// filled in
    #[arg(long, value_name = "NAME|FILE")]
    regime: Option<String>,
    /// Print a filled one instead
    #[arg(long, conflicts_with = "regime")]
    filled: bool,
    /// The language of a format's labels, such as fr
    #[arg(long, default_value = "en", value_parser = given::language)]
    language: Language,
}

const WORDS: [Kind; 4] = [Kind::Adoption, Kind::Suspension, Kind::Resumption, Kind::Withdrawal];

fn word(text: &str) -> Result<Kind, String> {
    let found = WORDS.into_iter().find(|kind| kind.word() == text || kind.name() == text);
    found.ok_or_else(|| format!("one of: {}", WORDS.map(Kind::word).join(", ")))
}

pub(super) fn service(desk: &Desk) -> RegimeServiceClient<tonic::transport::Channel> {
    RegimeServiceClient::new(desk.channel.clone()).max_decoding_message_size(limits::ANSWER_BYTES_MAX)
}

pub async fn hold(args: HoldArgs) -> Result<(), Fault> {
    let (name, edition, text) = load::to_hold(&args.regime)?;
    let (desk, header, id) = args.person.open()?;
    if !args.json {
        say!("command  {id}");
    }
    let asked = calls::HoldRequest { command: Some(header), text: text.into() };
    let answered = answer(service(&desk).hold(asked)).await?;
    let digest = hex::encode(&answered.digest);
    if args.json {
        let object = json!({ "kind": "held", "command": id.to_string(), "regime": name,
            "edition": edition, "digest": digest,
            "number_pattern": pattern(&answered.number_pattern),
            "built_in_namesake": namesake(&answered.built_in_namesake) });
        say!("{}", json::line(&object));
        return Ok(());
    }
    say!("held     {}, edition {edition}", shown(&name));
    say!("digest   {digest}");
    if let Some(built_in) = namesake(&answered.built_in_namesake) {
        say!(
            "WARNING  another text than the one that is built in under this name ({built_in}): say which by digest"
        );
    }
    match pattern(&answered.number_pattern) {
        Some(pattern) => say!("numbers  {}", shown(pattern)),
        None => say!("numbers  in the form that needs no regime"),
    }
    say!("It binds nobody: that takes an adoption, `detente regime template adoption`.");
    Ok(())
}

/// Of the text that is built in under the same name.
fn namesake(told: &[u8]) -> Option<String> {
    (!told.is_empty()).then(|| hex::encode(told))
}

/// Of the numbers of messages that cite it.
fn pattern(told: &str) -> Option<&str> {
    Some(told).filter(|told| !told.is_empty())
}

pub async fn held(args: HeldArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let regimes = answer(service(&desk).list_held(calls::ListHeldRequest {})).await?.regimes;
    for one in &regimes {
        let digest = hex::encode(&one.digest);
        if args.json {
            let object = json!({ "kind": "regime", "regime": one.name, "edition": one.edition, "digest": digest,
                    "number_pattern": pattern(&one.number_pattern),
                    "built_in_namesake": namesake(&one.built_in_namesake) });
            say!("{}", json::line(&object));
        } else {
            let numbers = pattern(&one.number_pattern)
                .map_or_else(String::new, |pattern| format!("  {}", shown(pattern)));
            say!("{}  edition {}  {digest}{numbers}", shown(&one.name), one.edition);
            if let Some(built_in) = namesake(&one.built_in_namesake) {
                say!("  WARNING: another text than the one that is built in under this name ({built_in})");
            }
        }
    }
    if regimes.is_empty() && !args.json {
        say!("no regime is held; `detente regime hold` puts one on record");
    }
    Ok(())
}

/// A text that a node holds, by its name or the first digits of its digest, and read.
///
/// # Errors
/// None is held, or several are: which is to be said by digest.
pub(super) async fn held_text(directory: &Path, wanted: &str) -> Result<(Regime, Vec<u8>), Fault> {
    let desk = DeskDirectory::at(directory).open(Clock::system())?;
    let all = answer(service(&desk).list_held(calls::ListHeldRequest {})).await?.regimes;
    let named = |one: &&calls::HeldRegime| one.name == wanted || hex::encode(&one.digest).starts_with(wanted);
    let found: Vec<&calls::HeldRegime> = all.iter().filter(named).collect();
    let [one] = found.as_slice() else {
        let digests: Vec<String> = found.iter().map(|one| hex::encode(&one.digest)).collect();
        return Err(Fault::new(match digests.as_slice() {
            [] => {
                format!("no regime {} is held at that node; `detente regime held` lists them", shown(wanted))
            }
            several => {
                format!("several are held under that name: say which by digest: {}", several.join(", "))
            }
        }));
    };
    let held = match Digest::from_slice(&one.digest) {
        Some(digest) => labels::held(&desk, digest).await,
        None => None,
    };
    let text = held.ok_or_else(|| Fault::new("the node gave another text than the one asked for"))?;
    let regime = labels::parsed(&desk, &text).await;
    let regime = regime.ok_or_else(|| Fault::new("this program can't read the text that is held there"))?;
    Ok((regime, text))
}

/// A regime file with every key that there is, each with what it is. Like any other it can be checked.
pub const REGIME_FILE: &str = include_str!("template.toml");

pub fn template(args: &TemplateArgs) -> Result<(), Fault> {
    let Some(name) = &args.regime else {
        if args.what == "regime" {
            out::text(REGIME_FILE);
            return Ok(());
        }
        let kind = word(&args.what).map_err(|words| {
            let wrong = shown(&args.what);
            Fault::new(format!("no {wrong} here, but {words}; regime; or a format, with --regime NAME|FILE"))
        })?;
        form::print(kind, args.filled);
        return Ok(());
    };
    let regime = load::named(name)?;
    if let Some(format) = regime.formats.get(&args.what) {
        out::text(&form::format_template(&regime, &args.what, format, args.language.as_str()));
        return Ok(());
    }
    if word(&args.what) != Ok(Kind::Adoption) {
        let codes: Vec<String> = regime.formats.keys().map(|code| shown(code)).collect();
        let has = match codes.is_empty() {
            true => "it has none".to_owned(),
            false => format!("it has: {}", codes.join(", ")),
        };
        return Err(Fault::new(format!(
            "the regime has no format of that code; {has}. Of words on it, --regime is for an adoption"
        )));
    }
    let adoption = Adoption {
        regime: regime.head.name.clone(),
        edition: Some(regime.head.edition),
        regime_digest: Some(MessageDigest(regime.head.digest)),
        ..Adoption::default()
    };
    out::text(&form::to_toml(&Content::Adoption(adoption)));
    Ok(())
}
