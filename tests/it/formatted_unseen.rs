//! A regime that was never seen before, with no code for any of its formats, and what a newer program says in one.

use bytes::Bytes;
use detente::cli::form::{self, Syntax};
use detente::codec::content::{Said, marks, said};
use detente::codec::form as codec;
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::form::{MessageDigest, faults, lines_under};
use detente::domain::formatted::{Field, Fields, Stated};
use detente::domain::regime::Regime;
use detente::limits;

use crate::formatted::{
    BRIDGES, assert_says, bridges, citing, field, formatted, hold, open_skies, refers_to, text, told,
};
use crate::formatted_judged::closing;
use crate::officer::send;
use crate::officer_program::{object, printed, written};
use crate::talk::both_settled;
use crate::world::{Medium, World};

#[test]
fn labels_are_those_of_the_regime_in_the_readers_language_and_names_stand_without_it() {
    let content = Content::Formatted(closing());
    let regime = bridges();
    let shown = |regime: Option<&Regime>, language: &str| -> Vec<String> {
        let line = |line: detente::domain::form::Line| format!("{}: {}", line.label, line.value);
        lines_under(&content, regime, language).into_iter().map(line).collect()
    };
    assert_says(
        &shown(Some(&regime), "fr-CH"),
        &["Format B2: Fermeture d'un pont", "Motif: works (travaux)", "Le pont: "],
    );
    assert_says(&shown(Some(&regime), "en"), &["Cause: works (building works)", "Crews 1: ", "Persons: 4"]);
    assert_says(
        &shown(None, "en"),
        &["cause: works", "crews 1: ", "persons: 4", "closes: 2031-07-10T06:00 Z"],
    );
}

#[test]
fn the_template_of_every_format_is_an_empty_form_that_sends_nothing() {
    for regime in [bridges(), open_skies().0] {
        for (code, format) in &regime.formats {
            let template = form::format_template(&regime, code, format, "en");
            let Content::Formatted(read) = form::read(Kind::Formatted, Syntax::Toml, &template)
                .unwrap_or_else(|fault| panic!("{code}: {fault}\n{template}"))
            else {
                panic!()
            };
            let names: Vec<&str> = read.fields.0.iter().map(|field| field.name.as_str()).collect();
            let asked: Vec<&str> = format.fields.iter().map(|field| field.name.as_str()).collect();
            assert_eq!(names, asked, "{template}");
            assert_eq!(read.regime_digest, Some(MessageDigest(regime.head.digest)));
            assert_eq!((read.filled().fields, Fields::default()), (Fields::default(), Fields::default()));
        }
    }
}

#[tokio::test]
async fn a_regime_that_was_never_seen_is_drafted_released_read_and_printed_by_the_program() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let at = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    let (drafter, releaser, watch) = (at("BY", "drafter"), at("BY", "releaser"), at("PL", "watch"));
    let regime = written(folder.path(), "bridges.toml", BRIDGES);
    printed(&["regime", "hold", &regime, "--as", &drafter]).await;
    printed(&["regime", "hold", &regime, "--as", &at("PL", "drafter")]).await;

    let template = printed(&["regime", "template", "B2", "--regime", &regime]).await;
    assert!(
        template.contains("# Cause *: choice") && template.contains("\"flood\": high water"),
        "{template}"
    );
    let none = ["regime", "template", "36", "--regime", "vienna-document-2011"];
    let refused = crate::auditor::detente(&none).await.unwrap_err();
    assert!(refused.contains("no format of that code; it has none."), "{refused}");
    let filled = template
        .replace("name = \"bridge\"\n[fields.area]", "name = \"bridge\"\n[fields.area]\n#")
        .replacen("#choice = \"works\"", "choice = \"flood\"", 1)
        .replacen("date = \"\"", "date = \"2031-07-10T06:00 Z\"", 1);
    let filled = filled.replacen("features = \"\"", "features = \"both ends of the old bridge\"", 1);
    // What the format asks for is missing like what any form asks for, and the regime's paragraph is told with it.
    let lacking = written(folder.path(), "lacking.toml", &filled.replacen("choice = \"flood\"", "", 1));
    let told = printed(&["regime", "draft", &lacking, "--as", &drafter, "--to", "PL"]).await;
    assert!(
        told.contains("1 fault(s); it can be released as it is:\n")
            && told.contains("not as the format asks [2.1]\n"),
        "{told}"
    );
    assert!(told.contains("cause is owed, and missing\n"), "{told}");
    let file = written(folder.path(), "closing.toml", &filled);
    let drafted = object(&["regime", "draft", &file, "--as", &drafter, "--to", "PL"]).await;
    let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());

    let review = printed(&["message", "show-draft", draft, "--as", &releaser]).await;
    for wanted in ["Closing of a bridge", "Cause", "flood (high water)", "2.1", "both ends of the old bridge"]
    {
        assert!(review.contains(wanted), "{wanted}: {review}");
    }
    assert!(
        review.contains("Asked for, and owed by nobody: a reply in format B3 within 12 hours from closes"),
        "{review}"
    );
    let release = ["message", "release", draft, "--digest", digest, "--as", &releaser, "--as-is"];
    let released = object(&release).await;
    let (message, thread) = (released["message"].as_str().unwrap(), released["thread"].as_str().unwrap());
    crate::officer::arrived(&world, "PL", &hex::decode(message).unwrap().into()).await;

    let read = printed(&["watch", "read", message, "--as", &watch]).await;
    assert!(read.contains("flood (high water)") && read.contains("format B1: none is referred to"), "{read}");
    let shown = printed(&["message", "show", thread, "--as", &watch]).await;
    assert!(shown.contains("flood (high water)"), "{shown}");
    let ours = printed(&["message", "print", message, "--as", &drafter]).await;
    assert_eq!(ours, printed(&["message", "print", message, "--as", &watch]).await);
    assert!(ours.contains("Closing of a bridge") && ours.contains("LEGAL BASIS"), "{ours}");
}

