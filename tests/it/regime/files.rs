//! Regime files: what is refused, on which line; inheritance; what is shown and compared.

use detente::codec::regime::{built_in, read};
use detente::domain::digest::Digest;
use detente::domain::regime::describe::describe;
use detente::domain::regime::difference::{ChangeKind, difference};
use detente::domain::regime::{Regime, Standing};
use detente::limits;

use super::{NEIGHBOURS, regime};

const HEAD: &str = "regime = \"small\"\nedition = 1\nsource = \"invented\"\nnature = \"political\"\n";
const FIGURE: &str = "[[figure]]\nname = \"troops\"\n\
    counts = [{ in = \"land.figures\", where = { what = [\"troops\"] }, value = \"number\" }]\n";

fn no_parents(_: &str, _: Digest) -> Option<Vec<u8>> {
    None
}

fn small(rules: &str) -> Result<Regime, (usize, String)> {
    read(format!("{HEAD}{rules}").as_bytes(), &no_parents).map_err(|fault| (fault.line, fault.what))
}

#[test]
fn the_smallest_regime_has_a_head_and_no_rule() {
    let regime = small("").expect("a regime");
    assert_eq!(regime.head.digest, Digest::of(HEAD.as_bytes()));
    assert!(describe(&regime, None).is_empty());
}

#[test]
fn the_built_in_files_are_read_under_their_own_names_and_say_where_every_rule_stands() {
    for (name, text) in built_in::FILES {
        let regime = regime(name);
        assert_eq!(regime.head.name, name);
        assert_eq!(regime.head.digest, Digest::of(text.as_bytes()));
        for rule in describe(&regime, Some("en")) {
            let stands = rule.lines.iter().any(|line| line.contains("paragraph: "));
            assert!(stands || ["figure", "fact"].contains(&rule.table), "{name}: {rule:?}");
        }
    }
}

#[test]
fn most_numbers_of_the_vienna_document_are_not_checked_and_say_so() {
    let regime = regime("vienna-document-2011");
    let unchecked = |standing| standing == Standing::Unchecked;
    assert!(regime.quotas.values().all(|quota| unchecked(quota.ground.standing)));
    assert!(unchecked(regime.leads["annual calendar"].ground.standing));
    assert!(!unchecked(regime.leads["notification"].ground.standing));
}

