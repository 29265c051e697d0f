//! Translations beside the original: what is translated, whose translation it is, and that the original counts.

use detente::cli::form::{self, Syntax};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::form::{Line, MessageDigest, MessageReference, Prose, Whose, faults, lines};
use detente::domain::message::{Holds, Part};
use detente::domain::translation::{Beside, TranslatedPart, TranslatedText, Translation, beside, texts};
use proptest::prelude::*;
use serde_json::Value;

use crate::auditor::detente;
use crate::form::strategies;
use crate::forwarded::bundle;
use crate::officer::{arrived, filled, heading, notify, send, show};
use crate::officer_program::{object, printed, refused, written};
use crate::print_pdf::{read_file_by, squeezed};
use crate::talk::outgoing;
use crate::world::{Medium, World};

fn line(path: &str, text: &str) -> TranslatedText {
    TranslatedText { path: path.into(), text: Prose(text.into()) }
}

fn translation(of: &[u8], lines: Vec<TranslatedText>) -> Translation {
    Translation {
        of: MessageReference {
            message_digest: Digest::from_slice(of).map(MessageDigest),
            ..MessageReference::default()
        },
        language: "pl".into(),
        translator: "Ewa Tlumacz".into(),
        lines,
        ..Translation::default()
    }
}

async fn drafted(world: &World, party: &str, number: u8, content: Translation) -> Vec<(String, String)> {
    let to = if party == "PL" { "BY" } else { "PL" };
    let heading = detente::codec::proto::detente::v1::Heading {
        action: vec![crate::officer::addressee(to)],
        language: "pl".into(),
        ..heading(1)
    };
    let drafted = crate::officer::draft(world, party, number, heading, &Content::Translation(content)).await;
    drafted.unwrap().faults.into_iter().map(|fault| (fault.field, fault.rule)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_translation_is_held_against_the_original_that_is_here() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let said = notify(&world, 1).await;
    arrived(&world, "PL", &said.message_digest).await;
    let right = vec![line("heading.subject", "Jesienne zniwa"), line("phases[1].name", "Faza")];
    // By its receiver and by its author alike.
    for (party, number) in [("PL", 2), ("BY", 3)] {
        let found = drafted(&world, party, number, translation(&said.message_digest, right.clone())).await;
        assert_eq!(found, []);
    }
    let mut wrong = translation(
        &said.message_digest,
        vec![line("phases[9].name", "x"), line("start", "x"), line("designation", "Zniwa")],
    );
    wrong.language = "EN".into();
    wrong.parts = vec![TranslatedPart {
        original: Some(MessageDigest(Digest::of(b"one"))),
        translation: Some(MessageDigest(Digest::of(b"other"))),
    }];
    let found = drafted(&world, "PL", 4, wrong).await;
    let fields: Vec<&str> = found.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        ["language", "lines[1].path", "lines[2].path", "parts[1].original", "parts[1].translation"],
        "{found:?}"
    );
    assert_eq!(
        found[1].1, "phases[9].name is no text of the original",
        "the path, where blank lines don't count"
    );

    // One that is not here is waited for.
    let absent = Digest::of(b"not here");
    let content = Content::Translation(translation(&absent.0, vec![line("anything", "x")]));
    let reference = detente::codec::proto::detente::evidence::v1::Reference {
        message_digest: absent.0.to_vec().into(),
        relation: detente::codec::proto::detente::evidence::v1::Relation::RefersTo as i32,
        ..Default::default()
    };
    let waiting = detente::codec::proto::detente::v1::Heading { references: vec![reference], ..heading(1) };
    let sent = send(&world, "BY", 5, waiting, &content).await;
    arrived(&world, "PL", &sent.message_digest).await;
    for party in ["BY", "PL"] {
        let thread = show(&world, party, &vec![1; 16].into(), 0).await;
        let held = thread.messages.iter().find(|one| one.digest == sent.message_digest).unwrap();
        assert_eq!(held.waits_for, [absent.0.to_vec()]);
        assert!(held.faults.is_empty() && held.check.is_none());
        let found = bundle(&world, party, 1, &["BY", "PL"]).await;
        assert!(found.holds(), "{:?}", found.findings);
        let proven = found.findings.iter().any(|one| one.sentence.contains("message.translation"));
        assert!(proven, "{:?}", found.findings);
        let auditor = world.state(party).desk_directory("auditor").display().to_string();
        detente(&["audit", "verify", "--as", &auditor]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pdf_of_a_translation_has_the_original_beside_it_as_the_text_has() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let said = notify(&world, 1).await;
    arrived(&world, "PL", &said.message_digest).await;
    let lines = vec![line("heading.subject", "Jesienne zniwa")];
    let content = Content::Translation(translation(&said.message_digest, lines));
    let back = detente::codec::proto::detente::v1::Heading {
        action: vec![crate::officer::addressee("BY")],
        language: "pl".into(),
        ..heading(1)
    };
    let given = hex::encode(&send(&world, "PL", 2, back, &content).await.message_digest);
    let watch = world.state("PL").desk_directory("watch").display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("form.pdf");
    object(&["message", "print", &given, "--as", &watch, "--pdf", &file.display().to_string()]).await;
    let on_paper = squeezed(&read_file_by("-layout", &file));
    let in_text = squeezed(&printed(&["message", "print", &given, "--as", &watch]).await);
    let original = format!("ORIGINAL BY, {}; the original counts", said.number);
    for words in [original.as_str(), "Original (en) Autumn Harvest 2031", "Translation (pl) Jesienne zniwa"] {
        for found in [&on_paper, &in_text] {
            assert!(found.contains(&squeezed(words)), "{words} is not in {found}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_translation_that_its_author_took_back_is_marked_wherever_it_stands_beside_the_original() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let said = notify(&world, 1).await;
    arrived(&world, "PL", &said.message_digest).await;
    let to = || detente::codec::proto::detente::v1::Heading {
        action: vec![crate::officer::addressee("BY")],
        ..heading(1)
    };
    let given = translation(&said.message_digest, vec![line("heading.subject", "Jesienne zniwa")]);
    let given = send(&world, "PL", 2, to(), &Content::Translation(given)).await;
    arrived(&world, "BY", &given.message_digest).await;
    let text = format!("[withdraws]\nmessage_digest = \"{}\"\n", hex::encode(&given.message_digest));
    let word = crate::officer::form(Kind::MessageWithdrawal, &text);
    let word = send(&world, "PL", 3, to(), &word).await;
    arrived(&world, "BY", &word.message_digest).await;
    let mark = format!("pl: WITHDRAWN by {}", word.number);
    let (digest, thread) = (hex::encode(&said.message_digest), hex::encode([1_u8; 16]));
    for party in ["BY", "PL"] {
        let releaser = world.state(party).desk_directory("releaser").display().to_string();
        let with = ["--with-translation", "pl", "--as", &releaser];
        for of in [["message", "print", &digest], ["message", "show", &thread], ["exercise", "show", &thread]]
        {
            let shown = printed(&[&of[..], &with[..]].concat()).await;
            assert!(shown.contains(&mark), "{party}: {shown}");
            // In print the label is wrapped beside what it is of.
            let beside = ["Translation (pl,", "WITHDRAWN)"].iter().all(|words| shown.contains(words));
            assert!(beside, "{party}: {shown}");
        }
        let shown = object(&["message", "show", &thread, "--as", &releaser]).await;
        assert_eq!(shown["messages"][0]["translations"][0]["withdrawn_by"], word.number);
        // It is no exercise, and heads nothing of what stands.
        let shown = printed(&["exercise", "show", &thread, "--as", &releaser]).await;
        assert!(!shown.contains("Withdrawn: "), "{party}: {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_translation_its_original_is_read_and_an_original_names_its_translations() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let said = notify(&world, 1).await;
    arrived(&world, "PL", &said.message_digest).await;
    let to = detente::codec::proto::detente::v1::Heading {
        action: vec![crate::officer::addressee("BY")],
        subject: "Tlumaczenie".into(),
        ..heading(1)
    };
    let form = translation(&said.message_digest, vec![line("heading.subject", "Jesienne zniwa")]);
    let drafted = crate::officer::draft(&world, "PL", 2, to, &Content::Translation(form)).await.unwrap();
    let at = |party: &str, role: &str| world.state(party).desk_directory(role).display().to_string();
    let both = |shown: &str| {
        let found = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words}: {shown}"));
        assert!(found("Original (en)") < found("Translation (pl)"), "{shown}");
        assert!(found("Original (en)") < found("Autumn Harvest 2031"), "{shown}");
        assert!(shown.contains(&format!("BY, {}; the original counts", said.number)), "{shown}");
    };
    let draft = hex::encode([2_u8; 16]);
    both(&printed(&["message", "show-draft", &draft, "--as", &at("PL", "releaser")]).await);
    both(&printed(&["message", "print", "--draft", &draft, "--as", &at("PL", "releaser")]).await);
    let releaser = world.desk("PL", "releaser");
    let given = crate::officer::release(&releaser, 2, &drafted.digest, true).await.unwrap();
    arrived(&world, "BY", &given.message_digest).await;
    let of = hex::encode(&given.message_digest);
    both(&printed(&["watch", "read", &of, "--as", &at("BY", "watch")]).await);
    both(&printed(&["message", "print", &of, "--as", &at("BY", "releaser")]).await);

    let of = hex::encode(&said.message_digest);
    let read = object(&["watch", "read", &of, "--as", &at("PL", "watch")]).await;
    let mark = format!("translated into pl by PL, in {}; the original counts", given.number);
    let marks = read["marks"].as_array().unwrap();
    assert!(marks.iter().any(|told| told.as_str() == Some(mark.as_str())), "{marks:?}");
}

/// Desks, and a notice of BY that PL holds.
struct Desks {
    world: World,
    folder: tempfile::TempDir,
}

impl Desks {
    fn desk(&self, party: &str, role: &str) -> String {
        self.world.state(party).desk_directory(role).display().to_string()
    }

    async fn release(&self, party: &str, drafted: &Value) -> Value {
        assert_eq!(drafted["faults"], serde_json::json!([]), "{drafted}");
        let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
        object(&["message", "release", draft, "--digest", digest, "--as", &self.desk(party, "releaser")])
            .await
    }

    async fn arrived(&self, party: &str, message: &Value) {
        let digest = hex::decode(message["message"].as_str().unwrap()).unwrap();
        arrived(&self.world, party, &digest.into()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_translate_from_a_template_and_hand_on_and_the_original_stays_as_it_was() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL", "OSCE"]).await;
    let desks = Desks { world, folder: tempfile::tempdir().unwrap() };
    let folder = desks.folder.path();
    let notice = written(folder, "notification.toml", form::example(Kind::Notification));
    let annex = written(folder, "annex.txt", "Three observers.");
    let by = desks.desk("BY", "drafter");
    let drafted =
        object(&["exercise", "draft", &notice, "--to", "PL", "--attach", &annex, "--as", &by]).await;
    let said = desks.release("BY", &drafted).await;
    desks.arrived("PL", &said).await;
    let (digest, thread) = (said["message"].as_str().unwrap(), said["thread"].as_str().unwrap());

    let (pl, releaser) = (desks.desk("PL", "drafter"), desks.desk("PL", "releaser"));
    let before = printed(&["message", "print", digest, "--as", &releaser]).await;
    let picture = object(&["exercise", "show", thread, "--as", &releaser]).await["picture"].clone();
    let into = ["message", "translation-template", &digest[..12], "--language", "ru", "--as", &pl];
    let template = printed(&into).await;
    assert!(template.contains("# Subject:\n#   Autumn Harvest 2031"), "{template}");
    let put = |text: String, path: &str, translated: &str| {
        let empty = format!("path = \"{path}\"\ntext = \"\"");
        assert!(text.contains(&empty), "{path}");
        text.replace(&empty, &format!("path = \"{path}\"\ntext = \"{translated}\""))
    };
    let text = put(template, "heading.subject", "Осенняя жатва 2031");
    let text = put(text, "general_purpose", "Подготовка\\nв двух строках");
    let text = put(text, "land.figures[1].what", "личный состав");
    let text = text.replace("translator = \"\"", "translator = \"Ewa Tlumacz\"");
    let file = written(folder, "ru.toml", &text);
    let drafted = object(&["message", "translate", &file, "--to", "BY", "--as", &pl]).await;
    assert_eq!(drafted["thread"], thread);
    let translated = desks.release("PL", &drafted).await;
    desks.arrived("BY", &translated).await;

    for party in ["BY", "PL"] {
        let releaser = desks.desk(party, "releaser");
        // The official form is as it was; with the translation every row of it is there, in the same order.
        assert_eq!(printed(&["message", "print", digest, "--as", &releaser]).await, before);
        let with = ["message", "print", digest, "--with-translation", "ru", "--as", &releaser];
        let shown = printed(&with).await;
        for words in
            ["Осенняя жатва 2031", "Подготовка", "личный состав", "the original counts", "Ewa Tlumacz"]
        {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        let rows = |text: &str| -> Vec<Value> {
            let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            rows.filter(|row| row["field"] != "translation").collect()
        };
        let json = ["message", "print", digest, "--json", "--as", &releaser];
        let without = printed(&json).await;
        let with_json: Vec<&str> = with.iter().copied().chain(["--json"]).collect();
        let with_json = printed(&with_json).await;
        assert!(with_json.lines().count() > without.lines().count());
        assert_eq!(rows(&with_json), rows(&without));
        let why = refused(&["message", "print", digest, "--with-translation", "fr", "--as", &releaser]).await;
        assert!(why.contains("no translation"), "{why}");

        // Of a thread it is said that there is one; asked for, each text has its own under it.
        let plain = printed(&["message", "show", thread, "--as", &releaser]).await;
        assert!(plain.contains("translation by Ewa Tlumacz") && plain.contains("given by PL"), "{plain}");
        let asked = ["message", "show", thread, "--with-translation", "ru", "--as", &releaser];
        let shown = printed(&asked).await;
        let at = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words}: {shown}"));
        assert!(at("Autumn Harvest 2031") < at("Translation (ru)"));
        assert!(plain.matches("Осенняя жатва 2031").count() < shown.matches("Осенняя жатва 2031").count());
        // What stands, and what changed, is what the original says.
        let after = object(&["exercise", "show", thread, "--as", &releaser]).await;
        assert_eq!(after["picture"], picture);
        assert_eq!(after["messages"][0]["translations"][0]["language"], "ru");
    }

    // Handed on with its attachment to a Party that has neither.
    let forward = ["message", "forward", &digest[..12], "--to", "OSCE", "--with-parts", "--as", &pl];
    let part = Digest::from_hex(
        object(&["message", "show", thread, "--as", &releaser]).await["messages"][0]["parts"][0]["part"]
            .as_str()
            .unwrap(),
    )
    .unwrap();
    let kept = |board: &detente::domain::board::Board| board.part(&part).is_some();
    crate::talk::until(desks.world.node("PL"), "the part is kept", kept).await;
    let forwarded = desks.release("PL", &object(&forward).await).await;
    assert_ne!(forwarded["thread"], thread);
    desks.arrived("OSCE", &forwarded).await;
    crate::talk::until(desks.world.node("OSCE"), "the part is kept", kept).await;
    let osce = desks.desk("OSCE", "releaser");
    let shown = printed(&["message", "show", forwarded["thread"].as_str().unwrap(), "--as", &osce]).await;
    for words in ["FORWARDED BY", "original by BY, its signature verified", "Autumn Harvest 2031", digest] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let form = printed(&["message", "print", forwarded["message"].as_str().unwrap(), "--as", &osce]).await;
    assert!(form.contains("original by BY, its signature"), "{form}");
    let whole = object(&["message", "show", forwarded["thread"].as_str().unwrap(), "--as", &osce]).await;
    assert_eq!(whole["messages"][0]["content"]["message"]["author"], "BY");
    assert_eq!(whole["messages"][0]["content"]["message_digest"], digest);

    // A translation of the original is given where the copy lies, or was given where the original lies: either is
    // found beside the copy.
    let (copy, lies_in) = (forwarded["message"].as_str().unwrap(), forwarded["thread"].as_str().unwrap());
    let why = refused(&["message", "print", copy, "--with-translation", "pl", "--as", &osce]).await;
    assert!(why.contains("no translation"), "{why}");
    let drafter = desks.desk("OSCE", "drafter");
    let template =
        printed(&["message", "translation-template", copy, "--language", "pl", "--as", &drafter]).await;
    assert!(
        template.contains(digest) && template.contains("# Subject:\n#   Autumn Harvest 2031"),
        "{template}"
    );
    let text = put(template, "heading.subject", "Jesienne żniwa 2031");
    let text = text.replace("translator = \"\"", "translator = \"Jan Tlumacz\"");
    let file_there = written(folder, "pl.toml", &text);
    let translate = ["message", "translate", &file_there, "--to", "PL", "--as", &drafter];
    // The original itself never came to OSCE, and a draft says so.
    let drafted = object(&translate).await;
    assert_eq!(drafted["thread"], lies_in);
    let faults = drafted["faults"].as_array().unwrap();
    assert!(!faults.is_empty(), "{drafted}");
    for fault in faults {
        assert!(fault["rule"].as_str().unwrap().contains("is not on record here"), "{drafted}");
    }
    let (draft, shown) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
    let review = printed(&["message", "show-draft", draft, "--as", &osce]).await;
    assert!(review.contains("within a copy handed on by PL; the original counts"), "{review}");
    let release = ["message", "release", draft, "--digest", shown, "--as-is", "--as", &osce];
    let given = object(&release).await;
    desks.arrived("PL", &given).await;
    // PL's, for OSCE: the thread is that of the original.
    let again = object(&["message", "translate", &file, "--to", "OSCE", "--as", &pl]).await;
    let again = desks.release("PL", &again).await;
    assert_eq!(again["thread"], thread);
    desks.arrived("OSCE", &again).await;
    for party in ["OSCE", "PL"] {
        let releaser = desks.desk(party, "releaser");
        for (language, subject) in [("pl", "Jesienne żniwa 2031"), ("ru", "Осенняя жатва 2031")]
        {
            let with = ["message", "print", copy, "--with-translation", language, "--as", &releaser];
            let form = printed(&with).await;
            assert!(form.contains(subject) && form.contains("the original counts"), "{party}: {form}");
            let of = ["message", "show", lies_in, "--with-translation", language, "--as", &releaser];
            let shown = printed(&of).await;
            assert!(shown.contains(&format!("Translation ({language})")), "{party}: {shown}");
            assert!(shown.contains(subject), "{party}: {shown}");
        }
        let whole = object(&["message", "show", lies_in, "--as", &releaser]).await;
        let beside = whole["messages"][0]["translations"].as_array().unwrap().clone();
        let mut languages: Vec<&str> = beside.iter().map(|one| one["language"].as_str().unwrap()).collect();
        languages.dedup();
        assert_eq!(languages, ["pl", "ru"], "{beside:?}");
    }

    // Nor is it lost beside the original, where that lies: PL has both.
    let releaser = desks.desk("PL", "releaser");
    let form = printed(&["message", "print", digest, "--with-translation", "pl", "--as", &releaser]).await;
    assert!(form.contains("Jesienne żniwa 2031") && form.contains("the original counts"), "{form}");
    let shown = printed(&["message", "show", thread, "--with-translation", "pl", "--as", &releaser]).await;
    assert!(shown.contains("Translation (pl)") && shown.contains("Jesienne żniwa 2031"), "{shown}");

    // And from there only by its original, which says nothing of PL.
    let again = forwarded["message"].as_str().unwrap();
    let again = object(&["message", "forward", again, "--to", "BY", "--as", &drafter]).await;
    let again = object(&["message", "show-draft", again["draft"].as_str().unwrap(), "--as", &osce]).await;
    assert_eq!(again["content"]["message_digest"], digest);
    let why = refused(&["exercise", "draft", &file, "--to", "PL", "--as", &by]).await;
    assert!(why.contains("`detente message translate`"), "{why}");
}

fn whole(content: &Content) -> detente::domain::message::Outgoing {
    let party = "PL".parse().unwrap();
    let thread = detente::domain::digest::ThreadId([1; 16]);
    outgoing(thread, &[party], detente::domain::precedence::Precedence::Routine, content.kind().name())
}

fn of_every_text(content: &Content) -> Translation {
    let found = texts(&whole(content), Some(content));
    translation(&[3; 32], found.iter().map(|text| line(text.path.as_str(), "TRANSLATED")).collect())
}

fn given(form: Translation) -> Beside {
    Beside {
        by: "PL".parse().unwrap(),
        number: "PL/1".into(),
        message: Digest::of(b"its message"),
        form,
        withdrawn_by: None,
    }
}

#[test]
fn parts_are_tied_to_each_other_by_their_digests() {
    let part = |content: &[u8]| Part {
        salted_digest: Digest::of(content),
        bytes: 7,
        media_type: "text/plain".into(),
        name: "annex".into(),
        holds: Holds::NoPersonalData,
    };
    let content = filled(Kind::Notification);
    let mut original = whole(&content);
    original.language = "en".into();
    original.parts = vec![part(b"annex")];
    let digest = |part: &Part| Some(MessageDigest(part.salted_digest));
    let (of, by) = (part(b"annex"), part(b"translated"));
    let form = Translation {
        parts: vec![TranslatedPart { original: digest(&of), translation: digest(&by) }],
        ..translation(&[3; 32], Vec::new())
    };
    assert_eq!(form.against(std::slice::from_ref(&by), &original, Some(&content)), []);
    let found = form.against(&[], &original, None);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].field, "parts[1].translation");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_text_of_any_form_can_be_translated_and_the_lines_of_the_original_stay(content in strategies::content()) {
        let original = whole(&content);
        let form = of_every_text(&content);
        prop_assert_eq!(form.against(&[], &original, Some(&content)), []);
        let own = lines(&content);
        let both = beside(own.clone(), &[given(form.clone()), given(form.clone())]);
        let theirs: Vec<Line> = both.iter().filter(|line| line.whose == Whose::Author).cloned().collect();
        prop_assert_eq!(&theirs, &own);
        let translated = both.iter().filter(|line| line.whose == Whose::Translator).count();
        let heading = form.lines.iter().filter(|line| line.path.starts_with("heading.")).count();
        prop_assert_eq!(translated, 2 * (form.lines.len() - heading));
    }

    #[test]
    fn no_path_makes_a_translation_panic_or_move_a_line_of_the_original(
        content in strategies::content(),
        paths in proptest::collection::vec(any::<String>(), 0..6),
        text in any::<String>(),
    ) {
        let form = translation(&[3; 32], paths.iter().map(|path| line(path, &text)).collect());
        let own = lines(&content);
        let both = beside(own.clone(), &[given(form.clone())]);
        let theirs: Vec<Line> = both.into_iter().filter(|line| line.whose == Whose::Author).collect();
        prop_assert_eq!(theirs, own);
        let _ = (form.against(&[], &whole(&content), Some(&content)), faults(&Content::Translation(form)));
    }

    #[test]
    fn the_template_of_any_message_reads_as_a_translation_with_every_place(content in strategies::content()) {
        let original = whole(&content);
        let found = texts(&original, Some(&content));
        let made = form::Original {
            digest: Digest([3; 32]),
            number: "BY/2031/\"\\\n\u{202e}1",
            author: "BY",
            language: &original.language,
            texts: &found,
            parts: &[],
        };
        let text = form::translation_template(&made, "pl");
        let read = form::read(Kind::Translation, Syntax::Toml, &text);
        let Ok(Content::Translation(read)) = read else { panic!("{text}") };
        let paths: Vec<&str> = read.lines.iter().map(|line| line.path.as_str()).collect();
        let wanted: Vec<&str> = found.iter().map(|text| text.path.as_str()).collect();
        prop_assert_eq!(paths, wanted);
        let safe = text.chars().all(|c| c != '\u{202e}' && c != '\u{1b}');
        prop_assert!(safe);
        prop_assert_eq!(read.filled().lines, vec![]);
    }
}