/// As a newer program would send it: a field with a value of a type 99.
fn from_a_newer_program() -> Vec<u8> {
    let mut bytes = codec::encode(&Content::Formatted(closing())).unwrap();
    // RegimeFormatted.fields: name "depth", field 99 "new".
    let field = [&[0x0a, 5][..], b"depth", &[0x9a, 0x06, 3], b"new"].concat();
    bytes.extend([&[0x22, field.len() as u8][..], &field].concat());
    bytes
}

#[test]
fn a_value_of_a_newer_program_is_kept_and_marked() {
    let bytes = from_a_newer_program();
    let read = codec::decode(Kind::Formatted, &bytes).expect("no fault");
    let Content::Formatted(form) = &read else { panic!() };
    assert_eq!(form.fields.get("depth").unwrap().stated, Stated::Nothing);
    assert!(codec::may_hold_more(&read, &bytes));
    assert!(
        faults(&read)
            .iter()
            .any(|fault| fault.field == "fields.depth" && fault.rule.contains("does not know"))
    );
    let bytes = Bytes::from(bytes);
    let read = said("regime.formatted", &bytes);
    assert!(matches!(read, Said::Form(_)));
    assert!(marks(&read, &bytes).iter().any(|mark| mark.contains("more than this program can show")));
}

#[test]
fn what_is_no_name_or_nested_too_deep_or_too_much_is_not_read() {
    let with = |fields: Vec<Field>| Content::Formatted(formatted(&bridges(), "B2", fields));
    let mut deep = Stated::Number(1);
    for _ in 0..limits::FORMAT_DEPTH_MAX {
        deep = Stated::Entries(vec![Fields(vec![field("a", deep)])]);
    }
    let long = "a".repeat(limits::REGIME_NAME_BYTES_MAX + 1);
    for content in [
        with(vec![field("", text("x"))]),
        with(vec![field("A", text("x"))]),
        with(vec![field("5. CONTENT", text("x"))]),
        with(vec![field("a\u{202e}", text("x"))]),
        with(vec![field(&long, text("x"))]),
        with(vec![field("a", deep)]),
        with(vec![field("a", Stated::Entries(vec![Fields::default(); limits::FORM_LIST_ENTRIES_MAX + 1]))]),
        with(vec![field("a", Stated::Number(u64::MAX))]),
        with(vec![field("a", Stated::Number(1)); limits::FORM_LIST_ENTRIES_MAX + 1]),
    ] {
        assert!(codec::encode(&content).is_err());
    }
    // RegimeFormatted.fields[1].entries with many empty ones, two bytes each, and the same in depth.
    let lengths = |inner: &[u8], tag: u8| {
        let mut out = vec![tag];
        prost::encoding::encode_varint(inner.len() as u64, &mut out);
        out.extend(inner);
        out
    };
    let many = lengths(&lengths(&[0x0a, 0].repeat(limits::CONTENT_FIELDS_MAX), 0x5a), 0x22);
    let refused = codec::decode(Kind::Formatted, &many).unwrap_err();
    assert!(matches!(refused, codec::Unreadable::Limit(_)), "{refused}");
    let mut deep = Vec::new();
    for _ in 0..2_000 {
        deep = lengths(&lengths(&lengths(&deep, 0x0a), 0x0a), 0x5a);
    }
    codec::decode(Kind::Formatted, &lengths(&deep, 0x22)).unwrap_err();
}

/// What is over the bound on look-ups counts as not here; nothing is refused for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_with_very_many_references_is_taken_judged_and_shown() {
    let world = World::new(&["BY", "PL"]).await;
    let (regime, file) = open_skies();
    hold(&world, "PL", file).await;
    let many = |count: u16| -> Vec<Field> {
        let one = |nth: u16| {
            let digest = Digest::of(&nth.to_be_bytes());
            field(&format!("r{nth}"), refers_to(&digest.0.to_vec().into()))
        };
        (0..count).map(one).collect()
    };
    let count = u16::try_from(limits::FORM_LIST_ENTRIES_MAX).unwrap();
    let content = Content::Formatted(formatted(&regime, "1", many(count)));
    send(&world, "BY", 1, citing(&regime, "", 1, "PL", &[]), &content).await;
    both_settled(&world, "BY", "PL").await;
    let (lines, _) = told(&world, "PL", 1).await;
    assert_says(
        &lines,
        &[
            "fields.r0 is no field of the format",
            "508 not as the format asks",
            "a reference is not held here",
        ],
    );
}
