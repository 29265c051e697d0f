//! The guides: what they link to is there, and the commands in them are the program's. And the map of the sources:
//! what it names is there, and nothing is left out.

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

/// What a source says at its head, but for what stands between fences there.
fn head(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let head = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect::<Vec<_>>();
    parted(&head.join("\n")).1.join(" ")
}

#[test]
fn the_map_in_lib_rs_has_every_room_and_names_files_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = head(&root.join("src/lib.rs"));
    for room in read("src/lib.rs").lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let room = room.trim_end_matches(';');
        assert!(map.contains(&format!("| [`{room}`] |")), "{room}");
    }
    let named: Vec<&str> = map.split('`').skip(1).step_by(2).filter(|name| name.contains('/')).collect();
    for name in &named {
        assert!(root.join("src").join(name).exists() || root.join(name).exists(), "{name}");
    }
    assert!(named.len() > 20, "{named:?}");
}

/// A folder of more files says at its head what stands where.
const FILES_WITHOUT_A_WORD_MAX: usize = 10;

/// Looks through a folder and all below it; how many of them say what stands where.
fn looked_through(folder: &Path) -> usize {
    let (mut files, mut count) = (Vec::new(), 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            count += looked_through(&path);
            if path.join("mod.rs").exists() {
                files.push(format!("`{name}/`"));
            }
        } else if name.ends_with(".rs") && name != "mod.rs" {
            files.push(format!("`{name}`"));
        }
    }
    let module = folder.join("mod.rs");
    if files.len() <= FILES_WITHOUT_A_WORD_MAX || !module.exists() {
        return count;
    }
    let said = head(&module);
    files.retain(|file| !said.contains(file.as_str()));
    assert!(files.is_empty(), "{} says nothing of {files:?}", module.display());
    count + 1
}

#[test]
fn a_folder_of_many_files_says_what_stands_where() {
    let folders = looked_through(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(folders > 10, "{folders}");
}