/// What is wrong, the line on which it is (from 1, the head has four), and words of the refusal.
#[test]
fn every_refusal_names_its_line() {
    let threshold = |when: &str, more: &str| {
        format!("{FIGURE}[[threshold]]\nname = \"t\"\nfor = [\"notification\"]\nwhen = {when}\n{more}")
    };
    let grounded = |when: &str| threshold(when, "paragraph = \"1\"\nchecked = true\n");
    let lead = |lines: &str| {
        format!(
            "[[lead]]\nname = \"l\"\nparagraph = \"1\"\nchecked = true\nfor = [\"notification\"]\n{lines}"
        )
    };
    let rule = |table: &str, lines: &str| {
        format!("[[{table}]]\nname = \"r\"\nparagraph = \"1\"\nchecked = true\n{lines}")
    };
    let format =
        |lines: &str| format!("[[format]]\ncode = \"1\"\nparagraph = \"1\"\nchecked = true\n{lines}");
    let table: Vec<(String, usize, &str)> = vec![
        // Keys.
        ("colour = \"blue\"\n".into(), 5, "has no key \"colour\""),
        ("[[thresold]]\nname = \"t\"\n".into(), 5, "has no key \"thresold\""),
        (format!("{FIGURE}labl.en = \"x\"\n"), 8, "figure has no key \"labl\""),
        (grounded("{ figure = \"troops\" }"), 11, "at_least or more_than"),
        // A misspelt key is told as that, and not as one that is missing.
        (grounded("{ figure = \"troops\", at_leest = 9 }"), 11, "a condition has no key \"at_leest\"; it may have: "),
        ("[[figure]]\nnam = \"a\"\n".into(), 6, "figure has no key \"nam\""),
        (lead("anchor = \"start\"\natleast = 3\nunit = \"hours\"\nzone = \"UTC\"\n"), 11, "lead has no key \"atleast\""),
        (threshold("{ figure = \"troops\", at_least = 9 }", "paragraf = \"1\"\n"), 12, "threshold has no key \"paragraf\""),
        (format("title.en = \"a\"\n[[format.field]]\nname = \"a\"\ntipe = \"text\"\n"), 12, "a field has no key \"tipe\""),
        (grounded("{ figure = \"troops\", at_least = 9, at_most = 10 }"), 11, "has no key \"at_most\""),
        (grounded("{ fact = \"f\", figure = \"troops\" }"), 11, "has no key \"figure\""),
        ("[[figure]]\nname = \"a\"\n".into(), 5, "figure needs counts"),
        ("x = 1\nx = 2\n".into(), 6, "duplicate"),
        ("edition = 2\n".into(), 5, "duplicate"),
        ("x = [\n".into(), 5, ""),
        // Numbers and their ground.
        (threshold("{ figure = \"troops\", at_least = 9 }", ""), 8, "threshold needs paragraph"),
        (threshold("{ figure = \"troops\", at_least = 9 }", "paragraph = \"1\"\n"), 8, "threshold needs checked"),
        (threshold("{ figure = \"troops\", at_least = 9 }", "paragraph = \"1\"\nchecked = \"yes\"\n"), 13, "true or false"),
        (grounded("{ figure = \"troops\", at_least = 9, checked = true }"), 11, "needs the paragraph"),
        (grounded("{ figure = \"troops\", at_least = 9, paragraph = \"1\" }"), 11, "needs checked"),
        (grounded("{ figure = \"troops\", at_least = -9 }"), 11, "at_least is a whole number"),
        (grounded("{ figure = \"troops\", at_least = 9.5 }"), 11, "at_least is a whole number"),
        (grounded("{ figure = \"troops\", at_least = \"9\" }"), 11, "at_least is a whole number"),
        (grounded("{ figure = \"troops\", at_least = 9, more_than = 8 }"), 11, "either at_least or more_than"),
        // Names.
        (grounded("{ figure = \"troup\", at_least = 9 }"), 11, "there is no figure \"troup\""),
        (grounded("{ all = [\n  { figure = \"troops\", at_least = 9 },\n  { fact = \"f\" },\n] }"), 13, "there is no fact \"f\""),
        (grounded("{ class = \"c\" }"), 11, "there is no class \"c\""),
        (grounded("{ threshold = \"u\" }"), 11, "there is no threshold \"u\""),
        (grounded("{ threshold = \"t\" }"), 9, "threshold \"t\" stands on itself"),
        (grounded("{ figure = \"troops\", at_least = 9, over = \"any Party\" }"), 11, "does not say by_party"),
        (grounded("{ figure = \"troops\", at_least = 9, over = \"peak of phases\" }"), 11, "does not say phases"),
        (grounded("{ figure = \"troops\", at_least = 9, over = \"any planet\" }"), 11, "over is one of"),
        (grounded("{ all = [] }"), 11, "at least one condition"),
        (grounded("{ }"), 11, "a condition has one of"),
        (format!("{FIGURE}{FIGURE}"), 9, "there is a figure \"troops\" before it"),
        ("[[figure]]\nname = \"a+b\"\n".into(), 6, "name is a name"),
        // Places.
        ("[[figure]]\nname = \"a\"\ncounts = [{ in = \"land.figurs\", value = \"number\" }]\n".into(), 7, "no form has land.figurs"),
        ("[[figure]]\nname = \"a\"\ncounts = [{ in = \"land.figures\", value = \"nomber\" }]\n".into(), 7, "no single value \"nomber\""),
        ("[[figure]]\nname = \"a\"\ncounts = [{ in = \"land.figures\", where = { wat = [\"x\"] }, value = \"number\" }]\n".into(), 7, "and \"wat\" is none: they have what"),
        ("[[figure]]\nname = \"a\"\ncounts = [{ in = \"land.formations\", where = { kind = [\"x\"] }, others = { kinds = [\"y\"] }, value = \"number\", entries = \"things\" }]\n".into(), 7, "others names a single value of the entries, and \"kinds\" is none"),
        ("[[figure]]\nname = \"a\"\ncounts = [{ in = \"land.formations\", where = { kind = [\"x\"] }, others = { kind = [\"y\"] }, value = \"number\" }]\n".into(), 7, "it stands beside where, of entries that are things"),
        ("[[figure]]\nname = \"a\"\ncounts = [{ in = \"land.formations\", others = { kind = [\"y\"] }, value = \"number\", entries = \"things\" }]\n".into(), 7, "it stands beside where, of entries that are things"),
        ("[[fact]]\nname = \"a\"\nyes = { field = \"notise\", is = [\"x\"] }\n".into(), 7, "no form has notise"),
        ("[[fact]]\nname = \"a\"\nyes = { given = \"Landing!\" }\n".into(), 7, "a place in a form"),
        (lead("anchor = \"designation\"\nat_least = 3\nunit = \"hours\"\nzone = \"UTC\"\n"), 10, "is not a date"),
        (lead("anchor = \"phases.start\"\nat_least = 3\nunit = \"hours\"\nzone = \"UTC\"\n"), 10, "has no field phases.start"),
        (lead("anchor = \"start\"\nat_least = 3\nunit = \"fortnights\"\nzone = \"UTC\"\n"), 12, "unit is"),
        (lead("anchor = \"start\"\nat_least = 3\nunit = \"working days\"\nzone = \"UTC\"\n"), 12, "need a calendar"),
        (lead("anchor = \"start\"\nat_least = 3\nunit = \"working days\"\ncalendar = \"c\"\nzone = \"UTC\"\n"), 13, "there is no calendar"),
        (lead("anchor = \"start\"\nat_least = 3\nunit = \"hours\"\nzone = \"Europe/Nowhere\"\n"), 13, "zone is"),
        (lead("anchor = \"start\"\nat_least = 100001\nunit = \"hours\"\nzone = \"UTC\"\n"), 11, "at_least is"),
        (lead("agreed = true\n"), 10, "only ever false"),
        (lead("agreed = false\ntold = \"at the start\"\n"), 10, "one of"),
        (lead("by = \"13-01\"\nyear = \"start\"\nzone = \"UTC\"\n"), 10, "a month and a day"),
        ("[[lead]]\nname = \"l\"\nparagraph = \"1\"\nchecked = true\nfor = [\"telegram\"]\nagreed = false\n".into(), 9, "for names one of"),
        ("[[lead]]\nname = \"l\"\nparagraph = \"1\"\nchecked = true\nfor = [\"format 9\"]\nagreed = false\n".into(), 9, "there is no format \"9\""),
        ("[[calendar]]\nname = \"c\"\nparagraph = \"1\"\nchecked = true\nweekend = [\"Sunday\", \"Caturday\"]\n".into(), 9, "weekend names days"),
        ("[[calendar]]\nname = \"c\"\nparagraph = \"1\"\nchecked = true\nweekend = []\nholidays = [\n\"2025-02-30\"]\n".into(), 11, "a holiday is a date"),
        ("[[required]]\nname = \"r\"\nparagraph = \"1\"\nchecked = true\nfor = [\"statement\"]\nfields = [\"source\",\n\"phases\"]\n".into(), 11, "statement has no field phases"),
        ("[[addressees]]\nname = \"a\"\nparagraph = \"1\"\nchecked = true\nfor = [\"statement\"]\naction = [\"function chair\"]\n".into(), 10, "there is no function \"chair\""),
        ("[[addressees]]\nname = \"a\"\nparagraph = \"1\"\nchecked = true\nfor = [\"statement\"]\naction = [\"Poland\"]\n".into(), 10, "a Party's code"),
        ("[number]\nparagraph = \"1\"\nchecked = true\npattern = \"{party}/{nomber}\"\n".into(), 8, "in braces"),
        ("[number]\nparagraph = \"1\"\nchecked = true\npattern = \"{party}\"\n".into(), 8, "and its {serial}"),
        ("[[quota]]\nname = \"q\"\nparagraph = \"1\"\nchecked = true\nfor = [\"statement\"]\nat_most = 1\nunit = \"moons\"\n".into(), 11, "unit is one of"),
        ("[[quota]]\nname = \"q\"\nparagraph = \"1\"\nchecked = true\nfor = [\"notification\"]\nat_most = 1\nunit = \"at one time\"\ncounted_for = \"sender\"\n".into(), 5, "quota needs from"),
        ("[[quota]]\nname = \"q\"\nparagraph = \"1\"\nchecked = true\nfor = [\"notification\"]\nat_most = 1\nunit = \"at one time\"\nfrom = \"start\"\nto = \"designation\"\n".into(), 13, "is not a date"),
        ("[[quota]]\nname = \"q\"\nparagraph = \"1\"\nchecked = true\nfor = [\"notification\"]\nat_most = 1\nunit = \"days\"\nin = 3\nanchor = \"begin\"\n".into(), 13, "has no field begin"),
        ("[[quota]]\nname = \"q\"\nparagraph = \"1\"\nchecked = true\nfor = [\"notification\"]\nat_most = 1\nunit = \"at one time\"\nfrom = \"start\"\nto = \"end\"\nanchor = \"start\"\ncounted_for = \"pair\"\n".into(), 14, "has no key \"anchor\""),
        // What can never be so.
        ("[[quota]]\nname = \"q\"\nparagraph = \"1\"\nchecked = true\nfor = [\"notification\"]\nat_most = 1\nunit = \"days\"\nin = 0\n".into(), 12, "in is at least 1"),
        ("[[figure]]\nname = \"a\"\ncounts = [{ in = \"land.figures\", value = \"what\" }]\n".into(), 7, "value is a number of the entries, and \"what\" is none"),
        ("[[figure]]\nname = \"a\"\ncounts = [{ in = \"land.figures\", value = \"number\", by_party = \"number\" }]\n".into(), 7, "by_party is a text of the entries"),
        ("[[fact]]\nname = \"a\"\nyes = { field = \"notice\", is = [\"short\", \"shortt\"] }\n".into(), 7, "notice is a choice that is never \"shortt\""),
        ("[[fact]]\nname = \"a\"\nyes = { field = \"notice\", word = [\"advanced\"] }\n".into(), 7, "is never \"advanced\": it is one of "),
        ("title.xx-yy-zzzzzzzzzzzzz = \"a\"\n".into(), 5, "is not a language"),
        (lead("agreed = false\n").replace("\"notification\"", "\"notification\", \"exercise.notification\""), 9, "for names \"exercise.notification\" twice"),
        (lead("agreed = false\n").replace("notification", "withdrawal"), 9, "regime.withdrawal, translation"),
        // Formats.
        (format("after = [\"2\"]\nlaid_down = false\n"), 9, "there is no format \"2\""),
        (format("after = [\"1\"]\nlaid_down = false\n"), 6, "format \"1\" stands on itself"),
        (format(""), 5, "needs its fields"),
        (format("[[format.field]]\nname = \"a\"\ntype = \"colour\"\n"), 11, "type is one of"),
        (format("[[format.field]]\nname = \"a\"\ntype = \"choice\"\n"), 11, "needs its choices"),
        (format("[[format.field]]\nname = \"a\"\ntype = \"list\"\n"), 11, "needs the fields"),
        (format("[[format.field]]\nname = \"a\"\ntype = \"text\"\n[[format.field]]\nname = \"a\"\ntype = \"text\"\n"), 12, "two fields \"a\""),
        // Senders, and silence.
        (rule("sender", "for = [\"convening\"]\n"), 5, "sent_by names at least one"),
        (rule("sender", "for = [\"convening\"]\nsent_by = [\"function f\"]\n"), 10, "there is no function \"f\""),
        (rule("sender", "for = [\"convening\"]\nsent_by = [\"BY\"]\nto = [\"BY\"]\n"), 11, "has no key \"to\""),
        (rule("silence", "for = [\"invitation\"]\nafter = \"designation\"\n"), 10, "is not a date"),
        (rule("silence", "for = [\"invitation\"]\nafter = \"answer_by\"\n"), 5, "needs counts_as"),
        (format("reply = { format = \"1\", within = 2, unit = \"hours\", anchor = \"dawn\" }\nlaid_down = false\n"), 9, "anchor is"),
    ];
    for (rules, line, words) in table {
        match small(&rules) {
            Ok(_) => panic!("taken: {rules}"),
            Err((found, what)) => {
                assert!(what.contains(words), "{what}\nwanted: {words}\n{HEAD}{rules}");
                assert_eq!(found, line, "{what}\n{HEAD}{rules}");
            }
        }
    }
}

