//! Temporary.
use detente::codec::form as codec;
use detente::domain::content::Kind;
#[test]
fn print_transcription() {
    let text = detente::cli::form::example(Kind::Transcription);
    let content =
        detente::cli::form::read(Kind::Transcription, detente::cli::form::Syntax::Toml, text).unwrap();
    std::fs::write("/tmp/hand-transcription.hex", hex::encode(codec::encode(&content).unwrap())).unwrap();
}
