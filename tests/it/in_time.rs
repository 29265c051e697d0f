//! Deadlines of what every test begins with: what hangs ends within minutes, and names its place.
//!
//! Never here: how fast anything is. Tests wait for facts, each with a limit of its own; this is for what would
//! never come, and for a runtime in which no timer fires any more.

use std::io::Write as _;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};

/// Nothing that is watched takes so long, on any machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// So often it is looked whether a runtime goes on.
const LOOK: Duration = Duration::from_secs(10);

/// Waits for something that has no end of its own, and fails the test where it does not come.
pub async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_) => {
            // The test may hang once more at its end, and then nobody reads what it says.
            say(&format!("{}: never came to its end: {what}", this_test()));
            panic!("never came to its end: {what}");
        }
    }
}

/// Watches the runtime of a test until it is dropped. Where all threads of it wait for each other no timer fires, and so
/// no deadline ends the test: then the whole run ends, and the test is named.
pub struct Pulse(#[expect(dead_code, reason = "that it is dropped is all it says")] Sender<()>);

impl Pulse {
    /// `None` for a runtime of one thread, which is the test's own: it may wait for a program.
    pub fn of_this_runtime() -> Option<Pulse> {
        let (runtime, test) = (Handle::current(), this_test());
        if runtime.runtime_flavor() != RuntimeFlavor::MultiThread {
            return None;
        }
        let (over, is_over) = channel();
        std::thread::spawn(move || {
            while is_over.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                let (beats, beat) = channel();
                runtime.spawn(async move { _ = beats.send(()) });
                if beat.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                    say(&format!("{test}: its runtime stands still; the run ends here"));
                    std::process::abort();
                }
            }
        });
        Some(Pulse(over))
    }
}

fn this_test() -> String {
    std::thread::current().name().unwrap_or("a test").to_owned()
}

/// What is printed is kept until a test has ended; this comes at once.
fn say(words: &str) {
    _ = writeln!(std::io::stderr(), "{words}");
}
