//! The list of what is still to be handed over: in pages, as the channel of an account counts, and for whoever
//! releases.

use bytes::Bytes;
use detente::codec::by_hand::account_to_proto;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::proto::detente::v1::party_service_client::PartyServiceClient;
use detente::domain::by_hand::{DeliveredByHand, HandedOver, Says};
use detente::domain::content::Kind;
use detente::domain::digest::{CommandId, Digest, ThreadId};
use detente::domain::party::Party;
use detente::domain::precedence::Precedence;
use detente::limits;

use crate::by_hand::{board, cited, handed, hold, of, put, restart, shown, tell, without_node};
use crate::officer::{addressee, by_hand, filled, heading, messages, reason, send, violations};
use crate::world::World;

/// A regime with a channel that counts and one that does not.
const CHANNELS: &str = "regime = \"ferry\"\nedition = 1\ntitle.en = \"Ferry\"\nsource = \"signed\"\n\
                        nature = \"political\"\n\
                        [[channel]]\nname = \"note\"\ncounts = true\nparagraph = \"4\"\nchecked = true\n\
                        [[channel]]\nname = \"mail\"\nlabel.en = \"electronic mail\"\ncounts = false\n\
                        paragraph = \"5\"\nchecked = true\n";

/// What the list says of the only message on it; `None` where it is empty.
async fn marked(world: &World) -> Option<Vec<String>> {
    let asked = calls::ListOpenRequest::default();
    let answered = by_hand(&world.desk("BY", "drafter")).list_open(asked).await.unwrap().into_inner();
    assert!(answered.open.len() <= 1 && answered.next.is_empty());
    answered.open.into_iter().next().map(|one| one.marks)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_by_a_channel_that_does_not_count_stays_on_the_list_with_the_reason() {
    let mut world = World::new(&["BY"]).await;
    world.state("BY").change(without_node("SM"), Bytes::new()).await;
    let heading = calls::Heading {
        action: vec![addressee("SM")],
        regime: Some(detente::codec::proto::detente::evidence::v1::RegimeCitation {
            name: "ferry".into(),
            digest: Digest::of(CHANNELS.as_bytes()).0.to_vec().into(),
            provision: "4".into(),
        }),
        ..heading(1)
    };
    let sent = send(&world, "BY", 1, heading, &filled(Kind::Notification)).await;
    assert_eq!(marked(&world).await, Some(Vec::new()));
    let mut before = None;
    let mut by_channel = async |world: &World, channel: &str| {
        let Says::HandedOver(said) = of(&sent, "SM").says else { unreachable!() };
        let says = Says::HandedOver(HandedOver { channel: channel.into(), ..said });
        let desk = world.desk("BY", "watch");
        let command = desk.command(None).unwrap();
        let id = CommandId::from_slice(&command.id).unwrap();
        let said = DeliveredByHand { says, corrects: before.replace(id), ..of(&sent, "SM") };
        let asked = calls::RecordRequest { command: Some(command), account: Some(account_to_proto(&said)) };
        by_hand(&desk).record(asked).await.unwrap().into_inner().marks
    };
    // As long as the regime's text is not here, nothing can be said against any channel.
    assert!(by_channel(&world, "mail").await.is_empty());
    assert_eq!(marked(&world).await, None);
    let desk = world.desk("BY", "drafter");
    let asked = calls::HoldRequest { command: Some(desk.command(None).unwrap()), text: CHANNELS.into() };
    crate::officer::regimes(&desk).hold(asked).await.unwrap();
    for (channel, mark) in [
        ("mail", "delivered by a channel that does not count under ferry: electronic mail [5]"),
        ("pigeon", "delivered by a channel that does not count under ferry, which names no such: pigeon"),
        ("", "delivered, and no channel named: whether it counts under ferry is not judged"),
    ] {
        assert_eq!(by_channel(&world, channel).await, [mark]);
        assert_eq!(marked(&world).await, Some(vec![mark.to_owned()]));
        restart(&mut world).await;
        assert_eq!(marked(&world).await, Some(vec![mark.to_owned()]), "after a restart");
        let parties = PartyServiceClient::new(world.desk("BY", "watch").channel);
        let listed = { parties }.list_parties(calls::ListPartiesRequest {}).await.unwrap().into_inner();
        assert!(listed.parties.iter().any(|line| line.party == "SM" && line.open_by_hand == 1));
    }
    assert!(by_channel(&world, "note").await.is_empty());
    assert_eq!(marked(&world).await, None);
    // One that counts is enough, whatever else was tried.
    let says = Says::HandedOver(HandedOver { channel: "mail".into(), at: world.clock.now(), ..handed() });
    put(&world, &DeliveredByHand { says, ..of(&sent, "SM") }).await.unwrap();
    assert_eq!(marked(&world).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_comes_in_pages_and_what_is_handed_over_meanwhile_moves_none_of_the_rest() {
    let world = World::new(&["BY"]).await;
    for code in ["SM", "SL"] {
        world.state("BY").change(without_node(code), Bytes::new()).await;
    }
    let codes: Vec<Party> = vec!["SL".parse().unwrap(), "SM".parse().unwrap()];
    let thread = ThreadId([9; 16]);
    let mut sent = Vec::new();
    for number in 0..=limits::BY_HAND_PER_PAGE / 2 {
        let text = format!("number {number}");
        let outgoing = crate::talk::outgoing(thread, &codes, Precedence::Routine, &text);
        sent.push(crate::talk::release(&world.node("BY").registrar, outgoing).await);
    }
    let desk = world.desk("BY", "watch");
    let page = async |from: Bytes| {
        let asked = calls::ListOpenRequest { from, all_offices: false };
        by_hand(&desk).list_open(asked).await.map(tonic::Response::into_inner)
    };
    let first = page(Bytes::new()).await.unwrap();
    assert_eq!(first.open.len(), limits::BY_HAND_PER_PAGE);
    // The very one that the next page begins with, and one of the first page.
    for (message, party) in [(sent.last().unwrap(), codes[0]), (&sent[0], codes[1])] {
        let says = Says::HandedOver(HandedOver { at: world.clock.now(), ..handed() });
        let said = DeliveredByHand { message: *message, thread, party, says, corrects: None };
        put(&world, &said).await.unwrap();
    }
    let second = page(first.next.clone()).await.unwrap();
    let left: Vec<(&str, &[u8])> =
        second.open.iter().map(|one| (one.party.as_str(), &one.message_digest[..])).collect();
    assert_eq!(left, [("SM", &sent.last().unwrap().0[..])]);
    assert!(second.next.is_empty());
    for wrong in [&b"x"[..], &[0; 40], &first.next[..41]] {
        assert_eq!(reason(&page(Bytes::copy_from_slice(wrong)).await.unwrap_err()), "FIELD");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_account_is_refused_at_the_door_with_its_field() {
    let world = World::new(&["BY", "PL"]).await;
    world.state("BY").change(without_node("SM"), Bytes::new()).await;
    let sent = tell(&world, 1, &["SM"]).await;
    let other = tell(&world, 2, &["PL"]).await;
    let with = |change: fn(&mut HandedOver)| {
        let Says::HandedOver(mut handed) = of(&sent, "SM").says else { unreachable!() };
        change(&mut handed);
        DeliveredByHand { says: Says::HandedOver(handed), ..of(&sent, "SM") }
    };
    let table = [
        (with(|one| one.means = "note\u{202e}verbale".into()), "account.handed_over.means"),
        (with(|one| one.zone = "Europe/Nowhere".into()), "account.handed_over.at.zone"),
        (with(|one| one.by = "x".repeat(limits::LINE_BYTES_MAX + 1)), "account.handed_over.by"),
        (of(&other, "SM"), "account.party"),
        (of(&sent, "PL"), "account.party"),
    ];
    for (wrong, field) in table {
        let refused = put(&world, &wrong).await.unwrap_err();
        let violations = violations(&refused);
        assert_eq!(violations.first().map(|(at, _)| at.as_str()), Some(field), "{refused:?}");
    }
    let refused = put(&world, &with(|one| one.by.clear())).await.unwrap_err();
    assert_eq!(refused.message(), "field by: must be given");
    let unknown = DeliveredByHand { message: Digest([7; 32]), ..of(&sent, "SM") };
    assert_eq!(reason(&put(&world, &unknown).await.unwrap_err()), "NO_SUCH_MESSAGE");
    assert_eq!(board(&world).by_hand.open().count(), 1);

    // The same command again is the same account.
    let desk = world.desk("BY", "releaser");
    let account = Some(account_to_proto(&of(&sent, "SM")));
    let asked = calls::RecordRequest { command: Some(desk.command(None).unwrap()), account };
    for _ in 0..2 {
        by_hand(&desk).record(asked.clone()).await.unwrap();
    }
    let [one] = &shown(&world, &sent, 0).await[..] else { panic!("one addressee") };
    assert_eq!(one.accounts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_to_release_sees_what_will_have_to_be_delivered_by_hand_and_how_it_counts() {
    let world = World::new(&["BY", "PL"]).await;
    hold(&world).await;
    world.state("BY").change(without_node("SM"), Bytes::new()).await;
    let heading = calls::Heading { information: vec![addressee("SM")], regime: Some(cited()), ..heading(1) };
    crate::officer::draft(&world, "BY", 1, heading, &filled(Kind::Notification)).await.unwrap();
    let asked = calls::ShowDraftRequest { draft: vec![1; 16].into(), ..Default::default() };
    let shown = messages(&world.desk("BY", "releaser")).show_draft(asked).await.unwrap().into_inner();
    assert_eq!(shown.by_hand, ["SM"]);
    let lines: Vec<String> = shown.check.unwrap().lines.into_iter().map(|line| line.text).collect();
    let at = lines.iter().position(|line| line == "Delivered by hand, for want of a node: SM").unwrap();
    assert!(lines[at + 1].starts_with("Channel diplomatic channels: counts by"), "{lines:?}");
}
