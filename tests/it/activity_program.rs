//! C2, three Parties ask a fourth to explain an activity, as officers play it at five nodes with the program. Dates,
//! questions and outcomes are from the press; the rest, attendance and single answers among it, is synthetic.

use bytes::Bytes;
use detente::codec::proto::detente::v1 as calls;
use detente::codec::regime::built_in;
use detente::domain::content::Kind;
use detente::domain::digest::Digest;
use serde_json::{Value, json};

use crate::officer::{self, arrived};
use crate::officer_program::{object, printed, written};
use crate::world::{Medium, World};

const REGIME: &str = "vienna-document-2011";
const ALL: [&str; 5] = ["BY", "EE", "LT", "LV", "PL"];

pub struct Desks {
    pub world: World,
    pub folder: tempfile::TempDir,
}

/// Who says it, to whom for action and whom for information, and under which paragraph.
pub struct Spoken<'a> {
    pub party: &'a str,
    pub to: &'a [&'a str],
    pub info: &'a [&'a str],
    pub provision: &'a str,
}

fn spoken<'a>(party: &'a str, to: &'a [&'a str], info: &'a [&'a str], provision: &'a str) -> Spoken<'a> {
    Spoken { party, to, info, provision }
}

impl Desks {
    pub async fn of(parties: &[&str]) -> Desks {
        let world = World::on_real_time(Medium::Embedded, parties).await;
        Desks { world, folder: tempfile::tempdir().unwrap() }
    }

    pub fn desk(&self, party: &str, role: &str) -> String {
        self.world.state(party).desk_directory(role).display().to_string()
    }

    /// Drafted and released with no fault, and on record wherever it goes. An adoption from before it was told is
    /// released as it is.
    pub async fn say(&self, kind: Kind, spoken: Spoken<'_>, text: &str, more: &[&str]) -> Value {
        let Spoken { party, to, info, provision } = spoken;
        let file = written(self.folder.path(), "form.toml", text);
        let drafter = self.desk(party, "drafter");
        let cited = format!("{REGIME}:{provision}");
        let mut words = vec![kind.noun(), "draft", &file, "--kind", kind.name(), "--as", &drafter];
        words.extend(to.iter().flat_map(|party| ["--to", *party]));
        words.extend(info.iter().flat_map(|party| ["--info", *party]));
        if !provision.is_empty() {
            words.extend(["--regime", &cited]);
        }
        words.extend(more);
        let drafted = object(&words).await;
        let faults = drafted["faults"].as_array().unwrap().iter().map(|fault| &fault["field"]);
        let expected: &[&str] = if kind == Kind::Adoption { &["from"] } else { &[] };
        assert_eq!(faults.collect::<Vec<_>>(), expected, "{kind:?}: {drafted}");
        let (draft, digest) = (drafted["draft"].as_str().unwrap(), drafted["digest"].as_str().unwrap());
        let releaser = self.desk(party, "releaser");
        let mut words = vec!["message", "release", draft, "--digest", digest, "--as", &releaser];
        if kind == Kind::Adoption {
            words.push("--as-is");
        }
        let released = object(&words).await;
        let message = hex::decode(released["message"].as_str().unwrap()).unwrap();
        for other in to.iter().chain(info) {
            arrived(&self.world, other, &message.clone().into()).await;
        }
        released
    }

    pub async fn shown(&self, noun: &str, party: &str, thread: &str) -> Value {
        object(&[noun, "show", thread, "--as", &self.desk(party, "releaser")]).await
    }