#[test]
fn what_is_not_a_regime_at_all_is_refused_with_a_line() {
    let table: [(&[u8], usize, &str); 6] = [
        (b"", 1, "needs regime"),
        (b"regime = \"a\"\nedition = 1\nsource = \"\xff\"\n", 3, "UTF-8"),
        (b"regime = \"a\"\nedition = 1\nsource = \"x\"\nnature = \"moral\"\n", 4, "nature is one of"),
        (b"regime = \"a\"\nedition = \"one\"\n", 2, "edition is a whole number"),
        (b"regime = \"a\"\nedition = 0\n", 2, "edition is at least 1"),
        (
            b"regime = \"a\"\nedition = 1\nsource = \"x\"\nnature = \"legal\"\n[title]\n\"\" = \"x\"\n",
            5,
            "not a language",
        ),
    ];
    for (bytes, line, words) in table {
        let fault = read(bytes, &no_parents).expect_err("it is no regime");
        assert!(fault.what.contains(words), "{fault}");
        assert_eq!(fault.line, line, "{fault}");
    }
    let large = vec![b'#'; limits::REGIME_FILE_BYTES_MAX + 1];
    assert!(read(&large, &no_parents).is_err());
}

#[test]
fn each_limit_holds_at_its_edge() {
    let nested = |depth: usize| {
        let inner = "{ none = [".repeat(depth - 1)
            + "{ figure = \"troops\", at_least = 1 }"
            + &"] }".repeat(depth - 1);
        small(&format!(
            "{FIGURE}[[class]]\nname = \"c\"\nparagraph = \"1\"\nchecked = true\nwhen = {inner}\n"
        ))
    };
    assert!(nested(limits::CONDITION_DEPTH_MAX).is_ok());
    assert!(nested(limits::CONDITION_DEPTH_MAX + 1).is_err());
    assert!(nested(1000).is_err());

    let wide = |parts: usize| {
        let inner = "{ figure = \"troops\", at_least = 1 },".repeat(parts - 1);
        small(&format!(
            "{FIGURE}[[class]]\nname = \"c\"\nparagraph = \"1\"\nchecked = true\nwhen = {{ any = [{inner}] }}\n"
        ))
    };
    assert!(wide(limits::CONDITION_PARTS_MAX).is_ok());
    assert!(wide(limits::CONDITION_PARTS_MAX + 1).is_err());

    let chain = |length: usize| {
        let mut rules = FIGURE.to_owned();
        for link in 0..=length {
            let when = match link {
                0 => "{ figure = \"troops\", at_least = 1 }".to_owned(),
                link => format!("{{ class = \"c{}\" }}", link - 1),
            };
            rules +=
                &format!("[[class]]\nname = \"c{link}\"\nparagraph = \"1\"\nchecked = true\nwhen = {when}\n");
        }
        small(&rules)
    };
    assert!(chain(limits::RULE_CHAIN_MAX).is_ok());
    assert!(chain(limits::RULE_CHAIN_MAX + 1).is_err());
    assert!(chain(400).is_err());

    let functions = |count: usize| {
        // Two lists, since one alone has a limit of its own.
        let list = |table: &str, count: usize, rest: &str| -> String {
            (0..count).map(|n| format!("[[{table}]]\nname = \"n{n}\"\n{rest}")).collect()
        };
        let ground = "paragraph = \"1\"\nchecked = true\n";
        let half = limits::REGIME_LIST_ENTRIES_MAX;
        small(
            &(list("function", half.min(count), ground)
                + &list("class", count - half.min(count), &format!("{ground}when = {{ fact = \"f\" }}\n"))
                + "[[fact]]\nname = \"f\"\nyes = { given = \"landing\" }\n"),
        )
    };
    assert!(functions(limits::REGIME_RULES_MAX - 1).is_ok());
    assert!(functions(limits::REGIME_RULES_MAX).is_err());
}

