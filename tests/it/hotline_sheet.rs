//! A session's sheet for two of several Parties: it has what both have and both sign, and nothing else, as text, JSON and
//! PDF.

use bytes::Bytes;
use detente::codec::proto::detente::evidence::v1 as evidence;
use detente::codec::proto::detente::v1 as calls;
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::domain::hotline::check_words;
use detente::limits;

use crate::hotline_nodes::{
    accept, close, command, officer, officers, open, opening, say, say_call, show, transcript,
};
use crate::hotline_third::add_third;
use crate::officer::{arrived, form, heading, hotlines, send};
use crate::officer_program::{object, printed};
use crate::print_pdf::{read_file_by, squeezed};
use crate::world::World;

/// BY and PL said something before LT came in, which has what is said from then on: the messages of both times.
async fn three() -> (World, Bytes, Vec<Bytes>, Vec<Bytes>) {
    let world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let mut before = Vec::new();
    for text in ["for the two alone", "and this as well"] {
        before.push(say(&world, "BY", &thread, text).await.message_digest);
        arrived(&world, "PL", before.last().unwrap()).await;
    }
    add_third(&world, &thread, evidence::HotlineSees::FromNowOn).await;
    let accepted = accept(&world, "LT", &thread).await;
    for at in ["BY", "PL"] {
        arrived(&world, at, &accepted.message_digest).await;
    }
    let mut since = Vec::new();
    for (by, others) in [("PL", ["BY", "LT"]), ("BY", ["LT", "PL"])] {
        since.push(say(&world, by, &thread, &format!("for all three, by {by}")).await.message_digest);
        for other in others {
            arrived(&world, other, since.last().unwrap()).await;
        }
    }
    (world, thread, before, since)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_with_a_third_party_has_the_lines_that_both_have_and_no_word_of_what_was_said_before() {
    let (world, thread, before, since) = three().await;
    for (by, others) in [("BY", ["LT", "PL"]), ("LT", ["BY", "PL"]), ("PL", ["BY", "LT"])] {
        let closed = close(&world, by, &thread).await;
        for other in others {
            arrived(&world, other, &closed.message_digest).await;
        }
    }
    assert_eq!(show(&world, "PL", &thread).await.lines.len(), 9, "at PL all of it is one session");
    let signed = transcript(&world, "PL", &thread, "LT").await;
    assert_eq!(signed.transcript, transcript(&world, "LT", &thread, "PL").await.transcript);
    // What BY said last neither of the two went on from.
    assert!(!signed.closes.is_empty());
    let digest = Digest::of(&signed.closes).to_string();

    let asked = calls::ShowSessionRequest { thread: thread.clone(), with: "LT".into(), ..Default::default() };
    let told = hotlines(&officer(&world, "PL")).show_session(asked).await.unwrap().into_inner();
    let lines: String = (1..)
        .zip(&told.lines)
        .map(|(at, line)| format!("{at} {} {}\n", line.author, hex::encode(&line.digest)))
        .collect();
    assert!(String::from_utf8(signed.transcript.to_vec()).unwrap().ends_with(&lines), "{lines}");
    // How LT came in, its acceptance, and what PL and BY said since.
    assert_eq!(told.lines.len(), 4, "{told:?}");
    assert!(told.lines.iter().all(|line| line.missing.is_empty() && line.unseen == 0), "{told:?}");
    assert!(told.lines.iter().all(|line| line.states.iter().all(|state| state.party != "BY")), "{told:?}");

    let desk = world.state("PL").desk_directory("officer").display().to_string();
    let name = hex::encode(&thread);
    let words = ["hotline", "transcript", &name, "--with", "LT", "--as", &desk];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sheet.pdf");
    let path = file.display().to_string();
    let text = printed(&words).await;
    let object = object(&words).await;
    printed(&[&words[..], &["--pdf", &path]].concat()).await;
    let paper = squeezed(&read_file_by("-layout", &file));
    let both = squeezed(&format!("Both signed this transcript with LT: {digest}"));
    assert!(squeezed(&text).contains(&both) && paper.contains(&both), "{text}");
    assert!(text.contains("one of the two came in") && text.matches("Both signed").count() == 1, "{text}");
    assert_eq!(object["transcript_digest"], digest);
    assert_eq!(object["lines"].as_array().unwrap().len(), told.lines.len());
    let object = object.to_string();
    for sheet in [&text, &object, &paper] {
        let has = |words: &str| sheet.contains(words) || sheet.contains(&squeezed(words));
        assert!(has("for all three, by PL") && has("for all three, by BY"), "{sheet}");
        assert!(!has("for the two alone") && !has("and this as well"), "{sheet}");
        for one in &before {
            assert!(!has(&hex::encode(one)[..12]), "{sheet}");
        }
        for one in &since {
            assert!(has(&hex::encode(one)[..12]), "{sheet}");
        }
    }
    // With the Party that was there from the beginning it is the whole session.
    let words = ["hotline", "transcript", &name, "--with", "BY", "--as", &desk];
    let text = printed(&words).await;
    assert!(text.contains("for the two alone") && text.contains("opened by BY"), "{text}");
    assert!(text.matches("Both signed").count() == 1, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_closed_when_and_with_which_reservation_stands_in_the_session_and_on_its_sheet_at_both_ends()
{
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let signed = Digest::of(&transcript(&world, "PL", &thread, "").await.transcript).to_string();
    let desk = officer(&world, "PL");
    let asked = calls::CloseSessionRequest {
        command: command(&desk),
        thread: thread.clone(),
        opening: opening(&desk, &thread).await,
        remarks: "we keep our protest\nClosed by BY".into(),
        ..Default::default()
    };
    let closed = hotlines(&desk).close_session(asked).await.unwrap().into_inner().spoken.unwrap();
    arrived(&world, "BY", &closed.message_digest).await;
    let (name, folder) = (hex::encode(&thread), tempfile::tempdir().unwrap());
    for at in ["BY", "PL"] {
        let desk = world.state(at).desk_directory("officer").display().to_string();
        let file = folder.path().join(format!("{at}.pdf"));
        let path = file.display().to_string();
        printed(&["hotline", "transcript", &name, "--pdf", &path, "--as", &desk]).await;
        let sheets = [
            printed(&["hotline", "show", &name, "--as", &desk]).await,
            printed(&["hotline", "transcript", &name, "--as", &desk]).await,
            read_file_by("-layout", &file),
        ];
        for sheet in sheets.map(|sheet| squeezed(&sheet)) {
            for words in ["Closed by PL at ", "released by Officer of PL", "signs with BY", &signed] {
                assert!(sheet.contains(&squeezed(words)), "{at}, {words}: {sheet}");
            }
            // What a Party wrote stands behind a margin, and passes for no line of the page.
            for words in ["|we keep our protest", "|Closed by BY"] {
                assert!(sheet.contains(&squeezed(words)), "{at}, {words}: {sheet}");
            }
        }
        let told = object(&["hotline", "show", &name, "--as", &desk]).await;
        let [close] = &told["closes"].as_array().unwrap()[..] else { panic!("{told}") };
        assert_eq!((&close["party"], &close["releaser"]), (&"PL".into(), &"Officer of PL".into()));
        assert_eq!(
            (&close["signed"][0]["party"], &close["signed"][0]["messages"]),
            (&"BY".into(), &2.into())
        );
        assert_eq!(close["signed"][0]["transcript"], signed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_a_word_of_two_scripts_is_sent_as_it_is_and_marked_where_it_is_shown() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let mixed = "ask \u{440}\u{430}\u{443}\u{440}\u{430}l";
    for text in [mixed, "\u{421}\u{43e}\u{44e}\u{437} anakonda"] {
        arrived(&world, "PL", &say(&world, "BY", &thread, text).await.message_digest).await;
    }
    let name = hex::encode(&thread);
    for at in ["BY", "PL"] {
        let desk = world.state(at).desk_directory("officer").display().to_string();
        for what in ["show", "transcript"] {
            let page = printed(&["hotline", what, &name, "--as", &desk]).await;
            assert!(page.contains(mixed) && page.matches("MIXED LETTERS").count() == 1, "{page}");
        }
        let told = object(&["hotline", "show", &name, "--as", &desk]).await;
        assert!(
            told["lines"][2]["mixed_letters"].as_str().unwrap().contains("(Latin and Cyrillic)"),
            "{told}"
        );
        assert!(told["lines"][3]["mixed_letters"].is_null(), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_of_two_of_three_stands_by_what_these_two_have_and_not_by_what_one_has_from_the_third() {
    let world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "BY", &["LT", "PL"]).await.thread;
    for (by, others) in [("LT", ["BY", "PL"]), ("PL", ["BY", "LT"])] {
        let accepted = accept(&world, by, &thread).await;
        for other in others {
            arrived(&world, other, &accepted.message_digest).await;
        }
    }
    let said = say(&world, "BY", &thread, "It is not armed.").await;
    for other in ["LT", "PL"] {
        arrived(&world, other, &said.message_digest).await;
    }
    // To PL alone.
    let digest = hex::encode(&said.message_digest);
    let withdraws = format!("reason = \"A slip.\"\n[withdraws]\nmessage_digest = \"{digest}\"\n");
    let withdraws = form(Kind::MessageWithdrawal, &withdraws);
    let heading = calls::Heading { thread: thread.clone(), ..heading(9) };
    let word = send(&world, "BY", 9, heading, &withdraws).await;
    arrived(&world, "PL", &word.message_digest).await;
    for (by, others) in [("BY", ["LT", "PL"]), ("PL", ["BY", "LT"])] {
        let closed = close(&world, by, &thread).await;
        for other in others {
            arrived(&world, other, &closed.message_digest).await;
        }
    }
    let desk = officer(&world, "BY");
    let number = word.number.as_str();
    for (with, withdrawn_by, state, closes) in [("PL", number, "closed", 2), ("LT", "", "closing", 1)] {
        let asked =
            calls::ShowSessionRequest { thread: thread.clone(), with: with.into(), ..Default::default() };
        let told = hotlines(&desk).show_session(asked).await.unwrap().into_inner();
        let line = told.lines.iter().find(|line| line.digest == said.message_digest).unwrap();
        assert_eq!(line.withdrawn_by, withdrawn_by, "{with}");
        assert_eq!(line.withdrawal_reason, if with == "PL" { "A slip." } else { "" });
        let head = told.session.as_ref().unwrap();
        assert_eq!(head.state, state, "{with}");
        assert_eq!(head.present, ["BY", "LT", "PL"], "the opening names all three");
        // The two acceptances, and no close.
        assert_eq!((head.to_acknowledge, head.beside.len()), (2, 0), "{with}");
        assert_eq!(told.closes.len(), closes, "{with}");
        for close in &told.closes {
            let signed: Vec<&str> = close.signed.iter().map(|one| one.party.as_str()).collect();
            assert_eq!(signed, [if close.party == "BY" { with } else { "BY" }]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_one_of_two_knows_of_the_third_is_neither_told_nor_counted_on_their_sheet() {
    let (world, thread, before, since) = three().await;
    let (by, lt, pl) = (officer(&world, "BY"), officer(&world, "LT"), officer(&world, "PL"));
    // It answers what the third alone was told by BY.
    let asked = calls::SayRequest { answers: before[0].clone(), ..say_call(&pl, &thread, "answered").await };
    let answer = hotlines(&pl).say(asked).await.unwrap().into_inner().spoken.unwrap().message_digest;
    let of_by = since.last().unwrap();
    let read = calls::ReadTextRequest { command: command(&pl), digest: of_by.clone() };
    hotlines(&pl).read_text(read).await.unwrap();
    let words = check_words(&Digest::from_slice(of_by).unwrap()).join(" ");
    for check_words in [words, String::new()] {
        let asked = calls::EnterHeardRequest {
            command: command(&pl),
            thread: thread.clone(),
            opening: opening(&pl, &thread).await,
            from: "BY".into(),
            text: "for all three, by BY".into(),
            read_by: "Officer of BY".into(),
            written_by: "Officer of PL".into(),
            at: "2025-09-12T06:00Z".into(),
            check_words,
            ..Default::default()
        };
        hotlines(&pl).enter_heard(asked).await.unwrap();
    }
    // So many that the last one has no room among all of them.
    let languages = ["be", "cs", "de", "es", "fr", "it", "nl", "pt"];
    assert_eq!(languages.len(), limits::HOTLINE_TRANSLATIONS_TOLD);
    let all = languages.map(|language| (&by, language));
    for (desk, language) in all.into_iter().chain([(&lt, "ru")]) {
        let asked = calls::TranslateTextRequest {
            command: command(desk),
            text: of_by.clone(),
            language: language.into(),
            translation: "for all three".into(),
            opening: opening(desk, &thread).await,
            ..Default::default()
        };
        let given = hotlines(desk).translate_text(asked).await.unwrap().into_inner().spoken.unwrap();
        arrived(&world, "PL", &given.message_digest).await;
    }
    for (with, is_of_both) in [("BY", true), ("LT", false)] {
        let asked =
            calls::ShowSessionRequest { thread: thread.clone(), with: with.into(), ..Default::default() };
        let told = hotlines(&pl).show_session(asked).await.unwrap().into_inner();
        let line = |digest: &Bytes| told.lines.iter().find(|line| line.digest == *digest).unwrap();
        assert_eq!(line(&answer).answers_not_here, !is_of_both, "{with}");
        let of_by = line(of_by);
        assert_eq!((of_by.heard.len(), told.heard.len()), if is_of_both { (1, 1) } else { (0, 0) }, "{with}");
        assert_eq!((of_by.more_heard, told.more_heard), (0, 0), "{with}");
        assert_eq!(told.session.as_ref().unwrap().heard_alone, u32::from(is_of_both), "{with}");
        let readers = of_by.states.iter().filter(|state| !state.read_by.is_empty());
        assert_eq!(readers.count(), usize::from(is_of_both), "{with}: {of_by:?}");
        let given: Vec<&str> = of_by.translations.iter().map(|one| one.by.as_str()).collect();
        let expected = if is_of_both { vec!["BY"; languages.len()] } else { vec!["LT"] };
        assert_eq!((given, of_by.more_translations), (expected, 0), "{with}");
    }
    let desk = world.state("PL").desk_directory("officer").display().to_string();
    let sheet = ["hotline", "transcript", &hex::encode(&thread), "--with", "LT", "--as", &desk];
    let sheet = printed(&sheet).await;
    assert!(!sheet.contains("read out by") && !sheet.contains("more translation"), "{sheet}");
}
