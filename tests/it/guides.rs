//! The guides: what they link to is there, and the commands in them are the program's.

use std::path::Path;

use clap::CommandFactory as _;
use detente::cli::Cli;

const GUIDES: [&str; 6] = [
    "README.md",
    "deploy/README.md",
    "src/cli/README.md",
    "src/cli/hotline/README.md",
    "src/regimes/README.md",
    "tests/bench/README.md",
];

fn read(guide: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(guide)).unwrap()
}

/// What stands between fences, and what does not, line by line.
fn parted(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut fenced, mut prose, mut is_fenced) = (Vec::new(), Vec::new(), false);
    for line in text.lines() {
        match line.starts_with("```") {
            true => is_fenced = !is_fenced,
            false if is_fenced => fenced.push(line),
            false => prose.push(line),
        }
    }
    (fenced, prose)
}

/// By what a heading is linked to: its words in small letters, with hyphens between them.
fn anchor(heading: &str) -> String {
    let letters = heading.trim_start_matches('#').trim().to_lowercase();
    letters
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn what_a_guide_links_to_is_there() {
    let mut links = 0;
    for guide in GUIDES {
        let text = read(guide);
        for link in parted(&text).1.join("\n").split("](").skip(1) {
            let target = link.split(')').next().unwrap();
            if target.starts_with("http") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let folder = Path::new(guide).parent().unwrap();
            let there = if file.is_empty() { Path::new(guide).to_owned() } else { folder.join(file) };
            let there = Path::new(env!("CARGO_MANIFEST_DIR")).join(there);
            assert!(there.exists(), "{guide}: {target}");
            if !heading.is_empty() {
                let there = std::fs::read_to_string(there).unwrap();
                let (_, prose) = parted(&there);
                let mut headings = prose.iter().filter(|line| line.starts_with('#'));
                assert!(headings.any(|line| anchor(line) == heading), "{guide}: {target}");
            }
            links += 1;
        }
    }
    assert!(links > 20, "{links}");
}

/// The words of a command as a shell takes them, without its comment and without where its output goes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted && word.is_empty() => break,
            '>' if !quoted => break,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// The commands of a guide: those to paste, and those named in a sentence.
fn commands(text: &str) -> Vec<String> {
    let (fenced, prose) = parted(text);
    let fenced = fenced.join("\n").replace("\\\n", " ");
    let prose = prose.join(" ");
    let named = prose.split('`').skip(1).step_by(2);
    fenced.lines().chain(named).filter(|line| line.starts_with("detente ")).map(str::to_owned).collect()
}

#[test]
fn the_commands_of_the_guides_and_their_options_are_the_program_s() {
    let program = Cli::command();
    let mut count = 0;
    for guide in GUIDES {
        for line in commands(&read(guide)) {
            let mut command = &program;
            let mut has_options = false;
            for word in words(&line).iter().skip(1) {
                if let Some(option) = word.strip_prefix("--") {
                    has_options = true;
                    let is_known = command.get_arguments().any(|one| one.get_long() == Some(option));
                    assert!(is_known, "{guide}: --{option} in {line}");
                } else if let Some(below) = command.find_subcommand(word) {
                    command = below;
                } else if command.has_subcommands() && !has_options {
                    // Several with a line between them, as in `drafts|revise`.
                    let are_known = word.split('|').all(|one| command.find_subcommand(one).is_some());
                    assert!(are_known, "{guide}: {word} in {line}");
                }
            }
            count += 1;
        }
    }
    assert!(count > 150, "{count}");
}