/// A child of the invented regime.
fn child(rules: &str, digest: Digest) -> String {
    format!("{HEAD}inherits = {{ regime = \"neighbours\", digest = \"{digest}\" }}\n{rules}")
}

fn with_neighbours(name: &str, digest: Digest) -> Option<Vec<u8>> {
    (name == "neighbours" && digest == Digest::of(NEIGHBOURS.as_bytes()))
        .then(|| NEIGHBOURS.as_bytes().to_vec())
}

#[test]
fn a_regime_takes_the_rules_of_another_and_puts_its_own_in_their_places() {
    let tighter = "[[class]]\nname = \"big\"\nwhen = { figure = \"troops\", at_least = 5000 }\n\
        paragraph = \"regional 1\"\nchecked = true\n";
    let parent = Digest::of(NEIGHBOURS.as_bytes());
    let text = child(tighter, parent);
    let child = read(text.as_bytes(), &with_neighbours).expect("it inherits");
    let parent = regime("neighbours");
    assert_eq!(child.head.name, "small");
    assert_eq!(child.head.digest, Digest::of(text.as_bytes()));
    assert_eq!(child.thresholds, parent.thresholds);
    assert_ne!(child.classes["big"], parent.classes["big"]);

    let changes = difference(&parent, &child);
    let told: Vec<_> =
        changes.iter().map(|change| (change.table, change.name.as_str(), change.kind)).collect();
    assert_eq!(told, [("head", "regime", ChangeKind::Changed), ("class", "big", ChangeKind::Changed)]);
    assert!(changes[1].after.iter().any(|line| line.contains("troops at least 5000")), "{changes:?}");
}

