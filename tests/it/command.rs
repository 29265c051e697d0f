//! The ids under which persons give commands, and whose they are.

use detente::cli::desk::fresh_id;
use detente::cli::part;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::audit_service_client::AuditServiceClient;
use detente::domain::content::Kind;
use detente::domain::people::Role;

use crate::hotline_nodes::{accept, command, officers, open, say, say_call};
use crate::officer::{addressee, arrived, draft_call, exercises, filled, heading, hotlines, reason, watches};
use crate::world::World;

/// The names of those whose commands are on record, in the order of the records.
async fn on_record(world: &World, party: &str) -> Vec<String> {
    let node = world.node(party);
    let head = node.registrar.head();
    let records = head.records(&node.registrar.journal);
    let mut names = Vec::new();
    for index in 0..head.chain.size {
        names.extend(records.record(index).await.unwrap().command.map(|stamp| stamp.by.name));
    }
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_person_gives_under_the_same_id_is_refused_and_is_no_word_of_either() {
    let mut world = officers(&["BY", "PL"]).await;
    let roles = [Role::Drafter, Role::Releaser, Role::Watch, Role::Auditor];
    for (called, name) in [("first", "First of PL"), ("second", "Second of PL")] {
        world.state_mut("PL").take_person(called, name, &roles).await;
    }
    let thread = open(&world, "BY", &["PL"]).await.thread;
    accept(&world, "PL", &thread).await;
    let text = say(&world, "BY", &thread, "Answer at once").await;
    arrived(&world, "PL", &text.message_digest).await;

    let (first, second) = (world.desk("PL", "first"), world.desk("PL", "second"));
    let says = say_call(&first, &thread, "It is here").await;
    let reads = calls::ReadTextRequest { command: command(&first), digest: text.message_digest.clone() };
    let to_by = calls::Heading { action: vec![addressee("BY")], ..heading(1) };
    let drafts = draft_call(&first, 1, to_by, &filled(Kind::Notification));
    let audits = calls::HeadRequest { command: command(&first) };
    let (stores, content) = (fresh_id().unwrap(), b"one".to_vec());

    let said = hotlines(&first).say(says.clone()).await.unwrap().into_inner().spoken.unwrap();
    assert!(said.released, "{said:?}");
    let read = hotlines(&first).read_text(reads.clone()).await.unwrap().into_inner();
    let drafted = exercises(&first).draft(drafts.clone()).await.unwrap().into_inner();
    AuditServiceClient::new(first.channel.clone()).head(audits.clone()).await.unwrap();
    let stored = part::store(&first, stores, "a.txt", false, content.clone()).await.unwrap();
    assert_eq!(on_record(&world, "PL").await.iter().filter(|name| *name == "First of PL").count(), 6);

    let mut auditor = AuditServiceClient::new(second.channel.clone());
    for refused in [
        hotlines(&second).say(says.clone()).await.map(drop).unwrap_err(),
        hotlines(&second).read_text(reads.clone()).await.map(drop).unwrap_err(),
        exercises(&second).draft(drafts.clone()).await.map(drop).unwrap_err(),
        auditor.head(audits.clone()).await.map(drop).unwrap_err(),
    ] {
        assert_eq!(reason(&refused), "ID_REUSED", "{refused:?}");
    }
    let refused = part::store(&second, stores, "a.txt", false, content.clone()).await.unwrap_err();
    assert!(refused.to_string().contains("or by another person"), "{refused}");
    assert!(!on_record(&world, "PL").await.contains(&"Second of PL".to_owned()));

    // Who gave it hears the same again, and who did not reads the text under an id of its own.
    let again = hotlines(&first).say(says).await.unwrap().into_inner().spoken.unwrap();
    assert_eq!(again.message_digest, said.message_digest);
    assert_eq!(hotlines(&first).read_text(reads).await.unwrap().into_inner(), read);
    assert_eq!(exercises(&first).draft(drafts).await.unwrap().into_inner(), drafted);
    assert_eq!(part::store(&first, stores, "a.txt", false, content).await.unwrap(), stored);
    let own = calls::AcknowledgeRequest { command: command(&second), digest: text.message_digest };
    let own = watches(&second).acknowledge(own).await.unwrap().into_inner();
    assert_ne!(own.acknowledgement_digest, read.acknowledgement_digest);
    assert_eq!(on_record(&world, "PL").await.last().unwrap(), "Second of PL");
}
