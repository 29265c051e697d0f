//! `message print`: where the message comes from, and where its official form goes.
//!
//! Never here: a check of signatures. The node checked them when it put the message on record; for a file
//! it is said which were not.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::json;

use super::known::{Known, known_message, open_draft, service, tag};
use super::{Pdf, draft_form, message_form, message_form_beside, print_original, rows, translations};
use crate::cli::desk::{Desk, DeskDirectory, answer};
use crate::cli::fault::Fault;
use crate::cli::files::{self, Readers};
use crate::cli::out::{self, say};
use crate::cli::regime::labels::{self, Labelling};
use crate::cli::{given, json};
use crate::clock::Clock;
use crate::codec::content::{self, Said};
use crate::codec::proto::detente::v1 as calls;
use crate::codec::{message, signed};
use crate::domain::digest::Digest;
use crate::domain::language::Language;
use crate::domain::official::{self, Document, Standing};
use crate::evidence::signed::{PayloadType, Signed};
use crate::limits;

#[derive(clap::Args, Debug)]
pub struct PrintArgs {
    #[command(flatten)]
    which: Which,
    /// The desk of the person who speaks, as `person issue` made it; not asked for with --file
    #[arg(long = "as", value_name = "PEOPLEDIR")]
    directory: Option<PathBuf>,
    /// Write it as PDF to a file that does not exist yet
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// A font for characters that DejaVu lacks; may be given several times, the first that has a character is used
    #[arg(long, value_name = "FILE", requires = "pdf")]
    font: Vec<PathBuf>,
    /// Show a regime's labels in this language where it has them, such as fr, and say so on the form; default: the
    /// message's own, the same for everybody
    #[arg(long, value_parser = given::language)]
    language: Option<Language>,
    /// Add the translations into this language that are on record, each under its text; the original counts
    #[arg(long, value_name = "LANGUAGE", conflicts_with_all = ["draft", "file"])]
    with_translation: Option<String>,
    /// One JSON object a line: the form, then its rows
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
struct Which {
    /// The message's digest, or its first digits
    #[arg(value_name = "MESSAGE", value_parser = given::beginning)]
    message: Option<String>,
    /// An open draft: its id, or the first digits
    #[arg(long, value_name = "DRAFT", value_parser = given::beginning)]
    draft: Option<String>,
    /// The exact bytes of a signed message, or of a draft, with no node
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// A form, and for one from a file the keys whose signatures nobody checked.
struct Found {
    document: Document,
    unchecked: Option<Vec<Digest>>,
    /// What it says, and the desk whose node knows the original, if it is a translation.
    says: Option<(Desk, Said)>,
}

pub async fn print(args: PrintArgs) -> Result<(), Fault> {
    let found = find(&args).await?;
    match &args.pdf {
        Some(path) => {
            let lines = match &found.says {
                Some((desk, said)) => translations::original_beside(desk, said).await,
                None => Vec::new(),
            };
            write_pdf(path, &args.font, found.document.with_original(lines), args.json)?;
        }
        None if args.json => print_rows(&found.document),
        None => {
            out::text(&official::text(&official::pages(&found.document)));
            if let Some((desk, said)) = &found.says {
                print_original(desk, said).await;
            }
        }
    }
    if let Some(keys) = &found.unchecked {
        say_unchecked(keys, args.json);
    }
    Ok(())
}

fn write_pdf(path: &Path, fonts: &[PathBuf], document: Document, as_json: bool) -> Result<(), Fault> {
    let digest = document.digest;
    let pdf = super::pdf(document, fonts)?;
    keep_pdf(path, &pdf, digest, as_json)
}

/// Writes a PDF to a file that is not there yet, for its owner only, and says so.
pub fn keep_pdf(path: &Path, pdf: &Pdf, digest: Digest, as_json: bool) -> Result<(), Fault> {
    files::write_new(path, &pdf.bytes, Readers::OwnerOnly)?;
    if as_json {
        let object = json!({
            "kind": "pdf",
            "digest": digest.to_string(),
            "pages": pdf.pages,
            "bytes": pdf.bytes.len(),
            "characters_written_out": pdf.lacking,
        });
        say!("{}", json::line(&object));
        return Ok(());
    }
    say!("{} page(s) written to {}", pdf.pages, path.display());
    if pdf.lacking > 0 {
        say!(
            "{} character(s) that no font has are written as code points, named at its end; --font names more fonts",
            pdf.lacking
        );
    }
    Ok(())
}

async fn find(args: &PrintArgs) -> Result<Found, Fault> {
    let PrintArgs { which, with_translation, .. } = args;
    let reader = args.language.as_ref();
    if let Some(file) = &which.file {
        return of_bytes(files::read_up_to(file, limits::MESSAGE_SIGNED_BYTES_MAX)?.into(), reader);
    }
    let directory = args
        .directory
        .as_deref()
        .ok_or_else(|| Fault::new("whose node is asked? Say so with --as, or give --file"))?;
    let desk = DeskDirectory::at(directory).open(Clock::system())?;
    let (document, said) = match (&which.message, &which.draft) {
        (Some(beginning), _) => ask_message(&desk, beginning, with_translation.as_deref(), reader).await?,
        (None, Some(beginning)) => ask_draft(&desk, beginning, reader).await?,
        (None, None) => return Err(Fault::new("which message? Give its digest, --draft or --file")),
    };
    Ok(Found { document, unchecked: None, says: Some((desk, said)) })
}

async fn ask_message(
    desk: &Desk,
    beginning: &str,
    with_translation: Option<&str>,
    reader: Option<&Language>,
) -> Result<(Document, Said), Fault> {
    let Known { digest, message, marks, .. } = known_message(desk, beginning).await?;
    let regime = labels::of(desk, &message.draft).await;
    let translations = match with_translation {
        Some(language) => translations::of(desk, &message, digest, language).await?,
        None => Vec::new(),
    };
    let form = message_form_beside(&message, digest, Labelling::of(regime.as_ref(), reader), &translations);
    let said = content::said(&message.draft.kind, &message.draft.content);
    Ok((form.with_note(desk.party, &marks), said))
}

async fn ask_draft(
    desk: &Desk,
    beginning: &str,
    reader: Option<&Language>,
) -> Result<(Document, Said), Fault> {
    let draft = open_draft(desk, beginning).await?;
    let asked = calls::ShowDraftRequest { draft: draft.0.to_vec().into(), language: tag(reader) };
    let answered = answer(service(desk).show_draft(asked)).await?;
    let bytes = answered.message;
    let outgoing = message::decode_draft(&bytes)?;
    let regime = labels::of(desk, &outgoing).await;
    let labelling = Labelling::of(regime.as_ref(), reader);
    let form = draft_form(Some(desk.party), &outgoing, Digest::of(&bytes), labelling);
    let said = content::said(&outgoing.kind, &outgoing.content);
    Ok((form.with_note(desk.party, &answered.marks), said))
}

/// A signed message if the bytes are one, else a draft.
fn of_bytes(bytes: Bytes, reader: Option<&Language>) -> Result<Found, Fault> {
    match signed::decode(bytes.clone()) {
        Ok(wrapping) if wrapping.payload_type == PayloadType::Message => {
            let read = message::decode(&wrapping.payload)?;
            let regime = labels::built_in(&read.draft);
            let labelling = Labelling::of(regime.as_ref(), reader);
            let document = message_form(&read, wrapping.digest(), labelling);
            Ok(Found { document, unchecked: Some(keys(&wrapping)), says: None })
        }
        Ok(_) => Err(Fault::new("the file holds something signed that is no message")),
        Err(_) => {
            let outgoing = message::decode_draft(&bytes).map_err(|fault| {
                Fault::new(format!("the file holds neither a signed message nor a draft: {fault}"))
            })?;
            let regime = labels::built_in(&outgoing);
            let labelling = Labelling::of(regime.as_ref(), reader);
            let document = draft_form(None, &outgoing, Digest::of(&bytes), labelling);
            Ok(Found { document, unchecked: Some(Vec::new()), says: None })
        }
    }
}

fn keys(wrapping: &Signed) -> Vec<Digest> {
    wrapping.signatures.iter().map(|signature| signature.key_digest).collect()
}

fn say_unchecked(keys: &[Digest], as_json: bool) {
    if as_json {
        let keys: Vec<String> = keys.iter().map(Digest::to_string).collect();
        say!("{}", json::line(&json!({"kind": "signatures not checked", "keys": keys})));
        return;
    }
    say!("");
    if keys.is_empty() {
        say!("Not part of the form: a draft bears no signature. Nobody vouches for this file.");
    }
    for key in keys {
        say!("Not part of the form: the signature by this key was NOT checked here:");
        say!("                {key}");
    }
}

/// The document as typed lines.
fn print_rows(document: &Document) {
    let form = json!({
        "kind": "form",
        "standing": match document.standing {
            Standing::Released => "released",
            Standing::Draft => "draft",
        },
        "traffic": rows::traffic(document.traffic),
        "marking": document.marking,
        "language": document.language,
        "digest": document.digest.to_string(),
    });
    say!("{}", json::line(&form));
    for row in &document.rows {
        let object = json!({
            "kind": "row",
            "field": row.field,
            "depth": row.depth,
            "mark": row.mark,
            "label": row.label,
            "text": row.text,
        });
        say!("{}", json::line(&object));
    }
}