#[test]
fn what_is_wrong_with_inheritance_is_told_at_the_line_that_names_it() {
    let parent = Digest::of(NEIGHBOURS.as_bytes());
    let ring =
        "[[class]]\nname = \"big\"\nwhen = { threshold = \"whole\" }\nparagraph = \"1\"\nchecked = true\n";
    let own_name = |edition: u64| {
        let head = |text: String| text.replace("\"small\"", "\"neighbours\"");
        head(child("", parent)).replace("edition = 1", &format!("edition = {edition}"))
    };
    assert!(read(own_name(4).as_bytes(), &with_neighbours).is_ok(), "a later edition of its own");
    let table = [
        (child("", Digest::ZERO), 5, "is not here"),
        (child("", parent).replace("\"neighbours\"", "\"strangers\""), 5, "is not here"),
        (child("", parent).replace("digest = \"", "digest = \"x"), 5, "64 hexadecimal digits"),
        (own_name(3), 5, "not from its own edition"),
        // A rule of its own that makes one that it inherits stand on itself: the ring is told at either.
        (child(ring, parent), 7, "stands on itself"),
    ];
    for (text, line, words) in table {
        let fault = read(text.as_bytes(), &with_neighbours).expect_err("it can't inherit");
        assert!(fault.what.contains(words), "{fault}");
        assert_eq!(fault.line, line, "{fault}");
    }
    let liar = |_: &str, _: Digest| Some(b"regime = \"neighbours\"".to_vec());
    let fault = read(child("", parent).as_bytes(), &liar).expect_err("another file under that digest");
    assert!(fault.what.contains("another digest"), "{fault}");
}

