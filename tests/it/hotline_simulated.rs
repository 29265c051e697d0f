//! Two hundred random sessions over a simulated network that loses, delays, doubles and overtakes, and is cut one
//! way or the other: each text comes once, and both ends close over the same transcript. A failure prints its seed.

use std::collections::VecDeque;

use detente::domain::hotline::session::{Spoken, State};

use crate::hotline::{Desk, THREAD, party};

const SESSIONS: u64 = 200;
/// Two lanes, so that a text overtakes another of the same author.
const LANES: usize = 2;

/// Xorshift: the same seed gives the same session on any machine.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn one_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }
}

enum Packet {
    /// Lane, serial, message.
    Given(usize, usize, Box<Spoken>),
    /// The serial that comes next on a lane.
    Receipt(usize, usize),
}

/// One end: what it owes the other by lane, and which serial comes next from there.
struct End {
    desk: Desk,
    given: [Vec<Spoken>; LANES],
    receipted: [usize; LANES],
    taken: [usize; LANES],
    /// How often a text was taken; it must never be twice.
    arrivals: usize,
    /// On the way to this end, each with the tick at which it comes.
    coming: Vec<(u64, Packet)>,
}

impl End {
    fn new(code: &str) -> End {
        End {
            desk: Desk::new(code),
            given: Default::default(),
            receipted: [0; LANES],
            taken: [0; LANES],
            arrivals: 0,
            coming: Vec::new(),
        }
    }

    fn give(&mut self, lane: usize, said: Spoken) {
        self.given[lane].push(said);
    }

    /// What goes out now: the first that is not receipted, and a few after it.
    fn owed(&self) -> Vec<(usize, usize, Spoken)> {
        let mut owed = Vec::new();
        for lane in 0..LANES {
            let from = self.receipted[lane];
            let some = self.given[lane].iter().enumerate().skip(from).take(3);
            owed.extend(some.map(|(serial, said)| (lane, serial, said.clone())));
        }
        owed
    }

    /// Strictly in order by serial; a repeated one is receipted again.
    fn take(&mut self, packet: Packet) -> Option<Packet> {
        match packet {
            Packet::Given(lane, serial, said) => {
                if serial == self.taken[lane] {
                    self.taken[lane] += 1;
                    self.arrivals += 1;
                    self.desk.take(&said);
                }
                Some(Packet::Receipt(lane, self.taken[lane]))
            }
            Packet::Receipt(lane, next) => {
                self.receipted[lane] = self.receipted[lane].max(next);
                None
            }
        }
    }
}

fn play(seed: u64) -> (usize, String) {
    let mut random = Random::new(seed);
    let mut ends = [End::new("BY"), End::new("PL")];
    let opened = ends[0].desk.open(&["PL"]);
    ends[0].give(0, opened);
    let length = 20 + random.below(40);
    let mut cut = [false, false];
    let mut accepted = false;
    let mut tick = 0;
    loop {
        tick += 1;
        assert!(tick < 20_000, "seed {seed}: does not settle");
        let talking = tick < length;
        for way in &mut cut {
            // Healed for good once the talk is over.
            *way = if talking { if random.one_in(12) { !*way } else { *way } } else { false };
        }
        for from in 0..2 {
            // A text may overtake the opening.
            let knows = ends[from].desk.knows_of_it();
            if knows && from == 1 && !accepted {
                accepted = true;
                let said = ends[1].desk.accept();
                ends[1].give(0, said);
            }
            if knows && talking && random.one_in(3) {
                let lane = random.below(LANES as u64) as usize;
                let said = ends[from].desk.say(&format!("{tick} by {from}"));
                ends[from].give(lane, said);
            }
            for (lane, serial, said) in ends[from].owed() {
                // Lost, doubled, late.
                if cut[from] || (talking && random.one_in(4)) {
                    continue;
                }
                let copies = if random.one_in(6) { 2 } else { 1 };
                for _ in 0..copies {
                    let at = tick + 1 + random.below(5);
                    ends[1 - from].coming.push((at, Packet::Given(lane, serial, Box::new(said.clone()))));
                }
            }
        }
        for to in 0..2 {
            let coming = std::mem::take(&mut ends[to].coming);
            let (mut now, later): (Vec<_>, Vec<_>) = coming.into_iter().partition(|(at, _)| *at <= tick);
            ends[to].coming = later;
            let mut queue: VecDeque<Packet> = VecDeque::new();
            while !now.is_empty() {
                let next = random.below(now.len() as u64) as usize;
                queue.push_back(now.swap_remove(next).1);
            }
            for packet in queue {
                let Some(receipt) = ends[to].take(packet) else { continue };
                let is_lost = cut[to] || (talking && random.one_in(4));
                if !is_lost {
                    ends[1 - to].coming.push((tick + 1 + random.below(5), receipt));
                }
            }
        }
        let settled =
            ends.iter().all(|end| (0..LANES).all(|lane| end.given[lane].len() == end.receipted[lane]));
        if !talking && settled && accepted {
            break;
        }
    }
    let closes = [ends[0].desk.close(), ends[1].desk.close()];
    ends[0].desk.take(&closes[1]);
    ends[1].desk.take(&closes[0]);
    let mut transcripts = Vec::new();
    for end in &ends {
        let session = end.desk.session();
        assert_eq!(session.state, State::Closed, "seed {seed}: {:?}", session.pairs);
        assert!(session.lines.iter().all(|line| line.missing.is_empty()), "seed {seed}");
        transcripts.push(session.transcript(THREAD, party("BY"), party("PL")));
    }
    assert_eq!(transcripts[0], transcripts[1], "seed {seed}");
    let given: usize = ends.iter().map(|end| end.given.iter().map(Vec::len).sum::<usize>()).sum();
    let arrived: usize = ends.iter().map(|end| end.arrivals).sum();
    assert_eq!(given, arrived, "seed {seed}: each once");
    let lines = transcripts[0].lines().count() - 3;
    assert_eq!(lines, given, "seed {seed}: each stands once");
    (lines, transcripts.remove(0))
}

#[test]
fn in_two_hundred_random_sessions_both_ends_hold_the_same_transcript_and_each_text_once() {
    let mut said = 0;
    for seed in 0..SESSIONS {
        said += play(seed).0;
    }
    // They are sessions in which something is said.
    assert!(said > 15 * SESSIONS as usize, "{said}");
    // The same seed, the same session.
    assert_eq!(play(3), play(3));
}
