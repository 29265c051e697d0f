//! The program as an operator runs it: its own process, its words, its exit code, its signals.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use detente::cli::serve::OPERATOR_MUST_ACT;

fn detente(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_detente")).args(args).stdin(Stdio::null()).output().unwrap()
}

/// What it printed, if all went well.
fn said(args: &[&str]) -> String {
    let output = detente(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The one sentence with which it failed.
fn sentence(args: &[&str]) -> String {
    let output = detente(args);
    assert!(!output.status.success(), "{args:?} went well");
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(words.lines().count(), 1, "{words}");
    words
}

/// The one object that it printed, if all went well.
fn object(args: &[&str]) -> serde_json::Value {
    let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    let printed = said(&args);
    assert_eq!(printed.lines().count(), 1, "{printed}");
    serde_json::from_str(&printed).unwrap()
}

fn made_by(folder: &Path, party: &str, name: &str) -> PathBuf {
    let directory = folder.join(party);
    let listen = ["--listen", "127.0.0.1:0", "--custodian", "Anna One", "--custodian", "Jan Two"];
    let mut args = vec!["init", directory.to_str().unwrap(), "--party", party, "--name", name];
    args.extend(listen);
    assert!(said(&args).contains("fingerprint"));
    directory
}

/// A server in its own process; killed if the test ends before it.
struct Server {
    child: Child,
    lines: Vec<String>,
}

impl Server {
    /// Until it has said all about itself. Its desks are told the port that it got.
    fn start(directory: &Path) -> Server {
        Server::start_saying(directory, Stdio::null())
    }

    /// What it says of itself later goes there.
    fn start_saying(directory: &Path, diagnostics: Stdio) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_detente"))
            .args(["serve", directory.to_str().unwrap()])
            .stdout(Stdio::piped())
            .stderr(diagnostics)
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut lines = Vec::new();
        for line in out.lines().map_while(Result::ok) {
            let last = line.starts_with("standing");
            lines.push(line);
            if last {
                break;
            }
        }
        let server = Server { child, lines };
        let address = server.line("listening");
        for desk in ["anna-one", "jan-two"] {
            let file = directory.join("people").join(desk).join("desk.toml");
            let text = fs::read_to_string(&file).unwrap();
            fs::write(&file, text.replace("127.0.0.1:0", &address)).unwrap();
        }
        server
    }

    fn line(&self, start: &str) -> String {
        let line = self.lines.iter().find_map(|line| line.strip_prefix(start));
        line.unwrap_or_else(|| panic!("{start}: {:#?}", self.lines)).trim().to_owned()
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([format!("-{signal}"), self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// Asked with a signal, it ends by itself and well.
    fn end(mut self, signal: &str) {
        self.signal(signal);
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_operator_gets_from_nothing_to_two_parties_that_know_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let ours = made_by(folder.path(), "PL", "Republic of Poland");
    let theirs = made_by(folder.path(), "BY", "Republic of Belarus");
    let (server, other) = (Server::start(&ours), Server::start(&theirs));
    let desk = |directory: &Path, name: &str| directory.join("people").join(name).display().to_string();
    let (anna, jan) = (desk(&ours, "anna-one"), desk(&ours, "jan-two"));
    let file = folder.path().join("by.party").display().to_string();
    said(&["party", "export", "--as", &desk(&theirs, "jan-two"), "--out", &file]);
    let exported = object(&["party", "export", "--as", &desk(&theirs, "jan-two")]);
    assert_eq!((&exported["kind"], &exported["file"]), (&"party_file".into(), &serde_json::Value::Null));
    assert_eq!(exported["party_file"], fs::read_to_string(&file).unwrap());
    assert_eq!(exported["fingerprint"], other.line("fingerprint").replace(' ', ""));

    // Nobody types a fingerprint: nothing is proposed. A wrong one: the same.
    assert!(sentence_of_import(&["party", "import", &file, "--as", &anna]).contains("64 hexadecimal digits"));
    let wrong = "ab".repeat(32);
    let fault = sentence(&["party", "import", &file, "--as", &anna, "--fingerprint", &wrong]);
    assert!(fault.contains("not that of this file"), "{fault}");

    // One that is misheard in one place is told where, and not what it should be.
    let heard = other.line("fingerprint");
    let (group, rest) = heard.split_once(' ').unwrap();
    let misheard = format!("{} {rest}", if group == "0000" { "0001" } else { "0000" });
    let output = typed(&["party", "import", &file, "--as", &anna], &misheard);
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && shown.contains("(group 1 of 16 differs)"), "{shown}");

    let proposed = type_fingerprint(&["party", "import", &file, "--as", &anna], &other.line("fingerprint"));
    let proposal = proposed.split_whitespace().nth(1).unwrap().to_owned();
    let listed = said(&["proposal", "list", "--as", &jan]);
    assert!(listed.contains("take BY as a Party: fingerprint"), "{listed}");
    let fault = sentence(&["proposal", "confirm", "--as", &anna, &proposal]);
    assert!(fault.contains("a change needs two custodians"), "{fault}");
    let confirmed = object(&["proposal", "confirm", "--as", &jan, &proposal]);
    assert_eq!(
        (&confirmed["kind"], &confirmed["proposal"]),
        (&"confirmed".into(), &proposal.as_str().into())
    );
    assert!(confirmed["change"].as_str().unwrap().contains("take BY as a Party: fingerprint"), "{confirmed}");
    let listed = said(&["party", "list", "--as", &anna, "--json"]);
    let parties: Vec<serde_json::Value> =
        listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(parties.len(), 2);
    assert_eq!(parties[0]["party"], "BY");

    server.end("TERM");
    other.end("INT");
    assert!(sentence(&["party", "list", "--as", &anna]).contains("can't be reached"));
}

fn sentence_of_import(args: &[&str]) -> String {
    let output = detente(args);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap().lines().last().unwrap().to_owned()
}

/// As a custodian does who hears it over the telephone.
fn type_fingerprint(args: &[&str], fingerprint: &str) -> String {
    let output = typed(args, &fingerprint.to_uppercase());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Republic of Belarus"));
    String::from_utf8(output.stdout).unwrap()
}

/// What is to be heard from the other Party is nowhere on the screen, so it can't be copied from there.
fn typed(args: &[&str], fingerprint: &str) -> std::process::Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{fingerprint}").unwrap();
    let output = child.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(&output.stderr).replace(' ', "").to_lowercase();
    let digits = fingerprint.replace(' ', "").to_lowercase();
    // The last group is right in whatever the test types.
    assert!(!shown.contains(&digits[56..]), "{shown}");
    output
}

#[test]
fn a_person_is_issued_proposed_confirmed_removed_and_revoked_by_command() {
    let folder = tempfile::tempdir().unwrap();
    let directory = made_by(folder.path(), "PL", "Republic of Poland");
    let node = directory.to_str().unwrap();
    let server = Server::start(&directory);
    let (anna, jan) = (format!("{node}/people/anna-one"), format!("{node}/people/jan-two"));
    let out = folder.path().join("eva").display().to_string();
    let address = server.line("listening");
    let issued = said(&[
        "person",
        "issue",
        node,
        "--name",
        "Eva O'Three",
        "--office",
        "Watch",
        "--roles",
        "watch,auditor",
        "--out",
        &out,
        "--node",
        &address,
        "--json",
    ]);
    let issued: serde_json::Value = serde_json::from_str(&issued).unwrap();
    let key = issued["key_digest"].as_str().unwrap();
    // Never a second certificate over a desk.
    let fault = sentence(&["person", "issue", node, "--name", "Eva", "--roles", "watch", "--out", &out]);
    assert!(fault.contains("is there already"), "{fault}");
    assert!(sentence(&["party", "list", "--as", &out]).contains("does not take this certificate"));

    let proposed = said(&[
        "person",
        "propose",
        "--as",
        &anna,
        "--name",
        "Eva O'Three",
        "--office",
        "Watch",
        "--key-digest",
        key,
        "--roles",
        "watch,auditor",
        "--json",
    ]);
    let proposed: serde_json::Value = serde_json::from_str(&proposed).unwrap();
    let confirmed = said(&["proposal", "confirm", "--as", &jan, proposed["proposal"].as_str().unwrap()]);
    assert!(confirmed.starts_with("confirmed  "), "{confirmed}");
    said(&["party", "list", "--as", &out]);
    assert!(said(&["person", "list", "--as", &out]).contains("Eva O'Three"));
    assert!(sentence(&["party", "export", "--as", &out]).contains("your roles"));

    let revoked = said(&["person", "revoke", node, "--name", "Eva O'Three", "--json"]);
    assert!(revoked.contains(issued["serial"].as_str().unwrap()));
    let list = directory.join("revoked.crl").display().to_string();
    let submitted = object(&["party", "submit-revocation-list", "--as", &anna, &list]);
    assert_eq!(submitted, serde_json::json!({ "kind": "submitted", "list": list }));
    assert!(sentence(&["party", "list", "--as", &out]).contains("does not take this certificate"));
    // The next list, before that one ends: handed in as well, in plain words.
    let published = object(&["party", "publish-revocation-list", node]);
    assert_eq!((&published["kind"], &published["list"]), (&"published".into(), &list.as_str().into()));
    assert!(published["list_until"].as_str().unwrap().ends_with('Z'));
    assert!(said(&["party", "publish-revocation-list", node]).contains("submit-revocation-list"));
    assert_eq!(said(&["party", "submit-revocation-list", "--as", &anna, &list]), "on record\n");
    server.end("TERM");
}

#[test]
fn keys_are_renewed_in_a_custody_on_another_machine_and_carried_to_the_node() {
    let folder = tempfile::tempdir().unwrap();
    let directory = made_by(folder.path(), "PL", "Republic of Poland");
    let elsewhere = folder.path().join("custodys-machine");
    fs::create_dir(&elsewhere).unwrap();
    fs::rename(directory.join("custody"), elsewhere.join("custody")).unwrap();
    fs::copy(directory.join("node.toml"), elsewhere.join("node.toml")).unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let custody = elsewhere.to_str().unwrap();
    let server = Server::start(&directory);
    let desk = |name: &str| directory.join("people").join(name).display().to_string();
    let (anna, jan) = (desk("anna-one"), desk("jan-two"));
    let address = server.line("listening");
    let file = path("pl.party");
    said(&["party", "export", "--as", &anna, "--out", &file]);

    let list = path("list-2");
    let next = ["key-list", "next", custody, "--after", &file, "--out", &list, "--keys", "message,tls,list"];
    let made = object(&next);
    assert_eq!((&made["kind"], &made["number"]), (&"key_list".into(), &2.into()));
    let fresh = made["keys"].as_str().unwrap();
    assert_eq!(Path::new(fresh), elsewhere.join("keys/list-2"));
    // Nothing is made over keys that may be in a list that somebody has.
    fs::remove_file(&list).unwrap();
    let fault = sentence(&next);
    assert!(fault.contains("keys were made for a list of that number"), "{fault}");
    for made in [elsewhere.join("keys"), elsewhere.join("custody/list-2")] {
        fs::remove_dir_all(made).unwrap();
    }
    let words = said(&next);
    assert!(words.contains("send the node SIGHUP") && words.contains("number 2"), "{words}");

    fs::rename(fresh, directory.join("keys/list-2")).unwrap();
    server.signal("HUP");
    // The signal is heard when it is heard: until then the node knows no such key.
    let propose = ["key-list", "propose", "--as", &anna, &list, "--json"];
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let proposed = loop {
        let output = detente(&propose);
        if output.status.success() {
            break serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
        }
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(words.contains("SIGHUP") && std::time::Instant::now() < until, "{words}");
    };
    said(&["proposal", "confirm", "--as", &jan, proposed["proposal"].as_str().unwrap()]);
    server.end("TERM");

    // With a new list key the next list follows all the same; and without its keys no node starts.
    for name in ["anna-one", "jan-two"] {
        let file = Path::new(&desk(name)).join("desk.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace(&address, "127.0.0.1:0")).unwrap();
    }
    let server = Server::start(&directory);
    let file = path("pl-2.party");
    said(&["party", "export", "--as", &anna, "--out", &file]);
    let list = path("list-3");
    let made = object(&["key-list", "next", custody, "--after", &file, "--out", &list]);
    assert_eq!((&made["number"], &made["keys"]), (&3.into(), &serde_json::Value::Null));
    said(&["key-list", "propose", "--as", &anna, &list]);
    server.end("TERM");
    fs::rename(directory.join("keys/list-2"), folder.path().join("away")).unwrap();
    let fault = sentence(&["serve", directory.to_str().unwrap()]);
    assert!(fault.contains("does not hold the message key of the newest own key list"), "{fault}");
}

#[test]
fn what_one_custodian_proposed_is_dropped_by_command() {
    let folder = tempfile::tempdir().unwrap();
    let directory = made_by(folder.path(), "PL", "Republic of Poland");
    let server = Server::start(&directory);
    let anna = directory.join("people/anna-one").display().to_string();
    let propose = || {
        let key = "ab".repeat(32);
        let words = ["--name", "Eva Three", "--key-digest", &key, "--roles", "watch"];
        let proposed = object(&[&["person", "propose", "--as", &anna][..], &words].concat());
        proposed["proposal"].as_str().unwrap().to_owned()
    };
    let proposal = propose();
    let dropped = object(&["proposal", "drop", "--as", &anna, &proposal]);
    assert_eq!(dropped, serde_json::json!({ "kind": "dropped", "proposal": proposal }));
    let proposal = propose();
    assert_eq!(said(&["proposal", "drop", "--as", &anna, &proposal]), format!("dropped    {proposal}\n"));
    assert_eq!(said(&["proposal", "list", "--as", &anna]), "no proposal waits for a second custodian\n");
    server.end("TERM");
}

#[test]
fn that_the_journal_does_not_answer_and_that_it_answers_again_is_said_once_each() {
    let folder = tempfile::tempdir().unwrap();
    let directory = made_by(folder.path(), "PL", "Republic of Poland");
    let diagnostics = folder.path().join("diagnostics");
    let server = Server::start_saying(&directory, fs::File::create(&diagnostics).unwrap().into());
    let anna = directory.join("people/anna-one").display().to_string();
    let key = "ab".repeat(32);
    let propose =
        ["person", "propose", "--as", &anna, "--name", "Eva", "--key-digest", &key, "--roles", "watch"];
    let other = rusqlite::Connection::open(directory.join("journal/journal.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for _ in 0..2 {
        sentence(&propose);
    }
    other.execute_batch("ROLLBACK").unwrap();
    // It tries again by itself, a while apart.
    while !detente(&propose).status.success() {}
    server.end("TERM");
    let said = fs::read_to_string(&diagnostics).unwrap();
    for once in ["the journal does not answer", "the journal answers again"] {
        assert_eq!(said.matches(once).count(), 1, "{once}\n{said}");
    }
}

#[test]
fn what_was_typed_does_not_drive_the_terminal_that_shows_the_fault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("\u{1b}[31mx");
    let path = path.to_str().unwrap();
    for args in [
        &["verify", path][..],
        &["exercise", "draft", path, "--as", path],
        &["audit", "verify", "--file", path],
    ] {
        let output = detente(args);
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && !words.contains('\u{1b}'), "{args:?} {words:?}");
        assert!(words.contains("\\u{1b}[31mx"), "{words}");
    }
}

#[test]
fn an_address_without_a_port_is_refused_and_so_is_the_own_party_file() {
    let folder = tempfile::tempdir().unwrap();
    let directory = made_by(folder.path(), "PL", "Republic of Poland");
    let new = folder.path().join("new").display().to_string();
    let plan = ["init", &new, "--party", "PL", "--name", "x", "--custodian", "a", "--custodian", "b"];
    for address in ["nope", "host:", ":7443", "host:0", "host:70000"] {
        let output = detente(&[&plan[..], &["--address", address]].concat());
        assert_eq!(output.status.code(), Some(2), "{address}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("HOST:PORT, such as"));
    }
    let server = Server::start(&directory);
    let anna = directory.join("people/anna-one").display().to_string();
    let file = folder.path().join("pl.party").display().to_string();
    said(&["party", "export", "--as", &anna, "--out", &file]);
    let own = sentence(&["party", "import", &file, "--as", &anna]);
    assert!(own.contains("the party file of PL, your own Party"), "{own}");
    server.end("TERM");
}

#[test]
fn a_start_that_is_refused_says_why_in_one_sentence_and_doctor_names_the_mend() {
    let folder = tempfile::tempdir().unwrap();
    let directory = made_by(folder.path(), "PL", "Republic of Poland");
    let node = directory.to_str().unwrap();
    let examined = said(&["doctor", node]);
    let warned: Vec<&str> = examined.lines().filter(|line| !line.starts_with("ok")).collect();
    assert!(
        matches!(warned[..], [plan] if plan.starts_with("warning  watch plan: none is in force")),
        "{examined}"
    );
    assert!(
        sentence(&["init", node, "--party", "PL", "--name", "x", "--custodian", "a", "--custodian", "b"])
            .contains("holds something already")
    );
    fs::remove_dir_all(directory.join("journal")).unwrap();
    assert!(sentence(&["serve", node]).contains("there is no journal at"));
    let output = detente(&["doctor", node, "--json"]);
    assert!(!output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    let wrong: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| line["state"] == "wrong")
        .collect();
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert!(wrong[0]["mend"].as_str().unwrap().contains("put back the journal"));
    assert!(sentence(&["serve", folder.path().to_str().unwrap()]).contains("is not a node's directory"));
}

#[test]
fn serve_ends_with_a_code_of_its_own_where_a_start_helps_nothing_before_somebody_acts() {
    let folder = tempfile::tempdir().unwrap();
    let directory = made_by(folder.path(), "PL", "Republic of Poland");
    let node = directory.to_str().unwrap();
    let ends_with = |directory: &str| detente(&["serve", directory]).status.code();
    let operator_must_act = Some(i32::from(OPERATOR_MUST_ACT));

    // Somebody else's address may be free by the next start.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = fs::read_to_string(directory.join("node.toml")).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    fs::write(directory.join("node.toml"), settings.replace("127.0.0.1:0", &address)).unwrap();
    assert_eq!(ends_with(node), Some(1));
    fs::write(directory.join("node.toml"), "no settings").unwrap();
    assert_eq!(ends_with(node), operator_must_act);
    fs::write(directory.join("node.toml"), settings).unwrap();

    // Found broken while it serves, marked as that, and refused without the mark.
    let mut server = Server::start(&directory);
    let anna = directory.join("people/anna-one").display().to_string();
    let propose = |name: &str| {
        let key = format!("{:0>64}", name.bytes().map(|byte| format!("{byte:02x}")).collect::<String>());
        let person = ["--name", name, "--key-digest", &key, "--roles", "watch"];
        detente(&[&["person", "propose", "--as", &anna][..], &person].concat())
    };
    for name in ["Eva", "Ewa", "Ewka"] {
        assert!(propose(name).status.success());
    }
    let journal = rusqlite::Connection::open(directory.join("journal/journal.sqlite")).unwrap();
    journal.execute_batch("DELETE FROM entries WHERE position >= 3").unwrap();
    drop(journal);
    assert!(!propose("Iwa").status.success());
    assert_eq!(server.child.wait().unwrap().code(), operator_must_act);
    assert!(sentence(&["serve", node]).contains("was found broken"));
    assert_eq!(ends_with(node), operator_must_act);
    fs::remove_file(directory.join("broken")).unwrap();
    assert_eq!(ends_with(node), operator_must_act);
    let help = said(&["serve", "--help"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains(&format!("with {OPERATOR_MUST_ACT} where")), "{help}");
    assert!(help.contains("DETENTE_DIAGNOSTICS"), "{help}");
}