#[test]
fn a_regime_can_be_the_tenth_of_its_line_no_more_than_it_can_inherit_from_itself() {
    let mut files: Vec<String> = vec![HEAD.replace("small", "g0")];
    for generation in 1..=limits::REGIME_GENERATIONS_MAX {
        let digest = Digest::of(files[generation - 1].as_bytes());
        let head = HEAD.replace("small", &format!("g{generation}"));
        files.push(format!(
            "{head}inherits = {{ regime = \"g{}\", digest = \"{digest}\" }}\n",
            generation - 1
        ));
    }
    let found = |name: &str, digest: Digest| {
        let file = files.iter().find(|file| Digest::of(file.as_bytes()) == digest)?;
        file.contains(&format!("regime = \"{name}\"")).then(|| file.clone().into_bytes())
    };
    let last = limits::REGIME_GENERATIONS_MAX;
    assert!(read(files[last - 1].as_bytes(), &found).is_ok());
    let fault = read(files[last].as_bytes(), &found).expect_err("one too many");
    assert!(fault.what.contains("generations"), "{fault}");
}

#[test]
fn two_editions_are_compared_rule_by_rule() {
    let before = regime("neighbours");
    let text =
        NEIGHBOURS.replace("edition = 3", "edition = 4").replace("at_least = 30", "at_least = 35").replace(
            "name = \"cancellation\"\nfor = [\"cancellation\"]",
            "name = \"called off\"\nfor = [\"cancellation\"]",
        );
    let after = read(text.as_bytes(), &no_parents).expect("a regime");
    let told: Vec<_> = difference(&before, &after)
        .into_iter()
        .map(|change| (change.table, change.name, change.kind, change.before.len(), change.after.len()))
        .collect();
    assert_eq!(
        told,
        [
            // Edition and digest.
            ("head", "regime".to_owned(), ChangeKind::Changed, 2, 2),
            ("lead", "called off".to_owned(), ChangeKind::Added, 0, 3),
            ("lead", "cancellation".to_owned(), ChangeKind::Removed, 3, 0),
            ("lead", "notice".to_owned(), ChangeKind::Changed, 1, 1),
        ]
    );
    assert_eq!(difference(&before, &before), []);
}