    /// Each holds the rules and adopts them towards all others, and knows who is in the chair.
    pub async fn adopt(&self, chair: &str) {
        let text = std::str::from_utf8(built_in::file(REGIME).unwrap()).unwrap();
        let regime = written(self.folder.path(), "regime.toml", text);
        for party in ALL {
            printed(&["regime", "hold", &regime, "--as", &self.desk(party, "drafter")]).await;
        }
        let adoption = format!(
            "regime = \"{REGIME}\"\nedition = 1\nregime_digest = \"{}\"\nfrom = \"2011-12-01T00:00 Z\"\nnature = \"political\"\n",
            Digest::of(text.as_bytes())
        );
        for party in ALL {
            let others: Vec<&str> = ALL.into_iter().filter(|other| *other != party).collect();
            let spoken = Spoken { party, to: &others, info: &[], provision: "" };
            self.say(Kind::Adoption, spoken, &adoption, &["--subject", "Adoption"]).await;
            let term = ["regime", "function", "hold", REGIME, "chair", chair, "--source", "Decision 1"];
            let (first, second) = (self.desk(party, "custodian"), self.desk(party, "second custodian"));
            let from = ["--from", "2022-01-01T00:00:00Z", "--as", &first];
            let proposed = object(&[&term[..], &from].concat()).await;
            let proposal = proposed["proposal"].as_str().unwrap();
            printed(&["proposal", "confirm", proposal, "--as", &second]).await;
        }
    }
}

fn digest(released: &Value) -> &str {
    released["message"].as_str().unwrap()
}

pub fn naming(field: &str, released: &Value) -> String {
    format!("[{field}]\nmessage_digest = \"{}\"\n", digest(released))
}

/// The lines of the check of one message.
fn lines(shown: &Value, released: &Value) -> Vec<String> {
    let messages = shown["messages"].as_array().unwrap();
    let message = messages.iter().find(|one| one["message"] == released["message"]).unwrap();
    let lines = message["check"]["lines"].as_array().unwrap();
    lines.iter().map(|line| line["text"].as_str().unwrap().to_owned()).collect()
}

const ASKED: [&str; 7] = [
    "What is the total number of troops?",
    "How many battle tanks?",
    "How many armoured combat vehicles?",
    "How many artillery pieces, mortars and multiple rocket launchers?",
    "How many sorties are planned for each aircraft?",
    "Which rapid-reaction forces take part?",
    "When do they return?",
];

fn request() -> String {
    let mut text = "concern = \"The number of troops in Belarus, and that no notification was given.\"\n\
        responsible = \"Belarus\"\ndesignation = \"Union Resolve 2022\"\nkind = \"exercise of land and air forces\"\n\
        with = [\"Latvia\", \"Estonia\"]\n[[areas]]\nfeatures = \"Territory of Belarus\"\n"
        .to_owned();
    for (number, question) in (1..).zip(ASKED) {
        text += &format!("[[questions]]\nnumber = {number}\ntext = \"{question}\"\n");
    }
    text
}

/// Fewer than 13,000 was claimed in public; which question was answered how is synthetic.
fn reply(request: &Value) -> String {
    let mut text = naming("request", request);
    text += "[[answers]]\nnumber = 1\nhow = \"partly\"\ntext = \"Fewer than 13,000.\"\n";
    for number in 2..=5 {
        text += &format!("[[answers]]\nnumber = {number}\nhow = \"declined\"\n");
    }
    text + "[[answers]]\nnumber = 7\nhow = \"answered\"\ntext = \"When the exercise is over.\"\n\
        [[figure_accounts]]\nbasis = \"declared\"\nsource = \"Ministry of Defence of Belarus\"\n\
        [[figure_accounts.figures]]\nwhat = \"troops\"\nnumber = 13000\n"
}

