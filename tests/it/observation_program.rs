//! Observers invited and named, as officers play it with the program; names that can be erased, and what silence counts as.

use detente::cli::form;
use detente::domain::content::Kind;
use serde_json::{Value, json};

use crate::activity_program::{Desks, Spoken, naming};
use crate::officer_program::{object, printed, written};

const NOTICE: &str = "chapter V";

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_answered_with_names_that_can_be_erased_and_silence_counts_only_where_the_rules_say_so()
 {
    let desks = Desks::of(&["BY", "LT", "PL"]).await;
    let both = ["LT", "PL"];
    let host = |provision| Spoken { party: "BY", to: &both, info: &[], provision };
    let notice = desks.say(Kind::Notification, host(NOTICE), form::example(Kind::Notification), &[]).await;
    let thread = notice["thread"].as_str().unwrap();
    let invitation = form::example(Kind::Invitation);
    let in_thread = ["--thread", thread];
    let invited = desks.say(Kind::Invitation, host("chapter VI"), invitation, &in_thread).await;
    let under_none = desks.say(Kind::Invitation, host(""), invitation, &in_thread).await;

    let names = written(desks.folder.path(), "names.txt", "Lt. Col. Ewa Lis\nMaj. Jan Wilk\n");
    let answer = format!(
        "reply = \"observers\"\nobservers = 2\nlanguages = [\"English\"]\n{}",
        naming("invitation", &invited)
    );
    let guest = || Spoken { party: "PL", to: &["BY"], info: &["LT"], provision: "" };
    // Without their names it is told that these are asked for.
    let file = written(desks.folder.path(), "form.toml", &answer);
    let drafter = desks.desk("PL", "drafter");
    let words = ["exercise", "draft", &file, "--kind", "observers", "--to", "BY", "--as", &drafter];
    let lacking = object(&words).await;
    assert_eq!(lacking["faults"][0]["field"], "heading.parts", "{lacking}");
    let answered = desks.say(Kind::Observers, guest(), &answer, &["--attach-personal", &names]).await;

    let shown = desks.shown("exercise", "BY", thread).await;
    let observation = &shown["picture"]["observed"];
    let [first, second] = &observation["invitations"].as_array().unwrap()[..] else {
        panic!("{observation}")
    };
    assert_eq!(
        (&first["answers"][0]["message"], &first["no_answer"]),
        (&answered["message"], &json!(["LT"]))
    );
    assert_eq!(
        first["silence"],
        json!({"counts_as": "no observers", "paragraph": "chapter VI", "checked": false})
    );
    // Another guest's answer goes to the host: that there is none, no guest can know.
    let at_guest = desks.shown("exercise", "PL", thread).await;
    let invited_there = &at_guest["picture"]["observed"]["invitations"][0];
    assert_eq!((&invited_there["no_answer"], &invited_there["not_known_here"]), (&json!([]), &json!(["LT"])));
    let printed_there = printed(&["exercise", "show", thread, "--as", &desks.desk("PL", "releaser")]).await;
    assert!(
        printed_there.contains("LT: not known here") && !printed_there.contains("LT: no answer"),
        "{printed_there}"
    );
    // Under no rules silence is silence.
    assert_eq!((&second["invitation"], &second["no_answer"]), (&under_none["message"], &json!(["LT", "PL"])));
    assert_eq!(second["silence"], Value::Null);

    let report = format!("{REPORT}{}", naming("exercise", &notice));
    desks
        .say(
            Kind::ObserverReport,
            Spoken { party: "PL", to: &["BY"], info: &["LT"], provision: "" },
            &report,
            &[],
        )
        .await;
    let stated = format!(
        "basis = \"estimated\"\nsource = \"A newspaper (synthetic)\"\nstated_on = \"2031-10-01 Z\"\n{}[[figures]]\nwhat = \"troops\"\nnumber = 20000\n",
        naming("exercise", &notice)
    );
    desks
        .say(
            Kind::Statement,
            Spoken { party: "LT", to: &["BY"], info: &["PL"], provision: "" },
            &stated,
            &["--subject", "Press"],
        )
        .await;
    let shown = desks.shown("exercise", "LT", thread).await;
    let figures = shown["picture"]["observed"]["figures"].as_array().unwrap();
    let told: Vec<(&str, &str)> =
        figures.iter().map(|one| (one["basis"].as_str().unwrap(), one["by"].as_str().unwrap())).collect();
    assert_eq!(
        told,
        [
            ("declared", "BY"),
            ("declared", "PL"),
            ("observed", "PL"),
            ("estimated", "LT"),
            ("estimated", "PL")
        ]
    );
    assert!(figures[1..].iter().all(|one| !one["source"].as_str().unwrap().is_empty()), "{figures:?}");

    let releaser = desks.desk("BY", "releaser");
    let text = printed(&["exercise", "show", thread, "--as", &releaser]).await;
    for words in [
        "OBSERVATION",
        "PL: observers, 2",
        "LT: no answer",
        "counts as no observers",
        "FIGURES, BY HOW THEY ARE KNOWN",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(!text.contains("Ewa Lis"), "{text}");

    // Erased at the host by an act on record; the answer still stands and verifies.
    let messages = shown["messages"].as_array().unwrap();
    let message = messages.iter().find(|one| one["message"] == answered["message"]).unwrap();
    let part = message["parts"][0]["part"].as_str().unwrap();
    assert_eq!(message["parts"][0]["personal"], true);
    printed(&["part", "erase", part, "--reason", "No longer needed", "--as", &desks.desk("BY", "custodian")])
        .await;
    let after = desks.shown("exercise", "BY", thread).await;
    let after = after["messages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["message"] == answered["message"])
        .unwrap();
    assert_eq!(after["parts_held"][0]["state"], "erased here");
}

const REPORT: &str = "observed_from = \"2031-09-17 Z\"\nobserved_until = \"2031-09-19 Z\"\nobserved = \"A crossing.\"\n\
    [[figure_accounts]]\nbasis = \"declared\"\nsource = \"Briefing of the host\"\n[[figure_accounts.figures]]\nwhat = \"troops\"\nnumber = 9800\n\
    [[figure_accounts]]\nbasis = \"observed\"\nsource = \"Our observers\"\n[[figure_accounts.figures]]\nwhat = \"battle tanks\"\nnumber = 31\n\
    [[figure_accounts]]\nbasis = \"estimated\"\nsource = \"Our observers\"\n[[figure_accounts.figures]]\nwhat = \"troops\"\nnumber = 7000\n";