#[test]
fn the_order_of_rules_in_a_file_has_no_weight() {
    for text in built_in::FILES.iter().map(|(_, text)| *text).chain([NEIGHBOURS]) {
        let mut table: toml::Table = toml::from_str(text).expect("TOML");
        for (_, value) in table.iter_mut() {
            if let toml::Value::Array(rules) = value {
                rules.reverse();
            }
        }
        let turned = toml::to_string(&table).expect("TOML");
        let before = read(text.as_bytes(), &no_parents).expect("a regime");
        let after = read(turned.as_bytes(), &no_parents).expect("a regime");
        assert_eq!(Regime { head: before.head.clone(), ..after }, before);
    }
}

#[test]
fn a_label_falls_back_to_english_and_then_to_the_name() {
    let regime = regime("neighbours");
    let label = |language: &str| regime.functions["chair"].label.say(language, "chair");
    assert_eq!((label("fr").as_str(), label("fr-CA").as_str()), ("la présidence", "la présidence"));
    assert_eq!((label("ru").as_str(), label("").as_str()), ("the chair", "the chair"));
    assert_eq!(regime.figures["troops"].label.say("ru", "troops"), "troops");
}

#[test]
fn what_hides_or_turns_its_direction_is_refused_anywhere_in_a_regime_file() {
    // Written out it stands only in what is read; as it is, in a comment too.
    let table = [
        ("title.en = \"a\\u202Ec\"\n", "holds a character that can't be seen"),
        ("title.en = \"a\\u001b[2Jb\"\n", "holds a character that can't be seen"),
        ("title.en = \"a\u{202e}c\"\n", "the line holds a character"),
        ("# a\u{200b}c\n", "the line holds a character"),
        ("# a\0c\n", "the line holds a character"),
    ];
    for (line, words) in table {
        let fault = read(format!("{HEAD}{line}").as_bytes(), &no_parents).expect_err("it hides something");
        assert_eq!(fault.line, 5, "{fault}");
        assert!(fault.what.contains(words), "{fault}");
        assert!(!detente::domain::text::hides(&fault.what), "{fault}");
    }
    assert!(
        small("# \u{646}\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}\r\n").is_ok(),
        "a joiner that is meant"
    );
}
