//! `detente part …`: read what a message names, erase it.
//!
//! Never here: trust in what the node hands over. Salt and content are held against the digest.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;
use tonic::transport::Channel;

use crate::cli::desk::{As, AsCommand, Desk, answer};
use crate::cli::fault::Fault;
use crate::cli::files::{self, Readers};
use crate::cli::given;
use crate::cli::json;
use crate::cli::out::say;
use crate::codec::chunks::chunks;
use crate::codec::message;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::part_service_client::PartServiceClient;
use crate::codec::proto::detente::v1::store_request::Piece;
use crate::domain::digest::{CommandId, Digest};
use crate::domain::message::Part;
use crate::journal::parts::{SALT_BYTES, SALT_LENGTH};
use crate::limits;

/// Attachments and personal data that messages name
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Write a part's content to a file, verified
    Read(ReadArgs),
    /// Erase a part from this node for ever; messages that name it stay, and other Parties keep theirs
    Erase(EraseArgs),
}

#[derive(clap::Args, Debug)]
struct ReadArgs {
    /// The part's salted digest, as the message names it, or its first digits
    #[arg(value_name = "PART", value_parser = given::beginning)]
    beginning: String,
    /// A file that does not exist yet; only you may read it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write the salt (32 bytes) before the content, so that the file's SHA-256 is the digest
    #[arg(long)]
    with_salt: bool,
    #[command(flatten)]
    person: As,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
struct EraseArgs {
    /// The part's salted digest, all digits: what is erased does not come back
    #[arg(value_name = "PART", value_parser = given::digest)]
    digest: Digest,
    /// Why; on record here
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    person: AsCommand,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    match args.command {
        Command::Read(args) => read(args).await,
        Command::Erase(args) => erase(args).await,
    }
}

fn service(desk: &Desk) -> PartServiceClient<Channel> {
    PartServiceClient::new(desk.channel.clone()).max_decoding_message_size(limits::ANSWER_BYTES_MAX)
}

async fn read(args: ReadArgs) -> Result<(), Fault> {
    let desk = args.person.open()?;
    let (part, whole) = ask(&desk, &args.beginning).await?;
    let content = whole.get(SALT_LENGTH..).unwrap_or_default();
    let written = if args.with_salt { &whole } else { content };
    files::write_new(&args.out, written, Readers::OwnerOnly)?;
    if args.json {
        let object = json!({"kind": "part", "part": part.to_string(), "bytes": content.len()});
        say!("{}", json::line(&object));
    } else {
        say!("part     {part}");
        say!("{} bytes, verified, written to {}", content.len(), args.out.display());
    }
    Ok(())
}

/// The part whose salted digest begins so: that digest, computed here, and salt and content.
///
/// # Errors
/// The node does not give it, or gives something else.
pub async fn ask(desk: &Desk, beginning: &str) -> Result<(Digest, Vec<u8>), Fault> {
    let asked = calls::PartServiceReadRequest { beginning: beginning.to_owned() };
    let mut pieces = answer(service(desk).read(asked)).await?;
    let mut whole = Vec::new();
    let other = || Fault::new("the node gave something else than the part asked for; nothing was written");
    while let Some(piece) = pieces.message().await.map_err(|status| Fault::of_call(&status))? {
        whole.extend_from_slice(&piece.chunk);
        if whole.len() as u64 > limits::PART_BYTES_MAX.saturating_add(SALT_BYTES) {
            return Err(other());
        }
    }
    let part = Digest::of(&whole);
    if whole.len() < SALT_LENGTH || !part.to_string().starts_with(beginning) {
        return Err(other());
    }
    Ok((part, whole))
}

async fn erase(args: EraseArgs) -> Result<(), Fault> {
    let (desk, header, id) = args.person.open()?;
    if !args.json {
        say!("command  {id}");
    }
    let asked = calls::EraseRequest {
        command: Some(header),
        salted_digest: args.digest.0.to_vec().into(),
        reason: args.reason,
    };
    answer(service(&desk).erase(asked)).await?;
    if args.json {
        let object = json!({
            "kind": "erased", "command": id.to_string(), "part": args.digest.to_string(),
        });
        say!("{}", json::line(&object));
    } else {
        say!("erased   {}", args.digest);
        say!(
            "on this node; other Parties were not told, and backups of this node's disk are yours to deal with"
        );
    }
    Ok(())
}

/// What a file holds that is to become a part.
///
/// # Errors
/// It can't be read, or is larger than a part may be.
pub fn content_of(file: &Path) -> Result<Vec<u8>, Fault> {
    let most = usize::try_from(limits::PART_BYTES_MAX).unwrap_or(usize::MAX);
    let content = files::read_up_to(file, most)?;
    if content.len() > most {
        let name = file.display();
        return Err(Fault::new(format!("{name} is larger than an attachment may be ({most} bytes)")));
    }
    Ok(content)
}

/// Gives a part to the node to keep. The same id again gives the same part.
///
/// # Errors
/// It is over a limit, or the node does not keep it.
pub async fn store(
    desk: &Desk,
    id: CommandId,
    name: &str,
    personal: bool,
    content: Vec<u8>,
) -> Result<Part, Fault> {
    let header = calls::PartHeader {
        command: Some(desk.command(Some(id))?),
        media_type: media_type(name).into(),
        name: name.into(),
        personal,
    };
    let pieces = std::iter::once(Piece::Header(header)).chain(chunks(content.into()).map(Piece::Chunk));
    let pieces = pieces.map(|piece| calls::StoreRequest { piece: Some(piece) });
    let stored = answer(service(desk).store(tokio_stream::iter(pieces.collect::<Vec<_>>()))).await?;
    let part =
        stored.part.ok_or_else(|| Fault::new("the node does not say under which digest it is kept"))?;
    Ok(message::part_from_proto(part)?)
}

/// By the name's ending; a reader is told, and nothing depends on it.
fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "pdf" => "application/pdf",
        "txt" | "md" => "text/plain",
        "csv" => "text/csv",
        "json" => "application/json",
        "xml" => "application/xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_large_for_an_attachment_is_named_with_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.pdf");
        let file = std::fs::File::create(&path).unwrap();
        file.set_len(limits::PART_BYTES_MAX).unwrap();
        assert!(content_of(&path).is_ok());
        file.set_len(limits::PART_BYTES_MAX + 1).unwrap();
        let told = content_of(&path).unwrap_err().to_string();
        assert!(told.contains("map.pdf is larger than an attachment may be (16777216 bytes)"), "{told}");
    }
}
