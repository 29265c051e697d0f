//! What a bundle says of a message that a later one in it is about: taken back or cancelled, and by which message.

use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use detente::replay::verify::Weight;

use crate::forwarded::bundle;
use crate::officer::{addressee, arrived, filled, form, heading, receipted, send};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_says_what_is_cancelled_or_taken_back_by_which_message_and_what_that_is_about() {
    let world = World::new(&["BY", "PL"]).await;
    let named =
        |field: &str, message: &[u8]| format!("[{field}]\nmessage_digest = \"{}\"\n", hex::encode(message));
    let notice = send(&world, "BY", 1, heading(1), &filled(Kind::Notification)).await;
    let off = form(Kind::Cancellation, &named("cancels", &notice.message_digest));
    let off = send(&world, "BY", 2, heading(1), &off).await;
    let text = send(&world, "BY", 3, heading(1), &filled(Kind::Text)).await;
    let back = form(Kind::MessageWithdrawal, &named("withdraws", &text.message_digest));
    let back = send(&world, "BY", 4, heading(1), &back).await;
    // Another Party's message is not this one's to take back.
    arrived(&world, "PL", &notice.message_digest).await;
    let other = form(Kind::MessageWithdrawal, &named("withdraws", &notice.message_digest));
    let to_by = detente::codec::proto::detente::v1::Heading { action: vec![addressee("BY")], ..heading(1) };
    let other = send(&world, "PL", 5, to_by, &other).await;
    let absent = form(Kind::MessageWithdrawal, &named("withdraws", &[7; 32]));
    let absent = send(&world, "BY", 6, heading(1), &absent).await;
    arrived(&world, "BY", &other.message_digest).await;
    receipted(&world, "BY", "PL").await;

    let found = bundle(&world, "BY", 1, &["BY", "PL"]).await;
    assert!(found.holds(), "{:?}", found.findings);
    let proven = |about: &str, sentence: &str| {
        let mut of = found.findings.iter().filter(|one| one.weight == Weight::Proven && one.about == about);
        of.any(|one| one.sentence == sentence)
    };
    for (about, sentence) in [
        (&off.number, format!("BY says that it cancels {}, in this bundle", notice.number)),
        (&notice.number, format!("CANCELLED by {}, in this bundle", off.number)),
        (&back.number, format!("BY says that it takes back {}, in this bundle", text.number)),
        (&text.number, format!("WITHDRAWN by {}, in this bundle", back.number)),
        (
            &other.number,
            format!(
                "PL says that it takes back {}, in this bundle, on which it has no effect",
                notice.number
            ),
        ),
    ] {
        assert!(proven(about, &sentence), "{sentence}: {:?}", found.findings);
    }
    let not_here = format!(
        "BY says that it takes back message {}, which is not in this bundle",
        hex::encode([7_u8; 32])
    );
    assert!(proven(&absent.number, &not_here), "{:?}", found.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_says_which_text_is_adopted_and_which_adoption_is_suspended_or_left() {
    let world = World::new(&["BY", "PL"]).await;
    let regime = Digest([9; 32]);
    let adopts = format!(
        "regime = \"lakes\"\nedition = 2\nregime_digest = \"{regime}\"\nfrom = \"2031-01-01T00:00 Z\"\n\
         nature = \"political\"\n"
    );
    let adopted = send(&world, "BY", 1, heading(1), &form(Kind::Adoption, &adopts)).await;
    let about = |field: &str, message: &[u8]| {
        let digest = hex::encode(message);
        format!(
            "from = \"2031-02-01T00:00 Z\"\nreason = \"Floods.\"\n[{field}]\nmessage_digest = \"{digest}\"\n"
        )
    };
    let suspends = format!("provisions = [\"para 12\"]\n{}", about("adoption", &adopted.message_digest));
    let suspends = form(Kind::Suspension, &suspends);
    let suspended = send(&world, "BY", 2, heading(1), &suspends).await;
    let leaves = form(Kind::Withdrawal, &about("adoption", &adopted.message_digest));
    let left = send(&world, "BY", 3, heading(1), &leaves).await;
    arrived(&world, "PL", &left.message_digest).await;
    receipted(&world, "BY", "PL").await;

    let found = bundle(&world, "BY", 1, &["BY", "PL"]).await;
    assert!(found.holds(), "{:?}", found.findings);
    for (about, sentence) in [
        (&adopted, format!("BY says that it adopts lakes, edition 2, its text's digest {regime}")),
        (
            &suspended,
            format!(
                "BY says that it suspends para 12 of what it adopted by {}, in this bundle",
                adopted.number
            ),
        ),
        (
            &adopted,
            format!(
                "para 12 SUSPENDED, from the instant stated there, by {}, in this bundle",
                suspended.number
            ),
        ),
        (&left, format!("BY says that it leaves what it adopted by {}, in this bundle", adopted.number)),
        (&adopted, format!("LEFT, from the instant stated there, by {}, in this bundle", left.number)),
    ] {
        let mut of = found.findings.iter().filter(|one| one.about == about.number);
        assert!(of.any(|one| one.sentence == sentence), "{sentence}: {:?}", found.findings);
    }
}
