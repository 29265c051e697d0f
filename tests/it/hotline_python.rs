//! A client that we did not write: one whole session through Python's grpcio (`tests/it/python/session.py`), with
//! nothing but two officers' certificates and our protos.
//!
//! Never here: a call in Rust before the session has ended. What is held against each other then are both nodes.

use std::process::Command;

use serde_json::Value;

use crate::hotline_nodes::{officers, transcript};

/// The interpreter that `tests/run` made, with grpcio of the version that `python/requirements.txt` pins.
fn python() -> String {
    std::env::var("DETENTE_TEST_PYTHON").unwrap_or_else(|_| {
        panic!("DETENTE_TEST_PYTHON is not set: start the tests with ./tests/run, which fetches grpcio for Python")
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_client_holds_a_whole_session_with_certificates_only_and_both_nodes_have_one_transcript() {
    let world = officers(&["BY", "PL"]).await;
    let here = env!("CARGO_MANIFEST_DIR");
    let mut session = Command::new(python());
    session.arg("-B").arg(format!("{here}/tests/it/python/session.py")).arg(format!("{here}/proto"));
    for code in ["BY", "PL"] {
        let state = world.state(code);
        session.arg(state.desk_directory("officer")).arg(&state.address);
    }
    let ended = tokio::task::spawn_blocking(move || session.output().unwrap()).await.unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{told}");
    let printed: Value =
        serde_json::from_slice(&ended.stdout).unwrap_or_else(|_| panic!("no object: {told}"));
    let (one, other) = (&printed["ends"][0], &printed["ends"][1]);
    assert_eq!(one, other);
    // The opening, the acceptance, a text and its answer; the translation is no line of its own.
    assert_eq!((&one["state"], one["lines"].as_array().unwrap().len()), (&Value::from("closed"), 4));
    assert_eq!(one["agreed"], serde_json::json!([one["digest"]]));

    let thread = hex::decode(printed["thread"].as_str().unwrap()).unwrap().into();
    for code in ["BY", "PL"] {
        let given = transcript(&world, code, &thread, "").await;
        assert_eq!(one["transcript"].as_str().unwrap().as_bytes(), &given.transcript[..], "{code}");
        assert_eq!(one["digest"], hex::encode(&given.digest), "{code}");
    }
}
