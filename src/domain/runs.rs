//! Small entries of which a Board holds one for ever for nearly every message, under numbers that grow: packed,
//! in sorted runs of some dozens behind one persistent map: about half the memory that the map alone would take.
//!
//! Never here: what the entries mean.

use std::sync::Arc;

use imbl::OrdMap;

/// A run grows by so many places at once: doubling would leave half of it empty.
const RUN_GROWS: usize = 8;

/// What entries are sorted by.
pub trait Numbered: Ord {
    /// The run in which this stands: never below that of a lower one, and the same for some dozens that follow.
    fn run(&self) -> u64;
}

/// A serial, which comes one after the other.
impl Numbered for u64 {
    fn run(&self) -> u64 {
        self / 64
    }
}

/// The index of a record, of which every sixth or so has one, and a number beside it.
impl Numbered for (u64, u32) {
    fn run(&self) -> u64 {
        self.0 / 256
    }
}

/// A map from numbers. A clone is cheap.
#[derive(Clone, PartialEq, Debug)]
pub struct Runs<K, V> {
    runs: OrdMap<u64, Arc<Vec<(K, V)>>>,
    len: usize,
}

impl<K, V> Default for Runs<K, V> {
    fn default() -> Runs<K, V> {
        Runs { runs: OrdMap::new(), len: 0 }
    }
}

impl<K: Numbered + Copy, V: Copy> Runs<K, V> {
    pub fn get(&self, key: &K) -> Option<&V> {
        let run = self.runs.get(&key.run())?;
        run.get(place_of(run, key).ok()?).map(|(_, value)| value)
    }

    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// In the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.runs.values().flat_map(|run| run.iter()).map(|(key, value)| (key, value))
    }

    /// In the place of what was there, if anything.
    pub(super) fn insert(&mut self, key: K, value: V) {
        let run = Arc::make_mut(self.runs.entry(key.run()).or_default());
        match place_of(run, &key) {
            Ok(at) => {
                if let Some(known) = run.get_mut(at) {
                    known.1 = value;
                }
            }
            Err(at) => {
                if run.len() == run.capacity() {
                    run.reserve_exact(RUN_GROWS);
                }
                run.insert(at, (key, value));
                self.len = self.len.saturating_add(1);
            }
        }
    }
}

fn place_of<K: Ord, V>(run: &[(K, V)], key: &K) -> Result<usize, usize> {
    run.binary_search_by(|(one, _)| one.cmp(key))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_sorted_map_whatever_order_the_numbers_come_in(
            steps in prop::collection::vec((0..900u64, 0..3u32, any::<u64>()), 0..300),
        ) {
            let (mut runs, mut map) = (Runs::default(), BTreeMap::new());
            let (mut serials, mut of_serials) = (Runs::default(), BTreeMap::new());
            for (number, beside, value) in steps {
                runs.insert((number, beside), value);
                map.insert((number, beside), value);
                serials.insert(number, value);
                of_serials.insert(number, value);
            }
            prop_assert_eq!((runs.len(), serials.len()), (map.len(), of_serials.len()));
            prop_assert!(runs.iter().eq(map.iter()) && serials.iter().eq(of_serials.iter()));
            for number in 0..900 {
                prop_assert_eq!(serials.get(&number), of_serials.get(&number));
                prop_assert_eq!(runs.get(&(number, 1)), map.get(&(number, 1)));
            }
        }
    }

    #[test]
    fn a_clone_keeps_what_it_was() {
        let mut runs = Runs::default();
        runs.insert(1, 1);
        let before = runs.clone();
        runs.insert(1, 2);
        runs.insert(u64::MAX, 3);
        assert_eq!((before.get(&1), before.len()), (Some(&1), 1));
        assert_ne!(before, runs);
    }
}
