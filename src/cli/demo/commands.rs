//! Commands to paste, while the nodes stay up on the real clock.
//!
//! Never here: what they do.

use super::cast::Which;
use super::hotline;
use super::say::Say;
use super::speak::Played;
use super::stage::Stage;
use crate::cli::fault::Fault;

/// For each case that was played, in their order, what officers and auditors would ask of its nodes.
pub fn tell(acts: &[(&Stage, &Played)], say: &Say) -> Result<(), Fault> {
    let program = std::env::current_exe().map_or("detente".into(), |path| path.display().to_string());
    say.text("\nThe nodes stay up on the real clock; Ctrl-C ends them. In another terminal:\n");
    for (stage, played) in acts {
        let ask = |who: &str, what: &str, code: &str, role: &str| -> Result<(), Fault> {
            let desk = stage.actor(code)?.desk_directory(role);
            say.text(&format!(
                "{:<3} {who:<12} {program} {what} --as {}",
                stage.case.which.word(),
                desk.display()
            ));
            Ok(())
        };
        let thread = played.thread;
        match stage.case.which {
            Which::C1 => {
                let notification = played.message("notification")?;
                ask("an officer", &format!("exercise show {thread}"), "BY", "drafter")?;
                ask("", "message list", "BY", "drafter")?;
                ask("", &format!("message print {notification}"), "BY", "drafter")?;
                ask("", "duty list --all", "BY", "drafter")?;
                ask("the watch", "watch follow", "PL", "watch")?;
                ask("", &format!("watch read {notification}"), "PL", "watch")?;
                ask("an auditor", "audit verify", "OSCE", "auditor")?;
                ask("", &format!("audit replay --thread {thread}"), "PL", "auditor")?;
                ask("", &format!("audit export --thread {thread} --out zapad.bundle"), "BY", "auditor")?;
                let trusted = stage
                    .actors
                    .iter()
                    .map(|actor| format!(" --trust {}={}", actor.party, actor.node.settings.fingerprint.0));
                let trusted: String = trusted.collect();
                say.text(&format!("{:<16} {program} verify zapad.bundle{trusted}", ""));
            }
            Which::C2 => {
                ask("an officer", &format!("activity show {thread}"), "LT", "drafter")?;
                ask("the watch", "duty list --all --party LT", "BY", "watch")?;
            }
            Which::C4 => {
                ask("an officer", &format!("incident show {thread}"), "PK", "drafter")?;
                ask("the watch", "duty list --all", "IN", "watch")?;
                if let Some(session) = played.session {
                    ask("the hotline", &format!("hotline transcript {session}"), "PK", hotline::DESK)?;
                    // The consoles of two watches, each in a terminal of its own.
                    ask("a watch", "hotline join", "PK", hotline::DESK)?;
                    ask("another", "hotline join", "IN", hotline::DESK)?;
                }
            }
        }
    }
    Ok(())
}