fn judgement(reply: &Value, insufficient: &[u8], sufficient: &[u8]) -> String {
    let mut text = format!(
        "as_a_whole = \"insufficient\"\ngrounds = \"Required information is missing.\"\n{}",
        naming("reply", reply)
    );
    for (numbers, how) in [(insufficient, "insufficient"), (sufficient, "sufficient")] {
        for number in numbers {
            text += &format!("[[answers]]\nnumber = {number}\nhow = \"{how}\"\n");
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn three_ask_belarus_replies_and_each_of_the_three_judges_answer_by_answer() {
    let desks = Desks::of(&ALL).await;
    desks.adopt("PL").await;
    let asks = "chapter III, para 16.1";

    // Nobody is left out of the copies: the rules say so, and the releaser reads it.
    let asked =
        desks.say(Kind::Request, spoken("LT", &["BY"], &["EE", "LV", "PL"], asks), &request(), &[]).await;
    let thread = asked["thread"].as_str().unwrap();
    for (party, others) in [("LV", ["EE", "LT", "PL"]), ("EE", ["LT", "LV", "PL"])] {
        let joins = naming("request", &asked);
        desks.say(Kind::Joining, spoken(party, &["BY"], &others, asks), &joins, &[]).await;
    }
    let silent = desks.shown("activity", "BY", thread).await;
    assert_eq!(silent["picture"]["requests"][0]["requesters"], json!(["LT", "LV", "EE"]));
    assert_eq!(silent["picture"]["requests"][0]["questions"][0]["replies"], json!([]));
    // A reply goes to who asked, and to others as copies: who only joined can't know that there is none.
    assert_eq!(silent["not_known_here"], json!([]));
    let at_joiner = desks.shown("activity", "EE", thread).await;
    assert_eq!(
        at_joiner["not_known_here"],
        json!([{"about": digest(&asked), "party": "BY", "what": "reply"}])
    );
    let shown = printed(&["activity", "show", thread, "--as", &desks.desk("EE", "releaser")]).await;
    assert!(shown.contains("No reply on record here; not known here whether BY gave one."), "{shown}");
    let shown = printed(&["activity", "show", thread, "--as", &desks.desk("LT", "releaser")]).await;
    assert!(shown.contains("\nNo reply.\n"), "{shown}");
    let copies = lines(&silent, &asked);
    let copies = copies.iter().find(|line| line.starts_with("Addressees, request and reply")).unwrap();
    assert!(
        copies.contains("all are there [chapter III, para 16.1]; rests on an unchecked number"),
        "{copies}"
    );

    let replied =
        desks.say(Kind::Reply, spoken("BY", &["LT"], &["EE", "LV", "PL"], asks), &reply(&asked), &[]).await;
    let judged =
        [("LT", vec![1, 2, 3, 4, 5, 6], vec![7]), ("LV", vec![1, 6, 7], vec![]), ("EE", vec![1], vec![])];
    for (party, insufficient, sufficient) in &judged {
        let others: Vec<&str> = ALL.into_iter().filter(|other| other != party && *other != "BY").collect();
        let text = judgement(&replied, insufficient, sufficient);
        desks.say(Kind::Judgement, spoken(party, &["BY"], &others, asks), &text, &[]).await;
    }

    let meets = "scope = \"bilateral\"\nwith = \"Belarus\"\nhold_by = \"2022-02-14T12:00 Z\"\n\
        grounds = \"The reply lacks required information.\"\n"
        .to_owned()
        + &naming("request", &asked);
    let meets = desks
        .say(
            Kind::MeetingRequest,
            spoken("LT", &["BY"], &["EE", "LV", "PL"], "chapter III, para 16.2"),
            &meets,
            &[],
        )
        .await;
    let convenes = format!(
        "scope = \"all Parties\"\nconvened_as = \"Chairmanship\"\nstart = \"2022-02-14T10:00 Z\"\n{}[place]\nname = \"Vienna\"\n",
        naming("meeting_request", &meets)
    );
    let others = ["BY", "EE", "LT", "LV"];
    let convened = desks
        .say(Kind::Convening, spoken("PL", &others, &[], "chapter III, para 16.3"), &convenes, &[])
        .await;
    let record = format!(
        "held = \"held\"\nstart = \"2022-02-14T10:00 Z\"\nattended = [\"Belarus\", \"Estonia\", \"Latvia\", \"Lithuania\", \"Poland\"]\n\
         outcome = \"nothing\"\ncame_of_it = \"Belarus gives no information.\"\nremarks = \"Synthetic: who was there.\"\n{}",
        naming("meeting", &convened)
    );
    let record = desks.say(Kind::Meeting, spoken("PL", &others, &[], asks), &record, &[]).await;
    let report = format!("report = \"The three set out their concern.\"\n{}", naming("meeting", &record));
    let report = desks.say(Kind::MeetingReport, spoken("PL", &others, &[], asks), &report, &[]).await;

    // Every node says the same.
    let whole = desks.shown("activity", "LT", thread).await;
    for party in ALL {
        let there = desks.shown("activity", party, thread).await;
        assert_eq!(there["picture"], whole["picture"], "{party}");
    }
    let request = &whole["picture"]["requests"][0];
    let words = |question: usize| -> Vec<(String, String)> {
        let reply = &request["questions"][question]["replies"][0];
        let judged = reply["judged"].as_array().unwrap();
        judged
            .iter()
            .map(|one| (one["by"].as_str().unwrap().into(), one["how"].as_str().unwrap().into()))
            .collect()
    };
    let word = |by: &str, how: &str| (by.to_owned(), how.to_owned());
    let one = |question: usize, field: &str| request["questions"][question]["replies"][0][field].clone();
    assert_eq!(one(0, "answers"), json!([{"how": "partly", "text": "Fewer than 13,000."}]));
    assert_eq!(words(0), ["LT", "LV", "EE"].map(|party| word(party, "insufficient")));
    assert_eq!(
        (one(1, "answers")[0]["how"].clone(), words(1)),
        (json!("declined"), vec![word("LT", "insufficient")])
    );
    assert_eq!(one(1, "says_nothing"), json!(["LV", "EE"]));
    // Not answered, and judged as that.
    assert_eq!(
        (one(5, "answers"), words(5)),
        (json!([]), vec![word("LT", "insufficient"), word("LV", "insufficient")])
    );
    // Two requesters may think otherwise of one answer.
    assert_eq!(words(6), [word("LT", "sufficient"), word("LV", "insufficient")]);

    let meeting = &whole["picture"]["meetings"][0];
    assert_eq!(meeting["asked"]["message"], meets["message"]);
    assert_eq!(meeting["convened"][0]["author"], "PL");
    assert_eq!(meeting["records"][0]["content"]["outcome"], "nothing");
    assert_eq!(meeting["reports"][0]["message"], report["message"]);
    // The rules name the function, a term on record names its holder.
    let convening = lines(&whole, &convened);
    assert!(
        convening
            .iter()
            .any(|line| line
                .starts_with("Sent by Chairmanship: the author may send it [chapter III, para 16.3]")),
        "{convening:?}"
    );

    let releaser = desks.desk("EE", "releaser");
    let shown = printed(&["activity", "show", thread, "--as", &releaser]).await;
    for words in [
        "REQUEST",
        "Union Resolve 2022",
        "joined by its own message",
        "REPLY",
        "QUESTION BY QUESTION",
        "not answered in it",
        "LT: sufficient",
        "LV: insufficient",
        "says nothing of it",
        "what is on record here says nothing of it",
        "MEETING",
        "Belarus gives no information.",
        "HISTORY",
        "On record here",
        "Released",
    ] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    // Both clocks at the sender: when it was released, and when each had it.
    let releaser = desks.desk("LT", "releaser");
    let at_sender = printed(&["activity", "show", thread, "--as", &releaser]).await;
    assert!(at_sender.contains("To BY") && at_sender.contains("taken"), "{at_sender}");
    let listed = printed(&["activity", "list", "--as", &releaser]).await;
    assert!(listed.contains(thread), "{listed}");
    let auditor = desks.desk("LT", "auditor");
    let replayed = object(&["audit", "replay", "--thread", thread, "--as", &auditor]).await;
    assert_eq!(replayed["picture"], whole["picture"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_corrected_by_the_whole_reply_as_it_now_stands_and_only_by_its_author() {
    let desks = Desks::of(&["BY", "LT"]).await;
    let asked = desks.say(Kind::Request, spoken("LT", &["BY"], &[], ""), &request(), &[]).await;
    let thread = asked["thread"].as_str().unwrap();
    let first = desks.say(Kind::Reply, spoken("BY", &["LT"], &[], ""), &reply(&asked), &[]).await;
    let text = format!(
        "{}{}",
        naming("in_place_of", &first),
        reply(&asked).replace("Fewer than 13,000.", "12,000.")
    );
    let second = desks.say(Kind::Reply, spoken("BY", &["LT"], &[], ""), &text, &[]).await;

    let shown = desks.shown("activity", "LT", thread).await;
    let replies = shown["picture"]["requests"][0]["replies"].as_array().unwrap();
    assert_eq!(
        (&replies[0]["corrected_by"], &replies[1]["corrected_by"]),
        (&second["message"], &Value::Null)
    );
    let references = shown["messages"].as_array().unwrap().last().unwrap()["references"].clone();
    let relations: Vec<&Value> = references.as_array().unwrap().iter().map(|one| &one["relation"]).collect();
    assert_eq!(relations, ["answers", "amends"]);
    let printed = printed(&["activity", "show", thread, "--as", &desks.desk("LT", "releaser")]).await;
    assert!(
        printed.contains("its place was taken by") && printed.contains("Fewer than 13,000."),
        "{printed}"
    );

    // LT takes no place of BY's, and is told so before release; a number under which nothing was asked likewise.
    let text =
        format!("{}{}", naming("in_place_of", &first), reply(&asked).replace("number = 7", "number = 8"));
    let file = written(desks.folder.path(), "form.toml", &text);
    let words =
        ["activity", "draft", &file, "--kind", "reply", "--to", "BY", "--as", &desks.desk("LT", "drafter")];
    let faults = object(&words).await["faults"].clone();
    let fields: Vec<&Value> = faults.as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
    assert_eq!(fields, ["in_place_of", "answers[6].number", "request"], "{faults}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_asked_does_not_ask_or_judge_and_who_is_not_asked_does_not_answer_without_a_mark() {
    let world = World::new(&["BY", "PL", "OSCE"]).await;
    let to = |action: &str, information: &str| calls::Heading {
        action: vec![officer::addressee(action)],
        information: vec![officer::addressee(information)],
        ..officer::heading(1)
    };
    let about =
        |field: &str, digest: &Bytes| format!("[{field}]\nmessage_digest = \"{}\"\n", hex::encode(digest));
    let request = officer::filled(Kind::Request);
    let asked = officer::send(&world, "PL", 1, to("BY", "OSCE"), &request).await.message_digest;
    for party in ["BY", "OSCE"] {
        officer::arrived(&world, party, &asked).await;
    }
    let reply = officer::form(Kind::Reply, &about("request", &asked));
    let replied = officer::send(&world, "BY", 1, to("PL", "OSCE"), &reply).await.message_digest;
    let joining = officer::form(Kind::Joining, &about("request", &asked));
    let judgement = officer::form(Kind::Judgement, &about("reply", &replied));
    for (number, party, other, content, field, rule) in [
        (10, "BY", "PL", &joining, "request", "who is asked does not ask"),
        (11, "BY", "PL", &judgement, "reply", "whoever asked judges it"),
        (12, "OSCE", "PL", &reply, "request", "was put to other Parties"),
    ] {
        let third = if party == "BY" { "OSCE" } else { "BY" };
        let drafted = officer::draft(&world, party, number, to(other, third), content).await.unwrap();
        let told = drafted.faults.iter().any(|fault| fault.field == field && fault.rule.contains(rule));
        assert!(told, "{:?}", drafted.faults);
    }
    // Who was asked replies, and another asks beside the first, with nothing of the kind.
    let joins = officer::draft(&world, "OSCE", 13, to("BY", "PL"), &joining).await.unwrap();
    assert!(joins.faults.iter().all(|fault| fault.field != "request"), "{:?}", joins.faults);
}
