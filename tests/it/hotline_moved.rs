//! What a console is told of lines that were told before: of what moved the places alone, and of what is answered over
//! and over no more than changes in it.

use bytes::Bytes;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::join_response::What;

use crate::hostile::Hostile;
use crate::hotline_hostile::Flood;
use crate::hotline_nodes::{Console, accept, line_of, officer, officers, open, say, say_call, show};
use crate::officer::{arrived, hotlines, size};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_that_a_late_text_moves_are_told_by_their_places_in_one_message() {
    let world = officers(&["BY", "PL"]).await;
    let thread = open(&world, "BY", &["PL"]).await.thread;
    arrived(&world, "BY", &accept(&world, "PL", &thread).await.message_digest).await;
    let shown_at = size(&world, "BY");
    let mut said = Vec::new();
    for text in ["one", "two", "three"] {
        let digest = say(&world, "PL", &thread, text).await.message_digest;
        arrived(&world, "BY", &digest).await;
        said.push(digest);
    }
    let desk = officer(&world, "BY");
    let mut console = Console::begin(&desk, 0).await;
    console.told_of(|told| matches!(told.what, Some(What::Live(_))).then_some(())).await;

    // Its writer was shown none of them: it stands before all that build on the first.
    let late = calls::SayRequest { seen_before: shown_at, ..say_call(&desk, &thread, "late").await };
    let late = hotlines(&desk).say(late).await.unwrap().into_inner().spoken.unwrap();
    assert!(late.released, "{late:?}");
    let moved = |told: &calls::JoinResponse| match &told.what {
        Some(What::Moved(moved)) => Some(moved.lines.clone()),
        _ => None,
    };
    let moved = console.told_of(moved).await;
    let lines = show(&world, "BY", &thread).await.lines;
    let digests: Vec<&Bytes> = moved.iter().map(|one| &one.digest).collect();
    assert!(digests.contains(&&said[1]) && digests.contains(&&said[2]), "{moved:?}");
    for one in &moved {
        let line = lines.iter().find(|line| line.digest == one.digest).unwrap();
        let names = one.names.as_ref().unwrap();
        assert_eq!((one.position, one.unseen), (line.position, line.unseen));
        assert_eq!((&names.unseen_texts, &names.missing), (&line.unseen_texts, &line.missing));
        assert_eq!((line.unseen, &line.unseen_texts), (1, &vec![late.message_digest.clone()]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_all_answer_one_and_refer_to_it_tell_of_it_no_more_than_changes() {
    let mut world = officers(&["BY", "LT", "PL"]).await;
    let thread = open(&world, "LT", &["PL"]).await.thread;
    let accepted = accept(&world, "PL", &thread).await;
    arrived(&world, "LT", &accepted.message_digest).await;
    let by = Hostile::in_place_of(&mut world, "BY", "PL").await;
    let mut flood = Flood::begin(by).await;
    let answered = flood.answers().await;
    let said = say(&world, "LT", &thread, "from LT").await;
    arrived(&world, "PL", &said.message_digest).await;
    let mut console = Console::begin(&officer(&world, "PL"), 0).await;
    let (mut lines, mut changed) = (0, 0);
    loop {
        let told = console.told().await;
        if line_of(&told, "from LT").is_some() {
            break;
        }
        match told.what {
            Some(What::Line(line)) => lines += usize::from(line.answers == answered.0[..]),
            Some(What::Changed(line)) => changed += usize::from(line.digest == answered.0[..]),
            _ => {}
        }
    }
    // Who wrote it answers it: of no addressee is anything else to be told.
    assert_eq!((lines, changed), (detente::limits::DELIVERIES_PER_CALL_MAX, 1));
}
