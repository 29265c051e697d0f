//! The program as custodians use it for offices, functions and Parties that others introduce.

use detente::codec::party_file::PartyFile;

use crate::officer_program::{object, printed, refused, written};
use crate::world::{Medium, World};

/// Where PL's people have their desks.
fn desk(world: &World, role: &str) -> String {
    world.state("PL").desk_directory(role).display().to_string()
}

/// Proposed by one custodian with these words, confirmed by the other.
async fn change(world: &World, words: &[&str]) {
    let (first, second) = (desk(world, "custodian"), desk(world, "second custodian"));
    let words: Vec<&str> = words.iter().copied().chain(["--as", &first]).collect();
    let proposed = object(&words).await;
    let proposal = proposed["proposal"].as_str().unwrap();
    printed(&["proposal", "confirm", proposal, "--as", &second]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn custodians_list_offices_put_terms_on_record_and_confirm_who_was_introduced() {
    let world = World::on_real_time(Medium::Embedded, &["BY", "PL"]).await;
    let folder = tempfile::tempdir().unwrap();
    let (custodian, drafter) = (desk(&world, "custodian"), desk(&world, "drafter"));

    assert!(printed(&["office", "list", "--as", &drafter]).await.contains("the Party is one"));
    change(&world, &["office", "add", "GS", "--for", "General Staff"]).await;
    assert_eq!(printed(&["office", "list", "--as", &drafter]).await, "GS  General Staff\n");
    assert!(
        refused(&["office", "remove", "MFA", "--as", &custodian]).await.contains("no office with this code")
    );
    change(&world, &["office", "remove", "gs"]).await;
    assert!(printed(&["office", "list", "--as", &drafter]).await.contains("the Party is one"));

    let neighbours = include_str!("cases/regime/neighbours.toml");
    let regime = written(folder.path(), "neighbours.toml", neighbours);
    printed(&["regime", "hold", &regime, "--as", &drafter]).await;
    let term = ["regime", "function", "hold", "neighbours", "chair", "FI", "--source", "Note 7"];
    let term: Vec<&str> = term.into_iter().chain(["--from", "2026-01-01T00:00:00Z"]).collect();
    change(&world, &term).await;
    let list = ["regime", "function", "list", "neighbours", "--as", &drafter];
    assert!(printed(&list).await.starts_with("neighbours chair: FI from 2026-01-01T00:00:00"));
    let before: Vec<&str> = list.into_iter().chain(["--at", "2025-12-31T00:00:00Z"]).collect();
    let nobody = "neighbours chair: held by nobody at 2025-12-31T00:00:00";
    assert!(printed(&before).await.starts_with(nobody), "before the first term");
    assert!(printed(&list).await.contains("until the next term\n"));
    // The next begins before it, and ends: then nobody holds it.
    let next = ["regime", "function", "hold", "neighbours", "chair", "AT", "--source", "Note 8"];
    let from = ["--from", "2027-01-01T00:00:00Z", "--until", "2028-01-01T00:00:00Z"];
    change(&world, &[&next[..], &from].concat()).await;
    let listed = printed(&list).await;
    assert!(listed.contains("until 2027-01-01T00:00:00.000Z, when the next term begins\n"), "{listed}");
    assert!(listed.contains("AT from 2027-01-01T00:00:00.000Z until 2028-01-01T00:00:00.000Z\n"), "{listed}");
    let at = |at| -> Vec<&str> { list.into_iter().chain(["--at", at]).collect() };
    let held = printed(&at("2027-06-01T00:00:00Z")).await;
    assert!(held.contains("AT from") && !held.contains("nobody") && !held.contains("FI"), "{held}");
    let after = printed(&at("2028-06-01T00:00:00Z")).await;
    assert_eq!(
        after,
        "neighbours chair: held by nobody at 2028-06-01T00:00:00.000Z, by the terms on record\n"
    );

    // LT and FI, known to nobody yet.
    let others = World::apart(Medium::Embedded, &["LT", "FI"]).await;
    let (lt, fi) = (others.state("LT").party_file().await, others.state("FI").party_file().await);
    let files = [written(folder.path(), "lt.party", &lt), written(folder.path(), "fi.party", &fi)];
    let both = ["party", "import", &files[0], &files[1], "--as", &custodian];
    assert!(refused(&both).await.contains("one file at a time"));
    let both: Vec<&str> = both.into_iter().chain(["--introduced-by", "BY", "--json"]).collect();
    let second = desk(&world, "second custodian");
    let told = |file: &str| PartyFile::from_text(file).unwrap().fingerprint().to_string();
    let (of_lt, of_fi) = (told(&lt), told(&fi));
    let is_told = |text: &str| text.contains(&of_lt) || text.contains(&of_fi);
    for line in printed(&both).await.lines() {
        let proposed: serde_json::Value = serde_json::from_str(line).unwrap();
        let proposal = proposed["proposal"].as_str().unwrap();
        let waiting = printed(&["proposal", "list", "--as", &second]).await;
        assert!(waiting.contains("as a Party that BY introduces, unconfirmed until"), "{waiting}");
        assert!(!is_told(&waiting), "whoever types it from here compares it with itself: {waiting}");
        printed(&["proposal", "confirm", proposal, "--as", &second]).await;
    }
    let unconfirmed = "  unconfirmed: introduced by BY\n";
    let listed = printed(&["party", "list", "--as", &drafter]).await;
    assert_eq!(listed.matches(unconfirmed).count(), 2, "{listed}");
    assert!(!is_told(&listed) && listed.contains("detente party confirm LT --as CUSTODIAN"), "{listed}");
    let as_json = printed(&["party", "list", "--as", &drafter, "--json"]).await;
    let fingerprints = |text: &str| text.matches("\"fingerprint\":null").count();
    assert_eq!(fingerprints(&as_json), 2, "{as_json}");

    let confirm = |fingerprint: &str| {
        ["party", "confirm", "LT", "--fingerprint", fingerprint].map(str::to_owned).to_vec()
    };
    let wrong = confirm(&of_fi);
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).chain(["--as", &custodian]).collect();
    assert!(refused(&wrong).await.contains("not the fingerprint of the Party that was introduced"));
    let right = confirm(&of_lt);
    change(&world, &right.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let listed = printed(&["party", "list", "--as", &drafter]).await;
    assert_eq!(listed.matches(unconfirmed).count(), 1, "{listed}");
    assert!(listed.contains(&of_lt) && !listed.contains(&of_fi), "{listed}");
}
